// SPDX-License-Identifier: MIT
// Knows what is looked at together after a session: the timeline with what was expected, the best line, how it could have been said.
#ifndef PRACTICE_DEBRIEF_H
#define PRACTICE_DEBRIEF_H

#include "src/practice/score.h"

// Source: domain.md §12.9. Plain data for the screen and the command line; all texts are in the user's language.
enum debrief_kind {
	DEBRIEF_EVENT,    // something that was said or done
	DEBRIEF_EXPECT,   // an expectation: done, too late, not done
	DEBRIEF_CLOCK,    // a clock that was missed
	DEBRIEF_MOVE,     // a move against an objection, or a word that was forbidden there
	DEBRIEF_CURVE,    // something came in between
	DEBRIEF_CRITICAL,
	DEBRIEF_TAG,      // a moment the trainer marked
};
KIND_DECLARE(debrief_kind) // codes event expect clock move curveball critical tag
enum debrief_sign { SIGN_NONE, SIGN_GOOD, SIGN_LATE, SIGN_MISS };
KIND_DECLARE(debrief_sign) // codes "" good late miss
const char *debrief_mark(enum debrief_sign s); // "✓" "!" "×" ""

struct debrief_row {
	enum debrief_kind kind;
	enum debrief_sign sign;
	int64_t t_ms;  // of the evidence; of the moment it was due; of the end
	int contact;   // -1: none
	enum log_who who;
	size_t entry;  // in the log, SCENARIO_NONE: something that never happened
	const char *text;
};
struct debrief_model {
	const char *what, *how; // what was expected, and how it could have been said or done
};
struct debrief_group {
	const char *label;
	int share; // hundredths of the group, 0..10000, as the trainer left it
	int weight; // hundredths of 100 points
	const char *weakest; // label of the component that lost most, NULL: none lost anything
};
struct debrief {
	struct arena arena; // owns every text
	VEC(struct debrief_row) rows; // by time; what an entry proves stands behind it
	const char *goal;
	size_t best;           // entry of the best line, SCENARIO_NONE: there was none
	const char *best_text; // "" if none
	VEC(struct debrief_model) models; // of what was missed; the goal when nothing missed has one
	struct debrief_group groups[SCORE_GROUPS];
};
// world: the content that gives categories, dispositions, fields and script lines their names.
void debrief_make(const struct scenario *sc, const struct practice_log *log, const struct track *t, const struct score *score,
		  const struct contact_world *world, struct debrief *out);
// The same, folding the log first.
void debrief_log(const struct scenario *sc, const struct practice_log *log, struct lexicon *lex, const struct score *score,
		 const struct contact_world *world, struct debrief *out);
void debrief_release(struct debrief *d);
json_t *debrief_json(const struct debrief *d); // new reference; stable order of keys

#endif
