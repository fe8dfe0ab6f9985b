// SPDX-License-Identifier: MIT
// Knows how an own operation looks on top of what the hub has sent: the view is the base row with the own operations laid over.
#include "src/sync/overlay.h"

#include <string.h>

#include "src/base/str.h"
#include "src/desk/ticket.h"

static void put(json_t *doc, const char *key, json_t *value)
{
	if (json_is_null(value))
		json_object_del(doc, key);
	else
		json_object_set_new(doc, key, json_deep_copy(value));
}

static size_t index_of(const json_t *list, const json_t *item)
{
	size_t n = json_array_size(list);

	for (size_t i = 0; i < n; i++)
		if (json_equal(json_array_get(list, i), item))
			return i;
	return n;
}

// A list of its own, so that whoever else holds the document keeps theirs.
static json_t *own_list(json_t *doc, const char *key)
{
	json_t *list = json_object_get(doc, key);

	list = json_is_array(list) ? json_copy(list) : json_array();
	json_object_set_new(doc, key, list);
	return list;
}

static void add_elements(json_t *doc, const char *key, const json_t *items)
{
	json_t *list = own_list(doc, key), *item;
	size_t i;

	json_array_foreach(items, i, item)
		if (index_of(list, item) == json_array_size(list))
			json_array_append_new(list, json_deep_copy(item));
}

static void del_elements(json_t *doc, const char *key, const json_t *items)
{
	json_t *list = own_list(doc, key), *item;
	size_t i;

	json_array_foreach(items, i, item) {
		size_t at = index_of(list, item);
		if (at < json_array_size(list))
			json_array_remove(list, at);
	}
}

// True when the body is a patch, whatever it does.
static bool patch(json_t *doc, const json_t *body)
{
	json_t *set = json_object_get(body, "set"), *add = json_object_get(body, "add"), *del = json_object_get(body, "del"),
	       *inc = json_object_get(body, "inc"), *v;
	const char *key;

	if (!json_is_object(set) && !json_is_object(add) && !json_is_object(del) && !json_is_object(inc))
		return false;
	if (!doc)
		return true;
	if (json_is_object(set)) json_object_foreach(set, key, v) put(doc, key, v);
	if (json_is_object(del)) json_object_foreach(del, key, v) del_elements(doc, key, v);
	if (json_is_object(add)) json_object_foreach(add, key, v) add_elements(doc, key, v);
	if (json_is_object(inc)) json_object_foreach(inc, key, v)
		json_object_set_new(doc, key, json_integer(json_integer_value(json_object_get(doc, key)) + json_integer_value(v)));
	return true;
}

static bool ends(const char *s, const char *tail)
{
	size_t n = strlen(s), m = strlen(tail);

	return n >= m && strcmp(s + n - m, tail) == 0;
}

// What carries the whole document. Of schema 1: customer.set and callback.set.
static bool whole(const char *k)
{
	return ends(k, ".new") || ends(k, ".put") || str_eq(k, "customer.set") || str_eq(k, "callback.set");
}

static bool assigns(const char *k)
{
	return str_eq(k, "ticket.take") || str_eq(k, "ticket.release") || str_eq(k, "ticket.assign");
}

static void put_text(json_t *doc, const char *key, const char *value)
{
	if (str_empty(value))
		json_object_del(doc, key);
	else
		json_object_set_new(doc, key, json_string(value));
}

// As the hub will do it (src/hub/apply_assign.c); what is only asked for changes nothing yet.
static void assign(json_t *doc, const json_t *body)
{
	const char *owner = json_string_value(json_object_get(body, "owner_id")), *queue = json_string_value(json_object_get(body, "queue_code"));
	enum ticket_state state;

	if (json_is_true(json_object_get(body, "asked")))
		return;
	put_text(doc, "owner_id", owner);
	put_text(doc, "assign_reason", json_string_value(json_object_get(body, "reason")));
	if (!str_empty(queue))
		put_text(doc, "queue_code", queue);
	json_object_set_new(doc, "fence", json_integer(json_integer_value(json_object_get(doc, "fence")) + 1));
	const char *now = json_string_value(json_object_get(doc, "state"));
	if (!str_empty(owner) && now && ticket_state_parse(sv(now), &state))
		put_text(doc, "state", ticket_state_code(ticket_leads_to(state, TICKET_EV_ACCEPT)));
}

bool overlay_lay(json_t **doc, const char *k, const json_t *body)
{
	json_t *v;
	const char *key;

	if (!json_is_object(body) || str_starts(k, "kb."))
		return false;
	if (patch(*doc, body))
		return *doc != NULL;
	if (assigns(k)) {
		if (*doc)
			assign(*doc, body);
		return *doc != NULL;
	}
	if (!whole(k))
		return false;
	if (!*doc)
		*doc = json_object();
	json_object_foreach((json_t *)(uintptr_t)body, key, v) put(*doc, key, v);
	return true;
}
