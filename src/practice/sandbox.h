// SPDX-License-Identifier: MIT
// Knows the throw-away site a session runs in: a store and a knowledge base of its own in DIR/practice/ID, with the customers of the
// scenario in it, and a model over them that no hub and no courier ever hears of.
#ifndef PRACTICE_SANDBOX_H
#define PRACTICE_SANDBOX_H

#include "src/practice/scenario.h"
#include "src/work/model.h"

struct sandbox {
	char *dir; // owned
	struct config config;
	struct store *store;
	struct cti *cti; // borrowed
	struct model model;
	bool open;
};
struct sandbox_options {
	const char *dir, *id;      // data directory of the station; of the session
	const struct clock *clock; // of the session
	const struct config *live;
	const char *station, *zone, *agent_no, *agent_name, *agent_id;
	unsigned roles;            // as in live work; 0: what the settings say
	enum contact_mode mode;
	bool seeded;
	uint64_t seed;
};
char *sandbox_dir(const char *dir, const char *id); // owned by the caller
// Makes the site: the store, the knowledge base as the station has it now (without one, from the station's packs), the callers of the
// scenario who are known, what they called about before, their open tickets. Nothing is left when it fails.
must_use bool sandbox_make(const struct sandbox_options *o, const struct packs *packs, const struct scenario *s, enum lang lang, struct err *e);
// Opens it; takes the packs in every case. Contacts that were in hand come back.
must_use bool sandbox_open(struct sandbox *b, const struct sandbox_options *o, struct packs *packs, struct cti *cti, struct err *e);
void sandbox_close(struct sandbox *b);
// Its key first, then the rest. What is not there is fine.
must_use bool sandbox_destroy(const char *dir, const char *id, struct err *e);
// Removes every sandbox but that of `keep` (NULL: all): what a session that was killed left behind.
void sandbox_sweep(const char *dir, const char *keep);

// Edits of a curveball; each may be done again without harm. A new version of the article says that it holds from now on.
void sandbox_new_version(struct sandbox *b, const char *article, const char *line);
void sandbox_stale(struct sandbox *b, const char *article);
void sandbox_broadcast(struct sandbox *b, const char *id, const char *title, const char *body);

#endif
