// SPDX-License-Identifier: MIT
// Knows a shift of an agent who presses random keys: nothing breaks, nothing is drawn outside its pane, every place is reached,
// every record follows from its events. ZUOXI_MONKEY_KEYS and ZUOXI_MONKEY_SEED choose how long and which.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/cti/sim.h"
#include "src/desk/role.h"
#include "src/work/demo_kb.h"
#include "tests/view/monkey.h"

enum { PANES_EVERY = 101, JOURNAL_EVERY = 2000, KEYS_FOR_ALL = 50000 };

static int64_t number(const char *name, int64_t otherwise)
{
	const char *v = getenv(name);
	int64_t n = otherwise;

	if (v && !parse_int(sv(v), 1, INT64_MAX, &n))
		fail_msg("%s is not a number: %s", name, v);
	return n;
}

void monkey_practice(struct monkey *k)
{
	k->practice.book = k->book;
	k->s.ui.practices = &k->practice;
}

static void start(struct monkey *k, uint64_t seed)
{
	*k = (struct monkey){.seed = seed, .dice = seed};
	scene_open_phone(&k->s, LANG_EN);
	// Somebody who may do everything, and something to do it to.
	k->s.config.agent_roles = "agent, kb_editor, supervisor";
	user_roles_parse(sv(k->s.config.agent_roles), &k->s.model.roles, NULL);
	scene_must(demo_kb_fill(k->s.dir, "Asia/Shanghai", &k->s.clock, &e));
	scene_must(book_open(&k->book, k->s.dir, &e));
	monkey_practice(k);
	monkey_keys_init(k);
	monkey_visits_init(k);
	golden_open(&k->g, 40, 120, "dark");
	k->s.ui.theme = k->g.theme;
	scene_size(&k->s, 40, 120);
	k->screen = cells_new(40, 120);
	monkey_hub_join(k);
}

static void end(struct monkey *k)
{
	golden_close(&k->g);
	cells_free(k->screen);
	book_close(k->book);
	scene_close(&k->s);
	monkey_release(k);
}

static void test_random_keys(void **state)
{
	long want = (long)number("ZUOXI_MONKEY_KEYS", 20000), panes = -1, journal = 0;
	struct monkey k;

	(void)state;
	start(&k, (uint64_t)number("ZUOXI_MONKEY_SEED", 20261122));
	// A long shift sees every place; chance may take two and a half times as long.
	while (k.keys < want || (want >= KEYS_FOR_ALL && k.keys < want * 5 / 2 && monkey_unseen(&k))) {
		monkey_step(&k);
		monkey_draw(&k);
		if (k.keys / PANES_EVERY != panes) {
			panes = k.keys / PANES_EVERY;
			monkey_check_panes(&k);
		}
		if (k.keys / JOURNAL_EVERY != journal) {
			journal = k.keys / JOURNAL_EVERY;
			monkey_check_journal(&k);
		}
	}
	model_flush_drafts(&k.s.model);
	monkey_check_journal(&k);
	monkey_check_records(&k);
	print_message("keys %ld, frames drawn in part %ld, records closed %ld, restarts %ld\n", k.keys, k.part, k.closed, k.restarts);
	if (k.part < k.keys / 20)
		monkey_fail(&k, "only %ld frames were drawn in part: the comparison says little", k.part);
	if (want >= KEYS_FOR_ALL)
		monkey_check_visits(&k);
	end(&k);
}

// --- the controls: what the checks are for must be seen

static void draw_beside(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	struct canvas mine = *c;

	(void)u, (void)m, (void)focused;
	mine.r.x -= 1; // forgot that a canvas is cut with canvas_sub
	canvas_text(&mine, 0, 0, ROLE_PLAIN, "outside");
}

static void draw_below(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	struct canvas mine = *c;

	(void)u, (void)m, (void)focused;
	mine.r.h += 1;
	canvas_text(&mine, c->r.h, 0, ROLE_PLAIN, "outside");
}

static void test_a_draw_outside_is_seen(void **state)
{
	const struct place beside = {.draw = draw_beside}, below = {.draw = draw_below};
	const struct rect r = {5, 10, 8, 30};
	struct monkey k;
	int y, x;

	(void)state;
	start(&k, 1);
	assert_true(monkey_draws_inside(&k, &place_home, r, &y, &x));
	assert_false(monkey_draws_inside(&k, &beside, r, &y, &x));
	assert_int_equal(y, 5);
	assert_int_equal(x, 9);
	assert_false(monkey_draws_inside(&k, &below, r, &y, &x));
	assert_int_equal(y, 13);
	end(&k);
}

// What changes outside the place that is typed into must be said, or its pane keeps what it showed.
static void test_a_stale_pane_is_seen(void **state)
{
	struct monkey k;
	int y, x;

	(void)state;
	start(&k, 1);
	sim_offer(k.s.cti, CTI_PHONE, "13812345678", NULL, "");
	model_pump_phone(&k.s.model);
	monkey_key(&k, (struct key){.kind = K_F, .cp = 2});
	scene_wait(&k.s, 1000);
	model_pump_phone(&k.s.model);
	assert_non_null(model_work(&k.s.model));
	ui_focus(&k.s.ui, &k.s.model, PANE_FORM);
	monkey_draw(&k);
	monkey_key(&k, (struct key){.kind = K_CHAR, .cp = 'a'});
	assert_false(monkey_stale(&k, &y, &x));
	assert_false(k.s.model.changed);
	struct kb_view *kb = model_kb(&k.s.model, model_work(&k.s.model));
	free(kb->query);
	kb->query = xstrdup("said by nobody");
	k.s.model.typed = true;
	assert_true(monkey_stale(&k, &y, &x));
	assert_true(rect_has(k.s.ui.layout.pane[PANE_KB], y, x));
	k.s.model.changed = true;
	assert_false(monkey_stale(&k, &y, &x));
	end(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_draw_outside_is_seen),
		cmocka_unit_test(test_a_stale_pane_is_seen),
		cmocka_unit_test(test_random_keys),
	};

	return cmocka_run_group_tests_name("monkey", tests, NULL, NULL);
}
