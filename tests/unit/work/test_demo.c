// SPDX-License-Identifier: MIT
// Tests the demo site: its people are found, its numbers stay unique, its calls are ones the simulated telephone understands.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/cti/sim.h"
#include "src/desk/number.h"
#include "src/desk/role.h"
#include "src/store/interaction.h"
#include "src/store/meta.h"
#include "src/work/demo.h"
#include "src/work/station.h"
#include "tests/unit/work/desk.h"

static struct desk site;

static int make(void **state)
{
	struct err e = {0};

	(void)state;
	site = (struct desk){.dir = tmpdir_new()};
	clock_fake(&site.clock, DESK_NOW, 1000000);
	assert_ok(demo_make(site.dir, &site.clock, &e), e);
	desk_open(&site);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	desk_end(&site);
	return 0;
}

static void agent_and_content(void **state)
{
	size_t n;

	(void)state;
	assert_string_equal(site.model.agent_no, DEMO_AGENT_NO);
	assert_string_equal(site.model.agent_name, DEMO_AGENT_NAME);
	char **dirs = station_pack_dirs(site.dir, &n);
	assert_int_equal(n, 4);
	assert_true(strstr(dirs[0], "/common") != NULL);
	assert_null(dirs[4]);
	station_free_dirs(dirs);
}

static void people_are_found(void **state)
{
	struct err e = {0};
	struct arena a = {0};
	struct customers found = {0};

	(void)state;
	assert_ok(model_customer_find(&site.model, "13800130101", &found, &a, &e), e);
	assert_int_equal(found.n, 1);
	assert_string_equal(found.v[0].name, "王静");
	struct customer_card card = {0};
	assert_ok(card_load(&site.model, &card, found.v[0].id, &e), e);
	assert_string_equal(card.masked_name, "王*");
	assert_string_equal(card.tier, "gold");
	assert_int_equal(card.contacts.n, 3);
	assert_int_equal(card.contacts_90d, 3);
	assert_true(card.contacts.v[0].at > card.contacts.v[1].at);
	assert_true(card.contacts.v[0].summary[0] != '\0');
	card_release(&card);
	vec_release(&found);
	arena_release(&a);
}

// Tickets of the demo that are dated today must not meet the next one the agent makes.
static void the_next_number_is_free(void **state)
{
	struct err e = {0};
	struct counter_claim claim;
	struct arena a = {0};
	struct ticket;
	char no[NUMBER_CAP];
	int64_t last;

	(void)state;
	assert_ok(counter_last(store_reader(site.store), "ticket/0A7", "261122", &last, &e), e);
	assert_true(last >= 13); // 000D is dated today
	assert_ok(work_next_number(&site.model, true, no, &claim, &e), e);
	assert_int_equal(claim.value, last + 1);
	arena_release(&a);
}

// The lists between calls have something to show, and nothing of it lies in the future.
static void lists_are_filled(void **state)
{
	struct err e = {0};

	(void)state;
	model_refresh_home(&site.model);
	assert_true(site.model.home.tickets.n >= 3);
	assert_ok(model_refresh_past(&site.model, &e), e);
	assert_true(site.model.past.rows.n >= 25);
	for (size_t i = 0; i < site.model.past.rows.n; i++) {
		const struct past_row *r = &site.model.past.rows.v[i];
		assert_true(r->closed_at > r->started_at && r->closed_at < clock_wall(&site.clock));
		assert_null(strstr(r->who, "王静"));
		assert_string_equal(r->state, "closed");
	}
}

static void past_contacts_open(void **state)
{
	struct err e = {0};

	(void)state;
	assert_ok(model_refresh_past(&site.model, &e), e);
	assert_ok(model_open_past(&site.model, site.model.past.rows.v[0].id, &e), e);
	const struct work *w = model_work(&site.model);
	assert_true(w->read_only);
	assert_true(w->contact->disposition != NULL && *contact_field(w->contact, "base.solution") != '\0');
	model_close_view(&site.model);
}

static void calls_are_understood(void **state)
{
	struct err e = {0};
	const enum lang langs[] = {LANG_ZH, LANG_EN};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *script = demo_calls(NULL, langs[i], &e);
		assert_non_null(script);
		struct cti *sim = sim_open(script, &site.clock, &e);
		if (!sim)
			fail_msg("%s\n%s", e.msg, script);
		assert_true(sim_waiting(sim) >= 10);
		assert_true((strstr(script, "My parcel has") != NULL || strstr(script, "parcel") != NULL) == (langs[i] == LANG_EN));
		sim->ops->close(sim);
		free(script);
	}
	assert_null(demo_calls("/nonexistent/calls.yaml", LANG_EN, &e));
}

// Every list of the knowledge desk has something in it, and the agent may do something about it.
static void the_knowledge_desk_is_furnished(void **state)
{
	struct model *m = &site.model;

	(void)state;
	m->roles = USER_BIT(USER_AGENT) | USER_BIT(USER_KB_EDITOR) | USER_BIT(USER_SUPERVISOR); // as its zuoxi.yaml says
	model_kb_desk_refresh(m);
	assert_int_equal(m->desk.n_drafts, 3);
	assert_true(model_kb_may(m, KB_DO_APPROVE, m->desk.drafts[0].id));
	assert_string_equal(m->desk.drafts[2].author, DEMO_AGENT_NO);
	assert_true(*m->desk.drafts[2].reply != '\0');
	assert_int_equal(m->desk.n_gaps, 3);
	assert_int_equal(m->desk.gaps[0].occurrences, 3);
	assert_true(m->desk.gaps[0].overdue);
	assert_int_equal(m->desk.n_doubts, 2);
	assert_true(m->desk.n_readers > 20);
	char *path = path_join(site.dir, "zuoxi.yaml");
	struct str text = {0};
	assert_true(path_read(path, 4096, &text, NULL));
	assert_non_null(strstr(str_z(&text), "roles: agent, kb_editor, supervisor"));
	str_release(&text);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agent_and_content), cmocka_unit_test(people_are_found), cmocka_unit_test(the_next_number_is_free),
		cmocka_unit_test(lists_are_filled), cmocka_unit_test(past_contacts_open), cmocka_unit_test(calls_are_understood),
		cmocka_unit_test(the_knowledge_desk_is_furnished),
	};
	return cmocka_run_group_tests(tests, make, unmake);
}
