// SPDX-License-Identifier: MIT
// Knows what must be said when the hub has decided whose a ticket is: somebody was faster, this person was given one, or one was taken
// from them.
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/store/outbox.h"
#include "src/store/ticket.h"
#include "src/wire/wire.h"
#include "src/work/hub_part.h"

enum { REFUSED_MOST = 10000, OWN_MOST = 500 }; // more than anybody leaves unread, or has

static const char *text(const json_t *d, const char *key)
{
	const char *s = json_string_value(json_object_get(d, key));

	return s ? s : "";
}

// --- what came too late

static void say_refused(struct model *m, const struct outbox_op *op)
{
	struct arena a = {0};
	struct ticket t = {0};
	json_error_t bad;
	json_t *answer = op->res ? json_loads(op->res, 0, &bad) : NULL;
	const char *no = hub_about(m, "ticket", op->e, &a), *why = text(answer, "why"), *owner = "";
	bool late = str_eq(why, wire_problem_type(WIRE_P_PRECONDITION));

	if (ticket_get(store_reader(m->store), op->e, &t, &a, NULL) && !str_empty(t.owner_id))
		owner = hub_person(m, t.owner_id, &a);
	if (late && *owner && str_eq(op->k, "ticket.take"))
		model_say_note(m, NOTE_WARN, _("Ticket %s is not yours: %s was faster."), no, owner);
	else if (late && *owner)
		model_say_note(m, NOTE_WARN, _("Ticket %s was not handed over: it is %s's meanwhile."), no, owner);
	else if (late)
		model_say_note(m, NOTE_WARN, _("Ticket %s stays as it is: somebody changed whose it is before you."), no);
	else
		model_say_note(m, NOTE_WARN, _("The hub did not let ticket %s change hands."), no);
	json_decref(answer);
	arena_release(&a);
}

static bool changes_hands(const char *k)
{
	return str_eq(k, "ticket.take") || str_eq(k, "ticket.release") || str_eq(k, "ticket.assign");
}

static void look_refused(struct model *m, bool say)
{
	struct hub_part *h = hub_part(m);
	struct outbox_ops ops = {0};
	struct arena a = {0};
	struct err e = {0};
	int64_t last = h->hands_n;

	if (!outbox_in_state(store_reader(m->store), OUTBOX_REJECTED, REFUSED_MOST, &ops, &a, &e))
		log_line(LOG_ERROR, "refused operations: %s", e.msg);
	for (size_t i = 0; i < ops.n; i++) {
		last = ops.v[i].n > last ? ops.v[i].n : last;
		if (say && ops.v[i].n > h->hands_n && changes_hands(ops.v[i].k))
			say_refused(m, &ops.v[i]);
	}
	h->hands_n = last;
	vec_release(&ops);
	arena_release(&a);
}

// --- what one was given, or has no more

struct turn { // the last change of hands in a ticket's history
	char by[80], to[80], reason[400];
};

static void read_turn(struct model *m, const char *id, struct turn *out)
{
	struct ticket_log log = {0};
	struct arena a = {0};
	json_error_t bad;

	*out = (struct turn){0};
	if (ticket_event_list(store_reader(m->store), id, &log, &a, NULL))
		for (size_t i = 0; i < log.n; i++) {
			if (!str_eq(log.v[i].type, "assign") || !log.v[i].data)
				continue;
			json_t *d = json_loads(log.v[i].data, 0, &bad);
			snprintf(out->by, sizeof(out->by), "%s", log.v[i].by ? log.v[i].by : "");
			snprintf(out->to, sizeof(out->to), "%s", text(d, "to"));
			snprintf(out->reason, sizeof(out->reason), "%s", text(d, "reason"));
			json_decref(d);
		}
	vec_release(&log);
	arena_release(&a);
}

static bool has(char **list, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], id) == 0)
			return true;
	return false;
}

static void say_given(struct model *m, const struct ticket *t)
{
	struct arena a = {0};
	struct turn turn;

	read_turn(m, t->id, &turn);
	if (*turn.by && !str_eq(turn.by, m->agent_id) && str_eq(turn.to, m->agent_id)) {
		if (*turn.reason)
			model_say_note(m, NOTE_WARN, _("Ticket %s is yours now, from %s: %s"), t->no, hub_person(m, turn.by, &a), turn.reason);
		else
			model_say_note(m, NOTE_WARN, _("Ticket %s is yours now, from %s."), t->no, hub_person(m, turn.by, &a));
	}
	arena_release(&a);
}

static void say_gone(struct model *m, const char *id)
{
	struct arena a = {0};
	struct ticket t = {0};
	struct turn turn;

	read_turn(m, id, &turn);
	bool gone = *turn.by && !str_eq(turn.by, m->agent_id) && !str_eq(turn.to, m->agent_id) &&
		    ticket_get(store_reader(m->store), id, &t, &a, NULL) && !str_eq(t.owner_id, m->agent_id);
	if (gone && str_eq(turn.by, turn.to))
		model_say_note(m, NOTE_WARN, _("Ticket %s is not yours any more: it is %s's now."), t.no, hub_person(m, turn.to, &a));
	else if (gone)
		model_say_note(m, NOTE_WARN, _("Ticket %s is not yours any more: %s gave it to %s."), t.no, hub_person(m, turn.by, &a),
			       *turn.to ? hub_person(m, turn.to, &a) : _("its queue"));
	arena_release(&a);
}

static void forget_own(struct hub_part *h)
{
	for (size_t i = 0; i < h->own.n; i++)
		free(h->own.v[i]);
	h->own.n = 0;
}

static void look_own(struct model *m, bool say)
{
	struct hub_part *h = hub_part(m);
	struct ticket_filter f = {.by = TICKET_BY_OWNER, .key = m->agent_id, .open_only = true, .limit = OWN_MOST};
	struct tickets rows = {0};
	struct arena a = {0};
	char **now;

	if (!ticket_list(store_reader(m->store), &f, &rows, &a, NULL)) {
		arena_release(&a);
		return;
	}
	now = arena_array(&a, char *, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++) {
		now[i] = (char *)(uintptr_t)rows.v[i].id;
		if (say && !has(h->own.v, h->own.n, rows.v[i].id))
			say_given(m, &rows.v[i]);
	}
	for (size_t i = 0; say && i < h->own.n; i++)
		if (!has(now, rows.n, h->own.v[i]))
			say_gone(m, h->own.v[i]);
	forget_own(h);
	for (size_t i = 0; i < rows.n; i++)
		vec_push(&h->own, xstrdup(rows.v[i].id));
	vec_release(&rows);
	arena_release(&a);
}

void hub_hands_look(struct model *m)
{
	struct hub_part *h = hub_part(m);
	bool same = str_eq(h->hands_of, m->agent_id); // somebody else's tickets are no news

	look_refused(m, same);
	look_own(m, same && !work_shut(m));
	snprintf(h->hands_of, sizeof(h->hands_of), "%s", m->agent_id);
}

void hub_hands_release(struct hub_part *h)
{
	forget_own(h);
	vec_release(&h->own);
}
