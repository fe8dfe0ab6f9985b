// SPDX-License-Identifier: MIT
// Knows who sits where in a drill that is shared: who takes a seat, leaves it or falls silent, and which entries of other agent seats are
// in the record already.
#include "src/base/i18n.h"
#include "src/practice/share_part.h"

enum { SILENT_MS = 30000 }; // so long an agent seat may say nothing; it says that it is there every MATE_HERE_MS (mate.h)

bool share_is_drill(const struct share *h)
{
	return session_mode(h->s) == PRACTICE_DRILL;
}

static size_t seats(const struct share *h)
{
	const struct scenario *s = session_scenario(h->s);

	return !share_is_drill(h) ? 0 : s->n_seats < SCENARIO_SEATS ? s->n_seats : SCENARIO_SEATS;
}

static int agent_no(const struct share *h, size_t seat)
{
	return scenario_agent_no(session_scenario(h->s), seat);
}

void share_tell_seats(struct share *h)
{
	const struct scenario *s = session_scenario(h->s);
	json_t *list = json_array();

	for (size_t i = 0; i < seats(h); i++)
		if (h->seats[i].at)
			json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "seat", s->seats[i].code, "at", h->seats[i].at, "name", h->seats[i].name));
	room_say(h->r, json_pack("{s:s, s:o}", "ctl", "seats", "seats", list));
}

// --- coming and going

// An agent seat goes on having its callers until the record says that it left.
static void vacate(struct share *h, size_t seat)
{
	struct taken *t = &h->seats[seat];

	free(t->at);
	free(t->name);
	free(t->own);
	*t = (struct taken){.logged = t->logged && agent_no(h, seat) > 0, .until = room_now(h->r)};
}

static void put(struct share *h, const char *kind, size_t seat, bool logged)
{
	struct log_entry in = {.contact = -1, .who = LOG_TRAINER, .ev = {.type = EV_INJECT}};
	struct err e = {0};

	h->seats[seat].logged = logged;
	event_put(&in.ev, "kind", kind);
	event_put(&in.ev, "id", session_scenario(h->s)->seats[seat].code);
	if (h->seats[seat].name)
		event_put(&in.ev, "name", h->seats[seat].name);
	if (!session_inject(h->s, &in, &e))
		model_say_note(session_model(h->s), NOTE_WARN, "%s", e.msg);
	event_release(&in.ev);
}

static bool is_silent(const struct share *h, const char *at)
{
	for (size_t i = 0; i < h->others.n; i++)
		if (strcmp(h->others.v[i].seat, at) == 0)
			return room_now(h->r) - h->others.v[i].heard > SILENT_MS;
	return false;
}

static void leave_silent(struct share *h)
{
	for (size_t i = 0; i < seats(h); i++)
		if (agent_no(h, i) > 0 && h->seats[i].at && is_silent(h, h->seats[i].at)) {
			model_say_note(session_model(h->s), NOTE_WARN, _("%s does not answer; who waits there is given back."), h->seats[i].name);
			vacate(h, i);
			share_tell_seats(h);
		}
}

// The record says who sits where: from then on something is expected of them, and callers come to them.
void share_seats_turn(struct share *h)
{
	leave_silent(h);
	for (size_t i = 0; session_state(h->s) == SESSION_RUNNING && i < seats(h); i++) {
		const struct taken *t = &h->seats[i];
		if (t->at && !t->logged)
			put(h, "seat", i, true);
		else if (!t->at && t->logged && room_now(h->r) >= t->until)
			put(h, "leave", i, false);
	}
}

// Its program was started anew and is another seat of a room on this machine.
static bool same_desk(const struct taken *t, const struct room_line *l)
{
	return t->own && str_eq(json_string_value(json_object_get(l->body, "own")), t->own);
}

void share_sit(struct share *h, const struct room_line *l, struct err *e)
{
	const struct scenario *s = session_scenario(h->s);
	const char *code = json_string_value(json_object_get(l->body, "seat")), *name = json_string_value(json_object_get(l->body, "name")),
		   *own = json_string_value(json_object_get(l->body, "own"));
	size_t seat = share_is_drill(h) && code ? scenario_seat(s, sv(code)) : SCENARIO_NONE;

	if (seat == SCENARIO_NONE)
		err_set(e, ERR_NOT_FOUND, _("This session has no such seat to take."));
	else if (h->seats[seat].at && strcmp(h->seats[seat].at, l->seat) != 0 && !same_desk(&h->seats[seat], l))
		err_set(e, ERR_CONFLICT, _("%s sits there already."), h->seats[seat].name);
	if (e->code)
		return;
	bool known = h->seats[seat].at && strcmp(h->seats[seat].at, l->seat) == 0;
	for (size_t i = 0; i < SCENARIO_SEATS; i++)
		if (h->seats[i].at && strcmp(h->seats[i].at, l->seat) == 0)
			vacate(h, i);
	if (h->seats[seat].at)
		vacate(h, seat);
	h->seats[seat].at = xstrdup(l->seat);
	h->seats[seat].own = own ? xstrdup(own) : NULL;
	h->seats[seat].name = xstrdup(name ? name : "");
	if (!known)
		model_say_note(session_model(h->s), NOTE_INFO, "%s: %s", label_text(s->seats[seat].label), h->seats[seat].name);
	share_tell_seats(h);
}

void share_stand_up(struct share *h, const char *at)
{
	for (size_t i = 0; i < SCENARIO_SEATS; i++)
		if (h->seats[i].at && strcmp(h->seats[i].at, at) == 0) {
			vacate(h, i);
			share_tell_seats(h);
		}
}

bool share_holds(const struct share *h, const struct room_line *l, const struct log_entry *in, struct err *e)
{
	const struct scenario *s = session_scenario(h->s);
	const char *kind = event_get(&in->ev, "kind");
	bool sits = strcmp(kind, "seat") == 0 || strcmp(kind, "leave") == 0;
	enum drill_act act;

	if (in->ev.type != EV_INJECT || (!drill_act_parse(sv(kind), &act) && !sits))
		return true;
	size_t seat = scenario_seat(s, sv(event_get(&in->ev, "id")));
	return (seat != SCENARIO_NONE && !sits && h->seats[seat].at && strcmp(h->seats[seat].at, l->seat) == 0) ||
	       err_set(e, ERR_DENIED, _("That is another seat's."));
}

// In the record somebody sits there now. After a restart of this program it is given the time to come back.
static bool in_record(const struct share *h, size_t seat)
{
	const struct practice_log *l = session_log(h->s);
	const char *code = session_scenario(h->s)->seats[seat].code;
	bool there = false;

	for (size_t i = 0; i < l->v.n; i++) {
		const struct event *ev = &l->v.v[i].ev;
		if (ev->type == EV_INJECT && strcmp(event_get(ev, "id"), code) == 0)
			there = strcmp(event_get(ev, "kind"), "seat") == 0 || (there && strcmp(event_get(ev, "kind"), "leave") != 0);
	}
	return there;
}

void share_first_seat(struct share *h)
{
	const struct model *m = session_model(h->s);

	for (size_t i = 0; i < seats(h); i++) {
		if (agent_no(h, i) == 0) {
			h->seats[i] = (struct taken){.logged = in_record(h, i), .at = xstrdup(room_seat(h->r)), .name = xstrdup(str_empty(m->agent_name) ? m->agent_no : m->agent_name)};
		} else if (agent_no(h, i) > 0) {
			h->seats[i].logged = in_record(h, i);
			h->seats[i].until = room_now(h->r) + SILENT_MS;
		}
	}
}

void share_seats_free(struct share *h)
{
	for (size_t i = 0; i < SCENARIO_SEATS; i++) {
		free(h->seats[i].at);
		free(h->seats[i].name);
		free(h->seats[i].own);
	}
}

// --- what other agent seats do

static int agent_at(const struct share *h, const char *at)
{
	for (size_t i = 0; i < seats(h); i++)
		if (h->seats[i].at && agent_no(h, i) > 0 && strcmp(h->seats[i].at, at) == 0)
			return agent_no(h, i);
	return -1;
}

static void say_sync(struct share *h, const char *to)
{
	room_say(h->r, json_pack("{s:s, s:s, s:I}", "ctl", "sync", "to", to, "n", (json_int_t)session_log(h->s)->v.n));
}

void share_sync(struct share *h)
{
	for (size_t i = 0; i < h->others.n; i++) {
		if (h->others.v[i].asked)
			say_sync(h, h->others.v[i].seat);
		h->others.v[i].asked = false;
	}
}

// Every deed of a seat is one entry of the record, so their number says which came already, whatever was started anew since.
static int64_t deeds(const struct share *h, int agent)
{
	const struct practice_log *l = session_log(h->s);
	int64_t n = 0;

	for (size_t i = 0; i < l->v.n; i++)
		n += l->v.v[i].who == LOG_AGENT && l->v.v[i].seat == agent;
	return n;
}

void share_deed(struct share *h, const struct room_line *l, struct err *e)
{
	int agent = agent_at(h, l->seat);
	int64_t n = json_integer_value(json_object_get(l->body, "n")), have = agent > 0 ? deeds(h, agent) : 0;
	struct log_entry in = {0};

	if (engine_over(session_engine(h->s)))
		return;
	if (agent <= 0) {
		share_tell_seats(h); // it was taken for gone
	} else if (n > have + 1) {
		say_sync(h, l->seat); // one before it is missing
	} else if (n == have + 1 && log_entry_read(l->body, &in, e)) {
		if (!session_remote(h->s, agent, &in, e))
			err_prefix(e, "%s: ", l->by);
		event_release(&in.ev);
	}
}

void share_here(struct share *h, const struct room_line *l)
{
	if (agent_at(h, l->seat) <= 0)
		share_tell_seats(h);
}
