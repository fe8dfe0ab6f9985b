// SPDX-License-Identifier: MIT
// Knows how work on the knowledge base is told: to the hub as an operation, to the audit log as a line.
#include "src/work/kb_record.h"

#include "src/store/audit.h"
#include "src/store/id.h"
#include "src/store/outbox.h"

#define STREAM "kb/all"
enum { PHRASINGS_AN_OP = 60, TEXT_BYTES = 40000 }; // an operation has 64 KiB at most, and an escaped byte takes more than one

bool kb_record_tells(const struct kb_deed *d)
{
	return d->verb != KB_DO_USE && (d->verb != KB_DO_SAVE || d->complete);
}

bool kb_record_audits(enum kb_verb v)
{
	return v == KB_DO_APPROVE || v == KB_DO_RETIRE || v == KB_DO_HIDE;
}

const char *kb_record_entity(const struct kb_deed *d)
{
	return str_empty(d->id) ? d->op : d->id;
}

static void put(json_t *o, const char *key, const char *v)
{
	if (!str_empty(v))
		json_object_set_new(o, key, json_string(v));
}

json_t *kb_record_body(const struct kb_deed *d)
{
	json_t *o = json_object();

	put(o, "article", d->id);
	put(o, "by", d->by);
	put(o, "note", d->note);
	put(o, "other", d->other);
	put(o, "query", d->query);
	put(o, "category", d->category);
	put(o, "interaction", d->interaction);
	put(o, "material", d->material);
	if (d->gap)
		json_object_set_new(o, "gap", json_integer((json_int_t)d->gap));
	if (d->base_ver)
		json_object_set_new(o, "base_version", json_integer(d->base_ver));
	if (d->doc)
		json_object_set_new(o, "text", json_loads(d->doc, 0, NULL));
	return o;
}

// Takes the body.
static bool tell(struct db *db, const char *id, const char *verb, const char *type, const char *entity, json_t *body, int64_t at,
		 const char *by, struct err *e)
{
	char *text = json_dumps(body, JSON_COMPACT);
	char kind[40];
	int64_t n;

	snprintf(kind, sizeof(kind), "kb.%s", verb);
	bool ok = outbox_add(db, &(struct outbox_op){.id = id, .k = kind, .t = type, .e = entity, .s = STREAM, .body = text, .made = at, .by = by}, &n, e);
	free(text);
	json_decref(body);
	return ok;
}

static bool audit(struct db *db, const char *verb, const char *object, const char *detail, const struct kb_teller *t, struct err *e)
{
	char action[40];

	snprintf(action, sizeof(action), "kb.%s", verb);
	return audit_add(db, &(struct audit_line){.at = t->at, .actor = t->by, .station = t->station, .action = action, .object = object,
						  .detail = detail}, e);
}

bool kb_record_deed(struct db *db, const struct kb_deed *d, const struct kb_teller *t, struct err *e)
{
	const char *verb = kb_verb_code(d->verb);

	return (!kb_record_tells(d) || tell(db, d->op, verb, "article", kb_record_entity(d), kb_record_body(d), t->at, t->by, e)) &&
	       (!kb_record_audits(d->verb) || audit(db, verb, d->id, NULL, t, e));
}

// Of the next phrasings; *i moves behind them.
static json_t *some(const char *verb, const struct kb_phrasing *v, size_t n, size_t *i, const struct kb_teller *t)
{
	json_t *list = json_array();
	size_t bytes = 0;

	do {
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "id", v[*i].id, "article", v[*i].article, "text", v[*i].text));
		bytes += strlen(v[*i].text);
	} while (++*i < n && json_array_size(list) < PHRASINGS_AN_OP && bytes < TEXT_BYTES / 4);
	return json_pack("{s:s, s:I, s:s?, s:o}", "by", t->by, "at", (json_int_t)t->at, "agent",
			 strcmp(verb, "learn") == 0 && !str_empty(v[*i - 1].agent) ? v[*i - 1].agent : NULL, "phrasings", list);
}

bool kb_record_phrasings(struct db *db, const char *verb, const char *object, const struct kb_phrasing *v, size_t n,
			 const struct kb_teller *t, struct err *e)
{
	struct clock clock = clock_real;
	struct id_gen ids;
	char id[ID_LEN + 1], detail[32];

	if (!n)
		return true;
	clock_shifted(&clock, t->at);
	id_gen_init(&ids, &clock, 0);
	for (size_t i = 0; i < n;) {
		id_new(&ids, id);
		if (!tell(db, id, verb, "phrasing", id, some(verb, v, n, &i, t), t->at, t->by, e))
			return false;
	}
	snprintf(detail, sizeof(detail), "%zu", n);
	return audit(db, verb, object, detail, t, e);
}
