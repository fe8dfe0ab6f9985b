// SPDX-License-Identifier: MIT
// Knows the station's side of the hub at work: what link.h wants is started, what exchange.h needs is fetched, on the loop.
//
// Nothing here ever waits: the protocol runs as jobs in the store's thread, requests on the loop. client_free ends all at once.
#ifndef SYNC_CLIENT_H
#define SYNC_CLIENT_H

#include "src/base/clock.h"
#include "src/store/store.h"
#include "src/sync/account.h"
#include "src/sync/link.h"
#include "src/work/hub.h"

struct json_t;
struct uv_loop_s;
struct knowledge;
struct client;

enum { CLIENT_MORE_URLS = 3 };
struct client_options { // texts are copied; the rest outlives the client
	struct uv_loop_s *loop;
	struct store *store;         // attached to the loop
	const struct clock *clock;
	struct knowledge *know;      // NULL: knowledge is not taken from the hub. It must outlive the store: jobs there use it
	const char *proxy;           // NULL or "": none
	const char *ca_file;         // NULL or "": what the enrolment said
	const char *urls[CLIENT_MORE_URLS]; // of the settings, after those of the enrolment; NULL or "": none
	uint64_t seed;               // of the jitter
	int hurry;                   // tests only: the clock runs so many times faster than the loop's timers; 0: as fast
	// All on the loop, never from inside a call of the client's. Any may be NULL.
	void (*report)(void *arg, const struct hub_status *s); // after whatever may have changed it
	void (*changed)(void *arg, bool red); // rows of the station are not as they were; red: a red broadcast is among them
	void (*person)(void *arg, const struct person *who);   // who is logged in; borrowed
	void (*receipt)(void *arg, const struct hub_receipt *r);
	void (*say)(void *arg, bool bad, const char *sentence); // for people, in their language
	// The hub ordered this station to be wiped, after its outbox where the order says so, and it was: keys and files are gone, in a sentence. Nothing is exchanged any more; the
	// program closes the store, calls station_destroy once more and ends.
	void (*wiped)(void *arg, const char *sentence);
	void (*base_away)(void *arg, bool away); // the knowledge base is about to be replaced: close it here, until it is called with false
	void (*content)(void *arg); // content packs came, and all the hub names are in the station's directory now
	void *arg;
};
// Reads the account in the store's thread; a station that has joined no hub does nothing from then on.
must_use bool client_new(struct client **out, const struct client_options *o, struct err *e);
// Cancels everything at once; jobs that are in the store's thread end without it. The loop must turn once more. NULL is fine.
void client_free(struct client *c);

void client_login(struct client *c, const char *login, const char *password); // says how it ended
void client_logout(struct client *c);
void client_drill(struct client *c, bool on);
void client_sync_now(struct client *c);
void client_in_call(struct client *c, bool yes); // small pages while the line is busy
void client_stations(struct client *c); // asks how the stations of the site stand; they come as rows of type "station"
void client_receipt(struct client *c); // asks for the shift-end receipt; comes by the callback, given or not
// What the agent is doing now, for the dispatch; told on change and after a time offline. state: a code of domain.md §15.1.
void client_presence(struct client *c, const char *state);

// Practice rooms (sync.md knows nothing of them: they are beside streams and operations). One request at a time; done is called once,
// never from inside, with the answer (borrowed) or NULL and why. False: it cannot be asked now, and done is not called.
// talk: lines is a list of {"c":n,"body":{}}; the answer has "last" and "lines" after that number.
typedef void client_room_fn(void *arg, const struct json_t *answer, const struct err *e);
must_use bool client_rooms(struct client *c, client_room_fn *done, void *arg, struct err *e);
must_use bool client_room_open(struct client *c, const char *kind, struct json_t *about, client_room_fn *done, void *arg, struct err *e);
must_use bool client_room_talk(struct client *c, const char *room, struct json_t *lines, int64_t after, client_room_fn *done, void *arg,
			       struct err *e);
void client_room_cancel(struct client *c); // without calling back

const char *client_dev(const struct client *c); // how the hub names this station; "" while no hub is joined

struct client_view {
	bool ready;        // the account was read
	bool joined, session; // session: a refresh token is there
	bool settled;      // the last exchange left nothing to send and nothing to fetch
	bool base;         // the knowledge base follows its stream: nothing of it is being fetched whole
	bool base_later;   // a whole one is wanted, but hub or disk were busy: not before some time from now
	int64_t fetched;   // bytes of a whole base that have come
	bool leaving;      // it is to be wiped: the outbox goes up, or the hub is told
	bool carrying;     // files of other stations are on their way to the hub, or looked for
	size_t carried;    // those that waited at the last look
	size_t exchanges;  // that ended well
	size_t failures;   // that did not, in a row
	struct link_view link;
	struct hub_status status;
	char why[240];     // the last failure, a sentence; ""
};
void client_look(const struct client *c, struct client_view *out);

#endif
