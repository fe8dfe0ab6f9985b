// SPDX-License-Identifier: MIT
// Knows the parts of the client; for client*.c alone.
#ifndef SYNC_CLIENT_PART_H
#define SYNC_CLIENT_PART_H

#include <uv.h>

#include "src/sync/client.h"
#include "src/sync/drain.h"
#include "src/sync/events.h"
#include "src/sync/exchange.h"
#include "src/sync/http.h"
#include "src/sync/knowledge.h"
#include "src/sync/order.h"
#include "src/sync/session.h"
#include "src/sync/sqlite.h"

// A job of the store's thread that may outlive the client: run touches the job alone, end runs only while the client is there.
struct job {
	struct client *client; // NULL: gone
	struct job *next;      // of the client's
	bool (*run)(struct db *db, struct job *j, struct err *e);
	void (*end)(struct client *c, struct job *j, bool ok, const struct err *e);
	void (*release)(struct job *j); // frees it
};
void job_start(struct client *c, struct job *j, const char *what);

// POST /v1/sync on its way.
struct syncing {
	bool busy, cancelled;
	struct request *request; // NULL: a job has it
	struct exchange_sent sent;
	int timeout_ms, url;
	int64_t sent_at;
	bool careful;    // of the answer before
	int64_t hole[2];
};
// GET /v1/events.
struct streaming {
	struct request *request; // NULL: none
	struct sse sse;
};
// POST /v1/login, /v1/token or /v1/logout, each but the last after GET /v1/hello.
enum session_kind { SESSION_NONE, SESSION_TOKEN, SESSION_LOGIN, SESSION_LOGOUT };
struct talking {
	enum session_kind kind;
	struct request *request;
	int url, timeout_ms;
	struct str body;   // wiped
	int64_t asked_at;  // mono
	bool again;        // signed anew once: a signature counts once, and libcurl may have sent it twice
};

// The whole knowledge base, of a station that has followed none of it yet.
enum base_state { BASE_OVER, BASE_BUSY, BASE_WANTED };
struct basing {
	enum base_state state;
	struct fetch *fetch; // NULL: none is on its way
	int64_t have;        // bytes of it
	int64_t at;          // mono: not before
};

// Content packs, one after the other.
struct packing {
	bool busy, wanted; // a job or a request has it; name and hash are to be fetched
	bool came;         // some were unpacked since it was told
	struct request *request;
	char name[64], hash[2 * WIRE_HASH + 1];
	int64_t version, at; // at: mono, not before
};

// Outbox files of other stations, one after the other.
enum { CARRY_PATH = 4096 };
struct carrying {
	bool busy; // a job or a request has it
	struct request *request;
	char path[CARRY_PATH], after[CARRY_PATH]; // the one in hand; the last one passed over in this round
	char hash[2 * WIRE_HASH + 1];
	int64_t size, off, at; // at: mono, not before
	bool skipped, moved;   // in this round one had to wait for another, one was delivered
	size_t waiting;        // files there at the last look
};

// The outbox of a station that is to be wiped.
struct client_drain {
	bool on, busy, over;   // busy: a job or a request has it; over: the hub takes no more
	struct request *request;
	int64_t until, at;     // mono: destroyed by then in any case; not before
	struct drain_turn turn;
	struct exchange_sent sent;
};

struct client {
	struct uv_loop_s *loop;
	struct store *store;
	const struct clock *clock;
	struct knowledge *know;
	struct client_options opt; // the callbacks; texts are not valid
	char *proxy, *ca_file;
	char *more[CLIENT_MORE_URLS];
	struct http *http;
	struct link *link;      // NULL until the account was read, and while no hub was joined
	uv_timer_t *timer;      // the next step; freed by its close callback
	uv_prepare_t *prepare;  // has anything been committed?
	struct job *jobs;

	struct account account;
	bool ready;
	const char *urls[JOINED_URLS + CLIENT_MORE_URLS]; // borrowed from account and more
	int n_urls;
	char access[SESSION_TOKEN_MAX];
	int64_t skew_ms;        // station - hub
	bool skew_known, locked, wiped;

	struct syncing sync;
	struct streaming stream;
	struct talking talk;
	struct basing base;
	struct packing packs;
	struct carrying carry;
	struct client_drain drain;
	struct http *farewell;  // the last request, once all is destroyed
	char destroyed[ORDER_SENTENCE]; // how that went
	struct request *probe, *present, *receipt, *asking, *room, *gone;
	client_room_fn *room_done;
	void *room_arg;
	bool in_call;
	char state[24];     // presence
	int64_t state_at;   // hub time
	bool state_told;

	int64_t data_version;
	struct outbox_counts outbox;
	int64_t synced_at, seen_at; // hub time of the last complete exchange; mono of the last look at the lease
	bool settled, fetching;
	int64_t purged; // mono: operations of long ago were forgotten last, 0: not yet
	size_t exchanges, failures;
	enum link_state line_kept; // last written for `zuoxi status`
	char why[240];
};

int64_t client_mono(const struct client *c);
int client_ms(const struct client *c, int64_t ms); // of the clock, in ms of the loop
int client_timeout(const struct client *c, int ms); // the same for a request: never so short that a busy machine misses it
void client_soon(struct client *c); // a step on the next turn of the loop
const char *client_url(const struct client *c, int url);
void client_bearer(const struct client *c, char *out, size_t cap); // "Authorization: Bearer ..."
void client_failed(struct client *c, const struct http_reply *r);  // keeps the sentence
// Carries the hub's order out, if the answer is one. Every answer that may be a refusal comes by here.
void client_order(struct client *c, const struct http_reply *r);
// What an answer means to link: REFUSED with its problem, FAILED without an answer, OK. An order is carried out.
void client_verdict(struct client *c, const struct http_reply *r, struct link_report *out);

void client_on_timer(uv_timer_t *t);

// client_drain.c
void client_drain_begin(struct client *c, int64_t for_ms); // the order came; or has been here since before the start
void client_drain_step(struct client *c);
void client_wipe(struct client *c); // destroys all, tells the hub, then the program
// client_exchange.c
void client_sync_start(struct client *c, const struct link_do *d);
void client_sync_cancel(struct client *c);
// client_stream.c
void client_stream_start(struct client *c, const struct link_do *d);
void client_stream_end(struct client *c); // without a report
// client_session.c
void client_token_start(struct client *c, const struct link_do *d);
void client_talk_end(struct client *c); // without a report
void client_presence_tell(struct client *c);
// client_fetch.c
void client_base_look(struct client *c);  // once the account is read: is one wanted?
void client_base_step(struct client *c);
int64_t client_base_wait(const struct client *c); // ms until the next try, -1: none planned
void client_base_end(struct client *c);   // what is on its way is dropped; it is tried again
// client_packs.c
void client_packs_look(struct client *c); // rows came: is one of them a pack that is not here?
void client_packs_step(struct client *c);
int64_t client_packs_wait(const struct client *c);
void client_packs_end(struct client *c);
// client_carry.c
void client_carry_step(struct client *c);
int64_t client_carry_wait(const struct client *c);
bool client_carry_busy(const struct client *c); // something is on its way, or about to be looked for
void client_carry_end(struct client *c);        // as client_base_end
// client_room.c
void client_room_fail(struct client *c); // what is on its way is lost: the caller is told
// client_status.c
void client_count(struct client *c);      // the outbox, when something was committed
void client_lease_look(struct client *c); // locks when it is over
int64_t client_lease_wait(const struct client *c); // ms until it is, -1: never
void client_status(const struct client *c, struct hub_status *out);
void client_report(struct client *c);

#endif
