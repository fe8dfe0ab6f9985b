// SPDX-License-Identifier: MIT
// Knows what must hold for two hubs on one PostgreSQL: what one commits, the stations of the other are told (sync.md §5.4).
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <cmocka.h>

#include "tests/hub/pgcluster.h"
#include "tests/hub/server/raw.h"
#include "tests/unit/store/tmpdir.h"

static struct pgcluster *pg;
static struct place one, two;
static struct door door_one, door_two;

static bool frame(struct hub_tx *tx, void *arg, struct err *e)
{
	json_t *d = json_pack("{s:s, s:[s]}", "code", "t1", "queue_codes", "q1");
	struct hub_ent ent = {.t = "team", .e = "t1", .s = "dir/SHA", .rev = 1, .d = d, .by = "hub"};
	bool ok = hub_put(tx, "SHA", &ent, NULL, e);

	(void)arg;
	json_decref(d);
	return ok;
}

static void open_hub(struct place *p, const char *url, const char *key, const char *name)
{
	struct err e = {0};

	memset(p, 0, sizeof(*p));
	assert_ok(hub_keys_load(&p->keys, key, &e), e);
	assert_ok(hub_store_open(&p->store,
				 &(struct hub_store_options){.url = url, .clock = &clock_real, .keys = hub_keys_ring(p->keys)}, &e),
		  e);
	struct server_options o = {
		.store = p->store, .keys = p->keys, .listen = "127.0.0.1:0", .name = name, .hb_ms = 60000, .coalesce_ms = 20};
	assert_ok(server_start(&p->server, &o, &e), e);
}

static void close_hub(struct place *p)
{
	server_stop(p->server);
	hub_store_close(p->store);
	hub_keys_free(p->keys);
	arena_release(&p->arena);
}

static void person(const char *login, const char *role)
{
	struct err e = {0};
	const char *id;
	json_t *d = json_pack("{s:s, s:[s], s:s, s:s}", "name_zh", login, "roles", role, "team_id", "t1", "status", "active");

	assert_ok(auth_user_add(one.store, "SHA", login, PLACE_PASSWORD, d, &id, &one.arena, &e), e);
	json_decref(d);
}

static void push(struct visitor *v, const char *title)
{
	char id[40], *body;
	struct reply r;
	struct err e = {0};
	json_t *ops = json_array();

	fresh_id(id);
	json_array_append_new(ops, visitor_op(v, "ticket.new", "ticket", id, "q/q1",
					      json_pack("{s:s, s:s, s:s, s:i}", "title", title, "queue_code", "q1", "state", "new",
							"priority", 3)));
	body = visitor_exchange(v, ops, NULL);
	assert_ok(visitor_ask(v, SHOW_TOKEN, "POST", "/v1/sync", NULL, sv(body), &r, &e), e);
	if (r.status != 200 || !strstr(str_z(&r.body), "applied"))
		fail_msg("%ld %s", r.status, str_z(&r.body));
	reply_release(&r);
	free(body);
}

static void test_two_hubs(void **state)
{
	struct visitor a, b;
	char *dir = tmpdir_new(), *key = path_join(dir, "hub.key"), *url = pgcluster_database(pg);
	struct err e = {0};

	(void)state;
	assert_ok(hub_keys_make(key, &e), e);
	open_hub(&one, url, key, "one");
	assert_ok(hub_run(one.store, HUB_WRITE, frame, NULL, &e), e);
	person(place_logins[0], "agent");
	person(place_logins[1], "team_lead");
	open_hub(&two, url, key, "two");
	place_door(&one, &door_one);
	place_door(&two, &door_two);
	visitor_join(&a, &one, &door_one);
	visitor_login(&a, 0);
	visitor_join(&b, &two, &door_two);
	visitor_login(&b, 1);
	struct listener *l = listener_new(&b);
	assert_true(listener_heard(l, "event: hello", 5000));
	push(&a, "from one to two");
	assert_true(listener_heard(l, "from one to two", 5000));
	// A session is good at both, and the numbers of operations go on where they were.
	a.door = &door_two;
	push(&a, "through two");
	assert_true(listener_heard(l, "through two", 5000));
	// Lost connections to the database are no lost hub.
	pgcluster_break(pg);
	push(&a, "after the break");
	assert_true(listener_heard(l, "after the break", 10000));
	listener_free(l);
	close_hub(&two);
	close_hub(&one);
	free(key);
	free(url);
	tmpdir_free(dir);
}

static int begin(void **state)
{
	(void)state;
	pg = pgcluster_start();
	return 0;
}

static int end(void **state)
{
	(void)state;
	pgcluster_stop(pg);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_two_hubs)};

	return cmocka_run_group_tests(tests, begin, end);
}
