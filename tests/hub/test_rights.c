// SPDX-License-Identifier: MIT
// Tests who may: the matrix against domain.md §2.5 as printed there, scopes against whose thing it is, streams, masks.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/hub/ruletest.h"

// The rows of domain.md §2.5 for the rights a hub knows, as they stand there (TE AG TL SV QA TR KE AD).
static const char *const printed[] = {
	"| call.handle | take live contacts | — | O | O | O | — | — | — | — |",
	"| call.view | open interaction record | — | O | T | S | S | T¹ | — | — |",
	"| customer.view_masked | see masked customer | — | S | S | S | S | — | — | — |",
	"| customer.reveal | unmask a field (reason, logged) | — | O³ | T | S | — | — | — | — |",
	"| customer.edit | edit profile | — | O³ | T | S | — | — | — | — |",
	"| customer.edit_identity | name/ID/phone change | — | R | R | S | — | — | — | — |",
	"| customer.erase | act on deletion request | — | — | — | R | — | — | — | A(dpo) |",
	"| ticket.create | | — | S | S | S | S | — | — | — |",
	"| ticket.update | | — | O | T | S | — | — | — | — |",
	"| ticket.assign | to another person | — | R | T | S | — | — | — | — |",
	"| ticket.priority_override | reason needed | — | R | T | S | — | — | — | — |",
	"| ticket.close | | — | O | T | S | — | — | — | — |",
	"| ticket.reopen | | — | O(7 d) | T | S | — | — | — | — |",
	"| escalation.create | | — | O | T | S | S | — | — | — |",
	"| escalation.decide | approve/amend/reject/take over | — | — | T(level 1) | S | — | — | — | — |",
	"| incident.report | create *suspected* | — | S | S | S | S | S | S | A |",
	"| incident.confirm | red + broadcast | — | — | R | S | — | — | — | — |",
	"| broadcast.send | normal notice | — | — | T | S | S | T | S | A |",
	"| kb.read | published | S | S | S | S | S | S | S | A |",
	"| kb.suggest | gap, edit suggestion, vote | S | S | S | S | S | S | S | A |",
	"| kb.edit | draft versions | — | R | R | R | R | R | A | — |",
	"| kb.approve | publish (not own edit) | — | — | — | S | — | — | A | — |",
	"| kb.retire | | — | — | — | S | — | — | A | — |",
	"| script.edit | | — | R | R | S | R | S | S | — |",
	"| script.approve | not own edit | — | — | — | S | — | — | — | — |",
	"| config.policy | SLA, matrix, calendar | — | — | — | S | — | — | — | R |",
	"| config.system | users, hub, keys, packs | — | — | — | — | — | — | — | A |",
	"| audit.read | | — | — | — | S | S | — | — | A |",
	"| kpi.view_team | | — | T(own) | T | S | S | S | S | A |",
	"| export.data | masked CSV | — | — | — | S | S | S | S | A |",
	"| practice.run | | O | O | O | O | O | O | O | O |",
	"| practice.observe | watch, whisper, score | — | O(mentor) | T | S | S | S | — | — |",
};

static enum scope letter(const char *cell)
{
	switch (*cell) {
	case 'R': return SCOPE_REQUEST;
	case 'O': return SCOPE_OWN;
	case 'T': return SCOPE_TEAM;
	case 'S': return SCOPE_SITE;
	case 'A': return SCOPE_ALL;
	default: return SCOPE_NONE;
	}
}

// Cell number i of a row, 0 the code.
static const char *cell(const char *row, int i, char out[64])
{
	for (; i >= 0; i--)
		row = strchr(row, '|') + 1;
	size_t n = strcspn(row, "|");
	struct sv s = sv_trim(sv_n(row, n));
	snprintf(out, 64, "%.*s", (int)s.n, s.p);
	return out;
}

static enum hub_right named(const char *code)
{
	for (int r = 0; r < HUB_R_COUNT; r++)
		if (strcmp(hub_right_code((enum hub_right)r), code) == 0)
			return (enum hub_right)r;
	fail_msg("no right %s", code);
	return HUB_R_COUNT;
}

static void test_matrix(void **state)
{
	size_t n = sizeof(printed) / sizeof(*printed);
	char code[64], text[64];

	(void)state;
	assert_int_equal(n, HUB_R_COUNT);
	for (size_t i = 0; i < n; i++) {
		enum hub_right r = named(cell(printed[i], 0, code));
		for (int role = 0; role < USER_ROLES; role++) {
			enum scope want = letter(cell(printed[i], role + 2, text));
			if (right_scope(USER_BIT(role), r) != want)
				fail_msg("%s of %s", code, user_role_code((enum user_role)role));
		}
		assert_int_equal(right_scope(0, r), SCOPE_NONE);
	}
}

static void test_union_and_segregation(void **state)
{
	unsigned ag_sv = USER_BIT(USER_AGENT) | USER_BIT(USER_SUPERVISOR);

	(void)state;
	assert_int_equal(right_scope(ag_sv, HUB_R_TICKET_UPDATE), SCOPE_SITE);
	assert_int_equal(right_scope(USER_BIT(USER_AGENT) | USER_BIT(USER_TRAINEE), HUB_R_CALL_HANDLE), SCOPE_OWN);
	// An administrator has no right to customer data, whatever else they are.
	unsigned both = ag_sv | USER_BIT(USER_ADMIN);
	assert_int_equal(right_scope(both, HUB_R_CUSTOMER_VIEW), SCOPE_NONE);
	assert_int_equal(right_scope(both, HUB_R_CUSTOMER_EDIT), SCOPE_NONE);
	assert_int_equal(right_scope(both, HUB_R_CALL_VIEW), SCOPE_NONE);
	assert_int_equal(right_scope(both, HUB_R_TICKET_UPDATE), SCOPE_NONE);
	assert_int_equal(right_scope(both, HUB_R_CONFIG_SYSTEM), SCOPE_ALL);
	assert_int_equal(right_scope(both, HUB_R_KB_APPROVE), SCOPE_SITE);
}

// --- scopes: every scope against every kind of target

struct ask {
	const char *agent;
	unsigned roles;
	enum hub_right r;
	struct target what;
	enum verdict got;
	bool grants;
};

static bool ask_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct ask *q = arg;
	struct arena a = {0};
	struct actor who;
	bool ok = actor_load(tx, "SHA", q->agent, &who, &a, e);

	who.roles = q->roles;
	if (!q->grants)
		who.n_grants = 0;
	ok = ok && actor_may(tx, &who, q->r, &q->what, &q->got, e);
	arena_release(&a);
	return ok;
}

static enum verdict ask(struct site *x, struct ask q)
{
	hubtest_read(x->t.s, ask_body, &q);
	return q.got;
}

enum whose { MINE, TEAM_MATES, OTHER_TEAMS, NOBODYS_IN_MY_QUEUE, NOBODYS_ELSEWHERE, NOBODYS, OTHER_SITES, WHOSE };

// By scope: which of these it reaches. Asked by ag2 of team t1 (queue q1).
static const bool reaches[][WHOSE] = {
	[SCOPE_NONE] = {false, false, false, false, false, false, false},
	[SCOPE_REQUEST] = {false, false, false, false, false, false, false},
	[SCOPE_OWN] = {true, false, false, true, false, true, false},
	[SCOPE_TEAM] = {true, true, false, true, false, true, false},
	[SCOPE_SITE] = {true, true, true, true, true, true, false},
	[SCOPE_ALL] = {true, true, true, true, true, true, true},
};

static void test_every_right_role_and_target(void **state)
{
	static const struct target targets[WHOSE] = {
		[MINE] = {.site = "SHA", .owner = "ag2"},
		[TEAM_MATES] = {.site = "SHA", .owner = "ag"},
		[OTHER_TEAMS] = {.site = "SHA", .owner = "agb", .queue = "q2"},
		[NOBODYS_IN_MY_QUEUE] = {.site = "SHA", .queue = "q1"},
		[NOBODYS_ELSEWHERE] = {.site = "SHA", .queue = "q2", .team = "t2"},
		[NOBODYS] = {.site = "SHA"},
		[OTHER_SITES] = {.site = "BJS", .owner = "agx"},
	};
	struct site x;

	(void)state;
	site_open(&x);
	for (int r = 0; r < HUB_R_COUNT; r++)
		for (int role = 0; role < USER_ROLES; role++)
			for (int w = 0; w < WHOSE; w++) {
				enum scope s = right_scope(USER_BIT(role), (enum hub_right)r);
				if (r == HUB_R_CUSTOMER_ERASE && role == USER_ADMIN)
					continue; // by its grant, below
				enum verdict want = s == SCOPE_REQUEST && w != OTHER_SITES ? VERDICT_REQUEST
						    : reaches[s][w]                        ? VERDICT_YES
											   : VERDICT_NO;
				enum verdict got = ask(&x, (struct ask){.agent = "ag2",
									.roles = USER_BIT(role),
									.r = (enum hub_right)r,
									.what = targets[w]});
				if (got != want)
					fail_msg("%s of %s on %d: %d, not %d", hub_right_code((enum hub_right)r),
						 user_role_code((enum user_role)role), w, (int)got, (int)want);
			}
	struct ask dpo = {.agent = "ad", .roles = USER_BIT(USER_ADMIN), .r = HUB_R_CUSTOMER_ERASE, .what = targets[NOBODYS]};
	assert_int_equal(ask(&x, dpo), VERDICT_NO);
	dpo.grants = true;
	assert_int_equal(ask(&x, dpo), VERDICT_YES);
	site_close(&x);
}

// --- people and streams

struct who {
	const char *agent;
	struct arena a;
	struct actor actor;
	const char **streams;
	size_t n;
	bool found;
	struct err why;
};

static bool who_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct who *w = arg;

	w->found = actor_load(tx, "SHA", w->agent, &w->actor, &w->a, &w->why);
	return !w->found || actor_streams(tx, &w->actor, &w->streams, &w->n, &w->a, e);
}

static bool has(const struct who *w, const char *s)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->streams[i], s) == 0)
			return actor_may_read(&w->actor, wire_stream_is_global(s) ? WIRE_GLOBAL_SITE : "SHA", s);
	assert_false(actor_may_read(&w->actor, "SHA", s));
	return false;
}

static void look_who(struct site *x, struct who *w, const char *agent)
{
	*w = (struct who){.agent = agent};
	hubtest_read(x->t.s, who_body, w);
}

static void test_streams(void **state)
{
	static const char *const agents[] = {"te", "ag", "tl", "sv", "qa", "tr", "ke", "ad"};
	static const char *const streams[] = {"q/q1", "q/q2", "cust/SHA/0"};
	static const bool want[][3] = {{0, 0, 0}, {1, 0, 1}, {1, 0, 1}, {1, 1, 1}, {1, 0, 1}, {0, 0, 0}, {0, 0, 0}, {0, 0, 0}};
	struct site x;
	struct who w;

	(void)state;
	site_open(&x);
	for (size_t i = 0; i < 8; i++) {
		look_who(&x, &w, agents[i]);
		assert_true(w.found);
		for (size_t s = 0; s < 3; s++)
			if (has(&w, streams[s]) != want[i][s])
				fail_msg("%s and %s", agents[i], streams[s]);
		assert_true(has(&w, "bc/SHA") && has(&w, "bc/all") && has(&w, "dir/SHA") && has(&w, "cfg/SHA") &&
			    has(&w, "kb/all"));
		assert_false(has(&w, "me/somebody"));
		assert_false(actor_may_read(&w.actor, "BJS", "dir/BJS"));
		assert_false(actor_may_read(&w.actor, "SHA", "cust/BJS/0"));
		assert_false(actor_may_read(&w.actor, "SHA", "nonsense"));
		assert_false(actor_may_read(&w.actor, "SHA", "@no/R"));
		assert_string_equal(w.streams[0], "bc/all"); // what is red comes first
		arena_release(&w.a);
	}
	// A site with more customers than a station keeps.
	hubtest_put(x.t.s, "SHA", "site", "SHA", "dir/SHA", "{\"customer_streams\":false}");
	look_who(&x, &w, "ag");
	for (size_t i = 0; i < w.n; i++)
		assert_false(str_starts(w.streams[i], "cust/"));
	arena_release(&w.a);
	site_close(&x);
}

static void test_people(void **state)
{
	struct site x;
	struct who w;

	(void)state;
	site_open(&x);
	site_agent_set(&x, "ag", "queue_codes", "['extra','q1']");
	look_who(&x, &w, "ag");
	assert_int_equal(w.actor.n_queues, 2);
	assert_int_equal(w.actor.roles, USER_BIT(USER_AGENT));
	arena_release(&w.a);
	look_who(&x, &w, "nobody");
	assert_int_equal(w.why.code, ERR_NOT_FOUND);
	arena_release(&w.a);
	site_agent_set(&x, "ag", "status", "'suspended'");
	look_who(&x, &w, "ag");
	assert_int_equal(w.why.code, ERR_DENIED);
	arena_release(&w.a);
	look_who(&x, &w, "agx"); // of another site
	assert_int_equal(w.why.code, ERR_NOT_FOUND);
	arena_release(&w.a);
	site_close(&x);
}

// --- masks

static void masked(unsigned roles, const char *t, const char *doc, const char *want)
{
	struct actor who = {.agent = "me", .site = "SHA", .roles = roles};
	json_t *d = json_loads(doc, 0, NULL), *m = rights_mask(&who, t, d);
	char *text = json_dumps(m, JSON_COMPACT), *before = json_dumps(d, JSON_COMPACT);

	assert_string_equal(text, want);
	assert_string_equal(before, doc); // untouched
	free(text);
	free(before);
	json_decref(m);
	json_decref(d);
}

static void test_masks(void **state)
{
	const char *cust = "{\"display_name\":\"李小雷\",\"phones\":[{\"e164\":\"13812345678\",\"kind\":\"mobile\"}],\"id_no\":"
			   "\"11010519491231002X\","
			   "\"email\":\"zhang@example.com\",\"notes\":\"打13812345678\",\"gender\":\"f\",\"x_id\":\"13812345678\"}";
	const char *hidden =
		"{\"display_name\":\"李*雷\",\"phones\":[{\"e164\":\"138****5678\",\"kind\":\"mobile\"}],\"id_no\":\"1*************"
		"***X\","
		"\"email\":\"z***@example.com\",\"notes\":\"打138****5678\",\"gender\":\"f\",\"x_id\":\"13812345678\"}";
	const char *clash = "{\"fields\":{\"display_name\":{\"base\":\"李雷\",\"mine\":\"王五\",\"theirs\":null}}}";
	unsigned qa = USER_BIT(USER_QA), ag = USER_BIT(USER_AGENT), ad = USER_BIT(USER_ADMIN);

	(void)state;
	masked(ag, "customer", cust, cust);
	masked(qa, "customer", cust, hidden);
	masked(ad, "customer", cust, "{}");
	masked(USER_BIT(USER_TRAINEE), "ticket", "{\"title\":\"x\"}", "{}");
	masked(qa, "conflict", clash, "{\"fields\":{\"display_name\":{\"base\":\"李*\",\"mine\":\"王*\",\"theirs\":null}}}");
	masked(qa, "ticket", "{\"no\":\"13812345678\",\"description\":\"13812345678\"}",
	       "{\"no\":\"13812345678\",\"description\":\"138****5678\"}");
	masked(ad, "article", "{\"title\":\"13812345678\"}", "{\"title\":\"13812345678\"}");
	masked(ad, "agent", "{\"login\":\"x\"}", "{\"login\":\"x\"}");
	// A red broadcast that is asked for is for those who may ask and who may confirm, who share no page with the others.
	const char *asked = "{\"title\":\"x\"}";
	unsigned tl = USER_BIT(USER_TEAM_LEAD);
	masked(ag, "broadcast_request", asked, "{}");
	masked(ad, "broadcast_request", asked, "{}");
	masked(tl, "broadcast_request", asked, asked);
	masked(USER_BIT(USER_SUPERVISOR), "broadcast_request", asked, asked);
	assert_true(rights_mask_id(&(struct actor){.roles = ag}) != rights_mask_id(&(struct actor){.roles = tl}));
	struct actor a = {.roles = ag}, b = {.roles = qa}, c = {.roles = ag | USER_BIT(USER_QA)};
	assert_true(rights_mask_id(&a) != rights_mask_id(&b));
	assert_int_equal(rights_mask_id(&a), rights_mask_id(&c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matrix),
		cmocka_unit_test(test_union_and_segregation),
		cmocka_unit_test(test_every_right_role_and_target),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_masks),
	};

	return cmocka_run_group_tests_name("hub-rights", tests, NULL, NULL);
}
