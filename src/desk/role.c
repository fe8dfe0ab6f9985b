// SPDX-License-Identifier: MIT
// Knows who a user is to the product (domain.md §2.1) and which rights of §2.5 come with it.
#include "src/desk/role.h"

#include "src/base/err.h"
#include "src/base/i18n.h"

static const char *const codes[USER_ROLES] = {
	[USER_TRAINEE] = "trainee", [USER_AGENT] = "agent",     [USER_TEAM_LEAD] = "team_lead", [USER_SUPERVISOR] = "supervisor",
	[USER_QA] = "qa",	    [USER_TRAINER] = "trainer", [USER_KB_EDITOR] = "kb_editor", [USER_ADMIN] = "admin",
};

const char *user_role_code(enum user_role r)
{
	return codes[r];
}

const char *user_role_label(enum user_role r)
{
	switch (r) {
	case USER_TRAINEE: return _("Trainee");
	case USER_AGENT: return _("Agent");
	case USER_TEAM_LEAD: return _("Team lead");
	case USER_SUPERVISOR: return _("Supervisor");
	case USER_QA: return _("Quality assurance");
	case USER_TRAINER: return _("Trainer");
	case USER_KB_EDITOR: return _("Knowledge editor");
	case USER_ADMIN: return _("Administrator");
	}
	BUG("role %d", (int)r);
}

static bool blank(char c)
{
	return c == ' ' || c == ',' || c == '\t';
}

bool user_roles_parse(struct sv text, unsigned *out, struct sv *bad)
{
	bool ok = true;

	*out = 0;
	while (text.n) {
		size_t n = 0;
		int r = 0;
		while (n < text.n && !blank(text.p[n]))
			n++;
		struct sv word = sv_n(text.p, n);
		while (r < USER_ROLES && !sv_eqz(word, codes[r]))
			r++;
		if (r < USER_ROLES)
			*out |= USER_BIT(r);
		else if (n && ok) {
			ok = false;
			if (bad)
				*bad = word;
		}
		text = sv_n(text.p + n + (n < text.n), text.n - n - (n < text.n));
	}
	return ok;
}

void user_roles_say(unsigned roles, struct str *out)
{
	bool any = false;

	for (int r = 0; r < USER_ROLES; r++)
		if (roles & USER_BIT(r)) {
			str_addf(out, "%s%s", any ? ", " : "", user_role_label((enum user_role)r));
			any = true;
		}
}

bool user_may(unsigned roles, enum user_right what)
{
	const unsigned editor = USER_BIT(USER_KB_EDITOR), supervisor = USER_BIT(USER_SUPERVISOR);
	const unsigned lead = USER_BIT(USER_TEAM_LEAD) | supervisor;
	const unsigned desk = USER_BIT(USER_AGENT) | USER_BIT(USER_TEAM_LEAD) | supervisor | USER_BIT(USER_QA) | USER_BIT(USER_TRAINER);

	switch (what) {
	case RIGHT_KB_SUGGEST: return roles & (desk | editor | USER_BIT(USER_ADMIN));
	case RIGHT_KB_WRITE: return roles & (desk | editor);
	case RIGHT_KB_EDIT: return roles & editor;
	case RIGHT_KB_APPROVE: return roles & (editor | supervisor);
	case RIGHT_KB_RETIRE: return roles & (editor | supervisor);
	case RIGHT_KB_HIDE: return roles & supervisor;
	case RIGHT_KB_RECEIPTS: return roles & lead;
	// An administrator has no right to customer data, whatever else they are.
	case RIGHT_TICKET_NOTE: return !(roles & USER_BIT(USER_ADMIN)) && (roles & (lead | USER_BIT(USER_AGENT) | USER_BIT(USER_QA)));
	case RIGHT_TICKET_UPDATE: return !(roles & USER_BIT(USER_ADMIN)) && (roles & (lead | USER_BIT(USER_AGENT)));
	case RIGHT_TICKET_OTHERS:
	case RIGHT_TICKET_ASSIGN:
	case RIGHT_TICKET_PRIORITY: return !(roles & USER_BIT(USER_ADMIN)) && (roles & lead);
	case RIGHT_CASE_PROPOSE: return !(roles & USER_BIT(USER_ADMIN)) && (roles & (desk | editor));
	case RIGHT_CASE_DECIDE: return !(roles & USER_BIT(USER_ADMIN)) && (roles & (editor | USER_BIT(USER_TRAINER)));
	}
	BUG("right %d", (int)what);
}
