// SPDX-License-Identifier: MIT
// Tests knowledge at the desk: which text was seen when, receipts, uncovered cases from the call to the notice, deeds by role.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <semaphore.h>

#include "kb/gap.h"
#include "src/desk/role.h"
#include "src/store/audit.h"
#include "src/store/kb_event.h"
#include "src/store/outbox.h"
#include "src/store/receipt.h"
#include "src/work/hub.h"
#include "tests/unit/work/desk.h"

static struct kb *writer(struct desk *d)
{
	char *path = path_join(d->dir, "kb.db");
	struct kb *kb;
	struct err e = {0};

	assert_ok(kb_open(&kb, path, KB_WRITE, &d->clock, NULL, &e), e);
	free(path);
	return kb;
}

static void put(struct desk *d, const struct kb_text *t)
{
	struct kb *kb = writer(d);
	enum kb_put what;
	struct err e = {0};

	assert_ok(kb_put(kb, t, &what, &e), e);
	kb_close(kb);
}

static int setup(void **state)
{
	struct desk *d = xcalloc(1, sizeof(*d));

	desk_start(d);
	put(d, &(struct kb_text){.id = "KB-1", .title = "账户冻结", .body = "先核验。\n\n再解释。", .author = "甲"});
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	desk_end(*state);
	free(*state);
	return 0;
}

static void be(struct desk *d, const char *who, unsigned roles)
{
	free(d->model.agent_id);
	d->model.agent_id = xstrdup(who);
	d->model.roles = roles;
}

static void wait(struct desk *d, int64_t ms)
{
	store_wait_idle(d->store);
	clock_fake_add(&d->clock, ms);
}

static struct kb_on_screen at_line(const char *id, int ver, int top)
{
	struct kb_on_screen s = {.ver = ver, .opened = true, .width = 58, .height = 18, .lines = 44, .top = top};

	snprintf(s.id, sizeof(s.id), "%s", id);
	return s;
}

static struct kb_events events(struct desk *d, const char *type, struct arena *a)
{
	struct kb_events v = {0};
	struct err e = {0};

	store_wait_idle(d->store);
	assert_ok(kb_event_list(store_reader(d->store), type, 0, 0, &v, a, &e), e);
	return v;
}

// From when to when, in which contact, and which lines: each move is kept, each glance is not.
static void the_text_that_was_seen(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct work *w = desk_call(d, "13812345678", "王芳");
	struct kb_on_screen s = at_line("KB-1", 1, 0);
	struct arena a = {0};
	struct err e = {0};

	assert_ok(model_kb_open(m, w, "KB-1", &e), e);
	model_kb_on_screen(m, w, &s);
	wait(d, 5200);
	s.top = 4;
	model_kb_on_screen(m, w, &s);
	wait(d, 100); // passed over
	s.top = 9;
	model_kb_on_screen(m, w, &s);
	model_kb_on_screen(m, w, &s); // drawn again: nothing new
	wait(d, 2000);
	assert_int_equal(events(d, "read", &a).n, 0);
	uint64_t jobs = m->store_jobs;
	model_kb_on_screen(m, w, NULL);
	model_kb_on_screen(m, w, NULL);
	assert_int_equal(m->store_jobs, jobs); // it makes no refusal on the screen out of date
	struct kb_events v = events(d, "read", &a);
	assert_int_equal(v.n, 1);
	assert_string_equal(v.v[0].article_version_id, "KB-1@1");
	assert_string_equal(v.v[0].interaction_id, w->contact->id);
	assert_int_equal(v.v[0].ms, 7300);
	assert_string_equal(v.v[0].trail, "58x18/44 0:0 5200:9");
	vec_release(&v);
	// a preview counts from a second on; a window of another size begins a new line of the log
	s = at_line("KB-1", 1, 0);
	s.opened = false;
	model_kb_on_screen(m, w, &s);
	wait(d, 900);
	model_kb_on_screen(m, w, NULL);
	v = events(d, "preview", &a);
	assert_int_equal(v.n, 0);
	model_kb_on_screen(m, w, &s);
	wait(d, 1500);
	s.width = 40;
	model_kb_on_screen(m, w, &s);
	wait(d, 1500);
	model_kb_off_screen(m);
	v = events(d, "preview", &a);
	assert_int_equal(v.n, 2);
	assert_int_equal(v.v[0].ms, 1500);
	assert_string_equal(v.v[0].trail, "40x18/44 0:0");
	vec_release(&v);
	arena_release(&a);
}

// What the log holds is read back; what does not belong there is no sight.
static void a_sight_is_read_back(void **state)
{
	static const char *const bad[] = {"", "58x18", "58x18/44x", "axb/c 0:0"};
	struct kb_event ev = {.at = 100000, .ms = 7300, .type = "read", .agent_id = "8001", .article_version_id = "KB@1@4", .trail = "58x18/44 0:0 5200:9 6000:3"};
	static const int64_t want[][3] = {{92700, 97900, 0}, {97900, 98700, 9}, {98700, 100000, 3}};
	struct arena a = {0};
	const char *step = NULL;
	struct kb_sight s;
	int64_t from, to;
	size_t n = 0;
	int top;

	(void)state;
	assert_true(kb_sight_of(&ev, &s, &a));
	assert_string_equal(s.id, "KB@1");
	assert_int_equal(s.ver, 4);
	assert_true(s.opened && !s.draft);
	assert_int_equal(s.width * 10000 + s.height * 100 + s.lines, 581844);
	for (; kb_sight_next(&s, &step, &from, &to, &top); n++) {
		assert_true(n < 3);
		assert_int_equal(from, want[n][0]);
		assert_int_equal(to, want[n][1]);
		assert_int_equal(top, want[n][2]);
	}
	assert_int_equal(n, 3);
	assert_int_equal(kb_sight_top(&s, 98000), 9);
	assert_int_equal(kb_sight_top(&s, 92700), 0);
	ev.article_version_id = "KB-1@d3";
	ev.type = "preview";
	assert_true(kb_sight_of(&ev, &s, &a));
	assert_true(s.draft && !s.opened && s.ver == 3);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ev.trail = bad[i];
		if (kb_sight_of(&ev, &s, &a))
			fail_msg("taken: %s", bad[i]);
	}
	ev.trail = "58x18/44 0:0";
	ev.article_version_id = "KB-1";
	assert_false(kb_sight_of(&ev, &s, &a));
	ev.article_version_id = "KB-1@4";
	ev.type = "open";
	assert_false(kb_sight_of(&ev, &s, &a));
	arena_release(&a);
}

static void a_receipt_is_for_one_version(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct kb_text t = {.id = "KB-M", .title = "口径", .body = "不承诺时间", .must_read = true};
	struct kb_on_screen s = at_line("KB-M", 1, 0);
	struct arena a = {0};
	struct err e = {0};
	struct receipts r = {0};

	put(d, &t);
	model_refresh_home(m);
	assert_int_equal(m->home.unread, 1);
	assert_false(m->home.notices.v[0].late);
	clock_fake_add(&d->clock, 25 * 3600000LL);
	model_refresh_home(m);
	assert_true(m->home.notices.v[0].late);
	assert_false(model_kb_receipt(m, NULL, "KB-M", false, &e)); // not open
	assert_ok(model_kb_open(m, NULL, "KB-M", &e), e);
	model_kb_on_screen(m, NULL, &s);
	wait(d, 10000);
	assert_false(model_kb_receipt(m, NULL, "KB-M", false, &e)); // the end was not on the screen
	s.top = 26;
	model_kb_on_screen(m, NULL, &s);
	assert_ok(model_kb_receipt(m, NULL, "KB-M", false, &e), e);
	store_wait_idle(d->store);
	assert_int_equal(m->home.unread, 0);
	assert_false(model_kb_receipt(m, NULL, "KB-M", false, &e)); // once
	assert_ok(receipt_list(store_reader(d->store), "article", &r, &a, &e), e);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.v[0].version, 1);
	vec_release(&r);
	struct kb_events v = events(d, "receipt", &a);
	assert_int_equal(v.n, 1);
	assert_string_equal(v.v[0].article_version_id, "KB-M@1");
	vec_release(&v);
	struct outbox_ops ops = {0};
	assert_ok(outbox_list(store_reader(d->store), 0, 100, &ops, &a, &e), e);
	bool sent = false;
	for (size_t i = 0; i < ops.n; i++)
		sent |= strcmp(ops.v[i].k, "kb.receipt") == 0;
	assert_true(sent);
	vec_release(&ops);
	// a new version asks again, and asks its questions
	const char *quiz[] = {"能承诺时间吗 | 能 | *不能"};
	t.body = "绝不承诺时间";
	t.quiz = (struct kb_list){quiz, 1};
	put(d, &t);
	model_refresh_home(m);
	assert_int_equal(m->home.unread, 1);
	assert_ok(model_kb_open(m, NULL, "KB-M", &e), e);
	s = at_line("KB-M", 2, 26);
	model_kb_on_screen(m, NULL, &s);
	wait(d, 10000);
	assert_false(model_kb_receipt(m, NULL, "KB-M", false, &e));
	assert_ok(model_kb_receipt(m, NULL, "KB-M", true, &e), e);
	store_wait_idle(d->store);
	assert_int_equal(m->home.unread, 0);
	assert_ok(model_kb_open(m, NULL, "KB-1", &e), e);
	assert_false(model_kb_can_receipt(m, NULL, "KB-1", &e)); // nobody asks for it
	arena_release(&a);
}

static void must_reads_come_before_ready(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};

	put(d, &(struct kb_text){.id = "KB-M", .title = "口径", .body = "x", .must_read = true});
	model_refresh_home(m);
	assert_int_equal(m->state, AGENT_READY); // only where the site asks for it
	d->config.kb_must_read_block = true;
	model_refresh_home(m);
	assert_int_equal(m->state, AGENT_BUSY);
	assert_false(model_set_ready(m, true, NULL, &e));
	assert_int_equal(e.code, ERR_DENIED);
	struct kb_on_screen s = at_line("KB-M", 1, 26);
	assert_ok(model_kb_open(m, NULL, "KB-M", &e), e);
	model_kb_on_screen(m, NULL, &s);
	wait(d, 5000);
	assert_ok(model_kb_receipt(m, NULL, "KB-M", false, &e), e);
	store_wait_idle(d->store);
	assert_ok(model_set_ready(m, true, NULL, &e), e);
}

// From the call to the article: what the contact says stands in the draft, masked; who reported it is told once, also after a restart.
static void an_uncovered_case_is_answered(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct work *w = desk_call(d, "13812345678", "王芳");
	struct arena a = {0};
	struct err e = {0};
	struct kb_text t;
	const char *id;
	int base, rev;

	assert_ok(model_need(m, w, "王芳想把美元换成人民币，电话13912345678", &e), e);
	model_kb_query(m, w, "外币兑换", true);
	assert_ok(model_kb_gap(m, w, "柜台也不清楚", &e), e);
	store_wait_idle(d->store);
	assert_false(model_kb_gap_draft(m, 1, &id, &a, &e)); // an agent does not
	assert_int_equal(e.code, ERR_DENIED);
	be(d, "9001", USER_BIT(USER_KB_EDITOR));
	assert_ok(model_kb_gap_draft(m, 1, &id, &a, &e), e);
	store_wait_idle(d->store);
	assert_ok(model_kb_edit(m, id, &t, &base, &rev, &a, &e), e);
	assert_string_equal(t.title, "外币兑换");
	assert_non_null(strstr(t.body, "柜台也不清楚"));
	assert_non_null(strstr(t.body, "美元换成人民币"));
	assert_null(strstr(t.body, "王芳"));
	assert_null(strstr(t.body, "13912345678"));
	assert_false(model_kb_do(m, &(struct kb_deed){.verb = KB_DO_SUBMIT, .id = id}, &e)); // the material is still in it
	t.body = "到柜台办理。";
	t.must_read = true;
	assert_ok(model_kb_save(m, &t, base, rev, true, &e), e);
	store_wait_idle(d->store);
	assert_ok(model_kb_do(m, &(struct kb_deed){.verb = KB_DO_SUBMIT, .id = id}, &e), e);
	store_wait_idle(d->store);
	assert_false(model_kb_may(m, KB_DO_APPROVE, id)); // wrote it
	be(d, "9002", USER_BIT(USER_SUPERVISOR));
	assert_ok(model_kb_do(m, &(struct kb_deed){.verb = KB_DO_APPROVE, .id = id}, &e), e);
	store_wait_idle(d->store);
	assert_int_equal(m->home.notices.n, 1); // nobody is answered here; it must be read
	assert_true(m->home.notices.v[0].must_read);
	int64_t checked;
	assert_ok(audit_verify(store_reader(d->store), &checked, &e), e);
	assert_int_equal(checked, 1);
	desk_close(d); // the one who reported it starts again: agent 0000
	desk_open(d);
	assert_int_equal(m->home.notices.n, 2);
	assert_int_equal(m->home.notices.v[0].gap, 1); // the answer stands before what must be read
	assert_string_equal(m->home.notices.v[0].id, id);
	assert_int_equal(m->home.unread, 1);
	assert_ok(model_kb_gap_seen(m, 1, &e), e);
	store_wait_idle(d->store);
	assert_int_equal(m->home.notices.n, 1);
	desk_close(d);
	desk_open(d);
	assert_int_equal(m->home.notices.n, 1);
	assert_int_equal(m->home.notices.v[0].gap, 0);
	arena_release(&a);
}

// The version that was read is cited, whatever was published meanwhile; one opened as history is not; a retired one is not.
static void what_may_be_cited(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct work *w = desk_call(d, "13812345678", "王芳");
	struct err e = {0};

	assert_ok(model_kb_open(m, w, "KB-1", &e), e);
	put(d, &(struct kb_text){.id = "KB-1", .title = "账户冻结", .body = "新的"});
	assert_ok(model_kb_cite(m, w, "KB-1", &e), e);
	assert_int_equal(w->contact->cites.v[0].ver, 1);
	assert_ok(model_kb_open_version(m, w, "KB-1", 1, &e), e);
	assert_true(w->kb.history);
	assert_string_equal(w->kb.article.cur.text.body, "先核验。\n\n再解释。");
	assert_int_equal(w->kb.article.latest, 2);
	assert_false(model_kb_cite(m, w, "KB-1", &e));
	be(d, "9002", USER_BIT(USER_SUPERVISOR));
	assert_ok(model_kb_open(m, w, "KB-1", &e), e);
	assert_ok(model_kb_do(m, &(struct kb_deed){.verb = KB_DO_RETIRE, .id = "KB-1"}, &e), e);
	store_wait_idle(d->store);
	assert_int_equal(w->kb.article.state, KB_ARCHIVED); // the open article follows
	assert_false(model_kb_cite(m, w, "KB-1", &e));
}

static void drafts_are_shown_to_those_who_may(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct arena a = {0};
	struct err e = {0};
	struct kb_text t;
	int base, rev;

	assert_ok(model_kb_edit(m, "KB-N", &t, &base, &rev, &a, &e), e); // a new article
	assert_int_equal(rev, 0);
	assert_non_null(strstr(t.body, "##"));
	t.title = "新";
	assert_ok(model_kb_save(m, &t, base, rev, false, &e), e);
	store_wait_idle(d->store);
	assert_int_equal(m->desk.n_drafts, 1);
	assert_ok(model_kb_open_draft(m, NULL, "KB-N", &e), e);
	assert_int_equal(m->desk_kb.open_ver, 0);
	assert_int_equal(m->desk_kb.article.state, KB_WIP);
	assert_false(model_kb_save(m, &t, base, rev, false, &e)); // somebody (here: the first save) was faster
	assert_int_equal(e.code, ERR_CONFLICT);
	be(d, "7001", USER_BIT(USER_AGENT));
	model_kb_desk_refresh(m);
	assert_int_equal(m->desk.n_drafts, 0);
	assert_false(model_kb_open_draft(m, NULL, "KB-N", &e));
	d->config.kb_share_drafts = true;
	model_kb_desk_refresh(m);
	assert_int_equal(m->desk.n_drafts, 1);
	assert_ok(model_kb_open_draft(m, NULL, "KB-N", &e), e);
	// what was open as a draft becomes the article when it is published
	struct kb *kb = writer(d);
	assert_ok(kb_do(kb, &(struct kb_deed){.verb = KB_DO_SUBMIT, .by = "k", .roles = USER_BIT(USER_KB_EDITOR), .id = "KB-N"}, NULL, &e), e);
	kb_close(kb);
	be(d, "9002", USER_BIT(USER_SUPERVISOR));
	assert_ok(model_kb_do(m, &(struct kb_deed){.verb = KB_DO_APPROVE, .id = "KB-N"}, &e), e);
	store_wait_idle(d->store);
	assert_int_equal(m->desk_kb.open_ver, 1);
	arena_release(&a);
}

// An agent's "still valid" is a report; an editor's settles it.
static void who_confirms(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct kb *kb = writer(d);

	for (int i = 0; i < 3; i++)
		assert_ok(kb_vote(kb, "KB-1", false, &e), e);
	kb_close(kb);
	assert_ok(model_kb_open(m, NULL, "KB-1", &e), e);
	assert_int_equal(m->desk_kb.article.state, KB_STALE);
	wait(d, 6000);
	assert_ok(model_kb_valid(m, NULL, "KB-1", &e), e);
	wait(d, 6000);
	assert_ok(model_kb_open(m, NULL, "KB-1", &e), e);
	assert_int_equal(m->desk_kb.article.state, KB_STALE);
	wait(d, 6000);
	be(d, "9001", USER_BIT(USER_KB_EDITOR));
	assert_ok(model_kb_valid(m, NULL, "KB-1", &e), e);
	store_wait_idle(d->store);
	assert_int_equal(m->desk_kb.article.state, KB_PUBLISHED);
}

// What is typed in no contact outlives the program until it is dropped, and holds no secret on disk.
static void what_is_typed_at_the_desk_is_kept(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;

	model_desk_draft(m, "kb-write.title", "半句", 3);
	model_desk_draft(m, "kb-write.note", "卡号 4111 1111 1111 1111", 0);
	model_desk_draft(m, "kb-write.tags", "", 0);
	assert_true(model_drafts_dirty(m));
	model_flush_drafts(m);
	assert_false(model_drafts_dirty(m));
	desk_close(d);
	desk_open(d);
	assert_string_equal(model_desk_draft_of(m, "kb-write.title")->text, "半句");
	assert_int_equal(model_desk_draft_of(m, "kb-write.title")->caret, 3);
	assert_null(strstr(model_desk_draft_of(m, "kb-write.note")->text, "4111 1111"));
	// Emptied is not the same as never touched.
	assert_true(model_desk_draft_there(m, "kb-write.tags"));
	assert_false(model_desk_draft_there(m, "kb-write.body"));
	model_desk_draft_drop(m, "kb-write.title");
	model_desk_draft_drop(m, "kb-write.title");
	assert_false(model_desk_draft_there(m, "kb-write.title"));
	model_flush_drafts(m);
	assert_int_equal(m->desk_drafts.n, 2);
	model_desk_draft(m, "kb-write.tags", "x", 1);
	model_desk_draft_drop(m, "kb-write.tags");
	model_desk_draft(m, "kb-write.tags", "y", 1); // taken up again before the journal heard of it
	model_flush_drafts(m);
	desk_close(d);
	desk_open(d);
	assert_false(model_desk_draft_there(m, "kb-write.title"));
	assert_string_equal(model_desk_draft_of(m, "kb-write.tags")->text, "y");
}

// Holds the store until the test lets it go on.
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

// What can be brought back, who is late, what is allowed on a case.
static void the_desk_has_its_lists(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct arena a = {0};
	struct err e = {0};
	struct kb_away *away;
	size_t n;

	desk_call(d, "13812345678", "王芳"); // so that the agent is known
	put(d, &(struct kb_text){.id = "KB-MUST", .title = "必读", .body = "读", .must_read = true});
	be(d, "9001", USER_BIT(USER_KB_EDITOR) | USER_BIT(USER_SUPERVISOR));
	sem_init(&gate, 0, 0);
	store_submit(d->store, &(struct store_job){.what = "gate", .run = at_gate});
	assert_ok(model_kb_do(m, &(struct kb_deed){.verb = KB_DO_RETIRE, .id = "KB-1", .note = "旧"}, &e), e);
	assert_true(model_kb_busy(m));
	sem_post(&gate);
	store_wait_idle(d->store);
	model_store_poll(m);
	assert_false(model_kb_busy(m));
	wait(d, 1000);
	assert_ok(model_kb_do(m, &(struct kb_deed){.verb = KB_DO_HIDE, .id = "KB-MUST", .note = "错"}, &e), e);
	store_wait_idle(d->store);
	assert_ok(model_kb_put_away(m, &away, &n, &a, &e), e);
	assert_int_equal(n, 2);
	assert_string_equal(away[0].id, "KB-MUST"); // the latest first
	assert_int_equal(away[0].state, KB_HIDDEN);
	assert_int_equal(away[1].state, KB_ARCHIVED);
	be(d, "9002", USER_BIT(USER_SUPERVISOR));
	assert_ok(model_kb_do(m, &(struct kb_deed){.verb = KB_DO_APPROVE, .id = "KB-MUST"}, &e), e);
	wait(d, MUST_READ_LATE_MS + 60000);
	unsigned turn = m->desk.turn;
	model_kb_desk_refresh(m);
	assert_int_equal(m->desk.turn, turn + 1);
	assert_int_equal(m->desk.n_readers, 1);
	assert_true(m->desk.readers[0].late);
	assert_ok(model_kb_do(m, &(struct kb_deed){.verb = KB_DO_GAP_REPORT, .query = "外币兑换"}, &e), e);
	store_wait_idle(d->store);
	assert_false(model_kb_may_gap(m, KB_DO_GAP_DRAFT, 1)); // a supervisor does not write for others
	be(d, "9001", USER_BIT(USER_KB_EDITOR));
	assert_true(model_kb_may_gap(m, KB_DO_GAP_DRAFT, 1));
	assert_true(model_kb_may_gap(m, KB_DO_GAP_SAME, 1));
	assert_false(model_kb_may_gap(m, KB_DO_GAP_REOPEN, 1));
	assert_ok(model_kb_do(m, &(struct kb_deed){.verb = KB_DO_GAP_REJECT, .gap = 1, .note = "见网点公告"}, &e), e);
	store_wait_idle(d->store);
	assert_false(model_kb_may_gap(m, KB_DO_GAP_DRAFT, 1));
	assert_true(model_kb_may_gap(m, KB_DO_GAP_REOPEN, 1));
	arena_release(&a);
}

// A station that has joined a hub publishes nothing by itself: the deed goes to the hub, or is refused while the line is down.
static void publishing_is_the_hubs(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct outbox_ops ops = {0};
	struct kb_article art;
	struct arena a = {0};
	struct err e = {0};
	struct kb_text t = {.id = "KB-HUB-1", .title = "新规", .body = "正文"};

	be(d, "9001", USER_BIT(USER_KB_EDITOR));
	assert_ok(model_kb_save(m, &t, 0, 0, true, &e), e);
	store_wait_idle(d->store);
	assert_ok(model_kb_do(m, &(struct kb_deed){.verb = KB_DO_SUBMIT, .id = t.id}, &e), e);
	store_wait_idle(d->store);
	be(d, "9002", USER_BIT(USER_SUPERVISOR));
	model_hub_report(m, &(struct hub_status){.line = HUB_OFFLINE});
	assert_false(model_kb_do(m, &(struct kb_deed){.verb = KB_DO_APPROVE, .id = t.id}, &e));
	assert_int_equal(e.code, ERR_DENIED);
	model_hub_report(m, &(struct hub_status){.line = HUB_ONLINE});
	assert_ok(model_kb_do(m, &(struct kb_deed){.verb = KB_DO_APPROVE, .id = t.id}, &e), e);
	store_wait_idle(d->store);
	assert_false(kb_article_get(model_open_kb(m, &e), t.id, 0, &art, &a, &e)); // not before the hub says so
	assert_ok(outbox_list(store_reader(d->store), 0, 0, &ops, &a, &e), e);
	assert_string_equal(ops.v[ops.n - 1].k, "kb.approve");
	model_hub_report(m, &(struct hub_status){0});
	assert_ok(model_kb_do(m, &(struct kb_deed){.verb = KB_DO_APPROVE, .id = t.id}, &e), e);
	store_wait_idle(d->store);
	assert_ok(kb_article_get(model_open_kb(m, &e), t.id, 0, &art, &a, &e), e); // alone, the station decides
	vec_release(&ops);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_text_that_was_seen, setup, teardown),
		cmocka_unit_test(a_sight_is_read_back),
		cmocka_unit_test_setup_teardown(a_receipt_is_for_one_version, setup, teardown),
		cmocka_unit_test_setup_teardown(must_reads_come_before_ready, setup, teardown),
		cmocka_unit_test_setup_teardown(an_uncovered_case_is_answered, setup, teardown),
		cmocka_unit_test_setup_teardown(what_may_be_cited, setup, teardown),
		cmocka_unit_test_setup_teardown(drafts_are_shown_to_those_who_may, setup, teardown),
		cmocka_unit_test_setup_teardown(who_confirms, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_typed_at_the_desk_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(the_desk_has_its_lists, setup, teardown),
		cmocka_unit_test_setup_teardown(publishing_is_the_hubs, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
