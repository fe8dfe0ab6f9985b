// SPDX-License-Identifier: MIT
// Knows how word lists are compiled and matched against a line.
#include "src/desk/lexicon.h"

#include <unicode/uregex.h>
#include <unicode/ustring.h>

#include "src/base/arena.h"
#include "src/base/han.h"
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/foldmap.h"

#define MAX_PATTERN 200 // characters
#define TIME_LIMIT 20   // ICU steps, about a millisecond each
#define STACK_LIMIT (512 * 1024)
#define MAX_HITS 4096   // candidates of one text

static const struct kind_row lists[] = {
	[LEXICON_POSITIVE] = {"positive", N_("Positive phrases")},
	[LEXICON_EMPATHY] = {"empathy", N_("Empathy")},
	[LEXICON_FORBIDDEN] = {"forbidden", N_("Forbidden phrases")},
	[LEXICON_RISK_PROMISE] = {"risk_promise", N_("Risky promises")},
	[LEXICON_ASK_SECRET] = {"ask_secret", N_("Asking for secrets")},
	[LEXICON_KEYWORD_ALERT] = {"keyword_alert", N_("Alarm words")},
	[LEXICON_MOVE] = {"move", N_("Moves against objections")},
	[LEXICON_ALLOW] = {"allow", N_("Allowed phrases")},
};
KIND_DEFINE(lexicon_list, lists)

struct compiled {
	struct lexicon_entry *entry; // owned by the arena
	uint16_t *literal;           // owned by the arena; NULL for a regular expression
	URegularExpression *re;
};
struct lexicon {
	struct arena arena;
	struct compiled *v;
	size_t n, cap, timeouts;
};

struct lexicon *lexicon_new(void)
{
	return xcalloc(1, sizeof(struct lexicon));
}

void lexicon_free(struct lexicon *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].re)
			uregex_close(l->v[i].re);
	}
	vec_release(l);
	arena_release(&l->arena);
	free(l);
}

// A unit stays a unit: what has its simplified form beyond the 16 bits is left as it is.
static uint32_t simplify(uint32_t cp)
{
	uint32_t s = han_simplify(cp);

	return s > 0xFFFF ? cp : s;
}

// NFKC and case folded; traditional characters as simplified ones, and no blanks between Han characters: 不 知 道 is 不知道.
static void fold(struct foldmap *m, struct sv s)
{
	size_t kept = 0;

	foldmap_init(m, s);
	for (size_t i = 0; i < m->n; i++) {
		size_t next = i;
		while (next < m->n && m->u[next] == ' ')
			next++;
		if (next > i && kept && next < m->n && utf8_is_han(m->u[kept - 1]) && utf8_is_han(m->u[next]))
			i = next;
		m->u[kept] = (uint16_t)simplify(m->u[i]);
		m->from[kept] = m->from[i];
		m->to[kept++] = m->to[i];
	}
	m->n = kept;
}

static uint16_t *fold_literal(struct arena *a, struct sv s)
{
	struct foldmap m;

	fold(&m, s);
	uint16_t *u = arena_array(a, uint16_t, m.n + 1);
	if (m.n)
		memcpy(u, m.u, m.n * sizeof(*u));
	foldmap_release(&m);
	return u;
}

// Folds what is not ASCII in a regular expression, so that full-width and traditional text in it meets the folded line; what becomes
// an ASCII mark by that is escaped, so that "？" does not turn into a quantifier. ASCII stays: \D must not become \d.
static void fold_regex(const char *pattern, struct str *out)
{
	struct sv s = sv(pattern);

	for (size_t pos = 0; pos < s.n;) {
		uint32_t cp;
		size_t k = utf8_decode(sv_n(s.p + pos, s.n - pos), &cp);
		if (cp < 0x80) {
			str_addc(out, s.p[pos]);
		} else {
			struct str f = {0};
			struct str simple = {0};
			str_addcp(&simple, simplify(cp));
			utf8_fold(&f, sv_n(simple.s, simple.n));
			str_release(&simple);
			for (size_t i = 0; i < f.n; i++) {
				bool mark = (unsigned char)f.s[i] < 0x80 && strchr("\\^$.|?*+()[]{}-&", f.s[i]);
				if (mark)
					str_addc(out, '\\');
				str_addc(out, f.s[i]);
			}
			str_release(&f);
		}
		pos += k;
	}
}

static URegularExpression *compile_regex(const char *pattern, struct err *e)
{
	struct str f = {0};
	UChar u[MAX_PATTERN * 4];
	int32_t n = 0;
	UErrorCode ec = U_ZERO_ERROR;
	UParseError at = {0};
	URegularExpression *re = NULL;

	fold_regex(pattern, &f);
	u_strFromUTF8(u, (int32_t)(sizeof(u) / sizeof(*u)), &n, str_z(&f), (int32_t)f.n, &ec);
	str_release(&f);
	if (U_SUCCESS(ec))
		re = uregex_open(u, n, UREGEX_CASE_INSENSITIVE, &at, &ec);
	if (U_SUCCESS(ec)) {
		uregex_setTimeLimit(re, TIME_LIMIT, &ec);
		uregex_setStackLimit(re, STACK_LIMIT, &ec);
	}
	if (U_SUCCESS(ec))
		return re;
	if (re)
		uregex_close(re);
	err_set(e, ERR_PARSE, _("the regular expression \"%s\" is wrong near character %d: %s"), pattern, at.offset + 1,
		u_errorName(ec));
	return NULL;
}

bool lexicon_add(struct lexicon *l, const struct lexicon_entry *in, struct err *err)
{
	struct compiled c = {0};

	if (!in->pattern || sv_trim(sv(in->pattern)).n == 0)
		return err_set(err, ERR_PARSE, _("an entry of the word list is empty"));
	if (utf8_count(sv(in->pattern)) > MAX_PATTERN)
		return err_set(err, ERR_LIMIT, _("an entry of the word list has more than %d characters: %.60s"), MAX_PATTERN,
			in->pattern);
	if (in->regex) {
		c.re = compile_regex(in->pattern, err);
		if (!c.re)
			return false;
	} else {
		c.literal = fold_literal(&l->arena, sv_trim(sv(in->pattern)));
		if (!c.literal[0])
			return err_set(err, ERR_PARSE, _("an entry of the word list has nothing to compare: %s"), in->pattern);
	}
	c.entry = arena_new(&l->arena, struct lexicon_entry);
	*c.entry = *in;
	c.entry->pattern = arena_strdup(&l->arena, in->pattern);
	c.entry->class_ = arena_strdup(&l->arena, in->class_);
	c.entry->note = arena_strdup(&l->arena, in->note);
	c.entry->weight = in->weight ? in->weight : 1;
	vec_push(l, c);
	return true;
}

size_t lexicon_size(const struct lexicon *l)
{
	return l->n;
}

size_t lexicon_timeouts(const struct lexicon *l)
{
	return l->timeouts;
}

const char *lexicon_class(const struct lexicon_entry *e)
{
	return str_empty(e->class_) ? lexicon_list_code(e->list) : e->class_;
}

struct candidate {
	size_t from, to; // units
	size_t order;    // of the entry
	const struct lexicon_entry *entry;
};
struct candidates {
	struct candidate *v;
	size_t n, cap;
};

static void add_candidate(struct candidates *c, size_t from, size_t to, size_t order, const struct lexicon_entry *e)
{
	if (to > from && c->n < MAX_HITS)
		vec_push(c, ((struct candidate){from, to, order, e}));
}

static void match_regex(struct lexicon *l, size_t i, const struct foldmap *m, struct candidates *c)
{
	UErrorCode ec = U_ZERO_ERROR;
	URegularExpression *re = l->v[i].re;

	uregex_setText(re, m->u, (int32_t)m->n, &ec);
	while (U_SUCCESS(ec) && c->n < MAX_HITS && uregex_findNext(re, &ec)) {
		int32_t a = uregex_start(re, 0, &ec), b = uregex_end(re, 0, &ec);
		if (U_SUCCESS(ec))
			add_candidate(c, (size_t)a, (size_t)b, i, l->v[i].entry);
	}
	if (U_FAILURE(ec))
		l->timeouts++;
}

// Longest first; then allow before the rest, since it takes a phrase out; then the place; then the order of the lists.
static int by_length(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	size_t lx = x->to - x->from, ly = y->to - y->from;
	bool ax = x->entry->list == LEXICON_ALLOW, ay = y->entry->list == LEXICON_ALLOW;

	if (lx != ly)
		return lx > ly ? -1 : 1;
	if (ax != ay)
		return ax ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static int by_place(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

// Keeps the longest that do not overlap, in the order of the text.
static void choose(struct candidates *c, size_t units)
{
	bool *taken = xcalloc(units + 1, sizeof(*taken));
	size_t kept = 0;

	qsort(c->v, c->n, sizeof(*c->v), by_length);
	for (size_t i = 0; i < c->n; i++) {
		bool is_free = true;
		for (size_t u = c->v[i].from; u < c->v[i].to && is_free; u++)
			is_free = !taken[u];
		if (!is_free)
			continue;
		memset(taken + c->v[i].from, true, c->v[i].to - c->v[i].from);
		c->v[kept++] = c->v[i];
	}
	c->n = kept;
	qsort(c->v, c->n, sizeof(*c->v), by_place);
	free(taken);
}

static void match_literal(const struct lexicon *l, size_t i, const struct foldmap *m, struct candidates *c)
{
	for (size_t u = 0; u < m->n; u++) {
		size_t n = m->u[u] == l->v[i].literal[0] ? foldmap_at(m, u, l->v[i].literal) : 0;
		if (n)
			add_candidate(c, u, u + n, i, l->v[i].entry);
	}
}

static void find(struct lexicon *l, bool moves, const struct foldmap *m, struct candidates *c)
{
	for (size_t i = 0; i < l->n && m->n; i++) {
		if ((l->v[i].entry->list == LEXICON_MOVE) != moves)
			continue;
		if (l->v[i].re)
			match_regex(l, i, m, c);
		else
			match_literal(l, i, m, c);
	}
}

static void give(const struct candidates *c, size_t i, const struct foldmap *m, struct lexicon_hits *out)
{
	vec_push(out, ((struct lexicon_hit){m->from[c->v[i].from], m->to[c->v[i].to - 1], c->v[i].entry}));
}

void lexicon_match(struct lexicon *l, struct sv text, struct lexicon_hits *out)
{
	struct foldmap m;
	struct candidates c = {0};

	fold(&m, text);
	find(l, false, &m, &c);
	if (c.n)
		choose(&c, m.n);
	for (size_t i = 0; i < c.n; i++) {
		if (c.v[i].entry->list != LEXICON_ALLOW)
			give(&c, i, &m, out);
	}
	vec_release(&c);
	foldmap_release(&m);
}

void lexicon_moves(struct lexicon *l, struct sv text, struct lexicon_hits *out)
{
	struct foldmap m;
	struct candidates c = {0};

	fold(&m, text);
	find(l, true, &m, &c);
	for (size_t i = 0; i < c.n; i++) {
		if (!i || c.v[i].entry != c.v[i - 1].entry)
			give(&c, i, &m, out);
	}
	vec_release(&c);
	foldmap_release(&m);
}
