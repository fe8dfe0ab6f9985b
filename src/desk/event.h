// SPDX-License-Identifier: MIT
// Knows the events of a contact: the only thing that is ever written about it, and what its state is folded from.
#ifndef DESK_EVENT_H
#define DESK_EVENT_H

#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"

// Types of domain.md §12.5, shared by live work and practice, and the ones the desk adds (marked +).
enum event_type {
	EV_START, // + the contact exists: channel direction source mode number name queue call
	EV_RING,
	EV_ANSWER,
	EV_MISSED, // + reason (no_answer, declined:...)
	EV_ABANDONED, // + the customer gave up
	EV_SAY, // side text
	EV_CLASSIFY, // code
	EV_INTENT, // intent
	EV_DIFFICULTY, // difficulty
	EV_STAGE, // stage
	EV_MARK, // mark (ack plan confirm close), text
	EV_KB_SEARCH, // q n
	EV_KB_OPEN, // id ver rank
	EV_KB_CITE, // id ver title
	EV_KB_VOTE, // id ver vote (+1 -1)
	EV_KB_UPDATE, // + kind (gap suggest new valid) id text, or skip reason
	EV_KB_PIN, // + id text: the talk track pinned over the script; empty text takes it away
	EV_SCRIPT_START, // + script version
	EV_SCRIPT_VISIT, // op (next choose back jump call return) key node: what the agent did to the script
	EV_SCRIPT_TICK, // + node
	EV_SCRIPT_SKIP, // node reason
	EV_FORM_SET, // form field value
	EV_NEED, // + text: one line of what the customer needs
	EV_RESTATE, // + text confirmed (0 1)
	EV_VERIFY, // method passed level
	EV_EMOTION, // class level
	EV_HOLD,
	EV_RESUME,
	EV_CONSULT, // + target
	EV_CONSULT_BACK, // +
	EV_TRANSFER, // target kind (blind consult) packet
	EV_CONFERENCE, // +
	EV_LEAVE, // + left the conference
	EV_DROP, // + the line broke
	EV_CALL_BACK, // + connected again after a drop
	EV_GIVE_UP, // + no call back after a drop
	EV_HANGUP, // + side (agent customer)
	EV_CUSTOMER, // + id name tier ... attached customer
	EV_TICKET_CREATE, // no id
	EV_TICKET_UPDATE, // no
	EV_ESCALATE, // kind ticket proposal
	EV_CALLBACK_BOOK, // at text
	EV_OFFER, // result
	EV_FAULT_KEY, // type text
	EV_NOTE, // + text
	EV_LEXICON_HIT, // class term
	EV_DISPOSITION, // code second
	EV_FOLLOW_UP, // + resolution at
	EV_UNDO, // + seq of the events taken back, joined by ','
	EV_CLOSE, // + saved; the record is complete
	EV_CORRECT, // + a new version of a closed record begins, reason
	EV_END, // the contact is over for good
	// Of practice (src/practice/log.h); in a contact they change nothing.
	EV_SILENCE, // the customer's patience ran out: n
	EV_HINT, // text
	EV_PAUSE, // + value (1 paused, 0 goes on)
	EV_INJECT, // kind (line emotion curveball beat seat, or what a seat of a drill does: scenario.h) id text class level
	EV_BROADCAST_ACK, // id
	EV_BEAT, // + id: the customer has come to this beat
	EV_CURVEBALL, // + id kind target value (1 begins, 0 is over)
	EV_TAG, // + type (good miss key) text: the trainer marks a moment
	EV_WHISPER, // + text: the trainer to the agent
	EV_OUTCOME, // + result (success fail time aborted) reason
};
enum { EVENT_TYPES = EV_OUTCOME + 1 };
const char *event_type_name(enum event_type t); // "kb_cite"
must_use bool event_type_parse(struct sv name, enum event_type *out);
// A short line for the timeline in the user's language, from type and data; appended to out.
struct event;
void event_describe(const struct event *ev, struct str *out);

enum { EVENT_PAIRS = 12 };
struct event_pair {
	const char *key; // static
	char *value; // owned, cleaned UTF-8
};
// t_ms counts from the contact's start on the monotonic clock and never falls; at is UTC. seq counts from 1.
struct event {
	enum event_type type;
	int64_t seq, t_ms, at;
	struct event_pair pair[EVENT_PAIRS];
	int pairs;
};

// Adds a pair; value is copied and cleaned (newlines stay). A NULL value is not added.
void event_put(struct event *ev, const char *key, const char *value);
void event_replace(struct event *ev, const char *key, const char *value); // copied as it is; nothing when the event has no such pair
void event_put_int(struct event *ev, const char *key, int64_t value);
const char *event_get(const struct event *ev, const char *key); // "" when absent
int64_t event_get_int(const struct event *ev, const char *key, int64_t otherwise);
void event_release(struct event *ev);
void event_copy(struct event *to, const struct event *from);
// An event with "joined" = "1" belongs to the action of the event before it: undo takes back both or neither.
// Keys are a closed list; NULL for one that is none (then the pair is ignored on reading).
const char *event_key(struct sv name);
// May an event of this type be taken back by undo? Telephone, saved tickets and the end may not. An event with
// "source" = "system" never is.
bool event_undoable(enum event_type t);

#endif
