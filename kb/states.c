// SPDX-License-Identifier: MIT
// Knows how an article's state changes (domain.md §4.8): legal moves, votes that flag it, confirmation, use.
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

bool kb_move_index(struct kb *kb, const struct kb_head *h, bool add, struct err *e)
{
	struct kb_version v;
	struct arena a = {0};
	bool ok = kb_version_read(kb, h->no, h->ver, &v, &a, e) &&
		  (add ? kb_index_add(kb, h->no, &v.text, e) : kb_index_remove(kb, h->no, &v.text, e));

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

static bool change_state(struct kb *kb, const char *id, enum kb_state to, struct err *e)
{
	sqlite3_stmt *st;
	struct kb_head h;
	int at = 0;

	if (!kb_head_of(kb, id, &h, e))
		return false;
	if (h.state == to)
		return true;
	if (!legal(h.state, to))
		return err_set(e, ERR_DENIED, _("%s is %s and cannot become %s"), id, kb_state_label(h.state),
			       kb_state_label(to));
	if (kb_searchable(h.state) != kb_searchable(to) && !kb_move_index(kb, &h, kb_searchable(to), e))
		return false;
	st = kb_stmt(kb, "UPDATE article SET state = ? WHERE no = ?", e);
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(kb_state_name(to)));
	kb_bind_int(st, &at, h.no);
	kb->stale_view = true;
	return kb_run(kb, st, e);
}

bool kb_set_state(struct kb *kb, const char *id, enum kb_state to, struct err *e)
{
	return KB_IN_TRANSACTION(kb, e, change_state(kb, id, to, e));
}

bool kb_flag_stale(struct kb *kb, const char *id, struct err *e)
{
	return kb_set_state(kb, id, KB_STALE, e);
}

static bool run_on(struct kb *kb, sqlite3_stmt *st, const char *id, struct err *e)
{
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	return kb_run(kb, st, e);
}

static bool vote(struct kb *kb, const char *id, bool up, struct err *e)
{
	struct kb_head h;
	sqlite3_stmt *st;
	int at = 0;

	if (!kb_head_of(kb, id, &h, e))
		return false;
	st = up ? kb_stmt(kb, "UPDATE article SET votes_up = votes_up + 1, net_down = net_down - 1 WHERE id = ?", e)
		: kb_stmt(kb, "UPDATE article SET votes_down = votes_down + 1, net_down = net_down + 1 WHERE id = ?", e);
	if (!run_on(kb, st, id, e))
		return false;
	st = kb_stmt(kb, "UPDATE article SET state = 'stale' WHERE no = ? AND state = 'published' AND net_down >= ?", e);
	if (!st)
		return false;
	kb_bind_int(st, &at, h.no);
	kb_bind_int(st, &at, STALE_NET_DOWN);
	return kb_run(kb, st, e);
}

bool kb_vote(struct kb *kb, const char *id, bool up, struct err *e)
{
	return KB_IN_TRANSACTION(kb, e, vote(kb, id, up, e));
}

bool kb_count_use(struct kb *kb, const char *id, struct err *e)
{
	struct kb_head h;

	return kb_head_of(kb, id, &h, e) &&
	       run_on(kb, kb_stmt(kb, "UPDATE article SET use_count = use_count + 1 WHERE id = ?", e), id, e);
}

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
		     "UPDATE article SET state = 'published', net_down = 0, review_due = CASE "
		     "WHEN ?1 > 0 THEN ?1 WHEN review_due > 0 AND review_due <= ?2 THEN ?3 ELSE review_due END "
		     "WHERE no = ?4",
		     e);
	if (!st)
		return false;
	kb_bind_int(st, &at, next_review);
	kb_bind_int(st, &at, kb_now(kb));
	kb_bind_int(st, &at, kb_now(kb) + 180 * DAY_MS);
	kb_bind_int(st, &at, h.no);
	return kb_run(kb, st, e);
}

bool kb_confirm_valid(struct kb *kb, const char *id, int64_t next_review, struct err *e)
{
	return KB_IN_TRANSACTION(kb, e, confirm(kb, id, next_review, e));
}
