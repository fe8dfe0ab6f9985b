// SPDX-License-Identifier: MIT
// Knows the file of rows that an import refused: the rows as they were with what is wrong in front, ready to be corrected and
// imported again.
#ifndef KB_REJECT_H
#define KB_REJECT_H

#include <stdio.h>

#include "kb/import.h"

// JSON Lines: the row itself with a member "_rejected" before the others; CSV (a name that ends in .csv): a column of that name
// before the others. What has no such form (not JSON, too many fields, other files in a file of CSV) stands as text in "_row";
// it is refused again until somebody writes it anew.
struct kb_rejects {
	const char *path; // borrowed
	FILE *f;          // opened with the first row
	bool csv;
	size_t columns;   // of the header of CSV
	struct str head;  // the header that it was opened with
};
void kb_rejects_init(struct kb_rejects *r, const char *path);
// append: behind what an import that was stopped has written.
must_use bool kb_rejects_add(struct kb_rejects *r, const struct kb_bad_row *row, bool append, struct err *e);
// A file of an earlier import is emptied if nothing was refused this time (unless append).
must_use bool kb_rejects_close(struct kb_rejects *r, bool append, struct err *e);

#endif
