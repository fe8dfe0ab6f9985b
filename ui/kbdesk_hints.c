// SPDX-License-Identifier: MIT
// Knows which keys the hint line of the knowledge desk names: those that are allowed on the selected row.
#include "src/base/i18n.h"
#include "src/desk/role.h"
#include "ui/kbdesk.h"

struct hint {
	enum action act;
	const char *words; // NULL: of the action
};

static bool may(const struct kbdesk *k, enum kb_verb v)
{
	return k->may & (1u << v);
}

static size_t draft_hints(const struct kbdesk *k, const struct kb_next *d, const struct model *m, struct hint *out)
{
	size_t n = 0;

	if (k->may_edit)
		out[n++] = (struct hint){ACT_DESK_EDIT, NULL};
	if (may(k, KB_DO_SUBMIT))
		out[n++] = (struct hint){ACT_DESK_SUBMIT, NULL};
	if (may(k, KB_DO_APPROVE))
		out[n++] = (struct hint){ACT_DESK_ACCEPT, _("Approve")};
	if (may(k, KB_DO_RETURN))
		out[n++] = (struct hint){ACT_DESK_RETURN, kb_drafts_writer(d, m->agent_id) ? _("Take back") : NULL};
	if (may(k, KB_DO_DISCARD))
		out[n++] = (struct hint){ACT_DESK_DISCARD, NULL};
	if (d->base_ver)
		out[n++] = (struct hint){ACT_DESK_CHANGES, k->changes ? _("Whole text") : NULL};
	return n;
}

static size_t gap_hints(const struct kbdesk *k, struct hint *out)
{
	size_t n = 0;

	if (may(k, KB_DO_GAP_ACCEPT))
		out[n++] = (struct hint){ACT_DESK_ACCEPT, NULL};
	if (may(k, KB_DO_GAP_DRAFT))
		out[n++] = (struct hint){ACT_DESK_DRAFT, NULL};
	if (k->may_edit)
		out[n++] = (struct hint){ACT_DESK_EDIT, NULL};
	if (may(k, KB_DO_GAP_SAME))
		out[n++] = (struct hint){ACT_DESK_SAME, NULL};
	if (may(k, KB_DO_GAP_REJECT))
		out[n++] = (struct hint){ACT_DESK_DISCARD, _("Turn down")};
	if (may(k, KB_DO_GAP_REOPEN))
		out[n++] = (struct hint){ACT_DESK_REOPEN, NULL};
	return n;
}

static size_t article_hints(const struct kbdesk *k, struct hint *out)
{
	size_t n = 0;

	if (may(k, KB_DO_CONFIRM))
		out[n++] = (struct hint){ACT_DESK_VALID, NULL};
	if (k->may_edit)
		out[n++] = (struct hint){ACT_DESK_EDIT, NULL};
	if (may(k, KB_DO_RETIRE))
		out[n++] = (struct hint){ACT_DESK_RETIRE, NULL};
	if (may(k, KB_DO_HIDE))
		out[n++] = (struct hint){ACT_DESK_HIDE, NULL};
	return n;
}

// What is allowed on the selected row.
static size_t row_hints(const struct ui *u, const struct model *m, struct hint *out)
{
	const struct kbdesk *k = kbdesk_looked_at(u);

	switch (k->at) {
	case KBDESK_DRAFTS: return kbdesk_draft(u, m) ? draft_hints(k, kbdesk_draft(u, m), m, out) : 0;
	case KBDESK_GAPS: return kbdesk_gap(u, m) ? gap_hints(k, out) : 0;
	case KBDESK_DOUBTS: return article_hints(k, out);
	case KBDESK_READERS: return 0;
	}
	return 0;
}

void kbdesk_hints_draw(const struct ui *u, const struct model *m, const struct canvas *c)
{
	const struct kbdesk *k = kbdesk_looked_at(u);
	struct hint h[20];
	size_t n = 0;
	int x = 0;

	if (kbdesk_count(m, k->at))
		h[n++] = (struct hint){k->open ? ACT_POPUP_CANCEL : ACT_LIST_OPEN, k->open ? _("To the list") : _("Read")};
	n += row_hints(u, m, h + n);
	if (!k->open) {
		h[n++] = (struct hint){ACT_DESK_NEXT, NULL};
		h[n++] = (struct hint){ACT_POPUP_CANCEL, NULL};
		if (user_may(m->roles, RIGHT_KB_WRITE))
			h[n++] = (struct hint){ACT_DESK_NEW, NULL};
		if (k->at == KBDESK_GAPS)
			h[n++] = (struct hint){ACT_DESK_CLOSED, m->desk.all_gaps ? _("Open ones only") : NULL};
		if (user_may(m->roles, RIGHT_KB_RETIRE))
			h[n++] = (struct hint){ACT_DESK_BACK, NULL};
	}
	for (size_t i = 0; i < n; i++) {
		int used = ui_hint(u, c, 0, x, CTX_KB_DESK | CTX_LIST, h[i].act, h[i].words ? h[i].words : _(action_info(h[i].act)->hint));
		x += used ? used + 2 : 0;
	}
}
