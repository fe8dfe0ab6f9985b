// SPDX-License-Identifier: MIT
// Knows the enum of actions and contexts made from actions.def, and their names and help.
#ifndef ACTIONS_H
#define ACTIONS_H

#include <stdbool.h>
#include <stddef.h>

// Where keys count. A place asks for its own contexts plus CTX_ANY; editing places add CTX_EDIT, where printable keys
// are text.
enum {
	CTX_ANY = 1 << 0,
	CTX_HOME = 1 << 1,
	CTX_SCRIPT = 1 << 2,
	CTX_KB_QUERY = 1 << 3,
	CTX_KB_LIST = 1 << 4,
	CTX_KB_ARTICLE = 1 << 5,
	CTX_FORM = 1 << 6,
	CTX_EDIT = 1 << 7,
	CTX_LIST = 1 << 8,
	CTX_POPUP = 1 << 9, // confirm and prompt
	CTX_PICK = 1 << 10, // a list under a line that is typed into
	CTX_HISTORY = 1 << 11,
	CTX_WRAP = 1 << 12,
	CTX_KB_DESK = 1 << 13, // the lists of the knowledge desk
	CTX_KB_WRITE = 1 << 14, // an article being written
	CTX_KB_PAST = 1 << 15, // versions of an article and their differences
	CTX_RECORD = 1 << 16, // of a past contact
	CTX_CONFLICTS = 1 << 17, // the conflict desk
	CTX_TICKET = 1 << 18, // the ticket desk
	CTX_PRACTICE = 1 << 19, // the practice desk: scenarios, sessions, cases
	CTX_BRIEF = 1 << 20, // before a practice session begins
	CTX_DEBRIEF = 1 << 21, // after it
	CTX_COACH = 1 << 22, // the other seat of a session: trainer or customer
};
enum { CTX_COUNT = 23 };

enum action {
	ACT_NONE,
#define ACTION(id, name, contexts, keys, hint, help) ACT_##id,
#include "src/actions.def"
#undef ACTION
	ACT_COUNT,
};

struct action_info {
	const char *name; // "kb-open"
	unsigned contexts;
	const char *keys; // default keys, blank-separated
	const char *hint, *help; // English message ids; pass through _()
};
const struct action_info *action_info(enum action a); // ACT_NONE gives an empty one
enum action action_by_name(const char *name); // ACT_NONE if unknown
const char *context_name(unsigned bit); // "any", "script", ...

#endif
