// SPDX-License-Identifier: MIT
// Knows articles and queries made at random of the pieces that the packs' own articles have.
#include "tests/unit/kb/pieces.h"

#include <dirent.h>
#include <stdlib.h>

#include "kb/import.h"
#include "src/base/han.h"
#include "src/base/path.h"
#include "src/base/utf8.h"

uint32_t pieces_rnd(struct pieces *p, uint32_t below)
{
	p->seed = p->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((p->seed >> 33) % below);
}

// ---- pieces ----

static void take_sentences(struct pieces *p, const char *body)
{
	while (*body) {
		size_t n = strcspn(body, "\n");
		if (n > 12)
			vec_push(&p->sentences, arena_strndup(&p->a, body, n));
		body += n + (body[n] != '\0');
	}
}

static void take_article(struct pieces *p, const char *path)
{
	struct str s = {0};
	struct kb_text t;
	struct err e = {0};
	int line;

	if (!path_read(path, 1 << 20, &s, &e) || !kb_parse_markdown(path, sv_n(s.s, s.n), "Asia/Shanghai", &t, &line, &p->a, &e))
		BUG("%s: %s", path, e.msg);
	vec_push(&p->titles, t.title);
	if (*t.title_en)
		vec_push(&p->english, t.title_en);
	for (size_t i = 0; i < t.tags.n; i++)
		vec_push(&p->words, t.tags.v[i]);
	for (size_t i = 0; i < t.synonyms.n; i++)
		vec_push(&p->words, t.synonyms.v[i]);
	for (size_t i = 0; i < t.phrasings.n; i++)
		vec_push(&p->phrasings, t.phrasings.v[i]);
	for (size_t i = 0; i < t.category.n; i++)
		vec_push(&p->categories, t.category.v[i]);
	take_sentences(p, t.body);
	str_release(&s);
}

void pieces_open(struct pieces *p, uint64_t seed)
{
	static const char *const packs[] = {"airline", "common", "finance", "retail"};

	*p = (struct pieces){.seed = seed};
	utf8_init();
	for (size_t i = 0; i < 4; i++) {
		char *dir = xasprintf(ZUOXI_SOURCEDIR "/config/packs/%s/kb", packs[i]);
		struct dirent **names;
		int n = scandir(dir, &names, NULL, alphasort);
		for (int k = 0; k < n; k++) {
			char *path = path_join(dir, names[k]->d_name);
			if (names[k]->d_name[0] != '.')
				take_article(p, path);
			free(path);
			free(names[k]);
		}
		if (n >= 0)
			free(names);
		free(dir);
	}
	if (p->titles.n < 50 || p->english.n < 50 || p->sentences.n < 500)
		BUG("too few pieces");
}

void pieces_close(struct pieces *p)
{
	vec_release(&p->titles);
	vec_release(&p->english);
	vec_release(&p->sentences);
	vec_release(&p->words);
	vec_release(&p->phrasings);
	vec_release(&p->categories);
	arena_release(&p->a);
}

// ---- articles ----

#define ONE_OF(p, list) ((p)->list.v[pieces_rnd((p), (uint32_t)(p)->list.n)])
#define SOME_OF(p, list, most, a) some((p), (p)->list.v, (p)->list.n, (most), (a))

static struct kb_list some(struct pieces *p, const char *const *v, size_t n, uint32_t most, struct arena *a)
{
	struct kb_list l = {arena_array(a, const char *, most + 1), pieces_rnd(p, most + 1)};

	for (size_t i = 0; i < l.n; i++)
		l.v[i] = v[pieces_rnd(p, (uint32_t)n)];
	return l;
}

// A title, its beginning, or the half of one and the half of another.
static const char *random_title(struct pieces *p, struct arena *a)
{
	const char *one = ONE_OF(p, titles), *other = ONE_OF(p, titles);
	size_t n = strlen(one), at = utf8_prev(sv(one), n / 2 + 1), from = utf8_prev(sv(other), strlen(other) / 2 + 1);

	switch (pieces_rnd(p, 4)) {
	case 0:
		return arena_strndup(a, one, at);
	case 1:
		return arena_printf(a, "%.*s%s", (int)at, one, other + from);
	default:
		return one;
	}
}

struct kb_text pieces_article(struct pieces *p, unsigned n, unsigned variant, struct arena *a)
{
	uint64_t seed = p->seed;
	const char *body = "";

	p->seed = (uint64_t)n * 0x9e3779b97f4a7c15u + variant * 0xc2b2ae3d27d4eb4fu + 20261122;
	pieces_rnd(p, 2);
	for (uint32_t i = pieces_rnd(p, 9); i > 0; i--)
		body = arena_printf(a, "%s%s\n", body, ONE_OF(p, sentences));
	struct kb_text t = {
		.id = arena_printf(a, "T-%03u", n),
		.title = random_title(p, a),
		.title_en = pieces_rnd(p, 3) ? ONE_OF(p, english) : "",
		.question = pieces_rnd(p, 3) ? ONE_OF(p, phrasings) : "",
		.body = arena_printf(a, "%s第%u条。", body, n),
		.tags = SOME_OF(p, words, 4, a),
		.synonyms = SOME_OF(p, words, 4, a),
		.phrasings = SOME_OF(p, phrasings, 3, a),
		.category = SOME_OF(p, categories, 2, a),
		.lang = "zh",
		.author = "甲",
		.approver = "乙",
		.note = arena_printf(a, "%u", variant),
		.must_read = pieces_rnd(p, 9) == 0,
	};
	p->seed = seed;
	return t;
}

// ---- queries ----

// From one character to another.
static const char *part(struct pieces *p, const char *s, struct arena *a)
{
	size_t n = strlen(s), from, to;

	if (!n)
		return s;
	from = utf8_prev(sv(s), pieces_rnd(p, (uint32_t)n) + 1);
	to = from + pieces_rnd(p, 24) + 3;
	while (to < n && ((unsigned char)s[to] & 0xc0) == 0x80)
		to++;
	return to < n ? arena_strndup(a, s + from, to - from) : s + from;
}

const char *pieces_initials(const char *text, struct arena *a)
{
	struct sv s = sv(text);
	const char *out = "", *one;

	for (size_t i = 0; i < s.n && strlen(out) < 12;) {
		uint32_t cp;
		i += utf8_decode(sv_n(s.p + i, s.n - i), &cp);
		if (utf8_is_han(cp) && han_readings(han_simplify(cp), &one, 1))
			out = arena_printf(a, "%s%c", out, *one);
	}
	return out;
}

static const char *plain(struct pieces *p, struct arena *a)
{
	switch (pieces_rnd(p, 8)) {
	case 0:
		return ONE_OF(p, titles);
	case 1:
		return part(p, ONE_OF(p, titles), a);
	case 2:
		return ONE_OF(p, words);
	case 3:
		return ONE_OF(p, phrasings);
	case 4:
		return part(p, ONE_OF(p, english), a);
	case 5:
		return part(p, ONE_OF(p, sentences), a);
	case 6:
		return pieces_initials(ONE_OF(p, words), a);
	default:
		return arena_printf(a, "%s %s", ONE_OF(p, words), ONE_OF(p, words));
	}
}

const char *pieces_query(struct pieces *p, struct arena *a)
{
	switch (pieces_rnd(p, 12)) {
	case 0:
		return arena_printf(a, "\"%s\"", part(p, ONE_OF(p, sentences), a));
	case 1:
		return arena_printf(a, "%s -%s", plain(p, a), ONE_OF(p, words));
	case 2:
		return arena_printf(a, "title:%s", part(p, ONE_OF(p, titles), a));
	case 3:
		return arena_printf(a, "id:T-0%u %s", pieces_rnd(p, 10), plain(p, a));
	case 4:
		return arena_printf(a, "category:%s %s", ONE_OF(p, categories), pieces_rnd(p, 2) ? plain(p, a) : "");
	case 5:
		return "";
	default:
		return plain(p, a);
	}
}

// ---- answers ----

static void add_marked(struct str *out, const struct kb_marked *m)
{
	str_addf(out, " [%s", m->text);
	for (size_t i = 0; i < m->nspans; i++)
		str_addf(out, " %zu-%zu", m->spans[i].from, m->spans[i].to);
	str_addc(out, ']');
}

static void add_answer(struct str *out, const struct kb_query *q, const struct kb_results *r)
{
	str_addf(out, "%s %d%s '%s':", q->text, (int)q->effort, r->nothing_found ? " nothing" : "", r->suggestion);
	for (size_t k = 0; k < r->n; k++) {
		const struct kb_score *s = &r->v[k].score;
		str_addf(out, " %s %a %a %a %u/%u %u%s%s", r->v[k].id, s->total, s->text, s->learned, s->terms_hit, s->terms, s->agents,
			 s->by_pinyin ? "p" : "", s->by_correction ? "c" : "");
		add_marked(out, &r->v[k].title);
		if (k < 2)
			add_marked(out, &r->v[k].snippet);
	}
	str_addc(out, '\n');
}

const char *pieces_answers(struct kb *kb, const char *const *queries, size_t n, struct arena *a)
{
	struct str out = {0};
	struct arena mine = {0};

	for (size_t i = 0; i < n; i++)
		for (int effort = KB_KEYSTROKE; effort <= KB_WHOLE_BEGUN; effort++) {
			struct kb_query q = {.text = queries[i], .effort = (enum kb_effort)effort, .snippets = 2,
					     .category = i % 3 ? NULL : "loan"};
			struct kb_results r;
			struct err e = {0};
			arena_clear(&mine);
			if (!kb_search(kb, &q, &r, &mine, &e))
				BUG("%s: %s", queries[i], e.msg);
			add_answer(&out, &q, &r);
		}
	const char *kept = arena_strndup(a, str_z(&out), out.n);
	str_release(&out);
	arena_release(&mine);
	return kept;
}
