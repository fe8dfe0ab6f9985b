// SPDX-License-Identifier: MIT
// Knows what the conflict desk shows and does, by keys alone: choosing field by field, settling, what was refused, the stations.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/desk/role.h"
#include "src/store/outbox.h"
#include "tests/view/hand.h"
#include "ui/conflicts.h"

enum { BOSS = USER_BIT(USER_SUPERVISOR), AGENT = USER_BIT(USER_AGENT) };

// A ticket of one's own that the conflicts are about; its id and number.
static void make_ticket(struct scene *s, char id[40], char no[40])
{
	struct work *w = scene_call(s, "13812345678", "王小芳");

	scene_must(model_ticket_create(&s->model, w, "账户被冻结，急用工资", &e));
	scene_saved(s);
	model_select(&s->model, -1);
	model_refresh_home(&s->model);
	snprintf(id, 40, "%s", s->model.home.tickets.v[0].id);
	snprintf(no, 40, "%s", s->model.home.tickets.v[0].no);
}

static void conflict(struct scene *s, const char *id, const char *about, const char *no, const char *rest)
{
	char *json = xasprintf("{'about':{'t':'ticket','e':'%s','no':'%s'},'state':'open',%s}", about, no, rest);

	scene_hub_row(s, "q/account", "conflict", id, json);
	free(json);
}

static const char two_texts[] =
	"'reason':'text','mine_by':'8001','mine_at':1795303200000,'theirs_by':'8005','theirs_at':1795303920000,'due_at':1795390320000,"
	"'owner':'8001','fields':{"
	"'title':{'base':'本人账户被冻结了','mine':'本人账户被风控冻结，急用工资','theirs':'工资卡账户被冻结了'},"
	"'solution_text':{'base':'','mine':'已提交加急复核，请客户保持电话畅通；核验 2 级通过，结果由短信通知，最迟 11-23 12:00。',"
	"'theirs':'已提交复核，请客户等待短信；核验 2 级通过，最迟 11-24 12:00 前回电。'}}";
static const char one_step[] =
	"'reason':'machine','mine_by':'8001','mine_at':1795306800000,'theirs_by':'8003','theirs_at':1795305000000,'due_at':1795391400000,"
	"'owner':'8001','fields':{'state':{'base':'open','mine':'resolved','theirs':'closed'}}";
static const char one_text[] = "'reason':'text','mine_by':'8001','mine_at':1795306800000,'theirs_by':'8003','theirs_at':1795305000000,"
			       "'owner':'8001','fields':{'root_cause_code':{'mine':'a','theirs':'b'}}";
static const char late_of_another[] =
	"'reason':'text','mine_by':'8007','mine_at':1795180000000,'theirs_by':'8002','theirs_at':1795190000000,'due_at':1795280000000,"
	"'owner':'8007','fields':{'description':{'base':'客户来电','mine':'客户来电，要求当天回电','theirs':'客户来电投诉'}}";

// Two conflicts of one's own; with roles of a supervisor a late one of somebody else, too.
static void furnish(struct scene *s, enum lang lang, unsigned roles)
{
	char id[40], no[40];

	scene_open(s, lang);
	s->model.roles = roles;
	make_ticket(s, id, no);
	scene_hub_row(s, "dir/SHA", "agent", "8005", "{'staff_no':'8005','name_zh':'赵敏','roles':['agent']}");
	conflict(s, "cf-2", id, no, two_texts);
	conflict(s, "cf-3", id, "SHA-261122-0A7-0009-B", one_step);
	conflict(s, "cf-1", "tk-other", "SHA-261120-0B2-0031-Q", late_of_another);
	struct hub_status st = scene_hub_online(s);
	st.conflicts = 2;
	scene_hub_report(s, &st);
	scene_hub_changed(s);
	keys(s, "M-j");
	assert_ptr_equal(ui_place(&s->ui, &s->model), &place_conflicts);
}

// Brings the row with that id to hand, wherever the list has it.
static void to_conflict(struct scene *s, const char *id)
{
	const struct hub_rows *r = model_hub_rows(&s->model);

	for (size_t i = 0; i < r->conflicts.n; i++)
		keys(s, "p");
	for (size_t i = 0; i < r->conflicts.n && strcmp(conflict_in_hand(&s->ui, &s->model)->id, id) != 0; i++)
		keys(s, "n");
	assert_string_equal(conflict_in_hand(&s->ui, &s->model)->id, id);
}

// --- how it looks

static void test_it_looks(void **state)
{
	struct scene s;

	(void)state;
	furnish(&s, LANG_ZH, AGENT);
	to_conflict(&s, "cf-2");
	show(&s, "conflicts_24", 24, 80);
	show(&s, "conflicts_40", 40, 120);
	show(&s, "conflicts_50", 50, 200);
	keys(&s, "m t");
	show(&s, "conflicts_chosen_24", 24, 80);
	show(&s, "conflicts_chosen_40", 40, 120);
	to_conflict(&s, "cf-3");
	show(&s, "conflicts_step_24", 24, 80);
	scene_close(&s);
}

static void test_it_looks_in_english(void **state)
{
	struct scene s;

	(void)state;
	furnish(&s, LANG_EN, AGENT | BOSS);
	to_conflict(&s, "cf-1");
	scene_theme(&s, "mono", true);
	show(&s, "conflicts_late_en_ascii_24", 24, 80);
	to_conflict(&s, "cf-2");
	scene_theme(&s, "dark", false);
	show(&s, "conflicts_en_40", 40, 120);
	scene_close(&s);
}

// The ticket itself says that it is in conflict, and the lists as of when they are.
static void test_the_ticket_says_so(void **state)
{
	struct scene s;

	(void)state;
	furnish(&s, LANG_ZH, AGENT);
	keys(&s, "M-j");
	struct hub_status st = scene_hub_online(&s);
	st.line = HUB_OFFLINE;
	st.synced_at = clock_wall(&s.clock) - 3600000;
	scene_hub_report(&s, &st);
	show(&s, "conflicts_home_24", 24, 80);
	scene_close(&s);
}

static void test_empty_lists_say_what_fills_them(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	s.model.roles = AGENT | BOSS;
	struct hub_status st = scene_hub_online(&s);
	scene_hub_report(&s, &st);
	keys(&s, "M-j");
	show(&s, "conflicts_empty_24", 24, 80);
	keys(&s, "2");
	assert_true(shows(&s, "没有拒收的操作"));
	keys(&s, "3");
	assert_true(shows(&s, "还没有坐席台上报"));
	// Keys that have nothing to act on do nothing.
	keys(&s, "m t e u Enter a n p Up Down PgDn 1 m t e u Enter a n p Up Down PgDn");
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_conflicts);
	keys(&s, "M-j");
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_home);
	scene_close(&s);
}

// At every size the field in hand is on the screen, and nothing is drawn outside.
static void test_the_field_in_hand_shows(void **state)
{
	static const int sizes[][2] = {{24, 80}, {24, 100}, {30, 159}, {24, 160}, {40, 120}, {50, 200}};
	struct scene s;

	(void)state;
	furnish(&s, LANG_ZH, AGENT);
	to_conflict(&s, "cf-2");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		scene_size(&s, sizes[i][0], sizes[i][1]);
		keys(&s, "Up Up");
		assert_true(shows(&s, "▸ 标题"));
		keys(&s, "Down");
		assert_true(shows(&s, "▸ 解决方案"));
		assert_true(shows(&s, "回电"));
		keys(&s, "PgUp");
		keys(&s, "Up");
		assert_true(shows(&s, "▸ 标题"));
	}
	scene_close(&s);
}

// --- choosing and settling

static char *settled_body(struct scene *s)
{
	struct outbox_ops ops = {0};
	struct arena a = {0};
	char *body = NULL;

	scene_saved(s);
	scene_must(outbox_list(store_reader(s->store), 0, 10000, &ops, &a, &e));
	for (size_t i = 0; i < ops.n; i++)
		if (strcmp(ops.v[i].k, "conflict.settle") == 0) {
			free(body);
			body = xstrdup(ops.v[i].body);
		}
	vec_release(&ops);
	arena_release(&a);
	return body;
}

static void assert_settled(struct scene *s, const char *want)
{
	char *body = settled_body(s);

	assert_non_null(body);
	if (!strstr(body, want))
		fail_msg("%s is not in %s", want, body);
	free(body);
}

static void test_settling(void **state)
{
	struct scene s;

	(void)state;
	furnish(&s, LANG_EN, AGENT);
	to_conflict(&s, "cf-2");
	// Nothing happens before every field is chosen; the open one comes to hand.
	keys(&s, "m");
	assert_int_equal(conflict_field(&s.ui, &s.model), 1);
	keys(&s, "Up Enter");
	assert_string_equal(said(&s), "Choose first: Solution.");
	assert_int_equal(conflict_field(&s.ui, &s.model), 1);
	assert_null(settled_body(&s));
	keys(&s, "t");
	// A choice can be changed and taken back.
	keys(&s, "Up t u");
	assert_int_equal(conflict_chosen(&s.model, conflict_in_hand(&s.ui, &s.model), 0, NULL), CONFLICT_OPEN);
	keys(&s, "m Enter");
	assert_settled(&s, "\"choice\":{\"title\":\"mine\",\"solution_text\":\"theirs\"}");
	// The next one is there at once, also before the commit came back.
	assert_string_equal(conflict_in_hand(&s.ui, &s.model)->id, "cf-3");
	ui_follow(&s.ui, &s.model);
	// Offline, too; and what was chosen is forgotten with it, should the hub send it again.
	struct hub_status off = scene_hub_online(&s);
	off.line = HUB_OFFLINE;
	scene_hub_report(&s, &off);
	keys(&s, "t");
	assert_true(model_desk_draft_there(&s.model, "conflict.cf-3/state"));
	keys(&s, "Enter");
	assert_false(model_desk_draft_there(&s.model, "conflict.cf-3/state"));
	assert_settled(&s, "\"choice\":{\"state\":\"theirs\"}");
	assert_null(conflict_in_hand(&s.ui, &s.model));
	scene_close(&s);
}

static void test_writing_anew(void **state)
{
	struct scene s;

	(void)state;
	furnish(&s, LANG_ZH, AGENT);
	to_conflict(&s, "cf-2");
	keys(&s, "e");
	show(&s, "conflicts_write_24", 24, 80);
	assert_string_equal(lineedit_text(&s.ui.popup.fields.v[0].line), "本人账户被风控冻结，急用工资");
	keys(&s, "C-u");
	type(&s, "工资卡账户被风控冻结");
	keys(&s, "Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	assert_int_equal(conflict_field(&s.ui, &s.model), 1);
	keys(&s, "m");
	show(&s, "conflicts_written_24", 24, 80);
	keys(&s, "Enter");
	assert_settled(&s, "\"title\":{\"value\":\"工资卡账户被风控冻结\"}");
	// A card number does not leave the station in it.
	to_conflict(&s, "cf-3");
	conflict(&s, "cf-4", "tk-other", "SHA-261120-0B2-0031-Q", one_text);
	scene_hub_changed(&s);
	to_conflict(&s, "cf-4");
	keys(&s, "e C-u");
	type(&s, "卡号 4111111111111111 已冻结");
	keys(&s, "Enter Enter");
	assert_settled(&s, "已冻结");
	char *body = settled_body(&s);
	assert_null(strstr(body, "4111111111111111"));
	free(body);
	// Of two states one holds: a third is nobody's.
	to_conflict(&s, "cf-3");
	keys(&s, "e");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	scene_close(&s);
}

// Neither a crash nor a call loses what was chosen and written.
static void test_choices_are_kept(void **state)
{
	struct scene s;
	const char *other;

	(void)state;
	furnish(&s, LANG_EN, AGENT);
	to_conflict(&s, "cf-2");
	keys(&s, "t e");
	type(&s, " and more");
	keys(&s, "Enter e");
	type(&s, " besides");
	scene_restart(&s);
	s.model.roles = AGENT;
	keys(&s, "M-j");
	to_conflict(&s, "cf-2");
	const struct conflict_row *r = conflict_in_hand(&s.ui, &s.model);
	assert_int_equal(conflict_chosen(&s.model, r, 0, NULL), CONFLICT_THEIRS);
	assert_int_equal(conflict_chosen(&s.model, r, 1, &other), CONFLICT_OTHER);
	assert_non_null(strstr(other, "and more"));
	keys(&s, "Down e");
	assert_non_null(strstr(lineedit_text(&s.ui.popup.fields.v[0].line), "besides"));
	keys(&s, "Esc");
	// A conflict that somebody else has settled takes its choices along.
	scene_hub_gone(&s, "conflict", "cf-2");
	scene_hub_changed(&s);
	assert_true(model_desk_draft_there(&s.model, "conflict.cf-2/title"));
	struct hub_status st = scene_hub_online(&s);
	scene_hub_report(&s, &st);
	assert_false(model_desk_draft_there(&s.model, "conflict.cf-2/title"));
	assert_string_equal(conflict_in_hand(&s.ui, &s.model)->id, "cf-3");
	scene_close(&s);
}

// It was settled elsewhere while a value was being written for it.
// The lease is over: the list stands, the values do not; what was chosen is there again after the log-in.
static void test_locked(void **state)
{
	struct scene s;

	(void)state;
	furnish(&s, LANG_ZH, 0);
	to_conflict(&s, "cf-2");
	scene_size(&s, 24, 80);
	assert_true(shows(&s, "急用工资"));
	struct hub_status st = scene_hub_online(&s), off = st;
	off.line = HUB_OFFLINE;
	off.locked = off.need_login = true;
	scene_hub_report(&s, &off);
	assert_false(shows(&s, "急用工资"));
	keys(&s, "Down Up"); // nothing to stand on must be no reason to fall
	assert_false(shows(&s, "复核"));
	scene_hub_report(&s, &st);
	assert_true(shows(&s, "急用工资"));
	scene_close(&s);
}

static void test_somebody_was_faster(void **state)
{
	struct scene s;

	(void)state;
	furnish(&s, LANG_EN, AGENT);
	to_conflict(&s, "cf-2");
	keys(&s, "e");
	type(&s, "x");
	scene_hub_gone(&s, "conflict", "cf-2");
	scene_hub_changed(&s);
	keys(&s, "Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	assert_true(shows(&s, "This conflict is settled already"));
	keys(&s, "Esc");
	assert_string_equal(conflict_in_hand(&s.ui, &s.model)->id, "cf-3");
	scene_close(&s);
}

static void test_who_sees_what(void **state)
{
	struct scene s;

	(void)state;
	furnish(&s, LANG_EN, AGENT);
	assert_int_equal(conflicts_count(&s.model, CONFLICTS_OPEN), 2);
	keys(&s, "3"); // the stations are not an agent's
	assert_int_equal(s.ui.conflicts.at, CONFLICTS_OPEN);
	s.model.roles = AGENT | BOSS;
	scene_hub_changed(&s);
	assert_int_equal(conflicts_count(&s.model, CONFLICTS_OPEN), 3);
	keys(&s, "3");
	assert_int_equal(s.ui.conflicts.at, CONFLICTS_STATIONS);
	s.model.roles = AGENT;
	scene_hub_changed(&s);
	assert_int_equal(s.ui.conflicts.at, CONFLICTS_OPEN);
	scene_close(&s);
}

// --- refused, stations

static void test_refused(void **state)
{
	struct scene s;
	char id[40], no[40];

	(void)state;
	scene_open(&s, LANG_ZH);
	make_ticket(&s, id, no);
	struct hub_status st = scene_hub_online(&s);
	st.rejected = 1;
	scene_hub_report(&s, &st);
	scene_hub_refuse(&s, scene_hub_last_n(&s), "forbidden");
	scene_hub_changed(&s);
	keys(&s, "M-j"); // no conflict: what was refused comes first
	assert_int_equal(s.ui.conflicts.at, CONFLICTS_REFUSED);
	show(&s, "refused_24", 24, 80);
	show(&s, "refused_40", 40, 120);
	keys(&s, "a");
	assert_null(refused_in_hand(&s.ui, &s.model));
	scene_saved(&s);
	scene_hub_changed(&s);
	assert_null(refused_in_hand(&s.ui, &s.model));
	scene_close(&s);
}

static void test_stations(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	s.model.roles = AGENT | BOSS;
	struct hub_status st = scene_hub_online(&s);
	scene_hub_report(&s, &st);
	scene_hub_row(&s, "dir/SHA", "station", "dev-1",
		      "{'station':'0A7','agent':'8001','agent_name':'陈晨','conn':'online','unsent':0,'seen_at':1795312790000,'version':'0.2.0'}");
	scene_hub_row(&s, "dir/SHA", "station", "dev-2",
		      "{'station':'0B2','name':'二楼 14 座','agent':'8007','agent_name':'赵敏','conn':'offline_backup','unsent':45,'oldest_at':1795308300000,"
		      "'seen_at':1795308400000,'version':'0.2.0'}");
	scene_hub_row(&s, "dir/SHA", "station", "dev-3",
		      "{'station':'0C9','agent':'8012','agent_name':'孙磊','conn':'recovering','unsent':7,'oldest_at':1795312500000,'seen_at':1795312790000}");
	scene_hub_row(&s, "dir/SHA", "station", "dev-4", "{'station':'0D1','conn':'degraded','unsent':0,'seen_at':1795312700000}");
	scene_hub_changed(&s);
	keys(&s, "M-h t");
	assert_int_equal(s.ui.conflicts.at, CONFLICTS_STATIONS);
	assert_string_equal(model_hub_shown(&s.model)->stations.v[0].id, "0B2");
	show(&s, "stations_24", 24, 80);
	show(&s, "stations_40", 40, 120);
	show(&s, "stations_50", 50, 200);
	// Whoever may not see the team does not have them in memory either.
	s.model.roles = AGENT;
	scene_hub_changed(&s);
	assert_int_equal(model_hub_rows(&s.model)->stations.n, 0);
	scene_close(&s);
}

// What needs consent is shown to who asked for it, and is not theirs to grant; line 1 counts what others' changes led to, as well.
static void test_one_that_waits_for_somebody_else(void **state)
{
	static const char wish[] = "'reason':'approval','mine_by':'8001','mine_at':1795306800000,'theirs_by':'8003','theirs_at':1795305000000,"
				   "'owner':'supervisor','fields':{'priority':{'base':3,'mine':1,'theirs':3}}";
	struct scene s;
	char id[40], no[40];

	(void)state;
	scene_open(&s, LANG_ZH);
	s.model.roles = AGENT;
	make_ticket(&s, id, no);
	conflict(&s, "cf-9", id, no, wish);
	struct hub_status st = scene_hub_online(&s);
	scene_hub_report(&s, &st);
	scene_hub_changed(&s);
	keys(&s, "M-j");
	int64_t before = scene_hub_last_n(&s);
	keys(&s, "m Enter");
	assert_int_equal(conflict_chosen(&s.model, conflict_in_hand(&s.ui, &s.model), 0, NULL), CONFLICT_OPEN);
	assert_int_equal(scene_hub_last_n(&s), before);
	show(&s, "conflicts_waits_24", 24, 80);
	// For a supervisor who did not ask it is one like any other.
	s.model.roles = BOSS;
	free(s.model.agent_id);
	s.model.agent_id = xstrdup("9001");
	scene_hub_changed(&s);
	ui_follow(&s.ui, &s.model);
	keys(&s, "m Enter");
	assert_int_equal(scene_hub_last_n(&s), before + 1);
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_looks), cmocka_unit_test(test_one_that_waits_for_somebody_else),
		cmocka_unit_test(test_it_looks_in_english),
		cmocka_unit_test(test_the_ticket_says_so),
		cmocka_unit_test(test_empty_lists_say_what_fills_them),
		cmocka_unit_test(test_the_field_in_hand_shows),
		cmocka_unit_test(test_settling),
		cmocka_unit_test(test_writing_anew),
		cmocka_unit_test(test_choices_are_kept),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_somebody_was_faster),
		cmocka_unit_test(test_who_sees_what),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_stations),
	};

	return cmocka_run_group_tests_name("conflicts", tests, NULL, NULL);
}
