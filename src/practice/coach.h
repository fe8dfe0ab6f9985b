// SPDX-License-Identifier: MIT
// Knows the other seat of a session: what the trainer, or the person who plays the customer, sees of it and does to it.
#ifndef PRACTICE_COACH_H
#define PRACTICE_COACH_H

#include "config/pack.h"
#include "src/practice/book.h"
#include "src/practice/room.h"
#include "src/practice/track.h"

enum coach_role { COACH_TRAINER, COACH_CUSTOMER, COACH_SEAT }; // SEAT: one of a drill that takes no calls

struct coach {
	struct room *room;       // borrowed
	const struct packs *packs; // borrowed: scenarios and words
	enum coach_role role;
	char me[80];             // as others read it
	const struct clock *clock; // borrowed
	// What hello said; "" before it.
	char agent[40], name[80], no[40], id[40];
	char seat[80];           // whose session it is; what others say of it is not heard
	const struct scenario *scenario; // NULL: none yet, or one that is not in this station's packs (then `why`)
	char why[240];
	struct practice_log log; // as it came, owned
	int64_t next;            // number of the entry that comes next
	bool missed;             // said that one did not come
	struct track track;
	bool tracking;
	char taken[SCENARIO_SEATS][80]; // in a drill: who sits at each seat of the scenario, "" nobody
	size_t desk;             // the seat that is this one's, SCENARIO_NONE: none yet
	enum session_state state;
	int64_t left_ms, left_at; // of the session's limit, at mono
	struct score score;       // owned
	bool scored, swap, gone;  // swap: the roles are being exchanged; gone: the other seat left
	char said[240];           // why the last thing was refused
	char trouble[240];        // with the way to the other seat; "" none
	bool changed;             // something to draw
};
// name: who this is, as others read it.
void coach_init(struct coach *c, struct room *room, const struct packs *packs, enum coach_role role, const char *name, const struct clock *clock);
void coach_release(struct coach *c); // says goodbye unless roles are exchanged
void coach_heard(struct coach *c, const struct room_line *l);
void coach_line_state(struct coach *c, const char *trouble);
void coach_refused(struct coach *c, const char *why); // on the way already

// What is done; t_ms is set by the session. contact: which caller.
void coach_whisper(struct coach *c, const char *text);
void coach_line(struct coach *c, int contact, const char *text);       // the customer says it
void coach_emotion(struct coach *c, int contact, enum emotion_class cls, int level);
void coach_curveball(struct coach *c, const char *id);
void coach_beat(struct coach *c, int contact, const char *id);
void coach_hang_up(struct coach *c, int contact);
void coach_pause(struct coach *c, bool on);
void coach_tag(struct coach *c, const char *type, const char *text);   // good miss key
void coach_adjust(struct coach *c, enum score_part p, int share, const char *reason);
void coach_finish(struct coach *c);
void coach_swap(struct coach *c);
void coach_sit(struct coach *c, size_t seat); // in a drill
void coach_act(struct coach *c, enum drill_act act, const char *text);
void coach_approve(struct coach *c, int64_t draft); // its number (track.h)
int64_t coach_left_ms(const struct coach *c); // as far as it is known
// The role card of the person who plays the customer: who they are, what they feel, what they hide, what they may say next.
void coach_card(const struct coach *c, int contact, struct str *out);

#endif
