// SPDX-License-Identifier: MIT
// Knows text that is being typed: kept with the contact, in the journal within a second, gone when it became a fact.
#include "src/desk/secret.h"
#include "src/store/journal.h"
#include "src/work/internal.h"

// Under which the journal keeps what belongs to no contact.
static const char DESK[] = "desk";
static const struct draft none = {.field = (char *)"", .text = (char *)""};

static struct draft *find_in(struct draft *v, size_t n, const char *field)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].field, field) == 0)
			return &v[i];
	return NULL;
}

static struct draft *find(const struct work *w, const char *field)
{
	return find_in(w->drafts.v, w->drafts.n, field);
}

const struct draft *model_draft_of(const struct work *w, const char *field)
{
	const struct draft *d = find(w, field);

	return d && d->text ? d : &none;
}

static void put(struct model *m, struct draft *d, const char *text, size_t caret)
{
	if (d->text && strcmp(d->text, text) == 0 && d->caret == caret)
		return;
	char *copy = xstrdup(text);
	free(d->text);
	d->text = copy;
	d->caret = caret;
	d->dirty = true;
	m->typed = true;
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
	put(m, d, text, caret);
}

void model_draft_drop(struct model *m, struct work *w, const char *field)
{
	struct draft *d = find(w, field);

	if (!d || (str_empty(d->text) && !d->dirty))
		return;
	// The empty text is journaled, so that the old one does not come back after a crash.
	model_draft(m, w, field, "", 0);
}

// --- in no contact

static struct draft *find_desk(const struct model *m, const char *field)
{
	return find_in(m->desk_drafts.v, m->desk_drafts.n, field);
}

const struct draft *model_desk_draft_of(const struct model *m, const char *field)
{
	const struct draft *d = find_desk(m, field);

	return d && d->text ? d : &none;
}

bool model_desk_draft_there(const struct model *m, const char *field)
{
	const struct draft *d = find_desk(m, field);

	return d && d->text;
}

void model_desk_draft(struct model *m, const char *field, const char *text, size_t caret)
{
	struct draft *d = find_desk(m, field);

	if (!d) {
		d = vec_add(&m->desk_drafts);
		d->field = xstrdup(field);
	}
	put(m, d, text, caret);
}

void model_desk_draft_drop(struct model *m, const char *field)
{
	struct draft *d = find_desk(m, field);

	if (!d || !d->text)
		return;
	// Without a text it waits only for its row in the journal to go.
	free(d->text);
	d->text = NULL;
	d->dirty = true;
}

bool work_recover_desk(struct model *m, struct err *e)
{
	struct arena a = {0};
	struct journals rows = {0};
	bool ok = journal_list(store_reader(m->store), DESK, &rows, &a, e);

	for (size_t i = 0; ok && i < rows.n; i++) {
		struct draft *d = vec_add(&m->desk_drafts);
		size_t n = strlen(rows.v[i].text);
		*d = (struct draft){.field = xstrdup(rows.v[i].field), .text = xstrdup(rows.v[i].text),
				    .caret = rows.v[i].caret < 0 || (size_t)rows.v[i].caret > n ? n : (size_t)rows.v[i].caret};
	}
	vec_release(&rows);
	arena_release(&a);
	return ok;
}

// --- to the journal

bool model_drafts_dirty(const struct model *m)
{
	for (size_t d = 0; d < m->desk_drafts.n; d++)
		if (m->desk_drafts.v[d].dirty)
			return true;
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

	if (!p->text)
		return journal_drop(db, p->id, p->field, e);
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

static void add_part(struct commit *c, const struct model *m, const char *owner, struct draft *draft)
{
	struct journal_part *p;
	struct str clean = {0};

	if (!draft->dirty)
		return;
	draft->dirty = false;
	p = xcalloc(1, sizeof(*p));
	snprintf(p->id, sizeof(p->id), "%s", owner);
	p->field = xstrdup(draft->field);
	// A card number or a code must not reach the disk, not even while it is being typed.
	if (draft->text) {
		secret_redact(sv(draft->text), &clean);
		p->text = str_take(&clean);
	}
	p->caret = (int64_t)draft->caret;
	p->at = clock_wall(m->clock);
	commit_part(c, run_journal, p, drop_journal);
}

void model_flush_drafts(struct model *m)
{
	struct commit *c = commit_new(m, "journal");

	for (size_t i = 0; i < m->works.n; i++) {
		struct work *w = m->works.v[i];
		for (size_t d = 0; d < w->drafts.n; d++)
			add_part(c, m, w->contact->id, &w->drafts.v[d]);
	}
	for (size_t d = m->desk_drafts.n; d-- > 0;) {
		struct draft *draft = &m->desk_drafts.v[d];
		add_part(c, m, DESK, draft);
		if (draft->text)
			continue;
		free(draft->field);
		vec_remove(&m->desk_drafts, d);
	}
	commit_submit(m, c);
}
