// SPDX-License-Identifier: MIT
// Knows how what the agent does becomes the record of the session: each event of a contact once, in the book and in the engine.
#include "src/base/i18n.h"
#include "src/practice/phone.h"
#include "src/practice/session_part.h"

// What the customer does comes from the engine and is in the record already; so is what the telephone and the wording checks add.
static bool is_echo(const struct event *ev)
{
	switch (ev->type) {
	case EV_START: case EV_RING: case EV_ABANDONED: case EV_LEXICON_HIT: return true;
	case EV_SAY: case EV_HANGUP: return strcmp(event_get(ev, "side"), "customer") == 0;
	default: return strcmp(event_get(ev, "source"), "system") == 0;
	}
}

void session_write(struct session *s)
{
	const struct practice_log *l = engine_log(s->engine);
	struct err e = {0};

	for (; s->written < l->v.n; s->written++) {
		int64_t used = session_used_ms(s);
		if (!book_log_add(s->book, s->row.id, &l->v.v[s->written], used, &e)) {
			if (!s->book_ill)
				model_say_note(&s->box.model, NOTE_ALARM, _("The record of the exercise is not saved: %s. It is tried again."), e.msg);
			s->book_ill = true;
			return;
		}
		s->saved_ms = s->row.used_ms = used;
	}
	s->book_ill = false;
}

void session_put(struct session *s, const struct log_entry *e)
{
	if (session_is_mate(s)) {
		if (s->send)
			s->send(s->send_ctx, e);
	} else {
		engine_put(s->engine, e);
		session_write(s);
	}
	s->box.model.changed = true;
}

// The line of the script that counts as said is heard by the customer like one that was typed.
static void said_line(struct session *s, struct work *w, const struct log_entry *by, const struct script_node *node)
{
	struct arena a = {0};
	struct log_entry e = {.t_ms = by->t_ms, .contact = by->contact, .seat = by->seat, .who = LOG_AGENT, .ev = {.type = EV_SAY, .at = by->ev.at}};
	const char *line = model_line(&s->box.model, w, node->text, &a);

	if (*line) {
		event_put(&e.ev, "side", "agent");
		event_put(&e.ev, "text", line);
		event_put(&e.ev, "source", "script");
		session_put(s, &e);
		event_release(&e.ev);
	}
	arena_release(&a);
}

static bool is_line(const struct script_node *n)
{
	return n->kind == NODE_SAY || n->kind == NODE_ASK || n->kind == NODE_END || n->kind == NODE_OFFER;
}

void session_heard(struct session *s, struct work *w, const struct event *ev, const struct script_node *said)
{
	struct log_entry e = {.t_ms = session_used_ms(s), .contact = w ? phone_caller(w->contact->call) : -1, .seat = s->seat, .who = LOG_AGENT};

	if (is_echo(ev))
		return;
	event_copy(&e.ev, ev);
	e.ev.t_ms = 0;
	e.ev.seq = 0;
	// An undo names the events it takes back by the number they have in their contact.
	if (w && ev->type != EV_UNDO && e.ev.pairs < EVENT_PAIRS)
		event_put_int(&e.ev, "seq", ev->seq);
	if (said && said->kind == NODE_ACTION && e.ev.pairs < EVENT_PAIRS)
		event_put(&e.ev, "type", script_action_code(said->action));
	session_put(s, &e);
	if (said && is_line(said))
		said_line(s, w, &e, said);
	event_release(&e.ev);
}

static void tapped(void *ctx, struct work *w, const struct event *ev, const struct script_node *said)
{
	struct session *s = ctx;

	if (!s->deaf && s->engine && (s->row.state == SESSION_RUNNING || s->row.state == SESSION_WRAP))
		session_heard(s, w, ev, said);
}

void session_tap_on(struct session *s)
{
	s->box.model.tap = (struct model_tap){.event = tapped, .ctx = s};
}

bool session_say(struct session *s, struct work *w, const char *text, struct err *e)
{
	if (s->row.state != SESSION_RUNNING)
		return err_set(e, ERR_DENIED, _("The exercise is %s; nobody hears this."), session_state_label(s->row.state));
	session_clock(s);
	return model_say(&s->box.model, w, text, e);
}

// What another seat of the drill does reaches this desk as a notice to all, or as a word.
static void seat_acts(struct session *s, const struct log_entry *in, bool shown)
{
	const char *text = event_get(&in->ev, "text");
	size_t seat = scenario_seat(s->scenario, sv(event_get(&in->ev, "id")));
	enum drill_act act;
	char id[32], title[160];

	if (seat == SCENARIO_NONE || !drill_act_parse(sv(event_get(&in->ev, "kind")), &act))
		return;
	const char *who = label_text(s->scenario->seats[seat].label);
	// A statement goes out once another seat has approved it, where somebody is there who does.
	const struct track *t = engine_track(s->engine);
	const struct track_draft *d = act == DRILL_APPROVE ? track_draft(t, event_get_int(&in->ev, "value", 0)) : NULL;
	bool out = d ? d->act == DRILL_STATEMENT && d->approver == seat : act == DRILL_STATEMENT && !track_waits(t, seat);
	bool to_all = act == DRILL_CLEAR || out || (act == DRILL_CONFIRM && !shown);
	if (to_all) {
		snprintf(id, sizeof(id), "seat-%zu", engine_log(s->engine)->v.n);
		if (d)
			snprintf(title, sizeof(title), _("%s: %s (approved by %s)"), label_text(s->scenario->seats[d->seat].label),
				 drill_act_label(d->act), who);
		else
			snprintf(title, sizeof(title), "%s: %s", who, drill_act_label(act));
		text = d ? d->text : text;
		sandbox_broadcast(&s->box, id, title, text);
	} else {
		model_say_note(&s->box.model, NOTE_INFO, "%s: %s", who, *text ? text : drill_act_label(act));
	}
}

// Did the engine show a notice of the scenario because of the last input?
static bool notice_came(const struct session *s, size_t from)
{
	const struct practice_log *l = engine_log(s->engine);

	for (size_t i = from; i < l->v.n; i++)
		if (l->v.v[i].ev.type == EV_CURVEBALL)
			return true;
	return false;
}

// What the trainer does that is not the engine's to carry out.
void session_beside(struct session *s, const struct log_entry *in, size_t from)
{
	const char *text = event_get(&in->ev, "text");

	if (in->ev.type == EV_INJECT)
		seat_acts(s, in, notice_came(s, from));
	if (in->ev.type == EV_WHISPER)
		model_say_note(&s->box.model, NOTE_INFO, _("Trainer: %s"), text);
	if (in->ev.type == EV_SAY && s->o.human)
		phone_say(s->phone, in->contact, text);
	if (in->ev.type == EV_HANGUP && s->o.human)
		phone_end(s->phone, in->contact);
}

// --- what the trainer, or who plays the customer, may do when

static bool on_the_line(const struct session *s, int contact)
{
	const struct track *t = engine_track(s->engine);

	for (int i = 0; i < SCENARIO_CALLERS && (size_t)i < s->scenario->n_callers; i++)
		if ((contact < 0 || contact == i) && t->answered_at[i] >= 0 && t->ended_at[i] < 0)
			return true;
	return false;
}

// A word to the agent and a mark are for standing still too; everything else belongs to the running call.
static bool hears_now(const struct session *s, enum event_type type)
{
	enum session_state st = s->row.state;
	bool beside = type == EV_WHISPER || type == EV_TAG;

	return st == SESSION_RUNNING || (beside && (st == SESSION_PAUSED || st == SESSION_WRAP));
}

static const struct curveball *curve_named(const struct session *s, const char *id)
{
	for (size_t i = 0; i < s->scenario->n_curveballs; i++)
		if (str_eq(s->scenario->curveballs[i].id, id))
			return &s->scenario->curveballs[i];
	return NULL;
}

// A seat of the drill is taken or left, or does what is its to do.
static bool is_seats(const struct session *s, const struct event *ev)
{
	const char *kind = event_get(ev, "kind");
	size_t seat = scenario_seat(s->scenario, sv(event_get(ev, "id")));
	enum drill_act act;

	if (s->o.mode != PRACTICE_DRILL || seat == SCENARIO_NONE)
		return false;
	return strcmp(kind, "seat") == 0 || strcmp(kind, "leave") == 0 || (drill_act_parse(sv(kind), &act) && scenario_seat_may(s->scenario, seat, act));
}

static bool is_trainers(const char *kind)
{
	return strcmp(kind, "line") == 0 || strcmp(kind, "emotion") == 0 || strcmp(kind, "curveball") == 0 || strcmp(kind, "beat") == 0;
}

// What is approved is another seat's, and waits for it.
static bool may_act(const struct session *s, const struct event *ev, struct err *e)
{
	const struct track *t = engine_track(s->engine);
	size_t seat = scenario_seat(s->scenario, sv(event_get(ev, "id")));
	int64_t n = event_get_int(ev, "value", 0);
	const struct track_draft *d = track_draft(t, n);

	if (strcmp(event_get(ev, "kind"), drill_act_code(DRILL_APPROVE)) != 0 || track_may_approve(t, seat, n))
		return true;
	if (!d)
		return err_set(e, ERR_NOT_FOUND, _("There is no such draft to approve."));
	if (d->seat == seat)
		return err_set(e, ERR_DENIED, _("Nobody approves their own draft."));
	return err_set(e, ERR_CONFLICT, _("It is approved already."));
}

static bool may_inject(const struct session *s, const struct log_entry *in, struct err *e)
{
	const char *kind = event_get(&in->ev, "kind"), *id = event_get(&in->ev, "id");
	bool curve = in->ev.type == EV_INJECT && strcmp(kind, "curveball") == 0;
	const struct curveball *c = curve ? curve_named(s, id) : NULL;

	if (in->ev.type == EV_INJECT && is_seats(s, &in->ev))
		return may_act(s, &in->ev, e);
	switch (in->ev.type) {
	case EV_WHISPER: case EV_TAG: return true;
	case EV_INJECT: case EV_HANGUP: case EV_SAY: break;
	default: return err_set(e, ERR_USAGE, _("A trainer does not do that."));
	}
	if (in->ev.type == EV_INJECT && !is_trainers(kind))
		return err_set(e, ERR_DENIED, _("That is not for this seat to do."));
	if (curve && !c)
		return err_set(e, ERR_NOT_FOUND, _("This scenario has no surprise %s."), id);
	if (in->ev.type == EV_INJECT && strcmp(kind, "beat") == 0 && scenario_beat(s->scenario, sv(id)) == SCENARIO_NONE)
		return err_set(e, ERR_NOT_FOUND, _("This scenario has no turn %s."), id);
	if ((c && curveball_for_all(c->kind)) || on_the_line(s, in->contact))
		return true;
	return err_set(e, ERR_DENIED, _("Nobody is on the line; it can be done once the agent has answered."));
}

bool session_inject(struct session *s, const struct log_entry *in, struct err *e)
{
	struct log_entry own = *in;

	if (s->o.mode == PRACTICE_EXAM)
		return err_set(e, ERR_DENIED, _("Nobody intervenes in an exam."));
	if (session_is_mate(s))
		return err_set(e, ERR_DENIED, _("That is for the first seat of the drill."));
	if (!hears_now(s, in->ev.type))
		return err_set(e, ERR_DENIED, _("The exercise is %s; it hears nothing now."), session_state_label(s->row.state));
	if (!may_inject(s, in, e))
		return false;
	session_clock(s);
	own.t_ms = session_used_ms(s);
	own.who = LOG_TRAINER;
	size_t from = engine_log(s->engine)->v.n;
	session_put(s, &own);
	session_beside(s, &own, from);
	session_turn(s);
	return true;
}
