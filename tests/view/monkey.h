// SPDX-License-Identifier: MIT
// Knows what the random agent and the checks of it share: the scene, the dice, what was visited.
#ifndef TESTS_VIEW_MONKEY_H
#define TESTS_VIEW_MONKEY_H

#include "src/practice/book.h"
#include "tests/view/scene.h"

struct visit {
	char *name; // message id of a title, or the name of a place
	long n;
};
struct monkey {
	struct scene s;
	struct golden g;
	struct cells *screen; // what the agent sees: each frame drawn over the one before
	uint64_t seed, dice;
	long keys; // pressed so far
	VEC(struct visit) places, dialogs;
	VEC(struct key) bound; // every default key of every action
	const char *last; // what was done last, static
	int64_t dirty_since; // mono; text waits for the journal, 0: none
	long restarts, closed, part; // frames drawn in part
	size_t notes_seen; // of the model
	long rows; // the hub has sent
	struct book *book; // the practice desk can be looked at; a session it asks for does not come
	struct practice_desk practice;
};
void monkey_practice(struct monkey *k); // after each start of the program

uint64_t monkey_dice(struct monkey *k, uint64_t below); // 0 .. below-1
_Noreturn void monkey_fail(const struct monkey *k, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// monkey_do.c: one random thing an agent, a customer or the clock does.
void monkey_keys_init(struct monkey *k);
void monkey_step(struct monkey *k);
// monkey_hub.c: the hub says something; what was wished of it is answered; a little task at its places.
void monkey_hub_join(struct monkey *k);
void monkey_hub_news(struct monkey *k);
void monkey_hub_obey(struct monkey *k);
void monkey_at_the_hub(struct monkey *k);
// monkey_do.c, for the above.
bool monkey_one_in(struct monkey *k, uint64_t n);
void monkey_press(struct monkey *k, enum key_kind kind);
void monkey_type(struct monkey *k, const char *text);
void monkey_alt(struct monkey *k, char c);
const char *monkey_phrase(struct monkey *k);
void monkey_key(struct monkey *k, struct key key); // and what the program does after a key
// The contact is ended and saved as an invalid one, so that a long run does not pile them up.
void monkey_finish(struct monkey *k, struct work *w);

// monkey_check.c: what must always hold; each ends the run with the seed when it does not.
void monkey_visits_init(struct monkey *k);
void monkey_visit(struct monkey *k);
void monkey_check_state(struct monkey *k);
// The frame after a key, drawn over the one before as the program does it, and anew into g: the same cells, nothing outside, the
// caret inside.
void monkey_draw(struct monkey *k);
// Does what the agent sees then differ from the whole drawing? True with where; -1: the caret is gone.
bool monkey_stale(struct monkey *k, int *y, int *x);
// Does a place draw outside the rectangle it was given? False with where.
bool monkey_draws_inside(struct monkey *k, const struct place *p, struct rect r, int *y, int *x);
void monkey_check_panes(struct monkey *k);
void monkey_check_journal(struct monkey *k); // what was journaled is clean and holds no secret
void monkey_check_records(struct monkey *k); // every record follows from its stored events
size_t monkey_unseen(const struct monkey *k); // places and dialogs
void monkey_check_visits(const struct monkey *k);
void monkey_release(struct monkey *k);

#endif
