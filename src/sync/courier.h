// SPDX-License-Identifier: MIT
// Knows the file in which operations reach the hub without a network (sync.md §4, domain.md §8.4): who made it, what is in it, and
// that nobody on the way can read or change it.
//
// Layout: the line "zuoxi-outbox 1", a line of JSON that anybody may read {"dev","inc","from","to","ops","made","hub","sign"} (hub: the
// X25519 key it is sealed to, sign: the station's Ed25519 key, both hexadecimal), then a key of its own sealed to the hub
// (crypto_box_seal), then a secretstream of chunks under that key (4 bytes length, lowest first, then the chunk; the last is tagged),
// which holds one operation a line as wire.h prints it, in order of n without gaps; at the end the Ed25519ph signature of all before.
#ifndef SYNC_COURIER_H
#define SYNC_COURIER_H

#include <stdio.h>

#include "src/store/joined.h"
#include "src/wire/wire.h"

#define COURIER_SUFFIX ".zxo"
struct courier_head {
	char dev[64], inc[32];
	int64_t from, to, ops; // n of the first and the last operation, their number
	int64_t made;          // UTC ms
	unsigned char hub[JOINED_BOX_PK], sign[JOINED_SIGN_PK];
};

// --- writing

struct courier_writer;
// head.from, to and ops are what will be written. *out is owned (courier_finish or courier_abandon).
must_use bool courier_begin(struct courier_writer **out, FILE *to, const struct courier_head *head,
			    const unsigned char sign_sk[JOINED_SIGN_SK], struct err *e);
must_use bool courier_add(struct courier_writer *w, const struct wire_op *op, struct err *e);
// Writes what is left, the signature, and flushes. Frees w in every case.
must_use bool courier_finish(struct courier_writer *w, struct err *e);
void courier_abandon(struct courier_writer *w);

// --- reading

// What the head says, after the signature over the whole file was found to be that of the key in the head: the file is whole and
// nobody changed it since. Who that key belongs to is the hub's to say. ERR_PARSE: no such file, or cut off; ERR_DENIED: changed.
must_use bool courier_check(FILE *f, struct courier_head *out, struct err *e);

struct courier_hub {
	void *ctx;
	const unsigned char *box_pk, *box_sk; // of the hub
	// The key the station enrolled with and how far its operations are known. ERR_NOT_FOUND: no such station.
	bool (*station)(void *ctx, const char *dev, const char *inc, unsigned char sign_pk[JOINED_SIGN_PK], int64_t *last_n, struct err *e);
	// One operation; its strings and body last until the call returns. False ends the reading.
	bool (*op)(void *ctx, const struct courier_head *head, const struct wire_op *op, struct err *e);
};
// For the hub: checks everything, then hands over the operations in their order. Those it knows are handed over as well: by (dev,
// inc, n) they count once. ERR_CONFLICT: it knows all of them already, the file was read before; ERR_DENIED: made for another hub, or
// not by the station it names.
must_use bool courier_read(FILE *f, const struct courier_hub *hub, struct courier_head *out, struct err *e);

#endif
