// SPDX-License-Identifier: MIT
// Knows what was: the versions of an article and how they differ, what stood on the screen at an instant, what became of the
// articles that a contact cites.
#ifndef WORK_KB_PAST_H
#define WORK_KB_PAST_H

#include "kb/deed.h"
#include "kb/watch.h"
#include "src/store/kb_event.h"

struct model;
struct work;

// The versions of one article for the screen, and the difference of two of them. Text in the arenas until it is read again.
struct kb_versions {
	struct arena arena, diff_arena;
	const char *id; // NULL: none are shown
	struct kb_history_row *rows; // newest first
	struct kb_log_row *log;      // oldest first
	size_t n, n_log;
	enum kb_state state; // now
	int from, to;        // of the difference; 0: none
	bool folded;
	struct kb_diff_row *diff;
	size_t n_diff;
};
enum { KB_DIFF_CONTEXT = 2 };
void kb_versions_release(struct kb_versions *v);
// ERR_NOT_FOUND: never published.
must_use bool model_kb_versions(struct model *m, struct work *w, const char *id, struct err *e);
void model_kb_versions_close(struct model *m, struct work *w);
// folded: unchanged stretches are cut to KB_DIFF_CONTEXT lines around each change.
must_use bool model_kb_difference(struct model *m, struct work *w, int from, int to, bool folded, struct err *e);

// An article that stood on the screen, from when to when (UTC ms) and which of its lines: read back from an event.
struct kb_sight {
	const char *id, *agent, *contact; // contact NULL: between calls
	int ver; // of a draft: its revision
	bool draft, opened; // opened, or a preview beside the list
	int64_t from, to;
	int width, height, lines; // its text was wrapped at width into so many lines, height of them showing
	const char *steps; // "0:0 5200:9": ms since from, first line
};
// False: the event is not of a text that was on the screen. In the arena, but for what is borrowed from ev.
bool kb_sight_of(const struct kb_event *ev, struct kb_sight *out, struct arena *a);
// The places it stood at, one after the other; *at begins at NULL. False: there are no more.
bool kb_sight_next(const struct kb_sight *s, const char **at, int64_t *from, int64_t *to, int *top);
int kb_sight_top(const struct kb_sight *s, int64_t at); // first line shown at that instant
// What stood before the agent's eyes in a contact at the instant: the opened article rather than the preview beside it.
// ERR_NOT_FOUND says what was there last. In the arena.
must_use bool model_kb_seen_at(struct model *m, const char *contact, int64_t at, struct kb_sight *out, struct arena *a, struct err *e);

// What became of the articles a contact cites, in the order of contact.cites.
struct kb_cited {
	bool known; // false: the base does not have it
	struct kb_fate fate;
};

#endif
