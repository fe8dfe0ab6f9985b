// SPDX-License-Identifier: MIT
// Knows how a session is told to the room and what the room does to it.
#include "src/base/i18n.h"
#include "src/practice/share_part.h"

enum { SCORE_MAX = ROOM_LINE_MAX - 1024 };

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
	room_say(h->r, json_pack("{s:s, s:s, s:I, s:I}", "ctl", "state", "state", session_state_code(h->state), "left", (json_int_t)session_left_ms(h->s),
				 "used", (json_int_t)session_used_ms(h->s)));
}

// A score with so many reasons that no line holds them goes without them.
static void strip(json_t *score)
{
	json_t *part;
	size_t i;

	json_array_foreach(json_object_get(score, "parts"), i, part) json_object_set_new(part, "points", json_array());
	json_array_foreach(json_object_get(score, "seats"), i, part)
		if (json_object_get(part, "score"))
			strip(json_object_get(part, "score"));
	if (json_object_get(score, "common"))
		strip(json_object_get(score, "common"));
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

struct share *share_new(struct session *s, struct room *r)
{
	struct share *h = xcalloc(1, sizeof(*h));

	h->s = s;
	h->r = r;
	share_first_seat(h);
	hello(h);
	share_tell_seats(h);
	tell_state(h);
	return h;
}

// Those who practise with each other wait for no trainer; one who watches has the last word.
static void settle(struct share *h)
{
	struct err e = {0};

	bool together = session_mode(h->s) == PRACTICE_PAIRED || share_is_drill(h);

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
	share_seats_turn(h);
	const struct practice_log *l = session_log(h->s);
	for (; h->told < l->v.n; h->told++) {
		json_t *o = log_entry_json(&l->v.v[h->told]);
		json_object_set_new(o, "i", json_integer((json_int_t)h->told + 1)); // who has it already passes over it
		room_say(h->r, o);
	}
	share_sync(h);
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

static struct other *other_of(struct share *h, const char *seat)
{
	for (size_t i = 0; i < h->others.n; i++)
		if (strcmp(h->others.v[i].seat, seat) == 0)
			return &h->others.v[i];
	return NULL;
}

// Everybody has what was told before: the room keeps it. Who says that something did not come gets that again.
static void answer(struct share *h, const struct room_line *l)
{
	const json_t *b = l->body;
	int64_t from = json_integer_value(json_object_get(b, "from"));

	if (json_object_get(b, "from") && str_eq(json_string_value(json_object_get(b, "id")), session_row(h->s)->id)) {
		h->told = from >= 0 && (size_t)from < h->told ? (size_t)from : h->told;
		other_of(h, l->seat)->asked = true;
		// An agent seat that was started anew wants to know how things stand as well.
		if (!str_eq(json_string_value(json_object_get(b, "role")), "desk"))
			return;
	}
	hello(h);
	share_tell_seats(h);
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

static void forget(struct share *h, const struct room_line *l)
{
	struct other *o = other_of(h, l->seat);

	if (!o)
		return;
	share_stand_up(h, l->seat);
	free(o->seat);
	*o = h->others.v[--h->others.n];
	model_say_note(session_model(h->s), NOTE_WARN, _("The other seat has left; the session goes on by itself."));
}

static void control(struct share *h, const struct room_line *l, const char *ctl, struct err *e)
{
	if (strcmp(ctl, "ask") == 0)
		answer(h, l);
	else if (strcmp(ctl, "adjust") == 0)
		adjust(h, l->body, e);
	else if (strcmp(ctl, "finish") == 0)
		finish(h, l->body, e);
	else if (strcmp(ctl, "swap") == 0)
		swap(h, l->body, e);
	else if (strcmp(ctl, "seat") == 0)
		share_sit(h, l, e);
	else if (strcmp(ctl, "here") == 0)
		share_here(h, l);
	else if (strcmp(ctl, "away") == 0)
		share_stand_up(h, l->seat);
}

static void entry(struct share *h, const struct room_line *l, struct err *e)
{
	const json_t *b = l->body;
	struct log_entry in = {0};

	// What another session tells of itself.
	if (json_object_get(b, "i"))
		return;
	if (json_object_get(b, "n")) {
		share_deed(h, l, e);
		return;
	}
	if (!is_trainer(b, e) || !log_entry_read(b, &in, e))
		return;
	bool ok = share_holds(h, l, &in, e) &&
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
	o->heard = room_now(h->r);
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
	share_seats_free(h);
	free(h);
}
