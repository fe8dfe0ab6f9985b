// SPDX-License-Identifier: MIT
// Knows which known words a mistyped one may mean: the words one edit away, and how likely each mistake is.
#include "kb/words_internal.h"

// Measured (callgrind, -O2, 94,000 words): a word of 8 letters has 460 variants, 90 instructions each to try in the map, and each
// that is likely costs one look into the table (7,300). Reading the map: 930,000, once a connection and commit.

enum {
	TYPED_FROM = 4,
	TYPED_TO = 20,
	EDITS_MAX = TYPED_TO + (TYPED_TO - 1) + 25 * TYPED_TO + 26 * (TYPED_TO + 1),
	SLIPS = 4,
	BEGUN_ROWS = 500,   // looked at for one beginning
	BEGUN_TOTAL = 4000, // for all of them
};

enum edit_kind { LEFT_OUT, PUT_IN, REPLACED, EXCHANGED };

// What is done to the word at a place to get the known one.
struct edit {
	uint8_t kind, at, slip;
	char letter;
};

// The word and its parts: before[i] hashes the first i letters, behind[i] those from i on.
struct typed {
	struct sv word;
	bool open_end;
	const unsigned char *map;
	uint64_t before[TYPED_TO + 1], behind[TYPED_TO + 1], step[TYPED_TO + 2];
	struct edit v[EDITS_MAX];
	size_t n;
};

// Keys that touch on a QWERTY keyboard.
static bool beside(char a, char b)
{
	static const char rows[3][11] = {"qwertyuiop", "asdfghjkl", "zxcvbnm"};
	int row[2] = {0}, col[2] = {0};

	for (int r = 0; r < 3; r++)
		for (int c = 0; rows[r][c]; c++)
			for (int k = 0; k < 2; k++)
				if (rows[r][c] == (k ? b : a)) {
					row[k] = r;
					col[k] = c;
				}
	if (row[0] == row[1])
		return col[0] - col[1] == 1 || col[1] - col[0] == 1;
	int up = row[0] < row[1] ? 0 : 1, low = 1 - up;
	return row[low] - row[up] == 1 && (col[low] == col[up] || col[low] == col[up] - 1);
}

static bool slip_of_fingers(struct sv w, const struct edit *d)
{
	switch ((enum edit_kind)d->kind) {
	case LEFT_OUT:
		return (d->at > 0 && w.p[d->at - 1] == w.p[d->at]) || (d->at + 1u < w.n && w.p[d->at + 1] == w.p[d->at]);
	case PUT_IN:
		return (d->at > 0 && w.p[d->at - 1] == d->letter) || (d->at < w.n && w.p[d->at] == d->letter);
	case REPLACED:
		return beside(w.p[d->at], d->letter);
	case EXCHANGED:
		return true;
	}
	return false;
}

static bool first_letter_stays(struct sv w, const struct edit *d)
{
	if (d->at)
		return true;
	switch ((enum edit_kind)d->kind) {
	case LEFT_OUT:
	case EXCHANGED:
		return w.p[1] == w.p[0];
	case PUT_IN:
	case REPLACED:
		return d->letter == w.p[0];
	}
	return false;
}

static void try_edit(struct typed *t, uint64_t h, size_t n, struct edit d)
{
	bool begun = t->open_end && n >= WORDS_BEGUN;

	if (!words_likely(t->map, h, begun))
		return;
	d.slip = (uint8_t)(2 * !first_letter_stays(t->word, &d) + !slip_of_fingers(t->word, &d));
	t->v[t->n++] = d;
}

// Equal results of different edits are tried once: in a run of equal letters only the first place counts.
static void try_all(struct typed *t)
{
	const char *p = t->word.p;
	size_t n = t->word.n;

	for (size_t i = 0; i <= n; i++) {
		uint64_t rest = i < n ? t->behind[i + 1] : 0, before = t->before[i] * WORDS_STEP;
		if (i < n && (!i || p[i] != p[i - 1]))
			try_edit(t, t->before[i] * t->step[n - i - 1] + rest, n - 1, (struct edit){LEFT_OUT, (uint8_t)i, 0, 0});
		if (i + 1 < n && p[i] != p[i + 1]) {
			uint64_t two = (before + words_letters[p[i + 1] - 'a']) * WORDS_STEP + words_letters[p[i] - 'a'];
			try_edit(t, two * t->step[n - i - 2] + t->behind[i + 2], n, (struct edit){EXCHANGED, (uint8_t)i, 0, 0});
		}
		for (int c = 0; c < 26; c++) {
			uint64_t h = before + words_letters[c];
			char letter = (char)('a' + c);
			if (i < n && letter != p[i])
				try_edit(t, h * t->step[n - i - 1] + rest, n, (struct edit){REPLACED, (uint8_t)i, 0, letter});
			if (!i || letter != p[i - 1])
				try_edit(t, h * t->step[n - i] + t->behind[i], n + 1, (struct edit){PUT_IN, (uint8_t)i, 0, letter});
		}
	}
}

static bool typed_init(struct typed *t, struct sv word)
{
	size_t n = word.n;

	if (n < TYPED_FROM || n > TYPED_TO)
		return false;
	t->word = word;
	t->n = 0;
	t->step[0] = 1;
	t->before[0] = t->behind[n] = 0;
	for (size_t i = 0; i <= n; i++)
		t->step[i + 1] = t->step[i] * WORDS_STEP;
	for (size_t i = 0; i < n; i++) {
		if (word.p[i] < 'a' || word.p[i] > 'z')
			return false;
		t->before[i + 1] = t->before[i] * WORDS_STEP + words_letters[word.p[i] - 'a'];
	}
	for (size_t i = n; i-- > 0;)
		t->behind[i] = words_letters[word.p[i] - 'a'] * t->step[n - i - 1] + t->behind[i + 1];
	return true;
}

static struct sv edited(struct sv w, const struct edit *d, char out[TYPED_TO + 1])
{
	size_t at = d->at, n = w.n;

	memcpy(out, w.p, at);
	switch ((enum edit_kind)d->kind) {
	case LEFT_OUT:
		memcpy(out + at, w.p + at + 1, n - at - 1);
		return sv_n(out, n - 1);
	case PUT_IN:
		out[at] = d->letter;
		memcpy(out + at + 1, w.p + at, n - at);
		return sv_n(out, n + 1);
	case REPLACED:
		out[at] = d->letter;
		memcpy(out + at + 1, w.p + at + 1, n - at - 1);
		return sv_n(out, n);
	case EXCHANGED:
		out[at] = w.p[at + 1];
		out[at + 1] = w.p[at];
		memcpy(out + at + 2, w.p + at + 2, n - at - 2);
		return sv_n(out, n);
	}
	return w;
}

bool kb_words_correct(struct kb_words *w, struct sv word, bool open_end, struct kb_word *out, size_t max, size_t *n,
		      struct err *e)
{
	struct typed t = {.open_end = open_end, .map = w->map};
	int64_t total = BEGUN_TOTAL, nn, h;

	*n = 0;
	if (!max || !words_map(w, e) || !typed_init(&t, word))
		return !max || w->loaded;
	try_all(&t);
	// the likeliest mistakes first: what the rows do not reach is the least likely
	for (uint8_t slip = 0; slip < SLIPS; slip++) {
		if (*n == max)
			break;
		for (size_t i = 0; i < t.n; i++) {
			char text[TYPED_TO + 1];
			if (t.v[i].slip != slip)
				continue;
			struct sv s = edited(word, &t.v[i], text);
			if (open_end && s.n >= WORDS_BEGUN) {
				int64_t rows = total < BEGUN_ROWS ? total : BEGUN_ROWS, was = rows;
				if (!words_scan(w, s, false, word, slip, &rows, out, max, n, e))
					return false;
				total -= was - rows;
				continue;
			}
			if (!kb_words_get(w, s, &nn, &h, e))
				return false;
			if (nn > 0)
				words_keep(out, max, n, s, nn, h, slip);
		}
	}
	return true;
}
