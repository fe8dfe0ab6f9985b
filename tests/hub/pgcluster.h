// SPDX-License-Identifier: MIT
// Knows how a test runs a PostgreSQL server of its own: in a temporary directory, over a unix socket, without TCP.
#ifndef TESTS_HUB_PGCLUSTER_H
#define TESTS_HUB_PGCLUSTER_H

#include "src/base/err.h"

struct pgcluster;
// Starts one: made by initdb, owned by the user postgres where the test runs as root (PostgreSQL refuses root). Fails the test with
// a sentence when the server's programs are not installed (./dev test installs them). It ends with pgcluster_stop, and with the
// process: the server is the test's child and is told to stop when the test dies.
struct pgcluster *pgcluster_start(void);
void pgcluster_stop(struct pgcluster *pg); // NULL is fine
// The address of a new empty database; owned by the caller.
char *pgcluster_database(struct pgcluster *pg);
// Breaks every connection, as a server that restarts does.
void pgcluster_break(struct pgcluster *pg);

#endif
