// SPDX-License-Identifier: MIT
// Knows how a data directory is furnished: the packs it holds and their articles in its knowledge base.
#ifndef WORK_STATION_H
#define WORK_STATION_H

#include "config/pack.h"
#include "src/base/clock.h"

// A data directory holds, beside the store (src/store/store.h): packs/NAME (one folder a pack), kb.db, zuoxi.log.
char *station_kb_path(const char *dir);    // DIR/kb.db; owned by the caller
char *station_packs_path(const char *dir); // DIR/packs; owned by the caller

// The folders of the packs the station has, "common" first, then by name; *n may be NULL. The array ends with NULL; without
// packs it is empty, never NULL. Give it back to station_free_dirs.
char **station_pack_dirs(const char *dir, size_t *n);
void station_free_dirs(char **dirs);

// Copies the folder src into DIR/packs under its own name, replacing what was there as a whole, and imports its articles
// into DIR/kb.db. Checks nothing (pack check does). zone: of dates in articles, NULL: Asia/Shanghai. ERR_NOT_FOUND when src
// holds no pack.yaml, ERR_CONFLICT beside a running workstation.
must_use bool station_add_pack(const char *dir, const char *src, const struct clock *clock, const char *zone, struct err *e);

// The articles of the pack in that folder into DIR/kb.db, which is made if it is missing.
must_use bool station_import(const char *dir, const char *pack, const struct clock *clock, const char *zone, struct err *e);

// Loads the station's packs. On an error *out is NULL and e names the first place and how many more there are; a directory
// without packs is ERR_NOT_FOUND. *out is owned by the caller (packs_free).
must_use bool station_load_packs(const char *dir, struct packs **out, struct err *e);

#endif
