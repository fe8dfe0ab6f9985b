// SPDX-License-Identifier: MIT
// Knows a content pack as one text that travels: its files with their paths, in byte order of path.
#ifndef CONFIG_BUNDLE_H
#define CONFIG_BUNDLE_H

#include "src/base/err.h"
#include "src/base/str.h"

enum { BUNDLE_BYTES = 20 * 1024 * 1024, BUNDLE_FILES = 5000, BUNDLE_DEPTH = 8 };

char *bundle_name(const char *dir); // last part of the path of a pack's folder; owned by the caller
// Appends {"name":NAME,"files":[[PATH,TEXT],..]} of the pack in folder dir (which has a pack.yaml); NAME is the folder's. Hidden files are
// left out; a file that is not UTF-8 text, a link or a special file is ERR_PARSE, too much of it ERR_LIMIT. The same folder gives the
// same bytes.
must_use bool bundle_make(const char *dir, struct str *out, struct err *e);
// Makes the folder PACKS/NAME what the bundle says, in one step (as copy_folder). A bundle of another name, with paths that lead elsewhere
// or without a pack.yaml is ERR_PARSE, and nothing changed.
must_use bool bundle_unpack(struct sv bundle, const char *name, const char *packs, struct err *e);

#endif
