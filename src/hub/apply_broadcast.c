// SPDX-License-Identifier: MIT
// Knows how a broadcast is sent, and how a red one is asked for and decided: red bears a supervisor's name, never its author's alone.
#include "src/hub/apply_part.h"

static bool note(struct apply *a, const char *action, const char *detail)
{
	const struct hub_audit line = {.site = a->who->site, .actor = a->who->agent, .station = a->who->station, .action = action,
				       .object = a->id, .detail = detail};

	return hub_audit_add(a->tx, &line, a->e);
}

static bool is_red(const json_t *d)
{
	return str_eq(doc_text(d, "severity"), "red") || str_eq(doc_text(d, "kind"), "red");
}

// --- asked for

static const char *const of_requests[] = {"requested_by", "requested_at",  "lapses_at",  "state",
					  "decision",     "decision_text", "decided_by", "decided_at"};

static void forget_request(json_t *d)
{
	for (size_t i = 0; i < sizeof(of_requests) / sizeof(*of_requests); i++)
		json_object_del(d, of_requests[i]);
}

static bool ask(struct apply *a, json_t *d)
{
	int64_t now = hub_now(a->tx);

	forget_request(d);
	json_object_del(d, "sent_by");
	json_object_del(d, "confirmed_by");
	json_object_set_new(d, "kind", json_string("red"));
	json_object_set_new(d, "severity", json_string("red"));
	json_object_set_new(d, "requested_by", json_string(a->who->agent));
	json_object_set_new(d, "requested_at", json_integer((json_int_t)now));
	json_object_set_new(d, "lapses_at", json_integer((json_int_t)(now + REQUEST_LAPSE_MS)));
	json_object_set_new(d, "state", json_string("open"));
	a->out->red = true;
	if (!apply_put_new(a, d, WIRE_APPLIED) || a->out->answer.r == WIRE_REJECTED)
		return a->out->answer.r == WIRE_REJECTED;
	return note(a, "broadcast.request", NULL);
}

// A station that does not know of requests sends it as a broadcast; so does the command.
static bool ask_instead(struct apply *a, json_t *d)
{
	const struct hub_ent *old;

	a->t = "broadcast_request";
	if (!apply_get(a, a->t, a->id, &old)) {
		json_decref(d);
		return false;
	}
	if (!old)
		return ask(a, d);
	json_decref(d);
	return apply_noop(a, old);
}

// --- sent

static bool send(struct apply *a, json_t *d)
{
	bool red = is_red(d);

	json_object_set_new(d, "sent_by", json_string(a->who->agent));
	json_object_set_new(d, "sent_at", json_integer((json_int_t)hub_now(a->tx)));
	if (red)
		json_object_set_new(d, "confirmed_by", json_string(a->who->agent));
	a->out->red = red || str_eq(doc_text(d, "kind"), "clear");
	if (!apply_put_new(a, d, WIRE_APPLIED) || a->out->answer.r == WIRE_REJECTED)
		return a->out->answer.r == WIRE_REJECTED;
	return !red || note(a, "broadcast.red", NULL);
}

bool broadcast_new(struct apply *a, json_t *d)
{
	bool everywhere = json_is_true(json_object_get(json_object_get(d, "audience"), "all"));
	bool asked = str_eq(a->t, "broadcast_request");
	enum verdict v = VERDICT_YES;

	if ((!asked && str_empty(doc_text(d, "kind"))) || (str_empty(doc_text(d, "title")) && str_empty(doc_text(d, "body")))) {
		json_decref(d);
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	}
	if (!asked && is_red(d) && !apply_may(a, HUB_R_INCIDENT_CONFIRM, d, &v)) {
		json_decref(d);
		return false;
	}
	if (v == VERDICT_NO || (everywhere && right_scope(a->who->roles, HUB_R_BROADCAST_SEND) < SCOPE_SITE)) {
		json_decref(d);
		return apply_reject(a, WIRE_P_FORBIDDEN);
	}
	if (asked)
		return ask(a, d);
	return v == VERDICT_REQUEST ? ask_instead(a, d) : send(a, d);
}

// --- decided

// It was to be in force for a while, not until a while after it was asked for.
static void shift_end(json_t *d, int64_t by)
{
	const json_t *end = json_object_get(d, "expires_at");
	int64_t at = json_integer_value(end);

	if (json_is_string(end) && !clock_parse(sv(json_string_value(end)), &at))
		return;
	if (at)
		json_object_set_new(d, "expires_at", json_integer((json_int_t)(at + by)));
}

// In the name of who asked, confirmed by who approves. False with *taken: something else has its id.
static bool send_approved(struct apply *a, bool *taken)
{
	const struct hub_ent *old;
	int64_t now = hub_now(a->tx);

	*taken = false;
	if (!apply_get(a, "broadcast", a->id, &old))
		return false;
	*taken = old != NULL;
	if (old)
		return true;
	json_t *d = json_copy(a->cur->d);
	shift_end(d, now - doc_int(d, "requested_at"));
	forget_request(d);
	json_object_set_new(d, "at", json_integer((json_int_t)now));
	json_object_set_new(d, "sent_by", json_object_get(a->cur->d, "requested_by") ?
				json_incref(json_object_get(a->cur->d, "requested_by")) : json_null());
	json_object_set_new(d, "sent_at", json_integer((json_int_t)now));
	json_object_set_new(d, "confirmed_by", json_string(a->who->agent));
	a->out->red = true;
	return apply_put(a, "broadcast", a->id, NULL, d, NULL) && note(a, "broadcast.red", doc_text(a->cur->d, "requested_by"));
}

static bool put_state(struct apply *a, const char *state)
{
	json_t *d = json_copy(a->cur->d), *fr = apply_fr(a->cur);

	apply_decision(a, d, fr);
	json_object_set_new(d, "state", json_string(state));
	return apply_put(a, a->t, a->id, a->cur, d, fr) && apply_result(a, WIRE_APPLIED, a->site, a->t, a->id);
}

bool broadcast_decide(struct apply *a)
{
	const char *decision = doc_text(a->op->body, "decision"), *state = doc_text(a->cur->d, "state");
	bool yes = str_eq(decision, "approve"), taken;

	if (!yes && (!str_eq(decision, "decline") || str_empty(doc_text(a->op->body, "decision_text"))))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	if (right_scope(a->who->roles, a->verb->right) < SCOPE_SITE || str_eq(doc_text(a->cur->d, "requested_by"), a->who->agent))
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (!str_eq(state, "open"))
		return str_eq(state, yes ? "approved" : "declined") && str_eq(doc_text(a->cur->d, "decided_by"), a->who->agent)
			       ? apply_noop(a, a->cur)
			       : apply_reject(a, WIRE_P_PRECONDITION);
	if (a->op->off || hub_now(a->tx) > doc_int(a->cur->d, "lapses_at")) // of what was true then
		return apply_reject(a, WIRE_P_PRECONDITION);
	if (!yes)
		return put_state(a, "declined") && note(a, "broadcast.decline", doc_text(a->cur->d, "requested_by"));
	if (!send_approved(a, &taken))
		return false;
	return taken ? apply_reject(a, WIRE_P_PRECONDITION) : put_state(a, "approved");
}
