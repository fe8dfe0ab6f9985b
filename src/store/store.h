// SPDX-License-Identifier: MIT
// Knows the station's data directory at work: one thread that writes, jobs in, results out, a connection to read.
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/clock.h"
#include "src/base/err.h"
#include "src/store/db.h"

// DIR holds: station.key (0600), lock, store.db (+ -wal, -shm), and beside them kb.db and the packs of other layers.
struct store;
struct uv_loop_s;

// Makes the directory (0700), the key, an empty store.db and its meta rows (site, station, inc, next_n). Codes are 3
// characters of 0-9A-Z; site TRN and station 000 are refused (domain.md §3.5, ERR_USAGE). ERR_CONFLICT when the
// directory is already a station's.
must_use bool store_init(const char *dir, const char *site, const char *station, const struct clock *clock,
			 struct err *e);
// The same for a throw-away site of practice: its site is TRN, so that no number made there is ever taken for a real one.
must_use bool store_init_practice(const char *dir, const char *station, const struct clock *clock, struct err *e);
bool store_exists(const char *dir); // has a key and a store.db

struct store_options {
	const char *dir;
	bool readonly;     // no lock, no thread: only store_reader; works beside a running workstation
	enum db_sync sync; // tests only
	const char *vfs;   // tests only
	int quiet_ms;      // tests only: how long no job came before store_beside.idle has its turn; 0: two seconds
};
// Takes the lock, migrates, starts the thread. ERR_NOT_FOUND: no station here yet; ERR_CONFLICT: another process
// writes, or the file is of a newer program. *out is owned (store_close).
must_use bool store_open(struct store **out, const struct store_options *o, struct err *e);
// Waits for the queue, tries kept jobs once more (what still fails gets STORE_FAILED), joins, closes, unlocks. Detach first.
void store_close(struct store *s);
// Delivers results inside this loop from now on (uv_async, unreferenced: it does not keep the loop alive).
must_use bool store_attach(struct store *s, struct uv_loop_s *loop, struct err *e);
void store_detach(struct store *s); // closes the handle; the loop must turn once more before it is closed

// Loop thread only; sees what was committed before its statement began. Never write through it.
struct db *store_reader(struct store *s);
const char *store_dir(const struct store *s);
const char *store_site(const struct store *s);    // 3 characters
const char *store_station(const struct store *s); // 3 characters

enum store_result {
	STORE_SAVED,  // committed and synced: "saved" may be shown now
	STORE_KEPT,   // disk full, read-only or failing: the job is kept with its arg and will be tried again
	STORE_FAILED, // refused for another reason; rolled back, nothing of it is stored
};
struct store_job {
	const char *what; // borrowed, static, for the log: "ticket.new"
	// Store thread, inside one transaction; false rolls back. Must touch nothing but db and arg. May run more than once.
	bool (*run)(struct db *db, void *arg, struct err *e);
	// Loop thread; may be NULL. Called once with KEPT at most, then once with SAVED or FAILED.
	void (*done)(void *arg, enum store_result r, const struct err *e);
	// Loop thread, after the last done; frees arg. May be NULL.
	void (*release)(void *arg);
	void *arg; // owned by the job from submit to release
};
// Queues a copy of the job; never blocks. Jobs run in order, one transaction each; a refused one does not stop later ones, but
// while one is kept all newer ones are kept behind it, so that nothing is ever stored out of order.
void store_submit(struct store *s, const struct store_job *job);
// Runs the done callbacks of finished jobs; gives their number. The uv_async calls it by itself.
size_t store_poll(struct store *s);
// Blocks until nothing is queued or running, delivering results (shutdown, subcommands, tests).
void store_wait_idle(struct store *s);
size_t store_pending(struct store *s); // queued or running
// Kept jobs are tried again before each newer job, in their order, and when store_retry asks; the first that fails ends the try.
size_t store_failed_count(struct store *s);
void store_retry(struct store *s);

// What the writing thread keeps from job to job beside store.db, and does for it while nobody wants anything.
struct store_beside {
	// Store thread, outside a transaction, once no job came for two seconds: one small step. True: there is more; it is called
	// again unless a job waits. May be NULL.
	bool (*idle)(void *arg);
	void (*close)(void *arg); // after the last job, while the directory is still locked; frees arg
	void *arg;
};
// At most once a store; owned from here on.
void store_set_beside(struct store *s, const struct store_beside *b);
void *store_beside(struct store *s); // its arg, NULL: nothing was set
// There is something to do when it is quiet; a job says so by itself.
void store_stir(struct store *s);

// Submits one job and waits for it: for subcommands, which have nothing else to do. ERR is the job's.
must_use bool store_do(struct store *s, bool (*run)(struct db *db, void *arg, struct err *e), void *arg, struct err *e);

#endif
