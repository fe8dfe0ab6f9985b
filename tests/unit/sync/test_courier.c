// SPDX-License-Identifier: MIT
// Knows that an outbox reaches the hub in a file whole and in order, and that no other file gets in.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/store/joined.h"
#include "src/sync/carry.h"
#include "tests/unit/sync/rows.h"

struct world {
	struct fix *f;
	unsigned char box_pk[JOINED_BOX_PK], box_sk[crypto_box_SECRETKEYBYTES];
	struct hub_key key;
	struct courier_head head;
	char *path;
	// what the hub knows and got
	const char *dev;
	unsigned char known[JOINED_SIGN_PK];
	int64_t last_n;
	VEC(char *) ids;
	int64_t next;
	bool off;
	struct str texts;
};

static bool hub_station(void *ctx, const char *dev, const char *inc, unsigned char pk[JOINED_SIGN_PK], int64_t *last_n, struct err *e)
{
	struct world *w = ctx;

	if (strcmp(dev, w->dev) != 0 || strcmp(inc, "9f3c1e") != 0)
		return err_set(e, ERR_NOT_FOUND, "no such station");
	memcpy(pk, w->known, JOINED_SIGN_PK);
	*last_n = w->last_n;
	return true;
}

static bool hub_op(void *ctx, const struct courier_head *head, const struct wire_op *op, struct err *e)
{
	struct world *w = ctx;

	(void)e;
	assert_int_equal(op->n, head->from + (int64_t)w->ids.n);
	vec_push(&w->ids, xstrdup(op->id));
	w->off |= op->off;
	char *text = wire_print(op->body);
	str_addf(&w->texts, "%s|%s|%s\n", op->k, op->by ? op->by : "-", text);
	free(text);
	return true;
}

static struct courier_hub hub_of(struct world *w)
{
	return (struct courier_hub){.ctx = w, .box_pk = w->box_pk, .box_sk = w->box_sk, .station = hub_station, .op = hub_op};
}

static void world_start(struct world *w, void **state)
{
	struct fix *f = *state;
	struct joined j = {.dev = "dv-1", .urls = {"https://hub.example"}, .n_urls = 1};

	*w = (struct world){.f = f, .dev = "dv-1", .path = path_join(f->dir, "out.zxo")};
	crypto_box_keypair(w->box_pk, w->box_sk);
	hub_key_make(&w->key);
	memcpy(j.box_pk, w->box_pk, sizeof(j.box_pk));
	memcpy(w->known, w->key.sign_pk, sizeof(w->known));
	assert_ok(joined_save(f->db, &j, &f->e), f->e);
}

static void world_end(struct world *w)
{
	for (size_t i = 0; i < w->ids.n; i++)
		free(w->ids.v[i]);
	vec_release(&w->ids);
	str_release(&w->texts);
	free(w->path);
}

static bool export(struct world *w)
{
	return courier_export(w->f->db, &w->key, w->path, 1795316400000LL, &w->head, &w->f->e);
}

static bool read_at_hub(struct world *w, const char *path)
{
	struct courier_hub hub = hub_of(w);
	struct courier_head head;
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	w->f->e = (struct err){0};
	bool ok = courier_read(f, &hub, &head, &w->f->e);
	fclose(f);
	return ok;
}

static void test_what_is_written_is_read(void **state)
{
	struct world w;
	struct stat st;
	struct str all = {0};

	world_start(&w, state);
	assert_false(export(&w));
	assert_int_equal(w.f->e.code, ERR_NOT_FOUND); // nothing waits
	for (int i = 0; i < 3; i++)
		op(w.f, "ticket.note", "ticket", "t1", "q/pay", "{'text':'李雷 13812345678'}");
	mark(w.f, 1, OUTBOX_ACKED, "q/pay", 1);
	assert_ok(export(&w), w.f->e);
	assert_int_equal(w.head.from, 2);
	assert_int_equal(w.head.to, 3);
	assert_int_equal(stat(w.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_ok(path_read(w.path, 1 << 20, &all, &w.f->e), w.f->e);
	assert_null(memmem(all.s, all.n, "13812345678", 11)); // whoever carries it cannot read it
	assert_null(memmem(all.s, all.n, "ticket", 6));
	assert_ok(read_at_hub(&w, w.path), w.f->e);
	assert_int_equal(w.ids.n, 2);
	assert_string_equal(w.ids.v[0], "op-2");
	assert_string_equal(str_z(&w.texts), "ticket.note|a1|{\"text\":\"李雷 13812345678\"}\n"
					     "ticket.note|a1|{\"text\":\"李雷 13812345678\"}\n");
	assert_int_equal(state_of_op(w.f, 2), OUTBOX_QUEUED); // the network may bring them as well
	assert_false(export(&w)); // not over a file that is there
	assert_int_equal(w.f->e.code, ERR_CONFLICT);
	str_release(&all);
	world_end(&w);
}

// Larger than any buffer, with long bodies among short ones.
static void test_long_outbox(void **state)
{
	struct world w;
	char *body = xmalloc(OUTBOX_OP_MAX);

	world_start(&w, state);
	memset(body, 'x', OUTBOX_OP_MAX);
	memcpy(body, "{'a':'", 6);
	memcpy(body + 45000, "'}", 3);
	for (int i = 0; i < 30; i++)
		op(w.f, "ticket.note", "ticket", "t1", "q/pay", body);
	for (int i = 0; i < 500; i++)
		op(w.f, "ticket.note", "ticket", "t1", "q/pay", "{'text':'1'}");
	assert_ok(export(&w), w.f->e);
	assert_ok(read_at_hub(&w, w.path), w.f->e);
	assert_int_equal(w.ids.n, 530);
	free(body);
	world_end(&w);
}

static void spoil(const char *from, const char *to, size_t cut, long flip)
{
	struct str all = {0};
	struct err e = {0};

	assert_ok(path_read(from, 1 << 22, &all, &e), e);
	if (flip >= 0)
		all.s[flip] ^= 1;
	assert_ok(path_write_atomic(to, sv_n(all.s, all.n - cut), 0600, &e), e);
	str_release(&all);
}

static void test_spoilt_files_are_refused(void **state)
{
	struct world w;
	struct stat st;

	world_start(&w, state);
	for (int i = 0; i < 5; i++)
		op(w.f, "ticket.note", "ticket", "t1", "q/pay", "{'text':'1'}");
	assert_ok(export(&w), w.f->e);
	assert_int_equal(stat(w.path, &st), 0);
	char *bad = path_join(w.f->dir, "bad.zxo");
	for (long at = 0; at < st.st_size; at += at < 700 ? 1 : 7) {
		spoil(w.path, bad, 0, at);
		if (read_at_hub(&w, bad))
			fail_msg("a file changed at byte %ld was taken", at);
		assert_true(w.f->e.code == ERR_DENIED || w.f->e.code == ERR_PARSE || w.f->e.code == ERR_NOT_FOUND);
	}
	for (long cut = 1; cut < st.st_size; cut += cut < 200 ? 1 : 13) {
		spoil(w.path, bad, (size_t)cut, -1);
		if (read_at_hub(&w, bad))
			fail_msg("a file that lacks %ld bytes was taken", cut);
	}
	assert_int_equal(w.ids.n, 0); // and not one operation of it
	spoil(w.path, bad, 100, -1);
	assert_false(read_at_hub(&w, bad));
	assert_non_null(strstr(w.f->e.msg, "cut off"));
	spoil(w.path, bad, 0, (long)st.st_size - 200);
	assert_false(read_at_hub(&w, bad));
	assert_non_null(strstr(w.f->e.msg, "changed"));
	assert_ok(path_write_atomic(bad, sv("a letter\n"), 0600, &w.f->e), w.f->e);
	assert_false(read_at_hub(&w, bad));
	assert_non_null(strstr(w.f->e.msg, "not a file of zuoxi"));
	assert_ok(read_at_hub(&w, w.path), w.f->e); // the control: unspoilt it is taken
	free(bad);
	world_end(&w);
}

static void test_foreign_and_replayed(void **state)
{
	struct world w;
	struct world other;
	unsigned char pk[JOINED_BOX_PK], sk[crypto_box_SECRETKEYBYTES];

	world_start(&w, state);
	op(w.f, "ticket.note", "ticket", "t1", "q/pay", "{'text':'1'}");
	op(w.f, "ticket.note", "ticket", "t1", "q/pay", "{'text':'2'}");
	assert_ok(export(&w), w.f->e);
	w.last_n = 2;
	assert_false(read_at_hub(&w, w.path));
	assert_int_equal(w.f->e.code, ERR_CONFLICT);
	assert_non_null(strstr(w.f->e.msg, "here already"));
	w.last_n = 1; // the network brought the first: both come, the hub knows by n
	assert_ok(read_at_hub(&w, w.path), w.f->e);
	assert_int_equal(w.ids.n, 2);
	w.last_n = 0;
	w.dev = "dv-2";
	assert_false(read_at_hub(&w, w.path));
	assert_int_equal(w.f->e.code, ERR_NOT_FOUND);
	w.dev = "dv-1";
	memset(w.known, 7, sizeof(w.known)); // a thief signs with a key of their own
	assert_false(read_at_hub(&w, w.path));
	assert_int_equal(w.f->e.code, ERR_DENIED);
	memcpy(w.known, w.key.sign_pk, sizeof(w.known));
	other = w;
	crypto_box_keypair(pk, sk);
	memcpy(other.box_pk, pk, sizeof(pk));
	memcpy(other.box_sk, sk, sizeof(sk));
	assert_false(read_at_hub(&other, w.path));
	assert_non_null(strstr(w.f->e.msg, "another hub"));
	memcpy(other.box_pk, w.box_pk, sizeof(pk)); // the right public key with a wrong secret one
	assert_false(read_at_hub(&other, w.path));
	assert_int_equal(w.f->e.code, ERR_DENIED);
	world_end(&w);
}

static void test_another_station_carries_it(void **state)
{
	struct world w;
	struct courier_head head;
	struct carried files = {0};
	struct arena a = {0};
	unsigned char pk[JOINED_BOX_PK] = {9};
	bool again;

	world_start(&w, state);
	op(w.f, "ticket.note", "ticket", "t1", "q/pay", "{'text':'1'}");
	assert_ok(export(&w), w.f->e);
	char *dir = path_join(w.f->dir, "b"), *bad = path_join(w.f->dir, "bad.zxo");
	assert_ok(courier_carried(dir, &files, &a, &w.f->e), w.f->e);
	assert_int_equal(files.paths.n, 0);
	assert_ok(courier_carry(dir, w.box_pk, w.path, &head, &again, &w.f->e), w.f->e);
	assert_false(again);
	assert_string_equal(head.dev, "dv-1");
	assert_ok(courier_carry(dir, w.box_pk, w.path, &head, &again, &w.f->e), w.f->e);
	assert_true(again);
	assert_false(courier_carry(dir, pk, w.path, &head, &again, &w.f->e));
	assert_int_equal(w.f->e.code, ERR_DENIED);
	spoil(w.path, bad, 0, 400);
	assert_false(courier_carry(dir, w.box_pk, bad, &head, &again, &w.f->e));
	assert_ok(courier_carried(dir, &files, &a, &w.f->e), w.f->e);
	assert_int_equal(files.paths.n, 1);
	assert_ok(read_at_hub(&w, files.paths.v[0]), w.f->e); // byte for byte what was written
	assert_int_equal(w.ids.n, 1);
	assert_ok(courier_delivered(files.paths.v[0], &w.f->e), w.f->e);
	files.paths.n = 0;
	assert_ok(courier_carried(dir, &files, &a, &w.f->e), w.f->e);
	assert_int_equal(files.paths.n, 0);
	vec_release(&files.paths);
	arena_release(&a);
	free(dir);
	free(bad);
	world_end(&w);
}

// A name in the head becomes part of a file's name: none leads out of the directory.
static void test_names_do_not_lead_elsewhere(void **state)
{
	struct world w;
	struct courier_head head = {.dev = "../../x", .inc = "1", .from = 1, .to = 1, .ops = 1};
	struct courier_writer *wr;
	bool again;

	world_start(&w, state);
	memcpy(head.hub, w.box_pk, sizeof(head.hub));
	memcpy(head.sign, w.key.sign_pk, sizeof(head.sign));
	FILE *f = fopen(w.path, "w+b");
	assert_non_null(f);
	json_t *body = json_object();
	struct wire_op o = {.n = 1, .id = "o", .k = "k.x", .t = "t", .e = "e", .s = "q/a", .body = body};
	wire_op_hash(o.id, o.k, o.t, o.e, o.s, NULL, "{}", o.h);
	assert_ok(courier_begin(&wr, f, &head, w.key.sign_sk, &w.f->e), w.f->e);
	assert_ok(courier_add(wr, &o, &w.f->e), w.f->e);
	assert_false(courier_add(wr, &o, &w.f->e)); // not twice, not more than were said
	assert_ok(courier_finish(wr, &w.f->e), w.f->e);
	fclose(f);
	json_decref(body);
	char *dir = path_join(w.f->dir, "b");
	assert_false(courier_carry(dir, w.box_pk, w.path, &head, &again, &w.f->e));
	assert_int_equal(w.f->e.code, ERR_PARSE);
	assert_false(path_exists(dir));
	free(dir);
	world_end(&w);
}

static void test_keys_of_a_station(void **state)
{
	struct fix *f = *state;
	struct hub_key k, got;
	struct joined j = {.dev = "dv-1", .urls = {"https://a", "https://b"}, .n_urls = 2, .ca = "/etc/ca.pem"}, read;
	char *path = path_join(f->dir, "hub.key");

	assert_ok(joined_load(f->db, &read, &f->a, &f->e), f->e);
	assert_null(read.dev);
	memset(j.sign_pk, 3, sizeof(j.sign_pk));
	assert_ok(joined_save(f->db, &j, &f->e) && joined_agent(f->db, "a7", "李", 99, &f->e) && joined_heard(f->db, 77, &f->e), f->e);
	assert_ok(joined_load(f->db, &read, &f->a, &f->e), f->e);
	assert_string_equal(read.dev, "dv-1");
	assert_int_equal(read.n_urls, 2);
	assert_string_equal(read.urls[1], "https://b");
	assert_string_equal(read.ca, "/etc/ca.pem");
	assert_string_equal(read.agent, "a7");
	assert_int_equal(read.lease_until, 99);
	assert_int_equal(read.last_hub_time, 77);
	assert_memory_equal(read.sign_pk, j.sign_pk, sizeof(j.sign_pk));
	assert_false(hub_key_load(f->dir, &got, &f->e));
	assert_int_equal(f->e.code, ERR_NOT_FOUND);
	hub_key_make(&k);
	snprintf(k.refresh, sizeof(k.refresh), "token \"with quotes\"");
	assert_ok(hub_key_save(f->dir, &k, &f->e), f->e);
	assert_ok(hub_key_load(f->dir, &got, &f->e), f->e);
	assert_memory_equal(&k, &got, sizeof(k));
	assert_int_equal(chmod(path, 0640), 0);
	assert_false(hub_key_load(f->dir, &got, &f->e));
	assert_int_equal(f->e.code, ERR_DENIED);
	assert_ok(path_write_atomic(path, sv("{\"sign\":\"00\"}"), 0600, &f->e), f->e);
	assert_false(hub_key_load(f->dir, &got, &f->e));
	assert_int_equal(f->e.code, ERR_PARSE);
	assert_ok(hub_key_remove(f->dir, &f->e) && hub_key_remove(f->dir, &f->e), f->e);
	free(path);
}

#define with_store(fn) cmocka_unit_test_setup_teardown(fn, fix_setup, fix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_store(test_what_is_written_is_read),
		with_store(test_long_outbox),
		with_store(test_spoilt_files_are_refused),
		with_store(test_foreign_and_replayed),
		with_store(test_another_station_carries_it),
		with_store(test_names_do_not_lead_elsewhere),
		with_store(test_keys_of_a_station),
	};

	return cmocka_run_group_tests_name("courier", tests, NULL, NULL);
}
