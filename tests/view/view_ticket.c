// SPDX-License-Identifier: MIT
// Knows what the ticket desk shows and does, by keys alone: texts, notes, steps, priority, hands, links, and what somebody else changed
// meanwhile.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/desk/role.h"
#include "src/store/outbox.h"
#include "src/sync/shown.h"
#include "tests/view/hand.h"

enum { LEAD = USER_BIT(USER_TEAM_LEAD), AGENT = USER_BIT(USER_AGENT) };

static struct outbox_op last_op(struct scene *s, struct arena *a)
{
	struct outbox_op op = {0};

	scene_must(outbox_get(store_reader(s->store), scene_hub_last_n(s), &op, a, &e));
	return op;
}

static const char need[] = "本人账户被冻结，急用工资。客户说上午收到短信，下午柜面无法取款；要求今天给出书面答复。";

// A ticket of one's own, opened from the home screen.
static void open_ticket(struct scene *s, enum lang lang, unsigned roles)
{
	scene_open(s, lang);
	s->model.roles = roles;
	struct work *w = scene_call(s, "13812345678", "王小芳");
	scene_must(model_restate(&s->model, w, need, true, &e));
	scene_must(model_ticket_create(&s->model, w, "账户被冻结，急用工资", &e));
	scene_saved(s);
	model_select(&s->model, -1);
	scene_wait(s, 60000);
	keys_saved(s, "Enter");
	assert_ptr_equal(ui_place(&s->ui, &s->model), &place_ticket);
}

struct from_hub {
	const char *id;
	json_t *d; // NULL: it is gone
};

static bool run_from_hub(struct db *db, void *arg, struct err *e)
{
	const struct from_hub *h = arg;

	if (!h->d)
		return shown_drop(db, "ticket", h->id, e);
	return shown_put(db, &(struct shown){.t = "ticket", .e = h->id, .rev = 1, .at = SCENE_NOW + 90000, .by = "8005", .d = h->d}, e);
}

// The hub sends the ticket as it is now, with one member changed by somebody else.
static void changed_elsewhere(struct scene *s, const char *field, const char *value)
{
	const struct ticket_desk *k = &s->model.ticket;
	struct from_hub h = {k->id, json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:s}", "no", k->no, "state", "open", "title", k->title, "priority",
					      (int)k->priority, "queue_code", "general", "owner_id", s->model.agent_id, "description", k->description)};

	scene_hub_row(s, "dir/SHA", "agent", "8005", "{'staff_no':'8005','name_zh':'赵敏','roles':['agent']}");
	json_object_set_new(h.d, field, json_string(value));
	scene_must(store_do(s->store, run_from_hub, &h, &e));
	json_decref(h.d);
	scene_hub_changed(s);
}

// --- how it looks

static void furnish(struct scene *s)
{
	scene_hub_row(s, "dir/SHA", "agent", "8005", "{'staff_no':'8005','name_zh':'赵敏','roles':['agent']}");
	keys_saved(s, "n");
	type(s, "已电话告知客户核验结果，等复核短信。");
	keys_saved(s, "Enter");
	scene_wait(s, 120000);
	keys_saved(s, "s 2");
	type(s, "等客户补传身份证明");
	keys_saved(s, "Enter");
	scene_wait(s, 120000);
	struct hub_status st = scene_hub_online(s);
	scene_hub_report(s, &st);
}

static void test_it_looks(void **state)
{
	struct scene s;

	(void)state;
	open_ticket(&s, LANG_ZH, LEAD);
	furnish(&s);
	show(&s, "ticket_24", 24, 80);
	show(&s, "ticket_40", 40, 120);
	show(&s, "ticket_50", 50, 200);
	keys_saved(&s, "e");
	show(&s, "ticket_write_24", 24, 80);
	keys_saved(&s, "Esc s");
	show(&s, "ticket_step_24", 24, 80);
	keys_saved(&s, "Esc p");
	show(&s, "ticket_priority_24", 24, 80);
	keys_saved(&s, "Esc Esc M-q");
	show(&s, "tickets_24", 24, 80);
	scene_close(&s);
}

static void test_it_looks_in_english(void **state)
{
	struct scene s;

	(void)state;
	open_ticket(&s, LANG_EN, LEAD);
	furnish(&s);
	show(&s, "ticket_en_24", 24, 80);
	show(&s, "ticket_en_40", 40, 120);
	show(&s, "ticket_en_50", 50, 200);
	keys_saved(&s, "s");
	show(&s, "ticket_step_en_24", 24, 80);
	scene_close(&s);
}

// --- what it does

static void test_a_text_is_written(void **state)
{
	struct scene s;
	struct arena a = {0};

	(void)state;
	open_ticket(&s, LANG_ZH, AGENT);
	uint64_t jobs = s.model.store_jobs;
	keys_saved(&s, "e");
	type(&s, "！");
	keys_saved(&s, "Enter Enter");
	assert_int_equal(s.model.store_jobs, jobs + 1);
	assert_true(shows(&s, "账户被冻结，急用工资！"));
	struct outbox_op op = last_op(&s, &a);
	assert_string_equal(op.k, "ticket.set");
	assert_string_equal(op.body, "{\"set\":{\"title\":\"账户被冻结，急用工资！\"},\"was\":{\"title\":\"账户被冻结，急用工资\"}}");
	keys_saved(&s, "Esc");
	assert_true(shows(&s, "账户被冻结，急用工资！"));
	arena_release(&a);
	scene_close(&s);
}

// What was typed and not accepted survives the end of the program; so does what stood there when it was begun.
static void test_typed_text_comes_back(void **state)
{
	struct scene s;
	int64_t before;

	(void)state;
	open_ticket(&s, LANG_ZH, AGENT);
	keys_saved(&s, "e");
	type(&s, "（甲）");
	model_flush_drafts(&s.model);
	scene_saved(&s);
	scene_restart(&s);
	model_select(&s.model, -1);
	keys_saved(&s, "Enter");
	changed_elsewhere(&s, "title", "工资卡账户被冻结");
	before = scene_hub_last_n(&s);
	keys_saved(&s, "e");
	assert_true(shows(&s, "急用工资（甲）"));
	keys_saved(&s, "Enter Enter");
	// Refused once, with what it says now; then theirs is set against it.
	assert_true(shows(&s, "工资卡账户被冻结"));
	assert_int_equal(scene_hub_last_n(&s), before);
	keys_saved(&s, "Enter");
	assert_int_equal(scene_hub_last_n(&s), before + 1);
	scene_close(&s);
}

static void test_somebody_was_faster(void **state)
{
	struct scene s;

	(void)state;
	open_ticket(&s, LANG_ZH, AGENT);
	keys_saved(&s, "e");
	type(&s, "（甲）");
	changed_elsewhere(&s, "title", "工资卡账户被冻结");
	keys_saved(&s, "Enter Enter");
	show(&s, "ticket_faster_24", 24, 80);
	keys_saved(&s, "Esc e Esc");
	assert_true(shows(&s, "账户被冻结，急用工资 → 工资卡账户被冻结"));
	scene_close(&s);
}

static void test_steps(void **state)
{
	struct scene s;

	(void)state;
	open_ticket(&s, LANG_ZH, AGENT);
	keys_saved(&s, "s");
	assert_false(shows(&s, "取消"));
	keys_saved(&s, "4 4"); // resolve: system fault
	type(&s, "已解除限制并电话告知客户。");
	keys_saved(&s, "Enter");
	assert_int_equal(s.model.ticket.state, TICKET_RESOLVED);
	assert_true(shows(&s, "系统故障"));
	keys_saved(&s, "s 1");
	assert_int_equal(s.model.ticket.state, TICKET_CLOSED);
	keys_saved(&s, "s 1");
	type(&s, "又被限制");
	keys_saved(&s, "Enter");
	assert_int_equal(s.model.ticket.state, TICKET_REOPENED);
	assert_true(shows(&s, "又被限制"));
	scene_close(&s);
}

static void test_priority(void **state)
{
	struct scene s;

	(void)state;
	open_ticket(&s, LANG_ZH, AGENT);
	keys_saved(&s, "p 1 Enter");
	assert_int_not_equal(s.model.ticket.priority, 1); // no reason yet
	type(&s, "客户要赶飞机");
	keys_saved(&s, "Enter");
	assert_int_equal(s.model.ticket.priority, 1);
	assert_true(s.model.ticket.asked);
	show(&s, "ticket_asked_40", 40, 120);
	s.model.roles = LEAD;
	model_ticket_refresh(&s.model);
	assert_false(s.model.ticket.asked);
	scene_close(&s);
}

static void test_of_another(void **state)
{
	struct scene s;

	(void)state;
	open_ticket(&s, LANG_ZH, AGENT);
	changed_elsewhere(&s, "owner_id", "8005");
	keys_saved(&s, "e");
	assert_true(shows(&s, "8005 赵*"));
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	keys_saved(&s, "n");
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	s.model.roles = LEAD;
	keys_saved(&s, "Esc e");
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	scene_close(&s);
}

// Locked customer data is neither shown nor typed into.
static void test_locked(void **state)
{
	struct scene s;

	(void)state;
	open_ticket(&s, LANG_ZH, AGENT);
	keys_saved(&s, "e");
	struct hub_status st = scene_hub_online(&s);
	st.locked = true;
	scene_hub_report(&s, &st);
	assert_false(shows(&s, "急用工资"));
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	keys_saved(&s, "e");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	scene_close(&s);
}

static void test_from_a_contact(void **state)
{
	struct scene s;

	(void)state;
	open_ticket(&s, LANG_ZH, AGENT);
	keys_saved(&s, "Esc");
	model_select(&s.model, 0);
	keys_saved(&s, "M-i");
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_ticket);
	struct from_hub gone = {.id = s.model.ticket.id};
	scene_must(store_do(s.store, run_from_hub, &gone, &e));
	scene_hub_changed(&s);
	ui_follow(&s.ui, &s.model);
	assert_ptr_not_equal(ui_place(&s.ui, &s.model), &place_ticket);
	scene_close(&s);
}

// --- whose it is, and what it hangs together with

// A team of two, another queue, an incident, and a second ticket of one's own.
static void neighbours(struct scene *s)
{
	scene_hub_row(s, "dir/SHA", "team", "t1", "{'queue_codes':['general','service']}");
	scene_hub_row(s, "dir/SHA", "queue", "complaint", "{'code':'complaint','name':'投诉'}");
	scene_hub_row(s, "dir/SHA", "agent", "8005", "{'staff_no':'8005','name_zh':'赵敏','roles':['agent'],'team_id':'t1'}");
	scene_hub_row(s, "dir/SHA", "agent", "8006", "{'staff_no':'8006','name_zh':'孙悦','roles':['supervisor'],'team_id':'t1'}");
	scene_hub_row(s, "bc/SHA", "incident", "in1", "{'no':'IN-261122-00A1','title':'支付通道故障','state':'confirmed'}");
	scene_hub_changed(s);
	char *first = xstrdup(s->model.ticket.no);
	struct arena a = {0};
	struct err none = {0};
	keys_saved(s, "Esc");
	scene_must(model_hangup(&s->model, s->model.works.v[0], &e));
	scene_saved(s);
	struct work *w = scene_call(s, "13812345679", "李强");
	scene_must(model_ticket_create(&s->model, w, "同一客户：工资卡无法取现", &e));
	scene_saved(s);
	model_select(&s->model, -1);
	assert_true(ticket_show(&s->ui, &s->model, model_ticket_by_no(&s->model, first, &a, &none)));
	arena_release(&a);
	free(first);
}

static void tie_it(struct scene *s)
{
	keys_saved(s, "l 1");
	type(s, "工资卡");
	keys_saved(s, "Enter i Down Enter");
	assert_int_equal(s->model.ticket.ties.n, 1);
}

static void test_hands_and_links_look(void **state)
{
	struct scene s;

	(void)state;
	open_ticket(&s, LANG_ZH, LEAD);
	neighbours(&s);
	keys_saved(&s, "a");
	show(&s, "ticket_assign_24", 24, 80);
	keys_saved(&s, "Enter");
	show(&s, "ticket_assign_why_24", 24, 80);
	keys_saved(&s, "Esc b");
	show(&s, "ticket_back_24", 24, 80);
	keys_saved(&s, "Esc l");
	show(&s, "ticket_link_24", 24, 80);
	keys_saved(&s, "1");
	show(&s, "ticket_link_which_24", 24, 80);
	keys_saved(&s, "Esc i");
	show(&s, "ticket_incident_24", 24, 80);
	keys_saved(&s, "Esc");
	tie_it(&s);
	show(&s, "ticket_tied_24", 24, 80);
	show(&s, "ticket_tied_40", 40, 120);
	show(&s, "ticket_tied_50", 50, 200);
	scene_close(&s);
}

static void test_hands_and_links_look_in_english(void **state)
{
	struct scene s;

	(void)state;
	open_ticket(&s, LANG_EN, LEAD);
	neighbours(&s);
	keys_saved(&s, "a");
	show(&s, "ticket_assign_en_24", 24, 80);
	keys_saved(&s, "Esc l");
	show(&s, "ticket_link_en_24", 24, 80);
	keys_saved(&s, "Esc");
	tie_it(&s);
	show(&s, "ticket_tied_en_24", 24, 80);
	show(&s, "ticket_tied_en_40", 40, 120);
	show(&s, "ticket_tied_en_50", 50, 200);
	scene_close(&s);
}

static void test_it_changes_hands(void **state)
{
	struct scene s;

	(void)state;
	open_ticket(&s, LANG_ZH, AGENT);
	keys_saved(&s, "t");
	assert_true(shows(&s, "这张工单已归您负责。"));
	keys_saved(&s, "b Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT); // not without a reason
	type(&s, "明天休假");
	keys_saved(&s, "Enter");
	assert_string_equal(s.model.ticket.owner_id, "");
	assert_true(shows(&s, "明天休假"));
	keys_saved(&s, "b");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	keys_saved(&s, "t");
	assert_string_equal(s.model.ticket.owner_id, s.model.agent_id);
	s.model.roles = USER_BIT(USER_QA);
	keys_saved(&s, "b");
	assert_true(shows(&s, "您的角色不能修改工单。"));
	keys_saved(&s, "a");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	scene_close(&s);
}

static void test_an_agent_asks_for_a_change_of_hands(void **state)
{
	struct scene s;

	(void)state;
	open_ticket(&s, LANG_ZH, AGENT);
	neighbours(&s);
	keys_saved(&s, "a");
	type(&s, "8005");
	keys_saved(&s, "Enter Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT); // who asks says why
	type(&s, "她熟悉这位客户");
	keys_saved(&s, "Enter");
	assert_true(s.model.ticket.hand_asked);
	assert_true(shows(&s, "已申请转派"));
	assert_true(shows(&s, "她熟悉这位客户"));
	scene_close(&s);
}

static void test_links_are_gone_along(void **state)
{
	struct scene s;

	(void)state;
	open_ticket(&s, LANG_ZH, AGENT);
	neighbours(&s);
	char *first = xstrdup(s.model.ticket.no);
	keys_saved(&s, "l 2");
	type(&s, "工资卡");
	keys_saved(&s, "Enter");
	assert_int_equal(s.model.ticket.ties.v[0].kind, TICKET_LINK_PARENT);
	keys_saved(&s, "l o Enter");
	assert_string_not_equal(s.model.ticket.no, first);
	assert_int_equal(s.model.ticket.ties.v[0].kind, TICKET_LINK_CHILD);
	keys_saved(&s, "l x Enter");
	assert_int_equal(s.model.ticket.ties.n, 0);
	// A number typed in full, of a ticket that is not here; one that is wrong is refused, and stays.
	keys_saved(&s, "l 1");
	type(&s, "SHA-261122-0A7-0009-X");
	keys_saved(&s, "Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_PICK);
	keys_saved(&s, "Backspace B Enter");
	assert_string_equal(s.model.ticket.ties.v[0].no, "SHA-261122-0A7-0009-B");
	free(first);
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_looks), cmocka_unit_test(test_it_looks_in_english), cmocka_unit_test(test_a_text_is_written),
		cmocka_unit_test(test_typed_text_comes_back), cmocka_unit_test(test_somebody_was_faster), cmocka_unit_test(test_steps),
		cmocka_unit_test(test_priority), cmocka_unit_test(test_of_another), cmocka_unit_test(test_locked),
		cmocka_unit_test(test_from_a_contact), cmocka_unit_test(test_hands_and_links_look),
		cmocka_unit_test(test_hands_and_links_look_in_english), cmocka_unit_test(test_it_changes_hands),
		cmocka_unit_test(test_an_agent_asks_for_a_change_of_hands), cmocka_unit_test(test_links_are_gone_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
