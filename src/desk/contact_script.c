// SPDX-License-Identifier: MIT
// Knows how category and script events change a contact.
#include "src/base/i18n.h"
#include "src/desk/contact_fold.h"

// --- classification

void contact_show_form(struct contact *c, const char *code, int64_t at)
{
	const struct form *form = code ? c->world->form(c->world->ctx, code) : NULL;

	c->form = 0;
	if (!form)
		return;
	for (size_t i = 1; i < c->forms.n; i++)
		if (c->forms.v[i]->form == form) {
			c->form = (int)i;
			return;
		}
	// Values of a form shown before stay in the list: a wrong category loses nothing.
	contact_add_form(c, form, at);
	c->form = (int)c->forms.n - 1;
}

bool contact_apply_classify(struct contact *c, const struct event *ev, struct contact_effects *fx, struct err *e)
{
	const char *code = event_get(ev, "code");
	const struct category *cat = category_find(c->world->categories, code);

	if (!cat || !cat->leaf)
		return err_set(e, ERR_NOT_FOUND, _("There is no category %s at the last level; choose one from the list."), code);
	contact_set_text(&c->category, code);
	if (!c->first_category)
		contact_set_text(&c->first_category, code);
	contact_put_base(c, "category", code, ev->at);
	if (!c->intent_set && cat->intent != INTENT_NONE) {
		c->intent = cat->intent;
		contact_put_base(c, "intent", intent_code(cat->intent), ev->at);
	}
	if (!c->difficulty_set && cat->difficulty != DIFFICULTY_NONE) {
		c->difficulty = cat->difficulty;
		contact_put_base(c, "difficulty", difficulty_code(cat->difficulty), ev->at);
		clocks_set_difficulty(&c->clocks, cat->difficulty);
	}
	clocks_stop(&c->clocks, CALL_C20, ev->t_ms);
	if (cat->form)
		contact_show_form(c, cat->form, ev->at);
	else if (!c->script || !c->script->form)
		contact_show_form(c, NULL, ev->at);
	if (fx)
		fx->classified = true;
	return true;
}

// --- script

static void apply_marks(struct contact *c, const struct script_effects *sfx, int64_t t)
{
	if (sfx->marks & MARK_BIT(MARK_ACK))
		clocks_agent_line(&c->clocks, t);
	if (sfx->marks & MARK_BIT(MARK_PLAN))
		clocks_stop(&c->clocks, CALL_T30, t);
	if (sfx->marks & MARK_BIT(MARK_CONFIRM))
		clocks_stop(&c->clocks, CALL_T180, t);
}

static void apply_sets(struct contact *c, const struct script_effects *sfx, int64_t at)
{
	struct form_env env;

	contact_form_env(c, at, &env);
	for (size_t i = 0; i < sfx->n_sets; i++) {
		struct sv name = sv(sfx->sets[i]->name), value = sv(sfx->sets[i]->value);
		struct form_run *run = NULL;
		if (sv_starts(name, "form.")) {
			run = contact_form(c);
			name = sv_n(name.p + 5, name.n - 5);
		} else if (sv_starts(name, "base.")) {
			run = &c->forms.v[0]->run;
			name = sv_n(name.p + 5, name.n - 5);
		}
		// The loader has checked names and values; a secret or a closed field is simply not set.
		if (run && !form_run_set_code(run, name, value, FORM_SCRIPT, &env, NULL))
			continue;
	}
	if (sfx->n_sets)
		contact_refresh_forms(c, at);
}

static void after_script(struct contact *c, struct contact_effects *fx, const struct script_effects *sfx, const struct event *ev)
{
	apply_marks(c, sfx, ev->t_ms);
	apply_sets(c, sfx, ev->at);
	if (fx) {
		fx->script = *sfx;
		fx->script_moved = sfx->moved;
	}
}

// Was a node with this id said in the run before?
static const struct script_visit *said_before(const struct script_run *run, const char *id)
{
	for (size_t i = run->visits.n; i-- > 0;) {
		const struct script_visit *v = &run->visits.v[i];
		if (v->said && !v->undone && v->depth == 0 && strcmp(v->script->nodes[v->node].id, id) == 0)
			return v;
	}
	return NULL;
}

// A change of script keeps the place: shared opening nodes that were said already count as said in the new one, by the
// same answers.
static bool carry_over(const struct script_run *old, struct script_run *run, const struct script_env *env, struct script_effects *fx)
{
	int64_t t = 0;

	for (int guard = 0; guard < 32; guard++) {
		const struct script_node *node = script_run_node(run);
		const struct script_visit *v = node ? said_before(old, node->id) : NULL;
		size_t n;
		if (!v)
			return true;
		const struct script_option *opts = script_run_options(run, &n);
		if (opts && !v->key)
			return true;
		// Said when it was said, not when the script changed.
		t = v->said_ms > t ? v->said_ms : t;
		if (opts ? !script_run_choose(run, v->key, env, t, fx, NULL) : !script_run_next(run, env, t, fx, NULL))
			return true;
	}
	return true;
}

bool contact_apply_script_start(struct contact *c, const struct event *ev, struct contact_effects *fx, struct err *e)
{
	const char *code = event_get(ev, "script");
	const struct script *s = c->world->script(c->world->ctx, code);
	struct script_run old = c->run;
	struct script_effects sfx = {0}, first;
	struct script_env env;

	if (!s)
		return err_set(e, ERR_NOT_FOUND, _("There is no script %s; choose one from the list."), code);
	if (s == c->script)
		return err_set(e, ERR_DENIED, _("The script %s is running already."), label_text(s->title));
	contact_script_env(c, &env);
	c->run = (struct script_run){0};
	int64_t began = old.visits.n ? old.visits.v[0].t_ms : ev->t_ms;
	if (!script_run_start(&c->run, s, &env, began, &first, e)) {
		script_run_release(&c->run);
		c->run = old;
		return false;
	}
	sfx = first;
	carry_over(&old, &c->run, &env, &sfx);
	script_run_release(&old);
	c->script = s;
	if (s->form && (!c->category || !category_find(c->world->categories, c->category)->form))
		contact_show_form(c, s->form, ev->at);
	// Marks of lines said under the old script have their stamps already.
	sfx.marks = 0;
	sfx.moved = true;
	after_script(c, fx, &sfx, ev);
	return true;
}

static bool node_of(const struct contact *c, const char *id, size_t *node, struct err *e)
{
	const struct script *s = script_run_script(&c->run);

	*node = s ? script_find_node(s, sv(id)) : SCRIPT_NO_NODE;
	if (*node == SCRIPT_NO_NODE)
		return err_set(e, ERR_NOT_FOUND, _("There is no step %s in this script."), id);
	return true;
}

static bool settle(struct contact *c, const struct event *ev, const char *node, struct err *e)
{
	struct arena a = {0};
	struct script_due *due;
	const char *reason = event_get(ev, "reason");
	size_t n = script_run_due(&c->run, true, &due, &a);
	bool ok = err_set(e, ERR_NOT_FOUND, _("The step %s is not among those that were left out."), node);

	for (size_t i = 0; i < n; i++) {
		const char *id = due[i].node == SCRIPT_NO_NODE ? due[i].disclosure : due[i].script->nodes[due[i].node].id;
		if (due[i].state != DUE_OPEN || !str_eq(id, node))
			continue;
		ok = script_run_settle(&c->run, &due[i], *reason ? DUE_NOT_APPLICABLE : DUE_MADE_UP, *reason ? reason : NULL,
				       ev->t_ms, e);
		break;
	}
	arena_release(&a);
	return ok;
}

// op: next choose tick skip back jump side objection return offer settle
bool contact_apply_script_op(struct contact *c, const struct event *ev, struct contact_effects *fx, struct err *e)
{
	const char *op = event_get(ev, "op"), *key = event_get(ev, "key"), *id = event_get(ev, "node");
	struct script_effects sfx = {0};
	struct script_env env;
	int64_t t = ev->t_ms;
	bool ok;

	contact_script_env(c, &env);
	if (!script_run_started(&c->run))
		return err_set(e, ERR_DENIED, _("No script is running; choose one first (M-s)."));
	if (ev->type == EV_SCRIPT_TICK) {
		ok = script_run_tick(&c->run, t, &sfx, e);
	} else if (ev->type == EV_SCRIPT_SKIP && strcmp(op, "settle") == 0) {
		return settle(c, ev, id, e);
	} else if (ev->type == EV_SCRIPT_SKIP) {
		ok = script_run_skip(&c->run, event_get(ev, "reason"), &env, t, &sfx, e);
	} else if (ev->type == EV_OFFER) {
		enum offer_outcome outcome;
		if (!offer_outcome_parse(sv(event_get(ev, "result")), &outcome))
			return err_set(e, ERR_USAGE, _("Unknown outcome of an offer: %s."), event_get(ev, "result"));
		ok = script_run_offer(&c->run, outcome, &env, t, &sfx, e);
	} else if (strcmp(op, "choose") == 0) {
		ok = script_run_choose(&c->run, *key, &env, t, &sfx, e);
	} else if (strcmp(op, "back") == 0) {
		ok = script_run_back(&c->run, t, &sfx, e);
	} else if (strcmp(op, "jump") == 0) {
		size_t node;
		ok = node_of(c, id, &node, e) && script_run_jump(&c->run, node, &env, t, &sfx, e);
	} else if (strcmp(op, "side") == 0) {
		const struct script *s = c->world->script(c->world->ctx, event_get(ev, "script"));
		ok = s ? script_run_side(&c->run, s, &env, t, &sfx, e)
		       : err_set(e, ERR_NOT_FOUND, _("There is no script %s; choose one from the list."), event_get(ev, "script"));
	} else if (strcmp(op, "objection") == 0) {
		ok = script_run_objection(&c->run, (size_t)event_get_int(ev, "n", 0), &env, t, &sfx, e);
	} else if (strcmp(op, "return") == 0) {
		ok = script_run_return(&c->run, t, &sfx, e);
	} else {
		ok = script_run_next(&c->run, &env, t, &sfx, e);
	}
	if (ok)
		after_script(c, fx, &sfx, ev);
	return ok;
}
