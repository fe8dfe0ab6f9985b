// SPDX-License-Identifier: MIT
// Knows the priority matrix, its modifiers and the order of a queue.
#include "src/desk/priority.h"

#include "src/base/i18n.h"

static const int matrix[4][4] = {
	{1, 1, 2, 2},
	{1, 2, 2, 3},
	{2, 3, 3, 4},
	{3, 3, 4, 4},
};

static void raise_to(struct priority *out, int p, const char *why)
{
	if (out->p > p) {
		out->p = p;
		out->why = why;
	}
}

bool priority_of(const struct priority_facts *f, struct priority *out, struct err *e)
{
	if (f->impact < 1 || f->impact > 4 || f->urgency < 1 || f->urgency > 4)
		return err_set(e, ERR_USAGE, _("impact and urgency go from 1 to 4"));
	if (f->manual < 0 || f->manual > 4)
		return err_set(e, ERR_USAGE, _("a priority goes from 1 to 4"));
	if (f->manual && str_empty(f->manual_reason))
		return err_set(e, ERR_DENIED, _("setting the priority by hand needs a reason"));
	*out = (struct priority){.p = matrix[f->impact - 1][f->urgency - 1], .why = "matrix"};
	if (f->red) {
		out->pinned = true;
		raise_to(out, 1, "red");
	}
	if (f->tier == TIER_VIP && out->p > 2)
		raise_to(out, out->p - 1, "vip");
	if (f->complaint == COMPLAINT_C3)
		raise_to(out, 2, "complaint");
	if (f->complaint == COMPLAINT_C4)
		raise_to(out, 1, "complaint");
	if (f->contacts >= 3 && out->p > 1)
		raise_to(out, out->p - 1, "repeat");
	if (f->manual) {
		out->p = f->manual;
		out->why = "manual";
	}
	return true;
}

int priority_score(int impact, int urgency, enum difficulty d, enum tier t, int64_t created_at, int64_t now)
{
	int64_t age_min = now > created_at ? (now - created_at) / 60000 : 0;
	int64_t age = age_min / 10;

	return 30 * (5 - impact) + 40 * (5 - urgency) + 15 * (int)d + 15 * (int)t + (int)(age < 60 ? age : 60);
}

int priority_effective(const struct queue_key *k, int64_t now)
{
	int p = k->priority;

	if (k->breached || (k->resolve_due_at && now > k->resolve_due_at))
		p -= 2;
	else if (k->resolve_due_at && (k->resolve_due_at - now) * 5 < k->resolve_due_at - k->start)
		p -= 1;
	return p < 1 ? 1 : p;
}

static int order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int queue_compare(const struct queue_key *a, const struct queue_key *b, int64_t now)
{
	int64_t due_a = a->resolve_due_at ? a->resolve_due_at : INT64_MAX;
	int64_t due_b = b->resolve_due_at ? b->resolve_due_at : INT64_MAX;
	bool late_a = a->breached || now > due_a, late_b = b->breached || now > due_b;
	int c = order(b->pinned, a->pinned);

	if (!c)
		c = order(priority_effective(a, now), priority_effective(b, now));
	if (!c)
		c = order(late_b, late_a);
	if (!c)
		c = order(due_a, due_b);
	if (!c)
		c = order(b->score, a->score);
	return c ? c : order(a->created_at, b->created_at);
}
