// SPDX-License-Identifier: MIT
// Knows how the real search answers the rounds that its peers answer too.
#include "tests/bench/kb_serve.h"

#include "kb/search.h"
#include "tests/bench/peer.h"

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void times_sort(struct times *t)
{
	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), by_value);
}

static enum kb_effort effort_of(const char *mode)
{
	if (str_eq(mode, "key"))
		return KB_KEYSTROKE;
	if (str_eq(mode, "whole"))
		return KB_WHOLE;
	if (str_eq(mode, "begun"))
		return KB_WHOLE_BEGUN;
	return KB_FULL;
}

static void die(const char *what, const struct err *e)
{
	fprintf(stderr, "%s: %s\n", what, e->msg);
	exit(1);
}

struct engine {
	struct kb *kb;
	struct arena a;
};

// Titles and snippets of the first ten are fetched, as the list of the workstation shows them.
static size_t ask(void *arg, const char *text, const char *mode, struct peer_hit *hits, size_t max)
{
	struct engine *x = arg;
	struct kb_query q = {.text = text, .limit = max, .effort = effort_of(mode), .snippets = 10};
	struct kb_results r;
	struct err e = {0};

	arena_clear(&x->a);
	if (!kb_search(x->kb, &q, &r, &x->a, &e))
		die(text, &e);
	for (size_t i = 0; i < r.n; i++) {
		snprintf(hits[i].id, sizeof(hits[i].id), "%s", r.v[i].id);
		hits[i].score = r.v[i].score.total;
	}
	return r.n;
}

int bench_serve(const char *path)
{
	struct engine x = {0};
	struct err e = {0};

	if (!kb_open(&x.kb, path, KB_READ, &clock_real, NULL, &e))
		die(path, &e);
	int rc = peer_serve(ask, &x);
	arena_release(&x.a);
	kb_close(x.kb);
	return rc;
}

int bench_first(const char *path, const char *query)
{
	struct engine x = {0};
	struct peer_hit hits[10];
	struct err e = {0};
	double from = peer_now_us();

	if (!kb_open(&x.kb, path, KB_READ, &clock_real, NULL, &e))
		die(path, &e);
	double opened = peer_now_us();
	ask(&x, query, "key", hits, 10);
	double first = peer_now_us();
	ask(&x, query, "key", hits, 10);
	printf("{\"open_us\": %.0f, \"first_us\": %.0f, \"again_us\": %.0f}\n", opened - from, first - opened,
	       peer_now_us() - first);
	arena_release(&x.a);
	kb_close(x.kb);
	return 0;
}
