// SPDX-License-Identifier: MIT
// Knows how a script is walked: sets before checks, side trips, back, what is due, and that the state is a pure fold.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/arena.h"
#include "src/desk/script_run.h"

#define L {"中", "en"}
#define TO(i) {.kind = TARGET_NODE, .node = (i)}
#define CLOSE {.kind = TARGET_CLOSE}
#define RETURN {.kind = TARGET_RETURN}
#define CODES(...) {(const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)}

enum { OPEN, NOTICE, NEED, VERIFY, CHECK, LIMITED, CHOOSE, LOST, RISK, JUDICIAL, PLAN, OFFER, SUMMARY, BYE, END, O1, O2, O3, N_NODES };

static const struct script_set set_kind[] = {{"form.kind", "risk"}}, set_lost[] = {{"form.kind", "lost"}, {"base.follow_up", "none"}},
			       set_level[] = {{"form.level", "2"}};
static const struct script_option kinds[] = {
	{.key = '1', .label = L, .next = TO(LOST), .set = {set_lost, 2}},
	{.key = '2', .label = L, .next = TO(RISK), .set = {set_kind, 1}},
	{.key = '3', .label = L, .next = TO(JUDICIAL), .needs = CODES("judicial")},
};
static const struct script_option clear_or_not[] = {
	{.key = '1', .label = L, .next = RETURN},
	{.key = '2', .label = L, .next = TO(O2)},
	{.key = '3', .label = L, .next = TO(SUMMARY)},
};
static const struct script_objection objections[] = {{.code = "slow", .label = L, .entry = O1}};
static struct script_node nodes[N_NODES] = {
	[OPEN] = {.id = "OPEN", .kind = NODE_SAY, .marks = MARK_BIT(MARK_ACK), .required = true, .next = TO(NOTICE)},
	[NOTICE] = {.id = "NOTICE", .kind = NODE_SAY, .disclosure = "recording", .required = true, .next = TO(NEED)},
	[NEED] = {.id = "NEED", .kind = NODE_ASK, .ask = ASK_CLOSED, .into = "base.need", .stage = STAGE_LISTEN, .next = TO(VERIFY)},
	[VERIFY] = {.id = "VERIFY", .kind = NODE_ACTION, .action = ACTION_VERIFY, .set = {set_level, 1}, .next = TO(CHECK)},
	[CHECK] = {.id = "CHECK", .kind = NODE_CHECK, .required = true, .on_pass = TO(CHOOSE), .on_fail = TO(LIMITED)},
	[LIMITED] = {.id = "LIMITED", .kind = NODE_SAY, .next = CLOSE},
	[CHOOSE] = {.id = "CHOOSE", .kind = NODE_CHOICE, .required = true, .options = kinds, .n_options = 3},
	[LOST] = {.id = "LOST", .kind = NODE_SAY, .required = true, .next = TO(PLAN)},
	[RISK] = {.id = "RISK", .kind = NODE_KB, .articles = CODES("KB-1", "KB-2"), .next = TO(PLAN)},
	[JUDICIAL] = {.id = "JUDICIAL", .kind = NODE_SAY, .disclosure = "judicial", .required = true, .next = TO(PLAN)},
	[PLAN] = {.id = "PLAN", .kind = NODE_FORM, .fields = CODES("form.a"), .marks = MARK_BIT(MARK_PLAN), .stage = STAGE_SOLVE,
		  .required = true, .next = TO(OFFER)},
	[OFFER] = {.id = "OFFER", .kind = NODE_OFFER, .next = CLOSE},
	[SUMMARY] = {.id = "SUMMARY", .kind = NODE_SAY, .marks = MARK_BIT(MARK_CLOSE), .required = true, .next = TO(BYE)},
	[BYE] = {.id = "BYE", .kind = NODE_ASK, .ask = ASK_CLOSED, .required = true, .next = TO(END)},
	[END] = {.id = "END", .kind = NODE_END},
	[O1] = {.id = "O1", .kind = NODE_SAY, .marks = MARK_BIT(MARK_EMPATHY), .next = TO(O2)},
	[O2] = {.id = "O2", .kind = NODE_ASK, .ask = ASK_PROBE, .next = TO(O3)},
	[O3] = {.id = "O3", .kind = NODE_ASK, .ask = ASK_CLOSED, .options = clear_or_not, .n_options = 3},
};
static const struct script freeze = {.code = "t.freeze", .title = L, .nodes = nodes, .n_nodes = N_NODES, .entry = OPEN,
				     .close_node = SUMMARY, .objections = objections, .n_objections = 1};

static const struct script_option agree[] = {
	{.key = '1', .label = L, .next = TO(1)},
	{.key = '2', .label = L, .next = TO(0)},
};
static const struct script_node soothe_nodes[] = {
	{.id = "M1", .kind = NODE_ASK, .ask = ASK_CLOSED, .required = true, .options = agree, .n_options = 2},
	{.id = "M2", .kind = NODE_SAY, .required = true, .next = CLOSE},
};
static const struct script soothe = {.code = "com.soothe", .title = L, .kind = SCRIPT_SIDE, .menu_key = 's', .nodes = soothe_nodes,
				     .n_nodes = 2, .close_node = SCRIPT_NO_NODE};

// What the call knows, for checks and offers.
struct world {
	double verification;
	bool happy;
};

static bool lookup(void *ctx, struct sv name, struct expr_value *out)
{
	const struct world *w = ctx;

	if (sv_eqz(name, "verification"))
		*out = expr_number(w->verification);
	else if (sv_eqz(name, "emotion"))
		*out = expr_number(w->happy ? 0 : 2);
	else if (sv_eqz(name, "issue_solved") || sv_eqz(name, "consent.marketing"))
		*out = expr_bool(w->happy);
	else
		return false;
	return true;
}

struct fixture {
	struct world world;
	struct script_env env;
	struct script_run run;
	struct script_effects fx;
	struct err e;
	int64_t t;
	struct arena a;
};

static void begin(struct fixture *f)
{
	static struct arena texts;

	*f = (struct fixture){.world = {.verification = 2}};
	f->env = (struct script_env){.lookup = lookup, .ctx = &f->world, .start_ms = 1795319950000, .zone = "Asia/Shanghai"};
	if (!nodes[CHECK].check)
		nodes[CHECK].check = expr_parse(sv("verification>=2 || form.level==9"), NULL, NULL, &texts);
	assert_true(script_run_start(&f->run, &freeze, &f->env, f->t, &f->fx, &f->e));
}

static void finish(struct fixture *f)
{
	script_run_release(&f->run);
	arena_release(&f->a);
}

static void next(struct fixture *f)
{
	if (!script_run_next(&f->run, &f->env, f->t += 1000, &f->fx, &f->e))
		fail_msg("next: %s", f->e.msg);
}

static void choose(struct fixture *f, char key)
{
	if (!script_run_choose(&f->run, key, &f->env, f->t += 1000, &f->fx, &f->e))
		fail_msg("choose %c: %s", key, f->e.msg);
}

static void jump(struct fixture *f, size_t node)
{
	if (!script_run_jump(&f->run, node, &f->env, f->t += 1000, &f->fx, &f->e))
		fail_msg("jump: %s", f->e.msg);
}

static void assert_at(const struct fixture *f, const char *id)
{
	assert_string_equal(script_run_node(&f->run)->id, id);
	assert_ptr_equal(f->fx.node, script_run_node(&f->run));
}

static const struct script_due *due_of(struct fixture *f, bool to_end, const char *id)
{
	struct script_due *due;
	size_t n = script_run_due(&f->run, to_end, &due, &f->a);

	for (size_t i = 0; i < n; i++) {
		if (due[i].node != SCRIPT_NO_NODE && strcmp(due[i].script->nodes[due[i].node].id, id) == 0)
			return &due[i];
	}
	return NULL;
}

static void test_a_whole_call(void **state)
{
	struct fixture f;
	double ratio;

	(void)state;
	begin(&f);
	assert_at(&f, "OPEN");
	assert_int_equal(f.fx.marks, 0);
	assert_true(script_run_tick(&f.run, 500, &f.fx, &f.e));
	assert_int_equal(f.fx.marks, MARK_BIT(MARK_ACK));
	assert_false(f.fx.moved);
	assert_true(script_run_tick(&f.run, 600, &f.fx, &f.e));
	assert_int_equal(f.fx.marks, 0); // once only
	next(&f);
	assert_int_equal(f.fx.marks, 0);
	assert_at(&f, "NOTICE");
	next(&f);
	assert_int_equal(f.fx.marks, MARK_BIT(MARK_DISCLOSURE));
	assert_string_equal(f.fx.into, "base.need");
	next(&f);
	assert_int_equal(f.fx.stage, STAGE_LISTEN);
	assert_at(&f, "VERIFY");
	assert_int_equal(f.fx.action->action, ACTION_VERIFY);
	next(&f); // passes CHECK
	assert_at(&f, "CHOOSE");
	assert_int_equal(f.fx.n_visits, 2);
	assert_true(f.run.visits.v[f.fx.first_visit].passed);
	assert_int_equal(f.fx.n_sets, 1);
	assert_false(script_run_next(&f.run, &f.env, 9000, &f.fx, &f.e));
	assert_int_equal(f.e.code, ERR_DENIED);
	assert_false(script_run_choose(&f.run, '9', &f.env, 9000, &f.fx, &f.e));
	choose(&f, '2');
	assert_string_equal(f.fx.sets[0]->value, "risk");
	assert_at(&f, "RISK");
	assert_int_equal(f.fx.articles.n, 2);
	next(&f);
	assert_int_equal(f.fx.focus.n, 1);
	next(&f); // the caller is not happy: no offer
	assert_at(&f, "SUMMARY");
	assert_int_equal(f.fx.offer, OFFER_NOT_OFFERED);
	assert_int_equal(f.fx.marks, MARK_BIT(MARK_PLAN));
	assert_int_equal(f.fx.stage, STAGE_SOLVE);
	next(&f);
	next(&f);
	assert_true(f.fx.ended);
	assert_true(script_run_ended(&f.run));
	assert_null(f.fx.script);
	assert_false(script_run_next(&f.run, &f.env, f.t, &f.fx, &f.e));
	assert_true(script_run_adherence(&f.run, true, &ratio, &f.a));
	assert_float_equal(ratio, 1, 0);
	finish(&f);
}

static void test_checks_see_what_was_just_set(void **state)
{
	static const struct script_set nine[] = {{"form.level", "9"}};
	struct fixture f;

	(void)state;
	begin(&f);
	f.world.verification = 0;
	jump(&f, VERIFY);
	next(&f);
	assert_at(&f, "LIMITED");
	assert_true(script_run_back(&f.run, f.t, &f.fx, &f.e));
	nodes[VERIFY].set.v = nine;
	next(&f);
	nodes[VERIFY].set.v = set_level;
	assert_at(&f, "CHOOSE");
	finish(&f);
}

static void test_offer(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	f.world.happy = true;
	assert_true(script_offer_allowed(&f.env, 0));
	jump(&f, PLAN);
	next(&f);
	assert_at(&f, "OFFER");
	assert_false(script_run_next(&f.run, &f.env, f.t, &f.fx, &f.e)); // an outcome must be stored
	assert_false(script_run_offer(&f.run, OFFER_NOT_OFFERED, &f.env, f.t, &f.fx, &f.e));
	assert_true(script_run_offer(&f.run, OFFER_LATER, &f.env, f.t, &f.fx, &f.e));
	assert_int_equal(f.fx.offer, OFFER_LATER);
	assert_at(&f, "SUMMARY");
	finish(&f);
}

static void test_side_trips_come_back(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	next(&f);
	assert_true(script_run_side(&f.run, &soothe, &f.env, f.t, &f.fx, &f.e));
	assert_at(&f, "M1");
	assert_int_equal(script_run_depth(&f.run), 1);
	assert_false(script_run_side(&f.run, &soothe, &f.env, f.t, &f.fx, &f.e)); // under way already
	assert_int_equal(f.e.code, ERR_CONFLICT);
	choose(&f, '2');
	assert_at(&f, "M1");
	assert_true(f.fx.again);
	choose(&f, '1');
	next(&f); // @close of a side script: back to the caller
	assert_at(&f, "NOTICE");
	assert_true(f.fx.returned);
	assert_true(script_run_back(&f.run, f.t, &f.fx, &f.e)); // into the side trip again
	assert_at(&f, "M2");
	assert_true(script_run_return(&f.run, f.t, &f.fx, &f.e));
	assert_at(&f, "NOTICE");
	assert_false(script_run_return(&f.run, f.t, &f.fx, &f.e));
	assert_false(script_run_side(&f.run, &freeze, &f.env, f.t, &f.fx, &f.e));
	finish(&f);
}

static void test_objections(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	jump(&f, LOST);
	assert_true(script_run_objection(&f.run, 0, &f.env, f.t, &f.fx, &f.e));
	next(&f);
	next(&f);
	choose(&f, '1');
	assert_at(&f, "LOST");
	// From the branch to the main line: the branch is over, the call goes on there to its end.
	assert_true(script_run_objection(&f.run, 0, &f.env, f.t, &f.fx, &f.e));
	next(&f);
	next(&f);
	choose(&f, '3');
	assert_at(&f, "SUMMARY");
	assert_int_equal(script_run_depth(&f.run), 0);
	next(&f);
	next(&f);
	assert_true(script_run_ended(&f.run));
	// A jump into the branch enters it, a jump out of it gives it up.
	assert_true(script_run_back(&f.run, f.t, &f.fx, &f.e));
	jump(&f, O2);
	assert_int_equal(script_run_depth(&f.run), 1);
	jump(&f, PLAN);
	assert_int_equal(script_run_depth(&f.run), 0);
	finish(&f);
	// What a jump out of a branch leaves out is counted from where the main line was left.
	begin(&f);
	assert_true(script_run_objection(&f.run, 0, &f.env, f.t, &f.fx, &f.e));
	jump(&f, CHOOSE);
	assert_non_null(due_of(&f, false, "NOTICE"));
	finish(&f);
}

static void test_back_takes_the_branch_off_the_path(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	jump(&f, CHOOSE);
	choose(&f, '1');
	assert_non_null(due_of(&f, false, "LOST"));
	assert_true(script_run_back(&f.run, f.t, &f.fx, &f.e));
	choose(&f, '2');
	assert_null(due_of(&f, false, "LOST"));
	assert_true(script_run_back(&f.run, f.t, &f.fx, &f.e));
	assert_true(script_run_back(&f.run, f.t, &f.fx, &f.e));
	assert_at(&f, "OPEN");
	assert_false(script_run_back(&f.run, f.t, &f.fx, &f.e));
	finish(&f);
}

// domain.md §10.3: required on the taken path, disclosures double.
static void test_adherence(void **state)
{
	struct fixture f;
	double ratio;

	(void)state;
	begin(&f);
	next(&f);          // OPEN said
	jump(&f, CHOOSE);  // NOTICE (weight 2) and the required CHECK are left out
	assert_int_equal(due_of(&f, false, "NOTICE")->state, DUE_OPEN);
	assert_int_equal(due_of(&f, false, "CHECK")->state, DUE_OPEN);
	assert_null(due_of(&f, false, "SUMMARY"));
	assert_non_null(due_of(&f, true, "SUMMARY"));
	choose(&f, '1');
	// OPEN 1, CHOOSE 1 of OPEN 1, NOTICE 2, CHECK 1, CHOOSE 1, LOST 1
	assert_true(script_run_adherence(&f.run, false, &ratio, &f.a));
	assert_float_equal(ratio, 2.0 / 6, 1e-6);
	// ahead besides: PLAN, SUMMARY, BYE
	assert_true(script_run_adherence(&f.run, true, &ratio, &f.a));
	assert_float_equal(ratio, 2.0 / 9, 1e-6);
	const struct script_due *check = due_of(&f, false, "CHECK"), *notice = due_of(&f, false, "NOTICE");
	assert_false(script_run_settle(&f.run, check, DUE_NOT_APPLICABLE, "", f.t, &f.e));
	assert_true(script_run_settle(&f.run, check, DUE_NOT_APPLICABLE, "verified in the branch", f.t, &f.e));
	assert_false(script_run_settle(&f.run, check, DUE_MADE_UP, NULL, f.t, &f.e));
	assert_true(script_run_settle(&f.run, notice, DUE_MADE_UP, NULL, f.t, &f.e));
	assert_string_equal(due_of(&f, false, "CHECK")->reason, "verified in the branch");
	assert_true(script_run_adherence(&f.run, false, &ratio, &f.a));
	assert_float_equal(ratio, 4.0 / 5, 1e-6);
	assert_false(script_run_skip(&f.run, NULL, &f.env, f.t, &f.fx, &f.e)); // LOST is required
	assert_true(script_run_skip(&f.run, "not lost", &f.env, f.t, &f.fx, &f.e));
	assert_string_equal(due_of(&f, false, "LOST")->reason, "not lost");
	finish(&f);
}

// The option promises a disclosure; jumping past it does not make it go away.
static void test_promised_disclosure(void **state)
{
	struct fixture f;
	struct script_due *due;

	(void)state;
	begin(&f);
	jump(&f, CHOOSE);
	choose(&f, '3');
	jump(&f, CHOOSE);
	choose(&f, '3');
	jump(&f, LOST);
	assert_int_equal(due_of(&f, false, "JUDICIAL")->state, DUE_OPEN);
	finish(&f);
	begin(&f);
	nodes[JUDICIAL].disclosure = NULL; // as if only another branch carried the code
	jump(&f, CHOOSE);
	choose(&f, '3');
	size_t n = script_run_due(&f.run, true, &due, &f.a);
	nodes[JUDICIAL].disclosure = "judicial";
	assert_true(n > 0);
	assert_int_equal(due[n - 1].node, SCRIPT_NO_NODE);
	assert_string_equal(due[n - 1].disclosure, "judicial");
	assert_int_equal(due[n - 1].state, DUE_OPEN);
	finish(&f);
}

static void test_hint_after_three_closed_questions(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	jump(&f, NEED);
	next(&f);
	jump(&f, NEED);
	next(&f);
	assert_false(script_run_hint_open(&f.run));
	jump(&f, BYE);
	assert_false(script_run_hint_open(&f.run));
	assert_true(script_run_tick(&f.run, f.t, &f.fx, &f.e));
	assert_true(script_run_hint_open(&f.run));
	jump(&f, O2);
	assert_true(script_run_tick(&f.run, f.t, &f.fx, &f.e)); // a probing one
	assert_false(script_run_hint_open(&f.run));
	finish(&f);
}

// A circle of checks (the linter refuses it) must not hang the program.
static void test_circle_of_checks_stops(void **state)
{
	static const struct script_node ring[] = {
		{.id = "A", .kind = NODE_CHECK, .on_pass = TO(1), .on_fail = TO(1)},
		{.id = "B", .kind = NODE_CHECK, .on_pass = TO(0), .on_fail = TO(0)},
	};
	static const struct script s = {.code = "ring", .nodes = ring, .n_nodes = 2, .close_node = SCRIPT_NO_NODE};
	struct script_env env = {0};
	struct script_run r = {0};
	struct script_effects fx;
	struct err e = {0};

	(void)state;
	assert_true(script_run_start(&r, &s, &env, 0, &fx, &e));
	assert_false(fx.ended);
	assert_true(script_run_next(&r, &env, 1, &fx, &e));
	script_run_release(&r);
}

// --- Random operations ---

static uint32_t rnd(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void assert_valid(const struct script_run *r)
{
	assert_in_range(r->at.n, 1, SCRIPT_MAX_FRAMES);
	assert_int_equal(r->at.frames[0].objection, SCRIPT_NO_NODE);
	for (size_t i = 0; i < r->at.n; i++) {
		const struct script_frame *f = &r->at.frames[i];
		assert_true(f->node < f->script->n_nodes);
		assert_true(f->visit < r->visits.n);
		assert_ptr_equal(r->visits.v[f->visit].script, f->script);
		assert_int_equal(r->visits.v[f->visit].node, f->node);
		assert_false(r->visits.v[f->visit].undone);
		if (f->objection != SCRIPT_NO_NODE)
			assert_ptr_equal(f->script, r->at.frames[i - 1].script);
	}
	if (!r->at.ended)
		assert_int_not_equal(script_run_node(r)->kind, NODE_END);
	assert_true(r->at.n == 1 || script_run_depth(r) > 0);
}

// Applies n operations drawn from the seed; some are refused, and must then change nothing.
static void play(struct fixture *f, uint32_t seed, int n)
{
	static const char keys[] = "123x";
	bool ok = false;

	for (int i = 0; i < n; i++) {
		uint32_t what = rnd(&seed) % 12, arg = rnd(&seed);
		uint64_t before = script_run_digest(&f->run);
		size_t sets = f->run.sets.n;
		f->t += 1 + arg % 1000;
		f->world.verification = arg % 4;
		f->world.happy = arg % 3 == 0;
		switch (what) {
		case 0:
		case 1:
		case 2: ok = script_run_next(&f->run, &f->env, f->t, &f->fx, &f->e); break;
		case 3:
		case 4:
		case 5: ok = script_run_choose(&f->run, keys[arg % 4], &f->env, f->t, &f->fx, &f->e); break;
		case 6: ok = script_run_tick(&f->run, f->t, &f->fx, &f->e); break;
		case 7: ok = script_run_back(&f->run, f->t, &f->fx, &f->e); break;
		case 8: ok = script_run_jump(&f->run, arg % (N_NODES + 2), &f->env, f->t, &f->fx, &f->e); break;
		case 9: ok = arg & 1 ? script_run_side(&f->run, &soothe, &f->env, f->t, &f->fx, &f->e) :
				       script_run_objection(&f->run, 0, &f->env, f->t, &f->fx, &f->e); break;
		case 10: ok = arg & 1 ? script_run_skip(&f->run, arg & 2 ? "why" : NULL, &f->env, f->t, &f->fx, &f->e) :
					script_run_return(&f->run, f->t, &f->fx, &f->e); break;
		default: ok = script_run_offer(&f->run, arg % 5, &f->env, f->t, &f->fx, &f->e); break;
		}
		assert_valid(&f->run);
		if (!ok) {
			assert_true(script_run_digest(&f->run) == before);
			assert_int_equal(f->run.sets.n, sets);
		}
	}
}

static void test_same_operations_same_state(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 40; seed++) {
		struct fixture f, g;
		double a = -1, b = -1;
		begin(&f);
		begin(&g);
		play(&f, seed, 250);
		play(&g, seed, 250);
		assert_true(script_run_digest(&f.run) == script_run_digest(&g.run));
		bool any = script_run_adherence(&f.run, true, &a, &f.a);
		assert_int_equal(any, script_run_adherence(&g.run, true, &b, &g.a));
		assert_true(a == b && a <= 1);
		play(&g, seed + 1000, 5);
		assert_false(script_run_digest(&f.run) == script_run_digest(&g.run) && f.run.visits.n != g.run.visits.n);
		finish(&f);
		finish(&g);
	}
}

// However far, back leads to the beginning in as many steps as were taken.
static void test_back_to_the_beginning(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	play(&f, 99, 300);
	while (script_run_can_back(&f.run))
		assert_true(script_run_back(&f.run, f.t, &f.fx, &f.e));
	assert_valid(&f.run);
	assert_at(&f, "OPEN");
	assert_int_equal(script_run_depth(&f.run), 0);
	struct script_due *due;
	size_t n = script_run_due(&f.run, false, &due, &f.a);
	assert_int_equal(n, 1); // OPEN alone is on the path again
	finish(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_call),
		cmocka_unit_test(test_checks_see_what_was_just_set),
		cmocka_unit_test(test_offer),
		cmocka_unit_test(test_side_trips_come_back),
		cmocka_unit_test(test_objections),
		cmocka_unit_test(test_back_takes_the_branch_off_the_path),
		cmocka_unit_test(test_adherence),
		cmocka_unit_test(test_promised_disclosure),
		cmocka_unit_test(test_hint_after_three_closed_questions),
		cmocka_unit_test(test_circle_of_checks_stops),
		cmocka_unit_test(test_same_operations_same_state),
		cmocka_unit_test(test_back_to_the_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
