// SPDX-License-Identifier: MIT
// Knows a SQLite VFS that fails when told to, and that can lose everything that was not synced, as a power cut does.
#ifndef TESTS_FAULT_FAULTVFS_H
#define TESTS_FAULT_FAULTVFS_H

#include <stdbool.h>
#include <stdint.h>

#define FAULT_VFS "fault"

// Makes the VFS known to SQLite over the system's own. One state for the whole process; any thread may use it. The disk is
// never really synced, the page cache outlives all that happens here.
void fault_vfs_register(void);

enum fault_kind {
	FAULT_FULL,     // writes find no room
	FAULT_READONLY, // writes are refused
	FAULT_IOERR,    // writes, truncations and syncs fail
};
// The n-th call (1..) that kind concerns fails from now on; sticky: and every one after it until fault_clear.
void fault_arm(enum fault_kind kind, long n, bool sticky);
bool fault_clear(void); // true when the fault was hit

// From now on what is written is remembered until it is synced.
void fault_power_start(void);
// The power goes at the n-th write, truncation, sync or deletion from now: this one and all later ones fail.
void fault_power_cut_at(long n);
// With all connections closed: every file becomes what it may be after the cut. Each 512-byte sector that was written but not
// synced is there or not, by a coin of the seed; files never synced may be missing. Then tracking ends.
void fault_power_settle(uint64_t seed);

#endif
