// SPDX-License-Identifier: MIT
// Knows how queries reach a measured program and answers leave it, and how texts are cut for the peers.
#include "tests/bench/peer.h"

#include <jansson.h>
#include <time.h>

#include "kb/fold.h"
#include "src/base/arena.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"

enum { HITS_MAX = 1000 };

double peer_now_us(void)
{
	static int cpu = -1;
	struct timespec t;

	if (cpu < 0)
		cpu = getenv("BENCH_CPU") != NULL;
	clock_gettime(cpu ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void answer(peer_ask_fn *ask, void *arg, const char *mode, size_t max, struct sv line, FILE *out)
{
	static struct peer_hit hits[HITS_MAX];
	struct sv name, query, rest = line;

	if (!sv_split(&rest, '\t', &name) || !sv_split(&rest, '\t', &query))
		return;
	char *text = xstrndup(query.p, query.n);
	double from = peer_now_us();
	size_t n = ask(arg, text, mode, hits, max);
	double us = peer_now_us() - from;
	fprintf(out, "%.*s\t%.1f\t", (int)name.n, name.p, us);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%s %.17g", i ? " " : "", hits[i].id, hits[i].score);
	fputc('\n', out);
	free(text);
}

static bool one_round(peer_ask_fn *ask, void *arg, struct sv order, struct err *e)
{
	struct sv part[4], line;
	struct str text = {0};
	int64_t max;

	for (int i = 0; i < 4; i++)
		if (!sv_split(&order, '\t', &part[i]))
			return err_set(e, ERR_USAGE, "MODE TAB LIMIT TAB IN TAB OUT");
	if (!parse_int(part[1], 1, HITS_MAX, &max))
		return err_set(e, ERR_USAGE, "a limit from 1 to %d", HITS_MAX);
	char *mode = xstrndup(part[0].p, part[0].n), *in = xstrndup(part[2].p, part[2].n), *to = xstrndup(part[3].p, part[3].n);
	bool ok = path_read(in, 1 << 30, &text, e);
	FILE *out = ok ? fopen(to, "w") : NULL;
	struct sv rest = sv_n(str_z(&text), text.n);
	if (ok && !out)
		ok = err_set(e, ERR_IO, "cannot write %s", to);
	while (ok && sv_split(&rest, '\n', &line))
		answer(ask, arg, mode, (size_t)max, line, out);
	if (out)
		fclose(out);
	str_release(&text);
	free(mode);
	free(in);
	free(to);
	return ok;
}

int peer_serve(peer_ask_fn *ask, void *arg)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	struct err e = {0};

	while ((n = getline(&line, &cap, stdin)) > 0) {
		if (!one_round(ask, arg, sv_n(line, (size_t)n - (line[n - 1] == '\n')), &e)) {
			fprintf(stderr, "%s\n", e.msg);
			return 1;
		}
		puts("ok");
		fflush(stdout);
	}
	free(line);
	return 0;
}

// ---- tokens ----

struct cut {
	struct arena a;
	VEC(struct peer_token) v;
	size_t len;
	bool distinct;
};

static void keep(void *arg, const struct kb_token *t)
{
	struct cut *c = arg;

	for (size_t i = 0; c->distinct && i < c->v.n; i++)
		if (sv_eq(sv_n(c->v.v[i].text, c->v.v[i].n), t->text)) {
			c->v.v[i].ends = c->v.v[i].ends || t->to == c->len;
			return;
		}
	vec_push(&c->v, ((struct peer_token){
				.text = arena_strndup(&c->a, t->text.p, t->text.n),
				.n = t->text.n,
				.raw = arena_strndup(&c->a, t->raw.p, t->raw.n),
				.nraw = t->raw.n,
				.word = t->kind == KB_WORD,
				.ends = t->to == c->len,
			}));
}

const struct peer_token *peer_analyse(const char *text, size_t len, bool distinct, size_t *n)
{
	static struct kb_analyser *an;
	static struct cut c;

	if (!an) {
		utf8_init();
		an = kb_analyser_new();
	}
	arena_clear(&c.a);
	c.v.n = 0;
	c.len = len;
	c.distinct = distinct;
	kb_analyse(an, sv_n(text, len), keep, &c);
	*n = c.v.n;
	return c.v.v;
}

// ---- articles ----

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

void peer_corpus(const char *path, void (*fn)(void *arg, const struct peer_doc *d), void *arg)
{
	FILE *in = str_eq(path, "-") ? stdin : fopen(path, "r");
	char *line = NULL;
	size_t cap = 0, i;
	ssize_t n;
	struct str said = {0};
	json_t *item;

	if (!in) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	while ((n = getline(&line, &cap, in)) > 0) {
		json_t *o = json_loadb(line, (size_t)n, 0, NULL);
		if (!json_is_object(o)) {
			fprintf(stderr, "%s: a line is not a JSON object\n", path);
			exit(1);
		}
		str_clear(&said);
		json_array_foreach(json_object_get(o, "phrasings"), i, item) str_addf(&said, "%s\n", json_string_value(item));
		fn(arg, &(struct peer_doc){text_of(o, "id"), text_of(o, "title"), text_of(o, "body"), str_z(&said)});
		json_decref(o);
	}
	str_release(&said);
	free(line);
	if (in != stdin)
		fclose(in);
}

static void digest_text(unsigned long long *h, const char *text)
{
	size_t n;
	const struct peer_token *v = peer_analyse(text, strlen(text), false, &n);

	for (size_t i = 0; i < n; i++) // FNV-1a, each token with its final NUL
		for (size_t k = 0; k <= v[i].n; k++)
			*h = (*h ^ (unsigned char)v[i].text[k]) * 1099511628211ull;
}

static void digest_doc(void *arg, const struct peer_doc *d)
{
	digest_text(arg, d->title);
	digest_text(arg, d->body);
	digest_text(arg, d->phrasings);
}

unsigned long long peer_digest(const char *path)
{
	unsigned long long h = 14695981039346656037ull;

	peer_corpus(path, digest_doc, &h);
	return h;
}
