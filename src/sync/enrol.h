// SPDX-License-Identifier: MIT
// Knows how subcommands ask the hub one thing and wait for it: join, log in, log out. The workstation never waits; it has client.h.
#ifndef SYNC_ENROL_H
#define SYNC_ENROL_H

#include "src/base/clock.h"
#include "src/store/store.h"
#include "src/sync/account.h"

struct enrol_options {
	struct store *store;       // open for writing
	const struct clock *clock;
	const char *url, *code;    // as typed
	const char *name;          // of this station for people, NULL: the host's
	const char *proxy;         // NULL or "": none
	const char *ca_file;       // authorities when the hub names none, NULL or "": the system's
};
// Fetches what must be trusted, compares it with the code, only then shows the code's secret and a fresh key to the hub, and keeps
// what it says. ERR_USAGE: address or code; ERR_DENIED: not the hub of the code, or it refuses; ERR_IO: no answer. The code may be
// tried again with the same station after a lost answer.
must_use bool enrol_run(const struct enrol_options *o, struct err *e);

struct login_options {
	struct store *store;       // open for writing, but for hub_reach
	const struct clock *clock;
	const char *login, *password;
	const char *proxy, *ca_file;
};
// who: of the account, strings in a.
must_use bool login_run(const struct login_options *o, struct person *who, struct arena *a, struct err *e);
// Ends the session at the hub where it can be reached, and here in any case. *told: the hub knows.
must_use bool logout_run(const struct login_options *o, bool *told, struct err *e);
// The first address that answers, how long that took, and station - hub of the clocks. ERR_IO, ERR_DENIED: why the last one does not.
must_use bool hub_reach(const struct login_options *o, const char **url, int64_t *took_ms, int64_t *skew_ms, struct arena *a,
			struct err *e);

#endif
