// SPDX-License-Identifier: MIT
// Knows whole bases as files that travel: a hub writes one with its index built, a station lets it take the place of its own.
//
// A first sync is a download, a check and a rename (sync.md D12). What only this station has goes over into the new base first:
// drafts, uncovered cases, votes, phrasings, articles the hub does not know. Versions that are other texts at the hub are kept as
// displaced (remote.h).
#ifndef KB_SEGMENT_H
#define KB_SEGMENT_H

#include "kb/kbdb.h"

enum { KB_SEGMENT_HASH = 32 };

struct kb_segment {
	int64_t bytes, articles;
	unsigned char hash[KB_SEGMENT_HASH]; // BLAKE2b-256 of the file
};
// Finishes the idle work of the base (KB_WRITE), then writes it to path, which must not exist, as one file in its own form. On
// failure nothing is left at path.
must_use bool kb_segment_write(struct kb *kb, const char *path, struct kb_segment *out, struct err *e);
must_use bool kb_segment_hash(const char *path, unsigned char out[KB_SEGMENT_HASH], int64_t *bytes, struct err *e);

struct kb_installed {
	int64_t articles;                         // searchable now
	int64_t kept_articles, kept_drafts, displaced; // went over from the base that was here
};
// The file segment becomes kb_path; afterwards it is no longer at segment (meanwhile it is called SEGMENT.taking; one that is found is of
// a process that died, and may be overwritten). No connection of this process may be open on either.
// ERR_CONFLICT: another program reads the base (the segment stays where it is: try again later), or the segment is of a newer form; the base
// that was there stays in force then. After any other failure the segment is removed.
// A loss of power leaves the old or the new base whole.
must_use bool kb_segment_install(const char *segment, const char *kb_path, const struct clock *clock, const char *zone,
				 struct kb_installed *out, struct err *e);

#endif
