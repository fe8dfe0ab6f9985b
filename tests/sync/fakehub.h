// SPDX-License-Identifier: MIT
// Knows a hub that keeps books: one stream, every operation it took with its number, tokens that can be made to fail.
//
// It follows sync.md §3.3 for one stream, "me/ag1", and counts what it was asked; the rules of the real hub are not here.
#ifndef TESTS_FAKEHUB_H
#define TESTS_FAKEHUB_H

#include <jansson.h>
#include <pthread.h>

#include "src/base/vec.h"
#include "tests/sync/web.h"

#define FAKE_STREAM "me/ag1"
struct fake_op {
	int64_t n;
	char id[40], inc[20];
	json_t *answer;
};
struct fake_row {
	char t[24], e[40];
	int64_t rev;
	json_t *d;
};
struct fakehub {
	struct web *web;
	char *base; // its address
	// What may be turned, before the hub is asked (or with fake_lock).
	bool forgetful;      // control: takes whatever comes, as a hub without rule 1 would
	bool expire;         // the next /v1/sync finds its token expired
	bool revoked;        // every token is refused
	bool push;           // tell new rows by the event stream
	bool busy;           // the next /v1/sync gets 503
	bool wipe;           // the station is answered with the order to destroy itself
	bool drain;          // ... once its outbox is here
	bool deaf;           // ... but nothing of it is taken
	bool forged;         // ... but not signed by this hub
	const char *wipe_dev; // ... for this station; NULL: the one that asks
	int64_t clock_off;   // of the hub's clock
	// Books.
	pthread_mutex_t mutex;
	unsigned char sign[32], sign_sk[64], box[32], secret[10], station_pk[32];
	char access[40], refresh[40], refresh_before[40]; // the one before is still good: its answer may be lost
	char nonce[40]; // of the last signed request: it counts once
	int tokens, logins, logouts, enrols, syncs, hellos, bad_signatures, orders, drains, gone;
	int64_t left; // unsent, by its own word
	char presence[64];
	int presences, streams; // event streams ever opened
	int64_t last_n;
	VEC(struct fake_op) ops;
	VEC(struct fake_row) rows; // row i has the place i + 1
};
void fakehub_start(struct fakehub *h);
void fakehub_stop(struct fakehub *h);
char *fakehub_code(struct fakehub *h, bool wrong); // an enrolment code; wrong: of another hub. Owned by the caller
void fake_lock(struct fakehub *h);
void fake_unlock(struct fakehub *h);
// A row from elsewhere, pushed when push is on.
void fakehub_row(struct fakehub *h, const char *t, const char *e, const char *doc);
size_t fakehub_ops(struct fakehub *h);
// Operations that were taken more than once, by their id.
size_t fakehub_doubles(struct fakehub *h);

#endif
