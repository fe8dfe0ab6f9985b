// SPDX-License-Identifier: MIT
// Knows a file of rows of any size: lines, values of JSON or rows of CSV, each cut out whole with its line and its place.
#ifndef KB_ROWFILE_H
#define KB_ROWFILE_H

#include "src/base/err.h"
#include "src/base/str.h"

enum {
	KB_ROW_MAX = 4 * 1024 * 1024, // bytes of a row as it stands in the file; escapes and markup take more than the text
};

enum row_form {
	ROW_LINES,
	ROW_JSON, // values one after the other or in one array, over as many lines as they like
	ROW_CSV,  // RFC 4180: a quoted field may hold line ends
};

enum row_fault {
	ROW_WHOLE,
	ROW_TOO_LONG, // more than KB_ROW_MAX; raw is empty
	ROW_OPEN,     // a text or a bracket is not closed: raw is what stands up to the line's end, and reading goes on behind it
};

struct row {
	struct sv raw; // without the line end; borrowed until the next call
	int line;      // its first, from 1
	enum row_fault fault;
};

struct rowfile {
	int fd;
	enum row_form form;
	char separator;       // of CSV
	char *buf;            // bytes from..to are read and not yet taken
	size_t cap, from, to;
	int64_t base;         // place in the file of buf[0]
	int line;
	bool eof, lost;       // lost: the last row was not closed
	const char *name;     // borrowed
};

// {0} is a valid closed one. The form is set by the caller, who has peeked.
must_use bool rowfile_open(struct rowfile *f, const char *name, struct err *e);
void rowfile_close(struct rowfile *f);
// The file's first bytes, at most 64 KiB; nothing is taken by it. Valid until the next call.
must_use bool rowfile_peek(struct rowfile *f, struct sv *out, struct err *e);
// Takes n bytes that were peeked at (a byte order mark).
void rowfile_skip(struct rowfile *f, size_t n);
int64_t rowfile_taken(const struct rowfile *f); // bytes behind us
// The place where reading can go on behind the last row, and its line. The row's raw text is gone with it.
must_use bool rowfile_place(struct rowfile *f, int64_t *place, int *line, struct err *e);
// Goes to such a place, in the same file and form.
must_use bool rowfile_seek(struct rowfile *f, int64_t place, int line, struct err *e);
// The next row that is not blank. *more is false at the end. False when the file cannot be read.
must_use bool rowfile_next(struct rowfile *f, struct row *out, bool *more, struct err *e);

#endif
