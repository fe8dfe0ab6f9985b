// SPDX-License-Identifier: MIT
// Knows the one order a hub may give a station, to destroy itself: whether it is the hub's, and how it is carried out.
#ifndef SYNC_ORDER_H
#define SYNC_ORDER_H

#include "src/sync/account.h"

enum {
	ORDER_STATUS = 423,
	ORDER_SENTENCE = 400,
	ORDER_DRAIN_MS = 120000, // so long the outbox may take to go up before all is destroyed, whether the hub is there or not
	ORDER_GONE_MS = 5000,    // and so long the word that it is
};
// Is the answer an order to wipe this very station, signed by the hub it joined over "wipe\nDEV\nTIME\n"? Anything else is false. drain:
// the outbox is to go up first, signed over that and "drain\n"; may be NULL.
bool order_is_wipe(int status, struct sv body, const struct account *a, bool *drain);
// The order to drain outlives the program: until when, UTC ms. A mark that cannot be written is said in the log.
void order_keep(const char *dir, int64_t until);
bool order_kept(const char *dir, int64_t *until); // false: there is none
// What is told the hub once all is destroyed: POST /v1/wiped, to be signed while the key is there. body and header are written anew.
void order_gone(const struct account *a, int64_t unsent, int64_t hub_now, struct str *body, struct str *header);
// Destroys what the station in dir holds. unsent: its operations the hub does not have, lost with the keys. out: what happened, in a
// sentence for people. The store may be open; then station_destroy (src/store/destroy.h) is called again once it is closed.
void order_wipe(const char *dir, int64_t unsent, char out[ORDER_SENTENCE]);

#endif
