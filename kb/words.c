// SPDX-License-Identifier: MIT
// Knows how the words of the articles are counted, kept and looked up.
#include "kb/words_internal.h"

#include "src/base/err.h"

// Measured (callgrind, -O2; 94,000 distinct words, 20,000 articles of 100 words): 110 instructions a word gathered; in the flush
// 5,300 a new word and 9,600 a known one, nearly all of it SQLite's B-tree. Completing one letter (2,000 rows): 2,100,000; four
// letters: 15,000. Written one by one, words took 8,800 and 13,000.

enum { COMPLETE_ROWS = 2000 };

const uint64_t words_letters[26] = {
	0x916a6692b975c751u, 0x4668554fc6b290c4u, 0x4d3c0057eb349047u, 0x7152eaac64929e6bu, 0x78a76dad8b19f984u,
	0x070859c130354c75u, 0x962db947e6335359u, 0x1652f4b5efecd619u, 0xae80d95a9c87e10du, 0x20545007a9ef5d5au,
	0xd05e52d4155a2a24u, 0x4bd1cfe9c2d5debcu, 0xdd4091b64c368607u, 0x63c1f11c147e9318u, 0xfd51d632f9b274d5u,
	0x7ab1cd5a51a229edu, 0xca40281e9c4d2ae2u, 0xc5451e7f84cb5d08u, 0x7d6ce1e2a2baae3du, 0x9977297aecc22e82u,
	0xefa02aec3e8bfcb2u, 0xfe4fcf639d83ad8eu, 0x62e30ef6a5d21496u, 0xea628a53ef38459au, 0xa680b19b064d7bd9u,
	0x14de1fcdeeb1feacu,
};

struct kb_words *kb_words_new(struct kb *kb)
{
	struct kb_words *w = xcalloc(1, sizeof(*w));

	w->kb = kb;
	w->sign = 1;
	w->article = 1;
	w->map = xcalloc(1, MAP_BYTES);
	return w;
}

void kb_words_free(struct kb_words *w)
{
	if (!w)
		return;
	words_release(&w->gathered);
	free(w->map);
	free(w);
}

void kb_words_stale(struct kb_words *w)
{
	w->loaded = false;
}

// ---- the map ----

bool words_map(struct kb_words *w, struct err *e)
{
	sqlite3_stmt *st;
	enum kb_step s;

	if (w->loaded)
		return true;
	st = kb_stmt(w->kb, "SELECT slice, d FROM kb_word_map ORDER BY slice", e);
	if (!st)
		return false;
	memset(w->map, 0, MAP_BYTES);
	memset(w->dirty, 0, sizeof(w->dirty));
	while ((s = kb_step(w->kb, st, e)) == KB_ROW) {
		int64_t slice = sqlite3_column_int64(st, 0);
		struct sv d = kb_col(st, 1);
		if (slice >= 0 && slice < MAP_SLICES && d.n == MAP_SLICE)
			memcpy(w->map + slice * MAP_SLICE, d.p, MAP_SLICE);
	}
	w->loaded = s == KB_DONE;
	return w->loaded;
}

static void mark(struct kb_words *w, uint64_t h, bool begun)
{
	uint64_t m = words_mix(h);

	for (int i = 0; i < 3; i++) {
		uint32_t bit = words_bit(m, i, begun);
		unsigned char *byte = &w->map[bit >> 3], one = (unsigned char)(1u << (bit & 7));
		if (*byte & one)
			continue;
		*byte |= one;
		w->dirty[(bit >> 3) / MAP_SLICE] = true;
	}
}

static void mark_word(struct kb_words *w, struct sv word)
{
	uint64_t h[KB_TOKEN_MAX + 1] = {0};

	if (word.n < WORDS_FROM)
		return;
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] < 'a' || word.p[i] > 'z')
			return;
		h[i + 1] = h[i] * WORDS_STEP + words_letters[word.p[i] - 'a'];
	}
	if (word.n <= WORDS_TO)
		mark(w, h[word.n], false);
	for (size_t i = WORDS_BEGUN; i <= word.n && i <= WORDS_TO; i++)
		mark(w, h[i], true);
}

static bool flush_map(struct kb_words *w, struct err *e)
{
	for (int i = 0; i < MAP_SLICES; i++) {
		sqlite3_stmt *st;
		int at = 0;
		if (!w->dirty[i])
			continue;
		st = kb_stmt(w->kb, "INSERT INTO kb_word_map(slice, d) VALUES(?, ?) ON CONFLICT(slice) DO UPDATE SET d = excluded.d", e);
		if (!st)
			return false;
		kb_bind_int(st, &at, i);
		kb_bind_blob(st, &at, w->map + i * MAP_SLICE, MAP_SLICE);
		if (!kb_run(w->kb, st, e))
			return false;
		w->dirty[i] = false;
	}
	return true;
}

// ---- flushing ----

// Words that come are written many at once, which costs half of one by one.
#define ROWS_8 "(?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?)"
#define ADD(rows) \
	"INSERT INTO kb_word(w, n, h) VALUES" rows " ON CONFLICT(w) DO UPDATE SET n = n + excluded.n, h = h + excluded.h"

enum { BATCH = 32 };

static void bind_count(sqlite3_stmt *st, int *at, const struct words_count *c)
{
	kb_bind_text(st, at, c->text);
	kb_bind_int(st, at, c->n);
	kb_bind_int(st, at, c->h);
}

static bool add_words(struct kb_words *w, const struct words_count *const v[], size_t n, struct err *e)
{
	size_t step = n == BATCH ? BATCH : 1;

	for (size_t i = 0; i < n; i += step) {
		sqlite3_stmt *st = step == BATCH ? kb_stmt(w->kb, ADD(ROWS_8 ", " ROWS_8 ", " ROWS_8 ", " ROWS_8), e)
						 : kb_stmt(w->kb, ADD("(?, ?, ?)"), e);
		int at = 0;
		if (!st)
			return false;
		for (size_t k = 0; k < step; k++)
			bind_count(st, &at, v[i + k]);
		if (!kb_run(w->kb, st, e))
			return false;
	}
	return true;
}

// A word that fewer articles have, or as many and only others in the head.
static bool take_word(struct kb_words *w, const struct words_count *c, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(w->kb, "UPDATE kb_word SET n = n + ?2, h = h + ?3 WHERE w = ?1", e);
	int at = 0;

	if (!st)
		return false;
	bind_count(st, &at, c);
	if (!kb_run(w->kb, st, e))
		return false;
	if (!c->n)
		return true;
	st = kb_stmt(w->kb, "DELETE FROM kb_word WHERE w = ? AND n <= 0", e);
	at = 0;
	if (!st)
		return false;
	kb_bind_text(st, &at, c->text);
	return kb_run(w->kb, st, e);
}

static bool flush_words(struct kb_words *w, const struct words_count *v, size_t n, struct err *e)
{
	const struct words_count *come[BATCH];
	size_t ncome = 0;

	for (size_t i = 0; i < n; i++) {
		if (v[i].n <= 0) {
			if (!take_word(w, &v[i], e))
				return false;
			continue;
		}
		mark_word(w, v[i].text);
		come[ncome++] = &v[i];
		if (ncome < BATCH)
			continue;
		if (!add_words(w, come, ncome, e))
			return false;
		ncome = 0;
	}
	return add_words(w, come, ncome, e);
}

bool kb_words_flush(struct kb_words *w, struct err *e)
{
	size_t n;

	if (!w->gathered.n)
		return true;
	if (!words_map(w, e))
		return false;
	struct words_count *v = words_sorted(&w->gathered, &n);
	bool ok = flush_words(w, v, n, e) && flush_map(w, e);
	free(v);
	if (ok)
		words_drop(w);
	return ok;
}

void kb_words_forget(struct kb_words *w)
{
	words_drop(w);
	w->loaded = false;
}

bool kb_words_clear(struct kb_words *w, struct err *e)
{
	kb_words_forget(w);
	return kb_exec(w->kb, "DELETE FROM kb_word; DELETE FROM kb_word_map", e);
}

// ---- reading ----

bool kb_words_get(struct kb_words *w, struct sv word, int64_t *n, int64_t *h, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(w->kb, "SELECT n, h FROM kb_word WHERE w = ?", e);
	int at = 0;

	*n = *h = 0;
	if (!st)
		return false;
	kb_bind_text(st, &at, word);
	enum kb_step s = kb_step(w->kb, st, e);
	if (s == KB_ROW) {
		*n = sqlite3_column_int64(st, 0);
		*h = sqlite3_column_int64(st, 1);
	}
	sqlite3_reset(st);
	return s != KB_FAILED;
}

// Below 0: a is the better one.
static int better(const struct kb_word *a, const struct kb_word *b)
{
	if (a->slip != b->slip)
		return a->slip < b->slip ? -1 : 1;
	if (a->h != b->h)
		return a->h > b->h ? -1 : 1;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return strcmp(a->w, b->w);
}

void words_keep(struct kb_word *out, size_t max, size_t *n, struct sv text, int64_t nn, int64_t h, uint8_t slip)
{
	struct kb_word k = {.n = nn, .h = h, .slip = slip};
	size_t i = 0;

	if (!max || text.n > KB_TOKEN_MAX)
		return;
	memcpy(k.w, text.p, text.n);
	if (*n == max && better(&out[max - 1], &k) <= 0)
		return;
	while (i < *n && !str_eq(out[i].w, k.w))
		i++;
	if (i < *n && better(&out[i], &k) <= 0)
		return;
	if (i == max)
		i--;
	else if (i == *n)
		++*n;
	for (; i > 0 && better(&k, &out[i - 1]) < 0; i--)
		out[i] = out[i - 1];
	out[i] = k;
}

bool words_scan(struct kb_words *w, struct sv prefix, bool longer, struct sv unlike, uint8_t slip, int64_t *rows,
		struct kb_word *out, size_t max, size_t *n, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(w->kb, "SELECT w, n, h FROM kb_word WHERE w >= ? AND w < ? ORDER BY w LIMIT ?", e);
	static const char last[] = "\xf4\x8f\xbf\xbf"; // U+10FFFF is in no word
	char to[KB_TOKEN_MAX + sizeof(last)];
	int at = 0;
	enum kb_step s;

	if (!st)
		return false;
	memcpy(to, prefix.p, prefix.n);
	memcpy(to + prefix.n, last, sizeof(last));
	kb_bind_text(st, &at, prefix);
	kb_bind_text(st, &at, sv_n(to, prefix.n + sizeof(last) - 1));
	kb_bind_int(st, &at, *rows + longer);
	while ((s = kb_step(w->kb, st, e)) == KB_ROW) {
		struct sv text = kb_col(st, 0);
		int64_t h = sqlite3_column_int64(st, 2);
		if (longer && text.n == prefix.n)
			continue;
		--*rows;
		if (*n == max && slip == out[max - 1].slip && h < out[max - 1].h)
			continue;
		if (unlike.n && text.n >= unlike.n && memcmp(text.p, unlike.p, unlike.n) == 0)
			continue;
		words_keep(out, max, n, text, sqlite3_column_int64(st, 1), h, slip);
	}
	return s == KB_DONE;
}

bool kb_words_complete(struct kb_words *w, struct sv prefix, struct kb_word *out, size_t max, size_t *n, struct err *e)
{
	int64_t rows = COMPLETE_ROWS;

	*n = 0;
	if (!prefix.n || prefix.n > KB_TOKEN_MAX || !max)
		return true;
	return words_scan(w, prefix, true, sv_n(NULL, 0), 0, &rows, out, max, n, e);
}
