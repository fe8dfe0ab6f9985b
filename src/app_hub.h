// SPDX-License-Identifier: MIT
// Knows how the hub's client is wired to the model: what it says is shown, what people wish is done.
#ifndef APP_HUB_H
#define APP_HUB_H

#include "config/config.h"
#include "src/work/model.h"

struct uv_loop_s;
struct app_hub;
struct client;
struct app_hub_options { // borrowed, for life
	struct uv_loop_s *loop;
	struct model *model; // its store is attached to loop
	const struct config *config;
	bool seeded;
	uint64_t seed;
	void (*content)(void *arg); // newer content packs are in the station's directory
	void *arg;
};
// After the first frame. A station that has joined no hub stays as it is.
must_use bool app_hub_start(struct app_hub **out, const struct app_hub_options *o, struct err *e);
// The hub had this station wiped: what happened, in a sentence; NULL: it did not. The program ends. NULL is fine
const char *app_hub_wiped(const struct app_hub *h);
struct client *app_hub_client(const struct app_hub *h); // NULL: stopped. NULL is fine
void app_hub_turn(struct app_hub *h); // before the loop sleeps, before the screen is drawn. NULL is fine
void app_hub_stop(struct app_hub *h); // at once; the loop must turn once more. NULL is fine
void app_hub_free(struct app_hub *h); // after the store was closed: its jobs use what is freed here. NULL is fine

#endif
