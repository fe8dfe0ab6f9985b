// SPDX-License-Identifier: MIT
// Knows when the record of a contact is told to the hub, and how it is cut to what an operation may hold.
#include "src/store/outbox.h"
#include "src/wire/wire.h"
#include "src/work/internal.h"

// Leaves room for what the operation has around the body.
enum { BODY_BYTES = 48 * 1024 };

// The timeline goes event by event; the whole record when somebody else begins to care: it is answered, it is over, it is complete.
static bool is_told(enum call_state s)
{
	switch (s) {
	case CALL_CONNECTED:
	case CALL_WRAP_UP:
	case CALL_MISSED:
	case CALL_ABANDONED:
	case CALL_CLOSED:
		return true;
	case CALL_OFFERED:
	case CALL_RINGING:
	case CALL_ON_HOLD:
	case CALL_CONSULTING:
	case CALL_CONFERENCE:
	case CALL_TRANSFERRED:
	case CALL_DROPPED:
		return false;
	}
	BUG("call state %d", (int)s);
}

static void put(json_t *o, const char *key, const char *v)
{
	if (!str_empty(v))
		json_object_set_new(o, key, json_string(v));
}

static void put_time(json_t *o, const char *key, const struct contact *k, bool valid, int64_t t)
{
	if (valid)
		json_object_set_new(o, key, json_integer((json_int_t)(k->started_at + t)));
}

static size_t size_of(const json_t *o)
{
	return json_dumpb(o, NULL, 0, JSON_COMPACT);
}

static const char *longest(const json_t *o)
{
	static const char *const lists[] = {"messages", "notes", "needs", "articles", "form"};
	const char *which = NULL;
	size_t most = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		const json_t *v = json_object_get(o, lists[i]);
		size_t n = v ? json_dumpb(v, NULL, 0, JSON_COMPACT) : 0;
		if (json_array_size(v) > WIRE_ARRAY)
			return lists[i];
		if (n > most) {
			which = lists[i];
			most = n;
		}
	}
	return most > 1024 ? which : NULL;
}

// What is too long goes, the longest first: it stands in the timeline as well.
static void cut(json_t *o)
{
	const char *which;

	while ((which = longest(o)) && (size_of(o) > BODY_BYTES || json_array_size(json_object_get(o, which)) > WIRE_ARRAY)) {
		json_object_del(o, which);
		json_object_set_new(o, "cut", json_true());
	}
}

void commit_call(struct commit *c, struct model *m, struct work *w)
{
	const struct contact *k = w->contact;
	char stream[48];

	if (w->told == (int)k->state || !is_told(k->state))
		return;
	w->told = (int)k->state;
	json_t *o = contact_to_json(m, w);
	put(o, "state", call_state_code(k->state));
	put(o, "channel", channel_code(k->channel));
	put(o, "direction", direction_code(k->direction));
	put(o, "source", source_code(k->source));
	put(o, "mode", contact_mode_code(k->mode));
	put(o, "queue_code", k->queue);
	put(o, "customer_id", k->customer_id);
	put(o, "origin", m->station);
	// The hub takes a later version for an earlier one, never the other way round.
	json_object_set_new(o, "version", json_integer((json_int_t)w->version));
	json_object_set_new(o, "started_at", json_integer((json_int_t)k->started_at));
	put_time(o, "connected_at", k, k->ever_connected, k->connected_t);
	put_time(o, "ended_at", k, k->ended_t > 0, k->ended_t);
	put_time(o, "closed_at", k, k->closed_t > 0, k->closed_t);
	cut(o);
	snprintf(stream, sizeof(stream), "me/%s", m->agent_id);
	commit_outbox(c, m, "call.put", "interaction", k->id, stream, o);
	json_decref(o);
}
