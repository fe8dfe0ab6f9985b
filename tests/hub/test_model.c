// SPDX-License-Identifier: MIT
// Tests random operations of several stations against the simplest model of what must become of them: a map of fields (sync.md T14).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/hub/pgcluster.h"
#include "tests/hub/ruletest.h"

enum { TICKETS = 4, SEATS = 4, FIELDS = 6, PLAIN = 4, TAGS = 5, VALUES = 4, STEPS = 1200, SEEDS = 3 };

static const char *const names[FIELDS] = {"category_id", "difficulty", "title", "root", "complaint_level", "hard_due_text"};

// What a field holds: 0 absent, 1..VALUES. The last two are ranked; "hard_due_text" is not known to the hub and so plain.
struct field {
	int value, writer; // writer: seat, -1 none
	int64_t rev;       // of the last change, 0 never
};
struct model {
	struct field f[FIELDS];
	bool tag[TAGS];
	int64_t count, rev;
	struct field past[4000][FIELDS]; // by revision: what a station may have seen
};

static uint64_t rng;

static int pick(int n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (int)(rng % (uint64_t)n);
}

static const int rank[SEATS] = {1, 3, 4, 4}; // ag tl sv sv2
static const char *const people[SEATS] = {"ag", "tl", "sv", "sv2"};

static bool is_ranked(int f)
{
	return f == PLAIN;
}

static const char *ticket_id(int i)
{
	return uid(10 + i);
}

static void remember(struct model *m)
{
	assert_true(m->rev < 4000);
	memcpy(m->past[m->rev], m->f, sizeof(m->f));
}

// --- one random edit, and what the model says of it

struct edit {
	int64_t base;      // 0: none
	bool epoch_ok, has_was, whole;
	int want[FIELDS], was[FIELDS]; // -1: not named
	int add, del, inc; // tags, -1 none
};

static struct edit draw(const struct model *m)
{
	struct edit e = {.epoch_ok = pick(8) > 0, .has_was = pick(2), .add = -1, .del = -1};
	int64_t seen = m->rev - pick(m->rev < 4 ? (int)m->rev : 4); // perhaps some revisions ago

	e.base = pick(6) ? seen : 0;
	if (e.base && pick(20) == 0)
		e.base = m->rev + 5; // ahead of the hub
	for (int f = 0; f < FIELDS; f++) {
		e.want[f] = pick(3) ? -1 : 1 + pick(VALUES);
		e.was[f] = e.has_was && e.want[f] >= 0 && pick(5) ? m->past[seen][f].value : -1;
	}
	if (pick(4) == 0)
		e.add = pick(TAGS);
	if (pick(6) == 0)
		e.del = pick(TAGS);
	if (pick(5) == 0)
		e.inc = 1 + pick(3);
	return e;
}

static bool fresh(const struct model *m, const struct edit *e, int f, int seat)
{
	const struct field *there = &m->f[f];

	if (e->base && e->epoch_ok && e->base <= m->rev && there->rev <= e->base)
		return true;
	if (e->was[f] >= 0)
		return e->was[f] == there->value;
	if (!there->value && !there->rev)
		return true;
	return !e->base && !e->has_was && there->writer == seat;
}

static const char *expect(struct model *m, const struct edit *e, int seat)
{
	int taken = 0, lost = 0, clash = 0;

	for (int f = 0; f < FIELDS; f++) {
		if (e->want[f] < 0 || e->want[f] == m->f[f].value)
			continue;
		if (fresh(m, e, f, seat) || (is_ranked(f) && m->f[f].rev && rank[seat] > rank[m->f[f].writer])) {
			m->f[f] = (struct field){e->want[f], seat, m->rev + 1};
			taken++;
		} else if (is_ranked(f)) {
			lost++;
		} else {
			clash++;
		}
	}
	bool added = e->add >= 0 && !m->tag[e->add];
	if (e->add >= 0)
		m->tag[e->add] = true;
	bool gone = e->del >= 0 && m->tag[e->del];
	if (e->del >= 0)
		m->tag[e->del] = false;
	m->count += e->inc;
	taken += added + gone + (e->inc > 0);
	if (!taken && !clash)
		return lost ? "merged" : "noop";
	bool newest = e->base == m->rev && e->epoch_ok;
	m->rev++;
	remember(m);
	return clash ? "conflict" : lost || !newest ? "merged" : "applied";
}

// --- the same for the hub

static void add_fields(struct str *b, const char *member, const int *v)
{
	bool any = false;

	for (int f = 0; f < FIELDS; f++)
		if (v[f] >= 0) {
			str_addf(b, any ? ",'%s':" : "'%s':", names[f]);
			v[f] ? str_addf(b, "'v%d'", v[f]) : str_add(b, "null");
			any = true;
		}
	(void)member;
}

static char *body_of(const struct edit *e)
{
	struct str b = {0};

	str_add(&b, "{'set':{");
	add_fields(&b, "set", e->want);
	str_add(&b, "}");
	if (e->has_was) {
		str_add(&b, ",'was':{");
		add_fields(&b, "was", e->was);
		str_add(&b, "}");
	}
	if (e->add >= 0)
		str_addf(&b, ",'add':{'tags':['t%d']}", e->add);
	if (e->del >= 0)
		str_addf(&b, ",'del':{'tags':['t%d']}", e->del);
	if (e->inc)
		str_addf(&b, ",'inc':{'contact_count':%d}", e->inc);
	str_add(&b, "}");
	return str_take(&b);
}

static void compare(struct site *x, const struct model *m, int t)
{
	char *text = site_member(x, "ticket", ticket_id(t), NULL);
	json_t *d = json_loads(text, 0, NULL);
	char want[8];

	for (int f = 0; f < FIELDS; f++) {
		const char *got = json_string_value(json_object_get(d, names[f]));
		snprintf(want, sizeof(want), "v%d", m->f[f].value);
		if (m->f[f].value ? !got || strcmp(got, want) : got != NULL)
			fail_msg("ticket %d %s is %s, not v%d", t, names[f], got ? got : "absent", m->f[f].value);
	}
	size_t tags = 0;
	for (int i = 0; i < TAGS; i++)
		tags += m->tag[i];
	assert_int_equal(json_array_size(json_object_get(d, "tags")), tags);
	assert_int_equal(json_integer_value(json_object_get(d, "contact_count")), m->count);
	assert_string_equal(json_string_value(json_object_get(d, "x_unknown")), "kept");
	assert_int_equal(site_rev(x, "ticket", ticket_id(t)), m->rev);
	json_decref(d);
	free(text);
}

static void step(struct site *x, struct seat *seats, struct model *models, size_t *conflicts)
{
	int t = pick(TICKETS), who = pick(SEATS);
	struct seat *s = &seats[who];
	struct model *m = &models[t];
	struct edit e = draw(m);
	char base[48], *body = body_of(&e);

	snprintf(base, sizeof(base), "%d:%lld", e.epoch_ok ? 1 : 7, (long long)e.base);
	const char *want = expect(m, &e, who);
	seat_add(s, "ticket.set", "ticket", ticket_id(t), "q/q1", e.base ? base : NULL, body);
	json_t *ops = pick(6) ? NULL : json_deep_copy(s->ops);
	assert_true(seat_send(s, NULL, false));
	const char *got = json_string_value(json_object_get(s->answer, "r"));
	if (strcmp(got, want) != 0)
		fail_msg("%s %s on base %s (rev %lld before): %s, not %s", people[who], body, base, (long long)m->rev, got, want);
	if (strcmp(got, "conflict") == 0) {
		++*conflicts;
		assert_true(site_has(x, "conflict", cf(s)));
	}
	compare(x, m, t);
	if (ops) { // the reply was lost: once more
		json_t *first = json_deep_copy(s->answer);
		json_array_extend(s->ops, ops);
		assert_true(seat_send(s, NULL, false));
		assert_true(json_equal(first, s->answer));
		compare(x, m, t);
		json_decref(first);
		json_decref(ops);
	}
	free(body);
}

static void run(uint64_t seed, enum hubtest_engine on, struct pgcluster *pg, int steps)
{
	static struct model models[TICKETS];
	struct seat seats[SEATS];
	struct site x;
	struct err e = {0};
	size_t conflicts = 0;

	rng = seed * 0x9e3779b97f4a7c15ULL + 1;
	memset(models, 0, sizeof(models));
	site_open_on(&x, on, pg);
	for (int i = 0; i < SEATS; i++)
		seat_open(&seats[i], &x, people[i]);
	for (int t = 0; t < TICKETS; t++) {
		assert_result(&seats[0],
			      seat_do(&seats[0], "ticket.new", "ticket", ticket_id(t), "q/q1", NULL,
				      "{'queue_code':'q1','state':'open','owner_id':'ag','contact_count':0,'x_unknown':'kept'}"),
			      "applied");
		models[t].rev = 1;
		for (int f = 0; f < FIELDS; f++)
			models[t].f[f].writer = -1;
		remember(&models[t]);
	}
	for (int i = 0; i < steps; i++)
		step(&x, seats, models, &conflicts);
	// It did come to everything the model tells apart.
	assert_true(conflicts > (size_t)steps / 75 && conflicts < (size_t)steps / 2);
	if (!hub_check(x.t.s, &e))
		fail_msg("%s", e.msg);
	for (int i = 0; i < SEATS; i++)
		seat_close(&seats[i]);
	site_close(&x);
}

static void test_random_edits(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		run(seed, ON_MEMORY, NULL, STEPS);
}

static void test_random_edits_on_postgres(void **state)
{
	struct pgcluster *pg = pgcluster_start();

	(void)state;
	run(99, ON_POSTGRES, pg, STEPS / 5);
	pgcluster_stop(pg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_edits),
		cmocka_unit_test(test_random_edits_on_postgres),
	};

	return cmocka_run_group_tests_name("hub-model", tests, NULL, NULL);
}
