// SPDX-License-Identifier: MIT
// Knows time: the injected clock, RFC 3339, and calendar days in a zone.
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "src/base/str.h"

// Where time comes from. Call clocks use mono (CLOCK_BOOTTIME: it counts while the machine sleeps, so an overrun
// shows); wall is UTC milliseconds. Tests use a fake one.
struct clock {
	int64_t (*wall_ms)(const struct clock *);
	int64_t (*mono_ms)(const struct clock *);
	int64_t fake_wall, fake_mono; // used by a fake clock; --now shifts: wall = real + fake_wall
};
extern const struct clock clock_real;
void clock_fake(struct clock *c, int64_t wall_ms, int64_t mono_ms);
void clock_fake_add(struct clock *c, int64_t ms); // both move
void clock_shifted(struct clock *c, int64_t wall_ms_now); // real speed, but wall starts at the given instant
static inline int64_t clock_wall(const struct clock *c)
{
	return c->wall_ms(c);
}
static inline int64_t clock_mono(const struct clock *c)
{
	return c->mono_ms(c);
}

// Broken-down local time of a zone.
struct date {
	int year, month, day;      // 1-based
	int hour, minute, second;
	int weekday;               // 0 Sunday .. 6 Saturday
};
// zone is an IANA name ("Asia/Shanghai"); an unknown one counts as UTC.
void clock_local(const char *zone, int64_t utc_ms, struct date *out);
int64_t clock_utc(const char *zone, const struct date *d); // inverse; fields may run over (day 32), as in ICU
bool clock_zone_known(const char *zone);

// "2026-11-22T03:59:10.120Z", "...+08:00", or with a space for T; seconds and fraction optional.
bool clock_parse(struct sv s, int64_t *utc_ms);
// "YYYY-MM-DD" or "YYYY-MM-DD HH:MM" in the zone.
bool clock_parse_local(const char *zone, struct sv s, int64_t *utc_ms);
// Writes RFC 3339 UTC with milliseconds; cap >= 25.
void clock_rfc3339(int64_t utc_ms, char *buf, size_t cap);
// strftime-like on local time with %Y %m %d %H %M %S only.
void clock_format(const char *zone, int64_t utc_ms, const char *fmt, char *buf, size_t cap);
bool date_valid(int year, int month, int day);

#endif
