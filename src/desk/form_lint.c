// SPDX-License-Identifier: MIT
// Knows when a form itself is wrong: codes, options, bounds, patterns, expressions, defaults.
#include "src/base/i18n.h"
#include "src/desk/form_parse.h"

struct work {
	const struct form *form;
	const struct form_lint_env *env;
	const struct form_field *f; // being looked at
	bool failed;
};

#define FAIL(w, at, ...)                                                                       \
	do {                                                                                   \
		(w)->failed = true;                                                            \
		lint_report(&(w)->env->lint, (at)->line, (at)->col, LINT_ERROR, __VA_ARGS__);  \
	} while (0)

static bool code_valid(const char *s, size_t most, const char *more)
{
	size_t n = s ? strlen(s) : 0;

	return n >= 1 && n <= most && strspn(s, more) == n;
}
#define FIELD_CHARS "abcdefghijklmnopqrstuvwxyz0123456789_"
#define OPTION_CHARS FIELD_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-"

static bool one_of(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(s, list[i]))
			return true;
	}
	return false;
}

static void check_options(struct work *w)
{
	const struct form_field *f = w->f;
	bool listed = f->type == FIELD_ENUM || f->type == FIELD_MULTI;

	if (listed && !f->n_options)
		FAIL(w, f, _("field %s: needs options"), f->code);
	if (f->n_options && !listed && f->type != FIELD_COMPUTED)
		FAIL(w, f, _("field %s: only enum, multi and computed have options"), f->code);
	for (size_t i = 0; i < f->n_options; i++) {
		const struct field_option *o = &f->options[i];
		if (!code_valid(o->code, 64, OPTION_CHARS))
			FAIL(w, o, _("field %s: the code '%s' has other characters than letters, digits, _ . -"), f->code, o->code);
		if (str_empty(o->label.zh) || str_empty(o->label.en))
			FAIL(w, o, _("field %s: the option %s needs a text in zh and en"), f->code, o->code);
		for (size_t k = 0; k < i; k++) {
			if (str_eq(f->options[k].code, o->code))
				FAIL(w, o, _("field %s: the option %s is there twice"), f->code, o->code);
		}
	}
}

static void check_bounds(struct work *w)
{
	const struct form_field *f = w->f;
	const struct form_env env = {.now_ms = 1767225600000}; // any day serves to compare the two
	int64_t lo = INT64_MIN, hi = INT64_MAX;
	char from[11] = "0000-00-00", to[11] = "9999-12-31";
	bool ok = true;

	if (f->type == FIELD_INT || f->type == FIELD_MONEY) {
		ok = (!f->min || parse_int(sv(f->min), INT64_MIN, INT64_MAX, &lo)) &&
		     (!f->max || parse_int(sv(f->max), INT64_MIN, INT64_MAX, &hi));
	} else if (f->type == FIELD_DATE || f->type == FIELD_DATETIME) {
		ok = (!f->min || field_bound_date(f->min, &env, from)) && (!f->max || field_bound_date(f->max, &env, to));
	} else if (f->min || f->max) {
		FAIL(w, f, _("field %s: min and max belong to int, money, date and datetime"), f->code);
		return;
	}
	if (!ok)
		FAIL(w, f, _("field %s: write min and max as a whole number, or for dates as today-30 or 2026-01-01"), f->code);
	else if (lo > hi || strcmp(from, to) > 0)
		FAIL(w, f, _("field %s: min is greater than max"), f->code);
	if (f->len < 0 || f->max_len < 0 || (f->len && f->max_len && f->len > f->max_len))
		FAIL(w, f, _("field %s: len and max_len contradict each other"), f->code);
}

static void check_name(void *ctx, struct sv name)
{
	struct work *w = ctx;
	bool base = sv_starts(name, "base.") && name.n > 5;
	bool known = form_find(w->form, name) != FORM_NO_FIELD || expr_name_is_common(name);

	if (base)
		known = !w->env->known_name || w->env->known_name(w->env->ctx, name);
	if (!known)
		FAIL(w, w->f, _("field %s: there is no name '%.*s'; in a form write its own codes or base.CODE"), w->f->code, (int)name.n,
		     name.p);
}

static void check_compared(void *ctx, struct sv name, struct sv text)
{
	struct work *w = ctx;
	size_t i = form_find(w->form, name);

	if (i == FORM_NO_FIELD || (w->form->fields[i].type != FIELD_ENUM && w->form->fields[i].type != FIELD_MULTI))
		return;
	const struct form_field *of = &w->form->fields[i];
	for (size_t k = 0; k < of->n_options; k++) {
		if (sv_eqz(text, of->options[k].code))
			return;
	}
	FAIL(w, w->f, _("field %s: compares %s with '%.*s', which is none of its options"), w->f->code, of->code, (int)text.n, text.p);
}

static void check_expr(struct work *w, const char *text, const struct expr *x, const char *what)
{
	if (text && !x)
		FAIL(w, w->f, _("field %s: the expression of %s cannot be read"), w->f->code, what);
	expr_names(x, check_name, w);
	expr_compared(x, check_compared, w);
}

static void check_pattern(struct work *w)
{
	struct err e = {0};
	bool found;

	// Tried on a text that makes careless patterns run long.
	if (w->f->regex && !form_regex(w->f->regex, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", &found, &e))
		FAIL(w, w->f, _("field %s: %s"), w->f->code, e.msg);
}

static void check_default(struct work *w)
{
	const struct form_env env = {.now_ms = 1767225600000};
	struct str value = {0};
	struct err e = {0};

	if (!w->f->dflt)
		return;
	if (w->f->type == FIELD_COMPUTED)
		FAIL(w, w->f, _("field %s: a computed field has no default"), w->f->code);
	else if (!field_canonical(w->f, &env, sv(w->f->dflt), &value, &e))
		FAIL(w, w->f, _("field %s: the default does not fit: %s"), w->f->code, e.msg);
	str_release(&value);
}

static void check_attributes(struct work *w)
{
	static const char *const masks[] = {"name", "phone", "idno", "card", "email", "address", "plate", "order"};
	static const char *const fills[] = {"customer.name",    "customer.phone", "customer.email", "customer.address",
					    "customer.id_tail", "caller.number",  "now",            "script"};
	const struct form_field *f = w->f;

	if (f->must_be && f->type != FIELD_BOOL)
		FAIL(w, f, _("field %s: must_be belongs to bool only"), f->code);
	if (f->mask && !one_of(f->mask, masks, sizeof(masks) / sizeof(*masks)))
		FAIL(w, f, _("field %s: there is no mask '%s'"), f->code, f->mask);
	if (f->autofill && !one_of(f->autofill, fills, sizeof(fills) / sizeof(*fills)))
		FAIL(w, f, _("field %s: there is no autofill '%s'"), f->code, f->autofill);
	if (f->type == FIELD_COMPUTED && !f->compute)
		FAIL(w, f, _("field %s: a computed field needs 'compute'"), f->code);
	if (f->type != FIELD_COMPUTED && f->compute)
		FAIL(w, f, _("field %s: only a computed field has 'compute'"), f->code);
	if (f->type == FIELD_COMPUTED && (f->required || f->required_if))
		FAIL(w, f, _("field %s: a computed field cannot be required"), f->code);
}

// Names a computed field uses, to find circles.
struct uses {
	const struct form *form;
	bool *of;
};

static void note_use(void *ctx, struct sv name)
{
	struct uses *u = ctx;
	size_t i = form_find(u->form, name);

	if (i != FORM_NO_FIELD)
		u->of[i] = true;
}

// Which fields does field i hang on, in the end? Grows the set until nothing is added.
static bool hangs_on_itself(const struct form *form, size_t i)
{
	bool *of = xcalloc(form->n_fields, sizeof(*of)), *done = xcalloc(form->n_fields, sizeof(*done)), more = true;
	struct uses u = {form, of};

	expr_names(form->fields[i].compute_expr, note_use, &u);
	expr_names(form->fields[i].show_expr, note_use, &u);
	while (more && !of[i]) {
		more = false;
		for (size_t k = 0; k < form->n_fields; k++) {
			if (!of[k] || done[k])
				continue;
			done[k] = more = true;
			expr_names(form->fields[k].compute_expr, note_use, &u);
			expr_names(form->fields[k].show_expr, note_use, &u);
		}
	}
	bool circle = of[i];
	free(of);
	free(done);
	return circle;
}

bool form_lint(const struct form *form, const struct form_lint_env *env)
{
	struct work w = {.form = form, .env = env};

	if (!code_valid(form->code, 64, FIELD_CHARS))
		FAIL(&w, form, _("the code of a form has 1 to 64 lower-case letters, digits or _"));
	if (str_empty(form->title.zh) || str_empty(form->title.en))
		FAIL(&w, form, _("the title needs a text in zh and en"));
	if (!form->n_fields)
		FAIL(&w, form, _("the form has no fields"));
	for (size_t i = 0; i < form->n_fields; i++) {
		const struct form_field *f = w.f = &form->fields[i];
		if (!code_valid(f->code, 32, FIELD_CHARS))
			FAIL(&w, f, _("field %s: a code has 1 to 32 lower-case letters, digits or _"), f->code);
		if (form_find(form, sv(f->code)) != i)
			FAIL(&w, f, _("field %s: the code is used twice"), f->code);
		if (str_empty(f->label.zh) || str_empty(f->label.en))
			FAIL(&w, f, _("field %s: needs a text in zh and en"), f->code);
		check_options(&w);
		check_bounds(&w);
		check_pattern(&w);
		check_attributes(&w);
		check_expr(&w, f->show_if, f->show_expr, "show_if");
		check_expr(&w, f->required_if, f->required_expr, "required_if");
		check_expr(&w, f->compute, f->compute_expr, "compute");
		check_default(&w);
		if (hangs_on_itself(form, i))
			FAIL(&w, f, _("field %s: what shows or computes it hangs on itself"), f->code);
	}
	return !w.failed;
}
