// SPDX-License-Identifier: MIT
// Knows what station and hub say to each other: limits, streams, cursors, operations, rows, answers, problems.
//
// The one description of protocol v1 (sync.md §3) that both sides compile. Documents are jansson objects; unknown members
// are kept and handed on. Nothing here does input or output.
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/base/str.h"

// What a station of this release writes. 1: the outbox of 0.1, in which customer.set carried the whole document and calls had
// no call.put. A hub takes every schema from WIRE_SCHEMA_OLDEST on (sync.md §3.8).
enum { WIRE_SCHEMA = 2, WIRE_SCHEMA_OLDEST = 1 };

// Stands where a text was of somebody who wanted to be forgotten; stations show it in their language.
#define WIRE_ERASED "[erased]"

// sync.md §3.9
enum {
	WIRE_OP_BYTES = 65536,       // body of one operation
	WIRE_REQUEST_BYTES = 1 << 20,
	WIRE_OPS = 200,              // of one request
	WIRE_PUSH_BYTES = 256 * 1024, // bodies a station puts into one request
	WIRE_ROWS = 500,             // of one answer
	WIRE_PAGE_BYTES = 512 * 1024,
	WIRE_DEPTH = 32,
	WIRE_KEY_BYTES = 64,
	WIRE_STRING_BYTES = 48 * 1024,
	WIRE_ARRAY = 1000,
	WIRE_STREAMS = 64,           // of one station
	WIRE_BLOB_BYTES = 20 << 20,
	WIRE_BLOBS_DAY = 200,        // begun by one station on one day, UTC
	WIRE_WAIT_MS = 25000,        // long poll
	WIRE_HASH = 32,
	WIRE_PUSH_EVENT_BYTES = 8192, // rows inside one event of the stream; more: only the head is told
};
#define WIRE_RETENTION_MS (30LL * 24 * 3600000) // acknowledged operations stay at the station so long (§0 D14)
#define WIRE_OPRES_MS (35LL * 24 * 3600000)     // and their answers at the hub

// Parses one JSON document within the limits above (max bytes of text, depth, key, string, array; double keys and trailing
// text refused; arrays of ops, pages and rows may be longer than WIRE_ARRAY only up to WIRE_ROWS). NULL with e (ERR_PARSE,
// ERR_LIMIT). New reference.
json_t *wire_parse(struct sv text, size_t max, struct err *e);
// Compact text, members in their order: parse and print give the same bytes again, so that hashes hold. Owned by the caller.
char *wire_print(const json_t *j);

// --- streams and cursors (§3.1)

// A stream's name is "family/rest", at most 60 bytes of [A-Za-z0-9_.:/-]. Families and what they order:
//   q/<queue>            tickets, notes, escalations, conflicts of a queue       me/<agent>  own calls, call-backs, receipts
//   cust/<site>/<0..f>   customers by the last digit of their id                 bc/<site>, bc/all  broadcasts
//   dir/<site>           agents, teams, queues, skills                           cfg/<site>  packs
//   kb/all               articles, phrasings, uncovered cases
enum wire_family { WIRE_Q, WIRE_ME, WIRE_CUST, WIRE_BC, WIRE_DIR, WIRE_CFG, WIRE_KB, WIRE_FAMILIES };
must_use bool wire_stream_parse(const char *s, enum wire_family *family, const char **rest); // rest: borrowed from s
// Streams that belong to no site ("kb/all", "bc/all") are kept under this one.
#define WIRE_GLOBAL_SITE "*"
bool wire_stream_is_global(const char *s);
// The stream of a customer (§3.1).
void wire_customer_stream(const char *site, const char *id, char *out, size_t cap);

// "<epoch>:<number>": a position in a stream, and the base of an operation (epoch of the stream, revision of the entity).
struct wire_cursor {
	int64_t epoch, seq;
};
must_use bool wire_cursor_parse(const char *s, struct wire_cursor *out);
void wire_cursor_print(struct wire_cursor c, char *out, size_t cap); // cap >= 42

// --- operations (§3.3)

struct wire_op {
	int64_t n;
	const char *id, *k, *t, *e, *s; // operation id, kind, entity type, entity id, stream
	const char *base;               // "epoch:rev", NULL: none
	json_t *body;                   // object; borrowed
	int64_t at;                     // UTC ms, claimed by the station
	bool off;                       // made while offline
	const char *by;                 // agent at the time, NULL: whoever is logged in
	unsigned char h[WIRE_HASH];
};
// BLAKE2b-256 over id, k, t, e, s, base (empty for NULL) and the text of the body, each followed by one zero byte.
void wire_op_hash(const char *id, const char *k, const char *t, const char *e, const char *s, const char *base, const char *body,
		  unsigned char out[WIRE_HASH]);
// {"n","id","k","t","e","s","base"?,"body":{},"at":rfc3339,"off"?,"by"?,"h":hex}. New reference; op->body is shared.
json_t *wire_op_print(const struct wire_op *op);
// Strings are borrowed from j. ERR_PARSE names the member; ERR_DENIED: h is not the hash of what stands here.
must_use bool wire_op_parse(const json_t *j, struct wire_op *out, struct err *e);

// How an operation ended at the hub; each consumes n (§3.3 rule 2).
enum wire_result { WIRE_APPLIED, WIRE_MERGED, WIRE_NOOP, WIRE_CONFLICT, WIRE_REJECTED };
const char *wire_result_name(enum wire_result r);
must_use bool wire_result_parse(const char *s, enum wire_result *out);
// {"n","r","rev"?,"at":{stream:seq}?,"lost":[field]?,"cf":id?,"why":problem type?,"old":true?}
struct wire_answer {
	int64_t n, rev;
	enum wire_result r;
	const char *at_stream; // NULL: in no stream
	int64_t at_seq;
	json_t *lost;          // array of field names, NULL: none; borrowed
	const char *cf;        // conflict entity
	const char *why;       // problem type of a rejection, "forbidden"
	bool old;              // the stored answer was purged already
};
json_t *wire_answer_print(const struct wire_answer *a); // new reference
must_use bool wire_answer_parse(const json_t *j, struct wire_answer *out, struct err *e);

// --- rows and pages

// {"q","t","e","rev","v"?,"by"?,"at"?,"d":{}} or {"q","t","e","rev","gone":"moved|merged|deleted|revoked","to"?}
struct wire_row {
	int64_t q, rev, at;
	const char *t, *e, *by;
	json_t *d;              // borrowed; NULL when gone
	const char *gone, *to;  // NULL: it is there
};
json_t *wire_row_print(const struct wire_row *r); // new reference
must_use bool wire_row_parse(const json_t *j, struct wire_row *out, struct err *e);

// Digest of a stream (§3.3 rule 8): the exclusive or of these over all rows that are there.
uint64_t wire_row_digest(const char *t, const char *e, int64_t rev);

// --- problems (§3.6, RFC 9457)

enum wire_retry { WIRE_RETRY_NO, WIRE_RETRY_SAME, WIRE_RETRY_AFTER, WIRE_RETRY_LOGIN, WIRE_RETRY_UPGRADE };
// PROBLEM(name, "type", status, retry, "title"): every answer of the hub that is not 2xx is one of these.
#define WIRE_PROBLEMS(X)                                                                                                          \
	X(BAD_JSON, "bad-json", 400, NO, "The request is not valid JSON within the limits")                                       \
	X(BAD_SHAPE, "bad-shape", 400, NO, "A member of the request is missing or of the wrong type")                             \
	X(TOKEN_MISSING, "token-missing", 401, LOGIN, "Log in first")                                                             \
	X(TOKEN_EXPIRED, "token-expired", 401, LOGIN, "The access token has expired")                                             \
	X(TOKEN_REVOKED, "token-revoked", 401, LOGIN, "The session has ended")                                                    \
	X(BAD_LOGIN, "bad-login", 401, LOGIN, "Login or password is wrong")                                                       \
	X(BAD_SIGNATURE, "bad-signature", 401, LOGIN, "The station's signature does not fit")                                     \
	X(BAD_CODE, "bad-code", 403, NO, "The enrolment code is unknown, used or too old")                                        \
	X(FORBIDDEN, "forbidden", 403, NO, "This user may not do that")                                                           \
	X(SITE_MISMATCH, "site-mismatch", 403, NO, "That belongs to another site")                                                \
	X(QUARANTINED, "quarantined", 403, NO, "This station is shut out: its numbers were used twice")                           \
	X(NOT_FOUND, "not-found", 404, NO, "There is no such thing here")                                                         \
	X(BAD_METHOD, "bad-method", 405, NO, "This address does not take that method")                                            \
	X(OP_GAP, "op-gap", 409, SAME, "Operations are missing before the first one sent")                                        \
	X(OP_REUSE, "op-reuse", 409, NO, "The number of an operation was used for another one")                                   \
	X(UNSENT, "unsent", 409, SAME, "The hub does not have everything yet")                                                    \
	X(PRECONDITION, "precondition", 412, NO, "It has been changed by somebody else meanwhile")                                \
	X(TOO_LARGE, "too-large", 413, NO, "The request is larger than allowed")                                                  \
	X(BAD_RANGE, "bad-range", 416, NO, "That range is not there")                                                             \
	X(WIPE, "wipe", 423, NO, "This station is to be wiped")                                                                   \
	X(UPGRADE, "upgrade", 426, UPGRADE, "This station's program is too old for the hub")                                      \
	X(BUSY, "busy", 503, AFTER, "The hub is busy; try again later")                                                           \
	X(TOO_MANY, "too-many", 429, AFTER, "Too many requests; try again later")                                                 \
	X(INTERNAL, "internal", 500, AFTER, "The hub failed")                                                                     \
	X(STORE_FULL, "store-full", 507, AFTER, "The hub's disk is full")
#define WIRE_PROBLEM_ENUM(name, type, status, retry, title) WIRE_P_##name,
enum wire_problem_kind { WIRE_P_NONE, WIRE_PROBLEMS(WIRE_PROBLEM_ENUM) WIRE_P_KINDS };
#undef WIRE_PROBLEM_ENUM
struct wire_problem {
	enum wire_problem_kind kind; // WIRE_P_NONE: none
	char detail[240];            // for logs; people see a text made from kind
	int64_t after_ms;            // of RETRY_AFTER
	int64_t expect;              // of op-gap: the n wanted next
	bool drain;                  // of wipe, at the hub: what was not sent is to come first
};
const char *wire_problem_type(enum wire_problem_kind k);   // "op-gap"
const char *wire_problem_title(enum wire_problem_kind k);  // English
int wire_problem_status(enum wire_problem_kind k);
enum wire_retry wire_problem_retry(enum wire_problem_kind k);
// False always, so that a refusal is one line.
bool wire_problem_set(struct wire_problem *p, enum wire_problem_kind k, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
json_t *wire_problem_print(const struct wire_problem *p, const char *instance); // application/problem+json; new reference
// Any body: what is no problem document counts by its status alone. Never fails.
void wire_problem_parse(struct sv body, int status, struct wire_problem *out);

#endif
