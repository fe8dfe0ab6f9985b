// SPDX-License-Identifier: MIT
// Knows who a user is to the product (domain.md §2.1) and which rights of §2.5 come with it.
#ifndef DESK_ROLE_H
#define DESK_ROLE_H

#include "src/base/str.h"

enum user_role {
	USER_TRAINEE,
	USER_AGENT,
	USER_TEAM_LEAD,
	USER_SUPERVISOR,
	USER_QA,
	USER_TRAINER,
	USER_KB_EDITOR,
	USER_ADMIN,
};
enum { USER_ROLES = USER_ADMIN + 1 };
// A user has one role or more; what they may do is the union.
#define USER_BIT(role) (1u << (role))

const char *user_role_code(enum user_role r);  // "kb_editor": as in settings
const char *user_role_label(enum user_role r); // in the user's language
// Codes separated by commas or blanks. False at a word that is no role: *bad (may be NULL) is that word, *out holds the others.
bool user_roles_parse(struct sv text, unsigned *out, struct sv *bad);
void user_roles_say(unsigned roles, struct str *out); // "Agent, Knowledge editor"

enum user_right {
	RIGHT_KB_SUGGEST,  // report an uncovered case, vote, suggest
	RIGHT_KB_WRITE,    // a draft of one's own: a request, somebody else approves
	RIGHT_KB_EDIT,     // any draft; confirm that an article is still right; work on uncovered cases
	RIGHT_KB_APPROVE,  // publish what another wrote
	RIGHT_KB_RETIRE,
	RIGHT_KB_HIDE,     // at once, without review (§4.8 emergency_hide)
	RIGHT_KB_RECEIPTS, // see who has not read what must be read (§9.7)
	RIGHT_TICKET_NOTE,     // on any ticket that is here
	RIGHT_TICKET_UPDATE,   // text and state of one's own ticket, or of one nobody has
	RIGHT_TICKET_OTHERS,   // the same of other people's: team lead (what is here is the team's), supervisor; cancel
	RIGHT_TICKET_ASSIGN,   // hand it to a person or a queue; who may only update asks for it
	RIGHT_TICKET_PRIORITY, // override it; who may only update asks for it
	RIGHT_CASE_PROPOSE, // one's own closed contact or session for the case library (call.view, scenario.edit by request)
	RIGHT_CASE_DECIDE,  // what is in it (scenario.edit)
};
bool user_may(unsigned roles, enum user_right what);

#endif
