// SPDX-License-Identifier: MIT
// Knows what a session has come to: a fold over its log. The engine decides by it, the score and the debrief read it; both see the
// same because both fold the same.
#ifndef PRACTICE_TRACK_H
#define PRACTICE_TRACK_H

#include "src/practice/log.h"
#include "src/practice/match.h"

enum expect_state {
	EXPECT_IDLE,    // its beat was not reached
	EXPECT_OPEN_,   // waits
	EXPECT_MET,
	EXPECT_LATE,    // done, but after the time
	EXPECT_MISSED,  // not done (known at the end), or a `never` that was broken
};
struct expect_track {
	enum expect_state state;
	int64_t since, at; // of the beat (or answer), of what met it
	size_t entry;      // index in the log of the evidence; SCENARIO_NONE: none
};
struct objection_track {
	bool raised;
	unsigned hit;                        // bits of moves
	int64_t at[OBJECTION_MOVES];         // when
	size_t entry[OBJECTION_MOVES];
	bool in_order;                       // moves came in the order of §12.7
	size_t banned;                       // entry of a banned move, SCENARIO_NONE
};
struct critical_track {
	const char *code; // static or of the scenario
	struct label label;
	size_t entry;
};
struct utterance_track {
	size_t entry;
	int contact, chars;
	bool positive, empathy, read_back, script;
	int forbidden, positive_chars;
};
struct beat_track {
	bool said;
	int64_t at; // the last time
	size_t entry;
	int level;                // emotion of the customer then
	enum emotion_class class_;
	bool answered, matched;   // for EMR: the agent spoke next; with an empathy of that class (or any)
};

// What a seat of a drill handed in, to be approved by another.
struct track_draft {
	int64_t n;       // number of its entry, from 1: an approval names it as value
	size_t seat;     // the author
	enum drill_act act; // statement or review
	char *text;      // owned
	size_t approver; // SCENARIO_NONE: nobody yet
};

struct track {
	const struct scenario *s;
	int base; // the caller that "contact 0" below stands for: another one where an agent seat of a drill is looked at alone
	struct lexicon *lex; // borrowed; matching is not for two threads at once
	struct expect_track *expect; // scenario_expectations of them
	size_t n_expect;
	struct objection_track *objections;
	struct beat_track *beats;
	VEC(struct critical_track) criticals;
	VEC(struct utterance_track) utterances;
	VEC(struct track_draft) drafts; // owned
	size_t beat[SCENARIO_CALLERS];     // where each caller is
	int emotion[SCENARIO_CALLERS];
	enum emotion_class emotion_class[SCENARIO_CALLERS];
	int64_t answered_at[SCENARIO_CALLERS], ended_at[SCENARIO_CALLERS]; // -1: not
	int64_t t_ms;       // of the last entry
	uint64_t said;      // word sets ever said by the agent
	int forbidden, risk_promises, secrets_asked, silences;
	int verified, tickets, escalations, callbacks, transfers, faults, holds;
	int64_t first_escalation, hold_since;
	char *category, *disposition;
	int retries; // classifications after the first
	bool stoppay, restated, agent_hung_up, customer_hung_up, over, closed;
	char outcome[16]; // "success", "fail", "time", "" while it goes on
	struct str tags;  // every tag ever said, ' ' around each
	struct track_more *more; // what only the fold needs (track_part.h); owned
};
// What is said of a single contact above (category, disposition, verified, restated, retries) is contact 0's (base).

void track_init(struct track *t, const struct scenario *s, struct lexicon *lex);
void track_release(struct track *t);
void track_entry(struct track *t, size_t index, const struct log_entry *e); // in order
// After the last entry: what was not done is missed, a `never` that held is met.
void track_end(struct track *t);
// Time has come to t_ms without an entry: what only waits for time (EXPECT_WAIT) is decided.
void track_clock(struct track *t, int64_t t_ms);
// Does the line carry empathy for what the customer feels?
bool track_soothes(const struct match *m, enum emotion_class cls);
// How long a line takes to be said and heard.
int64_t track_say_ms(const char *text);
int track_retries(const struct track *t, int contact); // classifications after the first
const struct track_draft *track_draft(const struct track *t, int64_t n); // NULL: none
// An author does not approve their own draft, and nobody one that is approved.
bool track_may_approve(const struct track *t, size_t seat, int64_t n);
bool track_waits(const struct track *t, size_t author); // somebody else is there who approves: what the author hands in waits for them
// Adds a critical error found elsewhere (the score knows the content of packs); each code counts once.
void track_add_critical(struct track *t, const char *code, struct label label, size_t entry);
// The value of a condition now, as the customer of that contact sees it: said., tag., category, verified, turns ... are theirs. With
// contact -1 what was said to anybody counts, the emotion, turns and time are those of the customer in front, the rest is contact 0's.
bool track_true_at(const struct track *t, int contact, const struct expr *x);
// The same with contact -1.
bool track_true(const struct track *t, const struct expr *x);
// What the line at the front meant, for the engine (of the entry given last; NULL when it was no line of the agent).
const struct match *track_last_match(const struct track *t);

#endif
