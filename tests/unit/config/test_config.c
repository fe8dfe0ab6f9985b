// SPDX-License-Identifier: MIT
// Knows how settings are read: defaults, bounds, what is unknown, keys of one's own, and default.yaml.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "config/config.h"
#include "src/base/i18n.h"
#include "src/base/path.h"

static struct config c;
static struct problems p;

static void parse(const char *text)
{
	config_release(&c);
	problems_release(&p);
	config_parse(&c, sv(text), "zuoxi.yaml", &p);
}

static int teardown(void **state)
{
	(void)state;
	config_release(&c);
	problems_release(&p);
	return 0;
}

static void assert_problem(size_t i, int line, int col, const char *message)
{
	assert_true(i < p.n);
	assert_string_equal(p.v[i].message, message);
	assert_int_equal(p.v[i].line, line);
	assert_int_equal(p.v[i].col, col);
}

// The numbers of domain.md: wrap-up 60 s and 120 s (7.5), hold 30, 60, 120 s and silence 20 s (7.4), 3 chats (4.2), journal 1 s (8.9).
static void test_defaults(void **state)
{
	(void)state;
	parse("");
	assert_int_equal(p.n, 0);
	assert_int_equal(c.wrapup_phone_s, 60);
	assert_int_equal(c.wrapup_complaint_s, 120);
	assert_int_equal(c.hold_comfort_s, 30);
	assert_int_equal(c.hold_repeat_s, 60);
	assert_int_equal(c.hold_callback_s, 120);
	assert_int_equal(c.silence_s, 20);
	assert_int_equal(c.max_chats, 3);
	assert_int_equal(c.journal_ms, 500);
	assert_int_equal(c.kb_rule, KB_RULE_WARN);
	assert_int_equal(c.telephone, TELEPHONE_NONE);
	assert_string_equal(c.zone, "Asia/Shanghai");
}

static void test_values(void **state)
{
	(void)state;
	parse("language: zh_CN\ntheme: mono\nmouse: false\nkb:\n  rule: block\nwrapup.phone_s: 90\n"
	      "agent: {name: 陈晨}\n");
	assert_int_equal(p.n, 0);
	assert_int_equal(c.language, LANGUAGE_ZH);
	assert_int_equal(c.theme, THEME_MONO);
	assert_false(c.mouse);
	assert_int_equal(c.kb_rule, KB_RULE_BLOCK);
	assert_int_equal(c.wrapup_phone_s, 90);
	assert_string_equal(c.agent_name, "陈晨");
}

// What is wrong keeps its default, all of it is said at once, and what is right counts.
static void test_wrong(void **state)
{
	(void)state;
	parse("theme: pink\nmouse: yes\njournal_ms: 2000\nkb: 3\nmax_chats: [1]\nthemes: dark\nzzz: 1\nrule: warn\nlog_level: debug\n"
	      "zone: \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"\n");
	assert_int_equal(p.n, 9);
	assert_problem(0, 1, 8, "theme cannot be 'pink'; it is one of: dark light sixteen mono");
	assert_problem(1, 2, 8, "mouse must be true or false");
	assert_problem(2, 3, 13, "journal_ms must be a whole number from 50 to 900");
	assert_problem(3, 4, 5, "kb must be a map of keys and values");
	assert_problem(4, 5, 12, "max_chats must be a single value");
	assert_problem(5, 6, 1, "there is no setting themes; did you mean theme?");
	assert_problem(6, 7, 1, "there is no setting zzz; zuoxi.yaml(5) lists all");
	assert_problem(7, 8, 1, "there is no setting rule; did you mean kb.rule?");
	assert_problem(8, 10, 7, "zone is longer than 64 characters");
	assert_int_equal(c.theme, THEME_DARK);
	assert_true(c.mouse);
	assert_int_equal(c.journal_ms, 500);
	assert_int_equal(c.log_level, LOG_LEVEL_DEBUG);
	assert_string_equal(c.zone, "Asia/Shanghai");
	parse("theme: [\n");
	assert_int_equal(p.n, 1);
	assert_int_equal(c.theme, THEME_DARK);
	parse("- a\n");
	assert_problem(0, 1, 1, "the file must be a map of keys and values");
}

static void test_keys(void **state)
{
	(void)state;
	parse("keys:\n  - {context: script, keys: [C-f, M-s], action: search}\n  - {keys: \"\", action: quit}\n"
	      "  - {context: form}\n  - {key: x, keys: F1, action: help}\n  - oops\n");
	assert_int_equal(c.n_keys, 3);
	assert_string_equal(c.keys[0].context, "script");
	assert_string_equal(c.keys[0].keys, "C-f M-s");
	assert_string_equal(c.keys[0].action, "search");
	assert_int_equal(c.keys[0].line, 2);
	assert_int_equal(c.keys[0].col, 5);
	assert_string_equal(c.keys[1].context, "any");
	assert_string_equal(c.keys[1].keys, "");
	assert_int_equal(p.n, 3);
	assert_problem(0, 4, 5, "an entry of keys needs keys and an action");
	assert_problem(1, 5, 6, "unknown key key; did you mean keys?");
	assert_problem(2, 6, 5, "an entry of keys is a map of context, keys and action");
}

static void test_missing_file(void **state)
{
	(void)state;
	config_release(&c);
	problems_release(&p);
	config_load(&c, "nowhere/zuoxi.yaml", &p);
	assert_int_equal(p.errors, 1); // it was asked for by name
	assert_int_equal(c.max_chats, 3);
}

// Takes the # from every setting, so that all defaults are read as if written by hand.
static void uncomment(struct sv text, struct str *out)
{
	struct sv line;
	while (sv_split(&text, '\n', &line)) {
		if (line.n > 1 && line.p[0] == '#' && line.p[1] != ' ')
			str_addn(out, line.p + 1, line.n - 1);
		else if (line.n > 3 && sv_starts(line, "#  ") && line.p[3] != ' ')
			str_addn(out, line.p + 1, line.n - 1);
		str_addc(out, '\n');
	}
}

// The shipped file is what settings.def gives, and says the truth about defaults.
static void test_default_yaml(void **state)
{
	struct str want = {0}, have = {0}, plain = {0};
	struct err e = {0};
	(void)state;
	config_write_default(&want);
	if (getenv("UPDATE"))
		assert_true(path_write_atomic(ZUOXI_DEFAULT_YAML, sv_n(want.s, want.n), 0644, &e));
	assert_true(path_read(ZUOXI_DEFAULT_YAML, 1 << 20, &have, &e));
	assert_string_equal(str_z(&want), str_z(&have));
	uncomment(sv_n(have.s, have.n), &plain);
	struct config dflt;
	config_defaults(&dflt);
	parse(str_z(&plain));
	problems_print(&p, stderr);
	assert_int_equal(p.n, 0);
	assert_int_equal(c.n_keys, 1);
	size_t n;
	const struct setting *s = config_settings(&n);
	for (size_t i = 0; i < n; i++) {
		const char *a = (const char *)&dflt + s[i].offset, *b = (const char *)&c + s[i].offset;
		if (s[i].type == SETTING_IS_TEXT)
			assert_string_equal(*(const char *const *)a, *(const char *const *)b);
		else
			assert_memory_equal(a, b, s[i].type == SETTING_IS_BOOL ? sizeof(bool) : sizeof(int));
		// read from the file, not left as it was: another value is taken too
		assert_non_null(strstr(str_z(&plain), strrchr(s[i].key, '.') ? strrchr(s[i].key, '.') + 1 : s[i].key));
	}
	str_release(&want);
	str_release(&have);
	str_release(&plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_defaults, teardown),
		cmocka_unit_test_teardown(test_values, teardown),
		cmocka_unit_test_teardown(test_wrong, teardown),
		cmocka_unit_test_teardown(test_keys, teardown),
		cmocka_unit_test_teardown(test_missing_file, teardown),
		cmocka_unit_test_teardown(test_default_yaml, teardown),
	};
	i18n_init("en", NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
