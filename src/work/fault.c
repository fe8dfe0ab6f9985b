// SPDX-License-Identifier: MIT
// Knows what an agent meets when a system beside the telephone does not answer, or answers late. Practice puts it out of order on
// purpose; the way on is the one of real work: the fault key, and what the customer says oneself.
#include "src/base/i18n.h"
#include "src/work/internal.h"

// How long one waits for a slow system, and how long what was waited for stays at hand.
enum { SLOW_MS = 6000, AT_HAND_MS = 15000 };
enum { SLOW_CUSTOMERS, SLOW_KB };

// Asked for the first time it takes a while; then it is there.
static bool waited(struct model *m, int which)
{
	int64_t now = clock_mono(m->clock), *until = &m->slow_until[which];

	if (!*until || now >= *until + AT_HAND_MS)
		*until = now + SLOW_MS;
	return now >= *until;
}

static int seconds_left(const struct model *m, int which)
{
	return (int)((m->slow_until[which] - clock_mono(m->clock) + 999) / 1000);
}

bool work_customers_answer(struct model *m, struct err *e)
{
	if (m->faults & FAULT_CRM_DOWN)
		return err_set(e, ERR_IO, _("The customer system does not answer. Report it with the fault key and write down what the customer says."));
	if (m->faults & FAULT_CRM_SLOW && !waited(m, SLOW_CUSTOMERS))
		return err_set(e, ERR_IO, _("The customer system is slow: ask again in %d s. Report it with the fault key."),
			       seconds_left(m, SLOW_CUSTOMERS));
	return true;
}

bool work_kb_answers(struct model *m, struct err *e)
{
	if (m->faults & FAULT_KB_DOWN)
		return err_set(e, ERR_IO, _("The knowledge base does not answer. Report it with the fault key; the script still leads."));
	if (m->faults & FAULT_KB_SLOW && !waited(m, SLOW_KB))
		return err_set(e, ERR_IO, _("The knowledge base is slow: the results come in %d s."), seconds_left(m, SLOW_KB));
	return true;
}

void model_fault_set(struct model *m, enum model_fault f, bool on)
{
	unsigned before = m->faults;

	m->faults = on ? m->faults | f : m->faults & ~(unsigned)f;
	if (m->faults == before)
		return;
	if (f == FAULT_CRM_SLOW || f == FAULT_KB_SLOW)
		m->slow_until[f == FAULT_KB_SLOW ? SLOW_KB : SLOW_CUSTOMERS] = 0;
	// What is on the screen of a base that is out of reach, or within reach again, is read anew.
	if (f == FAULT_KB_DOWN || f == FAULT_KB_SLOW) {
		if (m->desk_kb.searched)
			model_kb_refresh(m, NULL);
		for (size_t i = 0; i < m->works.n; i++)
			if (m->works.v[i]->kb.searched)
				model_kb_refresh(m, m->works.v[i]);
	}
	m->changed = true;
}
