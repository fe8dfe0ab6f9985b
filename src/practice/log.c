// SPDX-License-Identifier: MIT
// Knows how the record of a practice session is kept in memory, written and read: one JSON object a line.
#include "src/practice/log.h"

#include "src/base/i18n.h"
#include "src/desk/kinds.h"

enum { LINE_MAX_BYTES = 1 << 20, ENTRIES_MAX = 200000 };

static const char *const whos[LOG_WHOS] = {"agent", "customer", "engine", "trainer"};
static const struct kind_row modes[PRACTICE_MODES] = {
	[PRACTICE_SOLO] = {"solo", N_("Alone")},
	[PRACTICE_PAIRED] = {"paired", N_("In pairs")},
	[PRACTICE_COACHED] = {"coached", N_("With a trainer")},
	[PRACTICE_DRILL] = {"drill", N_("Drill")},
	[PRACTICE_EXAM] = {"exam", N_("Exam")},
};

const char *log_who_code(enum log_who w)
{
	return whos[w];
}

const char *practice_mode_code(enum practice_mode m)
{
	return kind_code(modes, PRACTICE_MODES, m);
}

const char *practice_mode_label(enum practice_mode m)
{
	return kind_label(modes, PRACTICE_MODES, m);
}

bool practice_mode_parse(struct sv code, enum practice_mode *out)
{
	size_t i;

	if (!kind_parse(modes, PRACTICE_MODES, code, &i))
		return false;
	*out = (enum practice_mode)i;
	return true;
}

void practice_log_release(struct practice_log *l)
{
	for (size_t i = 0; i < l->v.n; i++)
		event_release(&l->v.v[i].ev);
	vec_release(&l->v);
	*l = (struct practice_log){0};
}

void practice_log_add(struct practice_log *l, const struct log_entry *e)
{
	struct log_entry *to = vec_add(&l->v);
	int64_t before = l->v.n > 1 ? l->v.v[l->v.n - 2].t_ms : 0;

	*to = *e;
	if (to->t_ms < before)
		to->t_ms = before;
	event_copy(&to->ev, &e->ev);
	to->ev.seq = (int64_t)l->v.n;
}

// --- one entry

json_t *log_entry_json(const struct log_entry *e)
{
	json_t *o = json_object(), *data = json_object();

	json_object_set_new(o, "t", json_integer(e->t_ms));
	json_object_set_new(o, "c", json_integer(e->contact));
	json_object_set_new(o, "who", json_string(whos[e->who]));
	json_object_set_new(o, "type", json_string(event_type_name(e->ev.type)));
	if (e->seat)
		json_object_set_new(o, "seat", json_integer(e->seat));
	if (e->ev.at)
		json_object_set_new(o, "at", json_integer(e->ev.at));
	// Of a key that is there twice the first counts, as in event_get.
	for (int i = 0; i < e->ev.pairs; i++)
		if (!json_object_get(data, e->ev.pair[i].key))
			json_object_set_new(data, e->ev.pair[i].key, json_string(e->ev.pair[i].value));
	json_object_set_new(o, "data", data);
	return o;
}

static bool read_who(const json_t *v, enum log_who *who, struct err *err)
{
	const char *code = json_string_value(v);

	*who = LOG_AGENT;
	if (!v)
		return true;
	for (int i = 0; code && i < LOG_WHOS; i++)
		if (strcmp(code, whos[i]) == 0) {
			*who = (enum log_who)i;
			return true;
		}
	return err_set(err, ERR_PARSE, _("who must be agent, customer, engine or trainer"));
}

// An integer within the bounds; what is missing is `otherwise`.
static bool read_int(const json_t *o, const char *key, int64_t min, int64_t max, int64_t otherwise, int64_t *out, struct err *err)
{
	const json_t *v = json_object_get(o, key);

	*out = v ? json_integer_value(v) : otherwise;
	if ((v && !json_is_integer(v)) || *out < min || *out > max)
		return err_set(err, ERR_PARSE, _("%s must be a whole number from %lld to %lld"), key, (long long)min, (long long)max);
	return true;
}

static bool read_data(json_t *data, struct event *ev, struct err *err)
{
	const char *key;
	json_t *v;

	if (data && !json_is_object(data))
		return err_set(err, ERR_PARSE, _("data must be an object"));
	json_object_foreach(data, key, v) {
		// A key of a newer program is passed over.
		if (!event_key(sv(key)))
			continue;
		if (ev->pairs == EVENT_PAIRS)
			return err_set(err, ERR_LIMIT, _("data has more than %d members"), EVENT_PAIRS);
		if (json_is_string(v))
			event_put(ev, key, json_string_value(v));
		else if (json_is_integer(v))
			event_put_int(ev, key, json_integer_value(v));
		else
			return err_set(err, ERR_PARSE, _("%s in data must be a text or a whole number"), key);
	}
	return true;
}

bool log_entry_read(const json_t *o, struct log_entry *e, struct err *err)
{
	const char *type = json_string_value(json_object_get(o, "type"));
	int64_t c, seat;

	*e = (struct log_entry){0};
	if (!json_is_object(o))
		return err_set(err, ERR_PARSE, _("an entry must be a JSON object"));
	if (!type || !event_type_parse(sv(type), &e->ev.type))
		return err_set(err, ERR_PARSE, _("type must name an event, not %s"), type ? type : _("nothing"));
	if (!json_object_get(o, "t"))
		return err_set(err, ERR_PARSE, _("t is missing: milliseconds since the start of the session"));
	if (!read_int(o, "t", 0, INT64_MAX / 4, 0, &e->t_ms, err) || !read_int(o, "c", -1, 1000, 0, &c, err) ||
	    !read_int(o, "seat", -1, LOG_SEATS - 1, 0, &seat, err) ||
	    !read_int(o, "at", INT64_MIN, INT64_MAX, 0, &e->ev.at, err) || !read_who(json_object_get(o, "who"), &e->who, err))
		return false;
	e->contact = (int)c;
	e->seat = (int)seat;
	if (!read_data(json_object_get(o, "data"), &e->ev, err)) {
		event_release(&e->ev);
		return false;
	}
	return true;
}

// --- the whole

static void write_line(json_t *o, FILE *f)
{
	char *text = json_dumps(o, JSON_COMPACT);

	if (text)
		fprintf(f, "%s\n", text);
	free(text);
	json_decref(o);
}

void practice_log_write(const struct practice_log *l, FILE *f)
{
	json_t *o = json_object();
	char seed[24];

	json_object_set_new(o, "practice", json_integer(1));
	json_object_set_new(o, "scenario", json_string(l->scenario));
	json_object_set_new(o, "version", json_integer(l->version));
	// A JSON number has a sign; the larger half of the seeds is text.
	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)l->seed);
	json_object_set_new(o, "seed", l->seed <= INT64_MAX ? json_integer((json_int_t)l->seed) : json_string(seed));
	json_object_set_new(o, "mode", json_string(practice_mode_code(l->mode)));
	json_object_set_new(o, "lang", json_string(l->lang == LANG_ZH ? "zh" : "en"));
	write_line(o, f);
	for (size_t i = 0; i < l->v.n; i++)
		write_line(log_entry_json(&l->v.v[i]), f);
}

static bool read_seed(const json_t *v, uint64_t *seed, struct err *e)
{
	const char *text = json_string_value(v);
	char *end;

	*seed = 0;
	if (!v)
		return true;
	if (json_is_integer(v) && json_integer_value(v) >= 0) {
		*seed = (uint64_t)json_integer_value(v);
		return true;
	}
	if (text && *text >= '0' && *text <= '9' && strlen(text) <= 20) {
		*seed = strtoull(text, &end, 10);
		if (!*end)
			return true;
	}
	return err_set(e, ERR_PARSE, _("seed must be a whole number from 0"));
}

static bool read_head(const json_t *o, struct practice_log *l, struct err *e)
{
	const char *scenario = json_string_value(json_object_get(o, "scenario")), *mode = json_string_value(json_object_get(o, "mode")),
		   *lang = json_string_value(json_object_get(o, "lang"));
	int64_t version;

	if (json_integer_value(json_object_get(o, "practice")) != 1)
		return err_set(e, ERR_PARSE, _("the first line must be {\"practice\":1,\"scenario\":...}: this is no practice log"));
	if (!scenario || !*scenario || strlen(scenario) >= sizeof(l->scenario))
		return err_set(e, ERR_PARSE, _("scenario must name the scenario in at most %d bytes"), (int)sizeof(l->scenario) - 1);
	if (mode && !practice_mode_parse(sv(mode), &l->mode))
		return err_set(e, ERR_PARSE, _("mode must be solo, paired, coached, drill or exam"));
	if (lang && strcmp(lang, "zh") != 0 && strcmp(lang, "en") != 0)
		return err_set(e, ERR_PARSE, _("lang must be zh or en"));
	if (!read_int(o, "version", 0, INT32_MAX, 0, &version, e) || !read_seed(json_object_get(o, "seed"), &l->seed, e))
		return false;
	snprintf(l->scenario, sizeof(l->scenario), "%s", scenario);
	l->version = (int)version;
	l->lang = lang && strcmp(lang, "en") == 0 ? LANG_EN : LANG_ZH;
	return true;
}

static bool read_entry(const json_t *o, struct practice_log *l, struct err *e)
{
	struct log_entry en;

	if (l->v.n == ENTRIES_MAX)
		return err_set(e, ERR_LIMIT, _("a practice log has at most %d entries"), ENTRIES_MAX);
	if (!log_entry_read(o, &en, e))
		return false;
	bool ok = !l->v.n || en.t_ms >= l->v.v[l->v.n - 1].t_ms || err_set(e, ERR_PARSE, _("t falls: entries stand in the order of time"));
	if (ok)
		practice_log_add(l, &en);
	event_release(&en.ev);
	return ok;
}

static bool read_text_line(struct sv line, bool head, struct practice_log *l, struct err *e)
{
	json_error_t je;

	if (line.n > LINE_MAX_BYTES)
		return err_set(e, ERR_LIMIT, _("the line is longer than %d bytes"), LINE_MAX_BYTES);
	json_t *o = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &je);
	bool ok = o ? (head ? read_head(o, l, e) : read_entry(o, l, e)) : err_set(e, ERR_PARSE, _("not JSON: %s"), je.text);
	json_decref(o);
	return ok;
}

bool practice_log_read(FILE *f, const char *name, struct practice_log *l, struct err *e)
{
	char *buf = NULL;
	size_t cap = 0;
	ssize_t got;
	int n = 0;
	bool ok = true, head = true;

	*l = (struct practice_log){0};
	while (ok && (got = getline(&buf, &cap, f)) >= 0) {
		struct sv line = sv_trim(sv_n(buf, (size_t)got));
		n++;
		while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
			line.n--;
		if (!line.n)
			continue;
		ok = read_text_line(line, head, l, e) || err_prefix(e, "%s:%d: ", name, n);
		head = false;
	}
	free(buf);
	if (ok && ferror(f))
		ok = err_set(e, ERR_IO, _("cannot read %s"), name);
	if (ok && head)
		ok = err_set(e, ERR_PARSE, _("%s: the file is empty; a practice log begins with {\"practice\":1,...}"), name);
	if (!ok)
		practice_log_release(l);
	return ok;
}
