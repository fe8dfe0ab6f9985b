// SPDX-License-Identifier: MIT
// Knows one contact from the ring to the saved record: how each event changes it.
#include "src/desk/contact.h"

#include "src/base/i18n.h"

static void set(char **slot, const char *value)
{
	char *new = str_empty(value) ? NULL : xstrdup(value);

	free(*slot);
	*slot = new;
}

static struct contact_form *add_form(struct contact *c, const struct form *form, int64_t at)
{
	struct contact_form *cf = xcalloc(1, sizeof(*cf));
	struct form_env env;

	cf->form = form;
	contact_form_env(c, at, &env);
	form_run_start(&cf->run, form, &env);
	vec_push(&c->forms, cf);
	return cf;
}

struct contact *contact_new(const char *id, int64_t started_at, const struct contact_world *world)
{
	struct contact *c = xcalloc(1, sizeof(*c));
	const struct form *base = world->form(world->ctx, "base");

	snprintf(c->id, sizeof(c->id), "%s", id);
	c->started_at = started_at;
	c->world = world;
	c->emotion_start = -1;
	c->versions = 1;
	if (!base)
		BUG("no base form is loaded");
	add_form(c, base, started_at);
	return c;
}

// Everything but identity, world and the event list goes.
static void clear_fold(struct contact *c)
{
	free(c->no);
	free(c->number);
	free(c->caller);
	free(c->queue);
	free(c->call);
	free(c->consult_target);
	free(c->end_side);
	free(c->restate);
	free(c->category);
	free(c->first_category);
	free(c->customer_id);
	free(c->customer_name);
	free(c->customer_tier);
	free(c->customer_language);
	free(c->customer_phone);
	free(c->customer_flags);
	free(c->plan_text);
	free(c->confirm_text);
	free(c->pin_id);
	free(c->pin_text);
	free(c->kb_update_ref);
	free(c->disposition);
	free(c->second);
	script_run_release(&c->run);
	for (size_t i = 0; i < c->forms.n; i++) {
		form_run_release(&c->forms.v[i]->run);
		free(c->forms.v[i]);
	}
	vec_release(&c->forms);
	for (size_t i = 0; i < c->needs.n; i++)
		free(c->needs.v[i].text);
	vec_release(&c->needs);
	for (size_t i = 0; i < c->opens.n; i++)
		free(c->opens.v[i].id);
	vec_release(&c->opens);
	for (size_t i = 0; i < c->cites.n; i++) {
		free(c->cites.v[i].id);
		free(c->cites.v[i].title);
	}
	vec_release(&c->cites);
	for (size_t i = 0; i < c->lines.n; i++)
		free(c->lines.v[i].text);
	vec_release(&c->lines);
	for (size_t i = 0; i < c->notes.n; i++)
		free(c->notes.v[i].text);
	vec_release(&c->notes);
	for (size_t i = 0; i < c->refs.n; i++) {
		free(c->refs.v[i].id);
		free(c->refs.v[i].text);
	}
	vec_release(&c->refs);
}

void contact_free(struct contact *c)
{
	if (!c)
		return;
	clear_fold(c);
	for (size_t i = 0; i < c->events.n; i++)
		event_release(&c->events.v[i]);
	vec_release(&c->events);
	vec_release(&c->undone);
	free(c);
}

// --- forms and fields

static struct form_run *run_of(struct contact *c, struct sv form)
{
	if (sv_eqz(form, "base"))
		return &c->forms.v[0]->run;
	for (size_t i = 1; i < c->forms.n; i++)
		if (sv_eqz(form, c->forms.v[i]->form->code))
			return &c->forms.v[i]->run;
	return NULL;
}

static void refresh_forms(struct contact *c, int64_t at)
{
	struct form_env env;

	contact_form_env(c, at, &env);
	for (size_t i = 0; i < c->forms.n; i++)
		form_run_refresh(&c->forms.v[i]->run, &env);
}

// Puts a value that the desk itself decides into the base form; a pack without such a field is fine.
static void put_base(struct contact *c, const char *field, const char *value, int64_t at)
{
	struct form_env env;

	contact_form_env(c, at, &env);
	if (!form_run_set_code(&c->forms.v[0]->run, sv(field), sv(value), FORM_SCRIPT, &env, NULL))
		return;
}

// --- classification

static void show_form(struct contact *c, const char *code, int64_t at)
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
	add_form(c, form, at);
	c->form = (int)c->forms.n - 1;
}

static bool apply_classify(struct contact *c, const struct event *ev, struct contact_effects *fx, struct err *e)
{
	const char *code = event_get(ev, "code");
	const struct category *cat = category_find(c->world->categories, code);

	if (!cat || !cat->leaf)
		return err_set(e, ERR_NOT_FOUND, _("There is no category %s at the last level; choose one from the list."), code);
	set(&c->category, code);
	if (!c->first_category)
		set(&c->first_category, code);
	put_base(c, "category", code, ev->at);
	if (!c->intent_set && cat->intent != INTENT_NONE) {
		c->intent = cat->intent;
		put_base(c, "intent", intent_code(cat->intent), ev->at);
	}
	if (!c->difficulty_set && cat->difficulty != DIFFICULTY_NONE) {
		c->difficulty = cat->difficulty;
		put_base(c, "difficulty", difficulty_code(cat->difficulty), ev->at);
		clocks_set_difficulty(&c->clocks, cat->difficulty);
	}
	clocks_stop(&c->clocks, CALL_C20, ev->t_ms);
	if (cat->form)
		show_form(c, cat->form, ev->at);
	else if (!c->script || !c->script->form)
		show_form(c, NULL, ev->at);
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
		refresh_forms(c, at);
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

static bool apply_script_start(struct contact *c, const struct event *ev, struct contact_effects *fx, struct err *e)
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
		show_form(c, s->form, ev->at);
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
static bool apply_script_op(struct contact *c, const struct event *ev, struct contact_effects *fx, struct err *e)
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

// --- the call

static const struct {
	enum event_type type;
	enum call_event call;
} call_events[] = {
	{EV_RING, CALL_EV_RING},	   {EV_ANSWER, CALL_EV_ANSWER},	      {EV_MISSED, CALL_EV_NO_ANSWER},
	{EV_ABANDONED, CALL_EV_HANGUP},	   {EV_HOLD, CALL_EV_HOLD},	      {EV_RESUME, CALL_EV_RESUME},
	{EV_CONSULT, CALL_EV_CONSULT},	   {EV_CONSULT_BACK, CALL_EV_BACK},   {EV_CONFERENCE, CALL_EV_CONFERENCE},
	{EV_LEAVE, CALL_EV_LEAVE},	   {EV_DROP, CALL_EV_DROP},	      {EV_CALL_BACK, CALL_EV_CALL_BACK},
	{EV_GIVE_UP, CALL_EV_GIVE_UP},	   {EV_HANGUP, CALL_EV_END},	      {EV_CLOSE, CALL_EV_SAVE},
	{EV_CORRECT, CALL_EV_CORRECT},	   {EV_TRANSFER, CALL_EV_BLIND_TRANSFER},
};

static void on_hold(struct contact *c, int64_t t)
{
	c->hold_since_t = t;
	c->hold_count++;
	clocks_hold(&c->clocks, t);
}

static void off_hold(struct contact *c, int64_t t)
{
	c->hold_ms += t - c->hold_since_t;
	clocks_resume(&c->clocks, t);
}

static void on_over(struct contact *c, int64_t t, const char *side)
{
	c->ended_t = t;
	set(&c->end_side, side);
	clocks_end(&c->clocks, t);
}

static void enter_state(struct contact *c, enum call_state from, const struct event *ev)
{
	int64_t t = ev->t_ms;

	if (from == CALL_ON_HOLD && c->state != CALL_ON_HOLD)
		off_hold(c, t);
	switch (c->state) {
	case CALL_OFFERED: case CALL_CONFERENCE: case CALL_MISSED: case CALL_ABANDONED:
		break;
	case CALL_RINGING:
		clocks_ring(&c->clocks, t);
		break;
	case CALL_CONNECTED:
		if (!c->ever_connected) {
			c->ever_connected = true;
			c->connected_t = t;
			clocks_answer(&c->clocks, t);
		}
		break;
	case CALL_ON_HOLD:
		on_hold(c, t);
		break;
	case CALL_CONSULTING:
		set(&c->consult_target, event_get(ev, "target"));
		break;
	case CALL_TRANSFERRED:
		c->handed_over = true;
		clocks_handed_over(&c->clocks, t);
		break;
	case CALL_DROPPED:
		c->dropped_t = t;
		break;
	case CALL_WRAP_UP:
		if (from != CALL_WRAP_UP)
			on_over(c, from == CALL_DROPPED ? c->dropped_t : t, event_get(ev, "side"));
		break;
	case CALL_CLOSED:
		if (from == CALL_WRAP_UP)
			c->closed_t = t;
		break;
	}
}

static bool apply_call(struct contact *c, const struct event *ev, bool by_system, struct contact_effects *fx, struct err *e)
{
	enum call_event what = CALL_EV_RING;
	enum call_state from = c->state, to;
	struct call_guard g = {
		.by_system = by_system,
		.channel = c->channel,
		.reason = event_get(ev, "reason"),
		.target = event_get(ev, "target"),
		.packet_complete = *event_get(ev, "packet") != '\0',
		.wrap_ok = true, // the wrap-up asks wrapup_check before it sends the event
		.since_ms = ev->t_ms - (ev->type == EV_CORRECT ? c->closed_t : c->dropped_t),
		.own = true,
		.max_chats = 1 << 20, // how many at once is the desk's affair, not this contact's
	};

	for (size_t i = 0; i < sizeof(call_events) / sizeof(*call_events); i++)
		if (call_events[i].type == ev->type)
			what = call_events[i].call;
	if (ev->type == EV_MISSED && *g.reason)
		what = CALL_EV_DECLINE;
	if (ev->type == EV_TRANSFER && c->state == CALL_CONSULTING)
		what = CALL_EV_COMPLETE_TRANSFER;
	switch (call_step(from, what, &g, &to, e)) {
	case CALL_REFUSED:
		return false;
	case CALL_IGNORED:
		return true;
	case CALL_MOVED:
		break;
	}
	c->state = to;
	enter_state(c, from, ev);
	if (what == CALL_EV_CORRECT) {
		// A correction opens the wrap-up again for this one record; the clocks of the call stay as they were.
		c->versions++;
		c->correct_t = ev->t_ms;
		c->state = CALL_WRAP_UP;
	}
	// A transferred call is over for this desk: the wrap-up follows at once.
	if (c->state == CALL_TRANSFERRED && call_step(c->state, CALL_EV_END, &(struct call_guard){.by_system = true}, &to, NULL)) {
		c->state = to;
		enter_state(c, CALL_TRANSFERRED, ev);
	}
	if (fx)
		fx->state_changed = true;
	return true;
}

// --- everything else

static void apply_start(struct contact *c, const struct event *ev)
{
	if (!channel_parse(sv(event_get(ev, "channel")), &c->channel) ||
	    !direction_parse(sv(event_get(ev, "direction")), &c->direction) ||
	    !source_parse(sv(event_get(ev, "source")), &c->source) ||
	    !contact_mode_parse(sv(event_get(ev, "mode")), &c->mode))
		return; // what is not said keeps its first value: phone, in, manual, live
	set(&c->number, event_get(ev, "number"));
	set(&c->caller, event_get(ev, "name"));
	set(&c->queue, event_get(ev, "queue"));
	set(&c->call, event_get(ev, "call"));
	set(&c->no, event_get(ev, "no"));
}

static void apply_customer(struct contact *c, const struct event *ev)
{
	struct form_env env;

	set(&c->customer_id, event_get(ev, "id"));
	set(&c->customer_name, event_get(ev, "name"));
	set(&c->customer_tier, event_get(ev, "tier"));
	set(&c->customer_language, event_get(ev, "language"));
	set(&c->customer_phone, event_get(ev, "number"));
	set(&c->customer_flags, event_get(ev, "flags"));
	contact_form_env(c, ev->at, &env);
	for (size_t i = 0; i < c->forms.n; i++)
		form_run_autofill(&c->forms.v[i]->run, &env);
}

static bool apply_form_set(struct contact *c, const struct event *ev, struct err *e)
{
	struct form_run *run = run_of(c, sv(event_get(ev, "form")));
	const char *field = event_get(ev, "field"), *value = event_get(ev, "value");
	struct form_env env;

	if (!run)
		return err_set(e, ERR_NOT_FOUND, _("The form %s is not open for this contact."), event_get(ev, "form"));
	contact_form_env(c, ev->at, &env);
	if (!form_run_set_code(run, sv(field), sv(value), FORM_TYPED, &env, e))
		return false;
	refresh_forms(c, ev->at);
	return true;
}

static void apply_say(struct contact *c, const struct event *ev)
{
	bool agent = strcmp(event_get(ev, "side"), "agent") == 0;

	vec_push(&c->lines, ((struct contact_line){.t_ms = ev->t_ms, .agent = agent, .text = xstrdup(event_get(ev, "text"))}));
	if (agent)
		clocks_agent_line(&c->clocks, ev->t_ms);
	else if (c->channel == CHANNEL_CHAT)
		clocks_customer_message(&c->clocks, ev->t_ms);
}

static void apply_mark(struct contact *c, const struct event *ev)
{
	const char *mark = event_get(ev, "mark"), *text = event_get(ev, "text");

	if (strcmp(mark, "ack") == 0) {
		clocks_agent_line(&c->clocks, ev->t_ms);
	} else if (strcmp(mark, "plan") == 0) {
		clocks_stop(&c->clocks, CALL_T30, ev->t_ms);
		set(&c->plan_text, text);
	} else if (strcmp(mark, "confirm") == 0) {
		clocks_stop(&c->clocks, CALL_T180, ev->t_ms);
		set(&c->confirm_text, text);
	}
}

static void apply_restate(struct contact *c, const struct event *ev)
{
	set(&c->restate, event_get(ev, "text"));
	c->restate_confirmed = strcmp(event_get(ev, "confirmed"), "1") == 0;
	if (c->restate && !*contact_field(c, "base.need"))
		put_base(c, "need", c->restate, ev->at);
}

static void apply_emotion(struct contact *c, const struct event *ev)
{
	int level = (int)event_get_int(ev, "level", 0);

	if (!emotion_class_parse(sv(event_get(ev, "class")), &c->emotion_class))
		c->emotion_class = EMOTION_ANY;
	// Practice levels 4 and 5 are stored as 3 (domain.md §3.4).
	c->emotion = level < 0 ? 0 : level > 3 ? 3 : level;
	if (c->emotion_start < 0)
		c->emotion_start = c->emotion;
	if (c->emotion > c->emotion_peak)
		c->emotion_peak = c->emotion;
	refresh_forms(c, ev->at);
}

static void apply_verify(struct contact *c, const struct event *ev)
{
	int level = (int)event_get_int(ev, "level", 0);

	if (strcmp(event_get(ev, "passed"), "1") == 0 && level > c->verification)
		c->verification = level > 3 ? 3 : level;
	refresh_forms(c, ev->at);
}

static bool apply_disposition(struct contact *c, const struct event *ev, struct err *e)
{
	const char *code = event_get(ev, "code");
	const struct disposition *d = disposition_find(c->world->dispositions, code);

	if (!d)
		return err_set(e, ERR_NOT_FOUND, _("There is no disposition %s; choose one from the list."), code);
	if (d->class_ == DISPOSITION_SECOND) {
		set(&c->second, code);
		return true;
	}
	set(&c->disposition, code);
	if (*event_get(ev, "second"))
		set(&c->second, event_get(ev, "second"));
	c->resolution = disposition_resolution(d);
	put_base(c, "disposition", code, ev->at);
	refresh_forms(c, ev->at);
	return true;
}

static void apply_follow_up(struct contact *c, const struct event *ev)
{
	enum resolution r;

	if (resolution_parse(sv(event_get(ev, "resolution")), &r) && r != RESOLUTION_NONE)
		c->resolution = r;
	c->follow_up_at = event_get_int(ev, "at", c->follow_up_at);
}

static void apply_kb_update(struct contact *c, const struct event *ev)
{
	enum kb_update kind;
	enum kb_skip skip;

	if (*event_get(ev, "kind") && kb_update_parse(sv(event_get(ev, "kind")), &kind)) {
		c->kb_update = kind;
		set(&c->kb_update_ref, event_get(ev, "id"));
	}
	if (*event_get(ev, "reason") && kb_skip_parse(sv(event_get(ev, "reason")), &skip))
		c->kb_skip = skip;
}

static void add_ref(struct contact *c, const struct event *ev, const char *id, const char *text)
{
	vec_push(&c->refs, ((struct contact_ref){.kind = ev->type, .t_ms = ev->t_ms, .id = xstrdup(event_get(ev, id)),
						 .text = xstrdup(event_get(ev, text))}));
}

static void apply_escalate(struct contact *c, const struct event *ev)
{
	add_ref(c, ev, "ticket", "kind");
	if (strcmp(event_get(ev, "kind"), "urgent_review") == 0)
		c->urgent_review = true;
	clocks_handed_over(&c->clocks, ev->t_ms);
}

static bool fold(struct contact *c, const struct event *ev, bool by_system, struct contact_effects *fx, struct err *e)
{
	switch (ev->type) {
	case EV_START: apply_start(c, ev); return true;
	case EV_RING: case EV_ANSWER: case EV_MISSED: case EV_ABANDONED: case EV_HOLD: case EV_RESUME: case EV_CONSULT:
	case EV_CONSULT_BACK: case EV_TRANSFER: case EV_CONFERENCE: case EV_LEAVE: case EV_DROP: case EV_CALL_BACK:
	case EV_GIVE_UP: case EV_HANGUP: case EV_CLOSE: case EV_CORRECT:
		return apply_call(c, ev, by_system, fx, e);
	case EV_SAY: apply_say(c, ev); return true;
	case EV_CLASSIFY: return apply_classify(c, ev, fx, e);
	case EV_INTENT:
		if (!intent_parse(sv(event_get(ev, "intent")), &c->intent))
			return err_set(e, ERR_USAGE, _("Unknown intent %s."), event_get(ev, "intent"));
		c->intent_set = true;
		put_base(c, "intent", intent_code(c->intent), ev->at);
		return true;
	case EV_DIFFICULTY:
		if (!difficulty_parse(sv(event_get(ev, "difficulty")), &c->difficulty))
			return err_set(e, ERR_USAGE, _("Unknown difficulty %s."), event_get(ev, "difficulty"));
		c->difficulty_set = true;
		put_base(c, "difficulty", difficulty_code(c->difficulty), ev->at);
		clocks_set_difficulty(&c->clocks, c->difficulty);
		return true;
	case EV_MARK: apply_mark(c, ev); return true;
	case EV_KB_SEARCH: c->kb_searches++; return true;
	case EV_KB_OPEN:
		vec_push(&c->opens, ((struct contact_open){.id = xstrdup(event_get(ev, "id")), .t_ms = ev->t_ms,
							   .ver = (int)event_get_int(ev, "ver", 0)}));
		return true;
	case EV_KB_CITE:
		for (size_t i = 0; i < c->cites.n; i++)
			if (strcmp(c->cites.v[i].id, event_get(ev, "id")) == 0 && c->cites.v[i].ver == event_get_int(ev, "ver", 0))
				return err_set(e, ERR_DENIED, _("%s is cited already."), event_get(ev, "id"));
		vec_push(&c->cites, ((struct contact_cite){.id = xstrdup(event_get(ev, "id")),
							   .title = xstrdup(event_get(ev, "title")), .t_ms = ev->t_ms,
							   .ver = (int)event_get_int(ev, "ver", 0)}));
		return true;
	case EV_KB_PIN:
		set(&c->pin_id, event_get(ev, "id"));
		set(&c->pin_text, event_get(ev, "text"));
		return true;
	case EV_KB_UPDATE: apply_kb_update(c, ev); return true;
	case EV_SCRIPT_START: return apply_script_start(c, ev, fx, e);
	case EV_SCRIPT_VISIT: case EV_SCRIPT_TICK: case EV_SCRIPT_SKIP: case EV_OFFER: return apply_script_op(c, ev, fx, e);
	case EV_FORM_SET: return apply_form_set(c, ev, e);
	case EV_NEED:
		vec_push(&c->needs, ((struct contact_note){.t_ms = ev->t_ms, .text = xstrdup(event_get(ev, "text"))}));
		put_base(c, "need", event_get(ev, "text"), ev->at);
		return true;
	case EV_RESTATE: apply_restate(c, ev); return true;
	case EV_VERIFY: apply_verify(c, ev); return true;
	case EV_EMOTION: apply_emotion(c, ev); return true;
	case EV_CUSTOMER: apply_customer(c, ev); return true;
	case EV_TICKET_CREATE: case EV_TICKET_UPDATE: add_ref(c, ev, "no", "id"); return true;
	case EV_ESCALATE: apply_escalate(c, ev); return true;
	case EV_CALLBACK_BOOK:
		add_ref(c, ev, "at", "text");
		c->follow_up_at = event_get_int(ev, "at", c->follow_up_at);
		// What was promised is the follow-up, unless the agent wrote another time.
		if (!*contact_field(c, "base.follow_up_at"))
			put_base(c, "follow_up_at", event_get(ev, "at"), ev->at);
		return true;
	case EV_FAULT_KEY: add_ref(c, ev, "type", "text"); return true;
	case EV_NOTE:
		vec_push(&c->notes, ((struct contact_note){.t_ms = ev->t_ms, .text = xstrdup(event_get(ev, "text"))}));
		return true;
	case EV_DISPOSITION: return apply_disposition(c, ev, e);
	case EV_FOLLOW_UP: apply_follow_up(c, ev); return true;
	case EV_STAGE: case EV_KB_VOTE: case EV_LEXICON_HIT: case EV_UNDO: case EV_END: return true;
	}
	BUG("event type %d", (int)ev->type);
}

bool contact_apply(struct contact *c, struct event *ev, bool by_system, struct contact_effects *fx, struct err *e)
{
	if (fx)
		*fx = (struct contact_effects){0};
	// Time never runs back within a contact, whatever a telephone's stamp says.
	if (ev->t_ms < c->last_t)
		ev->t_ms = c->last_t;
	if (!fold(c, ev, by_system, fx, e))
		return false;
	ev->seq = (int64_t)c->events.n + 1;
	c->last_t = ev->t_ms;
	event_copy(vec_add(&c->events), ev);
	return true;
}

static bool is_undone(const struct contact *c, int64_t seq)
{
	for (size_t i = 0; i < c->undone.n; i++)
		if (c->undone.v[i] == seq)
			return true;
	return false;
}

// Folds the events again without those taken back. Events were accepted once; system events may be ignored again.
static size_t refold(struct contact *c)
{
	struct contact fresh = {.world = c->world, .started_at = c->started_at, .emotion_start = -1, .versions = 1,
				.last_t = c->last_t};
	size_t skipped = 0;

	memcpy(fresh.id, c->id, sizeof(fresh.id));
	clear_fold(c);
	fresh.events.v = c->events.v;
	fresh.events.n = c->events.n;
	fresh.events.cap = c->events.cap;
	fresh.undone.v = c->undone.v;
	fresh.undone.n = c->undone.n;
	fresh.undone.cap = c->undone.cap;
	*c = fresh;
	add_form(c, c->world->form(c->world->ctx, "base"), c->started_at);
	for (size_t i = 0; i < c->events.n; i++)
		if (!is_undone(c, c->events.v[i].seq) && !fold(c, &c->events.v[i], true, NULL, NULL))
			skipped++;
	return skipped;
}

bool contact_undo(struct contact *c, int64_t t_ms, int64_t at, struct event *ev, enum event_type *type, struct err *e)
{
	for (size_t i = c->events.n; i-- > 0;) {
		const struct event *old = &c->events.v[i];
		if (!event_undoable(old->type) || is_undone(c, old->seq))
			continue;
		*type = old->type;
		*ev = (struct event){.type = EV_UNDO, .t_ms = t_ms < c->last_t ? c->last_t : t_ms, .at = at};
		event_put_int(ev, "seq", old->seq);
		ev->seq = (int64_t)c->events.n + 1;
		vec_push(&c->undone, old->seq);
		c->last_t = ev->t_ms;
		event_copy(vec_add(&c->events), ev);
		refold(c);
		return true;
	}
	return err_set(e, ERR_NOT_FOUND, _("There is nothing to take back on this contact."));
}

struct contact *contact_replay(const char *id, int64_t started_at, const struct contact_world *world, const struct event *events,
			       size_t n, size_t *skipped)
{
	struct contact *c = contact_new(id, started_at, world);

	for (size_t i = 0; i < n; i++) {
		event_copy(vec_add(&c->events), &events[i]);
		c->events.v[i].seq = (int64_t)i + 1;
		if (events[i].t_ms > c->last_t)
			c->last_t = events[i].t_ms;
		if (events[i].type == EV_UNDO)
			vec_push(&c->undone, event_get_int(&events[i], "seq", 0));
	}
	size_t bad = refold(c);
	if (skipped)
		*skipped = bad;
	return c;
}
