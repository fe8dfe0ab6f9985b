// SPDX-License-Identifier: MIT
// Knows what must hold for outbox files that one station brings for another: who may, what counts once, what is refused and how.
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/sync/courier.h"
#include "tests/hub/server/calm.h"
#include "tests/hub/server/raw.h"
#include "tests/unit/store/tmpdir.h"

static struct calm calm;
static struct station a, b; // a writes, b brings

static int begin(void **state)
{
	(void)state;
	calm_begin(&calm, NULL);
	station_join(&calm, &a, "SHA");
	station_login(&a, ANNA);
	station_join(&calm, &b, "SHA");
	station_login(&b, LENA);
	return 0;
}

static int end(void **state)
{
	(void)state;
	calm_end(&calm);
	return 0;
}

// --- the file

struct maker {
	const char *dev, *inc;
	const unsigned char *pk, *sk, *box;
	int64_t from;
};

static struct maker maker_of(const struct station *s, int64_t from)
{
	return (struct maker){s->dev, s->inc, s->pk, s->sk, hub_keys_box_public(calm.keys), from};
}

// ops is stolen.
static void make_file(const struct maker *m, json_t *ops, struct str *out)
{
	struct courier_head head = {.from = m->from, .ops = (int64_t)json_array_size(ops), .made = 1767225600000LL};
	struct courier_writer *w;
	char buf[4096];
	struct err e = {0};
	FILE *f = tmpfile();
	json_t *op;
	size_t i;

	assert_non_null(f);
	head.to = m->from + head.ops - 1;
	snprintf(head.dev, sizeof(head.dev), "%s", m->dev);
	snprintf(head.inc, sizeof(head.inc), "%s", m->inc);
	memcpy(head.hub, m->box, sizeof(head.hub));
	memcpy(head.sign, m->pk, sizeof(head.sign));
	assert_ok(courier_begin(&w, f, &head, m->sk, &e), e);
	json_array_foreach(ops, i, op)
	{
		struct wire_op o;
		assert_ok(wire_op_parse(op, &o, &e) && courier_add(w, &o, &e), e);
	}
	assert_ok(courier_finish(w, &e), e);
	rewind(f);
	for (size_t n; (n = fread(buf, 1, sizeof(buf), f)) > 0;)
		str_addn(out, buf, n);
	fclose(f);
	json_decref(ops);
}

static void hash_of(const struct str *file, char hash[65])
{
	unsigned char h[32];

	crypto_generichash(h, sizeof(h), (const unsigned char *)file->s, file->n, NULL, 0);
	sodium_bin2hex(hash, 65, h, sizeof(h));
}

// Uploads it as that station; gives the body of POST /v1/carry. New reference.
static json_t *upload(struct station *s, const struct str *file)
{
	char hash[65], target[100], length[24], bearer[100];
	struct answer an;

	hash_of(file, hash);
	snprintf(target, sizeof(target), "/v1/blob/%s", hash);
	snprintf(length, sizeof(length), "%zu", file->n);
	snprintf(bearer, sizeof(bearer), "Bearer %s", s->access);
	struct request rq = {.method = "PATCH", .target = target, .authorization = bearer, .offset = "0", .length = length,
			     .body = sv_n(file->s, file->n)};
	server_answer(calm.server, &rq, &an);
	assert_int_equal(an.status, 201);
	answer_release(&an);
	return json_pack("{s:s}", "blob", hash);
}

static json_t *ticket(struct station *s, const char *title)
{
	char id[40];

	calm_id(&calm, id);
	return op_doc(s, "ticket.new", "ticket", id, "q/q1",
		      json_pack("{s:s, s:s, s:s, s:i}", "title", title, "queue_code", "q1", "state", "new", "priority", 3));
}

// Operations in the order of their numbers; the arguments of one call are not.
static json_t *tickets(struct station *s, const char *const *titles)
{
	json_t *ops = json_array();

	for (size_t i = 0; titles[i]; i++)
		json_array_append_new(ops, ticket(s, titles[i]));
	return ops;
}
#define TICKETS(s, ...) tickets(s, (const char *const[]){__VA_ARGS__, NULL})

static json_t *another_first(void)
{
	a.n = 1;
	return TICKETS(&a, "two");
}

static int64_t number(const json_t *j, const char *key)
{
	assert_true(json_is_integer(json_object_get(j, key)));
	return json_integer_value(json_object_get(j, key));
}

static size_t rows_of_queue(struct station *s)
{
	json_t *r = calm_get(s, TOKEN, "POST", "/v1/sync", exchange_doc(s, NULL, json_pack("{s:s}", "q/q1", "1:0")), 200), *page;
	size_t i, rows = 0;

	json_array_foreach(json_object_get(r, "pages"), i, page)
		if (str_eq(json_string_value(json_object_get(page, "s")), "q/q1"))
			rows += json_array_size(json_object_get(page, "rows"));
	json_decref(r);
	return rows;
}

// --- it is taken, once

static void test_taken_once(void **state)
{
	struct str file = {0};
	struct maker m = maker_of(&a, 1);

	(void)state;
	json_t *ops = TICKETS(&a, "one", "two", "three"), *again = json_deep_copy(ops);
	make_file(&m, ops, &file);
	json_t *ask = upload(&b, &file);
	json_t *r = calm_get(&b, TOKEN, "POST", "/v1/carry", json_incref(ask), 200);
	assert_string_equal(json_string_value(json_object_get(r, "dev")), a.dev);
	assert_string_equal(json_string_value(json_object_get(r, "station")), a.code);
	assert_int_equal(number(r, "from"), 1);
	assert_int_equal(number(r, "to"), 3);
	assert_int_equal(number(r, "ops"), 3);
	assert_int_equal(number(r, "applied"), 3);
	assert_int_equal(number(r, "conflict") + number(r, "rejected"), 0);
	assert_true(json_is_false(json_object_get(r, "known")));
	json_decref(r);
	assert_int_equal(rows_of_queue(&b), 3);
	// A second time, whoever brings it.
	for (int i = 0; i < 2; i++) {
		r = calm_get(i ? &a : &b, TOKEN, "POST", "/v1/carry", json_incref(ask), 200);
		assert_true(json_is_true(json_object_get(r, "known")));
		assert_int_equal(number(r, "applied"), 0);
		json_decref(r);
	}
	// And by the network.
	r = calm_get(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, again, NULL), 200);
	assert_int_equal(json_array_size(json_object_get(r, "ops")), 3);
	assert_int_equal(number(r, "last_n"), 3);
	json_decref(r);
	assert_int_equal(rows_of_queue(&b), 3);
	json_decref(ask);
	str_release(&file);
}

// What the network brought before is no harm: the rest of the file is new.
static void test_half_known(void **state)
{
	struct str file = {0};

	(void)state;
	json_t *one = ticket(&a, "one"), *ops = json_pack("[O, o]", one, ticket(&a, "two"));
	json_decref(calm_get(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, json_pack("[o]", one), NULL), 200));
	struct maker m = maker_of(&a, 1);
	make_file(&m, ops, &file);
	json_t *r = calm_get(&b, TOKEN, "POST", "/v1/carry", upload(&b, &file), 200);
	assert_true(json_is_false(json_object_get(r, "known")));
	assert_int_equal(number(r, "applied"), 2);
	json_decref(r);
	assert_int_equal(rows_of_queue(&b), 2);
	str_release(&file);
}

struct seen {
	int n;
	char actor[64], station[8], object[64];
};

static bool see(void *arg, int64_t at, const struct hub_audit *l)
{
	struct seen *s = arg;

	(void)at;
	if (!str_eq(l->action, "outbox.import"))
		return true;
	s->n++;
	snprintf(s->actor, sizeof(s->actor), "%s", l->actor);
	snprintf(s->station, sizeof(s->station), "%s", l->station);
	snprintf(s->object, sizeof(s->object), "%s", l->object);
	return true;
}

static bool see_all(struct hub_tx *tx, void *arg, struct err *e)
{
	memset(arg, 0, sizeof(struct seen));
	return hub_audit_list(tx, "SHA", 1000, see, arg, e);
}

static void test_audited(void **state)
{
	struct str file = {0};
	struct maker m = maker_of(&a, 1);
	struct seen seen;
	struct err e = {0};

	(void)state;
	make_file(&m, TICKETS(&a, "one"), &file);
	json_t *ask = upload(&b, &file);
	for (int i = 0; i < 2; i++)
		json_decref(calm_get(&b, TOKEN, "POST", "/v1/carry", json_incref(ask), 200));
	assert_ok(hub_run(calm.store, HUB_READ, see_all, &seen, &e), e);
	assert_int_equal(seen.n, 1); // the second time nothing was done
	assert_string_equal(seen.actor, calm.agent[LENA]);
	assert_string_equal(seen.station, b.code);
	assert_string_equal(seen.object, a.dev);
	json_decref(ask);
	str_release(&file);
}

// --- it is not

static void refused(struct station *s, const struct str *file, const char *problem)
{
	calm_refused(s, TOKEN, "POST", "/v1/carry", upload(s, file), problem);
}

static void test_requests_that_are_none(void **state)
{
	char none[65];
	struct str junk = {0};

	(void)state;
	memset(none, 'a', 64);
	none[64] = '\0';
	calm_refused(&b, OPEN, "POST", "/v1/carry", json_pack("{s:s}", "blob", none), "token-missing");
	calm_refused(&b, TOKEN, "POST", "/v1/carry", json_pack("{s:s}", "blob", none), "unsent");
	calm_refused(&b, TOKEN, "POST", "/v1/carry", json_pack("{s:s}", "blob", "abc"), "bad-shape");
	none[63] = 'A';
	calm_refused(&b, TOKEN, "POST", "/v1/carry", json_pack("{s:s}", "blob", none), "bad-shape");
	calm_refused(&b, TOKEN, "POST", "/v1/carry", json_object(), "bad-shape");
	str_add(&junk, "a picture that somebody uploaded");
	refused(&b, &junk, "bad-shape");
	str_release(&junk);
}

static void test_files_that_are_none(void **state)
{
	struct str file = {0}, bad = {0};
	struct maker m = maker_of(&a, 1), other;
	unsigned char pk[32], sk[64], box[32];

	(void)state;
	make_file(&m, TICKETS(&a, "one"), &file);
	str_addn(&bad, file.s, file.n);
	bad.s[bad.n - 90] ^= 1;
	refused(&b, &bad, "forbidden"); // changed on the way
	str_clear(&bad);
	str_addn(&bad, file.s, file.n - 70);
	refused(&b, &bad, "bad-shape"); // cut off
	// Signed by somebody else in the name of a.
	crypto_sign_keypair(pk, sk);
	other = m;
	other.pk = pk;
	other.sk = sk;
	str_clear(&bad);
	make_file(&other, another_first(), &bad);
	refused(&b, &bad, "forbidden");
	// For another hub.
	randombytes_buf(box, sizeof(box));
	other = m;
	other.box = box;
	str_clear(&bad);
	make_file(&other, another_first(), &bad);
	refused(&b, &bad, "forbidden");
	// Of a station nobody knows.
	other = m;
	other.dev = "00000000-0000-7000-8000-000000000000";
	str_clear(&bad);
	make_file(&other, another_first(), &bad);
	refused(&b, &bad, "site-mismatch");
	assert_int_equal(rows_of_queue(&b), 0);
	json_decref(calm_get(&b, TOKEN, "POST", "/v1/carry", upload(&b, &file), 200)); // the good one is none the worse
	assert_int_equal(rows_of_queue(&b), 1);
	str_release(&file);
	str_release(&bad);
}

static void test_whose_it_may_be(void **state)
{
	struct str file = {0};
	struct maker m = maker_of(&a, 1);
	struct station o, fresh;

	(void)state;
	make_file(&m, TICKETS(&a, "one"), &file);
	// Brought to the hub by a station of another site.
	station_join(&calm, &o, "OTH");
	station_login(&o, OTTO);
	refused(&o, &file, "site-mismatch");
	assert_int_equal(rows_of_queue(&b), 0);
	// Written where nobody has ever logged in.
	station_join(&calm, &fresh, "SHA");
	struct str early = {0};
	m = maker_of(&fresh, 1);
	make_file(&m, TICKETS(&fresh, "two"), &early);
	refused(&b, &early, "forbidden");
	// Written by one that is shut out, or to be wiped.
	calm_set_state(&calm, &a, "quarantined");
	refused(&b, &file, "quarantined");
	calm_set_state(&calm, &a, "wiped");
	refused(&b, &file, "quarantined");
	calm_set_state(&calm, &a, "active");
	assert_int_equal(rows_of_queue(&b), 0);
	json_decref(calm_get(&b, TOKEN, "POST", "/v1/carry", upload(&b, &file), 200));
	str_release(&file);
	str_release(&early);
}

// An earlier file is missing; and a copy of a station that used the same numbers for something else.
static void test_gap_and_reuse(void **state)
{
	struct str first = {0}, second = {0}, clone = {0};
	struct maker m = maker_of(&a, 1);

	(void)state;
	json_decref(calm_get(&a, TOKEN, "GET", "/v1/find/ticket?no=none", NULL, 200)); // the hub remembers who this is
	make_file(&m, TICKETS(&a, "one"), &first);
	m.from = 2;
	make_file(&m, TICKETS(&a, "two"), &second);
	refused(&b, &second, "op-gap");
	json_decref(calm_get(&b, TOKEN, "POST", "/v1/carry", upload(&b, &first), 200));
	json_decref(calm_get(&b, TOKEN, "POST", "/v1/carry", upload(&b, &second), 200));
	assert_int_equal(rows_of_queue(&b), 2);
	a.n = 2;
	json_t *ops = TICKETS(&a, "another second", "three");
	make_file(&m, ops, &clone);
	refused(&b, &clone, "op-reuse");
	calm_refused(&a, TOKEN, "GET", "/v1/find/ticket?no=none", NULL, "quarantined"); // at once, not when it is forgotten
	refused(&b, &clone, "quarantined");
	assert_int_equal(rows_of_queue(&b), 2);
	str_release(&first);
	str_release(&second);
	str_release(&clone);
}

// --- all others hear of it

static void test_red_goes_out(void **state)
{
	struct place place;
	struct door door;
	struct visitor anna, suru;
	struct str file = {0};
	struct reply r;
	struct err e = {0};
	char hash[65], path[100], length[60], bc[40];

	(void)state;
	place_begin(&place, "127.0.0.1:0", NULL);
	place_door(&place, &door);
	visitor_join(&anna, &place, &door);
	visitor_login(&anna, 0);
	visitor_join(&suru, &place, &door);
	visitor_login(&suru, 2);
	struct listener *l = listener_new(&anna);
	assert_true(listener_heard(l, "event: hello", 5000));
	fresh_id(bc);
	// visitor_exchange puts in n and h.
	char *text = visitor_exchange(&suru, json_pack("[o]", visitor_op(&suru, "broadcast.new", "broadcast", bc, "bc/SHA",
									json_pack("{s:s, s:s, s:s, s:s, s:b}", "kind", "red", "severity", "red",
										  "title", "carried alarm", "body", "say so", "require_ack", 1))),
				      NULL);
	json_t *doc = json_loads(text, 0, NULL);
	make_file(&(struct maker){suru.dev, suru.inc, suru.public_key, suru.secret_key, hub_keys_box_public(place.keys), 1},
		  json_incref(json_object_get(doc, "ops")), &file);
	hash_of(&file, hash);
	snprintf(path, sizeof(path), "/v1/blob/%s", hash);
	snprintf(length, sizeof(length), "Upload-Length: %zu", file.n);
	const char *const headers[] = {"Upload-Offset: 0", length, NULL};
	assert_ok(visitor_ask(&anna, SHOW_TOKEN, "PATCH", path, headers, sv_n(file.s, file.n), &r, &e), e);
	assert_int_equal(r.status, 201);
	reply_release(&r);
	snprintf(path, sizeof(path), "{\"blob\":\"%s\"}", hash);
	assert_ok(visitor_ask(&anna, SHOW_TOKEN, "POST", "/v1/carry", NULL, sv(path), &r, &e), e);
	if (r.status != 200 || !strstr(str_z(&r.body), "\"applied\":1"))
		fail_msg("%ld %s", r.status, str_z(&r.body));
	reply_release(&r);
	assert_true(listener_heard(l, "event: red", 5000));
	assert_true(listener_heard(l, "carried alarm", 5000));
	listener_free(l);
	json_decref(doc);
	free(text);
	str_release(&file);
	place_end(&place);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
	const struct CMUnitTest tests[] = {T(test_taken_once), T(test_half_known), T(test_audited), T(test_requests_that_are_none),
					   T(test_files_that_are_none), T(test_whose_it_may_be), T(test_gap_and_reuse),
					   cmocka_unit_test(test_red_goes_out)};

	return cmocka_run_group_tests_name("hub-carry", tests, NULL, NULL);
}
