// SPDX-License-Identifier: MIT
// Knows how form, record and wrap-up look, and what sequences of keys do to a contact there.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/view/hand.h"
#include "ui/wrap_rows.h"

static struct work *freeze_call(struct scene *s, enum lang lang)
{
	scene_open(s, lang);
	struct work *w = scene_call(s, "13812345678", "王芳");
	scene_must(model_mark(&s->model, w, "ack", NULL, &e));
	scene_must(model_classify(&s->model, w, "account.freeze", &e));
	ui_layout(&s->ui, &s->model);
	keys(s, "M-3");
	return w;
}

static const char *focus(struct scene *s)
{
	return ui_view(&s->ui, &s->model)->field;
}

static bool form_shows(struct scene *s, const char *text)
{
	return scene_shows(s, &place_form, 30, 60, text);
}

// A wrong value is kept and its error shows once the field is left; it is put right, and undo brings the old one back.
static void a_field_left_wrong_and_put_right(void **state)
{
	struct scene s;
	struct work *w = freeze_call(&s, LANG_EN);

	(void)state;
	type(&s, "12a");
	assert_string_equal(focus(&s), "form.acct_tail");
	assert_string_equal(contact_field(w->contact, "form.acct_tail"), "");
	assert_string_equal(model_draft_of(w, "form.acct_tail")->text, "12a");
	assert_false(form_shows(&s, "write digits only"));
	keys(&s, "Tab");
	assert_string_equal(contact_field(w->contact, "form.acct_tail"), "12a");
	assert_string_equal(model_draft_of(w, "form.acct_tail")->text, "");
	assert_string_equal(focus(&s), "form.freeze_kind");
	assert_true(form_shows(&s, "! write digits only"));
	keys(&s, "S-Tab C-u");
	type(&s, "７719");
	keys(&s, "Enter");
	assert_string_equal(contact_field(w->contact, "form.acct_tail"), "7719");
	assert_false(form_shows(&s, "write digits only"));
	keys(&s, "S-Tab M-z");
	assert_string_equal(contact_field(w->contact, "form.acct_tail"), "12a");
	// The editor follows the undo: one more letter is added to what shows.
	type(&s, "b");
	assert_string_equal(model_draft_of(w, "form.acct_tail")->text, "12ab");
	scene_close(&s);
}

// A password is refused: the text stays in the editor, the focus on the field, and nothing reaches the contact.
static void a_secret_is_refused_and_the_text_stays(void **state)
{
	struct scene s;
	struct work *w = freeze_call(&s, LANG_EN);

	(void)state;
	ui_view(&s.ui, &s.model);
	snprintf(ui_view(&s.ui, &s.model)->field, sizeof(ui_view(&s.ui, &s.model)->field), "base.need");
	type(&s, "card 6222021234567890128");
	keys(&s, "Tab");
	assert_string_equal(contact_field(w->contact, "base.need"), "");
	assert_string_equal(focus(&s), "base.need");
	assert_true(*said(&s));
	assert_string_equal(lineedit_text(&ui_view(&s.ui, &s.model)->edit), "card 6222021234567890128");
	// Another pane and back: it is still there.
	keys(&s, "M-1 M-3");
	assert_string_equal(lineedit_text(&ui_view(&s.ui, &s.model)->edit), "card 6222021234567890128");
	keys(&s, "C-u");
	type(&s, "card blocked");
	keys(&s, "Down");
	assert_string_equal(contact_field(w->contact, "base.need"), "card blocked");
	scene_close(&s);
}

static void a_paste_never_submits(void **state)
{
	struct scene s;
	struct work *w = freeze_call(&s, LANG_EN);
	struct view *v = ui_view(&s.ui, &s.model);

	(void)state;
	snprintf(v->field, sizeof(v->field), "base.need");
	ui_paste(&s.ui, &s.model, sv("one\ntwo\n"));
	assert_string_equal(focus(&s), "base.need");
	assert_string_equal(contact_field(w->contact, "base.need"), "");
	keys(&s, "Enter");
	assert_string_equal(contact_field(w->contact, "base.need"), "one two");
	keys(&s, "Tab Tab Tab");
	assert_string_equal(focus(&s), "base.solution");
	ui_paste(&s.ui, &s.model, sv("first\nsecond"));
	keys(&s, "M-Enter");
	type(&s, "third");
	// Up moves inside the text, then out of it.
	keys(&s, "Up Up Home");
	type(&s, "> ");
	keys(&s, "Up");
	assert_string_equal(contact_field(w->contact, "base.solution"), "> first\nsecond\nthird");
	assert_string_equal(focus(&s), "base.difficulty");
	scene_close(&s);
}

// Catches: a restart that gives the contact back but not the place the hands were at.
static void a_restart_gives_back_the_field(void **state)
{
	struct scene s;

	(void)state;
	freeze_call(&s, LANG_ZH);
	keys(&s, "Tab Tab");
	assert_string_equal(focus(&s), "form.notice_received");
	scene_restart(&s);
	assert_non_null(model_work(&s.model));
	ui_follow(&s.ui, &s.model);
	assert_int_equal(ui_view(&s.ui, &s.model)->focus, PANE_FORM);
	assert_string_equal(focus(&s), "form.notice_received");
	scene_close(&s);
}

static void choices_by_digit_list_and_letters(void **state)
{
	struct scene s;
	struct work *w = freeze_call(&s, LANG_ZH);

	(void)state;
	keys(&s, "Tab");
	type(&s, "2");
	assert_string_equal(contact_field(w->contact, "form.freeze_kind"), "risk");
	assert_string_equal(focus(&s), "form.notice_received");
	// What hangs on the choice shows now.
	assert_true(form_shows(&s, "最近交易本人"));
	keys(&s, "Space");
	assert_string_equal(contact_field(w->contact, "form.notice_received"), "true");
	keys(&s, "Space");
	assert_string_equal(contact_field(w->contact, "form.notice_received"), "false");
	keys(&s, "Enter Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_PICK);
	keys(&s, "Down Enter");
	assert_string_equal(contact_field(w->contact, "form.urgent_use"), "medical");
	assert_string_equal(focus(&s), "form.last_txn_known");
	keys(&s, "S-Tab");
	type(&s, "gz"); // 工资
	keys(&s, "Enter");
	assert_string_equal(contact_field(w->contact, "form.urgent_use"), "salary");
	keys(&s, "S-Tab Backspace");
	assert_string_equal(contact_field(w->contact, "form.urgent_use"), "");
	// Choosing another kind takes the field away again; the focus is still on a field.
	keys(&s, "S-Tab S-Tab");
	type(&s, "1");
	assert_false(form_shows(&s, "最近交易本人"));
	assert_string_equal(contact_field(w->contact, "form.freeze_kind"), "self");
	scene_close(&s);
}

static void a_category_by_initials_and_keyword(void **state)
{
	struct scene s;
	struct work *w;

	(void)state;
	scene_open(&s, LANG_ZH);
	w = scene_call(&s, "13812345678", "王芳");
	scene_must(model_need(&s.model, w, "我的账户被冻结了", &e));
	keys(&s, "M-c");
	// What the customer said comes first, before anything is typed.
	bool first = false;
	for (size_t i = 0; i < 3; i++)
		first |= str_eq(s.ui.popup.rows.v[s.ui.popup.shown.v[i]].id, "account.freeze");
	assert_true(first);
	type(&s, "zhdj");
	keys(&s, "Enter");
	assert_string_equal(w->contact->category, "account.freeze");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	// A keyword that is in no label.
	keys(&s, "M-c");
	type(&s, "催收");
	assert_int_equal(s.ui.popup.shown.n, 1);
	assert_string_equal(s.ui.popup.rows.v[s.ui.popup.shown.v[0]].id, "loan.overdue");
	keys(&s, "Esc");
	// From the field: the first letter goes into the filter.
	keys(&s, "M-3");
	struct view *v = ui_view(&s.ui, &s.model);
	snprintf(v->field, sizeof(v->field), "base.category");
	type(&s, "zh");
	assert_int_equal(s.ui.popup.kind, POPUP_PICK);
	assert_string_equal(lineedit_text(&s.ui.popup.filter), "zh");
	keys(&s, "Esc Backspace");
	assert_string_equal(w->contact->category, "account.freeze");
	assert_non_null(strstr(said(&s), "cannot be emptied"));
	scene_close(&s);
}

static void a_date_shows_how_it_was_understood(void **state)
{
	struct scene s;
	struct work *w = freeze_call(&s, LANG_ZH);
	struct view *v = ui_view(&s.ui, &s.model);

	(void)state;
	snprintf(v->field, sizeof(v->field), "form.cb_due");
	type(&s, "明天 10:00");
	assert_true(form_shows(&s, "2026-11-23 10:00"));
	keys(&s, "Tab");
	assert_string_equal(contact_field(w->contact, "form.cb_due"), "1795399200000");
	scene_close(&s);
}

// F2 is the acknowledgement, whatever field has the focus; choices open with Enter or M-Down, Esc goes back to the script.
static void the_call_goes_before_the_form(void **state)
{
	struct scene s;
	struct work *w;

	(void)state;
	scene_open(&s, LANG_EN);
	w = scene_call(&s, "13812345678", "王芳");
	keys(&s, "M-3");
	snprintf(ui_view(&s.ui, &s.model)->field, 72, "base.intent");
	keys(&s, "F2");
	assert_true(w->contact->clocks.c[CALL_T5].stopped);
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	keys(&s, "M-Down");
	assert_int_equal(s.ui.popup.kind, POPUP_PICK);
	keys(&s, "Esc Esc");
	assert_int_equal(ui_view(&s.ui, &s.model)->focus, PANE_SCRIPT);
	scene_close(&s);
}

static void typing_comes_back_after_a_crash(void **state)
{
	struct scene s;
	struct work *w = freeze_call(&s, LANG_EN);

	(void)state;
	type(&s, "77");
	keys(&s, "Left");
	ui_release(&s.ui);
	struct theme theme = *theme_by_name("dark");
	ui_init(&s.ui, &theme, &s.config, &s.model);
	scene_size(&s, 40, 120);
	ui_layout(&s.ui, &s.model);
	keys(&s, "M-3");
	assert_true(form_shows(&s, "77"));
	type(&s, "x");
	keys(&s, "Tab");
	assert_string_equal(contact_field(w->contact, "form.acct_tail"), "7x7");
	scene_close(&s);
}

static void check_goes_to_the_first_error(void **state)
{
	struct scene s;

	(void)state;
	freeze_call(&s, LANG_EN);
	type(&s, "7719");
	keys(&s, "Tab Tab Tab C-s");
	assert_string_equal(focus(&s), "form.freeze_kind");
	assert_true(form_shows(&s, "still empty"));
	scene_close(&s);
}

static void a_click_goes_to_the_field(void **state)
{
	struct scene s;
	struct work *w = freeze_call(&s, LANG_EN);

	(void)state;
	type(&s, "7719");
	struct rect r = s.ui.layout.pane[PANE_FORM];
	ui_click(&s.ui, &s.model, r.y + 3, r.x + 5, 0);
	assert_string_equal(focus(&s), "form.notice_received");
	assert_string_equal(contact_field(w->contact, "form.acct_tail"), "7719");
	scene_close(&s);
}

// --- wrap-up

static struct work *ended_call(struct scene *s, enum lang lang)
{
	struct work *w = freeze_call(s, lang);

	scene_wait(s, 65000);
	scene_must(model_hangup(&s->model, w, &e));
	ui_follow(&s->ui, &s->model);
	ui_layout(&s->ui, &s->model);
	if (!w->wrap_open)
		keys(s, "F9");
	scene_wait(s, 12000);
	return w;
}

// From the open call to the saved record with keys alone.
static void a_whole_wrap_up(void **state)
{
	struct scene s;
	struct work *w = ended_call(&s, LANG_EN);

	(void)state;
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_wrap);
	// The first open point is selected; Enter goes to its field, F9 comes back.
	keys(&s, "Home Down Enter");
	assert_string_equal(focus(&s), "form.acct_tail");
	type(&s, "7719");
	keys(&s, "Tab");
	type(&s, "2");
	snprintf(ui_view(&s.ui, &s.model)->field, 72, "base.need");
	type(&s, "account blocked");
	keys(&s, "Tab Tab Tab Tab");
	type(&s, "explained why and handed it to the supervisor");
	keys(&s, "F9");
	assert_string_equal(contact_field(w->contact, "base.solution"), "explained why and handed it to the supervisor");
	// Not yet: the key that saves says what is missing and goes there.
	keys(&s, "C-s");
	assert_int_equal(s.model.works.n, 1);
	assert_non_null(strstr(said(&s), "Disposition"));
	keys(&s, "d");
	type(&s, "p");
	type(&s, "1");
	assert_string_equal(w->contact->disposition, "TKT_OPEN");
	// Pending owes a date and asks for it.
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	type(&s, "yesterday");
	keys(&s, "Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	keys(&s, "C-u");
	type(&s, "+2h");
	keys(&s, "Enter");
	assert_int_equal(w->contact->follow_up_at, clock_wall(&s.clock) + 7200000 - clock_wall(&s.clock) % 60000);
	assert_string_equal(contact_field(w->contact, "base.follow_up"), "ticket");
	keys(&s, "C-s");
	assert_int_equal(s.model.works.n, 0);
	assert_non_null(strstr(said(&s), "complete"));
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_home);
	scene_close(&s);
}

// A contact that came to nothing owes nothing: "can be saved" and the key that saves agree.
static void an_invalid_contact_is_saved_empty(void **state)
{
	struct scene s;
	struct wrap_rows rows;
	struct arena a = {0};

	(void)state;
	scene_open(&s, LANG_EN);
	struct work *w = scene_call(&s, "13812345678", "王芳");
	ui_follow(&s.ui, &s.model);
	scene_wait(&s, 5000);
	scene_must(model_hangup(&s.model, w, &e));
	scene_must(model_disposition(&s.model, w, "CUST_DISC", &e));
	ui_follow(&s.ui, &s.model);
	ui_layout(&s.ui, &s.model);
	if (!w->wrap_open)
		keys(&s, "F9");
	wrap_rows(&s.model, w, &rows, &a);
	assert_int_equal(rows.blocking, 0);
	arena_release(&a);
	keys(&s, "C-s");
	assert_int_equal(s.model.works.n, 0);
	scene_close(&s);
}

static void hang_up(struct scene *s, struct work *w, enum cti_why why)
{
	struct cti_event ev = {.type = CTI_ENDED, .why = why};

	ev.mono_ms = clock_mono(&s->clock);
	ev.wall_ms = clock_wall(&s->clock);
	snprintf(ev.call, sizeof(ev.call), "%s", w->contact->call);
	model_cti_event(&s->model, &ev);
	ui_follow(&s->ui, &s->model);
	ui_layout(&s->ui, &s->model);
}

// The customer hangs up in the middle of a word: the next letters still go into the field, F9 wraps up.
static void a_hang_up_does_not_take_the_field_away(void **state)
{
	struct scene s;
	struct work *w = freeze_call(&s, LANG_EN);

	(void)state;
	type(&s, "77");
	hang_up(&s, w, CTI_WHY_CUSTOMER);
	assert_int_equal(w->contact->state, CALL_WRAP_UP);
	type(&s, "19");
	assert_string_equal(model_draft_of(w, "form.acct_tail")->text, "7719");
	keys(&s, "F9");
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_wrap);
	assert_string_equal(contact_field(w->contact, "form.acct_tail"), "7719");
	scene_close(&s);
}

// Without a hand on the keys the wrap-up comes up by itself, and what stood in the editor is in the record.
static void the_wrap_up_comes_up_and_typing_counts(void **state)
{
	struct scene s;
	struct work *w = freeze_call(&s, LANG_EN);

	(void)state;
	type(&s, "77");
	scene_wait(&s, 5000);
	hang_up(&s, w, CTI_WHY_CUSTOMER);
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_wrap);
	assert_string_equal(contact_field(w->contact, "form.acct_tail"), "77");
	scene_close(&s);
}

static void skipped_steps_are_settled(void **state)
{
	struct scene s;
	struct work *w = ended_call(&s, LANG_EN);
	struct arena a = {0};
	struct script_due *due;
	size_t open = 0, n, now = 0, na = 0, made = 0;

	(void)state;
	n = script_run_due(&w->contact->run, true, &due, &a);
	for (size_t i = 0; i < n; i++)
		open += due[i].state == DUE_OPEN;
	assert_true(open >= 2);
	keys(&s, "x");
	type(&s, "broke");
	keys(&s, "Enter b");
	assert_int_equal(s.ui.popup.kind, POPUP_CONFIRM);
	keys(&s, "y");
	n = script_run_due(&w->contact->run, true, &due, &a);
	for (size_t i = 0; i < n; i++) {
		now += due[i].state == DUE_OPEN;
		na += due[i].state == DUE_NOT_APPLICABLE;
		made += due[i].state == DUE_MADE_UP;
	}
	assert_int_equal(now, open - 2);
	assert_int_equal(na, 1);
	assert_int_equal(made, 1);
	arena_release(&a);
	// Put aside and back.
	keys(&s, "Esc");
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_script);
	keys(&s, "F9");
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_wrap);
	scene_close(&s);
}

static void an_outcome_without_a_date(void **state)
{
	struct scene s;
	struct work *w = ended_call(&s, LANG_EN);

	(void)state;
	keys(&s, "f");
	type(&s, "1");
	assert_int_equal(w->contact->resolution, RESOLUTION_RESOLVED);
	keys(&s, "f");
	type(&s, "4");
	type(&s, "tomorrow 9:00");
	keys(&s, "Enter");
	assert_int_equal(w->contact->resolution, RESOLUTION_CALLBACK);
	assert_string_equal(contact_field(w->contact, "base.follow_up"), "callback");
	// The promise is in the list of call-backs as well.
	scene_saved(&s);
	model_refresh_home(&s.model);
	assert_int_equal(s.model.home.callbacks.n, 1);
	scene_close(&s);
}

// --- how it looks

static void filled(struct scene *s, enum lang lang)
{
	freeze_call(s, lang);
	type(s, "12a");
	keys(s, "Tab");
	type(s, "2");
	struct view *v = ui_view(&s->ui, &s->model);
	snprintf(v->field, sizeof(v->field), "base.solution");
	type(s, lang == LANG_ZH ? "已说明原因，提交加急复核，明天上午十点前回电告知结果。" : "Explained the reason and asked for an urgent review.");
}

static void form_screens(void **state)
{
	struct scene s;

	(void)state;
	filled(&s, LANG_ZH);
	scene_golden_place(&s, &place_form, "form_narrow", 24, 30);
	scene_golden_place(&s, &place_form, "form_column", 30, 40);
	scene_golden_place(&s, &place_form, "form_wide", 20, 80);
	// More fields than rows: the focused one shows.
	scene_golden_place(&s, &place_form, "form_low", 9, 60);
	scene_theme(&s, "dark", true);
	scene_golden_place(&s, &place_form, "form_ascii", 24, 80);
	scene_close(&s);
	filled(&s, LANG_EN);
	scene_golden_place(&s, &place_form, "form_en", 24, 40);
	scene_close(&s);
}

static void record_screens(void **state)
{
	struct scene s;

	(void)state;
	filled(&s, LANG_ZH);
	keys(&s, "Tab M-z");
	scene_must(model_note(&s.model, model_work(&s.model), "客户手机 13900001234", &e));
	scene_golden_place(&s, &place_record, "record_low", 8, 40);
	scene_golden_place(&s, &place_record, "record_wide", 22, 120);
	scene_close(&s);
}

// A number that nobody typed here is masked in the form, its editor and the record; typing replaces it.
static void numbers_are_masked(void **state)
{
	struct scene s;
	struct work *w;

	(void)state;
	scene_open(&s, LANG_EN);
	w = scene_call(&s, "13900001234", NULL);
	scene_must(model_script_start(&s.model, w, "com.media", &e));
	keys(&s, "M-3");
	struct view *v = ui_view(&s.ui, &s.model);
	snprintf(v->field, sizeof(v->field), "base.need");
	assert_true(form_shows(&s, "139****1234"));
	assert_false(form_shows(&s, "13900001234"));
	snprintf(v->field, sizeof(v->field), "form.phone");
	keys(&s, "End");
	assert_true(form_shows(&s, "139****1234"));
	assert_false(form_shows(&s, "13900001234"));
	keys(&s, "Tab S-Tab");
	assert_string_equal(contact_field(w->contact, "form.phone"), "13900001234");
	type(&s, "13700005678");
	keys(&s, "Tab");
	assert_string_equal(contact_field(w->contact, "form.phone"), "13700005678");
	assert_true(form_shows(&s, "137****5678"));
	assert_false(form_shows(&s, "13700005678"));
	w->card.known = false;
	assert_false(scene_shows(&s, &place_record, 40, 120, "13900001234"));
	assert_false(scene_shows(&s, &place_record, 40, 120, "13700005678"));
	assert_true(scene_shows(&s, &place_record, 40, 120, "139****1234"));
	scene_close(&s);
}

static void wrap_screens(void **state)
{
	struct scene s;

	(void)state;
	ended_call(&s, LANG_ZH);
	scene_golden_place(&s, &place_wrap, "wrap_wide", 36, 120);
	scene_theme(&s, "dark", true);
	scene_golden_place(&s, &place_wrap, "wrap_ascii", 21, 80);
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_restart_gives_back_the_field),
		cmocka_unit_test(a_field_left_wrong_and_put_right),
		cmocka_unit_test(a_secret_is_refused_and_the_text_stays),
		cmocka_unit_test(a_paste_never_submits),
		cmocka_unit_test(choices_by_digit_list_and_letters),
		cmocka_unit_test(a_category_by_initials_and_keyword),
		cmocka_unit_test(a_date_shows_how_it_was_understood),
		cmocka_unit_test(the_call_goes_before_the_form),
		cmocka_unit_test(typing_comes_back_after_a_crash),
		cmocka_unit_test(check_goes_to_the_first_error),
		cmocka_unit_test(a_click_goes_to_the_field),
		cmocka_unit_test(a_whole_wrap_up),
		cmocka_unit_test(an_invalid_contact_is_saved_empty),
		cmocka_unit_test(a_hang_up_does_not_take_the_field_away),
		cmocka_unit_test(the_wrap_up_comes_up_and_typing_counts),
		cmocka_unit_test(skipped_steps_are_settled),
		cmocka_unit_test(an_outcome_without_a_date),
		cmocka_unit_test(form_screens),
		cmocka_unit_test(record_screens),
		cmocka_unit_test(numbers_are_masked),
		cmocka_unit_test(wrap_screens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
