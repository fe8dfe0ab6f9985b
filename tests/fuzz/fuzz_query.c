// SPDX-License-Identifier: MIT
// Knows what must hold for any query in any effort: it is answered from a small base, marks lie on characters inside their texts,
// what is withdrawn is no answer, the cost keeps to the budget, the answer is the same twice.
#include <unistd.h>

#include "kb/import.h"
#include "kb/phrasing.h"
#include "kb/search.h"
#include "src/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[] = "fuzz-query-XXXXXX";
static struct kb *kb;
static struct clock now;
// Not to be found, each for its own reason, though customers' words speak for them.
static const char *const gone[] = {"KB-FIN-011", "KB-FIN-004", "KB-FIN-031", "KB-FIN-001"};
enum { GONE = sizeof(gone) / sizeof(*gone) };

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

static bool withdraw(struct err *e)
{
	struct arena a = {0};
	bool ok = true;

	for (size_t i = 0; i < GONE && ok; i++) {
		struct kb_lesson l = {.article = gone[i], .text = "my card is frozen 钱转不出去", .agent = "A", .source = KB_BY_FILE};
		struct kb_article art;
		enum kb_learned_what what;
		enum kb_put put;
		ok = kb_article_get(kb, gone[i], 0, &art, &a, e) && kb_learn(kb, &l, &what, NULL, e);
		struct kb_text *t = &art.cur.text;
		if (i == 2)
			t->effective_to = clock_wall(&now);
		if (i == 3)
			t->effective_from = clock_wall(&now) + 1;
		ok = ok && (i < 2 ? kb_set_state(kb, gone[i], i ? KB_HIDDEN : KB_ARCHIVED, e) : kb_put(kb, t, &put, e));
	}
	arena_release(&a);
	return ok;
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
	    !kb_import(kb, ZUOXI_SOURCEDIR "/config/packs/finance/kb", &(struct kb_import_opts){0}, &rep, &e) || !rep.added || !withdraw(&e))
		BUG("%s", e.msg);
	atexit(clean_up);
}

static bool on_border(const char *s, size_t at)
{
	return ((unsigned char)s[at] & 0xc0) != 0x80;
}

static void check(const struct kb_marked *m)
{
	size_t n = strlen(m->text), at = 0;

	for (size_t i = 0; i < m->nspans; at = m->spans[i++].to) {
		struct kb_span s = m->spans[i];
		if (s.from < at || s.to <= s.from || s.to > n || !on_border(m->text, s.from) || !on_border(m->text, s.to))
			BUG("a mark %zu..%zu in %zu bytes", s.from, s.to, n);
	}
	if (!utf8_valid(sv(m->text)))
		BUG("a text cut inside a character");
}

static void check_result(const struct kb_result *r)
{
	for (size_t i = 0; i < GONE; i++)
		if (strcmp(r->id, gone[i]) == 0)
			BUG("%s is not to be found", r->id);
	if (!(r->score.total >= 0 && r->score.total < 1e6) || r->score.terms_hit > r->score.terms)
		BUG("%s: score %f, %u of %u terms", r->id, r->score.total, r->score.terms_hit, r->score.terms);
	check(&r->title);
	check(&r->snippet);
}

static void ask(const struct kb_query *q)
{
	struct arena a = {0};
	struct kb_results r = {0}, again = {0};
	struct err e = {0};

	if (!kb_search(kb, q, &r, &a, &e) || !kb_search(kb, q, &again, &a, &e))
		BUG("%s", e.msg);
	if (r.n != again.n || (q->limit && r.n > q->limit))
		BUG("%zu and then %zu results", r.n, again.n);
	if (q->effort == KB_KEYSTROKE && r.postings > 8 * 20000)
		BUG("%u postings", r.postings);
	// the list for no words at all stands in another order
	bool usual = r.n && r.v[0].score.terms == 0;
	for (size_t i = 0; i < r.n; i++) {
		if (strcmp(r.v[i].id, again.v[i].id) != 0 || r.v[i].score.total != again.v[i].score.total)
			BUG("another answer the second time");
		if (i && !usual && r.v[i].score.total > r.v[i - 1].score.total && r.v[i - 1].score.agents < 3)
			BUG("the order is not the one of the scores");
		check_result(&r.v[i]);
	}
	if (!utf8_valid(sv(r.suggestion)))
		BUG("a suggestion cut inside a character");
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!kb)
		make();
	size = size > 2000 ? 2000 : size;
	char *text = xstrndup((const char *)data, size);
	for (int effort = KB_KEYSTROKE; effort <= KB_WHOLE_BEGUN; effort++)
		ask(&(struct kb_query){.text = text, .effort = (enum kb_effort)effort, .limit = size % 2 ? 20 : 0,
				       .category = size % 3 ? NULL : "loan", .snippets = size % 5 ? 0 : 1});
	free(text);
	return 0;
}
