// SPDX-License-Identifier: MIT
// Knows cases of the hub's store: facts, leases, presence, audit, blobs.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sodium.h>

#include "tests/hub/conform.h"
#include "tests/unit/store/tmpdir.h"

// --- facts, leases, presence

struct fact {
	const char *site, *key, *value;
	char got[64];
};

static bool meta_set(struct hub_tx *tx, void *arg, struct err *e)
{
	struct fact *f = arg;

	return hub_meta_set(tx, f->site, f->key, f->value, e);
}

static bool meta_get(struct hub_tx *tx, void *arg, struct err *e)
{
	struct fact *f = arg;
	const char *v;

	if (!hub_meta_get(tx, f->site, f->key, &v, e))
		return false;
	snprintf(f->got, sizeof(f->got), "%s", v ? v : "(none)");
	return true;
}

static void facts(struct hubtest *t, const char *site, size_t row)
{
	struct fact f = {.site = site, .key = "k", .value = "one"}, whole = {.site = HUB_WHOLE, .key = site};

	(void)row;
	hubtest_read(t->s, meta_get, &f);
	assert_string_equal(f.got, "(none)");
	hubtest_run(t->s, meta_set, &f);
	f.value = "";
	hubtest_run(t->s, meta_set, &f);
	hubtest_read(t->s, meta_get, &f);
	assert_string_equal(f.got, ""); // empty is not absent
	whole.key = "k";
	hubtest_read(t->s, meta_get, &whole);
	assert_string_equal(whole.got, "(none)"); // a site's is not the database's
}

static void lease_is(struct hubtest *t, const char *site, const char *owner, bool held, int64_t fence)
{
	struct err e = {0};
	int64_t got;
	bool have;

	assert_ok(hub_lease(t->s, site, "outage", owner, 1000, &have, &got, &e), e);
	assert_int_equal(have, held);
	assert_int_equal(got, fence);
}

static void leases(struct hubtest *t, const char *site, size_t row)
{
	(void)row;
	lease_is(t, site, "h1", true, 1);
	lease_is(t, site, "h2", false, 1);
	clock_fake_add(&t->clock, 900);
	lease_is(t, site, "h1", true, 1); // goes on
	clock_fake_add(&t->clock, 900);
	lease_is(t, site, "h2", false, 1);
	clock_fake_add(&t->clock, 200);
	lease_is(t, site, "h2", true, 2); // over: a new owner, a new fence
	lease_is(t, site, "h1", false, 2);
	clock_fake_add(&t->clock, 5000);
	lease_is(t, site, "h2", true, 2);
	clock_fake_add(&t->clock, 5000);
	lease_is(t, site, "h1", true, 3);
	char *other = xasprintf("%s-other", site);
	lease_is(t, other, "h2", true, 1); // of another site
	free(other);
}

struct there {
	const char *site, *agent, *hub;
	int64_t expires;
	struct str out;
};

static bool presence_put(struct hub_tx *tx, void *arg, struct err *e)
{
	struct there *p = arg;

	return hub_presence_put(tx, &(struct hub_presence){.site = p->site, .agent = p->agent, .state = "ready", .hub = p->hub, .since = 4,
							   .expires = p->expires}, e);
}

static bool list_presence(void *arg, const struct hub_presence *p)
{
	str_addf(arg, "%c %s %lld;", p->agent[strlen(p->agent) - 1], p->state, (long long)p->expires);
	return true;
}

static bool presence_list(struct hub_tx *tx, void *arg, struct err *e)
{
	struct there *p = arg;

	str_clear(&p->out);
	return hub_presence_list(tx, p->site, list_presence, &p->out, e);
}

static bool presence_keep(struct hub_tx *tx, void *arg, struct err *e)
{
	struct there *p = arg;
	char *a = xasprintf("%sa", p->site), *b = xasprintf("%sb", p->site);
	const struct hub_present v[] = {{p->site, a}, {p->site, b}, {"elsewhere", "c"}};
	bool ok = hub_presence_keep(tx, p->site, v, 3, 90, e);

	free(a);
	free(b);
	return ok;
}

static void presence(struct hubtest *t, const char *site, size_t row)
{
	struct there p = {.site = site};

	(void)row;
	for (const char *c = "cba"; *c; c++) {
		char *agent = xasprintf("%s%c", site, *c);
		p.agent = agent;
		p.hub = *c == 'b' ? "another hub" : site;
		p.expires = *c;
		hubtest_run(t->s, presence_put, &p);
		free(agent);
	}
	hubtest_run(t->s, presence_keep, &p); // only its own, only those named
	hubtest_read(t->s, presence_list, &p);
	assert_string_equal(str_z(&p.out), "a ready 90;b ready 98;c ready 99;");
	str_release(&p.out);
}

// --- audit

static bool audit_two(struct hub_tx *tx, void *arg, struct err *e)
{
	struct hub_audit a = {.site = arg, .actor = "ag1", .action = "reveal", .object = "customer/x", .detail = "138****5678"};

	if (!hub_audit_add(tx, &a, e))
		return false;
	a.action = "export";
	return hub_audit_add(tx, &a, e);
}

static bool list_audit(void *arg, int64_t at, const struct hub_audit *a)
{
	str_addf(arg, "%s %s %d;", a->action, a->purpose ? a->purpose : "-", at > 0);
	return true;
}

struct trail {
	const char *site;
	struct str out;
};

static bool audit_list(struct hub_tx *tx, void *arg, struct err *e)
{
	struct trail *v = arg;

	str_clear(&v->out);
	return hub_audit_list(tx, v->site, 3, list_audit, &v->out, e);
}

static void audit(struct hubtest *t, const char *site, size_t row)
{
	struct trail v = {.site = site};
	struct err e = {0};
	int64_t before, after;

	(void)row;
	assert_ok(hub_audit_verify(t->s, &before, &e), e);
	hubtest_run(t->s, audit_two, (void *)site);
	hubtest_run(t->s, audit_two, (void *)site);
	assert_ok(hub_audit_verify(t->s, &after, &e), e);
	assert_int_equal(after, before + 4);
	hubtest_read(t->s, audit_list, &v);
	assert_string_equal(str_z(&v.out), "export - 1;reveal - 1;export - 1;"); // newest first
	str_release(&v.out);
}

// Lines of several sites in one transaction: each goes to its own chain.
static bool audit_mixed(struct hub_tx *tx, void *arg, struct err *e)
{
	const char *const *sites = arg;
	static const char *const actions[] = {"one", "two", "three", "four", "five"};

	for (int i = 0; i < 5; i++)
		if (!hub_audit_add(tx, &(struct hub_audit){.site = sites[i % 2], .action = actions[i]}, e))
			return false;
	return hub_audit_add(tx, &(struct hub_audit){.action = "of the database"}, e);
}

static void chains_of_sites(struct hubtest *t, const char *site, size_t row)
{
	char *other = xasprintf("%s-other", site);
	const char *sites[] = {other, site};
	struct trail here = {.site = site}, there = {.site = other}, whole = {.site = HUB_WHOLE};
	struct err e = {0};
	int64_t before, after;

	(void)row;
	assert_ok(hub_audit_verify(t->s, &before, &e), e);
	hubtest_run(t->s, audit_mixed, sites);
	hubtest_run(t->s, audit_two, (void *)site);
	assert_ok(hub_audit_verify(t->s, &after, &e), e);
	assert_int_equal(after, before + 8);
	hubtest_read(t->s, audit_list, &here);
	assert_string_equal(str_z(&here.out), "export - 1;reveal - 1;four - 1;");
	hubtest_read(t->s, audit_list, &there);
	assert_string_equal(str_z(&there.out), "five - 1;three - 1;one - 1;");
	hubtest_read(t->s, audit_list, &whole);
	assert_true(str_starts(str_z(&whole.out), "of the database - 1;"));
	str_release(&here.out);
	str_release(&there.out);
	str_release(&whole.out);
	free(other);
}

// --- blobs

struct blob {
	const char *site;
	char hash[65];
	struct str bytes, out;
	int64_t off, size, have;
	size_t n, max;
	bool complete, found;
};

static bool blob_append(struct hub_tx *tx, void *arg, struct err *e)
{
	struct blob *b = arg;

	return hub_blob_append(tx, b->site, b->hash, b->size, b->off, sv_n(b->bytes.s + b->off, b->n), &b->complete, e);
}

static bool blob_state(struct hub_tx *tx, void *arg, struct err *e)
{
	struct blob *b = arg;

	return hub_blob_state(tx, b->site, b->hash, &b->size, &b->have, &b->complete, &b->found, e);
}

static bool blob_read(struct hub_tx *tx, void *arg, struct err *e)
{
	struct blob *b = arg;

	str_clear(&b->out);
	return hub_blob_read(tx, b->site, b->hash, b->off, b->max, &b->out, e);
}

static struct blob blob_new(const char *site, size_t size)
{
	struct blob b = {.site = site, .size = (int64_t)size};
	unsigned char h[32];

	for (size_t i = 0; i < size; i++)
		str_addc(&b.bytes, (char)(i * 7 + i / 251));
	crypto_generichash(h, sizeof(h), (unsigned char *)b.bytes.s, size, NULL, 0);
	sodium_bin2hex(b.hash, sizeof(b.hash), h, sizeof(h));
	return b;
}

static void blob_free(struct blob *b)
{
	str_release(&b->bytes);
	str_release(&b->out);
}

// Sizes around the pieces in which it is kept, sent in steps.
static const struct {
	size_t size, step;
} uploads[] = {{1, 1}, {1000, 300}, {262144, 262144}, {262145, 262144}, {700000, 100000}, {700000, 700000}};

static void blobs_come_in_steps(struct hubtest *t, const char *site, size_t row)
{
	struct blob b = blob_new(site, uploads[row].size);

	for (b.off = 0; b.off < b.size; b.off += (int64_t)b.n) {
		assert_false(b.complete);
		b.n = (size_t)(b.size - b.off) < uploads[row].step ? (size_t)(b.size - b.off) : uploads[row].step;
		hubtest_run(t->s, blob_append, &b);
	}
	assert_true(b.complete);
	hubtest_read(t->s, blob_state, &b);
	assert_true(b.found && b.complete);
	assert_int_equal(b.have, b.size);
	b.off = 0;
	b.max = 2000000;
	hubtest_read(t->s, blob_read, &b);
	assert_int_equal(b.out.n, b.size);
	assert_memory_equal(b.out.s, b.bytes.s, b.out.n);
	blob_free(&b);
}

static const struct {
	int64_t off;
	size_t max, want;
} cuts[] = {{0, 10, 10}, {262140, 10, 10}, {262144, 5, 5}, {299990, 100, 10}, {300000, 10, 0}, {100, 299900, 299900}, {262143, 1, 1}};

static void blobs_are_read_in_parts(struct hubtest *t, const char *site, size_t row)
{
	struct blob b = blob_new(site, 300000);

	b.n = 300000;
	hubtest_run(t->s, blob_append, &b);
	b.off = cuts[row].off;
	b.max = cuts[row].max;
	hubtest_read(t->s, blob_read, &b);
	assert_int_equal(b.out.n, cuts[row].want);
	if (b.out.n)
		assert_memory_equal(b.out.s, b.bytes.s + b.off, b.out.n);
	blob_free(&b);
}

static void blobs_refuse(struct hubtest *t, const char *site, size_t row)
{
	struct blob b = blob_new(site, 1000);
	struct err e = {0};

	(void)row;
	assert_false(hub_run(t->s, HUB_READ, blob_read, &b, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	b.n = 500;
	hubtest_run(t->s, blob_append, &b);
	assert_false(hub_run(t->s, HUB_WRITE, blob_append, &b, &e)); // the same part again
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(hub_run(t->s, HUB_READ, blob_read, &b, &e)); // a half is none
	b.off = 500;
	b.bytes.s[700] ^= 1;
	hubtest_run(t->s, blob_append, &b); // wrong bytes: begin anew
	assert_false(b.complete);
	hubtest_read(t->s, blob_state, &b);
	assert_int_equal(b.have, 0);
	b.bytes.s[700] ^= 1;
	b.off = 0;
	b.n = 1000;
	hubtest_run(t->s, blob_append, &b);
	assert_true(b.complete);
	b.complete = false;
	hubtest_run(t->s, blob_append, &b); // sent again: it is here
	assert_true(b.complete);
	blob_free(&b);
}

// --- practice rooms

struct talk {
	const char *site;
	char room[16];
	int64_t c, n, after;
	const char *dev, *body;
	bool found;
	struct str out;
};

static bool room_open(struct hub_tx *tx, void *arg, struct err *e)
{
	struct talk *k = arg;
	struct hub_room r;

	if (!hub_room_open(tx, k->site, "a1", "coached", "{\"scenario\":\"x\"}", &r, e))
		return false;
	snprintf(k->room, sizeof(k->room), "%s", r.room);
	return true;
}

static bool room_say(struct hub_tx *tx, void *arg, struct err *e)
{
	struct talk *k = arg;

	return hub_room_say(tx, k->site, k->room, &(struct hub_roomline){.dev = k->dev, .c = k->c, .author = "a1", .body = k->body}, &k->n, e);
}

static bool add_line(void *arg, const struct hub_roomline *l)
{
	str_addf(arg, "%lld %s %lld %s;", (long long)l->n, l->dev, (long long)l->c, l->body);
	return true;
}

static bool add_room(void *arg, const struct hub_room *r)
{
	str_addf(arg, "%s %lld;", r->kind, (long long)r->last);
	return true;
}

static bool room_read(struct hub_tx *tx, void *arg, struct err *e)
{
	struct talk *k = arg;
	struct hub_room r;

	str_clear(&k->out);
	return hub_room_get(tx, k->site, k->room, &r, &k->found, e) && hub_room_list(tx, k->site, hub_now(tx) - 1000, 10, add_room, &k->out, e) &&
	       hub_room_lines(tx, k->site, k->room, k->after, 10, add_line, &k->out, e);
}

static void say(struct hubtest *t, struct talk *k, const char *dev, int64_t c, const char *body, int64_t want)
{
	k->dev = dev;
	k->c = c;
	k->body = body;
	hubtest_run(t->s, room_say, k);
	assert_int_equal(k->n, want);
}

static void rooms(struct hubtest *t, const char *site, size_t row)
{
	struct talk k = {.site = site, .room = "NONE"};
	struct err e = {0};

	(void)row;
	hubtest_read(t->s, room_read, &k);
	assert_false(k.found);
	k.dev = "d1";
	k.c = 1;
	k.body = "{}";
	assert_false(hub_run(t->s, HUB_WRITE, room_say, &k, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	hubtest_run(t->s, room_open, &k);
	assert_int_equal(strlen(k.room), ROOM_CODE);
	say(t, &k, "d1", 1, "\"a\"", 1);
	say(t, &k, "d2", 1, "\"b\"", 2);
	say(t, &k, "d1", 1, "\"other\"", 1); // sent again: what was said stays
	say(t, &k, "d1", 2, "\"c\"", 3);
	hubtest_read(t->s, room_read, &k);
	assert_true(k.found);
	assert_string_equal(str_z(&k.out), "coached 3;1 d1 1 \"a\";2 d2 1 \"b\";3 d1 2 \"c\";");
	k.after = 2;
	hubtest_read(t->s, room_read, &k);
	assert_string_equal(str_z(&k.out), "coached 3;3 d1 2 \"c\";");
	str_release(&k.out);
}

#define N(a) (sizeof(a) / sizeof(*(a)))
const struct conform_case conform_kept[] = {
	{"facts", facts, 0},
	{"leases", leases, 0},
	{"presence", presence, 0},
	{"audit", audit, 0},
	{"chains of sites", chains_of_sites, 0},
	{"blobs come in steps", blobs_come_in_steps, N(uploads)},
	{"blobs are read in parts", blobs_are_read_in_parts, N(cuts)},
	{"blobs refuse", blobs_refuse, 0},
	{"rooms", rooms, 0},
	{0},
};
