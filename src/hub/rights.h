// SPDX-License-Identifier: MIT
// Knows who may see which stream, do which operation, and change which field (domain.md §2), object by object.
//
// Pure: what it must know about others (whose team, whose ticket) comes in through hub_get of the transaction in hand.
#ifndef HUB_RIGHTS_H
#define HUB_RIGHTS_H

#include "src/desk/role.h"
#include "src/hub/store.h"

// The person on whose behalf the hub acts. Strings borrowed from whoever made it.
struct actor {
	const char *agent, *site, *team;
	const char *dev, *station; // where they sit; NULL: the hub's own command line
	unsigned roles;            // USER_BIT
	const char *const *queues; // codes this person serves (of the team and the own list)
	size_t n_queues;
	const char *const *grants; // domain.md §2.4
	size_t n_grants;
	bool left;                 // the stream or role was taken away, still within the grace of 24 h: after_revoke
	bool named;                // only the operation names them; they are not logged in now
	const char *claimed_by;    // whom the operation named, when it cannot be them: kept beside what is written; NULL
};
// From the entities "agent" and "team". ERR_NOT_FOUND: no such agent, ERR_DENIED: not active. Strings in a.
must_use bool actor_load(struct hub_tx *tx, const char *site, const char *agent, struct actor *out, struct arena *a, struct err *e);

// The same person as widely as they stood at any time since then (roles, queues, grants of the agent's and the team's revisions);
// out->left: that is more than now.
must_use bool actor_past(struct hub_tx *tx, const struct actor *now, int64_t since, struct actor *out, struct arena *a, struct err *e);

// Streams the actor is entitled to, best first: bc, me, q, dir, cfg, kb, cust. Strings in a. Administrators get no stream with
// customer data; a trainee alone none but bc, me, dir, cfg and kb.
must_use bool actor_streams(struct hub_tx *tx, const struct actor *who, const char ***out, size_t *n, struct arena *a, struct err *e);
bool actor_may_read(const struct actor *who, const char *site, const char *stream);

// The rows of domain.md §2.5, by their code with '_' for '.': each has a scope per role.
#define HUB_RIGHTS(X)                                                                                                             \
	X(CALL_HANDLE, "call.handle") X(CALL_VIEW, "call.view") X(CUSTOMER_VIEW, "customer.view_masked")                          \
	X(CUSTOMER_REVEAL, "customer.reveal") X(CUSTOMER_EDIT, "customer.edit") X(CUSTOMER_IDENTITY, "customer.edit_identity")    \
	X(CUSTOMER_ERASE, "customer.erase") X(TICKET_CREATE, "ticket.create") X(TICKET_UPDATE, "ticket.update")                   \
	X(TICKET_ASSIGN, "ticket.assign") X(TICKET_PRIORITY, "ticket.priority_override") X(TICKET_CLOSE, "ticket.close")          \
	X(TICKET_REOPEN, "ticket.reopen") X(ESCALATION_CREATE, "escalation.create") X(ESCALATION_DECIDE, "escalation.decide")     \
	X(INCIDENT_REPORT, "incident.report") X(INCIDENT_CONFIRM, "incident.confirm") X(BROADCAST_SEND, "broadcast.send")         \
	X(KB_READ, "kb.read") X(KB_SUGGEST, "kb.suggest") X(KB_EDIT, "kb.edit") X(KB_APPROVE, "kb.approve")                       \
	X(KB_RETIRE, "kb.retire") X(SCRIPT_EDIT, "script.edit") X(SCRIPT_APPROVE, "script.approve")                               \
	X(CONFIG_POLICY, "config.policy") X(CONFIG_SYSTEM, "config.system") X(AUDIT_READ, "audit.read")                           \
	X(KPI_TEAM, "kpi.view_team") X(EXPORT_DATA, "export.data") X(PRACTICE_RUN, "practice.run")                                \
	X(PRACTICE_OBSERVE, "practice.observe")
#define HUB_RIGHT_ENUM(name, code) HUB_R_##name,
enum hub_right { HUB_RIGHTS(HUB_RIGHT_ENUM) HUB_R_COUNT };
#undef HUB_RIGHT_ENUM
const char *hub_right_code(enum hub_right r);

// NONE < REQUEST (goes to approval) < OWN < TEAM < SITE < ALL; a user's scope is the widest of their roles'.
enum scope { SCOPE_NONE, SCOPE_REQUEST, SCOPE_OWN, SCOPE_TEAM, SCOPE_SITE, SCOPE_ALL };
enum scope right_scope(unsigned roles, enum hub_right r);
// Whose thing it is: NULL owner belongs to nobody yet (its team or queue counts).
struct target {
	const char *site, *owner, *team, *queue;
};
enum verdict { VERDICT_NO, VERDICT_REQUEST, VERDICT_YES };
must_use bool actor_may(struct hub_tx *tx, const struct actor *who, enum hub_right r, const struct target *what, enum verdict *out,
			struct err *e);

// What of a document this actor gets: a new reference, masked where the right to the field is missing (§18.2; the key of the
// page cache is rights_mask_id). d is not changed.
json_t *rights_mask(const struct actor *who, const char *t, json_t *d);
unsigned rights_mask_id(const struct actor *who); // equal ids: equal masks

#endif
