// SPDX-License-Identifier: MIT
// Knows cases of the hub's store: entities put, moved, gone, and what stands in their streams afterwards.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/hub/store_internal.h"
#include "tests/hub/conform.h"
#include "tests/unit/store/tmpdir.h"

static void absent(struct hubtest *t, const char *site, size_t row)
{
	(void)row;
	assert_text(hubtest_show(t->s, site, "ticket", "a"), "-");
	assert_text(hubtest_page(t->s, site, "q/1", 0, 10, 10000), "@0");
}

static void put_and_change(struct hubtest *t, const char *site, size_t row)
{
	(void)row;
	assert_int_equal(hubtest_put(t->s, site, "ticket", "a", "q/1", "{\"v\":1}"), 1);
	assert_text(hubtest_show(t->s, site, "ticket", "a"), "1 q/1 1 {\"v\":1}");
	assert_int_equal(hubtest_put(t->s, site, "ticket", "b", "q/1", "{\"v\":2}"), 2);
	assert_int_equal(hubtest_put(t->s, site, "ticket", "a", "q/1", "{\"v\":3}"), 3);
	assert_text(hubtest_page(t->s, site, "q/1", 0, 10, 10000), "2 ticket b 1 {\"v\":2};3 ticket a 2 {\"v\":3};@3");
}

static void sites_and_types_apart(struct hubtest *t, const char *site, size_t row)
{
	(void)row;
	hubtest_put(t->s, site, "ticket", "a", "q/1", "{\"v\":1}");
	hubtest_put(t->s, site, "note", "a", "q/1", "{\"v\":2}");
	assert_text(hubtest_show(t->s, "another", "ticket", "a"), "-");
	assert_text(hubtest_show(t->s, site, "ticket", "a"), "1 q/1 1 {\"v\":1}");
	assert_text(hubtest_show(t->s, site, "note", "a"), "1 q/1 2 {\"v\":2}");
	assert_text(hubtest_page(t->s, "another", "q/1", 0, 10, 10000), "@0");
}

// What is stored comes back as it was, sealed or in the clear.
static const char *const docs[] = {
	"{}", "{\"v\":1}", "{\"a\":{\"b\":{\"c\":[1,2,{\"d\":null}]}}}", "{\"n\":9007199254740993}", "{\"n\":-9223372036854775808}",
	"{\"n\":9223372036854775807}", "{\"x\":1.5}", "{\"t\":true,\"f\":false}", "{\"name\":\"李雷 \xf0\x9f\x98\x80\"}",
	"{\"text\":\"line\\nline\\ttab \\\"quoted\\\" back\\\\slash\"}", "{\"z\":1,\"a\":2,\"m\":3}", "{\"empty\":\"\",\"list\":[]}",
};

static void round_trip(struct hubtest *t, const char *site, size_t row)
{
	const char *type = row % 2 ? "customer" : "article", *doc = docs[row / 2];
	char *want = xasprintf("1 q/1 1 %s", doc);

	hubtest_put(t->s, site, type, "a", "q/1", doc);
	assert_text(hubtest_show(t->s, site, type, "a"), want);
	free(want);
}

struct revs {
	const char *site;
	int64_t have, rev;
	bool right;
};

static bool put_rev(struct hub_tx *tx, void *arg, struct err *e)
{
	struct revs *r = arg;
	json_t *d = json_object();
	struct hub_ent ent = {.t = "ticket", .e = "a", .s = "q/1", .rev = r->rev, .d = d};
	bool ok = hub_put(tx, r->site, &ent, NULL, e);

	json_decref(d);
	return ok;
}

static const struct revs revs[] = {
	{.have = 0, .rev = 1, .right = true}, {.have = 0, .rev = 0}, {.have = 0, .rev = 2}, {.have = 2, .rev = 3, .right = true},
	{.have = 2, .rev = 2}, {.have = 2, .rev = 4}, {.have = 2, .rev = 1},
};

static void revisions_follow(struct hubtest *t, const char *site, size_t row)
{
	struct revs r = revs[row];
	struct err e = {0};

	r.site = site;
	for (int64_t i = 0; i < r.have; i++)
		hubtest_put(t->s, site, "ticket", "a", "q/1", "{}");
	assert_int_equal(hub_run(t->s, HUB_WRITE, put_rev, &r, &e), r.right);
	assert_int_equal(e.code, r.right ? ERR_NONE : ERR_CONFLICT);
	char *want = xasprintf("@%lld", (long long)(r.have + r.right));
	char *page = hubtest_page(t->s, site, "q/1", 100, 10, 1000);
	assert_text(page, want); // what was refused used no number
	free(want);
}

// Several changes in one transaction: one place in the stream, a line of the history each.
struct many {
	const char *site;
	int64_t seq;
	const char *stream;
	bool fails;
};

static bool stage(struct hub_tx *tx, const char *site, const char *id, const char *s, int64_t rev, int v, struct err *e)
{
	json_t *d = json_pack("{s:i}", "v", v);
	struct hub_ent ent = {.t = "ticket", .e = id, .s = s, .rev = rev, .d = d};
	bool ok = hub_put(tx, site, &ent, "op", e);

	json_decref(d);
	return ok;
}

static bool change_thrice(struct hub_tx *tx, void *arg, struct err *e)
{
	struct many *m = arg;
	const struct hub_ent *ent;

	for (int rev = 1; rev <= 3; rev++) {
		if (!stage(tx, m->site, "a", "q/1", rev, rev * 10, e) || !hub_get(tx, m->site, "ticket", "a", &ent, e))
			return false;
		assert_int_equal(ent->rev, rev);
		assert_int_equal(json_integer_value(json_object_get(ent->d, "v")), rev * 10);
		assert_int_equal(ent->seq, 0);
	}
	if (m->fails)
		return err_set(e, ERR_DENIED, "no");
	if (!hub_flush(tx, e))
		return false;
	m->seq = hub_seq_of(tx, m->site, "ticket", "a", &m->stream);
	assert_string_equal(m->stream, "q/1");
	assert_int_equal(hub_seq_of(tx, m->site, "ticket", "b", &m->stream), 0);
	return true;
}

static bool count_line(void *arg, const struct hub_ent *ent)
{
	struct str *out = arg;

	str_addf(out, "%lld:%lld ", (long long)ent->rev, (long long)json_integer_value(json_object_get(ent->d, "v")));
	return true;
}

struct history {
	const char *site;
	struct str out;
};

static bool read_history(struct hub_tx *tx, void *arg, struct err *e)
{
	struct history *h = arg;

	str_clear(&h->out);
	return hub_history(tx, h->site, "ticket", "a", count_line, &h->out, e);
}

static void once_in_the_stream(struct hubtest *t, const char *site, size_t row)
{
	struct many m = {.site = site};
	struct history h = {.site = site};

	(void)row;
	hubtest_run(t->s, change_thrice, &m);
	assert_int_equal(m.seq, 1);
	assert_text(hubtest_page(t->s, site, "q/1", 0, 10, 10000), "1 ticket a 3 {\"v\":30};@1");
	hubtest_read(t->s, read_history, &h);
	assert_string_equal(str_z(&h.out), "1:10 2:20 3:30 ");
	str_release(&h.out);
}

static void refused_leaves_nothing(struct hubtest *t, const char *site, size_t row)
{
	struct many m = {.site = site, .fails = true};
	struct err e = {0};

	(void)row;
	assert_false(hub_run(t->s, HUB_WRITE, change_thrice, &m, &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_text(hubtest_show(t->s, site, "ticket", "a"), "-");
	assert_int_equal(hubtest_put(t->s, site, "ticket", "a", "q/1", "{}"), 1);
}

// Numbers follow the order of the puts, not that of the ids; each stream has its own.
static bool put_backwards(struct hub_tx *tx, void *arg, struct err *e)
{
	struct many *m = arg;

	return stage(tx, m->site, "a", "q/1", 1, 1, e) && stage(tx, m->site, "b", "q/2", 1, 2, e) && stage(tx, m->site, "c", "q/1", 1, 3, e) &&
	       stage(tx, m->site, "d", "q/2", 1, 4, e) && stage(tx, m->site, "a", "q/1", 2, 5, e) && stage(tx, m->site, "b", "q/2", 2, 6, e);
}

static void numbers_follow_the_puts(struct hubtest *t, const char *site, size_t row)
{
	struct many m = {.site = site};

	(void)row;
	hubtest_run(t->s, put_backwards, &m); // flushed by hub_run
	assert_text(hubtest_page(t->s, site, "q/1", 0, 10, 10000), "1 ticket c 1 {\"v\":3};2 ticket a 2 {\"v\":5};@2");
	assert_text(hubtest_page(t->s, site, "q/2", 0, 10, 10000), "1 ticket d 1 {\"v\":4};2 ticket b 2 {\"v\":6};@2");
}

// Moves: each word of the walk is a stream the entity goes to; then every stream's page.
static const struct walk {
	const char *steps;
	const char *page[3];
} walks[] = {
	{"1", {"1 ticket a 1 {};@1", "@0", "@0"}},
	{"12", {"2 ticket a 2 moved>q/2;@2", "1 ticket a 2 {};@1", "@0"}},
	{"123", {"2 ticket a 2 moved>q/2;@2", "2 ticket a 3 moved>q/3;@2", "1 ticket a 3 {};@1"}},
	{"121", {"3 ticket a 3 {};@3", "2 ticket a 3 moved>q/1;@2", "@0"}},
	{"1212", {"4 ticket a 4 moved>q/2;@4", "3 ticket a 4 {};@3", "@0"}},
	{"1123", {"3 ticket a 3 moved>q/2;@3", "2 ticket a 4 moved>q/3;@2", "1 ticket a 4 {};@1"}},
	{"12131", {"5 ticket a 5 {};@5", "2 ticket a 3 moved>q/1;@2", "2 ticket a 5 moved>q/1;@2"}},
};

static void moves(struct hubtest *t, const char *site, size_t row)
{
	for (const char *p = walks[row].steps; *p; p++)
		hubtest_put(t->s, site, "ticket", "a", (char[]){'q', '/', *p, '\0'}, "{}");
	for (int i = 0; i < 3; i++)
		assert_text(hubtest_page(t->s, site, (char[]){'q', '/', (char)('1' + i), '\0'}, 0, 10, 10000), walks[row].page[i]);
}

static bool there_and_back(struct hub_tx *tx, void *arg, struct err *e)
{
	struct many *m = arg;

	return stage(tx, m->site, "a", "q/2", 2, 2, e) && stage(tx, m->site, "a", "q/1", 3, 3, e);
}

static void moved_within_one(struct hubtest *t, const char *site, size_t row)
{
	struct many m = {.site = site};

	(void)row;
	hubtest_put(t->s, site, "ticket", "a", "q/1", "{}");
	hubtest_run(t->s, there_and_back, &m);
	assert_text(hubtest_page(t->s, site, "q/1", 0, 10, 10000), "2 ticket a 3 {\"v\":3};@2");
	assert_text(hubtest_page(t->s, site, "q/2", 0, 10, 10000), "@0");
}

static void gone(struct hubtest *t, const char *site, size_t row)
{
	(void)row;
	hubtest_put(t->s, site, "customer", "a", "cust/1", "{\"display_name\":\"a\"}");
	hubtest_put(t->s, site, "customer", "b", "cust/1", "{\"display_name\":\"b\"}");
	assert_int_equal(hubtest_gone(t->s, site, "customer", "a", "merged", "b"), 3);
	assert_int_equal(hubtest_gone(t->s, site, "customer", "b", "deleted", NULL), 4);
	assert_text(hubtest_page(t->s, site, "cust/1", 0, 10, 10000), "3 customer a 2 merged>b;4 customer b 2 deleted;@4");
	assert_text(hubtest_show(t->s, site, "customer", "a"), "2 cust/1 3 merged>b");
}

// An id with the signs of the left row's own key in it.
static void odd_ids(struct hubtest *t, const char *site, size_t row)
{
	static const char *const ids[] = {"a|b|c", "|", "%", "a'b\"c", "\\", "客户"};

	hubtest_put(t->s, site, "ticket", ids[row], "q/1", "{}");
	hubtest_put(t->s, site, "ticket", ids[row], "q/2", "{}");
	char *want = xasprintf("2 ticket %s 2 moved>q/2;@2", ids[row]);
	assert_text(hubtest_page(t->s, site, "q/1", 0, 10, 10000), want);
	free(want);
}

// Everything of hub_ent but the document.
static bool put_whole(struct hub_tx *tx, void *arg, struct err *e)
{
	json_t *d = json_pack("{s:s}", "a", "b"), *fr = json_pack("{s:I}", "a", (json_int_t)4);
	struct hub_ent ent = {.t = "ticket", .e = "w", .s = "q/1", .rev = 1, .d = d, .fr = fr, .by = "ag", .dev = "dv", .at = 77};
	bool ok = hub_put(tx, arg, &ent, "op", e);

	json_decref(d);
	json_decref(fr);
	return ok;
}

static bool check_whole(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct hub_ent *ent;

	if (!hub_get(tx, arg, "ticket", "w", &ent, e))
		return false;
	assert_non_null(ent);
	assert_int_equal(json_integer_value(json_object_get(ent->fr, "a")), 4);
	assert_string_equal(ent->by, "ag");
	assert_string_equal(ent->dev, "dv");
	assert_int_equal(ent->at, hub_now(tx)); // the hub's time, whatever the caller says
	assert_null(ent->gone);
	assert_null(ent->to);
	return true;
}

static void all_members(struct hubtest *t, const char *site, size_t row)
{
	(void)row;
	hubtest_run(t->s, put_whole, (void *)site);
	hubtest_read(t->s, check_whole, (void *)site);
}

// Nothing of a person's data stands in the file in the clear; what is nobody's does.
static bool look_raw(struct hub_tx *tx, void *arg, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select d, x from ent where site = $1 and t = $2 and e = 'raw'");
	const char *const *v = arg;

	sql_bind_text(st, v[0]);
	sql_bind_text(st, v[1]);
	assert_true(sql_row(st));
	bool sealed = sql_is_null(st, 0);
	struct sv bytes = sql_sv(st, sealed ? 1 : 0);
	assert_int_equal(sealed, hub_is_sealed(v[1]));
	assert_int_equal(memmem(bytes.p, bytes.n, "Zhang", 5) == NULL, sealed);
	return sql_end(st, e);
}

static void sealed_at_rest(struct hubtest *t, const char *site, size_t row)
{
	static const char *const types[] = {"customer", "ticket", "note", "interaction", "call_event", "article", "agent"};
	const char *v[] = {site, types[row]};

	hubtest_put(t->s, site, types[row], "raw", "q/1", "{\"name\":\"Zhang\"}");
	hubtest_read(t->s, look_raw, v);
}

static bool swap_sealed(struct hub_tx *tx, void *arg, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "update ent set x = (select x from ent where site = $1 and t = 'note' and e = 'one')"
					      " where site = $2 and t = 'note' and e = 'two'");

	sql_bind_text(st, arg);
	sql_bind_text(st, arg);
	return sql_run(st, e);
}

static bool get_two(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct hub_ent *ent;

	return hub_get(tx, arg, "note", "two", &ent, e);
}

static void sealed_to_its_place(struct hubtest *t, const char *site, size_t row)
{
	struct err e = {0};

	(void)row;
	hubtest_put(t->s, site, "note", "one", "q/1", "{\"text\":\"one\"}");
	hubtest_put(t->s, site, "note", "two", "q/1", "{\"text\":\"two\"}");
	hubtest_run(t->s, swap_sealed, (void *)site);
	assert_false(hub_run(t->s, HUB_READ, get_two, (void *)site, &e));
	assert_int_equal(e.code, ERR_DENIED);
}

// An older document of the same entity, put back behind the hub's back, does not pass for the newest.
static bool put_back(struct hub_tx *tx, void *arg, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "update ent set x = (select x from ent_hist where site = $1 and t = 'note' and e = 'two' and rev = 1)"
					      " where site = $2 and t = 'note' and e = 'two'");

	sql_bind_text(st, arg);
	sql_bind_text(st, arg);
	return sql_run(st, e);
}

static void sealed_to_its_revision(struct hubtest *t, const char *site, size_t row)
{
	struct err e = {0};

	(void)row;
	hubtest_put(t->s, site, "note", "two", "q/1", "{\"text\":\"old\"}");
	hubtest_put(t->s, site, "note", "two", "q/1", "{\"text\":\"new\"}");
	hubtest_run(t->s, put_back, (void *)site);
	assert_false(hub_run(t->s, HUB_READ, get_two, (void *)site, &e));
	assert_int_equal(e.code, ERR_DENIED);
}

#define N(a) (sizeof(a) / sizeof(*(a)))
const struct conform_case conform_entities[] = {
	{"absent", absent, 0},
	{"put and change", put_and_change, 0},
	{"sites and types are apart", sites_and_types_apart, 0},
	{"round trip", round_trip, 2 * N(docs)},
	{"revisions follow", revisions_follow, N(revs)},
	{"once in the stream", once_in_the_stream, 0},
	{"refused leaves nothing", refused_leaves_nothing, 0},
	{"numbers follow the puts", numbers_follow_the_puts, 0},
	{"moves", moves, N(walks)},
	{"moved there and back", moved_within_one, 0},
	{"gone", gone, 0},
	{"odd ids", odd_ids, 6},
	{"all members", all_members, 0},
	{"sealed at rest", sealed_at_rest, 7},
	{"sealed to its place", sealed_to_its_place, 0},
	{"sealed to its revision", sealed_to_its_revision, 0},
	{0},
};
