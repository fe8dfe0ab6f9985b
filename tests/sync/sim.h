// SPDX-License-Identifier: MIT
// Knows one simulated cell: real station cores (exchange, link) and real hubs (hub_exchange) on a virtual clock and network.
//
// One seed is one run: faults, delays and what people do all come from it. Single thread, no real time.
#ifndef TESTS_SYNC_SIM_H
#define TESTS_SYNC_SIM_H

#include "src/base/vec.h"
#include "src/hub/exchange.h"
#include "src/sync/exchange.h"
#include "src/sync/link.h"
#include "src/sync/retry.h"
#include "tests/sync/memstore.h"

enum { SIM_STATIONS = 50, SIM_HUBS = 3, SIM_QUEUES = 4 };
#define SIM_SITE "S01"
#define SIM_WALL 1795000000000LL // UTC ms when virtual time is 0

// Deliberate bugs, put in at the seams: what goes into the hub, what comes to a station, the calls of its store.
#define SIM_MUTANTS(X) \
	X(IDEMPOTENCY, "the hub applies an operation each time it comes") \
	X(LEAVE, "a row leaves though it came by its new stream already") \
	X(REFEED, "nothing is fed again after a restore") \
	X(STALE_PAGE, "a page is applied wherever it begins") \
	X(EMPTY_PAGE, "the cursor moves without the rows") \
	X(CUT, "a page that is cut short moves the cursor to its end") \
	X(EARLY_SETTLE, "an operation settles before its row is here") \
	X(LWW, "the last writer wins") \
	X(BASE_EPOCH, "a base counts in any epoch") \
	X(DIGEST, "the hub's digest is adopted") \
	X(RESET_OUTBOX, "a stream that starts over takes its operations along") \
	X(GAP, "the hub accepts a gap in the numbers") \
	X(MOVED, "a row that moved to another stream is not taken there") \
	X(POISON, "a rejected operation is sent again and again") \
	X(NOT_ATOMIC, "after a crash the cursor is there and the rows are not") \
	X(SENDING, "an operation whose reply was lost counts as sent") \
	X(OLD_ROW, "an older row replaces a newer one") \
	X(DROP_UNSENT, "a stream that was taken away takes its operations along")
#define SIM_MUTANT_ENUM(name, text) MUTANT_##name,
enum sim_mutant { MUTANT_NONE, SIM_MUTANTS(SIM_MUTANT_ENUM) MUTANT_COUNT };
#undef SIM_MUTANT_ENUM
const char *sim_mutant_name(enum sim_mutant m); // "LWW"
const char *sim_mutant_text(enum sim_mutant m);

struct sim_options {
	uint64_t seed;
	enum sim_mutant mutant;
	FILE *trace; // NULL: none
	int stations; // 0: the seed says
	bool rough; // every kind of fault in every run (for mutants that need a rare one)
};
struct sim_result {
	bool ok;
	char why[600]; // the invariant that does not hold
	int64_t at; // virtual ms
	int stations, hubs;
	size_t ops, exchanges, pushes, resets, restores, crashes, conflicts, events;
	int64_t drained; // virtual ms from the heal until every outbox was empty
};
// false: an invariant does not hold.
bool sim_run(const struct sim_options *o, struct sim_result *out);

// --- inside

struct world;
enum msg_kind {
	MSG_SYNC,
	MSG_SYNC_REPLY,
	MSG_FAILED,
	MSG_PROBE,
	MSG_PROBE_REPLY,
	MSG_STREAM,
	MSG_HELLO,
	MSG_CH,
	MSG_STREAM_END,
};
struct msg {
	enum msg_kind kind;
	int station, hub, life; // life: of the station when it was sent
	int64_t id; // of the request or the stream
	int status, wait_ms; // wait_ms: of a long poll
	char *text; // owned
};
struct event {
	int64_t at;
	uint64_t order;
	void (*fn)(struct world *w, struct event *ev);
	int a, b;
	int64_t x;
	struct msg *msg; // owned by the event until fn takes it
};

struct station {
	int i;
	struct world *w;
	unsigned queues; // served by right, a bit a queue
	struct memstore m;
	struct sync_store calls; // m.calls, watched
	struct link *link;
	bool up;
	int life;
	char agent[40], dev[40];
	int64_t skew, wake;
	bool syncing, streaming, probing;
	int64_t sync_id, stream_id, probe_id, sent_at, sent_skew, stream_heard;
	int sync_hub, stream_hub;
	struct exchange_sent sent;
	bool careful;
	int64_t hole[2];
	unsigned asked_enough;
	bool cut; // the store said enough: the cursor that follows is one of a cut page
	bool cleared; // a stream was cleared in this transaction: its cursor may go back
	bool rotten; // lost a row behind the program's back: its digest will not fit once
	const json_t *answer; // what is being taken, for mutants
	int64_t drained_at;
	enum link_state shown;
};

// What people did: each operation once, from the moment its commit returned.
enum deed { DEED_NEW, DEED_TEXT, DEED_MOVE, DEED_NOTE, DEED_INC, DEED_TAG, DEED_RANK, DEED_POISON, DEED_ROTTEN, DEED_BROADCAST };
struct deed_op {
	enum deed deed;
	int station;
	int64_t n;
	char id[40], e[40];
	const char *field; // static
	char value[48], was[48], base[48]; // texts: written, seen in the view, seen in the base row
	bool had_was, had_base;
};

struct told { // up to where a stream was told
	char s[64];
	int64_t epoch, seq;
};
struct conn { // a stream at a hub
	int station;
	int64_t id;
	VEC(struct told) told;
};
struct hubp {
	int i;
	bool up;
	int gen; // of this process
	VEC(struct msg *) batch; // requests of this round
	VEC(struct msg *) parked; // long polls
	bool scheduled, pushing;
	VEC(struct conn) conns;
};

struct faults {
	double loss, dup, late, reset, drop_event, crash_take, crash_work, hub_crash, hub_before, small_pages;
	int64_t latency;
	bool partitions, station_crash, hubs_crash, restore, rights, skew, rot, spoil, deaf;
};
struct world {
	struct sim_options o;
	struct sim_result *r;
	struct rng rng;
	int64_t now;
	uint64_t order;
	VEC(struct event) heap;
	int64_t next_id;
	struct faults f;
	bool healed, over;
	int64_t heal_at, end_at;
	int n_stations, n_hubs, n_queues, restores;
	struct station st[SIM_STATIONS];
	struct hubp hub[SIM_HUBS];
	bool cut[SIM_STATIONS][SIM_HUBS];
	struct clock clock;
	struct keyring *keys;
	struct hub_store *store, *backup;
	VEC(struct deed_op) deeds;
	VEC(char *) tickets;
	int64_t serial; // of values and ids
};

// sim_world.c
void sim_at(struct world *w, int64_t delay, void (*fn)(struct world *, struct event *), int a, int b, int64_t x, struct msg *msg);
bool sim_chance(struct world *w, double p);
int64_t sim_between(struct world *w, int64_t lo, int64_t hi);
void sim_id(struct world *w, char out[40]); // UUIDv7 in form, in order
void sim_violate(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void sim_trace(const struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void msg_free(struct msg *m);
struct msg *msg_new(enum msg_kind k, int station, int hub, int life, int64_t id);
// Sends; loses, doubles and delays it as the faults have it. Takes m.
void sim_send(struct world *w, struct msg *m);

// sim_station.c
void station_init(struct world *w, int i);
void station_release(struct station *s);
void station_start(struct world *w, struct station *s);
void station_crash(struct world *w, struct station *s);
void station_run(struct world *w, struct station *s); // starts what is due
void station_receive(struct world *w, struct msg *m); // takes m
// sim_watch.c: the calls of the store, watched and, by mutants, spoilt
void watch_init(struct world *w, struct station *s);

// sim_hub.c
void hub_setup(struct world *w);
void hub_receive(struct world *w, struct msg *m); // takes m
void hub_down(struct world *w, struct hubp *h, int64_t ms);
void hub_restore(struct world *w);
void hub_snapshot(struct world *w);
void hub_rights(struct world *w, struct station *s, bool give);
// Who acts at a station, as the hub has it now. Strings in a.
struct who {
	struct world *w;
	struct station *s;
	struct actor *out;
	struct arena *a;
};
bool hub_actor(struct hub_tx *tx, const struct who *x, struct err *e);
void hub_unpark(struct world *w, struct hubp *h, int64_t id); // a long poll, or all of them (0), into the next batch
// sim_push.c
void hub_wake(struct world *w, const struct hubp *from); // something was committed
void hub_open_stream(struct world *w, struct hubp *h, const struct msg *m);
void hub_drop_conn(struct hubp *h, size_t i);
void hub_beat(struct world *w, struct event *ev);

// sim_work.c
void work_event(struct world *w, struct event *ev);
void work_schedule(struct world *w);

// sim_check.c
void check_drained(struct world *w, struct event *ev); // a minute after the heal
void check_end(struct world *w);

// sim_mutant.c
int64_t mutant_request(struct world *w, struct station *s, json_t *request); // gives by how much it moved the numbers
void mutant_answer(json_t *reply, int64_t shift); // and moves those of the answers back
json_t *mutant_reply(struct world *w, struct station *s, json_t *answer); // takes answer
void mutant_after_crash(struct world *w, struct station *s, const struct mem_state *lost);

#endif
