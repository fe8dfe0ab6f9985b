// SPDX-License-Identifier: MIT
// Tests deeds on the knowledge base at the hub: drafts, versions, states, votes, phrasings, uncovered cases.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/hub/ruletest.h"

#define ART "KB-FIN-001"

struct desk {
	struct site x;
	struct seat ag, ag2, ke, sv;
};

static void desk_open(struct desk *d)
{
	site_open(&d->x);
	seat_open(&d->ag, &d->x, "ag");
	seat_open(&d->ag2, &d->x, "ag2");
	seat_open(&d->ke, &d->x, "ke");
	seat_open(&d->sv, &d->x, "sv");
}

static void desk_close(struct desk *d)
{
	seat_close(&d->ag);
	seat_close(&d->ag2);
	seat_close(&d->ke);
	seat_close(&d->sv);
	site_close(&d->x);
}

static const char *deed(struct seat *s, const char *verb, const char *more)
{
	char kind[40], body[400];

	snprintf(kind, sizeof(kind), "kb.%s", verb);
	snprintf(body, sizeof(body), "{'article':'" ART "','by':'%s'%s%s}", s->agent, *more ? "," : "", more);
	return seat_do(s, kind, "article", ART, "kb/all", NULL, body);
}

static void publish(struct desk *d, const char *text)
{
	char more[200];

	snprintf(more, sizeof(more), "'text':{'title':'%s','odd':[1]}", text);
	assert_result(&d->ag, deed(&d->ag, "save", more), "applied");
	assert_result(&d->ag, deed(&d->ag, "submit", "'note':'why'"), "applied");
	assert_result(&d->ke, deed(&d->ke, "approve", ""), "applied");
}

static void test_published_by_another(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_result(&d.ke, deed(&d.ke, "save", "'text':{'title':'own'}"), "applied");
	assert_result(&d.ke, deed(&d.ke, "submit", ""), "applied");
	assert_result(&d.ke, deed(&d.ke, "approve", ""), "rejected forbidden"); // author != approver
	assert_result(&d.sv, deed(&d.sv, "approve", ""), "applied");
	assert_member(&d.x, "article", ART, "ver", "1");
	assert_member(&d.x, "article", ART, "state", "'published'");
	assert_member(&d.x, "article", ART, "draft", "");
	assert_member(&d.x, "article", ART, "approver", "'sv'");
	assert_member(&d.x, "article_version", ART "@1", "doc", "{'title':'own'}");
	char *s = site_stream(&d.x, "article", ART);
	assert_string_equal(s, "kb/all");
	free(s);
	// The next one; the first stays as it was.
	publish(&d, "second");
	assert_member(&d.x, "article", ART, "ver", "2");
	assert_member(&d.x, "article", ART, "doc", "{'title':'second','odd':[1]}");
	assert_member(&d.x, "article_version", ART "@1", "doc", "{'title':'own'}");
	assert_int_equal(site_rev(&d.x, "article_version", ART "@1"), 1);
	assert_member(&d.x, "article_version", ART "@2", "author", "'ag'");
	// The same text once more is nothing to approve.
	deed(&d.ag, "save", "'text':{'title':'second','odd':[1]}");
	assert_result(&d.ag, deed(&d.ag, "submit", "'note':'n'"), "rejected precondition");
	desk_close(&d);
}

static void test_review(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_result(&d.ag, deed(&d.ag, "submit", ""), "rejected not-found");
	assert_result(&d.ag, deed(&d.ag, "save", "'text':{'title':'a'}"), "applied");
	assert_result(&d.ke, deed(&d.ke, "approve", ""), "rejected precondition"); // not submitted
	assert_result(&d.ag2, deed(&d.ag2, "save", "'text':{'title':'b'}"), "rejected forbidden"); // not their draft
	assert_result(&d.ag, deed(&d.ag, "submit", ""), "applied");
	assert_result(&d.ag, deed(&d.ag, "submit", ""), "rejected precondition");
	assert_result(&d.ke, deed(&d.ke, "return", ""), "rejected bad-shape"); // with a reason
	assert_result(&d.ke, deed(&d.ke, "return", "'note':'more'"), "applied");
	assert_result(&d.ag, deed(&d.ag, "submit", ""), "applied");
	assert_result(&d.ag, deed(&d.ag, "return", ""), "applied"); // taken back
	assert_result(&d.ag2, deed(&d.ag2, "discard", ""), "rejected forbidden");
	assert_result(&d.ag, deed(&d.ag, "discard", ""), "applied");
	assert_member(&d.x, "article", ART, "draft", "");
	desk_close(&d);
}

// Two writers: what an editor wrote without having seen the draft stands beside it, not over it.
static void test_draft_is_not_overwritten(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	deed(&d.ag, "save", "'text':{'title':'a'}");
	d.ke.off = true;
	assert_result(&d.ke, deed(&d.ke, "save", "'text':{'title':'b'}"), "conflict");
	assert_member(&d.x, "kb_proposal", cf(&d.ke), "doc", "{'title':'b'}");
	assert_member(&d.x, "kb_proposal", cf(&d.ke), "author_id", "'ke'");
	char *draft = site_member(&d.x, "article", ART, "draft");
	assert_non_null(strstr(draft, "\"title\":\"a\""));
	free(draft);
	// Having seen it they may.
	assert_result(
		&d.ke,
		seat_do(&d.ke, "kb.save", "article", ART, "kb/all", seat_base(&d.ke, "article", ART), "{'text':{'title':'c'}}"),
		"applied");
	draft = site_member(&d.x, "article", ART, "draft");
	assert_non_null(strstr(draft, "\"writers\":[\"ag\",\"ke\"]"));
	free(draft);
	deed(&d.ag, "submit", "");
	assert_result(&d.ke, deed(&d.ke, "approve", ""), "rejected forbidden"); // a writer by now
	desk_close(&d);
}

// Published meanwhile: the draft was begun from an older version, its publishing becomes a proposal.
static void test_base_moved(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	publish(&d, "one");
	deed(&d.ag, "save", "'text':{'title':'two'},'base_version':0");
	d.ke.off = true;
	assert_result(&d.ke, deed(&d.ke, "approve", ""), "conflict");
	assert_member(&d.x, "article", ART, "doc", "{'title':'one','odd':[1]}");
	assert_member(&d.x, "article", ART, "ver", "1");
	assert_member(&d.x, "article", ART, "draft", "");
	assert_member(&d.x, "kb_proposal", cf(&d.ke), "doc", "{'title':'two'}");
	desk_close(&d);
}

// Approved offline without naming what was approved: only what came from the same desk is certain to be what they saw.
static void test_offline_approval_names_what_it_saw(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	deed(&d.ag, "save", "'text':{'title':'a'}");
	deed(&d.ag, "submit", "");
	d.ke.off = true;
	assert_result(&d.ke, deed(&d.ke, "approve", ""), "rejected precondition");
	assert_result(&d.ke, seat_do(&d.ke, "kb.approve", "article", ART, "kb/all", "1:1", "{}"), "rejected precondition");
	assert_result(&d.ke, seat_do(&d.ke, "kb.approve", "article", ART, "kb/all", "1:2", "{}"), "applied");
	deed(&d.ag, "save", "'text':{'title':'b'}");
	deed(&d.ag, "submit", "");
	d.ag.by = "ke";
	d.ag.off = true;
	assert_result(&d.ag, deed(&d.ag, "approve", ""), "applied"); // both at one desk, as before there was a hub
	desk_close(&d);
}

static void test_states(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_result(&d.ke, deed(&d.ke, "retire", ""), "rejected not-found");
	publish(&d, "one");
	assert_result(&d.ke, deed(&d.ke, "flag", "'note':'doubt'"), "applied");
	assert_member(&d.x, "article", ART, "state", "'stale'");
	assert_member(&d.x, "article", ART, "stale_why", "'doubt'");
	assert_result(&d.ke, deed(&d.ke, "confirm", ""), "applied");
	assert_member(&d.x, "article", ART, "state", "'published'");
	assert_member(&d.x, "article", ART, "stale_why", "");
	assert_result(&d.ke, deed(&d.ke, "restore", ""), "rejected precondition");
	assert_result(&d.sv, deed(&d.sv, "hide", "'note':'dangerous'"), "applied");
	assert_true(d.sv.red);
	assert_result(&d.ag, deed(&d.ag, "save", "'text':{'title':'x'}"), "applied");
	assert_result(&d.ag, deed(&d.ag, "discard", ""), "applied");
	d.ag.by = NULL;
	assert_result(&d.sv, deed(&d.sv, "approve", ""), "applied"); // shown again
	assert_result(&d.ke, deed(&d.ke, "retire", "'other':'KB-NONE'"), "rejected precondition");
	assert_result(&d.ke, deed(&d.ke, "retire", ""), "applied");
	assert_result(&d.ke, deed(&d.ke, "confirm", ""), "rejected precondition");
	assert_result(&d.ag, deed(&d.ag, "save", "'text':{'title':'x'}"), "rejected forbidden"); // archived
	assert_result(&d.ke, deed(&d.ke, "restore", ""), "applied");
	desk_close(&d);
}

static const char *other(struct seat *s, const char *verb, const char *id, const char *body)
{
	char kind[40];

	snprintf(kind, sizeof(kind), "kb.%s", verb);
	return seat_do(s, kind, "article", id, "kb/all", NULL, body);
}

// What an article rests on has changed: it is to be read again.
static void test_policies(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	publish(&d, "policy one");
	for (int i = 0; i < 2; i++) {
		const char *id = i ? "KB-B" : "KB-A";
		other(&d.ag, "save", id, "{'text':{'title':'x','policies':['" ART "','']}}");
		other(&d.ag, "submit", id, "{}");
		assert_result(&d.ke, other(&d.ke, "approve", id, "{}"), "applied");
	}
	other(&d.ag, "save", "KB-B", "{'text':{'title':'rests on nothing now'}}");
	other(&d.ag, "submit", "KB-B", "{}");
	assert_result(&d.ke, other(&d.ke, "approve", "KB-B", "{}"), "applied");
	publish(&d, "policy two");
	assert_member(&d.x, "article", "KB-A", "state", "'stale'");
	assert_member(&d.x, "article", "KB-A", "stale_why", "'policy " ART "'");
	assert_member(&d.x, "article", "KB-B", "state", "'published'");
	assert_member(&d.x, "article", ART, "state", "'published'");
	desk_close(&d);
}

static void test_votes(void **state)
{
	struct desk d;
	struct seat more;

	(void)state;
	desk_open(&d);
	publish(&d, "one");
	assert_result(&d.ag, deed(&d.ag, "vote_up", ""), "applied");
	assert_result(&d.ag, deed(&d.ag, "vote_up", ""), "noop");
	assert_result(&d.ag, deed(&d.ag, "vote_down", ""), "applied"); // the last one counts
	assert_member(&d.x, "article", ART, "votes_up", "0");
	assert_member(&d.x, "article", ART, "votes_down", "1");
	deed(&d.ag2, "vote_down", "");
	assert_member(&d.x, "article", ART, "state", "'published'");
	deed(&d.ke, "vote_down", "");
	assert_member(&d.x, "article", ART, "state", "'stale'");
	assert_member(&d.x, "article", ART, "stale_why", "'votes'");
	assert_result(&d.ke, deed(&d.ke, "confirm", ""), "applied");
	assert_result(&d.ag, deed(&d.ag, "vote_down", ""), "applied"); // counts anew
	assert_member(&d.x, "article", ART, "net_down", "1");
	seat_open(&more, &d.x, "tl");
	assert_result(&more, seat_do(&more, "kb.vote_up", "article", "KB-NONE", "kb/all", NULL, "{}"), "rejected not-found");
	seat_close(&more);
	desk_close(&d);
}

// A call tells all that it teaches now; what a person withdrew stays withdrawn.
static void test_phrasings(void **state)
{
	struct desk d;
	const char *both = "{'call':'c1','agent':'ag','at':1,'phrasings':[{'id':'p1','article':'A','text':'x'},{'id':'p2','article'"
			   ":'A','text':'y'}]}";
	const char *one = "{'call':'c1','agent':'ag','at':2,'phrasings':[{'id':'p2','article':'A','text':'y'}]}";

	(void)state;
	desk_open(&d);
	assert_result(&d.ag, seat_do(&d.ag, "kb.learn", "interaction", "c1", "kb/all", NULL, both), "applied");
	assert_result(&d.ag, seat_do(&d.ag, "kb.learn", "interaction", "c1", "kb/all", NULL, both), "noop");
	assert_member(&d.x, "phrasing", "p1", "withdrawn", "false");
	assert_result(&d.ag, seat_do(&d.ag, "kb.learn", "interaction", "c1", "kb/all", NULL, one), "applied");
	assert_member(&d.x, "phrasing", "p1", "withdrawn", "true");
	assert_member(&d.x, "phrasing", "p2", "withdrawn", "false");
	assert_result(&d.ag, seat_do(&d.ag, "kb.learn", "interaction", "c1", "kb/all", NULL, both), "applied");
	assert_member(&d.x, "phrasing", "p1", "withdrawn", "false");
	assert_result(&d.ke,
		      seat_do(&d.ke, "kb.forget", "phrasing", "f", "kb/all", NULL,
			      "{'phrasings':[{'id':'p1','article':'A','text':'x'}]}"),
		      "applied");
	seat_do(&d.ag, "kb.learn", "interaction", "c1", "kb/all", NULL, one);
	assert_result(&d.ag, seat_do(&d.ag, "kb.learn", "interaction", "c1", "kb/all", NULL, both), "noop");
	assert_member(&d.x, "phrasing", "p1", "withdrawn", "true"); // by hand
	assert_result(
		&d.ke,
		seat_do(&d.ke, "kb.again", "phrasing", "f", "kb/all", NULL, "{'phrasings':[{'id':'p1','article':'A','text':'x'}]}"),
		"applied");
	assert_member(&d.x, "phrasing", "p1", "withdrawn", "false");
	// By hand a whole file is an editor's work.
	assert_result(
		&d.ag,
		seat_do(&d.ag, "kb.learn", "phrasing", "f", "kb/all", NULL, "{'phrasings':[{'id':'p7','article':'A','text':'x'}]}"),
		"rejected forbidden");
	assert_result(
		&d.ke,
		seat_do(&d.ke, "kb.learn", "phrasing", "f", "kb/all", NULL, "{'phrasings':[{'id':'p7','article':'A','text':'x'}]}"),
		"applied");
	desk_close(&d);
}

static void test_uncovered_cases(void **state)
{
	struct desk d;
	char body[200];

	(void)state;
	desk_open(&d);
	assert_result(&d.ag, seat_do(&d.ag, "kb.gap", "article", uid(1), "kb/all", NULL, "{'query':'Wie geht ABC'}"), "applied");
	const char *gap = "op-dev-ag-1";
	assert_result(&d.ag2, seat_do(&d.ag2, "kb.gap", "article", uid(2), "kb/all", NULL, "{'query':' wie geht abc '}"), "merged");
	assert_member(&d.x, "gap", gap, "occurrences", "2");
	assert_member(&d.x, "gap", gap, "reporters", "['ag','ag2']");
	site_wait(&d.x, 15 * 24 * 3600000LL);
	assert_result(&d.ag2, seat_do(&d.ag2, "kb.gap", "article", uid(3), "kb/all", NULL, "{'query':'wie geht abc'}"), "applied");
	snprintf(body, sizeof(body), "{'gap_id':'%s'}", gap);
	assert_result(&d.ke, seat_do(&d.ke, "kb.gap_accept", "article", uid(4), "kb/all", NULL, body), "applied");
	snprintf(body, sizeof(body), "{'article':'" ART "','gap_id':'%s','text':{'title':'a'}}", gap);
	assert_result(&d.ke, seat_do(&d.ke, "kb.gap_draft", "article", ART, "kb/all", NULL, body), "applied");
	assert_member(&d.x, "gap", gap, "state", "'in_work'");
	deed(&d.ke, "submit", "");
	assert_result(&d.sv, deed(&d.sv, "approve", ""), "applied");
	assert_member(&d.x, "gap", gap, "state", "'published'");
	assert_member(&d.x, "gap", gap, "article", "'" ART "'");
	snprintf(body, sizeof(body), "{'gap_id':'%s','note':'no'}", gap);
	assert_result(&d.ke, seat_do(&d.ke, "kb.gap_reject", "article", uid(5), "kb/all", NULL, body), "rejected precondition");
	// A number of a station's own, from before there was a hub, is kept as it was told.
	assert_result(&d.ke, seat_do(&d.ke, "kb.gap_accept", "article", uid(6), "kb/all", NULL, "{'gap':7,'by':'ke'}"), "applied");
	desk_close(&d);
}

static void test_receipts(void **state)
{
	struct desk d;
	const char *body = "{'object_kind':'article','object_id':'" ART "','version':3,'agent_id':'sv','at':5,'quiz_passed':true}";

	(void)state;
	desk_open(&d);
	assert_result(&d.ag, seat_do(&d.ag, "kb.receipt", "read_receipt", ART, "kb/all", NULL, body), "applied");
	assert_result(&d.ag, seat_do(&d.ag, "kb.receipt", "read_receipt", ART, "kb/all", NULL, body), "noop");
	assert_member(&d.x, "read_receipt", ART ":3:ag", "agent_id", "'ag'"); // for oneself
	assert_member(&d.x, "read_receipt", ART ":3:ag", "quiz_passed", "true");
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published_by_another),
		cmocka_unit_test(test_review),
		cmocka_unit_test(test_draft_is_not_overwritten),
		cmocka_unit_test(test_base_moved),
		cmocka_unit_test(test_offline_approval_names_what_it_saw),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_votes),
		cmocka_unit_test(test_phrasings),
		cmocka_unit_test(test_uncovered_cases),
		cmocka_unit_test(test_receipts),
	};

	return cmocka_run_group_tests_name("hub-apply-kb", tests, NULL, NULL);
}
