// SPDX-License-Identifier: MIT
// Knows whether the station is connected and what to try next: a pure machine over reports and time (domain.md §4.9, sync.md §3.5).
//
// The owner reports what happened and asks link_next what to start; it starts it and reports the end. No input or output, no
// timers of its own: link_wait tells how long nothing will change.
#ifndef SYNC_LINK_H
#define SYNC_LINK_H

#include "src/wire/wire.h"

enum link_state { LINK_OFF, LINK_ONLINE, LINK_DEGRADED, LINK_OFFLINE, LINK_RECOVERING }; // OFF: not enrolled
const char *link_state_code(enum link_state s);  // "online", "degraded", "offline_backup", "recovering", "off"
const char *link_state_label(enum link_state s); // in the user's language

enum link_do_kind {
	LINK_NOTHING,
	LINK_SYNC,   // POST /v1/sync (push_only, wait_ms)
	LINK_STREAM, // GET /v1/events
	LINK_PROBE,  // GET /healthz
	LINK_TOKEN,  // POST /v1/token
	LINK_CLOSE,  // end what `what` names; its end is then reported as usual, and counts as no failure
	LINK_LOGIN,  // a person must type the password: say so, once; has no end
	LINK_FRESH,  // stuck for 15 min with the network up: end everything, new TLS sessions; its end is reported when that is done
};
struct link_do {
	enum link_do_kind kind;
	int url;        // index of the hub's address
	int timeout_ms; // no end by then counts as LINK_FAILED; 0: lasts as long as it delivers (the owner's low speed limit ends it)
	bool push_only;
	int wait_ms;    // long poll while streams do not get through
	enum link_do_kind what; // of LINK_CLOSE: LINK_STREAM, or LINK_SYNC (a long poll in the way of something to send)
};
struct link;
struct link_options {
	int urls;      // addresses, in order of preference
	uint64_t seed; // jitter
	int64_t now;   // monotonic ms, as every `now` below
};
struct link *link_new(const struct link_options *o);
void link_free(struct link *l);
// What to start now; call until LINK_NOTHING. Each is started at most once until its end is reported.
struct link_do link_next(struct link *l, int64_t now);
int64_t link_wait(const struct link *l, int64_t now); // ms until link_next may say something new, -1: only after a report

// Reports.
void link_enrolled(struct link *l, int urls, int64_t now);
void link_logged_in(struct link *l, bool yes, int64_t now);      // tokens are there; false: logged out
void link_outbox(struct link *l, int64_t unsent, int64_t oldest_age_ms, int64_t now); // after each commit and each exchange
enum link_end { LINK_OK, LINK_FAILED, LINK_REFUSED }; // FAILED: no answer; REFUSED: a problem document
struct link_report {
	enum link_end end;
	struct wire_problem problem; // REFUSED
	bool more;                   // an exchange that left something to do
	int64_t again_ms;            // pace
	bool progress;               // operations were acknowledged or rows applied
};
void link_done(struct link *l, enum link_do_kind kind, const struct link_report *r, int64_t now);
void link_bytes(struct link *l, int64_t now);                    // the stream delivered something
void link_hello(struct link *l, int64_t window_ms, int64_t now); // event "hello"; window of the first reconnect
void link_bye(struct link *l, int64_t min_ms, int64_t max_ms, int64_t now);
void link_poke(struct link *l, int64_t now);                     // a head is newer than ours: pull
void link_drill(struct link *l, bool on, int64_t now);           // force_offline, end_drill

struct link_view {
	enum link_state state;
	bool drill, need_login, upgrade, stuck; // stuck: 15 min with something unsent and no progress though the hub answers
	int url;
	int64_t since;       // mono of the last change of state
	int64_t heard;       // mono of the last byte from the hub, 0: never
	int64_t next_try;    // mono, 0: none planned
};
void link_look(const struct link *l, struct link_view *out);

#endif
