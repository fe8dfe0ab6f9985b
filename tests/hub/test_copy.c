// SPDX-License-Identifier: MIT
// Knows that a store goes to another engine as it is, and that a backup made while the hub serves is whole.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "src/hub/schema.h"
#include "src/hub/store_internal.h"
#include "tests/hub/hubtest.h"
#include "tests/hub/pgcluster.h"
#include "tests/unit/store/tmpdir.h"

static struct pgcluster *cluster;

// --- everything a store holds, as text

struct dump {
	struct str out;
	const struct schema_table *t;
};

static void add_value(struct str *out, struct sql_stmt *st, int col, enum schema_type type)
{
	struct sv v = sql_is_null(st, col) ? sv("") : sql_sv(st, col);

	if (sql_is_null(st, col))
		str_add(out, "null|");
	else if (type == COL_INT)
		str_addf(out, "%lld|", (long long)sql_int(st, col));
	else
		for (size_t i = 0; i <= v.n; i++)
			i < v.n ? str_addf(out, "%02x", (unsigned char)v.p[i]) : str_addc(out, '|');
}

static bool dump_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct dump *d = arg;
	struct str text = {0};

	str_add(&text, "select ");
	for (size_t i = 0; i < d->t->n_cols; i++)
		str_addf(&text, "%s%s", i ? ", " : "", d->t->cols[i].name);
	str_addf(&text, " from %s order by %s", d->t->name, d->t->key);
	struct sql_stmt *st = sql_stmt(tx->c, str_z(&text));
	str_addf(&d->out, "== %s\n", d->t->name);
	while (sql_row(st)) {
		for (size_t i = 0; i < d->t->n_cols; i++)
			add_value(&d->out, st, (int)i, d->t->cols[i].type);
		str_addc(&d->out, '\n');
	}
	str_release(&text);
	return sql_end(st, e);
}

static char *dump(struct hub_store *s)
{
	struct dump d = {0};

	for (size_t i = 0; i < schema_tables_n; i++) {
		d.t = &schema_tables[i];
		hubtest_read(s, dump_body, &d);
	}
	return str_take(&d.out);
}

static void assert_same(struct hub_store *a, struct hub_store *b)
{
	char *x = dump(a), *y = dump(b);

	if (strcmp(x, y) != 0)
		fail_msg("the stores differ");
	free(x);
	free(y);
}

// --- what it holds: more rows than a page of the copy has, every table used, awkward bytes

static bool people(struct hub_tx *tx, void *arg, struct err *e)
{
	struct hub_dev d = {.dev = "dv", .inc = "i1", .site = "SHA", .station = "0A7", .state = "active", .report = "{}"};
	struct hub_audit a = {.site = "SHA", .actor = "ag", .action = "reveal"};
	struct hub_session s = {.family = "f", .site = "SHA", .agent = "ag", .dev = "dv", .inc = "i1"};
	struct hub_cred c = {.site = "SHA", .agent = "ag", .login = "li", .hash = "$argon2id$"};
	struct hub_code code = {.site = "SHA"};
	struct hub_presence p = {.site = "SHA", .agent = "ag", .state = "ready", .hub = "h"};
	struct str bytes = {0};
	unsigned char h[32];
	char hex[65];
	bool done;

	(void)arg;
	for (int i = 0; i < 600000; i++)
		str_addc(&bytes, (char)(i * 31));
	crypto_generichash(h, sizeof(h), (unsigned char *)bytes.s, bytes.n, NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), h, sizeof(h));
	bool ok = hub_dev_put(tx, &d, e) && hub_dev_advance(tx, "SHA", "dv", "i1", 0, 1200, e) && hub_session_put(tx, &s, e) && hub_cred_put(tx, &c, e) &&
		  hub_code_put(tx, &code, e) && hub_presence_put(tx, &p, e) && hub_audit_add(tx, &a, e) && hub_audit_add(tx, &a, e) &&
		  hub_blob_append(tx, "SHA", hex, (int64_t)bytes.n, 0, sv_n(bytes.s, bytes.n), &done, e);
	for (int64_t n = 1; ok && n <= 1200; n++) {
		struct hub_opres r = {.n = n, .res = "{\"r\":\"applied\"}"};
		randombytes_buf(r.h, sizeof(r.h));
		ok = hub_opres_put(tx, "SHA", "dv", "i1", &r, e);
	}
	str_release(&bytes);
	return ok;
}

static void fill(struct hub_store *s)
{
	struct err e = {0};
	int64_t fence;
	bool held;

	for (int i = 0; i < 300; i++) {
		char id[32], *doc = xasprintf("{\"display_name\":\"客户 %d\",\"phones\":[\"138%08d\"]}", i, i);
		snprintf(id, sizeof(id), "c%d|'", i);
		hubtest_put(s, "SHA", i % 2 ? "customer" : "article", id, i % 3 ? "q/1" : "q/2", doc);
		free(doc);
	}
	for (int i = 0; i < 300; i += 7) {
		char id[32];
		snprintf(id, sizeof(id), "c%d|'", i);
		hubtest_put(s, "SHA", i % 2 ? "customer" : "article", id, "q/3", "{}");
	}
	hubtest_gone(s, "SHA", "customer", "c1|'", "merged", "c3|'");
	hubtest_run(s, people, NULL);
	assert_ok(hub_lease(s, "SHA", "dispatch", "h1", 1000, &held, &fence, &e), e);
	assert_ok(hub_new_epoch(s, &e), e);
}

static const enum hubtest_engine ways[][2] = {{ON_FILE, ON_POSTGRES}, {ON_POSTGRES, ON_FILE}, {ON_MEMORY, ON_POSTGRES}, {ON_FILE, ON_MEMORY},
					      {ON_POSTGRES, ON_POSTGRES}};

static void test_copy(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct hubtest a, b;
		struct err e = {0};
		hubtest_open(&a, ways[i][0], cluster);
		hubtest_open(&b, ways[i][1], cluster);
		fill(a.s);
		assert_ok(hub_copy(a.s, b.s, &e), e);
		assert_same(a.s, b.s);
		assert_ok(hub_check(b.s, &e), e);
		// A station that goes on with the new one notices nothing: the next numbers are the same.
		int64_t seq = hubtest_put(a.s, "SHA", "customer", "c7|'", "q/1", "{\"v\":1}");
		assert_int_equal(hubtest_put(b.s, "SHA", "customer", "c7|'", "q/1", "{\"v\":1}"), seq);
		assert_ok(hub_check(b.s, &e), e);
		// The control: what differs is seen.
		char *x = dump(a.s);
		hubtest_put(b.s, "SHA", "note", "more", "q/1", "{}");
		char *y = dump(b.s);
		assert_true(strcmp(x, y) != 0);
		free(x);
		free(y);
		assert_false(hub_copy(a.s, b.s, &e)); // not into a store in use
		assert_int_equal(e.code, ERR_CONFLICT);
		hubtest_close(&a);
		hubtest_close(&b);
	}
}

// --- backup while it serves

static struct busy {
	struct hub_store *s;
	atomic_llong done;
	atomic_bool stop;
	atomic_int failed;
	pthread_mutex_t mutex;
	pthread_cond_t news;
} busy = {.mutex = PTHREAD_MUTEX_INITIALIZER, .news = PTHREAD_COND_INITIALIZER};

// Both entities get the same number in one transaction: a copy that tears it shows.
static bool two_at_once(struct hub_tx *tx, void *arg, struct err *e)
{
	static const char *const ids[] = {"left", "right"};
	int64_t n = *(int64_t *)arg;
	bool ok = true;

	for (int i = 0; ok && i < 2; i++) {
		json_t *d = json_pack("{s:I, s:s%}", "n", (json_int_t)n, "pad", "0123456789012345678901234567890123456789", (size_t)40);
		struct hub_ent ent = {.t = "article", .e = ids[i], .s = i ? "kb/a" : "kb/b", .rev = n, .d = d};
		ok = hub_put(tx, "SHA", &ent, NULL, e);
		json_decref(d);
	}
	return ok;
}

static void *keep_busy(void *arg)
{
	struct err e = {0};

	(void)arg;
	for (int64_t n = 1; !atomic_load(&busy.stop); n++) {
		if (!hub_run(busy.s, HUB_WRITE, two_at_once, &n, &e))
			atomic_fetch_add(&busy.failed, 1);
		pthread_mutex_lock(&busy.mutex);
		atomic_store(&busy.done, n);
		pthread_cond_broadcast(&busy.news);
		pthread_mutex_unlock(&busy.mutex);
	}
	return NULL;
}

static void await_done(int64_t n)
{
	pthread_mutex_lock(&busy.mutex);
	while (atomic_load(&busy.done) < n)
		pthread_cond_wait(&busy.news, &busy.mutex);
	pthread_mutex_unlock(&busy.mutex);
}

static int64_t number_of(struct hub_store *s, const char *id)
{
	char *shown = hubtest_show(s, "SHA", "article", id);
	int64_t n = 0;

	if (*shown != '-')
		assert_true(parse_int(sv_n(shown, strcspn(shown, " ")), 1, INT64_MAX, &n));
	free(shown);
	return n;
}

static struct hub_store *open_copy(const struct hubtest *t, const char *path, bool readonly)
{
	char *url = xasprintf("sqlite:%s", path);
	struct hub_store_options o = {.url = url, .clock = &t->clock, .keys = t->keys, .readonly = readonly};
	struct hub_store *s;
	struct err e = {0};

	assert_ok(hub_store_open(&s, &o, &e), e);
	free(url);
	return s;
}

static void one_backup(struct hubtest *t, int no)
{
	char *path = xasprintf("%s/copy%d", t->dir, no);
	struct stat st;
	struct err e = {0};

	int64_t acked = atomic_load(&busy.done);
	assert_ok(hub_backup(t->s, path, &e), e);
	int64_t later = atomic_load(&busy.done) + 1;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	struct hub_store *copy = open_copy(t, path, false);
	assert_ok(hub_check(copy, &e), e);
	int64_t n = number_of(copy, "left");
	assert_int_equal(n, number_of(copy, "right"));
	assert_in_range(n, acked, later);
	hub_store_close(copy);
	assert_false(hub_backup(t->s, path, &e)); // an older copy is not written over
	assert_int_equal(e.code, ERR_CONFLICT);
	free(path);
}

static void test_backup_while_serving(void **state)
{
	(void)state;
	for (int on = ON_MEMORY; on < ON_ENGINES; on++) {
		struct hubtest t;
		pthread_t writer;
		hubtest_open(&t, (enum hubtest_engine)on, cluster);
		fill(t.s);
		busy.s = t.s;
		atomic_store(&busy.stop, false);
		atomic_store(&busy.done, 0);
		pthread_create(&writer, NULL, keep_busy, NULL);
		for (int i = 0; i < 4; i++) {
			await_done(atomic_load(&busy.done) + 5);
			one_backup(&t, i);
		}
		atomic_store(&busy.stop, true);
		pthread_join(writer, NULL);
		assert_int_equal(atomic_load(&busy.failed), 0);
		hubtest_close(&t);
	}
}

// A store restored from a copy goes on under another epoch.
static void test_restore_drill(void **state)
{
	(void)state;
	for (int on = ON_FILE; on < ON_ENGINES; on++) {
		struct hubtest t, again;
		struct err e = {0};
		hubtest_open(&t, (enum hubtest_engine)on, cluster);
		hubtest_open(&again, (enum hubtest_engine)on, cluster);
		fill(t.s);
		char *path = path_join(t.dir, "copy");
		assert_ok(hub_backup(t.s, path, &e), e);
		struct hub_store *copy = open_copy(&t, path, true);
		assert_ok(hub_copy(copy, again.s, &e), e);
		assert_same(t.s, again.s);
		assert_ok(hub_new_epoch(again.s, &e), e);
		assert_ok(hub_check(again.s, &e), e);
		hub_store_close(copy);
		free(path);
		hubtest_close(&again);
		hubtest_close(&t);
	}
}

// The control: the file alone, copied as a file while the hub serves, lacks what was acknowledged.
static void test_a_plain_copy_is_not_enough(void **state)
{
	struct hubtest t;
	struct str bytes = {0};
	struct err e = {0};
	int64_t n = 1;

	(void)state;
	hubtest_open(&t, ON_FILE, NULL);
	hubtest_run(t.s, two_at_once, &n);
	assert_ok(path_read(t.url + strlen("sqlite:"), SIZE_MAX, &bytes, &e), e);
	char *path = path_join(t.dir, "plain"), *url = xasprintf("sqlite:%s", path);
	assert_ok(path_write_atomic(path, sv_n(str_z(&bytes), bytes.n), 0600, &e), e);
	struct hub_store_options o = {.url = url, .clock = &t.clock, .keys = t.keys};
	struct hub_store *copy;
	if (hub_store_open(&copy, &o, &e)) {
		assert_int_equal(number_of(copy, "left"), 0);
		hub_store_close(copy);
	}
	assert_int_equal(number_of(t.s, "left"), 1);
	str_release(&bytes);
	free(url);
	free(path);
	hubtest_close(&t);
}

static int group_setup(void **state)
{
	(void)state;
	cluster = pgcluster_start();
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	pgcluster_stop(cluster);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_backup_while_serving),
		cmocka_unit_test(test_restore_drill),
		cmocka_unit_test(test_a_plain_copy_is_not_enough),
	};

	return cmocka_run_group_tests_name("hub-copy", tests, group_setup, group_teardown);
}
