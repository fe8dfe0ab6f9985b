// SPDX-License-Identifier: MIT
// Knows what publishing costs: the author's own wait, how soon others find the article, how slow their keys get meanwhile.
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "kb/merge.h"
#include "kb/search.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"
#include "tests/bench/kb_serve.h"
#include "tests/bench/peer.h"

enum { CHANGED_EACH = 4, REST_US = 2000, LOOKS_MAX = 1000 };

static void print(const char *name, struct times *t, bool last)
{
	times_sort(t);
	printf("\"%s\": {\"n\": %zu", name, t->n);
	if (t->n)
		printf(", \"p50\": %.0f, \"p99\": %.0f, \"max\": %.0f", t->v[t->n / 2], t->v[t->n * 99 / 100], t->v[t->n - 1]);
	printf("}%s", last ? "" : ", ");
	vec_release(t);
}

static void die(const char *what, const struct err *e)
{
	fprintf(stderr, "%s: %s\n", what, e->msg);
	exit(1);
}

// ---- who types meanwhile ----

enum phase { QUIET, PUBLISHING, MERGING, AFTERWARDS, DONE };

struct typist {
	const char *path;
	struct sv queries;
	atomic_int phase;
	struct times t[DONE];
};

static void *type_on(void *arg)
{
	struct typist *y = arg;
	struct kb *kb;
	struct arena a = {0};
	struct err e = {0};
	struct sv rest = y->queries, line, name, query;

	if (!kb_open(&kb, y->path, KB_READ, &clock_real, NULL, &e))
		die(y->path, &e);
	for (int phase; (phase = atomic_load(&y->phase)) != DONE;) {
		if (!sv_split(&rest, '\n', &line)) {
			rest = y->queries;
			continue;
		}
		if (!sv_split(&line, '\t', &name) || !sv_split(&line, '\t', &query))
			continue;
		for (size_t at = 0; at < query.n;) {
			struct kb_results r;
			at = utf8_next(query, at);
			char *text = xstrndup(query.p, at);
			struct kb_query q = {.text = text, .limit = 10, .effort = KB_KEYSTROKE};
			double from = peer_now_us();
			if (!kb_search(kb, &q, &r, &a, &e))
				die(text, &e);
			*vec_add(&y->t[phase]) = peer_now_us() - from;
			free(text);
			arena_clear(&a);
		}
	}
	arena_release(&a);
	kb_close(kb);
	return NULL;
}

static void rest_us(long us)
{
	nanosleep(&(struct timespec){us / 1000000, us % 1000000 * 1000}, NULL);
}

// ---- who publishes ----

struct publisher {
	struct kb *kb, *reader; // reader: another connection, as another process has
	struct times put, commit, visible, gone, slice, checkpoint;
	int missed; // searches that did not see the change at once
};

// Looks until the query finds the article (or does not, for a withdrawn one).
static void await(struct publisher *p, const char *query, const char *id, bool there)
{
	struct kb_query q = {.text = query, .limit = 10, .effort = KB_KEYSTROKE, .snippets = KB_NO_SNIPPETS};
	struct err e = {0};

	for (int looks = 0; looks < LOOKS_MAX; looks++) {
		struct arena a = {0};
		struct kb_results r;
		bool seen = false;
		if (!kb_search(p->reader, &q, &r, &a, &e))
			die(query, &e);
		for (size_t i = 0; i < r.n; i++)
			seen = seen || str_eq(r.v[i].id, id);
		arena_release(&a);
		if (seen == there)
			return;
		p->missed++;
	}
	fprintf(stderr, "%s: \"%s\" %s\n", id, query, there ? "is not found" : "is still found");
	exit(1);
}

static void publish(struct publisher *p, int i, const char *body)
{
	char id[32], title[96], word[32];
	enum kb_put what;
	struct err e = {0};

	// every fourth is a new version of the one before
	snprintf(id, sizeof(id), "BENCH-%06d", i - (i % CHANGED_EACH == CHANGED_EACH - 1));
	snprintf(word, sizeof(word), "zqx%06dw", i);
	snprintf(title, sizeof(title), "%s 新发布的文章 number %d", word, i);
	struct kb_text t = {.id = id, .title = title, .body = body, .lang = "zh"};
	double from = peer_now_us();
	if (!kb_begin(p->kb, &e) || !kb_put(p->kb, &t, &what, &e))
		die(id, &e);
	double put = peer_now_us();
	if (!kb_commit(p->kb, &e))
		die(id, &e);
	double committed = peer_now_us();
	await(p, word, id, true);
	*vec_add(&p->put) = put - from;
	*vec_add(&p->commit) = committed - put;
	*vec_add(&p->visible) = peer_now_us() - from;
	if (i % 10 != 5)
		return;
	from = peer_now_us();
	if (!kb_set_state(p->kb, id, KB_HIDDEN, &e))
		die(id, &e);
	await(p, word, id, false);
	*vec_add(&p->gone) = peer_now_us() - from;
}

// When the database file itself was last written: in its journal mode only a checkpoint does that.
static struct timespec written_at(const struct publisher *p)
{
	struct stat st;

	if (stat(kb_path(p->kb), &st) != 0)
		return (struct timespec){0};
	return st.st_mtim;
}

// The idle work of the writer, step after step;
static void merge_all(struct publisher *p)
{
	struct err e = {0};

	for (bool more = true; more;) {
		struct timespec before = written_at(p), after;
		double from = peer_now_us();
		if (!kb_merge(p->kb, &more, &e))
			die("merge", &e);
		double us = peer_now_us() - from;
		after = written_at(p);
		bool same = before.tv_sec == after.tv_sec && before.tv_nsec == after.tv_nsec;
		*vec_add(same ? &p->slice : &p->checkpoint) = us;
	}
}

int bench_publish(const char *path, int n, const char *queries)
{
	struct typist y = {.path = path};
	struct publisher p = {0};
	struct str text = {0};
	struct err e = {0};
	struct sv line, name;
	pthread_t thread;

	if (!path_read(queries, 64 << 20, &text, &e) || !kb_open(&p.kb, path, KB_WRITE, &clock_real, NULL, &e) ||
	    !kb_open(&p.reader, path, KB_READ, &clock_real, NULL, &e))
		die(path, &e);
	y.queries = sv_n(str_z(&text), text.n);
	pthread_create(&thread, NULL, type_on, &y);
	rest_us(1500000);
	for (int i = -20; i < n; i++) { // the first twenty warm up
		struct sv bodies = y.queries;
		struct str body = {0};
		for (int k = 0; k < 12 && sv_split(&bodies, '\n', &line); k++) // some 600 bytes of text
			if (sv_split(&line, '\t', &name))
				str_addn(&body, line.p, line.n);
		str_addf(&body, " %d", i);
		if (i == 0) {
			p.put.n = p.commit.n = p.visible.n = p.gone.n = 0;
			p.missed = 0;
			atomic_store(&y.phase, PUBLISHING);
		}
		publish(&p, i + 1000, str_z(&body));
		str_release(&body);
		rest_us(REST_US);
	}
	atomic_store(&y.phase, MERGING);
	merge_all(&p);
	atomic_store(&y.phase, AFTERWARDS);
	rest_us(1000000);
	atomic_store(&y.phase, DONE);
	pthread_join(thread, NULL);
	printf("{\"missed\": %d, ", p.missed);
	print("put", &p.put, false);
	print("commit", &p.commit, false);
	print("visible", &p.visible, false);
	print("gone", &p.gone, false);
	print("slice", &p.slice, false);
	print("checkpoint", &p.checkpoint, false);
	print("typed_before", &y.t[QUIET], false);
	print("typed_publishing", &y.t[PUBLISHING], false);
	print("typed_merging", &y.t[MERGING], false);
	print("typed_after", &y.t[AFTERWARDS], true);
	printf("}\n");
	kb_close(p.reader);
	kb_close(p.kb);
	str_release(&text);
	return 0;
}
