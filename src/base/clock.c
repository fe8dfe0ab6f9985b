// SPDX-License-Identifier: MIT
// Knows time: the injected clock, RFC 3339, and calendar days in a zone.
#include "src/base/clock.h"

#include <pthread.h>
#include <time.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "src/base/err.h"

static int64_t now_of(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t real_wall(const struct clock *c)
{
	return now_of(CLOCK_REALTIME) + c->fake_wall;
}

static int64_t real_mono(const struct clock *c)
{
	(void)c;
	return now_of(CLOCK_BOOTTIME);
}

static int64_t fake_wall(const struct clock *c)
{
	return c->fake_wall;
}

static int64_t fake_mono(const struct clock *c)
{
	return c->fake_mono;
}

const struct clock clock_real = {.wall_ms = real_wall, .mono_ms = real_mono};

void clock_fake(struct clock *c, int64_t wall_ms, int64_t mono_ms)
{
	*c = (struct clock){.wall_ms = fake_wall, .mono_ms = fake_mono, .fake_wall = wall_ms, .fake_mono = mono_ms};
}

void clock_fake_add(struct clock *c, int64_t ms)
{
	c->fake_wall += ms;
	c->fake_mono += ms;
}

void clock_shifted(struct clock *c, int64_t wall_ms_now)
{
	*c = clock_real;
	c->fake_wall = wall_ms_now - now_of(CLOCK_REALTIME);
}

// The one zone of the site is asked for again and again; opening a calendar costs 0.2 ms, so keep the last one.
static _Thread_local struct {
	char zone[64];
	UCalendar *cal;
} kept;
// Closes what a thread kept when it ends (the store's does, workers do).
static pthread_key_t kept_key;
static pthread_once_t kept_once = PTHREAD_ONCE_INIT;

static void close_kept(void *cal)
{
	ucal_close(cal);
}

static void make_kept_key(void)
{
	if (pthread_key_create(&kept_key, close_kept) != 0)
		BUG("no thread key for the calendar");
}

static UCalendar *calendar(const char *zone)
{
	if (kept.cal && strcmp(kept.zone, zone) == 0)
		return kept.cal;
	UErrorCode ec = U_ZERO_ERROR;
	UChar z[64];
	u_uastrncpy(z, zone, 63);
	z[63] = 0;
	UCalendar *cal = ucal_open(z, -1, "en_US", UCAL_GREGORIAN, &ec);
	if (U_FAILURE(ec))
		BUG("ICU calendar: %s", u_errorName(ec));
	ucal_setGregorianChange(cal, -8.64e15, &ec);
	if (kept.cal)
		ucal_close(kept.cal);
	kept.cal = cal;
	pthread_once(&kept_once, make_kept_key);
	pthread_setspecific(kept_key, cal);
	snprintf(kept.zone, sizeof(kept.zone), "%s", zone);
	return cal;
}

void clock_local(const char *zone, int64_t utc_ms, struct date *out)
{
	UErrorCode ec = U_ZERO_ERROR;
	UCalendar *cal = calendar(zone);

	ucal_setMillis(cal, (UDate)utc_ms, &ec);
	*out = (struct date){
		.year = ucal_get(cal, UCAL_EXTENDED_YEAR, &ec),
		.month = ucal_get(cal, UCAL_MONTH, &ec) + 1,
		.day = ucal_get(cal, UCAL_DATE, &ec),
		.hour = ucal_get(cal, UCAL_HOUR_OF_DAY, &ec),
		.minute = ucal_get(cal, UCAL_MINUTE, &ec),
		.second = ucal_get(cal, UCAL_SECOND, &ec),
		.weekday = ucal_get(cal, UCAL_DAY_OF_WEEK, &ec) - UCAL_SUNDAY,
	};
}

int64_t clock_utc(const char *zone, const struct date *d)
{
	UErrorCode ec = U_ZERO_ERROR;
	UCalendar *cal = calendar(zone);

	ucal_clear(cal);
	ucal_setDateTime(cal, d->year, d->month - 1, d->day, d->hour, d->minute, d->second, &ec);
	return (int64_t)ucal_getMillis(cal, &ec);
}

bool clock_zone_known(const char *zone)
{
	UErrorCode ec = U_ZERO_ERROR;
	UChar z[64], out[64];
	UBool system = false;

	u_uastrncpy(z, zone, 63);
	z[63] = 0;
	ucal_getCanonicalTimeZoneID(z, -1, out, 64, &system, &ec);
	return U_SUCCESS(ec) && system;
}

bool date_valid(int year, int month, int day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return day <= days[month - 1] + (month == 2 && leap);
}

// Takes n digits; false when they are not there.
static bool digits(struct sv *s, int n, int *out)
{
	int v = 0;

	if (s->n < (size_t)n)
		return false;
	for (int i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	*s = sv_n(s->p + n, s->n - (size_t)n);
	*out = v;
	return true;
}

static bool take(struct sv *s, char c)
{
	if (!s->n || *s->p != c)
		return false;
	*s = sv_n(s->p + 1, s->n - 1);
	return true;
}

static bool parse_day(struct sv *s, struct date *d)
{
	return digits(s, 4, &d->year) && take(s, '-') && digits(s, 2, &d->month) && take(s, '-') && digits(s, 2, &d->day) &&
	       date_valid(d->year, d->month, d->day);
}

static bool parse_time(struct sv *s, struct date *d, int *ms)
{
	*ms = 0;
	if (!digits(s, 2, &d->hour) || !take(s, ':') || !digits(s, 2, &d->minute))
		return false;
	if (take(s, ':')) {
		if (!digits(s, 2, &d->second))
			return false;
		if (take(s, '.')) {
			int scale = 100, v;
			if (!s->n || *s->p < '0' || *s->p > '9')
				return false;
			while (digits(s, 1, &v)) {
				*ms += v * scale;
				scale /= 10;
			}
		}
	}
	return d->hour < 24 && d->minute < 60 && d->second < 60;
}

bool clock_parse(struct sv s, int64_t *utc_ms)
{
	struct date d = {0};
	int ms = 0, oh, om;
	int64_t off = 0;

	if (!parse_day(&s, &d))
		return false;
	if (!take(&s, 'T') && !take(&s, 't') && !take(&s, ' '))
		return false;
	if (!parse_time(&s, &d, &ms))
		return false;
	bool minus = s.n && *s.p == '-';
	if (take(&s, 'Z') || take(&s, 'z')) {
		off = 0;
	} else if (take(&s, '+') || take(&s, '-')) {
		if (!digits(&s, 2, &oh) || !take(&s, ':') || !digits(&s, 2, &om) || oh > 23 || om > 59)
			return false;
		off = (oh * 60 + om) * (minus ? -60000LL : 60000LL);
	} else {
		return false;
	}
	if (s.n)
		return false;
	*utc_ms = clock_utc("UTC", &d) + ms - off;
	return true;
}

bool clock_parse_local(const char *zone, struct sv s, int64_t *utc_ms)
{
	struct date d = {0};
	int ms = 0;

	if (!parse_day(&s, &d))
		return false;
	if (s.n && ((!take(&s, ' ') && !take(&s, 'T')) || !parse_time(&s, &d, &ms) || s.n))
		return false;
	*utc_ms = clock_utc(zone, &d) + ms;
	return true;
}

void clock_rfc3339(int64_t utc_ms, char *buf, size_t cap)
{
	struct date d;

	clock_local("UTC", utc_ms, &d);
	snprintf(buf, cap, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", d.year, d.month, d.day, d.hour, d.minute, d.second,
		 (int)(((utc_ms % 1000) + 1000) % 1000));
}

void clock_format(const char *zone, int64_t utc_ms, const char *fmt, char *buf, size_t cap)
{
	struct str b = STR_MAX(cap ? cap - 1 : 0);
	struct date d;

	clock_local(zone, utc_ms, &d);
	for (; *fmt; fmt++) {
		if (*fmt != '%' || !fmt[1]) {
			str_addc(&b, *fmt);
			continue;
		}
		switch (*++fmt) {
		case 'Y': str_addf(&b, "%04d", d.year); break;
		case 'm': str_addf(&b, "%02d", d.month); break;
		case 'd': str_addf(&b, "%02d", d.day); break;
		case 'H': str_addf(&b, "%02d", d.hour); break;
		case 'M': str_addf(&b, "%02d", d.minute); break;
		case 'S': str_addf(&b, "%02d", d.second); break;
		default: str_addc(&b, *fmt); break;
		}
	}
	snprintf(buf, cap, "%s", str_z(&b));
	str_release(&b);
}
