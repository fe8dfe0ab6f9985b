// SPDX-License-Identifier: MIT
// Knows what the knowledge desk shows and does, by keys alone: every deed with its refusal, writing, and that nothing typed is lost.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/desk/role.h"
#include "src/store/kb_event.h"
#include "src/work/kb_past.h"
#include "tests/view/hand.h"
#include "ui/kbdesk.h"

enum { EDITOR = USER_BIT(USER_KB_EDITOR), BOSS = USER_BIT(USER_SUPERVISOR), AGENT = USER_BIT(USER_AGENT) };

static void saved(struct scene *s)
{
	scene_saved(s);
	ui_follow(&s->ui, &s->model);
}

// Another person sits down at the desk.
static void be(struct scene *s, const char *who, unsigned roles)
{
	free(s->model.agent_id);
	s->model.agent_id = xstrdup(who);
	s->model.roles = roles;
	model_kb_desk_refresh(&s->model);
	ui_follow(&s->ui, &s->model);
}

static const struct kb_write *writing(const struct scene *s)
{
	return &s->ui.kbdesk->write;
}

static const char *field(const struct scene *s, enum write_field f)
{
	return lineedit_text(&s->ui.kbdesk->write.f[f].line);
}

static void save_draft(struct scene *s, const char *by, const char *id, const char *body, bool complete)
{
	struct arena a = {0};
	struct kb_text t;
	int base, rev;

	be(s, by, EDITOR);
	scene_must(model_kb_edit(&s->model, id, &t, &base, &rev, &a, &e));
	if (!*t.title)
		t.title = "礼品卡过期了还能用吗？";
	t.body = body;
	t.note = "补充一条";
	scene_must(model_kb_save(&s->model, &t, base, rev, complete, &e));
	arena_release(&a);
	saved(s);
}

static void report(struct scene *s, const char *by, const char *query, const char *what)
{
	be(s, by, AGENT);
	scene_must(model_kb_do(&s->model, &(struct kb_deed){.verb = KB_DO_GAP_REPORT, .query = query, .note = what,
							    .category = "payment.other", .material = "客户说已原路退回，没有到账。"}, &e));
	saved(s);
}

// Two drafts (one in review, one new), two cases, one doubtful article, must-reads; 8001 is editor and supervisor.
static void furnish(struct scene *s)
{
	scene_kb(s, "finance", NULL);
	save_draft(s, "8002", "KB-FIN-011", "## 答案/步骤\n1. 先核验到2级。\n2. 复核结果由短信通知。\n", true);
	scene_must(model_kb_do(&s->model, &(struct kb_deed){.verb = KB_DO_SUBMIT, .id = "KB-FIN-011"}, &e));
	saved(s);
	save_draft(s, "8001", "KB-FIN-042", "## 答案/步骤\n1. 延期一次。\n", true);
	for (int i = 0; i < 3; i++)
		report(s, i == 1 ? "8003" : "8002", "数字人民币钱包怎么退款", "退款找不到入口");
	report(s, "8003", "境外卡能分期吗", "");
	be(s, "8001", EDITOR | BOSS);
	scene_must(model_kb_do(&s->model, &(struct kb_deed){.verb = KB_DO_FLAG, .id = "KB-FIN-012", .note = "复核时限已改，请核对"}, &e));
	saved(s);
}

static void open_desk(struct scene *s, enum lang lang)
{
	scene_open(s, lang);
	furnish(s);
	keys(s, "M-d");
	assert_ptr_equal(ui_place(&s->ui, &s->model), &place_kb_desk);
}

// --- what was read

static void frame(struct scene *s)
{
	struct str out = {0};

	ui_follow(&s->ui, &s->model);
	kb_before_draw(&s->ui, &s->model);
	scene_draw(s, NULL, s->ui.rows, s->ui.cols, &out);
	str_release(&out);
}

// Of what was read last on the desk; n: how many there are.
static struct kb_sight read_last(struct scene *s, const char *type, size_t *n, struct arena *a)
{
	struct kb_events v = {0};
	struct kb_sight out = {0};

	scene_saved(s);
	scene_must(kb_event_list(store_reader(s->store), type, 0, 0, &v, a, &e));
	*n = v.n;
	if (v.n)
		assert_true(kb_sight_of(&v.v[0], &out, a));
	vec_release(&v);
	return out;
}

// Which article, which of its lines and for how long: as in the knowledge pane.
static void test_what_was_read_is_kept(void **state)
{
	struct scene s;
	struct kb_sight seen;
	struct arena a = {0};
	size_t n;

	(void)state;
	open_desk(&s, LANG_ZH);
	scene_size(&s, 24, 80);
	keys(&s, "3 Enter");
	frame(&s);
	assert_string_equal(s.model.shown.s.id, "KB-FIN-012");
	assert_true(s.model.shown.s.opened && !s.model.shown.s.draft);
	scene_wait(&s, 4000);
	keys(&s, "End");
	frame(&s);
	scene_wait(&s, 2000);
	keys(&s, "Esc");
	frame(&s);
	seen = read_last(&s, "read", &n, &a);
	assert_true(n >= 1);
	assert_string_equal(seen.id, "KB-FIN-012");
	assert_string_equal(seen.agent, "8001");
	assert_int_equal(seen.ver, 1);
	assert_int_equal(seen.width, 76);
	// what of the body stands on the screen is what is said: to its last line after End
	assert_true(kb_sight_top(&seen, seen.to) > 0);
	assert_true(kb_sight_top(&seen, seen.to) + seen.height >= seen.lines);
	// a draft is one by its revision, beside the list on a wide screen
	scene_size(&s, 40, 120);
	keys(&s, "1");
	frame(&s);
	assert_true(s.model.shown.s.draft && !s.model.shown.s.opened);
	assert_int_equal(s.model.shown.s.ver, s.model.desk.drafts[0].rev);
	scene_wait(&s, 1500);
	keys(&s, "M-d");
	frame(&s);
	seen = read_last(&s, "preview", &n, &a);
	assert_true(seen.draft);
	// the changes of a draft, a case and the editor are no text of an article
	keys(&s, "M-d w");
	frame(&s);
	assert_string_equal(s.model.shown.s.id, "");
	keys(&s, "w 2");
	frame(&s);
	assert_string_equal(s.model.shown.s.id, "");
	keys(&s, "1 Down e");
	frame(&s);
	assert_string_equal(s.model.shown.s.id, "");
	arena_release(&a);
	scene_close(&s);
}

// --- how it looks

static void test_lists_look(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_ZH);
	show(&s, "desk_drafts_24", 24, 80);
	show(&s, "desk_drafts_40", 40, 120);
	keys(&s, "w");
	show(&s, "desk_changes_40", 40, 120);
	keys(&s, "w 2");
	show(&s, "desk_gaps_40", 40, 120);
	show(&s, "desk_gaps_24", 24, 80);
	keys(&s, "3");
	show(&s, "desk_doubts_50", 50, 200);
	keys(&s, "4 Enter");
	show(&s, "desk_reader_24", 24, 80);
	scene_close(&s);
}

static void test_lists_look_in_english(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_EN);
	show(&s, "desk_drafts_en_24", 24, 80);
	keys(&s, "2");
	show(&s, "desk_gaps_en_40", 40, 120);
	scene_theme(&s, "mono", true);
	keys(&s, "3");
	show(&s, "desk_doubts_en_ascii_24", 24, 80);
	scene_close(&s);
}

static void test_empty_lists_say_what_fills_them(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	scene_kb(&s, "finance", NULL);
	keys(&s, "M-d");
	show(&s, "desk_empty_24", 24, 80);
	// An agent may begin an article, and nothing else is offered.
	assert_true(scene_shows(&s, NULL, 24, 80, " n "));
	assert_false(scene_shows(&s, NULL, 24, 80, " b "));
	keys(&s, "e");
	assert_string_not_equal(said(&s), "");
	scene_close(&s);
}

static void test_writing_looks(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_ZH);
	keys(&s, "Down e");
	assert_true(writing(&s)->on);
	show(&s, "desk_write_24", 24, 80);
	keys(&s, "Tab Tab Tab");
	show(&s, "desk_write_body_24", 24, 80);
	show(&s, "desk_write_40", 40, 120);
	show(&s, "desk_write_50", 50, 200);
	scene_close(&s);
	open_desk(&s, LANG_EN);
	keys(&s, "Down e");
	type(&s, "?");
	show(&s, "desk_write_en_24", 24, 80);
	scene_close(&s);
}

// The real cursor is on the selected row, for screen readers; while text is typed, at the caret.
static void test_the_caret_is_where_the_hands_are(void **state)
{
	struct scene s;
	struct golden g;

	(void)state;
	open_desk(&s, LANG_ZH);
	keys(&s, "Down");
	for (int pass = 0; pass < 2; pass++) {
		golden_open(&g, 40, 120, "dark");
		struct canvas c = golden_begin(&g);
		ui_layout(&s.ui, &s.model);
		ui_draw(&s.ui, &s.model, &c);
		assert_true(g.frame.caret_on);
		assert_int_equal(g.frame.caret_typing, pass == 1);
		assert_int_equal(g.frame.caret_y, pass == 0 ? 1 + 2 + 1 : 1 + 1);
		golden_close(&g);
		keys(&s, "e");
	}
	scene_close(&s);
}

// Unread for more than a day: marked, and seen by those who lead; an agent sees only what is theirs.
static void test_late_readers_are_marked(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_EN);
	keys(&s, "4");
	assert_true(scene_shows(&s, NULL, 40, 120, "8001  not read"));
	clock_fake_add(&s.clock, MUST_READ_LATE_MS + 60000);
	model_kb_desk_refresh(&s.model);
	ui_follow(&s.ui, &s.model);
	assert_true(scene_shows(&s, NULL, 40, 120, "8001  ! late, since 11-22"));
	be(&s, "8004", AGENT);
	assert_int_equal(s.model.desk.n_readers, 0);
	scene_close(&s);
}

// --- drafts

static void test_approving(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_EN);
	// What one wrote oneself somebody else approves; the sentence of the rule is said.
	keys(&s, "Down s");
	saved(&s);
	keys(&s, "Home");
	while (strcmp(kbdesk_article_id(&s.ui, &s.model), "KB-FIN-042") != 0)
		keys(&s, "Down");
	keys(&s, "a");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	assert_non_null(strstr(said(&s), "somebody else has to approve it"));
	// Another's: asked first, no is the answer of Enter.
	keys(&s, "Home");
	while (strcmp(kbdesk_article_id(&s.ui, &s.model), "KB-FIN-011") != 0)
		keys(&s, "Down");
	keys(&s, "a Enter");
	saved(&s);
	assert_int_equal(s.model.desk.n_drafts, 2);
	keys(&s, "a y");
	saved(&s);
	assert_int_equal(s.model.desk.n_drafts, 1);
	struct arena a = {0};
	struct kb_article art;
	scene_must(model_kb_article(&s.model, "KB-FIN-011", &art, &a, &e));
	assert_int_equal(art.cur.ver, 2);
	assert_string_equal(art.cur.text.author, "8002");
	assert_string_equal(art.cur.text.approver, "8001");
	arena_release(&a);
	scene_close(&s);
}

static void test_returning_and_taking_back(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_EN);
	keys(&s, "r Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT); // the reason is needed
	type(&s, "which day?");
	// Closed without an answer, the text waits for this draft only.
	keys(&s, "Esc r");
	assert_string_equal(lineedit_text(&s.ui.popup.fields.v[0].line), "which day?");
	keys(&s, "Enter");
	saved(&s);
	assert_string_equal(kbdesk_draft(&s.ui, &s.model)->id, "KB-FIN-011");
	assert_string_equal(kbdesk_draft(&s.ui, &s.model)->reply, "which day?");
	assert_int_equal(kbdesk_draft(&s.ui, &s.model)->state, KB_DRAFT);
	keys(&s, "r");
	assert_non_null(strstr(said(&s), "not in review"));
	// Its writer submits it again and takes it back at once.
	be(&s, "8002", AGENT);
	keys(&s, "s");
	saved(&s);
	keys(&s, "r");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	saved(&s);
	assert_int_equal(kbdesk_draft(&s.ui, &s.model)->state, KB_DRAFT);
	scene_close(&s);
}

static void test_discarding_asks(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_EN);
	keys(&s, "Down x Enter");
	saved(&s);
	assert_int_equal(s.model.desk.n_drafts, 2);
	keys(&s, "x y");
	saved(&s);
	assert_int_equal(s.model.desk.n_drafts, 1);
	scene_close(&s);
}

static void test_hints_show_what_is_allowed(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_EN);
	assert_true(scene_shows(&s, NULL, 40, 120, "a Approve"));
	assert_true(scene_shows(&s, NULL, 40, 120, "r Return"));
	keys(&s, "Down");
	assert_false(scene_shows(&s, NULL, 40, 120, "a Approve"));
	assert_true(scene_shows(&s, NULL, 40, 120, "s Submit"));
	be(&s, "8004", AGENT); // drafts are not shared: nothing to see, nothing to do
	assert_int_equal(s.model.desk.n_drafts, 0);
	keys(&s, "2");
	assert_false(scene_shows(&s, NULL, 40, 120, "a Accept"));
	keys(&s, "a");
	assert_non_null(strstr(said(&s), "your roles do not allow this"));
	scene_close(&s);
}

// --- uncovered cases

static void test_a_case_becomes_an_article(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_EN);
	keys(&s, "2 a");
	saved(&s);
	assert_int_equal(kbdesk_gap(&s.ui, &s.model)->state, KB_GAP_ACCEPTED);
	keys(&s, "d");
	saved(&s);
	// Its text is on the screen as soon as it is there, with what was reported.
	assert_true(writing(&s)->on);
	assert_string_equal(field(&s, WRITE_TITLE), "数字人民币钱包怎么退款");
	assert_non_null(strstr(field(&s, WRITE_BODY), "退款找不到入口"));
	keys(&s, "Esc");
	assert_false(writing(&s)->on);
	keys(&s, "s");
	assert_non_null(strstr(said(&s), "still holds what customers said"));
	assert_false(scene_shows(&s, NULL, 40, 120, "s Submit"));
	keys(&s, "e");
	assert_true(scene_shows(&s, NULL, 24, 80, "M-x Cut material"));
	keys(&s, "M-x");
	assert_null(strstr(field(&s, WRITE_BODY), "退款找不到入口"));
	assert_non_null(strstr(field(&s, WRITE_BODY), "## 来源与生效日\n"));
	keys(&s, "C-_");
	assert_non_null(strstr(field(&s, WRITE_BODY), "退款找不到入口"));
	keys(&s, "M-x M-x");
	assert_non_null(strstr(said(&s), "no material"));
	type(&s, "Refund goes to the wallet.");
	keys(&s, "C-s");
	saved(&s);
	assert_false(writing(&s)->on);
	keys(&s, "s");
	saved(&s);
	be(&s, "9002", BOSS);
	keys(&s, "1 Home");
	while (!kbdesk_draft(&s.ui, &s.model)->gap)
		keys(&s, "Down");
	keys(&s, "a y");
	saved(&s);
	keys(&s, "2 c");
	bool answered = false;
	for (size_t i = 0; i < s.model.desk.n_gaps; i++)
		answered |= s.model.desk.gaps[i].state == KB_GAP_PUBLISHED;
	assert_true(answered);
	scene_close(&s);
}

static void test_cases_are_closed_and_opened(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_EN);
	keys(&s, "2 m");
	assert_int_equal(s.ui.popup.kind, POPUP_PICK);
	type(&s, "#99");
	keys(&s, "Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_PICK); // there is none: said in the dialog
	assert_true(s.ui.popup.error[0] != '\0');
	keys(&s, "C-u");
	type(&s, "KB-FIN-041");
	keys(&s, "Enter");
	saved(&s);
	assert_int_equal(s.model.desk.n_gaps, 1);
	keys(&s, "x");
	type(&s, "see the card terms");
	keys(&s, "Enter");
	saved(&s);
	assert_int_equal(s.model.desk.n_gaps, 0);
	keys(&s, "c");
	assert_int_equal(s.model.desk.n_gaps, 2);
	keys(&s, "a");
	assert_non_null(strstr(said(&s), "is"));
	keys(&s, "o");
	saved(&s);
	assert_int_equal(kbdesk_gap(&s.ui, &s.model)->state, KB_GAP_NEW);
	scene_close(&s);
}

// --- articles

static void test_doubts_are_settled(void **state)
{
	struct scene s;
	struct arena a = {0};
	struct kb_article art;

	(void)state;
	open_desk(&s, LANG_EN);
	keys(&s, "3 v");
	type(&s, "2020-01-01");
	keys(&s, "Enter");
	assert_true(s.ui.popup.error[0] != '\0'); // a day that has passed
	keys(&s, "C-u");
	type(&s, "2027-06-30");
	keys(&s, "Enter");
	saved(&s);
	assert_int_equal(s.model.desk.n_doubts, 0);
	scene_must(model_kb_article(&s.model, "KB-FIN-012", &art, &a, &e));
	assert_int_equal(art.state, KB_PUBLISHED);
	arena_release(&a);
	scene_close(&s);
}

static void test_retiring_hiding_bringing_back(void **state)
{
	struct scene s;
	struct arena a = {0};
	struct kb_article art;

	(void)state;
	open_desk(&s, LANG_EN);
	keys(&s, "3 t");
	type(&s, "KB-FIN-012");
	keys(&s, "Enter");
	assert_true(s.ui.popup.error[0] != '\0'); // not by itself
	keys(&s, "C-u");
	type(&s, "KB-FIN-011");
	keys(&s, "Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	keys(&s, "Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT); // why is needed
	type(&s, "merged");
	keys(&s, "Enter");
	saved(&s);
	scene_must(model_kb_article(&s.model, "KB-FIN-012", &art, &a, &e));
	assert_int_equal(art.state, KB_ARCHIVED);
	assert_string_equal(art.replaced_by, "KB-FIN-011");
	keys(&s, "b");
	assert_int_equal(s.ui.popup.rows.n, 1);
	keys(&s, "Enter");
	saved(&s);
	assert_string_equal(kbdesk_draft(&s.ui, &s.model)->id, "KB-FIN-012");
	// Hidden from the article in front, and shown again by somebody else than its author.
	keys(&s, "Esc C-f");
	type(&s, "id:KB-FIN-013");
	keys(&s, "Enter M-w h");
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	type(&s, "wrong");
	keys(&s, "Enter");
	saved(&s);
	scene_must(model_kb_article(&s.model, "KB-FIN-013", &art, &a, &e));
	assert_int_equal(art.state, KB_HIDDEN);
	keys(&s, "M-d b");
	while (strcmp(s.ui.popup.rows.v[s.ui.popup.shown.v[s.ui.popup.list.selected]].id, "KB-FIN-013") != 0)
		keys(&s, "Down");
	keys(&s, "Enter y");
	saved(&s);
	scene_must(model_kb_article(&s.model, "KB-FIN-013", &art, &a, &e));
	assert_int_equal(art.state, KB_PUBLISHED);
	arena_release(&a);
	scene_close(&s);
}

static void test_deeds_of_the_article_in_front(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_EN);
	scene_kb(&s, "finance", NULL);
	keys(&s, "M-w");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	keys(&s, "C-f");
	type(&s, "id:KB-FIN-013");
	keys(&s, "Enter M-w");
	assert_int_equal(s.ui.popup.rows.n, 1); // an agent may only write a draft
	keys(&s, "Esc");
	s.model.roles = EDITOR | BOSS;
	keys(&s, "M-w f");
	type(&s, "the term has changed");
	keys(&s, "Enter");
	saved(&s);
	keys(&s, "M-d");
	assert_int_equal(s.model.desk.n_doubts, 1);
	keys(&s, "3 M-w e");
	assert_string_equal(writing(&s)->id, "KB-FIN-013");
	scene_close(&s);
}

// --- writing

static void test_a_new_article(void **state)
{
	struct scene s;
	struct arena a = {0};
	struct kb_next d;

	(void)state;
	open_desk(&s, LANG_EN);
	keys(&s, "n");
	type(&s, "account.freeze");
	keys(&s, "Enter");
	assert_true(writing(&s)->on);
	assert_string_equal(field(&s, WRITE_CATEGORY), "account.freeze");
	keys(&s, "C-s"); // no title yet
	assert_true(writing(&s)->on);
	assert_int_equal(writing(&s)->at, WRITE_TITLE);
	assert_true(writing(&s)->error[0] != '\0');
	type(&s, "卡丢了先做什么");
	while (writing(&s)->at != WRITE_TAGS)
		keys(&s, "Tab");
	type(&s, "挂失；丢卡、补卡");
	while (writing(&s)->at != WRITE_PHRASINGS)
		keys(&s, "Tab");
	type(&s, "卡掉了");
	keys(&s, "Enter");
	type(&s, "卡被偷了");
	while (writing(&s)->at != WRITE_TO)
		keys(&s, "Tab");
	type(&s, "tomorrow");
	keys(&s, "C-s");
	assert_int_equal(writing(&s)->at, WRITE_TO);
	assert_non_null(strstr(writing(&s)->error, "is not a date"));
	keys(&s, "C-u");
	type(&s, "2027-06-30");
	while (writing(&s)->at != WRITE_MUST_READ)
		keys(&s, "Tab");
	keys(&s, "Space 2");
	assert_string_equal(field(&s, WRITE_MUST_READ), "true");
	char id[80];
	snprintf(id, sizeof(id), "%s", writing(&s)->id);
	keys(&s, "C-s");
	saved(&s);
	assert_false(writing(&s)->on);
	assert_string_equal(kbdesk_draft(&s.ui, &s.model)->id, id);
	scene_must(model_kb_draft_text(&s.model, id, &d, &a, &e));
	assert_int_equal(d.state, KB_DRAFT);
	assert_int_equal(d.text.tags.n, 3);
	assert_string_equal(d.text.tags.v[2], "补卡");
	assert_int_equal(d.text.phrasings.n, 2);
	assert_true(d.text.must_read);
	// The last day counts: it ends with the next one.
	assert_true(d.text.effective_to == 1814371200000);
	keys(&s, "e");
	assert_string_equal(field(&s, WRITE_TO), "2027-06-30");
	assert_string_equal(field(&s, WRITE_TAGS), "挂失; 丢卡; 补卡");
	arena_release(&a);
	scene_close(&s);
}

static void test_what_is_not_touched_stays_to_the_letter(void **state)
{
	struct scene s;
	struct arena a = {0};
	struct kb_article art;
	struct kb_next d;

	(void)state;
	open_desk(&s, LANG_EN);
	scene_must(model_kb_article(&s.model, "KB-FIN-013", &art, &a, &e));
	scene_must(kb_write_open(&s.ui, &s.model, "KB-FIN-013"));
	keys(&s, "C-e");
	type(&s, "！");
	keys(&s, "C-s");
	saved(&s);
	scene_must(model_kb_draft_text(&s.model, "KB-FIN-013", &d, &a, &e));
	assert_string_equal(d.text.body, art.cur.text.body);
	assert_int_equal(d.text.phrasings.n, art.cur.text.phrasings.n);
	assert_true(d.text.effective_from == art.cur.text.effective_from);
	assert_true(d.text.review_due == art.cur.text.review_due);
	assert_string_not_equal(d.text.title, art.cur.text.title);
	// What the field would read otherwise: a list that came with its separator inside.
	const char *tag = "卡、证";
	d.text.tags = (struct kb_list){&tag, 1};
	scene_must(model_kb_save(&s.model, &d.text, d.base_ver, d.rev, true, &e));
	saved(&s);
	keys(&s, "e End");
	type(&s, "！");
	keys(&s, "C-s");
	saved(&s);
	scene_must(model_kb_draft_text(&s.model, "KB-FIN-013", &d, &a, &e));
	assert_int_equal(d.text.tags.n, 1);
	assert_string_equal(d.text.tags.v[0], tag);
	arena_release(&a);
	scene_close(&s);
}

static void test_leaving(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_EN);
	keys(&s, "Down e Esc");
	assert_false(writing(&s)->on); // nothing was typed
	keys(&s, "e");
	type(&s, "a");
	keys(&s, "Esc Esc");
	assert_true(writing(&s)->on);
	keys(&s, "Esc x");
	assert_false(writing(&s)->on);
	assert_int_equal(s.model.desk_drafts.n ? model_desk_draft_there(&s.model, "kb-write") : 0, 0);
	keys(&s, "e");
	type(&s, "b");
	keys(&s, "Esc k");
	saved(&s);
	assert_non_null(strstr(kbdesk_draft(&s.ui, &s.model)->title, "b"));
	assert_int_equal(kbdesk_draft(&s.ui, &s.model)->state, KB_DRAFT); // complete once, it stays so
	scene_close(&s);
}

static void test_a_secret_is_refused(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_EN);
	keys(&s, "Down e");
	type(&s, "4111 1111 1111 1111");
	keys(&s, "C-s");
	assert_true(writing(&s)->on);
	assert_true(writing(&s)->error[0] != '\0');
	scene_close(&s);
}

// Killed in the middle of a word: the text, the field and the caret are there again; what was saved meanwhile is not overwritten.
static void test_nothing_typed_is_lost(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_EN);
	keys(&s, "Down e Tab Tab Tab");
	assert_int_equal(writing(&s)->at, WRITE_BODY);
	type(&s, "半句");
	keys(&s, "Left");
	type(&s, "话");
	scene_restart(&s);
	s.model.roles = EDITOR;
	assert_non_null(strstr(said(&s), "KB-FIN-042"));
	keys(&s, "M-d");
	assert_true(writing(&s)->on);
	assert_string_equal(writing(&s)->id, "KB-FIN-042");
	assert_int_equal(writing(&s)->at, WRITE_BODY);
	assert_true(str_starts(field(&s, WRITE_BODY), "半话句"));
	assert_int_equal(writing(&s)->f[WRITE_BODY].line.caret, strlen("半话"));
	// A call comes first; the text waits.
	struct work *w = scene_call(&s, "13812345678", "王芳");
	assert_non_null(w);
	keys(&s, "M-d");
	assert_ptr_not_equal(ui_place(&s.ui, &s.model), &place_kb_write);
	keys(&s, "M-d");
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_kb_write);
	keys(&s, "C-s");
	saved(&s);
	assert_false(writing(&s)->on);
	scene_restart(&s);
	s.model.roles = EDITOR;
	keys(&s, "M-d");
	assert_false(writing(&s)->on); // saved: it does not come back
	scene_close(&s);
}

// The wrap-up came up behind the desk: F9 shows it and saves nothing unseen.
static void test_the_wrap_up_comes_forward(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_EN);
	struct work *w = scene_call(&s, "13812345678", "王芳");
	keys(&s, "M-d");
	scene_must(model_hangup(&s.model, w, &e));
	ui_follow(&s.ui, &s.model);
	if (s.ui.screen != SCREEN_KB_DESK)
		keys(&s, "M-d");
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_kb_desk);
	uint64_t jobs = s.model.store_jobs;
	keys(&s, "F9");
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_wrap);
	assert_true(s.model.store_jobs == jobs);
	scene_close(&s);
}

static void test_somebody_was_faster(void **state)
{
	struct scene s;

	(void)state;
	open_desk(&s, LANG_EN);
	keys(&s, "Down e");
	type(&s, "mine ");
	save_draft(&s, "8003", "KB-FIN-042", "theirs", true);
	be(&s, "8001", EDITOR | BOSS);
	keys(&s, "C-s");
	assert_true(writing(&s)->on);
	assert_non_null(strstr(writing(&s)->error, "8003"));
	keys(&s, "Esc o");
	saved(&s);
	assert_false(writing(&s)->on);
	assert_non_null(strstr(kbdesk_draft(&s.ui, &s.model)->title, "mine"));
	scene_close(&s);
}

static void test_the_editor_of_the_user(void **state)
{
	struct scene s;
	struct err why = {0};

	(void)state;
	open_desk(&s, LANG_EN);
	scene_must(model_set_ready(&s.model, false, "meal", &e));
	keys(&s, "Down e C-x");
	assert_false(s.ui.outside); // a line
	keys(&s, "Tab Tab Tab C-x");
	assert_true(s.ui.outside);
	s.ui.outside = false;
	kb_outside_done(&s.ui, &s.model, "## new\nfrom outside\x1b[2J", &why);
	assert_string_equal(field(&s, WRITE_BODY), "## new\nfrom outside[2J");
	keys(&s, "C-_");
	assert_non_null(strstr(field(&s, WRITE_BODY), "延期一次"));
	err_set(&why, ERR_IO, "no editor");
	kb_outside_done(&s.ui, &s.model, NULL, &why);
	assert_string_equal(said(&s), "no editor");
	// Nothing may ring unseen.
	scene_must(model_set_ready(&s.model, true, NULL, &e));
	keys(&s, "C-x");
	assert_false(s.ui.outside);
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_look),
		cmocka_unit_test(test_lists_look_in_english),
		cmocka_unit_test(test_empty_lists_say_what_fills_them),
		cmocka_unit_test(test_writing_looks),
		cmocka_unit_test(test_the_caret_is_where_the_hands_are),
		cmocka_unit_test(test_late_readers_are_marked),
		cmocka_unit_test(test_what_was_read_is_kept),
		cmocka_unit_test(test_approving),
		cmocka_unit_test(test_returning_and_taking_back),
		cmocka_unit_test(test_discarding_asks),
		cmocka_unit_test(test_hints_show_what_is_allowed),
		cmocka_unit_test(test_a_case_becomes_an_article),
		cmocka_unit_test(test_cases_are_closed_and_opened),
		cmocka_unit_test(test_doubts_are_settled),
		cmocka_unit_test(test_retiring_hiding_bringing_back),
		cmocka_unit_test(test_deeds_of_the_article_in_front),
		cmocka_unit_test(test_a_new_article),
		cmocka_unit_test(test_what_is_not_touched_stays_to_the_letter),
		cmocka_unit_test(test_leaving),
		cmocka_unit_test(test_a_secret_is_refused),
		cmocka_unit_test(test_nothing_typed_is_lost),
		cmocka_unit_test(test_the_wrap_up_comes_forward),
		cmocka_unit_test(test_somebody_was_faster),
		cmocka_unit_test(test_the_editor_of_the_user),
	};

	return cmocka_run_group_tests_name("kbdesk", tests, NULL, NULL);
}
