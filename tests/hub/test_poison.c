// SPDX-License-Identifier: MIT
// Tests that no operation, however odd its body, stops the hub or those behind it: all kinds, all people, members of every type.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/hub/apply.h"
#include "tests/hub/ruletest.h"

enum { REQUESTS = 900, OPS = 8 };

static const char *const kinds[] = {
#define VERB(kind, t, shape, right) kind,
#include "src/hub/verbs.def"
#undef VERB
	"no.such",
};
static const char *const people[] = {"te", "ag", "ag2", "tl", "tlb", "sv", "sv2", "qa", "tr", "ke", "ad"};
enum { KINDS = sizeof(kinds) / sizeof(*kinds), PEOPLE = sizeof(people) / sizeof(*people) };

static uint64_t rng;

static int pick(int n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (int)(rng % (uint64_t)n);
}

#define ONE(list) list[pick((int)(sizeof(list) / sizeof(*list)))]

static const char *word(void)
{
	static const char *const words[] = {"", "q1", "q2", "open", "new", "resolved", "closed", "escalated", "decided", "ag", "sv", "nobody", "mine",
					    "theirs", "approve", "reject", "x y", "a/b", "|", "客户", "red", "urgent_review", "KB-1", "ticket",
					    "01930000-0001-7000-8000-000000000001", "01930000-0002-7000-8000-000000000002", "g1", "c1", "notice"};

	return ONE(words);
}

static const char *member(void)
{
	static const char *const members[] = {
		"set", "was", "add", "del", "inc", "queue_code", "state", "owner_id", "fence", "title", "no", "priority", "tags", "phones",
		"display_name", "kind", "level", "ticket_no", "ticket_id", "decision", "decision_text", "severity", "audience", "all", "choice", "revs",
		"about", "conflict", "into", "reason", "version", "agent_id", "closed_at", "started_at", "roles", "team_id", "text", "article", "note",
		"phrasings", "id", "call", "query", "gap_id", "base_version", "object_id", "fault_type", "lines", "conflicts", "data", "mode", "other",
		"merged_into", "complaint_level", "first_response_at", "t", "e", "fields", "value", "by", "at", "after_revoke", "claimed_by"};

	return ONE(members);
}

static json_t *value(int depth)
{
	json_t *j;

	switch (pick(depth > 0 ? 9 : 6)) {
	case 0: return json_null();
	case 1: return json_integer(pick(5) ? pick(9) - 2 : INT64_MAX);
	case 2: return json_real(1.5);
	case 3: return json_boolean(pick(2));
	case 4:
	case 5: return json_string(word());
	case 6:
		j = json_array();
		for (int i = pick(4); i > 0; i--)
			json_array_append_new(j, value(depth - 1));
		return j;
	default:
		j = json_object();
		for (int i = pick(6); i > 0; i--)
			json_object_set_new(j, member(), value(depth - 1));
		return j;
	}
}

// Half of the bodies begin as one that is right, so that what is odd comes further in.
static json_t *body_of(const char *k)
{
	static const struct {
		const char *k, *body;
	} right[] = {
		{"ticket.new", "{\"queue_code\":\"q1\",\"state\":\"open\",\"no\":\"N-1\"}"},
		{"ticket.set", "{\"set\":{\"state\":\"resolved\",\"title\":\"x\",\"queue_code\":\"q2\"},\"was\":{}}"},
		{"customer.set", "{\"set\":{\"display_name\":\"x\"}}"},
		{"ticket.element", "{\"add\":{\"tags\":[\"a\"]},\"inc\":{\"n\":1}}"},
		{"ticket.note", "{\"text\":\"n\"}"},
		{"kb.submit", "{\"note\":\"n\"}"},
		{"escalation.new", "{\"kind\":\"complaint\",\"level\":1,\"state\":\"submitted\"}"},
		{"escalation.decide", "{\"decision\":\"take_over\"}"},
		{"broadcast.new", "{\"kind\":\"notice\",\"title\":\"x\"}"},
		{"call.put", "{\"agent_id\":\"ag\",\"version\":1,\"state\":\"closed\"}"},
		{"conflict.settle", "{\"choice\":{\"title\":\"mine\"},\"revs\":{\"about\":9,\"conflict\":1}}"},
		{"kb.save", "{\"text\":{\"title\":\"t\"}}"},
		{"kb.learn", "{\"call\":\"c1\",\"phrasings\":[{\"id\":\"p\",\"article\":\"A\",\"text\":\"x\"}]}"},
		{"kb.receipt", "{\"object_id\":\"KB-1\",\"version\":1,\"object_kind\":\"article\"}"},
		{"customer.merge", "{\"into\":\"01930000-0002-7000-8000-000000000002\"}"},
		{"ticket.assign", "{\"fence\":0,\"owner_id\":\"ag\"}"},
		{"ticket.assign", "{\"fence\":0,\"queue_code\":\"q2\",\"reason\":\"r\"}"},
		{"ticket.release", "{\"fence\":0,\"reason\":\"r\"}"},
		{"ticket.take", "{\"fence\":0}"},
	};
	json_t *j = NULL;

	bool good = pick(4) > 0;
	for (size_t i = 0; good && i < sizeof(right) / sizeof(*right); i++)
		if (strcmp(right[i].k, k) == 0 && (!j || pick(2) > 0)) {
			json_decref(j);
			j = json_loads(right[i].body, 0, NULL);
		}
	j = j ? j : json_object();
	json_t *set = json_object_get(j, "set");
	for (int i = pick(3); set && i > 0; i--)
		json_object_set_new(set, member(), value(2));
	for (int i = good ? pick(2) : pick(5); i > 0; i--)
		json_object_set_new(j, member(), value(4));
	return j;
}

static const char *entity(const char *t)
{
	static const char *const ids[] = {"01930000-0001-7000-8000-000000000001", "01930000-0002-7000-8000-000000000002", "KB-1", "q1", "ag", "t1",
					  "x y", "a|b|c", "client/7", "g1", "c1"};

	(void)t;
	return ONE(ids);
}

static void add(struct seat *s, struct site *x)
{
	static const char *const types[] = {"ticket", "customer", "article", "note", "interaction"};
	static const char *const streams[] = {"q/q1", "q/q2", "me/ag", "kb/all", "cust/SHA/1", "dir/SHA", "nonsense", "bc/all"};
	static const char *const bases[] = {NULL, "1:1", "1:2", "7:1", "1:99"};
	const char *k = kinds[pick(KINDS)];
	const struct verb *v = verb_of(k);
	const char *t = v && *v->t && pick(20) ? v->t : ONE(types);
	char id[60];
	json_t *body = body_of(k);

	// Often it names a conflict there is.
	snprintf(id, sizeof(id), "%s", strcmp(t, "conflict") == 0 && *cf(s) ? cf(s) : entity(t));
	s->off = pick(3) == 0;
	s->by = pick(4) ? NULL : people[pick(PEOPLE)];
	char *text = json_dumps(body, JSON_COMPACT);
	for (char *p = text; *p; p++)
		*p = *p == '\'' ? ' ' : *p;
	seat_add(s, k, t, id, ONE(streams), ONE(bases), text);
	free(text);
	json_decref(body);
	(void)x;
}

// Sends them, half as a command; that all are answered is all that is asked here (and what the store itself checks at the end).
static void test_nothing_stops_it(void **state)
{
	struct seat seats[PEOPLE];
	size_t results[5] = {0};
	struct site x;

	(void)state;
	rng = 20261129;
	site_open(&x);
	for (int i = 0; i < PEOPLE; i++)
		seat_open(&seats[i], &x, people[i]);
	seat_do(&seats[1], "ticket.new", "ticket", uid(1), "q/q1", NULL, "{'queue_code':'q1','state':'open','title':'t','owner_id':'ag'}");
	seat_do(&seats[1], "customer.set", "customer", uid(1), "cust/SHA/1", NULL, "{'display_name':'Li'}");
	for (int i = 0; i < REQUESTS; i++) {
		struct seat *s = &seats[pick(PEOPLE)];
		int n = 1 + pick(OPS);
		for (int k = 0; k < n; k++)
			add(s, &x);
		bool online = pick(3) == 0;
		if (!seat_send(s, pick(3) ? NULL : "{'cur':{'q/q1':'1:0','kb/all':'1:0'},'digest':true}", online)) {
			assert_true(online); // only a command is ever refused as such
			s->n--;
			continue;
		}
		json_t *a, *answers = json_object_get(s->reply, "ops");
		size_t k;
		assert_int_equal(json_array_size(answers), n);
		json_array_foreach(answers, k, a)
		{
			enum wire_result r;
			assert_true(wire_result_parse(json_string_value(json_object_get(a, "r")), &r));
			results[r]++;
		}
		site_wait(&x, pick(3) ? 1000 : 3600000);
	}
	for (int r = 0; r < 5; r++)
		if (results[r] < 8) // all ends are to be reached
			fail_msg("%s only %zu times", wire_result_name((enum wire_result)r), results[r]);
	for (int i = 0; i < PEOPLE; i++)
		seat_close(&seats[i]);
	site_close(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_stops_it),
	};

	return cmocka_run_group_tests_name("hub-poison", tests, NULL, NULL);
}
