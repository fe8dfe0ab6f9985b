// SPDX-License-Identifier: MIT
// Knows how a whole folder gets a new content, or keeps the old one.
#ifndef BASE_COPY_H
#define BASE_COPY_H

#include "src/base/err.h"

// Copies the plain files and folders below from to the folder into (its parents are made). What was there is replaced in one
// step: whoever opens into sees all of the old or all of the new. Files 0600, folders 0700. A symbolic link or a special file is
// ERR_PARSE; more than 5,000 files, 64 MiB or 8 levels is ERR_LIMIT. A copy that was cut short leaves only a hidden folder
// beside into, which the next one removes.
must_use bool copy_folder(const char *from, const char *into, struct err *e);
// Removes a folder with all below it; no folder there is fine.
must_use bool remove_folder(const char *path, struct err *e);

#endif
