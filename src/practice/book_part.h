// SPDX-License-Identifier: MIT
// Knows what the files of the book share.
#ifndef PRACTICE_BOOK_PART_H
#define PRACTICE_BOOK_PART_H

#include "src/practice/book.h"
#include "src/store/db.h"

struct book {
	struct db *db;
};
// Commits, or rolls back what went wrong before; gives whether all is written.
must_use bool book_commit(struct book *b, bool ok, struct err *e);

#endif
