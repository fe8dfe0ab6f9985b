// SPDX-License-Identifier: MIT
// Knows where an agent is in a script, what was said, what was skipped, and what follows from the next step.
#ifndef DESK_SCRIPT_RUN_H
#define DESK_SCRIPT_RUN_H

#include "src/base/vec.h"
#include "src/desk/script.h"

// The state is a pure fold over the operations below: same operations, same order, same t_ms, same answers of the environment
// give the same state (script_run_digest). Nothing here reads a clock or does I/O. The run borrows the scripts: they outlive it.
// Every operation either succeeds and fills *fx, or changes nothing and says why in *e.

struct script_env {
	bool (*lookup)(void *ctx, struct sv name, struct expr_value *out); // names of checks and of the offer rule
	void *ctx;
	int64_t start_ms; // UTC at t_ms == 0, so that hours_since is the same on replay
	const char *zone;
};

enum visit_how { VISIT_START, VISIT_NEXT, VISIT_CHOICE, VISIT_CHECK, VISIT_JUMP, VISIT_SIDE, VISIT_OBJECTION };
enum offer_outcome { OFFER_NONE, OFFER_ACCEPTED, OFFER_LATER, OFFER_DECLINED, OFFER_NOT_OFFERED };
KIND_DECLARE(visit_how)
KIND_DECLARE(offer_outcome)

struct script_visit {
	const struct script *script;
	size_t node;
	int64_t t_ms;            // when it became current (or was passed)
	int64_t said_ms;         // when it was said or done; valid if said
	enum visit_how how;      // how the agent came here
	enum offer_outcome offer;
	unsigned char depth;     // frames below: 0 in the script itself
	char key;                // option taken here, 0: none
	bool said;               // line said, question asked, article shown, action done
	bool skipped;            // passed on purpose without saying; reason below
	bool undone;             // left by going back: no longer on the taken path
	bool passed;             // NODE_CHECK: the check held
	const char *reason;      // owned by the run, or NULL
};

struct script_frame {
	const struct script *script;
	size_t node;
	size_t visit;            // index of the visit that is current in this frame
	size_t objection;        // index of the objection, SCRIPT_NO_NODE if none
};
enum { SCRIPT_MAX_FRAMES = 8, SCRIPT_MAX_VISITS = 100000, SCRIPT_MAX_FX_SETS = 64 };
struct script_place {
	struct script_frame frames[SCRIPT_MAX_FRAMES];
	unsigned char n;
	bool ended;
	size_t visits;           // how many visits there were
};

// A required node on the taken path and what became of it.
enum due_state { DUE_OPEN, DUE_SAID, DUE_MADE_UP, DUE_NOT_APPLICABLE };
KIND_DECLARE(due_state)
struct script_due {
	const struct script *script;
	size_t node;             // SCRIPT_NO_NODE: only a code, promised by `needs` of the script or of an option taken
	const char *disclosure;  // code or NULL; weighs double
	enum due_state state;
	bool ahead;              // lies between the current node and the end
	const char *reason;      // given when it was skipped or settled, or NULL; borrowed from the run
};

struct script_settled {
	const struct script *script;
	size_t node;
	const char *code;        // for a due without a node
	enum due_state state;
	int64_t t_ms;
	const char *reason;
};
struct script_skipped {
	const struct script *script;
	size_t node, visit;      // left out by the jump that made this visit
};

struct script_run {
	struct script_place at;
	VEC(struct script_visit) visits;
	VEC(struct script_place) past;      // one for each step that `back` can take
	VEC(struct script_skipped) jumped;
	VEC(struct script_settled) settled;
	VEC(const struct script_set *) sets; // of the last operation
	struct arena text;
};

// What an operation brought about, for the caller to turn into events and to act on. Borrowed until the next operation.
struct script_effects {
	const struct script *script;         // where the run stands now; NULL when ended
	const struct script_node *node;      // the node to show now; after the end the end node, or NULL
	bool moved;                          // the current node is another one (or the same one again)
	bool again;                          // this node had been current before: do not repeat its action unasked
	script_marks marks;                  // reached by what was said or done in this operation
	enum script_stage stage;             // last stage reached likewise, STAGE_NONE: none
	const struct script_node *said;      // node whose line counts as said by this operation, or NULL
	const struct script_set *const *sets; // to apply in this order; checks passed in the operation have already seen them
	size_t n_sets;
	const struct script_node *action;    // entered an action node: perform or offer its action now
	struct script_codes focus;           // entered a form node: fields to fill
	const char *into;                    // entered an ask with a field for the answer
	struct script_codes articles;        // entered a kb node
	enum offer_outcome offer;            // outcome stored by this operation (chosen, or not_offered)
	size_t first_visit, n_visits;        // visits made by this operation, checks and passed offers included
	bool returned;                       // a side trip ended
	bool ended;                          // the script reached its end in this operation
};

void script_run_release(struct script_run *r);

// Begins s (kind main, or a side script alone). The run must be empty ({0} or released).
must_use bool script_run_start(struct script_run *r, const struct script *s, const struct script_env *env, int64_t t_ms,
			       struct script_effects *fx, struct err *e);
// Enter: the current line counts as said, its sets apply, the path leads on. Refused where an option or an outcome is needed.
must_use bool script_run_next(struct script_run *r, const struct script_env *env, int64_t t_ms, struct script_effects *fx,
			      struct err *e);
must_use bool script_run_choose(struct script_run *r, char key, const struct script_env *env, int64_t t_ms,
				struct script_effects *fx, struct err *e);
// On an offer: stores how the customer answered (accepted, later, declined) and leads on.
must_use bool script_run_offer(struct script_run *r, enum offer_outcome outcome, const struct script_env *env, int64_t t_ms,
			       struct script_effects *fx, struct err *e);
// Space: the line was said, stay here. On a line already said it changes nothing and succeeds.
must_use bool script_run_tick(struct script_run *r, int64_t t_ms, struct script_effects *fx, struct err *e);
// Leads on without saying; a required node needs a reason. Its sets and marks do not happen. Not where an option must be taken.
must_use bool script_run_skip(struct script_run *r, const char *reason, const struct script_env *env, int64_t t_ms,
			      struct script_effects *fx, struct err *e);
// u: back to where the last step was taken. What was said stays said; what was visited since leaves the taken path.
must_use bool script_run_back(struct script_run *r, int64_t t_ms, struct script_effects *fx, struct err *e);
// g: to a node of the current script. From a side branch to the main line the branch is given up; from the main line into a
// branch of an objection it is entered as one. Required nodes that every path would have passed are due.
must_use bool script_run_jump(struct script_run *r, size_t node, const struct script_env *env, int64_t t_ms,
			      struct script_effects *fx, struct err *e);
// A side trip into another script, or into an objection of the current one (by number); the end of it comes back here.
must_use bool script_run_side(struct script_run *r, const struct script *side, const struct script_env *env, int64_t t_ms,
			      struct script_effects *fx, struct err *e);
must_use bool script_run_objection(struct script_run *r, size_t objection, const struct script_env *env, int64_t t_ms,
				   struct script_effects *fx, struct err *e);
// Breaks a side trip off and comes back.
must_use bool script_run_return(struct script_run *r, int64_t t_ms, struct script_effects *fx, struct err *e);
// At wrap-up: what was left out was made up for (DUE_MADE_UP), or did not apply (DUE_NOT_APPLICABLE, with a reason). due is
// one of script_run_due with state DUE_OPEN.
must_use bool script_run_settle(struct script_run *r, const struct script_due *due, enum due_state state, const char *reason,
				int64_t t_ms, struct err *e);

// --- Questions; none changes the run ---

bool script_run_started(const struct script_run *r);
bool script_run_ended(const struct script_run *r);
unsigned script_run_depth(const struct script_run *r); // side trips under way
const struct script *script_run_script(const struct script_run *r);      // of the current frame; NULL before the start
const struct script *script_run_main(const struct script_run *r);        // of the first frame
const struct script_node *script_run_node(const struct script_run *r);   // NULL before the start
const struct script_visit *script_run_visit(const struct script_run *r); // the current one; NULL before the start
bool script_run_can_back(const struct script_run *r);
// Options at the current node (none when ended): NULL and *n == 0 where Enter leads on.
const struct script_option *script_run_options(const struct script_run *r, size_t *n);
// Was the node said at any time in this run?
bool script_run_was_said(const struct script_run *r, const struct script *s, size_t node);
// Three closed questions in a row on the taken path (domain.md §10.2): time for an open one.
bool script_run_hint_open(const struct script_run *r);
// Required nodes on the taken path in order, whatever their state. to_end adds those every way from here to the end would pass
// (wrap-up after a call that broke off). Owned by the arena; gives the number.
size_t script_run_due(const struct script_run *r, bool to_end, struct script_due **out, struct arena *a);
// domain.md §10.3: said or made up / due, disclosures weigh double, not applicable ones left out. False: nothing is due.
bool script_run_adherence(const struct script_run *r, bool to_end, double *ratio, struct arena *a);
// domain.md §10.4. NULL lookup: false.
bool script_offer_allowed(const struct script_env *env, int64_t t_ms);
// Equal states have equal digests (FNV-1a over codes, not over addresses).
uint64_t script_run_digest(const struct script_run *r);

#endif
