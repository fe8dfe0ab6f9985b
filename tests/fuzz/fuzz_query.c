// SPDX-License-Identifier: MIT
// Knows what must hold for any query: it is answered from a small base, marks lie inside their texts, the answer is the same twice.
#include <unistd.h>

#include "kb/import.h"
#include "kb/search.h"
#include "src/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[] = "fuzz-query-XXXXXX";
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

static void make(void)
{
	struct kb_import_report rep = {0};
	struct err e = {0};
	char path[64];

	clock_fake(&now, INT64_C(1795312800000), 1);
	if (!mkdtemp(dir))
		BUG("cannot make %s", dir);
	snprintf(path, sizeof(path), "%s/kb.db", dir);
	if (!kb_open(&kb, path, KB_WRITE, &now, "Asia/Shanghai", &e) ||
	    !kb_import(kb, ZUOXI_SOURCEDIR "/config/packs/finance/kb", &(struct kb_import_opts){0}, &rep, &e) || !rep.added)
		BUG("%s", e.msg);
	atexit(clean_up);
}

static void check(const struct kb_marked *m)
{
	size_t n = strlen(m->text), at = 0;

	for (size_t i = 0; i < m->nspans; at = m->spans[i++].to)
		if (m->spans[i].from < at || m->spans[i].to <= m->spans[i].from || m->spans[i].to > n)
			BUG("a mark %zu..%zu in %zu bytes", m->spans[i].from, m->spans[i].to, n);
	if (!utf8_valid(sv(m->text)))
		BUG("a text cut inside a character");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {0};
	struct kb_results r = {0}, again = {0};
	struct err e = {0};

	if (!kb)
		make();
	size = size > 2000 ? 2000 : size;
	char *text = arena_strndup(&a, (const char *)data, size);
	struct kb_query q = {.text = text, .effort = (enum kb_effort)(size % 3), .limit = 20};
	if (!kb_search(kb, &q, &r, &a, &e) || !kb_search(kb, &q, &again, &a, &e))
		BUG("%s", e.msg);
	if (r.n != again.n || r.n > 20)
		BUG("%zu and then %zu results", r.n, again.n);
	for (size_t i = 0; i < r.n; i++) {
		if (strcmp(r.v[i].id, again.v[i].id) != 0 || (i && r.v[i].score.total > r.v[i - 1].score.total))
			BUG("the order is not the one of the scores");
		check(&r.v[i].title);
		check(&r.v[i].snippet);
	}
	arena_release(&a);
	return 0;
}
