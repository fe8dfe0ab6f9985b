// SPDX-License-Identifier: MIT
// Knows how a test gets a hub's store of its own on each engine, and the short forms of what every test of it does.
#ifndef TESTS_HUB_HUBTEST_H
#define TESTS_HUB_HUBTEST_H

#include "src/hub/store.h"

enum hubtest_engine { ON_MEMORY, ON_FILE, ON_POSTGRES, ON_ENGINES };
const char *hubtest_engine_name(enum hubtest_engine on);

// A store on an empty place; a second one on the same place with hubtest_again.
struct hubtest {
	enum hubtest_engine on;
	char *dir, *url;
	struct clock clock;
	struct keyring *keys;
	struct hub_store *s;
};
struct pgcluster;
void hubtest_open(struct hubtest *t, enum hubtest_engine on, struct pgcluster *pg); // pg: ON_POSTGRES only
// Another process's store on the same database (PostgreSQL), or after t->s was closed.
struct hub_store *hubtest_again(struct hubtest *t, const struct hub_store_options *more);
void hubtest_reopen(struct hubtest *t);
void hubtest_close(struct hubtest *t);

// One entity put in a transaction of its own: the document is {"v":v}, or taken from text when it is JSON. Gives its place.
int64_t hubtest_put(struct hub_store *s, const char *site, const char *t, const char *e, const char *stream, const char *doc);
int64_t hubtest_gone(struct hub_store *s, const char *site, const char *t, const char *e, const char *gone, const char *to);
// The entity as text "rev stream seq doc", "-" when there is none; owned by the caller.
char *hubtest_show(struct hub_store *s, const char *site, const char *t, const char *e);
// A page as text: "seq t e rev doc|gone>to;..." and, behind it, "@head". Owned by the caller.
char *hubtest_page(struct hub_store *s, const char *site, const char *stream, int64_t from, size_t max_rows, size_t max_bytes);
// Runs one writing transaction and fails the test when it fails.
void hubtest_run(struct hub_store *s, bool (*body)(struct hub_tx *tx, void *arg, struct err *e), void *arg);
void hubtest_read(struct hub_store *s, bool (*body)(struct hub_tx *tx, void *arg, struct err *e), void *arg);

#endif
