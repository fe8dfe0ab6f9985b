// SPDX-License-Identifier: MIT
// Knows the operations that still have to reach the hub (sync.md §4): numbered without gaps, hashed, sealed.
#include "src/store/outbox.h"

#include "src/base/i18n.h"
#include "src/base/vec.h"
#include "src/store/column.h"
#include "src/store/meta.h"
#include "src/wire/wire.h"

static const char *const state_names[] = {
	[OUTBOX_QUEUED] = "queued",   [OUTBOX_SENDING] = "sending",   [OUTBOX_ACKED] = "acked",
	[OUTBOX_SETTLED] = "settled", [OUTBOX_CONFLICT] = "conflict", [OUTBOX_REJECTED] = "rejected",
};

const char *outbox_state_name(enum outbox_state st)
{
	return state_names[st];
}

static enum outbox_state state_of(const char *name)
{
	for (size_t i = 0; i < sizeof(state_names) / sizeof(*state_names); i++)
		if (str_eq(name, state_names[i]))
			return (enum outbox_state)i;
	BUG("outbox state %s", name ? name : "(null)"); // the schema's check allows no other
}

void outbox_hash(const struct outbox_op *op, unsigned char out[OUTBOX_HASH])
{
	wire_op_hash(op->id, op->k, op->t, op->e, op->s, op->base, op->body, out);
}

bool outbox_add(struct db *db, const struct outbox_op *op, int64_t *n, struct err *e)
{
	unsigned char h[OUTBOX_HASH];
	int64_t next;

	if (strlen(op->body) > OUTBOX_OP_MAX)
		return err_set(e, ERR_LIMIT, _("an operation of %zu bytes is too long for the hub: at most %d"),
			       strlen(op->body), OUTBOX_OP_MAX);
	if (!meta_int(db, "next_n", 1, &next, e) || !meta_set_int(db, "next_n", next + 1, e))
		return false;
	outbox_hash(op, h);
	struct db_stmt *st = db_stmt(db,
				     "insert into outbox (n, id, k, t, e, s, base, body_x, h, st, dep, tries, made, by, off)"
				     " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'queued', ?10, 0, ?11, ?12, ?13)");
	db_bind_int(st, next);
	db_bind_text(st, op->id);
	db_bind_text(st, op->k);
	db_bind_text(st, op->t);
	db_bind_text(st, op->e);
	db_bind_text(st, op->s);
	db_bind_text(st, op->base);
	db_bind_sealed(st, "outbox", op->id, "body", op->body);
	db_bind_blob(st, h, sizeof(h));
	db_bind_text(st, op->dep);
	db_bind_int(st, op->made);
	db_bind_text(st, op->by);
	db_bind_bool(st, op->off);
	if (n)
		*n = next;
	return db_run(st, e);
}

#define OUTBOX_COLUMNS "n, id, k, t, e, s, base, body_x, h, st, dep, tries, next_at, res_x, at_seq, made, acked, by, off, at_s"
enum { O_N, O_ID, O_K, O_T, O_E, O_S, O_BASE, O_BODY, O_H, O_ST, O_DEP, O_TRIES, O_NEXT, O_RES, O_SEQ, O_MADE, O_ACKED, O_BY, O_OFF, O_AT };

static void read_op(struct db_stmt *st, struct outbox_op *op, struct arena *a)
{
	*op = (struct outbox_op){
		.n = db_int(st, O_N), .id = db_text(st, O_ID, a), .k = db_text(st, O_K, a), .t = db_text(st, O_T, a),
		.e = db_text(st, O_E, a), .s = db_text(st, O_S, a), .base = db_text(st, O_BASE, a),
		.dep = db_text(st, O_DEP, a), .made = db_int(st, O_MADE), .st = state_of(db_text(st, O_ST, a)),
		.tries = db_int(st, O_TRIES), .next_at = db_int(st, O_NEXT), .at_seq = db_int(st, O_SEQ),
		.acked = db_int(st, O_ACKED), .by = db_text(st, O_BY, a), .off = db_bool(st, O_OFF), .at_s = db_text(st, O_AT, a),
	};
	struct sv h = db_sv(st, O_H);
	memcpy(op->h, h.p, h.n < sizeof(op->h) ? h.n : sizeof(op->h));
	op->body = db_sealed(st, O_BODY, "outbox", op->id, "body", a);
	op->res = db_sealed(st, O_RES, "outbox", op->id, "res", a);
}

bool outbox_next(struct db *db, int64_t now, size_t max_ops, size_t max_bytes, struct outbox_ops *out, struct arena *a,
		 struct err *e)
{
	size_t bytes = 0, before = out->n;
	struct db_stmt *st = db_stmt(db,
				     "select " OUTBOX_COLUMNS
				     " from outbox"
				     " where st in ('queued', 'sending')"
				     " order by n"
				     " limit ?1");

	db_bind_int(st, (int64_t)max_ops);
	while (db_row(st)) {
		// Numbers go out without gaps: what has to wait holds up what comes after it.
		if (db_int(st, O_NEXT) > now)
			break;
		struct outbox_op op;
		read_op(st, &op, a);
		bytes += op.body ? strlen(op.body) : 0;
		if (bytes > max_bytes && out->n > before)
			break;
		vec_push(out, op);
	}
	return db_end(st, e);
}

bool outbox_get(struct db *db, int64_t n, struct outbox_op *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select " OUTBOX_COLUMNS " from outbox where n = ?1");

	db_bind_int(st, n);
	bool found = db_row(st);
	if (found)
		read_op(st, out, a);
	if (!db_end(st, e))
		return false;
	return found ? true : err_set(e, ERR_NOT_FOUND, _("no operation %lld in the outbox"), (long long)n);
}

bool outbox_list(struct db *db, int64_t after_n, size_t limit, struct outbox_ops *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "select " OUTBOX_COLUMNS
				     " from outbox"
				     " where n > ?1"
				     " order by n"
				     " limit ?2");

	db_bind_int(st, after_n);
	db_bind_int(st, limit ? (int64_t)limit : 1000);
	while (db_row(st))
		read_op(st, vec_add(out), a);
	return db_end(st, e);
}

bool outbox_overlay(struct db *db, const char *entity, struct outbox_ops *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "select " OUTBOX_COLUMNS
				     " from outbox"
				     " where e = ?1 and st in ('queued', 'sending', 'acked', 'conflict')"
				     " order by n");

	db_bind_text(st, entity);
	while (db_row(st))
		read_op(st, vec_add(out), a);
	return db_end(st, e);
}

static bool op_id(struct db *db, int64_t n, const char **id, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select id from outbox where n = ?1");

	db_bind_int(st, n);
	*id = db_row(st) ? db_text(st, 0, a) : NULL;
	if (!db_end(st, e))
		return false;
	return *id ? true : err_set(e, ERR_NOT_FOUND, _("no operation %lld in the outbox"), (long long)n);
}

bool outbox_mark(struct db *db, int64_t n, enum outbox_state state, const char *res, const char *at_s, int64_t at_seq, int64_t now,
		 struct err *e)
{
	struct arena a = {0};
	const char *id;
	bool ok = op_id(db, n, &id, &a, e);

	if (ok) {
		struct db_stmt *st = db_stmt(db,
					     "update outbox set st = ?2, res_x = coalesce(?3, res_x),"
					     " at_seq = coalesce(?4, at_seq), at_s = coalesce(?5, at_s), acked = coalesce(?6, acked)"
					     " where n = ?1");
		db_bind_int(st, n);
		db_bind_text(st, outbox_state_name(state));
		db_bind_sealed(st, "outbox", id, "res", res);
		db_bind_opt(st, at_seq);
		db_bind_text(st, at_s);
		db_bind_opt(st, state == OUTBOX_ACKED ? now : 0);
		ok = db_run(st, e);
	}
	arena_release(&a);
	return ok;
}

bool outbox_retry_at(struct db *db, int64_t n, int64_t next_at, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "update outbox set st = 'queued', tries = tries + 1, next_at = ?2"
				     " where n = ?1 and st in ('queued', 'sending')");

	db_bind_int(st, n);
	db_bind_int(st, next_at);
	return db_run(st, e);
}

bool outbox_restart(struct db *db, struct err *e)
{
	return db_run(db_stmt(db, "update outbox set st = 'queued' where st = 'sending'"), e);
}

bool outbox_refeed(struct db *db, const char *stream, struct err *e)
{
	// Those whose answer stood in this stream, then those that were made for it: two statements, an index each.
	struct db_stmt *st = db_stmt(db,
				     "update outbox set st = 'queued', next_at = null, at_seq = null, at_s = null"
				     " where at_s = ?1 and st in ('acked', 'settled')");

	db_bind_text(st, stream);
	if (!db_run(st, e))
		return false;
	st = db_stmt(db,
		     "update outbox set st = 'queued', next_at = null, at_seq = null, at_s = null"
		     " where s = ?1 and st in ('acked', 'settled')");
	db_bind_text(st, stream);
	return db_run(st, e);
}

bool outbox_again(struct db *db, int64_t from, struct err *e)
{
	// Asked after every exchange: what waits anyway must not be written again, it may be thousands.
	struct db_stmt *st = db_stmt(db,
				     "update outbox set st = 'queued', next_at = null, at_seq = null, at_s = null"
				     " where st in ('sending', 'acked', 'settled', 'conflict', 'rejected') and n >= ?1");

	db_bind_int(st, from);
	return db_run(st, e);
}

bool outbox_first(struct db *db, int64_t from, int64_t *n, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select n from outbox where n >= ?1 order by n limit 1");

	db_bind_int(st, from);
	*n = db_row(st) ? db_int(st, 0) : 0;
	return db_end(st, e);
}

bool outbox_arrived(struct db *db, const char *stream, int64_t seq, struct outbox_ops *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "select " OUTBOX_COLUMNS
				     " from outbox"
				     " where at_s = ?1 and st = 'acked' and at_seq <= ?2"
				     " order by n");

	db_bind_text(st, stream);
	db_bind_int(st, seq);
	while (db_row(st))
		read_op(st, vec_add(out), a);
	return db_end(st, e);
}

bool outbox_unseen(struct db *db, struct outbox_ops *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "select " OUTBOX_COLUMNS
				     " from outbox"
				     " where st = 'acked' and (at_s is null or at_s not in (select stream.s from stream))"
				     " order by n");

	while (db_row(st))
		read_op(st, vec_add(out), a);
	return db_end(st, e);
}

bool outbox_in_state(struct db *db, enum outbox_state state, size_t limit, struct outbox_ops *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "select " OUTBOX_COLUMNS
				     " from outbox"
				     " where st = ?1"
				     " order by n"
				     " limit ?2");

	db_bind_text(st, outbox_state_name(state));
	db_bind_int(st, (int64_t)limit);
	while (db_row(st))
		read_op(st, vec_add(out), a);
	return db_end(st, e);
}

bool outbox_forget(struct db *db, const char *entity, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "delete from outbox where e = ?1 and st in ('acked', 'settled', 'conflict', 'rejected')");

	db_bind_text(st, entity);
	return db_run(st, e);
}

bool outbox_purge(struct db *db, int64_t acked_before, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "delete from outbox"
				     " where n in (select n from outbox where st = 'settled' and coalesce(acked, made) < ?1 order by n limit 4000)");

	db_bind_int(st, acked_before);
	return db_run(st, e);
}

bool outbox_bytes(struct db *db, int64_t *out, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select coalesce(sum(length(body_x)), 0) from outbox where st in ('queued', 'sending')");

	*out = db_row(st) ? db_int(st, 0) : 0;
	return db_end(st, e);
}

bool outbox_count(struct db *db, struct outbox_counts *out, struct err *e)
{
	enum { ST, COUNT, OLDEST };
	struct arena a = {0};
	struct db_stmt *st = db_stmt(db,
				     "select st, count(*), min(made)"
				     " from outbox"
				     " where st in ('queued', 'sending', 'conflict', 'rejected')"
				     " group by st");

	*out = (struct outbox_counts){0};
	while (db_row(st)) {
		enum outbox_state state = state_of(db_text(st, ST, &a));
		if (state == OUTBOX_CONFLICT) {
			out->conflicts = db_int(st, COUNT);
		} else if (state == OUTBOX_REJECTED) {
			out->rejected = db_int(st, COUNT);
		} else {
			int64_t made = db_int(st, OLDEST);
			out->unsent += db_int(st, COUNT);
			if (!out->oldest_made || made < out->oldest_made)
				out->oldest_made = made;
		}
	}
	arena_release(&a);
	return db_end(st, e);
}
