// SPDX-License-Identifier: MIT
// Knows how a session is shared in a room: everybody there sees what happens, and what trainer and customer do comes in (domain.md §12.3).
#ifndef PRACTICE_SHARE_H
#define PRACTICE_SHARE_H

#include "src/practice/room.h"
#include "src/practice/session.h"

struct share;
// The seat that practises. Both are borrowed for life; the room's lines must come to share_heard.
struct share *share_new(struct session *s, struct room *r);
void share_free(struct share *h); // says goodbye unless roles are exchanged; NULL is fine
// A line of another seat. What may not be is answered with the reason.
void share_heard(struct share *h, const struct room_line *l);
void share_turn(struct share *h); // what happened since is told
// Somebody asked to exchange the roles: the session is to end, and this seat plays the customer (coach.h) in the same room.
bool share_swap_asked(const struct share *h);
void share_swap(struct share *h); // asks the other seat likewise
struct model *share_model(const struct share *h); // of the session
size_t share_others(const struct share *h); // seats that were heard

#endif
