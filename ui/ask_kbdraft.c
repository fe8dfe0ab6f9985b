// SPDX-License-Identifier: MIT
// Knows what is asked before a draft is submitted, returned, published or discarded.
#include "src/base/i18n.h"
#include "ui/ask_kbdesk.h"

static bool submit_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	return model_kb_do(m, &(struct kb_deed){.verb = KB_DO_SUBMIT, .id = u->ask_arg, .note = r->text}, e);
}

static bool submit(struct ui *u, struct model *m, const char *id)
{
	const struct kb_next *d = kbdesk_draft(u, m);
	struct kb_deed deed = {.verb = KB_DO_SUBMIT, .id = id, .note = "-"};
	char title[128];

	if (!d)
		return desk_no_row(m);
	if (!desk_allowed(m, &deed))
		return true;
	deed.note = NULL;
	if (*d->note || !d->current)
		return desk_do(m, &deed);
	snprintf(title, sizeof(title), _("Submit %s for review"), id);
	popup_prompt(&u->popup, 0, title, _("Say in one line what changes: readers see it in the history."));
	popup_add_field(&u->popup, _("What changes"), NULL, true, 1);
	desk_ask(u, m, submit_done, id, 0);
	ui_ask_keep(u, m, "kb-submit");
	return true;
}

static bool return_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	return model_kb_do(m, &(struct kb_deed){.verb = KB_DO_RETURN, .id = u->ask_arg, .note = r->text}, e);
}

static bool give_back(struct ui *u, struct model *m, const char *id)
{
	const struct kb_next *d = kbdesk_draft(u, m);
	struct kb_deed deed = {.verb = KB_DO_RETURN, .id = id, .note = "-"};
	char title[128];

	if (!d)
		return desk_no_row(m);
	if (!desk_allowed(m, &deed))
		return true;
	deed.note = NULL;
	if (kb_drafts_writer(d, m->agent_id))
		return desk_do(m, &deed);
	snprintf(title, sizeof(title), _("Return %s to its author"), id);
	popup_prompt(&u->popup, 0, title, _("Say in one line what is missing: the author reads it."));
	popup_add_field(&u->popup, _("What is missing"), NULL, true, 2);
	desk_ask(u, m, return_done, id, 0);
	ui_ask_keep(u, m, "kb-return");
	return true;
}

static bool approve_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)r;
	return model_kb_do(m, &(struct kb_deed){.verb = KB_DO_APPROVE, .id = u->ask_arg}, e);
}

bool desk_approve(struct ui *u, struct model *m, const char *id)
{
	const struct kb_next *d = kbdesk_draft(u, m);
	char title[128];

	if (!desk_allowed(m, &(struct kb_deed){.verb = KB_DO_APPROVE, .id = id}))
		return true;
	snprintf(title, sizeof(title), d ? _("Publish %s?") : _("Show %s again?"), id);
	popup_confirm(&u->popup, 0, title,
		      d ? _("Everybody finds and reads this text from now on. A published version never changes; an error is put right by the "
			    "next one.")
			: _("Everybody finds it again, as it was before it was hidden."));
	desk_ask(u, m, approve_done, id, 0);
	return true;
}

static bool discard_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)r;
	return model_kb_do(m, &(struct kb_deed){.verb = KB_DO_DISCARD, .id = u->ask_arg}, e);
}

static bool discard(struct ui *u, struct model *m, const char *id)
{
	char title[128];

	if (!desk_allowed(m, &(struct kb_deed){.verb = KB_DO_DISCARD, .id = id}))
		return true;
	snprintf(title, sizeof(title), _("Discard the draft of %s?"), id);
	popup_confirm(&u->popup, 0, title, _("Its text is lost. What is published stays as it is."));
	desk_ask(u, m, discard_done, id, 0);
	return true;
}

bool desk_on_draft(struct ui *u, struct model *m, enum action a, const char *id)
{
	switch ((int)a) {
	case ACT_DESK_SUBMIT: return submit(u, m, id);
	case ACT_DESK_RETURN: return give_back(u, m, id);
	case ACT_DESK_ACCEPT: return desk_approve(u, m, id);
	case ACT_DESK_DISCARD: return discard(u, m, id);
	default: return false;
	}
}
