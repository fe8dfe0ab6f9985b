// SPDX-License-Identifier: MIT
// Knows how newer content takes the place of what is in force: between contacts, whole, and named.
#include "src/base/i18n.h"
#include "src/work/internal.h"

bool model_packs_idle(const struct model *m)
{
	return m->packs && !m->works.n;
}

static const struct pack *same_pack(const struct packs *k, const struct pack *p)
{
	return packs_pack(k, p->code);
}

// "common v3, finance v2": what is not as it was.
static void say_changed(struct model *m, const struct packs *old, const struct packs *now)
{
	struct str line = {0};

	for (size_t i = 0; i < now->n; i++) {
		const struct pack *was = same_pack(old, &now->v[i]);
		if (!was || strcmp(was->hash, now->v[i].hash) != 0)
			str_addf(&line, "%s%s v%d", line.n ? ", " : "", now->v[i].name, now->v[i].version);
	}
	if (line.n)
		model_say_note(m, NOTE_INFO, _("New content is in force: %s."), str_z(&line));
	str_release(&line);
}

struct packs *model_swap_packs(struct model *m, struct packs *packs)
{
	struct packs *old = m->packs;

	if (!model_packs_idle(m))
		BUG("content changes under a contact");
	m->packs = packs;
	packs_world(packs, m->zone, &m->world);
	// What was found by the steps and names of the old one is found anew.
	m->desk_kb.step = NULL;
	model_refresh_home(m);
	model_ticket_refresh(m);
	say_changed(m, old, packs);
	m->changed = true;
	return old;
}
