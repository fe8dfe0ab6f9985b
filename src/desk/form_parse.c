// SPDX-License-Identifier: MIT
// Knows how people write dates, times and money, and how to search a pattern within a time limit.
#include "src/desk/form_parse.h"

#include <unicode/uregex.h>
#include <unicode/ustring.h>

#include "src/base/clock.h"
#include "src/base/i18n.h"

static void skip_blanks(struct sv *s)
{
	*s = sv_trim(*s);
}

static bool take(struct sv *s, const char *word)
{
	if (!sv_starts(*s, word))
		return false;
	*s = sv_n(s->p + strlen(word), s->n - strlen(word));
	return true;
}

static bool take_any(struct sv *s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (take(s, words[i]))
			return true;
	}
	return false;
}

// 1 to 8 digits; *len is how many.
static bool take_number(struct sv *s, int *out, size_t *len)
{
	size_t n = 0;
	int v = 0;

	while (n < s->n && n < 9 && s->p[n] >= '0' && s->p[n] <= '9')
		v = n < 8 ? v * 10 + (s->p[n] - '0') : v, n++;
	if (n < 1 || n > 8)
		return false;
	*s = sv_n(s->p + n, s->n - n);
	*out = v;
	*len = n;
	return true;
}

// The day `days` after today, in the zone.
static struct date day_from_today(const struct form_env *env, int days)
{
	struct date d;

	clock_local(form_zone(env), env->now_ms, &d);
	d.day += days;
	d.hour = 12; // noon exists on every day of every zone
	d.minute = d.second = 0;
	clock_local(form_zone(env), clock_utc(form_zone(env), &d), &d);
	return d;
}

static void write_date(const struct date *d, char out[11])
{
	snprintf(out, 11, "%04u-%02u-%02u", (unsigned)d->year % 10000, (unsigned)d->month % 100, (unsigned)d->day % 100);
}

bool field_bound_date(const char *bound, const struct form_env *env, char out[11])
{
	struct sv s = sv(bound);
	struct date d;
	int64_t ms, days = 0;

	if (take(&s, "today")) {
		if (s.n && !parse_int(s, -36600, 36600, &days))
			return false;
		d = day_from_today(env, (int)days);
	} else {
		if (s.n != 10 || !clock_parse_local("UTC", s, &ms))
			return false;
		clock_local("UTC", ms, &d);
	}
	write_date(&d, out);
	return true;
}

static bool within_bounds(const struct form_field *f, const struct form_env *env, const struct date *d)
{
	char day[11], bound[11];

	write_date(d, day);
	if (f->min && field_bound_date(f->min, env, bound) && strcmp(day, bound) < 0)
		return false;
	return !f->max || !field_bound_date(f->max, env, bound) || strcmp(day, bound) <= 0;
}

// A month and a day: of the years around, the one nearest to today, if possible within the bounds of the field.
static bool guess_year(const struct form_field *f, const struct form_env *env, int month, int day, struct date *out)
{
	struct date today = day_from_today(env, 0);
	int64_t now = clock_utc("UTC", &today), best = -1;
	bool best_fits = false;

	for (int year = today.year - 1; year <= today.year + 1; year++) {
		struct date d = {.year = year, .month = month, .day = day, .hour = 12};
		if (!date_valid(year, month, day))
			continue;
		int64_t away = clock_utc("UTC", &d) - now;
		bool fits = within_bounds(f, env, &d);
		away = away < 0 ? -away : away;
		if (best < 0 || (fits && !best_fits) || (fits == best_fits && away < best)) {
			best = away;
			best_fits = fits;
			*out = d;
		}
	}
	return best >= 0;
}

static bool take_word_day(struct sv *s, const struct form_env *env, struct date *out)
{
	static const struct {
		const char *word;
		int days;
	} words[] = {
		{"大后天", 3}, {"后天", 2}, {"明天", 1}, {"明日", 1}, {"今天", 0}, {"今日", 0}, {"昨天", -1}, {"昨日", -1}, {"前天", -2},
		{"today", 0}, {"tomorrow", 1}, {"yesterday", -1},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (take(s, words[i].word)) {
			*out = day_from_today(env, words[i].days);
			return true;
		}
	}
	return false;
}

// +3d -2d +1w 3天后: the sign is needed, so that a bare number is not a date.
static bool take_offset_day(struct sv *s, const struct form_env *env, struct date *out)
{
	struct sv rest = *s;
	bool minus = take(&rest, "-");
	int n;
	size_t len;

	if (!minus && !take(&rest, "+"))
		return false;
	if (!take_number(&rest, &n, &len) || n > 36600)
		return false;
	if (take(&rest, "w") || take(&rest, "周"))
		n *= 7;
	else if (!take(&rest, "d") && !take(&rest, "天"))
		return false;
	if (n > 36600)
		return false;
	*out = day_from_today(env, minus ? -n : n);
	*s = rest;
	return true;
}

static bool take_numeric_day(struct sv *s, const struct form_field *f, const struct form_env *env, struct date *out)
{
	static const char *const seps[] = {"-", "/", ".", "年", "月"}, *const ends[] = {"日", "号"};
	struct sv rest = *s;
	size_t la, lb, lc;
	int a, b, c;
	bool ok;

	if (!take_number(&rest, &a, &la))
		return false;
	if (la == 8) {
		*out = (struct date){.year = a / 10000, .month = a / 100 % 100, .day = a % 100};
		ok = date_valid(out->year, out->month, out->day);
	} else if (la == 4) {
		ok = take_any(&rest, seps, 4) && take_number(&rest, &b, &lb) && take_any(&rest, seps, 5) &&
		     take_number(&rest, &c, &lc) && lb <= 2 && lc <= 2 && date_valid(a, b, c);
		if (ok)
			*out = (struct date){.year = a, .month = b, .day = c};
	} else {
		ok = la <= 2 && take_any(&rest, seps, 5) && take_number(&rest, &b, &lb) && lb <= 2 && guess_year(f, env, a, b, out);
	}
	if (!ok)
		return false;
	take_any(&rest, ends, 2);
	*s = rest;
	return true;
}

static bool take_day(struct sv *s, const struct form_field *f, const struct form_env *env, struct date *out)
{
	return take_word_day(s, env, out) || take_offset_day(s, env, out) || take_numeric_day(s, f, env, out);
}

bool form_parse_date(const struct form_field *f, const struct form_env *env, struct sv s, char out[11])
{
	struct date d;

	skip_blanks(&s);
	if (!take_day(&s, f, env, &d) || sv_trim(s).n)
		return false;
	write_date(&d, out);
	return true;
}

// 15:30 下午3点半 3点15分 3pm
static bool take_time(struct sv *s, int *hour, int *minute)
{
	static const char *const am[] = {"上午", "早上", "凌晨"}, *const pm[] = {"下午", "晚上"};
	bool late = take_any(s, pm, 2), noon = !late && take(s, "中午");
	size_t lh, lm = 0;

	if (!late && !noon)
		take_any(s, am, 3);
	skip_blanks(s);
	*minute = 0;
	if (!take_number(s, hour, &lh) || lh > 2)
		return false;
	if (take(s, ":")) {
		if (!take_number(s, minute, &lm) || lm != 2)
			return false;
		int sec;
		if (take(s, ":") && (!take_number(s, &sec, &lm) || lm != 2 || sec > 59))
			return false;
	} else if (take(s, "点") || take(s, "时")) {
		if (take(s, "半"))
			*minute = 30;
		else if (take_number(s, minute, &lm))
			take(s, "分");
	} else if (!sv_starts(*s, "am") && !sv_starts(*s, "pm")) {
		return false;
	}
	if (take(s, "pm"))
		late = true;
	else if (take(s, "am") && *hour == 12)
		*hour = 0;
	if (late && *hour < 12)
		*hour += 12;
	else if (noon && *hour < 11)
		*hour += 12;
	return *hour < 24 && *minute < 60;
}

static bool take_offset_time(struct sv *s, int64_t *ms)
{
	static const char *const hours[] = {"hours", "hour", "h", "小时"}, *const mins[] = {"minutes", "min", "m", "分钟", "分"};
	struct sv rest = *s;
	bool minus = take(&rest, "-");
	size_t len;
	int n;

	if (!minus && !take(&rest, "+"))
		return false;
	if (!take_number(&rest, &n, &len) || n > 600000)
		return false;
	if (take_any(&rest, hours, 4))
		*ms = n * 3600000LL;
	else if (take_any(&rest, mins, 5))
		*ms = n * 60000LL;
	else
		return false;
	if (minus)
		*ms = -*ms;
	*s = rest;
	return true;
}

static int64_t to_minute(int64_t ms)
{
	int64_t over = ((ms % 60000) + 60000) % 60000;

	return ms - over;
}

bool form_parse_datetime(const struct form_field *f, const struct form_env *env, struct sv s, int64_t *ms)
{
	int64_t offset, direct;
	struct date d;
	int hour, minute;

	skip_blanks(&s);
	if (clock_parse(s, ms))
		return true;
	// UTC ms as stored: no other form has more than 8 digits in a row.
	if (s.n >= 11 && parse_int(s, 0, 253402300799999, &direct)) {
		*ms = direct;
		return true;
	}
	if (sv_eqz(s, "now") || sv_eqz(s, "现在")) {
		*ms = to_minute(env->now_ms);
		return true;
	}
	struct sv rest = s;
	if (take_offset_time(&rest, &offset) && !sv_trim(rest).n) {
		*ms = to_minute(env->now_ms + offset);
		return true;
	}
	if (!take_day(&s, f, env, &d))
		d = day_from_today(env, 0);
	skip_blanks(&s);
	take(&s, "t");
	if (!take_time(&s, &hour, &minute) || sv_trim(s).n)
		return false;
	d.hour = hour;
	d.minute = minute;
	d.second = 0;
	*ms = clock_utc(form_zone(env), &d);
	return true;
}

static bool ends_with(struct sv *s, const char *word)
{
	size_t n = strlen(word);

	if (s->n < n || memcmp(s->p + s->n - n, word, n) != 0)
		return false;
	*s = sv_trim(sv_n(s->p, s->n - n));
	return true;
}

bool form_parse_money(struct sv s, int64_t *minor)
{
	static const char *const before[] = {"¥", "rmb", "cny", "人民币"}, *const after[] = {"元整", "块钱", "元", "块", "rmb", "cny"};
	int64_t v = 0, scale = 1;
	size_t digits = 0;
	bool point = false;

	s = sv_trim(s);
	bool minus = take(&s, "-");
	take_any(&s, before, 4);
	s = sv_trim(s);
	minus |= take(&s, "-");
	for (size_t i = 0; i < 6; i++) {
		if (ends_with(&s, after[i]))
			break;
	}
	int64_t times = ends_with(&s, "万") || ends_with(&s, "w") ? 10000 : ends_with(&s, "千") || ends_with(&s, "k") ? 1000 : 1;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ',' && digits && !point && i + 3 < s.n)
			continue;
		if (s.p[i] == '.' && digits && !point) {
			point = true;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9' || digits >= 12 || (point && scale >= 1000000))
			return false;
		v = v * 10 + (s.p[i] - '0');
		scale *= point ? 10 : 1;
		digits++;
	}
	if (!digits || (point && scale == 1))
		return false;
	// v / scale yuan; as minor units it must come out whole.
	int64_t all;
	if (__builtin_mul_overflow(v, times * 100, &all) || all % scale)
		return false;
	*minor = minus ? -(all / scale) : all / scale;
	return true;
}

bool form_regex(const char *pattern, const char *value, bool *found, struct err *e)
{
	UErrorCode ec = U_ZERO_ERROR;
	UParseError where;
	size_t np = strlen(pattern), nv = value ? strlen(value) : 0;
	UChar *p = xreallocarray(NULL, np + 1, sizeof(*p)), *v = xreallocarray(NULL, nv + 1, sizeof(*v));
	int32_t lp = 0, lv = 0;

	*found = false;
	u_strFromUTF8(p, (int32_t)np + 1, &lp, pattern, (int32_t)np, &ec);
	u_strFromUTF8(v, (int32_t)nv + 1, &lv, value ? value : "", (int32_t)nv, &ec);
	URegularExpression *re = U_SUCCESS(ec) ? uregex_open(p, lp, 0, &where, &ec) : NULL;
	bool ok = U_SUCCESS(ec);
	if (!ok) {
		err_set(e, ERR_PARSE, _("the pattern '%s' cannot be read"), pattern);
	} else if (value) {
		// 1,000 steps of the engine are a few milliseconds; an honest pattern on one field needs far fewer.
		uregex_setTimeLimit(re, 1000, &ec);
		uregex_setStackLimit(re, 1 << 20, &ec);
		uregex_setText(re, v, lv, &ec);
		*found = uregex_find(re, 0, &ec);
		ok = U_SUCCESS(ec);
		if (!ok)
			err_set(e, ERR_LIMIT, _("the pattern '%s' takes too long to compare; make it simpler"), pattern);
	}
	uregex_close(re);
	free(p);
	free(v);
	return ok;
}
