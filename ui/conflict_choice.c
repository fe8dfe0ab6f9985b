// SPDX-License-Identifier: MIT
// Knows what was chosen for the fields of a conflict before it is settled.
#include "src/base/i18n.h"
#include "ui/conflicts.h"

// A draft's text: m mine, t theirs, o and the value.
static const char name_head[] = "conflict.";
enum { NAME_MAX = 200 };

static const char *name_of(const struct conflict_row *r, size_t field, char buf[NAME_MAX])
{
	snprintf(buf, NAME_MAX, "%s%s/%s", name_head, r->id, r->fields[field].name);
	return buf;
}

enum conflict_side conflict_chosen(const struct model *m, const struct conflict_row *r, size_t field, const char **other)
{
	char name[NAME_MAX];
	const char *text = model_desk_draft_of(m, name_of(r, field, name))->text;

	if (other)
		*other = *text == 'o' ? text + 1 : NULL;
	switch (*text) {
	case 'm': return CONFLICT_MINE;
	case 't': return CONFLICT_THEIRS;
	case 'o': return CONFLICT_OTHER;
	default: return CONFLICT_OPEN;
	}
}

void conflict_choose(struct model *m, const struct conflict_row *r, size_t field, enum conflict_side side, const char *other)
{
	char name[NAME_MAX], *text;

	name_of(r, field, name);
	switch (side) {
	case CONFLICT_OPEN:
		model_desk_draft_drop(m, name);
		return;
	case CONFLICT_MINE: case CONFLICT_THEIRS:
		model_desk_draft(m, name, side == CONFLICT_MINE ? "m" : "t", 1);
		return;
	case CONFLICT_OTHER:
		text = xasprintf("o%s", other);
		model_desk_draft(m, name, text, strlen(text));
		free(text);
		return;
	}
}

void conflict_forget(struct model *m, const struct conflict_row *r)
{
	char name[NAME_MAX];

	for (size_t i = 0; i < r->n_fields; i++)
		model_desk_draft_drop(m, name_of(r, i, name));
}

static bool of_conflict(const char *name, const struct conflict_row *r)
{
	size_t head = sizeof(name_head) - 1, n = strlen(r->id);

	return strncmp(name + head, r->id, n) == 0 && name[head + n] == '/';
}

void conflict_sweep(struct model *m)
{
	const struct hub_rows *rows = model_hub_shown(m);
	char name[NAME_MAX];

	// Only a list that is surely whole says that a conflict is gone.
	if (model_hub(m)->line != HUB_ONLINE)
		return;
	for (size_t i = m->desk_drafts.n; i-- > 0;) {
		const struct draft *d = &m->desk_drafts.v[i];
		bool there = false;
		if (!d->text || !str_starts(d->field, name_head))
			continue;
		for (size_t k = 0; k < rows->conflicts.n; k++)
			there |= of_conflict(d->field, &rows->conflicts.v[k]);
		if (there)
			continue;
		snprintf(name, sizeof(name), "%s", d->field);
		model_desk_draft_drop(m, name);
	}
}

size_t conflict_first_open(const struct model *m, const struct conflict_row *r, size_t from)
{
	for (size_t i = 0; i < r->n_fields; i++) {
		size_t f = (from + i) % r->n_fields;
		if (conflict_chosen(m, r, f, NULL) == CONFLICT_OPEN)
			return f;
	}
	return r->n_fields;
}

bool conflict_may_write(const struct conflict_row *r)
{
	return str_eq(r->reason, "text");
}

bool conflict_settle(struct model *m, const struct conflict_row *r, struct err *e)
{
	struct conflict_choice *choice = xcalloc(r->n_fields ? r->n_fields : 1, sizeof(*choice));
	size_t n = r->n_fields;
	char id[80];

	for (size_t i = 0; i < n; i++) {
		choice[i].field = r->fields[i].name;
		choice[i].side = conflict_chosen(m, r, i, &choice[i].value);
	}
	snprintf(id, sizeof(id), "%s", r->id);
	bool ok = model_conflict_settle(m, id, choice, n, e);
	free(choice);
	return ok;
}
