// SPDX-License-Identifier: MIT
// Knows how a deed on the knowledge base becomes part of a commit: kb.db has one writer, which runs in the store thread's job.
#include "kb/drafts.h"
#include "kb/gap.h"
#include "src/base/i18n.h"
#include "src/work/hub.h"
#include "src/work/kb_part.h"
#include "src/work/kb_record.h"

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

// A case has a number of its own at each station; the hub's id of it goes with the deed once it is known.
static void name_gap(struct model *m, const struct kb_deed *d, json_t *body)
{
	struct arena a = {0};
	struct kb_gap gap;
	struct kb *kb = d->gap ? model_open_kb(m, NULL) : NULL;

	if (kb && kb_gap_get(kb, d->gap, &gap, &a, NULL) && *gap.hub)
		json_object_set_new(body, "gap_id", json_string(gap.hub));
	arena_release(&a);
}

bool kb_deed_central(const struct model *m, enum kb_verb v)
{
	if (model_hub(m)->line == HUB_NONE)
		return false;
	switch (v) {
	case KB_DO_APPROVE: case KB_DO_RETIRE: case KB_DO_RESTORE: case KB_DO_HIDE: case KB_DO_CONFIRM: case KB_DO_FLAG:
		return true;
	case KB_DO_SAVE: case KB_DO_SUBMIT: case KB_DO_RETURN: case KB_DO_DISCARD: case KB_DO_VOTE_UP: case KB_DO_VOTE_DOWN: case KB_DO_USE:
	case KB_DO_GAP_REPORT: case KB_DO_GAP_ACCEPT: case KB_DO_GAP_DRAFT: case KB_DO_GAP_SAME: case KB_DO_GAP_REJECT: case KB_DO_GAP_REOPEN:
		return false;
	}
	return false;
}

bool kb_deed_reachable(const struct model *m, enum kb_verb v, struct err *e)
{
	return !kb_deed_central(m, v) || model_hub(m)->line == HUB_ONLINE ||
	       err_set(e, ERR_DENIED, _("The hub decides this and is out of reach. Try again when the line is back; nothing is lost."));
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
	if (kb_record_tells(&p->d)) {
		json_t *body = kb_record_body(&p->d);
		name_gap(m, &p->d, body);
		snprintf(kind, sizeof(kind), "kb.%s", kb_verb_code(d->verb));
		commit_outbox_as(c, m, p->d.op, kind, "article", kb_record_entity(&p->d), "kb/all", body);
		json_decref(body);
	}
	// What the hub decides comes back as a row of kb/all (kb/remote.h); done here at once, it might be undone a moment later.
	if (kb_deed_central(m, d->verb))
		drop_deed(p);
	else
		commit_part(c, run_deed, p, drop_deed);
}
