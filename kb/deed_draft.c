// SPDX-License-Identifier: MIT
// Knows the rules for the next text of an article: written, submitted, returned, approved by somebody else, discarded.
#include "kb/deed_rules.h"
#include "kb/export.h"

// A draft is changed by those who write it and by knowledge editors.
static bool own_draft(const struct kb_deed *d, const struct kb_about *o, struct err *e)
{
	return kb_drafts_writer(&o->next, kb_deed_by(d)) || user_may(d->roles, RIGHT_KB_EDIT) ||
	       err_set(e, ERR_DENIED, _("the draft of %s belongs to %s: only a knowledge editor may change it beside them"), d->id,
		       o->next.author);
}

static bool not_in_review(const struct kb_about *o, struct err *e)
{
	return o->next.state != KB_IN_REVIEW ||
	       err_set(e, ERR_DENIED, _("%s is in review: take it back or have it returned first"), o->next.id);
}

bool kb_draft_check_save(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	if (!kb_id_ok(d->id ? d->id : ""))
		return err_set(e, ERR_PARSE, _("an article needs an id of 1 to 64 letters, digits and . _ : -"));
	if (o->article && o->head.state == KB_ARCHIVED && !o->draft && !user_may(d->roles, RIGHT_KB_RETIRE))
		return err_set(e, ERR_DENIED, _("%s is archived: only a knowledge editor or a supervisor may bring it back"), d->id);
	if (d->doc && !kb_text_from_json(d->doc, kb_zone(kb), &o->text, &o->a, e))
		return false;
	if (d->complete && d->doc && !kb_text_check(&o->text, e))
		return false;
	if (!o->draft)
		return !d->rev || err_set(e, ERR_CONFLICT, _("the draft of %s is gone: it was published or discarded meanwhile"), d->id);
	if (!own_draft(d, o, e) || !not_in_review(o, e))
		return false;
	return d->rev == o->next.rev ||
	       err_set(e, ERR_CONFLICT, d->rev ? _("the draft of %s was changed meanwhile by %s: open it again") : _("there is a draft of %s already, by %s: open that one"),
		       d->id, o->next.writers.n ? o->next.writers.v[o->next.writers.n - 1] : o->next.author);
}

// The writer last of all.
static char *writers_with(const struct kb_list *old, const char *who)
{
	const char *v[65];
	struct kb_list l = {v, 0};

	for (size_t i = 0; i < old->n && l.n < 64; i++)
		if (!str_eq(old->v[i], who))
			v[l.n++] = old->v[i];
	if (*who)
		v[l.n++] = who;
	return kb_list_json(&l);
}

bool kb_draft_write(struct kb *kb, const struct kb_deed *d, const struct kb_about *o, const char *doc, enum kb_state state, int64_t gap,
			struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "INSERT INTO kb_draft(id, state, base_ver, gap, rev, title, doc, author, writers, note, reply, "
				   "created_at, updated_at) VALUES(?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?9, '', ?10, ?10) "
				   "ON CONFLICT(id) DO UPDATE SET state = ?2, base_ver = ?3, rev = rev + 1, title = ?5, doc = ?6, "
				   "writers = ?8, note = iif(?9 = '', note, ?9), updated_at = ?10",
				   e);
	char *writers = writers_with(&o->next.writers, kb_deed_by(d));
	int at = 0;

	if (st) {
		kb_bind_text(st, &at, sv(d->id));
		kb_bind_text(st, &at, sv(kb_state_name(state)));
		kb_bind_int(st, &at, d->base_ver);
		kb_bind_int(st, &at, gap);
		kb_bind_text(st, &at, sv(o->text.title));
		kb_bind_text(st, &at, sv(doc));
		kb_bind_text(st, &at, sv(kb_deed_by(d)));
		kb_bind_text(st, &at, sv(writers));
		kb_bind_text(st, &at, sv(kb_deed_note(d)));
		kb_bind_int(st, &at, kb_now(kb));
	}
	bool ok = kb_run(kb, st, e);
	free(writers);
	return ok;
}

static bool run_save(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	// A text that was complete once stays so; the review is asked for again by submitting.
	enum kb_state state = d->complete || (o->draft && o->next.state == KB_DRAFT) ? KB_DRAFT : KB_WIP;

	(void)done;
	if (!d->doc)
		return err_set(e, ERR_USAGE, _("there is no text to save"));
	return kb_draft_write(kb, d, o, d->doc, state, o->draft ? o->next.gap : 0, e);
}

static bool draft_state(struct kb *kb, const char *id, enum kb_state to, const char *note, const char *reply, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "UPDATE kb_draft SET state = ?2, note = iif(?3 = '', note, ?3), reply = ?4, updated_at = ?5 WHERE id = ?1", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	kb_bind_text(st, &at, sv(kb_state_name(to)));
	kb_bind_text(st, &at, sv(note));
	kb_bind_text(st, &at, sv(reply));
	kb_bind_int(st, &at, kb_now(kb));
	return kb_run(kb, st, e);
}

static bool drop_draft(struct kb *kb, const char *id, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "DELETE FROM kb_draft WHERE id = ?", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	return kb_run(kb, st, e);
}

// Nothing to approve when it is the text that stands published already.
static bool differs(struct kb *kb, const struct kb_about *o, struct err *e)
{
	struct kb_version v;
	struct arena a = {0};
	char sha[65];
	bool ok = true;

	if (!o->article || !kb_searchable(o->head.state))
		return true;
	ok = kb_version_read(kb, o->head.no, o->head.ver, &v, &a, e);
	kb_text_hash(&o->next.text, sha);
	if (ok && str_eq(sha, v.sha256))
		ok = err_set(e, ERR_DENIED, _("the draft of %s says the same as version %d"), o->next.id, o->head.ver);
	arena_release(&a);
	return ok;
}

static bool is_up_to_date(const struct kb_about *o, struct err *e)
{
	return !o->article || o->next.base_ver == o->head.ver ||
	       err_set(e, ERR_CONFLICT, _("%s has become version %d since this draft was begun from version %d: edit it again and compare"),
		       o->next.id, o->head.ver, o->next.base_ver);
}

static bool is_complete(const struct kb_about *o, struct err *e)
{
	if (kb_gap_holds_material(o->next.text.body))
		return err_set(e, ERR_DENIED, _("the draft of %s still holds what customers said: delete the part with the material first"),
			       o->next.id);
	return kb_text_check(&o->next.text, e) || err_prefix(e, _("draft of %s: "), o->next.id);
}

static bool check_submit(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	if (!kb_need_draft(d, o, e) || !own_draft(d, o, e) || !not_in_review(o, e) || !is_complete(o, e) || !is_up_to_date(o, e) ||
	    !differs(kb, o, e))
		return false;
	return !o->article || *o->next.note || kb_need_note(d, _("Say in one line what changes: readers see it in the history."), e);
}

static bool run_submit(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	(void)o, (void)done;
	return draft_state(kb, d->id, KB_IN_REVIEW, kb_deed_note(d), "", e);
}

static bool check_return(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	(void)kb;
	if (!kb_need_draft(d, o, e))
		return false;
	if (o->next.state != KB_IN_REVIEW)
		return err_set(e, ERR_DENIED, _("the draft of %s is not in review"), d->id);
	if (kb_drafts_writer(&o->next, kb_deed_by(d))) // taken back
		return true;
	if (!user_may(d->roles, RIGHT_KB_APPROVE))
		return err_set(e, ERR_DENIED, _("only a knowledge editor or a supervisor may return a draft"));
	return kb_need_note(d, _("Say in one line what is missing: the author reads it."), e);
}

static bool run_return(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	(void)o, (void)done;
	return draft_state(kb, d->id, KB_DRAFT, "", kb_deed_note(d), e);
}

static bool wrote_it(struct kb *kb, const struct kb_about *o, const char *who, bool *yes, struct err *e)
{
	struct kb_version v;
	struct arena a = {0};
	bool ok = kb_version_read(kb, o->head.no, o->head.ver, &v, &a, e);

	*yes = ok && *who && str_eq(v.text.author, who);
	arena_release(&a);
	return ok;
}

static bool check_approve(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	bool own = false;

	if (!o->draft && o->article && o->head.state == KB_HIDDEN)
		return wrote_it(kb, o, kb_deed_by(d), &own, e) &&
		       (!own || err_set(e, ERR_DENIED, _("you wrote %s: somebody else has to approve it"), d->id));
	if (!kb_need_draft(d, o, e))
		return false;
	if (o->next.state != KB_IN_REVIEW)
		return err_set(e, ERR_DENIED, _("the draft of %s is %s: it must be submitted first"), d->id, kb_state_label(o->next.state));
	if (kb_drafts_writer(&o->next, kb_deed_by(d)))
		return err_set(e, ERR_DENIED, _("you wrote %s: somebody else has to approve it"), d->id);
	return is_complete(o, e) && is_up_to_date(o, e);
}

static bool publish_draft(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	struct kb_text t = o->next.text;
	enum kb_put what;

	t.id = o->next.id;
	t.author = o->next.author;
	t.approver = kb_deed_by(d);
	t.note = *o->next.note ? o->next.note : kb_deed_note(d);
	if (!kb_put(kb, &t, &what, e))
		return false;
	// Brought back as it was: the same version, published again.
	if (what == KB_PUT_UNCHANGED && !kb_state_write(kb, &o->head, KB_PUBLISHED, "", e))
		return false;
	done->ver = what == KB_PUT_CHANGED ? o->head.ver + 1 : o->article ? o->head.ver : 1;
	if (!drop_draft(kb, d->id, e))
		return false;
	return !o->next.gap || kb_gap_set_state(kb, o->next.gap, KB_GAP_PUBLISHED, t.id, e);
}

static bool run_approve(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	if (o->draft)
		return publish_draft(kb, d, o, done, e);
	done->ver = o->head.ver;
	return kb_state_write(kb, &o->head, KB_PUBLISHED, "", e);
}

static bool check_discard(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	(void)kb;
	return kb_need_draft(d, o, e) && own_draft(d, o, e);
}

static bool run_discard(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	(void)done;
	return drop_draft(kb, d->id, e) && (!o->next.gap || kb_gap_set_state(kb, o->next.gap, KB_GAP_ACCEPTED, "", e));
}

static bool check_restore(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	(void)kb;
	if (!kb_need_article(d, o, e))
		return false;
	if (o->draft)
		return err_set(e, ERR_CONFLICT, _("there is a draft of %s already, by %s: open that one"), d->id, o->next.author);
	return kb_state_may_become(d->id, o->head.state, KB_DRAFT, e);
}

static bool run_restore(struct kb *kb, const struct kb_deed *given, struct kb_about *o, struct kb_done *done, struct err *e)
{
	struct kb_deed d = *given;
	struct kb_version v;

	(void)done;
	if (!kb_version_read(kb, o->head.no, o->head.ver, &v, &o->a, e))
		return false;
	v.text.author = v.text.approver = v.text.note = "";
	o->text = v.text;
	d.base_ver = o->head.ver;
	d.note = str_empty(d.note) ? _("brought back from the archive") : d.note;
	return kb_draft_write(kb, &d, o, kb_to_json(&v.text, &o->a), KB_DRAFT, 0, e);
}

const struct kb_rule kb_rule_save = {"save", N_("Write the draft"), RIGHT_KB_WRITE, true, kb_draft_check_save, run_save};
const struct kb_rule kb_rule_submit = {"submit", N_("Submit for review"), RIGHT_KB_WRITE, true, check_submit, run_submit};
const struct kb_rule kb_rule_return = {"return", N_("Return to the author"), RIGHT_KB_WRITE, true, check_return, run_return};
const struct kb_rule kb_rule_approve = {"approve", N_("Approve and publish"), RIGHT_KB_APPROVE, true, check_approve, run_approve};
const struct kb_rule kb_rule_discard = {"discard", N_("Discard the draft"), RIGHT_KB_WRITE, true, check_discard, run_discard};
const struct kb_rule kb_rule_restore = {"restore", N_("Bring back from the archive"), RIGHT_KB_RETIRE, true, check_restore, run_restore};
