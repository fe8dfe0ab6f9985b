// SPDX-License-Identifier: MIT
// Knows pinyin as people type it: what a word of letters may stand for, which characters it fits, what is kept of a text.
#include "kb/pinyin.h"

#include "kb/fold.h"
#include "src/base/han.h"
#include "src/base/utf8.h"

enum {
	WORD_MAX = 40,       // letters of a typed word
	PATHS = 8,           // ways kept at each letter
	COMPLETIONS_MAX = 4, // an unfinished syllable with more of them stays unfinished
	WAYS_MAX = 24,       // readings kept of one gram
	GRAM_MIN = 2,
	GRAM_MAX = 4,
	RUN_MAX = 72,        // Han characters read in one go
	PLACES_MAX = 64,     // grams begin at so many places of a run
};

// What a part costs; the sum over the parts orders readings. Whole syllables are likelier than letters, few parts likelier
// than many, and zh, ch, sh for one character are rarer than two characters of which the second begins with h.
static const float WHOLE = 1, LETTER = 1.2f, LONE_VOWEL = 1.3f, DIGRAPH = 2.6f, UNFINISHED = 1.4f, NEXT = 0.01f;
// Readings this much worse than the best are not meant.
static const float MARGIN = 1.5f;

size_t kb_syllables(void)
{
	return han_syllable_count();
}

const char *kb_syllable(unsigned no)
{
	return han_syllable(no);
}

const uint32_t *kb_syllable_chars(unsigned no, size_t *n)
{
	return han_syllable_chars(no, n);
}

// ---- from letters to parts ----

// Interjections without a vowel would turn every m and n into a word.
static bool typed(unsigned no)
{
	size_t n;

	han_syllable_chars(no, &n);
	return n > 0 && strpbrk(han_syllable(no), "aeiouv");
}

// First syllable not below the letters.
static unsigned lower_bound(const char *s)
{
	unsigned lo = 0, hi = (unsigned)han_syllable_count();

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;
		if (strcmp(han_syllable(mid), s) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

enum { SPELLED_MAX = 6 };

// The letters in the spelling of the table: v behind j, q, x, y is u; lue, nue, lyu, nyu hold ü. False: longer than any
// syllable.
static bool spelling(struct sv s, char out[SPELLED_MAX + 1])
{
	size_t n = 0;

	if (s.n > SPELLED_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == 'v' && i && strchr("jqxy", s.p[i - 1]))
			c = 'u';
		if (i == 1 && c == 'y' && (s.p[0] == 'l' || s.p[0] == 'n') && s.n > 2 && s.p[2] == 'u') {
			out[n++] = 'v';
			i++;
			continue;
		}
		if (i == 1 && c == 'u' && (s.p[0] == 'l' || s.p[0] == 'n') && s.n == 3 && s.p[2] == 'e')
			c = 'v';
		out[n++] = c;
	}
	out[n] = '\0';
	return true;
}

static unsigned whole_syllable(struct sv s)
{
	char w[SPELLED_MAX + 1];

	if (!spelling(s, w))
		return KB_NO_SYLLABLE;
	unsigned no = lower_bound(w);
	return no < han_syllable_count() && strcmp(han_syllable(no), w) == 0 && typed(no) ? no : KB_NO_SYLLABLE;
}

// A way to read the letters up to some place: its last part and the way before it.
struct path {
	float cost;
	uint8_t parts, from, before; // before: index among the ways at from
	uint16_t syllable;
};
struct lattice {
	struct sv word;
	struct path at[WORD_MAX + 1][PATHS];
	size_t n[WORD_MAX + 1];
};

static void keep_path(struct lattice *l, size_t to, struct path p)
{
	struct path *v = l->at[to];
	size_t i = l->n[to];

	if (i == PATHS && p.cost >= v[i - 1].cost)
		return;
	if (i < PATHS)
		l->n[to]++;
	else
		i--;
	for (; i > 0 && v[i - 1].cost > p.cost; i--)
		v[i] = v[i - 1];
	v[i] = p;
}

static void add_part(struct lattice *l, size_t from, size_t to, unsigned syllable, float cost)
{
	for (size_t i = 0; i < l->n[from]; i++) {
		const struct path *b = &l->at[from][i];
		if (b->parts < KB_READING_MAX)
			keep_path(l, to, (struct path){b->cost + cost, (uint8_t)(b->parts + 1), (uint8_t)from, (uint8_t)i, (uint16_t)syllable});
	}
}

// The last letters may begin a syllable: each that they can become, or, if those are many, the letters alone.
static void add_unfinished(struct lattice *l, size_t from)
{
	struct sv s = sv_n(l->word.p + from, l->word.n - from);
	char w[SPELLED_MAX + 1];
	unsigned become[COMPLETIONS_MAX], n = 0;

	if (s.n < 2 || !spelling(s, w))
		return;
	for (unsigned no = lower_bound(w); no < han_syllable_count(); no++) {
		const char *syl = han_syllable(no);
		if (strncmp(syl, w, strlen(w)) != 0)
			break;
		if (!syl[strlen(w)] || !typed(no))
			continue;
		if (n < COMPLETIONS_MAX)
			become[n] = no;
		n++;
	}
	if (n > COMPLETIONS_MAX)
		add_part(l, from, l->word.n, KB_NO_SYLLABLE, UNFINISHED);
	for (unsigned i = 0; n <= COMPLETIONS_MAX && i < n; i++)
		add_part(l, from, l->word.n, become[i], UNFINISHED + NEXT * (float)i);
}

static void parts_from(struct lattice *l, size_t from, bool open_end)
{
	struct sv rest = sv_n(l->word.p + from, l->word.n - from);
	bool digraph = rest.n > 1 && strchr("zcs", rest.p[0]) && rest.p[1] == 'h';

	for (size_t n = 1; n <= rest.n && n <= SPELLED_MAX; n++) {
		unsigned no = whole_syllable(sv_n(rest.p, n));
		if (no != KB_NO_SYLLABLE)
			add_part(l, from, from + n, no, n == 1 ? LONE_VOWEL : WHOLE);
	}
	if (!strchr("iuv", rest.p[0]))
		add_part(l, from, from + 1, KB_NO_SYLLABLE, LETTER);
	if (digraph && !(open_end && rest.n == 2)) // at an open end it is an unfinished syllable
		add_part(l, from, from + 2, KB_NO_SYLLABLE, DIGRAPH);
	if (open_end)
		add_unfinished(l, from);
}

static void read_back(const struct lattice *l, const struct path *p, struct kb_reading *r)
{
	size_t to = l->word.n;

	*r = (struct kb_reading){.n = p->parts};
	for (size_t i = r->n; i-- > 0;) {
		r->part[i].from = p->from;
		r->part[i].to = (uint8_t)to;
		r->part[i].syllable = p->syllable;
		r->initials[i] = l->word.p[p->from];
		r->whole += p->syllable != KB_NO_SYLLABLE;
		to = p->from;
		p = &l->at[p->from][p->before];
	}
}

size_t kb_pinyin_readings(struct sv word, bool open_end, struct kb_reading *out, size_t max)
{
	struct lattice l = {.word = word};
	size_t n = 0;

	if (!word.n || word.n > WORD_MAX)
		return 0;
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < 'a' || word.p[i] > 'z')
			return 0;
	l.n[0] = 1;
	for (size_t i = 0; i < word.n; i++)
		if (l.n[i])
			parts_from(&l, i, open_end);
	const struct path *end = l.at[word.n];
	while (n < l.n[word.n] && n < max && end[n].cost <= end[0].cost + MARGIN) {
		read_back(&l, &end[n], &out[n]);
		n++;
	}
	return n;
}

// ---- from parts to characters ----

static bool part_fits(const struct kb_reading *r, size_t i, struct sv word, uint32_t cp)
{
	uint16_t all[HAN_READINGS_MAX];
	size_t n = han_reading_numbers(cp, all, HAN_READINGS_MAX), len = (size_t)(r->part[i].to - r->part[i].from);

	for (size_t k = 0; k < n; k++)
		if (r->part[i].syllable == KB_NO_SYLLABLE ? strncmp(han_syllable(all[k]), word.p + r->part[i].from, len) == 0
							   : all[k] == r->part[i].syllable)
			return true;
	return false;
}

bool kb_pinyin_fits(const struct kb_reading *r, struct sv word, const uint32_t *v, size_t n)
{
	if (n < r->n)
		return false;
	for (size_t i = 0; i < r->n; i++)
		if (!part_fits(r, i, word, v[i]))
			return false;
	return true;
}

static bool is_pair(const struct kb_reading *r, size_t i)
{
	return r->part[i].syllable != KB_NO_SYLLABLE && r->part[i + 1].syllable != KB_NO_SYLLABLE;
}

// Links i to i + 1 that no pair of syllables covers are covered by initials around them, which a text has whole only where
// GRAM_MAX characters stand.
size_t kb_reading_keys(const struct kb_reading *r, kb_key *out, size_t max)
{
	size_t n = 0, covered = 0, pairs = 0;

	for (size_t i = 0; i + 1 < r->n; i++) {
		pairs += is_pair(r, i);
		if (is_pair(r, i) || i < covered || n == max || r->n < GRAM_MAX)
			continue;
		size_t at = i + GRAM_MAX <= r->n ? i : r->n - GRAM_MAX;
		out[n++] = kb_key_initials(r->initials + at, GRAM_MAX);
		covered = at + GRAM_MAX - 1;
	}
	// where there is no room for all pairs, every second or third one
	size_t step = n < max ? (pairs + max - n - 1) / (max - n) : 0, seen = 0;
	for (size_t i = 0; i + 1 < r->n && n < max; i++)
		if (is_pair(r, i) && seen++ % step == 0)
			out[n++] = kb_key_syllables(r->part[i].syllable, r->part[i + 1].syllable);
	return n;
}

bool kb_reading_range(const struct kb_reading *r, kb_key *from, kb_key *to)
{
	if (r->n < GRAM_MIN || r->n >= GRAM_MAX || r->whole == r->n)
		return false;
	*from = kb_key_initials(r->initials, r->n);
	*to = kb_key_initials_last(r->initials, r->n);
	return true;
}

// ---- in a text ----

enum { WINDOW = 64 };

// The first characters of a run not yet left behind: simplified, and the first letters of their readings.
struct window {
	uint32_t cp[WINDOW], letters[WINDOW];
	size_t n;
};

// Every reading begins with the first letter of the word; few places have it.
static bool fits_from(const struct window *w, size_t at, const struct kb_reading *r, size_t n, struct sv word)
{
	for (size_t k = 0; k < n; k++) {
		size_t i = 1;
		if (r[k].n > w->n - at)
			continue;
		while (i < r[k].n && w->letters[at + i] >> (r[k].initials[i] - 'a') & 1)
			i++;
		if (i >= r[k].n && kb_pinyin_fits(&r[k], word, w->cp + at, w->n - at))
			return true;
	}
	return false;
}

// Tries the places before end, and leaves them behind.
static bool fits_before(struct window *w, size_t end, const struct kb_reading *r, size_t n, struct sv word)
{
	unsigned first = (unsigned)(word.p[0] - 'a');

	for (size_t at = 0; at < end; at++)
		if ((w->letters[at] >> first & 1) && fits_from(w, at, r, n, word))
			return true;
	w->n -= end;
	if (w->n) {
		memmove(w->cp, w->cp + end, w->n * sizeof(*w->cp));
		memmove(w->letters, w->letters + end, w->n * sizeof(*w->letters));
	}
	return false;
}

bool kb_pinyin_finds(const struct kb_reading *r, size_t n, struct sv word, struct sv text)
{
	struct window w;

	w.n = 0;
	if (!n || !word.n)
		return false;
	for (size_t i = 0; i < text.n;) {
		uint32_t cp, letters = 0;
		i += kb_decode(sv_n(text.p + i, text.n - i), &cp);
		if (utf8_is_han(cp)) {
			cp = han_simplify(cp);
			letters = han_letters(cp);
		}
		if (!letters && w.n && fits_before(&w, w.n, r, n, word))
			return true;
		if (!letters)
			continue;
		if (w.n == WINDOW && fits_before(&w, WINDOW - KB_READING_MAX + 1, r, n, word))
			return true;
		w.cp[w.n] = cp;
		w.letters[w.n++] = letters;
	}
	return fits_before(&w, w.n, r, n, word);
}

// ---- from a text to grams ----

// A run of Han characters: of each its readings and their distinct first letters.
struct run {
	uint16_t syllables[RUN_MAX][HAN_READINGS_MAX];
	char initials[RUN_MAX][8];
	uint8_t nsyl[RUN_MAX], nini[RUN_MAX];
	size_t n;
};

// Every way to take one first letter of each of the n characters at from. The first characters change soonest, so that no way
// to begin is lost where there are too many: what begins so is asked for by ranges.
static void initial_grams(const struct run *r, size_t from, size_t n, kb_gram_fn *fn, void *arg)
{
	size_t pick[GRAM_MAX] = {0};

	for (int ways = 0; ways < WAYS_MAX; ways++) {
		char letters[GRAM_MAX];
		size_t i;
		for (i = 0; i < n; i++)
			letters[i] = r->initials[from + i][pick[i]];
		fn(arg, kb_key_initials(letters, n));
		for (i = 0; i < n && ++pick[i] == r->nini[from + i]; i++)
			pick[i] = 0;
		if (i == n)
			return;
	}
}

static void run_grams(const struct run *r, kb_gram_fn *fn, void *arg)
{
	for (size_t at = 0; at + 1 < r->n && at < PLACES_MAX; at++) {
		initial_grams(r, at, r->n - at < GRAM_MAX ? r->n - at : GRAM_MAX, fn, arg);
		for (size_t i = 0, ways = 0; i < r->nsyl[at]; i++)
			for (size_t k = 0; k < r->nsyl[at + 1] && ways < WAYS_MAX; k++, ways++)
				fn(arg, kb_key_syllables(r->syllables[at][i], r->syllables[at + 1][k]));
	}
}

void kb_pinyin_grams(struct sv text, kb_gram_fn *fn, void *arg)
{
	struct run r;

	r.n = 0;
	for (size_t i = 0; i < text.n;) {
		uint32_t cp;
		i += utf8_decode(sv_n(text.p + i, text.n - i), &cp);
		cp = utf8_is_han(cp) ? han_simplify(cp) : 0;
		size_t n = cp && r.n < RUN_MAX ? han_reading_numbers(cp, r.syllables[r.n], HAN_READINGS_MAX) : 0;
		if (n) {
			r.nsyl[r.n] = (uint8_t)n;
			r.nini[r.n] = (uint8_t)han_initials(cp, r.initials[r.n]);
			r.n++;
			continue;
		}
		run_grams(&r, fn, arg);
		r.n = 0;
	}
	run_grams(&r, fn, arg);
}
