// SPDX-License-Identifier: MIT
// Knows cases of erasing what the hub holds about a customer: nothing that names them is left in any revision, what the law wants kept is put
// away for as long, and nobody else's is touched.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/hub/conform.h"
#include "tests/unit/store/tmpdir.h"

#define DAY_MS (24LL * 3600000)
#define SECRET "wang jing"

static const struct {
	const char *t, *e, *s, *d;
} rows[] = {
	{"customer", "c1", "cust/X/1", "{\"display_name\":\"" SECRET "\",\"conflicts\":[\"cf0\"]}"},
	{"conflict", "cf0", "cust/X/1", "{\"fields\":{\"notes\":{\"mine\":\"" SECRET "\"}}}"},
	{"ticket", "t1", "q/1", "{\"no\":\"N1\",\"title\":\"" SECRET "\",\"description\":\"" SECRET "\",\"priority\":2,\"customer_id\":\"c1\",\"interaction_id\":\"i2\","
				"\"form\":{\"a\":\"" SECRET "\"},\"odd\":\"" SECRET "\",\"lines\":[\"note/n1\"],\"conflicts\":[\"cf1\"],\"closed_at\":5}"},
	{"note", "n1", "q/1", "{\"text\":\"" SECRET "\",\"ticket_id\":\"t1\",\"author_id\":\"ag\"}"},
	{"conflict", "cf1", "q/1", "{\"about\":{\"t\":\"ticket\",\"e\":\"t1\"},\"fields\":{\"title\":{\"mine\":\"" SECRET "\"}}}"},
	{"interaction", "i1", "me/ag", "{\"agent_id\":\"ag\",\"customer_id\":\"c1\",\"state\":\"closed\",\"talk_ms\":9,\"need\":\"" SECRET "\"}"},
	{"interaction", "i2", "me/ag2", "{\"agent_id\":\"ag2\",\"state\":\"closed\",\"need\":\"" SECRET "\"}"}, // by its ticket
	{"call_event", "e1", "me/ag", "{\"interaction_id\":\"i1\",\"type\":\"note\",\"data\":{\"text\":\"" SECRET "\"}}"},
	{"call_event", "e2", "me/ag2", "{\"interaction_id\":\"i2\",\"type\":\"note\",\"data\":{\"text\":\"" SECRET "\"}}"},
	{"callback", "b1", "me/ag", "{\"customer_id\":\"c1\",\"promised_text\":\"" SECRET "\",\"due_at\":7,\"status\":\"open\"}"},
	{"escalation", "x1", "q/1", "{\"ticket_id\":\"t1\",\"level\":2,\"ask\":\"" SECRET "\"}"},
};
static const struct {
	const char *t, *e, *s, *d;
} others[] = {
	{"customer", "c2", "cust/X/2", "{\"display_name\":\"li lei\"}"},
	{"ticket", "t2", "q/1", "{\"title\":\"kept\",\"customer_id\":\"c2\",\"interaction_id\":\"i1\"}"}, // of the same contact
	{"note", "n2", "q/1", "{\"text\":\"kept\",\"ticket_id\":\"t2\"}"},
	{"interaction", "i3", "me/ag", "{\"agent_id\":\"ag\",\"customer_id\":\"c2\",\"need\":\"kept\"}"},
	{"call_event", "e3", "me/ag", "{\"interaction_id\":\"i3\",\"data\":{\"text\":\"kept\"}}"},
};
#define N(x) (sizeof(x) / sizeof(*(x)))

static void furnish(struct hubtest *t, const char *site)
{
	for (size_t i = 0; i < N(rows); i++)
		for (int twice = 0; twice < 2; twice++) // so that there is a revision before
			hubtest_put(t->s, site, rows[i].t, rows[i].e, rows[i].s, rows[i].d);
	for (size_t i = 0; i < N(others); i++)
		hubtest_put(t->s, site, others[i].t, others[i].e, others[i].s, others[i].d);
}

struct erasing {
	struct hub_subject q;
	int64_t keep_ms;
	struct hub_erased out;
};

static bool erase_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct erasing *x = arg;

	return hub_subject_erase(tx, &x->q, x->keep_ms, &x->out, e);
}

static struct hub_erased erase(struct hubtest *t, const char *site, int64_t keep_ms)
{
	struct erasing x = {.q = {.site = site, .id = "c1"}, .keep_ms = keep_ms};
	struct err e = {0};

	assert_ok(hub_subject_find(t->s, &x.q, &e), e);
	hubtest_run(t->s, erase_body, &x);
	hub_subject_release(&x.q);
	return x.out;
}

struct search {
	const char *site, *t, *e;
	int with, revisions;
};

static bool look(void *arg, const struct hub_ent *ent)
{
	struct search *s = arg;
	char *d = wire_print(ent->d);

	s->revisions++;
	s->with += strstr(d, SECRET) != NULL;
	free(d);
	return true;
}

static bool search_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct search *s = arg;

	s->with = s->revisions = 0;
	return hub_history(tx, s->site, s->t, s->e, look, s, e);
}

// Revisions that name the person, of how many.
static int naming(struct hubtest *t, const char *site, size_t row, int *of)
{
	struct search s = {.site = site, .t = rows[row].t, .e = rows[row].e};

	hubtest_read(t->s, search_body, &s);
	*of = s.revisions;
	return s.with;
}

static bool doc_has(struct hubtest *t, const char *site, const char *type, const char *e, const char *what)
{
	char *text = hubtest_show(t->s, site, type, e);
	bool yes = strstr(text, what) != NULL;

	free(text);
	return yes;
}

static void others_stand(struct hubtest *t, const char *site)
{
	for (size_t i = 0; i < N(others); i++)
		assert_true(doc_has(t, site, others[i].t, others[i].e, others[i].d + 1)); // documents keep their order
}

static void nothing_is_left(struct hubtest *t, const char *site, size_t row)
{
	int revisions;

	(void)row;
	furnish(t, site);
	assert_int_equal(naming(t, site, 2, &revisions), 2);
	struct hub_erased out = erase(t, site, 0);
	static const int want[HUB_ERASED_TYPES] = {1, 1, 2, 1, 1, 1, 2, 2};
	for (int i = 0; i < HUB_ERASED_TYPES; i++)
		assert_int_equal(out.n[i], want[i]);
	assert_int_equal(out.kept, 0);
	for (size_t i = 0; i < N(rows); i++) {
		if (naming(t, site, i, &revisions))
			fail_msg("%s %s still names them", rows[i].t, rows[i].e);
		assert_int_equal(revisions, 3); // their numbers stay
	}
	// What says nothing about a person stays, and that there was a text.
	assert_true(doc_has(t, site, "ticket", "t1", "\"priority\":2"));
	assert_true(doc_has(t, site, "ticket", "t1", "\"title\":\"" WIRE_ERASED "\""));
	assert_false(doc_has(t, site, "ticket", "t1", "odd"));
	assert_false(doc_has(t, site, "ticket", "t1", "customer_id"));
	assert_true(doc_has(t, site, "ticket", "t1", "anonymised_at"));
	assert_true(doc_has(t, site, "note", "n1", "\"text\":\"" WIRE_ERASED "\""));
	assert_true(doc_has(t, site, "interaction", "i1", "\"talk_ms\":9"));
	others_stand(t, site);
	// It travels: each stream has the new rows behind all others.
	char *page = hubtest_page(t->s, site, "me/ag", 0, 100, 100000);
	assert_null(strstr(page, SECRET));
	assert_non_null(strstr(page, "call_event e1 3 deleted"));
	free(page);
	// Once more there is nothing to do.
	out = erase(t, site, 0);
	for (int i = 0; i < HUB_ERASED_TYPES; i++)
		assert_int_equal(out.n[i], 0);
}

static void housekeep(struct hubtest *t, int64_t in_days)
{
	struct err e = {0};

	assert_ok(hub_housekeep(t->s, clock_wall(&t->clock) + in_days * DAY_MS, &e), e);
}

static void the_law_wants_it_kept(struct hubtest *t, const char *site, size_t row)
{
	int revisions;

	(void)row;
	furnish(t, site);
	struct hub_erased out = erase(t, site, 100 * DAY_MS);
	assert_int_equal(out.kept, 9); // all but the two conflicts
	assert_true(out.until >= clock_wall(&t->clock) + 99 * DAY_MS);
	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(naming(t, site, i, &revisions), 0); // for stations and everybody else it is gone
	assert_true(doc_has(t, site, "kept", "ticket:t1", SECRET));
	assert_true(doc_has(t, site, "kept", "customer:c1", SECRET));
	assert_true(doc_has(t, site, "kept", "call_event:e2", SECRET));
	housekeep(t, 60);
	assert_true(doc_has(t, site, "kept", "ticket:t1", SECRET));
	housekeep(t, 140);
	assert_false(doc_has(t, site, "kept", "ticket:t1", SECRET));
	assert_false(doc_has(t, site, "kept", "customer:c1", SECRET));
	others_stand(t, site);
}

static void older_than_the_law(struct hubtest *t, const char *site, size_t row)
{
	(void)row;
	furnish(t, site);
	clock_fake_add(&t->clock, 101 * DAY_MS);
	hubtest_put(t->s, site, "note", "n1", "q/1", "{\"text\":\"" SECRET "\",\"ticket_id\":\"t1\"}"); // only this is young
	struct hub_erased out = erase(t, site, 100 * DAY_MS);
	assert_int_equal(out.kept, 2); // and whose it is
	assert_true(doc_has(t, site, "kept", "note:n1", SECRET));
	assert_text(hubtest_show(t->s, site, "kept", "ticket:t1"), "-");
}

static void a_hold_has_no_end(struct hubtest *t, const char *site, size_t row)
{
	(void)row;
	furnish(t, site);
	hubtest_put(t->s, site, "ticket", "t1", "q/1", "{\"title\":\"" SECRET "\",\"customer_id\":\"c1\",\"legal_hold\":true}");
	struct hub_erased out = erase(t, site, 0);
	assert_int_equal(out.kept, 2);
	housekeep(t, 3650);
	assert_true(doc_has(t, site, "kept", "ticket:t1", SECRET));
	assert_false(doc_has(t, site, "ticket", "t1", SECRET));
}

const struct conform_case conform_subject[] = {
	{"erased: nothing is left", nothing_is_left, 0},
	{"erased: the law wants it kept", the_law_wants_it_kept, 0},
	{"erased: older than the law asks", older_than_the_law, 0},
	{"erased: a hold has no end", a_hold_has_no_end, 0},
	{0},
};
