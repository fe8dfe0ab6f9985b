// SPDX-License-Identifier: MIT
// Knows one practice session on a station: the sandbox it runs in, the customer at its telephone, its clock, its record and its end.
//
// A session has a model of its own (src/work/model.h) over a throw-away site in DIR/practice/ID: own store, own copy of the knowledge
// base, site TRN. The live model knows nothing of it. Whatever the agent does there is an event of a contact; session_tap hears each
// one, writes it to the book and gives it to the engine; what the engine answers comes in as the telephone's events, notes and faults.
#ifndef PRACTICE_SESSION_H
#define PRACTICE_SESSION_H

#include "config/pack.h"
#include "src/practice/book.h"
#include "src/practice/engine.h"
#include "src/work/model.h"

struct session;

struct session_options {
	const char *dir;           // data directory of the station
	const struct clock *clock; // real
	struct config *live;       // settings; copied where the sandbox needs its own
	struct packs *packs;       // of the live model, not used here: the sandbox loads its own from the same folders
	const char *scenario;
	enum practice_mode mode;
	uint64_t seed;
	enum lang lang;
	const char *agent_no, *agent_name, *agent_id, *station, *zone;
	unsigned roles;            // as in live work
	bool human;                // paired: a person is the customer
	const char *trainer, *room;
	// An agent seat of a drill that runs at another station: its code, and the id of the session there (domain.md §12.3). NULL: this is
	// the first seat, or no drill.
	const char *seat, *host;
	bool preemptible;          // a live call suspends it; never in exam mode
};
// Makes the sandbox and the session (state created). ERR_NOT_FOUND: no such scenario.
must_use bool session_new(struct session **out, const struct session_options *o, struct err *e);
// Takes up what was running when the program ended: the exam goes on with the time that was left, everything else is offered.
must_use bool session_resume(struct session **out, const struct session_options *o, const char *id, struct err *e);
void session_free(struct session *s); // the sandbox is removed unless the session can be resumed

struct model *session_model(struct session *s);
const struct scenario *session_scenario(const struct session *s);
const struct engine *session_engine(const struct session *s);
struct book *session_book(struct session *s);
const struct book_session *session_row(const struct session *s);
enum session_state session_state(const struct session *s);
enum practice_mode session_mode(const struct session *s);
// Milliseconds left of the time limit; of the wrap limit in state wrap.
int64_t session_left_ms(const struct session *s);
int64_t session_used_ms(const struct session *s);

// The states of domain.md §4.10; false with a sentence where it may not be.
must_use bool session_start(struct session *s, struct err *e);  // briefing -> running
must_use bool session_pause(struct session *s, bool on, struct err *e); // by the trainer, or the agent in solo mode; never in an exam
must_use bool session_suspend(struct session *s, struct err *e); // a real call came
must_use bool session_continue(struct session *s, struct err *e); // within 30 min, else aborted
must_use bool session_abort(struct session *s, const char *reason, struct err *e);
must_use bool session_finish(struct session *s, struct err *e);  // the agent is done: wrap -> scored (or scoring_trainer)
must_use bool session_debrief(struct session *s, const char *keep, const char *change, struct err *e); // both required

// A typed line (phone or chat) to the customer in front; a reply card is said the same way.
must_use bool session_say(struct session *s, struct work *w, const char *text, struct err *e);
// What the trainer, or the person who plays the customer, sends: lines and hang-ups of that person, EV_INJECT, EV_WHISPER, EV_TAG.
must_use bool session_inject(struct session *s, const struct log_entry *in, struct err *e);
const char *session_hint(const struct session *s, const struct work *w); // "" where hints are off (exam); in the user's language
// --- several agent seats in a drill
// The first seat has the engine; each other has a session of its own (options seat, host) that follows the record of the first, with its
// own desk, sandbox and numbers. What its agent does goes to send, and comes back as an entry of the record.
typedef void session_send_fn(void *ctx, const struct log_entry *e);
bool session_is_mate(const struct session *s);
int session_seat(const struct session *s); // number of the agent seat (log.h)
void session_mate_sends(struct session *s, session_send_fn *send, void *ctx);
// Entry `index` (from 0) of the record, in order; those that are there already are passed over. ERR_CONFLICT: it does not fit.
must_use bool session_follow(struct session *s, size_t index, const struct log_entry *e, struct err *err);
// How the first seat stands, and how much of the time is used.
must_use bool session_mate_state(struct session *s, enum session_state first, int64_t used, struct err *e);
must_use bool session_mate_over(struct session *s, const char *reason, struct err *e); // the drill is broken off
// The record is all there after the program was started anew: what was done here and never arrived is sent.
void session_mate_met(struct session *s);
// At the first seat: an entry of another agent seat; its time is now.
must_use bool session_remote(struct session *s, int seat, const struct log_entry *in, struct err *e);

// Brings the session's clock to now: before keys are handled, so that all one key does happens at one moment.
void session_clock(struct session *s);
// Turns what is due; call when session_next_ms has passed and after every action. True: something changed on the screen.
bool session_turn(struct session *s);
int64_t session_next_ms(const struct session *s); // -1: nothing
// The score once it is there, else NULL; the log it came from.
const struct score *session_score(const struct session *s);
const struct practice_log *session_log(const struct session *s);
must_use bool session_adjust(struct session *s, enum score_part p, int share, const char *reason, struct err *e);

// What the customer says can be spoken aloud: speech-dispatcher or espeak-ng where installed. False with a sentence: neither is.
must_use bool session_voice(struct session *s, bool on, struct err *e);

#endif
