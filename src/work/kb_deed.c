// SPDX-License-Identifier: MIT
// Knows how a deed on the knowledge base becomes part of a commit: kb.db has one writer, which runs in the store thread's job.
#include "kb/drafts.h"
#include "src/work/kb_part.h"

struct deed_part {
	struct kb_deed d;
	struct arena a;
	struct kb_writer *writer;
	struct clock clock;
};

// The store may have to try the job again after kb.db has committed: the operation's id makes the second time harmless.
static bool run_deed(struct db *db, void *arg, struct err *e)
{
	struct deed_part *p = arg;
	struct err why = {0};
	struct kb *kb = kb_writer_open(p->writer, &p->clock, &why);
	bool ok = kb && kb_do(kb, &p->d, NULL, &why);

	(void)db;
	kb_writer_done(p->writer, ok, &why);
	return ok || err_set(e, why.code, "%s", why.msg);
}

static void drop_deed(void *arg)
{
	struct deed_part *p = arg;

	arena_release(&p->a);
	free(p);
}

// Texts that may hold what a customer said.
static const char *swept(struct arena *a, const char *text)
{
	char *s = work_redacted(text);
	const char *out = arena_strdup(a, s);

	free(s);
	return out;
}

struct kb_deed work_deed(const struct model *m, enum kb_verb verb, const char *id)
{
	return (struct kb_deed){.verb = verb, .by = m->agent_id, .roles = m->roles, .id = id};
}

static void put(json_t *o, const char *key, const char *v)
{
	if (!str_empty(v))
		json_object_set_new(o, key, json_string(v));
}

static json_t *deed_json(const struct kb_deed *d)
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

void commit_kb_deed(struct commit *c, struct model *m, const struct kb_deed *d)
{
	struct deed_part *p = xcalloc(1, sizeof(*p));
	struct arena *a = &p->a;
	char id[40], kind[40];

	p->d = *d;
	p->d.op = arena_strdup(a, work_new_id(m, id));
	p->d.by = arena_strdup(a, m->agent_id);
	p->d.roles = m->roles;
	p->d.id = arena_strdup(a, d->id);
	p->d.note = swept(a, d->note);
	p->d.other = arena_strdup(a, d->other);
	p->d.doc = arena_strdup(a, d->doc);
	p->d.query = swept(a, d->query);
	p->d.category = arena_strdup(a, d->category);
	p->d.interaction = arena_strdup(a, d->interaction);
	p->d.material = swept(a, d->material);
	p->writer = work_kb_writer(m);
	p->clock = *m->clock;
	// A text in the middle of being written stays here; it goes out when it is complete or submitted.
	if (d->verb != KB_DO_USE && (d->verb != KB_DO_SAVE || d->complete)) {
		json_t *body = deed_json(&p->d);
		snprintf(kind, sizeof(kind), "kb.%s", kb_verb_code(d->verb));
		commit_outbox_as(c, m, p->d.op, kind, "article", str_empty(d->id) ? p->d.op : d->id, "kb/all", body);
		json_decref(body);
	}
	commit_part(c, run_deed, p, drop_deed);
}
