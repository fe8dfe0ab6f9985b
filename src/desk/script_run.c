// SPDX-License-Identifier: MIT
// Knows how an agent moves through a script: next, choice, jump, side trips, back.
#include "src/desk/script_run.h"

#include "src/base/i18n.h"
#include "src/desk/script_graph.h"

// One operation under way.
struct step {
	struct script_run *r;
	const struct script_env *env;
	int64_t t;
	struct script_effects *fx;
};

static const char offer_rule[] =
	"(issue_solved || plan_confirmed) && emotion < 2 && consent.marketing && !customer.do_not_call && !customer.minor && "
	"intent != 'complaint'";

void script_run_release(struct script_run *r)
{
	vec_release(&r->visits);
	vec_release(&r->past);
	vec_release(&r->jumped);
	vec_release(&r->settled);
	vec_release(&r->sets);
	arena_release(&r->text);
	r->at = (struct script_place){0};
}

// --- Values ---

static struct expr_value set_value(const char *s)
{
	struct expr_value v = expr_text(s);

	if (str_empty(s))
		return expr_null();
	if (str_eq(s, "true") || str_eq(s, "false"))
		return expr_bool(*s == 't');
	return v;
}

// What this operation has set already counts, although the caller applies it only afterwards.
static bool lookup(void *ctx, struct sv name, struct expr_value *out)
{
	const struct step *st = ctx;

	for (size_t i = st->r ? st->r->sets.n : 0; i-- > 0;) {
		if (sv_eqz(name, st->r->sets.v[i]->name)) {
			*out = set_value(st->r->sets.v[i]->value);
			return true;
		}
	}
	return st->env->lookup && st->env->lookup(st->env->ctx, name, out);
}

static bool holds(const struct step *st, const struct expr *x)
{
	struct expr_env env = {
		.lookup = lookup, .ctx = (void *)st, .now_ms = st->env->start_ms + st->t, .zone = st->env->zone};

	return expr_true(x, &env);
}

static bool offer_holds(const struct step *st)
{
	struct arena a = {0};
	bool ok = holds(st, expr_parse(sv(offer_rule), NULL, NULL, &a));

	arena_release(&a);
	return ok;
}

bool script_offer_allowed(const struct script_env *env, int64_t t_ms)
{
	struct step st = {.env = env, .t = t_ms};

	return env->lookup && offer_holds(&st);
}

// --- Where we are ---

static struct script_frame *top(struct script_run *r)
{
	return &r->at.frames[r->at.n - 1];
}

static const struct script_node *node_at(const struct script_frame *f)
{
	return &f->script->nodes[f->node];
}

static struct script_visit *visit_at(struct script_run *r)
{
	return &r->visits.v[top(r)->visit];
}

static void begin(struct step *st, bool moves)
{
	struct script_run *r = st->r;

	*st->fx = (struct script_effects){.first_visit = r->visits.n};
	r->sets.n = 0;
	if (moves) {
		r->at.visits = r->visits.n;
		vec_push(&r->past, r->at);
	}
}

static bool under_way(const struct script_run *r, struct err *e)
{
	if (!r->at.n)
		return err_set(e, ERR_USAGE, _("no script is under way; choose one first"));
	if (r->at.ended)
		return err_set(e, ERR_DENIED, _("the script has ended; go back a step to change something"));
	if (r->visits.n >= SCRIPT_MAX_VISITS)
		return err_set(e, ERR_LIMIT, _("the script has taken too many steps; start it anew"));
	return true;
}

static void add_sets(struct script_run *r, struct script_sets set)
{
	for (size_t i = 0; i < set.n && r->sets.n < SCRIPT_MAX_FX_SETS; i++)
		vec_push(&r->sets, &set.v[i]);
}

// The line of a visit was said: its marks and its stage are reached, once.
static void say(struct step *st, size_t visit)
{
	struct script_visit *v = &st->r->visits.v[visit];
	const struct script_node *n = &v->script->nodes[v->node];

	if (v->said)
		return;
	v->said = true;
	v->said_ms = st->t;
	v->skipped = false;
	v->reason = NULL;
	if (!st->fx->said && n->kind != NODE_CHECK && n->kind != NODE_END)
		st->fx->said = n;
	st->fx->marks |= n->marks | (n->disclosure ? MARK_BIT(MARK_DISCLOSURE) : 0);
	if (n->stage != STAGE_NONE)
		st->fx->stage = n->stage;
}

static bool visited_before(const struct script_run *r, const struct script *s, size_t node, size_t visit)
{
	for (size_t i = 0; i < visit; i++) {
		if (r->visits.v[i].script == s && r->visits.v[i].node == node)
			return true;
	}
	return false;
}

static void finish(struct step *st, bool moved, bool entered)
{
	struct script_run *r = st->r;
	struct script_effects *fx = st->fx;
	const struct script_frame *f = top(r);
	const struct script_node *n = node_at(f);

	fx->script = r->at.ended ? NULL : f->script;
	fx->node = n;
	fx->moved = moved;
	fx->ended = moved && r->at.ended;
	fx->again = moved && (!entered || fx->returned || visited_before(r, f->script, f->node, f->visit));
	fx->sets = r->sets.v;
	fx->n_sets = r->sets.n;
	fx->n_visits = r->visits.n - fx->first_visit;
	if (!moved)
		return;
	fx->action = n->kind == NODE_ACTION ? n : NULL;
	fx->into = n->kind == NODE_ASK ? n->into : NULL;
	if (n->kind == NODE_FORM)
		fx->focus = n->fields;
	if (n->kind == NODE_KB)
		fx->articles = n->articles;
}

// --- Moving ---

// A branch of an objection that comes to the main line of its script is over: there is nothing to return to any more.
static void leave_branches(struct script_run *r)
{
	struct script_frame *f = top(r);

	if (f->objection == SCRIPT_NO_NODE)
		return;
	bool *main_line = xcalloc(f->script->n_nodes, sizeof(*main_line));
	script_reach(f->script, f->script->entry, main_line);
	while (top(r)->objection != SCRIPT_NO_NODE && main_line[top(r)->node]) {
		struct script_frame *below = &r->at.frames[r->at.n - 2];
		below->node = top(r)->node;
		below->visit = top(r)->visit;
		r->at.n--;
	}
	free(main_line);
}

static void visit(struct step *st, size_t node, enum visit_how how)
{
	struct script_run *r = st->r;
	struct script_frame *f = top(r);

	f->node = node;
	f->visit = r->visits.n;
	leave_branches(r);
	vec_push(&r->visits, ((struct script_visit){
		.script = top(r)->script, .node = node, .t_ms = st->t, .how = how, .depth = (unsigned char)(r->at.n - 1)}));
}

static void back_to_caller(struct step *st)
{
	st->r->at.n--;
	st->fx->returned = true;
}

// Follows a target to the node where the agent is asked again. True if that is a node newly entered.
static bool follow(struct step *st, const struct script_target *to, enum visit_how how)
{
	struct script_run *r = st->r;
	// Checks and offers pass by themselves; a circle of them stops where it is instead of running on.
	size_t left = top(r)->script->n_nodes + 1;

	for (;;) {
		const struct script *s = top(r)->script;
		bool trip = r->at.n > 1;
		size_t node = script_way_node(s, to);
		if (to->kind == TARGET_CLOSE && trip && top(r)->objection == SCRIPT_NO_NODE)
			node = SCRIPT_NO_NODE;
		if (node == SCRIPT_NO_NODE && trip) {
			back_to_caller(st);
			return false;
		}
		if (node == SCRIPT_NO_NODE) {
			r->at.ended = true;
			return false;
		}
		visit(st, node, how);
		const struct script_node *n = &s->nodes[node];
		struct script_visit *v = visit_at(r);
		if (n->kind == NODE_END) {
			say(st, top(r)->visit);
			add_sets(r, n->set);
			if (r->at.n > 1 && top(r)->objection == SCRIPT_NO_NODE) {
				back_to_caller(st);
				return false;
			}
			r->at.ended = true;
			return true;
		}
		if (n->kind == NODE_CHECK && left--) {
			v->passed = holds(st, n->check);
			say(st, top(r)->visit);
			add_sets(r, n->set);
			to = v->passed ? &n->on_pass : &n->on_fail;
		} else if (n->kind == NODE_OFFER && left && !offer_holds(st)) {
			left--;
			v->offer = st->fx->offer = OFFER_NOT_OFFERED;
			v->skipped = true;
			to = &n->next;
		} else {
			return true;
		}
		how = VISIT_CHECK;
	}
}

bool script_run_start(struct script_run *r, const struct script *s, const struct script_env *env, int64_t t_ms,
		      struct script_effects *fx, struct err *e)
{
	struct step st = {r, env, t_ms, fx};

	if (r->at.n)
		return err_set(e, ERR_USAGE, _("a script is under way already; end it or make a side trip"));
	if (s->kind == SCRIPT_FRAGMENT || s->entry >= s->n_nodes)
		return err_set(e, ERR_USAGE, _("%s cannot be run by itself; it is a part of other scripts"), s->code);
	r->at.frames[0] = (struct script_frame){.script = s, .objection = SCRIPT_NO_NODE};
	r->at.n = 1;
	begin(&st, false);
	bool entered = follow(&st, &(struct script_target){.kind = TARGET_NODE, .node = s->entry}, VISIT_START);
	finish(&st, true, entered);
	return true;
}

static bool lead_on(struct step *st, const struct script_target *to, enum visit_how how)
{
	bool entered = follow(st, to, how);

	finish(st, true, entered);
	return true;
}

bool script_run_next(struct script_run *r, const struct script_env *env, int64_t t_ms, struct script_effects *fx, struct err *e)
{
	struct step st = {r, env, t_ms, fx};
	size_t n_options;

	if (!under_way(r, e))
		return false;
	const struct script_node *n = node_at(top(r));
	script_run_options(r, &n_options);
	if (n_options)
		return err_set(e, ERR_DENIED, _("choose one of the ways shown: press its key"));
	if (n->kind == NODE_OFFER)
		return err_set(e, ERR_DENIED, _("note first how the offer was taken: accepted, later or declined"));
	begin(&st, true);
	if (n->kind == NODE_CHECK)
		return lead_on(&st, holds(&st, n->check) ? &n->on_pass : &n->on_fail, VISIT_NEXT);
	say(&st, top(r)->visit);
	add_sets(r, n->set);
	return lead_on(&st, &n->next, VISIT_NEXT);
}

bool script_run_choose(struct script_run *r, char key, const struct script_env *env, int64_t t_ms, struct script_effects *fx,
		       struct err *e)
{
	struct step st = {r, env, t_ms, fx};
	size_t n_options, i = 0;

	if (!under_way(r, e))
		return false;
	const struct script_option *o = script_run_options(r, &n_options);
	while (i < n_options && o[i].key != key)
		i++;
	if (i == n_options)
		return err_set(e, ERR_NOT_FOUND, n_options ? _("there is no way %c here; press one of the keys shown") :
			       _("there is nothing to choose here; Enter leads on"), key);
	begin(&st, true);
	visit_at(r)->key = key;
	say(&st, top(r)->visit);
	add_sets(r, node_at(top(r))->set);
	add_sets(r, o[i].set);
	return lead_on(&st, &o[i].next, VISIT_CHOICE);
}

bool script_run_offer(struct script_run *r, enum offer_outcome outcome, const struct script_env *env, int64_t t_ms,
		      struct script_effects *fx, struct err *e)
{
	struct step st = {r, env, t_ms, fx};

	if (!under_way(r, e))
		return false;
	const struct script_node *n = node_at(top(r));
	if (n->kind != NODE_OFFER)
		return err_set(e, ERR_DENIED, _("there is no offer at this place of the script"));
	if (outcome != OFFER_ACCEPTED && outcome != OFFER_LATER && outcome != OFFER_DECLINED)
		return err_set(e, ERR_USAGE, _("an offer made is accepted, later or declined"));
	begin(&st, true);
	visit_at(r)->offer = outcome;
	say(&st, top(r)->visit);
	add_sets(r, n->set);
	lead_on(&st, &n->next, VISIT_NEXT);
	fx->offer = outcome;
	return true;
}

bool script_run_tick(struct script_run *r, int64_t t_ms, struct script_effects *fx, struct err *e)
{
	struct step st = {r, NULL, t_ms, fx};

	if (!under_way(r, e))
		return false;
	begin(&st, false);
	say(&st, top(r)->visit);
	finish(&st, false, false);
	return true;
}

bool script_run_skip(struct script_run *r, const char *reason, const struct script_env *env, int64_t t_ms,
		     struct script_effects *fx, struct err *e)
{
	struct step st = {r, env, t_ms, fx};
	size_t n_options;

	if (!under_way(r, e))
		return false;
	const struct script_node *n = node_at(top(r));
	script_run_options(r, &n_options);
	if (n_options || n->kind == NODE_CHECK)
		return err_set(e, ERR_DENIED, _("this place decides how to go on; choose a way or jump to another place"));
	if (n->required && str_empty(reason))
		return err_set(e, ERR_DENIED, _("this line is required; say why it is left out"));
	begin(&st, true);
	struct script_visit *v = visit_at(r);
	if (!v->said) {
		v->skipped = true;
		v->reason = arena_strdup(&r->text, reason);
	}
	if (n->kind == NODE_OFFER)
		v->offer = OFFER_NOT_OFFERED;
	lead_on(&st, &n->next, VISIT_NEXT);
	if (n->kind == NODE_OFFER)
		fx->offer = OFFER_NOT_OFFERED;
	return true;
}

bool script_run_back(struct script_run *r, int64_t t_ms, struct script_effects *fx, struct err *e)
{
	struct step st = {r, NULL, t_ms, fx};

	if (!script_run_can_back(r))
		return err_set(e, ERR_NOT_FOUND, _("this is where the script began; there is no step to take back"));
	begin(&st, false);
	r->at = r->past.v[--r->past.n];
	for (size_t i = r->at.visits; i < r->visits.n; i++)
		r->visits.v[i].undone = true;
	struct script_visit *v = visit_at(r);
	v->key = 0;
	v->skipped = false;
	v->reason = NULL;
	v->offer = OFFER_NONE;
	finish(&st, true, false);
	return true;
}

// --- Jumps and side trips ---

// The objection whose branch holds the node; SCRIPT_NO_NODE if it stands on the main line or nowhere.
static size_t branch_of(const struct script *s, size_t node)
{
	size_t found = SCRIPT_NO_NODE;
	bool *seen = xcalloc(s->n_nodes, sizeof(*seen));

	script_reach(s, s->entry, seen);
	for (size_t i = 0; !seen[node] && found == SCRIPT_NO_NODE && i < s->n_objections; i++) {
		bool *mine = xcalloc(s->n_nodes, sizeof(*mine));
		script_reach(s, s->objections[i].entry, mine);
		if (mine[node])
			found = i;
		free(mine);
	}
	free(seen);
	return found;
}

static void note_left_out(struct script_run *r, const struct script *s, size_t from, size_t to)
{
	size_t *nodes = xcalloc(s->n_nodes + 1, sizeof(*nodes));
	size_t n = script_must_pass(s, from, to, nodes);

	for (size_t i = 0; i < n; i++)
		vec_push(&r->jumped, ((struct script_skipped){.script = s, .node = nodes[i], .visit = r->visits.n}));
	free(nodes);
}

static bool push(struct script_run *r, const struct script *s, size_t objection, struct err *e)
{
	if (r->at.n == SCRIPT_MAX_FRAMES)
		return err_set(e, ERR_LIMIT, _("too many side trips inside one another; come back from this one first"));
	for (size_t i = 0; i < r->at.n; i++) {
		if (r->at.frames[i].script == s && r->at.frames[i].objection == objection)
			return err_set(e, ERR_CONFLICT, _("this side trip is under way already"));
	}
	return true;
}

static void enter_frame(struct script_run *r, const struct script *s, size_t objection)
{
	r->at.frames[r->at.n++] = (struct script_frame){.script = s, .objection = objection};
}

bool script_run_jump(struct script_run *r, size_t node, const struct script_env *env, int64_t t_ms, struct script_effects *fx,
		     struct err *e)
{
	struct step st = {r, env, t_ms, fx};

	if (!under_way(r, e))
		return false;
	const struct script *s = top(r)->script;
	if (node >= s->n_nodes)
		return err_set(e, ERR_NOT_FOUND, _("there is no such place in this script"));
	size_t branch = branch_of(s, node);
	bool enters = branch != SCRIPT_NO_NODE && top(r)->objection == SCRIPT_NO_NODE;
	if (enters && !push(r, s, branch, e))
		return false;
	begin(&st, true);
	if (enters) {
		enter_frame(r, s, branch);
	} else {
		// From a branch to the main line: what counts is where the main line was left.
		size_t at = r->at.n - 1;
		while (branch == SCRIPT_NO_NODE && r->at.frames[at].objection != SCRIPT_NO_NODE)
			at--;
		note_left_out(r, s, r->at.frames[at].node, node);
	}
	return lead_on(&st, &(struct script_target){.kind = TARGET_NODE, .node = node}, VISIT_JUMP);
}

static bool trip(struct step *st, const struct script *s, size_t entry, size_t objection, enum visit_how how, struct err *e)
{
	if (!push(st->r, s, objection, e))
		return false;
	begin(st, true);
	enter_frame(st->r, s, objection);
	return lead_on(st, &(struct script_target){.kind = TARGET_NODE, .node = entry}, how);
}

bool script_run_side(struct script_run *r, const struct script *side, const struct script_env *env, int64_t t_ms,
		     struct script_effects *fx, struct err *e)
{
	struct step st = {r, env, t_ms, fx};

	if (!under_way(r, e))
		return false;
	if (side->kind != SCRIPT_SIDE || side->entry >= side->n_nodes)
		return err_set(e, ERR_USAGE, _("%s is not a side script; start it as a script of its own"), side->code);
	return trip(&st, side, side->entry, SCRIPT_NO_NODE, VISIT_SIDE, e);
}

bool script_run_objection(struct script_run *r, size_t objection, const struct script_env *env, int64_t t_ms,
			  struct script_effects *fx, struct err *e)
{
	struct step st = {r, env, t_ms, fx};

	if (!under_way(r, e))
		return false;
	const struct script *s = top(r)->script;
	if (objection >= s->n_objections || s->objections[objection].entry >= s->n_nodes)
		return err_set(e, ERR_NOT_FOUND, _("this script has no such objection; choose one of the list"));
	return trip(&st, s, s->objections[objection].entry, objection, VISIT_OBJECTION, e);
}

bool script_run_return(struct script_run *r, int64_t t_ms, struct script_effects *fx, struct err *e)
{
	struct step st = {r, NULL, t_ms, fx};

	if (!under_way(r, e))
		return false;
	if (r->at.n < 2)
		return err_set(e, ERR_DENIED, _("no side trip is under way; there is nothing to come back from"));
	begin(&st, true);
	back_to_caller(&st);
	finish(&st, true, false);
	return true;
}
