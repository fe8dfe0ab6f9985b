// SPDX-License-Identifier: MIT
// Knows the five clocks of a contact, the four-step bar and when the agent is prompted to comfort the customer.
#ifndef DESK_CLOCKS_H
#define DESK_CLOCKS_H

#include "src/desk/call.h"

// Source: domain.md §7.1. All stamps are monotonic milliseconds of the station (clock_mono), taken from the event.
enum call_clock { CALL_A20, CALL_T5, CALL_C20, CALL_T30, CALL_T180, CALL_CLOCKS };
KIND_DECLARE(call_clock) // codes a20 t5 c20 t30 t180; labels answer, acknowledge, classify, plan, confirm

struct clock_span {
	bool started, stopped;
	int64_t start, stop;
};
// Zeroed with limits 0 means the default limits (20, 5, 20, 30, 180 s). Copyable, nothing to free.
struct call_clocks {
	struct clock_span c[CALL_CLOCKS];
	int64_t limit_ms[CALL_CLOCKS];
	bool holding, hard, ended;
	int64_t hold_since, held_ms, ended_at; // held_ms: finished holds after the start of T180
};
// Start and stop keep the earliest stamp: a second call changes nothing, except that an earlier stamp wins ("timers
// never go backwards on merge", §1.5).
void clocks_start(struct call_clocks *c, enum call_clock which, int64_t at);
void clocks_stop(struct call_clocks *c, enum call_clock which, int64_t at);
// Events of the contact, in terms of the two above.
void clocks_ring(struct call_clocks *c, int64_t at);             // queued or ringing: A20 starts
void clocks_answer(struct call_clocks *c, int64_t at);           // phone: A20 stops, the other four start
void clocks_customer_message(struct call_clocks *c, int64_t at); // chat, e-mail: the first one starts all four
void clocks_agent_line(struct call_clocks *c, int64_t at);       // first line or greeting: T5 stops (and A20 of a chat)
void clocks_hold(struct call_clocks *c, int64_t at);             // hold pauses T180 only
void clocks_resume(struct call_clocks *c, int64_t at);
void clocks_set_difficulty(struct call_clocks *c, enum difficulty d);
// A transfer or an escalation was submitted: with difficulty hard it meets T180.
void clocks_handed_over(struct call_clocks *c, int64_t at);
void clocks_end(struct call_clocks *c, int64_t at); // the contact is over: what was not reached is missed

enum clock_state {
	CLOCK_IDLE,    // not started
	CLOCK_RUNNING, // below 75 %
	CLOCK_NEAR,    // 75 % or more, drawn with !
	CLOCK_MET,     // stopped within the limit, drawn with a tick
	CLOCK_MISSED,  // past the limit, or never reached before the end, drawn with ×
};
struct clock_view {
	enum clock_state state;
	bool stopped;
	int64_t elapsed_ms, limit_ms; // elapsed: up to the stop, the end or now; without holds for T180
};
void clocks_view(const struct call_clocks *c, enum call_clock which, int64_t now, struct clock_view *out);
// 0..1 for a stopped clock: full within the limit, falling in a straight line to 0 at twice the limit; 0 if never
// stopped. Source: domain.md §22 vector 11.
double clocks_credit(const struct clock_view *v);

// The four steps 倾听-复述-分类-解决 (§7.3).
enum step { STEP_LISTEN, STEP_RESTATE, STEP_CLASSIFY, STEP_SOLVE, STEPS };
KIND_DECLARE(step)
#define STEP_RESTATE_MIN_CHARS 4
struct step_facts {
	int64_t connected_ms;     // since the connection
	int need_lines;           // lines of the customer's need noted
	struct sv restate_text;   // as saved
	bool restate_confirmed;   // "customer confirmed" ticked
	bool category_set;
	bool solution_text;       // not empty
	bool ticket_or_transfer;  // one was made
	bool ended;               // no step can be reached any more
};
enum step_state { STEP_TODO, STEP_NOW, STEP_DONE, STEP_SKIPPED };
struct step_bar {
	enum step_state s[STEPS];
	bool stage_skipped;         // restate was passed over: record the event stage_skipped
	bool solve_before_classify; // soft warning
};
void steps_view(const struct step_facts *f, struct step_bar *out);

// Comfort prompts (§7.4). Several may hold at once.
enum comfort_hold { COMFORT_HOLD_NONE, COMFORT_HOLD_FIRST, COMFORT_HOLD_AGAIN, COMFORT_HOLD_CALL_BACK };
struct comfort {
	enum comfort_hold hold; // on hold for longer than the first, second, third limit
	bool speak;             // connected and silent (no key, no event) for longer than that
	bool empathy;           // emotion 2 or 3: open the empathy palette
};
// Milliseconds; zeroed means those of §7.4: 30, 60, 120 s on hold, 20 s of silence.
struct comfort_limits {
	int64_t first, again, call_back, silence;
};
struct comfort comfort_now(const struct comfort_limits *l, enum call_state s, int64_t hold_ms, int64_t silence_ms, int emotion);
const char *comfort_hold_text(enum comfort_hold h); // translated line for the banner; "" for none

#endif
