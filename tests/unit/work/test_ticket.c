// SPDX-License-Identifier: MIT
// Tests tickets, escalations, call-backs and faults: numbers over a restart, one commit an action, priorities, merging, the home lists.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/store/ticket.h"
#include "tests/unit/work/desk.h"

#define MINUTE 60000LL

static int setup(void **state)
{
	struct desk *d = xcalloc(1, sizeof(*d));

	desk_start(d);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	desk_end(*state);
	free(*state);
	return 0;
}

static struct ticket stored(struct desk *d, const char *no, struct arena *a)
{
	struct ticket t = {0};
	struct err e = {0};

	store_wait_idle(d->store);
	assert_ok(ticket_by_no(store_reader(d->store), no, &t, a, &e), e);
	return t;
}

static json_t *doc_of(const struct ticket *t)
{
	json_error_t why;
	json_t *doc = json_loads(t->doc, 0, &why);

	assert_true(json_is_object(doc));
	return doc;
}

static void leave(struct desk *d)
{
	struct err e = {0};

	assert_ok(model_hangup(&d->model, d->model.works.v[d->model.works.n - 1], &e), e);
}

// domain.md §22 vector 16, and no number twice after the program starts anew.
static void numbers_go_on_after_a_restart(void **state)
{
	struct desk *d = *state;
	struct err e = {0};

	struct work *w = desk_call(d, "13700000001", NULL);
	assert_ok(model_ticket_create(&d->model, w, "第一张", &e), e);
	assert_string_equal(work_ticket_no(w), "SHA-261122-0A7-0001-R");
	leave(d);
	// The second is claimed while the first may still be under way.
	w = desk_call(d, "13700000002", NULL);
	assert_ok(model_ticket_create(&d->model, w, "第二张", &e), e);
	assert_string_equal(work_ticket_no(w), "SHA-261122-0A7-0002-P");
	leave(d);
	desk_close(d);
	desk_open(d);
	w = desk_call(d, "13700000003", NULL);
	assert_ok(model_ticket_create(&d->model, w, "第三张", &e), e);
	assert_true(str_starts(work_ticket_no(w), "SHA-261122-0A7-0003-"));
	leave(d);
	clock_fake_add(&d->clock, 24 * 60 * MINUTE);
	w = desk_call(d, "13700000004", NULL);
	assert_ok(model_ticket_create(&d->model, w, "次日", &e), e);
	assert_true(str_starts(work_ticket_no(w), "SHA-261123-0A7-0001-"));
}

// A number that was claimed but not used leaves a gap; the next ticket is saved all the same.
static void a_gap_does_no_harm(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct arena a = {0};
	struct counter_claim claim;
	char no[32];
	struct work *w = desk_call(d, "13700000001", NULL);

	assert_ok(work_next_number(&d->model, true, no, &claim, &e), e);
	assert_ok(model_ticket_create(&d->model, w, "后一张", &e), e);
	assert_true(str_starts(work_ticket_no(w), "SHA-261122-0A7-0002-"));
	stored(d, work_ticket_no(w), &a);
	arena_release(&a);
}

static void a_ticket_is_one_commit(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct arena a = {0};
	struct work *w = desk_call(d, "13700000001", NULL);
	uint64_t before = d->model.store_jobs;

	assert_ok(model_ticket_create(&d->model, w, "手机13812345678打不通", &e), e);
	assert_int_equal(d->model.store_jobs, before + 1);
	struct ticket t = stored(d, work_ticket_no(w), &a);
	assert_string_equal(t.interaction_id, w->contact->id);
	assert_string_equal(t.state, "open");
	assert_null(strstr(t.title, "13812345678"));
	assert_string_equal(t.kind, "case");
	assert_int_equal(t.version, 1);
	assert_false(model_ticket_create(&d->model, w, "再一张", &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_int_equal(d->model.store_jobs, before + 1);
	arena_release(&a);
}

// §5.2: a red category is P1 and pinned; §6.2: urgent, 5 minutes and 2 hours around the clock.
static void red_is_pinned_first(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct arena a = {0};
	struct work *w = desk_call(d, "13700000001", NULL);

	assert_ok(model_classify(&d->model, w, "account.freeze", &e), e);
	int64_t now = clock_wall(&d->clock);
	assert_ok(model_ticket_create(&d->model, w, NULL, &e), e);
	struct ticket t = stored(d, work_ticket_no(w), &a);
	assert_int_equal(t.priority, 1);
	assert_true(t.pinned);
	assert_int_equal(t.respond_due_at, now + 5 * MINUTE);
	assert_int_equal(t.resolve_due_at, now + 120 * MINUTE);
	json_t *doc = doc_of(&t);
	assert_string_equal(json_string_value(json_object_get(doc, "sla_policy")), "urgent");
	assert_string_equal(json_string_value(json_object_get(doc, "priority_reason")), "red");
	json_decref(doc);
	arena_release(&a);
}

static void complaint_level_comes_from_the_form(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct arena a = {0};
	struct work *w = desk_call(d, "13700000001", NULL);
	const struct category_tree *t = d->model.world.categories;
	const char *code = NULL;

	for (size_t i = 0; i < t->n && !code; i++)
		if (t->v[i].leaf && str_eq(t->v[i].form, "com_complaint"))
			code = t->v[i].code;
	assert_non_null(code);
	assert_ok(model_classify(&d->model, w, code, &e), e);
	assert_ok(model_form_set(&d->model, w, "form.level", "C3", &e), e);
	assert_ok(model_ticket_create(&d->model, w, NULL, &e), e);
	struct ticket k = stored(d, work_ticket_no(w), &a);
	json_t *doc = doc_of(&k);
	assert_string_equal(k.kind, "complaint");
	assert_true(k.priority <= 2);
	assert_string_equal(json_string_value(json_object_get(doc, "complaint_level")), "C3");
	assert_string_equal(json_string_value(json_object_get(doc, "sla_policy")), "complaint_c3");
	json_decref(doc);
	arena_release(&a);
}

// §8.1: red is an urgent review for the supervisor; the ticket is made in the same commit and is escalated in it.
static void urgent_review_makes_its_ticket(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct arena a = {0};
	struct ticket_log log = {0};
	struct work *w = desk_call(d, "13700000001", NULL);

	assert_ok(model_classify(&d->model, w, "account.freeze", &e), e);
	uint64_t before = d->model.store_jobs;
	int64_t now = clock_wall(&d->clock);
	assert_ok(model_escalate(&d->model, w, "urgent_review", "", "请尽快核实", &e), e);
	assert_int_equal(d->model.store_jobs, before + 1);
	assert_true(w->contact->urgent_review);
	struct ticket t = stored(d, work_ticket_no(w), &a);
	assert_string_equal(t.state, "escalated");
	assert_int_equal(t.version, 2);
	assert_ok(ticket_event_list(store_reader(d->store), t.id, &log, &a, &e), e);
	assert_int_equal(log.n, 2);
	assert_string_equal(log.v[0].type, "create");
	assert_string_equal(log.v[1].type, "status");
	assert_non_null(strstr(log.v[1].data, "\"level\":2"));
	const struct event *last = &w->contact->events.v[w->contact->events.n - 1];
	assert_int_equal(event_get_int(last, "at", 0), now + 10 * MINUTE);
	vec_release(&log);
	arena_release(&a);
}

static void escalation_needs_its_package(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct work *w = desk_call(d, "13700000001", NULL);
	uint64_t before = d->model.store_jobs;

	assert_false(model_escalate(&d->model, w, "authority", "补偿五十元并当面道歉", "批准", &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_false(model_escalate(&d->model, w, "no_such_kind", "", "", &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_null(work_ticket_no(w));
	assert_int_equal(d->model.store_jobs, before);
}

// §8.7: the same fault within 10 minutes of the last report is one ticket, counted.
static void faults_merge(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct arena a = {0};
	struct tickets rows = {0};
	struct ticket_filter f = {.by = TICKET_BY_QUEUE, .key = "tech_support", .with_doc = true};
	struct work *w = desk_call(d, "13700000001", NULL);
	uint64_t before = d->model.store_jobs;

	assert_ok(model_fault(&d->model, w, "crm_slow", "保存要半分钟", &e), e);
	assert_int_equal(d->model.store_jobs, before + 1);
	store_wait_idle(d->store);
	clock_fake_add(&d->clock, 9 * MINUTE);
	assert_ok(model_fault(&d->model, NULL, "crm_slow", "还是慢", &e), e);
	assert_ok(model_fault(&d->model, NULL, "recording", "没有录音", &e), e);
	store_wait_idle(d->store);
	assert_ok(ticket_list(store_reader(d->store), &f, &rows, &a, &e), e);
	assert_int_equal(rows.n, 2);
	int64_t reports = 0;
	for (size_t i = 0; i < rows.n; i++) {
		json_t *doc = doc_of(&rows.v[i]);
		assert_int_equal(rows.v[i].priority, 2);
		reports += json_integer_value(json_object_get(doc, "report_count"));
		json_decref(doc);
	}
	assert_int_equal(reports, 3);
	clock_fake_add(&d->clock, 11 * MINUTE);
	assert_ok(model_fault(&d->model, NULL, "crm_slow", "又慢了", &e), e);
	store_wait_idle(d->store);
	rows.n = 0;
	assert_ok(ticket_list(store_reader(d->store), &f, &rows, &a, &e), e);
	assert_int_equal(rows.n, 3);
	vec_release(&rows);
	arena_release(&a);
}

static void callbacks_come_and_go(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct work *w = desk_call(d, "13812345678", "张三");
	int64_t at = clock_wall(&d->clock) + 90 * MINUTE;
	uint64_t before = d->model.store_jobs;

	assert_false(model_callback(&d->model, w, clock_wall(&d->clock), "现在", &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_ok(model_callback(&d->model, w, at, "告诉他结果", &e), e);
	assert_int_equal(d->model.store_jobs, before + 1);
	store_wait_idle(d->store);
	model_refresh_home(&d->model);
	assert_int_equal(d->model.home.callbacks.n, 1);
	assert_int_equal(d->model.home.callbacks.v[0].due_at, at);
	assert_string_equal(d->model.home.callbacks.v[0].who, "张*");
	char *id = xstrdup(d->model.home.callbacks.v[0].id);
	assert_ok(model_callback_done(&d->model, id, &e), e);
	store_wait_idle(d->store);
	model_refresh_home(&d->model);
	assert_int_equal(d->model.home.callbacks.n, 0);
	assert_false(model_callback_done(&d->model, id, &e));
	free(id);
}

// §5.2: pinned first, then effective priority; a paused clock is never breached.
static bool three_tickets(struct db *db, void *arg, struct err *e)
{
	struct desk *d = arg;
	int64_t now = clock_wall(&d->clock);
	const struct ticket rows[] = {
		{.id = "t3", .no = "SHA-261122-0A7-000C-0", .priority = 3, .state = "open", .resolve_due_at = now + 60 * MINUTE},
		{.id = "t2", .no = "SHA-261122-0A7-000B-0", .priority = 3, .state = "waiting_customer",
		 .resolve_due_at = now - MINUTE, .doc = "{\"sla_policy\":\"core\"}"},
		{.id = "t1", .no = "SHA-261122-0A7-000A-0", .priority = 4, .state = "open", .pinned = true},
		{.id = "t0", .no = "SHA-261122-0A7-0009-0", .priority = 1, .state = "resolved"},
	};

	for (size_t i = 0; i < 4; i++) {
		struct ticket t = rows[i];
		t.kind = "case";
		t.title = "标题";
		t.owner_id = d->model.agent_id;
		t.version = 1;
		t.stamp = (struct row_stamp){.created_at = now - 60 * MINUTE, .updated_at = now};
		if (!ticket_put(db, &t, e))
			return false;
	}
	return true;
}

static void my_tickets_in_working_order(void **state)
{
	struct desk *d = *state;
	struct err e = {0};

	assert_ok(store_do(d->store, three_tickets, d, &e), e);
	model_refresh_home(&d->model);
	assert_int_equal(d->model.home.tickets.n, 3); // what is resolved is not owed
	assert_string_equal(d->model.home.tickets.v[0].id, "t1");
	assert_string_equal(d->model.home.tickets.v[1].id, "t3"); // half used up; the one that waits does not age
	assert_string_equal(d->model.home.tickets.v[2].id, "t2");
	assert_true(d->model.home.tickets.v[2].paused);
	assert_false(d->model.home.tickets.v[2].breached);
	assert_int_equal(d->model.home.tickets.v[2].due_at, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(numbers_go_on_after_a_restart, setup, teardown),
		cmocka_unit_test_setup_teardown(a_gap_does_no_harm, setup, teardown),
		cmocka_unit_test_setup_teardown(a_ticket_is_one_commit, setup, teardown),
		cmocka_unit_test_setup_teardown(red_is_pinned_first, setup, teardown),
		cmocka_unit_test_setup_teardown(complaint_level_comes_from_the_form, setup, teardown),
		cmocka_unit_test_setup_teardown(urgent_review_makes_its_ticket, setup, teardown),
		cmocka_unit_test_setup_teardown(escalation_needs_its_package, setup, teardown),
		cmocka_unit_test_setup_teardown(faults_merge, setup, teardown),
		cmocka_unit_test_setup_teardown(callbacks_come_and_go, setup, teardown),
		cmocka_unit_test_setup_teardown(my_tickets_in_working_order, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
