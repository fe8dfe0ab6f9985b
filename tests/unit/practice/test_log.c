// SPDX-License-Identifier: MIT
// Knows how the record of a session is written and read.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/unit/practice/sample.h"

static bool read_text(const char *text, struct practice_log *l, struct err *e)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	bool ok = practice_log_read(f, "t.log", l, e);

	fclose(f);
	return ok;
}

static void test_there_and_back(void **state)
{
	struct practice_log l = {.version = 4, .seed = UINT64_MAX - 1, .mode = PRACTICE_EXAM, .lang = LANG_EN}, back;
	struct err e = {0};

	(void)state;
	snprintf(l.scenario, sizeof(l.scenario), "fin.anomaly.01");
	struct log_entry a = entry(10, 0, LOG_AGENT, EV_SAY, "side", "agent", "text", "您好，\"请讲\"\n第二行", "seq", "7", NULL);
	a.ev.at = 1764400000000;
	struct log_entry b = entry(12, -1, LOG_TRAINER, EV_TAG, "type", "good", NULL);
	practice_log_add(&l, &a);
	practice_log_add(&l, &b);
	char *text = written(&l);
	assert_true(read_text(text, &back, &e));
	char *again = written(&back);
	assert_string_equal(text, again);
	assert_true(back.seed == UINT64_MAX - 1);
	assert_int_equal(back.mode, PRACTICE_EXAM);
	assert_int_equal(back.lang, LANG_EN);
	assert_int_equal(back.v.n, 2);
	assert_int_equal(back.v.v[1].ev.seq, 2);
	assert_true(back.v.v[0].ev.at == 1764400000000);
	assert_string_equal(get(&back.v.v[0], "seq"), "7");
	free(text);
	free(again);
	event_release(&a.ev);
	event_release(&b.ev);
	practice_log_release(&l);
	practice_log_release(&back);
}

static void test_transcript(void **state)
{
	struct practice_log l;
	struct err e = {0};

	(void)state;
	// What is left out has a sensible value; unknown keys of a newer program are passed over; numbers may be bare.
	assert_true(read_text("{\"practice\":1,\"scenario\":\"x\"}\n\n{\"t\":5,\"type\":\"verify\",\"data\":{\"passed\":1,\"glitter\":[]}}\r\n", &l, &e));
	assert_int_equal(l.v.n, 1);
	assert_int_equal(l.v.v[0].who, LOG_AGENT);
	assert_int_equal(l.v.v[0].contact, 0);
	assert_int_equal(l.v.v[0].ev.pairs, 1);
	assert_string_equal(get(&l.v.v[0], "passed"), "1");
	assert_int_equal(l.lang, LANG_ZH);
	practice_log_release(&l);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"", "the file is empty"},
		{"{\"scenario\":\"x\"}", "t.log:1: the first line"},
		{"[]", "t.log:1: the first line"},
		{"{\"practice\":1}", "t.log:1: scenario"},
		{"{\"practice\":1,\"scenario\":\"x\",\"mode\":\"fun\"}", "t.log:1: mode"},
		{"{\"practice\":1,\"scenario\":\"x\",\"seed\":-4}", "t.log:1: seed"},
		{"{\"practice\":1,\"scenario\":\"x\"}\n{\"t\":1,\"type\":\"juggle\"}", "t.log:2: type"},
		{"{\"practice\":1,\"scenario\":\"x\"}\n{\"type\":\"say\"}", "t.log:2: t is missing"},
		{"{\"practice\":1,\"scenario\":\"x\"}\n{\"t\":-1,\"type\":\"say\"}", "t.log:2: t must"},
		{"{\"practice\":1,\"scenario\":\"x\"}\n{\"t\":1,\"type\":\"say\",\"who\":\"cat\"}", "t.log:2: who"},
		{"{\"practice\":1,\"scenario\":\"x\"}\n{\"t\":1,\"type\":\"say\",\"data\":{\"text\":{}}}", "t.log:2: text in data"},
		{"{\"practice\":1,\"scenario\":\"x\"}\n{\"t\":9,\"type\":\"say\"}\n{\"t\":8,\"type\":\"say\"}", "t.log:3: t falls"},
		{"{\"practice\":1,\"scenario\":\"x\"}\n{\"t\":9", "t.log:2: not JSON"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct practice_log l;
		struct err e = {0};
		// An empty buffer cannot be opened as a file: a blank line stands for it.
		assert_false(read_text(*rows[i].text ? rows[i].text : "\n", &l, &e));
		if (!strstr(e.msg, rows[i].why))
			fail_msg("%s: %s, not %s", rows[i].text, e.msg, rows[i].why);
		assert_int_equal(l.v.n, 0);
	}
}

static void test_modes(void **state)
{
	enum practice_mode m;

	(void)state;
	for (int i = 0; i < PRACTICE_MODES; i++) {
		assert_true(practice_mode_parse(sv(practice_mode_code((enum practice_mode)i)), &m));
		assert_int_equal(m, i);
		assert_true(*practice_mode_label(m) != '\0');
	}
	assert_false(practice_mode_parse(sv("dance"), &m));
	assert_string_equal(log_who_code(LOG_ENGINE), "engine");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_transcript),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_modes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
