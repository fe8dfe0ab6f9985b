// SPDX-License-Identifier: MIT
// Knows what the parts of the scenario linter share.
#ifndef PRACTICE_SCENARIO_LINT_H
#define PRACTICE_SCENARIO_LINT_H

#include "src/practice/scenario.h"

struct scenario_work {
	const struct scenario *s;
	const struct lint *lint;
	bool failed;
	uint64_t used; // word sets that something refers to
	// The place conditions and texts are reported at.
	int line, col;
	const char *what;
};

#define FAIL(w, at, ...)                                                                       \
	do {                                                                                   \
		(w)->failed = true;                                                            \
		lint_report((w)->lint, (at)->line, (at)->col, LINT_ERROR, __VA_ARGS__);        \
	} while (0)
#define WARN(w, at, ...) lint_report((w)->lint, (at)->line, (at)->col, LINT_WARNING, __VA_ARGS__)

void scenario_lint_expect(struct scenario_work *w); // what the agent is expected to do
void scenario_lint_parts(struct scenario_work *w);  // word sets, curveballs, objections, criticals, cards, seats, callers
void scenario_lint_ways(struct scenario_work *w);   // where the conversation leads, and the facts its lines use
// Every name of a condition, and the word sets among them. `what` names the condition in messages: "beat b1".
void scenario_lint_cond(struct scenario_work *w, const struct expr *x, const char *what, int line, int col);
void scenario_lint_label(struct scenario_work *w, struct label l, bool need, const char *what, int line, int col);
void scenario_lint_use(struct scenario_work *w, const struct word_set *set);

#endif
