// SPDX-License-Identifier: MIT
// Knows what the files share that wire practice to the program.
#ifndef APP_PRACTICE_PART_H
#define APP_PRACTICE_PART_H

#include "src/app_practice.h"

struct app_practice {
	struct app_practice_options o;
	struct book *book;
	struct session *session;
	struct seat seat; // of the session
	struct seat *front;
	struct practice_view view;
	struct practice_desk desk;
	bool held_busy;     // the live seat is busy because of an exam
	bool swapping;      // roles are being exchanged
	bool gave_way;      // to a real contact that is not done yet
	char waited[40];    // real contact that was announced in an exam
	struct app_room *room;
	bool again;         // the session was taken up, its room not yet
	struct practice_want wanted; // waits for its room
};

// app_practice.c
void seat_bring_front(struct app_practice *p, struct seat *to);
void seat_tell_desk(struct app_practice *p); // what the list of exercises shows of the session behind it
void seat_take(struct app_practice *p, struct session *s); // it is this station's from now on
void seat_drop(struct app_practice *p);
struct session_options seat_options(const struct app_practice *p);
bool seat_is_over(enum session_state st);
// app_practice_room.c
void practice_room_turn(struct app_practice *p);
void practice_room_join(struct app_practice *p, const char *code, enum coach_role role);
void practice_room_part(struct app_practice *p);
void practice_room_swap(struct app_practice *p);

#endif
