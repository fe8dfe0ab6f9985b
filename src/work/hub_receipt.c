// SPDX-License-Identifier: MIT
// Knows what a person asks of the hub besides the work itself: an exchange at once, to be logged out, the shift-end receipt.
#include "src/base/i18n.h"
#include "src/store/meta.h"
#include "src/work/hub_part.h"

static bool logged_in(const struct model *m, struct err *e)
{
	const struct hub_status *s = &hub_part(m)->status;

	if (s->line == HUB_NONE)
		return err_set(e, ERR_DENIED, _("This station has joined no hub."));
	return (*s->agent_id && !s->need_login) || err_set(e, ERR_DENIED, _("Nobody is logged in to the hub."));
}

const char *model_hub_last_login(const struct model *m, struct arena *a)
{
	const char *login = NULL;
	struct err e = {0};

	// Without it the person types it.
	return meta_text(store_reader(m->store), "agent_login", &login, a, &e) && login ? login : "";
}

bool model_hub_logout(struct model *m, struct err *e)
{
	if (!logged_in(m, e))
		return false;
	hub_part(m)->wish.logout = true;
	return true;
}

bool model_hub_sync_now(struct model *m, struct err *e)
{
	if (!logged_in(m, e))
		return false;
	if (hub_part(m)->status.drill)
		return err_set(e, ERR_DENIED, _("This is an offline drill: end it first."));
	hub_part(m)->wish.sync_now = true;
	return true;
}

bool model_hub_ask_receipt(struct model *m, struct err *e)
{
	struct hub_part *h = hub_part(m);
	const struct hub_status *s = &h->status;

	if (!logged_in(m, e))
		return false;
	// The hub would say the same, but only when it can be reached.
	if (s->unsent)
		return err_set(e, ERR_DENIED,
			       ngettext("%lld operation is not at the hub yet.", "%lld operations are not at the hub yet.",
					(unsigned long)s->unsent), (long long)s->unsent);
	if (s->line == HUB_OFFLINE)
		return err_set(e, ERR_DENIED, _("The hub is out of reach: it cannot sign anything."));
	h->has_receipt = false;
	h->wish.receipt = true;
	return true;
}

void model_hub_receipt_came(struct model *m, const struct hub_receipt *r)
{
	hub_part(m)->receipt = *r;
	hub_part(m)->has_receipt = true;
	m->changed = true;
}

const struct hub_receipt *model_hub_receipt(const struct model *m)
{
	return hub_part(m)->has_receipt ? &hub_part(m)->receipt : NULL;
}
