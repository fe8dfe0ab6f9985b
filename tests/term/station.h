// SPDX-License-Identifier: MIT
// Knows a data directory for tests and the program run on it, with a screen or as a subcommand.
#ifndef TERM_STATION_H
#define TERM_STATION_H

#include "src/base/str.h"
#include "tests/term/vt.h"

struct station {
	char *dir;    // holds everything below; removed at the end
	char *data;   // a data directory made by `zuoxi init` with the four packs
	char *config; // settings file, may be rewritten before a start
};

// The first station is made by `zuoxi init`; the later ones are copies of its data directory. Aborts on failure.
void station_make(struct station *s);
void station_remove(struct station *s);
void station_end(void); // the copied original goes too
// A copy of the data directory under that name in s->dir; owned by the caller.
char *station_copy(const struct station *s, const char *name);
void station_config(struct station *s, const char *yaml);
// Writes a file beside the data directory; its path, owned by the caller.
char *station_file(const struct station *s, const char *name, const char *text);

// The workstation on that directory, in Chinese unless env or args say otherwise (both NULL-terminated, may be NULL).
struct vt *station_start(const struct station *s, const char *const args[], const char *const env[], int rows, int cols);
// A subcommand with `--data s->data` before it; its exit code, what it wrote to standard output and to standard error.
int station_run(const struct station *s, struct str *out, struct str *err, const char *const args[]);

#endif
