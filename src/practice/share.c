// SPDX-License-Identifier: MIT
// Knows how a session is told to the room and what the room does to it.
#include "src/practice/share.h"

#include "src/base/i18n.h"
#include "src/base/vec.h"

enum { SCORE_MAX = ROOM_LINE_MAX - 1024 };

struct other {
	char *seat; // owned
	bool trainer;
};
// Who sits where in a drill.
struct taken {
	char *at, *name; // owned; at: seat of the room, NULL: nobody
	bool logged;     // the record says so
};

struct share {
	struct session *s;
	struct room *r;
	size_t told;              // entries of the log
	enum session_state state; // told last
	bool scored, swap;
	VEC(struct other) others;
	struct taken seats[SCENARIO_SEATS];
};

static void hello(struct share *h)
{
	const char *no = session_model(h->s)->agent_no;
	const struct book_session *row = session_row(h->s);

	room_say(h->r, json_pack("{s:s, s:s, s:i, s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "ctl", "hello", "scenario", row->scenario, "version", row->version,
				 "seed", (json_int_t)row->seed, "mode", practice_mode_code(row->mode), "lang", row->lang == LANG_ZH ? "zh" : "en",
				 "agent", no ? no : "", "name", row->agent_name ? row->agent_name : "", "no", row->no ? row->no : "",
				 "id", row->id));
}

static void tell_state(struct share *h)
{
	h->state = session_state(h->s);
	room_say(h->r, json_pack("{s:s, s:s, s:I}", "ctl", "state", "state", session_state_code(h->state), "left", (json_int_t)session_left_ms(h->s)));
}

// A score with so many reasons that no line holds them goes without them.
static void strip(json_t *score)
{
	json_t *part;
	size_t i;

	json_array_foreach(json_object_get(score, "parts"), i, part) json_object_set_new(part, "points", json_array());
}

static void tell_score(struct share *h)
{
	json_t *score = score_json(session_score(h->s));
	char *text = json_dumps(score, JSON_COMPACT);

	if (text && strlen(text) > SCORE_MAX)
		strip(score);
	free(text);
	room_say(h->r, json_pack("{s:s, s:o}", "ctl", "score", "score", score));
	h->scored = true;
}

// --- the seats of a drill

static bool is_drill(const struct share *h)
{
	return session_mode(h->s) == PRACTICE_DRILL;
}

static void tell_seats(struct share *h)
{
	const struct scenario *s = session_scenario(h->s);
	json_t *list = json_array();

	if (is_drill(h))
		for (size_t i = 0; i < s->n_seats && i < SCENARIO_SEATS; i++)
			if (h->seats[i].at)
				json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "seat", s->seats[i].code, "at", h->seats[i].at, "name", h->seats[i].name));
	room_say(h->r, json_pack("{s:s, s:o}", "ctl", "seats", "seats", list));
}

static void free_seat(struct taken *t)
{
	free(t->at);
	free(t->name);
	*t = (struct taken){0};
}

// The record says who sits where: from then on something is expected of them.
static void log_seats(struct share *h)
{
	const struct scenario *s = session_scenario(h->s);
	struct err e = {0};

	for (size_t i = 0; is_drill(h) && session_state(h->s) == SESSION_RUNNING && i < s->n_seats && i < SCENARIO_SEATS; i++) {
		struct log_entry in = {.contact = -1, .who = LOG_TRAINER, .ev = {.type = EV_INJECT}};
		if (!h->seats[i].at || h->seats[i].logged || scenario_seat_calls(&s->seats[i]))
			continue;
		h->seats[i].logged = true;
		event_put(&in.ev, "kind", "seat");
		event_put(&in.ev, "id", s->seats[i].code);
		event_put(&in.ev, "name", h->seats[i].name);
		if (!session_inject(h->s, &in, &e))
			model_say_note(session_model(h->s), NOTE_WARN, "%s", e.msg);
		event_release(&in.ev);
	}
}

static void sit(struct share *h, const struct room_line *l, struct err *e)
{
	const struct scenario *s = session_scenario(h->s);
	const char *code = json_string_value(json_object_get(l->body, "seat")), *name = json_string_value(json_object_get(l->body, "name"));
	size_t seat = is_drill(h) && code ? scenario_seat(s, sv(code)) : SCENARIO_NONE;

	if (seat == SCENARIO_NONE || scenario_seat_calls(&s->seats[seat]))
		err_set(e, ERR_NOT_FOUND, _("This session has no such seat to take."));
	else if (h->seats[seat].at && strcmp(h->seats[seat].at, l->seat) != 0)
		err_set(e, ERR_CONFLICT, _("%s sits there already."), h->seats[seat].name);
	if (e->code)
		return;
	for (size_t i = 0; i < SCENARIO_SEATS; i++)
		if (h->seats[i].at && strcmp(h->seats[i].at, l->seat) == 0)
			free_seat(&h->seats[i]);
	h->seats[seat] = (struct taken){.at = xstrdup(l->seat), .name = xstrdup(name ? name : "")};
	model_say_note(session_model(h->s), NOTE_INFO, "%s: %s", label_text(s->seats[seat].label), h->seats[seat].name);
	tell_seats(h);
}

static void stand_up(struct share *h, const char *at)
{
	for (size_t i = 0; i < SCENARIO_SEATS; i++)
		if (h->seats[i].at && strcmp(h->seats[i].at, at) == 0) {
			free_seat(&h->seats[i]);
			tell_seats(h);
		}
}

// What a seat does is its own alone.
static bool holds(const struct share *h, const struct room_line *l, const struct log_entry *in, struct err *e)
{
	const struct scenario *s = session_scenario(h->s);
	const char *kind = event_get(&in->ev, "kind");
	enum drill_act act;

	if (in->ev.type != EV_INJECT || (!drill_act_parse(sv(kind), &act) && strcmp(kind, "seat") != 0))
		return true;
	size_t seat = scenario_seat(s, sv(event_get(&in->ev, "id")));
	return (seat != SCENARIO_NONE && strcmp(kind, "seat") != 0 && h->seats[seat].at && strcmp(h->seats[seat].at, l->seat) == 0) ||
	       err_set(e, ERR_DENIED, _("That is another seat's."));
}

// Who began the drill takes its first calls.
static void first_seat(struct share *h)
{
	const struct scenario *s = session_scenario(h->s);
	const struct model *m = session_model(h->s);

	for (size_t i = 0; is_drill(h) && i < s->n_seats && i < SCENARIO_SEATS; i++)
		if (scenario_seat_calls(&s->seats[i])) {
			h->seats[i] = (struct taken){.at = xstrdup(room_seat(h->r)), .name = xstrdup(str_empty(m->agent_name) ? m->agent_no : m->agent_name)};
			return;
		}
}

struct share *share_new(struct session *s, struct room *r)
{
	struct share *h = xcalloc(1, sizeof(*h));

	h->s = s;
	h->r = r;
	first_seat(h);
	hello(h);
	tell_seats(h);
	tell_state(h);
	return h;
}

// Those who practise with each other wait for no trainer; one who watches has the last word.
static void settle(struct share *h)
{
	struct err e = {0};

	bool together = session_mode(h->s) == PRACTICE_PAIRED || is_drill(h);

	if (!together || session_state(h->s) != SESSION_SCORING_TRAINER)
		return;
	for (size_t i = 0; i < h->others.n; i++)
		if (h->others.v[i].trainer)
			return;
	if (!session_finish(h->s, &e))
		model_say_note(session_model(h->s), NOTE_WARN, "%s", e.msg);
}

void share_turn(struct share *h)
{
	log_seats(h);
	const struct practice_log *l = session_log(h->s);
	for (; h->told < l->v.n; h->told++) {
		json_t *o = log_entry_json(&l->v.v[h->told]);
		json_object_set_new(o, "i", json_integer((json_int_t)h->told + 1)); // who has it already passes over it
		room_say(h->r, o);
	}
	settle(h);
	if (session_state(h->s) != h->state)
		tell_state(h);
	if (session_score(h->s) && !h->scored)
		tell_score(h);
}

// --- what comes in

static void refused(struct share *h, const struct room_line *l, const struct err *e)
{
	room_say(h->r, json_pack("{s:s, s:s, s:s}", "ctl", "no", "to", l->seat, "why", e->msg));
}

// The hub lets only those speak as the trainer who may; what does not say so is nobody's.
static bool is_trainer(const json_t *b, struct err *e)
{
	return str_eq(json_string_value(json_object_get(b, "who")), log_who_code(LOG_TRAINER)) ||
	       err_set(e, ERR_DENIED, _("That is the trainer's."));
}

static void adjust(struct share *h, const json_t *b, struct err *e)
{
	const char *part = json_string_value(json_object_get(b, "part")), *reason = json_string_value(json_object_get(b, "reason"));

	if (!is_trainer(b, e))
		return;
	for (int p = 0; p < SCORE_ALL; p++)
		if (part && strcmp(part, score_part_code((enum score_part)p)) == 0) {
			if (session_adjust(h->s, (enum score_part)p, (int)json_integer_value(json_object_get(b, "share")), reason ? reason : "", e))
				tell_score(h);
			return;
		}
	err_set(e, ERR_USAGE, _("there is no such component"));
}

static void finish(struct share *h, const json_t *b, struct err *e)
{
	if (!is_trainer(b, e))
		return;
	if (session_state(h->s) != SESSION_SCORING_TRAINER)
		err_set(e, ERR_DENIED, _("The exercise is %s; there is no score to confirm yet."), session_state_label(session_state(h->s)));
	else if (!session_finish(h->s, e))
		return;
}

// Everybody has what was told before: the room keeps it. Who says that something did not come gets that again.
static void answer(struct share *h, const json_t *b)
{
	int64_t from = json_integer_value(json_object_get(b, "from"));

	if (json_object_get(b, "from") && str_eq(json_string_value(json_object_get(b, "id")), session_row(h->s)->id)) {
		h->told = from >= 0 && (size_t)from < h->told ? (size_t)from : h->told;
		return;
	}
	hello(h);
	tell_seats(h);
	tell_state(h);
	if (session_score(h->s))
		tell_score(h);
}

static void swap(struct share *h, const json_t *b, struct err *e)
{
	// One that was meant for a session before this one.
	if (!str_eq(json_string_value(json_object_get(b, "id")), session_row(h->s)->id))
		return;
	if (session_mode(h->s) != PRACTICE_PAIRED)
		err_set(e, ERR_DENIED, _("Roles are exchanged in a paired session only."));
	else
		h->swap = true;
}

static struct other *other_of(struct share *h, const char *seat)
{
	for (size_t i = 0; i < h->others.n; i++)
		if (strcmp(h->others.v[i].seat, seat) == 0)
			return &h->others.v[i];
	return NULL;
}

static void forget(struct share *h, const struct room_line *l)
{
	struct other *o = other_of(h, l->seat);

	if (!o)
		return;
	stand_up(h, l->seat);
	free(o->seat);
	*o = h->others.v[--h->others.n];
	model_say_note(session_model(h->s), NOTE_WARN, _("The other seat has left; the session goes on by itself."));
}

static void control(struct share *h, const struct room_line *l, const char *ctl, struct err *e)
{
	if (strcmp(ctl, "ask") == 0)
		answer(h, l->body);
	else if (strcmp(ctl, "adjust") == 0)
		adjust(h, l->body, e);
	else if (strcmp(ctl, "finish") == 0)
		finish(h, l->body, e);
	else if (strcmp(ctl, "swap") == 0)
		swap(h, l->body, e);
	else if (strcmp(ctl, "seat") == 0)
		sit(h, l, e);
}

static void entry(struct share *h, const struct room_line *l, struct err *e)
{
	const json_t *b = l->body;
	struct log_entry in = {0};

	// What another session tells of itself.
	if (json_object_get(b, "i") || !is_trainer(b, e) || !log_entry_read(b, &in, e))
		return;
	bool ok = holds(h, l, &in, e) &&
		  (in.ev.type == EV_PAUSE ? session_pause(h->s, event_get_int(&in.ev, "value", 0) != 0, e) : session_inject(h->s, &in, e));
	event_release(&in.ev);
	if (!ok)
		tell_state(h); // how it stands, once more
}

static void remember(struct share *h, const struct room_line *l)
{
	const char *name = json_string_value(json_object_get(l->body, "name"));
	struct other *o = other_of(h, l->seat);

	if (!o) {
		vec_push(&h->others, ((struct other){.seat = xstrdup(l->seat)}));
		o = &h->others.v[h->others.n - 1];
		model_say_note(session_model(h->s), NOTE_INFO, _("%s has come into the room."), !str_empty(name) ? name : *l->by ? l->by : l->seat);
	}
	if (json_object_get(l->body, "role"))
		o->trainer = str_eq(json_string_value(json_object_get(l->body, "role")), "trainer");
}

void share_heard(struct share *h, const struct room_line *l)
{
	const char *ctl = json_string_value(json_object_get(l->body, "ctl"));
	struct err e = {0};

	if (str_eq(ctl, "bye")) {
		forget(h, l);
		return;
	}
	remember(h, l);
	if (ctl)
		control(h, l, ctl, &e);
	else
		entry(h, l, &e);
	if (e.code)
		refused(h, l, &e);
	session_model(h->s)->changed = true;
}

bool share_swap_asked(const struct share *h)
{
	return h->swap;
}

void share_swap(struct share *h)
{
	room_say(h->r, json_pack("{s:s, s:s}", "ctl", "swap", "id", session_row(h->s)->id));
	h->swap = true;
}

struct model *share_model(const struct share *h)
{
	return session_model(h->s);
}

size_t share_others(const struct share *h)
{
	return h->others.n;
}

void share_free(struct share *h)
{
	if (!h)
		return;
	// Who exchanges the roles stays.
	if (!h->swap)
		room_say(h->r, json_pack("{s:s}", "ctl", "bye"));
	for (size_t i = 0; i < h->others.n; i++)
		free(h->others.v[i].seat);
	vec_release(&h->others);
	for (size_t i = 0; i < SCENARIO_SEATS; i++)
		free_seat(&h->seats[i]);
	free(h);
}
