// SPDX-License-Identifier: MIT
// Knows a practice room from one seat: what it says is kept until it arrived, what others say comes once and in order.
//
// Two carriers: the hub (domain.md §12.3: trainer and trainee are two stations of one hub), or a file on this machine, for a trainer who
// sits beside. A line is a JSON object: an entry of the log (log.h), or {"ctl":...} between the seats:
//   hello   scenario version seed mode lang agent name no id: who practises what; sent when a session begins and when asked
//   state   state left used: where the session stands, ms of its limit that are left, ms of its clock
//   ask     role no name: a seat came in and wants to know how things stand; with id and from: entries after that one did not come
//   sync    to n: that seat has been told all n entries, and what it said before it asked is among them or did not come
//   here    an agent seat of a drill is there; away: live work keeps it from its seat
//   score   the session was scored: score (score.h)
//   adjust  who part share reason: the trainer moves a component
//   finish  who: the trainer is done scoring
//   no      why: what was asked for may not be
//   swap    id: in the session of that id roles are exchanged: who was the customer answers now, a mirrored session begins
//   seat    seat name own: in a drill, this seat wants to be that of the scenario; own: id of the session it has for it, if any
//   seats   seats [{seat at name}]: who sits where in the drill; at: the seat of the room
//   bye     this seat leaves
// Entries carry i, their number in the session's log, when the session tells them; without it they ask the session for something, or
// tell it what an agent seat of the drill did: those carry n, and are counted from 1 at each such seat.
#ifndef PRACTICE_ROOM_H
#define PRACTICE_ROOM_H

#include <jansson.h>

#include "src/base/clock.h"
#include "src/base/err.h"

struct room;
struct room_line {
	int64_t n;
	const char *seat, *by; // seat: station (hub) or process (file); by: agent
	const json_t *body;
};

// The hub's way, or a test's: sends lines and asks for those after a number; done is called once, later, with the answer of
// POST /v1/rooms/{room} or NULL; ERR_DENIED, ERR_USAGE and ERR_LIMIT then mean the lines, anything else the way. False: not now.
typedef void room_answer_fn(void *arg, const json_t *answer, const struct err *e);
typedef bool room_send_fn(void *ctx, const char *room, json_t *lines, int64_t after, room_answer_fn *done, void *arg, struct err *e);

enum { ROOM_POLL_MS = 400, ROOM_RETRY_MS = 2000, ROOM_BATCH = 100, ROOM_FILE_POLL_MS = 150, ROOM_LINE_MAX = 16 * 1024 };
struct room_options {
	const char *code;
	const char *seat;          // who this is: unique among the seats of the room; with the hub its own (only lines of others are heard)
	const char *by;            // agent
	const struct clock *clock; // mono: of retries
	const char *folder;        // rooms on this machine (room_folder); NULL: by send
	bool fresh;                // what was said before is not heard
	room_send_fn *send;
	void *ctx;
	// A line of another seat, in order, each once.
	void (*heard)(void *arg, const struct room_line *l);
	// The line to the others fails (e), or works again (NULL): said once each.
	void (*trouble)(void *arg, const struct err *e);
	// A line of this seat may not be said, or is too long: it is dropped, those after it go on. May be NULL.
	void (*refused)(void *arg, const struct err *e);
	void *arg;
};
// A file room is made when it is not there and create is set; else ERR_NOT_FOUND.
must_use bool room_join(struct room **out, const struct room_options *o, bool create, struct err *e);
void room_leave(struct room *r); // what was not sent yet is written (file) or dropped (hub); NULL is fine
// Takes body. Numbered and kept until it arrived.
void room_say(struct room *r, json_t *body);
void room_turn(struct room *r); // does what is due
int64_t room_next_ms(const struct room *r); // until something is due
int64_t room_now(const struct room *r); // mono, of its clock
size_t room_unsent(const struct room *r);
const char *room_code(const struct room *r);
const char *room_seat(const struct room *r);
// Where the rooms of this machine are: of this user alone, the same for all data directories. Owned by the caller.
char *room_folder(void);
// A code for a room on this machine: as long and as readable as the hub's.
void room_new_code(char out[8]);
// The rooms of a folder something was said in during the last twelve hours, newest first; codes owned by the caller.
size_t room_files(const char *folder, int64_t now, char (*out)[8], size_t cap);

#endif
