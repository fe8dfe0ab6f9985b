// SPDX-License-Identifier: MIT
// Knows a form being filled in: values, what shows, what is required, what is wrong.
#include "src/desk/form_run.h"

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/check.h"
#include "src/desk/secret.h"

struct seen {
	const struct form_run *r;
	const struct form_env *env;
};

static bool lookup(void *ctx, struct sv name, struct expr_value *out)
{
	const struct seen *s = ctx;

	if (form_run_lookup(s->r, name, out))
		return true;
	return s->env->lookup && s->env->lookup(s->env->ctx, name, out);
}

static void put(struct form_run *r, size_t field, const char *text, bool odd)
{
	free(r->values[field].text);
	r->values[field].text = str_empty(text) ? NULL : xstrdup(text);
	r->values[field].odd = odd;
}

// --- What shows ---

// One pass over the fields; true if something came out differently.
static bool refresh_once(struct form_run *r, const struct expr_env *x)
{
	bool changed = false;

	for (size_t i = 0; i < r->form->n_fields; i++) {
		const struct form_field *f = &r->form->fields[i];
		struct form_value *v = &r->values[i];
		bool shows = !f->show_expr || expr_true(f->show_expr, x);
		bool required = shows && (f->required || expr_true(f->required_expr, x));
		changed |= shows != v->shown || required != v->required;
		v->shown = shows;
		v->required = required;
		if (f->type != FIELD_COMPUTED)
			continue;
		struct str text = {0};
		expr_format(expr_eval(f->compute_expr, x), &text);
		if (strcmp(str_z(&text), v->text ? v->text : "") != 0) {
			put(r, i, str_z(&text), false);
			changed = true;
		}
		str_release(&text);
	}
	return changed;
}

void form_run_refresh(struct form_run *r, const struct form_env *env)
{
	struct seen s = {r, env};
	struct expr_env x = {.lookup = lookup, .ctx = &s, .now_ms = env->now_ms, .zone = env->zone};

	// Fields may hang on one another in a chain, at most as long as the form; a circle just stops.
	for (size_t pass = 0; pass <= r->form->n_fields && refresh_once(r, &x); pass++)
		continue;
}

// --- Start ---

static bool fill(struct form_run *r, size_t field, const char *text, bool typed, const struct form_env *env)
{
	struct str value = {0};
	bool ok = typed ? field_normalise(&r->form->fields[field], env, sv(text), &value, NULL) :
			  field_canonical(&r->form->fields[field], env, sv(text), &value, NULL);

	if (ok && value.n)
		put(r, field, str_z(&value), false);
	ok = ok && value.n;
	str_release(&value);
	return ok;
}

static bool autofill(struct form_run *r, size_t field, const struct form_env *env)
{
	const struct form_field *f = &r->form->fields[field];

	if (str_empty(f->autofill) || str_eq(f->autofill, "script") || f->type == FIELD_COMPUTED)
		return false;
	if (str_eq(f->autofill, "now"))
		return fill(r, field, f->type == FIELD_DATE ? "today" : "now", true, env);
	const char *text = env->autofill ? env->autofill(env->ctx, f->autofill) : NULL;
	return !str_empty(text) && !secret_any(sv(text)) && fill(r, field, text, true, env);
}

void form_run_start(struct form_run *r, const struct form *form, const struct form_env *env)
{
	if (r->form)
		BUG("form %s is filled in already", r->form->code);
	r->form = form;
	r->values = xcalloc(form->n_fields + 1, sizeof(*r->values));
	for (size_t i = 0; i < form->n_fields; i++) {
		const struct form_field *f = &form->fields[i];
		if (!autofill(r, i, env) && f->dflt && f->type != FIELD_COMPUTED)
			fill(r, i, f->dflt, false, env);
	}
	form_run_refresh(r, env);
}

void form_run_release(struct form_run *r)
{
	for (size_t i = 0; r->form && i < r->form->n_fields; i++)
		free(r->values[i].text);
	free(r->values);
	*r = (struct form_run){0};
}

size_t form_run_autofill(struct form_run *r, const struct form_env *env)
{
	size_t n = 0;

	for (size_t i = 0; i < r->form->n_fields; i++) {
		if (!r->values[i].text && !r->values[i].touched)
			n += autofill(r, i, env);
	}
	form_run_refresh(r, env);
	return n;
}

// --- Setting ---

bool form_run_editable(const struct form_run *r, size_t field, const struct form_env *env)
{
	const struct form_field *f = &r->form->fields[field];

	if (f->type == FIELD_COMPUTED || (r->closed && f->readonly_after_close))
		return false;
	return !f->role || str_eq(f->role, env->role);
}

static bool may_change(const struct form_run *r, size_t field, enum form_source source, const struct form_env *env, struct err *e)
{
	const struct form_field *f = &r->form->fields[field];

	if (f->type == FIELD_COMPUTED)
		return err_set(e, ERR_DENIED, _("%s: this is computed from other fields; change those"), label_text(f->label));
	if (source == FORM_STORED)
		return true;
	if (r->closed && f->readonly_after_close)
		return err_set(e, ERR_DENIED, _("%s: the contact is closed; add a note instead"), label_text(f->label));
	if (source == FORM_TYPED && f->role && !str_eq(f->role, env->role))
		return err_set(e, ERR_DENIED, _("%s: only the role %s may fill this in"), label_text(f->label), f->role);
	return true;
}

// An order number may look like a card by chance (one in ten passes Luhn); only the prefixes and lengths of the card schemes in
// use here count: UnionPay 62, and 16 digits with 4 or 5.
static bool card_scheme(struct sv s)
{
	struct str digits = {0}, fold = {0};

	utf8_fold(&fold, s);
	for (size_t i = 0; i < fold.n; i++) {
		if (fold.s[i] >= '0' && fold.s[i] <= '9')
			str_addc(&digits, fold.s[i]);
	}
	bool card = (digits.n >= 16 && digits.n <= 19 && str_starts(str_z(&digits), "62")) ||
		    (digits.n == 16 && (digits.s[0] == '4' || digits.s[0] == '5'));
	str_release(&digits);
	str_release(&fold);
	return card;
}

static bool no_secret(const struct form_field *f, bool odd, struct sv typed, struct err *e)
{
	struct secret_span span;
	bool numbered = f->type == FIELD_ORDER_NO || f->type == FIELD_TRACKING_NO;
	bool checked = f->type == FIELD_PHONE || f->type == FIELD_IDNO || f->type == FIELD_DATETIME || f->type == FIELD_MONEY;

	if (!odd && checked)
		return true;
	if (secret_find(typed, &span, 1) == 0)
		return true;
	if (!odd && numbered && span.what == SECRET_CARD && !card_scheme(typed))
		return true;
	return err_set(e, ERR_DENIED, "%s: %s", label_text(f->label), secret_message(span.what));
}

bool form_run_set(struct form_run *r, size_t field, struct sv typed, enum form_source source, const struct form_env *env,
		  struct err *e)
{
	if (field >= r->form->n_fields)
		return err_set(e, ERR_NOT_FOUND, _("the form has no such field"));
	const struct form_field *f = &r->form->fields[field];
	struct str value = {0};
	bool odd = false;
	if (!may_change(r, field, source, env, e))
		return false;
	if (source == FORM_STORED) {
		str_addn(&value, typed.p, typed.n);
		struct str again = {0};
		odd = !field_canonical(f, env, typed, &again, NULL);
		str_release(&again);
	} else {
		odd = !(source == FORM_TYPED ? field_normalise(f, env, typed, &value, NULL) :
					       field_canonical(f, env, typed, &value, NULL));
		if (odd)
			utf8_clean(&value, typed, f->type == FIELD_MEMO ? UTF8_KEEP_NL : UTF8_LINE);
	}
	bool ok = no_secret(f, odd, typed, e);
	if (ok && f->type == FIELD_CARD_TAIL && utf8_count(sv(str_z(&value))) > 4)
		ok = check_card_tail(sv(str_z(&value)), e) ||
		     err_prefix(e, "%s: ", label_text(f->label));
	if (ok) {
		put(r, field, str_z(&value), odd);
		r->values[field].touched = true;
		form_run_refresh(r, env);
	}
	str_release(&value);
	return ok;
}

bool form_run_set_code(struct form_run *r, struct sv code, struct sv typed, enum form_source source, const struct form_env *env,
		       struct err *e)
{
	size_t field = form_find(r->form, code);

	if (field == FORM_NO_FIELD)
		return err_set(e, ERR_NOT_FOUND, _("the form %s has no field %.*s"), r->form->code, (int)code.n, code.p);
	return form_run_set(r, field, typed, source, env, e);
}

// --- Asking ---

const char *form_run_get(const struct form_run *r, size_t field)
{
	const char *text = field < r->form->n_fields ? r->values[field].text : NULL;

	return text ? text : "";
}

const char *form_run_get_code(const struct form_run *r, struct sv code)
{
	return form_run_get(r, form_find(r->form, code));
}

const char *form_run_saved(const struct form_run *r, size_t field)
{
	return field < r->form->n_fields && r->values[field].shown ? form_run_get(r, field) : "";
}

bool form_run_lookup(const struct form_run *r, struct sv code, struct expr_value *out)
{
	size_t field = r->form ? form_find(r->form, code) : FORM_NO_FIELD;

	if (field == FORM_NO_FIELD)
		return false;
	// What could not be understood has no value yet.
	*out = r->values[field].odd ? expr_null() : field_expr(&r->form->fields[field], form_run_saved(r, field));
	return true;
}

static bool missing(const struct form_run *r, size_t field, const struct form_env *env)
{
	const struct form_field *f = &r->form->fields[field];
	const struct form_value *v = &r->values[field];
	bool wanted = v->required || (f->type == FIELD_BOOL && f->must_be);

	// What another role fills in does not hold up this one.
	return v->shown && wanted && !v->text && f->type != FIELD_COMPUTED && (!f->role || str_eq(f->role, env->role));
}

bool form_run_check(const struct form_run *r, size_t field, const struct form_env *env, struct err *e)
{
	const struct form_field *f = &r->form->fields[field];
	const struct form_value *v = &r->values[field];

	if (!v->shown || f->type == FIELD_COMPUTED)
		return true;
	if (missing(r, field, env))
		return err_set(e, ERR_NOT_FOUND, _("%s: still empty; fill it in"), label_text(f->label));
	if (!v->text)
		return true;
	if (v->odd) {
		struct str value = {0};
		bool ok = field_normalise(f, env, sv(v->text), &value, e);
		str_release(&value);
		// Understood by now (the clock moved, a code came to be): type it again to store it.
		return ok ? err_set(e, ERR_PARSE, _("%s: type it again"), label_text(f->label)) : false;
	}
	return field_validate(f, env, v->text, e);
}

size_t form_run_errors(const struct form_run *r, const struct form_env *env, struct form_error **out, struct arena *a)
{
	size_t n = 0;

	*out = arena_array(a, struct form_error, r->form->n_fields + 1);
	for (size_t i = 0; i < r->form->n_fields; i++) {
		struct err e = {0};
		if (!form_run_check(r, i, env, &e))
			(*out)[n++] = (struct form_error){i, arena_strdup(a, e.msg), missing(r, i, env)};
	}
	return n;
}

size_t form_run_error_count(const struct form_run *r, const struct form_env *env)
{
	size_t n = 0;

	for (size_t i = 0; i < r->form->n_fields; i++)
		n += !form_run_check(r, i, env, NULL);
	return n;
}

double form_run_complete(const struct form_run *r, const struct form_env *env, size_t *filled, size_t *required)
{
	size_t all = 0, right = 0;

	for (size_t i = 0; i < r->form->n_fields; i++) {
		const struct form_field *f = &r->form->fields[i];
		const struct form_value *v = &r->values[i];
		if (!v->shown || f->type == FIELD_COMPUTED || !(v->required || (f->type == FIELD_BOOL && f->must_be)) ||
		    (f->role && !str_eq(f->role, env->role)))
			continue;
		all++;
		right += form_run_check(r, i, env, NULL);
	}
	if (filled)
		*filled = right;
	if (required)
		*required = all;
	return all ? (double)right / (double)all : 1;
}
