// SPDX-License-Identifier: MIT
// Knows a score as JSON: always the same members in the same order, whole numbers in hundredths.
#include "src/base/i18n.h"
#include "src/practice/score_part.h"

static void put(json_t *o, const char *key, json_t *v)
{
	json_object_set_new(o, key, v);
}

static json_t *rate_json(double v)
{
	return v < 0 ? json_null() : json_real(v);
}

static json_t *entry_json(size_t entry)
{
	return entry == SCENARIO_NONE ? json_null() : json_integer((json_int_t)entry);
}

static json_t *part_json(const struct score *s, int p)
{
	json_t *o = json_object(), *points = json_array();

	put(o, "part", json_string(score_part_code((enum score_part)p)));
	put(o, "weight", json_integer(s->weight[p]));
	put(o, "share", json_integer(s->share[p]));
	put(o, "adjusted", s->adjusted[p] < 0 ? json_null() : json_integer(s->adjusted[p]));
	put(o, "reason", s->reason[p] ? json_string(s->reason[p]) : json_null());
	for (size_t i = 0; i < s->points.n; i++) {
		const struct score_point *pt = &s->points.v[i];
		if ((int)pt->part != p)
			continue;
		json_t *j = json_object();
		put(j, "share", json_integer(pt->share));
		put(j, "of", json_integer(pt->of));
		put(j, "text", json_string(pt->text));
		put(j, "entry", entry_json(pt->entry));
		put(j, "t_ms", json_integer((json_int_t)pt->t_ms));
		json_array_append_new(points, j);
	}
	put(o, "points", points);
	return o;
}

static json_t *text_json(const char *s)
{
	return s ? json_string(s) : json_null();
}

static json_t *seat_json(const struct score_seat *s)
{
	json_t *o = json_object();

	put(o, "seat", json_string(s->code));
	put(o, "name", json_string(s->name));
	put(o, "zh", text_json(s->label.zh));
	put(o, "en", text_json(s->label.en));
	put(o, "calls", json_boolean(s->calls));
	put(o, "callers", json_integer(s->callers));
	put(o, "met", json_integer(s->met));
	put(o, "late", json_integer(s->late));
	put(o, "missed", json_integer(s->missed));
	if (s->score)
		put(o, "score", score_json(s->score));
	return o;
}

// Of a drill: which seat's score this is, what the others are worth, and the whole.
static void put_seats(json_t *o, const struct score *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->seats.n; i++)
		json_array_append_new(list, seat_json(&s->seats.v[i]));
	if (s->own < s->seats.n)
		put(o, "own", json_string(s->seats.v[s->own].code));
	put(o, "seats", list);
	if (s->common)
		put(o, "common", score_json(s->common));
}

json_t *score_json(const struct score *s)
{
	json_t *o = json_object(), *list = json_array(), *criticals = json_array();

	put(o, "total", json_integer(s->total));
	put(o, "final", json_integer(s->final_));
	put(o, "pass_mark", json_integer(s->pass_mark));
	put(o, "failed", json_boolean(s->failed));
	put(o, "passed", json_boolean(s->passed));
	put(o, "excellent", json_boolean(s->excellent));
	put(o, "speed", json_real(s->speed));
	put(o, "solving", json_real(s->solving));
	put(o, "attitude", json_real(s->attitude));
	put(o, "ppr", rate_json(s->ppr));
	put(o, "pws", rate_json(s->pws));
	put(o, "fph", rate_json(s->fph));
	put(o, "emr", rate_json(s->emr));
	for (int p = 0; p < SCORE_ALL; p++)
		if (score_shown(s, (enum score_part)p))
			json_array_append_new(list, part_json(s, p));
	put(o, "parts", list);
	for (size_t i = 0; i < s->criticals.n; i++) {
		const struct critical_track *c = &s->criticals.v[i];
		json_t *j = json_object();
		put(j, "code", json_string(c->code));
		put(j, "zh", c->label.zh ? json_string(c->label.zh) : json_null());
		put(j, "en", c->label.en ? json_string(c->label.en) : json_null());
		put(j, "entry", entry_json(c->entry));
		json_array_append_new(criticals, j);
	}
	put(o, "criticals", criticals);
	if (s->seats.n)
		put_seats(o, s);
	return o;
}

// --- Reading

static int64_t int_of(const json_t *o, const char *key, int64_t otherwise)
{
	const json_t *v = json_object_get(o, key);

	return json_is_integer(v) ? (int64_t)json_integer_value(v) : otherwise;
}

static int share_of(const json_t *o, const char *key, int otherwise)
{
	int64_t v = int_of(o, key, otherwise);

	return v < -10000 ? -10000 : v > 10000 ? 10000 : (int)v;
}

static double rate_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? json_number_value(v) : -1;
}

static size_t entry_of(const json_t *o)
{
	int64_t v = int_of(o, "entry", -1);

	return v < 0 ? SCENARIO_NONE : (size_t)v;
}

static bool read_part(const json_t *o, struct score *s, int p, struct err *e)
{
	const char *code = json_string_value(json_object_get(o, "part")), *reason = json_string_value(json_object_get(o, "reason"));
	const json_t *points = json_object_get(o, "points"), *j;
	size_t i;

	if (!str_eq(code, score_part_code((enum score_part)p)))
		return err_set(e, ERR_PARSE, _("not a score: the component %s is not where it belongs"), score_part_code((enum score_part)p));
	s->weight[p] = share_of(o, "weight", 0);
	s->share[p] = share_of(o, "share", 0);
	s->adjusted[p] = share_of(o, "adjusted", -1);
	s->reason[p] = reason ? xstrdup(reason) : NULL;
	json_array_foreach(points, i, j) {
		const char *text = json_string_value(json_object_get(j, "text"));
		vec_push(&s->points, ((struct score_point){
			.part = (enum score_part)p, .share = share_of(j, "share", 0), .of = share_of(j, "of", 0),
			.text = xstrdup(text ? text : ""), .entry = entry_of(j), .t_ms = int_of(j, "t_ms", 0)}));
	}
	return true;
}

static void read_critical(const json_t *j, struct score *s)
{
	const char *code = json_string_value(json_object_get(j, "code"));

	vec_push(&s->criticals, ((struct critical_track){
		.code = arena_strdup(&s->text, code ? code : ""),
		.label = {arena_strdup(&s->text, json_string_value(json_object_get(j, "zh"))),
			  arena_strdup(&s->text, json_string_value(json_object_get(j, "en")))},
		.entry = entry_of(j)}));
}

// Without the seats of a drill: a score within a score has none.
static bool read_alone(const json_t *o, struct score *out, struct err *e)
{
	const json_t *list = json_object_get(o, "parts"), *j;
	size_t i;

	*out = (struct score){.own = SCENARIO_NONE};
	for (int p = 0; p < SCORE_ALL; p++)
		out->adjusted[p] = -1;
	// A queue has components of its own, so it is known by how many they are.
	out->queue = json_array_size(list) == SCORE_ALL - SCORE_PARTS + 1;
	if (!out->queue && json_array_size(list) != SCORE_PARTS)
		return err_set(e, ERR_PARSE, _("not a score: it has not %d components"), (int)SCORE_PARTS);
	for (int p = 0, at = 0; p < SCORE_ALL; p++)
		if (score_shown(out, (enum score_part)p) && !read_part(json_array_get(list, (size_t)at++), out, p, e)) {
			score_release(out);
			return false;
		}
	json_array_foreach(json_object_get(o, "criticals"), i, j)
		read_critical(j, out);
	out->total = share_of(o, "total", 0);
	out->final_ = share_of(o, "final", 0);
	out->pass_mark = share_of(o, "pass_mark", 8000);
	out->failed = json_is_true(json_object_get(o, "failed"));
	out->passed = json_is_true(json_object_get(o, "passed"));
	out->excellent = json_is_true(json_object_get(o, "excellent"));
	out->speed = rate_of(o, "speed");
	out->solving = rate_of(o, "solving");
	out->attitude = rate_of(o, "attitude");
	out->ppr = rate_of(o, "ppr");
	out->pws = rate_of(o, "pws");
	out->fph = rate_of(o, "fph");
	out->emr = rate_of(o, "emr");
	return true;
}

static bool read_seat(const json_t *o, struct score *s, struct err *e)
{
	struct score_seat *to = vec_add(&s->seats);
	const char *code = json_string_value(json_object_get(o, "seat")), *name = json_string_value(json_object_get(o, "name"));
	const json_t *score = json_object_get(o, "score");

	*to = (struct score_seat){.code = arena_strdup(&s->text, code ? code : ""), .name = arena_strdup(&s->text, name ? name : ""),
				  .label = {arena_strdup(&s->text, json_string_value(json_object_get(o, "zh"))),
					    arena_strdup(&s->text, json_string_value(json_object_get(o, "en")))},
				  .calls = json_is_true(json_object_get(o, "calls")), .callers = share_of(o, "callers", 0),
				  .met = share_of(o, "met", 0), .late = share_of(o, "late", 0), .missed = share_of(o, "missed", 0)};
	if (!score)
		return true;
	struct score *part = xcalloc(1, sizeof(*part));
	if (read_alone(score, part, e)) {
		to->score = part;
		return true;
	}
	free(part);
	return false;
}

static bool read_seats(const json_t *o, struct score *out, struct err *e)
{
	const char *own = json_string_value(json_object_get(o, "own"));
	const json_t *common = json_object_get(o, "common"), *j;
	bool ok = true;
	size_t i;

	json_array_foreach(json_object_get(o, "seats"), i, j) {
		ok = ok && read_seat(j, out, e);
		if (ok && own && strcmp(out->seats.v[i].code, own) == 0)
			out->own = i;
	}
	if (!ok || !common)
		return ok;
	struct score *whole = xcalloc(1, sizeof(*whole));
	if (read_alone(common, whole, e)) {
		out->common = whole;
		return true;
	}
	free(whole);
	return false;
}

bool score_read(const json_t *o, struct score *out, struct err *e)
{
	if (!read_alone(o, out, e))
		return false;
	if (read_seats(o, out, e))
		return true;
	score_release(out);
	return false;
}
