// SPDX-License-Identifier: MIT
// Knows how a knowledge base of the hub's own follows the stream kb/all.
#include "src/hub/follow.h"

#define STREAM "kb/all"
// A commit of the base costs the same however many articles are in it: few and large ones.
enum { ROWS_A_TRANSACTION = 10000, BYTES_A_TRANSACTION = 32 << 20 };

struct follow {
	struct kb *kb;
	struct kb_cursor at;
	int64_t epoch, head; // of the hub
	int64_t rows;        // of this transaction
	struct err *e;
};

static bool take_row(void *arg, const struct hub_feed_row *row)
{
	struct follow *f = arg;
	const struct hub_ent *ent = &row->ent;
	bool ok = kb_take(f->kb, &(struct kb_remote_row){.t = ent->t, .e = ent->e, .s = STREAM, .rev = ent->rev, .json = ent->gone ? NULL : ent->d},
			  f->e);

	f->at.seq = ent->seq;
	f->rows++;
	return ok;
}

static bool read_some(struct hub_tx *tx, void *arg, struct err *e)
{
	struct follow *f = arg;
	struct hub_stream st;
	struct err why = {0};

	if (!hub_stream_get(tx, WIRE_GLOBAL_SITE, STREAM, &st, e))
		return false;
	f->rows = 0;
	f->e = &why;
	f->epoch = st.epoch;
	f->head = st.seq;
	// Another epoch, or a place the hub has forgotten: everything again.
	if (f->at.epoch != st.epoch || f->at.seq < st.low || f->at.seq > st.seq) {
		if (!kb_cursor_drop(f->kb, STREAM, false, e))
			return false;
		f->at = (struct kb_cursor){.epoch = st.epoch};
	}
	if (!kb_begin(f->kb, e))
		return false;
	bool ok = hub_feed(tx, WIRE_GLOBAL_SITE, STREAM, f->at.seq, ROWS_A_TRANSACTION, BYTES_A_TRANSACTION, take_row, f, e);
	if (ok && why.code)
		ok = err_set(e, why.code, "%s", why.msg);
	f->at.head = st.seq;
	f->at.at = hub_now(tx);
	if (ok && kb_cursor_set(f->kb, STREAM, &f->at, e))
		return kb_commit(f->kb, e);
	kb_rollback(f->kb);
	return false;
}

bool follow_kb(struct hub_store *s, struct kb *kb, struct kb_cursor *at, struct err *e)
{
	struct follow f = {.kb = kb};

	if (!kb_cursor_get(kb, STREAM, &f.at, e))
		return false;
	do {
		if (!hub_run(s, HUB_READ, read_some, &f, e))
			return false;
	} while (f.rows > 0 && f.at.seq < f.head);
	if (at)
		*at = f.at;
	return true;
}
