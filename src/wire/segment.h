// SPDX-License-Identifier: MIT
// Knows what the manifest of a knowledge base's file says and what of it the hub signs.
#ifndef WIRE_SEGMENT_H
#define WIRE_SEGMENT_H

#include "src/wire/wire.h"

// {"s","epoch","seq","hash","bytes","articles","at","sig"}; hash: hex of BLAKE2b-256 of the file, sig: hex of Ed25519.
// "zuoxi segment" and s, epoch, seq, hash, bytes, each followed by a line end. Owned by the caller; NULL: a member is missing.
char *wire_segment_text(const json_t *manifest);
bool wire_segment_signed(const json_t *manifest, const unsigned char key[32]); // by that Ed25519 key

#endif
