// SPDX-License-Identifier: MIT
// Knows how the customer of a scenario behaves: what they say next and when, how they feel, when they hang up; when curveballs come.
#ifndef PRACTICE_ENGINE_H
#define PRACTICE_ENGINE_H

#include "src/practice/track.h"

// Pure and deterministic: scenario, seed, language and the same input at the same times give the same output at the same times, however
// often or seldom engine_tick is called. No clock, no chance but the seed, no I/O. Every session ends: after the time limit at the
// latest (and the wrap limit after that).
//
// Rules (domain.md §12.1, §4.10; numbers are settings of the scenario or the constants here):
//   pace      a line of n characters takes ENGINE_CHAR_MS each to be heard (at most ENGINE_HEAR_MAX_MS), then the customer thinks
//             ENGINE_THINK_MIN_MS..MAX_MS by seed before the next beat's line
//   emotion   -1 for an agent's line with empathy that fits (class or any) once an expected action of the beat is met or is met later
//             in the same beat, at most once a beat; +1 on a forbidden phrase, when patience runs out, when a beat is left with nothing
//             met. 4: asks for the supervisor (once); 5: hangs up. Never below 0
//   patience  without a word of the agent (or hold comfort) for patience_s after the customer's line: EV_SILENCE, a nudge, emotion +1.
//             Three nudges in a row without any action of the agent: the customer hangs up
//   when      a beat with a condition interrupts at the first moment it is true, once
//   seats     a caller rings at the first agent seat of a drill, as long as it is alone. With more (EV_INJECT of kind seat brings one,
//             of kind leave takes it away) at the one with nobody in hand that has been so for longest; where all are at work it waits
//             for the first that is done, and after ENGINE_QUEUE_MS rings where the fewest are. Each change is an EV_RING with the
//             seat. A seat that leaves gives back who rings there, one that does not answer (EV_MISSED) likewise, and neither gets them
//             again; who is on the line stays its own
//   end       success is looked at when the call is over and the wrap-up saved (or its limit is reached); fail at every entry
enum {
	ENGINE_CHAR_MS = 120,
	ENGINE_HEAR_MAX_MS = 6000,
	ENGINE_THINK_MIN_MS = 700,
	ENGINE_THINK_MAX_MS = 2200,
	ENGINE_NUDGES = 3,
	ENGINE_QUEUE_MS = 20000,
};

struct engine;
// With human the lines of the customer are a person's (paired): the engine then only rings, feels, counts and ends.
struct engine_options {
	const struct scenario *scenario;
	struct lexicon *lexicon; // borrowed
	uint64_t seed;
	enum lang lang;
	bool human;
	bool curveballs; // false: none by themselves (the trainer injects them)
};
struct engine *engine_new(const struct engine_options *o);
void engine_free(struct engine *g);
// Something the agent or the trainer did; t_ms must not fall. First everything due until then happens. An EV_INJECT of the trainer
// (kind: line emotion curveball beat; seat and the acts of scenario.h in a drill) is carried out.
void engine_put(struct engine *g, const struct log_entry *in);
// The same record beside the one it is made in: its entry number `index` (from 0), in order. What the customer does comes by itself, up
// to there and no further. False: it came out otherwise here, so that scenario, words or program are others.
must_use bool engine_follow(struct engine *g, size_t index, const struct log_entry *e);
// Time has come to t_ms.
void engine_tick(struct engine *g, int64_t t_ms);
// When something happens by itself next, -1: nothing.
int64_t engine_due(const struct engine *g);
// The log so far, inputs and outputs in order; outputs carry the time they were due. Borrowed; grows with put and tick.
const struct practice_log *engine_log(const struct engine *g);
const struct track *engine_track(const struct engine *g);
bool engine_over(const struct engine *g);
// Share of the customer's patience that is left, 0..100, of the caller in front; 100 while the agent's turn has not begun.
int engine_patience(const struct engine *g, int contact, int64_t t_ms);
// The agent seat (log.h) that has the caller or had it last, -1: it has not rung, or waits for one.
int engine_seat_of(const struct engine *g, int contact);
// The next unmet expectation of the beat, for the coach's hint and the beginner's; NULL: none.
const struct expectation *engine_hint(const struct engine *g, int contact);
// Cards to choose from now (basic level): writes at most cap, returns how many.
size_t engine_cards(const struct engine *g, int contact, const struct reply_card **out, size_t cap);

// Plays the input of a transcript from start to end, with the engine's own output in between; gives the whole log (owned by the
// caller). Entries of customer and engine in `in` are left out of the input.
void engine_play(const struct engine_options *o, const struct practice_log *in, struct practice_log *out);

#endif
