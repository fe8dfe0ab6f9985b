// SPDX-License-Identifier: MIT
// Knows the idle work of the one that writes, step by step.
#include "kb/merge.h"

#include "kb/index.h"

enum {
	TERMS = 48,       // of a slice
	PENDING_DUE = 64, // documents
	PURGE_ROWS = 256, // of a step
	DEAD_DUE = 256,   // documents, or a tenth of all
	WAL_DUE = 1000,   // pages
	BACKLOG = 2048,   // documents: each connection holds so many in memory, a term is merged once for all of them
};

static bool one_number(struct kb *kb, sqlite3_stmt *st, int64_t *out, struct err *e)
{
	if (!st || kb_step(kb, st, e) != KB_ROW)
		return false;
	*out = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return true;
}

static bool pending(struct kb *kb, int64_t *n, struct err *e)
{
	return one_number(kb, kb_stmt(kb, "SELECT count(*) FROM (SELECT 1 FROM kb_pending LIMIT 64)", e), n, e);
}

static bool many_dead(struct kb *kb)
{
	int64_t dead = kb_meta(kb, "dead");

	return dead >= DEAD_DUE || dead * 10 > kb_meta(kb, "docs");
}

// Frames of the write-ahead log that no checkpoint has looked at yet.
static bool log_is_long(const struct kb *kb)
{
	return kb->wal_frames < kb->wal_checked || kb->wal_frames - kb->wal_checked > WAL_DUE;
}

bool kb_merge_due(struct kb *kb)
{
	int64_t n;

	return (pending(kb, &n, NULL) && n >= PENDING_DUE) || kb_meta(kb, "kb_post.to") || many_dead(kb) || (kb->write && log_is_long(kb));
}

static bool checkpoint(struct kb *kb, struct err *e)
{
	int rc = sqlite3_wal_checkpoint_v2(kb->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

	// what a reader still needs waits for the next time
	kb->wal_checked = kb->wal_frames;
	return rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED || kb_sql_err(kb, e);
}

bool kb_checkpoint(struct kb *kb, struct err *e)
{
	return !log_is_long(kb) || checkpoint(kb, e);
}

// ---- steps ----

static bool is_dead(void *arg, uint32_t doc)
{
	const struct kb *kb = arg;

	return doc >= kb->docs || !kb->live_row[doc];
}

// What is merged needs no place among the pending ones, which go a few at a time too.
static bool drop_merged(struct kb *kb, bool *any, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "DELETE FROM kb_pending WHERE doc IN (SELECT doc FROM kb_pending WHERE doc <= ? ORDER BY doc LIMIT 128)", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, kb_post_upto(kb->post));
	bool ok = kb_run(kb, st, e);
	*any = ok && sqlite3_changes(kb->db) > 0;
	return ok;
}

// What dies while a purge is under way may have left rows behind it, and waits for the next one.
static bool purge(struct kb *kb, struct err *e)
{
	int64_t next = kb_meta(kb, "purge");

	if (!kb_live_all(kb, e) || (!next && !kb_meta_set(kb, "purge.dead", kb_meta(kb, "dead"), e)))
		return false;
	if (!kb_post_purge(kb->post, is_dead, kb, PURGE_ROWS, &next, e) || !kb_meta_set(kb, "purge", next, e))
		return false;
	return next || kb_meta_set(kb, "dead", kb_meta(kb, "dead") - kb_meta(kb, "purge.dead"), e);
}

static bool step(struct kb *kb, bool *more, struct err *e)
{
	bool any = false;

	*more = true;
	if (!kb_view(kb, e) || !drop_merged(kb, &any, e))
		return false;
	if (any)
		return true;
	if (kb_post_have(kb->post) > kb_post_upto(kb->post) || kb_post_goal(kb->post)) {
		bool rest;
		return kb_post_merge(kb->post, TERMS, &rest, e);
	}
	if (many_dead(kb) || kb_meta(kb, "purge"))
		return purge(kb, e);
	*more = false;
	return true;
}

bool kb_merge(struct kb *kb, bool *more, struct err *e)
{
	if (log_is_long(kb)) {
		*more = true;
		return checkpoint(kb, e);
	}
	// What is lost of this by a cut of power is done again, so it need not wait for the disk.
	if (!kb_exec(kb, "PRAGMA synchronous=NORMAL", e))
		return false;
	bool ok = kb_begin(kb, e);
	if (ok && step(kb, more, e))
		ok = kb_commit(kb, e);
	else if (ok) {
		kb_rollback(kb);
		ok = false;
	}
	return kb_exec(kb, "PRAGMA synchronous=FULL", e) && ok;
}

// ---- without a quiet moment ----

// Rows of documents that are merged already.
static bool is_left(struct kb *kb, int64_t upto, bool *left, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT EXISTS(SELECT 1 FROM kb_pending WHERE doc <= ?)", e);
	int at = 0;
	int64_t n = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, upto);
	bool ok = one_number(kb, st, &n, e);
	*left = n != 0;
	return ok;
}

// What is pending is read while it comes, a few documents at a time, so that a merge need not begin with all of them.
static bool read_pending(struct kb *kb, struct err *e)
{
	if (!kb_exec(kb, "BEGIN", e))
		return false;
	if (kb_view(kb, e))
		return kb_commit(kb, e);
	kb_rollback(kb);
	return false;
}

bool kb_keep_up(struct kb *kb, bool *more, struct err *e)
{
	int64_t upto = kb_meta(kb, "kb_post.upto");
	bool left;

	*more = true;
	if (log_is_long(kb))
		return checkpoint(kb, e);
	if (!is_left(kb, upto, &left, e))
		return false;
	// Numbers are dense: those above the merge are hardly more than there are documents.
	if (left || kb_meta(kb, "doc") - upto >= BACKLOG || kb_meta(kb, "kb_post.to"))
		return kb_merge(kb, more, e);
	*more = false;
	return read_pending(kb, e);
}
