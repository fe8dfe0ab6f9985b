// SPDX-License-Identifier: MIT
// Knows what the screens of practice share: the desk with scenarios and sessions, what stands before and after a session, its banner.
#ifndef UI_PRACTICE_SCREENS_H
#define UI_PRACTICE_SCREENS_H

#include "src/practice/coach.h"
#include "src/practice/debrief.h"
#include "src/practice/session.h"
#include "ui/ui.h"

enum practice_list { PRACTICE_SCENARIOS, PRACTICE_SESSIONS, PRACTICE_CASES };
enum { PRACTICE_LISTS = PRACTICE_CASES + 1 };
enum debrief_page { DEBRIEF_SCORE, DEBRIEF_TIMELINE, DEBRIEF_ANSWERS, DEBRIEF_SEATS };

struct practice_ui {
	// the desk
	enum practice_list at;
	struct list list[PRACTICE_LISTS];
	struct book_sessions sessions; // owned; of this agent, newest first
	struct book_cases cases;       // owned
	bool read;                     // they were
	char past[40];                 // a past session that is looked at, "" none
	struct book_marks moments;     // owned; of the past contact that is looked at
	char moments_of[40];           // its id, "" none are read
	// the other seat of somebody's session
	int contact;                   // the customer in front
	bool typing;
	struct lineedit line;          // what the customer says
	int coach_scroll;              // rows back from the newest
	// after a session
	enum debrief_page page;
	struct list parts, rows;       // components with their reasons; the timeline
	struct list seats;             // of a drill
	size_t seat_open;              // the seat whose reasons are unfolded, from 1; 0: none
	unsigned tour_skipped;         // bits of its steps
	int scroll;                    // of the answers
	bool from_point;               // Left goes back to the reasons
	struct debrief debrief;        // owned
	struct score score;            // of a past session; owned
	struct practice_log log;       // likewise
	bool made;
	size_t notes;                  // of the model when the debrief came up: what was said in the call is over
};
struct practice_ui *practice_ui(struct ui *u); // made on first use
const struct practice_ui *practice_ui_const(const struct ui *u); // an empty one before
void practice_ui_free(struct practice_ui *p);
void practice_content_changed(struct ui *u); // a debrief that is not looked at now is made anew from the new content

const char *practice_word(void); // stands in every title: "演练"
// The place that stands before all others: before and after a session, or the desk. NULL: none.
const struct place *practice_in_front(const struct ui *u);
bool practice_place(const struct place *p); // is it one of those?
struct coach *practice_coach(const struct ui *u); // NULL: this seat is in nobody's session
int coach_contact(const struct ui *u); // the customer in front there
void coach_draw_head(const struct ui *u, const struct canvas *c); // two rows, where there is no room for the side (coach_side.c)
void coach_draw_side(const struct ui *u, const struct canvas *c);
void practice_follow(struct ui *u, struct model *m);

// What the keys do (ask_practice.c).
bool practice_toggle(struct ui *u, struct model *m);
bool practice_pause(struct ui *u, struct model *m);
bool practice_voice(struct ui *u, struct model *m);
bool practice_live(struct ui *u, struct model *m);
bool practice_join(struct ui *u, struct model *m);
bool practice_swap(struct ui *u, struct model *m);
bool ask_coach(struct ui *u, struct model *m, enum action a); // the dialogs of the other seat (ask_coach.c)
bool practice_tour(struct ui *u, struct model *m); // begins it
bool practice_tour_skip(struct ui *u, struct model *m);
bool practice_done(struct ui *u, struct model *m);
bool ask_practice_leave(struct ui *u, struct model *m);
bool ask_practice_cards(struct ui *u, struct model *m);
bool ask_debrief_write(struct ui *u, struct model *m);
bool ask_debrief_adjust(struct ui *u, struct model *m, enum score_part part);
void practice_wish(struct ui *u, enum practice_wish wish, const char *scenario, enum practice_mode mode);

// --- cases (record_case.c)
void record_follow(struct ui *u, struct model *m);
const struct case_mark *record_mark_at(const struct ui *u, const struct model *m, int64_t t_ms); // NULL: none
bool record_mark(struct ui *u, struct model *m);
bool record_case(struct ui *u, struct model *m);
bool case_export(struct ui *u, struct model *m);
bool case_accept(struct ui *u, struct model *m);

// --- of the desk (practice_rows.c)
size_t practice_count(const struct ui *u, const struct model *m, enum practice_list l);
const struct scenario *practice_scenario(const struct model *m, size_t row); // by title of level and code
const struct scenario *practice_scenario_of(const struct model *m, const char *code);
int practice_last(const struct ui *u, const char *scenario); // hundredths of the last score of this agent, -1: none yet
// How the scores went, oldest first: a line of blocks eight levels high, at most w columns.
void practice_spark(const struct ui *u, const char *scenario, int w, struct str *out);
// "! anxious 3": sign, word and level of a customer's emotion; the role to draw it in.
unsigned practice_emotion(enum emotion_class c, int level, char *buf, size_t cap);

// Beside the line that is typed: "[M-a] Reply cards", as far as they are there and fit; columns used, -2: none.
int practice_reply_hint(const struct ui *u, const struct canvas *c, int x, enum action a);

// --- of what is looked at after a session (debrief_draw.c)
const struct score *debrief_score(const struct ui *u);
const struct practice_log *debrief_of_log(const struct ui *u);
size_t debrief_parts(const struct ui *u); // rows of components and their reasons
// Row of the list of components: the component (point NULL) or one of its reasons.
enum score_part debrief_part_row(const struct ui *u, size_t row, const struct score_point **point);
int debrief_pages(const struct ui *u); // the seats come last, and in a drill only
void debrief_draw_point(const struct ui *u, const struct score_point *p, const struct canvas *c, unsigned style);
// The page of seats (debrief_seats.c): the whole, then each seat, one of them with its reasons below it.
size_t debrief_seat_rows(const struct ui *u);
size_t debrief_seat_row(const struct ui *u, size_t row, const struct score_point **point); // SCENARIO_NONE: the whole
const struct score *debrief_seat_score(const struct score *s, size_t seat);
void debrief_verdict(const struct ui *u, const struct score *s, char *buf, size_t cap); // "82.1 ✓ passed"
void debrief_draw_seats(const struct ui *u, const struct canvas *c, bool focused);
void debrief_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused);
int debrief_body_height(const struct ui *u); // rows of a list
struct rect debrief_list_rect(const struct ui *u, enum debrief_page page); // where a list stands on the screen
int debrief_answers_last(const struct ui *u); // the most rows of the answers that can be left out above

#endif
