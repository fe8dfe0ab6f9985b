// SPDX-License-Identifier: MIT
// Knows what the parts of the engine share.
#ifndef PRACTICE_ENGINE_PART_H
#define PRACTICE_ENGINE_PART_H

#include "src/practice/engine.h"

enum {
	SPEECHES_MAX = 16,      // what a customer has on the tip of the tongue
	RING_MAX_MS = 60000,    // then the customer gives up
	HOLD_MAX_MS = 300000,   // so long a customer waits on hold
	TIME_LIMIT_S = 900,     // of a scenario that names none
	WRAP_LIMIT_S = 180,
	PATIENCE_S = 20,
	ASKS_SUPERVISOR = 4,
	HANGS_UP = 5,
	VALUE_MAX_BYTES = 16384, // of one value of an input; the rest is cut off
};
#define NEVER ((int64_t)-1)

enum speech_kind { SPEECH_BEAT, SPEECH_LINE, SPEECH_GOODBYE };
struct speech {
	enum speech_kind kind;
	size_t beat;
	char *text; // owned; of a line
};
enum caller_state { CALLER_LATER, CALLER_RINGING, CALLER_TALKING, CALLER_GONE };
// One customer. Times are session ms, NEVER: not due.
struct caller {
	enum caller_state state;
	int seat;            // agent seat it rings at or talks to, -1: it waits for one
	unsigned passed;     // bits of seats that did not answer it, or left while it rang
	int64_t ring_at, give_up_at, queue_until;
	int64_t turn_at;     // the customer speaks, or looks whether there is something to say
	bool turn_waits;     // its turn came while it could not be taken (hold, silence)
	int64_t heard_until, say_end;
	int64_t patience_at; // runs out
	int64_t patience_ms; // whole
	int64_t patience_from;
	bool patience_slow;  // on hold
	int64_t hold_at, hold_until, hang_at;
	const char *hang_reason;
	int64_t silent_until, noise_until, pressed_until;
	int checks;          // the agent's lines into the silence
	int turns;           // the agent's lines heard in this beat
	size_t silent_curve;
	int nudges, turns_taken, silences, lines; // counted for chance
	bool interjected;    // the last line was none of the beat (a curveball's, the call for the supervisor)
	bool calmed, soothed; // in this beat: emotion fell; empathy was said
	bool asked_supervisor, may_close, satisfied, closed;
	struct speech queue[SPEECHES_MAX];
	int n_queue;
};
struct curve_state {
	bool came;        // or chance left it out
	bool held;        // a seat of the drill sends it, not the scenario
	int contact;
	int64_t at, over; // due
};
struct engine_seat {
	bool here;
	int64_t idle_since;
};
struct engine {
	struct engine_options o;
	const struct scenario *s;
	struct practice_log log;
	struct track track;
	struct caller c[SCENARIO_CALLERS];
	int n;
	struct engine_seat seats[SCENARIO_SEATS]; // that take calls
	struct curve_state *curves;
	bool *when_done;   // beats that interrupted
	int *visits;       // of beats
	int *owner;        // contact a beat belongs to
	bool clocked;      // a condition asks for the time: looked at every second
	bool hears_emotion; // the scenario itself says what happens at emotion 4
	int64_t now, clock_at, limit_at, wrap_at;
	bool timed_out, over;
};

// Numbers by chance from the seed, what they are for and which one it is: each is drawn alone, so none shifts another.
uint64_t engine_chance(const struct engine *g, const char *what, uint64_t index);
const char *engine_text(const struct engine *g, struct label l); // in the language of the customer; never NULL

// engine.c
// Puts an output into the record at g->now and folds it. ev is released.
void engine_emit(struct engine *g, int contact, enum log_who who, struct event *ev);
void engine_emit_at(struct engine *g, int contact, enum log_who who, int seat, struct event *ev); // with the seat it concerns
bool engine_live(const struct engine *g, int contact); // somebody is on the line
void engine_ring(struct engine *g, int contact);
void engine_gone(struct engine *g, int contact);
void engine_outcome(struct engine *g, const char *result, const char *reason);
// engine_dialogue.c
void engine_answered(struct engine *g, int contact);
void engine_hears(struct engine *g, int contact, const char *text); // a line of the agent
void engine_turn(struct engine *g, int contact);
void engine_say(struct engine *g, int contact, const char *text);
void engine_enter(struct engine *g, int contact, size_t beat);
void engine_want(struct engine *g, int contact, struct speech sp, bool first); // sp.text is taken over
void engine_when(struct engine *g); // conditions that interrupt
void engine_leave_hold(struct engine *g, int contact);
bool engine_is_goodbye(const struct event *ev);
void engine_drop_queue(struct caller *c);
// engine_mood.c
void engine_feel(struct engine *g, int contact, enum emotion_class cls, int level);
void engine_mood_entry(struct engine *g, int contact); // after something the agent did
void engine_patience_start(struct engine *g, int contact, int64_t from);
void engine_patience_stop(struct engine *g, int contact);
void engine_patience_speed(struct engine *g, int contact, bool slow);
void engine_patience_out(struct engine *g, int contact);
void engine_left_beat(struct engine *g, int contact);
void engine_hang_up(struct engine *g, int contact, const char *reason);
// engine_curve.c
void engine_curve_after_beat(struct engine *g, size_t beat, int64_t at);
void engine_curve_answered(struct engine *g);
void engine_curve_fire(struct engine *g, size_t curve, int contact, bool forced);
void engine_curve_hold(struct engine *g);    // red broadcasts wait for the seat that confirms
void engine_curve_confirm(struct engine *g); // the first that waits comes
void engine_curve_over(struct engine *g, size_t curve);
char *engine_garble(const struct engine *g, int contact, char *text); // takes text over
// engine_seat.c
bool engine_seat_here(const struct engine *g, int seat);
void engine_seat_ring(struct engine *g, int contact, bool waited); // at the seat whose turn it is; waited: long enough
bool engine_seat_pass(struct engine *g, int contact); // it was not answered: to another seat; false: there is none
void engine_seat_give(struct engine *g);            // those who wait, to seats that are idle
void engine_seat_idle(struct engine *g, int seat);  // it may have become so
void engine_seat_in(struct engine *g, int seat);
void engine_seat_out(struct engine *g, int seat);
// engine_input.c
void engine_input(struct engine *g, const struct log_entry *in);

#endif
