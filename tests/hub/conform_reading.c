// SPDX-License-Identifier: MIT
// Knows cases of the hub's store: pages, digests, heads, lists, and who is found by what.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/vec.h"
#include "tests/hub/conform.h"
#include "tests/unit/store/tmpdir.h"

#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"

// Pages of a stream with 5 rows of about 300 bytes each; which are given.
static const struct paging {
	int64_t from;
	size_t rows, bytes;
	const char *want; // ids
} paging[] = {
	{0, 10, 100000, "abcde"}, {0, 2, 100000, "ab"}, {2, 2, 100000, "cd"}, {4, 10, 100000, "e"}, {5, 10, 100000, ""},
	{99, 10, 100000, ""},     {0, 1, 1, "a"},       {0, 10, 1, "a"},      {1, 10, 750, "bc"},   {0, 10, 1250, "abcd"},
	{3, 500, 524288, "de"},   {0, 10, 400, "a"},
};

static bool take_id(void *arg, const struct hub_feed_row *r)
{
	str_add(arg, r->ent.e);
	return true;
}

static bool take_two(void *arg, const struct hub_feed_row *r)
{
	str_add(arg, r->ent.e);
	return ((struct str *)arg)->n < 2;
}

struct read {
	const char *site, *t, *before;
	const struct paging *p;
	struct str out;
	size_t limit;
	int64_t at, n;
	uint64_t x;
};

static bool read_page(struct hub_tx *tx, void *arg, struct err *e)
{
	struct read *r = arg;

	str_clear(&r->out);
	return hub_feed(tx, r->site, "bc/1", r->p->from, r->p->rows, r->p->bytes, take_id, &r->out, e);
}

static void fill(struct hubtest *t, const char *site)
{
	for (const char *id = "abcde"; *id; id++)
		hubtest_put(t->s, site, "broadcast", (char[]){*id, '\0'}, "bc/1", "{\"text\":\"" LONG "\"}");
}

static void pages(struct hubtest *t, const char *site, size_t row)
{
	struct read r = {.site = site, .p = &paging[row]};

	fill(t, site);
	hubtest_read(t->s, read_page, &r);
	assert_string_equal(str_z(&r.out), paging[row].want);
	str_release(&r.out);
}

static bool read_stopped(struct hub_tx *tx, void *arg, struct err *e)
{
	struct read *r = arg;

	return hub_feed(tx, r->site, "bc/1", 0, 100, 100000, take_two, &r->out, e);
}

static void a_page_stops(struct hubtest *t, const char *site, size_t row)
{
	struct read r = {.site = site};

	(void)row;
	fill(t, site);
	hubtest_read(t->s, read_stopped, &r);
	assert_string_equal(str_z(&r.out), "ab");
	str_release(&r.out);
}

static bool read_digest(struct hub_tx *tx, void *arg, struct err *e)
{
	struct read *r = arg;

	return hub_digest(tx, r->site, "q/1", &r->at, &r->n, &r->x, e);
}

static void digest_is(struct hubtest *t, const char *site, int64_t at, int64_t n, uint64_t x)
{
	struct read r = {.site = site};

	hubtest_read(t->s, read_digest, &r);
	assert_int_equal(r.at, at);
	assert_int_equal(r.n, n);
	assert_true(r.x == x);
}

static void digests(struct hubtest *t, const char *site, size_t row)
{
	uint64_t a1 = wire_row_digest("ticket", "a", 1), a2 = wire_row_digest("ticket", "a", 2), b1 = wire_row_digest("ticket", "b", 1);

	(void)row;
	digest_is(t, site, 0, 0, 0);
	hubtest_put(t->s, site, "ticket", "a", "q/1", "{}");
	digest_is(t, site, 1, 1, a1);
	hubtest_put(t->s, site, "ticket", "b", "q/1", "{}");
	hubtest_put(t->s, site, "ticket", "a", "q/1", "{}");
	digest_is(t, site, 3, 2, a2 ^ b1);
	hubtest_put(t->s, site, "ticket", "a", "q/2", "{}");
	digest_is(t, site, 4, 1, b1);
	hubtest_gone(t->s, site, "ticket", "b", "deleted", NULL);
	digest_is(t, site, 5, 0, 0);
}

struct heads {
	const char *site;
	int64_t one, two, epoch;
	int n;
};

static void head(void *arg, const char *site, const struct hub_stream *st)
{
	struct heads *h = arg;

	if (strcmp(site, h->site) != 0)
		return;
	h->n++;
	h->epoch = st->epoch;
	if (str_eq(st->s, "q/1"))
		h->one = st->seq;
	else
		h->two = st->seq;
}

static void recent_heads(struct hubtest *t, const char *site, size_t row)
{
	struct heads all = {.site = site}, late = {.site = site};
	struct err e = {0};

	(void)row;
	hubtest_put(t->s, site, "ticket", "a", "q/1", "{}");
	clock_fake_add(&t->clock, 60000);
	hubtest_put(t->s, site, "ticket", "b", "q/2", "{}");
	hubtest_put(t->s, site, "ticket", "b", "q/2", "{}");
	assert_ok(hub_heads(t->s, 0, head, &all, &e), e);
	assert_int_equal(all.n, 2);
	assert_int_equal(all.one, 1);
	assert_int_equal(all.two, 2);
	assert_int_equal(all.epoch, 1);
	assert_ok(hub_heads(t->s, 5000, head, &late, &e), e);
	assert_int_equal(late.n, 1);
	assert_int_equal(late.two, 2);
}

static const struct listing {
	const char *before;
	size_t limit;
	const char *want;
} listings[] = {{NULL, 10, "fecba"}, {NULL, 2, "fe"}, {"e", 10, "cba"}, {"d", 1, "c"}, {"a", 10, ""}, {"zz", 3, "fec"}, {"B", 10, ""}};

static bool list_id(void *arg, const struct hub_ent *ent)
{
	str_add(arg, ent->e);
	return true;
}

static bool read_list(struct hub_tx *tx, void *arg, struct err *e)
{
	struct read *r = arg;

	return hub_list(tx, r->site, "team", r->before, r->limit, list_id, &r->out, e);
}

static void lists(struct hubtest *t, const char *site, size_t row)
{
	struct read r = {.site = site, .before = listings[row].before, .limit = listings[row].limit};

	for (const char *id = "cafebd"; *id; id++)
		hubtest_put(t->s, site, "team", (char[]){*id, '\0'}, "dir/1", "{}");
	hubtest_gone(t->s, site, "team", "d", "deleted", NULL);
	hubtest_put(t->s, site, "agent", "x", "dir/1", "{}");
	hubtest_read(t->s, read_list, &r);
	assert_string_equal(str_z(&r.out), listings[row].want);
	str_release(&r.out);
}

// --- who is found by what

#define WANG "{\"display_name\":\"Wang Wu\",\"phones\":[{\"e164\":\"+8613812345678\"},\"02161234567\"],\"id_no\":\"31010419800101123x\"," \
	     "\"orders\":[\"AB-12\",\"cd 34\"]}"

static const struct finding {
	const char *field, *value;
	bool found;
} findings[] = {
	{"phone", "13812345678", true},   {"phone", "+86 138 1234 5678", true}, {"phone", "0086-13812345678", true}, {"phone", "１３８１２３４５６７８", true},
	{"phone", "021-61234567", true},  {"phone", "61234567", false},         {"phone", "13812345679", false},     {"phone", "x", false},
	{"id", "31010419800101123X", true}, {"id", "310104 19800101 123x", true}, {"id", "310104198001011230", false}, {"order", "ab12", true},
	{"order", "CD-34", true},         {"order", "AB-13", false},            {"name", "wang  wu", true},          {"name", "WANG WU", true},
	{"name", "wang", false},          {"shoe", "44", false},                {"phone", "+8613812345678", true},   {"phone", "138 1234 5678", true},
	{"phone", "", false},             {"phone", "8613812345678", true},     {"order", "Ａｂ－12", true},         {"order", "cd34", true},
	{"id", "", false},                {"name", "ＷＡＮＧ　ＷＵ", true},     {"name", "wangwu", false},           {"name", " ", false},
};

struct lookup {
	const char *site, *field, *value, *t;
	const char **ids;
	size_t n, limit;
	char first[40];
};

static bool look(struct hub_tx *tx, void *arg, struct err *e)
{
	struct lookup *l = arg;

	if (!hub_lookup(tx, l->site, l->t ? l->t : "customer", l->field, l->value, l->limit ? l->limit : 20, &l->ids, &l->n, e))
		return false;
	snprintf(l->first, sizeof(l->first), "%s", l->n ? l->ids[0] : "");
	return true;
}

static size_t found(struct hubtest *t, const char *site, const char *field, const char *value)
{
	struct lookup l = {.site = site, .field = field, .value = value};

	hubtest_read(t->s, look, &l);
	return l.n;
}

static void finds(struct hubtest *t, const char *site, size_t row)
{
	struct lookup l = {.site = site, .field = findings[row].field, .value = findings[row].value};

	hubtest_put(t->s, site, "customer", "wang", "cust/1", WANG);
	hubtest_put(t->s, site, "ticket", "other", "q/1", WANG);
	hubtest_read(t->s, look, &l);
	assert_int_equal(l.n, findings[row].found);
	assert_string_equal(l.first, findings[row].found ? "wang" : "");
	assert_int_equal(found(t, "another", findings[row].field, findings[row].value), 0);
}

static void finds_what_is_now(struct hubtest *t, const char *site, size_t row)
{
	(void)row;
	hubtest_put(t->s, site, "customer", "a", "cust/1", "{\"display_name\":\"Li\",\"phones\":[\"13812345678\"]}");
	hubtest_put(t->s, site, "customer", "b", "cust/1", "{\"display_name\":\"Li\",\"phones\":[\"13812345678\",\"13812345678\"]}");
	assert_int_equal(found(t, site, "phone", "13812345678"), 2);
	hubtest_put(t->s, site, "customer", "a", "cust/1", "{\"display_name\":\"Li\",\"phones\":[\"13900000000\"]}");
	assert_int_equal(found(t, site, "phone", "13812345678"), 1);
	assert_int_equal(found(t, site, "phone", "13900000000"), 1);
	assert_int_equal(found(t, site, "name", "li"), 2);
	hubtest_gone(t->s, site, "customer", "b", "merged", "a");
	assert_int_equal(found(t, site, "phone", "13812345678"), 0);
	assert_int_equal(found(t, site, "name", "li"), 1);
}

static void finds_at_most(struct hubtest *t, const char *site, size_t row)
{
	struct lookup l = {.site = site, .field = "name", .value = "li", .limit = 3};

	(void)row;
	for (const char *id = "abcdef"; *id; id++)
		hubtest_put(t->s, site, "customer", (char[]){*id, '\0'}, "cust/1", "{\"display_name\":\"Li\"}");
	hubtest_read(t->s, look, &l);
	assert_int_equal(l.n, 3);
	assert_string_equal(l.first, "f"); // newest id first
}

#define N(a) (sizeof(a) / sizeof(*(a)))
const struct conform_case conform_reading[] = {
	{"pages", pages, N(paging)},
	{"a page stops", a_page_stops, 0},
	{"digests", digests, 0},
	{"recent heads", recent_heads, 0},
	{"lists", lists, N(listings)},
	{"finds", finds, N(findings)},
	{"finds what is now", finds_what_is_now, 0},
	{"finds at most", finds_at_most, 0},
	{0},
};
