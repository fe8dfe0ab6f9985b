// SPDX-License-Identifier: MIT
// Knows what a practice scenario is: who calls, what they say when, what the agent is expected to do, and how it may end.
#ifndef PRACTICE_SCENARIO_H
#define PRACTICE_SCENARIO_H

#include "src/desk/disposition.h"
#include "src/desk/expr.h"
#include "src/desk/kinds.h"
#include "src/desk/label.h"
#include "src/desk/lint.h"

// Source: domain.md §12.1, §12.4, §21; zuoxi-scenario(5) describes the file. Plain data, filled by the pack loader
// (config/pack_scenario.c); everything is borrowed from the arena of the packs.

enum practice_level { PRACTICE_BASIC, PRACTICE_ADVANCED, PRACTICE_EXPERT };
KIND_DECLARE(practice_level) // codes basic advanced expert
enum scenario_kind { SCENARIO_CALL, SCENARIO_DRILL, SCENARIO_QUEUE };
KIND_DECLARE(scenario_kind) // codes call drill queue

// Names the agent's words are looked for under. A line fits when it holds one of `any` (if given), every one of `all` and none
// of `none`. Matching: match.h.
struct word_set {
	const char *name;
	const char *const *any, *const *all, *const *none;
	size_t n_any, n_all, n_none;
	int line, col;
};

// What an expectation waits for. Parameters in brackets are optional: without them any such action counts.
enum expect_do {
	EXPECT_SAY,        // tag (lexicon class: positive, empathy.anger, empathy.any ...) and/or words (name of a word set)
	EXPECT_NEVER,      // tag or words: must NOT be said from the beat until the end of the session; met when it ends clean
	EXPECT_ANSWER,     // the call was answered
	EXPECT_CLASSIFY,   // [value: category code; a trailing ".*" takes the whole branch]
	EXPECT_INTENT,     // [value]
	EXPECT_DIFFICULTY, // [value]
	EXPECT_VERIFY,     // level passed, value: "2" (default 1)
	EXPECT_RESTATE,    // need restated (EV_RESTATE, or a line that fits `words`)
	EXPECT_MARK,       // value: ack plan confirm close
	EXPECT_SEARCH,     // kb_search
	EXPECT_OPEN,       // [value: article id]
	EXPECT_CITE,       // [value: article id]
	EXPECT_SCRIPT,     // value: node id, or "script/node": visited and said
	EXPECT_CHOOSE,     // value: "node=key": that option was chosen there
	EXPECT_FORM,       // value: "form.field" or "form.field=value"
	EXPECT_TICKET,     // ticket created [value: highest priority number that is still right, "1"]
	EXPECT_ESCALATE,   // [value: kind]
	EXPECT_CALLBACK,   // call-back booked
	EXPECT_TRANSFER,   // [value: target]
	EXPECT_HOLD,       // put on hold
	EXPECT_FAULT,      // fault key [value: type]
	EXPECT_BROADCAST,  // red broadcast acknowledged
	EXPECT_OFFER,      // [value: outcome]
	EXPECT_DISPOSITION,// [value]
	EXPECT_NOTE,       // a note [that fits `words`]
	EXPECT_EMOTION,    // the agent set the customer's emotion [value: class]
	EXPECT_WAIT,       // the agent did NOT speak for within_s after the beat (let them vent)
	EXPECT_HANGUP,     // the agent ended the call
	EXPECT_SEAT,       // another seat of the drill did it: value "seat.act" [with a text that fits `words`]; counts only when somebody took that seat
	EXPECT_LINK,       // at the end this contact, and every one a ticket was made in, has the disposition value (default INC_LINK)
	EXPECT_OFFLINE,    // a ticket was made while the hub was away, and its number continues the seat's series
};
KIND_DECLARE(expect_do)
// codes say never answer classify intent difficulty verify restate mark kb_search kb_open kb_cite script choose form ticket
// escalate callback transfer hold fault_key broadcast_ack offer disposition note emotion wait hangup seat link ticket_offline

enum expect_from { EXPECT_FROM_BEAT, EXPECT_FROM_ANSWER };
struct expectation {
	const char *id; // unique in the scenario
	enum expect_do what;
	const char *value, *tag;
	const struct word_set *words;
	enum expect_from from; // what within_s counts from: the end of the beat's line, or the answer of the call
	int within_s;          // 0: until the session ends
	int weight;            // >= 0; 0: only for `if`
	struct label label;    // what it is, for the debrief
	struct label model;    // how it could have been said or done: the model answer; may be empty
	int line, col;
};

struct beat_next {
	const char *cond_text; // as written; NULL: else
	const struct expr *cond;
	size_t beat; // index
	int line, col;
};
struct beat_line {
	struct label text;
};
// One turn of the customer. The customer says one of `says` (by seed), then listens. After an agent's line (and a human pause)
// the first `next` that holds is taken; with none true the customer goes on listening. A beat without `next` and without `end`
// only listens until the agent closes.
enum beat_end { BEAT_GOES_ON, BEAT_HANGS_UP, BEAT_WAITS }; // WAITS: satisfied, says goodbye when the agent does
KIND_DECLARE(beat_end) // codes "" hang_up wait
struct scenario_beat {
	const char *id;
	const char *when_text; // "start", or a condition that lets this beat interrupt as soon as it becomes true; NULL: only by next
	bool start;
	const struct expr *when;
	const struct beat_line *says;
	size_t n_says;
	bool has_emotion;
	enum emotion_class emotion;
	int level; // 0..5
	const char *objection; // id, or NULL
	int patience_s;        // 0: the persona's
	int turns;             // agent's lines that are heard before `next` is looked at (default 1)
	const struct expectation *expect;
	size_t n_expect;
	const struct beat_next *next;
	size_t n_next;
	enum beat_end end;
	int line, col;
};

// domain.md §12.4.
enum curveball_kind {
	CURVE_SYSTEM_DOWN, // target: hub crm kb recording phone; for_s
	CURVE_SYSTEM_SLOW, // target: crm kb; for_s
	CURVE_LINE_NOISE, // for_s: the customer's lines come through garbled
	CURVE_SECOND_CALL, // caller: another persona rings
	CURVE_EMOTION_SPIKE,
	CURVE_THIRD_PARTY, // another person takes the phone
	CURVE_ASKS_SUPERVISOR,
	CURVE_THREATENS_MEDIA,
	CURVE_WRONG_DATA,
	CURVE_LANGUAGE,
	CURVE_LEGAL,
	CURVE_VIP,
	CURVE_NEW_FACT,
	CURVE_RED_BROADCAST, // title, say: what the banner says
	CURVE_POLICY_CHANGED, // article: a new version of it comes out
	CURVE_STALE_ARTICLE, // article: it is past its date
	CURVE_SILENT, // for_s
	CURVE_PHISHING,
	CURVE_TIME_PRESSURE,
};
KIND_DECLARE(curveball_kind)
// It happens to the whole place (faults, notices, another call), not to one customer: it needs nobody on the line.
bool curveball_for_all(enum curveball_kind k);
// codes system_down system_slow line_noise second_call_waiting emotion_spike third_party_takes_phone asks_supervisor
// threatens_media gives_wrong_data language_switch legal_question vip_reveal new_fact_changes_category red_broadcast
// policy_changed_mid_call stale_article customer_silent phishing_test time_pressure
struct curveball {
	const char *id;
	enum curveball_kind kind;
	size_t at_beat; // SCENARIO_NONE: none; fires when that beat was said
	int at_s;       // 0: none; seconds after the answer. With both: whichever comes first
	int chance;     // percent by seed, default 100
	const char *target, *article;
	int for_s;
	const struct beat_line *says; // what the customer says (one by seed); may be none
	size_t n_says;
	struct label title;           // of a broadcast
	const struct expectation *expect;
	size_t n_expect;
	size_t beat; // the dialogue goes on there, SCENARIO_NONE: where it is
	int caller;  // index into callers of a second call, -1: none
	bool has_emotion;
	enum emotion_class emotion;
	int level;
	int line, col;
};

// domain.md §12.7.
enum objection_move { MOVE_ACKNOWLEDGE, MOVE_CLARIFY, MOVE_ANSWER, MOVE_CONFIRM };
enum { OBJECTION_MOVES = MOVE_CONFIRM + 1 };
KIND_DECLARE(objection_move) // codes acknowledge clarify answer confirm
struct scenario_objection {
	const char *id;
	struct label label;
	size_t beat;
	unsigned moves; // bits of enum objection_move that are required
	const struct word_set *words[OBJECTION_MOVES]; // beside the general ones of the lexicon; NULL: none
	const char *const *ban; // lexicon lists (risk_promise ...), or names of word sets
	size_t n_ban;
	int line, col;
};

// What makes the session failed whatever else was done (§11.4).
struct scenario_critical {
	const char *code; // "PC-02"
	const char *cond_text;
	const struct expr *cond;      // either a condition
	const struct word_set *words; // or words the agent must not say
	struct label label;
	int line, col;
};

struct persona_fact {
	const char *name;          // {tail}
	struct label label, value; // "card ending in", "7719"; label: empty when the file has none
};
const char *persona_fact_label(const struct persona_fact *f); // its name where it has none
struct persona {
	struct label name;
	const char *phone;
	int age, patience_s;
	struct label mood, speech;
	const struct persona_fact *facts; // said as {tail} in lines, and the answers to verification
	size_t n_facts;
	const struct label *hides; // what a person who plays the role must not say by themselves
	size_t n_hides;
};
enum { SCENARIO_CALLERS = 64 }; // at most
// Who rings: the main caller is [0], others come with second calls and drills.
struct scenario_caller {
	struct persona persona;
	enum channel channel;
	const char *queue;
	int at_s;          // rings so long after the start
	size_t first_beat; // beat it starts with
	const char *tier, *language, *flags, *notes; // the customer's card in the sandbox; may be NULL
	bool known;        // there is a card
	int repeats;       // earlier contacts on the same issue in the sandbox
	struct label history; // what the earlier contacts said
	const char *ticket; // title of an open ticket in the sandbox, NULL: none
	const char *category; // of those
	int line, col;
};

struct scenario_seat { // of a drill
	const char *code; // agent1 agent2 lead supervisor tech comms
	struct label label, task;
	unsigned role; // USER_BIT
	int line, col;
};

// What a seat of a drill that takes no calls does: an EV_INJECT of the trainer with this kind and the seat as id.
// APPROVE names the number of the entry it approves (a statement or a review of another seat) as value.
enum drill_act { DRILL_TALK, DRILL_CONFIRM, DRILL_CLEAR, DRILL_APPROVE, DRILL_REPORT, DRILL_STATEMENT, DRILL_REVIEW };
enum { DRILL_ACTS = DRILL_REVIEW + 1 };
KIND_DECLARE(drill_act) // codes talk confirm clear approve report statement
enum { SCENARIO_SEATS = 16 }; // LOG_SEATS of log.h

// A reply card of the beginner level: chosen by its digit instead of typing.
struct reply_card {
	const char *id;
	size_t beat; // shown while the customer is at this beat; SCENARIO_NONE: always
	struct label text;
	bool good; // the best one there; not shown
	int line, col;
};

// A ticket of a sandbox queue (domain.md §12.8): how it comes, and how it should leave the trainee's hands.
enum { QUEUE_LEAST = 10, QUEUE_MOST = 30 };
struct queue_ticket {
	const char *id;
	struct label title, text; // what the customer wrote
	const char *category, *queue; // as it came in: often wrong, NULL: none
	int priority;
	const char *key_category, *key_queue;
	int key_priority;
	bool reply;                   // the customer must be told something
	const struct word_set *words; // that the note must fit; NULL: any note will do
	struct label trap;            // what misleads here, for the debrief; may be empty
	int line, col;
};

struct scenario_truth {
	const char *category;
	enum intent intent;
	enum difficulty difficulty;
	int priority; // 1..4
	const char *const *articles, *const *dispositions;
	size_t n_articles, n_dispositions;
	int line, col;
};

#define SCENARIO_NONE ((size_t)-1)
struct scenario {
	const char *code, *pack;
	int version;
	enum scenario_kind kind;
	enum practice_level level;
	bool tour;       // a guided tour of the desk: step by step, see tour.h
	bool certifies;  // pass mark 85 instead of 80
	struct label title, goal, brief;
	const char *script; // the one that should be used, or NULL
	const char *const *tags;
	size_t n_tags;
	int time_limit_s, wrap_limit_s;
	enum emotion_class start_class;
	int start_level;
	struct scenario_truth truth;
	const struct scenario_caller *callers;
	size_t n_callers;
	const struct word_set *words;
	size_t n_words;
	const struct scenario_beat *beats;
	size_t n_beats;
	const struct curveball *curveballs;
	size_t n_curveballs;
	const struct scenario_objection *objections;
	size_t n_objections;
	const struct scenario_critical *criticals;
	size_t n_criticals;
	const struct reply_card *cards;
	size_t n_cards;
	const struct scenario_seat *seats;
	size_t n_seats;
	const struct queue_ticket *tickets; // of a queue
	size_t n_tickets;
	const struct label *nudges; // what an impatient customer says; by seed
	size_t n_nudges;
	const char *success_text, *fail_text;
	const struct expr *success, *fail;
	bool broken; // a way, a condition or an end could not be read (reported): where the conversation leads is not known
	int line, col, end_line, end_col; // end: of success and fail
};

size_t scenario_seat(const struct scenario *s, struct sv code); // index or SCENARIO_NONE
bool scenario_seat_calls(const struct scenario_seat *seat);    // it answers callers
// Of the seats that answer callers the nth (from 0), and which of them a seat is; SCENARIO_NONE, -1: none.
size_t scenario_agent(const struct scenario *s, int n);
int scenario_agent_no(const struct scenario *s, size_t seat);
bool scenario_seat_may(const struct scenario *s, size_t seat, enum drill_act a);
// "supervisor.confirm": false when there is no such seat, or it does not do that.
bool scenario_seat_act(const struct scenario *s, const char *value, size_t *seat, enum drill_act *a);
size_t scenario_beat(const struct scenario *s, struct sv id); // index or SCENARIO_NONE
// What a caller says in that language, at most so many bytes: {tail} becomes the fact of that name, what is no fact stays as it is.
// Owned by the caller.
char *scenario_fill(const struct scenario_caller *sc, const char *text, enum lang lang, size_t most);
// Every expectation of the scenario (beats in order, then curveballs), numbered; the number is what track.h counts by.
size_t scenario_expectations(const struct scenario *s);
const struct expectation *scenario_expectation(const struct scenario *s, size_t n, size_t *beat, size_t *curveball);
// The names a condition may use (zuoxi-scenario(5), "Conditions").
bool scenario_name_known(const struct scenario *s, struct sv name);
// Everything that is wrong: unreachable beats, beats nobody can leave, weights, limits, unknown names. Targets and codes of other
// files are the loader's. True if no error was reported.
bool scenario_lint(const struct scenario *s, const struct lint *l);

#endif
