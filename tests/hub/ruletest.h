// SPDX-License-Identifier: MIT
// Knows how a test of the rules gets a site with people of every role, and stations that send operations for them.
#ifndef TESTS_HUB_RULETEST_H
#define TESTS_HUB_RULETEST_H

#include "src/hub/exchange.h"
#include "tests/hub/hubtest.h"

// Site SHA. Team t1 serves q1: te ag ag2 tl qa tr ke. Team t2 serves q2: agb tlb. sv (supervisor) and ad (administrator, grant dpo)
// stand in no team. Site BJS has agx in q1.
struct site {
	struct hubtest t;
};
void site_open(struct site *x); // in memory
void site_open_on(struct site *x, enum hubtest_engine on, struct pgcluster *pg);
void site_close(struct site *x); // fails the test when the store is not in order
int64_t site_places(struct site *x); // given away so far in all streams: what is refused takes none
void site_wait(struct site *x, int64_t ms);
// Changes an agent as an administrator would ("roles", "queue_codes", "team_id", "status"): member = JSON value.
void site_agent_set(struct site *x, const char *agent, const char *member, const char *value);
// A member of an entity as JSON text; "-" no entity, "" no member. Member NULL: the whole document. Owned by the caller.
char *site_member(struct site *x, const char *t, const char *e, const char *member);
bool site_has(struct site *x, const char *t, const char *e);
int64_t site_rev(struct site *x, const char *t, const char *e);
char *site_stream(struct site *x, const char *t, const char *e); // "-": none
// site_member compared.
void assert_member(struct site *x, const char *t, const char *e, const char *member, const char *want);

struct seat {
	struct site *x;
	char dev[40], agent[40];
	const char *inc, *home; // home: the site
	int64_t n;         // next to use
	json_t *ops;       // waiting
	json_t *answer;    // of the last operation done; owned
	json_t *reply;     // last whole reply; NULL when there was a problem
	struct wire_problem problem;
	bool red;
	const char *by;    // who the operations say made them; NULL: not said
	bool off;          // made offline
	int64_t at;        // when; 0: now
};
void seat_open(struct seat *s, struct site *x, const char *agent); // its own station, known to the hub
void seat_close(struct seat *s);
// One more operation waits. Body: JSON with ' for ". base NULL: none.
void seat_add(struct seat *s, const char *k, const char *t, const char *e, const char *stream, const char *base, const char *body);
void seat_add_id(struct seat *s, const char *id, const char *k, const char *t, const char *e, const char *stream, const char *base,
		 const char *body);
json_t *seat_request(struct seat *s, const char *more); // with all that waits; more: members to add, JSON with ', NULL none
// Sends what waits; false: a problem. online: as POST /v1/do.
bool seat_send(struct seat *s, const char *more, bool online);
// One operation alone; what became of it: "applied", "rejected forbidden", ...
const char *seat_do(struct seat *s, const char *k, const char *t, const char *e, const char *stream, const char *base, const char *body);
const char *seat_now(struct seat *s, const char *k, const char *t, const char *e, const char *stream, const char *body); // /v1/do
// "epoch:rev" of the entity as it is now. Borrowed until the fourth next call.
const char *seat_base(struct seat *s, const char *t, const char *e);
const char *cf(struct seat *s); // conflict of the last answer
void assert_result(struct seat *s, const char *got, const char *want);

// An id of the form operations have; different for each number.
const char *uid(int n); // borrowed until the eighth next call

#endif
