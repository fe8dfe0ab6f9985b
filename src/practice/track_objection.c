// SPDX-License-Identifier: MIT
// Knows how an objection is met: which of the four moves came, in what order, and what must not be said to it.
#include "src/practice/track_part.h"

void track_objection_beat(struct track *t, size_t beat, int contact)
{
	const char *id = t->s->beats[beat].objection;

	for (size_t i = 0; i < t->s->n_objections; i++)
		if ((id && str_eq(t->s->objections[i].id, id)) || t->s->objections[i].beat == beat) {
			// From here to the next one, or to the end, what the agent says is said to it.
			t->objections[i].raised = true;
			t->more->active_objection[contact] = i;
			return;
		}
}

static bool banned(const struct track *t, const struct scenario_objection *o, const struct match *m)
{
	for (size_t i = 0; i < o->n_ban; i++) {
		if (match_tag(m, o->ban[i]))
			return true;
		for (size_t w = 0; w < t->s->n_words && w < 64; w++)
			if ((m->words >> w & 1) && str_eq(t->s->words[w].name, o->ban[i]))
				return true;
	}
	return false;
}

// The order of domain.md §12.7: no move may come before one that stands before it in the list.
static bool in_order(const struct objection_track *ot)
{
	int64_t last = -1;

	for (int k = 0; k < OBJECTION_MOVES; k++) {
		if (!(ot->hit >> k & 1))
			continue;
		if ((int64_t)ot->entry[k] < last)
			return false;
		last = (int64_t)ot->entry[k];
	}
	return true;
}

void track_objection_line(struct track *t, const struct track_step *st)
{
	size_t i = t->more->active_objection[st->e->contact];

	if (i == SCENARIO_NONE)
		return;
	const struct scenario_objection *o = &t->s->objections[i];
	struct objection_track *ot = &t->objections[i];
	for (int k = 0; k < OBJECTION_MOVES; k++) {
		bool now = (st->match->moves >> k & 1) || track_word_fits(t, o->words[k], st->match->words);
		if (!now || (ot->hit >> k & 1))
			continue;
		ot->hit |= 1u << k;
		ot->at[k] = st->e->t_ms;
		ot->entry[k] = st->index;
	}
	ot->in_order = in_order(ot);
	if (ot->banned == SCENARIO_NONE && banned(t, o, st->match))
		ot->banned = st->index;
}
