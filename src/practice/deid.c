// SPDX-License-Identifier: MIT
// Knows how a text is taken apart into units, in which order the rules go over them, and how it is put together again.
#include "src/practice/deid.h"

#include "src/base/han.h"
#include "src/base/utf8.h"
#include "src/desk/foldmap.h"
#include "src/practice/deid_part.h"

struct deid *deid_new(void)
{
	return xcalloc(1, sizeof(struct deid));
}

void deid_free(struct deid *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->needles.n; i++)
		free(d->needles.v[i].u);
	vec_release(&d->needles);
	vec_release(&d->numbers);
	free(d);
}

bool deid_separator(uint32_t cp)
{
	static const uint32_t others[] = {' ', '-', '.', '(', ')', '+', '_', '/', ',', '\'', '|', 0xa0, 0xb7, 0x2022, 0x2019, 0x3000, 0x3001, 0x3002, 0x30fb, 0xff0c, 0x2027};

	if (cp >= 0x2010 && cp <= 0x2015)
		return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (cp == others[i])
			return true;
	return false;
}

static signed char digit_of(uint32_t cp)
{
	if (cp >= '0' && cp <= '9')
		return (signed char)(cp - '0');
	if (cp >= 0x660 && cp <= 0x669)
		return (signed char)(cp - 0x660);
	return cp >= 0x6f0 && cp <= 0x6f9 ? (signed char)(cp - 0x6f0) : -1;
}

// Was the first letter of these bytes a capital one?
static bool capital(struct sv s)
{
	uint32_t cp;

	if (!s.n)
		return false;
	utf8_decode(s, &cp);
	return (cp >= 'A' && cp <= 'Z') || (cp >= 0xff21 && cp <= 0xff3a) || (cp >= 0xc0 && cp <= 0xde && cp != 0xd7);
}

void deid_unfold(struct deid_text *t, const char *text)
{
	struct foldmap m;

	*t = (struct deid_text){.text = text};
	foldmap_init(&m, sv(text));
	for (size_t i = 0; i < m.n; i++) {
		uint32_t cp = han_simplify(m.u[i]);
		vec_push(&t->v, ((struct unit){.cp = cp, .raw = m.u[i], .from = m.from[i], .to = m.to[i], .digit = digit_of(cp),
					       .upper = capital(sv_n(text + m.from[i], m.to[i] - m.from[i]))}));
		if (!deid_separator(cp))
			vec_push(&t->squeezed, i);
	}
	foldmap_release(&m);
}

void deid_hide(struct deid_text *t, size_t from, size_t to, enum hide how)
{
	for (size_t i = from; i < to && i < t->v.n; i++)
		if (t->v.v[i].hide < how)
			t->v.v[i].hide = how;
}

bool deid_at(const struct deid_text *t, size_t i, const char *word, size_t *end)
{
	struct sv w = sv(word);

	while (w.n) {
		uint32_t cp;
		size_t n = utf8_decode(w, &cp);
		if (i >= t->v.n || t->v.v[i].cp != cp)
			return false;
		w = sv_n(w.p + n, w.n - n);
		i++;
	}
	*end = i;
	return true;
}

size_t deid_blanks(const struct deid_text *t, size_t i, size_t most)
{
	while (most-- > 0 && i < t->v.n && deid_separator(t->v.v[i].cp))
		i++;
	return i;
}

// --- put together again

static bool any_han(const struct deid_text *t, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (utf8_is_han(t->v.v[i].cp))
			return true;
	return false;
}

// What stands for the units [from, to), which are hidden in one way.
static void put_hidden(const struct deid_text *t, size_t from, size_t to, enum hide how, struct str *out)
{
	if (how == HIDE_NAME && any_han(t, from, to)) {
		str_add(out, to - from == 1 ? "某" : "某某");
	} else if (how == HIDE_SIGN) {
		for (size_t i = from; i < to; i++)
			if (deid_separator(t->v.v[i].cp))
				str_addn(out, t->text + t->v.v[i].from, t->v.v[i].to - t->v.v[i].from);
			else if (i == from || t->v.v[i].from != t->v.v[i - 1].from)
				str_addc(out, '*');
	} else {
		str_add(out, "***");
	}
}

// A character that became several units is hidden when one of them is.
static void spread(struct deid_text *t)
{
	for (size_t i = 1; i < t->v.n; i++)
		if (t->v.v[i].from == t->v.v[i - 1].from)
			deid_hide(t, i, i + 1, t->v.v[i - 1].hide);
	for (size_t i = t->v.n; i-- > 1;)
		if (t->v.v[i].from == t->v.v[i - 1].from)
			deid_hide(t, i - 1, i, t->v.v[i].hide);
}

static char *rendered(struct deid_text *t)
{
	struct str out = {0}, masked = {0};
	size_t pos = 0;

	spread(t);
	for (size_t i = 0; i < t->v.n;) {
		size_t to = i + 1;
		while (to < t->v.n && t->v.v[to].hide == t->v.v[i].hide)
			to++;
		if (t->v.v[i].hide == SHOWN) {
			i = to;
			continue;
		}
		str_addn(&out, t->text + pos, t->v.v[i].from - pos);
		put_hidden(t, i, to, t->v.v[i].hide, &out);
		pos = t->v.v[to - 1].to;
		i = to;
	}
	str_add(&out, t->text + pos);
	mask_text(sv(str_z(&out)), &masked);
	str_release(&out);
	str_z(&masked);
	return masked.s ? str_take(&masked) : xstrdup("");
}

void deid_texts(const struct deid *d, char **texts, size_t n)
{
	struct deid_text *t = xcalloc(n + 1, sizeof(*t));
	struct digits l = {0};

	for (size_t i = 0; i < n; i++) {
		deid_unfold(&t[i], texts[i] ? texts[i] : "");
		deid_list_digits(&t[i], i, &l);
	}
	deid_stream(d, t, &l);
	for (size_t i = 0; i < n; i++) {
		deid_needles(d, &t[i]);
		deid_dates(d, &t[i], &l, i);
		deid_tokens(&t[i]);
		deid_runs(d, &t[i], &l, i);
		deid_addresses(&t[i]);
		deid_names(&t[i]);
	}
	for (size_t i = 0; i < n; i++) {
		char *clean = texts[i] ? rendered(&t[i]) : NULL;
		free(texts[i]);
		texts[i] = clean;
		vec_release(&t[i].v);
		vec_release(&t[i].squeezed);
	}
	vec_release(&l.v);
	free(t);
}
