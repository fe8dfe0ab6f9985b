// SPDX-License-Identifier: MIT
// Knows how central content gets into the hub: articles from files, content packs from folders (cli.md: kb import, pack load).
#ifndef HUB_CONTENT_H
#define HUB_CONTENT_H

#include "kb/import.h"
#include "src/hub/store.h"

struct content_report {
	struct kb_import_report read; // of the files
	int64_t articles;             // that the hub has anew or otherwise now
	int64_t versions;             // put into its history
};
// Imports files and folders as kb_import_all does, into a copy of the hub's articles in the folder scratch (made and removed), then puts
// what is new or changed into kb/all as the hub's own: version by version, by whoever is named. Run again after it was stopped, it
// goes on where it was.
must_use bool content_import(struct hub_store *s, const char *scratch, const char *const *paths, size_t n, const struct kb_import_opts *opts,
			     const char *by, struct content_report *out, struct err *e);

// Lints the pack (ERR_PARSE names the first error), keeps it as a blob of the site and puts the entity "pack" {"name","code","version",
// "hash","bytes","title_zh","title_en"} into cfg/<site>; its articles are imported as well. *changed: it is another one than before.
must_use bool content_load_pack(struct hub_store *s, const char *scratch, const char *site, const char *dir, const char *by, bool *changed,
				struct content_report *out, struct err *e);

#endif
