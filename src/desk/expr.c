// SPDX-License-Identifier: MIT
// Knows what an expression is worth: its values, operators and functions.
#include "src/desk/expr.h"

#include <math.h>

#include "src/base/clock.h"
#include "src/base/utf8.h"
#include "src/desk/expr_tree.h"

bool expr_truth(struct expr_value v)
{
	switch (v.type) {
	case EXPR_NULL: return false;
	case EXPR_BOOL: return v.b;
	case EXPR_NUMBER: return v.n != 0;
	case EXPR_TEXT:
	case EXPR_LIST: return v.s.n > 0;
	}
	return false;
}

// The whole text as a decimal number. Own reader: strtod follows the locale and takes "inf" and hex.
static bool text_number(struct sv s, double *out)
{
	double n = 0, scale = 1;
	size_t i = 0, digits = 0;
	bool neg = s.n && s.p[0] == '-';

	for (i = neg; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++, digits++)
		n = n * 10 + (s.p[i] - '0');
	if (i < s.n && s.p[i] == '.') {
		for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++, digits++) {
			n = n * 10 + (s.p[i] - '0');
			scale *= 10;
		}
	}
	if (i < s.n || !digits || digits > 30)
		return false;
	*out = (neg ? -n : n) / scale;
	return true;
}

static bool as_number(struct expr_value v, double *out)
{
	if (v.type == EXPR_NUMBER) {
		*out = v.n;
		return true;
	}
	return v.type == EXPR_TEXT && text_number(v.s, out);
}

bool expr_equal(struct expr_value a, struct expr_value b)
{
	double x, y;

	if (a.type == EXPR_NULL || b.type == EXPR_NULL)
		return a.type == b.type;
	if (a.type == EXPR_BOOL || b.type == EXPR_BOOL)
		return a.type == b.type && a.b == b.b;
	if (a.type == EXPR_NUMBER || b.type == EXPR_NUMBER)
		return as_number(a, &x) && as_number(b, &y) && x == y;
	return sv_eq(a.s, b.s);
}

void expr_format(struct expr_value v, struct str *out)
{
	switch (v.type) {
	case EXPR_NULL: break;
	case EXPR_BOOL: str_add(out, v.b ? "true" : "false"); break;
	case EXPR_NUMBER:
		if (v.n == floor(v.n) && fabs(v.n) < 1e15) {
			str_addf(out, "%lld", (long long)v.n);
		} else {
			// LC_NUMERIC is never set, so the point is a point.
			str_addf(out, "%.10g", v.n);
		}
		break;
	case EXPR_TEXT:
	case EXPR_LIST: str_addn(out, v.s.p, v.s.n); break;
	}
}

static struct expr_value number(double n)
{
	return isfinite(n) ? expr_number(n) : expr_null();
}

static bool list_has(struct sv list, struct sv item)
{
	struct sv part;

	if (!list.n)
		return false;
	while (sv_split(&list, ',', &part)) {
		if (sv_eq(part, item))
			return true;
	}
	return false;
}

static struct expr_value has(struct expr_value list, struct expr_value item)
{
	struct str s = {0};

	if (list.type != EXPR_LIST && list.type != EXPR_TEXT)
		return expr_bool(false);
	if (item.type == EXPR_NULL)
		return expr_bool(false);
	expr_format(item, &s);
	bool found = item.type == EXPR_TEXT ? list_has(list.s, item.s) : list_has(list.s, sv(str_z(&s)));
	str_release(&s);
	return expr_bool(found);
}

// -1, 0, 1; false when the two have no order.
static bool order(struct expr_value a, struct expr_value b, int *out)
{
	double x, y;

	if ((a.type == EXPR_NUMBER || b.type == EXPR_NUMBER) && as_number(a, &x) && as_number(b, &y)) {
		*out = (x > y) - (x < y);
		return true;
	}
	if (a.type != EXPR_TEXT || b.type != EXPR_TEXT)
		return false;
	size_t n = a.s.n < b.s.n ? a.s.n : b.s.n;
	int c = n ? memcmp(a.s.p, b.s.p, n) : 0;
	*out = c ? (c > 0) - (c < 0) : (a.s.n > b.s.n) - (a.s.n < b.s.n);
	return true;
}

static struct expr_value least(struct expr_value a, struct expr_value b, int sign)
{
	int c;

	if (!order(a, b, &c))
		return expr_null();
	return c * sign >= 0 ? a : b;
}

static struct expr_value arithmetic(enum expr_op op, struct expr_value a, struct expr_value b)
{
	double x, y;

	if (!as_number(a, &x) || !as_number(b, &y))
		return expr_null();
	if (op == EXPR_ADD)
		return number(x + y);
	if (op == EXPR_SUB)
		return number(x - y);
	if (op == EXPR_MUL)
		return number(x * y);
	return y == 0 ? expr_null() : number(x / y);
}

static const char *zone_of(const struct expr_env *env)
{
	return env->zone ? env->zone : "UTC";
}

static bool instant(struct expr_value v, double *ms)
{
	int64_t t;

	if (v.type == EXPR_TEXT && clock_parse(v.s, &t)) {
		*ms = (double)t;
		return true;
	}
	// ICU's calendar is sound within a few thousand years only.
	return as_number(v, ms) && fabs(*ms) < 1e14;
}

// The calendar day as a count of days, so that a difference knows no hours.
static double day_number(const char *zone, int64_t ms)
{
	struct date d;

	clock_local(zone, ms, &d);
	d.hour = d.minute = d.second = 0;
	return floor((double)clock_utc("UTC", &d) / 86400000.0);
}

static struct expr_value hours_since(struct expr_value v, const struct expr_env *env)
{
	double ms;

	return instant(v, &ms) ? number(((double)env->now_ms - ms) / 3600000.0) : expr_null();
}

static struct expr_value days_since(struct expr_value v, const struct expr_env *env)
{
	double ms, day;
	int64_t t;

	if (v.type == EXPR_TEXT && v.s.n == 10 && clock_parse_local("UTC", v.s, &t))
		day = floor((double)t / 86400000.0);
	else if (instant(v, &ms))
		day = day_number(zone_of(env), (int64_t)ms);
	else
		return expr_null();
	return number(day_number(zone_of(env), env->now_ms) - day);
}

static struct expr_value length(struct expr_value v)
{
	double n = 0;
	struct sv rest = v.s, part;

	if (v.type == EXPR_TEXT)
		return expr_number((double)utf8_count(v.s));
	if (v.type == EXPR_LIST && rest.n) {
		while (sv_split(&rest, ',', &part))
			n++;
	}
	return expr_number(n);
}

static struct expr_value eval_in(const struct expr *x, struct expr_value v, const struct expr_env *env)
{
	if (!x->listed)
		return has(expr_eval(x->arg[1], env), v);
	for (size_t i = 0; i < x->n_items; i++) {
		if (expr_equal(v, expr_eval(x->items[i], env)))
			return expr_bool(true);
	}
	return expr_bool(false);
}

static struct expr_value eval_name(const struct expr *x, const struct expr_env *env)
{
	struct expr_value v = expr_null();

	if (!env->lookup || !env->lookup(env->ctx, x->name, &v))
		return expr_null();
	return v;
}

static struct expr_value compare(enum expr_op op, struct expr_value a, struct expr_value b)
{
	int c;

	if (!order(a, b, &c))
		return expr_bool(false);
	return expr_bool(op == EXPR_LT ? c < 0 : op == EXPR_LE ? c <= 0 : op == EXPR_GT ? c > 0 : c >= 0);
}

static struct expr_value eval_strict(enum expr_op op, struct expr_value a, struct expr_value b, const struct expr_env *env)
{
	switch (op) {
	case EXPR_EQ: return expr_bool(expr_equal(a, b));
	case EXPR_NE: return expr_bool(!expr_equal(a, b));
	case EXPR_LT:
	case EXPR_LE:
	case EXPR_GT:
	case EXPR_GE: return compare(op, a, b);
	case EXPR_ADD:
	case EXPR_SUB:
	case EXPR_MUL:
	case EXPR_DIV: return arithmetic(op, a, b);
	case EXPR_NEG: return arithmetic(EXPR_SUB, expr_number(0), a);
	case EXPR_LEN: return length(a);
	case EXPR_HAS: return has(a, b);
	case EXPR_HOURS_SINCE: return hours_since(a, env);
	case EXPR_DAYS_SINCE: return days_since(a, env);
	case EXPR_MIN: return least(a, b, -1);
	case EXPR_MAX: return least(a, b, 1);
	case EXPR_LITERAL:
	case EXPR_NAME:
	case EXPR_OR:
	case EXPR_AND:
	case EXPR_NOT:
	case EXPR_IF:
	case EXPR_IN: break;
	}
	BUG("expression operator %d", (int)op);
}

// Recursion is bounded by EXPR_MAX_DEPTH, which the parser guarantees.
struct expr_value expr_eval(const struct expr *x, const struct expr_env *env)
{
	if (!x)
		return expr_null();
	if (x->op == EXPR_LITERAL)
		return x->value;
	if (x->op == EXPR_NAME)
		return eval_name(x, env);
	if (x->op == EXPR_OR)
		return expr_bool(expr_true(x->arg[0], env) || expr_true(x->arg[1], env));
	if (x->op == EXPR_AND)
		return expr_bool(expr_true(x->arg[0], env) && expr_true(x->arg[1], env));
	if (x->op == EXPR_NOT)
		return expr_bool(!expr_true(x->arg[0], env));
	if (x->op == EXPR_IF)
		return expr_eval(expr_true(x->arg[0], env) ? x->arg[1] : x->arg[2], env);
	if (x->op == EXPR_IN)
		return eval_in(x, expr_eval(x->arg[0], env), env);
	return eval_strict(x->op, expr_eval(x->arg[0], env), expr_eval(x->arg[1], env), env);
}

bool expr_true(const struct expr *x, const struct expr_env *env)
{
	return expr_truth(expr_eval(x, env));
}

void expr_names(const struct expr *x, void (*fn)(void *ctx, struct sv name), void *ctx)
{
	if (!x)
		return;
	if (x->op == EXPR_NAME)
		fn(ctx, x->name);
	for (int i = 0; i < 3; i++)
		expr_names(x->arg[i], fn, ctx);
	for (size_t i = 0; i < x->n_items; i++)
		expr_names(x->items[i], fn, ctx);
}

static void compared(const struct expr *a, const struct expr *b, void (*fn)(void *ctx, struct sv name, struct sv text), void *ctx)
{
	if (a && b && a->op == EXPR_NAME && b->op == EXPR_LITERAL && b->value.type == EXPR_TEXT)
		fn(ctx, a->name, b->value.s);
}

void expr_compared(const struct expr *x, void (*fn)(void *ctx, struct sv name, struct sv text), void *ctx)
{
	if (!x)
		return;
	if (x->op == EXPR_EQ || x->op == EXPR_NE) {
		compared(x->arg[0], x->arg[1], fn, ctx);
		compared(x->arg[1], x->arg[0], fn, ctx);
	}
	if (x->op == EXPR_HAS)
		compared(x->arg[0], x->arg[1], fn, ctx);
	if (x->op == EXPR_IN && !x->listed)
		compared(x->arg[1], x->arg[0], fn, ctx);
	for (int i = 0; i < 3; i++)
		expr_compared(x->arg[i], fn, ctx);
	for (size_t i = 0; i < x->n_items; i++) {
		compared(x->arg[0], x->items[i], fn, ctx);
		expr_compared(x->items[i], fn, ctx);
	}
}

bool expr_name_is_common(struct sv name)
{
	static const char *const names[] = {
		"verification",   "customer.tier",     "customer.known",       "customer.do_not_call", "customer.minor", "emotion",
		"issue_solved",   "plan_confirmed",    "consent.marketing",    "intent",               "channel",        "org_pack",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (sv_eqz(name, names[i]))
			return true;
	}
	return false;
}
