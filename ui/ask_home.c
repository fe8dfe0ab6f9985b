// SPDX-License-Identifier: MIT
// Knows the dialogs between calls: what became of a case that was reported, a call-back that is due.
#include "src/base/i18n.h"
#include "ui/ui.h"

static bool answer_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)r;
	return model_kb_gap_seen(m, u->ask_n, e);
}

bool ask_gap_answer(struct ui *u, struct model *m, const struct home_notice *n)
{
	struct str text = {0};

	str_addf(&text, _("What you reported was closed: %s.\n\n%s"), kb_gap_state_label(n->gap_state), n->text);
	popup_menu(&u->popup, 0, _("Uncovered case"), str_z(&text));
	popup_add_row(&u->popup, '1', _("Taken note of; do not show it again"), NULL, NULL);
	ui_ask(u, m, answer_done, NULL);
	u->ask_n = n->gap;
	str_release(&text);
	return true;
}

static bool due_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	char id[sizeof(u->ask_arg)];

	snprintf(id, sizeof(id), "%s", u->ask_arg);
	if (r->row == 0)
		return model_callback_done(m, id, e);
	if (r->row == 1 && r->row_id && *r->row_id)
		return model_open_past(m, r->row_id, e);
	return true;
}

bool ask_callback_due(struct ui *u, struct model *m, const struct home_callback *cb)
{
	struct str text = {0};
	char due[24];

	ui_time(m, cb->due_at, "%m-%d %H:%M", due, sizeof(due));
	str_addf(&text, "%s  %s\n%s", due, cb->who ? cb->who : "", cb->text ? cb->text : "");
	popup_menu(&u->popup, 0, _("Call-back"), str_z(&text));
	popup_add_row(&u->popup, '1', _("Done: the customer was called"), NULL, NULL);
	popup_add_row(&u->popup, '2', _("Look at the contact it was promised in"), NULL, cb->interaction_id);
	ui_ask(u, m, due_done, cb->id);
	u->ask_contact[0] = '\0';
	str_release(&text);
	return true;
}
