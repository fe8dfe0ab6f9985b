// SPDX-License-Identifier: MIT
// Knows how far the import of a file has come, so that one that was stopped goes on where its last commit was.
#ifndef KB_JOURNAL_H
#define KB_JOURNAL_H

#include "kb/kbdb.h"

struct stat;

// A file is the same one while path, inode, size and time of change are the same. Held in table kb_import, written in the
// transaction of the rows it speaks of; gone when the file is done.
struct kb_place {
	int64_t at;   // byte behind the last row
	int line;     // the line there
	int64_t rows; // before it, bad ones too
};
// *found tells whether this very file was begun; an entry of another file of that path counts for nothing.
must_use bool kb_place_get(struct kb *kb, const char *path, const struct stat *st, struct kb_place *out, bool *found,
			   struct err *e);
must_use bool kb_place_put(struct kb *kb, const char *path, const struct stat *st, const struct kb_place *p, struct err *e);
must_use bool kb_place_drop(struct kb *kb, const char *path, struct err *e);

#endif
