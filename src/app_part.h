// SPDX-License-Identifier: MIT
// Knows what the files that make up the running workstation share: everything it holds, and the steps one of them takes for another.
// For src/app.c, app_turn.c and app_play.c only.
#ifndef APP_PART_H
#define APP_PART_H

#include <uv.h>

#include "src/app.h"
#include "src/app_hub.h"
#include "src/app_packs.h"
#include "src/app_practice.h"
#include "src/app_script.h"
#include "src/cti/sim.h"
#include "ui/headless.h"
#include "ui/term.h"

struct app {
	const struct app_options *opt;
	uv_loop_t loop;
	uv_poll_t tty;
	uv_prepare_t prepare;
	uv_timer_t tick, journal, phone, due, practising;
	uv_signal_t signals[5];
	struct app_packs *packs;
	struct config config;
	struct store *store;
	struct app_hub *hub; // NULL: the demo site
	struct cti *cti;
	struct model model;
	struct seat live;
	struct app_practice *practice; // NULL: not yet
	struct term *term; // one of these two
	struct headless *headless;
	struct key_script *script;
	char *data; // owned
	bool model_ready, demo_made, leaving;
	size_t unsaved; // actions the disk refused to the end
	struct err refused; // the exercise the command line asks for cannot begin: said at the end
	char wiped[400]; // the hub had the station destroyed: what is said at the end
	int exit_code;
};

// app_turn.c: what one turn of the loop does
struct seat *app_front(const struct app *a); // the seat that keys and screen belong to
struct seat *app_seat_at(const struct app *a, int i); // live, then that of practice; NULL: there is none
void app_draw(struct app *a);
void app_obey(struct app *a); // what keys asked of the program itself
void app_set_theme(struct app *a, const char *name);
void app_resized(struct app *a);
void app_on_tick(uv_timer_t *t);
void app_on_prepare(uv_prepare_t *p);
void app_on_tty(uv_poll_t *p, int status, int events);
void app_on_signal(uv_signal_t *s, int signum);
// app_play.c: keys from a file; the loop turns meanwhile. Gives an enum cli_exit.
int app_play(struct app *a, struct err *e);

#endif
