// SPDX-License-Identifier: MIT
// Knows how the script pane looks in a call and a chat, and what its keys do to the contact.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/view/hand.h"
#include "ui/script_pane.h"

static const char *node_id(const struct work *w)
{
	const struct script_node *n = script_run_node(&w->contact->run);

	return n ? n->id : "";
}

static struct work *freeze_call(struct scene *s)
{
	struct work *w = scene_call(s, "13812345678", "王芳");

	scene_must(model_script_start(&s->model, w, "fin.freeze", &e));
	return w;
}

// As far as the choice of the kind of freeze, with the clock moving.
static struct work *to_choice(struct scene *s)
{
	struct work *w = freeze_call(s);

	scene_wait(s, 2000);
	keys(s, "Enter");
	scene_wait(s, 3000);
	keys(s, "Enter a");
	scene_wait(s, 9000);
	type(s, "账户不能转账");
	keys(s, "Enter a");
	scene_key(s, "C-u");
	type(s, "账户冻结了，急着转工资");
	keys(s, "Enter 1");
	scene_wait(s, 4000);
	keys(s, "Enter Enter 2");
	scene_wait(s, 1000);
	assert_string_equal(node_id(w), "Z3");
	return w;
}

static void golden_sizes(struct scene *s, const char *name)
{
	static const struct {
		int rows, cols;
	} sizes[] = {{34, 40}, {14, 60}, {18, 118}};
	char file[80];

	for (size_t i = 0; i < 3; i++) {
		snprintf(file, sizeof(file), "script_%s_%d", name, sizes[i].cols);
		scene_golden_place(s, &place_script, file, sizes[i].rows, sizes[i].cols);
	}
}

// --- how it looks

static void test_opening(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	freeze_call(&s);
	scene_wait(&s, 2000);
	golden_sizes(&s, "open");
	scene_theme(&s, "mono", true);
	scene_golden_place(&s, &place_script, "script_open_ascii", 34, 40);
	scene_close(&s);
	scene_open(&s, LANG_EN);
	freeze_call(&s);
	scene_wait(&s, 2000);
	golden_sizes(&s, "open_en");
	scene_close(&s);
}

static void test_choice(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	to_choice(&s);
	golden_sizes(&s, "choice");
	// A side trip: where it came from and how to get back stand on top.
	keys(&s, "o s");
	golden_sizes(&s, "side");
	keys(&s, "o 0");
	assert_string_equal(node_id(s.model.works.v[0]), "Z3");
	scene_close(&s);
}

static void test_pinned(void **state)
{
	struct scene s;
	struct event ev = {.type = EV_KB_PIN};

	(void)state;
	scene_open(&s, LANG_ZH);
	struct work *w = to_choice(&s);
	event_put(&ev, "id", "KB-FIN-011");
	event_put(&ev, "text", "系统为了保护您的资金，暂时限制了部分交易；\n我马上为您提交加急复核。");
	ev.t_ms = model_t(&s.model, w);
	scene_must(contact_apply(w->contact, &ev, false, NULL, &e));
	event_release(&ev);
	golden_sizes(&s, "pinned");
	keys(&s, "p");
	assert_null(w->contact->pin_text);
	scene_close(&s);
}

static void test_chat_screen(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	struct work *w = scene_chat(&s, "13900139000", "李强", "我的卡被冻结了");
	scene_wait(&s, 3000);
	scene_key(&s, "M-y");
	type(&s, "您好，我马上帮您看");
	keys(&s, "Enter");
	scene_customer_says(&s, w, "快一点，我等着转工资，你们的客服电话一直打不通，已经等了二十分钟了");
	type(&s, "请问");
	golden_sizes(&s, "chat");
	scene_close(&s);
}

static void test_without_script(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	struct work *w = scene_call(&s, "13812345678", "王芳");
	scene_golden_place(&s, &place_script, "script_small", 5, 40);
	w->read_only = true;
	scene_golden_place(&s, &place_script, "script_readonly", 24, 60);
	w->read_only = false;
	scene_close(&s);
}

// --- what keys do

static void test_answers(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	struct work *w = to_choice(&s);
	assert_string_equal(contact_field(w->contact, "base.need"), "账户不能转账");
	assert_string_equal(w->contact->restate, "账户冻结了，急着转工资");
	// The first way of the restatement is the customer's yes.
	assert_true(w->contact->restate_confirmed);
	assert_string_equal(model_draft_of(w, "script.answer")->text, "");
	assert_int_equal(w->contact->verification, 2);
	keys(&s, "2");
	assert_string_equal(node_id(w), "Z5");
	assert_string_equal(contact_field(w->contact, "form.freeze_kind"), "risk");
	// A key that is no way here is said, not swallowed.
	keys(&s, "7");
	assert_true(s.ui.unknown[0] != '\0');
	keys(&s, "u");
	assert_string_equal(node_id(w), "Z3");
	scene_close(&s);
}

static void test_answer_survives(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	struct work *w = freeze_call(&s);
	keys(&s, "Enter Enter a");
	type(&s, "转不了账");
	assert_string_equal(model_draft_of(w, "script.answer")->text, "转不了账");
	// Letters are text now, Esc puts the line aside, `a` brings it back as it was.
	keys(&s, "Esc g Esc a");
	type(&s, "了");
	assert_string_equal(model_draft_of(w, "script.answer")->text, "转不了账了");
	// Going on without Enter in the line keeps it too.
	keys(&s, "Esc Enter");
	assert_string_equal(contact_field(w->contact, "base.need"), "转不了账了");
	assert_string_equal(node_id(w), "RESTATE");
	scene_close(&s);
}

static void test_secret_stays_in_the_line(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	struct work *w = freeze_call(&s);
	keys(&s, "Enter Enter a");
	type(&s, "卡号6222020200112233446");
	keys(&s, "Enter");
	// Refused with a reason: still the same step, still being typed, nothing stored.
	assert_string_equal(node_id(w), "NEED");
	assert_string_equal(contact_field(w->contact, "base.need"), "");
	assert_true(s.ui.views.v[s.ui.views.n - 1]->script_typing);
	assert_int_equal(model_last_note(&s.model)->level, NOTE_WARN);
	scene_close(&s);
}

static void test_tick_skip_undo(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	struct work *w = freeze_call(&s);
	keys(&s, "Space");
	assert_true(script_run_visit(&w->contact->run)->said);
	assert_string_equal(node_id(w), "OPEN");
	// T5 stops with the greeting.
	assert_true(w->contact->clocks.c[CALL_T5].stopped);
	keys(&s, "Enter s");
	// Required: a reason is asked for; the first row is chosen.
	assert_int_equal(s.ui.popup.kind, POPUP_PICK);
	keys(&s, "Enter");
	assert_string_equal(node_id(w), "NEED");
	assert_int_equal(script_left_out(w->contact), 1);
	char badge[16];
	place_script.badge(&s.ui, &s.model, badge, sizeof(badge));
	assert_string_equal(badge, "(!1)");
	keys(&s, "z");
	assert_string_equal(node_id(w), "NOTICE");
	assert_int_equal(script_left_out(w->contact), 0);
	scene_close(&s);
}

static void test_actions_go_on(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	struct work *w = to_choice(&s);
	keys(&s, "2 Enter");
	assert_string_equal(node_id(w), "Z9");
	// Esc leaves the step undone; Enter asks again with what was typed.
	keys(&s, "Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	type(&s, "请主管加急解除风控限制");
	keys(&s, "Esc");
	assert_string_equal(node_id(w), "Z9");
	assert_false(w->contact->urgent_review);
	keys(&s, "Enter");
	assert_string_equal(lineedit_text(&s.ui.popup.fields.v[0].line), "请主管加急解除风控限制");
	keys(&s, "Enter Enter");
	assert_true(w->contact->urgent_review);
	assert_string_equal(node_id(w), "Z9B");
	// The script says within 30 minutes; a time that cannot be read keeps the dialog open.
	keys(&s, "Enter");
	assert_string_equal(lineedit_text(&s.ui.popup.fields.v[0].line), "+30m");
	type(&s, "x");
	keys(&s, "Enter Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	assert_true(s.ui.popup.error[0] != '\0');
	keys(&s, "S-Tab Backspace Enter Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	assert_string_equal(node_id(w), "Z10");
	// Times are promised to the minute.
	int64_t due = clock_wall(&s.clock) + 30 * 60000;
	assert_int_equal(w->contact->follow_up_at, due - due % 60000);
	assert_string_not_equal(contact_field(w->contact, "form.cb_due"), "");
	scene_close(&s);
}

static void test_action_by_its_own_key(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	struct work *w = to_choice(&s);
	keys(&s, "2 Enter F8");
	type(&s, "请主管加急解除风控限制");
	keys(&s, "Enter Enter");
	// Nothing moves by itself: the step is ticked, the agent goes on.
	assert_string_equal(node_id(w), "Z9");
	assert_true(script_run_visit(&w->contact->run)->said);
	keys(&s, "Enter");
	assert_string_equal(node_id(w), "Z9B");
	scene_close(&s);
}

static void test_form_step(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	struct work *w = scene_call(&s, "13812345678", "王芳");
	keys(&s, "Enter Enter Enter 1");
	assert_string_equal(node_id(w), "G1");
	keys(&s, "Enter");
	assert_int_equal(s.ui.views.v[s.ui.views.n - 1]->focus, PANE_FORM);
	assert_string_equal(s.ui.views.v[s.ui.views.n - 1]->field, "base.intent");
	scene_key(&s, "M-1");
	keys(&s, "Enter");
	assert_string_equal(node_id(w), "G2");
	scene_close(&s);
}

static void test_article_step(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	scene_kb(&s, "common", NULL);
	struct work *w = scene_call(&s, "13812345678", "王芳");
	scene_must(model_script_jump(&s.model, w, "G3", &e));
	scene_size(&s, 40, 120);
	keys(&s, "Enter");
	// Beside the script the article opens, and the keys stay with the script.
	assert_int_equal(w->contact->opens.n, 1);
	assert_string_equal(w->contact->opens.v[0].id, "KB-COM-002");
	assert_string_equal(node_id(w), "G3");
	assert_true(script_run_visit(&w->contact->run)->said);
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_script);
	keys(&s, "Enter");
	assert_string_equal(node_id(w), "G4");
	// Where one pane shows, the article comes forward; its key works as well as Enter.
	keys(&s, "u");
	scene_size(&s, 24, 80);
	keys(&s, "1");
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_kb);
	scene_close(&s);
}

static void test_preview_column(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	scene_kb(&s, "common", NULL);
	struct work *w = scene_call(&s, "13812345678", "王芳");
	scene_size(&s, 50, 200);
	model_kb_query(&s.model, w, "KB-COM-002", true);
	ui_follow(&s.ui, &s.model);
	// The selected row is read out of the base, shown beside the list, and counts as neither opened nor cited.
	assert_string_equal(w->kb.preview_id, "KB-COM-002");
	assert_true(scene_shows(&s, NULL, 0, 0, "Preview"));
	assert_int_equal(w->contact->opens.n, 0);
	model_kb_query(&s.model, w, "KB-COM-005", true);
	ui_follow(&s.ui, &s.model);
	assert_string_equal(w->kb.preview_id, "KB-COM-005");
	// Opened: the list stays, the article has the column.
	keys(&s, "M-2");
	keys(&s, "Enter");
	assert_int_equal(w->contact->opens.n, 1);
	assert_true(scene_shows(&s, NULL, 0, 0, "Article"));
	assert_false(scene_shows(&s, NULL, 0, 0, "Preview"));
	assert_true(scene_shows(&s, NULL, 0, 0, "Knowledge"));
	scene_close(&s);
}

static void test_article_that_is_not_there(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	struct work *w = scene_call(&s, "13812345678", "王芳");
	scene_must(model_script_jump(&s.model, w, "G3", &e));
	keys(&s, "Enter");
	// Said, not ticked: nothing was shown. Space and Enter lead on by hand.
	assert_int_equal(model_last_note(&s.model)->level, NOTE_WARN);
	assert_false(script_run_visit(&w->contact->run)->said);
	keys(&s, "Space Enter");
	assert_string_equal(node_id(w), "G4");
	scene_close(&s);
}

static void test_disclosure_has_a_sign(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	freeze_call(&s);
	keys(&s, "Enter");
	assert_true(scene_shows(&s, &place_script, 24, 60, "! required"));
	keys(&s, "Space");
	assert_false(scene_shows(&s, &place_script, 24, 60, "! required"));
	scene_close(&s);
}

static void test_chat_reply(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	struct work *w = scene_chat(&s, "13900139000", "李强", "我的卡被冻结了");
	scene_key(&s, "M-y");
	type(&s, "您好");
	assert_string_equal(model_draft_of(w, "reply")->text, "您好");
	// A late line of the customer changes nothing of what is typed.
	scene_customer_says(&s, w, "在吗");
	assert_string_equal(model_draft_of(w, "reply")->text, "您好");
	keys(&s, "Enter");
	assert_int_equal(w->contact->lines.n, 3);
	assert_true(w->contact->lines.v[2].agent);
	assert_string_equal(w->contact->lines.v[2].text, "您好");
	assert_string_equal(model_draft_of(w, "reply")->text, "");
	// An empty line is refused, and nothing is sent.
	keys(&s, "Enter");
	assert_int_equal(w->contact->lines.n, 3);
	// A line put into the draft from elsewhere is what the next key continues.
	model_draft(&s.model, w, "reply", "话术", strlen("话术"));
	type(&s, "！");
	assert_string_equal(model_draft_of(w, "reply")->text, "话术！");
	scene_close(&s);
}

static void test_read_only(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	struct work *w = freeze_call(&s);
	size_t events = w->contact->events.n;
	w->read_only = true;
	keys(&s, "Enter Space s o g u z a");
	assert_int_equal(w->contact->events.n, events);
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	w->read_only = false;
	scene_close(&s);
}

static void test_scroll(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	to_choice(&s);
	assert_false(scene_shows(&s, &place_script, 14, 118, "很高兴为您服务"));
	keys(&s, "Up Up Up Up Up Up Up Up Up Up Up Up");
	assert_true(scene_shows(&s, &place_script, 14, 118, "很高兴为您服务"));
	keys(&s, "Down Down Down Down Down Down Down Down Down Down Down Down");
	assert_false(scene_shows(&s, &place_script, 14, 118, "很高兴为您服务"));
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opening),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_pinned),
		cmocka_unit_test(test_chat_screen),
		cmocka_unit_test(test_without_script),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_answer_survives),
		cmocka_unit_test(test_secret_stays_in_the_line),
		cmocka_unit_test(test_tick_skip_undo),
		cmocka_unit_test(test_actions_go_on),
		cmocka_unit_test(test_action_by_its_own_key),
		cmocka_unit_test(test_form_step),
		cmocka_unit_test(test_article_step),
		cmocka_unit_test(test_article_that_is_not_there),
		cmocka_unit_test(test_disclosure_has_a_sign),
		cmocka_unit_test(test_preview_column),
		cmocka_unit_test(test_chat_reply),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_scroll),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
