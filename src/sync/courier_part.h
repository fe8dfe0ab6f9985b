// SPDX-License-Identifier: MIT
// Knows the sizes in a courier's file that its writer and its reader share.
#ifndef SYNC_COURIER_PART_H
#define SYNC_COURIER_PART_H

#include <sodium.h>

#define COURIER_MAGIC "zuoxi-outbox 1\n"
enum {
	COURIER_HEAD = 1024,           // bytes of the line of JSON
	COURIER_CHUNK = 64 * 1024,     // a chunk is closed once it has so much
	COURIER_CHUNK_OVERHEAD = crypto_secretstream_xchacha20poly1305_ABYTES,
	COURIER_CHUNK_MAX = 512 * 1024, // the last operation that went in may be long, with every byte of it escaped
	COURIER_STREAM_HEADER = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
	COURIER_SEALED_KEY = crypto_secretstream_xchacha20poly1305_KEYBYTES + crypto_box_SEALBYTES,
};

#endif
