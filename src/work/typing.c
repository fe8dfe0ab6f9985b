// SPDX-License-Identifier: MIT
// Knows text that is being typed: kept with the contact, in the journal within a second, gone when it became a fact.
#include "src/desk/secret.h"
#include "src/store/journal.h"
#include "src/work/internal.h"

static struct draft *find(const struct work *w, const char *field)
{
	for (size_t i = 0; i < w->drafts.n; i++)
		if (strcmp(w->drafts.v[i].field, field) == 0)
			return &w->drafts.v[i];
	return NULL;
}

const struct draft *model_draft_of(const struct work *w, const char *field)
{
	static const struct draft none = {.field = (char *)"", .text = (char *)""};
	const struct draft *d = find(w, field);

	return d && d->text ? d : &none;
}

void model_draft(struct model *m, struct work *w, const char *field, const char *text, size_t caret)
{
	struct draft *d = find(w, field);

	if (w->read_only)
		return;
	if (!d) {
		d = vec_add(&w->drafts);
		d->field = xstrdup(field);
	}
	if (d->text && strcmp(d->text, text) == 0 && d->caret == caret)
		return;
	char *copy = xstrdup(text);
	free(d->text);
	d->text = copy;
	d->caret = caret;
	d->dirty = true;
	m->typed = true;
}

void model_draft_drop(struct model *m, struct work *w, const char *field)
{
	struct draft *d = find(w, field);

	if (!d || (str_empty(d->text) && !d->dirty))
		return;
	// The empty text is journaled, so that the old one does not come back after a crash.
	model_draft(m, w, field, "", 0);
}

bool model_drafts_dirty(const struct model *m)
{
	for (size_t i = 0; i < m->works.n; i++)
		for (size_t d = 0; d < m->works.v[i]->drafts.n; d++)
			if (m->works.v[i]->drafts.v[d].dirty)
				return true;
	return false;
}

struct journal_part {
	char id[40];
	char *field, *text;
	int64_t caret, at;
};

static bool run_journal(struct db *db, void *arg, struct err *e)
{
	struct journal_part *p = arg;

	return journal_put(db, &(struct journal){.interaction_id = p->id, .field = p->field, .text = p->text, .caret = p->caret,
						 .at = p->at}, e);
}

static void drop_journal(void *arg)
{
	struct journal_part *p = arg;

	free(p->field);
	free(p->text);
	free(p);
}

void model_flush_drafts(struct model *m)
{
	struct commit *c = commit_new(m, "journal");

	for (size_t i = 0; i < m->works.n; i++) {
		struct work *w = m->works.v[i];
		for (size_t d = 0; d < w->drafts.n; d++) {
			struct draft *draft = &w->drafts.v[d];
			struct journal_part *p;
			struct str clean = {0};
			if (!draft->dirty)
				continue;
			draft->dirty = false;
			p = xcalloc(1, sizeof(*p));
			snprintf(p->id, sizeof(p->id), "%s", w->contact->id);
			p->field = xstrdup(draft->field);
			// A card number or a code must not reach the disk, not even while it is being typed.
			secret_redact(sv(draft->text), &clean);
			p->text = str_take(&clean);
			p->caret = (int64_t)draft->caret;
			p->at = clock_wall(m->clock);
			commit_part(c, run_journal, p, drop_journal);
		}
	}
	commit_submit(m, c);
}
