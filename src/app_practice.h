// SPDX-License-Identifier: MIT
// Knows how practice is wired to the program: the seat that comes in front, the real contact that takes it away, the way back.
#ifndef APP_PRACTICE_H
#define APP_PRACTICE_H

#include "src/app_room.h"
#include "src/app_seat.h"
#include "src/practice/session.h"

struct uv_loop_s;
struct app_practice;
struct app_practice_options { // all borrowed, for life
	const char *dir;
	const struct clock *clock;
	struct config *config;
	struct seat *live;
	struct uv_loop_s *loop;
	struct app_hub *const *hub; // of rooms; NULL there: this machine only
	bool seeded; // sessions that ask for no seed of their own take this one
	uint64_t seed;
};
struct app_practice *app_practice_new(const struct app_practice_options *o);
// The content is there: an exam that was under way goes on, another session that was waits; what is left of others is removed.
void app_practice_ready(struct app_practice *p);
void app_practice_free(struct app_practice *p); // a session that is under way can be gone on with later. NULL is fine

struct seat *app_practice_seat(const struct app_practice *p); // NULL: nobody practises
struct seat *app_practice_front(const struct app_practice *p); // the seat of keys and screen
// An exercise is under way or suspended, or this seat is, or is coming, into somebody's room.
bool app_practice_busy(const struct app_practice *p);
// What keys asked for in either seat.
void app_practice_obey(struct app_practice *p);
// Before the loop sleeps and before a key is handled: the session does what is due, and gives way to a real contact.
void app_practice_turn(struct app_practice *p);
int64_t app_practice_next_ms(const struct app_practice *p); // -1: nothing
// As if it had been asked for in the live seat.
must_use bool app_practice_start(struct app_practice *p, const struct practice_want *w, struct err *e);

#endif
