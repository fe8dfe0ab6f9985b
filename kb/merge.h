// SPDX-License-Identifier: MIT
// Knows the idle work of the one that writes: what was published lately moves from memory into the posting table, what is dead
// leaves it, the write-ahead log goes into the file. All of it in steps so small that nobody who types notices.
#ifndef KB_MERGE_H
#define KB_MERGE_H

#include "kb/kbdb.h"

// Is there enough to be worth beginning? Cheap; any connection may ask.
bool kb_merge_due(struct kb *kb);
// One step, a few milliseconds: a slice of merging, of purging or a checkpoint (KB_WRITE, outside a transaction; commits by
// itself). *more: call again when nothing else is to be done. Stopping at any point, even by a loss of power, is fine: the next
// call goes on. ERR_CONFLICT: another process writes.
must_use bool kb_merge(struct kb *kb, bool *more, struct err *e);

// One such step for a writer that finds no quiet moment, because thousands of articles come one transaction after the other: merging
// is put off until so many are pending that it pays, and the write-ahead log is kept short. *more: it is worth calling again now.
must_use bool kb_keep_up(struct kb *kb, bool *more, struct err *e);

#endif
