// SPDX-License-Identifier: MIT
// Knows the table of moves of a ticket and the guards on them.
#include "src/desk/ticket.h"

#include "src/base/i18n.h"

static const struct kind_row states[] = {
	[TICKET_NEW] = {"new", N_("new")},
	[TICKET_OPEN] = {"open", N_("open")},
	[TICKET_WAITING_CUSTOMER] = {"waiting_customer", N_("waiting for the customer")},
	[TICKET_WAITING_THIRD] = {"waiting_third", N_("waiting for a third party")},
	[TICKET_WAITING_INTERNAL] = {"waiting_internal", N_("waiting for another department")},
	[TICKET_ESCALATED] = {"escalated", N_("escalated")},
	[TICKET_RESOLVED] = {"resolved", N_("resolved")},
	[TICKET_CLOSED] = {"closed", N_("closed")},
	[TICKET_REOPENED] = {"reopened", N_("reopened")},
	[TICKET_MERGED] = {"merged", N_("merged")},
	[TICKET_CANCELLED] = {"cancelled", N_("cancelled")},
};
KIND_DEFINE(ticket_state, states)

static const struct kind_row events[] = {
	[TICKET_EV_ACCEPT] = {"accept", N_("accept")},
	[TICKET_EV_AUTO_ASSIGN] = {"auto_assign", N_("assign")},
	[TICKET_EV_NEED_CUSTOMER] = {"need_customer", N_("wait for the customer")},
	[TICKET_EV_CUSTOMER_REPLY] = {"reply", N_("customer answered")},
	[TICKET_EV_GIVE_UP_WAITING] = {"give_up_waiting", N_("stop waiting")},
	[TICKET_EV_NEED_THIRD] = {"need_third", N_("wait for a third party")},
	[TICKET_EV_THIRD_REPLY] = {"third_reply", N_("third party answered")},
	[TICKET_EV_XDEPT] = {"xdept", N_("ask another department")},
	[TICKET_EV_TASK_DONE] = {"task_done", N_("department task done")},
	[TICKET_EV_ESCALATE] = {"escalate", N_("escalate")},
	[TICKET_EV_DECISION] = {"decision", N_("decision made")},
	[TICKET_EV_RESOLVE] = {"resolve", N_("resolve")},
	[TICKET_EV_CUSTOMER_CONFIRMS] = {"customer_confirms", N_("customer confirms")},
	[TICKET_EV_SILENT] = {"silent", N_("close after silence")},
	[TICKET_EV_REJECT] = {"reject", N_("customer is not satisfied")},
	[TICKET_EV_REOPEN] = {"reopen", N_("reopen")},
	[TICKET_EV_DUPLICATE] = {"duplicate", N_("merge as duplicate")},
	[TICKET_EV_CANCEL] = {"cancel", N_("cancel")},
};
KIND_DEFINE(ticket_event, events)
#define EVENTS (sizeof(events) / sizeof(*events))

static const struct kind_row kinds[] = {
	[TICKET_CASE] = {"case", N_("Case")},
	[TICKET_COMPLAINT] = {"complaint", N_("Complaint")},
	[TICKET_XDEPT_TASK] = {"xdept_task", N_("Department task")},
	[TICKET_FAULT] = {"fault", N_("Fault")},
	[TICKET_CALLBACK] = {"callback", N_("Call-back")},
	[TICKET_SANDBOX] = {"sandbox", N_("Practice")},
};
KIND_DEFINE(ticket_kind, kinds)

static const struct kind_row links[] = {
	[TICKET_LINK_RELATED] = {"related", N_("Related to")},
	[TICKET_LINK_PARENT] = {"parent", N_("Part of")},
	[TICKET_LINK_CHILD] = {"child", N_("Has as part")},
	[TICKET_LINK_DUPLICATE] = {"duplicate", N_("Duplicate of")},
	[TICKET_LINK_DUPLICATES] = {"duplicates", N_("Goes on for")},
};
KIND_DEFINE(ticket_link, links)

static const struct {
	enum ticket_state from;
	enum ticket_event ev;
	enum ticket_state to;
} moves[] = {
	{TICKET_NEW, TICKET_EV_ACCEPT, TICKET_OPEN},
	{TICKET_NEW, TICKET_EV_AUTO_ASSIGN, TICKET_OPEN},
	{TICKET_REOPENED, TICKET_EV_ACCEPT, TICKET_OPEN},
	{TICKET_REOPENED, TICKET_EV_AUTO_ASSIGN, TICKET_OPEN},
	{TICKET_OPEN, TICKET_EV_NEED_CUSTOMER, TICKET_WAITING_CUSTOMER},
	{TICKET_WAITING_CUSTOMER, TICKET_EV_CUSTOMER_REPLY, TICKET_OPEN},
	{TICKET_WAITING_CUSTOMER, TICKET_EV_GIVE_UP_WAITING, TICKET_OPEN},
	{TICKET_OPEN, TICKET_EV_NEED_THIRD, TICKET_WAITING_THIRD},
	{TICKET_WAITING_THIRD, TICKET_EV_THIRD_REPLY, TICKET_OPEN},
	{TICKET_OPEN, TICKET_EV_XDEPT, TICKET_WAITING_INTERNAL},
	{TICKET_WAITING_INTERNAL, TICKET_EV_TASK_DONE, TICKET_OPEN},
	{TICKET_OPEN, TICKET_EV_ESCALATE, TICKET_ESCALATED},
	{TICKET_ESCALATED, TICKET_EV_DECISION, TICKET_OPEN},
	{TICKET_OPEN, TICKET_EV_RESOLVE, TICKET_RESOLVED},
	{TICKET_RESOLVED, TICKET_EV_CUSTOMER_CONFIRMS, TICKET_CLOSED},
	{TICKET_RESOLVED, TICKET_EV_SILENT, TICKET_CLOSED},
	{TICKET_RESOLVED, TICKET_EV_REJECT, TICKET_REOPENED},
	{TICKET_CLOSED, TICKET_EV_REOPEN, TICKET_REOPENED},
	{TICKET_NEW, TICKET_EV_CANCEL, TICKET_CANCELLED},
	{TICKET_OPEN, TICKET_EV_CANCEL, TICKET_CANCELLED},
};

bool ticket_is_open(enum ticket_state s)
{
	switch (s) {
	case TICKET_NEW:
	case TICKET_OPEN:
	case TICKET_WAITING_CUSTOMER:
	case TICKET_WAITING_THIRD:
	case TICKET_WAITING_INTERNAL:
	case TICKET_ESCALATED:
	case TICKET_REOPENED:
		return true;
	case TICKET_RESOLVED:
	case TICKET_CLOSED:
	case TICKET_MERGED:
	case TICKET_CANCELLED:
		return false;
	}
	return false;
}

static bool find_move(enum ticket_state from, enum ticket_event ev, enum ticket_state *to)
{
	if (ev == TICKET_EV_DUPLICATE) {
		*to = TICKET_MERGED;
		return ticket_is_open(from);
	}
	for (size_t i = 0; i < sizeof(moves) / sizeof(*moves); i++) {
		if (moves[i].from == from && moves[i].ev == ev) {
			*to = moves[i].to;
			return true;
		}
	}
	return false;
}

bool ticket_possible(enum ticket_state from, enum ticket_event ev)
{
	enum ticket_state to;

	return find_move(from, ev, &to);
}

enum ticket_state ticket_leads_to(enum ticket_state from, enum ticket_event ev)
{
	enum ticket_state to;

	return find_move(from, ev, &to) ? to : from;
}

static bool refuse_unknown(enum ticket_state from, enum ticket_event ev, struct err *e)
{
	struct str can = {0};

	for (size_t i = 0; i < EVENTS; i++) {
		if (i == TICKET_EV_SILENT || i == TICKET_EV_AUTO_ASSIGN || !ticket_possible(from, (enum ticket_event)i))
			continue;
		str_add(&can, can.n ? ", " : "");
		str_add(&can, ticket_event_label((enum ticket_event)i));
	}
	if (can.n)
		err_set(e, ERR_DENIED, _("\"%s\" is not possible while the ticket is %s; possible now: %s"),
			ticket_event_label(ev), ticket_state_label(from), str_z(&can));
	else
		err_set(e, ERR_DENIED, _("\"%s\" is not possible: the ticket is %s for good; make a new one linked to it"),
			ticket_event_label(ev), ticket_state_label(from));
	str_release(&can);
	return false;
}

static bool review_settled(const struct ticket_guard *g, struct err *e)
{
	if (g->urgent_review_open)
		return err_set(e, ERR_DENIED, _("an urgent review is not decided yet; wait for the decision"));
	if (g->red && !g->urgent_review_decided)
		return err_set(e, ERR_DENIED,
			_("a red ticket needs a decided urgent review; submit one to the supervisor"));
	return true;
}

static bool resolve_allowed(const struct ticket_guard *g, struct err *e)
{
	if (str_empty(g->solution_text))
		return err_set(e, ERR_DENIED, _("write down the solution before you resolve the ticket"));
	if (str_empty(g->root_cause_code))
		return err_set(e, ERR_DENIED, _("choose the root cause before you resolve the ticket"));
	return review_settled(g, e);
}

static bool allowed(enum ticket_event ev, const struct ticket_guard *g, struct err *e)
{
	switch (ev) {
	case TICKET_EV_RESOLVE:
		return resolve_allowed(g, e);
	case TICKET_EV_SILENT:
		if (g->since_ms < TICKET_SILENT_MS)
			return err_set(e, ERR_DENIED, _("the customer has 72 hours to answer before the ticket closes"));
		return review_settled(g, e);
	case TICKET_EV_CUSTOMER_CONFIRMS:
		return review_settled(g, e);
	case TICKET_EV_GIVE_UP_WAITING:
		return g->reminders >= TICKET_REMINDERS || g->since_ms >= TICKET_SILENT_MS ||
			err_set(e, ERR_DENIED, _("wait for 3 reminders or 72 hours before you stop waiting"));
	case TICKET_EV_REOPEN:
		return g->since_ms <= TICKET_REOPEN_MS ||
			err_set(e, ERR_DENIED, _("closed more than 7 days ago; make a new ticket linked to this one"));
	case TICKET_EV_CANCEL:
		if (!g->lead)
			return err_set(e, ERR_DENIED, _("only a team lead may cancel a ticket"));
		return !str_empty(g->reason) || err_set(e, ERR_DENIED, _("cancelling needs a reason"));
	case TICKET_EV_DUPLICATE:
		return !str_empty(g->reason) || err_set(e, ERR_DENIED, _("give the number of the ticket it duplicates"));
	case TICKET_EV_ACCEPT:
	case TICKET_EV_AUTO_ASSIGN:
	case TICKET_EV_NEED_CUSTOMER:
	case TICKET_EV_CUSTOMER_REPLY:
	case TICKET_EV_NEED_THIRD:
	case TICKET_EV_THIRD_REPLY:
	case TICKET_EV_XDEPT:
	case TICKET_EV_TASK_DONE:
	case TICKET_EV_ESCALATE:
	case TICKET_EV_DECISION:
	case TICKET_EV_REJECT:
		return true;
	}
	return true;
}

enum ticket_verdict ticket_step(enum ticket_state from, enum ticket_event ev, const struct ticket_guard *g,
	enum ticket_state *to, struct err *e)
{
	enum ticket_state next;

	*to = from;
	if (!find_move(from, ev, &next)) {
		if (g->by_system)
			return TICKET_IGNORED;
		refuse_unknown(from, ev, e);
		return TICKET_REFUSED;
	}
	if (!allowed(ev, g, e)) {
		if (!g->by_system)
			return TICKET_REFUSED;
		err_clear(e);
		return TICKET_IGNORED;
	}
	*to = next;
	return TICKET_MOVED;
}

bool ticket_is_terminal(enum ticket_state s)
{
	return s == TICKET_MERGED || s == TICKET_CANCELLED;
}

bool ticket_pauses(enum ticket_state s, bool pause_customer, bool pause_third)
{
	return (s == TICKET_WAITING_CUSTOMER && pause_customer) || (s == TICKET_WAITING_THIRD && pause_third);
}
