// SPDX-License-Identifier: MIT
// Knows how a view test sets a seat of practice before the live one: a session with its own model, the book, another seat's view of it.
//
//   struct practice_scene p;
//   practice_scene_open(&p, LANG_ZH);
//   practice_scene_sit(&p, "ec.logi.01", PRACTICE_SOLO);
//   practice_scene_keys(&p, "Enter");
//   practice_scene_golden(&p, "practice_call_24", 24, 80);
//   practice_scene_close(&p);
#ifndef TESTS_VIEW_SCENE_PRACTICE_H
#define TESTS_VIEW_SCENE_PRACTICE_H

#include "src/practice/coach.h"
#include "src/practice/session.h"
#include "tests/view/scene.h"

struct practice_scene {
	struct scene s;             // the live seat, and the clock of everything
	struct practice_desk desk;
	struct book *book;
	struct session *session;    // in front while there is one
	struct practice_view view;
	struct ui ui;               // of the session
	struct room *room;
	struct coach coach;
};
// With the packs common and retail and their articles; nobody has practised.
void practice_scene_open(struct practice_scene *p, enum lang lang);
void practice_scene_close(struct practice_scene *p);
// A session in its briefing comes in front; the one before goes.
void practice_scene_sit(struct practice_scene *p, const char *scenario, enum practice_mode mode);
void practice_scene_stand_up(struct practice_scene *p);
// The seat in front.
struct ui *practice_scene_ui(struct practice_scene *p);
struct model *practice_scene_model(struct practice_scene *p);

void practice_scene_keys(struct practice_scene *p, const char *list); // names of keys, a blank between
void practice_scene_type(struct practice_scene *p, const char *text);
void practice_scene_wait(struct practice_scene *p, int64_t ms); // what is due meanwhile happens at its moment
// Begins, answers the first call; what the customer says first has been said.
void practice_scene_answer(struct practice_scene *p);
// Says the card that fits, or another one; then the customer has answered. False: there are no cards now.
bool practice_scene_card(struct practice_scene *p, bool good);
// The call to its end with the cards that fit; wrapped up with this disposition or (NULL) left in the wrap-up.
void practice_scene_talk(struct practice_scene *p, const char *disposition);
// The coach in the live seat hears what happened in the session (which is out of sight then) or, without one, nothing.
void practice_scene_coach(struct practice_scene *p, enum coach_role role);
void practice_scene_hears(struct practice_scene *p, const char *json); // a line of the other seat; ' stands for "

void practice_scene_draw(struct practice_scene *p, int rows, int cols, struct str *out);
void practice_scene_golden(struct practice_scene *p, const char *name, int rows, int cols);
bool practice_scene_shows(struct practice_scene *p, const char *text); // at the size it has
const char *practice_scene_said(struct practice_scene *p); // the last message

#endif
