// SPDX-License-Identifier: MIT
// Knows which ids an import has met, and where: 16 bytes an id, so that a million fit beside everything else.
#ifndef KB_SEEN_H
#define KB_SEEN_H

#include "src/base/str.h"

struct seen_place {
	uint32_t file, line;
};
struct seen {
	struct seen_slot *slots;
	size_t n, cap;
};
// Remembers id (its case makes no difference) at this place. True and the earlier place if it was met before.
bool seen_before(struct seen *s, const char *id, struct seen_place here, struct seen_place *earlier);
void seen_release(struct seen *s);

#endif
