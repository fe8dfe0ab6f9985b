// SPDX-License-Identifier: MIT
// Knows what the machine of link.h remembers; shared by its files only.
#ifndef SYNC_LINK_INTERNAL_H
#define SYNC_LINK_INTERNAL_H

#include "src/sync/link.h"
#include "src/sync/retry.h"

enum {
	PROBE_EVERY_MS = 5000,
	PROBE_JITTER_MS = 1000,
	PROBE_TIMEOUT_MS = 3000,
	PROBE_BAD = 3, // in a row: online -> degraded
	PROBE_GOOD_DEGRADED = 2, // in a row: degraded -> online
	PROBE_GOOD_OFFLINE = 3, // in a row: offline_backup -> recovering
	SILENCE_MS = 20000, // without a byte, then probes
	OFFLINE_MS = 15000, // every address failing so long: offline_backup
	HELLO_MS = 5000, // no hello by then: something on the way keeps streams back
	LONGPOLL_MS = 30 * 60000, // so long no stream is tried
	LONGPOLL_HASTY_MS = 2000, // a long poll that ends sooner without news did not wait
	IDLE_PULL_MS = 60000, // §5.4: a missed event shows by then
	STUCK_MS = 15 * 60000,
	UPGRADE_MS = 10 * 60000, // a hub that wants a newer program is asked again
	REQUEST_MS = 20000,
	WINDOW_MS = 2000, // of the first reconnect, until a hello says another
	SAME_MAX = 5, // refusals of the kind "same" that are followed up at once
};

// Holds no pointers, so that link_wait can try on a copy.
struct link {
	int urls, url;
	enum link_state state;
	int64_t since, heard;
	struct rng rng;
	int64_t window;
	bool drill, logged_in, need_login, said_login, upgrade, stuck;

	struct {
		struct retry retry;
		bool busy, closing, waiting; // waiting: a long poll
		bool push_only;
		bool want; // beside what the outbox asks for
		int64_t started;
		int64_t idle_at; // next pull without a reason
		int64_t push_at; // next push when the last one brought nothing forward
		struct retry dull; // pushes that brought nothing forward
		int same;
	} sync;
	struct {
		struct retry retry;
		bool busy, closing, live;
		bool close; // to be closed
		int64_t started, heard;
		bool bye;
		int64_t bye_min, bye_max;
	} stream;
	struct {
		struct retry retry;
		bool busy, want;
	} token;
	struct {
		bool busy, on, trouble; // trouble: something failed since the hub was heard last
		int64_t at, started;
		int good, bad; // in a row
	} probe;
	int64_t longpoll_until;
	int64_t fail_since; // degraded: since then no address answered, 0: one did
	int failed_urls; // probes that failed since then
	bool pulled; // recovering: the hub had nothing more
	int64_t unsent, oldest_at, progress_at;
	int64_t fresh_at;
	bool fresh_due, fresh_busy;
};

void link_set_state(struct link *l, enum link_state s, int64_t now);
void link_tick(struct link *l, int64_t now); // what time alone changes
bool link_reachable(const struct link *l); // requests may go out

#endif
