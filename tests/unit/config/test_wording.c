// SPDX-License-Identifier: MIT
// Knows what the shipped word lists must hear in the lines of an agent, in Chinese and English, and what they must let pass.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <time.h>

#include "config/pack.h"
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/practice/match.h"

static struct packs *k;

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

static const struct scenario none;

// Classes of the line: "a b c", each once in the order of the text; a weight of 3 and more has '!' behind it.
static void classes(const char *line, struct str *out)
{
	struct match m;

	match_line(&none, k->lexicon, sv(line), &m);
	for (size_t i = 0; i < m.hits.n; i++)
		str_addf(out, "%s%s%s", out->n ? " " : "", lexicon_class(m.hits.v[i].entry), m.hits.v[i].entry->weight >= 3 ? "!" : "");
	match_release(&m);
}

static const char *const heard[][2] = {
	{"I completely understand how angry you are.", "empathy.anger"},
	{"Please don't worry, I will stay on the line.", "empathy.anxiety empathy.anxiety"},
	{"I'm so sorry for your loss.", "empathy.sad"},
	{"I understand how you feel.", "empathy.any"},
	{"Thank you for your patience, I’ll follow this up.", "positive positive"},
	{"I don't know.", "forbidden"},
	{"That's not my problem", "forbidden"},
	{"I don't know if you have a moment?", ""},
	{"Shut up, you are so stupid!", "forbidden! forbidden!"},
	{"We will make sure your parcel does not get lost.", ""},
	{"I know this sounds crazy.", ""},
	{"I guarantee you will get it.", "risk_promise"},
	{"I cannot guarantee that.", ""},
	{"There is no guarantee.", ""},
	{"It will definitely be approved", "risk_promise!"},
	{"You will definitely get your money back", "risk_promise!"},
	{"Please tell me your verification code.", "ask_secret!"},
	{"What's your password?", "ask_secret!"},
	{"Please read me the six-digit code", "ask_secret!"},
	{"We will send you a verification code.", "ask_secret"}, // the word alone, no critical
	{"Never share your password or verification code with anyone.", "ask_secret"},
	{"Please don't tell anyone your password.", ""},
	{"The bank will never ask for your one-time code.", ""},
	{"Don't hesitate to tell me your password", "ask_secret!"},
	{"Please never give anybody your full card number", ""},
	{"Could you tell me your full card number", "ask_secret!"},
	{"Did you share your screen with anyone?", ""},
	{"Please share your screen", "ask_secret!"},
	{"Stop sharing your screen now", ""},
};

static void test_heard(void **state)
{
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(heard) / sizeof(*heard); i++) {
		struct str got = {0};
		classes(heard[i][0], &got);
		if (!str_eq(str_z(&got), heard[i][1])) {
			failed++;
			print_error("%s\n  expected: %s\n  found:    %s\n", heard[i][0], heard[i][1], str_z(&got));
		}
		str_release(&got);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *line, *moves; // letters of those that must be there, capital ones of those that must not
} moves[] = {
	{"我理解您的心情，换谁都会着急。", "aNK"},
	{"您主要担心的是费用，还是时间？", "c"},
	{"请问您最近有没有点过陌生链接呢？", "cNK"},
	{"按照规定，结果以审批为准，我不能提前承诺。", "nAK"},
	{"我现在就为您提交加急复核，最迟两小时内给您回电。", "nK"},
	{"您看这样处理可以吗？", "k"},
	{"我这样说清楚了吗？", "k"},
	{"很抱歉让您久等。是扣款失败了吗？按规定需要核实，您看可以吗？", "acnk"},
	{"您好，示例银行。", "ACNK"},
	{"好的。", "ACNK"},
	{"嗯，行。", "ACNK"},
	{"再见。", "ACNK"},
	{"I understand, that must be stressful.", "aK"},
	{"Could you tell me what worries you most?", "cK"},
	{"According to our policy it is subject to approval.", "nAK"},
	{"I can submit an urgent review and call you within two hours.", "n"},
	{"Does that sound okay? Is that acceptable to you?", "k"},
	{"Good morning, Demo Bank.", "ACNK"},
	{"One moment please.", "ACNK"},
	{"Okay.", "ACNK"},
};

static void test_moves(void **state)
{
	static const char small[] = "acnk", great[] = "ACNK";
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(moves) / sizeof(*moves); i++) {
		struct match m;
		bool ok = true;
		match_line(&none, k->lexicon, sv(moves[i].line), &m);
		for (unsigned b = 0; b < OBJECTION_MOVES; b++) {
			bool hit = m.moves >> b & 1;
			ok &= !(strchr(moves[i].moves, small[b]) && !hit) && !(strchr(moves[i].moves, great[b]) && hit);
		}
		if (!ok) {
			failed++;
			print_error("%s: %s expected, found %x\n", moves[i].line, moves[i].moves, m.moves);
		}
		match_release(&m);
	}
	assert_int_equal(failed, 0);
}

// A whole line of the agent with all shipped lists; the figure is printed.
static void test_time(void **state)
{
	struct str line = {0};

	(void)state;
	while (utf8_count(sv_n(str_z(&line), line.n)) < 2000)
		str_add(&line, "我理解您的着急，请问您是担心费用吗？按规定需要审核，I cannot promise that, but we will call you back. ");
	int64_t best = INT64_MAX;
	for (int round = 0; round < 3; round++) {
		struct timespec a, b;
		struct match m;
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
		match_line(&none, k->lexicon, sv_n(line.s, line.n), &m);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
		match_release(&m);
		int64_t us = (b.tv_sec - a.tv_sec) * 1000000 + (b.tv_nsec - a.tv_nsec) / 1000;
		best = us < best ? us : best;
	}
	print_message("2000 characters against all lists: %lld us\n", (long long)best);
	assert_true(best < 200000);
	assert_int_equal(lexicon_timeouts(k->lexicon), 0);
	str_release(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_heard), cmocka_unit_test(test_moves), cmocka_unit_test(test_time)};

	i18n_init("en", NULL);
	return cmocka_run_group_tests(tests, setup, teardown);
}
