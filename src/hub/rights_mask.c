// SPDX-License-Identifier: MIT
// Knows what of a document a person gets: whole, masked by kind of field (domain.md §18.2), or only that it is there.
#include "src/desk/mask.h"
#include "src/hub/apply_part.h"

enum mask_id { MASK_WHOLE, MASK_MASKED, MASK_NOTHING, MASK_NO_REQUESTS = 4 };

static unsigned of_people(const struct actor *who)
{
	if (right_scope(who->roles, HUB_R_CUSTOMER_REVEAL) >= SCOPE_OWN)
		return MASK_WHOLE;
	return right_scope(who->roles, HUB_R_CUSTOMER_VIEW) >= SCOPE_SITE ? MASK_MASKED : MASK_NOTHING;
}

// A red broadcast that is asked for is nobody's news but theirs who ask and decide.
static bool sees_requests(const struct actor *who)
{
	return right_scope(who->roles, HUB_R_INCIDENT_CONFIRM) >= SCOPE_REQUEST;
}

unsigned rights_mask_id(const struct actor *who)
{
	return of_people(who) | (sees_requests(who) ? 0 : MASK_NO_REQUESTS);
}

static const char *const personal[] = {"customer",    "ticket",     "note",       "callback",
				       "interaction", "call_event", "escalation", "conflict"};

static const struct {
	const char *field;
	enum mask kind;
} kinds[] = {
	{"display_name", MASK_NAME}, {"name", MASK_NAME},	 {"customer_name", MASK_NAME}, {"phone", MASK_PHONE},
	{"e164", MASK_PHONE},	     {"number", MASK_PHONE},	 {"caller_ref", MASK_PHONE},   {"email", MASK_EMAIL},
	{"id_no", MASK_IDNO},	     {"passport", MASK_PASSPORT}, {"card", MASK_CARD},	       {"addresses", MASK_ADDRESS},
	{"address", MASK_ADDRESS},   {"plate", MASK_PLATE},	 {"birth", MASK_BIRTH},	       {"birth_year", MASK_BIRTH},
	{"ref", MASK_ORDER},	     {"phone_hash", MASK_ORDER}, {"id_hash", MASK_ORDER},
};

// Members that name things, not people.
static bool is_name_of_thing(const char *key)
{
	size_t n = strlen(key);

	return str_eq(key, "id") || str_eq(key, "no") || str_eq(key, "state") || str_eq(key, "kind") ||
	       (n > 3 && str_eq(key + n - 3, "_id")) || (n > 3 && str_eq(key + n - 3, "_at")) || str_eq(key, "at") ||
	       str_eq(key, "lines") || str_eq(key, "conflicts");
}

static enum mask kind_of(const char *key, enum mask inherited)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_eq(key, kinds[i].field))
			return kinds[i].kind;
	return inherited;
}

static json_t *masked_text(const char *s, enum mask kind)
{
	struct str b = {0};

	if (kind == MASK_NONE)
		mask_text(sv(s), &b);
	else
		mask_value(kind, sv(s), &b);
	json_t *j = json_string(str_z(&b));
	str_release(&b);
	return j;
}

static json_t *masked(json_t *v, enum mask kind)
{
	const char *key;
	json_t *x, *out;
	size_t i;

	if (json_is_string(v))
		return masked_text(json_string_value(v), kind);
	if (json_is_array(v)) {
		out = json_array();
		json_array_foreach(v, i, x) json_array_append_new(out, masked(x, kind));
		return out;
	}
	if (!json_is_object(v))
		return kind != MASK_NONE && json_is_number(v) ? json_null() : json_incref(v);
	out = json_object();
	json_object_foreach(v, key, x)
		json_object_set_new(out, key, is_name_of_thing(key) ? json_incref(x) : masked(x, kind_of(key, kind)));
	return out;
}

json_t *rights_mask(const struct actor *who, const char *t, json_t *d)
{
	unsigned id = of_people(who);

	if (str_eq(t, "broadcast_request") && !sees_requests(who))
		return json_object();
	if (id == MASK_WHOLE || !actor_has(personal, sizeof(personal) / sizeof(*personal), t))
		return json_incref(d);
	// Their own calls and call-backs, a trainee's practice: what the person wrote.
	if (str_eq(doc_text(d, "agent_id"), who->agent) && !str_eq(t, "customer"))
		return json_incref(d);
	return id == MASK_MASKED ? masked(d, MASK_NONE) : json_object();
}
