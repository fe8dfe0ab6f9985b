// SPDX-License-Identifier: MIT
// Knows practice rooms over HTTP: who opens one, who may speak as a trainer, how two stations say and hear lines in one request.
#include "src/base/i18n.h"
#include "src/hub/server_part.h"
#include "src/wire/read.h"

enum { ROOMS = 50, ROOM_SHOWN_MS = 12 * 3600000, SAY_MAX = 200, HEAR_MAX = 500, HEAR_BYTES = 1 << 20 };

// Own scope is that of a mentor: an agent with that grant.
static bool observes(const struct actor *who)
{
	if (right_scope(who->roles, HUB_R_PRACTICE_OBSERVE) > SCOPE_OWN)
		return true;
	for (size_t i = 0; i < who->n_grants; i++)
		if (str_eq(who->grants[i], "mentor"))
			return right_scope(who->roles, HUB_R_PRACTICE_OBSERVE) == SCOPE_OWN;
	return false;
}

// --- which there are

struct rooms {
	const char *site;
	int64_t since;
	json_t *list;
};

static json_t *room_json(const struct hub_room *r)
{
	char at[32];

	clock_rfc3339(r->at, at, sizeof(at));
	json_t *about = json_loads(r->doc, 0, NULL);
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:o}", "room", r->room, "owner", r->owner, "kind", r->kind, "at", at, "last",
			 (json_int_t)r->last, "about", about ? about : json_object());
}

static bool add_room(void *arg, const struct hub_room *r)
{
	json_array_append_new(((struct rooms *)arg)->list, room_json(r));
	return true;
}

static bool rooms_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct rooms *r = arg;

	json_array_clear(r->list);
	return hub_room_list(tx, r->site, r->since, ROOMS, add_room, r, e);
}

enum outcome route_rooms(struct job *j)
{
	struct rooms r = {.site = j->who.site, .since = clock_wall(hub_store_clock(j->sv->o.store)) - ROOM_SHOWN_MS};
	struct err e = {0};

	if (!observes(&j->who))
		return refuse(j, WIRE_P_FORBIDDEN, "practice of others is for trainers, mentors and leads");
	r.list = json_array();
	if (!hub_run(j->sv->o.store, HUB_READ, rooms_body, &r, &e)) {
		json_decref(r.list);
		return answer_failure(j, &e);
	}
	return answer_json(j, 200, json_pack("{s:o}", "rooms", r.list));
}

// --- a new one

struct opening {
	const struct actor *who;
	const char *kind;
	char *about;
	json_t *out;
};

static bool open_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct opening *o = arg;
	struct hub_room r;

	json_decref(o->out);
	o->out = NULL;
	if (!hub_room_open(tx, o->who->site, o->who->agent, o->kind, o->about, &r, e))
		return false;
	o->out = room_json(&r);
	return true;
}

enum outcome route_room_open(struct job *j)
{
	struct opening o = {.who = &j->who};
	json_t *about = json_object_get(j->doc, "about");
	struct err e = {0};

	if (!wire_need_text(j->doc, "kind", 20, &o.kind, &e))
		return refuse(j, WIRE_P_BAD_SHAPE, "%s", e.msg);
	if (!str_eq(o.kind, "paired") && !str_eq(o.kind, "coached") && !str_eq(o.kind, "drill"))
		return refuse(j, WIRE_P_BAD_SHAPE, "kind is paired, coached or drill");
	if (!json_is_object(about))
		return refuse(j, WIRE_P_BAD_SHAPE, "about is an object");
	o.about = wire_print(about);
	if (strlen(o.about) > ROOM_LINE_BYTES) {
		free(o.about);
		return refuse(j, WIRE_P_TOO_LARGE, "about");
	}
	bool ok = hub_run(j->sv->o.store, HUB_WRITE, open_body, &o, &e);
	free(o.about);
	if (!ok) {
		json_decref(o.out);
		return answer_failure(j, &e);
	}
	return answer_json(j, 200, o.out);
}

// --- said and heard

struct talk {
	const struct actor *who;
	const char *room;
	const json_t *lines;
	char **bodies; // of lines, as they are kept
	int64_t after, last;
	bool found;
	json_t *heard;
	size_t bytes; // heard
};

static bool add_line(void *arg, const struct hub_roomline *l)
{
	struct talk *t = arg;
	char at[32];
	json_t *body = json_loads(l->body, 0, NULL);

	clock_rfc3339(l->at, at, sizeof(at));
	json_array_append_new(t->heard, json_pack("{s:I, s:s, s:s, s:s, s:I, s:o}", "n", (json_int_t)l->n, "dev", l->dev, "by", l->author,
						  "at", at, "c", (json_int_t)l->c, "body", body ? body : json_object()));
	// The next request brings the rest.
	t->bytes += strlen(l->body);
	return t->bytes < HEAR_BYTES;
}

static bool talk_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct talk *t = arg;
	struct hub_room r;
	const json_t *line;
	size_t i;

	json_array_clear(t->heard);
	t->bytes = 0;
	json_array_foreach(t->lines, i, line) {
		struct hub_roomline l = {.dev = t->who->dev, .author = t->who->agent, .body = t->bodies[i],
					 .c = json_integer_value(json_object_get(line, "c"))};
		int64_t n;
		if (!hub_room_say(tx, t->who->site, t->room, &l, &n, e))
			return false;
	}
	if (!hub_room_get(tx, t->who->site, t->room, &r, &t->found, e))
		return false;
	t->last = t->found ? r.last : 0;
	return !t->found || hub_room_lines(tx, t->who->site, t->room, t->after, HEAR_MAX, add_line, t, e);
}

// What a colleague does who plays the customer, or sits at another seat of a drill: whether the seat is theirs the session knows.
static bool colleague(const char *kind)
{
	static const char *const kinds[] = {"line", "emotion", "talk", "confirm", "clear", "approve", "report", "statement"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_eq(kind, kinds[i]))
			return true;
	return false;
}

// What only a trainer says: everything of theirs but what a colleague does.
static bool as_trainer(const json_t *body)
{
	const char *who = json_string_value(json_object_get(body, "who")), *type = json_string_value(json_object_get(body, "type"));
	const char *kind = json_string_value(json_object_get(json_object_get(body, "data"), "kind"));
	// What a session tells of itself, with its number there, is a report: no session acts on it.
	if (json_object_get(body, "i") && !json_object_get(body, "ctl"))
		return false;
	bool plays = str_eq(type, "hangup") || (str_eq(type, "inject") && colleague(kind));

	return str_eq(who, "trainer") && !plays;
}

// The lines of a request are in order; false: answered.
static bool check_lines(struct job *j, struct talk *t)
{
	const json_t *line;
	size_t i;

	if (json_array_size(t->lines) > SAY_MAX)
		return refuse(j, WIRE_P_TOO_LARGE, "at most %d lines", SAY_MAX), false;
	t->bodies = arena_alloc(&j->arena, (json_array_size(t->lines) + 1) * sizeof(*t->bodies));
	json_array_foreach(t->lines, i, line) {
		const json_t *body = json_object_get(line, "body"), *c = json_object_get(line, "c");
		if (!json_is_object(body) || !json_is_integer(c) || json_integer_value(c) < 1)
			return refuse(j, WIRE_P_BAD_SHAPE, "a line has c from 1 and a body"), false;
		if (as_trainer(body) && !observes(&j->who))
			return refuse(j, WIRE_P_FORBIDDEN, "speaking as the trainer"), false;
		char *text = wire_print(body);
		bool fits = strlen(text) <= ROOM_LINE_BYTES;
		t->bodies[i] = arena_strdup(&j->arena, text);
		free(text);
		if (!fits)
			return refuse(j, WIRE_P_TOO_LARGE, "a line has at most %d bytes", ROOM_LINE_BYTES), false;
	}
	return true;
}

enum outcome route_room(struct job *j)
{
	struct talk t = {.who = &j->who, .room = j->tail, .lines = json_object_get(j->doc, "lines")};
	struct err e = {0};

	if (!wire_may_int(j->doc, "after", 0, INT64_MAX / 2, &t.after, &e))
		return refuse(j, WIRE_P_BAD_SHAPE, "%s", e.msg);
	if (t.lines && !json_is_array(t.lines))
		return refuse(j, WIRE_P_BAD_SHAPE, "lines is a list");
	if (t.lines && !check_lines(j, &t))
		return OUT_DONE;
	t.heard = json_array();
	bool says = json_array_size(t.lines) > 0;
	if (!hub_run(j->sv->o.store, says ? HUB_WRITE : HUB_READ, talk_body, &t, &e)) {
		json_decref(t.heard);
		if (e.code == ERR_NOT_FOUND)
			return refuse(j, WIRE_P_NOT_FOUND, "no such room");
		return e.code == ERR_LIMIT ? refuse(j, WIRE_P_TOO_LARGE, "%s", e.msg) : answer_failure(j, &e);
	}
	if (!t.found) {
		json_decref(t.heard);
		return refuse(j, WIRE_P_NOT_FOUND, "no such room");
	}
	return answer_json(j, 200, json_pack("{s:s, s:I, s:o}", "room", t.room, "last", (json_int_t)t.last, "lines", t.heard));
}
