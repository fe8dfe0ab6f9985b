// SPDX-License-Identifier: MIT
// Knows what the rules of single deeds share: what a deed is about, and small refusals.
#ifndef KB_DEED_RULES_H
#define KB_DEED_RULES_H

#include "kb/deed.h"
#include "kb/drafts.h"
#include "kb/gap.h"
#include "kb/rows.h"
#include "src/base/i18n.h"
#include "src/desk/role.h"

// What a deed is about, read before it is judged.
struct kb_about {
	bool article, draft; // exist
	struct kb_head head;
	struct kb_next next;
	struct kb_gap g;
	struct kb_text text; // what the deed's doc says, once checked
	struct arena a;
};

struct kb_rule {
	const char *code, *label;
	enum user_right right;
	bool logged;
	// Says why not; reads only.
	bool (*check)(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e);
	bool (*run)(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e);
};
extern const struct kb_rule kb_rule_save, kb_rule_submit, kb_rule_return, kb_rule_approve, kb_rule_discard,
	kb_rule_retire, kb_rule_restore, kb_rule_hide, kb_rule_confirm, kb_rule_flag, kb_rule_vote_up,
	kb_rule_vote_down, kb_rule_use, kb_rule_gap_report, kb_rule_gap_accept, kb_rule_gap_draft, kb_rule_gap_same,
	kb_rule_gap_reject, kb_rule_gap_reopen;

static inline const char *kb_deed_by(const struct kb_deed *d)
{
	return d->by ? d->by : "";
}

static inline const char *kb_deed_note(const struct kb_deed *d)
{
	return d->note ? d->note : "";
}

static inline bool kb_need_article(const struct kb_deed *d, const struct kb_about *o, struct err *e)
{
	return o->article || err_set(e, ERR_NOT_FOUND, _("there is no article %s"), d->id ? d->id : "");
}

static inline bool kb_need_draft(const struct kb_deed *d, const struct kb_about *o, struct err *e)
{
	return o->draft || err_set(e, ERR_NOT_FOUND, _("there is no draft of %s"), d->id ? d->id : "");
}

static inline bool kb_need_note(const struct kb_deed *d, const char *why, struct err *e)
{
	return sv_trim(sv(d->note)).n > 0 || err_set(e, ERR_USAGE, "%s", why);
}

// Writes the draft of deed.id: the text in doc, whose title is in o->text.
must_use bool kb_draft_write(struct kb *kb, const struct kb_deed *d, const struct kb_about *o, const char *doc, enum kb_state state,
			     int64_t gap, struct err *e);
must_use bool kb_draft_check_save(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e);

#endif
