// SPDX-License-Identifier: MIT
// Knows that the examples of zuoxi-scenario(5) are true: the scenario of each page is taken out, linted and played with its transcript.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/pack.h"
#include "src/base/path.h"
#include "src/practice/engine.h"
#include "src/practice/score.h"
#include "src/work/model.h"

static const char head[] = "pack: ex\nversion: 1\nindustry: common\nlanguages: [zh, en]\ntitle: {zh: 例, en: Example}\norg: {zh: 例, en: Example}\n";

// What stands between ".Bd" and ".Ed" behind the line `.\" example: NAME`. Owned by the caller.
static char *example(const char *page, const char *name)
{
	char mark[80];
	struct str text = {0};
	struct err e = {0};

	if (!path_read(page, 1 << 20, &text, &e))
		fail_msg("%s", e.msg);
	snprintf(mark, sizeof(mark), ".\\\" example: %s\n.Bd", name);
	const char *at = strstr(str_z(&text), mark), *from = at ? strchr(at + strlen(mark), '\n') : NULL;
	const char *to = from ? strstr(from, "\n.Ed\n") : NULL;
	if (!to)
		fail_msg("%s: there is no example %s", page, name);
	char *out = xstrndup(from + 1, (size_t)(to - from));
	str_release(&text);
	return out;
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[256];
	struct err e = {0};

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (!path_write_atomic(path, sv(text), 0600, &e))
		fail_msg("%s", e.msg);
}

static void sweep(const char *root)
{
	static const char *const files[] = {"scenarios/hours.yaml", "scenarios", "pack.yaml"};
	char path[256];

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, files[i]);
		remove(path);
	}
	remove(root);
}

static void play(const struct packs *packs, const char *text)
{
	const struct scenario *sc = &packs_scenario(packs, "ex.hours.01")->s;
	struct practice_log in, log = {0};
	struct contact_world world;
	struct score s;
	struct err e = {0};
	FILE *f = fmemopen((char *)(uintptr_t)text, strlen(text), "r");

	packs_world(packs, "Asia/Shanghai", &world);
	if (!practice_log_read(f, "good.jsonl", &in, &e))
		fail_msg("%s", e.msg);
	fclose(f);
	engine_play(&(struct engine_options){.scenario = sc, .lexicon = packs->lexicon, .seed = in.seed, .lang = in.lang, .curveballs = true},
		    &in, &log);
	score_log(sc, &log, packs->lexicon, &world, &s);
	assert_string_equal(event_get(&log.v.v[log.v.n - 1].ev, "result"), "success");
	assert_false(s.failed);
	assert_int_equal(s.share[SCORE_OBJECTION], 10000);
	assert_int_equal(s.share[SCORE_RESOLUTION], 10000);
	score_release(&s);
	practice_log_release(&in);
	practice_log_release(&log);
}

static void check_page(const char *page)
{
	char root[] = "zuoxi-manual-XXXXXX", sub[64], *yaml = example(page, "hours.yaml"), *log = example(page, "good.jsonl");
	const char *dirs[] = {ZUOXI_PACKS_DIR "/common", root};
	struct problems found = {0};

	assert_non_null(mkdtemp(root));
	snprintf(sub, sizeof(sub), "%s/scenarios", root);
	assert_int_equal(mkdir(sub, 0700), 0);
	write_file(root, "pack.yaml", head);
	write_file(sub, "hours.yaml", yaml);
	struct packs *packs = packs_load(dirs, 2, &found);
	problems_print(&found, stderr);
	sweep(root);
	assert_int_equal(found.n, 0); // warnings neither
	play(packs, log);
	problems_release(&found);
	packs_free(packs);
	free(yaml);
	free(log);
}

static void test_english(void **state)
{
	(void)state;
	check_page(ZUOXI_MAN "/zuoxi-scenario.5.in");
}

static void test_chinese(void **state)
{
	(void)state;
	check_page(ZUOXI_MAN "/zh_CN/zuoxi-scenario.5.in");
}

// Every key, kind and name the program knows stands on both pages.
static void assert_named(const char *page, const char *word)
{
	struct str text = {0};
	struct err e = {0};
	size_t n = strlen(word);
	bool found = false;

	assert_true(path_read(page, 1 << 20, &text, &e));
	for (const char *p = str_z(&text); !found && (p = strstr(p, word)); p++) {
		bool before = p > str_z(&text) && ((p[-1] >= 'a' && p[-1] <= 'z') || p[-1] == '_');
		bool after = (p[n] >= 'a' && p[n] <= 'z') || p[n] == '_';
		found = !before && !after;
	}
	if (!found)
		fail_msg("%s says nothing of %s", page, word);
	str_release(&text);
}

static void test_complete(void **state)
{
	static const char *const pages[] = {ZUOXI_MAN "/zuoxi-scenario.5.in", ZUOXI_MAN "/zh_CN/zuoxi-scenario.5.in"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		for (int k = 0; k <= EXPECT_OFFLINE; k++)
			assert_named(pages[i], expect_do_code((enum expect_do)k));
		for (int k = 0; k <= CURVE_TIME_PRESSURE; k++)
			assert_named(pages[i], curveball_kind_code((enum curveball_kind)k));
		for (int k = 0; k < OBJECTION_MOVES; k++)
			assert_named(pages[i], objection_move_code((enum objection_move)k));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_english),
		cmocka_unit_test(test_chinese),
		cmocka_unit_test(test_complete),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
