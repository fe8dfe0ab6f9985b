// SPDX-License-Identifier: MIT
// Knows what a new entity gets at birth: its number, claimed before its commit has run, and the stamp of its row.
#include "src/base/i18n.h"
#include "src/desk/number.h"
#include "src/store/meta.h"
#include "src/work/internal.h"

bool work_next_number(struct model *m, bool ticket, char *out, struct counter_claim *claim, struct err *e)
{
	struct counter_claim *mine = &m->counters[ticket], next = {0};
	struct date d;
	int64_t now = clock_wall(m->clock);

	snprintf(next.name, sizeof(next.name), "%s/%s", ticket ? "ticket" : "contact", m->station);
	clock_format(m->zone, now, "%Y%m%d", out, NUMBER_CAP);
	snprintf(next.day, sizeof(next.day), "%s", out + 2);
	if (strcmp(mine->name, next.name) == 0 && strcmp(mine->day, next.day) == 0)
		next.value = mine->value;
	else if (!counter_last(store_reader(m->store), next.name, next.day, &next.value, e))
		return false;
	next.value++;
	clock_local(m->zone, now, &d);
	struct number no = {.kind = ticket ? NUMBER_TICKET : NUMBER_CONTACT, .year = d.year, .month = d.month, .day = d.day,
			    .counter = (uint32_t)next.value};
	snprintf(no.site, sizeof(no.site), "%s", m->site);
	snprintf(no.station, sizeof(no.station), "%s", m->station);
	if (!number_format(&no, out, e))
		return false;
	*mine = *claim = next;
	return true;
}

struct row_stamp work_stamp(const struct model *m)
{
	int64_t now = clock_wall(m->clock);

	return (struct row_stamp){.created_at = now, .updated_at = now, .created_by = m->agent_id, .updated_by = m->agent_id,
				  .origin = m->station};
}
