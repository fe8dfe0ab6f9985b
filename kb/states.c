// SPDX-License-Identifier: MIT
// Knows how an article's state changes (domain.md §4.8): legal moves, what flags it, confirmation, use.
#include "kb/index.h"
#include "kb/rows.h"
#include "src/base/i18n.h"

enum { STALE_NET_DOWN = 3 };
static const int64_t DAY_MS = 86400000;

bool kb_head_of(struct kb *kb, const char *id, struct kb_head *h, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT no, ver, state FROM article WHERE id = ?", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	enum kb_step s = kb_step(kb, st, e);
	if (s == KB_FAILED)
		return false;
	if (s == KB_DONE)
		return err_set(e, ERR_NOT_FOUND, _("there is no article %s"), id);
	h->no = sqlite3_column_int64(st, 0);
	h->ver = sqlite3_column_int(st, 1);
	bool known = kb_state_parse(kb_col(st, 2), &h->state);
	sqlite3_reset(st);
	return known || err_set(e, ERR_PARSE, _("article %s is in a state this program does not know"), id);
}

static bool row_of(struct kb *kb, int64_t no, int64_t *row, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT row FROM article WHERE no = ?", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, no);
	enum kb_step s = kb_step(kb, st, e);
	*row = s == KB_ROW ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	return s != KB_FAILED;
}

bool kb_move_index(struct kb *kb, const struct kb_head *h, bool add, struct err *e)
{
	struct kb_version v;
	struct arena a = {0};
	int64_t row;
	bool ok = kb_version_read(kb, h->no, h->ver, &v, &a, e) &&
		  (add ? row_of(kb, h->no, &row, e) && kb_index_add(kb, h->no, row, true, &v.text, e)
		       : kb_index_remove(kb, h->no, &v.text, e));

	arena_release(&a);
	return ok;
}

static bool legal(enum kb_state from, enum kb_state to)
{
	switch (from) {
	case KB_WIP:
		return to == KB_DRAFT;
	case KB_DRAFT:
		return to == KB_IN_REVIEW;
	case KB_IN_REVIEW:
		return to == KB_PUBLISHED || to == KB_DRAFT;
	case KB_PUBLISHED:
		return to == KB_STALE || to == KB_ARCHIVED || to == KB_HIDDEN;
	case KB_STALE:
		return to == KB_PUBLISHED || to == KB_ARCHIVED || to == KB_HIDDEN;
	case KB_ARCHIVED:
		return to == KB_DRAFT;
	case KB_HIDDEN:
		return to == KB_PUBLISHED;
	}
	return false;
}

bool kb_state_may_become(const char *id, enum kb_state from, enum kb_state to, struct err *e)
{
	return legal(from, to) || err_set(e, ERR_DENIED, _("%s is %s and cannot become %s"), id, kb_state_label(from), kb_state_label(to));
}

bool kb_state_write(struct kb *kb, const struct kb_head *h, enum kb_state to, const char *why, struct err *e)
{
	sqlite3_stmt *st;
	int at = 0;

	if (kb_searchable(h->state) != kb_searchable(to) && !kb_move_index(kb, h, kb_searchable(to), e))
		return false;
	if (kb_searchable(to) && !kb_index_special(kb, h->no, e))
		return false;
	st = kb_stmt(kb, "UPDATE article SET state = ?, stale_why = ? WHERE no = ?", e);
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(kb_state_name(to)));
	kb_bind_text(st, &at, sv(to == KB_STALE ? why : ""));
	kb_bind_int(st, &at, h->no);
	kb->stale_view = true;
	return kb_run(kb, st, e);
}

static bool change_state(struct kb *kb, const char *id, enum kb_state to, const char *why, struct err *e)
{
	struct kb_head h;

	if (!kb_head_of(kb, id, &h, e))
		return false;
	return h.state == to || (kb_state_may_become(id, h.state, to, e) && kb_state_write(kb, &h, to, why, e));
}

bool kb_set_state(struct kb *kb, const char *id, enum kb_state to, struct err *e)
{
	return KB_IN_TRANSACTION(kb, e, change_state(kb, id, to, "", e));
}

bool kb_flag_stale(struct kb *kb, const char *id, const char *why, struct err *e)
{
	return KB_IN_TRANSACTION(kb, e, change_state(kb, id, KB_STALE, why, e));
}

static bool run_on(struct kb *kb, sqlite3_stmt *st, const char *id, struct err *e)
{
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	return kb_run(kb, st, e);
}

static bool run_on_no(struct kb *kb, sqlite3_stmt *st, int64_t no, struct err *e)
{
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, no);
	return kb_run(kb, st, e);
}

// Doubted by rule: nobody did it, the log tells it all the same.
static bool flag(struct kb *kb, const struct kb_head *h, const char *why, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "INSERT INTO kb_log(at, id, ver, verb, state, by, note) "
				   "SELECT ?1, id, ver, 'flag', 'stale', '', ?2 FROM article WHERE no = ?3",
				   e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, kb_now(kb));
	kb_bind_text(st, &at, sv(why));
	kb_bind_int(st, &at, h->no);
	return kb_run(kb, st, e) && kb_state_write(kb, h, KB_STALE, why, e);
}

// ---- votes: one an agent and version, the last one counts ----

// What the agent voted before on this version: +1, -1, 0 not yet.
static bool vote_before(struct kb *kb, int64_t no, const char *agent, int *vote, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT vote FROM kb_vote WHERE no = ? AND agent = ?", e);
	int at = 0;

	*vote = 0;
	if (!st)
		return false;
	kb_bind_int(st, &at, no);
	kb_bind_text(st, &at, sv(agent));
	enum kb_step s = kb_step(kb, st, e);
	if (s == KB_ROW)
		*vote = sqlite3_column_int(st, 0);
	sqlite3_reset(st);
	return s != KB_FAILED;
}

static bool remember_vote(struct kb *kb, int64_t no, const char *agent, int vote, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "INSERT OR REPLACE INTO kb_vote(no, agent, vote, at) VALUES(?, ?, ?, ?)", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, no);
	kb_bind_text(st, &at, sv(agent));
	kb_bind_int(st, &at, vote);
	kb_bind_int(st, &at, kb_now(kb));
	return kb_run(kb, st, e);
}

static bool count_vote(struct kb *kb, int64_t no, int up, int down, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "UPDATE article SET votes_up = votes_up + ?1, votes_down = votes_down + ?2, "
				   "net_down = net_down + ?2 - ?1 WHERE no = ?3",
				   e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, up);
	kb_bind_int(st, &at, down);
	kb_bind_int(st, &at, no);
	return kb_run(kb, st, e) && kb_index_special(kb, no, e);
}

static bool flag_by_votes(struct kb *kb, const struct kb_head *h, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT net_down FROM article WHERE no = ?", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, h->no);
	enum kb_step s = kb_step(kb, st, e);
	bool flagged = s == KB_ROW && h->state == KB_PUBLISHED && sqlite3_column_int(st, 0) >= STALE_NET_DOWN;
	sqlite3_reset(st);
	return s != KB_FAILED && (!flagged || flag(kb, h, "votes", e));
}

static bool vote(struct kb *kb, const char *id, const char *agent, bool up, struct err *e)
{
	struct kb_head h;
	int before = 0, now = up ? 1 : -1;

	if (!kb_head_of(kb, id, &h, e) || (!str_empty(agent) && !vote_before(kb, h.no, agent, &before, e)))
		return false;
	if (before == now)
		return true;
	return count_vote(kb, h.no, up - (before > 0), !up - (before < 0), e) &&
	       (str_empty(agent) || remember_vote(kb, h.no, agent, now, e)) && flag_by_votes(kb, &h, e);
}

bool kb_vote(struct kb *kb, const char *id, bool up, struct err *e)
{
	return KB_IN_TRANSACTION(kb, e, vote(kb, id, NULL, up, e));
}

bool kb_vote_of(struct kb *kb, const char *id, const char *agent, bool up, struct err *e)
{
	return KB_IN_TRANSACTION(kb, e, vote(kb, id, agent, up, e));
}

bool kb_count_use(struct kb *kb, const char *id, struct err *e)
{
	struct kb_head h;

	return kb_head_of(kb, id, &h, e) &&
	       run_on(kb, kb_stmt(kb, "UPDATE article SET use_count = use_count + 1 WHERE id = ?", e), id, e);
}

// ---- confirmed: everything that made it doubtful is settled ----

static bool confirm(struct kb *kb, const char *id, int64_t next_review, struct err *e)
{
	struct kb_head h;
	sqlite3_stmt *st;
	int at = 0;

	if (!kb_head_of(kb, id, &h, e))
		return false;
	if (!kb_searchable(h.state))
		return err_set(e, ERR_DENIED, _("%s is %s: only a published article can be confirmed"), id,
			       kb_state_label(h.state));
	st = kb_stmt(kb,
		     "UPDATE article SET net_down = 0, review_due = CASE "
		     "WHEN ?1 > 0 THEN ?1 WHEN review_due > 0 AND review_due <= ?2 THEN ?3 ELSE review_due END "
		     "WHERE no = ?4",
		     e);
	if (!st)
		return false;
	kb_bind_int(st, &at, next_review);
	kb_bind_int(st, &at, kb_now(kb));
	kb_bind_int(st, &at, kb_now(kb) + 180 * DAY_MS);
	kb_bind_int(st, &at, h.no);
	return kb_run(kb, st, e) && run_on_no(kb, kb_stmt(kb, "DELETE FROM kb_vote WHERE no = ?", e), h.no, e) &&
	       kb_state_write(kb, &h, KB_PUBLISHED, "", e);
}

bool kb_confirm_valid(struct kb *kb, const char *id, int64_t next_review, struct err *e)
{
	return KB_IN_TRANSACTION(kb, e, confirm(kb, id, next_review, e));
}

// ---- what follows from a new version ----

static bool link_policies(struct kb *kb, int64_t no, const struct kb_list *policies, struct err *e)
{
	for (size_t i = 0; i < policies->n; i++) {
		sqlite3_stmt *st = kb_stmt(kb, "INSERT OR IGNORE INTO kb_policy(policy, no) VALUES(?, ?)", e);
		int at = 0;
		if (!st)
			return false;
		kb_bind_text(st, &at, sv(policies->v[i]));
		kb_bind_int(st, &at, no);
		if (!kb_run(kb, st, e))
			return false;
	}
	return true;
}

// Published articles that rest on this one have to be read again.
static bool flag_followers(struct kb *kb, const struct kb_head *h, const char *id, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT a.no, a.ver FROM kb_policy p JOIN article a ON a.no = p.no "
				   "WHERE p.policy = ? AND a.no != ? AND a.state = 'published'",
				   e);
	VEC(struct kb_head) v = {0};
	char why[80];
	int at = 0;
	enum kb_step s;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	kb_bind_int(st, &at, h->no);
	while ((s = kb_step(kb, st, e)) == KB_ROW)
		vec_push(&v, ((struct kb_head){sqlite3_column_int64(st, 0), sqlite3_column_int(st, 1), KB_PUBLISHED}));
	snprintf(why, sizeof(why), "policy %s", id);
	bool ok = s == KB_DONE;
	for (size_t i = 0; ok && i < v.n; i++)
		ok = flag(kb, &v.v[i], why, e);
	vec_release(&v);
	return ok;
}

bool kb_after_put(struct kb *kb, const struct kb_head *h, const struct kb_text *t, enum kb_put what, bool history, struct err *e)
{
	if (what == KB_PUT_NEW)
		return link_policies(kb, h->no, &t->policies, e);
	return run_on_no(kb, kb_stmt(kb, "DELETE FROM kb_policy WHERE no = ?", e), h->no, e) && link_policies(kb, h->no, &t->policies, e) &&
	       run_on_no(kb, kb_stmt(kb, "DELETE FROM kb_vote WHERE no = ?", e), h->no, e) &&
	       (history || flag_followers(kb, h, t->id, e));
}
