// SPDX-License-Identifier: MIT
// Knows which promise applies to a ticket, when it is due and how it stands.
#include "src/desk/sla.h"

#include "src/base/i18n.h"

#define MIN_MS 60000LL

static const struct kind_row state_rows[] = {
	[SLA_NONE] = {"none", N_("no promise")},
	[SLA_RUNNING] = {"running", N_("running")},
	[SLA_WARN50] = {"warned50", N_("half used")},
	[SLA_WARN75] = {"warned75", N_("three quarters used")},
	[SLA_WARN90] = {"warned90", N_("nearly due")},
	[SLA_PAUSED] = {"paused", N_("paused")},
	[SLA_MET] = {"met", N_("met")},
	[SLA_BREACHED] = {"breached", N_("overdue")},
};
KIND_DEFINE(sla_state, state_rows)

static int by_from(const void *a, const void *b)
{
	const struct sla_pause *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

// The sum of pauses that count, and with it the due time. Pauses that last longer than `until` are cut there; pass
// SLA_NEVER to leave those without an end out.
static int64_t due_until(int64_t start, int64_t target_ms, const struct sla_pauses *p, const struct calendar *cal,
	int64_t until, int64_t *paused_ms)
{
	int64_t due = business_add(cal, start, target_ms), sum = 0, reached = start;
	struct sla_pause *v = p && p->n ? xreallocarray(NULL, p->n, sizeof(*v)) : NULL;

	if (v) {
		memcpy(v, p->v, p->n * sizeof(*v));
		qsort(v, p->n, sizeof(*v), by_from);
	}
	for (size_t i = 0; v && i < p->n; i++) {
		int64_t from = v[i].from > reached ? v[i].from : reached;
		int64_t to = v[i].to < until ? v[i].to : until;
		if (to == SLA_NEVER || to <= from)
			continue;
		if (from >= due)
			break;
		sum += business_ms(cal, from, to);
		reached = to;
		if (p->max_ms && sum > p->max_ms)
			sum = p->max_ms;
		due = business_add(cal, start, target_ms + sum);
	}
	free(v);
	if (paused_ms)
		*paused_ms = sum;
	return due;
}

int64_t sla_due(int64_t start, int64_t target_ms, const struct sla_pauses *pauses, const struct calendar *cal)
{
	return due_until(start, target_ms, pauses, cal, SLA_NEVER, NULL);
}

static bool pause_lasts(const struct sla_pauses *p, int64_t at, int64_t due, int64_t paused_ms)
{
	if (p->max_ms && paused_ms >= p->max_ms)
		return false;
	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i].from <= at && p->v[i].from < due && p->v[i].to > at)
			return true;
	}
	return false;
}

void sla_view(const struct sla_clock *k, const struct calendar *cal, int64_t now, struct sla_view *out)
{
	int64_t at = k->met_at ? k->met_at : now, paused_ms;

	*out = (struct sla_view){.due_at = SLA_NEVER};
	if (k->target_ms <= 0)
		return;
	out->due_at = due_until(k->start, k->target_ms, &k->pauses, cal, at, &paused_ms);
	out->left_ms = at <= out->due_at ? business_ms(cal, at, out->due_at) : -business_ms(cal, out->due_at, at);
	int64_t used = (k->target_ms - out->left_ms) * 100 / k->target_ms;
	out->used_pct = used > 9999 ? 9999 : used < 0 ? 0 : (int)used;
	if (k->breached || at > out->due_at)
		out->state = SLA_BREACHED;
	else if (k->met_at)
		out->state = SLA_MET;
	else if (pause_lasts(&k->pauses, at, out->due_at, paused_ms))
		out->state = SLA_PAUSED;
	else
		out->state = used >= 90 ? SLA_WARN90 : used >= 75 ? SLA_WARN75 : used >= 50 ? SLA_WARN50 : SLA_RUNNING;
}

#define P(n) (1u << (n))
// domain.md §6.2, and §5.7 for complaints. "In the call" makes no promise of its own; "at once" is one minute.
const struct sla_policy sla_policies[] = {
	{.code = "urgent", .red = true, .priorities = P(1), .respond_min = 5, .update_min = 30, .resolve_min = 120},
	{.code = "complaint_c4", .complaint = COMPLAINT_C4, .respond_min = 1, .plan_min = 30, .update_min = 1440,
		.pause_customer = true, .pause_max_min = 4320},
	{.code = "complaint_c3", .complaint = COMPLAINT_C3, .respond_min = 10, .plan_min = 120, .update_min = 1440,
		.resolve_min = 4320, .pause_customer = true, .pause_max_min = 4320},
	{.code = "complaint_c2", .complaint = COMPLAINT_C2, .respond_min = 30, .plan_min = 240, .update_min = 1440,
		.resolve_min = 2880, .pause_customer = true, .pause_max_min = 4320},
	{.code = "complaint_c1", .complaint = COMPLAINT_C1, .update_min = 1440, .resolve_min = 1440,
		.pause_customer = true, .pause_max_min = 4320},
	{.code = "complex", .difficult = true, .priorities = P(2) | P(3), .respond_min = 60, .update_min = 480,
		.resolve_min = 1440, .pause_customer = true},
	{.code = "core", .priorities = P(2), .respond_min = 30, .update_min = 120, .resolve_min = 240,
		.pause_customer = true},
	{.code = "standard", .priorities = P(3), .respond_min = 240, .update_min = 480, .resolve_min = 960,
		.business = true, .pause_customer = true, .pause_third = true},
	{.code = "low", .priorities = P(4), .suggestion = true, .respond_min = 480, .resolve_min = 2400,
		.business = true, .pause_customer = true, .pause_third = true},
};
const size_t sla_npolicies = sizeof(sla_policies) / sizeof(*sla_policies);

enum sla_rank sla_match(const struct sla_policy *p, const struct sla_facts *f)
{
	bool hard = f->difficulty == DIFFICULTY_COMPLEX || f->difficulty == DIFFICULTY_HARD;
	bool in_priorities = f->priority >= 1 && f->priority <= 4 && (p->priorities & P(f->priority));

	if (p->red && f->red)
		return SLA_BY_RED;
	if (p->complaint != COMPLAINT_NONE && p->complaint == f->complaint)
		return SLA_BY_COMPLAINT;
	if (p->difficult)
		return hard && in_priorities ? SLA_BY_DIFFICULTY : SLA_NO_MATCH;
	if (in_priorities || (p->suggestion && f->intent == INTENT_SUGGESTION))
		return SLA_BY_PRIORITY;
	return SLA_NO_MATCH;
}

static int64_t policy_due(const struct sla_policy *p, int64_t start, const struct calendar *business)
{
	struct calendar always;

	calendar_24x7(&always);
	if (!p->resolve_min)
		return SLA_NEVER;
	return business_add(p->business ? business : &always, start, p->resolve_min * MIN_MS);
}

const struct sla_policy *sla_pick(const struct sla_policy *p, size_t n, const struct sla_facts *f, int64_t start,
	const struct calendar *business)
{
	const struct sla_policy *best = NULL;
	enum sla_rank best_rank = SLA_NO_MATCH;
	int64_t best_due = SLA_NEVER;

	for (size_t i = 0; i < n; i++) {
		enum sla_rank rank = sla_match(&p[i], f);
		if (rank == SLA_NO_MATCH || rank > best_rank)
			continue;
		int64_t due = policy_due(&p[i], start, business);
		if (rank == best_rank && due >= best_due)
			continue;
		best = &p[i];
		best_rank = rank;
		best_due = due;
	}
	return best;
}

int sla_xdept_accept_min(int priority, bool *business)
{
	*business = priority >= 4;
	return priority <= 1 ? 10 : priority == 2 ? 30 : priority == 3 ? 240 : 480;
}

int64_t sla_xdept_due(int priority, int64_t start, int64_t parent_due, const struct calendar *cal,
	const struct calendar *business)
{
	bool in_business;
	int accept = sla_xdept_accept_min(priority, &in_business);
	int64_t own = business_add(in_business ? business : cal, start, (accept + 240) * MIN_MS);

	if (parent_due == SLA_NEVER)
		return own;
	int64_t share = business_ms(cal, start, parent_due) / 100 * 60;
	int64_t by_parent = business_add(cal, start, share);
	return by_parent < own ? by_parent : own;
}
