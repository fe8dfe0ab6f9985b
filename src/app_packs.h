// SPDX-License-Identifier: MIT
// Knows how content packs are read beside the loop: at the start, and again when the hub has sent newer ones.
//
// The files are read on a worker thread. What was read comes into force in app_packs_turn, on the loop, and only when nothing is in hand:
// a contact keeps the content it began with.
#ifndef APP_PACKS_H
#define APP_PACKS_H

#include <stdbool.h>

struct model;
struct uv_loop_s;
struct app_packs;
struct app_packs_options { // all borrowed, for life
	struct uv_loop_s *loop;
	struct model *model; // of the live seat
	const char *dir;     // data directory
	void (*ready)(void *arg); // the content of the start is in force, as far as it could be read
	void (*fresh)(void *arg); // newer content has just replaced what was in force: nothing may hold on to the old one
	void *arg;
};
struct app_packs *app_packs_new(const struct app_packs_options *o); // begins to read
// Waits for the worker; the loop must still be there. NULL is fine.
void app_packs_free(struct app_packs *p);

bool app_packs_starting(const struct app_packs *p); // the first reading is not over yet
void app_packs_came(struct app_packs *p);           // newer ones are in the directory
// Before the loop sleeps. quiet: no contact, wrap-up, exercise or dialog is open.
void app_packs_turn(struct app_packs *p, bool quiet);

#endif
