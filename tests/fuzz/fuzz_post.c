// SPDX-License-Identifier: MIT
// Knows what must hold when rows of the index hold anything at all: they are refused or read within their bounds, and neither a
// search nor the check nor a merge comes to grief over them.
#include <sqlite3.h>
#include <unistd.h>

#include "kb/check.h"
#include "kb/import.h"
#include "kb/index.h"
#include "kb/post_internal.h"
#include "kb/search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 1 << 16 };

static char dir[] = "fuzz-post-XXXXXX";
static struct kb *kb;
static struct clock now;

static void clean_up(void)
{
	static const char *const files[] = {"kb.db", "kb.db-wal", "kb.db-shm"};
	char path[64];

	kb_close(kb);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		unlink(path);
	}
	rmdir(dir);
}

// Some articles in the table, some pending.
static void make(void)
{
	static const char *const packs[] = {"finance", "common"};
	struct err e = {0};

	clock_fake(&now, INT64_C(1795312800000), 1);
	if (!mkdtemp(dir))
		BUG("cannot make %s", dir);
	for (size_t i = 0; i < 2; i++) {
		struct kb_import_report rep = {0};
		char path[256];
		bool more = i == 0;
		snprintf(path, sizeof(path), "%s/kb.db", dir);
		if (!kb && !kb_open(&kb, path, KB_WRITE, &now, "Asia/Shanghai", &e))
			BUG("%s", e.msg);
		snprintf(path, sizeof(path), ZUOXI_SOURCEDIR "/config/packs/%s/kb", packs[i]);
		if (!kb_import(kb, path, &(struct kb_import_opts){0}, &rep, &e) || !rep.added || !kb_begin(kb, &e))
			BUG("%s", e.msg);
		while (more)
			if (!kb_load_pending(kb, &e) || !kb_post_merge(kb->post, 10000, &more, &e))
				BUG("%s", e.msg);
		if (!kb_commit(kb, &e))
			BUG("%s", e.msg);
	}
	atexit(clean_up);
}

// ---- the readers of rows ----

static void pending(struct sv d)
{
	struct kb_posting *v = xmalloc((d.n + 1) * sizeof(*v));
	size_t n;

	if (kb_pending_postings(d, v, &n) && n > d.n)
		BUG("%zu postings in %zu bytes", n, d.n);
	for (size_t i = 0; i < n && i < d.n; i++)
		if (v[i].level >= KB_LEVELS || v[i].key >> KB_KEY_BITS)
			BUG("posting %llx level %u", (unsigned long long)v[i].key, v[i].level);
	free(v);
}

static void list(struct sv d)
{
	uint32_t *v = xmalloc((d.n + 1) * sizeof(*v)), after = 7, limit = 100000;
	size_t n;

	if (post_decode(d, after, limit, v, d.n, &n)) {
		if (n > d.n)
			BUG("%zu numbers in %zu bytes", n, d.n);
		for (size_t i = 0; i < n; i++)
			if (v[i] <= (i ? v[i - 1] : after) || v[i] > limit)
				BUG("number %u at %zu", v[i], i);
	}
	free(v);
}

static void head(struct sv d)
{
	struct post_head h;

	if (!post_head_open(d, &h))
		return;
	for (unsigned l = 0; l < KB_LEVELS; l++)
		if (h.at[l].list.n && (h.at[l].list.p < d.p || h.at[l].list.p + h.at[l].list.n > d.p + d.n))
			BUG("a list outside its head");
}

// ---- a base with a row like that ----

static void spoil(const char *sql, unsigned which, struct sv d)
{
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(kb_sql(kb), sql, -1, &st, NULL) != SQLITE_OK)
		BUG("%s", sqlite3_errmsg(kb_sql(kb)));
	sqlite3_bind_blob(st, 1, d.p ? d.p : "", (int)d.n, SQLITE_STATIC);
	sqlite3_bind_int(st, 2, (int)which);
	if (sqlite3_step(st) != SQLITE_DONE)
		BUG("%s", sqlite3_errmsg(kb_sql(kb)));
	sqlite3_finalize(st);
}

static bool is_dead(void *arg, uint32_t no)
{
	(void)arg;
	return no % 2;
}

static void use(void)
{
	static const char *const queries[] = {"账户冻结了怎么办", "贷款", "zhdj", "loan early", "\"提前还款\"", "冻"};
	struct kb_check_report rep;
	struct arena a = {0};
	struct err e = {0};
	bool more = true;
	int64_t next = 0;

	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++)
		for (int effort = KB_KEYSTROKE; effort <= KB_WHOLE; effort++) {
			struct kb_results r;
			e = (struct err){0};
			if (!kb_search(kb, &(struct kb_query){.text = queries[i], .effort = (enum kb_effort)effort}, &r, &a, &e) && !*e.msg)
				BUG("refused without a word");
		}
	(void)!kb_check(kb, NULL, NULL, &rep, &e);
	for (int i = 0; more && i < 200; i++)
		more = kb_load_pending(kb, &e) && kb_post_merge(kb->post, 100, &more, &e) && more;
	for (int i = 0; i < 200 && kb_post_purge(kb->post, is_dead, NULL, 64, &next, &e) && next; i++)
		;
	arena_release(&a);
}

static void in_a_base(uint8_t what, unsigned which, struct sv d)
{
	static const char *const rows[] = {
		"UPDATE kb_post SET d = ?1 WHERE id IN (SELECT id FROM kb_post ORDER BY length(d) DESC LIMIT 1 OFFSET ?2)",
		"UPDATE kb_post SET d = ?1 WHERE id >> 17 IN (SELECT id >> 17 FROM kb_post WHERE length(d) > 8 LIMIT 400 OFFSET ?2)",
		"UPDATE kb_pending SET d = ?1 WHERE doc IN (SELECT doc FROM kb_pending LIMIT 1 OFFSET ?2 % 10)",
		"UPDATE kb_live SET d = ?1 WHERE ?2 >= 0",
		"UPDATE kb_live SET d = CAST(substr(d, 1, ?2) || ?1 || substr(d, ?2 + length(?1) + 1) AS BLOB)",
	};
	struct err e = {0};

	if (!kb_begin(kb, &e))
		BUG("%s", e.msg);
	spoil(rows[what % 5], which, d);
	if (!kb_exec(kb, "UPDATE kb_live SET rev = rev + 1000; UPDATE meta SET v = v + 1 WHERE key = 'epoch'", &e))
		BUG("%s", e.msg);
	kb->stale_view = true;
	kb->epoch = -1; // all of the view is read again
	use();
	kb_rollback(kb);
	kb->epoch = -1;
	kb->stale_view = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 3 || size > MOST)
		return 0;
	struct sv d = sv_n((const char *)data + 3, size - 3);
	switch (data[0] % 4) {
	case 0:
		pending(d);
		break;
	case 1:
		list(d);
		break;
	case 2:
		head(d);
		break;
	default:
		if (!kb)
			make();
		in_a_base(data[1], data[2], d);
	}
	return 0;
}
