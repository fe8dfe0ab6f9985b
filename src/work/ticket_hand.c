// SPDX-License-Identifier: MIT
// Knows how a ticket changes hands at the station: taken, given back, handed to a person or a queue, or that only asked for.
#include "src/base/i18n.h"
#include "src/desk/role.h"
#include "src/store/ent.h"
#include "src/work/hub_part.h"
#include "src/work/ticket_part.h"

static const char *text(const json_t *d, const char *key)
{
	const char *s = json_string_value(json_object_get(d, key));

	return s ? s : "";
}

// --- one change of hands

struct hand {
	const char *kind;         // of the operation
	const char *owner;        // "": nobody
	const char *queue;        // NULL: it stays where it is
	const char *reason;       // NULL: none
	bool asked;
};

static json_t *body_of(const struct hand *h, const json_t *doc, const char *reason)
{
	json_t *body = json_pack("{s:I, s:s}", "fence", (json_int_t)json_integer_value(json_object_get(doc, "fence")), "owner_id", h->owner);

	if (h->queue)
		json_object_set_new(body, "queue_code", json_string(h->queue));
	if (*reason)
		json_object_set_new(body, "reason", json_string(reason));
	if (h->asked)
		json_object_set_new(body, "asked", json_true());
	return body;
}

static void put_line(struct ticket_change *c, const char *type, const char *from, const char *to, const char *reason, bool asked)
{
	json_t *line = json_pack("{s:s, s:s}", "from", from, "to", to);

	if (*reason)
		json_object_set_new(line, "reason", json_string(reason));
	if (asked)
		json_object_set_new(line, "asked", json_true());
	ticket_change_line(c, type, line);
}

static bool hand(struct model *m, const struct hand *h, struct err *e)
{
	json_t *doc = ticket_open_doc(m, e);
	enum ticket_state to = ticket_leads_to(m->ticket.state, TICKET_EV_ACCEPT);

	if (!doc)
		return false;
	struct ticket_change *c = ticket_change_new(m);
	char *reason = ticket_typed(h->reason ? h->reason : "", UTF8_LINE);
	json_decref(c->body);
	c->kind = h->kind;
	c->body = body_of(h, doc, reason);
	if (!h->queue || *text(doc, "owner_id"))
		put_line(c, "assign", text(doc, "owner_id"), h->owner, h->queue ? "" : reason, h->asked);
	if (h->queue)
		put_line(c, "transfer", text(doc, "queue_code"), h->queue, reason, h->asked);
	if (*h->owner && !h->asked && to != m->ticket.state)
		put_line(c, "status", ticket_state_code(m->ticket.state), ticket_state_code(to), "", false);
	ticket_change_submit(m, c, h->kind);
	ticket_told(m, h->kind + strlen("ticket."), "target", h->queue ? h->queue : h->owner);
	free(reason);
	json_decref(doc);
	return true;
}

bool model_ticket_take(struct model *m, struct err *e)
{
	return model_ticket_may(m, TICKET_TAKE, e) && hand(m, &(struct hand){.kind = "ticket.take", .owner = m->agent_id}, e);
}

static bool need_reason(const char *reason, struct err *e)
{
	char *typed = ticket_typed(reason ? reason : "", UTF8_LINE);
	bool ok = *typed ? utf8_count(sv(typed)) <= TICKET_REASON_CHARS || err_set(e, ERR_USAGE, _("%s: at most %d characters."), _("Reason"), TICKET_REASON_CHARS)
			 : err_set(e, ERR_USAGE, _("Say why: whoever has it next reads the reason."));

	free(typed);
	return ok;
}

bool model_ticket_release(struct model *m, const char *reason, struct err *e)
{
	return model_ticket_may(m, TICKET_RELEASE, e) && need_reason(reason, e) &&
	       hand(m, &(struct hand){.kind = "ticket.release", .owner = "", .reason = reason}, e);
}

// --- whom it can be given to

static bool names(const json_t *list, const char *what)
{
	json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (str_eq(json_string_value(v), what))
			return true;
	return false;
}

static json_t *row_doc(struct model *m, const char *t, const char *id)
{
	struct arena a = {0};
	struct ent row;
	bool found = false;
	json_error_t bad;
	json_t *d = *id && ent_get(store_reader(m->store), t, id, &row, &found, &a, NULL) && found ? json_loads(row.d, 0, &bad) : NULL;

	arena_release(&a);
	return d;
}

static bool serves(struct model *m, const json_t *agent, const char *queue)
{
	json_t *team = row_doc(m, "team", text(agent, "team_id"));
	bool yes = names(json_object_get(agent, "queue_codes"), queue) || names(json_object_get(agent, "queues"), queue) ||
		   names(json_object_get(team, "queue_codes"), queue) || names(json_object_get(team, "queues"), queue);

	json_decref(team);
	return yes;
}

static unsigned roles_of(const json_t *agent)
{
	unsigned all = 0, one;
	json_t *v;
	size_t i;

	json_array_foreach(json_object_get(agent, "roles"), i, v)
		if (json_is_string(v) && user_roles_parse(sv(json_string_value(v)), &one, NULL))
			all |= one;
	return all;
}

// As the hub will see it (src/hub/apply_assign.c).
static bool can_have(struct model *m, const json_t *agent, unsigned roles)
{
	const char *status = text(agent, "status");

	return (!*status || str_eq(status, "active") || str_eq(status, "onboarding")) && user_may(roles, RIGHT_TICKET_UPDATE) &&
	       ((roles & USER_BIT(USER_SUPERVISOR)) || serves(m, agent, m->ticket.queue));
}

static void add(struct ticket_targets *out, size_t cap, struct ticket_target t)
{
	for (size_t i = 0; i < out->n; i++)
		if (out->v[i].queue == t.queue && str_eq(out->v[i].id, t.id))
			return;
	if (out->n < cap)
		out->v[out->n++] = t;
}

static void add_people(struct model *m, const struct ents *rows, struct ticket_targets *out, size_t cap, struct arena *a)
{
	json_error_t bad;

	for (size_t i = 0; i < rows->n; i++) {
		json_t *d = json_loads(rows->v[i].d, 0, &bad);
		unsigned roles = roles_of(d);
		if (!str_eq(rows->v[i].e, m->ticket.owner_id) && can_have(m, d, roles)) {
			struct str says = {0};
			user_roles_say(roles, &says);
			add(out, cap, (struct ticket_target){.id = rows->v[i].e, .label = hub_person(m, rows->v[i].e, a), .detail = arena_strdup(a, str_z(&says))});
			str_release(&says);
		}
		json_decref(d);
	}
}

static void add_queues(struct model *m, const struct ents *rows, struct ticket_targets *out, size_t cap, struct arena *a)
{
	const struct category_tree *t = m->packs ? &m->packs->categories : NULL;
	json_error_t bad;

	for (size_t i = 0; i < rows->n; i++) {
		json_t *d = json_loads(rows->v[i].d, 0, &bad);
		const char *name = *text(d, "name") ? text(d, "name") : text(d, "label");
		if (!str_eq(rows->v[i].e, m->ticket.queue))
			add(out, cap, (struct ticket_target){.id = rows->v[i].e, .label = rows->v[i].e,
							     .detail = str_eq(name, rows->v[i].e) ? "" : arena_strdup(a, name), .queue = true});
		json_decref(d);
	}
	// Without a hub the queues are those the categories name.
	for (size_t i = 0; !rows->n && t && i < t->n; i++)
		if (!str_empty(t->v[i].queue) && !str_eq(t->v[i].queue, m->ticket.queue))
			add(out, cap, (struct ticket_target){.id = t->v[i].queue, .label = t->v[i].queue, .detail = "", .queue = true});
}

static int by_label(const void *x, const void *y)
{
	const struct ticket_target *a = x, *b = y;

	return a->queue != b->queue ? (a->queue ? 1 : -1) : strcmp(a->label, b->label);
}

bool model_ticket_targets(struct model *m, struct ticket_targets *out, struct arena *a, struct err *e)
{
	struct ents people = {0}, queues = {0};
	struct db *db = store_reader(m->store);
	bool ok = ent_list(db, "agent", &people, a, e) && ent_list(db, "queue", &queues, a, e);
	size_t cap = people.n + queues.n + (m->packs ? m->packs->categories.n : 0);

	*out = (struct ticket_targets){.v = arena_array(a, struct ticket_target, cap + 1)};
	if (ok) {
		add_people(m, &people, out, cap, a);
		add_queues(m, &queues, out, cap, a);
		qsort(out->v, out->n, sizeof(*out->v), by_label);
	}
	vec_release(&people);
	vec_release(&queues);
	return ok;
}

static bool is_meant(struct model *m, const struct ticket_target *t, const char *word)
{
	if (str_eq(t->id, word))
		return true;
	json_t *d = t->queue ? NULL : row_doc(m, "agent", t->id);
	bool yes = *word && (str_eq(text(d, "staff_no"), word) || str_eq(text(d, "login"), word));

	json_decref(d);
	return yes;
}

bool model_ticket_target(struct model *m, const char *word, bool queue, struct ticket_target *out, struct arena *a, struct err *e)
{
	struct ticket_targets all;

	if (!model_ticket_targets(m, &all, a, e))
		return false;
	for (size_t i = 0; i < all.n; i++)
		if (all.v[i].queue == queue && is_meant(m, &all.v[i], word)) {
			*out = all.v[i];
			return true;
		}
	return queue ? err_set(e, ERR_NOT_FOUND, _("There is no other queue %s."), word)
		     : err_set(e, ERR_NOT_FOUND, _("%s cannot have it: nobody of that number serves the queue %s."), word, m->ticket.queue);
}

// --- handing it over

bool model_ticket_reason_needed(const struct model *m, bool queue)
{
	return queue || model_ticket_may(m, TICKET_ASSIGN, NULL) == TICKET_MAY_ASK;
}

bool model_ticket_assign(struct model *m, const struct ticket_target *to, const char *reason, struct err *e)
{
	enum ticket_may may = model_ticket_may(m, TICKET_ASSIGN, e);
	struct arena a = {0};
	struct ticket_target now;

	if (may == TICKET_MAY_NOT)
		return false;
	if (model_ticket_reason_needed(m, to->queue) && !need_reason(reason, e))
		return false;
	// They may have left, or been given it, since the list was shown.
	bool ok = model_ticket_target(m, to->id, to->queue, &now, &a, e) &&
		  hand(m, &(struct hand){.kind = "ticket.assign", .owner = now.queue ? "" : now.id, .queue = now.queue ? now.id : NULL,
					 .reason = reason, .asked = may == TICKET_MAY_ASK}, e);
	arena_release(&a);
	return ok;
}
