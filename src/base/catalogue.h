// SPDX-License-Identifier: MIT
// Knows how to read a compiled message catalogue (.mo) by itself.
//
// From glibc 2.39 on, gettext gives no translation while the locale is C.UTF-8, and a small machine has no other one.
// The language of the workstation must not hang on which locales somebody generated, so there its own file is read here.
#ifndef BASE_CATALOGUE_H
#define BASE_CATALOGUE_H

#include "src/base/err.h"

struct catalogue;
// Format: GNU gettext manual, "The Format of GNU MO Files"; little-endian, revision 0. ERR_PARSE if it is not such a file.
must_use bool catalogue_open(struct catalogue **out, const char *path, struct err *e);
void catalogue_close(struct catalogue *c);
// The translation of an id, NULL if there is none. Borrowed from c. For a plural id, its first form.
const char *catalogue_text(const struct catalogue *c, const char *id);

#endif
