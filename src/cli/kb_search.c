// SPDX-License-Identifier: MIT
// Knows `zuoxi kb search`: ranked articles for people, as JSON, or as a run of many queries with its times.
#include <errno.h>
#include <jansson.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"
#include "src/cli/kb_cli.h"

enum { LIMIT_DEFAULT = 10, LIMIT_MAX = 1000, BATCH_MAX = 64 * 1024 * 1024 };

static json_t *score_json(const struct kb_score *s)
{
	return json_pack("{s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:i,s:i,s:i,s:b,s:b}", "text", s->text, "category", s->category, "step", s->step,
			 "helpful", s->helpful, "stale", s->stale, "ranked", s->ranked, "learned", s->learned, "trust", s->trust, "agents",
			 (int)s->agents, "terms_hit", (int)s->terms_hit, "terms", (int)s->terms, "by_pinyin", s->by_pinyin,
			 "by_correction", s->by_correction);
}

static void print_json(struct cli *c, const struct kb_results *r, bool explain)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < r->n; i++) {
		const struct kb_result *x = &r->v[i];
		json_t *o = json_pack("{s:s,s:i,s:s,s:s,s:s,s:f,s:s,s:I,s:b}", "id", x->id, "version", x->ver, "title",
				      x->title.text, "title_en", x->title_en, "snippet", x->snippet.text, "score", x->score.total,
				      "state", kb_state_name(x->state), "published_at", (json_int_t)x->published_at, "must_read",
				      x->must_read);
		json_object_set_new(o, "helpful", x->votes ? json_real(x->helpful) : json_null());
		json_object_set_new(o, "phrasing", str_empty(x->phrasing) ? json_null() : json_string(x->phrasing));
		if (explain)
			json_object_set_new(o, "explain", score_json(&x->score));
		json_array_append_new(rows, o);
	}
	json_dumpf(rows, c->out, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	fputc('\n', c->out);
	json_decref(rows);
}

static void explain_text(struct cli *c, const struct kb_result *x)
{
	const struct kb_score *s = &x->score;

	fprintf(c->out, _("    text %.3f, category x%.1f, step x%.1f, helpful x%.1f, stale x%.1f = %.3f; %u of %u terms%s%s\n"), s->text,
		s->category, s->step, s->helpful, s->stale, s->ranked, s->terms_hit, s->terms, s->by_pinyin ? _(", by pinyin") : "",
		s->by_correction ? _(", by correction") : "");
	if (s->trust > 0)
		fprintf(c->out, _("    phrasings: share %.2f, agents %u, trust %.2f%s%s\n"), s->learned, s->agents,
			s->trust, str_empty(x->phrasing) ? "" : "; ", x->phrasing ? x->phrasing : "");
}

static void print_text(struct cli *c, const struct kb_results *r, bool explain)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct kb_result *x = &r->v[i];
		fprintf(c->out, _("%2zu. %s  %s  (version %d, %s, score %.3f)\n"), i + 1, x->id, x->title.text, x->ver,
			kb_state_label(x->state), x->score.total);
		if (*x->snippet.text)
			fprintf(c->out, "    %s\n", x->snippet.text);
		if (explain)
			explain_text(c, x);
	}
}

// What a call in hand would add to the query.
struct context {
	const char *category;
	struct kb_list step;
};

static int one(struct cli *c, struct kb *kb, const char *text, size_t limit, const struct context *ctx, bool explain)
{
	struct kb_query q = {.text = text, .limit = limit, .effort = KB_FULL, .category = ctx->category,
			     .step = ctx->step.n ? &ctx->step : NULL};
	struct kb_results r;
	struct arena a = {0};
	struct err e = {0};

	if (!kb_search(kb, &q, &r, &a, &e)) {
		arena_release(&a);
		return cli_fail(c, &e);
	}
	if (r.nothing_found)
		fprintf(c->err, "%s\n", r.n ? _("Nothing holds these words; the nearest articles:") : _("Nothing was found."));
	if (*r.suggestion)
		fprintf(c->err, _("Searched for: %s\n"), r.suggestion);
	if (c->json)
		print_json(c, &r, explain);
	else
		print_text(c, &r, explain);
	int rc = r.nothing_found || !r.n ? CLI_NO : CLI_DONE;
	arena_release(&a);
	return rc;
}

// ---- many queries ----

struct times {
	int64_t *v;
	size_t n, cap;
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void print_times(struct cli *c, struct times *t)
{
	if (!t->n)
		return;
	qsort(t->v, t->n, sizeof(*t->v), by_value);
	fprintf(c->err, "n=%zu p50=%lld p90=%lld p99=%lld max=%lld us\n", t->n, (long long)t->v[t->n / 2] / 1000,
		(long long)t->v[t->n * 9 / 10] / 1000, (long long)t->v[t->n * 99 / 100] / 1000,
		(long long)t->v[t->n - 1] / 1000);
}

static bool timed(struct kb *kb, const char *text, size_t limit, enum kb_effort effort, struct kb_results *r, struct arena *a,
		  struct times *t, struct err *e)
{
	struct kb_query q = {.text = text, .limit = limit, .effort = effort};
	int64_t from = now_ns();
	bool ok = kb_search(kb, &q, r, a, e);

	*vec_add(t) = now_ns() - from;
	return ok;
}

// Types the query character by character before it is asked as a whole.
static bool type_out(struct kb *kb, struct sv query, size_t limit, struct times *t, struct err *e)
{
	struct arena a = {0};
	bool ok = true;

	for (size_t at = 0; ok && at < query.n;) {
		struct kb_results r;
		at = utf8_next(query, at);
		ok = timed(kb, arena_strndup(&a, query.p, at), limit, KB_KEYSTROKE, &r, &a, t, e);
		arena_clear(&a);
	}
	arena_release(&a);
	return ok;
}

static bool batch_line(struct cli *c, struct kb *kb, struct sv line, const struct kb_cli_opts *o, size_t limit,
		       struct times *t, struct err *e)
{
	struct arena a = {0};
	struct kb_results r;
	struct sv rest = line, qid, query;

	if (!sv_split(&rest, '\t', &qid) || !sv_split(&rest, '\t', &query))
		return true;
	bool ok = !o->typing || type_out(kb, query, limit, t, e);
	struct times none = {0};
	ok = ok && timed(kb, arena_strndup(&a, query.p, query.n), limit, KB_FULL, &r, &a, o->typing ? &none : t, e);
	for (size_t i = 0; ok && i < r.n; i++)
		fprintf(c->out, "%.*s Q0 %s %zu %.6f %s\n", (int)qid.n, qid.p, r.v[i].id, i + 1, r.v[i].score.total,
			o->tag ? o->tag : "zuoxi");
	vec_release(&none);
	arena_release(&a);
	return ok;
}

static int batch(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, size_t limit)
{
	struct str text = {0};
	struct times t = {0};
	struct err e = {0};
	bool ok = path_read(o->batch, BATCH_MAX, &text, &e);
	struct sv rest = sv_n(str_z(&text), text.n), line;

	while (ok && sv_split(&rest, '\n', &line))
		ok = batch_line(c, kb, line, o, limit, &t, &e);
	if (ok && o->stats)
		print_times(c, &t);
	vec_release(&t);
	str_release(&text);
	if (ok)
		return CLI_DONE;
	cli_fail(c, &e);
	return CLI_FAILED;
}

// "KB-1,KB-2"; in the arena.
static struct kb_list ids_of(const char *text, struct arena *a)
{
	struct kb_list l = {0};
	struct sv rest = sv(text), id;

	l.v = arena_array(a, const char *, strlen(text ? text : "") + 1);
	while (text && sv_split(&rest, ',', &id))
		if (sv_trim(id).n)
			l.v[l.n++] = arena_strndup(a, sv_trim(id).p, sv_trim(id).n);
	return l;
}

int kb_cli_search(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n)
{
	int64_t limit = LIMIT_DEFAULT;
	struct str text = {0};
	struct arena a = {0};

	if (o->limit && !parse_int(sv(o->limit), 1, LIMIT_MAX, &limit))
		return kb_cli_usage(c, "search", _("-n takes a number from 1 to %d"), LIMIT_MAX);
	if (!n && !o->batch)
		return kb_cli_usage(c, "search", "%s", _("a word is missing"));
	if (o->batch && (n || o->explain || o->category || o->step))
		return kb_cli_usage(c, "search", "%s", _("--batch takes its queries from the file, as they are"));
	if (!o->batch && (o->tag || o->stats || o->typing))
		return kb_cli_usage(c, "search", "%s", _("--tag, --stats and --typing belong to --batch"));
	if (o->batch)
		return batch(c, kb, o, (size_t)limit);
	for (size_t i = 0; i < n; i++)
		str_addf(&text, "%s%s", i ? " " : "", words[i]);
	const struct context ctx = {.category = o->category, .step = ids_of(o->step, &a)};
	int rc = one(c, kb, str_z(&text), (size_t)limit, &ctx, o->explain != NULL);
	arena_release(&a);
	str_release(&text);
	return rc;
}
