// SPDX-License-Identifier: MIT
// Tests whose a ticket is and what it hangs together with: taken, given back, handed over, linked at both ends; who may, and to whom.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/desk/role.h"
#include "src/store/ent.h"
#include "src/store/outbox.h"
#include "src/store/ticket.h"
#include "tests/unit/work/desk.h"

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

// --- whose it is

struct row {
	const char *t, *e, *s, *d;
};

static bool run_row(struct db *db, void *arg, struct err *e)
{
	const struct row *r = arg;
	char *text = xstrdup(r->d);

	for (char *p = text; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	bool ok = stream_put(db, &(struct stream){.s = r->s, .epoch = 1, .seq = 1, .head = 1}, e) &&
		  ent_put(db, &(struct ent){.t = r->t, .e = r->e, .s = r->s, .q = 1, .rev = 1, .by = "hub", .d = text}, e);
	free(text);
	return ok;
}

static void hub_row(struct desk *d, const char *t, const char *id, const char *s, const char *doc)
{
	struct row r = {t, id, s, doc};
	struct err e = {0};

	assert_ok(store_do(d->store, run_row, &r, &e), e);
}

// Two of the queue, one of another, a trainee, one who left.
static void people(struct desk *d)
{
	hub_row(d, "team", "t1", "dir/SHA", "{'queue_codes':['general']}");
	hub_row(d, "queue", "general", "dir/SHA", "{'code':'general','name':'General'}");
	hub_row(d, "queue", "complaint", "dir/SHA", "{'code':'complaint','name':'Complaints'}");
	hub_row(d, "agent", "a-wang", "dir/SHA", "{'staff_no':'8005','name_zh':'王芳','roles':['agent'],'team_id':'t1'}");
	hub_row(d, "agent", "a-li", "dir/SHA", "{'staff_no':'8006','name_zh':'李雷','roles':['agent'],'queues':['complaint']}");
	hub_row(d, "agent", "a-sun", "dir/SHA", "{'staff_no':'8007','name_zh':'孙悦','roles':['supervisor']}");
	hub_row(d, "agent", "a-new", "dir/SHA", "{'staff_no':'8008','name_zh':'周新','roles':['trainee'],'team_id':'t1'}");
	hub_row(d, "agent", "a-gone", "dir/SHA", "{'staff_no':'8009','name_zh':'吴走','roles':['agent'],'team_id':'t1','status':'left'}");
}

static void a_ticket_changes_hands(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};
	uint64_t jobs = m->store_jobs;

	// It is one's own: nothing to take; given back it waits for anybody.
	assert_false(model_ticket_take(m, &e));
	assert_false(model_ticket_release(m, " ", &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_ok(model_ticket_release(m, "客户密码是 123456，不会办", &e), e);
	struct outbox_op op = last_op(d, &a);
	assert_string_equal(op.k, "ticket.release");
	assert_non_null(strstr(op.body, "\"fence\":0"));
	assert_int_equal(m->store_jobs, jobs + 1);
	assert_string_equal(m->ticket.owner_id, "");
	assert_non_null(strstr(m->ticket.lines.v[m->ticket.lines.n - 1].text, "不会办"));
	assert_false(model_ticket_release(m, "再来", &e)); // nobody has it
	// The next one is based on what this one will have made of it.
	assert_ok(model_ticket_take(m, &e), e);
	op = last_op(d, &a);
	assert_string_equal(op.k, "ticket.take");
	assert_non_null(strstr(op.body, "\"fence\":1"));
	assert_string_equal(m->ticket.owner_id, m->agent_id);
	arena_release(&a);
}

static void only_who_can_work_on_it_is_offered(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};
	struct ticket_targets all;
	struct ticket_target to;

	people(d);
	assert_ok(model_ticket_targets(m, &all, &a, &e), e);
	assert_int_equal(all.n, 3);
	assert_string_equal(all.v[0].label, "8005 王*");
	assert_string_equal(all.v[1].label, "8007 孙*");
	assert_true(all.v[2].queue);
	assert_string_equal(all.v[2].id, "complaint");
	assert_false(model_ticket_target(m, "8008", false, &to, &a, &e));
	assert_false(model_ticket_target(m, "general", true, &to, &a, &e));
	assert_ok(model_ticket_target(m, "8005", false, &to, &a, &e), e);
	assert_string_equal(to.id, "a-wang");
	arena_release(&a);
}

static void a_lead_hands_over_and_an_agent_asks(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};
	struct ticket_target to;

	people(d);
	assert_ok(model_ticket_target(m, "8005", false, &to, &a, &e), e);
	assert_false(model_ticket_assign(m, &to, "", &e)); // who asks says why
	assert_ok(model_ticket_assign(m, &to, "我休假", &e), e);
	struct outbox_op op = last_op(d, &a);
	assert_string_equal(op.k, "ticket.assign");
	assert_non_null(strstr(op.body, "\"owner_id\":\"a-wang\""));
	assert_true(m->ticket.hand_asked);
	assert_string_equal(m->ticket.owner_id, m->agent_id);

	m->roles = USER_BIT(USER_TEAM_LEAD);
	assert_ok(model_ticket_assign(m, &to, "", &e), e);
	settle(d);
	assert_string_equal(m->ticket.owner_id, "a-wang");
	assert_ok(model_ticket_target(m, "complaint", true, &to, &a, &e), e);
	assert_false(model_ticket_assign(m, &to, "", &e)); // a hop says why
	assert_ok(model_ticket_assign(m, &to, "是投诉", &e), e);
	op = last_op(d, &a);
	assert_non_null(strstr(op.body, "\"queue_code\":\"complaint\""));
	assert_string_equal(m->ticket.queue, "complaint");
	assert_string_equal(m->ticket.owner_id, "");
	arena_release(&a);
}

static void hands_need_the_right(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	static const struct {
		unsigned roles;
		const char *owner;
		enum ticket_may take, release, assign, link;
	} rows[] = {
		{USER_BIT(USER_AGENT), "", TICKET_MAY, TICKET_MAY_NOT, TICKET_MAY_ASK, TICKET_MAY},
		{USER_BIT(USER_AGENT), "other", TICKET_MAY_NOT, TICKET_MAY_NOT, TICKET_MAY_ASK, TICKET_MAY_NOT},
		{USER_BIT(USER_TEAM_LEAD), "other", TICKET_MAY_NOT, TICKET_MAY, TICKET_MAY, TICKET_MAY},
		{USER_BIT(USER_SUPERVISOR), "", TICKET_MAY, TICKET_MAY_NOT, TICKET_MAY, TICKET_MAY},
		{USER_BIT(USER_QA), "", TICKET_MAY_NOT, TICKET_MAY_NOT, TICKET_MAY_NOT, TICKET_MAY_NOT},
		{USER_BIT(USER_TRAINEE), "", TICKET_MAY_NOT, TICKET_MAY_NOT, TICKET_MAY_NOT, TICKET_MAY_NOT},
		{USER_BIT(USER_ADMIN) | USER_BIT(USER_SUPERVISOR), "", TICKET_MAY_NOT, TICKET_MAY_NOT, TICKET_MAY_NOT, TICKET_MAY_NOT},
	};
	struct err e;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		m->roles = rows[i].roles;
		m->ticket.owner_id = m->ticket.owner = rows[i].owner;
		assert_int_equal(model_ticket_may(m, TICKET_TAKE, NULL), rows[i].take);
		assert_int_equal(model_ticket_may(m, TICKET_RELEASE, NULL), rows[i].release);
		assert_int_equal(model_ticket_may(m, TICKET_ASSIGN, NULL), rows[i].assign);
		assert_int_equal(model_ticket_may(m, TICKET_LINK, NULL), rows[i].link);
		assert_int_equal(model_ticket_may(m, TICKET_INCIDENT, NULL), rows[i].link);
		// Refused is said.
		e = (struct err){0};
		if (model_ticket_may(m, TICKET_TAKE, &e) == TICKET_MAY_NOT)
			assert_true(*e.msg);
	}
}

// --- links

// Another ticket of the same agent; its number, owned by a.
static const char *another(struct desk *d, struct arena *a)
{
	struct err e = {0};
	struct work *w = desk_call(d, "13700000002", NULL);

	assert_ok(model_ticket_create(&d->model, w, "另一件", &e), e);
	assert_ok(model_hangup(&d->model, w, &e), e);
	settle(d);
	return arena_strdup(a, work_ticket_no(w));
}

static void open_no(struct desk *d, const char *no)
{
	struct err e = {0};
	struct arena a = {0};
	const char *id = model_ticket_by_no(&d->model, no, &a, &e);

	assert_ok(id != NULL && model_ticket_open(&d->model, id, &e), e);
	arena_release(&a);
}

static void assert_tie(struct desk *d, size_t n, enum ticket_link kind, const char *no)
{
	assert_int_equal(d->model.ticket.ties.n, n);
	if (n) {
		assert_int_equal(d->model.ticket.ties.v[n - 1].kind, kind);
		assert_string_equal(d->model.ticket.ties.v[n - 1].no, no);
	}
}

static void a_link_stands_at_both_ends(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};
	const char *first = arena_strdup(&a, m->ticket.no), *second = another(d, &a);
	uint64_t jobs = m->store_jobs;

	assert_ok(model_ticket_link(m, TICKET_LINK_RELATED, second, &e), e);
	struct outbox_op op = last_op(d, &a);
	assert_string_equal(op.k, "ticket.element");
	assert_int_equal(m->store_jobs, jobs + 1);
	assert_tie(d, 1, TICKET_LINK_RELATED, second);
	assert_non_null(m->ticket.ties.v[0].id);
	assert_false(model_ticket_link(m, TICKET_LINK_RELATED, second, &e));
	assert_false(model_ticket_link(m, TICKET_LINK_RELATED, first, &e));
	open_no(d, second);
	assert_tie(d, 1, TICKET_LINK_RELATED, first);
	assert_int_equal(m->ticket.lines.n, 2);
	assert_ok(model_ticket_unlink(m, TICKET_LINK_RELATED, first, &e), e);
	settle(d);
	assert_tie(d, 0, TICKET_LINK_RELATED, "");
	open_no(d, first);
	assert_tie(d, 0, TICKET_LINK_RELATED, "");
	assert_false(model_ticket_unlink(m, TICKET_LINK_RELATED, second, &e));
	// A ticket that is not here is named all the same.
	assert_ok(model_ticket_link(m, TICKET_LINK_RELATED, "SHA-261122-0A7-0009-B", &e), e);
	arena_release(&a);
}

static void part_and_whole(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};
	const char *first = arena_strdup(&a, m->ticket.no), *second = another(d, &a), *third = another(d, &a);

	open_no(d, first);
	assert_ok(model_ticket_link(m, TICKET_LINK_PARENT, second, &e), e);
	struct outbox_op op = last_op(d, &a);
	assert_string_equal(op.k, "ticket.set");
	assert_non_null(strstr(op.body, "\"parent_no\""));
	assert_null(strstr(op.body, "parent_id")); // the hub's
	assert_tie(d, 1, TICKET_LINK_PARENT, second);
	// Neither the other way round nor by a detour.
	open_no(d, second);
	assert_tie(d, 1, TICKET_LINK_CHILD, first);
	assert_false(model_ticket_link(m, TICKET_LINK_PARENT, first, &e));
	assert_ok(model_ticket_link(m, TICKET_LINK_PARENT, third, &e), e);
	settle(d);
	open_no(d, third);
	assert_false(model_ticket_link(m, TICKET_LINK_PARENT, first, &e));
	// What is a part elsewhere moves: the old whole has it no more.
	assert_ok(model_ticket_link(m, TICKET_LINK_CHILD, first, &e), e);
	settle(d);
	assert_int_equal(m->ticket.ties.n, 2);
	open_no(d, second);
	assert_tie(d, 1, TICKET_LINK_PARENT, third);
	assert_ok(model_ticket_unlink(m, TICKET_LINK_PARENT, third, &e), e);
	settle(d);
	open_no(d, third);
	assert_tie(d, 1, TICKET_LINK_CHILD, first);
	// The part of somebody else is theirs to change.
	m->roles = USER_BIT(USER_QA);
	assert_false(model_ticket_unlink(m, TICKET_LINK_CHILD, first, &e));
	arena_release(&a);
}

static void a_duplicate_names_what_goes_on(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};
	const char *first = arena_strdup(&a, m->ticket.no), *second = another(d, &a);

	open_no(d, first);
	assert_ok(model_ticket_link(m, TICKET_LINK_DUPLICATE, second, &e), e);
	settle(d);
	assert_int_equal(m->ticket.state, TICKET_MERGED);
	assert_tie(d, 1, TICKET_LINK_DUPLICATE, second);
	assert_false(model_ticket_take(m, &e)); // over for good
	open_no(d, second);
	assert_tie(d, 1, TICKET_LINK_DUPLICATES, first);
	assert_false(model_ticket_unlink(m, TICKET_LINK_DUPLICATES, first, &e));
	arena_release(&a);
}

static void an_incident_is_one_the_hub_told_of(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};

	assert_false(model_ticket_incident(m, "in1", &e));
	hub_row(d, "incident", "in1", "bc/SHA", "{'no':'IN-261122-00A1','title':'支付通道故障','state':'confirmed'}");
	hub_row(d, "incident", "in2", "bc/SHA", "{'no':'IN-261122-00A2','state':'closed'}");
	assert_false(model_ticket_incident(m, "in2", &e));
	assert_ok(model_ticket_incident(m, "in1", &e), e);
	assert_string_equal(last_op(d, &a).body, "{\"set\":{\"incident_id\":\"in1\"},\"was\":{\"incident_id\":null}}");
	assert_string_equal(m->ticket.incident, "IN-261122-00A1 支付通道故障");
	assert_false(model_ticket_incident(m, "in1", &e));
	assert_ok(model_ticket_incident(m, "", &e), e);
	settle(d);
	assert_string_equal(m->ticket.incident, "");
	arena_release(&a);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_ticket_changes_hands), T(only_who_can_work_on_it_is_offered), T(a_lead_hands_over_and_an_agent_asks), T(hands_need_the_right),
		T(a_link_stands_at_both_ends), T(part_and_whole), T(a_duplicate_names_what_goes_on), T(an_incident_is_one_the_hub_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
