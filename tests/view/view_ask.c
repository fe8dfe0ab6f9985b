// SPDX-License-Identifier: MIT
// Knows what the dialogs of a contact do, by keys alone, and that nothing typed into them is lost.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <semaphore.h>

#include "tests/view/hand.h"

static struct work *call(struct scene *s)
{
	scene_open(s, LANG_ZH);
	return scene_call(s, "13812345678", "王芳");
}

static const char *field(const struct scene *s, size_t i)
{
	return lineedit_text(&s->ui.popup.fields.v[i].line);
}

static void test_emotion_two_keys(void **state)
{
	struct scene s;
	struct work *w = call(&s);

	(void)state;
	keys(&s, "M-e 2 a");
	assert_int_equal(w->contact->emotion, 2);
	assert_int_equal(w->contact->emotion_class, EMOTION_ANGER);
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	keys(&s, "M-e 0");
	assert_int_equal(w->contact->emotion, 0);
	assert_int_equal(w->contact->emotion_peak, 2);
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	scene_close(&s);
}

static void test_verify(void **state)
{
	struct scene s;
	struct work *w = call(&s);

	(void)state;
	keys(&s, "M-v x");
	assert_int_equal(w->contact->verification, 0);
	keys(&s, "M-v 2");
	assert_int_equal(w->contact->verification, 2);
	// A check that was not passed takes no level away.
	keys(&s, "M-v x");
	assert_int_equal(w->contact->verification, 2);
	scene_close(&s);
}

static void test_stamps(void **state)
{
	struct scene s;
	struct work *w = call(&s);

	(void)state;
	keys(&s, "F3");
	type(&s, "先冻结再补卡");
	keys(&s, "Enter F4");
	// The plan is what is agreed to unless it is changed.
	assert_string_equal(field(&s, 0), "先冻结再补卡");
	keys(&s, "Enter");
	assert_string_equal(w->contact->plan_text, "先冻结再补卡");
	assert_string_equal(w->contact->confirm_text, "先冻结再补卡");
	assert_true(w->contact->clocks.c[CALL_T30].stopped);
	assert_true(w->contact->clocks.c[CALL_T180].stopped);
	scene_close(&s);
}

static void test_restate(void **state)
{
	struct scene s;
	struct work *w = call(&s);

	(void)state;
	keys(&s, "M-r");
	type(&s, "卡");
	keys(&s, "Enter");
	// Too short: the dialog stays, says why, keeps the text.
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	assert_true(s.ui.popup.error[0] != '\0');
	keys(&s, "Esc M-r");
	assert_string_equal(field(&s, 0), "卡");
	type(&s, "被冻结了");
	keys(&s, "Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_MENU);
	assert_string_equal(w->contact->restate, "卡被冻结了");
	assert_false(w->contact->restate_confirmed);
	keys(&s, "y");
	assert_true(w->contact->restate_confirmed);
	// Accepted text does not come back as something that was not accepted.
	assert_string_equal(model_draft_of(w, "prompt.restate.0")->text, "");
	scene_close(&s);
}

static void test_typed_text_survives_the_dialog(void **state)
{
	static const char *const opens[] = {"M-n", "M-t", "M-k", "M-u"};
	struct scene s;

	(void)state;
	call(&s);
	for (size_t i = 0; i < sizeof(opens) / sizeof(*opens); i++) {
		keys(&s, opens[i]);
		assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
		type(&s, "半句话");
		keys(&s, "Esc");
		assert_int_equal(s.ui.popup.kind, POPUP_NONE);
		keys(&s, opens[i]);
		assert_string_equal(field(&s, 0), "半句话");
		keys(&s, "C-u Esc");
	}
	scene_close(&s);
}

static void test_blind_transfer_needs_the_packet(void **state)
{
	struct scene s;
	struct work *w = call(&s);

	(void)state;
	keys(&s, "F7 x");
	assert_int_equal(s.ui.popup.kind, POPUP_PICK);
	// The loss that may follow is said before the choice.
	assert_non_null(strstr(s.ui.popup.text, "!"));
	type(&s, "8800");
	keys(&s, "Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	assert_string_equal(field(&s, 0), "8800");
	assert_int_equal(s.ui.popup.field, 1);
	type(&s, "查过限制原因");
	keys(&s, "Enter");
	type(&s, "请解除");
	keys(&s, "Enter Enter");
	// The need is missing: refused with a sentence, nothing typed is lost.
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	assert_true(s.ui.popup.error[0] != '\0');
	assert_int_equal(w->contact->state, CALL_CONNECTED);
	assert_string_equal(field(&s, 1), "查过限制原因");
	keys(&s, "Esc");
	scene_must(model_need(&s.model, w, "账户被冻结", &e));
	keys(&s, "F7 x");
	type(&s, "8800");
	keys(&s, "Enter");
	assert_string_equal(field(&s, 1), "查过限制原因");
	assert_string_equal(field(&s, 2), "请解除");
	assert_non_null(strstr(s.ui.popup.text, "账户被冻结"));
	keys(&s, "Enter Enter Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	assert_false(contact_is_live(w->contact));
	assert_true(w->wrap_open);
	scene_close(&s);
}

static void test_consult_back_and_complete(void **state)
{
	struct scene s;
	struct work *w = call(&s);

	(void)state;
	scene_must(model_need(&s.model, w, "账户被冻结", &e));
	keys(&s, "F7 c");
	type(&s, "supervisor");
	keys(&s, "Enter");
	assert_int_equal(w->contact->state, CALL_CONSULTING);
	keys(&s, "F7 b");
	assert_int_equal(w->contact->state, CALL_CONNECTED);
	keys(&s, "F7 c");
	type(&s, "8800");
	keys(&s, "Enter F7 t");
	assert_string_equal(field(&s, 0), "8800");
	type(&s, "查过");
	keys(&s, "Enter");
	type(&s, "请办");
	keys(&s, "Enter Enter");
	assert_false(contact_is_live(w->contact));
	scene_close(&s);
}

static void test_hang_up_asks(void **state)
{
	struct scene s;
	struct work *w = call(&s);

	(void)state;
	keys(&s, "F12 Enter");
	// No is the default.
	assert_true(contact_is_live(w->contact));
	keys(&s, "F12 y");
	assert_int_equal(w->contact->state, CALL_WRAP_UP);
	assert_true(w->wrap_open);
	scene_close(&s);
}

static void test_by_hand_without_a_name(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	keys(&s, "F4");
	keys(&s, "Enter Enter");
	// A number is needed.
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	assert_int_equal(s.model.works.n, 0);
	type(&s, "13900001111");
	keys(&s, "Enter Enter");
	// One call, whatever follows it; a dialog left open would start a second one.
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	assert_int_equal(s.model.works.n, 1);
	assert_true(contact_is_live(s.model.works.v[0]->contact));
	// Beside a call on the line the new one waits to be answered: that is said, and the dialog is over all the same.
	assert_true(ask_manual_call(&s.ui, &s.model));
	type(&s, "13900002222");
	keys(&s, "Enter Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	assert_int_equal(s.model.works.n, 2);
	assert_true(contact_is_ringing(s.model.works.v[1]->contact));
	scene_close(&s);
}

static void test_reject_is_about_the_ringing_one(void **state)
{
	struct scene s;
	struct work *w = call(&s);
	struct cti_event ev = {.type = CTI_OFFERED, .channel = CTI_CHAT, .call = "c2", .number = "13700002222", .name = "李强",
			       .mono_ms = clock_mono(&s.clock), .wall_ms = clock_wall(&s.clock)};

	(void)state;
	model_cti_event(&s.model, &ev);
	assert_int_equal(s.model.works.n, 2);
	keys(&s, "C-r 1");
	assert_int_equal(s.model.works.n, 1);
	assert_ptr_equal(s.model.works.v[0], w);
	assert_true(contact_is_live(w->contact));
	scene_close(&s);
}

static void test_customer(void **state)
{
	struct scene s;
	struct work *w = call(&s);

	(void)state;
	scene_saved(&s);
	keys(&s, "M-u");
	type(&s, "没有这个人");
	keys(&s, "Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_MENU);
	assert_int_equal(s.ui.popup.rows.n, 1);
	keys(&s, "n");
	assert_string_equal(field(&s, 0), "没有这个人");
	keys(&s, "Esc M-u");
	type(&s, "王芳");
	keys(&s, "Enter");
	// Found by name, and shown masked.
	assert_int_equal(s.ui.popup.rows.n, 2);
	assert_null(strstr(s.ui.popup.rows.v[0].label, "王芳"));
	assert_non_null(strstr(s.ui.popup.rows.v[0].label, "5678"));
	assert_string_equal(s.ui.popup.rows.v[0].id, w->contact->customer_id);
	scene_close(&s);
}

static void test_fault_between_calls(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	assert_true(ask_fault(&s.ui, &s.model));
	keys(&s, "4");
	type(&s, "有杂音");
	keys(&s, "Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	scene_saved(&s);
	assert_false(s.model.save.failed);
	scene_close(&s);
}

static void test_ticket_then_shown(void **state)
{
	struct scene s;
	struct work *w = call(&s);

	(void)state;
	scene_must(model_need(&s.model, w, "账户被冻结", &e));
	keys(&s, "M-i");
	assert_string_equal(field(&s, 0), "账户被冻结");
	keys(&s, "Enter");
	size_t events = w->contact->events.n;
	// A second press shows the number and makes nothing.
	keys(&s, "M-i");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	assert_int_equal(w->contact->events.n, events);
	scene_close(&s);
}

static void test_busy_and_contacts(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	keys(&s, "F5 2");
	assert_int_equal(s.model.state, AGENT_BUSY);
	keys(&s, "F5");
	assert_int_equal(s.model.state, AGENT_READY);
	scene_call(&s, "13812345678", "王芳");
	keys(&s, "C-t 0");
	assert_null(model_work(&s.model));
	keys(&s, "C-t 1");
	assert_non_null(model_work(&s.model));
	scene_close(&s);
}

static void test_jump_lists_and_goes(void **state)
{
	struct scene s;
	struct work *w = call(&s);

	(void)state;
	keys(&s, "g");
	type(&s, "BYE");
	keys(&s, "Enter");
	assert_string_equal(script_run_node(&w->contact->run)->id, "BYE");
	scene_close(&s);
}

static void test_nothing_for_a_read_only_contact(void **state)
{
	static const char *const opens[] = {"F3", "F7", "F8", "M-e", "M-v", "M-u", "M-n", "M-r", "M-t", "M-o", "M-k", "M-i", "M-s"};
	struct scene s;
	struct work *w = call(&s);

	(void)state;
	w->read_only = true;
	for (size_t i = 0; i < sizeof(opens) / sizeof(*opens); i++) {
		keys(&s, opens[i]);
		assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	}
	w->read_only = false;
	scene_close(&s);
}

static void test_screens(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	struct work *w = scene_call(&s, "13812345678", "王芳");
	scene_must(model_need(&s.model, w, "账户被冻结", &e));
	struct golden g;
	golden_open(&g, 24, 80, "dark");
	keys(&s, "F7 x");
	type(&s, "8800");
	keys(&s, "Enter");
	struct canvas c = golden_begin(&g);
	popup_draw(&s.ui.popup, &c);
	golden_check(&g, "ask_packet");
	keys(&s, "Esc o");
	c = golden_begin(&g);
	popup_draw(&s.ui.popup, &c);
	golden_check(&g, "ask_side");
	golden_close(&g);
	scene_close(&s);
}

// --- what is not in the store yet is said

static sem_t gate;

static bool at_gate(struct db *db, void *arg, struct err *e)
{
	(void)db;
	(void)arg;
	(void)e;
	while (sem_wait(&gate) != 0)
		;
	return true;
}

static void test_saving_is_said(void **state)
{
	struct scene s;

	(void)state;
	struct work *w = call(&s);
	scene_saved(&s);
	sem_init(&gate, 0, 0);
	store_submit(s.store, &(struct store_job){.what = "gate", .run = at_gate});
	scene_must(model_classify(&s.model, w, "account.freeze", &e));
	bool said_it = shows(&s, _("saving"));
	sem_post(&gate); // whatever was shown: nothing else would let the store end
	assert_true(said_it);
	scene_saved(&s);
	assert_false(shows(&s, _("saving")));
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_saving_is_said),
		cmocka_unit_test(test_emotion_two_keys),
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_restate),
		cmocka_unit_test(test_typed_text_survives_the_dialog),
		cmocka_unit_test(test_blind_transfer_needs_the_packet),
		cmocka_unit_test(test_consult_back_and_complete),
		cmocka_unit_test(test_hang_up_asks),
		cmocka_unit_test(test_by_hand_without_a_name),
		cmocka_unit_test(test_reject_is_about_the_ringing_one),
		cmocka_unit_test(test_customer),
		cmocka_unit_test(test_fault_between_calls),
		cmocka_unit_test(test_ticket_then_shown),
		cmocka_unit_test(test_busy_and_contacts),
		cmocka_unit_test(test_jump_lists_and_goes),
		cmocka_unit_test(test_nothing_for_a_read_only_contact),
		cmocka_unit_test(test_screens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
