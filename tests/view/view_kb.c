// SPDX-License-Identifier: MIT
// Knows how the knowledge pane looks and behaves: results that stay where they are, versions and differences, what is withdrawn or
// stale, receipts, and which text was before the agent's eyes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/cli/cli.h"
#include "src/desk/role.h"
#include "src/store/receipt.h"
#include "src/work/station.h"
#include "tests/view/hand.h"
#include "ui/kb_pane.h"

// What the loop does before it sleeps.
static void turn(struct scene *s)
{
	struct golden g;

	model_store_poll(&s->model);
	model_tick(&s->model);
	ui_follow(&s->ui, &s->model);
	ui_layout(&s->ui, &s->model);
	golden_open(&g, s->ui.rows, s->ui.cols, s->theme);
	struct canvas c = golden_begin(&g);
	ui_refresh(&s->ui, &s->model, &c);
	golden_close(&g);
}

static void wait(struct scene *s, int64_t ms)
{
	turn(s);
	clock_fake_add(&s->clock, ms);
	turn(s);
}

// --- a base of its own

static struct kb *writer(struct scene *s)
{
	char *path = station_kb_path(s->dir);
	struct kb *kb = NULL;

	scene_must(kb_open(&kb, path, KB_WRITE, &s->clock, "Asia/Shanghai", &e));
	free(path);
	return kb;
}

static void put(struct scene *s, const struct kb_text *t)
{
	struct kb *kb = writer(s);
	enum kb_put what;

	scene_must(kb_put(kb, t, &what, &e));
	kb_close(kb);
}

static void deed(struct scene *s, struct kb_deed d)
{
	struct kb *kb = writer(s);

	d.by = "9001";
	d.roles = USER_BIT(USER_KB_EDITOR) | USER_BIT(USER_SUPERVISOR);
	scene_must(kb_do(kb, &d, NULL, &e));
	kb_close(kb);
}

static const char *body(int version)
{
	static const char *const bodies[] = {
		"## 适用范围\n个人账户，全部渠道。\n\n## 答案\n1. 先核验到 1 级，再说原因\n2. 系统显示“风控”：提交复核，24小时内回复\n3. 系统显示“司法”：转主管\n4. 长期不动户：请到网点激活\n"
		"5. 系统未显示原因：登记后回电\n\n## 话术\n说：系统为了保护资金暂时限制了部分交易。\n不说：解冻时间\n\n## 来源\n内部规定 12 号\n",
		"## 适用范围\n个人账户，全部渠道。\n\n## 答案\n1. 先核验到 2 级，再说原因\n2. 系统显示“风控”：提交加急复核，2个工作日内回复\n3. 系统显示“司法”：只用规定口径\n4. 长期不动户：请到网点激活\n"
		"5. 系统未显示原因：登记后回电\n\n## 话术\n说：系统为了保护资金暂时限制了部分交易。\n不说：解冻时间、内部规则\n\n## 来源\n内部规定 12 号\n",
		"## 适用范围\n个人账户，全部渠道。\n\n## 答案\n1. 先核验到 2 级，再说原因\n2. 系统显示“风控”：提交加急复核，1个工作日内回复\n3. 系统显示“司法”：只用规定口径\n4. 长期不动户：请到网点激活，或用手机银行\n"
		"5. 系统未显示原因：登记后回电\n\n## 话术\n说：系统为了保护资金暂时限制了部分交易。\n不说：解冻时间、内部规则\n\n## 来源\n内部规定 15 号\n",
	};

	return bodies[version - 1];
}

// Three versions of one, one that is stale, one that was withdrawn, one that is hidden, one to come.
static void library(struct scene *s)
{
	static const char *const notes[] = {"初版", "风控改为加急，司法只用规定口径", "时限改为1个工作日"};

	for (int v = 1; v <= 3; v++) {
		put(s, &(struct kb_text){.id = "KB-T-001", .title = "账户冻结了怎么办", .title_en = "My account is frozen", .body = body(v), .author = v == 1 ? "刘编辑" : "赵编辑",
					 .approver = "王审批", .note = notes[v - 1], .summary_en = "Verify first, then say why. Risk control: urgent review."});
		clock_fake_add(&s->clock, 86400000);
	}
	put(s, &(struct kb_text){.id = "KB-T-002", .title = "账户冻结多久解除", .title_en = "How long a freeze lasts", .body = "按规定时限，不承诺。", .author = "刘编辑"});
	put(s, &(struct kb_text){.id = "KB-T-003", .title = "账户冻结旧流程", .title_en = "The old way", .body = "旧流程：填表，传真到分行。", .author = "刘编辑"});
	put(s, &(struct kb_text){.id = "KB-T-004", .title = "账户冻结内部口径", .body = "不得外传。", .author = "刘编辑"});
	put(s, &(struct kb_text){.id = "KB-T-005", .title = "账户冻结新规", .body = "自明年起。", .author = "刘编辑", .effective_from = SCENE_NOW + 90LL * 86400000});
	put(s, &(struct kb_text){.id = "KB-T-006", .title = "账户冻结春节安排", .body = "节日期间。", .author = "刘编辑", .effective_to = SCENE_NOW + 86400000});
	deed(s, (struct kb_deed){.verb = KB_DO_FLAG, .id = "KB-T-002", .note = "时限与新规不符"});
	deed(s, (struct kb_deed){.verb = KB_DO_RETIRE, .id = "KB-T-003", .other = "KB-T-001", .note = "并入新流程"});
	deed(s, (struct kb_deed){.verb = KB_DO_HIDE, .id = "KB-T-004", .note = "口径有误"});
}

static struct work *at_work(struct scene *s, enum lang lang)
{
	scene_open(s, lang);
	library(s);
	struct work *w = scene_call(s, "13812345678", "王芳");
	keys(s, "M-2");
	return w;
}

static void search_for(struct scene *s, const char *query)
{
	keys(s, "C-f C-u");
	type(s, query);
	keys(s, "Enter");
	turn(s);
}

static bool screen_shows(struct scene *s, const char *text)
{
	return scene_shows(s, NULL, 0, 0, text);
}

static const char *last_note(struct scene *s)
{
	const struct note *n = model_last_note(&s->model);

	return n ? n->text : "";
}

// The whole screen in three sizes.
static void golden_sizes(struct scene *s, const char *name, enum lang lang)
{
	static const int sizes[][2] = {{24, 80}, {40, 120}, {50, 200}};
	char file[80];

	for (size_t i = 0; i < 3; i++) {
		scene_size(s, sizes[i][0], sizes[i][1]);
		turn(s);
		scene_saved(s);
		turn(s);
		snprintf(file, sizeof(file), "kb_%s%s_%d", name, lang == LANG_EN ? "_en" : "", sizes[i][1]);
		scene_golden_place(s, NULL, file, 0, 0);
	}
	scene_size(s, 40, 120);
}

// --- how it looks

// How it looks does not hang on how it ranks.
static void fixed_scores(struct kb_view *kb)
{
	for (size_t i = 0; i < kb->results.n; i++)
		kb->results.v[i].score = (struct kb_score){.total = 2.5 - (double)i, .ranked = 2.5, .text = 1.6, .category = 1.3, .step = 1.2, .helpful = 1,
							   .stale = i ? 0.6 : 1, .learned = 0.8, .trust = 0.25, .agents = 2, .terms_hit = 2, .terms = 3};
}

static void looks(enum lang lang)
{
	struct scene s;
	struct work *w = at_work(&s, lang);

	search_for(&s, "账户冻结");
	fixed_scores(&w->kb);
	golden_sizes(&s, "list", lang);
	keys(&s, "Enter");
	golden_sizes(&s, "article", lang);
	keys(&s, "h");
	golden_sizes(&s, "versions", lang);
	keys(&s, "d");
	golden_sizes(&s, "diff", lang);
	keys(&s, "Esc Down Down Enter");
	golden_sizes(&s, "past", lang);
	scene_must(kb_pane_open(&s.ui, &s.model, "KB-T-003", 0, KB_FROM_LIST, &e));
	golden_sizes(&s, "withdrawn", lang);
	search_for(&s, "螺蛳粉外卖");
	golden_sizes(&s, "nothing", lang);
	scene_close(&s);
}

static void test_looks_zh(void **state)
{
	(void)state;
	looks(LANG_ZH);
}

static void test_looks_en(void **state)
{
	(void)state;
	looks(LANG_EN);
}

// --- states are shown as such

static void test_what_is_no_longer_right_says_so(void **state)
{
	struct scene s;

	(void)state;
	struct work *w = at_work(&s, LANG_EN);
	search_for(&s, "账户冻结");
	// Only what agents may use is found, and what is doubtful says why.
	scene_size(&s, 24, 80);
	assert_true(screen_shows(&s, "! under review: 时限与新规不符"));
	for (size_t i = 0; i < w->kb.results.n; i++)
		assert_true(strcmp(w->kb.results.v[i].id, "KB-T-001") == 0 || strcmp(w->kb.results.v[i].id, "KB-T-002") == 0);
	scene_size(&s, 40, 120);
	scene_must(kb_pane_open(&s.ui, &s.model, "KB-T-002", 0, KB_FROM_LIST, &e));
	assert_true(screen_shows(&s, "! under review: 时限与新规不符"));
	scene_must(kb_pane_open(&s.ui, &s.model, "KB-T-004", 0, KB_FROM_LIST, &e));
	assert_true(screen_shows(&s, "× hidden from everybody"));
	scene_must(kb_pane_open(&s.ui, &s.model, "KB-T-005", 0, KB_FROM_LIST, &e));
	assert_true(screen_shows(&s, "! not in force before 2027-02-20"));
	scene_must(kb_pane_open(&s.ui, &s.model, "KB-T-006", 0, KB_FROM_LIST, &e));
	assert_true(screen_shows(&s, "! no longer in force since 2026-11-23"));
	// One key from a withdrawn one to what took its place.
	scene_size(&s, 24, 80);
	scene_must(kb_pane_open(&s.ui, &s.model, "KB-T-003", 0, KB_FROM_LIST, &e));
	assert_true(screen_shows(&s, "× withdrawn"));
	assert_true(screen_shows(&s, "took its place: KB-T-001"));
	keys(&s, "g");
	assert_string_equal(w->kb.open_id, "KB-T-001");
	assert_int_equal(w->kb.open_ver, 3);
	// The preview beside the list says it, too.
	scene_size(&s, 50, 200);
	keys(&s, "Esc Down");
	turn(&s);
	assert_string_equal(w->kb.preview_id, "KB-T-002");
	assert_true(screen_shows(&s, "! under review: 时限与新规不符"));
	scene_close(&s);
}

static void test_a_draft_is_marked(void **state)
{
	struct scene s;

	(void)state;
	struct work *w = at_work(&s, LANG_EN);
	s.model.roles = USER_BIT(USER_KB_EDITOR);
	deed(&s, (struct kb_deed){.verb = KB_DO_SAVE, .id = "KB-T-001", .base_ver = 3, .complete = true,
				  .doc = "{\"id\":\"KB-T-001\",\"title\":\"账户冻结了怎么办\",\"body\":\"新的口径\"}"});
	scene_must(kb_pane_open(&s.ui, &s.model, "KB-T-001", 0, KB_FROM_LIST, &e));
	assert_true(screen_shows(&s, "A new version is on its way"));
	scene_must(model_kb_open_draft(&s.model, w, "KB-T-001", &e));
	assert_true(screen_shows(&s, "! not validated"));
	keys(&s, "c"); // refused
	assert_int_equal(w->contact->cites.n, 0);
	scene_close(&s);
}

// Somebody publishes, somebody withdraws, while the article is being read: it says so, and the text stays.
static void test_what_happens_while_reading(void **state)
{
	struct scene s;

	(void)state;
	struct work *w = at_work(&s, LANG_EN);
	scene_size(&s, 24, 80);
	scene_must(kb_pane_open(&s.ui, &s.model, "KB-T-001", 0, KB_FROM_LIST, &e));
	turn(&s);
	put(&s, &(struct kb_text){.id = "KB-T-001", .title = "账户冻结了怎么办", .body = "第四版", .author = "赵编辑"});
	turn(&s);
	assert_true(screen_shows(&s, "! version 4 has just been"));
	assert_int_equal(w->kb.open_ver, 3);
	assert_true(screen_shows(&s, "1个工作日内回复"));
	keys(&s, "g");
	assert_int_equal(w->kb.open_ver, 4);
	deed(&s, (struct kb_deed){.verb = KB_DO_RETIRE, .id = "KB-T-001", .other = "KB-T-002", .note = "合并"});
	turn(&s);
	assert_true(screen_shows(&s, "× withdrawn"));
	assert_true(screen_shows(&s, "第四版"));
	scene_close(&s);
}

// --- versions

static void test_versions_by_keys(void **state)
{
	struct scene s;

	(void)state;
	struct work *w = at_work(&s, LANG_EN);
	search_for(&s, "账户冻结");
	keys(&s, "Enter h");
	assert_true(screen_shows(&s, "KB-T-001: 3 versions"));
	assert_true(screen_shows(&s, "时限改为1个工作日"));
	// Against the one before it; the changed characters are in both lines.
	keys(&s, "d");
	assert_int_equal(w->kb.versions.from, 2);
	assert_int_equal(w->kb.versions.to, 3);
	assert_true(screen_shows(&s, "lines the same"));
	keys(&s, "f");
	assert_false(screen_shows(&s, "lines the same"));
	// Any two: one is marked, from the older to the newer.
	keys(&s, "Esc m Down Down d");
	assert_int_equal(w->kb.versions.from, 1);
	assert_int_equal(w->kb.versions.to, 3);
	keys(&s, "Esc m d"); // the first has none before it
	assert_int_equal(kb_pane_at(&s.ui, &s.model), KB_AT_VERSIONS);
	keys(&s, "Enter");
	assert_int_equal(w->kb.open_ver, 1);
	assert_true(screen_shows(&s, "! version 1 of 3, as it was"));
	assert_true(screen_shows(&s, "24小时内回复"));
	keys(&s, "c"); // not what holds: it cannot be cited
	assert_int_equal(w->contact->cites.n, 0);
	// Back leads to the versions, from there to the article; g to what holds.
	keys(&s, "Esc");
	assert_int_equal(kb_pane_at(&s.ui, &s.model), KB_AT_VERSIONS);
	keys(&s, "Enter g");
	assert_int_equal(w->kb.open_ver, 3);
	assert_false(screen_shows(&s, "! version 1 of 3"));
	keys(&s, "g");
	assert_string_equal(last_note(&s), "This is what holds now.");
	keys(&s, "Esc Esc Esc");
	assert_int_equal(kb_pane_at(&s.ui, &s.model), KB_AT_LIST);
	assert_null(w->kb.versions.id);
	scene_close(&s);
}

static void test_a_difference_scrolls(void **state)
{
	struct scene s;
	struct str old = {0}, new = {0};

	(void)state;
	scene_open(&s, LANG_EN);
	for (int i = 0; i < 120; i++) {
		str_addf(&old, "第%d条：保持不变的规定\n\n", i);
		str_addf(&new, i % 40 == 20 ? "第%d条：改动过的规定\n\n" : "第%d条：保持不变的规定\n\n", i);
	}
	put(&s, &(struct kb_text){.id = "KB-L", .title = "长规定", .body = str_z(&old), .author = "甲"});
	put(&s, &(struct kb_text){.id = "KB-L", .title = "长规定", .body = str_z(&new), .author = "乙"});
	scene_call(&s, "13812345678", "王芳");
	keys(&s, "M-2");
	search_for(&s, "长规定");
	scene_size(&s, 24, 80);
	keys(&s, "h d");
	turn(&s);
	assert_true(screen_shows(&s, "第20条：改动过的规定"));
	assert_false(screen_shows(&s, "第100条"));
	keys(&s, "n n");
	turn(&s);
	assert_true(screen_shows(&s, "第100条：改动过的规定"));
	keys(&s, "PgUp PgUp PgUp");
	turn(&s);
	assert_true(screen_shows(&s, "第20条：改动过的规定"));
	// Unfolded, page by page to the end and not beyond.
	keys(&s, "f PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn");
	turn(&s);
	assert_true(screen_shows(&s, "第119条"));
	keys(&s, "p");
	turn(&s);
	assert_true(screen_shows(&s, "第100条：改动过的规定"));
	str_release(&old);
	str_release(&new);
	scene_close(&s);
}

// Who is asked the questions does not read the answers in the history.
static void test_a_difference_keeps_the_answers(void **state)
{
	static const char *const one[] = {"回复时限？ | *一天 | 两天"}, *const two[] = {"回复时限？ | 一天 | *两天"};
	struct scene s;

	(void)state;
	scene_open(&s, LANG_EN);
	put(&s, &(struct kb_text){.id = "KB-Q", .title = "时限", .body = "一天。", .author = "甲", .quiz = {(const char **)(uintptr_t)one, 1}});
	put(&s, &(struct kb_text){.id = "KB-Q", .title = "时限", .body = "两天。", .author = "甲", .quiz = {(const char **)(uintptr_t)two, 1}});
	scene_call(&s, "13812345678", "王芳");
	keys(&s, "M-2");
	search_for(&s, "时限");
	s.model.roles = USER_BIT(USER_AGENT);
	keys(&s, "h d");
	assert_true(screen_shows(&s, "+ 两天。"));
	assert_false(screen_shows(&s, "quiz"));
	s.model.roles = USER_BIT(USER_KB_EDITOR);
	keys(&s, "Esc d");
	assert_true(screen_shows(&s, "quiz"));
	scene_close(&s);
}

// --- results keep their place

static int row_of_screen(struct scene *s, const char *text)
{
	struct str out = {0};
	int row = -1, y = 0;
	struct sv rest, line;

	scene_draw(s, NULL, 0, 0, &out);
	for (rest = sv_n(str_z(&out), out.n); sv_split(&rest, '\n', &line);) {
		if (line.n && *line.p == '~')
			continue;
		char *copy = xstrdup("");
		free(copy);
		copy = xcalloc(1, line.n + 1);
		memcpy(copy, line.p, line.n);
		if (strstr(copy, text) && row < 0)
			row = y;
		free(copy);
		y++;
	}
	str_release(&out);
	return row;
}

static void many(struct scene *s, int from, int to)
{
	struct kb *kb = writer(s);
	char id[24], title[80];
	enum kb_put what;

	for (int i = from; i < to; i++) {
		snprintf(id, sizeof(id), "KB-M-%03d", i);
		snprintf(title, sizeof(title), "信用卡年费说明 第%d类", i);
		struct kb_text t = {.id = id, .title = title, .body = "年费按卡种收取。", .author = "甲"};
		scene_must(kb_put(kb, &t, &what, &e));
	}
	kb_close(kb);
}

// The base changes while the agent is in the list: what is selected stays selected, and stays where it is.
static void test_a_selected_row_stays(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_EN);
	many(&s, 10, 40);
	struct work *w = scene_call(&s, "13812345678", "王芳");
	keys(&s, "M-2");
	search_for(&s, "信用卡年费");
	for (int i = 0; i < 14; i++) {
		keys(&s, "Down");
		turn(&s);
	}
	keys(&s, "Up Up");
	turn(&s);
	char id[80];
	snprintf(id, sizeof(id), "%s", w->kb.selected);
	int y = row_of_screen(&s, id);
	size_t n = w->kb.results.n, row = kb_selected_row(&w->kb);
	assert_true(y > 0);
	// Ten more come in before it in the order of the list; the results are read again after a pause, by a timer.
	many(&s, 0, 10);
	clock_fake_add(&s.clock, 10000);
	turn(&s);
	assert_int_equal(model_next_ms(&s.model) >= 0 && model_next_ms(&s.model) <= 300, true);
	clock_fake_add(&s.clock, 300);
	turn(&s);
	assert_true(w->kb.results.n > n);
	assert_string_equal(w->kb.selected, id);
	assert_true(kb_selected_row(&w->kb) != row);
	assert_int_equal(row_of_screen(&s, id), y);
	// Fewer: the row stays as long as there are rows to stand above it.
	struct kb *kb = writer(&s);
	for (int i = 0; i < 8; i++) {
		char gone[24];
		snprintf(gone, sizeof(gone), "KB-M-%03d", i);
		scene_must(kb_set_state(kb, gone, KB_ARCHIVED, &e));
	}
	kb_close(kb);
	wait(&s, 300);
	wait(&s, 300);
	assert_string_equal(w->kb.selected, id);
	assert_int_equal(row_of_screen(&s, id), y);
	// The category narrows: the same again.
	model_kb_narrow(&s.model, w, false);
	turn(&s);
	assert_string_equal(w->kb.selected, id);
	assert_int_equal(row_of_screen(&s, id), y);
	// A new query begins at its best row.
	search_for(&s, "年费 第12类");
	assert_int_equal(kb_selected_row(&w->kb), 0);
	scene_close(&s);
}

// A pause of typing looks further; where the agent is in the list by then, nothing moves.
static void test_a_pause_searches_further(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_EN);
	many(&s, 0, 30);
	struct work *w = scene_call(&s, "13812345678", "王芳");
	keys(&s, "C-f");
	type(&s, "年费");
	assert_true(w->kb.full_at > 0);
	int64_t due = w->kb.full_at;
	clock_fake_add(&s.clock, 200);
	type(&s, "说");
	assert_true(w->kb.full_at > due); // another key, another pause
	turn(&s);
	assert_true(w->kb.full_at > 0);
	assert_int_equal(model_next_ms(&s.model), 300);
	clock_fake_add(&s.clock, 300);
	turn(&s);
	assert_int_equal(w->kb.full_at, 0);
	// Still typing: the best row is the selected one.
	assert_int_equal(kb_selected_row(&w->kb), 0);
	// The results came quickly and the agent went on into the list before the pause was over.
	type(&s, "明");
	model_kb_select(&s.model, w, 3);
	ui_view(&s.ui, &s.model)->kb_at = KB_AT_LIST;
	turn(&s);
	char id[80];
	snprintf(id, sizeof(id), "%s", w->kb.selected);
	int y = row_of_screen(&s, id);
	clock_fake_add(&s.clock, 300);
	turn(&s);
	assert_int_equal(w->kb.full_at, 0);
	assert_string_equal(w->kb.selected, id);
	assert_int_equal(row_of_screen(&s, id), y);
	scene_close(&s);
}

static void test_the_step_of_the_script_counts(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_EN);
	scene_kb(&s, "common", NULL);
	struct work *w = scene_call(&s, "13812345678", "王芳");
	scene_must(model_script_jump(&s.model, w, "G3", &e));
	keys(&s, "M-2");
	search_for(&s, "处理");
	assert_non_null(w->kb.step);
	assert_string_equal(w->kb.step->id, "G3");
	size_t named = 0;
	for (size_t i = 0; i < w->kb.results.n; i++)
		if (strcmp(w->kb.results.v[i].id, "KB-COM-002") == 0) {
			assert_true(w->kb.results.v[i].score.step > 1.1);
			named++;
		}
	assert_int_equal(named, 1);
	// Another step: the results are read again for it, after the pause.
	scene_must(model_script_jump(&s.model, w, "G1", &e));
	wait(&s, 300);
	wait(&s, 300);
	assert_null(w->kb.step);
	scene_close(&s);
}

// --- nothing found, corrected, why

static void test_nothing_found_leads_on(void **state)
{
	static const int sizes[][2] = {{24, 80}, {30, 95}, {40, 120}, {50, 200}};
	struct scene s;

	(void)state;
	struct work *w = at_work(&s, LANG_EN);
	search_for(&s, "螺蛳粉外卖");
	assert_true(w->kb.results.nothing_found || !w->kb.results.n);
	for (size_t i = 0; i < 4; i++) {
		scene_size(&s, sizes[i][0], sizes[i][1]);
		turn(&s);
		assert_true(screen_shows(&s, "Nothing found"));
		assert_true(screen_shows(&s, "M-g"));
	}
	// Where nothing is listed the keys of the call still work.
	keys(&s, "M-g");
	assert_string_equal(last_note(&s), "Reported as uncovered: 螺蛳粉外卖");
	// What was looked for in place of what was typed is said: above what was found, or above what is merely nearest.
	search_for(&s, "账户冻结");
	w->kb.results.suggestion = "账户冻结 解除";
	for (size_t i = 0; i < 4; i++) {
		scene_size(&s, sizes[i][0], sizes[i][1]);
		assert_true(screen_shows(&s, "! Taken for: 账户冻结 解除"));
	}
	w->kb.results.nothing_found = true;
	for (size_t i = 0; i < 4; i++) {
		scene_size(&s, sizes[i][0], sizes[i][1]);
		assert_true(screen_shows(&s, "Nothing found"));
		assert_true(screen_shows(&s, "Searched for: 账户冻结 解除"));
		assert_true(screen_shows(&s, "Nearest:"));
		assert_true(screen_shows(&s, "▸KB-T-001"));
	}
	// Why it stands where it does, in words.
	search_for(&s, "退款");
	search_for(&s, "账户冻结");
	keys(&s, "Down w");
	assert_int_equal(s.ui.popup.kind, POPUP_TEXT);
	assert_non_null(strstr(s.ui.popup.text, "×0.6  under review"));
	assert_non_null(strstr(s.ui.popup.text, "Row 2 of 2"));
	scene_close(&s);
}

// --- which text was seen

// What `zuoxi kb seen` prints about an instant.
static int seen_at(struct scene *s, int64_t at, struct str *out, ...)
{
	char when[32], *text = NULL, *why = NULL;
	size_t n = 0, m = 0;
	char *argv[8] = {"kb", "seen", when};
	int argc = 3;
	va_list ap;

	scene_saved(s);
	clock_format("Asia/Shanghai", at, "%Y-%m-%d %H:%M:%S", when, sizeof(when));
	va_start(ap, out);
	while ((argv[argc] = va_arg(ap, char *)))
		argc++;
	va_end(ap);
	struct cli c = {.data = s->dir, .clock = s->clock, .out = open_memstream(&text, &n), .err = open_memstream(&why, &m)};
	int rc = cmd_kb(&c, argc, argv);
	fclose(c.out);
	fclose(c.err);
	str_clear(out);
	str_add(out, text);
	if (rc > CLI_NO)
		fprintf(stderr, "%s", why);
	free(text);
	free(why);
	return rc;
}

static void long_article(struct scene *s)
{
	struct str text = {0};

	for (int v = 1; v <= 2; v++) {
		str_clear(&text);
		for (int i = 1; i <= 60; i++)
			str_addf(&text, "%d. 第%d条规定，第%d版\n", i, i, v);
		put(s, &(struct kb_text){.id = "KB-L", .title = "长规定", .body = str_z(&text), .author = "甲"});
	}
	put(s, &(struct kb_text){.id = "KB-K", .title = "短规定", .body = "只有一条。", .author = "甲"});
	str_release(&text);
}

// Each change of what is on the screen: opened, scrolled, another version, another pane, another screen, quitting.
static void test_the_text_that_was_seen(void **state)
{
	struct scene s;
	struct str out = {0};

	(void)state;
	scene_open(&s, LANG_EN);
	long_article(&s);
	scene_size(&s, 24, 80);
	struct work *w = scene_call(&s, "13812345678", "王芳");
	char contact[40];
	snprintf(contact, sizeof(contact), "%s", w->contact->id);
	keys(&s, "M-2");
	search_for(&s, "长规定");
	int64_t t0 = clock_wall(&s.clock);
	keys(&s, "Enter");
	wait(&s, 5000); // 0..5 from line 1
	int height = s.model.shown.s.height;
	keys(&s, "PgDn");
	wait(&s, 4000); // 5..9 further down
	assert_int_equal(s.model.shown.top, height - 1); // no line was passed over
	int top = ui_view(&s.ui, &s.model)->article_scroll;
	assert_true(top > 0);
	keys(&s, "h");
	wait(&s, 2000); // 9..11 the list of versions: no text
	keys(&s, "Down Enter");
	wait(&s, 3000); // 11..14 version 1
	keys(&s, "M-1");
	wait(&s, 4000); // 14..18 the script, in the only pane there is
	keys(&s, "M-2");
	wait(&s, 2000); // 18..20 version 1 again
	keys(&s, "F10");
	wait(&s, 5000); // 20..25 my calls
	keys(&s, "F10");
	wait(&s, 2000); // 25..27
	scene_restart(&s); // 27: the program ends
	assert_int_equal(seen_at(&s, t0 + 3000, &out, "--text", NULL), CLI_DONE);
	assert_non_null(strstr(str_z(&out), "KB-L v2"));
	assert_non_null(strstr(str_z(&out), "    1  1. 第1条规定，第2版\n"));
	assert_null(strstr(str_z(&out), "第1版"));
	assert_int_equal(seen_at(&s, t0 + 7000, &out, "--text", NULL), CLI_DONE);
	char line[64];
	snprintf(line, sizeof(line), "%5d  %d. 第%d条规定，第2版\n", top + 1, top + 1, top + 1);
	assert_non_null(strstr(str_z(&out), line));
	assert_null(strstr(str_z(&out), "    1  "));
	assert_int_equal(seen_at(&s, t0 + 10000, &out, NULL), CLI_NO);
	assert_int_equal(seen_at(&s, t0 + 12500, &out, "--text", NULL), CLI_DONE);
	assert_non_null(strstr(str_z(&out), "KB-L v1"));
	assert_int_equal(seen_at(&s, t0 + 16000, &out, NULL), CLI_NO);
	assert_int_equal(seen_at(&s, t0 + 19000, &out, NULL), CLI_DONE);
	assert_int_equal(seen_at(&s, t0 + 22000, &out, NULL), CLI_NO);
	assert_int_equal(seen_at(&s, t0 + 26000, &out, "--contact", contact, NULL), CLI_DONE);
	assert_int_equal(seen_at(&s, t0 + 26000, &out, "--agent", "8001", NULL), CLI_DONE);
	assert_int_equal(seen_at(&s, t0 + 26000, &out, "--agent", "8002", NULL), CLI_NO);
	assert_int_equal(seen_at(&s, t0 + 30000, &out, NULL), CLI_NO);
	str_release(&out);
	scene_close(&s);
}

// The column beside the list: what is selected stands there, and is read without being opened.
static void test_the_preview_that_was_seen(void **state)
{
	struct scene s;
	struct str out = {0};

	(void)state;
	scene_open(&s, LANG_EN);
	long_article(&s);
	scene_call(&s, "13812345678", "王芳");
	scene_size(&s, 50, 200);
	keys(&s, "M-2");
	search_for(&s, "规定");
	int64_t t0 = clock_wall(&s.clock);
	wait(&s, 3000);
	const char *first = model_work(&s.model)->kb.results.v[0].id, *second = model_work(&s.model)->kb.results.v[1].id;
	char a[16], b[16];
	snprintf(a, sizeof(a), "%s", first);
	snprintf(b, sizeof(b), "%s", second);
	keys(&s, "Down");
	wait(&s, 3000);
	keys(&s, "Up");
	wait(&s, 300); // passed over
	keys(&s, "Down");
	wait(&s, 3000);
	scene_size(&s, 20, 60); // too small to show anything
	wait(&s, 3000);
	assert_int_equal(seen_at(&s, t0 + 1000, &out, NULL), CLI_DONE);
	assert_non_null(strstr(str_z(&out), a));
	assert_non_null(strstr(str_z(&out), "preview"));
	assert_int_equal(seen_at(&s, t0 + 4000, &out, NULL), CLI_DONE);
	assert_non_null(strstr(str_z(&out), b));
	assert_null(strstr(str_z(&out), a));
	assert_int_equal(seen_at(&s, t0 + 11000, &out, NULL), CLI_NO);
	str_release(&out);
	scene_close(&s);
}

// In the record of a past contact one key opens what was read then, in the version it had.
static void test_the_record_leads_to_the_text(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_EN);
	long_article(&s);
	scene_size(&s, 24, 80);
	struct work *w = scene_call(&s, "13812345678", "王芳");
	char contact[40];
	snprintf(contact, sizeof(contact), "%s", w->contact->id);
	keys(&s, "M-2");
	search_for(&s, "长规定");
	keys(&s, "Enter c PgDn");
	wait(&s, 6000);
	int top = ui_view(&s.ui, &s.model)->article_scroll;
	scene_must(model_note(&s.model, w, "客户追问", &e));
	wait(&s, 2000);
	keys(&s, "M-1");
	wait(&s, 5000);
	scene_must(model_note(&s.model, w, "之后", &e));
	scene_saved(&s);
	// Read again as a past contact; meanwhile the article was withdrawn.
	put(&s, &(struct kb_text){.id = "KB-L", .title = "长规定", .body = "全新。", .author = "乙"});
	deed(&s, (struct kb_deed){.verb = KB_DO_RETIRE, .id = "KB-L", .other = "KB-K", .note = "合并"});
	w->read_only = true;
	turn(&s);
	keys(&s, "M-4");
	turn(&s);
	assert_true(screen_shows(&s, "withdrawn since; KB-K"));
	keys(&s, "Enter"); // the last event: nothing was on the screen any more
	assert_non_null(strstr(last_note(&s), "the last one was KB-L v2"));
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_record);
	keys(&s, "Up Enter");
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_kb);
	assert_string_equal(w->kb.open_id, "KB-L");
	assert_int_equal(w->kb.open_ver, 2);
	turn(&s);
	assert_true(screen_shows(&s, "! version 2 of 3, as it was"));
	assert_true(screen_shows(&s, "withdrawn"));
	assert_int_equal(ui_view(&s.ui, &s.model)->article_scroll, top);
	keys(&s, "Esc");
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_record);
	// The citation opens the version that was cited.
	for (int i = 0; i < 30 && !screen_shows(&s, "▸"); i++)
		keys(&s, "Up");
	keys(&s, "Home");
	turn(&s);
	bool found = false;
	for (size_t i = 0; i < w->contact->events.n && !found; i++) {
		if (w->contact->events.v[i].type == EV_KB_CITE) {
			ui_view(&s.ui, &s.model)->record_seq = w->contact->events.v[i].seq;
			found = true;
		}
	}
	assert_true(found);
	keys(&s, "Enter");
	assert_int_equal(w->kb.open_ver, 2);
	// Looking at it today is not reading in that contact.
	wait(&s, 5000);
	keys(&s, "Esc");
	turn(&s);
	scene_saved(&s);
	struct kb_sight sight;
	struct arena a = {0};
	struct err e = {0};
	assert_false(model_kb_seen_at(&s.model, contact, clock_wall(&s.clock) - 2000, &sight, &a, &e));
	arena_release(&a);
	w->read_only = false;
	scene_close(&s);
}

// --- receipts

static void receipt(enum lang lang);

static void test_a_must_read_is_confirmed(void **state)
{
	(void)state;
	receipt(LANG_EN);
}

static void test_a_must_read_in_chinese(void **state)
{
	(void)state;
	receipt(LANG_ZH);
}

// The keys are the same in both languages, and so is what comes of them.
static void receipt(enum lang lang)
{
	static const char *const quiz[] = {"风控冻结要多久回复？ | 24小时 | *1个工作日", "能说解冻时间吗？ | 能 | *不能"};
	struct scene s;
	bool given, en = lang == LANG_EN;

	scene_open(&s, lang);
	put(&s, &(struct kb_text){.id = "KB-R", .title = "冻结口径", .body = body(3), .author = "甲", .must_read = true, .quiz = {(const char **)(uintptr_t)quiz, 2}});
	scene_saved(&s);
	clock_fake_add(&s.clock, 25 * 3600000LL);
	model_refresh_home(&s.model);
	scene_size(&s, 24, 80);
	turn(&s);
	assert_true(screen_shows(&s, _("!! must read, late")));
	// The notice leads to the article; before its end there is nothing to confirm.
	keys(&s, "Tab Tab Enter");
	turn(&s);
	assert_string_equal(s.model.desk_kb.open_id, "KB-R");
	assert_true(!en || screen_shows(&s, "! must read: at its end r confirms"));
	scene_wait(&s, 5000);
	keys(&s, "r");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	assert_string_equal(last_note(&s), _("Read it to the end first: the last line has not been on the screen yet."));
	keys(&s, "PgDn PgDn");
	turn(&s);
	assert_true(!en || screen_shows(&s, "r confirms, after 2 questions"));
	scene_saved(&s);
	scene_golden_place(&s, NULL, en ? "kb_receipt_en_80" : "kb_receipt_80", 0, 0);
	keys(&s, "r");
	scene_saved(&s);
	scene_golden_place(&s, NULL, en ? "kb_question_en_80" : "kb_question_80", 0, 0);
	keys(&s, "Esc");
	// A wrong answer says what to read, is kept, and gives no receipt.
	keys(&s, "r 1");
	assert_int_equal(s.ui.popup.kind, POPUP_TEXT);
	assert_true(!en || strstr(s.ui.popup.text, "Read KB-R again, under 答案"));
	scene_saved(&s);
	scene_golden_place(&s, NULL, en ? "kb_wrong_en_80" : "kb_wrong_80", 0, 0);
	assert_non_null(strstr(s.ui.popup.text, "1个工作日内回复"));
	keys(&s, "Esc r 2 1");
	assert_non_null(strstr(s.ui.popup.text, "不说：解冻时间"));
	keys(&s, "Esc");
	scene_saved(&s);
	struct kb_events failed = {0};
	struct arena a = {0};
	scene_must(kb_event_list(store_reader(s.store), "quiz_failed", 0, 0, &failed, &a, &e));
	assert_int_equal(failed.n, 2);
	assert_int_equal(failed.v[0].results, 1);
	vec_release(&failed);
	scene_must(receipt_given(store_reader(s.store), "article", "KB-R", 1, "8001", &given, &e));
	assert_false(given);
	// All right: the receipt, and the notice is gone.
	keys(&s, "r 2 2");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	scene_saved(&s);
	turn(&s);
	struct receipts all = {0};
	scene_must(receipt_list(store_reader(s.store), "article", &all, &a, &e));
	assert_int_equal(all.n, 1);
	assert_int_equal(all.v[0].quiz, RECEIPT_PASSED);
	vec_release(&all);
	arena_release(&a);
	assert_int_equal(s.model.home.unread, 0);
	assert_true(!en || screen_shows(&s, "✓ must read: confirmed"));
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_looks_zh),
		cmocka_unit_test(test_looks_en),
		cmocka_unit_test(test_what_is_no_longer_right_says_so),
		cmocka_unit_test(test_a_draft_is_marked),
		cmocka_unit_test(test_what_happens_while_reading),
		cmocka_unit_test(test_versions_by_keys),
		cmocka_unit_test(test_a_difference_scrolls),
		cmocka_unit_test(test_a_difference_keeps_the_answers),
		cmocka_unit_test(test_a_selected_row_stays),
		cmocka_unit_test(test_a_pause_searches_further),
		cmocka_unit_test(test_the_step_of_the_script_counts),
		cmocka_unit_test(test_nothing_found_leads_on),
		cmocka_unit_test(test_the_text_that_was_seen),
		cmocka_unit_test(test_the_preview_that_was_seen),
		cmocka_unit_test(test_the_record_leads_to_the_text),
		cmocka_unit_test(test_a_must_read_is_confirmed),
		cmocka_unit_test(test_a_must_read_in_chinese),
	};

	return cmocka_run_group_tests_name("view-kb", tests, NULL, NULL);
}
