// SPDX-License-Identifier: MIT
// Knows how rooms are wired to the program: opened at the hub or on this machine, joined, told of a session, left.
#include "src/app_room.h"

#include <unistd.h>

#include "src/base/i18n.h"
#include "src/sync/client.h"
#include "src/work/hub.h"

enum { GOODBYE_MS = 5000 };

struct app_room {
	struct app_room_options o;
	struct room *room;   // NULL: in none
	struct room *left;   // what was said last there is on its way to the hub; only while room is NULL
	int64_t left_until;  // mono; it is given up then
	bool by_hub;         // room is
	bool open_by_hub;    // the one that was opened last is
	char code[16], trouble[240]; // trouble: with the way to the others, "" none
	struct share *share; // this seat practises, or
	struct coach coach;  // is the other one
	struct mate *mate;   // or an agent seat beside the first
	bool coaching, opening;
	// a request at the hub on its way to the room
	room_answer_fn *done;
	void *arg;
};

static struct client *client_of(const struct app_room *r)
{
	return app_hub_client(*r->o.hub);
}

// --- the hub's way

static void on_answer(void *arg, const json_t *answer, const struct err *e)
{
	struct app_room *r = arg;
	room_answer_fn *done = r->done;

	r->done = NULL;
	if (done)
		done(r->arg, answer, e);
}

static bool by_hub(void *ctx, const char *room, json_t *lines, int64_t after, room_answer_fn *done, void *arg, struct err *e)
{
	struct app_room *r = ctx;

	if (!client_of(r))
		return err_set(e, ERR_IO, _("the hub is out of reach; the session goes on by itself"));
	r->done = done;
	r->arg = arg;
	if (client_room_talk(client_of(r), room, lines, after, on_answer, r, e))
		return true;
	r->done = NULL;
	return false;
}

bool app_room_waits(const struct app_room *r)
{
	struct client_view v = {.ready = true};

	if (client_of(r))
		client_look(client_of(r), &v);
	return !v.ready;
}

static bool hub_here(const struct app_room *r)
{
	return client_of(r) && model_hub(r->o.live)->line == HUB_ONLINE && *model_hub(r->o.live)->agent_id && !model_hub(r->o.live)->need_login;
}

// --- what was left at the hub, until the goodbye is there

static void forget_left(struct app_room *r)
{
	if (!r->left)
		return;
	r->done = NULL;
	if (client_of(r))
		client_room_cancel(client_of(r));
	room_leave(r->left);
	r->left = NULL;
}

static void turn_left(struct app_room *r)
{
	if (!room_unsent(r->left) || clock_mono(r->o.clock) >= r->left_until)
		forget_left(r);
	else
		room_turn(r->left);
}

// --- opening

static void on_opened(void *arg, const json_t *answer, const struct err *e)
{
	struct app_room *r = arg;
	const char *code = json_string_value(json_object_get(answer, "room"));

	r->opening = false;
	r->o.opened(r->o.arg, code, e);
}

static void open_here(struct app_room *r)
{
	char code[8];

	room_new_code(code);
	r->o.opened(r->o.arg, code, NULL);
}

void app_room_open(struct app_room *r, enum practice_mode mode, const char *scenario)
{
	struct err e = {0};

	if (r->opening)
		return;
	// One request of rooms at a time: whoever practises leaves the room they were in.
	app_room_leave(r);
	forget_left(r);
	r->open_by_hub = hub_here(r);
	if (!r->open_by_hub) {
		open_here(r);
		return;
	}
	json_t *about = json_pack("{s:s, s:s, s:s}", "scenario", scenario, "no", r->o.live->agent_no ? r->o.live->agent_no : "", "name",
				  r->o.live->agent_name ? r->o.live->agent_name : "");
	r->opening = client_room_open(client_of(r), practice_mode_code(mode), about, on_opened, r, &e);
	json_decref(about);
	if (!r->opening)
		r->o.opened(r->o.arg, NULL, &e);
}

// --- being in one

static void heard(void *arg, const struct room_line *l)
{
	struct app_room *r = arg;

	if (r->share)
		share_heard(r->share, l);
	else if (r->mate)
		mate_heard(r->mate, l);
	else if (r->coaching)
		coach_heard(&r->coach, l);
	r->o.live->changed = true;
}

static void say(struct app_room *r, enum note_level level, const char *text)
{
	if (r->left)
		return;
	struct model *m = r->share ? share_model(r->share) : r->mate ? mate_model(r->mate) : r->o.live;
	model_say_note(m, level, _("Practice room: %s"), text);
	m->changed = true;
}

static void trouble(void *arg, const struct err *e)
{
	struct app_room *r = arg;

	say(r, e ? NOTE_WARN : NOTE_INFO, e ? e->msg : _("connected again."));
	snprintf(r->trouble, sizeof(r->trouble), "%s", e ? e->msg : "");
	if (r->coaching)
		coach_line_state(&r->coach, r->trouble);
	r->o.live->changed = true;
}

static void refused(void *arg, const struct err *e)
{
	struct app_room *r = arg;

	say(r, NOTE_WARN, e->msg);
	if (r->coaching)
		coach_refused(&r->coach, e->msg);
}

// What this process is called in a file room, where several programs of one station meet.
static void name_seat(const struct app_room *r, char *out, size_t cap)
{
	snprintf(out, cap, "%s-%ld", r->o.live->station ? r->o.live->station : "", (long)getpid());
}

static bool enter(struct app_room *r, const char *code, bool hub, bool create, bool fresh, struct err *e)
{
	char seat[80], *folder = hub ? NULL : room_folder();

	name_seat(r, seat, sizeof(seat));
	// By the hub the seat is the station, as the hub names it.
	bool ok = room_join(&r->room, &(struct room_options){.code = code, .seat = hub ? client_dev(client_of(r)) : seat, .by = r->o.live->agent_no,
							     .clock = r->o.clock, .folder = folder, .fresh = fresh, .send = by_hub, .ctx = r, .heard = heard,
							     .trouble = trouble, .refused = refused, .arg = r}, create, e);
	free(folder);
	r->by_hub = hub;
	r->trouble[0] = '\0';
	snprintf(r->code, sizeof(r->code), "%s", ok ? code : "");
	return ok;
}

static void no_role(struct app_room *r)
{
	share_free(r->share);
	r->share = NULL;
	mate_free(r->mate);
	r->mate = NULL;
	if (r->coaching)
		coach_release(&r->coach);
	r->coaching = false;
}

void app_room_stop(struct app_room *r)
{
	no_role(r);
}

static bool stays(struct app_room *r, const char *code)
{
	if (!r->room || strcmp(code, r->code) != 0)
		return false;
	no_role(r);
	return true;
}

bool app_room_share(struct app_room *r, const char *code, struct session *s, struct err *e)
{
	if (!stays(r, code)) {
		app_room_leave(r);
		forget_left(r);
		if (!enter(r, code, r->open_by_hub, true, false, e))
			return false;
	}
	r->share = share_new(s, r->room);
	return true;
}

static bool enter_again(struct app_room *r, const char *code, struct err *e)
{
	if (enter(r, code, false, false, true, e))
		return true;
	if (e->code != ERR_NOT_FOUND || !client_of(r) || !*client_dev(client_of(r)))
		return false;
	*e = (struct err){0};
	return enter(r, code, true, false, true, e);
}

bool app_room_share_again(struct app_room *r, const char *code, struct session *s, struct err *e)
{
	if (!enter_again(r, code, e))
		return false;
	r->share = share_new(s, r->room);
	return true;
}

static const char *my_name(const struct app_room *r)
{
	const struct model *m = r->o.live;

	return str_empty(m->agent_name) ? m->agent_no : m->agent_name;
}

bool app_room_take_part(struct app_room *r, struct session *s, struct err *e)
{
	r->mate = mate_new(s, r->room, r->coach.seat, my_name(r));
	bool ok = mate_know(r->mate, &r->coach, e);
	r->coach.swap = true; // it does not say goodbye: the seat stays
	coach_release(&r->coach);
	r->coaching = false;
	return ok;
}

bool app_room_part_again(struct app_room *r, const char *code, struct session *s, struct err *e)
{
	if (!enter_again(r, code, e))
		return false;
	r->mate = mate_new(s, r->room, "", my_name(r));
	return true;
}

bool app_room_join(struct app_room *r, const char *code, enum coach_role role, struct err *e)
{
	const struct model *m = r->o.live;

	if (!stays(r, code)) {
		app_room_leave(r);
		forget_left(r);
		// A room of this machine first: it is looked for without anybody waiting.
		if (!enter(r, code, false, false, false, e)) {
			if (e->code != ERR_NOT_FOUND || !hub_here(r))
				return false;
			*e = (struct err){0};
			if (!enter(r, code, true, false, false, e))
				return false;
		}
	}
	coach_init(&r->coach, r->room, m->packs, role, my_name(r), r->o.clock);
	coach_line_state(&r->coach, r->trouble);
	r->coaching = true;
	return true;
}

void app_room_leave(struct app_room *r)
{
	no_role(r);
	if (r->room && r->by_hub && room_unsent(r->room)) {
		forget_left(r);
		r->left = r->room;
		r->left_until = clock_mono(r->o.clock) + GOODBYE_MS;
	} else if (r->room) {
		r->done = NULL;
		if (r->by_hub && client_of(r))
			client_room_cancel(client_of(r));
		room_leave(r->room);
	}
	r->room = NULL;
	r->code[0] = '\0';
}

// --- the rest

struct coach *app_room_coach(const struct app_room *r)
{
	return r->coaching ? (struct coach *)(uintptr_t)&r->coach : NULL;
}

struct mate *app_room_mate(const struct app_room *r)
{
	return r->mate;
}

struct share *app_room_shared(const struct app_room *r)
{
	return r->share;
}

const char *app_room_code(const struct app_room *r)
{
	return r->code;
}

void app_room_turn(struct app_room *r)
{
	if (r->left)
		turn_left(r);
	if (!r->room)
		return;
	if (r->share)
		share_turn(r->share);
	if (r->mate)
		mate_turn(r->mate);
	room_turn(r->room);
	if (r->coaching && r->coach.changed) {
		r->coach.changed = false;
		r->o.live->changed = true;
	}
}

int64_t app_room_next_ms(const struct app_room *r)
{
	return r->room ? room_next_ms(r->room) : r->left ? room_next_ms(r->left) : -1;
}

struct app_room *app_room_new(const struct app_room_options *o)
{
	struct app_room *r = xcalloc(1, sizeof(*r));

	r->o = *o;
	return r;
}

void app_room_free(struct app_room *r)
{
	if (!r)
		return;
	app_room_leave(r);
	forget_left(r);
	if (r->opening && client_of(r))
		client_room_cancel(client_of(r));
	free(r);
}
