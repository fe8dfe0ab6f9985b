// SPDX-License-Identifier: MIT
// Knows what is asked before an uncovered case is answered, turned down or made a draft of.
#include "src/base/i18n.h"
#include "ui/ask_kbdesk.h"

static bool reject_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	return model_kb_do(m, &(struct kb_deed){.verb = KB_DO_GAP_REJECT, .gap = u->ask_n, .note = r->text}, e);
}

static bool reject(struct ui *u, struct model *m, const struct kb_gap *g)
{
	char title[128];

	if (!desk_allowed(m, &(struct kb_deed){.verb = KB_DO_GAP_REJECT, .gap = g->id, .note = "-"}))
		return true;
	snprintf(title, sizeof(title), _("Turn down uncovered case #%lld"), (long long)g->id);
	popup_prompt(&u->popup, 0, title, _("Say in one line why: whoever reported it reads it."));
	popup_add_field(&u->popup, _("Why"), NULL, true, 2);
	desk_ask(u, m, reject_done, title, g->id);
	ui_ask_keep(u, m, "kb-reject");
	return true;
}

static bool same_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	return model_kb_do(m, &(struct kb_deed){.verb = KB_DO_GAP_SAME, .gap = u->ask_n, .other = r->row_id ? r->row_id : r->text}, e);
}

static bool same(struct ui *u, struct model *m, const struct kb_gap *g)
{
	if (!desk_settled(m))
		return true;
	if (!model_kb_may_gap(m, KB_DO_GAP_SAME, g->id)) {
		// Its sentence is the one of turning it down: both need an open case.
		desk_allowed(m, &(struct kb_deed){.verb = KB_DO_GAP_REJECT, .gap = g->id, .note = "-"});
		return true;
	}
	popup_pick(&u->popup, 0, _("Which article answers it, or which case is it the same as?"),
		   _("Choose, or type the number of another article, or #N of another case."));
	desk_add_nearest(&u->popup, m, *g->query ? g->query : g->description, NULL);
	for (size_t i = 0; i < m->desk.n_gaps; i++) {
		const struct kb_gap *other = &m->desk.gaps[i];
		char id[24];
		if (other->id == g->id || other->same_as)
			continue;
		snprintf(id, sizeof(id), "#%lld", (long long)other->id);
		popup_add_row(&u->popup, 0, *other->query ? other->query : other->description, id, id);
	}
	u->popup.free_text = true;
	popup_ready(&u->popup);
	desk_ask(u, m, same_done, NULL, g->id);
	return true;
}

static bool begin_draft(struct ui *u, struct model *m, const struct kb_gap *g)
{
	struct arena a = {0};
	struct err e = {0};
	const char *id = NULL;

	if (!desk_settled(m))
		return true;
	if (model_kb_gap_draft(m, g->id, &id, &a, &e))
		snprintf(u->kbdesk->write_when, sizeof(u->kbdesk->write_when), "%s", id);
	else
		ui_fail(m, &e);
	arena_release(&a);
	return true;
}

bool desk_on_gap(struct ui *u, struct model *m, enum action a, const struct kb_gap *g)
{
	switch ((int)a) {
	case ACT_DESK_ACCEPT: return desk_do(m, &(struct kb_deed){.verb = KB_DO_GAP_ACCEPT, .gap = g->id});
	case ACT_DESK_DRAFT: return begin_draft(u, m, g);
	case ACT_DESK_SAME: return same(u, m, g);
	case ACT_DESK_DISCARD: return reject(u, m, g);
	case ACT_DESK_REOPEN: return desk_do(m, &(struct kb_deed){.verb = KB_DO_GAP_REOPEN, .gap = g->id});
	default: return false;
	}
}
