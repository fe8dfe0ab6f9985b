// SPDX-License-Identifier: MIT
// Knows promised times: business calendars, which promise applies, when it is due and how it stands.
#ifndef DESK_SLA_H
#define DESK_SLA_H

#include "src/desk/kinds.h"

// A calendar, domain.md §3.2. Minutes of the local day; spans in order, not overlapping, 0 <= from < to <= 1440.
#define CAL_SPANS 6
struct cal_span {
	int from, to;
};
struct cal_day {
	int n;
	struct cal_span v[CAL_SPANS];
};
struct cal_exception {
	int ymd; // 20261001
	struct cal_day day; // n = 0: closed all day (holiday); else open as listed (make-up workday, short day)
};
struct calendar {
	bool h24;          // always open; the rest is not read
	const char *zone;  // IANA name, borrowed
	struct cal_day week[7]; // 0 Sunday .. 6 Saturday
	const struct cal_exception *exceptions; // borrowed, any order; the first match counts
	size_t nexceptions;
};
// Mon-Fri 09:00-12:00 and 13:00-18:00 (480 minutes a day), no exceptions. zone is borrowed.
void calendar_default(struct calendar *c, const char *zone);
void calendar_24x7(struct calendar *c);
must_use bool calendar_check(const struct calendar *c, struct err *e); // spans in order and within the day

#define SLA_NEVER INT64_MAX
// Open milliseconds in [from, to); 0 when to <= from.
int64_t business_ms(const struct calendar *c, int64_t from, int64_t to);
// The instant at which ms of open time have passed since start. ms <= 0 gives the first open instant at or after start. Ends of
// spans count as reached (Friday 17:00 + 60 min = Friday 18:00). SLA_NEVER when the calendar is shut for 10 years.
int64_t business_add(const struct calendar *c, int64_t start, int64_t ms);

// A pause is [from, to); to = SLA_NEVER while it lasts.
struct sla_pause {
	int64_t from, to;
};
struct sla_pauses {
	const struct sla_pause *v; // any order, may overlap
	size_t n;
	int64_t max_ms;            // business time all pauses together may add; 0 = no cap (complaints: 72 h)
};
// due = business_add(start, target + sum of business_ms(pause)), domain.md §6.3. Pauses may be NULL. They count as the union of the
// intervals after start; one that began at or after the due time is not counted, since a clock never un-breaches. A pause
// that still lasts counts nothing here: sla_view adds it up to now.
int64_t sla_due(int64_t start, int64_t target_ms, const struct sla_pauses *pauses, const struct calendar *cal);

enum sla_state {
	SLA_NONE, // no promise (target 0)
	SLA_RUNNING,
	SLA_WARN50,
	SLA_WARN75,
	SLA_WARN90,
	SLA_PAUSED,
	SLA_MET,
	SLA_BREACHED,
};
KIND_DECLARE(sla_state)
struct sla_clock {
	int64_t start, target_ms; // target in business ms; 0: no promise
	struct sla_pauses pauses;
	int64_t met_at;           // 0: not yet
	bool breached;            // stored: once true it stays
};
struct sla_view {
	enum sla_state state;
	int64_t due_at;       // SLA_NEVER without a promise
	int64_t left_ms;      // business ms to due_at, negative after it
	int used_pct;         // of the target, may pass 100; at 150 the level is raised
};
void sla_view(const struct sla_clock *k, const struct calendar *cal, int64_t now, struct sla_view *out);

// Policies, domain.md §6.2. Minutes are those of the policy's calendar; 0 = no promise.
enum sla_rank { SLA_BY_RED, SLA_BY_COMPLAINT, SLA_BY_DIFFICULTY, SLA_BY_PRIORITY, SLA_NO_MATCH };
struct sla_policy {
	const char *code;
	// Matches if any of these does; the first in this order is the rank of the match.
	bool red;
	enum complaint_level complaint; // COMPLAINT_NONE: not by complaint
	bool difficult;                 // complex or hard, within the priorities below
	unsigned priorities;            // bit p set: matches P<p> (alone, or with difficult only as its limit)
	bool suggestion;                // intent suggestion
	int respond_min, plan_min, update_min, resolve_min;
	bool business;                  // else 24x7
	bool pause_customer, pause_third;
	int pause_max_min;              // all pauses together; 0 = no cap
};
struct sla_facts {
	bool red;
	enum complaint_level complaint;
	enum difficulty difficulty;
	enum intent intent;
	int priority; // 1..4
};
extern const struct sla_policy sla_policies[];
extern const size_t sla_npolicies;
enum sla_rank sla_match(const struct sla_policy *p, const struct sla_facts *f);
// Red before complaint before difficulty before priority; of two of equal rank the one due earlier. NULL if none matches.
const struct sla_policy *sla_pick(const struct sla_policy *p, size_t n, const struct sla_facts *f, int64_t start,
	const struct calendar *business);

// Accept time of a cross-department task in minutes by its priority (§5.5): 10, 30, 240, and 480 business minutes for P4.
int sla_xdept_accept_min(int priority, bool *business);
// Due time of such a task: the earlier of accept + 4 h and 60 % of what is left of the parent's time. parent_due may be SLA_NEVER.
int64_t sla_xdept_due(int priority, int64_t start, int64_t parent_due, const struct calendar *cal,
	const struct calendar *business);

#endif
