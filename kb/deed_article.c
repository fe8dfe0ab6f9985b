// SPDX-License-Identifier: MIT
// Knows the rules for an article that stands published: retired, hidden at once, confirmed, doubted, voted on.
#include "kb/deed_rules.h"

static bool is_searchable(const struct kb_deed *d, const struct kb_about *o, const char *what, struct err *e)
{
	return kb_searchable(o->head.state) ||
	       err_set(e, ERR_DENIED, _("%s is %s: it cannot be %s"), d->id, kb_state_label(o->head.state), what);
}

static bool check_retire(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	struct kb_head other;

	if (!kb_need_article(d, o, e) || !kb_state_may_become(d->id, o->head.state, KB_ARCHIVED, e))
		return false;
	if (str_empty(d->other))
		return true;
	if (!kb_head_of(kb, d->other, &other, e))
		return false;
	if (other.no == o->head.no)
		return err_set(e, ERR_USAGE, _("%s cannot take its own place"), d->id);
	return kb_searchable(other.state) ||
	       err_set(e, ERR_DENIED, _("%s is %s: it cannot take the place of %s"), d->other, kb_state_label(other.state), d->id);
}

static bool run_retire(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "UPDATE article SET replaced_by = ? WHERE no = ?", e);
	int at = 0;

	(void)done;
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(d->other));
	kb_bind_int(st, &at, o->head.no);
	return kb_run(kb, st, e) && kb_state_write(kb, &o->head, KB_ARCHIVED, "", e);
}

static bool check_hide(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	(void)kb;
	return kb_need_article(d, o, e) && kb_state_may_become(d->id, o->head.state, KB_HIDDEN, e) &&
	       kb_need_note(d, _("Say in one line why it is hidden at once."), e);
}

static bool run_hide(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	(void)d, (void)done;
	return kb_state_write(kb, &o->head, KB_HIDDEN, "", e);
}

static bool check_confirm(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	(void)kb;
	return kb_need_article(d, o, e) && is_searchable(d, o, _("confirmed"), e);
}

static bool run_confirm(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	(void)o, (void)done;
	return kb_confirm_valid(kb, d->id, d->when, e);
}

static bool check_flag(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	(void)kb;
	return kb_need_article(d, o, e) && is_searchable(d, o, _("marked for review"), e) &&
	       kb_need_note(d, _("Say in one line what is doubtful."), e);
}

static bool run_flag(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	(void)done;
	return kb_state_write(kb, &o->head, KB_STALE, d->note, e);
}

static bool check_known(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	(void)kb;
	return kb_need_article(d, o, e);
}

static bool run_vote(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	(void)o, (void)done;
	return kb_vote_of(kb, d->id, kb_deed_by(d), d->verb == KB_DO_VOTE_UP, e);
}

static bool run_use(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	(void)o, (void)done;
	return kb_count_use(kb, d->id, e);
}

const struct kb_rule kb_rule_retire = {"retire", N_("Retire to the archive"), RIGHT_KB_RETIRE, true, check_retire, run_retire};
const struct kb_rule kb_rule_hide = {"hide", N_("Hide at once"), RIGHT_KB_HIDE, true, check_hide, run_hide};
const struct kb_rule kb_rule_confirm = {"confirm", N_("Confirm that it is right"), RIGHT_KB_EDIT, true, check_confirm, run_confirm};
const struct kb_rule kb_rule_flag = {"flag", N_("Mark for review"), RIGHT_KB_APPROVE, true, check_flag, run_flag};
const struct kb_rule kb_rule_vote_up = {"vote_up", N_("Helpful"), RIGHT_KB_SUGGEST, false, check_known, run_vote};
const struct kb_rule kb_rule_vote_down = {"vote_down", N_("Not helpful"), RIGHT_KB_SUGGEST, false, check_known, run_vote};
const struct kb_rule kb_rule_use = {"use", N_("Used"), RIGHT_KB_SUGGEST, false, check_known, run_use};
