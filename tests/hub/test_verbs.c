// SPDX-License-Identifier: MIT
// Tests every operation of verbs.def: somebody who may, somebody who may not; and what is special about some.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/hub/apply.h"
#include "tests/hub/ruletest.h"

#define TICKET "11111111-0000-7000-8000-000000000001"
#define FREE "11111111-0000-7000-8000-000000000002"
#define CUST "22222222-0000-7000-8000-000000000003"
#define CUST2 "22222222-0000-7000-8000-000000000004"
#define ESC "33333333-0000-7000-8000-000000000005"
#define NOTE "44444444-0000-7000-8000-000000000006"
#define RED "55555555-0000-7000-8000-000000000007"
#define CALL "66666666-0000-7000-8000-000000000008"
#define PROP "77777777-0000-7000-8000-000000000009"
#define ASKED "88888888-0000-7000-8000-00000000000b"
#define NEW "99999999-0000-7000-8000-00000000000a"
#define TEXT "'text':{'title':'T','body':'B'}"

// Each kind once for somebody who may and once for somebody who may not (after "/" several of them).
static const struct row {
	const char *k, *t, *e, *s, *body, *may, *may_not, *refused; // refused NULL: forbidden
} rows[] = {
	{"call.event", "interaction", CALL, "me/ag", "{'type':'note','seq':1,'t_ms':0,'at':1,'data':{}}", "ag", "te", NULL},
	{"call.put", "interaction", NEW, "me/%", "{'agent_id':'%','version':1,'state':'closed','closed_at':1}", "ag", "te", NULL},
	{"callback.set", "callback", NEW, "me/%", "{'due_at':1,'status':'open'}", "ag", "te", NULL},
	{"ticket.new", "ticket", NEW, "q/q1", "{'queue_code':'q1','state':'new'}", "qa", "tr", NULL},
	{"ticket.set", "ticket", TICKET, "q/q1", "{'set':{'impact':1}}", "ag", "ag2", NULL},
	{"ticket.element", "ticket", TICKET, "q/q1", "{'add':{'tags':['x']}}", "tl", "tlb", NULL},
	{"ticket.note", "ticket", TICKET, "q/q1", "{'text':'n'}", "ag2", "ke", NULL},
	{"ticket.take", "ticket", FREE, "q/q1", "{'fence':0}", "ag2", "agb/qa/te/ad", NULL},
	{"ticket.release", "ticket", TICKET, "q/q1", "{'fence':0,'reason':'r'}", "ag", "ag2/tlb/qa/te", NULL},
	{"ticket.assign", "ticket", TICKET, "q/q1", "{'fence':0,'owner_id':'ag2'}", "tl", "tlb/qa/te/ad", NULL},
	{"note.set", "note", NOTE, "q/q1", "{'set':{'text':'m'}}", "ag", "tl", NULL},
	{"note.delete", "note", NOTE, "q/q1", "{'reason':'r'}", "ag", "sv", NULL},
	{"customer.set", "customer", CUST, "cust/SHA/3", "{'set':{'gender':'f'}}", "ag", "qa", NULL},
	{"customer.element", "customer", CUST, "cust/SHA/3", "{'add':{'flags':['elderly']}}", "ag", "ke", NULL},
	{"customer.merge", "customer", CUST, "cust/SHA/3", "{'into':'" CUST2 "'}", "sv", "tl", NULL},
	{"escalation.new", "escalation", NEW, "me/%", "{'kind':'complaint','level':1,'ticket_id':'" TICKET "','state':'submitted'}", "qa", "tr", NULL},
	{"escalation.set", "escalation", ESC, "q/q1", "{'set':{'state':'withdrawn'}}", "ag", "ag2", NULL},
	{"escalation.decide", "escalation", ESC, "q/q1", "{'decision':'approve'}", "tl", "tlb", NULL},
	{"broadcast.new", "broadcast", NEW, "bc/SHA", "{'kind':'notice','title':'x'}", "tr", "ag", NULL},
	{"broadcast.request", "broadcast_request", NEW, "bc/SHA", "{'title':'x'}", "tl", "ag/qa/ad", NULL},
	{"broadcast.decide", "broadcast_request", ASKED, "bc/SHA", "{'decision':'approve'}", "sv", "tl/tlb/ad", NULL},
	{"broadcast.ack", "broadcast", RED, "bc/SHA", "{}", "te", NULL, NULL},
	{"agent.set", "agent", "ag", "dir/SHA", "{'set':{'roles':['team_lead']}}", "ad", "sv", NULL},
	{"team.set", "team", "t3", "dir/SHA", "{'set':{'name':'three'}}", "sv", "tl", NULL},
	{"queue.set", "queue", "q3", "dir/SHA", "{'set':{'code':'q3'}}", "ad", "tl", NULL},
	{"skill.set", "skill", "en", "dir/SHA", "{'set':{'label':'English'}}", "sv", "ag", NULL},
	{"site.set", "site", "SHA", "dir/SHA", "{'set':{'customer_streams':false}}", "ad", "sv", NULL},
	{"pack.put", "pack", "finance", "cfg/SHA", "{'version':2}", "ad", "sv", NULL},
	{"script.propose", "proposal", NEW, "cfg/SHA", "{'doc':{}}", "ag", "te", NULL},
	{"form.propose", "proposal", NEW, "cfg/SHA", "{'doc':{}}", "ke", "ad", NULL},
	{"scenario.propose", "proposal", NEW, "cfg/SHA", "{'doc':{}}", "tr", "ad", NULL},
	{"proposal.decide", "proposal", PROP, "cfg/SHA", "{'decision':'accept'}", "sv", "ke", NULL},
	{"kb.receipt", "read_receipt", "KB-1", "kb/all", "{'object_kind':'article','object_id':'KB-1','version':1,'agent_id':'x','at':1}", "te", NULL, NULL},
	{"kb.suggest", "article", "KB-1", "kb/all", "{'article':'KB-1','text':'better'}", "te", NULL, NULL},
	{"kb.confirm_valid", "article", "KB-1", "kb/all", "{'article':'KB-1','version':1}", "ag", NULL, NULL},
	{"kb.learn", "interaction", CALL, "kb/all", "{'call':'" CALL "','agent':'ag','at':1,'phrasings':[{'id':'p1','article':'KB-1','text':'t'}]}", "ag", NULL, NULL},
	{"kb.forget", "phrasing", "x", "kb/all", "{'by':'ke','at':1,'phrasings':[{'id':'p9','article':'KB-1','text':'t'}]}", "ke", "ag/sv", NULL},
	{"kb.again", "phrasing", "x", "kb/all", "{'by':'ke','at':1,'phrasings':[{'id':'p8','article':'KB-1','text':'t'}]}", "ke", "ag/te", NULL},
	{"kb.save", "article", "KB-2", "kb/all", "{'article':'KB-2'," TEXT "}", "ag", "te/ad", NULL},
	{"kb.submit", "article", "KB-D", "kb/all", "{'article':'KB-D'}", "ag", "ag2/te", NULL},
	{"kb.return", "article", "KB-R", "kb/all", "{'article':'KB-R','note':'more'}", "ke", "tl/te", NULL},
	{"kb.approve", "article", "KB-R", "kb/all", "{'article':'KB-R'}", "sv", "tl/qa/ad", NULL},
	{"kb.discard", "article", "KB-D", "kb/all", "{'article':'KB-D'}", "ag", "tl/te", NULL},
	{"kb.retire", "article", "KB-1", "kb/all", "{'article':'KB-1','note':'old'}", "ke", "ag/tr", NULL},
	{"kb.restore", "article", "KB-A", "kb/all", "{'article':'KB-A'}", "sv", "ag", NULL},
	{"kb.hide", "article", "KB-1", "kb/all", "{'article':'KB-1','note':'wrong'}", "sv", "ke/ag", NULL},
	{"kb.confirm", "article", "KB-1", "kb/all", "{'article':'KB-1'}", "ke", "sv/ag", NULL},
	{"kb.flag", "article", "KB-1", "kb/all", "{'article':'KB-1','note':'doubtful'}", "ke", "ag", NULL},
	{"kb.vote_up", "article", "KB-1", "kb/all", "{'article':'KB-1'}", "te", NULL, NULL},
	{"kb.vote_down", "article", "KB-1", "kb/all", "{'article':'KB-1'}", "ag", NULL, NULL},
	{"kb.use", "article", "KB-1", "kb/all", "{'article':'KB-1'}", "ag", NULL, NULL},
	{"kb.gap", "article", NEW, "kb/all", "{'query':'how','by':'ag'}", "ag", NULL, NULL},
	{"kb.gap_accept", "article", NEW, "kb/all", "{'gap_id':'g1'}", "ke", "ag/sv", NULL},
	{"kb.gap_draft", "article", "KB-7", "kb/all", "{'article':'KB-7','gap_id':'g1'," TEXT "}", "ke", "ag", NULL},
	{"kb.gap_duplicate", "article", NEW, "kb/all", "{'gap_id':'g1','other':'KB-1'}", "ke", "ag", NULL},
	{"kb.gap_reject", "article", NEW, "kb/all", "{'gap_id':'g1','note':'no'}", "ke", "sv", NULL},
	{"kb.gap_reopen", "article", NEW, "kb/all", "{'gap_id':'g2'}", "ke", "sv", NULL},
	{"conflict.settle", "conflict", "none", "q/q1", "{'choice':{},'revs':{'about':1,'conflict':1}}", NULL, "ag", "rejected not-found"},
};

static void furnish(struct site *x)
{
	static const struct {
		const char *site, *t, *e, *s, *doc;
	} things[] = {
		{"SHA", "ticket", TICKET, "q/q1", "{\"queue_code\":\"q1\",\"state\":\"open\",\"owner_id\":\"ag\",\"no\":\"N\"}"},
		{"SHA", "ticket", FREE, "q/q1", "{\"queue_code\":\"q1\",\"state\":\"new\"}"},
		{"SHA", "customer", CUST, "cust/SHA/3", "{\"display_name\":\"a\"}"},
		{"SHA", "customer", CUST2, "cust/SHA/4", "{\"display_name\":\"b\"}"},
		{"SHA", "escalation", ESC, "q/q1",
		 "{\"kind\":\"complaint\",\"level\":1,\"state\":\"submitted\",\"from_id\":\"ag\",\"ticket_id\":\"" TICKET "\"}"},
		{"SHA", "note", NOTE, "q/q1", "{\"text\":\"n\",\"ticket_id\":\"" TICKET "\",\"author_id\":\"ag\"}"},
		{"SHA", "broadcast", RED, "bc/SHA", "{\"kind\":\"red\"}"},
		{"SHA", "broadcast_request", ASKED, "bc/SHA", "{\"title\":\"x\",\"requested_by\":\"tl\",\"state\":\"open\",\"lapses_at\":99999999999999}"},
		{"SHA", "proposal", PROP, "cfg/SHA", "{\"state\":\"open\",\"author_id\":\"tr\"}"},
		{"*", "article", "KB-1", "kb/all",
		 "{\"id\":\"KB-1\",\"ver\":1,\"state\":\"published\",\"doc\":{\"title\":\"O\"},\"author\":\"tr\"}"},
		{"*", "article", "KB-A", "kb/all",
		 "{\"id\":\"KB-A\",\"ver\":1,\"state\":\"archived\",\"doc\":{\"title\":\"O\"},\"author\":\"tr\"}"},
		{"*", "article", "KB-D", "kb/all",
		 "{\"id\":\"KB-D\",\"ver\":0,\"draft\":{\"doc\":{\"title\":\"O\"},\"state\":\"draft\",\"author\":\"ag\","
		 "\"writers\":[\"ag\"],\"base_ver\":0}}"},
		{"*", "article", "KB-R", "kb/all",
		 "{\"id\":\"KB-R\",\"ver\":0,\"draft\":{\"doc\":{\"title\":\"O\"},\"state\":\"in_review\",\"author\":\"ag\","
		 "\"writers\":[\"ag\"],\"base_ver\":0}}"},
		{"*", "gap", "g1", "kb/all", "{\"state\":\"new\"}"},
		{"*", "gap", "g2", "kb/all", "{\"state\":\"rejected\"}"},
		{"*", "phrasing", "p8", "kb/all", "{\"id\":\"p8\",\"withdrawn\":true,\"by_hand\":true}"},
	};

	for (size_t i = 0; i < sizeof(things) / sizeof(*things); i++)
		hubtest_put(x->t.s, things[i].site, things[i].t, things[i].e, things[i].s, things[i].doc);
}

// % stands for the agent.
static char *with_agent(const char *text, const char *agent)
{
	struct str b = {0};

	for (; *text; text++)
		*text == '%' ? str_add(&b, agent) : str_addc(&b, *text);
	return str_take(&b);
}

static void run_row(const struct row *r, const char *agent, const char *want)
{
	struct site x;
	struct seat s;
	char *body = with_agent(r->body, agent), *stream = with_agent(r->s, agent);

	site_open(&x);
	furnish(&x);
	seat_open(&s, &x, agent);
	bool edit = strcmp(r->k, "call.put") && strncmp(r->k, "kb.", 3);
	const char *base = edit && site_has(&x, r->t, r->e) ? "1:1" : NULL;
	int64_t before = site_places(&x);
	const char *got = seat_do(&s, r->k, r->t, r->e, stream, base, body);
	if (strcmp(got, want) != 0)
		fail_msg("%s by %s: %s, not %s", r->k, agent, got, want);
	if ((site_places(&x) == before) != (strcmp(want, "applied") != 0))
		fail_msg("%s by %s: %s, and %lld places were taken", r->k, agent, got, (long long)(site_places(&x) - before));
	seat_close(&s);
	site_close(&x);
	free(body);
	free(stream);
}

static void test_every_verb(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *r = &rows[i];
		if (r->may)
			run_row(r, r->may, "applied");
		struct sv rest = sv(r->may_not), one;
		while (r->may_not && sv_split(&rest, '/', &one)) {
			char *agent = xstrndup(one.p, one.n);
			run_row(r, agent, r->refused ? r->refused : "rejected forbidden");
			free(agent);
		}
	}
}

static void test_the_table_is_complete(void **state)
{
	static const char *const kinds[] = {
#define VERB(kind, t, shape, right) kind,
#include "src/hub/verbs.def"
#undef VERB
	};

	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		bool found = false;
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
			found = found || strcmp(rows[i].k, kinds[k]) == 0;
		if (!found)
			fail_msg("%s is not tested", kinds[k]);
	}
}

static void test_wrong_shapes(void **state)
{
	static const struct {
		const char *k, *t, *body;
	} bad[] = {
		{"ticket.frobnicate", "ticket", "{}"},
		{"ticket.set", "customer", "{'set':{}}"},
		{"ticket.set", "ticket", "{'set':[1]}"},
		{"ticket.set", "ticket", "{'set':{'impact':1},'was':3}"},
		{"ticket.new", "ticket", "{}"},
		{"ticket.element", "ticket", "{'tags':1}"},
		{"ticket.take", "ticket", "{'fence':'0'}"},
		{"ticket.release", "ticket", "{'fence':0}"},
		{"ticket.assign", "ticket", "{'fence':0}"},
		{"ticket.assign", "ticket", "{'fence':0,'queue_code':''}"},
		{"ticket.assign", "ticket", "{'fence':0,'queue_code':'a b/c'}"},
		{"ticket.assign", "ticket", "{'fence':0,'queue_code':'q2','owner_id':'ag2'}"},
		{"call.put", "interaction", "{'agent_id':'sv','state':'x'}"},
		{"escalation.new", "escalation", "{'kind':'x','level':9}"},
		{"escalation.decide", "escalation", "{'decision':'perhaps'}"},
		{"escalation.decide", "escalation", "{'decision':'reject'}"},
		{"broadcast.new", "broadcast", "{'kind':'notice'}"},
		{"broadcast.request", "broadcast_request", "{'kind':'red'}"},
		{"conflict.settle", "conflict", "{'choice':{}}"},
		{"customer.merge", "customer", "{}"},
		{"kb.save", "article", "{}"},
		{"kb.learn", "interaction", "{'phrasings':[{'id':1}]}"},
		{"kb.receipt", "read_receipt", "{'object_id':'x'}"},
	};
	struct site x;
	struct seat s;

	(void)state;
	site_open(&x);
	furnish(&x);
	seat_open(&s, &x, "sv");
	int64_t before = site_places(&x);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const char *e = strcmp(bad[i].k, "ticket.new") == 0 || strcmp(bad[i].t, "conflict") == 0 ? NEW :
				strcmp(bad[i].t, "escalation") == 0 && strcmp(bad[i].k, "escalation.new") ? ESC :
				strcmp(bad[i].t, "ticket") == 0 ? TICKET : strcmp(bad[i].t, "customer") == 0 ? CUST : NEW;
		const char *got = seat_do(&s, bad[i].k, bad[i].t, e, "q/q1", NULL, bad[i].body);
		if (strcmp(got, "rejected bad-shape") != 0)
			fail_msg("%s %s: %s", bad[i].k, bad[i].body, got);
	}
	assert_int_equal(site_places(&x), before);
	seat_close(&s);
	site_close(&x);
}

// --- contacts: one writer; over is over, but for corrections within 24 h

static const char *put_call(struct seat *s, int ver, const char *more)
{
	char body[300];

	snprintf(body, sizeof(body), "{'agent_id':'ag','version':%d,%s}", ver, more);
	return seat_do(s, "call.put", "interaction", CALL, "me/ag", NULL, body);
}

static void more(char closed[100], const char *text)
{
	size_t n = strlen(closed);

	snprintf(closed + n, 100 - n, "%s", text);
}

static void test_contacts(void **state)
{
	struct site x;
	struct seat s, other, tl, moved;
	int64_t now;

	(void)state;
	site_open(&x);
	seat_open(&s, &x, "ag");
	seat_open(&other, &x, "ag2");
	seat_open(&tl, &x, "tl");
	now = clock_wall(&x.t.clock);
	assert_result(&s, put_call(&s, 1, "'state':'connected','started_at':100,'odd':{'a':1}"), "applied");
	assert_result(&other, put_call(&other, 2, "'state':'connected'"), "rejected forbidden");
	seat_open(&moved, &x, "ag");
	snprintf(moved.dev, sizeof(moved.dev), "dev-ag2"); // the same person at another station, while it goes on
	moved.n = other.n;
	assert_result(&moved, put_call(&moved, 2, "'state':'wrap_up','started_at':200"), "rejected forbidden");
	other.n = moved.n;
	assert_result(&s, put_call(&s, 2, "'state':'wrap_up','started_at':200"), "applied");
	assert_member(&x, "interaction", CALL, "started_at", "100");
	assert_result(&s, put_call(&s, 1, "'state':'connected','started_at':100,'odd':{'a':1}"), "noop");
	assert_result(&s, put_call(&s, 2, "'state':'connected'"), "rejected precondition");
	char closed[100];
	snprintf(closed, sizeof(closed), "'state':'closed','closed_at':%lld", (long long)now);
	assert_result(&s, put_call(&s, 3, closed), "applied");
	site_wait(&x, 23 * 3600000LL);
	more(closed, ",'note':'corrected'");
	assert_result(&s, put_call(&s, 4, closed), "applied");
	site_wait(&x, 2 * 3600000LL);
	more(closed, ",'more':1");
	assert_result(&s, put_call(&s, 5, closed), "rejected precondition");
	s.at = now + 3600000; // corrected in time, told late: being offline costs nobody their correction
	assert_result(&s, put_call(&s, 5, closed), "applied");
	more(closed, ",'lead':1");
	assert_result(&tl, put_call(&tl, 6, closed), "applied"); // later a team lead
	assert_result(&other, put_call(&other, 7, closed), "rejected forbidden");
	// Events stay as they came, under the operation's id.
	seat_add_id(&s, NEW, "call.event", "interaction", CALL, "me/ag", NULL,
		    "{'type':'note','seq':3,'t_ms':5,'at':6,'data':{'text':'x'},'odd':1}");
	assert_true(seat_send(&s, NULL, false));
	assert_member(&x, "call_event", NEW, NULL,
		      "{'type':'note','seq':3,'t_ms':5,'at':6,'data':{'text':'x'},'odd':1,'interaction_id':'" CALL
		      "','agent_id':'ag'}");
	assert_result(&other, seat_do(&other, "call.event", "interaction", CALL, "me/ag", NULL, "{'type':'note'}"),
		      "rejected forbidden");
	seat_close(&s);
	seat_close(&other);
	seat_close(&tl);
	seat_close(&moved);
	site_close(&x);
}

static void test_a_trainee_practises(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	site_open(&x);
	seat_open(&s, &x, "te");
	assert_result(&s,
		      seat_do(&s, "call.put", "interaction", CALL, "me/te", NULL,
			      "{'agent_id':'te','version':1,'state':'connected','mode':'practice'}"),
		      "applied");
	assert_result(&s, seat_do(&s, "call.event", "interaction", CALL, "me/te", NULL, "{'type':'note'}"), "applied");
	assert_result(&s, seat_do(&s, "call.event", "interaction", NEW, "me/te", NULL, "{'type':'start','data':{'mode':'live'}}"),
		      "rejected forbidden");
	seat_close(&s);
	site_close(&x);
}

// --- escalations

static void test_escalations(void **state)
{
	struct site x;
	struct seat ag, tl, sv, tlb;

	(void)state;
	site_open(&x);
	seat_open(&ag, &x, "ag");
	seat_open(&tl, &x, "tl");
	seat_open(&sv, &x, "sv");
	seat_open(&tlb, &x, "tlb");
	assert_result(&ag, seat_do(&ag, "ticket.new", "ticket", TICKET, "q/q1", NULL,
				   "{'no':'SHA-261122-0A7-0001-R','queue_code':'q1','state':'open','owner_id':'ag'}"), "applied");
	assert_result(&ag,
		      seat_do(&ag, "escalation.new", "escalation", ESC, "me/ag", NULL,
			      "{'kind':'complaint','level':2,'ticket_no':'SHA-261122-0A7-0001-R','from_id':'sv','to_role':'"
			      "supervisor','state':'submitted'}"),
		      "applied");
	assert_member(&x, "ticket", TICKET, "state", "'escalated'");
	assert_member(&x, "escalation", ESC, "ticket_id", "'" TICKET "'");
	assert_member(&x, "escalation", ESC, "from_id", "'ag'"); // whoever sent it, not whom it says
	char *stream = site_stream(&x, "escalation", ESC);
	assert_string_equal(stream, "q/q1"); // where leads and supervisors read
	free(stream);
	const char *ok = "{'decision':'take_over'}";
	assert_result(&tl, seat_do(&tl, "escalation.decide", "escalation", ESC, "q/q1", NULL, ok), "rejected forbidden"); // level 2
	assert_result(&ag, seat_do(&ag, "escalation.decide", "escalation", ESC, "q/q1", NULL, ok), "rejected forbidden");
	sv.off = true;
	assert_result(&sv, seat_do(&sv, "escalation.decide", "escalation", ESC, "q/q1", NULL, ok),
		      "rejected precondition"); // not offline
	sv.off = false;
	assert_result(&sv, seat_do(&sv, "escalation.decide", "escalation", ESC, "q/q1", NULL, ok), "applied");
	assert_member(&x, "ticket", TICKET, "state", "'open'");
	assert_member(&x, "ticket", TICKET, "owner_id", "'sv'");
	assert_member(&x, "ticket", TICKET, "fence", "1");
	assert_result(&sv, seat_do(&sv, "escalation.decide", "escalation", ESC, "q/q1", NULL, ok), "noop");
	assert_result(&sv, seat_do(&sv, "escalation.decide", "escalation", ESC, "q/q1", NULL, "{'decision':'approve'}"),
		      "rejected precondition");
	assert_result(&ag, seat_do(&ag, "escalation.set", "escalation", ESC, "q/q1", NULL, "{'set':{'state':'closed'}}"), "merged");
	// Without a ticket the hub knows it stands in a queue of who sent it.
	assert_result(
		&ag, seat_do(&ag, "escalation.new", "escalation", NEW, "me/ag", NULL, "{'kind':'abuse','level':1,'ticket_no':'?'}"),
		"applied");
	stream = site_stream(&x, "escalation", NEW);
	assert_string_equal(stream, "q/q1");
	free(stream);
	assert_result(&tlb, seat_do(&tlb, "escalation.decide", "escalation", NEW, "q/q1", NULL, "{'decision':'approve'}"),
		      "rejected forbidden");
	seat_close(&ag);
	seat_close(&tl);
	seat_close(&sv);
	seat_close(&tlb);
	site_close(&x);
}

// Nobody decides what they asked for themselves.
static void test_author_is_not_approver(void **state)
{
	struct site x;
	struct seat sv, sv2;

	(void)state;
	site_open(&x);
	seat_open(&sv, &x, "sv");
	seat_open(&sv2, &x, "sv2");
	seat_do(&sv, "escalation.new", "escalation", ESC, "me/sv", NULL, "{'kind':'legal','level':2,'state':'submitted'}");
	assert_result(&sv, seat_do(&sv, "escalation.decide", "escalation", ESC, "q/q1", NULL, "{'decision':'approve'}"),
		      "rejected forbidden");
	assert_result(&sv2, seat_do(&sv2, "escalation.decide", "escalation", ESC, "q/q1", NULL, "{'decision':'approve'}"),
		      "applied");
	seat_do(&sv, "script.propose", "proposal", PROP, "cfg/SHA", NULL, "{'doc':{}}");
	assert_result(&sv, seat_do(&sv, "proposal.decide", "proposal", PROP, "cfg/SHA", NULL, "{'decision':'accept'}"),
		      "rejected forbidden");
	assert_result(&sv2, seat_do(&sv2, "proposal.decide", "proposal", PROP, "cfg/SHA", NULL, "{'decision':'accept'}"),
		      "applied");
	assert_member(&x, "proposal", PROP, "state", "'accepted'");
	seat_close(&sv);
	seat_close(&sv2);
	site_close(&x);
}

// --- broadcasts

static void test_broadcasts(void **state)
{
	struct site x;
	struct seat sv, tl, ad, ag;
	const char *red = "{'kind':'red','severity':'red','title':'payment down','require_ack':1,'lines':'021-1','conflicts':[1]}";

	(void)state;
	site_open(&x);
	seat_open(&sv, &x, "sv");
	seat_open(&tl, &x, "tl");
	seat_open(&ad, &x, "ad");
	seat_open(&ag, &x, "ag");
	assert_result(&ad, seat_do(&ad, "broadcast.new", "broadcast", RED, "bc/SHA", NULL, red), "rejected forbidden");
	assert_result(&sv, seat_do(&sv, "broadcast.new", "broadcast", RED, "bc/SHA", NULL, red), "applied");
	assert_true(sv.red);
	assert_member(&x, "broadcast", RED, "confirmed_by", "'sv'");
	assert_member(&x, "broadcast", RED, "lines", "'021-1'"); // backup lines: of a ticket the word means something else
	assert_member(&x, "broadcast", RED, "conflicts", "");
	assert_result(&sv, seat_do(&sv, "broadcast.new", "broadcast", RED, "bc/SHA", NULL, red), "noop");
	assert_result(&tl, seat_do(&tl, "broadcast.new", "broadcast", NEW, "bc/SHA", NULL, "{'kind':'notice','title':'x'}"),
		      "applied");
	assert_false(tl.red);
	// Everybody everywhere: only with a right that reaches so far.
	assert_result(&tl,
		      seat_do(&tl, "broadcast.new", "broadcast", uid(70), "bc/all", NULL,
			      "{'kind':'notice','title':'x','audience':{'all':true}}"),
		      "rejected forbidden");
	assert_result(&ad,
		      seat_do(&ad, "broadcast.new", "broadcast", uid(70), "bc/all", NULL,
			      "{'kind':'notice','title':'x','audience':{'all':true}}"),
		      "applied");
	char *stream = site_stream(&x, "broadcast", uid(70));
	assert_string_equal(stream, "bc/all");
	free(stream);
	// Acknowledged once an agent, whatever comes twice.
	assert_result(&ag, seat_do(&ag, "broadcast.ack", "broadcast", RED, "bc/SHA", NULL, "{}"), "applied");
	assert_result(&ag, seat_do(&ag, "broadcast.ack", "broadcast", RED, "bc/SHA", NULL, "{}"), "noop");
	assert_result(&ag, seat_do(&ag, "broadcast.ack", "broadcast", uid(70), "bc/all", NULL, "{}"), "applied");
	assert_result(&tl, seat_do(&tl, "broadcast.ack", "broadcast", RED, "bc/SHA", NULL, "{}"), "applied");
	assert_result(&tl, seat_do(&tl, "broadcast.ack", "broadcast", "none", "bc/SHA", NULL, "{}"), "rejected not-found");
	assert_member(&x, "broadcast_ack", RED ":ag", "station", "'0A7'");
	assert_true(site_has(&x, "broadcast_ack", RED ":tl"));
	seat_close(&sv);
	seat_close(&tl);
	seat_close(&ad);
	seat_close(&ag);
	site_close(&x);
}

// --- red ones that are asked for (domain.md §2.5: incident.confirm)

struct audit_count {
	const char *action;
	int n;
};

static bool count_one(void *arg, int64_t at, const struct hub_audit *a)
{
	struct audit_count *c = arg;

	(void)at;
	c->n += str_eq(a->action, c->action);
	return true;
}

static bool count_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct audit_count *c = arg;

	c->n = 0;
	return hub_audit_list(tx, "SHA", 1000, count_one, c, e);
}

static int count_line(struct site *x, const char *action)
{
	struct audit_count c = {.action = action};
	struct err e = {0};

	if (!hub_run(x->t.s, HUB_READ, count_body, &c, &e))
		fail_msg("%s", e.msg);
	return c.n;
}

static const char *decide(struct seat *s, const char *id, const char *decision, const char *why)
{
	char body[120];

	snprintf(body, sizeof(body), why ? "{'decision':'%s','decision_text':'%s'}" : "{'decision':'%s'}", decision, why);
	return seat_do(s, "broadcast.decide", "broadcast_request", id, "bc/SHA", NULL, body);
}

static void test_a_red_broadcast_is_asked_for(void **state)
{
	struct site x;
	struct seat sv, sv2, tl, ag;
	const char *t = "broadcast_request";
	char body[300], end[32];

	(void)state;
	site_open(&x);
	seat_open(&sv, &x, "sv");
	seat_open(&sv2, &x, "sv2");
	seat_open(&tl, &x, "tl");
	seat_open(&ag, &x, "ag");
	int64_t now = clock_wall(&x.t.clock);
	snprintf(body, sizeof(body), "{'title':'pay','say':'wait','state':'approved','confirmed_by':'sv','expires_at':%lld}",
		 (long long)now + 600000);
	assert_result(&ag, seat_do(&ag, "broadcast.request", t, ASKED, "bc/SHA", NULL, body), "rejected forbidden");
	assert_result(&tl, seat_do(&tl, "broadcast.request", t, ASKED, "bc/SHA", NULL, body), "applied");
	assert_true(tl.red); // a supervisor must not wait for it
	assert_member(&x, t, ASKED, "state", "'open'"); // whatever it says
	assert_member(&x, t, ASKED, "requested_by", "'tl'");
	assert_member(&x, t, ASKED, "confirmed_by", "");
	assert_false(site_has(&x, "broadcast", ASKED));
	assert_result(&tl, seat_do(&tl, "broadcast.request", t, ASKED, "bc/SHA", NULL, body), "noop");
	assert_int_equal(count_line(&x, "broadcast.request"), 1);
	assert_result(&tl, decide(&tl, ASKED, "approve", NULL), "rejected forbidden");
	assert_result(&ag, decide(&ag, ASKED, "decline", "no"), "rejected forbidden");
	assert_result(&sv, decide(&sv, ASKED, "decline", NULL), "rejected bad-shape"); // not without a reason
	sv.off = true;
	assert_result(&sv, decide(&sv, ASKED, "approve", NULL), "rejected precondition");
	sv.off = false;
	site_wait(&x, 120000);
	assert_result(&sv, decide(&sv, ASKED, "approve", NULL), "applied");
	assert_true(sv.red);
	assert_member(&x, t, ASKED, "state", "'approved'");
	assert_member(&x, "broadcast", ASKED, "sent_by", "'tl'");
	assert_member(&x, "broadcast", ASKED, "confirmed_by", "'sv'");
	assert_member(&x, "broadcast", ASKED, "severity", "'red'");
	assert_member(&x, "broadcast", ASKED, "requested_by", "");
	snprintf(end, sizeof(end), "%lld", (long long)now + 600000 + 120000); // as long as was asked for
	assert_member(&x, "broadcast", ASKED, "expires_at", end);
	assert_int_equal(count_line(&x, "broadcast.red"), 1);
	assert_result(&sv, decide(&sv, ASKED, "approve", NULL), "noop");
	assert_result(&sv2, decide(&sv2, ASKED, "decline", "late"), "rejected precondition");
	// Declined: nobody is told but who asked.
	assert_result(&tl, seat_do(&tl, "broadcast.request", t, uid(71), "bc/SHA", NULL, body), "applied");
	assert_result(&sv, decide(&sv, uid(71), "decline", "one call is no outage"), "applied");
	assert_member(&x, t, uid(71), "decision_text", "'one call is no outage'");
	assert_false(site_has(&x, "broadcast", uid(71)));
	assert_int_equal(count_line(&x, "broadcast.decline"), 1);
	assert_result(&sv, decide(&sv, uid(71), "approve", NULL), "rejected precondition");
	// Nobody's own; and nobody in time.
	assert_result(&sv, seat_do(&sv, "broadcast.request", t, uid(72), "bc/SHA", NULL, body), "applied");
	assert_result(&sv, decide(&sv, uid(72), "approve", NULL), "rejected forbidden");
	site_wait(&x, 3600000 + 1);
	assert_result(&sv2, decide(&sv2, uid(72), "approve", NULL), "rejected precondition");
	// As a broadcast it is a request, too.
	assert_result(&tl, seat_do(&tl, "broadcast.new", "broadcast", uid(73), "bc/SHA", NULL, "{'kind':'red','title':'x'}"), "applied");
	assert_false(site_has(&x, "broadcast", uid(73)));
	assert_result(&tl, seat_do(&tl, "broadcast.new", "broadcast", uid(73), "bc/SHA", NULL, "{'kind':'red','title':'x'}"), "noop");
	assert_result(&sv2, decide(&sv2, uid(73), "approve", NULL), "applied");
	assert_true(site_has(&x, "broadcast", uid(73)));
	// What has its place already is not overwritten.
	assert_result(&tl, seat_do(&tl, "broadcast.new", "broadcast", uid(74), "bc/SHA", NULL, "{'kind':'notice','title':'x'}"), "applied");
	assert_result(&tl, seat_do(&tl, "broadcast.request", t, uid(74), "bc/SHA", NULL, body), "applied");
	assert_result(&sv, decide(&sv, uid(74), "approve", NULL), "rejected precondition");
	seat_close(&sv);
	seat_close(&sv2);
	seat_close(&tl);
	seat_close(&ag);
	site_close(&x);
}

// --- whoever wanted to be forgotten (domain.md §18.8): what was still on its way brings nothing back

static void test_erased_stays_erased(void **state)
{
	struct site x;
	struct seat ag;

	(void)state;
	site_open(&x);
	hubtest_put(x.t.s, "SHA", "ticket", TICKET, "q/q1",
		    "{\"queue_code\":\"q1\",\"state\":\"open\",\"owner_id\":\"ag\",\"title\":\"[erased]\",\"anonymised_at\":1}");
	hubtest_put(x.t.s, "SHA", "interaction", CALL, "me/ag", "{\"agent_id\":\"ag\",\"state\":\"closed\",\"version\":1,\"anonymised_at\":1}");
	seat_open(&ag, &x, "ag");
	assert_result(&ag, seat_do(&ag, "ticket.set", "ticket", TICKET, "q/q1", "1:1", "{'set':{'title':'li lei'}}"), "rejected not-found");
	assert_result(&ag, seat_do(&ag, "ticket.set", "ticket", TICKET, "q/q1", "1:1", "{'set':{'impact':1,'odd':'li lei'}}"), "rejected not-found");
	assert_result(&ag, seat_do(&ag, "ticket.element", "ticket", TICKET, "q/q1", NULL, "{'add':{'tags':['li lei']}}"), "rejected not-found");
	assert_result(&ag, seat_do(&ag, "ticket.note", "ticket", TICKET, "q/q1", NULL, "{'text':'li lei'}"), "rejected not-found");
	assert_result(&ag, seat_do(&ag, "ticket.new", "ticket", TICKET, "q/q1", NULL, "{'queue_code':'q1','description':'li lei'}"), "noop");
	assert_result(&ag, seat_do(&ag, "call.event", "interaction", CALL, "me/ag", NULL, "{'type':'note','data':{'text':'li lei'}}"), "rejected not-found");
	assert_result(&ag, seat_do(&ag, "call.put", "interaction", CALL, "me/ag", NULL, "{'agent_id':'ag','version':2,'state':'closed','need':'li lei'}"),
		      "rejected not-found");
	assert_member(&x, "ticket", TICKET, "title", "'[erased]'");
	// The case itself goes on to its end.
	assert_result(&ag, seat_do(&ag, "ticket.set", "ticket", TICKET, "q/q1", "1:1", "{'set':{'state':'waiting_customer','impact':2}}"), "applied");
	// Nobody marks one so but the hub.
	assert_result(&ag, seat_do(&ag, "ticket.new", "ticket", FREE, "q/q1", NULL, "{'queue_code':'q1','state':'new','anonymised_at':1}"), "applied");
	assert_member(&x, "ticket", FREE, "anonymised_at", "");
	seat_close(&ag);
	site_close(&x);
}

// --- the directory and packs

static void test_directory(void **state)
{
	struct site x;
	struct seat ad, sv;

	(void)state;
	site_open(&x);
	seat_open(&ad, &x, "ad");
	seat_open(&sv, &x, "sv");
	assert_result(&sv, seat_do(&sv, "agent.set", "agent", "ag", "dir/SHA", "1:1", "{'set':{'team_id':'t2'}}"), "applied");
	assert_result(&sv,
		      seat_do(&sv, "agent.set", "agent", "ag", "dir/SHA", "1:2", "{'set':{'team_id':'t1','roles':['supervisor']}}"),
		      "rejected forbidden");
	assert_member(&x, "agent", "ag", "team_id", "'t2'"); // as a whole
	assert_result(&ad, seat_do(&ad, "agent.set", "agent", "ad", "dir/SHA", "1:1", "{'set':{'roles':['admin','supervisor']}}"),
		      "rejected forbidden");
	assert_result(&ad, seat_do(&ad, "pack.put", "pack", "p", "cfg/SHA", NULL, "{'version':1}"), "applied");
	assert_result(&ad, seat_do(&ad, "pack.put", "pack", "p", "cfg/SHA", NULL, "{'version':2}"), "rejected precondition");
	assert_result(&ad, seat_do(&ad, "pack.put", "pack", "p", "cfg/SHA", NULL, "{'version':1}"), "noop");
	assert_result(&ad, seat_do(&ad, "pack.put", "pack", "p", "cfg/SHA", "1:1", "{'version':2}"), "applied");
	seat_close(&ad);
	seat_close(&sv);
	site_close(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_table_is_complete),
		cmocka_unit_test(test_every_verb),
		cmocka_unit_test(test_wrong_shapes),
		cmocka_unit_test(test_contacts),
		cmocka_unit_test(test_a_trainee_practises),
		cmocka_unit_test(test_escalations),
		cmocka_unit_test(test_author_is_not_approver),
		cmocka_unit_test(test_broadcasts),
		cmocka_unit_test(test_a_red_broadcast_is_asked_for),
		cmocka_unit_test(test_erased_stays_erased),
		cmocka_unit_test(test_directory),
	};

	return cmocka_run_group_tests_name("hub-verbs", tests, NULL, NULL);
}
