// SPDX-License-Identifier: MIT
// Knows how the files that make a score share the work: one session as it is judged, and how reasons add up.
#ifndef PRACTICE_SCORE_PART_H
#define PRACTICE_SCORE_PART_H

#include "src/desk/contact.h"
#include "src/practice/score.h"

struct scoring {
	const struct scenario *scenario;
	const struct practice_log *log;
	const struct contact_world *world;
	struct track track;
	struct contact *contact[SCENARIO_CALLERS]; // NULL: that caller never rang
	int64_t earned[SCORE_ALL];              // SCORE_ONE is all of a component
	bool success;
	struct score *out;
	// Of a drill's agent seat; a zeroed scoring is of everything.
	bool seat;                  // only what is its own is looked at
	const bool *own;            // of the entries
	int base;                   // the caller that components of one contact are about
	int mine[SCENARIO_CALLERS]; // those that are: base, or all that the seat answered
	int n_mine;
	const struct track *whole;  // the drill's
	const struct scenario_seat *desk; // a seat without calls: what is expected of it alone; NULL: not one
	const struct seat_acks *acks; // of the whole, by expectation; NULL: one agent seat
};
// Of how many agent seats a notice was to be acknowledged, and of how many it was in time.
struct seat_acks {
	int of, met;
};
bool score_own(const struct scoring *s, size_t entry);
bool score_asked(const struct scoring *s, size_t expectation); // does it count?

// A component is counted in units so small that thirds and sevenths come together again; it becomes hundredths once, and each
// reason gets what it moved that figure by, so that the reasons of a component add up to its share exactly.
#define SCORE_ONE INT64_C(1000000000000)
int score_hundredths(int64_t earned); // half away from zero
// gain > 0 earned, < 0 lost (never below nothing, never above all); of: what there was to earn. entry may be SCENARIO_NONE.
void score_point(struct scoring *s, enum score_part p, double gain, double of, size_t entry, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
void score_critical(struct scoring *s, const char *code, struct label label, size_t entry); // once a code

// First entry of the agent for the caller (-1: any) at this time whose type is among the n; else SCENARIO_NONE.
size_t score_entry_at(const struct scoring *s, int contact, int64_t t_ms, const enum event_type *types, size_t n);
size_t score_entry_last(const struct scoring *s, int contact, enum event_type type); // of the agent
// What was said in the entry, short enough for a line; in *buf.
const char *score_quote(const struct scoring *s, size_t entry, char *buf, size_t cap);
double score_rate(double v); // rounded to SCORE_DIGITS, so that it is the same when it was written and read

void score_speed(struct scoring *s);      // S1
void score_class(struct scoring *s);      // S2
void score_kb(struct scoring *s);         // S3
void score_script(struct scoring *s);     // S4, and the disclosures left out
void score_objections(struct scoring *s); // S5
void score_tone(struct scoring *s);       // S6
void score_resolution(struct scoring *s); // S7, and promises not kept
void score_expected(struct scoring *s);   // of S7 what was expected
// From the track and the contacts of s to the whole score; score_log without the folding.
void score_judge(struct scoring *s);
void score_sum(struct score *o);          // totals and groups from shares, adjustments, criticals

// The fold of what is its own, and away with it.
void score_fold(struct scoring *s, struct lexicon *lex, const bool *callers); // callers: NULL takes all
void score_unfold(struct scoring *s);
// The seats of a drill (score_seat.c), into out->seats; whole is folded. acks: at least as many as expectations.
void score_judge_desk(struct scoring *s); // S7 of a seat without calls
void score_keep_seats(struct score *o);   // their texts are its own from now on
void score_seats(const struct scoring *whole, struct lexicon *lex, struct score *out, struct seat_acks *acks);

// Judges a ticket queue (score_queue.c): shares of the components, in s->earned.
void score_queue(struct scoring *s);

#endif
