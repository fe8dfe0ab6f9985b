// SPDX-License-Identifier: MIT
// Knows the red broadcasts that are asked for: who sees them, who decides, and what is told the hub of it.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/role.h"
#include "src/store/ent.h"
#include "src/store/outbox.h"
#include "src/work/hub_part.h"

enum { WHY_BYTES = 1000, MINUTE_MS = 60000 };

static const char *text(const json_t *d, const char *key, struct arena *a)
{
	const char *s = json_string_value(json_object_get(d, key));

	return arena_strdup(a, s ? s : "");
}

static int64_t instant(const json_t *d, const char *key)
{
	const json_t *v = json_object_get(d, key);
	int64_t at = 0;

	if (json_is_string(v) && clock_parse(sv(json_string_value(v)), &at))
		return at;
	return json_integer_value(v);
}

static bool is(const json_t *d, const char *key, const char *what)
{
	return str_eq(json_string_value(json_object_get(d, key)), what);
}

// What was decided here and is on its way counts as done.
static bool being_decided(struct model *m, const char *id, bool *out, struct err *e)
{
	struct outbox_ops ops = {0};
	struct arena a = {0};
	bool ok = outbox_overlay(store_reader(m->store), id, &ops, &a, e);

	*out = false;
	for (size_t i = 0; ok && i < ops.n; i++)
		*out |= str_eq(ops.v[i].k, "broadcast.decide");
	vec_release(&ops);
	arena_release(&a);
	return ok;
}

static int minutes_of(const json_t *d)
{
	int64_t ms = instant(d, "expires_at") - instant(d, "at");

	return ms > 0 && ms < INT32_MAX ? (int)(ms / MINUTE_MS) : 0;
}

static bool add(struct model *m, struct hub_part *h, const char *id, const json_t *d, struct err *e)
{
	struct arena *a = &h->rows.arena;
	bool own = is(d, "requested_by", m->agent_id), declined = is(d, "state", "declined"), going;
	int64_t lapses = instant(d, "lapses_at");

	if (lapses <= clock_wall(m->clock) || (!is(d, "state", "open") && !(declined && own)))
		return true;
	if (!being_decided(m, id, &going, e))
		return false;
	if (going)
		return true;
	if (!h->stale_at || lapses < h->stale_at)
		h->stale_at = lapses;
	*vec_add(&h->rows.requests) = (struct red_request){
		.id = arena_strdup(a, id), .title = text(d, "title", a), .body = text(d, "body", a), .say = text(d, "say", a),
		.not_say = text(d, "not_say", a), .lines = text(d, "lines", a), .by = hub_person(m, text(d, "requested_by", a), a),
		.declined_by = declined ? hub_person(m, text(d, "decided_by", a), a) : NULL,
		.why = declined ? text(d, "decision_text", a) : NULL, .at = instant(d, "requested_at"), .lapses_at = lapses,
		.minutes = minutes_of(d), .decides = !own && !declined && (m->roles & USER_BIT(USER_SUPERVISOR)),
	};
	return true;
}

bool hub_requests_read(struct model *m, struct hub_part *h, struct err *e)
{
	struct arena a = {0};
	struct ents rows = {0};

	if (!(m->roles & (USER_BIT(USER_TEAM_LEAD) | USER_BIT(USER_SUPERVISOR))))
		return true;
	bool ok = ent_list(store_reader(m->store), "broadcast_request", &rows, &a, e);
	for (size_t i = 0; ok && i < rows.n; i++) {
		json_error_t why;
		json_t *d = json_loads(rows.v[i].d, 0, &why);
		ok = !d || add(m, h, rows.v[i].e, d, e);
		json_decref(d);
	}
	vec_release(&rows);
	arena_release(&a);
	return ok;
}

// --- decided

static struct red_request *find(struct model *m, const char *id)
{
	const struct hub_rows *r = model_hub_rows(m);

	for (size_t i = 0; i < r->requests.n; i++)
		if (str_eq(r->requests.v[i].id, id))
			return &r->requests.v[i];
	return NULL;
}

static json_t *decision(bool approve, const char *why)
{
	json_t *body = json_pack("{s:s}", "decision", approve ? "approve" : "decline");
	struct str clean = {0};

	utf8_clean(&clean, sv_trim(sv(why ? why : "")), UTF8_KEEP_NL);
	size_t n = clean.n <= WHY_BYTES ? clean.n : utf8_prev(sv_n(str_z(&clean), clean.n), WHY_BYTES + 1);
	if (n)
		json_object_set_new(body, "decision_text", json_stringn(str_z(&clean), n));
	str_release(&clean);
	return body;
}

bool model_request_decide(struct model *m, const char *id, bool approve, const char *why, struct err *e)
{
	struct red_request *r = find(m, id);
	char stream[16];

	if (!r)
		return err_set(e, ERR_NOT_FOUND, _("Nobody asks for this broadcast any more: it was decided, or has lapsed."));
	if (!r->decides)
		return err_set(e, ERR_DENIED, _("Another supervisor decides this: nobody sends what they asked for themselves."));
	if (model_hub(m)->line != HUB_ONLINE)
		return err_set(e, ERR_DENIED, _("The hub is out of reach, so nobody would see it. Tell the others by voice or telephone."));
	if (!approve && !sv_trim(sv(why)).n)
		return err_set(e, ERR_USAGE, _("Say why: whoever asked reads it."));
	snprintf(stream, sizeof(stream), "bc/%s", m->site);
	struct commit *c = commit_new(m, "broadcast.decide");
	json_t *body = decision(approve, why);
	commit_outbox(c, m, "broadcast.decide", "broadcast_request", r->id, stream, body);
	commit_after(c, model_hub_changed);
	commit_submit(m, c);
	json_decref(body);
	vec_remove(&hub_part(m)->rows.requests, (size_t)(r - hub_part(m)->rows.requests.v));
	m->changed = true;
	model_say_note(m, NOTE_INFO, approve ? _("Approved: it shows everywhere once the hub has it.")
					     : _("Declined: whoever asked reads why."));
	return true;
}
