// SPDX-License-Identifier: MIT
// Knows cases of the hub's store: stations and answers, accounts, sessions and codes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sodium.h>

#include "tests/hub/conform.h"
#include "tests/unit/store/tmpdir.h"

// --- stations

struct station {
	const char *site, *dev, *inc;
	int64_t from, to, n;
	struct hub_dev d;
	bool found;
	struct str out;
};

static bool dev_put(struct hub_tx *tx, void *arg, struct err *e)
{
	struct station *s = arg;
	struct hub_dev d = {.dev = s->dev, .inc = s->inc, .site = s->site, .station = "0A7", .last_n = 99, .seen = s->n, .state = "active",
			    .name = "desk 7"};

	memset(d.key, 7, sizeof(d.key));
	return hub_dev_put(tx, &d, e);
}

static bool dev_get(struct hub_tx *tx, void *arg, struct err *e)
{
	struct station *s = arg;

	if (!hub_dev_get(tx, s->site, s->dev, s->inc, &s->d, &s->found, e))
		return false;
	if (s->found) {
		str_clear(&s->out);
		str_addf(&s->out, "%s %s %s %s %lld %lld %s %s %s %d", s->d.dev, s->d.inc, s->d.site, s->d.station, (long long)s->d.last_n,
			 (long long)s->d.seen, s->d.state, s->d.name, s->d.owner ? s->d.owner : "-", s->d.key[31]);
	}
	return true;
}

static bool dev_advance(struct hub_tx *tx, void *arg, struct err *e)
{
	struct station *s = arg;

	return hub_dev_advance(tx, s->site, s->dev, s->inc, s->from, s->to, e);
}

static void stations(struct hubtest *t, const char *site, size_t row)
{
	struct station s = {.site = site, .dev = site, .inc = "i1", .n = 5};
	struct err e = {0};

	(void)row;
	hubtest_read(t->s, dev_get, &s);
	assert_false(s.found);
	hubtest_run(t->s, dev_put, &s);
	hubtest_read(t->s, dev_get, &s);
	char *want = xasprintf("%s i1 %s 0A7 0 5 active desk 7 - 7", site, site); // the counter is not put
	assert_string_equal(str_z(&s.out), want);
	free(want);
	s.to = 3;
	hubtest_run(t->s, dev_advance, &s);
	hubtest_run(t->s, dev_put, &s);
	hubtest_read(t->s, dev_get, &s);
	assert_int_equal(s.d.last_n, 3);
	assert_false(hub_run(t->s, HUB_WRITE, dev_advance, &s, &e)); // 0 -> 3 again
	assert_int_equal(e.code, ERR_CONFLICT);
	hubtest_read(t->s, dev_get, &s);
	assert_int_equal(s.d.last_n, 3);
	str_release(&s.out);
}

static void the_last_incarnation(struct hubtest *t, const char *site, size_t row)
{
	struct station s = {.site = site, .dev = site, .inc = "i2", .n = 50};

	(void)row;
	hubtest_run(t->s, dev_put, &s);
	s.inc = "i1";
	s.n = 40;
	hubtest_run(t->s, dev_put, &s);
	s.inc = NULL;
	hubtest_read(t->s, dev_get, &s);
	assert_true(s.found);
	assert_true(str_starts(strchr(str_z(&s.out), ' ') + 1, "i2 "));
	str_release(&s.out);
}

static bool list_dev(void *arg, const struct hub_dev *d)
{
	str_addf(arg, "%s/%s ", d->dev + strlen(d->site), d->inc);
	return true;
}

static bool dev_list(struct hub_tx *tx, void *arg, struct err *e)
{
	struct station *s = arg;

	str_clear(&s->out);
	return hub_dev_list(tx, s->site, list_dev, &s->out, e);
}

static void stations_of_a_site(struct hubtest *t, const char *site, size_t row)
{
	static const char *const devs[] = {"b", "a", "c"};
	struct station s = {.site = site, .inc = "i1"};

	(void)row;
	for (size_t i = 0; i < 3; i++) {
		char *dev = xasprintf("%s%s", site, devs[i]);
		s.dev = dev;
		hubtest_run(t->s, dev_put, &s);
		free(dev);
	}
	hubtest_read(t->s, dev_list, &s);
	assert_string_equal(str_z(&s.out), "a/i1 b/i1 c/i1 ");
	str_release(&s.out);
}

// --- answers

static bool opres_put(struct hub_tx *tx, void *arg, struct err *e)
{
	struct station *s = arg;
	struct hub_opres r = {.n = s->n, .res = "{\"n\":1}", .k = "note.add", .at = 9};

	memset(r.h, (int)s->n, sizeof(r.h));
	return hub_opres_put(tx, s->site, s->dev, "i1", &r, e);
}

static bool opres_get(struct hub_tx *tx, void *arg, struct err *e)
{
	struct station *s = arg;
	struct hub_opres r;

	str_clear(&s->out);
	if (!hub_opres_get(tx, s->site, s->dev, "i1", s->n, &r, &s->found, e))
		return false;
	if (s->found)
		str_addf(&s->out, "%lld %s %s %lld %d %d", (long long)r.n, r.res, r.k, (long long)r.at, r.h[0], r.h[31]);
	return true;
}

static bool list_opres(void *arg, const struct hub_opres *r)
{
	str_addf(arg, "%lld ", (long long)r->n);
	return true;
}

static bool opres_list(struct hub_tx *tx, void *arg, struct err *e)
{
	struct station *s = arg;

	str_clear(&s->out);
	return hub_opres_list(tx, s->site, s->dev, "i1", s->from, s->to, list_opres, &s->out, e);
}

static void answers(struct hubtest *t, const char *site, size_t row)
{
	struct station s = {.site = site, .dev = site, .n = 2};
	struct err e = {0};

	(void)row;
	hubtest_read(t->s, opres_get, &s);
	assert_false(s.found);
	hubtest_run(t->s, opres_put, &s);
	hubtest_read(t->s, opres_get, &s);
	assert_string_equal(str_z(&s.out), "2 {\"n\":1} note.add 9 2 2");
	assert_false(hub_run(t->s, HUB_WRITE, opres_put, &s, &e)); // the number has its answer
	assert_int_equal(e.code, ERR_CONFLICT);
	str_release(&s.out);
}

static const struct range {
	int64_t from, to;
	const char *want;
} ranges[] = {{0, 9, "1 2 3 4 5 "}, {2, 4, "3 4 "}, {4, 4, ""}, {5, 9, ""}, {0, 1, "1 "}};

static void answers_of_a_range(struct hubtest *t, const char *site, size_t row)
{
	struct station s = {.site = site, .dev = site, .from = ranges[row].from, .to = ranges[row].to};

	for (s.n = 5; s.n >= 1; s.n--)
		hubtest_run(t->s, opres_put, &s);
	hubtest_read(t->s, opres_list, &s);
	assert_string_equal(str_z(&s.out), ranges[row].want);
	str_release(&s.out);
}

// --- accounts and sessions

struct account {
	struct hub_cred c;
	struct hub_session s;
	unsigned char h[32];
	const char *dev, *agent;
	bool found, refresh;
	char got[200];
};

static bool cred_put(struct hub_tx *tx, void *arg, struct err *e)
{
	return hub_cred_put(tx, &((struct account *)arg)->c, e);
}

static bool cred_get(struct hub_tx *tx, void *arg, struct err *e)
{
	struct account *a = arg;
	struct hub_cred c;

	if (!hub_cred_by_login(tx, a->c.site, a->c.login, &c, &a->found, e))
		return false;
	if (a->found)
		snprintf(a->got, sizeof(a->got), "%s %s %lld %lld", c.agent, c.hash, (long long)c.failed, (long long)c.locked_until);
	return true;
}

static void accounts(struct hubtest *t, const char *site, size_t row)
{
	struct account a = {.c = {.site = site, .agent = "ag1", .login = site, .hash = "h1"}};
	char *renamed = xasprintf("%s-new", site);
	struct err e = {0};

	(void)row;
	hubtest_read(t->s, cred_get, &a);
	assert_false(a.found);
	hubtest_run(t->s, cred_put, &a);
	a.c.failed = 3;
	a.c.locked_until = 77;
	hubtest_run(t->s, cred_put, &a);
	hubtest_read(t->s, cred_get, &a);
	assert_string_equal(a.got, "ag1 h1 3 77");
	a.c.agent = "ag2";
	assert_false(hub_run(t->s, HUB_WRITE, cred_put, &a, &e)); // taken by ag1
	assert_int_equal(e.code, ERR_CONFLICT);
	a.c.agent = "ag1";
	a.c.login = renamed;
	hubtest_run(t->s, cred_put, &a);
	a.c.login = site;
	hubtest_read(t->s, cred_get, &a);
	assert_false(a.found); // the old name leads nowhere
	free(renamed);
}

static bool session_put(struct hub_tx *tx, void *arg, struct err *e)
{
	return hub_session_put(tx, &((struct account *)arg)->s, e);
}

static bool session_get(struct hub_tx *tx, void *arg, struct err *e)
{
	struct account *a = arg;
	struct hub_session s;

	a->got[0] = '\0';
	if (!(a->refresh ? hub_session_by_refresh(tx, a->s.site, a->h, &s, &a->found, e)
			 : hub_session_by_access(tx, a->s.site, a->h, &s, &a->found, e)))
		return false;
	if (a->found)
		snprintf(a->got, sizeof(a->got), "%s %s %lld %lld %lld", s.agent, s.inc, (long long)s.expires, (long long)s.refreshed,
			 (long long)s.ended);
	return true;
}

static bool session_end(struct hub_tx *tx, void *arg, struct err *e)
{
	struct account *a = arg;

	return hub_session_end_all(tx, a->s.site, a->dev, a->agent, 500, e);
}

static void token(unsigned char out[32], const char *site, const char *name)
{
	crypto_generichash(out, 32, (const unsigned char *)name, strlen(name), (const unsigned char *)site, strlen(site));
}

static struct account session_new(struct hubtest *t, const char *site, const char *name, const char *dev, const char *agent)
{
	struct account a = {.s = {.site = site, .agent = agent, .dev = dev, .inc = "i", .expires = 100, .refreshed = 50}};
	char *family = xasprintf("%s/%s", site, name);

	a.s.family = family;
	token(a.s.access, family, "access");
	token(a.s.refresh, family, "refresh");
	token(a.s.previous, family, "previous");
	hubtest_run(t->s, session_put, &a);
	memcpy(a.h, a.s.access, 32);
	free(family);
	a.s.family = NULL;
	return a;
}

static void sessions(struct hubtest *t, const char *site, size_t row)
{
	struct account a = session_new(t, site, "f", "dv", "ag");

	(void)row;
	hubtest_read(t->s, session_get, &a);
	assert_string_equal(a.got, "ag i 100 50 0");
	a.refresh = true;
	hubtest_read(t->s, session_get, &a);
	assert_false(a.found); // an access token refreshes nothing
	memcpy(a.h, a.s.refresh, 32);
	hubtest_read(t->s, session_get, &a);
	assert_true(a.found);
	memcpy(a.h, a.s.previous, 32);
	hubtest_read(t->s, session_get, &a);
	assert_true(a.found);
	a.refresh = false;
	hubtest_read(t->s, session_get, &a);
	assert_false(a.found);
}

// Three sessions; who ends when device and agent are given or not. "1" ended.
static const struct ending {
	bool dev, agent;
	const char *want;
} endings[] = {{true, true, "100"}, {true, false, "110"}, {false, true, "101"}};

static void sessions_end(struct hubtest *t, const char *site, size_t row)
{
	char *d1 = xasprintf("%s1", site), *d2 = xasprintf("%s2", site), *a1 = xasprintf("%sa", site), *a2 = xasprintf("%sb", site);
	struct account s[3] = {session_new(t, site, "x", d1, a1), session_new(t, site, "y", d1, a2), session_new(t, site, "z", d2, a1)};
	struct account end = {.s.site = site, .dev = endings[row].dev ? d1 : NULL, .agent = endings[row].agent ? a1 : NULL};

	hubtest_run(t->s, session_end, &end);
	for (int i = 0; i < 3; i++) {
		hubtest_read(t->s, session_get, &s[i]);
		assert_int_equal(strstr(s[i].got, " 500") != NULL, endings[row].want[i] == '1');
	}
	free(d1);
	free(d2);
	free(a1);
	free(a2);
}

struct code {
	struct hub_code c;
	int64_t now;
	bool found;
};

static bool code_put(struct hub_tx *tx, void *arg, struct err *e)
{
	return hub_code_put(tx, &((struct code *)arg)->c, e);
}

static bool code_take(struct hub_tx *tx, void *arg, struct err *e)
{
	struct code *c = arg;
	struct hub_code got;

	if (!hub_code_take(tx, c->c.site, c->c.h, c->now, &got, &c->found, e))
		return false;
	if (c->found) {
		assert_string_equal(got.station, "0A7");
		assert_int_equal(got.used, c->now);
	}
	return true;
}

static void codes(struct hubtest *t, const char *site, size_t row)
{
	static const struct {
		int64_t at;
		bool good;
	} times[] = {{99, true}, {100, false}, {500, false}};
	struct code c = {.c = {.site = site, .station = "0A7", .expires = 100}, .now = times[row].at};

	token(c.c.h, site, "code");
	hubtest_run(t->s, code_take, &c);
	assert_false(c.found); // unknown
	hubtest_run(t->s, code_put, &c);
	hubtest_run(t->s, code_take, &c);
	assert_int_equal(c.found, times[row].good);
	hubtest_run(t->s, code_take, &c);
	assert_false(c.found); // once
}

// --- the same key at two sites is two rows: nothing is found, changed or ended by the key alone

static void stations_of_two_sites(struct hubtest *t, const char *site, size_t row)
{
	char *other = xasprintf("%s-other", site);
	struct station here = {.site = site, .dev = "dv", .inc = "i1", .to = 4, .n = 1}, there = {.site = other, .dev = "dv", .inc = "i1", .n = 1};

	(void)row;
	hubtest_run(t->s, dev_put, &here);
	hubtest_run(t->s, opres_put, &here);
	hubtest_read(t->s, dev_get, &there);
	assert_false(there.found);
	hubtest_read(t->s, opres_get, &there);
	assert_false(there.found);
	hubtest_run(t->s, dev_put, &there);
	hubtest_run(t->s, opres_put, &there); // its number has no answer yet
	hubtest_run(t->s, dev_advance, &here);
	hubtest_read(t->s, dev_get, &there);
	assert_int_equal(there.d.last_n, 0);
	there.inc = NULL;
	hubtest_read(t->s, dev_get, &there);
	assert_non_null(strstr(str_z(&there.out), "-other 0A7 0 1 "));
	str_release(&here.out);
	str_release(&there.out);
	free(other);
}

static void people_of_two_sites(struct hubtest *t, const char *site, size_t row)
{
	char *other = xasprintf("%s-other", site);
	struct account a = {.c = {.site = site, .agent = "ag", .login = "li", .hash = "h1"}}, b = a;

	(void)row;
	b.c.site = other;
	b.c.agent = "somebody else";
	b.c.hash = "h2";
	hubtest_run(t->s, cred_put, &a);
	hubtest_run(t->s, cred_put, &b); // not taken here
	hubtest_read(t->s, cred_get, &a);
	assert_string_equal(a.got, "ag h1 0 0");
	hubtest_read(t->s, cred_get, &b);
	assert_string_equal(b.got, "somebody else h2 0 0");
	free(other);
}

static void sessions_of_two_sites(struct hubtest *t, const char *site, size_t row)
{
	char *other = xasprintf("%s-other", site);
	struct account a = session_new(t, site, "f", "dv", "ag"), b = a, end = {.s.site = other, .dev = "dv"};
	struct code c = {.c = {.site = site, .station = "0A7", .expires = 100}, .now = 99};

	(void)row;
	b.s.site = other;
	hubtest_read(t->s, session_get, &b);
	assert_false(b.found);
	b.refresh = true;
	memcpy(b.h, a.s.refresh, 32);
	hubtest_read(t->s, session_get, &b);
	assert_false(b.found);
	memcpy(b.h, a.s.previous, 32);
	hubtest_read(t->s, session_get, &b);
	assert_false(b.found);
	b.s.family = "f";
	hubtest_run(t->s, session_put, &b); // the same tokens: another site's
	hubtest_run(t->s, session_end, &end);
	hubtest_read(t->s, session_get, &a);
	assert_string_equal(a.got, "ag i 100 50 0");
	hubtest_read(t->s, session_get, &b);
	assert_non_null(strstr(b.got, " 500"));

	token(c.c.h, site, "code");
	hubtest_run(t->s, code_put, &c);
	c.c.site = other;
	hubtest_run(t->s, code_take, &c);
	assert_false(c.found);
	c.c.site = site;
	hubtest_run(t->s, code_take, &c);
	assert_true(c.found);
	free(other);
}

#define N(a) (sizeof(a) / sizeof(*(a)))
const struct conform_case conform_people[] = {
	{"stations", stations, 0},
	{"the last incarnation", the_last_incarnation, 0},
	{"stations of a site", stations_of_a_site, 0},
	{"answers", answers, 0},
	{"answers of a range", answers_of_a_range, N(ranges)},
	{"accounts", accounts, 0},
	{"sessions", sessions, 0},
	{"sessions end", sessions_end, N(endings)},
	{"codes", codes, 3},
	{"stations of two sites", stations_of_two_sites, 0},
	{"people of two sites", people_of_two_sites, 0},
	{"sessions of two sites", sessions_of_two_sites, 0},
	{0},
};
