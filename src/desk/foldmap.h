// SPDX-License-Identifier: MIT
// Knows text folded for comparing, and from which bytes of the original each part of it came.
#ifndef DESK_FOLDMAP_H
#define DESK_FOLDMAP_H

#include "src/base/str.h"

// NFKC and case folded UTF-16. Unit i came from the bytes [from[i], to[i]) of the original; a piece that changed as a
// whole (a letter with its accents) shares one range. Owned; release it.
struct foldmap {
	uint16_t *u;
	uint32_t *from, *to;
	size_t n, cap;
};
void foldmap_init(struct foldmap *m, struct sv text); // text up to 64 MiB; what is beyond is not read
void foldmap_release(struct foldmap *m);
// Does the literal (folded, NUL-terminated UTF-16) stand at unit i? Returns its length, 0 if not.
size_t foldmap_at(const struct foldmap *m, size_t i, const uint16_t *literal);

#endif
