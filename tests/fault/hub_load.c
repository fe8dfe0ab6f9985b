// SPDX-License-Identifier: MIT
// Knows the work that the fault tests give the hub's store: one operation of a station, and how to see whether it is whole.
#include "tests/fault/hub_load.h"

#include "src/base/path.h"

static struct keyring *keys;

struct job {
	int64_t no;
	json_t *doc;
	enum hub_load_state found;
	struct hub_found all;
};

static bool station_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct hub_dev d;
	bool found;

	(void)arg;
	if (!hub_dev_get(tx, "SHA", "dv", "i1", &d, &found, e) || found)
		return found;
	return hub_dev_put(tx, &(struct hub_dev){.dev = "dv", .inc = "i1", .site = "SHA", .station = "0A7", .state = "active"}, e);
}

struct hub_store *hub_load_open(const char *dir, enum sql_durability durability, const char *vfs, bool readonly, struct err *e)
{
	static const unsigned char master[KEY_BYTES] = "a key that only tests know";
	struct hub_store_options o = {.clock = &clock_real, .readers = 1, .durability = durability, .vfs = vfs, .readonly = readonly};
	struct hub_store *s = NULL;

	if (!keys)
		keys = keyring_from(master);
	o.keys = keys;
	char *path = path_join(dir, "hub.db"), *url = xasprintf("sqlite:%s", path);
	o.url = url;
	bool ok = hub_store_open(&s, &o, e) && (readonly || hub_run(s, HUB_WRITE, station_body, NULL, e));
	free(url);
	free(path);
	if (!ok) {
		hub_store_close(s);
		return NULL;
	}
	return s;
}

void hub_load_close(struct hub_store *s)
{
	hub_store_close(s);
	keyring_free(keys);
	keys = NULL;
}

static json_t *doc_of(int64_t no)
{
	size_t n = 20 + (size_t)(no * 7919 % 24000) * (no % 3 == 0);
	char *text = xmalloc(n + 1);

	for (size_t i = 0; i < n; i++)
		text[i] = (char)('a' + (int)((i + (size_t)no) % 26));
	text[n] = '\0';
	json_t *d = json_pack("{s:I, s:s}", "no", (json_int_t)no, "text", text);
	free(text);
	return d;
}

static bool put_note(struct hub_tx *tx, struct job *j, struct err *e)
{
	char id[32];

	snprintf(id, sizeof(id), "n%lld", (long long)j->no);
	struct hub_ent ent = {.t = "note", .e = id, .s = "q/1", .rev = 1, .d = j->doc, .dev = "dv"};
	return hub_put(tx, "SHA", &ent, id, e);
}

static bool count_up(struct hub_tx *tx, int64_t no, struct err *e)
{
	static const char *const streams[] = {"q/1", "q/2", "q/3"};
	const struct hub_ent *old;

	if (!hub_get(tx, "SHA", "ticket", "count", &old, e))
		return false;
	json_t *d = json_pack("{s:I}", "v", old ? json_integer_value(json_object_get(old->d, "v")) + 1 : (json_int_t)1);
	struct hub_ent ent = {.t = "ticket", .e = "count", .s = streams[no / 4 % 3], .rev = old ? old->rev + 1 : 1, .d = d};
	bool ok = hub_put(tx, "SHA", &ent, NULL, e);
	json_decref(d);
	return ok;
}

static bool load_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct job *j = arg;
	struct hub_dev d;
	bool found;

	if (!hub_dev_get(tx, "SHA", "dv", "i1", &d, &found, e))
		return false;
	if (!found)
		return err_set(e, ERR_NOT_FOUND, "no station");
	struct hub_opres r = {.n = d.last_n + 1, .res = "{\"r\":\"applied\"}", .k = "note.add"};
	struct hub_audit a = {.site = "SHA", .actor = "ag", .action = "note.add"};
	return put_note(tx, j, e) && count_up(tx, j->no, e) && hub_flush(tx, e) && hub_opres_put(tx, "SHA", "dv", "i1", &r, e) &&
	       hub_audit_add(tx, &a, e) && hub_dev_advance(tx, "SHA", "dv", "i1", d.last_n, d.last_n + 1, e);
}

bool hub_load_do(struct hub_store *s, int64_t no, struct err *e)
{
	struct job j = {.no = no, .doc = doc_of(no)};
	bool ok = hub_run(s, HUB_WRITE, load_body, &j, e);

	json_decref(j.doc);
	return ok;
}

static bool find_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct job *j = arg;
	const struct hub_ent *ent;
	char id[32];

	snprintf(id, sizeof(id), "n%lld", (long long)j->no);
	if (!hub_get(tx, "SHA", "note", id, &ent, e))
		return false;
	j->found = !ent ? HUB_LOAD_NONE : json_equal(ent->d, j->doc) ? HUB_LOAD_WHOLE : HUB_LOAD_TORN;
	return true;
}

enum hub_load_state hub_load_find(struct hub_store *s, int64_t no)
{
	struct job j = {.no = no, .doc = doc_of(no)};
	struct err e = {0};

	if (!hub_run(s, HUB_READ, find_body, &j, &e))
		j.found = HUB_LOAD_TORN;
	json_decref(j.doc);
	return j.found;
}

static bool count_note(void *arg, const struct hub_ent *ent)
{
	(void)ent;
	++*(int64_t *)arg;
	return true;
}

static bool count_answer(void *arg, const struct hub_opres *r)
{
	int64_t *n = arg;

	*n += r->n == *n + 1;
	return true;
}

static bool sound_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct hub_found *f = arg;
	const struct hub_ent *count;
	struct hub_dev d = {0};
	int64_t answers = 0;
	bool found;

	*f = (struct hub_found){0};
	if (!hub_dev_get(tx, "SHA", "dv", "i1", &d, &found, e) || !hub_get(tx, "SHA", "ticket", "count", &count, e) ||
	    !hub_list(tx, "SHA", "note", NULL, 1000000, count_note, &f->notes, e) ||
	    !hub_opres_list(tx, "SHA", "dv", "i1", 0, INT64_MAX, count_answer, &answers, e))
		return false;
	f->last_n = d.last_n;
	f->counted = count ? json_integer_value(json_object_get(count->d, "v")) : 0;
	if (f->notes != f->last_n || f->counted != f->last_n || answers != f->last_n)
		return err_set(e, ERR_CONFLICT, "half an operation: number %lld, answers %lld, notes %lld, counted %lld", (long long)f->last_n,
			       (long long)answers, (long long)f->notes, (long long)f->counted);
	return true;
}

bool hub_load_sound(struct hub_store *s, struct hub_found *f, struct err *e)
{
	return hub_run(s, HUB_READ, sound_body, f, e) && hub_check(s, e);
}
