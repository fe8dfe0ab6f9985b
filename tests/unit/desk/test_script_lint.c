// SPDX-License-Identifier: MIT
// Knows what the script linter must find, and what it must let pass; and how lines are put into words.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/arena.h"
#include "src/desk/script.h"

#define L {"中", "en"}
#define TO(i) {.kind = TARGET_NODE, .node = (i)}
#define CLOSE {.kind = TARGET_CLOSE, .node = 0}
#define RETURN {.kind = TARGET_RETURN}
#define SAY(name, ...) {.id = name, .kind = NODE_SAY, .text = L, __VA_ARGS__}
#define PLAN SAY("P", .marks = MARK_BIT(MARK_PLAN) | MARK_BIT(MARK_CONFIRM), .next = TO(1))
#define END_NODE(name) {.id = name, .kind = NODE_END, .text = L}
#define CODES(...) {(const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)}
#define MAIN .code = "t.x", .title = L, .close_node = SCRIPT_NO_NODE

// P > E, nothing to complain about; each case changes one thing.
static const struct script_option two[] = {
	{.key = '1', .label = L, .next = TO(1)},
	{.key = '2', .label = L, .next = TO(2)},
};
static const struct script_option back_or_on[] = {
	{.key = '1', .label = L, .next = TO(0)},
	{.key = '2', .label = L, .next = TO(1)},
};
static const struct script_option back_or_end[] = {
	{.key = '1', .label = L, .next = TO(0)},
	{.key = '2', .label = L, .next = TO(2)},
};
static const struct script_option back_only[] = {{.key = '1', .label = L, .next = TO(0)}};
static const struct script_option same_key[] = {
	{.key = '1', .label = L, .next = TO(1)},
	{.key = '1', .label = L, .next = TO(1)},
};
static const struct script_option bad_key[] = {{.key = 'A', .label = L, .next = TO(1)}};
static const struct script_option needs_apr[] = {
	{.key = '1', .label = L, .next = TO(1), .needs = CODES("apr")},
	{.key = '2', .label = L, .next = TO(2)},
};
static const struct script_option needs_leaves[] = {{.key = '1', .label = L, .next = RETURN, .needs = CODES("apr")}};
static const struct script_objection objection[] = {{.code = "rate", .label = L, .entry = 2}};
static const struct script_set bad_set[] = {{"freeze_kind", "risk"}};
static const struct script_set unknown_set[] = {{"form.nothing", "risk"}};

#define BOTH (MARK_BIT(MARK_PLAN) | MARK_BIT(MARK_CONFIRM))

struct lint_case {
	const char *want; // part of the one message expected; NULL: none
	enum lint_severity severity;
	struct script script;
	struct script_node nodes[5];
};

static const struct lint_case cases[] = {
	{NULL, 0, {MAIN, .n_nodes = 2}, {PLAN, END_NODE("E")}},
	{"no path leads here", LINT_ERROR, {MAIN, .n_nodes = 3}, {PLAN, END_NODE("E"), SAY("X", .next = TO(1))}},
	{"the path stops here", LINT_ERROR, {MAIN, .n_nodes = 1}, {SAY("P", .marks = BOTH)}},
	{"is no node", LINT_ERROR, {MAIN, .n_nodes = 1}, {SAY("P", .marks = BOTH, .next = TO(7))}},
	{"no node to begin with", LINT_ERROR, {MAIN, .entry = 9, .n_nodes = 2}, {PLAN, END_NODE("E")}},
	{"needs com.close", LINT_ERROR, {MAIN, .n_nodes = 1}, {SAY("P", .marks = BOTH, .next = CLOSE)}},
	{"nobody to return to", LINT_ERROR, {MAIN, .n_nodes = 1}, {SAY("P", .marks = BOTH, .next = RETURN)}},
	{"@main needs", LINT_ERROR, {MAIN, .n_nodes = 1}, {SAY("P", .marks = BOTH, .next = {.kind = TARGET_MAIN})}},
	// An objection may return; its nodes count as reachable.
	{NULL, 0, {MAIN, .n_nodes = 3, .objections = objection, .n_objections = 1},
	 {PLAN, END_NODE("E"), SAY("O", .next = RETURN)}},
	// A side script may leave by @close and @return, needs no marks.
	{NULL, 0, {MAIN, .kind = SCRIPT_SIDE, .menu_key = 's', .n_nodes = 2}, {SAY("A", .next = TO(1)), SAY("B", .next = CLOSE)}},
	{"not in the menu", LINT_WARNING, {MAIN, .kind = SCRIPT_SIDE, .n_nodes = 1}, {SAY("A", .next = RETURN)}},
	{"only a side script", LINT_ERROR, {MAIN, .menu_key = 's', .n_nodes = 2}, {PLAN, END_NODE("E")}},
	{NULL, 0, {MAIN, .kind = SCRIPT_FRAGMENT, .n_nodes = 1}, {SAY("A", .next = {.kind = TARGET_MAIN})}},
	// Circles.
	{"without a node where the agent chooses", LINT_ERROR, {MAIN, .n_nodes = 3},
	 {SAY("P", .marks = BOTH, .next = TO(1)), {.id = "C", .kind = NODE_CHECK, .text = L, .check = (void *)1, .on_pass = TO(2), .on_fail = TO(0)},
	  END_NODE("E")}},
	{NULL, 0, {MAIN, .n_nodes = 2},
	 {{.id = "C", .kind = NODE_CHOICE, .text = L, .marks = BOTH, .options = back_or_on, .n_options = 2}, END_NODE("E")}},
	{NULL, 0, {MAIN, .n_nodes = 2},
	 {{.id = "A", .kind = NODE_ASK, .text = L, .marks = BOTH, .options = back_or_on, .n_options = 2}, END_NODE("E")}},
	// A circle of several nodes with a choice in it.
	{NULL, 0, {MAIN, .n_nodes = 3},
	 {SAY("P", .marks = BOTH, .next = TO(1)), {.id = "C", .kind = NODE_CHOICE, .text = L, .options = back_or_end, .n_options = 2},
	  END_NODE("E")}},
	// One exit is no choice: the circle is found, and that no end is reached.
	{"without a node where the agent chooses", LINT_ERROR, {MAIN, .n_nodes = 1},
	 {{.id = "A", .kind = NODE_ASK, .text = L, .marks = BOTH, .options = back_only, .n_options = 1}}},
	{"no way from here reaches an end", LINT_ERROR, {MAIN, .n_nodes = 1},
	 {{.id = "C", .kind = NODE_CHOICE, .text = L, .marks = BOTH, .options = back_only, .n_options = 1}}},
	// Disclosures of the script.
	{"the disclosure apr can be passed by: P > E", LINT_ERROR, {MAIN, .needs = CODES("apr"), .n_nodes = 2}, {PLAN, END_NODE("E")}},
	{NULL, 0, {MAIN, .needs = CODES("apr"), .n_nodes = 2},
	 {SAY("P", .marks = BOTH, .disclosure = "apr", .next = TO(1)), END_NODE("E")}},
	{"passed by: C > B > E", LINT_ERROR, {MAIN, .needs = CODES("apr"), .n_nodes = 4},
	 {{.id = "C", .kind = NODE_CHOICE, .text = L, .marks = BOTH, .options = two, .n_options = 2},
	  SAY("A", .disclosure = "apr", .next = TO(3)), SAY("B", .disclosure = "other", .next = TO(3)), END_NODE("E")}},
	{NULL, 0, {MAIN, .needs = CODES("apr"), .n_nodes = 4},
	 {{.id = "C", .kind = NODE_CHOICE, .text = L, .marks = BOTH, .options = two, .n_options = 2},
	  SAY("A", .disclosure = "apr", .next = TO(3)), SAY("B", .disclosure = "apr", .next = TO(3)), END_NODE("E")}},
	// Disclosures of one option: the other one is free.
	{NULL, 0, {MAIN, .n_nodes = 4},
	 {{.id = "C", .kind = NODE_CHOICE, .text = L, .marks = BOTH, .options = needs_apr, .n_options = 2},
	  SAY("A", .disclosure = "apr", .next = TO(3)), SAY("B", .next = TO(3)), END_NODE("E")}},
	{"option 1: the disclosure apr can be passed by: A > E", LINT_ERROR, {MAIN, .n_nodes = 4},
	 {{.id = "C", .kind = NODE_CHOICE, .text = L, .marks = BOTH, .options = needs_apr, .n_options = 2},
	  SAY("A", .next = TO(3)), SAY("B", .disclosure = "apr", .next = TO(3)), END_NODE("E")}},
	{"the path leaves at once", LINT_ERROR, {MAIN, .kind = SCRIPT_SIDE, .menu_key = 's', .n_nodes = 1},
	 {{.id = "C", .kind = NODE_CHOICE, .text = L, .options = needs_leaves, .n_options = 1}}},
	// Marks.
	{"the mark plan: P > E", LINT_WARNING, {MAIN, .n_nodes = 2}, {SAY("P", .marks = MARK_BIT(MARK_CONFIRM), .next = TO(1)), END_NODE("E")}},
	{"the mark confirm: P > E", LINT_WARNING, {MAIN, .n_nodes = 2}, {SAY("P", .marks = MARK_BIT(MARK_PLAN), .next = TO(1)), END_NODE("E")}},
	// Each node by itself.
	{"used twice in this script", LINT_ERROR, {MAIN, .n_nodes = 3}, {SAY("P", .marks = BOTH, .next = TO(2)), SAY("P", .next = TO(2)), END_NODE("E")}},
	{"1 to 24 letters", LINT_ERROR, {MAIN, .n_nodes = 2}, {SAY("P-1", .marks = BOTH, .next = TO(1)), END_NODE("E")}},
	{"the key 1 is used twice", LINT_ERROR, {MAIN, .n_nodes = 2},
	 {{.id = "C", .kind = NODE_CHOICE, .text = L, .marks = BOTH, .options = same_key, .n_options = 2}, END_NODE("E")}},
	{"one digit or one lower-case letter", LINT_ERROR, {MAIN, .n_nodes = 2},
	 {{.id = "C", .kind = NODE_CHOICE, .text = L, .marks = BOTH, .options = bad_key, .n_options = 1}, END_NODE("E")}},
	{"either options or next", LINT_ERROR, {MAIN, .n_nodes = 2},
	 {{.id = "A", .kind = NODE_ASK, .text = L, .marks = BOTH, .options = back_or_on, .n_options = 2, .next = TO(1)}, END_NODE("E")}},
	{"no variable {customer.nam}", LINT_ERROR, {MAIN, .n_nodes = 2},
	 {{.id = "P", .kind = NODE_SAY, .text = {"您好{customer.nam}", "Hello"}, .marks = BOTH, .next = TO(1)}, END_NODE("E")}},
	{"no variable {form.nothing}", LINT_ERROR, {MAIN, .n_nodes = 2},
	 {{.id = "P", .kind = NODE_SAY, .text = {"{form.nothing}", "x"}, .marks = BOTH, .next = TO(1)}, END_NODE("E")}},
	{"a brace has no partner", LINT_ERROR, {MAIN, .n_nodes = 2},
	 {{.id = "P", .kind = NODE_SAY, .text = {"中", "a { b"}, .marks = BOTH, .next = TO(1)}, END_NODE("E")}},
	{"needs a text in zh and en", LINT_ERROR, {MAIN, .n_nodes = 2},
	 {{.id = "P", .kind = NODE_SAY, .text = {"中", NULL}, .marks = BOTH, .next = TO(1)}, END_NODE("E")}},
	{"is not a field", LINT_ERROR, {MAIN, .n_nodes = 2}, {SAY("P", .marks = BOTH, .set = {bad_set, 1}, .next = TO(1)), END_NODE("E")}},
	{"no name 'form.nothing'", LINT_ERROR, {MAIN, .n_nodes = 2},
	 {SAY("P", .marks = BOTH, .set = {unknown_set, 1}, .next = TO(1)), END_NODE("E")}},
	{"at least one article", LINT_ERROR, {MAIN, .n_nodes = 2}, {{.id = "K", .kind = NODE_KB, .text = L, .marks = BOTH, .next = TO(1)}, END_NODE("E")}},
	{"at least one field", LINT_ERROR, {MAIN, .n_nodes = 2}, {{.id = "F", .kind = NODE_FORM, .text = L, .marks = BOTH, .next = TO(1)}, END_NODE("E")}},
	{"name the action", LINT_ERROR, {MAIN, .n_nodes = 2}, {{.id = "A", .kind = NODE_ACTION, .text = L, .marks = BOTH, .next = TO(1)}, END_NODE("E")}},
	{"a check needs an expression", LINT_ERROR, {MAIN, .n_nodes = 2},
	 {{.id = "C", .kind = NODE_CHECK, .text = L, .marks = BOTH, .on_pass = TO(1), .on_fail = TO(1)}, END_NODE("E")}},
};

struct found {
	const char *want;
	enum lint_severity severity;
	bool matched, error;
	struct str all;
};

static void report(void *ctx, int line, int col, enum lint_severity severity, const char *message)
{
	struct found *f = ctx;

	(void)line;
	(void)col;
	str_addf(&f->all, "%s\n", message);
	f->error |= severity == LINT_ERROR;
	if (f->want && strstr(message, f->want) && severity == f->severity)
		f->matched = true;
}

static bool known_name(void *ctx, struct sv name)
{
	(void)ctx;
	return !sv_eqz(name, "form.nothing");
}

static void test_every_rule(void **state)
{
	struct arena a = {0};
	const struct expr *yes = expr_parse(sv("verification>=2"), NULL, NULL, &a);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct found f = {.want = cases[i].want, .severity = cases[i].severity};
		struct script_lint_env env = {.lint = {report, &f}, .known_name = known_name};
		struct script s = cases[i].script;
		struct script_node nodes[5];
		memcpy(nodes, cases[i].nodes, sizeof(nodes));
		for (size_t k = 0; k < 5; k++) {
			if (nodes[k].check)
				nodes[k].check = yes;
		}
		s.nodes = nodes;
		bool ok = script_lint(&s, &env);
		if (ok == f.error)
			fail_msg("case %zu: result %d with: %s", i, ok, str_z(&f.all));
		if (cases[i].want && !f.matched)
			fail_msg("case %zu: expected '%s', got: %s", i, cases[i].want, str_z(&f.all));
		if (!cases[i].want && f.all.n)
			fail_msg("case %zu: not expected: %s", i, str_z(&f.all));
		str_release(&f.all);
	}
	arena_release(&a);
}

static const char *var(void *ctx, struct sv name)
{
	(void)ctx;
	return sv_eqz(name, "agent.no") ? "8001" : sv_eqz(name, "form.x") ? "{org}" : NULL;
}

static void test_render(void **state)
{
	static const struct {
		const char *text, *want;
	} lines[] = {
		{"您好，客服{agent.no}号", "您好，客服8001号"},
		{"{{agent.no}}", "{agent.no}"},
		{"预计{sla.due}前", "预计……前"},
		{"{form.x}", "{org}"}, // a value is never read again
		{"a { b", "a { b"},
		{"{}", "{}"},
		{"}x{", "}x{"},
		{"", ""},
	};
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_string_equal(script_render(lines[i].text, var, NULL, &a), lines[i].want);
	int col = 0;
	assert_false(script_text_vars("abc } d", NULL, NULL, &col));
	assert_int_equal(col, 5);
	assert_true(script_var_known(sv("cb.due")));
	assert_false(script_var_known(sv("form.")));
	assert_false(script_var_known(sv("customer.phone")));
	arena_release(&a);
}

static void test_must_pass(void **state)
{
	// C > (A | B) > R > E: only R is on every path; A and B are required but avoidable.
	static const struct script_node nodes[] = {
		{.id = "C", .kind = NODE_CHOICE, .required = true, .options = two, .n_options = 2},
		SAY("A", .required = true, .next = TO(3)),
		SAY("B", .required = true, .next = TO(3)),
		SAY("R", .required = true, .next = TO(4)),
		END_NODE("E"),
	};
	const struct script s = {.code = "t", .nodes = nodes, .n_nodes = 5, .close_node = SCRIPT_NO_NODE};
	size_t out[5];

	(void)state;
	assert_int_equal(script_must_pass(&s, 0, 4, out), 1);
	assert_int_equal(out[0], 3);
	assert_int_equal(script_must_pass(&s, 0, SCRIPT_NO_NODE, out), 1);
	assert_int_equal(script_must_pass(&s, 4, 0, out), 0); // backwards nothing is left out
	assert_int_equal(script_must_pass(&s, 0, 3, out), 0);
	struct script_node offered[5];
	memcpy(offered, nodes, sizeof(nodes));
	offered[3].kind = NODE_OFFER; // made or not as its rule says, so not owed
	assert_int_equal(script_must_pass(&(struct script){.nodes = offered, .n_nodes = 5, .close_node = SCRIPT_NO_NODE}, 0, 4, out), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_rule),
		cmocka_unit_test(test_render),
		cmocka_unit_test(test_must_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
