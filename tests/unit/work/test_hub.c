// SPDX-License-Identifier: MIT
// Knows what the agent sees of the hub and does about it, and what each piece of work is told the hub as.
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
#include "src/store/joined.h"
#include "src/store/meta.h"
#include "src/store/outbox.h"
#include "src/store/seen.h"
#include "src/store/ticket.h"
#include "src/wire/wire.h"
#include "src/work/hub.h"
#include "tests/unit/work/desk.h"

#define ME "0000" // the agent of a desk without settings

struct hubrow {
	const char *t, *e, *s, *d;
	int64_t rev, at;
};

static bool put_row(struct db *db, void *arg, struct err *e)
{
	const struct hubrow *r = arg;

	return stream_put(db, &(struct stream){.s = r->s, .epoch = 4, .seq = 9, .head = 9, .synced_at = 1}, e) &&
	       ent_put(db, &(struct ent){.t = r->t, .e = r->e, .s = r->s, .q = 1, .rev = r->rev, .at = r->at, .d = r->d}, e);
}

// JSON with ' for ".
static void hub_says(struct desk *d, const char *s, const char *t, const char *id, int64_t rev, int64_t at, const char *doc)
{
	struct err e = {0};
	char *text = xstrdup(doc);

	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	struct hubrow r = {.t = t, .e = id, .s = s, .d = text, .rev = rev, .at = at};
	assert_ok(store_do(d->store, put_row, &r, &e), e);
	model_hub_changed(&d->model);
	free(text);
}

static struct outbox_op last_op(struct desk *d, const char *kind, struct arena *a)
{
	struct outbox_ops ops = {0};
	struct outbox_op got = {0};
	struct err e = {0};

	store_wait_idle(d->store);
	assert_ok(outbox_list(store_reader(d->store), 0, 1000, &ops, a, &e), e);
	for (size_t i = 0; i < ops.n; i++)
		if (strcmp(ops.v[i].k, kind) == 0)
			got = ops.v[i];
	vec_release(&ops);
	if (!got.id)
		fail_msg("no operation %s", kind);
	return got;
}

static json_t *body_of(const struct outbox_op *op)
{
	json_error_t why;
	json_t *o = json_loads(op->body, 0, &why);

	assert_non_null(o);
	return o;
}

static int start(void **state)
{
	struct desk *d = xcalloc(1, sizeof(*d));

	desk_start(d);
	*state = d;
	return 0;
}

static int end(void **state)
{
	desk_end(*state);
	free(*state);
	return 0;
}

// --- the line

static void test_report_draws_only_what_is_seen(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct hub_status s = {.line = HUB_ONLINE, .since = DESK_NOW, .synced_at = DESK_NOW};

	assert_int_equal(model_hub(m)->line, HUB_NONE);
	m->changed = false;
	model_hub_report(m, &s);
	assert_true(m->changed);
	m->changed = false;
	s.synced_at += 10;
	s.skew_ms = 800; // nobody is told of that
	model_hub_report(m, &s);
	assert_false(m->changed);
	assert_int_equal(model_hub(m)->skew_ms, 800);
	s.skew_ms = 2500;
	model_hub_report(m, &s);
	assert_true(m->changed);
	m->changed = false;
	s.unsent = 1;
	model_hub_report(m, &s);
	assert_true(m->changed);
}

static void test_urgency(void **state)
{
	const int64_t now = DESK_NOW;
	const struct {
		struct hub_status s;
		int want;
	} cases[] = {
		{{.line = HUB_NONE, .unsent = 99, .oldest_made = 1}, 0},
		{{.line = HUB_ONLINE}, 0},
		{{.line = HUB_ONLINE, .unsent = 3, .oldest_made = now - 59000}, 0},
		{{.line = HUB_ONLINE, .unsent = 3, .oldest_made = now - 61000}, 1},
		{{.line = HUB_ONLINE, .unsent = 3, .oldest_made = now - 901000}, 2},
		{{.line = HUB_ONLINE, .conflicts = 1}, 1},
		{{.line = HUB_ONLINE, .rejected = 1}, 2},
		{{.line = HUB_ONLINE, .skew_ms = -2001}, 1},
		{{.line = HUB_ONLINE, .skew_ms = 120001}, 2},
		{{.line = HUB_ONLINE, .need_login = true}, 2},
		{{.line = HUB_DEGRADED}, 1},
		{{.line = HUB_RECOVERING}, 1},
		{{.line = HUB_OFFLINE}, 2},
		{{.line = HUB_OFFLINE, .drill = true}, 1},
		{{.line = HUB_OFFLINE, .drill = true, .locked = true}, 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (hub_urgency(&cases[i].s, now) != cases[i].want)
			fail_msg("case %zu: %d", i, hub_urgency(&cases[i].s, now));
}

static void test_wishes(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};

	assert_false(model_hub_login(m, "li", "secret", &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_false(model_hub_drill(m, true, &e));
	model_hub_report(m, &(struct hub_status){.line = HUB_ONLINE});
	assert_false(model_hub_login(m, "li", "", &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_ok(model_hub_drill(m, true, &e), e);
	assert_ok(model_hub_login(m, "li", "wrong", &e), e);
	assert_ok(model_hub_login(m, "li", "secret", &e), e); // typed again before anybody looked
	struct hub_wish w = model_hub_take_wish(m);
	assert_true(w.drill_on && !w.drill_off);
	assert_string_equal(w.login, "li");
	assert_string_equal(w.password, "secret");
	free(w.login);
	free(w.password);
	w = model_hub_take_wish(m);
	assert_null(w.login);
	assert_false(w.drill_on);
	assert_ok(model_hub_login(m, "left", "behind", &e), e); // and is freed at the end
}

static void test_who_works_here(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};
	struct work *w = desk_call(d, "13812345678", "李雷");

	model_hub_person(m, "ag-1", "1001", "王静", "agent,supervisor,astronaut");
	assert_string_equal(m->agent_id, ME); // a contact is in hand
	assert_ok(model_note(m, w, "x", &e), e);
	assert_string_equal(last_op(d, "call.event", &a).s, "me/" ME);
	work_remove(m, w);
	model_hub_report(m, &(struct hub_status){.line = HUB_ONLINE});
	assert_string_equal(m->agent_id, "ag-1");
	assert_string_equal(m->agent_no, "1001");
	assert_string_equal(m->agent_name, "王静");
	assert_int_equal(m->roles, USER_BIT(USER_AGENT) | USER_BIT(USER_SUPERVISOR));
	desk_call(d, "13912345678", "韩梅");
	assert_string_equal(last_op(d, "call.event", &a).s, "me/ag-1");
	assert_string_equal(last_op(d, "call.event", &a).by, "ag-1");
	model_hub_person(m, "ag-1", NULL, NULL, "agent"); // roles of the same person count at once
	assert_int_equal(m->roles, USER_BIT(USER_AGENT));
	assert_string_equal(m->agent_name, "王静");
	model_hub_person(m, "ag-2", "1002", "", ""); // and who still waits at the end is forgotten
	arena_release(&a);
}

static bool join_as(struct db *db, void *arg, struct err *e)
{
	struct joined j = {.dev = "dv-1"};

	(void)arg;
	return joined_save(db, &j, e) && joined_agent(db, "ag-7", "王静", 0, e);
}

static void test_who_worked_here_last(void **state)
{
	struct desk *d = *state;
	struct err e = {0};

	assert_ok(store_do(d->store, join_as, NULL, &e), e);
	desk_close(d);
	desk_open(d);
	assert_string_equal(d->model.agent_id, "ag-7"); // before the hub is reached
	assert_string_equal(d->model.agent_name, "王静");
}

static void test_as_of(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct arena a = {0};
	char code[7], other[7];

	model_hub_report(m, &(struct hub_status){.line = HUB_ONLINE});
	assert_string_equal(model_as_of(m, 0, &a), "");
	assert_string_equal(model_as_of(m, DESK_NOW - 60000, &a), "");
	assert_string_equal(model_as_of(m, DESK_NOW - 40 * 60000, &a), "as of 10:20"); // found by a search a while ago
	model_hub_report(m, &(struct hub_status){.line = HUB_OFFLINE});
	assert_string_equal(model_as_of(m, DESK_NOW - 60000, &a), "as of 10:59");
	assert_string_equal(model_as_of(m, DESK_NOW - 24 * 3600000LL, &a), "as of 11-21 11:00");
	hub_readout_code("SHA-261122-0A7-0001-R", code);
	assert_string_equal(code, "536126");
	hub_readout_code("SHA-261122-0A7-0002-P", other);
	assert_int_equal(strlen(other), 6);
	assert_string_not_equal(code, other);
	arena_release(&a);
}

// --- rows

static void test_broadcasts(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};
	bool given;

	assert_int_equal(model_hub_rows(m)->broadcasts.n, 0);
	assert_null(model_broadcast_due(m));
	hub_says(d, "bc/SHA", "broadcast", "b1", 1, 10, "{'kind':'notice','severity':'yellow','title':'旧','require_ack':1}");
	hub_says(d, "bc/SHA", "broadcast", "b2", 1, 20, "{'kind':'red','title':'支付中断','say':'请稍候','not_say':['a','b'],'incident_id':'i1'}");
	hub_says(d, "bc/SHA", "broadcast", "b3", 1, 30, "{'kind':'red','severity':'red','title':'二','require_ack':true,'incident_id':'i2'}");
	hub_says(d, "bc/SHA", "broadcast", "b4", 1, 40, "{'kind':'notice','title':'过期','expires_at':1}");
	char *soon = xasprintf("{'kind':'notice','title':'soon','expires_at':%lld}", (long long)DESK_NOW + 5000);
	hub_says(d, "bc/SHA", "broadcast", "b5", 1, 50, soon);
	free(soon);
	const struct hub_rows *r = model_hub_rows(m);
	assert_int_equal(r->broadcasts.n, 4); // without the one out of date
	assert_string_equal(r->broadcasts.v[0].id, "b5");
	assert_string_equal(r->broadcasts.v[2].severity, "red");
	assert_string_equal(r->broadcasts.v[2].not_say, "a\nb");
	assert_string_equal(model_broadcast_due(m)->id, "b2"); // the oldest of the red ones
	assert_ok(model_broadcast_ack(m, "b2", &e), e);
	assert_string_equal(model_broadcast_due(m)->id, "b3"); // at once, before the disk is asked
	assert_false(model_broadcast_ack(m, "b2", &e));
	struct outbox_op op = last_op(d, "broadcast.ack", &a);
	assert_string_equal(op.e, "b2");
	assert_string_equal(op.s, "bc/SHA");
	assert_string_equal(op.base, "4:1");
	assert_ok(seen_given(store_reader(d->store), "b2", ME, &given, &e), e);
	assert_true(given);
	assert_true(model_hub_rows(m)->broadcasts.v[2].acked); // read again with the commit in it
	hub_says(d, "bc/SHA", "broadcast", "b6", 1, 60, "{'kind':'clear','title':'恢复','incident_id':'i2'}");
	assert_string_equal(model_broadcast_due(m)->id, "b1"); // the clear ends b3
	clock_fake_add(&d->clock, 6000);
	r = model_hub_rows(m);
	for (size_t i = 0; i < r->broadcasts.n; i++)
		assert_string_not_equal(r->broadcasts.v[i].id, "b5"); // it ran out meanwhile
	assert_false(model_broadcast_ack(m, "b5", &e));
	arena_release(&a);
}

#define CONFLICT(mine_by, owner, more)                                                                                            \
	"{'about':{'t':'ticket','e':'t1','no':'SHA-1'},'reason':'text','fields':{'title':{'base':'a','mine':'我的 13812345678',"   \
	"'theirs':'b'},'priority':{'base':3,'mine':2,'theirs':null}},'mine_by':'" mine_by "','theirs_by':'a9','state':'open','owner':'" owner "'" more "}"

static void test_conflicts(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};

	hub_says(d, "q/pay", "ticket", "t1", 7, 5, "{'no':'SHA-1'}");
	hub_says(d, "q/pay", "conflict", "c1", 2, 10, CONFLICT(ME, "a9", ""));
	hub_says(d, "q/pay", "conflict", "c2", 1, 20, CONFLICT("a8", "a9", ""));
	hub_says(d, "q/pay", "conflict", "c3", 1, 30, CONFLICT("a8", ME, ""));
	hub_says(d, "q/pay", "conflict", "c4", 1, 40, CONFLICT("a8", "supervisor", ",'due_at':1"));
	hub_says(d, "q/pay", "conflict", "c5", 1, 50, "{'mine_by':'" ME "','state':'settled','fields':{}}");
	const struct hub_rows *r = model_hub_rows(m);
	assert_int_equal(r->conflicts.n, 2); // mine, and that I own; not a colleague's, not the supervisor's
	assert_string_equal(r->conflicts.v[0].id, "c1");
	assert_true(r->conflicts.v[0].own);
	assert_false(r->conflicts.v[1].own);
	const struct conflict_row *c = &r->conflicts.v[0];
	assert_string_equal(c->about_no, "SHA-1");
	assert_int_equal(c->n_fields, 2);
	assert_string_equal(c->fields[0].label, "Title");
	assert_string_equal(c->fields[0].mine, "我的 138****5678");
	assert_string_equal(c->fields[1].mine, "P2");
	assert_string_equal(c->fields[1].theirs, "");
	m->roles = USER_BIT(USER_SUPERVISOR);
	model_hub_changed(m);
	assert_int_equal(model_hub_rows(m)->conflicts.n, 3);
	m->roles = 0;
	// Every field must be chosen; then it is one operation that names what was looked at.
	struct conflict_choice ch[] = {{"title", CONFLICT_MINE, NULL}, {"priority", CONFLICT_OPEN, NULL}};
	assert_false(model_conflict_settle(m, "c1", ch, 2, &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_false(model_conflict_settle(m, "c1", ch, 1, &e));
	ch[1] = (struct conflict_choice){"priority", CONFLICT_OTHER, "4"};
	assert_ok(model_conflict_settle(m, "c1", ch, 2, &e), e);
	struct outbox_op op = last_op(d, "conflict.settle", &a);
	assert_string_equal(op.body, "{\"choice\":{\"title\":\"mine\",\"priority\":{\"value\":4}},\"revs\":{\"about\":7,\"conflict\":2}}");
	assert_string_equal(op.base, "4:2");
	assert_string_equal(op.s, "q/pay");
	assert_int_equal(model_hub_rows(m)->conflicts.n, 1); // it is on its way
	assert_false(model_conflict_settle(m, "nothing", ch, 2, &e));
	arena_release(&a);
}

static bool refuse(struct db *db, void *arg, struct err *e)
{
	return outbox_mark(db, *(int64_t *)arg, OUTBOX_REJECTED, "{\"r\":\"rejected\",\"why\":\"forbidden\"}", NULL, 0, 1, e);
}

static void test_refused(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};
	struct work *w = desk_call(d, "13812345678", "李雷");

	assert_ok(model_ticket_create(m, w, "退款", &e), e);
	struct outbox_op op = last_op(d, "ticket.new", &a);
	assert_ok(store_do(d->store, refuse, &op.n, &e), e);
	model_hub_changed(m);
	const struct hub_rows *r = model_hub_rows(m);
	assert_int_equal(r->refused.n, 1);
	assert_int_equal(r->refused.v[0].n, op.n);
	assert_string_equal(r->refused.v[0].about, work_ticket_no(w));
	assert_string_equal(r->refused.v[0].why, "You had no right to do that when the hub looked at it");
	assert_ok(model_refused_seen(m, op.n, &e), e);
	store_wait_idle(d->store);
	assert_int_equal(model_hub_rows(m)->refused.n, 0);
	assert_false(model_refused_seen(m, op.n, &e));
	arena_release(&a);
}

// --- what the hub is told

static void test_work_is_told_as_what_it_is(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};

	model_hub_report(m, &(struct hub_status){.line = HUB_ONLINE});
	struct work *w = desk_call(d, "13812345678", "李雷");
	struct outbox_op op = last_op(d, "call.put", &a);
	json_t *o = body_of(&op);
	assert_string_equal(json_string_value(json_object_get(o, "state")), "connected");
	assert_string_equal(json_string_value(json_object_get(o, "agent_id")), ME);
	assert_string_equal(json_string_value(json_object_get(o, "origin")), "0A7");
	assert_true(json_is_integer(json_object_get(o, "version")));
	assert_int_equal(json_integer_value(json_object_get(o, "connected_at")), DESK_NOW);
	int64_t put_n = op.n;
	json_decref(o);
	assert_string_equal(op.by, ME);
	assert_false(op.off);
	assert_null(op.base);
	op = last_op(d, "customer.set", &a);
	assert_non_null(strstr(op.body, "{\"set\":{\"display_name\":\"李雷\""));
	assert_int_equal(op.s[strlen(op.s) - 1], op.e[strlen(op.e) - 1]);
	assert_ok(model_hold(m, w, &e) && model_resume(m, w, &e) && model_note(m, w, "请核对", &e), e);
	assert_int_equal(last_op(d, "call.put", &a).n, put_n); // not at every event
	model_hub_report(m, &(struct hub_status){.line = HUB_OFFLINE});
	assert_ok(model_ticket_create(m, w, "退款", &e), e);
	op = last_op(d, "ticket.new", &a);
	assert_true(op.off);
	assert_ok(model_hangup(m, w, &e), e);
	op = last_op(d, "call.put", &a);
	assert_true(op.n > put_n);
	o = body_of(&op);
	assert_string_equal(json_string_value(json_object_get(o, "state")), "wrap_up");
	json_decref(o);
	arena_release(&a);
}

static void test_a_new_state_is_a_patch(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};
	struct work *w = desk_call(d, "13812345678", "李雷");

	assert_ok(model_need(m, w, "账户被冻结，无法付款", &e), e);
	assert_ok(model_ticket_create(m, w, "账户冻结", &e), e);
	struct outbox_op made = last_op(d, "ticket.new", &a);
	hub_says(d, made.s, "ticket", made.e, 3, 5, "{'no':'x'}");
	assert_ok(model_restate(m, w, "账户被冻结", true, &e), e);
	assert_ok(model_classify(m, w, "account.freeze", &e), e);
	if (!model_escalate(m, w, "urgent_review", "先核实身份，再解除冻结并电话回复客户", "请立即批准", &e))
		fail_msg("%s", e.msg);
	struct outbox_op op = last_op(d, "ticket.set", &a);
	assert_string_equal(op.body, "{\"set\":{\"state\":\"escalated\"},\"was\":{\"state\":\"open\"}}");
	assert_string_equal(op.e, made.e);
	assert_string_equal(op.s, made.s);
	assert_string_equal(op.base, "4:3");
	assert_string_equal(op.by, ME);
	op = last_op(d, "escalation.new", &a);
	json_t *o = body_of(&op);
	assert_string_equal(json_string_value(json_object_get(o, "ticket_id")), made.e);
	json_decref(o);
	arena_release(&a);
}

static void test_callbacks_are_told(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};
	struct work *w = desk_call(d, "13812345678", "李雷");

	assert_ok(model_callback(m, w, DESK_NOW + 3600000, "明天回电", &e), e);
	struct outbox_op op = last_op(d, "callback.set", &a);
	json_t *o = body_of(&op);
	assert_string_equal(json_string_value(json_object_get(o, "owner_id")), ME);
	assert_int_equal(json_integer_value(json_object_get(o, "due_at")), DESK_NOW + 3600000);
	assert_string_equal(json_string_value(json_object_get(o, "promised_text")), "明天回电");
	json_decref(o);
	assert_ok(model_callback_done(m, op.e, &e), e);
	op = last_op(d, "callback.set", &a);
	assert_string_equal(op.body, "{\"set\":{\"status\":\"done\",\"attempts\":1},\"was\":{\"status\":\"open\",\"attempts\":0}}");
	arena_release(&a);
}

// The line of a repeated fault has the id of its operation, so that it is not written again when the hub sends it.
static void test_a_report_is_one_line(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};
	struct ticket_log lines = {0};

	assert_ok(model_fault(m, NULL, "headset", "没有声音", &e), e);
	store_wait_idle(d->store);
	assert_ok(model_fault(m, NULL, "headset", "还是没有", &e), e);
	struct outbox_op op = last_op(d, "ticket.note", &a);
	assert_ok(ticket_event_list(store_reader(d->store), op.e, &lines, &a, &e), e);
	assert_string_equal(lines.v[lines.n - 1].ref, op.id);
	vec_release(&lines);
	arena_release(&a);
}

// A record as long as a day of chat: what an operation may hold.
static void test_a_long_record_is_cut(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};
	char text[900];
	struct work *w = desk_call(d, "13812345678", "李雷");

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 90; i++)
		assert_ok(model_note(m, w, text, &e), e);
	assert_ok(model_hangup(m, w, &e), e);
	struct outbox_op op = last_op(d, "call.put", &a);
	assert_true(strlen(op.body) < WIRE_OP_BYTES);
	json_t *o = body_of(&op);
	assert_true(json_is_true(json_object_get(o, "cut")));
	assert_null(json_object_get(o, "notes"));
	assert_non_null(json_object_get(o, "messages"));
	json_decref(o);
	assert_int_equal(m->save.failed, false);
	arena_release(&a);
}

#define with_desk(fn) cmocka_unit_test_setup_teardown(fn, start, end)

// Red goes out while the hub is there, with words to say, from a supervisor; or not at all.
static void test_who_sends_what(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct broadcast_draft red = {.severity = BROADCAST_RED, .title = "支付通道中断", .say = "我们正在处理", .minutes = 60};
	struct broadcast_draft note = {.severity = BROADCAST_NOTICE, .title = "午间例会改到三点", .minutes = 30};
	struct arena a = {0};
	struct err e = {0};

	model_hub_report(m, &(struct hub_status){.line = HUB_ONLINE});
	m->roles = USER_BIT(USER_AGENT);
	assert_false(model_broadcast_send(m, &note, &e));
	assert_int_equal(e.code, ERR_DENIED);
	m->roles = USER_BIT(USER_QA);
	assert_false(model_broadcast_send(m, &red, &e));
	assert_int_equal(e.code, ERR_DENIED);
	m->roles = USER_BIT(USER_TEAM_LEAD);
	assert_true(model_broadcast_asks(m, BROADCAST_RED));
	assert_false(model_broadcast_asks(m, BROADCAST_ORANGE));
	assert_ok(model_broadcast_send(m, &red, &e), e); // asked for, not sent
	struct outbox_op asked = last_op(d, "broadcast.request", &a);
	assert_string_equal(asked.t, "broadcast_request");
	assert_ok(model_broadcast_send(m, &note, &e), e);
	json_t *body = json_loads(last_op(d, "broadcast.new", &a).body, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(body, "kind")), "notice");
	assert_null(json_object_get(body, "severity"));
	json_decref(body);
	m->roles = USER_BIT(USER_SUPERVISOR);
	assert_false(model_broadcast_asks(m, BROADCAST_RED));
	assert_ok(model_broadcast_send(m, &red, &e), e);
	body = json_loads(last_op(d, "broadcast.new", &a).body, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(body, "severity")), "red");
	assert_true(json_is_true(json_object_get(body, "require_ack"))); // red always
	assert_string_equal(json_string_value(json_object_get(body, "say")), "我们正在处理");
	json_decref(body);
	red.say = "  ";
	assert_false(model_broadcast_send(m, &red, &e));
	assert_int_equal(e.code, ERR_USAGE);
	red.say = "说";
	model_hub_report(m, &(struct hub_status){.line = HUB_OFFLINE});
	assert_false(model_broadcast_send(m, &red, &e)); // it would come too late
	note.minutes = 0;
	assert_false(model_broadcast_send(m, &note, &e));
	model_hub_report(m, &(struct hub_status){0});
	assert_false(model_broadcast_may(m, BROADCAST_NOTICE)); // no hub, nobody to tell
	arena_release(&a);
}

static void asked_for(struct desk *d, const char *id, const char *by, const char *more)
{
	char *doc = xasprintf("{'title':'支付中断','say':'正在处理','requested_by':'%s','requested_at':%lld,'lapses_at':%lld,'at':%lld,"
			      "'expires_at':%lld,%s}", by, (long long)DESK_NOW, (long long)DESK_NOW + 3600000, (long long)DESK_NOW,
			      (long long)DESK_NOW + 1800000, more);

	hub_says(d, "bc/TSH", "broadcast_request", id, 1, DESK_NOW, doc);
	free(doc);
}

// Who asks waits, another supervisor decides, nobody else sees it; decided, it is off the list at once.
static void test_who_decides_what_is_asked_for(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct arena a = {0};
	struct err e = {0};

	model_hub_report(m, &(struct hub_status){.line = HUB_ONLINE});
	m->roles = USER_BIT(USER_AGENT);
	asked_for(d, "r1", "tl", "'state':'open'");
	asked_for(d, "r2", ME, "'state':'open'");
	asked_for(d, "r3", ME, "'state':'declined','decided_by':'sv','decision_text':'不够'");
	asked_for(d, "r4", "tl", "'state':'declined','decided_by':'sv','decision_text':'不够'");
	assert_int_equal(model_hub_rows(m)->requests.n, 0);
	m->roles = USER_BIT(USER_TEAM_LEAD);
	model_hub_changed(m);
	const struct hub_rows *r = model_hub_rows(m);
	assert_int_equal(r->requests.n, 3);
	for (size_t i = 0; i < r->requests.n; i++)
		assert_false(r->requests.v[i].decides);
	assert_int_equal(r->requests.v[0].minutes, 30);
	assert_string_equal(r->requests.v[2].why, "不够");
	assert_false(model_request_decide(m, "r1", true, NULL, &e));
	assert_int_equal(e.code, ERR_DENIED);
	m->roles = USER_BIT(USER_SUPERVISOR);
	model_hub_changed(m);
	assert_true(model_hub_rows(m)->requests.v[0].decides);
	assert_false(model_request_decide(m, "r2", true, NULL, &e)); // their own
	assert_int_equal(e.code, ERR_DENIED);
	assert_false(model_request_decide(m, "r1", false, "  ", &e));
	assert_int_equal(e.code, ERR_USAGE);
	model_hub_report(m, &(struct hub_status){.line = HUB_OFFLINE});
	assert_false(model_request_decide(m, "r1", true, NULL, &e));
	model_hub_report(m, &(struct hub_status){.line = HUB_ONLINE});
	assert_ok(model_request_decide(m, "r1", false, " 只有一通 ", &e), e);
	assert_int_equal(model_hub_rows(m)->requests.n, 2);
	struct outbox_op op = last_op(d, "broadcast.decide", &a);
	json_t *body = body_of(&op);
	assert_string_equal(json_string_value(json_object_get(body, "decision")), "decline");
	assert_string_equal(json_string_value(json_object_get(body, "decision_text")), "只有一通");
	json_decref(body);
	assert_int_equal(model_hub_rows(m)->requests.n, 2); // read again with the operation under way
	assert_false(model_request_decide(m, "r1", true, NULL, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	clock_fake_add(&d->clock, 3600001);
	assert_int_equal(model_hub_rows(m)->requests.n, 0); // lapsed
	arena_release(&a);
}

// --- the lease is over: customer data is closed, the work goes on

#define CUSTOMER "0190b2a4-0000-7000-8000-00000000c001"

static bool put_ticket(struct db *db, void *arg, struct err *e)
{
	return ticket_put(db, &(struct ticket){.id = "0190b2a4-0000-7000-8000-0000000d0001", .no = "TSHA0A7261122000901", .state = "open",
					       .kind = "request", .title = "王静的退款", .customer_id = CUSTOMER, .owner_id = arg, .priority = 3,
					       .impact = 2, .urgency = 2, .stamp = {.created_at = 1, .updated_at = 1}, .version = 1, .doc = "{}"}, e);
}

// A contact with this customer that is over, a ticket of theirs; gives the contact's id.
static char *customer_past(struct desk *d)
{
	struct err e = {0};

	desk_customer(d, CUSTOMER, "{\"display_name\":\"王静\",\"tier\":\"gold\",\"phones\":[{\"e164\":\"+8613812345678\"}]}");
	assert_ok(store_do(d->store, put_ticket, d->model.agent_id, &e), e);
	struct work *w = desk_call(d, "13812345678", NULL);
	assert_string_equal(w->card.name, "王静");
	char *id = xstrdup(w->contact->id);
	assert_ok(model_hangup(&d->model, w, &e), e);
	store_wait_idle(d->store);
	return id;
}

static void is_closed(struct desk *d, bool shut)
{
	struct model *m = &d->model;
	struct customers found = {0};
	struct arena a = {0};
	struct err e = {0};

	assert_int_equal(model_customer_find(m, "13812345678", &found, &a, &e), !shut);
	assert_int_equal(found.n, !shut);
	assert_int_equal(e.code, shut ? ERR_DENIED : ERR_NONE);
	vec_release(&found);
	model_refresh_home(m);
	assert_int_equal(m->home.tickets.n, 1);
	assert_string_equal(m->home.tickets.v[0].no, "TSHA0A7261122000901"); // its number and state stand
	assert_string_equal(m->home.tickets.v[0].title, shut ? "" : "王静的退款");
	assert_ok(model_refresh_past(m, &e), e);
	assert_true(m->past.rows.n >= 1);
	for (size_t i = 0; i < m->past.rows.n; i++)
		assert_int_equal(*m->past.rows.v[i].who == '\0', shut);
	arena_release(&a);
}

static void test_locked(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct hub_status s = {.line = HUB_OFFLINE};
	struct arena a = {0};
	struct err e = {0};
	char *over = customer_past(d);
	struct work *w = desk_call(d, "13812345678", NULL);

	hub_says(d, "q/pay", "ticket", "t1", 7, 5, "{'no':'SHA-1'}");
	hub_says(d, "q/pay", "conflict", "c1", 2, 10, CONFLICT(ME, "a9", ""));
	model_hub_report(m, &s);
	is_closed(d, false);
	assert_true(w->card.known);
	assert_int_equal(model_hub_rows(m)->conflicts.v[0].n_fields, 2);
	model_draft(m, w, "base.need", "退款", 6);
	s.locked = true;
	model_hub_report(m, &s);
	is_closed(d, true);
	// The card that stood on the screen is gone, the contact in hand is not.
	assert_false(w->card.known);
	assert_int_equal(w->card.tickets.n + w->card.contacts.n, 0);
	assert_null(strstr(w->card.name, "王静"));
	assert_false(model_customer_attach(m, w, CUSTOMER, &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_false(model_customer_create(m, w, "李雷", "13900000000", &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_string_equal(model_line(m, w, (struct label){"{customer.name}", "{customer.name}"}, &a), "……");
	// Neither what is over, nor the values of a conflict; what is not there is refused like what is.
	assert_false(model_open_past(m, "0190b2a4-0000-7000-8000-0000000000ff", &e));
	assert_int_equal(e.code, ERR_DENIED);
	store_wait_idle(d->store);
	assert_false(model_correct(m, "0190b2a4-0000-7000-8000-0000000000ff", "x", &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_int_equal(model_hub_rows(m)->conflicts.n, 1);
	assert_string_equal(model_hub_rows(m)->conflicts.v[0].about_no, "SHA-1");
	const struct conflict_field *field = model_hub_rows(m)->conflicts.v[0].fields;
	assert_string_equal(field[0].label, "Title");
	assert_true(!field[0].base && !field[0].mine && !field[0].theirs);
	assert_false(model_conflict_settle(m, "c1", (struct conflict_choice[]){{"title", CONFLICT_MINE, NULL}, {"priority", CONFLICT_MINE, NULL}}, 2, &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_string_equal(model_draft_of(w, "base.need")->text, "退款");
	assert_ok(model_need(m, w, "退款", &e), e);
	assert_ok(model_hangup(m, w, &e), e);
	// A call that comes now is taken: who it is cannot be looked up.
	struct work *next = desk_call(d, "13812345678", NULL);
	assert_false(next->card.known);
	assert_null(next->contact->customer_id);
	assert_false(m->save.failed);
	s.locked = false; // somebody has logged in
	model_hub_report(m, &s);
	is_closed(d, false);
	assert_true(w->card.known);
	assert_string_equal(model_hub_rows(m)->conflicts.v[0].fields[0].mine, "我的 138****5678");
	arena_release(&a);
	free(over);
}

static bool put_lease(struct db *db, void *arg, struct err *e)
{
	(void)arg;
	return meta_set_int(db, "lease_until", DESK_NOW - 1, e) && meta_set_int(db, "last_hub_time", DESK_NOW - 72 * 3600000LL - 1, e) &&
	       meta_set_int(db, "hub_wall_at", DESK_NOW - 72 * 3600000LL - 1, e) && meta_set_int(db, "wall_seen", DESK_NOW - 9, e);
}

// The program starts when the lease is over already: nothing is shown until the hub is heard.
static void test_locked_from_the_start(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	char *over = customer_past(d);

	for (size_t i = d->model.works.n; i-- > 0;)
		assert_string_equal(d->model.works.v[i]->contact->id, over); // in wrap-up, comes back
	assert_ok(store_do(d->store, put_lease, NULL, &e), e);
	desk_close(d);
	desk_open(d);
	is_closed(d, true);
	assert_int_equal(d->model.works.n, 1);
	assert_false(d->model.works.v[0]->card.known);
	free(over);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_desk(test_report_draws_only_what_is_seen), cmocka_unit_test(test_urgency), with_desk(test_wishes),
		with_desk(test_as_of), with_desk(test_broadcasts), with_desk(test_who_sends_what), with_desk(test_who_decides_what_is_asked_for), with_desk(test_conflicts), with_desk(test_refused),
		with_desk(test_work_is_told_as_what_it_is), with_desk(test_a_new_state_is_a_patch), with_desk(test_callbacks_are_told),
		with_desk(test_a_report_is_one_line), with_desk(test_a_long_record_is_cut),
		with_desk(test_locked), with_desk(test_locked_from_the_start), with_desk(test_who_works_here), with_desk(test_who_worked_here_last),
	};

	return cmocka_run_group_tests_name("work hub", tests, NULL, NULL);
}
