// SPDX-License-Identifier: MIT
// Knows how fast a station applies pages of the hub: rows a second, through the store's thread, synced like everything.
#include <stdlib.h>
#include <sys/resource.h>

#include "src/store/store.h"
#include "src/sync/sqlite.h"
#include "tests/unit/store/tmpdir.h"

struct page {
	int64_t first, rows, total;
	const char *kind;
};

static json_t *doc_of(const char *kind, int64_t q)
{
	char no[32], text[400];

	snprintf(no, sizeof(no), "SHA-%lld", (long long)q);
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	if (str_eq(kind, "customer")) {
		snprintf(no, sizeof(no), "+86138%08lld", (long long)q);
		return json_pack("{s:s, s:s, s:[{s:s, s:s}], s:s}", "display_name", "李雷", "tier", "gold", "phones", "e164", no, "kind", "mobile",
				 "notes", text);
	}
	return json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:s}", "no", no, "state", "open", "kind", "case", "priority", 2, "queue_code", "pay",
			 "title", "退款未到账", "description", text);
}

static bool apply(struct db *db, void *arg, struct err *e)
{
	struct page *p = arg;
	struct sync_sqlite q;
	struct sync_store st;
	bool ok = true;

	sync_sqlite(&q, db, NULL, &st);
	for (int64_t at = p->first; ok && at < p->first + p->rows; at++) {
		char id[40];
		snprintf(id, sizeof(id), "01890000-0000-7000-8000-%012lld", (long long)at);
		json_t *d = doc_of(p->kind, at);
		ok = st.row_put(st.ctx, "q/pay", &(struct wire_row){.q = at, .t = p->kind, .e = id, .rev = 1, .at = at, .d = d}, e);
		json_decref(d);
	}
	int64_t to = p->first + p->rows - 1;
	return ok && st.stream_put(st.ctx, &(struct sync_stream){.s = "q/pay", .epoch = 1, .seq = to, .head = p->total, .synced_at = to}, e) &&
	       st.settle(st.ctx, "q/pay", to, e);
}

static void measure(const char *kind, int64_t total, int64_t page)
{
	char *dir = tmpdir_new();
	struct err e = {0};
	struct store *s;

	if (!store_init(dir, "SHA", "0A7", &clock_real, &e) || !store_open(&s, &(struct store_options){.dir = dir}, &e))
		BUG("%s", e.msg);
	int64_t start = clock_mono(&clock_real);
	for (int64_t at = 1; at <= total; at += page) {
		struct page p = {.first = at, .rows = page, .total = total, .kind = kind};
		if (!store_do(s, apply, &p, &e))
			BUG("%s", e.msg);
	}
	int64_t ms = clock_mono(&clock_real) - start;
	printf("%s: %lld rows in pages of %lld: %lld ms, %.0f rows/s\n", kind, (long long)total, (long long)page, (long long)ms,
	       (double)total * 1000.0 / (double)(ms ? ms : 1));
	store_close(s);
	tmpdir_free(dir);
}

int main(void)
{
	measure("ticket", 20000, 500);
	measure("customer", 20000, 500);
	measure("hologram", 20000, 500); // only the base row
	measure("ticket", 2000, 1);
	return 0;
}
