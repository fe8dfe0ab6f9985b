// SPDX-License-Identifier: MIT
// Knows how a contact moves from offered to closed, and what may be done in each state.
#ifndef DESK_CALL_H
#define DESK_CALL_H

#include "src/desk/kinds.h"

// Source: domain.md §4.1. Chat uses the same machine; there `answer` is the agent's first line. Codes are stored.
enum call_state {
	CALL_OFFERED,
	CALL_RINGING,
	CALL_CONNECTED,
	CALL_ON_HOLD,
	CALL_CONSULTING,
	CALL_CONFERENCE,
	CALL_WRAP_UP,
	CALL_TRANSFERRED, // passes on to wrap_up with CALL_EV_END
	CALL_DROPPED,     // line fault; may be called back within 5 minutes
	CALL_MISSED,
	CALL_ABANDONED,
	CALL_CLOSED,
};
KIND_DECLARE(call_state)

enum call_event {
	CALL_EV_RING,
	CALL_EV_ANSWER,
	CALL_EV_DECLINE,
	CALL_EV_NO_ANSWER,         // 20 s of ringing
	CALL_EV_HANGUP,            // the customer hung up
	CALL_EV_HOLD,
	CALL_EV_RESUME,
	CALL_EV_CONSULT,
	CALL_EV_BACK,              // from the consultation back to the customer
	CALL_EV_COMPLETE_TRANSFER,
	CALL_EV_BLIND_TRANSFER,
	CALL_EV_CONFERENCE,
	CALL_EV_LEAVE,             // out of the conference
	CALL_EV_END,
	CALL_EV_DROP,              // line fault
	CALL_EV_CALL_BACK,
	CALL_EV_GIVE_UP,           // also sent by the timer when 5 minutes are over
	CALL_EV_SAVE,              // finish the wrap-up
	CALL_EV_WRAP_TIMEOUT,
	CALL_EV_CORRECT,           // a new version of a closed contact
};
KIND_DECLARE(call_event)

#define CALL_NO_ANSWER_MS 20000
#define CALL_CALL_BACK_MS (5 * 60000)
#define CALL_CORRECT_MS (24LL * 3600000)
#define CALL_MAX_CHATS 3
#define CALL_WRAP_PHONE_MS 60000
#define CALL_WRAP_COMPLAINT_MS 120000

// What the machine must know about the world; only the fields of the event in hand are read.
struct call_guard {
	bool by_system;            // the telephone, the hub or a timer reports; false: a person asks
	enum channel channel;      // answer: a phone call is exclusive, chats are not
	int other_calls;           // answer: other live phone calls of this agent
	int other_chats;           // answer: other live chats of this agent
	int max_chats;             // 0 = CALL_MAX_CHATS
	const char *reason;        // decline: required from a person
	const char *target;        // consult: required from a person
	bool packet_complete;      // complete_transfer, blind_transfer: hand-off packet §5.5
	bool wrap_ok;              // save: wrapup_blocks() is false
	int64_t since_ms;          // call_back: since the drop; correct: since closing
	bool own, lead;            // correct: own contact within 24 h, later a team lead
};

enum call_verdict {
	CALL_REFUSED = 0, // a person asked for something that is not possible; e says why and what is possible
	CALL_MOVED,       // *to is the new state (it may equal the old one: wrap_timeout, correct)
	CALL_IGNORED,     // a report of the system that fits nothing here: log it, nothing changes; *to = from
};
// Pure. *to is always written. Truthy unless refused.
must_use enum call_verdict call_step(enum call_state from, enum call_event ev, const struct call_guard *g,
	enum call_state *to, struct err *e);

// Would call_step move, guards aside? For greying out keys.
bool call_possible(enum call_state from, enum call_event ev);
bool call_is_terminal(enum call_state s); // missed, abandoned, closed
bool call_is_live(enum call_state s);     // the customer is on the line: connected, on_hold, consulting, conference

#endif
