// SPDX-License-Identifier: MIT
// Knows the pages of the hub that the fault tests let a station apply, and how to see whether rows and cursor agree.
#include "tests/fault/page_load.h"

#include "src/base/vec.h"
#include "src/store/ent.h"
#include "src/sync/sqlite.h"

static bool put_row(const struct sync_store *st, int64_t q, struct err *e)
{
	char id[32], no[32], text[1200];

	snprintf(id, sizeof(id), "t%lld", (long long)q);
	snprintf(no, sizeof(no), "SHA-%lld", (long long)q);
	// Long enough that pages of the file overflow now and then.
	memset(text, 'a' + (int)(q % 26), sizeof(text) - 1);
	text[q % 7 == 0 ? sizeof(text) - 1 : 20] = '\0';
	json_t *d = json_pack("{s:s, s:s, s:s, s:i, s:s, s:s}", "no", no, "state", "open", "kind", "case", "priority", 2, "queue_code", "pay",
			      "title", text);
	bool ok = st->row_put(st->ctx, PAGE_STREAM, &(struct wire_row){.q = q, .t = "ticket", .e = id, .rev = 1, .at = q, .d = d}, e);
	json_decref(d);
	return ok;
}

static bool run(struct db *db, void *arg, struct err *e)
{
	struct page *p = arg;
	struct sync_sqlite q;
	struct sync_store st;
	int64_t to = (p->no + 1) * PAGE_ROWS;
	bool ok = true;

	sync_sqlite(&q, db, NULL, &st);
	for (int64_t at = to - PAGE_ROWS + 1; ok && p->rows && at <= to; at++)
		ok = put_row(&st, at, e);
	if (ok && p->cursor)
		ok = st.stream_put(st.ctx, &(struct sync_stream){.s = PAGE_STREAM, .epoch = 1, .seq = to, .head = to, .synced_at = to}, e);
	return ok;
}

static void done(void *arg, enum store_result r, const struct err *e)
{
	struct page *p = arg;

	(void)e;
	p->told++;
	p->result = r;
}

void page_submit(struct store *s, struct page *p, int64_t no, bool rows, bool cursor)
{
	*p = (struct page){.no = no, .rows = rows, .cursor = cursor};
	store_submit(s, &(struct store_job){.what = "page", .run = run, .done = done, .arg = p});
}

static int64_t number_of(struct db *db, const char *sql)
{
	struct err e = {0};
	struct db_stmt *st = db_stmt(db, sql);
	int64_t n = db_row(st) ? db_int(st, 0) : -1;

	return db_end(st, &e) ? n : -1;
}

int64_t page_count(struct db *db)
{
	struct arena a = {0};
	struct err e = {0};
	struct stream s = {0};
	bool found = false;
	uint64_t x, want = 0;
	int64_t n = 0, tickets = number_of(db, "select count(*) from ticket where queue_code = 'pay'");
	bool ok = stream_get(db, PAGE_STREAM, &s, &found, &a, &e) && ent_digest(db, PAGE_STREAM, &n, &x, &e);
	int64_t seq = found ? s.seq : 0;

	for (int64_t q = 1; q <= seq; q++) {
		char id[32];
		snprintf(id, sizeof(id), "t%lld", (long long)q);
		want ^= wire_row_digest("ticket", id, 1);
	}
	arena_release(&a);
	return ok && n == seq && tickets == seq && x == want && seq % PAGE_ROWS == 0 ? seq / PAGE_ROWS : -1;
}
