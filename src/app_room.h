// SPDX-License-Identifier: MIT
// Knows how rooms are wired to the program: opened at the hub or on this machine, joined, told of a session, left.
#ifndef APP_ROOM_H
#define APP_ROOM_H

#include "src/app_hub.h"
#include "src/practice/coach.h"
#include "src/practice/mate.h"
#include "src/practice/share.h"

struct app_room;
struct app_room_options { // all borrowed, for life
	const struct clock *clock;
	struct app_hub *const *hub; // NULL there: rooms are on this machine
	struct model *live;  // who is here; says what goes wrong
	// A room is there (code), opened because app_room_open asked for it; NULL: it is not, and e says why.
	void (*opened)(void *arg, const char *code, const struct err *e);
	void *arg;
};
struct app_room *app_room_new(const struct app_room_options *o);
void app_room_free(struct app_room *r); // leaves; NULL is fine

// Opens a room for a session of this scenario: at the hub when somebody is logged in there, else on this machine.
void app_room_open(struct app_room *r, enum practice_mode mode, const char *scenario);
// The session is told in the room of that code, which was opened, or this seat is in: then it stays there.
must_use bool app_room_share(struct app_room *r, const char *code, struct session *s, struct err *e);
// A session that is taken up again is told in its room from now on, wherever that is.
must_use bool app_room_share_again(struct app_room *r, const char *code, struct session *s, struct err *e);
// It is not known yet whether this station has a hub: a room that is not on this machine is looked for once that is.
bool app_room_waits(const struct app_room *r);
// Into the room of somebody's session; the room this seat is in already is not left.
must_use bool app_room_join(struct app_room *r, const char *code, enum coach_role role, struct err *e);
// This seat, which watched, takes calls from now on: the session follows the one that is told in the room (mate.h).
must_use bool app_room_take_part(struct app_room *r, struct session *s, struct err *e);
// The same with a session that is taken up again, in the room it was in.
must_use bool app_room_part_again(struct app_room *r, const char *code, struct session *s, struct err *e);
void app_room_leave(struct app_room *r);
void app_room_stop(struct app_room *r); // nothing is shared any more, but this seat stays in the room

struct coach *app_room_coach(const struct app_room *r); // NULL: this seat is in nobody's session
struct mate *app_room_mate(const struct app_room *r);    // NULL: this seat is no other agent seat of a drill
struct share *app_room_shared(const struct app_room *r); // NULL: this seat shares none
const char *app_room_code(const struct app_room *r);     // "": in no room
void app_room_turn(struct app_room *r);
int64_t app_room_next_ms(const struct app_room *r); // -1: nothing

#endif
