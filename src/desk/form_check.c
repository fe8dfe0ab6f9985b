// SPDX-License-Identifier: MIT
// Knows when a value of a field is right, and how to say what is wrong with it.
#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/check.h"
#include "src/desk/form_parse.h"

// Where a field says nothing: a line, a page, and what an address needs.
enum { TEXT_MOST = 500, MEMO_MOST = 5000, ADDRESS_MOST = 200, NUMBER_LEAST = 4, NUMBER_MOST = 40 };

static int most_characters(const struct form_field *f)
{
	if (f->max_len)
		return f->max_len;
	if (f->type == FIELD_MEMO)
		return MEMO_MOST;
	if (f->type == FIELD_ADDRESS)
		return ADDRESS_MOST;
	return f->type == FIELD_ORDER_NO || f->type == FIELD_TRACKING_NO ? NUMBER_MOST : TEXT_MOST;
}

static bool check_length(const struct form_field *f, const char *value, struct err *e)
{
	const char *label = label_text(f->label);
	int n = (int)utf8_count(sv(value)), most = most_characters(f);

	// Codes of a list have no length of their own.
	if (f->type == FIELD_MULTI || f->type == FIELD_ENUM || f->type == FIELD_BOOL || f->type == FIELD_DATETIME)
		return true;
	if (f->type == FIELD_CARD_TAIL && n != 4)
		return err_set(e, ERR_PARSE, _("%s: exactly the last 4 digits"), label);
	if (f->len && n != f->len)
		return err_set(e, ERR_PARSE, _("%s: must have %d characters, has %d"), label, f->len, n);
	if (n > most)
		return err_set(e, ERR_LIMIT, _("%s: too long by %d characters; at most %d"), label, n - most, most);
	if ((f->type == FIELD_ORDER_NO || f->type == FIELD_TRACKING_NO) && !f->len && n < NUMBER_LEAST)
		return err_set(e, ERR_PARSE, _("%s: too short; at least %d characters"), label, NUMBER_LEAST);
	return true;
}

static void shown(const struct form_field *f, const struct form_env *env, const char *value, struct str *out)
{
	str_clear(out);
	if (f->type == FIELD_MONEY)
		field_display(f, env, value, out);
	else
		str_add(out, value);
}

static bool check_number(const struct form_field *f, const struct form_env *env, const char *value, struct err *e)
{
	int64_t v, bound;
	struct str text = {0};
	bool ok = true;

	if (!parse_int(sv(value), INT64_MIN, INT64_MAX, &v))
		return err_set(e, ERR_PARSE, _("%s: write a number"), label_text(f->label));
	if (f->min && parse_int(sv(f->min), INT64_MIN, INT64_MAX, &bound) && v < bound) {
		shown(f, env, f->min, &text);
		ok = err_set(e, ERR_LIMIT, _("%s: at least %s"), label_text(f->label), str_z(&text));
	} else if (f->max && parse_int(sv(f->max), INT64_MIN, INT64_MAX, &bound) && v > bound) {
		shown(f, env, f->max, &text);
		ok = err_set(e, ERR_LIMIT, _("%s: at most %s"), label_text(f->label), str_z(&text));
	}
	str_release(&text);
	return ok;
}

static bool check_day(const struct form_field *f, const struct form_env *env, const char *day, struct err *e)
{
	char bound[11];

	if (f->min && field_bound_date(f->min, env, bound) && strcmp(day, bound) < 0)
		return err_set(e, ERR_LIMIT, _("%s: not before %s"), label_text(f->label), bound);
	if (f->max && field_bound_date(f->max, env, bound) && strcmp(day, bound) > 0)
		return err_set(e, ERR_LIMIT, _("%s: not after %s"), label_text(f->label), bound);
	return true;
}

static bool check_datetime(const struct form_field *f, const struct form_env *env, const char *value, struct err *e)
{
	char day[16];
	int64_t ms;

	if (!parse_int(sv(value), -99999999999999, 253402300799999, &ms))
		return err_set(e, ERR_PARSE, _("%s: write a date and a time"), label_text(f->label));
	clock_format(form_zone(env), ms, "%Y-%m-%d", day, sizeof(day));
	return check_day(f, env, day, e);
}

static bool check_code(const struct form_field *f, const struct form_env *env, const char *value, struct err *e)
{
	if (env->code_known && !env->code_known(env->ctx, f->type, sv(value)))
		return err_set(e, ERR_NOT_FOUND, _("%s: there is no such entry; choose from the list"), label_text(f->label));
	return true;
}

// Reading the value again must give the same value: catches what came in by another way than the keyboard.
static bool check_again(const struct form_field *f, const struct form_env *env, const char *value, struct err *e)
{
	struct str again = {0};
	bool ok = field_canonical(f, env, sv(value), &again, e);

	if (ok && strcmp(str_z(&again), value) != 0)
		ok = err_set(e, ERR_PARSE, _("%s: the value is not in its stored form; type it again"), label_text(f->label));
	str_release(&again);
	return ok;
}

static bool check_type(const struct form_field *f, const struct form_env *env, const char *value, struct err *e)
{
	switch (f->type) {
	case FIELD_INT:
	case FIELD_MONEY: return check_number(f, env, value, e);
	case FIELD_DATE: return check_day(f, env, value, e);
	case FIELD_DATETIME: return check_datetime(f, env, value, e);
	case FIELD_BOOL:
		if (f->must_be && !str_eq(value, "true"))
			return err_set(e, ERR_DENIED, _("%s: this must be yes before the form is complete"), label_text(f->label));
		return true;
	case FIELD_CATEGORY:
	case FIELD_DISPOSITION:
	case FIELD_ARTICLE_REF: return check_code(f, env, value, e);
	case FIELD_TEXT:
	case FIELD_MEMO:
	case FIELD_DIGITS:
	case FIELD_ENUM:
	case FIELD_MULTI:
	case FIELD_PHONE:
	case FIELD_IDNO:
	case FIELD_CARD_TAIL:
	case FIELD_EMAIL:
	case FIELD_PLATE:
	case FIELD_FLIGHT:
	case FIELD_ORDER_NO:
	case FIELD_TRACKING_NO:
	case FIELD_ADDRESS:
	case FIELD_COMPUTED: return true;
	}
	return true;
}

bool field_validate(const struct form_field *f, const struct form_env *env, const char *value, struct err *e)
{
	bool found;

	if (f->type == FIELD_COMPUTED || str_empty(value))
		return true;
	if (!check_length(f, value, e) || !check_again(f, env, value, e) || !check_type(f, env, value, e))
		return false;
	if (!f->regex)
		return true;
	if (!form_regex(f->regex, value, &found, e))
		return err_prefix(e, "%s: ", label_text(f->label));
	const char *help = label_text(f->help);
	if (!found && !str_empty(help))
		return err_set(e, ERR_PARSE, _("%s: does not have the form expected: %s"), label_text(f->label), help);
	if (!found)
		return err_set(e, ERR_PARSE, _("%s: does not have the form expected; check it with the caller"), label_text(f->label));
	return true;
}
