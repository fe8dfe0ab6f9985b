// SPDX-License-Identifier: MIT
// Knows open hours: how much open time lies between two instants, and when a given amount has passed.
#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/desk/sla.h"

#define MAX_DAYS 3660

void calendar_default(struct calendar *c, const char *zone)
{
	*c = (struct calendar){.zone = zone};
	for (int wd = 1; wd <= 5; wd++)
		c->week[wd] = (struct cal_day){.n = 2, .v = {{9 * 60, 12 * 60}, {13 * 60, 18 * 60}}};
}

void calendar_24x7(struct calendar *c)
{
	*c = (struct calendar){.h24 = true, .zone = "UTC"};
}

static bool day_ok(const struct cal_day *d)
{
	int last = 0;

	if (d->n < 0 || d->n > CAL_SPANS)
		return false;
	for (int i = 0; i < d->n; i++) {
		if (d->v[i].from < last || d->v[i].to <= d->v[i].from || d->v[i].to > 1440)
			return false;
		last = d->v[i].to;
	}
	return true;
}

bool calendar_check(const struct calendar *c, struct err *e)
{
	if (c->h24)
		return true;
	if (!c->zone || !clock_zone_known(c->zone))
		return err_set(e, ERR_PARSE, _("the calendar names no known time zone: \"%s\""), c->zone ? c->zone : "");
	for (int wd = 0; wd < 7; wd++) {
		if (!day_ok(&c->week[wd]))
			return err_set(e, ERR_PARSE, _("open hours of weekday %d overlap or leave the day"), wd);
	}
	for (size_t i = 0; i < c->nexceptions; i++) {
		int ymd = c->exceptions[i].ymd;
		if (!date_valid(ymd / 10000, ymd / 100 % 100, ymd % 100) || !day_ok(&c->exceptions[i].day))
			return err_set(e, ERR_PARSE, _("the calendar's exception for %d is not a day with hours in order"), ymd);
	}
	return true;
}

// Walks the days from the one that holds an instant on; d stays a normalised local date.
struct walk {
	const struct calendar *c;
	struct date d;
};

static void walk_begin(struct walk *w, const struct calendar *c, int64_t at)
{
	w->c = c;
	clock_local(c->zone, at, &w->d);
}

static void walk_next(struct walk *w)
{
	// Noon exists on every day of every zone, midnight does not.
	struct date noon = {.year = w->d.year, .month = w->d.month, .day = w->d.day + 1, .hour = 12};

	clock_local(w->c->zone, clock_utc(w->c->zone, &noon), &w->d);
}

static const struct cal_day *walk_day(const struct walk *w)
{
	int ymd = w->d.year * 10000 + w->d.month * 100 + w->d.day;

	for (size_t i = 0; i < w->c->nexceptions; i++) {
		if (w->c->exceptions[i].ymd == ymd)
			return &w->c->exceptions[i].day;
	}
	return &w->c->week[w->d.weekday];
}

static int64_t walk_at(const struct walk *w, int minute)
{
	struct date d = {.year = w->d.year, .month = w->d.month, .day = w->d.day, .hour = minute / 60,
		.minute = minute % 60};

	return clock_utc(w->c->zone, &d);
}

int64_t business_ms(const struct calendar *c, int64_t from, int64_t to)
{
	struct walk w;
	int64_t sum = 0;

	if (to <= from)
		return 0;
	if (c->h24)
		return to - from;
	walk_begin(&w, c, from);
	for (int day = 0; day < MAX_DAYS; day++, walk_next(&w)) {
		if (walk_at(&w, 0) >= to)
			break;
		const struct cal_day *d = walk_day(&w);
		for (int i = 0; i < d->n; i++) {
			int64_t a = walk_at(&w, d->v[i].from), b = walk_at(&w, d->v[i].to);
			a = a > from ? a : from;
			b = b < to ? b : to;
			sum += b > a ? b - a : 0;
		}
	}
	return sum;
}

int64_t business_add(const struct calendar *c, int64_t start, int64_t ms)
{
	struct walk w;
	int64_t left = ms > 0 ? ms : 0;

	if (c->h24)
		return start > SLA_NEVER - left ? SLA_NEVER : start + left;
	walk_begin(&w, c, start);
	for (int day = 0; day < MAX_DAYS; day++, walk_next(&w)) {
		const struct cal_day *d = walk_day(&w);
		for (int i = 0; i < d->n; i++) {
			int64_t a = walk_at(&w, d->v[i].from), b = walk_at(&w, d->v[i].to);
			a = a > start ? a : start;
			if (b <= a)
				continue;
			if (left <= b - a)
				return a + left;
			left -= b - a;
		}
	}
	return SLA_NEVER;
}
