// SPDX-License-Identifier: MIT
// Knows what the files about knowledge share: the rows of a pane, the search that led to an action, versions as keys.
#ifndef WORK_KB_PART_H
#define WORK_KB_PART_H

#include "kb/deed.h"
#include "src/work/internal.h"
#include "src/work/kb_writer.h"

int kb_row_of(const struct kb_view *v, const char *id); // -1: not among the results
// A search counts once it led somewhere: it is logged when a result is opened, cited or missed, not at every key.
must_use bool kb_log_search(struct model *m, struct work *w, struct commit *c, struct err *e);
void kb_version_key(char out[96], const char *id, int ver); // "KB-1@4": article_version_id of an event
must_use bool kb_need_contact(const struct work *w, struct err *e);

// A deed of this agent; the rest is the caller's to fill in.
struct kb_deed work_deed(const struct model *m, enum kb_verb verb, const char *id);
// Is it the hub's to decide, once the station has joined one (domain.md §8.4: a station publishes nothing by itself)?
bool kb_deed_central(const struct model *m, enum kb_verb v);
must_use bool kb_deed_reachable(const struct model *m, enum kb_verb v, struct err *e); // ERR_DENIED: central, and the line is down
// Does it with the commit, unless it is central, and tells the hub. Everything is copied; texts are swept.
void commit_kb_deed(struct commit *c, struct model *m, const struct kb_deed *d);

// What the contact, as it is closed now, teaches; or no longer does. Nothing of it can stop the closing.
void commit_kb_learn(struct commit *c, struct model *m, const struct work *w);
// The search in hand came to an end: this article of its list was opened or cited (NULL: none of them answers). Where the first row
// stood there because of a phrasing, that counts for or against it, once a search.
void commit_kb_concluded(struct commit *c, struct model *m, struct work *w, const char *taken);

// What the contact says that may answer an uncovered case, masked; NULL: nothing yet. Owned by the caller.
char *work_case_text(const struct model *m, const struct work *w);
// Reads the open articles again: something was done to them. The version that is read stays.
void kb_reread(struct model *m);
void kb_after_deed(struct model *m); // for commit_after: everything that shows the base is read again

// Results that are read again although nobody typed (kb_refresh.c): called by model_tick and model_next_ms.
void kb_tick(struct model *m);
int64_t kb_next_ms(const struct model *m); // -1: nothing is due
void kb_plan_full(struct model *m, struct kb_view *v);
const struct script_node *kb_step_of(const struct work *w); // the step in hand, if it names articles

#endif
