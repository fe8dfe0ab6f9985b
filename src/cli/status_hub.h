// SPDX-License-Identifier: MIT
// Knows what `zuoxi status` tells about the hub: the line, how far each stream was heard, the lease.
#ifndef CLI_STATUS_HUB_H
#define CLI_STATUS_HUB_H

#include "src/cli/reading.h"

struct kb;
struct status_stream {
	const char *s;
	int64_t epoch, seq, head, as_of; // as_of: hub time, UTC ms; 0: never
};
struct status_hub { // strings in the reading's arena
	const char *dev, *url, *line, *agent, *login, *name; // dev NULL: joined none; the others may be NULL
	int64_t line_since, heard_at, settled_at, lease_until, lease_left_ms;
	bool session; // a refresh token is there: no password is wanted
	const char *lease; // "none", "runs", "over", "clock"
	struct status_stream *v;
	size_t n, cap;
};
// kb NULL: its streams are left out. v is freed by status_hub_release.
must_use bool status_hub_read(struct cli *c, struct reading *r, struct kb *kb, struct status_hub *out, struct err *e);
void status_hub_release(struct status_hub *h);
json_t *status_hub_json(const struct status_hub *h); // null when it has joined none; new reference
void status_hub_print(struct cli *c, struct reading *r, const struct status_hub *h, bool running);

#endif
