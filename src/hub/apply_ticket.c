// SPDX-License-Identifier: MIT
// Knows what is special about tickets: their machine, their number, and what moves and follows with them.
#include "src/desk/ticket.h"
#include "src/hub/apply_part.h"

// --- the machine (domain.md §4.2), as src/desk has it

struct reviews {
	bool open, decided;
};

static bool urgent_reviews(struct apply *a, const json_t *doc, struct reviews *out)
{
	const struct hub_ent *ent;
	json_t *x;
	size_t i;

	*out = (struct reviews){0};
	json_array_foreach(json_object_get(doc, "lines"), i, x) {
		const char *line = json_string_value(x);
		if (!line || !str_starts(line, "escalation/"))
			continue;
		if (!apply_get(a, "escalation", line + strlen("escalation/"), &ent))
			return false;
		if (!ent || ent->gone || !str_eq(doc_text(ent->d, "kind"), "urgent_review"))
			continue;
		const char *state = doc_text(ent->d, "state");
		if (str_eq(state, "decided") || str_eq(state, "closed"))
			out->decided = true;
		else if (!str_eq(state, "withdrawn"))
			out->open = true;
	}
	return true;
}

static int64_t since(const struct apply *a, enum ticket_state from, const json_t *doc)
{
	int64_t at = from == TICKET_CLOSED ? doc_int(doc, "closed_at") : from == TICKET_RESOLVED ? doc_int(doc, "resolved_at") : 0;

	return hub_now(a->tx) - (at ? at : a->cur ? a->cur->at : hub_now(a->tx));
}

static const char *reason_of(const json_t *doc, const json_t *body)
{
	const char *const given[] = {doc_text(body, "reason"), doc_text(doc, "reason"), doc_text(doc, "merged_into")};

	for (size_t i = 0; i < sizeof(given) / sizeof(*given); i++)
		if (!str_empty(given[i]))
			return given[i];
	return NULL;
}

bool ticket_may_become(struct apply *a, const char *from, const char *to, const json_t *doc, const json_t *body, bool *yes)
{
	enum ticket_state f, t, next;
	struct reviews reviews;

	*yes = false;
	if (!ticket_state_parse(sv(from), &f) || !ticket_state_parse(sv(to), &t))
		return true;
	if (!urgent_reviews(a, doc, &reviews))
		return false;
	const struct ticket_guard g = {
		.solution_text = doc_text(doc, "solution_text"),
		.root_cause_code = doc_text(doc, "root_cause_code"),
		.red = str_eq(doc_text(doc, "priority_reason"), "red") || json_is_true(json_object_get(doc, "red")),
		.urgent_review_open = reviews.open,
		.urgent_review_decided = reviews.decided,
		.reminders = (int)doc_int(doc, "reminders"),
		.since_ms = since(a, f, doc),
		.reason = reason_of(doc, body),
		.lead = actor_is(a->who, USER_TEAM_LEAD) || actor_is(a->who, USER_SUPERVISOR),
	};
	for (int ev = 0; ev <= TICKET_EV_CANCEL && !*yes; ev++)
		*yes = ticket_possible(f, (enum ticket_event)ev) &&
		       ticket_step(f, (enum ticket_event)ev, &g, &next, NULL) == TICKET_MOVED && next == t;
	return true;
}

// domain.md §4.3; overdue is the hub's, decided comes by a decision.
bool escalation_may_become(const struct apply *a, const char *from, const char *to, const json_t *doc)
{
	bool author = str_eq(doc_text(doc, "from_id"), a->who->agent);
	bool decider = right_scope(a->who->roles, HUB_R_ESCALATION_DECIDE) >= SCOPE_TEAM && !author;
	bool waits = str_eq(from, "submitted") || str_eq(from, "in_review") || str_eq(from, "overdue");

	if (str_eq(to, "withdrawn"))
		return author && (str_eq(from, "draft") || str_eq(from, "submitted"));
	if (str_eq(to, "submitted"))
		return author && str_eq(from, "draft");
	if (str_eq(to, "in_review"))
		return decider && waits;
	return str_eq(to, "closed") && author && str_eq(from, "decided");
}

// --- what follows

static void put_now(struct apply *a, json_t *d, json_t *fr, const char *field)
{
	json_object_set_new(d, field, json_integer((json_int_t)hub_now(a->tx)));
	apply_touch(fr, field, a->cur);
}

static void count(const struct apply *a, json_t *d, json_t *fr, const char *field)
{
	json_object_set_new(d, field, json_integer((json_int_t)(doc_int(d, field) + 1)));
	apply_touch(fr, field, a->cur);
}

static bool moved(const struct hub_ent *cur, const json_t *d, const char *field)
{
	return !str_eq(doc_text(cur->d, field), doc_text(d, field));
}

void ticket_handed(const struct apply *a, json_t *d, const char *reason)
{
	json_object_set_new(d, "fence", json_integer((json_int_t)(doc_int(d, "fence") + 1)));
	json_object_set_new(d, "assigned_by", json_string(a->who->agent));
	if (str_empty(reason))
		json_object_del(d, "assign_reason");
	else
		json_object_set_new(d, "assign_reason", json_string(reason));
}

// Whoever does not serve the new queue gives the ticket back: else it would be nobody's to take.
static bool hand_over(struct apply *a, json_t *d, json_t *fr)
{
	const char *owner = doc_text(d, "owner_id");
	struct actor who;
	struct err why = {0};

	if (str_empty(owner))
		return true;
	bool ok = actor_load(a->tx, a->who->site, owner, &who, apply_arena(a), &why);
	if (!ok && why.code != ERR_NOT_FOUND && why.code != ERR_DENIED)
		return err_set(a->e, why.code, "%s", why.msg);
	if (ok && (actor_serves(&who, doc_text(d, "queue_code")) || actor_is(&who, USER_SUPERVISOR)))
		return true;
	json_object_del(d, "owner_id");
	apply_touch(fr, "owner_id", a->cur);
	ticket_handed(a, d, NULL);
	return true;
}

bool ticket_follow(struct apply *a, const struct hub_ent *cur, json_t *d, json_t *fr)
{
	const char *state = doc_text(d, "state");

	if (!cur || moved(cur, d, "queue_code")) {
		if (!ticket_queue_known(a, doc_text(d, "queue_code")))
			return false;
		if (cur) {
			count(a, d, fr, "hop_count");
			if (!hand_over(a, d, fr))
				return false;
		}
	}
	if (!cur || !moved(cur, d, "state"))
		return true;
	if (str_eq(state, "resolved"))
		put_now(a, d, fr, "resolved_at");
	if (str_eq(state, "closed"))
		put_now(a, d, fr, "closed_at");
	if (str_eq(state, "reopened"))
		count(a, d, fr, "reopen_count");
	return true;
}

bool ticket_lines_follow(struct apply *a)
{
	const struct hub_ent *now, *line;
	json_t *x;
	size_t i;

	if (!apply_get(a, "ticket", a->id, &now))
		return false;
	if (!now || !a->cur || str_eq(now->s, a->cur->s))
		return true;
	json_array_foreach(json_object_get(now->d, "lines"), i, x) {
		struct sv rest = sv(json_string_value(x)), t;
		if (!sv_split(&rest, '/', &t))
			continue;
		const char *type = arena_strndup(apply_arena(a), t.p, t.n), *id = arena_strndup(apply_arena(a), rest.p, rest.n);
		if (!apply_get(a, type, id, &line))
			return false;
		if (!line || line->gone || str_eq(line->s, now->s))
			continue;
		if (!apply_put_as(a, &(struct put){.t = type,
						   .id = id,
						   .cur = line,
						   .d = json_incref(line->d),
						   .fr = apply_fr(line),
						   .by = line->by ? line->by : "hub"}))
			return false;
	}
	return true;
}

// A queue somebody wrote to and nobody had set up: the directory names it from now on, so that supervisors read it.
bool ticket_queue_known(struct apply *a, const char *queue)
{
	const struct hub_ent *ent;

	if (str_empty(queue))
		return true;
	if (!apply_get(a, "queue", queue, &ent))
		return false;
	if (ent)
		return true;
	return apply_put_as(a, &(struct put){.t = "queue", .id = queue, .by = "hub",
					     .d = json_pack("{s:s, s:s, s:b}", "code", queue, "label", queue, "unplanned", 1)});
}

// --- by number

// The index is kept as rows nobody subscribes to, spread by the check character so that they do not queue up behind one counter.
bool ticket_number_put(struct apply *a, const char *no, const char *id)
{
	const struct hub_ent *ent;

	if (str_empty(no))
		return true;
	if (!hub_get(a->tx, a->who->site, "@no", no, &ent, a->e))
		return false;
	if (ent) // the first keeps it
		return true;
	json_t *d = json_pack("{s:s}", "ticket", id);
	bool ok = hub_put(a->tx, a->who->site,
			  &(struct hub_ent){.t = "@no",
					    .e = no,
					    .s = arena_printf(apply_arena(a), "@no/%c", no[strlen(no) - 1]),
					    .rev = 1,
					    .d = d,
					    .by = "hub"},
			  a->op->id, a->e);
	json_decref(d);
	return ok;
}

bool ticket_of_no(struct apply *a, const char *no, const struct hub_ent **out)
{
	const struct hub_ent *ent;

	*out = NULL;
	if (str_empty(no))
		return true;
	if (!hub_get(a->tx, a->who->site, "@no", no, &ent, a->e))
		return false;
	return !ent || apply_get(a, "ticket", doc_text(ent->d, "ticket"), out);
}

// --- the assignment moved on while they worked (sync.md §3.7)

struct owners {
	const char *who;
	bool yes;
};

static bool take_owner(void *arg, const struct hub_ent *ent)
{
	struct owners *o = arg;

	o->yes = o->yes || str_eq(doc_text(ent->d, "owner_id"), o->who);
	return !o->yes;
}

bool ticket_was_owner(struct apply *a, bool *yes)
{
	struct owners o = {.who = a->who->agent};

	if (!hub_history(a->tx, a->site, "ticket", a->id, take_owner, &o, a->e))
		return false;
	*yes = o.yes;
	return true;
}

bool ticket_late_work(struct apply *a)
{
	const struct hub_ent *note;
	json_t *mine = json_string(a->who->agent);

	if (!apply_get(a, "note", a->op->id, &note)) {
		json_decref(mine);
		return false;
	}
	if (note) {
		json_decref(mine);
		return apply_noop(a, note);
	}
	json_t *set = json_object_get(a->op->body, "set");
	json_t *d = json_pack("{s:s, s:s, s:s, s:O, s:I}", "ticket_id", a->id, "author_id", a->who->agent, "kind", "late_work",
			      "set", set ? set : a->op->body, "at", (json_int_t)a->op->at);
	bool ok = apply_line(a, "note", a->op->id, a->id, d) && apply_get(a, "ticket", a->id, &a->cur);
	if (ok) {
		const struct clash c = {.field = "owner_id", .reason = "owner", .mine = mine, .base = mine,
					.theirs = json_object_get(a->cur->d, "owner_id")};
		json_t *doc = json_copy(a->cur->d);
		ok = apply_clash(a, &c, 1, doc) && apply_put(a, "ticket", a->id, a->cur, json_incref(doc), apply_fr(a->cur));
		json_decref(doc);
	}
	json_decref(mine);
	return ok && apply_result(a, WIRE_CONFLICT, a->site, "ticket", a->id);
}
