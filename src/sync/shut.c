// SPDX-License-Identifier: MIT
// Knows whether what a station holds of customers is shut: its lease is over and nobody has logged in since.
#include "src/sync/shut.h"

#include "src/base/i18n.h"
#include "src/store/meta.h"

bool lease_load(struct db *db, struct lease *out, struct arena *a, struct err *e)
{
	const char *id;

	*out = (struct lease){0};
	bool ok = meta_int(db, "lease_until", 0, &out->until, e) && meta_int(db, "last_hub_time", 0, &out->hub_at, e) &&
		  meta_int(db, "hub_wall_at", 0, &out->wall_at, e) && meta_int(db, "hub_boot_at", 0, &out->boot_at, e) &&
		  meta_int(db, "wall_seen", 0, &out->seen, e) && meta_text(db, "hub_boot_id", &id, a, e);
	if (ok)
		snprintf(out->boot_id, sizeof(out->boot_id), "%s", id ? id : "");
	return ok;
}

bool shut_read(struct db *db, const struct clock *clock, bool *shut, struct err *e)
{
	struct arena a = {0};
	struct lease_now now;
	struct lease l;
	bool ok = lease_load(db, &l, &a, e);

	*shut = true;
	if (ok) {
		lease_moment(&now, clock_wall(clock), clock_mono(clock));
		enum lease_state s = lease_check(&l, &now, NULL);
		*shut = s == LEASE_OVER || s == LEASE_CLOCK;
	}
	arena_release(&a);
	return ok;
}

bool shut_refuse(struct err *e)
{
	return err_set(e, ERR_DENIED, _("Customer data is locked until somebody logs in at the hub."));
}
