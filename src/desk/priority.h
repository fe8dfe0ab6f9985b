// SPDX-License-Identifier: MIT
// Knows how urgent a ticket is and in which order a queue is worked off.
#ifndef DESK_PRIORITY_H
#define DESK_PRIORITY_H

#include "src/desk/kinds.h"

// Source: domain.md §5.2. impact and urgency 1 (worst) to 4; priority 1 (P1) to 4.
struct priority_facts {
	int impact, urgency;
	bool red;
	enum tier tier;
	enum complaint_level complaint;
	int contacts;              // contacts on the same issue including this one
	int manual;                // 1..4 overrides, 0 does not
	const char *manual_reason; // required with manual
};
struct priority {
	int p; // 1..4
	bool pinned;
	const char *why; // code of the last rule that changed it: matrix red vip complaint repeat manual (static)
};
// Matrix, then the modifiers in the order of §5.2. Fails for impact or urgency outside 1..4, manual outside 0..4 or
// without a reason.
must_use bool priority_of(const struct priority_facts *f, struct priority *out, struct err *e);

// 30*(5-impact) + 40*(5-urgency) + 15*d + 15*t + min(60, age_min/10); an unset difficulty counts 0.
int priority_score(int impact, int urgency, enum difficulty d, enum tier t, int64_t created_at, int64_t now);

struct queue_key {
	bool pinned, breached;
	int priority;           // stored, 1..4
	int64_t start;          // where the way to resolve_due_at began (normally created_at)
	int64_t resolve_due_at; // 0: none
	int score;
	int64_t created_at;
};
// Ageing: one step up when less than 20 % of the time to resolve_due_at is left, two from the breach on, never above P1.
int priority_effective(const struct queue_key *k, int64_t now);
// <0 if a is worked first. Total but for equal keys (break those by ticket number).
int queue_compare(const struct queue_key *a, const struct queue_key *b, int64_t now);

#endif
