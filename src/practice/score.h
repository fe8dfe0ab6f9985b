// SPDX-License-Identifier: MIT
// Knows what a session is worth: seven components with their evidence, from the log and the scenario alone.
#ifndef PRACTICE_SCORE_H
#define PRACTICE_SCORE_H

#include "src/base/arena.h"
#include "src/desk/contact.h"
#include "src/practice/track.h"

// Source: domain.md §12.2, §12.6, §12.7, §11.4. Points are hundredths (0..10000 = 100 points); a component's share is 0..10000 of
// itself. The same log with the same scenario, packs and lexicon gives the same score, always: nothing here reads a clock.
enum score_part { SCORE_SPEED, SCORE_CLASS, SCORE_KB, SCORE_SCRIPT, SCORE_OBJECTION, SCORE_TONE, SCORE_RESOLUTION,
		  SCORE_PRIORITY, SCORE_ROUTING, SCORE_NOTES }; // the last three of a ticket queue, with SCORE_CLASS
enum { SCORE_PARTS = SCORE_RESOLUTION + 1, SCORE_ALL = SCORE_NOTES + 1 }; // of a conversation; of any session
const char *score_part_code(enum score_part p);  // S1 .. S7, Q2 .. Q4
const char *score_part_label(enum score_part p); // in the user's language
int score_weight(enum score_part p, bool objections); // hundredths of 100 points: without objections S5 moves to S7
enum score_group { GROUP_SPEED, GROUP_SOLVING, GROUP_ATTITUDE };
enum { SCORE_GROUPS = GROUP_ATTITUDE + 1 };
const char *score_group_label(enum score_group g);
enum score_group score_part_group(enum score_part p);

// One reason: how much of the component it gave or took (hundredths of the component, signed), what for, and where to look.
struct score_point {
	enum score_part part;
	int share;         // -10000..10000 of the component: earned, or lost if negative
	int of;            // what it could have been
	char *text;        // owned; in the user's language
	size_t entry;      // index in the log, SCENARIO_NONE: something that never happened
	int64_t t_ms;
};
// A seat of a drill that somebody took.
struct score_seat {
	const char *code, *name;  // of the scenario; who sits there, "" not known
	struct label label;
	bool calls;
	int callers;              // it answered
	int met, late, missed;    // of what was expected of it
	struct score *score;      // owned: of an agent seat the components over its own callers; of another S7 alone, all of it
};
struct score {
	bool queue;               // of a ticket queue: its components are SCORE_CLASS and the last three
	int weight[SCORE_ALL];  // hundredths of 100 points: 1500 ... ; S5 moves to S7 without objections
	int share[SCORE_ALL];   // 0..10000
	int adjusted[SCORE_ALL];// the trainer's, -1: none
	char *reason[SCORE_ALL];// the trainer's, NULL: none; owned
	int total;                // from shares (and adjustments), before criticals capped it
	int final_;               // after: min(total, 5900) with a critical or fail
	bool failed, passed, excellent;
	int pass_mark;
	double ppr, pws, fph, emr; // -1: not defined
	double speed, solving, attitude; // 0..1 of the groups
	VEC(struct score_point) points;
	VEC(struct critical_track) criticals; // entry points into the log
	VEC(struct score_seat) seats; // of a drill, in the scenario's order; texts in the arena
	size_t own;               // index of the seat whose score this is, SCENARIO_NONE: it is of the whole
	struct score *common;     // owned; of the whole drill where this is one seat's, else NULL
	struct arena text;        // of the criticals
};
bool score_shown(const struct score *s, enum score_part p); // is it a component of this session's kind?
void score_release(struct score *s);
// world: content the contacts of the log are folded with (script adherence, clocks).
void score_log(const struct scenario *sc, const struct practice_log *log, struct lexicon *lex, const struct contact_world *world,
	       struct score *out);
// A drill as one of its agent seats sees it (number as in log.h): *out is that seat's own, out->common what score_log gives. What an
// agent seat is judged by: its callers (who were answered there, or rang there last), what it did for nobody in particular, and the
// surprises that came while it was there; not what is expected of other seats, nor what a colleague did in its place. A seat without
// calls is worth the weights of what was expected of it (do: seat) and done in time.
void score_log_seat(const struct scenario *sc, const struct practice_log *log, struct lexicon *lex, const struct contact_world *world, int agent,
		    struct score *out);
// The trainer moves a component by at most 20 % of its weight, with a reason; both values are kept. ERR_USAGE otherwise.
must_use bool score_adjust(struct score *s, enum score_part p, int share, const char *reason, struct err *e);
// No order of keys but this one; written with at most six digits behind the point (SCORE_DIGITS) it reads back the same.
enum { SCORE_DIGITS = 6 };
json_t *score_json(const struct score *s); // new reference; stable order of keys
must_use bool score_read(const json_t *o, struct score *out, struct err *e);

#endif
