// SPDX-License-Identifier: MIT
// Knows one contact from the ring to the saved record: how each event changes it.
#include "src/desk/contact_fold.h"

#include "src/base/i18n.h"

void contact_set_text(char **slot, const char *value)
{
	char *new = str_empty(value) ? NULL : xstrdup(value);

	free(*slot);
	*slot = new;
}

struct contact_form *contact_add_form(struct contact *c, const struct form *form, int64_t at)
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
	contact_add_form(c, base, started_at);
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

void contact_refresh_forms(struct contact *c, int64_t at)
{
	struct form_env env;

	contact_form_env(c, at, &env);
	for (size_t i = 0; i < c->forms.n; i++)
		form_run_refresh(&c->forms.v[i]->run, &env);
}

// Puts a value that the desk itself decides into the base form; a pack without such a field is fine.
void contact_put_base(struct contact *c, const char *field, const char *value, int64_t at)
{
	struct form_env env;

	contact_form_env(c, at, &env);
	if (!form_run_set_code(&c->forms.v[0]->run, sv(field), sv(value), FORM_SCRIPT, &env, NULL))
		return;
}

// --- everything else

static void apply_start(struct contact *c, const struct event *ev)
{
	if (!channel_parse(sv(event_get(ev, "channel")), &c->channel) ||
	    !direction_parse(sv(event_get(ev, "direction")), &c->direction) ||
	    !source_parse(sv(event_get(ev, "source")), &c->source) ||
	    !contact_mode_parse(sv(event_get(ev, "mode")), &c->mode))
		return; // what is not said keeps its first value: phone, in, manual, live
	contact_set_text(&c->number, event_get(ev, "number"));
	contact_set_text(&c->caller, event_get(ev, "name"));
	contact_set_text(&c->queue, event_get(ev, "queue"));
	contact_set_text(&c->call, event_get(ev, "call"));
	contact_set_text(&c->no, event_get(ev, "no"));
}

static void apply_customer(struct contact *c, const struct event *ev)
{
	struct form_env env;

	contact_set_text(&c->customer_id, event_get(ev, "id"));
	contact_set_text(&c->customer_name, event_get(ev, "name"));
	contact_set_text(&c->customer_tier, event_get(ev, "tier"));
	contact_set_text(&c->customer_language, event_get(ev, "language"));
	contact_set_text(&c->customer_phone, event_get(ev, "number"));
	contact_set_text(&c->customer_flags, event_get(ev, "flags"));
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
	contact_refresh_forms(c, ev->at);
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
		contact_set_text(&c->plan_text, text);
	} else if (strcmp(mark, "confirm") == 0) {
		clocks_stop(&c->clocks, CALL_T180, ev->t_ms);
		contact_set_text(&c->confirm_text, text);
	}
}

static void apply_restate(struct contact *c, const struct event *ev)
{
	contact_set_text(&c->restate, event_get(ev, "text"));
	c->restate_confirmed = strcmp(event_get(ev, "confirmed"), "1") == 0;
	if (c->restate && !*contact_field(c, "base.need"))
		contact_put_base(c, "need", c->restate, ev->at);
}

static void apply_emotion(struct contact *c, const struct event *ev)
{
	int level = (int)event_get_int(ev, "level", 0);

	if (!emotion_class_parse(sv(event_get(ev, "class")), &c->emotion_class))
		c->emotion_class = EMOTION_ANY;
	// Practice levels 4 and 5 are stored as 3 (domain.md §3.4).
	c->emotion = level < 0 ? 0 : level > 3 ? 3 : level;
	c->emotion_t = ev->t_ms;
	if (c->emotion_start < 0)
		c->emotion_start = c->emotion;
	if (c->emotion > c->emotion_peak)
		c->emotion_peak = c->emotion;
	contact_refresh_forms(c, ev->at);
}

static void apply_verify(struct contact *c, const struct event *ev)
{
	int level = (int)event_get_int(ev, "level", 0);

	if (strcmp(event_get(ev, "passed"), "1") == 0 && level > c->verification)
		c->verification = level > 3 ? 3 : level;
	contact_refresh_forms(c, ev->at);
}

static bool apply_disposition(struct contact *c, const struct event *ev, struct err *e)
{
	const char *code = event_get(ev, "code");
	const struct disposition *d = disposition_find(c->world->dispositions, code);

	if (!d)
		return err_set(e, ERR_NOT_FOUND, _("There is no disposition %s; choose one from the list."), code);
	if (d->class_ == DISPOSITION_SECOND) {
		contact_set_text(&c->second, code);
		return true;
	}
	contact_set_text(&c->disposition, code);
	if (*event_get(ev, "second"))
		contact_set_text(&c->second, event_get(ev, "second"));
	c->resolution = disposition_resolution(d);
	contact_put_base(c, "disposition", code, ev->at);
	contact_refresh_forms(c, ev->at);
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
		contact_set_text(&c->kb_update_ref, event_get(ev, "id"));
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
		return contact_apply_call(c, ev, by_system, fx, e);
	case EV_SAY: apply_say(c, ev); return true;
	case EV_CLASSIFY: return contact_apply_classify(c, ev, fx, e);
	case EV_INTENT:
		if (!intent_parse(sv(event_get(ev, "intent")), &c->intent))
			return err_set(e, ERR_USAGE, _("Unknown intent %s."), event_get(ev, "intent"));
		c->intent_set = true;
		contact_put_base(c, "intent", intent_code(c->intent), ev->at);
		return true;
	case EV_DIFFICULTY:
		if (!difficulty_parse(sv(event_get(ev, "difficulty")), &c->difficulty))
			return err_set(e, ERR_USAGE, _("Unknown difficulty %s."), event_get(ev, "difficulty"));
		c->difficulty_set = true;
		contact_put_base(c, "difficulty", difficulty_code(c->difficulty), ev->at);
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
		contact_set_text(&c->pin_id, event_get(ev, "id"));
		contact_set_text(&c->pin_text, event_get(ev, "text"));
		return true;
	case EV_KB_UPDATE: apply_kb_update(c, ev); return true;
	case EV_SCRIPT_START: return contact_apply_script_start(c, ev, fx, e);
	case EV_SCRIPT_VISIT: case EV_SCRIPT_TICK: case EV_SCRIPT_SKIP: case EV_OFFER: return contact_apply_script_op(c, ev, fx, e);
	case EV_FORM_SET: return apply_form_set(c, ev, e);
	case EV_NEED:
		vec_push(&c->needs, ((struct contact_note){.t_ms = ev->t_ms, .text = xstrdup(event_get(ev, "text"))}));
		contact_put_base(c, "need", event_get(ev, "text"), ev->at);
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
			contact_put_base(c, "follow_up_at", event_get(ev, "at"), ev->at);
		return true;
	case EV_FAULT_KEY: add_ref(c, ev, "type", "text"); return true;
	case EV_NOTE:
		vec_push(&c->notes, ((struct contact_note){.t_ms = ev->t_ms, .text = xstrdup(event_get(ev, "text"))}));
		return true;
	case EV_DISPOSITION: return apply_disposition(c, ev, e);
	case EV_FOLLOW_UP: apply_follow_up(c, ev); return true;
	case EV_STAGE: case EV_KB_VOTE: case EV_LEXICON_HIT: case EV_UNDO: case EV_END: return true;
	case EV_SILENCE: case EV_HINT: case EV_PAUSE: case EV_INJECT: case EV_BROADCAST_ACK: case EV_BEAT: case EV_CURVEBALL: case EV_TAG:
	case EV_WHISPER: case EV_OUTCOME: return true;
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

// What the program did by itself (source "system") stays, as do the telephone and the end.
static bool can_undo(const struct event *ev)
{
	return event_undoable(ev->type) && strcmp(event_get(ev, "source"), "system") != 0;
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
	contact_add_form(c, c->world->form(c->world->ctx, "base"), c->started_at);
	for (size_t i = 0; i < c->events.n; i++)
		if (!is_undone(c, c->events.v[i].seq) && !fold(c, &c->events.v[i], true, NULL, NULL))
			skipped++;
	return skipped;
}

// The events of the action that ends with i; false if one of them cannot be taken back.
static bool whole_action(const struct contact *c, size_t i, size_t *first)
{
	while (i > 0 && strcmp(event_get(&c->events.v[i], "joined"), "1") == 0)
		if (!can_undo(&c->events.v[--i]))
			return false;
	*first = i;
	return true;
}

static void put_seqs(struct event *ev, size_t first, size_t last)
{
	struct str seqs = {0};

	for (size_t i = first; i <= last; i++)
		str_addf(&seqs, "%s%zu", i > first ? "," : "", i + 1);
	event_put(ev, "seq", str_z(&seqs));
	str_release(&seqs);
}

static void take_back(struct contact *c, const struct event *undo)
{
	struct sv rest = sv(event_get(undo, "seq")), part;
	int64_t seq;

	while (sv_split(&rest, ',', &part))
		if (parse_int(part, 1, INT64_MAX, &seq))
			vec_push(&c->undone, seq);
}

bool contact_undo(struct contact *c, int64_t t_ms, int64_t at, struct event *ev, enum event_type *type, struct err *e)
{
	for (size_t i = c->events.n; i-- > 0;) {
		size_t first;
		if (!can_undo(&c->events.v[i]) || is_undone(c, c->events.v[i].seq) || !whole_action(c, i, &first))
			continue;
		*type = c->events.v[first].type;
		*ev = (struct event){.type = EV_UNDO, .t_ms = t_ms < c->last_t ? c->last_t : t_ms, .at = at};
		put_seqs(ev, first, i);
		ev->seq = (int64_t)c->events.n + 1;
		take_back(c, ev);
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
			take_back(c, &events[i]);
	}
	size_t bad = refold(c);
	if (skipped)
		*skipped = bad;
	return c;
}
