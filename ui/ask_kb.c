// SPDX-License-Identifier: MIT
// Knows the dialogs about knowledge: uncovered case, suggestion, the update each contact owes; and correcting a record.
#include "src/base/i18n.h"
#include "ui/ui.h"

static struct work *target(const struct ui *u, struct model *m)
{
	return u->ask_contact[0] ? ui_ask_work(u, m) : NULL;
}

static bool gap_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	return model_kb_gap(m, target(u, m), r->texts[0], e);
}

bool ask_gap(struct ui *u, struct model *m)
{
	struct work *w = model_work(m);
	const struct kb_view *kb = model_kb(m, w);
	const char *query = !str_empty(kb->query) ? kb->query : w && w->contact->restate ? w->contact->restate : "";
	struct err e = {0};

	// One key is enough: with a query the report goes out at once, the contact attached.
	if (*query)
		return ui_try(m, model_kb_gap(m, w, "", &e), &e);
	popup_prompt(&u->popup, 0, _("Uncovered case"), _("No article answers this. What did the customer want to know?"));
	popup_add_field(&u->popup, _("Question"), "", true, 1);
	ui_ask(u, m, gap_done, NULL);
	ui_ask_keep(u, m, "gap");
	return true;
}

static bool suggest_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	return model_kb_suggest(m, target(u, m), u->ask_arg, r->texts[0], e);
}

bool ask_suggest(struct ui *u, struct model *m, const char *article)
{
	char title[128];

	snprintf(title, sizeof(title), _("Suggest a change to %s"), article);
	popup_prompt(&u->popup, 0, title, NULL);
	popup_add_field(&u->popup, _("What should change"), "", true, 3);
	ui_ask(u, m, suggest_done, article);
	ui_ask_keep(u, m, "suggest");
	return true;
}

static bool update_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = target(u, m);
	const char *what = r->row_id ? r->row_id : "";
	enum kb_skip skip;

	if (!w)
		return true;
	if (strcmp(what, "gap") == 0)
		return ask_gap(u, m);
	if (str_starts(what, "suggest:"))
		return ask_suggest(u, m, what + 8);
	if (str_starts(what, "valid:"))
		return model_kb_valid(m, w, what + 6, e);
	if (str_starts(what, "skip:") && kb_skip_parse(sv(what + 5), &skip))
		return model_kb_skip(m, w, skip, e);
	return err_set(e, ERR_USAGE, _("Choose one of the rows."));
}

static void add_article_rows(struct ui *u, const char *id, uint32_t *digit)
{
	char label[160], row[120];

	snprintf(label, sizeof(label), _("%s is still right"), id);
	snprintf(row, sizeof(row), "valid:%s", id);
	popup_add_row(&u->popup, (*digit)++, label, NULL, row);
	snprintf(label, sizeof(label), _("Suggest a change to %s"), id);
	snprintf(row, sizeof(row), "suggest:%s", id);
	popup_add_row(&u->popup, (*digit)++, label, NULL, row);
}

bool ask_kb_update(struct ui *u, struct model *m)
{
	static const enum kb_skip skips[] = {KB_SKIP_KNOWN_RECENT, KB_SKIP_NO_ISSUE_CALL, KB_SKIP_SYSTEM_DOWN, KB_SKIP_TRANSFER_ONLY,
					     KB_SKIP_SILENT};
	static const char letters[] = "abcde";
	struct work *w = model_work(m);
	uint32_t digit = '1';

	if (!w)
		return true;
	popup_menu(&u->popup, 0, _("Knowledge update of this contact"), _("Each contact leaves the knowledge base a little better."));
	popup_add_row(&u->popup, digit++, _("Uncovered: no article answers it"), NULL, "gap");
	for (size_t i = 0; i < w->contact->opens.n && digit < '8'; i++) {
		bool seen = false;
		for (size_t k = 0; k < i; k++)
			seen |= strcmp(w->contact->opens.v[k].id, w->contact->opens.v[i].id) == 0;
		if (!seen)
			add_article_rows(u, w->contact->opens.v[i].id, &digit);
	}
	for (size_t i = 0; i < 5; i++) {
		char row[40];
		snprintf(row, sizeof(row), "skip:%s", kb_skip_code(skips[i]));
		popup_add_row(&u->popup, (uint32_t)letters[i], kb_skip_label(skips[i]), _("no search needed"), row);
	}
	ui_ask(u, m, update_done, NULL);
	return true;
}

static bool correct_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	if (!model_correct(m, u->ask_arg, r->texts[0], e))
		return false;
	u->screen = SCREEN_DESK;
	return true;
}

bool ask_correct(struct ui *u, struct model *m, const char *interaction_id)
{
	popup_prompt(&u->popup, 0, _("Correct a closed record"), _("The record stays as it was; your correction is a new version of it."));
	popup_add_field(&u->popup, _("Why"), "", true, 1);
	ui_ask(u, m, correct_done, interaction_id);
	u->ask_contact[0] = '\0';
	return true;
}
