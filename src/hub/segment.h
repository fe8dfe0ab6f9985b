// SPDX-License-Identifier: MIT
// Knows how the hub makes the files of a first sync: a knowledge base with its index built, named by its hash, signed (sync.md D12).
//
// In FOLDER: kb.db follows the stream kb/all; <hash>.db is the file stations fetch as /v1/blob/<hash>; manifest.json tells of it.
// Each hub process keeps a folder of its own, made anew from the stream whenever it is lost.
#ifndef HUB_SEGMENT_H
#define HUB_SEGMENT_H

#include "src/hub/auth.h"

// Follows the stream to its head; writes a new file when there is none or more than 5 % of the rows (at least 20) changed since the
// last (force: when anything did). *made: there is a new one; older files are removed, all but the one before, which may still be
// on its way to somebody. One builder at a time.
must_use bool segment_build(struct hub_store *s, const struct hub_keys *k, const char *folder, bool force, bool *made, struct err *e);

// src/wire/segment.h says what it holds. New reference; NULL with ERR_NOT_FOUND before the first build.
json_t *segment_manifest(const char *folder, struct err *e);
// The path of the file of that hash, NULL: not one of ours. Owned by the caller.
char *segment_path(const char *folder, const char *hash);

#endif
