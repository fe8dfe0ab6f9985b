// SPDX-License-Identifier: MIT
// Knows a whole station without a screen: a directory, its store, a loop and the client on it.
#ifndef TESTS_SEAT_H
#define TESTS_SEAT_H

#include "src/store/id.h"
#include "src/sync/client.h"
#include "src/sync/enrol.h"
#include "tests/sync/turn.h"

struct seat {
	char *dir;
	struct clock clock;  // starts as the real one
	int hurry;           // the clock's and the client's
	struct store *store;
	uv_loop_t loop;
	bool open, online;   // store open; client there
	struct client *client;
	bool with_kb;        // follows the knowledge base; before seat_start
	struct knowledge *know;
	struct id_gen ids;
	uint64_t seed;
	// What the client said.
	int wiped, reports, changes, reds, persons, bad, good;
	char sentence[300], person[60], name[60], roles[60];
};
// A new directory, site SHA, station 0A7; fails the test when it cannot.
void seat_make(struct seat *s, uint64_t seed, int hurry);
void seat_make_as(struct seat *s, const char *station, uint64_t seed, int hurry);
void seat_open(struct seat *s);  // store and loop
void seat_close(struct seat *s);
void seat_free(struct seat *s);  // closes, removes the directory
// In a closed loop, as subcommands do.
bool seat_enrol(struct seat *s, const char *url, const char *code, struct err *e);
bool seat_login(struct seat *s, const char *login, const char *password, struct err *e);
void seat_start(struct seat *s, const char *proxy_url); // the client; proxy_url: one more address of the hub, NULL: none
void seat_stop(struct seat *s);
// One operation of its own in the outbox, "note.add" for a new note in the stream.
void seat_note(struct seat *s, const char *stream, const char *text);
// One operation of any kind; body is JSON. e NULL: a new entity.
void seat_op(struct seat *s, const char *k, const char *t, const char *e, const char *stream, const char *body);
struct client_view seat_look(const struct seat *s);
int64_t seat_unsent(struct seat *s);
// A number from the store: select ... with no parameters.
int64_t seat_number(struct seat *s, const char *sql);

bool seat_is_settled(void *seat); // online, nothing unsent, nothing to fetch
bool seat_is_ready(void *seat);   // the account was read
bool seat_is_online(void *seat);
bool seat_is_offline(void *seat);
bool seat_is_never(void *nothing); // to let time go by
bool seat_turn(struct seat *s, bool (*so)(void *arg), void *arg);

#endif
