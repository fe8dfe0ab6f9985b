// SPDX-License-Identifier: MIT
// Knows how every deed is done: right, rule, once, one transaction, a line in the log; and how to look back.
#include "kb/deed.h"

#include "kb/deed_rules.h"

static const int64_t APPLIED_DAYS = 30LL * 86400000; // how long an operation may be tried again

static const struct kb_rule *const rules[KB_VERBS] = {
	[KB_DO_SAVE] = &kb_rule_save,
	[KB_DO_SUBMIT] = &kb_rule_submit,
	[KB_DO_RETURN] = &kb_rule_return,
	[KB_DO_APPROVE] = &kb_rule_approve,
	[KB_DO_DISCARD] = &kb_rule_discard,
	[KB_DO_RETIRE] = &kb_rule_retire,
	[KB_DO_RESTORE] = &kb_rule_restore,
	[KB_DO_HIDE] = &kb_rule_hide,
	[KB_DO_CONFIRM] = &kb_rule_confirm,
	[KB_DO_FLAG] = &kb_rule_flag,
	[KB_DO_VOTE_UP] = &kb_rule_vote_up,
	[KB_DO_VOTE_DOWN] = &kb_rule_vote_down,
	[KB_DO_USE] = &kb_rule_use,
	[KB_DO_GAP_REPORT] = &kb_rule_gap_report,
	[KB_DO_GAP_ACCEPT] = &kb_rule_gap_accept,
	[KB_DO_GAP_DRAFT] = &kb_rule_gap_draft,
	[KB_DO_GAP_SAME] = &kb_rule_gap_same,
	[KB_DO_GAP_REJECT] = &kb_rule_gap_reject,
	[KB_DO_GAP_REOPEN] = &kb_rule_gap_reopen,
};

const char *kb_verb_code(enum kb_verb v)
{
	return rules[v]->code;
}

const char *kb_verb_label(enum kb_verb v)
{
	return _(rules[v]->label);
}

// What is not there is no failure here: the rule says what it needs.
static bool absent(bool found, const struct err *why, bool *there, struct err *e)
{
	*there = found;
	return found || why->code == ERR_NOT_FOUND || err_set(e, why->code, "%s", why->msg);
}

static bool look(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	struct err why = {0};

	if (!str_empty(d->id) && (!absent(kb_head_of(kb, d->id, &o->head, &why), &why, &o->article, e) ||
				  !absent(kb_drafts_get(kb, d->id, NULL, &o->next, &o->a, &why), &why, &o->draft, e)))
		return false;
	if (d->verb < KB_DO_GAP_ACCEPT)
		return true;
	return kb_gap_get(kb, d->gap, &o->g, &o->a, e);
}

static bool judge(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct err *e)
{
	const struct kb_rule *r = rules[d->verb];

	if (!user_may(d->roles, r->right))
		return err_set(e, ERR_DENIED, _("your roles do not allow this: %s"), _(r->label));
	return look(kb, d, o, e) && r->check(kb, d, o, e);
}

bool kb_may(struct kb *kb, const struct kb_deed *d, struct err *e)
{
	struct kb_about o = {0};
	bool ok = judge(kb, d, &o, e);

	arena_release(&o.a);
	return ok;
}

bool kb_once(struct kb *kb, const char *op, bool *first, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "INSERT OR IGNORE INTO kb_applied(op, at) VALUES(?, ?)", e);
	int at = 0;

	*first = true;
	if (str_empty(op))
		return true;
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(op));
	kb_bind_int(st, &at, kb_now(kb));
	if (!kb_run(kb, st, e))
		return false;
	*first = sqlite3_changes(kb->db) > 0;
	st = kb_stmt(kb, "DELETE FROM kb_applied WHERE at < ?", e);
	at = 0;
	if (!st)
		return false;
	kb_bind_int(st, &at, kb_now(kb) - APPLIED_DAYS);
	return kb_run(kb, st, e);
}

static bool write_log(struct kb *kb, const struct kb_deed *d, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "INSERT INTO kb_log(at, id, ver, verb, state, by, note) SELECT ?2, ?1, "
				   "coalesce((SELECT ver FROM article WHERE id = ?1), 0), ?3, "
				   "coalesce((SELECT state FROM article WHERE id = ?1), ''), ?4, ?5",
				   e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(d->id));
	kb_bind_int(st, &at, kb_now(kb));
	kb_bind_text(st, &at, sv(rules[d->verb]->code));
	kb_bind_text(st, &at, sv(kb_deed_by(d)));
	kb_bind_text(st, &at, sv(kb_deed_note(d)));
	return kb_run(kb, st, e);
}

static bool perform(struct kb *kb, const struct kb_deed *d, struct kb_about *o, struct kb_done *done, struct err *e)
{
	bool first;

	if (!kb_once(kb, d->op, &first, e))
		return false;
	done->again = !first;
	if (!first)
		return true;
	if (!judge(kb, d, o, e) || !rules[d->verb]->run(kb, d, o, done, e))
		return false;
	// That a draft was begun is told, not every word that follows.
	bool told = rules[d->verb]->logged && (d->verb != KB_DO_SAVE || !o->draft);
	return !told || write_log(kb, d, e);
}

bool kb_do(struct kb *kb, const struct kb_deed *d, struct kb_done *done, struct err *e)
{
	struct kb_done none;
	struct kb_about o = {0};

	done = done ? done : &none;
	*done = (struct kb_done){0};
	bool ok = KB_IN_TRANSACTION(kb, e, perform(kb, d, &o, done, e));
	arena_release(&o.a);
	return ok;
}

// ---- looking back ----

bool kb_log(struct kb *kb, const char *id, struct kb_log_row **rows, size_t *n, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT at, ver, verb, state, by, note FROM kb_log WHERE id = ? ORDER BY n", e);
	VEC(struct kb_log_row) v = {0};
	int at = 0;
	enum kb_step s;

	*rows = NULL;
	*n = 0;
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	while ((s = kb_step(kb, st, e)) == KB_ROW) {
		struct kb_log_row *r = vec_add(&v);
		const char **const text[] = {&r->verb, &r->state, &r->by, &r->note};
		r->at = sqlite3_column_int64(st, 0);
		r->ver = sqlite3_column_int(st, 1);
		for (int i = 0; i < 4; i++)
			*text[i] = arena_strndup(a, kb_col(st, i + 2).p, kb_col(st, i + 2).n);
	}
	*n = v.n;
	*rows = arena_array(a, struct kb_log_row, v.n + 1);
	if (v.n)
		memcpy(*rows, v.v, v.n * sizeof(*v.v));
	vec_release(&v);
	return s == KB_DONE;
}

// The last change of state between the version's publication and the instant; published where there was none.
static bool state_at(struct kb *kb, const char *id, int64_t from, int64_t at_ms, enum kb_state *state, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT state FROM kb_log WHERE id = ? AND at >= ? AND at <= ? AND state != '' ORDER BY n DESC LIMIT 1", e);
	int at = 0;

	*state = KB_PUBLISHED;
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	kb_bind_int(st, &at, from);
	kb_bind_int(st, &at, at_ms);
	enum kb_step s = kb_step(kb, st, e);
	if (s == KB_ROW && !kb_state_parse(kb_col(st, 0), state))
		*state = KB_PUBLISHED;
	sqlite3_reset(st);
	return s != KB_FAILED;
}

bool kb_at(struct kb *kb, const char *id, int64_t at_ms, int *ver, enum kb_state *state, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT v.ver, v.published_at FROM article a JOIN article_version v ON v.no = a.no "
				   "WHERE a.id = ? AND v.published_at <= ? ORDER BY v.ver DESC LIMIT 1",
				   e);
	struct kb_head h;
	int at = 0;

	*ver = 0;
	if (!st || !kb_head_of(kb, id, &h, e))
		return false;
	kb_bind_text(st, &at, sv(id));
	kb_bind_int(st, &at, at_ms);
	enum kb_step s = kb_step(kb, st, e);
	int64_t from = 0;
	if (s == KB_ROW) {
		*ver = sqlite3_column_int(st, 0);
		from = sqlite3_column_int64(st, 1);
	}
	sqlite3_reset(st);
	if (s == KB_DONE)
		return err_set(e, ERR_NOT_FOUND, _("%s was not published yet"), id);
	return s == KB_ROW && state_at(kb, id, from, at_ms, state, e);
}
