// SPDX-License-Identifier: MIT
// Knows how each field behaves where two edits meet (sync.md §3.7), and which fields need a right of their own.
#include "src/hub/apply_part.h"

static const struct {
	const char *t, *field;
	enum field_class cls;
} classes[] = {
	{"ticket", "state", FIELD_MACHINE},
	{"ticket", "priority", FIELD_RANKED},
	{"ticket", "pinned", FIELD_RANKED},
	{"ticket", "priority_reason", FIELD_RANKED},
	{"ticket", "complaint_level", FIELD_RANKED},
	{"ticket", "respond_due_at", FIELD_RANKED},
	{"ticket", "resolve_due_at", FIELD_RANKED},
	{"ticket", "hard_due", FIELD_RANKED},
	{"ticket", "escalation", FIELD_RANKED},
	{"ticket", "title", FIELD_TEXT},
	{"ticket", "description", FIELD_TEXT},
	{"ticket", "solution_text", FIELD_TEXT},
	{"ticket", "owner_id", FIELD_OWNER},
	{"ticket", "first_response_at", FIELD_EARLIEST},
	{"ticket", "no", FIELD_HUB},
	{"ticket", "created_at", FIELD_HUB},
	{"ticket", "created_by", FIELD_HUB},
	{"ticket", "reopen_count", FIELD_HUB},
	{"ticket", "hop_count", FIELD_HUB},
	{"customer", "display_name", FIELD_APPROVAL},
	{"customer", "phones", FIELD_APPROVAL},
	{"customer", "id_type", FIELD_APPROVAL},
	{"customer", "id_no", FIELD_APPROVAL},
	{"customer", "notes", FIELD_TEXT},
	{"customer", "anonymised_at", FIELD_HUB},
	{"callback", "promised_text", FIELD_TEXT},
	{"callback", "owner_id", FIELD_HUB},
	{"note", "text", FIELD_TEXT},
	{"note", "ticket_id", FIELD_HUB},
	{"note", "author_id", FIELD_HUB},
	{"escalation", "state", FIELD_MACHINE},
	{"escalation", "ticket_id", FIELD_HUB},
	{"escalation", "from_id", FIELD_HUB},
	{"escalation", "decision", FIELD_HUB},
	{"escalation", "decision_text", FIELD_HUB},
	{"escalation", "decided_at", FIELD_HUB},
	{"escalation", "decided_by", FIELD_HUB},
	{"escalation", "submitted_at", FIELD_EARLIEST},
	{"interaction", "started_at", FIELD_EARLIEST},
	{"interaction", "connected_at", FIELD_EARLIEST},
};

bool field_is_hubs_own(const char *t, const char *field)
{
	static const char *const of_all[] = {"conflicts", "after_revoke", "claimed_by", "anonymised_at"};
	static const char *const of_tickets[] = {"fence", "lines", "assign_reason", "assigned_by", "children", "duplicates", "parent_id"};

	return actor_has(of_all, sizeof(of_all) / sizeof(*of_all), field) ||
	       (str_eq(t, "ticket") && actor_has(of_tickets, sizeof(of_tickets) / sizeof(*of_tickets), field));
}

enum field_class field_class_of(const char *t, const char *field)
{
	if (field_is_hubs_own(t, field))
		return FIELD_HUB;
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (str_eq(classes[i].t, t) && str_eq(classes[i].field, field))
			return classes[i].cls;
	return FIELD_PLAIN;
}

bool field_right(const char *t, const char *field, const json_t *want, enum hub_right *r)
{
	static const struct {
		const char *t, *field, *value;
		enum hub_right right;
	} rights[] = {
		{"ticket", "priority", NULL, HUB_R_TICKET_PRIORITY},
		{"ticket", "pinned", NULL, HUB_R_TICKET_PRIORITY},
		{"ticket", "priority_reason", NULL, HUB_R_TICKET_PRIORITY},
		{"ticket", "state", "closed", HUB_R_TICKET_CLOSE},
		{"ticket", "state", "reopened", HUB_R_TICKET_REOPEN},
		{"customer", "display_name", NULL, HUB_R_CUSTOMER_IDENTITY},
		{"customer", "phones", NULL, HUB_R_CUSTOMER_IDENTITY},
		{"customer", "id_type", NULL, HUB_R_CUSTOMER_IDENTITY},
		{"customer", "id_no", NULL, HUB_R_CUSTOMER_IDENTITY},
		{"agent", "roles", NULL, HUB_R_CONFIG_SYSTEM},
		{"agent", "grants", NULL, HUB_R_CONFIG_SYSTEM},
		{"agent", "status", NULL, HUB_R_CONFIG_SYSTEM},
		{"agent", "login", NULL, HUB_R_CONFIG_SYSTEM},
		{"agent", "pin_hash", NULL, HUB_R_CONFIG_SYSTEM},
	};

	for (size_t i = 0; i < sizeof(rights) / sizeof(*rights); i++)
		if (str_eq(rights[i].t, t) && str_eq(rights[i].field, field) &&
		    (!rights[i].value || str_eq(rights[i].value, json_string_value(want)))) {
			*r = rights[i].right;
			return true;
		}
	return false;
}
