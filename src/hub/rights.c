// SPDX-License-Identifier: MIT
// Knows the permission matrix of domain.md §2.5 as one table, and whether a scope reaches a thing.
#include "src/hub/rights.h"

#include "src/hub/apply_part.h"

// One letter a role in the order of enum user_role (TE AG TL SV QA TR KE AD), as printed in domain.md §2.5:
// - none, R request, O own, T team, S site, A all.
static const struct {
	const char *code, *scopes;
} matrix[HUB_R_COUNT] = {
	[HUB_R_CALL_HANDLE] = {"call.handle", "-OOO----"},
	[HUB_R_CALL_VIEW] = {"call.view", "-OTSST--"},
	[HUB_R_CUSTOMER_VIEW] = {"customer.view_masked", "-SSSS---"},
	[HUB_R_CUSTOMER_REVEAL] = {"customer.reveal", "-OTS----"},
	[HUB_R_CUSTOMER_EDIT] = {"customer.edit", "-OTS----"},
	[HUB_R_CUSTOMER_IDENTITY] = {"customer.edit_identity", "-RRS----"},
	[HUB_R_CUSTOMER_ERASE] = {"customer.erase", "---R---A"}, // all: with the grant dpo
	[HUB_R_TICKET_CREATE] = {"ticket.create", "-SSSS---"},
	[HUB_R_TICKET_UPDATE] = {"ticket.update", "-OTS----"},
	[HUB_R_TICKET_ASSIGN] = {"ticket.assign", "-RTS----"},
	[HUB_R_TICKET_PRIORITY] = {"ticket.priority_override", "-RTS----"},
	[HUB_R_TICKET_CLOSE] = {"ticket.close", "-OTS----"},
	[HUB_R_TICKET_REOPEN] = {"ticket.reopen", "-OTS----"},
	[HUB_R_ESCALATION_CREATE] = {"escalation.create", "-OTSS---"},
	[HUB_R_ESCALATION_DECIDE] = {"escalation.decide", "--TS----"}, // team: level 1
	[HUB_R_INCIDENT_REPORT] = {"incident.report", "-SSSSSSA"},
	[HUB_R_INCIDENT_CONFIRM] = {"incident.confirm", "--RS----"},
	[HUB_R_BROADCAST_SEND] = {"broadcast.send", "--TSSTSA"},
	[HUB_R_KB_READ] = {"kb.read", "SSSSSSSA"},
	[HUB_R_KB_SUGGEST] = {"kb.suggest", "SSSSSSSA"},
	[HUB_R_KB_EDIT] = {"kb.edit", "-RRRRRA-"},
	[HUB_R_KB_APPROVE] = {"kb.approve", "---S--A-"},
	[HUB_R_KB_RETIRE] = {"kb.retire", "---S--A-"},
	[HUB_R_SCRIPT_EDIT] = {"script.edit", "-RRSRSS-"},
	[HUB_R_SCRIPT_APPROVE] = {"script.approve", "---S----"},
	[HUB_R_CONFIG_POLICY] = {"config.policy", "---S---R"},
	[HUB_R_CONFIG_SYSTEM] = {"config.system", "-------A"},
	[HUB_R_AUDIT_READ] = {"audit.read", "---SS--A"},
	[HUB_R_KPI_TEAM] = {"kpi.view_team", "-TTSSSSA"},
	[HUB_R_EXPORT_DATA] = {"export.data", "---SSSSA"},
	[HUB_R_PRACTICE_RUN] = {"practice.run", "OOOOOOOO"},
	[HUB_R_PRACTICE_OBSERVE] = {"practice.observe", "-OTSSS--"}, // own: with the grant mentor
};

const char *hub_right_code(enum hub_right r)
{
	return matrix[r].code;
}

static enum scope scope_of(char c)
{
	switch (c) {
	case 'R': return SCOPE_REQUEST;
	case 'O': return SCOPE_OWN;
	case 'T': return SCOPE_TEAM;
	case 'S': return SCOPE_SITE;
	case 'A': return SCOPE_ALL;
	default: return SCOPE_NONE;
	}
}

// Segregation (domain.md §2.5): an administrator has no right to customer data, whatever else they are. Erasing is no reading.
static bool customer_data(enum hub_right r)
{
	return r <= HUB_R_CUSTOMER_IDENTITY || (r >= HUB_R_TICKET_CREATE && r <= HUB_R_ESCALATION_DECIDE);
}

enum scope right_scope(unsigned roles, enum hub_right r)
{
	enum scope best = SCOPE_NONE;

	if ((roles & USER_BIT(USER_ADMIN)) && customer_data(r))
		return SCOPE_NONE;
	for (int role = 0; role < USER_ROLES; role++) {
		enum scope s = roles & USER_BIT(role) ? scope_of(matrix[r].scopes[role]) : SCOPE_NONE;
		best = s > best ? s : best;
	}
	return best;
}

bool actor_has(const char *const *list, size_t n, const char *what)
{
	for (size_t i = 0; what && i < n; i++)
		if (str_eq(list[i], what))
			return true;
	return false;
}

bool actor_serves(const struct actor *who, const char *queue)
{
	return actor_has(who->queues, who->n_queues, queue);
}

// The same for own and team: what has no owner belongs to whoever serves its queue or is in its team; what has neither, to the site.
static bool unowned(const struct actor *who, const struct target *t)
{
	return (str_empty(t->queue) && str_empty(t->team)) || actor_serves(who, t->queue) ||
	       (!str_empty(t->team) && str_eq(t->team, who->team));
}

static bool in_team(struct hub_tx *tx, const struct actor *who, const struct target *t, bool *yes, struct err *e)
{
	const struct hub_ent *owner;

	*yes = str_eq(t->owner, who->agent) || actor_serves(who, t->queue) || (!str_empty(t->team) && str_eq(t->team, who->team));
	if (*yes || str_empty(who->team))
		return true;
	if (!hub_get(tx, who->site, "agent", t->owner, &owner, e))
		return false;
	*yes = owner && str_eq(doc_text(owner->d, "team_id"), who->team);
	return true;
}

bool actor_may(struct hub_tx *tx, const struct actor *who, enum hub_right r, const struct target *what, enum verdict *out,
	       struct err *e)
{
	enum scope s = right_scope(who->roles, r);
	bool yes = false;

	if (r == HUB_R_CUSTOMER_ERASE && s == SCOPE_ALL && !actor_has(who->grants, who->n_grants, "dpo"))
		s = who->roles & USER_BIT(USER_SUPERVISOR) ? SCOPE_REQUEST : SCOPE_NONE;
	*out = VERDICT_NO;
	if (s == SCOPE_NONE || (s != SCOPE_ALL && what->site && !str_eq(what->site, who->site)))
		return true;
	switch (s) {
	case SCOPE_NONE:
	case SCOPE_REQUEST:
		*out = s == SCOPE_REQUEST ? VERDICT_REQUEST : VERDICT_NO;
		return true;
	case SCOPE_OWN:
		yes = str_empty(what->owner) ? unowned(who, what) : str_eq(what->owner, who->agent);
		break;
	case SCOPE_TEAM:
		if (str_empty(what->owner))
			yes = unowned(who, what);
		else if (!in_team(tx, who, what, &yes, e))
			return false;
		break;
	case SCOPE_SITE:
	case SCOPE_ALL:
		yes = true;
		break;
	}
	*out = yes ? VERDICT_YES : VERDICT_NO;
	return true;
}

// Streams whose rows tell of customers.
static bool sees_customers(const struct actor *who)
{
	return right_scope(who->roles, HUB_R_CUSTOMER_VIEW) >= SCOPE_SITE;
}

bool actor_may_read(const struct actor *who, const char *site, const char *stream)
{
	enum wire_family family;
	const char *rest;
	size_t n = who->site ? strlen(who->site) : 0;

	if (!wire_stream_parse(stream, &family, &rest))
		return false;
	if (wire_stream_is_global(stream))
		return true;
	if (!str_eq(site, who->site))
		return false;
	switch (family) {
	case WIRE_Q:
		return sees_customers(who) && (actor_serves(who, rest) || who->roles & USER_BIT(USER_SUPERVISOR));
	case WIRE_ME:
		return str_eq(rest, who->agent);
	case WIRE_CUST:
		return sees_customers(who) && str_starts(rest, who->site) && rest[n] == '/';
	case WIRE_BC:
	case WIRE_DIR:
	case WIRE_CFG:
		return str_eq(rest, who->site);
	case WIRE_KB:
	case WIRE_FAMILIES:
		break;
	}
	return false;
}
