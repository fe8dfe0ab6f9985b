// SPDX-License-Identifier: MIT
// Knows a scenario written as C, a small lexicon, and how tests act in a session and look at its record.
#ifndef TEST_PRACTICE_SAMPLE_H
#define TEST_PRACTICE_SAMPLE_H

#include "src/practice/engine.h"

struct sample {
	struct arena arena;
	struct scenario s; // may be changed before the session begins
	struct scenario_beat *beats;
	struct curveball *curves;
	struct lexicon *lex;
};
enum { B_START, B_AGAIN, B_MONEY, B_PRESS, B_THANKS, B_RUDE, B_OTHER, B_OTHER_END, SAMPLE_BEATS };
void sample_init(struct sample *x); // without curveballs and rules of its own for rudeness: sample_curves, sample_rude put them in
void sample_curves(struct sample *x);
void sample_rude(struct sample *x);
void sample_release(struct sample *x);
const struct expr *sample_expr(struct sample *x, const char *text);
struct engine *sample_engine(struct sample *x, uint64_t seed);

// Puts an entry; pairs of key and value, ended by NULL.
struct engine;
void act(struct engine *g, int64_t t, int contact, enum event_type type, ...) __attribute__((sentinel));
void trainer(struct engine *g, int64_t t, int contact, enum event_type type, ...) __attribute__((sentinel));
void say(struct engine *g, int64_t t, const char *text); // to contact 0
void answer(struct engine *g, int64_t t);
struct log_entry entry(int64_t t, int contact, enum log_who who, enum event_type type, ...) __attribute__((sentinel));
// The nth (from 0) entry of that type and contact (-2: any), NULL: none.
const struct log_entry *nth(const struct practice_log *l, enum event_type type, int contact, int n);
int count_of(const struct practice_log *l, enum event_type type, int contact);
const struct log_entry *last(const struct practice_log *l, enum event_type type, int contact);
const char *get(const struct log_entry *e, const char *key);
const char *beat_at(const struct engine *g, int contact); // id of the last beat, ""
void run_out(struct engine *g);                             // until nothing is due
char *written(const struct practice_log *l);                // as practice_log_write writes it; owned

#endif
