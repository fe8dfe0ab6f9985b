// SPDX-License-Identifier: MIT
// Knows how fast and how well the knowledge base answers: imports articles, types queries letter by letter, prints figures.
#include "kb/check.h"
#include "kb/import.h"
#include "kb/search.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"
#include "tests/bench/kb_serve.h"
#include "tests/bench/peer.h"

static void print_times(const char *what, struct times *t)
{
	if (!t->n)
		return;
	times_sort(t);
	printf("%-10s n=%zu p50=%.0f p90=%.0f p99=%.0f max=%.0f us\n", what, t->n, t->v[t->n / 2], t->v[t->n * 9 / 10],
	       t->v[t->n * 99 / 100], t->v[t->n - 1]);
}

struct quality {
	unsigned n, first, third, tenth;
	double rr;
};

static void judge(struct quality *q, const struct kb_results *r, struct sv id)
{
	q->n++;
	for (size_t i = 0; i < r->n && i < 10; i++)
		if (sv_eqz(id, r->v[i].id)) {
			q->first += i == 0;
			q->third += i < 3;
			q->tenth++;
			q->rr += 1.0 / (double)(i + 1);
			return;
		}
}

static double ask(struct kb *kb, const char *text, enum kb_effort effort, struct kb_results *r, struct arena *a)
{
	struct kb_query q = {.text = text, .limit = 10, .effort = effort};
	struct err e = {0};
	double t = peer_now_us();

	if (!kb_search(kb, &q, r, a, &e)) {
		fprintf(stderr, "%s: %s\n", text, e.msg);
		exit(1);
	}
	return peer_now_us() - t;
}

// Lines of qid TAB query [TAB id].
static void run(struct kb *kb, struct sv file, bool typing, bool show)
{
	struct times keys = {0}, whole = {0};
	struct quality good = {0};
	struct arena a = {0};
	struct sv line, field;
	double slowest = 0;
	unsigned slow_postings = 0, slow_scored = 0;
	char *slow = NULL;

	while (sv_split(&file, '\n', &line)) {
		struct sv rest = line, query = {0}, id = {0};
		struct kb_results r;
		if (!sv_split(&rest, '\t', &field) || !sv_split(&rest, '\t', &query))
			continue;
		sv_split(&rest, '\t', &id);
		for (size_t at = 0; typing && at < query.n;) {
			at = utf8_next(query, at);
			char *text = xstrndup(query.p, at);
			double t = ask(kb, text, KB_KEYSTROKE, &r, &a);
			*vec_add(&keys) = t;
			if (t > slowest) {
				slowest = t;
				slow_postings = r.postings;
				slow_scored = r.scored;
				free(slow);
				slow = text;
			} else {
				free(text);
			}
			arena_clear(&a);
		}
		char *text = xstrndup(query.p, query.n);
		*vec_add(&whole) = ask(kb, text, KB_FULL, &r, &a);
		if (id.n)
			judge(&good, &r, id);
		for (size_t i = 0; show && i < r.n && i < 3; i++)
			printf("%s\t%s\t%s\t%.3f\t%s\n", text, r.v[i].id, r.v[i].title.text, r.v[i].score.total,
			       r.v[i].snippet.text);
		free(text);
		arena_clear(&a);
	}
	print_times("keystroke", &keys);
	print_times("full", &whole);
	if (slow)
		printf("slowest keystroke: %.0f us for \"%s\" (%u postings, %u scored)\n", slowest, slow, slow_postings,
		       slow_scored);
	if (good.n)
		printf("S@1=%.4f S@3=%.4f S@10=%.4f MRR@10=%.4f n=%u\n", 1.0 * good.first / good.n, 1.0 * good.third / good.n,
		       1.0 * good.tenth / good.n, good.rr / good.n, good.n);
	free(slow);
	free(keys.v);
	free(whole.v);
	arena_release(&a);
}

static void on_bad(void *arg, const struct kb_bad_row *row)
{
	(void)arg;
	fprintf(stderr, "%s:%d: %s\n", row->file, row->line, row->msg);
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct kb *kb;
	int64_t count;

	if (argc == 3 && str_eq(argv[1], "tokens")) {
		printf("%016llx\n", peer_digest(argv[2]));
		return 0;
	}
	if (argc < 3) {
		fprintf(stderr, "usage: bench_kb KB.DB import PATH | typing QUERIES.TSV | full QUERIES.TSV | show QUERIES.TSV\n"
				"       bench_kb KB.DB serve | first QUERY | publish COUNT QUERIES.TSV\n"
				"       bench_kb tokens ARTICLES.JSONL\n");
		return 2;
	}
	utf8_init();
	if (str_eq(argv[2], "serve"))
		return bench_serve(argv[1]);
	if (argc == 4 && str_eq(argv[2], "first"))
		return bench_first(argv[1], argv[3]);
	if (argc == 5 && str_eq(argv[2], "publish") && parse_int(sv(argv[3]), 1, 1000000, &count))
		return bench_publish(argv[1], (int)count, argv[4]);
	bool import = strcmp(argv[2], "import") == 0;
	if (!kb_open(&kb, argv[1], import ? KB_WRITE : KB_READ, &clock_real, NULL, &e)) {
		fprintf(stderr, "%s\n", e.msg);
		return 1;
	}
	if (import) {
		struct kb_import_opts o = {.on_bad = on_bad};
		struct kb_import_report rep;
		double t = peer_now_us();
		if (!kb_import(kb, argv[3], &o, &rep, &e)) {
			fprintf(stderr, "%s\n", e.msg);
			return 1;
		}
		t = (peer_now_us() - t) / 1e6;
		struct kb_stats st;
		if (!kb_stats_get(kb, &st, &e))
			return 1;
		printf("read %lld added %lld changed %lld unchanged %lld bad %lld in %.1f s, %.0f/s, file %.1f MB, text %.1f MB\n",
		       (long long)rep.read, (long long)rep.added, (long long)rep.changed, (long long)rep.unchanged,
		       (long long)rep.bad, t, (double)rep.read / t, (double)st.file_bytes / 1e6, (double)st.text_bytes / 1e6);
	} else {
		struct str text = {0};
		if (!path_read(argv[3], 64 << 20, &text, &e)) {
			fprintf(stderr, "%s\n", e.msg);
			return 1;
		}
		run(kb, sv_n(str_z(&text), text.n), strcmp(argv[2], "typing") == 0, strcmp(argv[2], "show") == 0);
		str_release(&text);
	}
	kb_close(kb);
	return 0;
}
