// SPDX-License-Identifier: MIT
// Knows who may do what to the open ticket (domain.md §2.5), and the sentence that says why not.
#include "src/base/i18n.h"
#include "src/desk/role.h"
#include "src/work/ticket_part.h"

static bool refuse(struct err *e, const char *why)
{
	if (e)
		err_set(e, ERR_DENIED, "%s", why);
	return false;
}

static bool handles(const struct model *m, struct err *e)
{
	return user_may(m->roles, RIGHT_TICKET_UPDATE) || refuse(e, _("Your role does not let you change tickets."));
}

static bool is_own(const struct model *m)
{
	return str_eq(m->ticket.owner_id, m->agent_id);
}

bool ticket_may_update(const struct model *m, const char *owner_id, const char *owner, struct err *e)
{
	if (!handles(m, e))
		return false;
	if (!*owner_id || str_eq(owner_id, m->agent_id) || user_may(m->roles, RIGHT_TICKET_OTHERS))
		return true;
	if (e)
		err_set(e, ERR_DENIED, _("This ticket belongs to %s: add a note instead, or ask the team lead."), owner);
	return false;
}

static bool may_update(const struct model *m, struct err *e)
{
	return ticket_may_update(m, m->ticket.owner_id, m->ticket.owner, e);
}

static bool may_take(const struct model *m, struct err *e)
{
	const struct ticket_desk *k = &m->ticket;

	if (!handles(m, e))
		return false;
	if (!*k->owner_id)
		return true;
	if (is_own(m))
		return refuse(e, _("This ticket is yours already."));
	if (e)
		err_set(e, ERR_DENIED, _("This ticket belongs to %s: only an assignment takes it from them."), k->owner);
	return false;
}

static bool may_release(const struct model *m, struct err *e)
{
	const struct ticket_desk *k = &m->ticket;

	if (!handles(m, e))
		return false;
	if (!*k->owner_id)
		return refuse(e, _("Nobody has this ticket; it waits in its queue."));
	if (is_own(m) || user_may(m->roles, RIGHT_TICKET_OTHERS))
		return true;
	if (e)
		err_set(e, ERR_DENIED, _("This ticket belongs to %s: only they or a team lead give it back."), k->owner);
	return false;
}

enum ticket_may model_ticket_may(const struct model *m, enum ticket_deed what, struct err *e)
{
	const struct ticket_desk *k = &m->ticket;

	if (!k->there)
		return refuse(e, _("This ticket is not on this station.")), TICKET_MAY_NOT;
	if (work_shut(m))
		return refuse(e, _("Customer data is locked until somebody logs in at the hub.")), TICKET_MAY_NOT;
	if (ticket_is_terminal(k->state) && what != TICKET_NOTE && what != TICKET_STEP)
		return refuse(e, _("This ticket is over for good; make a new one.")), TICKET_MAY_NOT;
	switch (what) {
	case TICKET_NOTE:
		return user_may(m->roles, RIGHT_TICKET_NOTE) || refuse(e, _("Your role does not let you write on tickets.")) ? TICKET_MAY
														       : TICKET_MAY_NOT;
	case TICKET_WRITE:
	case TICKET_STEP:
	case TICKET_LINK:
	case TICKET_INCIDENT:
		return may_update(m, e) ? TICKET_MAY : TICKET_MAY_NOT;
	case TICKET_TAKE: return may_take(m, e) ? TICKET_MAY : TICKET_MAY_NOT;
	case TICKET_RELEASE: return may_release(m, e) ? TICKET_MAY : TICKET_MAY_NOT;
	case TICKET_ASSIGN:
		if (!handles(m, e))
			return TICKET_MAY_NOT;
		return user_may(m->roles, RIGHT_TICKET_ASSIGN) ? TICKET_MAY : TICKET_MAY_ASK;
	case TICKET_FILE:
		if (m->mode == MODE_LIVE)
			return refuse(e, _("Tickets are sorted by hand in practice only: a real one has its category from the contact, and the hub routes it.")), TICKET_MAY_NOT;
		return may_update(m, e) ? TICKET_MAY : TICKET_MAY_NOT;
	case TICKET_PRIORITY:
		if (!may_update(m, e))
			return TICKET_MAY_NOT;
		return user_may(m->roles, RIGHT_TICKET_PRIORITY) ? TICKET_MAY : TICKET_MAY_ASK;
	}
	BUG("deed %d", (int)what);
}
