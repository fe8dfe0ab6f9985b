// SPDX-License-Identifier: MIT
// Tests that an outbox of the release before there was a hub is taken whole, half a year later, and that what this hub does not know
// lives on byte for byte (sync.md §3.8, §7 T12).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <stdio.h>

#include "tests/hub/ruletest.h"

#define CUST "01930a11-0000-7000-8000-00000000000c"
#define TICKET "01930a11-0000-7000-8000-0000000000d1"
#define FAULT "01930a11-0000-7000-8000-0000000000d2"
#define ESC "01930a11-0000-7000-8000-0000000000e5"

static json_t *fixture(void)
{
	FILE *f = fopen(ZUOXI_SOURCEDIR "/tests/hub/schema1.jsonl", "r");
	json_t *list = json_array();
	char *line = NULL;
	size_t cap = 0;

	assert_non_null(f);
	while (getline(&line, &cap, f) > 0) {
		json_t *j = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(j);
		json_array_append_new(list, j);
	}
	free(line);
	fclose(f);
	return list;
}

static const char *member(const json_t *j, const char *key)
{
	return json_string_value(json_object_get(j, key));
}

static void add(struct seat *s, const json_t *j)
{
	char id[40], *text = json_dumps(json_object_get(j, "body"), JSON_COMPACT);

	snprintf(id, sizeof(id), "01930a11-0001-7000-8000-%012llx", (long long)s->n);
	s->by = member(j, "by") ? member(j, "by") : "ag";
	const char *e = strcmp(member(j, "e"), "@op") ? member(j, "e") : id;
	struct wire_op op = {.n = s->n++, .id = id, .k = member(j, "k"), .t = member(j, "t"), .e = e, .s = member(j, "s"),
			     .body = json_object_get(j, "body"), .at = 1763784000000, .by = s->by, .off = true};
	wire_op_hash(op.id, op.k, op.t, op.e, op.s, op.base, text, op.h);
	json_array_append_new(s->ops, wire_op_print(&op));
	free(text);
}

static void assert_text(struct site *x, const char *t, const char *e, const char *key, const char *want)
{
	char *got = site_member(x, t, e, key);

	assert_string_equal(got, want);
	free(got);
}

static void push_all(struct site *x, struct seat *s, json_t *list)
{
	json_t *j;
	size_t i;

	site_open(x);
	hubtest_put(x->t.s, "*", "article", "KB-FIN-001", "kb/all", "{\"id\":\"KB-FIN-001\",\"ver\":2,\"state\":\"published\"}");
	seat_open(s, x, "ag");
	json_array_foreach(list, i, j) add(s, j);
	assert_true(seat_send(s, "{'schema':1}", false));
	json_array_foreach(list, i, j)
	{
		json_t *a = json_array_get(json_object_get(s->reply, "ops"), i);
		// The second telling of the call-back has no base; that it is newer shows from its being the same station's.
		const char *want = member(j, "want") ? member(j, "want") : i == 7 ? "merged" : "applied";
		if (strcmp(member(a, "r"), want) != 0)
			fail_msg("%zu %s: %s %s, not %s", i, member(j, "k"), member(a, "r"),
				 member(a, "why") ? member(a, "why") : "", want);
	}
}

static void test_outbox_of_schema_1(void **state)
{
	struct site x;
	struct seat s;
	json_t *list = fixture();

	(void)state;
	push_all(&x, &s, list);
	assert_text(&x, "customer", CUST, "x_loyalty",
		    "{\"points\":9007199254740993,\"since\":\"2019-01-01\",\"tags\":[\"a\",null,1.5]}");
	assert_text(&x, "ticket", TICKET, "x_future", "[{\"deep\":{\"er\":true}}]");
	assert_text(&x, "callback", "01930a11-0000-7000-8000-0000000000cb", "status", "\"done\"");
	assert_text(&x, "ticket", TICKET, "state", "\"escalated\"");
	assert_text(&x, "escalation", ESC, "ticket_id", "\"" TICKET "\"");
	assert_text(&x, "ticket", FAULT, "report_count", "2");
	assert_text(&x, "article", "KB-FIN-009", "ver", "1");
	assert_text(&x, "article", "KB-FIN-009", "approver", "\"ke\"");
	char *doc = site_member(&x, "article", "KB-FIN-009", "doc");
	assert_non_null(strstr(doc, "\"x_author_tool\":\"v9\""));
	free(doc);
	assert_text(&x, "phrasing", "7f3c", "withdrawn", "true");
	seat_close(&s);
	site_close(&x);
	json_decref(list);
}

// Documents stand as they were told: the bytes of the body first, what the hub adds behind them.
static void test_bytes_live_on(void **state)
{
	static const struct {
		const char *t, *e;
		size_t line;
	} kept[] = {{"customer", CUST, 0},
		    {"call_event", "01930a11-0001-7000-8000-000000000002", 1},
		    {"note", "01930a11-0001-7000-8000-00000000000a", 9}};
	struct site x;
	struct seat s;
	json_t *list = fixture();

	(void)state;
	push_all(&x, &s, list);
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		char *got = site_member(&x, kept[i].t, kept[i].e, NULL),
		     *sent = json_dumps(json_object_get(json_array_get(list, kept[i].line), "body"), JSON_COMPACT);
		assert_memory_equal(got, sent, strlen(sent) - 1);
		free(got);
		free(sent);
	}
	// An edit of a new station, of a field it knows: what it does not know stays.
	assert_result(&s,
		      seat_do(&s, "customer.set", "customer", CUST, "cust/SHA/c", seat_base(&s, "customer", CUST),
			      "{'set':{'gender':'m'}}"),
		      "applied");
	assert_text(&x, "customer", CUST, "x_loyalty", "{\"points\":9007199254740993,\"since\":\"2019-01-01\",\"tags\":[\"a\",null,1.5]}");
	seat_close(&s);
	site_close(&x);
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outbox_of_schema_1),
		cmocka_unit_test(test_bytes_live_on),
	};

	return cmocka_run_group_tests_name("hub-upgrade", tests, NULL, NULL);
}
