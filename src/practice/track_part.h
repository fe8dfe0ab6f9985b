// SPDX-License-Identifier: MIT
// Knows what the parts of the fold share.
#ifndef PRACTICE_TRACK_PART_H
#define PRACTICE_TRACK_PART_H

#include "src/desk/number.h"
#include "src/practice/track.h"

// Something the agent recorded that can be taken back: the state of a contact is what the deeds that stand make of it.
struct track_deed {
	int contact;
	int64_t seq; // of the event in its contact, 0: unknown
	size_t entry;
	enum event_type type;
	char *value; // owned
	int level;
	bool undone;
};
struct track_facts {
	char *category, *disposition, *script, *side; // owned
	bool restated, planned, confirmed, stoppay;
	int verified;
};
struct track_caller {
	struct track_facts facts;
	int64_t rang_at, hold_at; // -1: not
	int turns;                // the agent's lines in this beat
	int retries;
	int tickets;
	size_t ticket;            // entry of the last
	bool lost_before;         // somebody was lost before this one was missed
	bool fresh;               // the beat was reached; its line comes
	bool spoke;               // the customer said something
	bool gone;
	uint64_t said, said_now;
	struct str tags;
};
// Done before its beat was reached.
struct track_early {
	int64_t at; // -1: not
	size_t entry;
};
struct track_expectation {
	const struct expectation *x;
	size_t beat, curveball;
	int contact; // where its beat was reached; -1: any
	struct track_early early[SCENARIO_CALLERS + 1]; // for each contact, the last: for none of them
};
struct track_series { // ticket numbers of an agent seat
	bool known;
	struct number number;
};
struct track_more {
	struct track_expectation *x;
	struct track_caller c[SCENARIO_CALLERS];
	VEC(struct track_deed) deeds;
	bool *curves;
	int front;
	int searched, cited;
	bool lost, second, held;
	size_t promised_callback; // entry, SCENARIO_NONE
	size_t active_objection[SCENARIO_CALLERS];
	struct match match;
	bool has_match;
	bool hub_down, offline_ticket, approved; // the last two of the entry given last
	struct track_series series[SCENARIO_SEATS];
	int64_t seat_at[SCENARIO_SEATS]; // when somebody took that seat of a drill, -1: nobody did
};

// An entry and what it means, on its way through the fold.
struct track_step {
	size_t index;
	const struct log_entry *e;
	struct track_caller *c;    // NULL: of no contact
	const struct match *match; // of an agent's line that reached the customer; else NULL
};

struct track_caller *track_caller(const struct track *t, int contact); // NULL: none
bool track_word_fits(const struct track *t, const struct word_set *w, uint64_t words); // its bit of match.words
bool track_tag_in(const struct str *tags, struct sv tag);
bool track_asks_secret(const struct lexicon_entry *en); // a demand, not a warning

// track_fact.c: state of the contacts, and undo.
void track_fact(struct track *t, const struct track_step *st);
void track_undo(struct track *t, const struct track_step *st);
// track_expect.c
void track_expect_forget(struct track_expectation *x); // nothing was done early
void track_expect_beat(struct track *t, size_t beat, int contact);
void track_expect_since(struct track *t, size_t beat, int64_t since);
void track_expect_curve(struct track *t, size_t curve);
void track_expect_entry(struct track *t, const struct track_step *st);
void track_seat(struct track *t, const struct track_step *st); // what another seat of a drill does
void track_expect_undone(struct track *t, size_t entry);
void track_expect_clock(struct track *t);
void track_expect_end(struct track *t);
// track_drill.c
void track_draft_entry(struct track *t, const struct track_step *st);
void track_drafts_free(struct track *t);
void track_hub(struct track *t, const struct curveball *c, bool down);
void track_ticket(struct track *t, const struct track_step *st);
bool track_offline_ticket(const struct track *t); // the entry is a ticket in its series, made while the hub is away
// The contact (-1: none) and every contact a ticket was made in are linked; *entry: the last ticket looked at.
bool track_linked(const struct track *t, int contact, const char *value, size_t *entry);
// track_objection.c
void track_objection_beat(struct track *t, size_t beat, int contact);
void track_objection_line(struct track *t, const struct track_step *st);
// track_critical.c
void track_critical_entry(struct track *t, const struct track_step *st);
void track_critical_end(struct track *t);

#endif
