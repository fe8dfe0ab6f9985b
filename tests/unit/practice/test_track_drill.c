// SPDX-License-Identifier: MIT
// Knows what only a drill asks for: that drafts are approved by somebody else, that all is linked to the incident, that tickets go on being
// numbered while the hub is away.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/practice/track.h"
#include "tests/unit/practice/sample.h"

static const struct scenario_seat seats[] = {{.code = "agent1"}, {.code = "agent2"}, {.code = "lead"}, {.code = "supervisor"}};
enum { LEAD = 2, SUPERVISOR };
static const char *const change[] = {"改进", "change"};
static const struct word_set review_words = {.name = "review", .any = change, .n_any = 2};
static const struct expectation of_start[] = {
	{.id = "sv_says", .what = EXPECT_SEAT, .value = "supervisor.statement", .weight = 1},
	{.id = "lead_approves", .what = EXPECT_SEAT, .value = "lead.approve", .weight = 1},
	{.id = "sv_reviews", .what = EXPECT_SEAT, .value = "supervisor.review", .words = &review_words, .weight = 1},
	{.id = "linked", .what = EXPECT_LINK, .weight = 1},
};
static const struct expectation of_cut[] = {{.id = "offline", .what = EXPECT_OFFLINE, .within_s = 60, .weight = 1}};
enum { SAYS, APPROVES, REVIEWS, LINKED };

struct bed {
	struct sample x;
	struct track t;
	size_t n;
	int offline; // number of the expectation
};

static void put(struct bed *b, int seat, struct log_entry e)
{
	e.seat = seat;
	track_entry(&b->t, b->n++, &e);
	event_release(&e.ev);
}
#define does(b, t, seat, contact, ...) put((b), (seat), entry((t), (contact), LOG_AGENT, __VA_ARGS__, NULL))
#define comes(b, t, contact, ...) put((b), 0, entry((t), (contact), LOG_ENGINE, __VA_ARGS__, NULL))
#define acts(b, t, kind, id, text) put((b), 0, entry((t), -1, LOG_TRAINER, EV_INJECT, "kind", (kind), "id", (id), "text", (text), NULL))

static void open_bed(struct bed *b)
{
	*b = (struct bed){0};
	sample_init(&b->x);
	sample_curves(&b->x);
	b->x.beats[B_START].expect = of_start;
	b->x.beats[B_START].n_expect = sizeof(of_start) / sizeof(*of_start);
	b->x.curves[0] = (struct curveball){.id = "cut", .kind = CURVE_SYSTEM_DOWN, .target = "hub", .at_beat = SCENARIO_NONE, .beat = SCENARIO_NONE,
					    .caller = -1, .expect = of_cut, .n_expect = 1};
	b->x.s.kind = SCENARIO_DRILL;
	b->x.s.seats = seats;
	b->x.s.n_seats = sizeof(seats) / sizeof(*seats);
	track_init(&b->t, &b->x.s, b->x.lex);
	for (size_t i = 0; i < b->t.n_expect; i++)
		if (strcmp(scenario_expectation(&b->x.s, i, NULL, NULL)->id, "offline") == 0)
			b->offline = (int)i;
	comes(b, 0, 0, EV_RING);
	acts(b, 0, "seat", "lead", "");
	acts(b, 0, "seat", "supervisor", "");
	does(b, 1000, 0, 0, EV_ANSWER);
	comes(b, 2000, 0, EV_BEAT, "id", "b1");
}

static void close_bed(struct bed *b)
{
	track_release(&b->t);
	sample_release(&b->x);
}

static void approve(struct bed *b, int64_t t, const char *seat, const char *n)
{
	put(b, 0, entry(t, -1, LOG_TRAINER, EV_INJECT, "kind", "approve", "id", seat, "value", n, "text", "x", NULL));
}

static void test_approve(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	approve(&b, 3000, "lead", "1"); // there is nothing yet
	assert_int_equal(b.t.expect[APPROVES].state, EXPECT_OPEN_);
	acts(&b, 4000, "statement", "supervisor", "部分服务暂时不能使用");
	assert_int_equal(b.t.expect[SAYS].state, EXPECT_MET);
	assert_int_equal(b.t.drafts.n, 1);
	char n[24];
	snprintf(n, sizeof(n), "%lld", (long long)b.t.drafts.v[0].n);
	assert_int_equal(b.t.drafts.v[0].n, 7);
	assert_true(track_waits(&b.t, SUPERVISOR));
	assert_false(track_may_approve(&b.t, SUPERVISOR, 7)); // its author
	assert_true(track_may_approve(&b.t, LEAD, 7));
	approve(&b, 5000, "supervisor", n);
	assert_int_equal(b.t.drafts.v[0].approver, SCENARIO_NONE);
	approve(&b, 6000, "agent1", n); // nobody asked that seat
	assert_int_equal(b.t.expect[APPROVES].state, EXPECT_OPEN_);
	approve(&b, 7000, "lead", n);
	assert_int_equal(b.t.drafts.v[0].approver, LEAD);
	assert_int_equal(b.t.expect[APPROVES].state, EXPECT_MET);
	assert_false(track_may_approve(&b.t, LEAD, 7)); // once
	close_bed(&b);
}

static void test_review(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	acts(&b, 4000, "review", "lead", "改进");
	acts(&b, 5000, "review", "supervisor", "都挺好");
	assert_int_equal(b.t.expect[REVIEWS].state, EXPECT_OPEN_);
	acts(&b, 6000, "review", "supervisor", "经过、原因、改进：断线时走备用登记");
	assert_int_equal(b.t.expect[REVIEWS].state, EXPECT_MET);
	close_bed(&b);
}

// The contact itself and every one with a ticket; the others do not matter.
static void test_linked(void **state)
{
	static const struct {
		const char *first, *second;
		bool ticket;
		enum expect_state want;
	} cases[] = {
		{"INC_LINK", "INC_LINK", true, EXPECT_MET}, {"INC_LINK", "DONE", true, EXPECT_MISSED}, {"INC_LINK", "DONE", false, EXPECT_MET},
		{"DONE", "INC_LINK", true, EXPECT_MISSED}, {NULL, "INC_LINK", true, EXPECT_MISSED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bed b;
		open_bed(&b);
		comes(&b, 3000, 1, EV_RING);
		does(&b, 4000, 0, 1, EV_ANSWER);
		if (cases[i].ticket)
			does(&b, 5000, 0, 1, EV_TICKET_CREATE, "no", "TRN-261122-0A7-0001-4");
		if (cases[i].first)
			does(&b, 6000, 0, 0, EV_DISPOSITION, "code", cases[i].first);
		does(&b, 7000, 0, 1, EV_DISPOSITION, "code", cases[i].second);
		assert_int_equal(b.t.expect[LINKED].state, EXPECT_OPEN_);
		track_end(&b.t);
		if (b.t.expect[LINKED].state != cases[i].want)
			fail_msg("case %zu: %d", i, b.t.expect[LINKED].state);
		close_bed(&b);
	}
}

static enum expect_state offline(const char *before, const char *during, int seat)
{
	struct bed b;

	open_bed(&b);
	if (before)
		does(&b, 3000, 0, 0, EV_TICKET_CREATE, "no", before);
	comes(&b, 4000, 0, EV_CURVEBALL, "id", "cut", "kind", "system_down", "value", "1");
	does(&b, 5000, seat, seat ? -1 : 0, EV_TICKET_CREATE, "no", during);
	enum expect_state is = b.t.expect[b.offline].state;
	track_end(&b.t);
	close_bed(&b);
	return is;
}

static void test_offline(void **state)
{
	struct bed b;

	(void)state;
	assert_int_equal(offline("TRN-261122-0A7-0001-4", "TRN-261122-0A7-0002-2", 0), EXPECT_MET);
	assert_int_equal(offline(NULL, "TRN-261122-0A7-0002-2", 0), EXPECT_MET); // the first of this seat
	assert_int_equal(offline("TRN-261122-0A7-0002-2", "TRN-261122-0A7-0001-4", 0), EXPECT_OPEN_); // not the next
	assert_int_equal(offline("TRN-261122-0A7-0001-4", "离线2号", 0), EXPECT_OPEN_);               // none of the station
	assert_int_equal(offline("TRN-261122-0A7-0001-4", "TRN-261122-0A7-0001-4", 1), EXPECT_MET);   // another seat has a series of its own
	open_bed(&b);
	comes(&b, 4000, 0, EV_CURVEBALL, "id", "cut", "kind", "system_down", "value", "1");
	comes(&b, 5000, 0, EV_CURVEBALL, "id", "cut", "kind", "system_down", "value", "0");
	does(&b, 6000, 0, 0, EV_TICKET_CREATE, "no", "TRN-261122-0A7-0001-4");
	assert_int_equal(b.t.expect[b.offline].state, EXPECT_OPEN_); // it is back
	close_bed(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_approve), cmocka_unit_test(test_review), cmocka_unit_test(test_linked),
					   cmocka_unit_test(test_offline)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
