// SPDX-License-Identifier: MIT
// Knows that a data directory of 0.1 (schema of its store 2, operations of schema 1) opens with its outbox as it was, and reaches a hub.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <sodium.h>

#include "src/store/column.h"
#include "src/store/store.h"
#include "src/sync/carry.h"
#include "tests/unit/sync/rows.h"

enum { OLD_SCHEMA = 2 };

// What 0.1 wrote: customers whole as customer.set, contacts event by event, no call.put; neither agent nor "off" with them.
static const struct old_op {
	const char *id, *k, *t, *e, *s, *body, *st;
	int64_t at_seq;
} old_ops[] = {
	{"01890000-0000-7000-8000-000000000001", "call.event", "interaction", "i1", "me/0000",
	 "{\"type\":\"offer\",\"seq\":1,\"t_ms\":0,\"at\":1795316400000,\"data\":{\"number\":\"13812345678\"}}", "settled", 7},
	{"01890000-0000-7000-8000-000000000002", "customer.set", "customer", "c1", "cust/SHA/1",
	 "{\"display_name\":\"李雷\",\"tier\":\"normal\",\"phones\":[{\"e164\":\"+8613812345678\",\"kind\":\"mobile\",\"verified\":false}]}", "acked", 3},
	{"01890000-0000-7000-8000-000000000003", "ticket.new", "ticket", "t1", "q/pay",
	 "{\"description\":\"退款 未到账\",\"no\":\"SHA-261122-0A7-0001-R\",\"state\":\"open\",\"priority\":2,\"pinned\":0}", "queued", 0},
	{"01890000-0000-7000-8000-000000000004", "kb.vote_up", "article", "KB-1", "kb/all", "{\"article\":\"KB-1\",\"by\":\"0000\"}", "sending", 0},
};
enum { OLD_OPS = sizeof(old_ops) / sizeof(*old_ops) };

// As 0.1 hashed it, spelled out here: a changed formula would make every waiting operation look forged.
static void old_hash(const struct old_op *o, unsigned char h[32])
{
	const char *const parts[] = {o->id, o->k, o->t, o->e, o->s, "", o->body};
	crypto_generichash_state st;

	crypto_generichash_init(&st, NULL, 0, 32);
	for (size_t i = 0; i < 7; i++)
		crypto_generichash_update(&st, (const unsigned char *)parts[i], strlen(parts[i]) + 1);
	crypto_generichash_final(&st, h, 32);
}

static bool add_old(struct db *db, int64_t n, const struct old_op *o, struct err *e)
{
	unsigned char h[32];
	struct db_stmt *st = db_stmt(db,
				     "insert into outbox (n, id, k, t, e, s, base, body_x, h, st, dep, tries, made, at_seq)"
				     " values (?1, ?2, ?3, ?4, ?5, ?6, null, ?7, ?8, ?9, null, 0, ?10, ?11)");

	old_hash(o, h);
	db_bind_int(st, n);
	db_bind_text(st, o->id);
	db_bind_text(st, o->k);
	db_bind_text(st, o->t);
	db_bind_text(st, o->e);
	db_bind_text(st, o->s);
	db_bind_sealed(st, "outbox", o->id, "body", o->body);
	db_bind_blob(st, h, sizeof(h));
	db_bind_text(st, o->st);
	db_bind_int(st, 1795316400000LL + n);
	db_bind_opt(st, o->at_seq);
	return db_run(st, e);
}

static void make_old(const char *dir)
{
	struct db_options o = {.mode = DB_WRITE, .application_id = STORE_APPLICATION_ID, .steps = store_schema, .step_count = OLD_SCHEMA};
	struct keyring *keys;
	struct err e = {0};
	struct db *db;
	char *path = path_join(dir, "store.db");

	assert_ok(key_make(dir, &e) && keyring_load(&keys, dir, &e) && db_open(&db, path, &o, &e), e);
	db_set_context(db, keys, "SHA");
	assert_ok(meta_set_text(db, "site", "SHA", &e) && meta_set_text(db, "station", "0A7", &e) &&
		  meta_set_text(db, "inc", "0123456789abcdef", &e) && meta_set_int(db, "next_n", OLD_OPS + 1, &e), e);
	for (int64_t i = 0; i < OLD_OPS; i++)
		assert_ok(add_old(db, i + 1, &old_ops[i], &e), e);
	db_close(db);
	keyring_free(keys);
	free(path);
}

static bool one_more(struct db *db, void *arg, struct err *e)
{
	return outbox_add(db,
			  &(struct outbox_op){.id = "new", .k = "ticket.set", .t = "ticket", .e = "t1", .s = "q/pay", .base = "1:1",
					      .body = "{\"set\":{\"state\":\"resolved\"}}", .made = 5, .by = "0000", .off = true},
			  arg, e);
}

static void test_the_outbox_is_as_it_was(void **state)
{
	char *dir = tmpdir_new(), *copy;
	struct outbox_ops ops = {0};
	struct arena a = {0};
	struct err e = {0};
	struct store *s;
	int64_t n;

	(void)state;
	make_old(dir);
	assert_false(store_open(&s, &(struct store_options){.dir = dir, .readonly = true}, &e)); // reading alone changes nothing
	assert_ok(store_open(&s, &(struct store_options){.dir = dir}, &e), e);
	copy = path_join(dir, "store.db.before-v3");
	assert_true(path_exists(copy));
	assert_ok(outbox_list(store_reader(s), 0, 0, &ops, &a, &e), e);
	assert_int_equal(ops.n, OLD_OPS);
	for (int i = 0; i < OLD_OPS; i++) {
		const struct outbox_op *op = &ops.v[i];
		unsigned char h[32];
		assert_int_equal(op->n, i + 1);
		assert_string_equal(op->id, old_ops[i].id);
		assert_string_equal(op->body, old_ops[i].body); // byte for byte: never rewritten
		assert_string_equal(outbox_state_name(op->st), old_ops[i].st);
		assert_null(op->by);
		assert_false(op->off);
		old_hash(&old_ops[i], h);
		assert_memory_equal(op->h, h, sizeof(h));
	}
	assert_string_equal(ops.v[1].at_s, "cust/SHA/1"); // its answer still has a place to arrive at
	assert_null(ops.v[2].at_s);
	assert_ok(store_do(s, one_more, &n, &e), e);
	assert_int_equal(n, OLD_OPS + 1);
	store_close(s);
	vec_release(&ops);
	arena_release(&a);
	free(copy);
	tmpdir_free(dir);
}

struct hub {
	unsigned char pk[JOINED_BOX_PK], sk[crypto_box_SECRETKEYBYTES], sign[JOINED_SIGN_PK];
	int got;
};

static bool hub_station(void *ctx, const char *dev, const char *inc, unsigned char pk[JOINED_SIGN_PK], int64_t *last_n, struct err *e)
{
	struct hub *h = ctx;

	(void)dev;
	(void)e;
	assert_string_equal(inc, "0123456789abcdef");
	memcpy(pk, h->sign, JOINED_SIGN_PK);
	*last_n = 0;
	return true;
}

// The hub checks each hash itself (wire_op_parse): that it comes so far is the test.
static bool hub_op(void *ctx, const struct courier_head *head, const struct wire_op *op, struct err *e)
{
	struct hub *h = ctx;
	const struct old_op *old = &old_ops[op->n - 1];

	(void)head;
	(void)e;
	if (op->n <= OLD_OPS) {
		assert_string_equal(op->k, old->k);
		char *text = wire_print(op->body);
		assert_string_equal(text, old->body);
		free(text);
	}
	h->got++;
	return true;
}

static bool join(struct db *db, void *arg, struct err *e)
{
	return joined_save(db, arg, e);
}

static void test_it_reaches_a_hub(void **state)
{
	char *dir = tmpdir_new(), *file = path_join(dir, "out.zxo");
	struct hub h = {0};
	struct hub_key key;
	struct joined j = {.dev = "dv-1"};
	struct courier_head head;
	struct err e = {0};
	struct store *s;
	int64_t n;

	(void)state;
	make_old(dir);
	crypto_box_keypair(h.pk, h.sk);
	hub_key_make(&key);
	memcpy(j.box_pk, h.pk, sizeof(h.pk));
	memcpy(h.sign, key.sign_pk, sizeof(h.sign));
	assert_ok(store_open(&s, &(struct store_options){.dir = dir}, &e), e);
	assert_ok(store_do(s, join, &j, &e) && store_do(s, one_more, &n, &e), e);
	assert_ok(courier_export(store_reader(s), &key, file, 1, &head, &e), e);
	assert_int_equal(head.from, 3);
	assert_int_equal(head.to, OLD_OPS + 1);
	store_close(s);
	FILE *f = fopen(file, "rb");
	struct courier_hub hub = {.ctx = &h, .box_pk = h.pk, .box_sk = h.sk, .station = hub_station, .op = hub_op};
	assert_ok(courier_read(f, &hub, &head, &e), e);
	assert_int_equal(h.got, 3);
	fclose(f);
	free(file);
	tmpdir_free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_outbox_is_as_it_was),
		cmocka_unit_test(test_it_reaches_a_hub),
	};

	return cmocka_run_group_tests_name("upgrade", tests, NULL, NULL);
}
