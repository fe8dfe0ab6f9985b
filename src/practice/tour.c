// SPDX-License-Identifier: MIT
// Knows the steps of the guided tour.
#include "src/practice/tour.h"

#include "src/base/i18n.h"

// Transfer ends the call, so it comes late; what comes after it is the wrap-up.
static const struct tour_step steps[TOUR_STEPS] = {
	{{EV_ANSWER}, 1, ACT_ANSWER, N_("a call rings; %s answers it")},
	{{EV_SAY}, 1, ACT_REPLY, N_("%s, type a greeting, Enter: the customer hears it")},
	{{EV_FORM_SET, EV_NEED, EV_INTENT}, 3, ACT_PANE_FORM, N_("%s goes to the form: type what the customer needs into a field, Enter")},
	{{EV_RESTATE}, 1, ACT_RESTATE, N_("%s: say back what you understood, and whether the customer confirms it")},
	{{EV_CLASSIFY}, 1, ACT_CLASSIFY, N_("%s chooses the category: type a word of it, Enter")},
	{{EV_KB_SEARCH, EV_KB_OPEN}, 2, ACT_SEARCH, N_("%s searches the knowledge base: type, then Enter opens an article")},
	{{EV_NOTE}, 1, ACT_NOTE, N_("%s writes a note; it stands in the record")},
	{{EV_TICKET_CREATE}, 1, ACT_TICKET, N_("%s makes a ticket for what is left to do")},
	{{EV_ESCALATE}, 1, ACT_ESCALATE, N_("%s escalates: propose a solution (ten characters at least), a supervisor decides")},
	{{EV_TRANSFER, EV_HANGUP}, 2, ACT_TRANSFER, N_("%s transfers the call with a packet: what was tried, what is asked")},
	{{EV_CLOSE}, 1, ACT_WRAPUP, N_("%s shows what the record still lacks; complete it and save")},
};

const struct tour_step *tour_step(size_t n)
{
	return &steps[n];
}

bool tour_done(size_t n, const struct practice_log *log)
{
	for (size_t i = 0; i < log->v.n; i++)
		for (size_t k = 0; k < steps[n].n_types; k++)
			if (log->v.v[i].who == LOG_AGENT && log->v.v[i].ev.type == steps[n].types[k])
				return true;
	return false;
}

size_t tour_now(const struct practice_log *log, unsigned skipped)
{
	size_t n = 0;

	while (n < TOUR_STEPS && ((skipped & 1u << n) || tour_done(n, log)))
		n++;
	return n;
}
