// SPDX-License-Identifier: MIT
// Knows how work on the knowledge base is told: to the hub as an operation, to the audit log as a line. On the screen both are
// parts of the deed's commit; a subcommand writes them itself.
#ifndef WORK_KB_RECORD_H
#define WORK_KB_RECORD_H

#include <jansson.h>

#include "kb/deed.h"
#include "kb/phrasing.h"
#include "src/store/db.h"

// Who tells it, for both.
struct kb_teller {
	const char *by, *station;
	int64_t at;
};

bool kb_record_tells(const struct kb_deed *d);  // a text in the middle of being written stays here
bool kb_record_audits(enum kb_verb v);          // what everybody reads from now on, or no longer
json_t *kb_record_body(const struct kb_deed *d); // of the operation; new reference
const char *kb_record_entity(const struct kb_deed *d); // the article, else the operation itself

// The rest in the caller's transaction of store.db. d->op is the id of the operation.
must_use bool kb_record_deed(struct db *db, const struct kb_deed *d, const struct kb_teller *t, struct err *e);
// Phrasings that were taught by hand ("learn"), withdrawn ("forget") or given back ("again"): as many operations as they need,
// with ids of the clock, and one line of the audit log about the object, a file or what was asked for.
must_use bool kb_record_phrasings(struct db *db, const char *verb, const char *object, const struct kb_phrasing *v, size_t n,
				  const struct kb_teller *t, struct err *e);

#endif
