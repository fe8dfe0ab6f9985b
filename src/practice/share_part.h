// SPDX-License-Identifier: MIT
// Knows what the files of a shared session have in common: who else is in the room, and who sits where in a drill.
#ifndef PRACTICE_SHARE_PART_H
#define PRACTICE_SHARE_PART_H

#include "src/base/vec.h"
#include "src/practice/share.h"

struct other {
	char *seat; // owned
	bool trainer, asked; // asked: waits to hear that it has the whole record
	int64_t heard; // mono, the last time
};
// Who sits where in a drill.
struct taken {
	char *at, *name, *own; // owned; at: seat of the room, NULL: nobody; own: id of the session an agent seat has, NULL: none
	bool logged;     // the record says that somebody does
	int64_t until;   // mono: an agent seat that nobody took again by then has left
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

bool share_is_drill(const struct share *h);
// share_seat.c
void share_first_seat(struct share *h); // who began the drill takes its first calls
void share_tell_seats(struct share *h);
void share_sit(struct share *h, const struct room_line *l, struct err *e);
void share_stand_up(struct share *h, const char *at);
void share_seats_turn(struct share *h); // what the record does not say yet; seats that are silent for too long are left
bool share_holds(const struct share *h, const struct room_line *l, const struct log_entry *in, struct err *e); // what a seat does is its own alone
void share_deed(struct share *h, const struct room_line *l, struct err *e); // of another agent seat
void share_here(struct share *h, const struct room_line *l);
void share_sync(struct share *h); // those who asked hear how long the record is
void share_seats_free(struct share *h);

#endif
