// SPDX-License-Identifier: MIT
// Knows how long a station may work without its hub: 72 h since the last contact, by a clock that cannot be set back (sync.md §3.10).
#ifndef SYNC_LEASE_H
#define SYNC_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#define LEASE_MS (72LL * 3600000)
enum { LEASE_TOLERANCE_MS = 120000 }; // a clock may be put right by so much without suspicion

// Kept in the store; written at every contact, and now and then between (seen).
struct lease {
	int64_t until;     // hub time, UTC ms; 0: nobody has logged in yet
	int64_t hub_at;    // hub time of the last contact
	int64_t wall_at;   // this machine's clock then
	int64_t boot_at;   // CLOCK_BOOTTIME then, ms
	char boot_id[40];  // of that start of the machine
	int64_t seen;      // the latest this machine's clock ever showed
};
struct lease_now {
	int64_t wall, boot; // UTC ms, CLOCK_BOOTTIME ms
	char boot_id[40];   // "" not known: then only the wall clock counts
};
enum lease_state {
	LEASE_NONE,  // nobody has logged in yet: nothing to lock
	LEASE_RUNS,
	LEASE_OVER,
	LEASE_CLOCK, // the machine was restarted and its clock shows less than before
};
void lease_moment(struct lease_now *out, int64_t wall, int64_t boot); // fills boot_id from the kernel
void lease_renew(struct lease *l, int64_t hub_now, const struct lease_now *now); // a contact
void lease_see(struct lease *l, const struct lease_now *now);
// left_ms (may be NULL): until it is over, 0 when it is.
enum lease_state lease_check(const struct lease *l, const struct lease_now *now, int64_t *left_ms);

#endif
