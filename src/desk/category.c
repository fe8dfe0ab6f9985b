// SPDX-License-Identifier: MIT
// Knows the tree of categories and how a leaf is found from a few letters or from what the customer said.
#include "src/desk/category.h"

#include "src/base/i18n.h"
#include "src/base/utf8.h"

void category_tree_release(struct category_tree *t)
{
	vec_release(t);
	arena_release(&t->arena);
}

static bool code_ok(const char *code)
{
	size_t n = code ? strlen(code) : 0;

	if (n == 0 || n > 64 || code[0] == '.' || code[n - 1] == '.')
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = code[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.') ||
			(c == '.' && code[i + 1] == '.'))
			return false;
	}
	return true;
}

bool category_tree_add(struct category_tree *t, const struct category *c, struct err *e)
{
	if (!code_ok(c->code))
		return err_set(e, ERR_PARSE, _("category \"%s\": a code has parts of a-z, 0-9 and _ divided by dots"),
			c->code ? c->code : "");
	if (str_empty(c->zh))
		return err_set(e, ERR_PARSE, _("category %s has no Chinese label"), c->code);
	if (category_find(t, c->code))
		return err_set(e, ERR_CONFLICT, _("category %s is defined twice"), c->code);
	struct category *n = vec_add(t);
	*n = *c;
	n->code = arena_strdup(&t->arena, c->code);
	n->zh = arena_strdup(&t->arena, c->zh);
	n->en = arena_strdup(&t->arena, c->en);
	n->script = arena_strdup(&t->arena, c->script);
	n->form = arena_strdup(&t->arena, c->form);
	n->queue = arena_strdup(&t->arena, c->queue);
	n->pack = arena_strdup(&t->arena, c->pack);
	n->keywords = arena_array(&t->arena, const char *, c->nkeywords ? c->nkeywords : 1);
	for (size_t i = 0; i < c->nkeywords; i++)
		n->keywords[i] = arena_strdup(&t->arena, c->keywords[i]);
	n->parent = -1;
	n->depth = 0;
	n->leaf = true;
	n->initials = n->folded = "";
	return true;
}

const struct category *category_find(const struct category_tree *t, const char *code)
{
	for (size_t i = 0; code && i < t->n; i++) {
		if (strcmp(t->v[i].code, code) == 0)
			return &t->v[i];
	}
	return NULL;
}

// The most usual first letter of each Han character; letters and digits stand for themselves.
static const char *make_initials(struct category_tree *t, const char *zh, category_initials *initials)
{
	struct str b = {0};
	struct sv s = sv(zh);

	for (size_t pos = 0; pos < s.n;) {
		uint32_t cp;
		char letters[8] = {0};
		pos += utf8_decode(sv_n(s.p + pos, s.n - pos), &cp);
		if (cp < 0x80) {
			char c = (char)(cp >= 'A' && cp <= 'Z' ? cp + 32 : cp);
			if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
				str_addc(&b, c);
		} else if (initials && initials(cp, letters) > 0) {
			str_addc(&b, letters[0]);
		}
	}
	const char *out = arena_strdup(&t->arena, str_z(&b));
	str_release(&b);
	return out;
}

static const char *make_folded(struct category_tree *t, const struct category *c)
{
	struct str b = {0};

	utf8_fold(&b, sv(c->zh));
	str_addc(&b, '\n');
	utf8_fold(&b, sv(c->en));
	for (size_t i = 0; i < c->nkeywords; i++) {
		str_addc(&b, '\n');
		utf8_fold(&b, sv_trim(sv(c->keywords[i])));
	}
	const char *out = arena_strdup(&t->arena, str_z(&b));
	str_release(&b);
	return out;
}

bool category_tree_link(struct category_tree *t, category_initials *initials, struct err *e)
{
	for (size_t i = 0; i < t->n; i++) {
		struct category *c = &t->v[i];
		const char *dot = strrchr(c->code, '.');
		char up[65] = {0};

		c->initials = make_initials(t, c->zh, initials);
		c->folded = make_folded(t, c);
		if (!dot)
			continue;
		memcpy(up, c->code, (size_t)(dot - c->code));
		const struct category *parent = category_find(t, up);
		if (!parent)
			return err_set(e, ERR_NOT_FOUND, _("category %s needs its branch %s, which no loaded pack defines"),
				c->code, up);
		c->parent = (int)(parent - t->v);
		t->v[c->parent].leaf = false;
		for (const char *p = c->code; *p; p++)
			c->depth += *p == '.';
	}
	return true;
}

size_t category_children(const struct category_tree *t, int parent, const struct category **out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i].parent != parent)
			continue;
		if (n < cap)
			out[n] = &t->v[i];
		n++;
	}
	return n;
}

const char *category_label(const struct category *c)
{
	return i18n_pick(c->zh, c->en);
}

void category_path(const struct category_tree *t, const struct category *c, struct str *out)
{
	if (c->parent >= 0) {
		category_path(t, &t->v[c->parent], out);
		str_add(out, " > ");
	}
	str_add(out, category_label(c));
}

// Keeps the best `cap`; of equal ones the earlier stays ahead.
static size_t insert(struct category_pick *out, size_t n, size_t cap, const struct category *c, int score)
{
	size_t at = n;

	while (at > 0 && out[at - 1].score < score)
		at--;
	if (at >= cap)
		return n;
	size_t move = (n < cap ? n : cap - 1) - at;
	memmove(&out[at + 1], &out[at], move * sizeof(*out));
	out[at] = (struct category_pick){c, score};
	return n < cap ? n + 1 : n;
}

static bool word_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// A keyword of Latin letters must stand alone in the text ("red" is not in "credit"); Han keywords may stand anywhere.
static bool contains(const char *text, struct sv word)
{
	for (const char *p = text; word.n && (p = memmem(p, strlen(p), word.p, word.n)) != NULL; p++) {
		bool left = word_letter(word.p[0]) && p > text && word_letter(p[-1]);
		bool right = word_letter(word.p[word.n - 1]) && word_letter(p[word.n]);
		if (!left && !right)
			return true;
	}
	return false;
}

static int keyword_hits(const struct category *c, const char *text)
{
	struct sv rest = sv(c->folded), part;
	int hits = 0;

	for (int i = 0; sv_split(&rest, '\n', &part); i++) {
		if (i >= 2 && contains(text, part))
			hits++;
	}
	return hits;
}

size_t category_suggest(const struct category_tree *t, struct sv text, const char *queue, const char *last,
	struct category_pick *out, size_t cap)
{
	struct str f = {0};
	size_t n = 0;

	utf8_fold(&f, text);
	for (size_t i = 0; i < t->n; i++) {
		const struct category *c = &t->v[i];
		if (!c->leaf)
			continue;
		int score = 3 * keyword_hits(c, str_z(&f));
		score += queue && c->queue && str_eq(queue, c->queue) ? 2 : 0;
		score += last && str_eq(last, c->code) ? 1 : 0;
		if (score > 0)
			n = insert(out, n, cap, c, score);
	}
	str_release(&f);
	return n;
}

static bool starts(struct sv part, struct sv q)
{
	return part.n >= q.n && memcmp(part.p, q.p, q.n) == 0;
}

// 0: no match. Higher is better.
static int typed_score(const struct category *c, struct sv q)
{
	struct sv rest = sv(c->folded), part, code = sv(c->code);
	int best = 0;

	if (sv_eq(code, q))
		return 100;
	for (int i = 0; sv_split(&rest, '\n', &part); i++) {
		bool label = i < 2;
		int score = sv_eq(part, q) ? (label ? 95 : 85) : starts(part, q) ? (label ? 90 : 70) :
			memmem(part.p, part.n, q.p, q.n) ? (label ? 60 : 40) : 0;
		best = score > best ? score : best;
	}
	const char *dot = strrchr(c->code, '.');
	if (starts(code, q) || (dot && starts(sv(dot + 1), q)))
		best = best > 88 ? best : 88;
	if (starts(sv(c->initials), q))
		best = best > 80 ? best : 80;
	else if (strstr(c->initials, q.p))
		best = best > 50 ? best : 50;
	return best;
}

size_t category_type_ahead(const struct category_tree *t, struct sv query, struct category_pick *out, size_t cap)
{
	struct str f = {0};
	size_t n = 0;

	utf8_fold(&f, sv_trim(query));
	for (size_t i = 0; i < t->n; i++) {
		if (!t->v[i].leaf)
			continue;
		int score = f.n ? typed_score(&t->v[i], sv(f.s)) : 1;
		if (score > 0)
			n = insert(out, n, cap, &t->v[i], score);
	}
	str_release(&f);
	return n;
}
