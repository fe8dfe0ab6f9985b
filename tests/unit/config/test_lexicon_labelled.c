// SPDX-License-Identifier: MIT
// Knows how well the shipped word lists hear what a reviewer hears: precision and recall of each class over the labelled lines of
// lexicon_labelled.tsv. Every line that is heard otherwise is printed (meson test -v), a class below its threshold fails.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "config/pack.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/practice/match.h"

enum { OPEN, HELD, FRESH, BLIND, PARTS };
static const char *const part_names[PARTS] = {"open", "held", "fresh", "blind"};

// In hundredths; [HELD] is what lines must reach that nobody looked at when the lists were made. FRESH and BLIND are mostly about secrets: a
// missed demand is a critical error not seen (PC-02), a wrong one fails somebody who did well.
static const struct {
	const char *name;
	bool leaf; // counted in "all"; a group like empathy is hit by any class of it
	int precision[PARTS], recall[PARTS];
} classes[] = {
	{"positive", true, {95, 80, 95}, {93, 85, 75}},
	{"empathy", false, {97, 93}, {95, 90}},
	{"empathy.anger", true, {95, 90}, {90, 70}},
	{"empathy.anxiety", true, {95, 85}, {90, 90}},
	{"empathy.sad", true, {95, 90}, {90, 90}},
	{"empathy.any", true, {95, 85}, {90, 90}},
	{"forbidden", true, {97, 95}, {95, 75}},
	{"risk_promise", true, {97, 80}, {95, 80}},
	{"ask_secret", true, {97, 95, 97, 95}, {97, 75, 95, 95}},
	{"keyword_alert", true, {97, 85}, {95, 95}},
	{"move", false, {97, 95}, {95, 80}},
	{"move.acknowledge", true, {95, 90}, {90, 75}},
	{"move.clarify", true, {95, 65}, {90, 80}},
	{"move.answer", true, {95, 90}, {90, 90}},
	{"move.confirm", true, {95, 80}, {90, 70}},
};
enum { CLASSES = sizeof(classes) / sizeof(*classes), ALL = CLASSES };

struct tally {
	int right, extra, missed, lines; // lines that have the label
};
static struct tally tally[CLASSES + 1][PARTS];
static int lines[PARTS], silent[PARTS], silent_right[PARTS]; // silent: no wording expected
static struct packs *k;
static const struct scenario no_scenario;

static int setup(void **state)
{
	static const char *const dirs[] = {ZUOXI_PACKS_DIR "/common"};
	struct problems p = {0};

	(void)state;
	k = packs_load(dirs, 1, &p);
	problems_print(&p, stderr);
	size_t n = p.errors;
	problems_release(&p);
	return n != 0;
}

static int teardown(void **state)
{
	(void)state;
	packs_free(k);
	return 0;
}

// --- sets of classes: bit i is classes[i]

static unsigned with_group(unsigned set)
{
	for (int i = 0; i < CLASSES; i++) {
		size_t n = strlen(classes[i].name);
		for (int j = 0; j < CLASSES && !classes[i].leaf; j++) {
			if ((set >> j & 1) && strncmp(classes[j].name, classes[i].name, n) == 0)
				set |= 1u << i;
		}
	}
	return set;
}

static unsigned class_bit(struct sv name)
{
	for (int i = 0; i < CLASSES; i++) {
		if (classes[i].leaf && sv_eq(name, sv(classes[i].name)))
			return 1u << i;
	}
	return 0;
}

static unsigned read_labels(struct sv s, int line)
{
	unsigned set = 0;

	if (sv_eq(s, sv("none")) || sv_eq(s, sv("*")))
		return 0;
	for (size_t a = 0; a <= s.n;) {
		size_t b = a;
		while (b < s.n && s.p[b] != ',')
			b++;
		unsigned bit = class_bit(sv_n(s.p + a, b - a));
		if (!bit)
			fail_msg("lexicon_labelled.tsv:%d: there is no class '%.*s'", line, (int)(b - a), s.p + a);
		set |= bit;
		a = b + 1;
	}
	return with_group(set);
}

// A secret counts where it is asked for, not where the word stands.
static unsigned hear(struct sv text, bool moves)
{
	static const char *const names[OBJECTION_MOVES] = {[MOVE_ACKNOWLEDGE] = "move.acknowledge", [MOVE_CLARIFY] = "move.clarify",
							   [MOVE_ANSWER] = "move.answer", [MOVE_CONFIRM] = "move.confirm"};
	struct match m;
	unsigned set = 0;

	match_line(&no_scenario, k->lexicon, text, &m);
	for (size_t i = 0; i < m.hits.n && !moves; i++) {
		const struct lexicon_entry *e = m.hits.v[i].entry;
		if (e->list != LEXICON_ASK_SECRET || (e->note && strstr(e->note, "PC-02")))
			set |= class_bit(sv(lexicon_class(e)));
	}
	for (int i = 0; i < OBJECTION_MOVES && moves; i++)
		set |= m.moves >> i & 1 ? class_bit(sv(names[i])) : 0;
	match_release(&m);
	return with_group(set);
}

static void set_text(unsigned set, struct str *out)
{
	for (int i = 0; i < CLASSES; i++) {
		if (classes[i].leaf && (set >> i & 1))
			str_addf(out, "%s%s", out->n ? "," : "", classes[i].name);
	}
	if (!out->n)
		str_add(out, "none");
}

// --- the table

static void compare(int part, unsigned want, unsigned got, struct sv text, int line)
{
	struct str w = {0}, g = {0};

	for (int i = 0; i < CLASSES; i++) {
		bool a = want >> i & 1, b = got >> i & 1;
		for (int row = i; row <= ALL; row += ALL - i) {
			tally[row][part].right += a && b;
			tally[row][part].extra += !a && b;
			tally[row][part].missed += a && !b;
			tally[row][part].lines += a;
			if (row == ALL || !classes[i].leaf)
				break;
		}
	}
	if (want == got)
		return;
	set_text(want, &w);
	set_text(got, &g);
	print_message("%s %d: %.*s\n\texpected %s, heard %s\n", part_names[part], line, (int)text.n, text.p, str_z(&w), str_z(&g));
	str_release(&w);
	str_release(&g);
}

static void read_line(struct sv s, int line)
{
	struct sv f[4];
	int n = 0;

	for (size_t a = 0; n < 4; n++) {
		size_t b = a;
		while (b < s.n && s.p[b] != '\t')
			b++;
		f[n] = sv_n(s.p + a, b - a);
		if (b == s.n) {
			n++;
			break;
		}
		a = b + 1;
	}
	if (n != 4)
		fail_msg("lexicon_labelled.tsv:%d has %d columns, not four", line, n);
	int part = 0;
	while (part < PARTS && !sv_eqz(f[0], part_names[part]))
		part++;
	if (part == PARTS)
		fail_msg("lexicon_labelled.tsv:%d: there is no part '%.*s'", line, (int)f[0].n, f[0].p);
	lines[part]++;
	if (!sv_eq(f[1], sv("*"))) {
		unsigned want = read_labels(f[1], line), got = hear(f[3], false);
		silent[part] += !want;
		silent_right[part] += !want && !got;
		compare(part, want, got, f[3], line);
	}
	if (!sv_eq(f[2], sv("*")))
		compare(part, read_labels(f[2], line), hear(f[3], true), f[3], line);
}

static int hundredths(int part, int whole)
{
	return whole ? part * 100 / whole : 100;
}

static int precision(const struct tally *t)
{
	return hundredths(t->right, t->right + t->extra);
}

static int recall(const struct tally *t)
{
	return hundredths(t->right, t->right + t->missed);
}

static void print_table(void)
{
	for (int i = -1; i <= ALL; i++) {
		print_message("%-18s", i < 0 ? "class" : i < CLASSES ? classes[i].name : "all");
		for (int part = 0; part < PARTS; part++) {
			const struct tally *t = i < 0 ? NULL : &tally[i][part];
			if (t)
				print_message(" %5d %9d%% %6d%%", t->lines, precision(t), recall(t));
			else
				print_message(" %5s %10s %7s", part_names[part], "precision", "recall");
		}
		print_message("\n");
	}
	for (int part = 0; part < PARTS; part++)
		print_message("%s: %d lines, %d of them without wording, of which %d are let pass\n", part_names[part], lines[part],
			silent[part], silent_right[part]);
}

static void test_labelled(void **state)
{
	struct str file = {0};
	struct err e = {0};
	int failed = 0, line = 0;

	(void)state;
	if (!path_read(ZUOXI_TEST_DIR "/lexicon_labelled.tsv", 1 << 20, &file, &e))
		fail_msg("%s", e.msg);
	for (const char *p = str_z(&file); *p;) {
		size_t n = strcspn(p, "\n");
		line++;
		if (n && *p != '#')
			read_line(sv_n(p, n), line);
		p += n + (p[n] == '\n');
	}
	print_table();
	for (int i = 0; i < CLASSES; i++) {
		for (int part = 0; part < PARTS; part++) {
			const struct tally *t = &tally[i][part];
			if (precision(t) >= classes[i].precision[part] && recall(t) >= classes[i].recall[part])
				continue;
			failed++;
			print_error("%s, %s lines: precision %d%% and recall %d%%, due are %d%% and %d%%\n", classes[i].name, part_names[part],
				precision(t), recall(t), classes[i].precision[part], classes[i].recall[part]);
		}
	}
	assert_int_equal(failed, 0);
	assert_true(lines[OPEN] + lines[HELD] >= 450);
	assert_true(silent[OPEN] + silent[HELD] >= 120);
	assert_true(lines[FRESH] >= 150 && lines[BLIND] >= 50);
	assert_true(lines[HELD] * 3 >= lines[OPEN] + lines[HELD] - 2);
	assert_int_equal(lexicon_timeouts(k->lexicon), 0);
	str_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_labelled)};

	i18n_init("en", NULL);
	return cmocka_run_group_tests(tests, setup, teardown);
}
