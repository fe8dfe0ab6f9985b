// SPDX-License-Identifier: MIT
// Tests what a person does to a ticket: one commit with its operation, what the operation says, the due times of pauses, who may what,
// and that nobody's change is passed over.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <semaphore.h>

#include "src/desk/role.h"
#include "src/store/ent.h"
#include "src/store/outbox.h"
#include "src/store/ticket.h"
#include "src/sync/shown.h"
#include "tests/unit/work/desk.h"

#define HOUR (60 * 60000LL)

static int setup(void **state)
{
	struct desk *d = xcalloc(1, sizeof(*d));
	struct err e = {0};

	desk_start(d);
	struct work *w = desk_call(d, "13700000001", NULL);
	assert_ok(model_ticket_create(&d->model, w, "旧标题", &e), e);
	assert_ok(model_hangup(&d->model, w, &e), e);
	store_wait_idle(d->store);
	struct arena a = {0};
	struct ticket t;
	assert_ok(ticket_by_no(store_reader(d->store), work_ticket_no(w), &t, &a, &e), e);
	assert_ok(model_ticket_open(&d->model, t.id, &e), e);
	arena_release(&a);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	desk_end(*state);
	free(*state);
	return 0;
}

// What was done is in the store, and the model has read it again.
static void settle(struct desk *d)
{
	store_wait_idle(d->store);
	model_store_poll(&d->model);
}

// Borrowed from a.
static struct outbox_op last_op(struct desk *d, struct arena *a)
{
	struct outbox_ops ops = {0};
	struct err e = {0};

	settle(d);
	assert_ok(outbox_list(store_reader(d->store), 0, 10000, &ops, a, &e), e);
	struct outbox_op op = ops.v[ops.n - 1];
	vec_release(&ops);
	return op;
}

static void step(struct desk *d, enum ticket_event ev, const struct ticket_answer *with)
{
	struct err e = {0};

	assert_ok(model_ticket_step(&d->model, ev, with, &e), e);
	settle(d);
}

static bool run_shown(struct db *db, void *arg, struct err *e)
{
	return shown_put(db, arg, e);
}

// --- one commit an action

static void each_deed_is_one_commit(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct arena a = {0};
	uint64_t jobs = d->model.store_jobs;
	const struct ticket_texts was = {"旧标题", ""}, now = {"新标题 13812345678", "说明"};

	assert_ok(model_ticket_write(&d->model, &was, &now, &e), e);
	struct outbox_op op = last_op(d, &a);
	assert_string_equal(op.k, "ticket.set");
	assert_null(strstr(op.body, "13812345678"));
	assert_non_null(strstr(op.body, "\"was\":{\"title\":\"旧标题\",\"description\":"));
	assert_int_equal(d->model.store_jobs, jobs + 1);
	assert_string_equal(d->model.ticket.description, "说明");

	assert_ok(model_ticket_note(&d->model, "客户密码是 123456，卡号 4111111111111111", &e), e);
	op = last_op(d, &a);
	assert_string_equal(op.k, "ticket.note");
	assert_null(strstr(op.body, "4111111111111111"));
	assert_int_equal(d->model.store_jobs, jobs + 2);
	// The same line comes back from the hub under the operation's id: it is there once.
	size_t lines = d->model.ticket.lines.n;
	json_t *back = json_pack("{s:s, s:s}", "ref", d->model.ticket.id, "text", "x");
	const struct shown s = {.t = "note", .e = op.id, .rev = 1, .at = DESK_NOW, .by = "8001", .d = back};
	assert_ok(store_do(d->store, run_shown, (void *)(uintptr_t)&s, &e), e);
	json_decref(back);
	model_ticket_refresh(&d->model);
	assert_int_equal(d->model.ticket.lines.n, lines);

	// Nothing changed is nothing done.
	assert_ok(model_ticket_write(&d->model, &(struct ticket_texts){d->model.ticket.title, "说明"},
				     &(struct ticket_texts){d->model.ticket.title, "说明"}, &e), e);
	assert_int_equal(d->model.store_jobs, jobs + 2);
	arena_release(&a);
}

static void what_is_not_right_is_refused(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	const struct ticket_texts was = {"旧标题", ""};
	struct str title = {0};

	for (int i = 0; i < TICKET_TITLE_CHARS + 1; i++)
		str_add(&title, "题");
	assert_false(model_ticket_write(&d->model, &was, &(struct ticket_texts){"  ", ""}, &e));
	assert_false(model_ticket_write(&d->model, &was, &(struct ticket_texts){str_z(&title), ""}, &e));
	assert_false(model_ticket_note(&d->model, " \n ", &e));
	assert_false(model_ticket_priority(&d->model, 1, false, "  ", &e));
	assert_false(model_ticket_priority(&d->model, 5, false, "因为", &e));
	// Not without solution and cause; not to a step the machine does not have.
	assert_false(model_ticket_step(&d->model, TICKET_EV_RESOLVE, &(struct ticket_answer){.solution = "已办"}, &e));
	assert_false(model_ticket_step(&d->model, TICKET_EV_RESOLVE, &(struct ticket_answer){.cause = "system"}, &e));
	// Causes are those of the packs; one that is retired is read, not written.
	const struct ticket_answer none = {.solution = "已办", .cause = "none"}, old = {.solution = "已办", .cause = "system"};
	assert_false(model_ticket_step(&d->model, TICKET_EV_RESOLVE, &none, &e));
	struct pack_cause *system = (struct pack_cause *)(uintptr_t)packs_cause(d->model.packs, "system");
	system->retired = true;
	assert_false(model_ticket_step(&d->model, TICKET_EV_RESOLVE, &old, &e));
	assert_string_equal(work_cause_label(&d->model, "system"), "system fault");
	assert_string_equal(work_cause_label(&d->model, "unheard_of"), "unheard_of");
	system->retired = false;
	assert_false(model_ticket_step(&d->model, TICKET_EV_REOPEN, &(struct ticket_answer){.reason = "x"}, &e));
	assert_false(model_ticket_step(&d->model, TICKET_EV_CANCEL, &(struct ticket_answer){.reason = "x"}, &e));
	assert_false(model_ticket_step(&d->model, TICKET_EV_DUPLICATE, &(struct ticket_answer){.reason = "SHA-261122-0A7-0001-X"}, &e));
	assert_false(model_ticket_step(&d->model, TICKET_EV_DUPLICATE, &(struct ticket_answer){.reason = d->model.ticket.no}, &e));
	settle(d);
	assert_int_equal(d->model.ticket.lines.n, 1);
	str_release(&title);
}

// --- steps

static void a_ticket_goes_its_way(void **state)
{
	struct desk *d = *state;
	struct arena a = {0};

	step(d, TICKET_EV_RESOLVE, &(struct ticket_answer){.solution = "已办", .cause = "system"});
	struct outbox_op op = last_op(d, &a);
	assert_string_equal(op.body, "{\"set\":{\"solution_text\":\"已办\",\"root_cause_code\":\"system\",\"state\":\"resolved\"},"
				     "\"was\":{\"solution_text\":null,\"root_cause_code\":null,\"state\":\"open\"}}");
	step(d, TICKET_EV_REJECT, &(struct ticket_answer){.reason = "还是不行"});
	step(d, TICKET_EV_ACCEPT, &(struct ticket_answer){0});
	assert_int_equal(d->model.ticket.state, TICKET_OPEN);
	d->model.roles = USER_BIT(USER_TEAM_LEAD);
	step(d, TICKET_EV_CANCEL, &(struct ticket_answer){.reason = "误建"});
	assert_int_equal(d->model.ticket.state, TICKET_CANCELLED);
	enum ticket_event out[TICKET_EV_CANCEL + 1];
	assert_int_equal(model_ticket_steps(&d->model, out), 0);
	arena_release(&a);
}

// Packs without causes (of a hub that has not got them yet) let a ticket be resolved all the same.
static void without_causes_none_is_asked_for(void **state)
{
	struct desk *d = *state;
	struct arena a = {0};

	d->model.packs->n_causes = 0;
	step(d, TICKET_EV_RESOLVE, &(struct ticket_answer){.solution = "已办"});
	assert_int_equal(d->model.ticket.state, TICKET_RESOLVED);
	assert_non_null(strstr(last_op(d, &a).body, "\"root_cause_code\":\"other\""));
	arena_release(&a);
}

// domain.md §6.3: what was waited for the customer is added to the promised times.
static void a_pause_moves_the_due_times(void **state)
{
	struct desk *d = *state;
	int64_t due = d->model.ticket.resolve_due_at;

	assert_true(due > 0); // a Sunday: the promise runs from Monday 09:00
	clock_fake_add(&d->clock, 23 * HOUR); // Monday 10:00
	step(d, TICKET_EV_NEED_CUSTOMER, &(struct ticket_answer){.reason = "补材料"});
	assert_true(d->model.ticket.paused);
	assert_int_equal(d->model.ticket.resolve_due_at, due);
	clock_fake_add(&d->clock, 2 * HOUR);
	step(d, TICKET_EV_CUSTOMER_REPLY, &(struct ticket_answer){0});
	assert_false(d->model.ticket.paused);
	int64_t moved = d->model.ticket.resolve_due_at;
	assert_true(moved > due);
	clock_fake_add(&d->clock, HOUR);
	step(d, TICKET_EV_NEED_CUSTOMER, &(struct ticket_answer){.reason = "补材料"});
	clock_fake_add(&d->clock, 2 * HOUR);
	step(d, TICKET_EV_CUSTOMER_REPLY, &(struct ticket_answer){0});
	assert_true(d->model.ticket.resolve_due_at > moved);
}

// A ticket that was red stays red to the machine, whatever is said about its priority.
static void red_stays_red(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	json_t *doc = json_pack("{s:s, s:s, s:s, s:i, s:s, s:s}", "no", d->model.ticket.no, "state", "open", "title", "旧标题", "priority", 1,
				"queue_code", "general", "priority_reason", "red");
	const struct shown s = {.t = "ticket", .e = d->model.ticket.id, .rev = 1, .at = DESK_NOW, .by = "8001", .d = doc};

	assert_ok(store_do(d->store, run_shown, (void *)(uintptr_t)&s, &e), e);
	json_decref(doc);
	model_ticket_refresh(&d->model);
	d->model.roles = USER_BIT(USER_SUPERVISOR);
	assert_ok(model_ticket_priority(&d->model, 4, false, "误报", &e), e);
	settle(d);
	assert_int_equal(d->model.ticket.priority, 4);
	assert_true(d->model.ticket.red);
	assert_false(model_ticket_step(&d->model, TICKET_EV_RESOLVE, &(struct ticket_answer){.solution = "已办", .cause = "system"}, &e));
}

// --- who may

static void rights_are_those_of_the_matrix(void **state)
{
	struct desk *d = *state;
	const struct {
		unsigned roles;
		const char *owner;
		enum ticket_may write, note, step, priority;
	} rows[] = {
		{USER_BIT(USER_AGENT), "", TICKET_MAY, TICKET_MAY, TICKET_MAY, TICKET_MAY_ASK},
		{USER_BIT(USER_AGENT), "other", TICKET_MAY_NOT, TICKET_MAY, TICKET_MAY_NOT, TICKET_MAY_NOT},
		{USER_BIT(USER_TEAM_LEAD), "other", TICKET_MAY, TICKET_MAY, TICKET_MAY, TICKET_MAY},
		{USER_BIT(USER_SUPERVISOR), "other", TICKET_MAY, TICKET_MAY, TICKET_MAY, TICKET_MAY},
		{USER_BIT(USER_QA), "", TICKET_MAY_NOT, TICKET_MAY, TICKET_MAY_NOT, TICKET_MAY_NOT},
		{USER_BIT(USER_TRAINEE), "", TICKET_MAY_NOT, TICKET_MAY_NOT, TICKET_MAY_NOT, TICKET_MAY_NOT},
		{USER_BIT(USER_ADMIN) | USER_BIT(USER_SUPERVISOR), "", TICKET_MAY_NOT, TICKET_MAY_NOT, TICKET_MAY_NOT, TICKET_MAY_NOT},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		d->model.roles = rows[i].roles;
		d->model.ticket.owner_id = rows[i].owner;
		assert_int_equal(model_ticket_may(&d->model, TICKET_WRITE, NULL), rows[i].write);
		assert_int_equal(model_ticket_may(&d->model, TICKET_NOTE, NULL), rows[i].note);
		assert_int_equal(model_ticket_may(&d->model, TICKET_STEP, NULL), rows[i].step);
		assert_int_equal(model_ticket_may(&d->model, TICKET_PRIORITY, NULL), rows[i].priority);
	}
}

// --- two at once

struct arriving {
	sem_t go;
	const char *id, *no, *title;
};

// The hub's row, arriving while the person presses Enter.
static bool run_arriving(struct db *db, void *arg, struct err *e)
{
	struct arriving *x = arg;
	char *text = xasprintf("{\"no\":\"%s\",\"state\":\"open\",\"title\":\"%s\",\"queue_code\":\"general\"}", x->no, x->title);
	json_error_t bad;
	json_t *d = json_loads(text, 0, &bad);

	while (sem_wait(&x->go) != 0)
		;
	bool ok = stream_put(db, &(struct stream){.s = "q/general", .epoch = 1, .seq = 1, .head = 1}, e) &&
		  ent_put(db, &(struct ent){.t = "ticket", .e = x->id, .s = "q/general", .q = 1, .rev = 7, .by = "8005", .d = text}, e) &&
		  shown_put(db, &(struct shown){.t = "ticket", .e = x->id, .rev = 7, .by = "8005", .d = d}, e);
	json_decref(d);
	free(text);
	return ok;
}

static void arrives(struct desk *d, const char *title, struct arriving *x)
{
	*x = (struct arriving){.id = d->model.ticket.id, .no = d->model.ticket.no, .title = title};
	assert_int_equal(sem_init(&x->go, 0, 0), 0);
	store_submit(d->store, &(struct store_job){.what = "page", .run = run_arriving, .arg = x});
}

static void a_change_that_arrives_at_the_last_moment_is_not_passed_over(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct arena a = {0};
	struct arriving x;
	const struct ticket_texts was = {"旧标题", ""}, now = {"我的标题", ""};

	arrives(d, "别人的标题", &x);
	assert_ok(model_ticket_write(&d->model, &was, &now, &e), e);
	sem_post(&x.go);
	struct outbox_op op = last_op(d, &a);
	assert_null(op.base); // the hub goes by "was" and keeps both
	assert_non_null(strstr(op.body, "\"was\":{\"title\":\"旧标题\"}"));
	// Known of, it is said.
	assert_false(model_ticket_write(&d->model, &was, &(struct ticket_texts){"又一个标题", ""}, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "我的标题"));
	sem_destroy(&x.go);
	arena_release(&a);
}

static void a_change_of_another_field_is_no_matter(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct arena a = {0};
	struct arriving x;

	arrives(d, "旧标题", &x);
	assert_ok(model_ticket_write(&d->model, &(struct ticket_texts){"旧标题", ""}, &(struct ticket_texts){"我的标题", ""}, &e), e);
	sem_post(&x.go);
	assert_string_equal(last_op(d, &a).base, "1:7");
	sem_destroy(&x.go);
	arena_release(&a);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(each_deed_is_one_commit), T(what_is_not_right_is_refused), T(a_ticket_goes_its_way), T(without_causes_none_is_asked_for), T(a_pause_moves_the_due_times),
		T(red_stays_red), T(rights_are_those_of_the_matrix), T(a_change_that_arrives_at_the_last_moment_is_not_passed_over),
		T(a_change_of_another_field_is_no_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
