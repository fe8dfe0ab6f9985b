// SPDX-License-Identifier: MIT
// Knows how a station is copied into one file while it runs, and brought back.
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "src/base/err.h"

// The container is a SQLite file (application_id BACKUP_APPLICATION_ID, user_version 1) of two tables:
// file(name, size, hash: BLAKE2b-256) and part(name, seq, data: chunks of 1 MiB). It holds consistent states of store.db
// and, when present, kb.db, and station.key: whoever has the file can read everything, so it is made with mode 0600 and
// belongs on encrypted media.
#define BACKUP_APPLICATION_ID 0x7A786231 // "zxb1"

// Works beside a running workstation. Written under a temporary name, synced, renamed: FILE is whole or not there.
// ERR_CONFLICT when FILE exists.
must_use bool backup_write(const char *dir, const char *file, struct err *e);
// One database of any kind, also while it is in use, as one consistent state into `to` (must not exist; mode 0600).
must_use bool backup_one(const char *path, const char *to, struct err *e);
// Checks every hash first, then makes dir, which must be missing or empty (ERR_CONFLICT). All or nothing. The restored
// outbox gets a new incarnation, because the old one may have gone on since (sync.md D3).
must_use bool backup_restore(const char *file, const char *dir, struct err *e);

#endif
