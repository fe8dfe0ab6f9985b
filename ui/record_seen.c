// SPDX-License-Identifier: MIT
// Knows how the record of a past contact leads to the text that was read in it.
#include "src/base/i18n.h"
#include "ui/kb_pane.h"

// The article version that was before the agent's eyes at the event, and the lines of it that showed; the cited or opened one if
// the event says which.
bool record_open_seen(struct ui *u, struct model *m, const struct event *ev)
{
	bool named = (ev->type == EV_KB_OPEN || ev->type == EV_KB_CITE) && event_get_int(ev, "ver", 0) > 0;
	struct arena a = {0};
	struct kb_sight s = {0};
	struct err e = {0};
	char from[16] = "", to[16] = "";
	bool ok = true;

	if (named)
		s = (struct kb_sight){.id = event_get(ev, "id"), .ver = (int)event_get_int(ev, "ver", 0)};
	else
		ok = model_kb_seen_at(m, model_work(m)->contact->id, ev->at, &s, &a, &e);
	if (ok && s.draft)
		ok = err_set(&e, ERR_NOT_FOUND, _("It was a draft of %s, revision %d: drafts are not kept."), s.id, s.ver);
	if (ok) {
		ui_focus(u, m, PANE_KB);
		ok = kb_pane_open(u, m, s.id, s.ver, KB_FROM_RECORD, &e);
	}
	if (!ok && model_work(m))
		ui_focus(u, m, PANE_RECORD);
	if (ok && !named) {
		int top = kb_sight_top(&s, ev->at), last = top + s.height < s.lines ? top + s.height : s.lines;
		ui_time(m, s.from, "%H:%M:%S", from, sizeof(from));
		ui_time(m, s.to, "%H:%M:%S", to, sizeof(to));
		ui_view(u, m)->article_scroll = top;
		model_say_note(m, NOTE_INFO, _("%s v%d was on the screen from %s to %s; here lines %d to %d of %d."), s.id, s.ver, from, to, top + 1, last,
			       s.lines);
	}
	arena_release(&a);
	return ui_try(m, ok, &e);
}
