// SPDX-License-Identifier: MIT
// Knows what the dictionary of the base must say, compared with looking at every word of it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sqlite3.h>

#include "kb/words.h"
#include "tests/unit/kb/fixture.h"

enum { WORDS = 5000, ARTICLES = 600, PER_ARTICLE = 40, BEST = 8 };

struct world {
	struct fixture f;
	struct kb_words *w;
	char word[WORDS][24]; // ascending, distinct
	size_t n;
	int64_t all[WORDS], heads[WORDS]; // what the dictionary must say
	uint64_t seed;
};

static uint32_t dice(struct world *x, uint32_t n)
{
	x->seed = x->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(x->seed >> 33) % n;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(a, b);
}

// Few letters and endings, so that many words are one edit from others.
static void invent(struct world *x)
{
	static const char *const part[] = {"ac", "co", "nt", "es", "re", "al", "in", "ck", "o", "e", "s", "tt", "r", "q"};
	size_t made = 0;

	while (made < WORDS) {
		struct str s = {0};
		for (uint32_t k = 2 + dice(x, 5); k > 0; k--)
			str_add(&s, part[dice(x, sizeof(part) / sizeof(*part))]);
		snprintf(x->word[made++], sizeof(x->word[0]), "%s", str_z(&s));
		str_release(&s);
	}
	qsort(x->word, WORDS, sizeof(x->word[0]), by_bytes);
	for (size_t i = 0; i < WORDS; i++)
		if (!x->n || strcmp(x->word[x->n - 1], x->word[i]) != 0)
			memmove(x->word[x->n++], x->word[i], sizeof(x->word[0]));
}

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s", e->msg);
}

static void world_open(struct world *x)
{
	struct err e = {0};

	memset(x, 0, sizeof(*x));
	x->seed = 20261129;
	fixture_open(&x->f);
	must(kb_exec(x->f.kb, "DROP TABLE IF EXISTS kb_word; DROP TABLE IF EXISTS kb_word_map;" KB_WORDS_DDL, &e), &e);
	x->w = kb_words_new(x->f.kb);
	invent(x);
}

static void world_close(struct world *x)
{
	kb_words_free(x->w);
	fixture_close(&x->f);
}

static void begin(struct world *x)
{
	struct err e = {0};

	must(kb_begin(x->f.kb, &e), &e);
}

static void commit(struct world *x)
{
	struct err e = {0};

	must(kb_words_flush(x->w, &e) && kb_commit(x->f.kb, &e), &e);
}

// The words of article number a: always the same, some twice, the first ones in the head.
static void gather(struct world *x, uint32_t a, int sign)
{
	uint64_t was = x->seed;
	bool seen[WORDS] = {0}, headed[WORDS] = {0};

	x->seed = a * 0x9e3779b97f4a7c15u + 7;
	kb_words_begin(x->w, sign);
	for (int i = 0; i < PER_ARTICLE; i++) {
		uint32_t k = dice(x, 10) ? dice(x, (uint32_t)x->n) : dice(x, 50);
		bool head = i % 8 == 0;
		for (int again = 0; again < 2; again++)
			kb_words_gather(x->w, sv(x->word[k]), again && head);
		x->all[k] += seen[k] ? 0 : sign;
		x->heads[k] += head && !headed[k] ? sign : 0;
		seen[k] = true;
		headed[k] |= head;
	}
	x->seed = was;
}

static void fill(struct world *x, bool backwards, int a_flush)
{
	begin(x);
	for (uint32_t i = 0; i < ARTICLES; i++) {
		gather(x, backwards ? ARTICLES - 1 - i : i, 1);
		if (a_flush && i % (unsigned)a_flush == 0) {
			commit(x);
			begin(x);
		}
	}
	commit(x);
}

// ---- the slow way ----

static bool one_edit(const char *a, size_t na, const char *b, size_t nb, bool *slip)
{
	static const char *const touching[] = {
		"qwa", "weqas", "erwsd", "rtedf", "tyrfg", "yutgh", "uiyhj", "ioujk", "opikl", "plo",
		"asqwz", "sdawezx", "dfserxc", "fgdrtcv", "ghftyvb", "hjgyubn", "jkhuinm", "kljiom", "lkop",
		"zxas", "xczsd", "cvxdf", "vbcfg", "bnvgh", "nmbhj", "mnjk",
	};
	size_t i = 0, k = 0;

	while (i < na && i < nb && a[i] == b[i])
		i++;
	while (k < na - i && k < nb - i && a[na - 1 - k] == b[nb - 1 - k])
		k++;
	const char *longer = na > nb ? a : b;
	*slip = false;
	if (na == nb && na - i - k == 1) {
		for (size_t t = 0; t < 26; t++)
			if (touching[t][0] == a[i])
				*slip = strchr(touching[t] + 1, b[i]) != NULL;
		return true;
	}
	if (na == nb && na - i - k == 2 && a[i] == b[i + 1] && a[i + 1] == b[i]) {
		*slip = true;
		return true;
	}
	size_t more = na > nb ? na - nb : nb - na, len = na > nb ? na : nb;
	if (more != 1 || i + k != (na < nb ? na : nb))
		return false;
	*slip = (i > 0 && longer[i - 1] == longer[i]) || (i + 1 < len && longer[i + 1] == longer[i]);
	return true;
}

static int better(const void *a, const void *b)
{
	const struct kb_word *x = a, *y = b;

	if (x->slip != y->slip)
		return x->slip < y->slip ? -1 : 1;
	if (x->h != y->h)
		return x->h > y->h ? -1 : 1;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return strcmp(x->w, y->w);
}

static int slip_of(const char *typed, const char *known, size_t n)
{
	bool slip;

	if (!one_edit(typed, strlen(typed), known, n, &slip))
		return 9;
	return 2 * (typed[0] != known[0]) + !slip;
}

static size_t by_hand(const struct world *x, const char *typed, bool open_end, struct kb_word *v)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++) {
		const char *known = x->word[i];
		int best = slip_of(typed, known, strlen(known));
		if (!x->all[i] || (open_end && str_starts(known, typed)))
			continue;
		for (size_t k = 5; open_end && k < strlen(known); k++) {
			int slip = slip_of(typed, known, k);
			best = slip < best ? slip : best;
		}
		if (best == 9)
			continue;
		v[n] = (struct kb_word){.n = x->all[i], .h = x->heads[i], .slip = (uint8_t)best};
		snprintf(v[n++].w, sizeof(v->w), "%s", known);
	}
	qsort(v, n, sizeof(*v), better);
	return n;
}

static void compare(struct world *x, const char *typed, bool open_end, struct kb_word *expected)
{
	struct kb_word got[BEST];
	struct err e = {0};
	size_t n, want = by_hand(x, typed, open_end, expected);

	must(kb_words_correct(x->w, sv(typed), open_end, got, BEST, &n, &e), &e);
	if (n != (want < BEST ? want : BEST))
		fail_msg("%s%s: %zu words, %zu expected", typed, open_end ? "..." : "", n, want);
	for (size_t i = 0; i < n; i++)
		if (!str_eq(got[i].w, expected[i].w) || got[i].n != expected[i].n || got[i].h != expected[i].h ||
		    got[i].slip != expected[i].slip)
			fail_msg("%s%s: place %zu is %s (%d), not %s (%d)", typed, open_end ? "..." : "", i, got[i].w, got[i].slip,
				 expected[i].w, expected[i].slip);
}

static void mistype(struct world *x, char *s, size_t size)
{
	static const char letters[] = "acontesrelikqwdfg";
	size_t n = strlen(s), at = dice(x, (uint32_t)n);
	char c = letters[dice(x, sizeof(letters) - 1)];

	switch (dice(x, 4)) {
	case 0:
		memmove(s + at, s + at + 1, n - at);
		break;
	case 1:
		if (n + 2 > size)
			break;
		memmove(s + at + 1, s + at, n - at + 1);
		s[at] = c;
		break;
	case 2:
		s[at] = c;
		break;
	case 3:
		if (at + 1 < n) {
			c = s[at];
			s[at] = s[at + 1];
			s[at + 1] = c;
		}
	}
}

static void corrections_equal_brute_force(struct world *x, bool open_end, int times)
{
	struct kb_word *v = xcalloc(WORDS, sizeof(*v));
	size_t some = 0;

	for (int i = 0; i < times; i++) {
		char typed[24];
		snprintf(typed, sizeof(typed), "%s", x->word[dice(x, (uint32_t)x->n)]);
		if (open_end && strlen(typed) > 6)
			typed[5 + dice(x, (uint32_t)strlen(typed) - 5)] = '\0';
		mistype(x, typed, sizeof(typed));
		if (strlen(typed) < 4 || strlen(typed) > 20)
			continue;
		compare(x, typed, open_end, v);
		some += by_hand(x, typed, open_end, v) > 0;
	}
	assert_true(some > (size_t)times / 4);
	free(v);
}

static void test_corrections_are_those_of_looking_at_every_word(void **state)
{
	struct world *x = xcalloc(1, sizeof(*x));

	(void)state;
	world_open(x);
	fill(x, false, 0);
	corrections_equal_brute_force(x, false, 1500);
	corrections_equal_brute_force(x, true, 300);
	world_close(x);
	free(x);
}

static void test_what_cannot_be_corrected(void **state)
{
	static const char *const typed[] = {"", "abc", "abcdefghijklmnopqrstu", "acc0unt", "\xe9\x93\xb6\xe8\xa1\x8c", "kb-fin-001"};
	struct world *x = xcalloc(1, sizeof(*x));
	struct kb_word got[3];
	struct err e = {0};
	size_t n;

	(void)state;
	world_open(x);
	for (size_t i = 0; i < sizeof(typed) / sizeof(*typed); i++) {
		must(kb_words_correct(x->w, sv(typed[i]), true, got, 3, &n, &e), &e);
		assert_int_equal(n, 0);
	}
	world_close(x);
	free(x);
}

// ---- keeping ----

// Everything in the two tables.
static char *dump(struct world *x)
{
	struct str s = {0};
	sqlite3_stmt *st = NULL;

	assert_int_equal(sqlite3_prepare_v2(kb_sql(x->f.kb),
					    "SELECT w || ' ' || n || ' ' || h FROM kb_word UNION ALL "
					    "SELECT slice || ' ' || hex(d) FROM (SELECT * FROM kb_word_map ORDER BY slice)",
					    -1, &st, NULL),
			 SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		str_add(&s, (const char *)sqlite3_column_text(st, 0));
		str_addc(&s, '\n');
	}
	sqlite3_finalize(st);
	return s.s ? str_take(&s) : xstrdup("");
}

static void counts_are_right(struct world *x)
{
	struct err e = {0};

	for (size_t i = 0; i < x->n; i++) {
		int64_t n, h;
		must(kb_words_get(x->w, sv(x->word[i]), &n, &h, &e), &e);
		if (n != x->all[i] || h != x->heads[i])
			fail_msg("%s: %d %d, not %d %d", x->word[i], (int)n, (int)h, (int)x->all[i], (int)x->heads[i]);
	}
}

static void test_any_order_gives_the_same(void **state)
{
	struct world *x = xcalloc(1, sizeof(*x)), *y = xcalloc(1, sizeof(*y));

	(void)state;
	world_open(x);
	world_open(y);
	fill(x, false, 0);
	counts_are_right(x);
	fill(y, true, 7);
	begin(y);
	gather(y, 11, -1); // an article changes and changes back
	gather(y, 11, 1);
	gather(y, 12, -1);
	commit(y);
	begin(y);
	gather(y, 12, 1);
	commit(y);
	counts_are_right(y);
	char *a = dump(x), *b = dump(y);
	assert_true(strlen(a) > 10000);
	assert_string_equal(a, b);
	free(a);
	free(b);
	// what goes leaves no word, only marks in the map
	begin(y);
	for (uint32_t i = 0; i < ARTICLES; i += 2)
		gather(y, i, -1);
	commit(y);
	begin(y);
	for (uint32_t i = 1; i < ARTICLES; i += 2)
		gather(y, i, -1);
	commit(y);
	counts_are_right(y);
	struct err e = {0};
	struct kb_word got[3];
	size_t n;
	must(kb_words_complete(y->w, sv("a"), got, 3, &n, &e), &e);
	assert_int_equal(n, 0);
	must(kb_words_correct(y->w, sv("accooo"), true, got, 3, &n, &e), &e);
	assert_int_equal(n, 0);
	begin(y);
	must(kb_words_clear(y->w, &e), &e);
	commit(y);
	b = dump(y);
	assert_string_equal(b, "");
	free(b);
	world_close(x);
	world_close(y);
	free(x);
	free(y);
}

// Words that differ only at their end, around the lengths at which they are kept in another way, and too long ones.
static void test_words_of_any_length(void **state)
{
	static const char letters[] = "kb-fin-0123456789.abcdefghijklmnopqrstuvwxyz/0123456789-zyxwvutsrqponml";
	struct world *x = xcalloc(1, sizeof(*x));
	struct err e = {0};
	int64_t n, h;

	(void)state;
	world_open(x);
	begin(x);
	for (int article = 0; article < 3; article++) {
		kb_words_begin(x->w, 1);
		for (size_t len = 0; len < sizeof(letters); len++) {
			kb_words_gather(x->w, sv_n(letters, len), article == 1 && len % 2);
			kb_words_gather(x->w, sv_n(letters, len), false);
		}
	}
	commit(x);
	for (size_t len = 1; len < sizeof(letters); len++) {
		must(kb_words_get(x->w, sv_n(letters, len), &n, &h, &e), &e);
		assert_int_equal(n, len > KB_TOKEN_MAX ? 0 : 3);
		assert_int_equal(h, len > KB_TOKEN_MAX ? 0 : len % 2);
	}
	// only the heads change
	begin(x);
	kb_words_begin(x->w, -1);
	kb_words_gather(x->w, sv("kb-fin-01"), true);
	kb_words_begin(x->w, 1);
	kb_words_gather(x->w, sv("kb-fin-01"), false);
	commit(x);
	must(kb_words_get(x->w, sv("kb-fin-01"), &n, &h, &e), &e);
	assert_int_equal(n, 3);
	assert_int_equal(h, 0);
	world_close(x);
	free(x);
}

static void test_a_rollback_leaves_nothing(void **state)
{
	struct world *x = xcalloc(1, sizeof(*x));
	struct err e = {0};
	struct kb_word got[3];
	size_t n;

	(void)state;
	world_open(x);
	begin(x);
	gather(x, 1, 1);
	commit(x);
	char *before = dump(x);
	begin(x);
	kb_words_begin(x->w, 1);
	kb_words_gather(x->w, sv("zebrazebra"), true);
	must(kb_words_flush(x->w, &e), &e);
	kb_words_begin(x->w, 1);
	kb_words_gather(x->w, sv("xylophone"), true);
	kb_rollback(x->f.kb);
	kb_words_forget(x->w);
	begin(x);
	commit(x);
	char *after = dump(x);
	assert_string_equal(before, after);
	must(kb_words_correct(x->w, sv("zebrazebre"), false, got, 3, &n, &e), &e);
	assert_int_equal(n, 0);
	// the marks of the lost word are not taken for written ones
	begin(x);
	kb_words_begin(x->w, 1);
	kb_words_gather(x->w, sv("zebrazebra"), true);
	commit(x);
	kb_words_stale(x->w);
	must(kb_words_correct(x->w, sv("zebrazebre"), false, got, 3, &n, &e), &e);
	assert_int_equal(n, 1);
	free(before);
	free(after);
	world_close(x);
	free(x);
}

static void test_another_connection_sees_what_was_committed(void **state)
{
	struct world *x = xcalloc(1, sizeof(*x));
	struct kb *reader;
	struct err e = {0};
	struct kb_word got[3];
	size_t n;

	(void)state;
	world_open(x);
	fill(x, false, 0);
	must(kb_open(&reader, x->f.path, KB_READ, &x->f.clock, NULL, &e), &e);
	struct kb_words *w = kb_words_new(reader);
	must(kb_words_correct(w, sv("paymetns"), false, got, 3, &n, &e), &e);
	assert_int_equal(n, 0);
	begin(x);
	kb_words_begin(x->w, 1);
	kb_words_gather(x->w, sv("payments"), true);
	kb_words_gather(x->w, sv("kb-fin-001"), true);
	commit(x);
	kb_words_stale(w);
	must(kb_words_correct(w, sv("paymetns"), false, got, 3, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_string_equal(got[0].w, "payments");
	must(kb_words_correct(w, sv("paymr"), true, got, 3, &n, &e), &e);
	assert_int_equal(n, 1);
	must(kb_words_complete(w, sv("kb-fin"), got, 3, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_string_equal(got[0].w, "kb-fin-001");
	kb_words_free(w);
	kb_close(reader);
	world_close(x);
	free(x);
}

static void test_completions_are_the_most_frequent(void **state)
{
	static const char *const prefixes[] = {"a", "co", "acc", "alin", "nt", "tt", "rett", "q", "zz", "accoal"};
	struct world *x = xcalloc(1, sizeof(*x));
	struct kb_word *v = xcalloc(WORDS, sizeof(*v)), got[BEST];
	struct err e = {0};

	(void)state;
	world_open(x);
	fill(x, false, 0);
	for (size_t p = 0; p < sizeof(prefixes) / sizeof(*prefixes); p++) {
		size_t n, want = 0;
		for (size_t i = 0; i < x->n; i++) {
			if (!x->all[i] || !str_starts(x->word[i], prefixes[p]) || str_eq(x->word[i], prefixes[p]))
				continue;
			v[want] = (struct kb_word){.n = x->all[i], .h = x->heads[i]};
			snprintf(v[want++].w, sizeof(v->w), "%s", x->word[i]);
		}
		qsort(v, want, sizeof(*v), better);
		must(kb_words_complete(x->w, sv(prefixes[p]), got, BEST, &n, &e), &e);
		assert_int_equal(n, want < BEST ? want : BEST);
		for (size_t i = 0; i < n; i++)
			assert_string_equal(got[i].w, v[i].w);
	}
	free(v);
	world_close(x);
	free(x);
}

static void test_the_likeliest_mistake_comes_first(void **state)
{
	static const char *const known[] = {"account", "acount", "accent", "refund", "refined", "defund", "repay", "replay"};
	static const struct {
		const char *typed, *best;
		int slip;
	} cases[] = {
		{"accuont", "account", 0}, {"accouunt", "account", 0}, {"acccount", "account", 0}, {"refumd", "refund", 0},
		{"refuxd", "refund", 1},   {"efund", "defund", 3},     {"rrefund", "refund", 0},    {"erfund", "refund", 2},
		{"replsy", "replay", 0},   {"reefund", "refund", 0},
	};
	struct world *x = xcalloc(1, sizeof(*x));
	struct err e = {0};

	(void)state;
	world_open(x);
	begin(x);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		kb_words_begin(x->w, 1);
		kb_words_gather(x->w, sv(known[i]), i % 2);
	}
	commit(x);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct kb_word got[3];
		size_t n;
		must(kb_words_correct(x->w, sv(cases[i].typed), false, got, 3, &n, &e), &e);
		assert_true(n > 0);
		assert_string_equal(got[0].w, cases[i].best);
		assert_int_equal(got[0].slip, cases[i].slip);
	}
	world_close(x);
	free(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corrections_are_those_of_looking_at_every_word),
		cmocka_unit_test(test_what_cannot_be_corrected),
		cmocka_unit_test(test_any_order_gives_the_same),
		cmocka_unit_test(test_words_of_any_length),
		cmocka_unit_test(test_a_rollback_leaves_nothing),
		cmocka_unit_test(test_another_connection_sees_what_was_committed),
		cmocka_unit_test(test_completions_are_the_most_frequent),
		cmocka_unit_test(test_the_likeliest_mistake_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
