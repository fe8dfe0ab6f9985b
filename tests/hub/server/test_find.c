// SPDX-License-Identifier: MIT
// Knows what must hold for searching at the hub: found however it is typed, masked, only by who may, and on record.
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "tests/hub/server/calm.h"
#include "tests/unit/store/tmpdir.h"

static struct calm calm;
static struct station anna, lena, suru, adam, qiu, otto;

static int begin(void **state)
{
	const struct {
		struct station *s;
		enum calm_person who;
	} all[] = {{&anna, ANNA}, {&lena, LENA}, {&suru, SURU}, {&adam, ADAM}, {&qiu, QIU}, {&otto, OTTO}};

	(void)state;
	calm_begin(&calm, NULL);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		station_join(&calm, all[i].s, all[i].who == OTTO ? "OTH" : "SHA");
		station_login(all[i].s, all[i].who);
	}
	return 0;
}

static int end(void **state)
{
	(void)state;
	calm_end(&calm);
	return 0;
}

static void apply(struct station *s, json_t *op)
{
	json_t *ops = json_array();

	json_array_append_new(ops, op);
	json_t *r = calm_get(s, TOKEN, "POST", "/v1/sync", exchange_doc(s, ops, NULL), 200);
	const json_t *a = json_array_get(json_object_get(r, "ops"), 0);
	if (!str_eq(json_string_value(json_object_get(a, "r")), "applied")) {
		char *text = json_dumps(r, JSON_COMPACT);
		fail_msg("not applied: %s", text);
	}
	json_decref(r);
}

static size_t found(struct station *s, const char *target)
{
	json_t *j = calm_get(s, TOKEN, "GET", target, NULL, 200);
	size_t n = json_array_size(json_object_get(j, "rows"));

	json_decref(j);
	return n;
}

static void make_customer(void)
{
	char id[40], stream[40];

	calm_id(&calm, id);
	wire_customer_stream("SHA", id, stream, sizeof(stream));
	apply(&suru, op_doc(&suru, "customer.set", "customer", id, stream,
			    json_pack("{s:s, s:[{s:s}], s:s}", "display_name", "李雷", "phones", "e164", "+8613812345678", "id_no",
				      "11010519491231002X")));
}

static void test_customer(void **state)
{
	(void)state;
	make_customer();
	assert_int_equal(found(&anna, "/v1/find/customer?phone=13812345678"), 1);
	assert_int_equal(found(&anna, "/v1/find/customer?phone=%2B86+138-1234+5678"), 1);
	assert_int_equal(found(&anna, "/v1/find/customer?id=110105+19491231+002x"), 1);
	assert_int_equal(found(&anna, "/v1/find/customer?name=%E6%9D%8E%E9%9B%B7"), 1);
	assert_int_equal(found(&anna, "/v1/find/customer?phone=13812345679"), 0);
	assert_int_equal(found(&otto, "/v1/find/customer?phone=13812345678"), 0); // another site
	calm_refused(&adam, TOKEN, "GET", "/v1/find/customer?phone=13812345678", NULL, "forbidden"); // no right to customers
	calm_refused(&anna, TOKEN, "GET", "/v1/find/customer?shoe=43", NULL, "bad-shape");
	calm_refused(&anna, OPEN, "GET", "/v1/find/customer?phone=13812345678", NULL, "token-missing");
	// Masked (domain.md §18.2) for who may see customers but not reveal them.
	json_t *j = calm_get(&qiu, TOKEN, "GET", "/v1/find/customer?phone=13812345678", NULL, 200);
	char *text = json_dumps(j, JSON_COMPACT);
	assert_null(strstr(text, "12345678"));
	assert_null(strstr(text, "19491231"));
	free(text);
	json_decref(j);
}

static bool note(void *arg, int64_t at, const struct hub_audit *a)
{
	int *n = arg;

	(void)at;
	*n += str_eq(a->action, "customer.find");
	assert_null(a->detail ? strstr(a->detail, "138") : NULL);
	return true;
}

static bool count(struct hub_tx *tx, void *arg, struct err *e)
{
	return hub_audit_list(tx, "SHA", 100, note, arg, e);
}

static void test_search_is_on_record(void **state)
{
	struct err e = {0};
	int n = 0;

	(void)state;
	make_customer();
	assert_int_equal(found(&anna, "/v1/find/customer?phone=13812345678"), 1);
	assert_ok(hub_run(calm.store, HUB_READ, count, &n, &e), e);
	assert_int_equal(n, 1); // who, not what was typed
}

static void test_ticket(void **state)
{
	char id[40];

	(void)state;
	calm_id(&calm, id);
	apply(&anna, op_doc(&anna, "ticket.new", "ticket", id, "q/q1",
			    json_pack("{s:s, s:s, s:s, s:s, s:i}", "no", "SHA-260101-0A7-0001-R", "title", "frozen", "queue_code",
				      "q1", "state", "new", "priority", 3)));
	assert_int_equal(found(&anna, "/v1/find/ticket?no=SHA-260101-0A7-0001-R"), 1);
	assert_int_equal(found(&anna, "/v1/find/ticket?no=SHA-260101-0A7-0002-P"), 0);
	char target[80];
	snprintf(target, sizeof(target), "/v1/find/ticket?e=%s", id);
	assert_int_equal(found(&suru, target), 1);
	assert_int_equal(found(&otto, target), 0);
	calm_refused(&adam, TOKEN, "GET", target, NULL, "forbidden");
}

static void test_acknowledged(void **state)
{
	char id[40], target[100];

	(void)state;
	calm_id(&calm, id);
	apply(&suru, op_doc(&suru, "broadcast.new", "broadcast", id, "bc/SHA",
			    json_pack("{s:s, s:s, s:s, s:s, s:b}", "kind", "red", "severity", "red", "title", "down", "body", "x",
				      "require_ack", 1)));
	apply(&anna, op_doc(&anna, "broadcast.ack", "broadcast", id, "bc/SHA", json_object()));
	snprintf(target, sizeof(target), "/v1/find/broadcast_ack?broadcast=%s", id);
	json_t *j = calm_get(&lena, TOKEN, "GET", target, NULL, 200), *rows = json_object_get(j, "rows"),
	       *missing = json_object_get(j, "missing");
	assert_int_equal(json_array_size(rows), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 0), "agent_id")), calm.agent[ANNA]);
	assert_int_equal(json_array_size(missing), 4); // lena, suru, adam, qiu; otto is of another site
	json_decref(j);
	calm_refused(&anna, TOKEN, "GET", target, NULL, "forbidden");
}

static void test_stations(void **state)
{
	json_t *doc = exchange_doc(&anna, NULL, NULL);

	(void)state;
	json_object_set_new(doc, "report", json_pack("{s:i, s:s}", "unsent", 7, "conn", "online"));
	json_decref(calm_get(&anna, TOKEN, "POST", "/v1/sync", doc, 200));
	json_t *j = calm_get(&lena, TOKEN, "GET", "/v1/find/station", NULL, 200), *row;
	size_t i, seen = 0;
	json_array_foreach(json_object_get(j, "rows"), i, row)
	{
		assert_string_not_equal(json_string_value(json_object_get(row, "dev")), otto.dev);
		if (!str_eq(json_string_value(json_object_get(row, "dev")), anna.dev))
			continue;
		seen++;
		assert_int_equal(json_integer_value(json_object_get(json_object_get(row, "report"), "unsent")), 7);
		assert_string_equal(json_string_value(json_object_get(row, "owner")), calm.agent[ANNA]);
	}
	assert_int_equal(seen, 1);
	json_decref(j);
	json_decref(calm_get(&adam, TOKEN, "GET", "/v1/find/station", NULL, 200));
	calm_refused(&anna, TOKEN, "GET", "/v1/find/station", NULL, "forbidden");
}

static void test_contacts(void **state)
{
	char id[40], stream[60], target[100];

	(void)state;
	calm_id(&calm, id);
	snprintf(stream, sizeof(stream), "me/%s", calm.agent[ANNA]);
	apply(&anna, op_doc(&anna, "call.put", "interaction", id, stream,
			    json_pack("{s:s, s:i, s:s, s:s, s:s}", "no", "C1", "version", 1, "state", "closed", "agent_id",
				      calm.agent[ANNA], "channel", "phone")));
	snprintf(target, sizeof(target), "/v1/find/interaction?agent=%s", calm.agent[ANNA]);
	assert_int_equal(found(&anna, target), 1);
	assert_int_equal(found(&lena, target), 1);
	calm_refused(&adam, TOKEN, "GET", target, NULL, "forbidden");
	snprintf(target, sizeof(target), "/v1/find/interaction?agent=%s", calm.agent[LENA]);
	calm_refused(&anna, TOKEN, "GET", target, NULL, "forbidden");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		T(test_customer), T(test_search_is_on_record), T(test_ticket), T(test_acknowledged), T(test_stations),
		T(test_contacts),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
