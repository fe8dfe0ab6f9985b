// SPDX-License-Identifier: MIT
// Knows what the hub keeps and how it is changed: entities in gapless streams, stations and their answers, sessions, audit.
//
// The only place of the hub with SQL. One implementation over sql.h for both engines; the conformance suite (tests/hub) runs
// every case on each. Everything is kept per site and found by it; streams that belong to none stand under WIRE_GLOBAL_SITE, what
// belongs to the database as a whole under HUB_WHOLE.
#ifndef HUB_STORE_H
#define HUB_STORE_H

#include <jansson.h>

#include "src/base/clock.h"
#include "src/base/vec.h"
#include "src/hub/sql.h"
#include "src/store/key.h"
#include "src/wire/wire.h"

#define HUB_WHOLE "" // in the place of a site

struct hub_store;
struct hub_tx;

struct hub_store_options {
	const char *url;
	const struct clock *clock; // borrowed
	const struct keyring *keys; // seals documents of people at rest, hashes what they are found by; borrowed
	int readers;               // reading connections; PostgreSQL: as many writing ones too. 0: 2
	enum sql_durability durability; // tests
	const char *vfs;                // tests
	bool readonly;                  // no writing connection, no lock
};
// Makes the schema where there is none, refuses one of another version (ERR_CONFLICT). SQLite: one process serves
// a file (ERR_CONFLICT while another does).
must_use bool hub_store_open(struct hub_store **out, const struct hub_store_options *o, struct err *e);
void hub_store_close(struct hub_store *s);
const struct clock *hub_store_clock(const struct hub_store *s);
enum sql_engine hub_store_engine(const struct hub_store *s);

// Runs body in one transaction of a free connection (waits for one; SQLite has one writer). A body may run up to 6 times: after
// BUSY, 40001, 40P01, a lost connection or a stale revision (hub_put) it starts over with everything it staged forgotten.
// What was staged and not flushed is flushed before the commit. false: nothing of it is stored, but when PostgreSQL was lost during
// the commit itself: then nobody knows, the message says so, and the numbers of the operations settle it (D3). Any thread.
// A reading body sees one snapshot. A writing one sees, statement by statement, what is committed (READ COMMITTED): read a
// stream's head before its page, never after.
enum hub_mode { HUB_READ, HUB_WRITE };
must_use bool hub_run(struct hub_store *s, enum hub_mode mode, bool (*body)(struct hub_tx *tx, void *arg, struct err *e), void *arg,
		      struct err *e);
int64_t hub_now(const struct hub_tx *tx);        // UTC ms, the same during one try
struct arena *hub_arena(struct hub_tx *tx);      // emptied when the transaction ends
// A fresh id, UUIDv7.
const char *hub_new_id(struct hub_tx *tx);

// --- entities and streams

// One entity at its newest revision. Documents are jansson objects; the transaction holds the references.
struct hub_ent {
	const char *t, *e, *s;
	int64_t seq; // its place in s; 0 while staged
	int64_t rev; // 1.., +1 per accepted change
	json_t *d;   // never NULL
	json_t *fr;  // {field: rev} of the last change of each field; NULL: never changed by field
	const char *by; // who made the last change
	int64_t at;     // hub time of it
	const char *gone, *to; // "merged" and the other id, "deleted"; NULL: it is there
	const char *dev;       // station that made the last change, NULL: the hub
};
// The newest revision, staged changes of this transaction included. *out NULL: there is none. Borrowed until the transaction
// ends; never changed in place: copy d before changing it.
must_use bool hub_get(struct hub_tx *tx, const char *site, const char *t, const char *e, const struct hub_ent **out, struct err *e_);
// Stages a new revision (rev must be the old one + 1, or 1; seq, at are filled in). A changed stream leaves a "moved" row behind
// in the old one. The row itself, its history line and the stream's counter are written by hub_flush. d and fr are shared, texts
// copied. Wrong rev: ERR_CONFLICT, not tried again.
must_use bool hub_put(struct hub_tx *tx, const char *site, const struct hub_ent *ent, const char *op_id, struct err *e);
// Writes what is staged: counters of all touched streams in sorted order, then rows with their numbers (sync.md D2). After it
// hub_seq_of tells the place. Called once; nothing may be staged after it.
must_use bool hub_flush(struct hub_tx *tx, struct err *e);
int64_t hub_seq_of(const struct hub_tx *tx, const char *site, const char *t, const char *e, const char **stream); // 0: not staged here

struct hub_stream {
	const char *s;
	// low: what stood up to there was forgotten; a cursor below it (but 0) is reset. No row that is there stands below low, so
	// that whoever begins at 0 never has such a cursor on the way.
	int64_t epoch, seq, low;
};
must_use bool hub_stream_get(struct hub_tx *tx, const char *site, const char *s, struct hub_stream *out, struct err *e); // never there: epoch of the hub, 0, 0
// Rows with seq > from in order, at most max_rows and about max_bytes (at least one). fn gives false to stop.
struct hub_feed_row {
	struct hub_ent ent; // gone "moved": the entity left this stream for ent.to
};
must_use bool hub_feed(struct hub_tx *tx, const char *site, const char *s, int64_t from, size_t max_rows, size_t max_bytes,
		       bool (*fn)(void *arg, const struct hub_feed_row *row), void *arg, struct err *e);
// Count and exclusive or of wire_row_digest over the rows that are there, at the head that is returned.
must_use bool hub_digest(struct hub_tx *tx, const char *site, const char *s, int64_t *at, int64_t *n, uint64_t *x, struct err *e);
// Heads changed in the last window_ms (0: all streams of all sites): fn(site, stream, epoch, seq). Autocommit read for the fan-out (§5.4).
must_use bool hub_heads(struct hub_store *s, int64_t window_ms, void (*fn)(void *arg, const char *site, const struct hub_stream *st),
			void *arg, struct err *e);
// Entities of a type that are there (not gone), newest id first, id < before (NULL: from the newest), at most limit.
must_use bool hub_list(struct hub_tx *tx, const char *site, const char *t, const char *before, size_t limit,
		       bool (*fn)(void *arg, const struct hub_ent *ent), void *arg, struct err *e);
// All revisions, oldest first; d is the document after each, fr is NULL.
must_use bool hub_history(struct hub_tx *tx, const char *site, const char *t, const char *e, bool (*fn)(void *arg, const struct hub_ent *ent),
			  void *arg, struct err *e_);
// Forgets all revisions of an entity but the one that is put after this in the same transaction (erasure, domain.md §18.8): their
// documents become {}, who and when stay.
must_use bool hub_forget(struct hub_tx *tx, const char *site, const char *t, const char *e, struct err *e_);

// All that is held about a customer: the entity itself, tickets, contacts with their timelines, call-backs, escalations, notes, conflicts,
// and what was put away of them. In transactions of its own, page by page.
struct hub_subject_row {
	const char *t, *e;
};
struct hub_subject {
	const char *site, *id; // of the customer; borrowed
	VEC(struct hub_subject_row) rows;
	struct arena arena;
};
must_use bool hub_subject_find(struct hub_store *s, struct hub_subject *q, struct err *e);
void hub_subject_release(struct hub_subject *q);
// Makes these anonymous with all their revisions (domain.md §18.8): fields that say nothing about a person stay, texts become WIRE_ERASED, the
// rest goes; timelines, conflicts and the customer leave rows that say "deleted". "anonymised_at" marks what was done, and it travels in
// the feed. Records changed within keep_ms, or under a "legal_hold", are put away first, with the customer; hub_housekeep ends that.
#define HUB_KEPT "@kept/" // and the month until which: streams of what was put away
enum { HUB_ERASED_TYPES = 8 };
extern const char *const hub_erased_types[HUB_ERASED_TYPES];
struct hub_erased {
	int64_t n[HUB_ERASED_TYPES]; // by hub_erased_types
	int64_t kept, until;         // put away, the last of them until (UTC ms)
};
must_use bool hub_subject_erase(struct hub_tx *tx, const struct hub_subject *q, int64_t keep_ms, struct hub_erased *out, struct err *e);
bool hub_subject_keeps(const char *field, const json_t *v); // does it say nothing about a person?

// Blind index (§6.3): ids of entities of type t whose field has the normalised value; kept by hub_put for customers (phone, id,
// order, name). value as a person types it.
must_use bool hub_lookup(struct hub_tx *tx, const char *site, const char *t, const char *field, const char *value, size_t limit,
			 const char ***ids, size_t *n, struct err *e);

// --- stations (devices) and what became of their operations (D3)

struct hub_dev {
	const char *dev, *inc, *site, *station; // station: the 3 characters leased to it
	int64_t last_n, seen;
	unsigned char key[32]; // Ed25519
	const char *state;     // active, quarantined, wiped, draining (to be wiped once its outbox is here), disabled
	const char *name, *owner; // owner: agent logged in last
	const char *report;       // JSON it sent last: unsent, oldest_at, conn, lease, version; NULL
};
// inc NULL: the incarnation seen last.
must_use bool hub_dev_get(struct hub_tx *tx, const char *site, const char *dev, const char *inc, struct hub_dev *out, bool *found,
			  struct err *e);
must_use bool hub_dev_put(struct hub_tx *tx, const struct hub_dev *d, struct err *e); // all but last_n
// Only what a station tells of itself with an exchange: never its state, which somebody else may be changing.
must_use bool hub_dev_report(struct hub_tx *tx, const char *site, const char *dev, const char *inc, int64_t seen, const char *report,
			     struct err *e);
must_use bool hub_dev_list(struct hub_tx *tx, const char *site, bool (*fn)(void *arg, const struct hub_dev *d), void *arg, struct err *e);
// last_n from -> to, and seen; a stale from starts the transaction over. So does hub_opres_put of a number that has an answer.
must_use bool hub_dev_advance(struct hub_tx *tx, const char *site, const char *dev, const char *inc, int64_t from, int64_t to, struct err *e);
struct hub_opres {
	int64_t n, at;
	unsigned char h[WIRE_HASH];
	const char *res; // JSON of wire_answer_print
	const char *k;
};
// What the hub answers in the place of numbers it let pass without having had them (§3.3 rule 11): kind of the answer at the last one.
#define HUB_HOLE "@hole"
must_use bool hub_opres_get(struct hub_tx *tx, const char *site, const char *dev, const char *inc, int64_t n, struct hub_opres *out, bool *found,
			    struct err *e);
must_use bool hub_opres_put(struct hub_tx *tx, const char *site, const char *dev, const char *inc, const struct hub_opres *r, struct err *e);
// Answers in (from, to], oldest first: for the shift-end receipt.
must_use bool hub_opres_list(struct hub_tx *tx, const char *site, const char *dev, const char *inc, int64_t from, int64_t to,
			     bool (*fn)(void *arg, const struct hub_opres *r), void *arg, struct err *e);

// --- people's secrets and sessions. Who a person is (roles, team, queues) is the entity "agent" in dir/<site>. A login is one
// person's at its site; another site may have the same.

struct hub_cred {
	const char *site, *agent, *login, *hash; // hash: argon2id string of libsodium
	int64_t failed, locked_until;
};
must_use bool hub_cred_by_login(struct hub_tx *tx, const char *site, const char *login, struct hub_cred *out, bool *found, struct err *e);
must_use bool hub_cred_put(struct hub_tx *tx, const struct hub_cred *c, struct err *e); // ERR_CONFLICT: login taken by another
struct hub_session {
	unsigned char access[32], refresh[32], previous[32]; // BLAKE2b-256 of the tokens; previous: the refresh token before
	const char *family, *site, *agent, *dev, *inc;
	int64_t expires, refreshed, ended; // ended 0: alive
};
must_use bool hub_session_put(struct hub_tx *tx, const struct hub_session *s, struct err *e); // by site and family
must_use bool hub_session_by_access(struct hub_tx *tx, const char *site, const unsigned char h[32], struct hub_session *out, bool *found,
				    struct err *e);
must_use bool hub_session_by_refresh(struct hub_tx *tx, const char *site, const unsigned char h[32], struct hub_session *out, bool *found,
				     struct err *e); // current or previous
must_use bool hub_session_get(struct hub_tx *tx, const char *site, const char *family, struct hub_session *out, bool *found, struct err *e);
must_use bool hub_session_end_all(struct hub_tx *tx, const char *site, const char *dev, const char *agent, int64_t now,
				  struct err *e); // dev, agent: either may be NULL
struct hub_code { // one-time enrolment code
	unsigned char h[32];
	const char *site, *station, *name;
	int64_t expires, used;
};
must_use bool hub_code_put(struct hub_tx *tx, const struct hub_code *c, struct err *e);
must_use bool hub_code_take(struct hub_tx *tx, const char *site, const unsigned char h[32], int64_t now, struct hub_code *out, bool *found,
			    struct err *e); // marks it used

// --- the rest

// A fact under a name, of a site or of HUB_WHOLE.
must_use bool hub_meta_get(struct hub_tx *tx, const char *site, const char *key, const char **value, struct err *e); // NULL: absent
must_use bool hub_meta_set(struct hub_tx *tx, const char *site, const char *key, const char *value, struct err *e);
// A lease row (§5.2): *fence grows with every new owner; *held: is it ours until now + ttl.
must_use bool hub_lease(struct hub_store *s, const char *site, const char *name, const char *owner, int64_t ttl_ms, bool *held, int64_t *fence,
			struct err *e);
struct hub_presence {
	const char *site, *agent, *state, *hub;
	int64_t since, expires;
};
must_use bool hub_presence_put(struct hub_tx *tx, const struct hub_presence *p, struct err *e);
must_use bool hub_presence_list(struct hub_tx *tx, const char *site, bool (*fn)(void *arg, const struct hub_presence *p), void *arg, struct err *e);
// Puts off the end of those of v that are this hub's: site and agent of each.
struct hub_present {
	const char *site, *agent;
};
must_use bool hub_presence_keep(struct hub_tx *tx, const char *hub, const struct hub_present *v, size_t n, int64_t expires, struct err *e);
// An audit chain a site (§6.8): hash_i = BLAKE2b-256(hash_{i-1} | canonical line). Masked detail only.
struct hub_audit {
	const char *site, *actor, *station, *action, *object, *purpose, *detail;
};
must_use bool hub_audit_add(struct hub_tx *tx, const struct hub_audit *a, struct err *e);
must_use bool hub_audit_verify(struct hub_store *s, int64_t *lines, struct err *e); // every chain; lines: of all together
must_use bool hub_audit_list(struct hub_tx *tx, const char *site, size_t limit, bool (*fn)(void *arg, int64_t at, const struct hub_audit *a), void *arg,
			     struct err *e);
// Blobs by the BLAKE2b-256 of their bytes. Uploads grow by offset; complete when the hash fits.
must_use bool hub_blob_state(struct hub_tx *tx, const char *site, const char *hash, int64_t *size, int64_t *have, bool *complete, bool *found, struct err *e);
must_use bool hub_blob_append(struct hub_tx *tx, const char *site, const char *hash, int64_t size, int64_t off, struct sv bytes, bool *complete,
			      struct err *e);
must_use bool hub_blob_read(struct hub_tx *tx, const char *site, const char *hash, int64_t off, size_t max, struct str *out, struct err *e);

// --- practice rooms (domain.md §12.3): lines in order, kept ROOM_DAYS, outside of every stream

enum { ROOM_DAYS = 30, ROOM_CODE = 6, ROOM_LINES_MAX = 20000, ROOM_LINE_BYTES = 16 * 1024 };
struct hub_room {
	const char *room;  // code, ROOM_CODE characters that cannot be mistaken for others
	const char *owner; // agent
	const char *kind;  // paired, coached, drill
	const char *doc;   // JSON: what it is about
	int64_t last, at, upd;
};
// A room with a fresh code. Strings of *out live as long as the transaction.
must_use bool hub_room_open(struct hub_tx *tx, const char *site, const char *owner, const char *kind, const char *doc, struct hub_room *out,
			    struct err *e);
must_use bool hub_room_get(struct hub_tx *tx, const char *site, const char *room, struct hub_room *out, bool *found, struct err *e);
// Rooms something was said in since then, newest first.
must_use bool hub_room_list(struct hub_tx *tx, const char *site, int64_t since, size_t limit, bool (*fn)(void *arg, const struct hub_room *r), void *arg,
			    struct err *e);
struct hub_roomline {
	int64_t n, c, at;
	const char *dev, *author, *body; // body: JSON
};
// Appends unless the station said its c before; *n is the number it got then or now. ERR_LIMIT: the room is full, ERR_NOT_FOUND.
must_use bool hub_room_say(struct hub_tx *tx, const char *site, const char *room, const struct hub_roomline *l, int64_t *n, struct err *e);
must_use bool hub_room_lines(struct hub_tx *tx, const char *site, const char *room, int64_t after, size_t limit,
			     bool (*fn)(void *arg, const struct hub_roomline *l), void *arg, struct err *e);

// Forgets what is older than its retention: answers, sessions, codes, presence, uploads that were never finished, documents of what
// was deleted; and "moved" rows where nothing that stays stands before them: the stream's low rises.
must_use bool hub_housekeep(struct hub_store *s, int64_t now, struct err *e);
// One consistent copy of everything while serving, into a file of SQLite's form whatever the engine (sync.md §7 T11).
must_use bool hub_backup(struct hub_store *s, const char *path, struct err *e);
// Copies all tables of a store into an empty one (ERR_CONFLICT otherwise), sealed as they are, so that the key must be the same: numbers, epochs, stations and answers stay, so that stations notice nothing.
must_use bool hub_copy(struct hub_store *from, struct hub_store *to, struct err *e);
// After a restore: the epoch of the hub and of every stream goes up, to the time in seconds or one more than the highest, so that stations feed again what they still have.
must_use bool hub_new_epoch(struct hub_store *s, struct err *e);
// Every number of every stream (above low) given to exactly one change, revisions without holes, answers without holes up to last_n
// (but HUB_HOLE), documents that open with the key, the audit chains. ERR_CONFLICT names the first finding. Reads everything.
must_use bool hub_check(struct hub_store *s, struct err *e);

#endif
