// SPDX-License-Identifier: MIT
// Knows the dialog in which a value of one's own is written for a field of a conflict.
#include "src/base/i18n.h"
#include "ui/conflicts.h"

// The dialog is about "conflict/field": both may have changed places meanwhile, or be gone.
static const struct conflict_row *asked_about(const struct ui *u, const struct model *m, size_t *field)
{
	const struct hub_rows *rows = model_hub_shown(m);
	char name[200];

	for (size_t i = 0; i < rows->conflicts.n; i++)
		for (size_t f = 0; f < rows->conflicts.v[i].n_fields; f++) {
			snprintf(name, sizeof(name), "%s/%s", rows->conflicts.v[i].id, rows->conflicts.v[i].fields[f].name);
			if (strcmp(name, u->ask_arg) != 0)
				continue;
			*field = f;
			return &rows->conflicts.v[i];
		}
	return NULL;
}

static bool other_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	size_t field;
	const struct conflict_row *row = asked_about(u, m, &field);

	if (!row)
		return err_set(e, ERR_NOT_FOUND, _("This conflict is settled already; Esc closes this."));
	conflict_choose(m, row, field, CONFLICT_OTHER, r->text);
	if (conflict_in_hand(u, m) == row) {
		u->conflicts.field = field;
		conflict_go_on(u, m);
	}
	return true;
}

bool ask_conflict_other(struct ui *u, struct model *m)
{
	const struct conflict_row *r = conflict_in_hand(u, m);
	size_t field = conflict_field(u, m);
	const char *other;
	char about[160];

	if (!r || !r->n_fields || conflict_waits(m, r))
		return true;
	if (!conflict_may_write(r)) {
		char mine[KEY_NAME_MAX], theirs[KEY_NAME_MAX];
		keymap_label(u->keys, CTX_CONFLICTS, ACT_CONFLICT_MINE, mine, sizeof(mine));
		keymap_label(u->keys, CTX_CONFLICTS, ACT_CONFLICT_THEIRS, theirs, sizeof(theirs));
		model_say_note(m, NOTE_INFO, _("Only a text can be written anew; here one of the two holds: %s or %s."), mine, theirs);
		return true;
	}
	enum conflict_side side = conflict_chosen(m, r, field, &other);
	const char *start = side == CONFLICT_OTHER ? other : side == CONFLICT_THEIRS ? r->fields[field].theirs : r->fields[field].mine;
	popup_prompt(&u->popup, 0, _("Write what holds"), r->fields[field].label);
	popup_add_field(&u->popup, _("New text"), NULL, false, 6);
	snprintf(about, sizeof(about), "%s/%s", r->id, r->fields[field].name);
	ui_ask(u, m, other_done, about);
	u->ask_contact[0] = '\0'; // about no contact
	ui_ask_keep(u, m, "conflict");
	if (!u->popup.fields.v[0].line.text.n)
		lineedit_set(&u->popup.fields.v[0].line, start ? start : "");
	return true;
}
