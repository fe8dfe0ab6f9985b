// SPDX-License-Identifier: MIT
// Knows the rules for uncovered cases: reported, accepted, written about, answered already, rejected.
#include "kb/deed_rules.h"

static bool check_report(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	(void)kb, (void)d, (void)o, (void)e;
	return true;
}

static bool run_report(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	(void)o, (void)done;
	return kb_gap_record(kb,
			     &(struct kb_gap_case){.query = d->query, .description = d->note, .category = d->category,
						   .interaction_id = d->interaction, .agent = d->by, .material = d->material}, e);
}

static bool gap_is_open(const struct kb_about *o, enum kb_gap_state last, struct err *e)
{
	return o->g.state <= last || err_set(e, ERR_DENIED, _("uncovered case %lld is %s"), (long long)o->g.id, kb_gap_state_label(o->g.state));
}

static bool check_accept(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	(void)kb, (void)d;
	return gap_is_open(o, KB_GAP_NEW, e);
}

static bool run_accept(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	(void)o, (void)done;
	return kb_gap_set_state(kb, d->gap, KB_GAP_ACCEPTED, "", e) && kb_gap_take(kb, d->gap, kb_deed_by(d), e);
}

static bool check_gap_draft(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	if (!gap_is_open(o, KB_GAP_ACCEPTED, e))
		return false;
	if (o->draft)
		return err_set(e, ERR_CONFLICT, _("there is a draft of %s already, by %s: open that one"), d->id, o->next.author);
	return kb_draft_check_save(kb, d, o, e);
}

static bool run_gap_draft(struct kb *kb, const struct kb_deed *given, struct kb_about *o, struct kb_done *done, struct err *e)
{
	struct kb_deed d = *given;

	(void)done;
	d.base_ver = o->article ? o->head.ver : 0;
	if (!d.doc)
		return err_set(e, ERR_USAGE, _("there is no text to save"));
	return kb_draft_write(kb, &d, o, d.doc, KB_WIP, d.gap, e) && kb_gap_set_state(kb, d.gap, KB_GAP_IN_WORK, d.id, e) &&
	       kb_gap_take(kb, d.gap, kb_deed_by(&d), e);
}

// "#12" is another gap, anything else an article.
static bool same_target(struct kb *kb, const struct kb_deed *d, int64_t *gap, struct err *e)
{
	struct arena a = {0};
	struct kb_head h;
	struct kb_gap g;
	bool ok;

	*gap = 0;
	if (str_empty(d->other))
		return err_set(e, ERR_USAGE, _("Name the article that answers it, or the other uncovered case as #N."));
	if (d->other[0] != '#')
		return kb_head_of(kb, d->other, &h, e);
	if (!parse_int(sv(d->other + 1), 1, INT64_MAX, gap) || *gap == d->gap)
		return err_set(e, ERR_USAGE, _("%s is no other uncovered case"), d->other);
	ok = kb_gap_get(kb, *gap, &g, &a, e);
	if (ok && g.same_as)
		ok = err_set(e, ERR_USAGE, _("%s is a duplicate itself: name #%lld"), d->other, (long long)g.same_as);
	arena_release(&a);
	return ok;
}

static bool check_same(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	int64_t gap;

	return gap_is_open(o, KB_GAP_ACCEPTED, e) && same_target(kb, d, &gap, e);
}

static bool run_same(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	int64_t gap;

	(void)o, (void)done;
	return same_target(kb, d, &gap, e) && kb_gap_close(kb, d->gap, KB_GAP_DUPLICATE, gap ? "" : d->other, gap, kb_deed_note(d), e);
}

static bool check_reject(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	(void)kb;
	return gap_is_open(o, KB_GAP_ACCEPTED, e) && kb_need_note(d, _("Say in one line why: whoever reported it reads it."), e);
}

static bool run_reject(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	(void)o, (void)done;
	return kb_gap_close(kb, d->gap, KB_GAP_REJECTED, "", 0, d->note, e);
}

static bool check_reopen(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	(void)kb, (void)d;
	return o->g.state == KB_GAP_DUPLICATE || o->g.state == KB_GAP_REJECTED ||
	       err_set(e, ERR_DENIED, _("uncovered case %lld is %s"), (long long)o->g.id, kb_gap_state_label(o->g.state));
}

static bool run_reopen(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	(void)o, (void)done;
	return kb_gap_set_state(kb, d->gap, KB_GAP_NEW, "", e);
}

const struct kb_rule kb_rule_gap_report = {"gap", N_("Report as uncovered"), RIGHT_KB_SUGGEST, false, check_report, run_report};
const struct kb_rule kb_rule_gap_accept = {"gap_accept", N_("Accept"), RIGHT_KB_EDIT, false, check_accept, run_accept};
const struct kb_rule kb_rule_gap_draft = {"gap_draft", N_("Write an article"), RIGHT_KB_EDIT, true, check_gap_draft, run_gap_draft};
const struct kb_rule kb_rule_gap_same = {"gap_duplicate", N_("Answered already"), RIGHT_KB_EDIT, false, check_same, run_same};
const struct kb_rule kb_rule_gap_reject = {"gap_reject", N_("Turn down"), RIGHT_KB_EDIT, false, check_reject, run_reject};
const struct kb_rule kb_rule_gap_reopen = {"gap_reopen", N_("Open again"), RIGHT_KB_EDIT, false, check_reopen, run_reopen};
