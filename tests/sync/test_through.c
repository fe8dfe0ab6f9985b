// SPDX-License-Identifier: MIT
// Knows that a day's work at a real desk goes through the real rules of the hub and comes back: nothing refused, nothing changed on
// the screen, and a colleague's desk shows it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/vec.h"
#include "src/desk/role.h"
#include "src/store/callback.h"
#include "src/store/ent.h"
#include "src/store/interaction.h"
#include "src/store/joined.h"
#include "src/store/ticket.h"
#include "src/sync/exchange.h"
#include "src/sync/sqlite.h"
#include "src/work/hub.h"
#include "tests/sync/through_hub.h"
#include "tests/unit/work/desk.h"

struct place {
	struct desk d;
	struct through_hub *hub;
	int seat;
	char dev[40], inc[40];
	const char *agent;
};

static bool join(struct db *db, void *arg, struct err *e)
{
	struct place *p = arg;
	struct joined j = {.dev = p->dev};

	return joined_save(db, &j, e) && meta_set_text(db, "inc", p->inc, e) && joined_agent(db, p->agent, "甲", 0, e);
}

static void place_open(struct place *p, struct through_hub *hub, const char *agent, const char *station)
{
	struct err e = {0};

	*p = (struct place){.hub = hub, .agent = agent, .d = {.dir = tmpdir_new()}};
	p->seat = through_hub_seat(hub, agent, p->dev, p->inc);
	clock_fake(&p->d.clock, DESK_NOW, 1000000);
	assert_ok(store_init(p->d.dir, "SHA", station, &p->d.clock, &e), e);
	desk_open(&p->d);
	assert_ok(store_do(p->d.store, join, p, &e), e);
	model_hub_person(&p->d.model, agent, "1001", "甲", "agent");
	model_hub_report(&p->d.model, &(struct hub_status){.line = HUB_ONLINE});
}

static void place_close(struct place *p)
{
	desk_end(&p->d);
}

struct turn {
	struct place *p;
	struct exchange_sent sent;
	struct exchange_done done;
	struct str body;
	const char *answer;
};

static bool ask(struct db *db, void *arg, struct err *e)
{
	struct turn *t = arg;
	struct sync_sqlite q;
	struct sync_store st;

	sync_sqlite(&q, db, NULL, &st);
	return exchange_ask(&st, &(struct exchange_ask){.now = DESK_NOW}, &t->body, &t->sent, e);
}

static bool take(struct db *db, void *arg, struct err *e)
{
	struct turn *t = arg;
	struct sync_sqlite q;
	struct sync_store st;

	sync_sqlite(&q, db, NULL, &st);
	return exchange_take(&st, &t->sent, 200, sv(t->answer), DESK_NOW, DESK_NOW + 10, &t->done, e);
}

static void one_turn(struct place *p, struct turn *t)
{
	struct err e = {0};

	*t = (struct turn){.p = p};
	assert_ok(store_do(p->d.store, ask, t, &e), e);
	char *answer = through_hub_exchange(p->hub, p->seat, str_z(&t->body));
	t->answer = answer;
	assert_ok(store_do(p->d.store, take, t, &e), e);
	free(answer);
	str_release(&t->body);
}

static void sync_all(struct place *p)
{
	struct turn t;

	store_wait_idle(p->d.store);
	for (int i = 0; i < 50; i++) {
		one_turn(p, &t);
		if (!t.done.more)
			break;
	}
	assert_false(t.done.more);
	model_hub_changed(&p->d.model);
}

static void nothing_refused(struct place *p)
{
	struct outbox_ops ops = {0};
	struct arena a = {0};
	struct err e = {0};
	size_t bad = 0;

	assert_ok(outbox_list(store_reader(p->d.store), 0, 1000, &ops, &a, &e), e);
	assert_true(ops.n > 10);
	for (size_t i = 0; i < ops.n; i++) {
		const struct outbox_op *o = &ops.v[i];
		bool well = o->st == OUTBOX_SETTLED && o->res && (strstr(o->res, "\"r\":\"applied\"") || strstr(o->res, "\"r\":\"merged\""));
		if (!well)
			print_message("%lld %s %s %s: %s %s\n  %s\n", (long long)o->n, o->k, o->t, o->s, outbox_state_name(o->st), o->res ? o->res : "",
				      o->body);
		bad += !well;
	}
	assert_int_equal(bad, 0);
	vec_release(&ops);
	arena_release(&a);
}

#define DO(x) assert_ok(x, e)

static void test_a_days_work(void **state)
{
	struct through_hub *hub = through_hub_open();
	struct place p, q;
	struct err e = {0};
	struct arena a = {0};
	struct ticket before, after, there;

	(void)state;
	place_open(&p, hub, "ag", "0A7");
	struct model *m = &p.d.model;
	struct work *w = desk_call(&p.d, "13812345678", "李雷");
	DO(model_need(m, w, "账户被冻结，无法付款", &e));
	DO(model_restate(m, w, "账户被冻结", true, &e));
	DO(model_classify(m, w, "account.freeze", &e));
	DO(model_ticket_create(m, w, "账户冻结", &e));
	DO(model_hold(m, w, &e));
	DO(model_resume(m, w, &e));
	DO(model_escalate(m, w, "urgent_review", "先核实身份，再解除冻结并电话回复客户", "请立即批准", &e));
	DO(model_callback(m, w, DESK_NOW + 3600000, "明天回电", &e));
	DO(model_note(m, w, "已记录", &e));
	DO(model_hangup(m, w, &e));
	DO(model_fault(m, NULL, "headset", "没有声音", &e));
	store_wait_idle(p.d.store);
	DO(model_fault(m, NULL, "headset", "还是没有", &e));
	store_wait_idle(p.d.store);
	DO(ticket_by_no(store_reader(p.d.store), work_ticket_no(w), &before, &a, &e));
	sync_all(&p);
	nothing_refused(&p);
	DO(ticket_by_no(store_reader(p.d.store), work_ticket_no(w), &after, &a, &e));
	assert_string_equal(after.state, before.state);
	assert_string_equal(after.title, before.title);
	assert_int_equal(after.priority, before.priority);
	assert_true(after.stamp.rev > 0);
	place_open(&q, hub, "ag", "0A8");
	sync_all(&q);
	DO(ticket_by_no(store_reader(q.d.store), before.no, &there, &a, &e));
	assert_string_equal(there.state, before.state);
	place_close(&q);
	place_close(&p);
	arena_release(&a);
	through_hub_close(hub);
}

// --- the timeline of a contact: the station that wrote it has it, and another one of the agent gets it

static int64_t count(struct place *p, const char *sql)
{
	struct db_stmt *st = db_stmt(store_reader(p->d.store), sql);
	struct err e = {0};
	int64_t n = db_row(st) ? db_int(st, 0) : -1;

	assert_ok(db_end(st, &e), e);
	return n;
}

// What is left of the rows is what the hub counts.
static void digests_fit(struct place *p)
{
	struct turn t = {.p = p};
	struct err e = {0};

	DO(store_do(p->d.store, ask, &t, &e));
	json_t *request = json_loads(str_z(&t.body), 0, NULL);
	json_object_set_new(request, "digest", json_true());
	char *text = json_dumps(request, JSON_COMPACT), *answer = through_hub_exchange(p->hub, p->seat, text);
	assert_non_null(strstr(answer, "\"me/ag\":{\"at\":"));
	t.answer = answer;
	DO(store_do(p->d.store, take, &t, &e));
	assert_int_equal(t.done.mismatched, 0);
	json_decref(request);
	free(text);
	free(answer);
	str_release(&t.body);
}

static void test_a_timeline_is_kept_once(void **state)
{
	const char *const events = "select count(*) from interaction_event", *const rows = "select count(*) from ent where t = 'call_event'",
		   *const bytes = "select coalesce(sum(length(d_x)), 0) from ent where t = 'call_event'";
	struct through_hub *hub = through_hub_open();
	struct place p, q;
	struct err e = {0};

	(void)state;
	place_open(&p, hub, "ag", "0A1");
	place_open(&q, hub, "ag", "0A2");
	struct work *w = desk_call(&p.d, "13812345678", NULL);
	for (int i = 0; i < 20; i++)
		DO(model_note(&p.d.model, w, "客户说明了一遍情况，希望今天之内得到答复", &e));
	DO(model_hangup(&p.d.model, w, &e));
	sync_all(&p);
	sync_all(&q);
	assert_true(count(&p, rows) > 20);
	assert_int_equal(count(&q, rows), count(&p, rows));
	assert_int_equal(count(&q, events), count(&p, rows)); // every one is shown there
	// Sealing takes 40 bytes: no text stands twice.
	assert_true(count(&p, bytes) <= 48 * count(&p, rows));
	assert_true(count(&q, bytes) <= 48 * count(&q, rows));
	digests_fit(&p);
	digests_fit(&q);
	place_close(&p);
	place_close(&q);
	through_hub_close(hub);
}

// --- somebody wants to be forgotten: at the hub, then at every station, the one that wrote it all too

#define WHO "22222222-0000-7000-8000-000000000003"
#define SECRET "王静的房贷"

// Lines of the history of all tickets that hold the text, titles, documents of rows and of operations: wherever a text may lie.
static int lines_with(struct place *p, const char *ticket, const char *what)
{
	struct ticket_log lines = {0};
	struct arena a = {0};
	struct err e = {0};
	int n = 0;

	DO(ticket_event_list(store_reader(p->d.store), ticket, &lines, &a, &e));
	for (size_t i = 0; i < lines.n; i++)
		n += lines.v[i].data && strstr(lines.v[i].data, what) != NULL;
	vec_release(&lines);
	arena_release(&a);
	return n;
}

static int64_t ops_about(struct place *p, const char *id)
{
	struct db_stmt *st = db_stmt(store_reader(p->d.store), "select count(*) from outbox where e = ?1");
	struct err e = {0};

	db_bind_text(st, id);
	int64_t n = db_row(st) ? db_int(st, 0) : -1;
	DO(db_end(st, &e));
	return n;
}

static void test_somebody_is_forgotten(void **state)
{
	const char *const events = "select count(*) from interaction_event";
	struct through_hub *hub = through_hub_open();
	struct place p, q;
	struct err e = {0};
	struct arena a = {0};
	struct ticket t;
	char dev[40], inc[40];

	(void)state;
	place_open(&p, hub, "ag", "0A1");
	place_open(&q, hub, "ag", "0A2");
	int lead = through_hub_seat(hub, "tl", dev, inc);
	desk_customer(&p.d, WHO, "{\"display_name\":\"王静\",\"tier\":\"gold\",\"phones\":[{\"e164\":\"+8613812345678\"}]}");
	struct work *w = desk_call(&p.d, "13812345678", NULL);
	assert_string_equal(w->contact->customer_id, WHO);
	char *call = xstrdup(w->contact->id);
	DO(model_need(&p.d.model, w, SECRET, &e));
	DO(model_note(&p.d.model, w, SECRET, &e));
	DO(model_restate(&p.d.model, w, SECRET, true, &e));
	DO(model_classify(&p.d.model, w, "account.freeze", &e));
	DO(model_ticket_create(&p.d.model, w, SECRET, &e));
	DO(model_callback(&p.d.model, w, DESK_NOW + 3600000, SECRET, &e));
	char *no = xstrdup(work_ticket_no(w));
	DO(model_hangup(&p.d.model, w, &e));
	sync_all(&p);
	sync_all(&q);
	DO(ticket_by_no(store_reader(q.d.store), no, &t, &a, &e));
	const char *id = t.id;
	assert_string_equal(t.title, SECRET);
	through_hub_do(hub, lead, "ticket.note", "ticket", id, "q/q1", "{'text':'" SECRET "'}");
	sync_all(&p);
	sync_all(&q);
	assert_true(lines_with(&p, id, SECRET) > 0 && lines_with(&q, id, SECRET) > 0);
	assert_true(count(&p, events) > 0 && count(&q, events) > 0);
	assert_true(ops_about(&p, id) > 0 && ops_about(&p, call) > 0);
	assert_true(through_hub_erase(hub, WHO, 0) > 5);
	for (int i = 0; i < 2; i++) {
		struct place *one = i ? &q : &p;
		sync_all(one);
		digests_fit(one);
		DO(ticket_by_no(store_reader(one->d.store), no, &t, &a, &e));
		assert_string_equal(t.title, "[erased]");
		assert_null(t.customer_id);
		assert_null(strstr(t.doc, SECRET));
		assert_int_equal(lines_with(one, id, SECRET), 0);
		assert_int_equal(lines_with(one, id, "[erased]"), 1); // that there was a note stands
		assert_int_equal(count(one, events), 0);
		assert_int_equal(count(one, "select count(*) from interaction where customer_id is not null"), 0);
		assert_int_equal(count(one, "select count(*) from interaction"), 1);
		assert_int_equal(ops_about(one, id) + ops_about(one, call), 0);
	}
	// What comes late brings nothing back.
	assert_string_equal(through_hub_do(hub, lead, "ticket.set", "ticket", id, "q/q1", "{'set':{'title':'" SECRET "'}}"), "rejected not-found");
	place_close(&p);
	place_close(&q);
	free(call);
	free(no);
	arena_release(&a);
	through_hub_close(hub);
}

static const struct outbox_op *op_of(struct place *p, const char *kind, struct outbox_ops *ops, struct arena *a)
{
	struct err e = {0};
	const struct outbox_op *got = NULL;

	ops->n = 0;
	assert_ok(outbox_list(store_reader(p->d.store), 0, 1000, ops, a, &e), e);
	for (size_t i = 0; i < ops->n; i++)
		if (strcmp(ops->v[i].k, kind) == 0)
			got = &ops->v[i];
	assert_non_null(got);
	return got;
}

// Two change one thing while one of them is offline: both values are kept, both desks say the same once a person has chosen.
static void test_a_conflict_is_settled(void **state)
{
	struct through_hub *hub = through_hub_open();
	struct place p;
	struct err e = {0};
	struct arena a = {0};
	struct outbox_ops ops = {0};
	struct ticket t;
	char dev[40], inc[40];
	int lead = through_hub_seat(hub, "sv", dev, inc);

	(void)state;
	place_open(&p, hub, "ag", "0A7");
	struct model *m = &p.d.model;
	struct work *w = desk_call(&p.d, "13812345678", "李雷");
	DO(model_need(m, w, "账户被冻结，无法付款", &e));
	DO(model_restate(m, w, "账户被冻结", true, &e));
	DO(model_classify(m, w, "account.freeze", &e));
	DO(model_ticket_create(m, w, "账户冻结", &e));
	sync_all(&p);
	const struct outbox_op *made = op_of(&p, "ticket.new", &ops, &a);
	const char *id = arena_strdup(&a, made->e), *stream = arena_strdup(&a, made->s);
	// Meanwhile a supervisor lets it wait for the customer; here it is handed up, and nobody has heard of the other.
	const char *became = through_hub_do(hub, lead, "ticket.set", "ticket", id, stream,
					    "{'set':{'state':'waiting_customer'},'was':{'state':'open'}}");
	assert_string_equal(became, "applied");
	model_hub_report(m, &(struct hub_status){.line = HUB_OFFLINE});
	DO(model_escalate(m, w, "urgent_review", "先核实身份，再解除冻结并电话回复客户", "请立即批准", &e));
	model_hub_report(m, &(struct hub_status){.line = HUB_ONLINE});
	sync_all(&p);
	assert_int_equal(op_of(&p, "ticket.set", &ops, &a)->st, OUTBOX_CONFLICT);
	DO(ticket_get(store_reader(p.d.store), id, &t, &a, &e));
	assert_string_equal(t.state, "escalated"); // mine, until it is settled
	const struct hub_rows *r = model_hub_rows(m);
	assert_int_equal(r->conflicts.n, 1);
	assert_string_equal(r->conflicts.v[0].reason, "machine");
	assert_string_equal(r->conflicts.v[0].about_e, id);
	assert_true(r->conflicts.v[0].own);
	assert_int_equal(r->conflicts.v[0].n_fields, 1);
	struct conflict_choice theirs = {"state", CONFLICT_THEIRS, NULL};
	DO(model_conflict_settle(m, r->conflicts.v[0].id, &theirs, 1, &e));
	store_wait_idle(p.d.store);
	assert_int_equal(model_hub_rows(m)->conflicts.n, 0);
	sync_all(&p);
	assert_int_equal(op_of(&p, "conflict.settle", &ops, &a)->st, OUTBOX_SETTLED);
	assert_int_equal(op_of(&p, "ticket.set", &ops, &a)->st, OUTBOX_SETTLED);
	DO(ticket_get(store_reader(p.d.store), id, &t, &a, &e));
	assert_string_equal(t.state, "waiting_customer");
	vec_release(&ops);
	arena_release(&a);
	place_close(&p);
	through_hub_close(hub);
}

static void test_a_broadcast_is_read(void **state)
{
	struct through_hub *hub = through_hub_open();
	struct place p, q;
	struct err e = {0};
	char dev[40], inc[40];
	int lead = through_hub_seat(hub, "sv", dev, inc);

	(void)state;
	place_open(&p, hub, "ag", "0A7");
	sync_all(&p);
	assert_null(model_broadcast_due(&p.d.model));
	const char *became = through_hub_do(hub, lead, "broadcast.new", "broadcast", "01930000-0000-7000-8000-00000000000b", "bc/SHA",
					    "{'kind':'red','severity':'red','title':'支付中断','body':'b','audience':{'site':'SHA'}}");
	assert_string_equal(became, "applied");
	sync_all(&p);
	const struct broadcast *b = model_broadcast_due(&p.d.model);
	assert_non_null(b);
	assert_string_equal(b->title, "支付中断");
	DO(model_broadcast_ack(&p.d.model, b->id, &e));
	sync_all(&p);
	assert_null(model_broadcast_due(&p.d.model));
	place_open(&q, hub, "ag", "0A8"); // the same person at another desk has read it
	sync_all(&q);
	assert_int_equal(model_hub_rows(&q.d.model)->broadcasts.n, 1);
	assert_null(model_broadcast_due(&q.d.model));
	place_close(&q);
	place_close(&p);
	through_hub_close(hub);
}

// --- whose a ticket is

#define FREE_ID "01930000-0000-7000-8000-0000000000f1"
#define FREE_NO "SHA-261122-0A7-0001-R"
#define NEXT_ID "01930000-0000-7000-8000-0000000000f2"
#define NEXT_NO "SHA-261122-0A7-0002-P"

struct pair {
	struct through_hub *hub;
	struct place p, q; // ag and ag2, who serve the same queue
	int lead;
};

static void pair_open(struct pair *x)
{
	char dev[40], inc[40];

	*x = (struct pair){.hub = through_hub_open()};
	x->lead = through_hub_seat(x->hub, "sv", dev, inc);
	assert_string_equal(through_hub_do(x->hub, x->lead, "ticket.new", "ticket", FREE_ID, "q/q1",
					   "{'no':'" FREE_NO "','queue_code':'q1','state':'new','title':'一件','priority':3,'pinned':0}"), "applied");
	assert_string_equal(through_hub_do(x->hub, x->lead, "ticket.new", "ticket", NEXT_ID, "q/q1",
					   "{'no':'" NEXT_NO "','queue_code':'q1','state':'new','title':'两件','priority':3,'pinned':0}"), "applied");
	place_open(&x->p, x->hub, "ag", "0A7");
	place_open(&x->q, x->hub, "ag2", "0A8");
	sync_all(&x->p);
	sync_all(&x->q);
}

static void pair_close(struct pair *x)
{
	place_close(&x->p);
	place_close(&x->q);
	through_hub_close(x->hub);
}

static void open_ticket(struct place *p, const char *id)
{
	struct err e = {0};

	DO(model_ticket_open(&p->d.model, id, &e));
}

static void settled(struct place *p)
{
	store_wait_idle(p->d.store);
	model_store_poll(&p->d.model);
}

static void assert_said(struct place *p, const char *text)
{
	const struct note *n = model_last_note(&p->d.model);

	if (!n || !strstr(n->text, text))
		fail_msg("said \"%s\", not \"%s\"", n ? n->text : "", text);
}

// Both take it at once: one has it, the other is told who, and sees the ticket as it is.
static void test_two_take_one(void **state)
{
	struct pair x;
	struct err e = {0};

	(void)state;
	pair_open(&x);
	open_ticket(&x.p, FREE_ID);
	open_ticket(&x.q, FREE_ID);
	DO(model_ticket_take(&x.q.d.model, &e));
	DO(model_ticket_take(&x.p.d.model, &e));
	settled(&x.p);
	settled(&x.q);
	assert_string_equal(x.p.d.model.ticket.owner_id, "ag");
	assert_string_equal(x.q.d.model.ticket.owner_id, "ag2"); // each thinks so, until the hub has spoken
	sync_all(&x.q);
	sync_all(&x.p);
	assert_string_equal(x.q.d.model.ticket.owner_id, "ag2");
	assert_string_equal(x.p.d.model.ticket.owner_id, "ag2");
	assert_int_equal(x.p.d.model.ticket.state, TICKET_OPEN);
	assert_said(&x.p, "Ticket " FREE_NO " is not yours: ag2 was faster.");
	assert_int_equal(model_hub_rows(&x.p.d.model)->refused.n, 1);
	// The history says that it was refused, not that somebody gave it back; then whose it is.
	const struct ticket_desk *k = &x.p.d.model.ticket;
	assert_string_equal(k->lines.v[k->lines.n - 3].what, "Refused by the hub");
	assert_string_equal(k->lines.v[k->lines.n - 1].text, "— → ag2");
	assert_int_equal(model_hub_rows(&x.q.d.model)->refused.n, 0);
	// It is said once.
	uint64_t n = x.p.d.model.n_notes;
	sync_all(&x.p);
	assert_int_equal(x.p.d.model.n_notes, n);
	pair_close(&x);
}

// Offline one takes it, gives it back and takes it again; on the line all of it comes through in its order.
static void test_hands_change_offline(void **state)
{
	struct pair x;
	struct err e = {0};

	(void)state;
	pair_open(&x);
	struct model *m = &x.p.d.model;
	model_hub_report(m, &(struct hub_status){.line = HUB_OFFLINE});
	open_ticket(&x.p, FREE_ID);
	DO(model_ticket_take(m, &e));
	settled(&x.p);
	DO(model_ticket_release(m, "先放回", &e));
	settled(&x.p);
	DO(model_ticket_take(m, &e));
	settled(&x.p);
	assert_int_equal(m->ticket.waiting, 3);
	size_t lines = m->ticket.lines.n;
	model_hub_report(m, &(struct hub_status){.line = HUB_ONLINE});
	sync_all(&x.p);
	assert_string_equal(m->ticket.owner_id, "ag");
	assert_int_equal(m->ticket.waiting, 0);
	assert_int_equal(m->ticket.lines.n, lines); // each step is there once
	assert_int_equal(model_hub_rows(m)->refused.n, 0);
	sync_all(&x.q);
	open_ticket(&x.q, FREE_ID);
	assert_string_equal(x.q.d.model.ticket.owner_id, "ag");
	pair_close(&x);
}

// A lead gives it to one and then to the other: both are told, with the reason.
static void test_who_is_given_one_is_told(void **state)
{
	struct pair x;
	struct err e = {0};
	struct arena a = {0};
	struct ticket_target to;
	struct place lead;

	(void)state;
	pair_open(&x);
	place_open(&lead, x.hub, "sv2", "0A9");
	lead.d.model.roles = USER_BIT(USER_SUPERVISOR);
	sync_all(&lead);
	open_ticket(&lead, FREE_ID);
	DO(model_ticket_target(&lead.d.model, "ag", false, &to, &a, &e));
	DO(model_ticket_assign(&lead.d.model, &to, "你熟悉", &e));
	settled(&lead);
	sync_all(&lead);
	sync_all(&x.p);
	assert_said(&x.p, "Ticket " FREE_NO " is yours now, from sv2: 你熟悉");
	DO(model_ticket_target(&lead.d.model, "ag2", false, &to, &a, &e));
	DO(model_ticket_assign(&lead.d.model, &to, "他休假", &e));
	settled(&lead);
	sync_all(&lead);
	sync_all(&x.p);
	sync_all(&x.q);
	assert_said(&x.p, "Ticket " FREE_NO " is not yours any more: sv2 gave it to ag2.");
	assert_said(&x.q, "Ticket " FREE_NO " is yours now, from sv2: 他休假");
	open_ticket(&x.q, FREE_ID);
	const struct ticket_desk *k = &x.q.d.model.ticket;
	assert_non_null(strstr(k->lines.v[k->lines.n - 1].text, "他休假"));
	place_close(&lead);
	arena_release(&a);
	pair_close(&x);
}

// A link made at one desk stands at both ends at another.
static void test_a_link_goes_round(void **state)
{
	struct pair x;
	struct err e = {0};

	(void)state;
	pair_open(&x);
	open_ticket(&x.p, FREE_ID);
	DO(model_ticket_link(&x.p.d.model, TICKET_LINK_RELATED, NEXT_NO, &e));
	settled(&x.p);
	DO(model_ticket_link(&x.p.d.model, TICKET_LINK_PARENT, NEXT_NO, &e));
	settled(&x.p);
	sync_all(&x.p);
	sync_all(&x.q);
	for (int i = 0; i < 2; i++) {
		struct place *at = i ? &x.q : &x.p;
		open_ticket(at, NEXT_ID);
		assert_int_equal(at->d.model.ticket.ties.n, 2);
		assert_int_equal(at->d.model.ticket.ties.v[0].kind, TICKET_LINK_RELATED);
		assert_int_equal(at->d.model.ticket.ties.v[1].kind, TICKET_LINK_CHILD);
		assert_string_equal(at->d.model.ticket.ties.v[1].no, FREE_NO);
	}
	assert_int_equal(model_hub_rows(&x.p.d.model)->refused.n, 0);
	pair_close(&x);
}

// A ticket that somebody else has meanwhile is linked by nobody else: refused, the link is gone from both ends.
static void test_a_refused_link_is_gone(void **state)
{
	struct pair x;
	struct err e = {0};

	(void)state;
	pair_open(&x);
	struct model *m = &x.p.d.model;
	open_ticket(&x.q, FREE_ID);
	DO(model_ticket_take(&x.q.d.model, &e));
	settled(&x.q);
	sync_all(&x.q);
	open_ticket(&x.p, FREE_ID);
	DO(model_ticket_link(m, TICKET_LINK_RELATED, NEXT_NO, &e));
	settled(&x.p);
	open_ticket(&x.p, NEXT_ID);
	assert_int_equal(m->ticket.ties.n, 1);
	sync_all(&x.p);
	assert_int_equal(model_hub_rows(m)->refused.n, 1);
	assert_int_equal(m->ticket.ties.n, 0);
	open_ticket(&x.p, FREE_ID);
	assert_int_equal(m->ticket.ties.n, 0);
	pair_close(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_days_work), cmocka_unit_test(test_a_timeline_is_kept_once),
		cmocka_unit_test(test_somebody_is_forgotten),
		cmocka_unit_test(test_a_conflict_is_settled),
		cmocka_unit_test(test_a_broadcast_is_read),
		cmocka_unit_test(test_two_take_one),
		cmocka_unit_test(test_hands_change_offline),
		cmocka_unit_test(test_who_is_given_one_is_told),
		cmocka_unit_test(test_a_link_goes_round),
		cmocka_unit_test(test_a_refused_link_is_gone),
	};

	return cmocka_run_group_tests_name("through", tests, NULL, NULL);
}
