// SPDX-License-Identifier: MIT
// Knows the field types: how typed text becomes a canonical value, and how a value is shown.
#include "src/desk/form.h"

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/check.h"
#include "src/desk/form_parse.h"

static const struct kind_row types[] = {
	[FIELD_TEXT] = {"text", N_("Text")},
	[FIELD_MEMO] = {"memo", N_("Long text")},
	[FIELD_DIGITS] = {"digits", N_("Digits")},
	[FIELD_INT] = {"int", N_("Whole number")},
	[FIELD_MONEY] = {"money", N_("Amount of money")},
	[FIELD_DATE] = {"date", N_("Date")},
	[FIELD_DATETIME] = {"datetime", N_("Date and time")},
	[FIELD_BOOL] = {"bool", N_("Yes or no")},
	[FIELD_ENUM] = {"enum", N_("One of a list")},
	[FIELD_MULTI] = {"multi", N_("Several of a list")},
	[FIELD_PHONE] = {"phone", N_("Telephone number")},
	[FIELD_IDNO] = {"idno", N_("Identity number")},
	[FIELD_CARD_TAIL] = {"card_tail", N_("Last 4 digits")},
	[FIELD_EMAIL] = {"email", N_("E-mail address")},
	[FIELD_PLATE] = {"plate", N_("Number plate")},
	[FIELD_FLIGHT] = {"flight", N_("Flight number")},
	[FIELD_ORDER_NO] = {"order_no", N_("Order number")},
	[FIELD_TRACKING_NO] = {"tracking_no", N_("Tracking number")},
	[FIELD_ADDRESS] = {"address", N_("Address")},
	[FIELD_ARTICLE_REF] = {"article_ref", N_("Article")},
	[FIELD_COMPUTED] = {"computed", N_("Computed")},
	[FIELD_CATEGORY] = {"category", N_("Category")},
	[FIELD_DISPOSITION] = {"disposition", N_("Disposition")},
};
KIND_DEFINE(field_type, types)

static const struct kind_row piis[] = {
	[PII_NONE] = {"none", N_("Not personal")},
	[PII_LOW] = {"low", N_("Personal")},
	[PII_HIGH] = {"high", N_("Sensitive")},
};
KIND_DEFINE(field_pii, piis)

size_t form_find(const struct form *f, struct sv code)
{
	for (size_t i = 0; i < f->n_fields; i++) {
		if (sv_eqz(code, f->fields[i].code))
			return i;
	}
	return FORM_NO_FIELD;
}

// --- Typed text to canonical value ---

// What a reader of one type works on.
struct reader {
	const struct form_field *f;
	const struct form_env *env;
	struct sv raw;  // cleaned and trimmed
	struct sv fold; // the same after utf8_fold: half width, lower case
	struct str *out;
	struct err *e;
};

static bool refuse(const struct reader *r, const char *remedy)
{
	return err_set(r->e, ERR_PARSE, "%s: %s", label_text(r->f->label), remedy);
}

// The folded text without blanks and hyphens, letters upper case.
static void add_upper(const struct reader *r, const char *drop)
{
	for (size_t i = 0; i < r->fold.n; i++) {
		char c = r->fold.p[i];
		if (!strchr(drop, c) || !c)
			str_addc(r->out, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
	}
}

static bool only(struct sv s, const char *chars)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!s.p[i] || !strchr(chars, s.p[i]))
			return false;
	}
	return true;
}

#define DIGITS "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool read_digits(const struct reader *r)
{
	add_upper(r, " -");
	return only(sv(str_z(r->out)), DIGITS) || refuse(r, _("write digits only"));
}

static bool read_int(const struct reader *r)
{
	struct str s = {0};
	int64_t v;

	for (size_t i = 0; i < r->fold.n; i++) {
		if (r->fold.p[i] != ',' && r->fold.p[i] != ' ')
			str_addc(&s, r->fold.p[i]);
	}
	bool ok = parse_int(sv(str_z(&s)), -999999999999999, 999999999999999, &v);
	str_release(&s);
	if (!ok)
		return refuse(r, _("write a whole number, for example 30"));
	str_addf(r->out, "%lld", (long long)v);
	return true;
}

static bool read_money(const struct reader *r)
{
	int64_t minor;

	if (!form_parse_money(r->fold, &minor))
		return refuse(r, _("write an amount such as 12.50 or ¥1,200; at most two decimals"));
	str_addf(r->out, "%lld", (long long)minor);
	return true;
}

static bool read_date(const struct reader *r)
{
	char day[11];

	if (!form_parse_date(r->f, r->env, r->fold, day))
		return refuse(r, _("write a date such as 2026-11-22, 11-22, tomorrow or +3d"));
	str_add(r->out, day);
	return true;
}

static bool read_datetime(const struct reader *r)
{
	int64_t ms;

	if (!form_parse_datetime(r->f, r->env, r->fold, &ms))
		return refuse(r, _("write a date and a time such as 2026-11-22 15:30, 15:30, tomorrow 9:00 or +2h"));
	str_addf(r->out, "%lld", (long long)ms);
	return true;
}

static bool read_bool(const struct reader *r)
{
	static const char *const yes[] = {"true", "yes", "y", "1", "是", "对", "有", "√", "on"};
	static const char *const no[] = {"false", "no", "n", "0", "否", "不", "不是", "没有", "×", "off"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		if (sv_eqz(r->fold, yes[i])) {
			str_add(r->out, "true");
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++) {
		if (sv_eqz(r->fold, no[i])) {
			str_add(r->out, "false");
			return true;
		}
	}
	return refuse(r, _("answer yes or no (y or n)"));
}

static bool same_folded(struct sv folded, const char *s)
{
	struct str b = {0};

	utf8_fold(&b, sv(s));
	bool same = s && sv_eqz(folded, str_z(&b));
	str_release(&b);
	return same;
}

static size_t find_option(const struct form_field *f, struct sv raw, struct sv folded)
{
	for (size_t i = 0; i < f->n_options; i++) {
		if (sv_eqz(raw, f->options[i].code))
			return i;
	}
	for (size_t i = 0; i < f->n_options; i++) {
		const struct field_option *o = &f->options[i];
		if (same_folded(folded, o->code) || same_folded(folded, o->label.zh) || same_folded(folded, o->label.en))
			return i;
	}
	return FORM_NO_FIELD;
}

static bool read_enum(const struct reader *r)
{
	size_t i = find_option(r->f, r->raw, r->fold);

	if (i == FORM_NO_FIELD)
		return refuse(r, _("choose one of the list"));
	str_add(r->out, r->f->options[i].code);
	return true;
}

// Takes the part before the next of , ; 、 (NFKC has made the full-width forms of the first two plain).
static bool take_part(struct sv *rest, struct sv *part)
{
	static const char *const seps[] = {",", ";", "、"};

	if (!rest->p)
		return false;
	for (size_t i = 0; i < rest->n; i++) {
		struct sv tail = sv_n(rest->p + i, rest->n - i);
		for (size_t k = 0; k < 3; k++) {
			if (!sv_starts(tail, seps[k]))
				continue;
			*part = sv_n(rest->p, i);
			*rest = sv_n(tail.p + strlen(seps[k]), tail.n - strlen(seps[k]));
			return true;
		}
	}
	*part = *rest;
	*rest = (struct sv){0};
	return true;
}

// The option that begins at part i and takes in the most parts (a label may hold a separator); *used is how many.
static size_t longest_option(const struct form_field *f, const struct sv *part, size_t i, size_t n, size_t *used)
{
	for (*used = n - i < 8 ? n - i : 8; *used > 0; --*used) {
		const struct sv *last = &part[i + *used - 1];
		struct sv all = sv_trim(sv_n(part[i].p, (size_t)(last->p + last->n - part[i].p)));
		size_t found = all.n ? find_option(f, all, all) : FORM_NO_FIELD;
		if (found != FORM_NO_FIELD)
			return found;
	}
	*used = 1;
	return FORM_NO_FIELD;
}

static bool read_multi(const struct reader *r)
{
	enum { MOST = 64 };
	struct sv part[MOST], rest = r->fold;
	size_t n = 0, used;
	bool *chosen = xcalloc(r->f->n_options + 1, sizeof(*chosen)), ok = true;

	while (n < MOST && take_part(&rest, &part[n]))
		n++;
	ok = !rest.p; // else there were more than anybody can mean
	for (size_t i = 0; ok && i < n; i += used) {
		size_t found = longest_option(r->f, part, i, n, &used);
		if (found != FORM_NO_FIELD)
			chosen[found] = true;
		else
			ok = sv_trim(part[i]).n == 0;
	}
	for (size_t i = 0; ok && i < r->f->n_options; i++) {
		if (chosen[i]) {
			str_add(r->out, r->out->n ? "," : "");
			str_add(r->out, r->f->options[i].code);
		}
	}
	free(chosen);
	return ok || refuse(r, _("choose from the list; separate several with commas"));
}

static bool read_phone(const struct reader *r)
{
	struct phone p;
	struct err e = {0};

	if (!check_phone(r->fold, &p, &e))
		return refuse(r, e.msg);
	switch (p.kind) {
	case PHONE_MOBILE: str_add(r->out, p.e164 + strlen("+86")); break;
	case PHONE_LANDLINE: str_addf(r->out, "0%s", p.e164 + strlen("+86")); break;
	case PHONE_SERVICE:
	case PHONE_FOREIGN: str_add(r->out, p.e164); break;
	}
	if (p.extension[0])
		str_addf(r->out, "-%s", p.extension);
	return true;
}

static int today_ymd(const struct form_env *env)
{
	struct date d;

	clock_local(form_zone(env), env->now_ms, &d);
	return d.year * 10000 + d.month * 100 + d.day;
}

// A resident identity number, or a passport or travel permit: one or two letters and 7 to 9 digits.
static bool read_idno(const struct reader *r)
{
	struct resident_id id;
	struct err e = {0};

	add_upper(r, " -");
	struct sv s = sv(str_z(r->out));
	size_t letters = strspn(s.p, UPPER), digits = s.n - letters;
	if (letters >= 1 && letters <= 2 && digits >= 7 && digits <= 9 && only(sv_n(s.p + letters, digits), DIGITS))
		return true;
	if (!check_resident_id(s, today_ymd(r->env), &id, &e))
		return refuse(r, e.msg);
	str_clear(r->out);
	str_add(r->out, id.norm);
	return true;
}

static bool read_email(const struct reader *r)
{
	struct sv local, domain;
	struct str half = {0};

	// Full-width letters become ASCII, but the case of the local part is the owner's.
	for (size_t i = 0; i < r->raw.n;) {
		uint32_t cp;
		i += utf8_decode(sv_n(r->raw.p + i, r->raw.n - i), &cp);
		str_addcp(&half, cp >= 0xFF01 && cp <= 0xFF5E ? cp - 0xFEE0 : cp);
	}
	struct err e = {0};
	bool ok = check_email(sv(str_z(&half)), &e) && check_email_parts(sv(str_z(&half)), &local, &domain);
	if (ok) {
		str_addn(r->out, local.p, local.n);
		str_addc(r->out, '@');
		for (size_t i = 0; i < domain.n; i++) {
			char c = domain.p[i];
			str_addc(r->out, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
		}
	}
	str_release(&half);
	return ok || refuse(r, e.msg[0] ? e.msg : _("write an address such as name@example.com"));
}

static bool read_plate(const struct reader *r)
{
	char norm[16];
	struct err e = {0};

	if (!check_plate(r->fold, norm, &e))
		return refuse(r, e.msg);
	str_add(r->out, norm);
	return true;
}

static bool read_flight(const struct reader *r)
{
	char norm[8];
	struct err e = {0};

	if (!check_flight(r->fold, norm, &e))
		return refuse(r, e.msg);
	str_add(r->out, norm);
	return true;
}

static bool read_number_text(const struct reader *r)
{
	add_upper(r, " ");
	if (!only(sv(str_z(r->out)), UPPER DIGITS "-_"))
		return refuse(r, _("write letters, digits and hyphens only"));
	return true;
}

static bool read_code(const struct reader *r, const char *chars, bool upper, const char *remedy)
{
	if (upper)
		add_upper(r, " ");
	else
		str_addn(r->out, r->fold.p, r->fold.n);
	return only(sv(str_z(r->out)), chars) || refuse(r, remedy);
}

static bool read_value(const struct reader *r)
{
	switch (r->f->type) {
	case FIELD_TEXT:
	case FIELD_MEMO:
	case FIELD_ADDRESS:
	case FIELD_COMPUTED: str_addn(r->out, r->raw.p, r->raw.n); return true;
	case FIELD_DIGITS:
	case FIELD_CARD_TAIL: return read_digits(r);
	case FIELD_INT: return read_int(r);
	case FIELD_MONEY: return read_money(r);
	case FIELD_DATE: return read_date(r);
	case FIELD_DATETIME: return read_datetime(r);
	case FIELD_BOOL: return read_bool(r);
	case FIELD_ENUM: return read_enum(r);
	case FIELD_MULTI: return read_multi(r);
	case FIELD_PHONE: return read_phone(r);
	case FIELD_IDNO: return read_idno(r);
	case FIELD_EMAIL: return read_email(r);
	case FIELD_PLATE: return read_plate(r);
	case FIELD_FLIGHT: return read_flight(r);
	case FIELD_ORDER_NO:
	case FIELD_TRACKING_NO: return read_number_text(r);
	case FIELD_ARTICLE_REF:
		return read_code(r, UPPER DIGITS "-_", true, _("write the number of an article, for example KB-FIN-001"));
	case FIELD_CATEGORY:
		return read_code(r, "abcdefghijklmnopqrstuvwxyz" DIGITS "_.", false, _("choose a category from the list"));
	case FIELD_DISPOSITION: return read_code(r, UPPER DIGITS "_", true, _("choose a disposition from the list"));
	}
	return false;
}

bool field_normalise(const struct form_field *f, const struct form_env *env, struct sv typed, struct str *out, struct err *e)
{
	struct str clean = {0}, fold = {0}, value = {0};

	utf8_clean(&clean, typed, f->type == FIELD_MEMO ? UTF8_KEEP_NL : UTF8_LINE);
	struct reader r = {f, env, sv_trim(sv(str_z(&clean))), {0}, &value, e};
	utf8_fold(&fold, r.raw);
	r.fold = sv_trim(sv(str_z(&fold)));
	bool ok = !r.raw.n || read_value(&r);
	if (ok)
		str_addn(out, str_z(&value), value.n);
	str_release(&clean);
	str_release(&fold);
	str_release(&value);
	return ok;
}

bool field_canonical(const struct form_field *f, const struct form_env *env, struct sv text, struct str *out, struct err *e)
{
	int64_t v;

	if (f->type != FIELD_MONEY || !sv_trim(text).n)
		return field_normalise(f, env, text, out, e);
	if (!parse_int(sv_trim(text), -999999999999999, 999999999999999, &v))
		return err_set(e, ERR_PARSE, _("%s: an amount is written in minor units here, for example 5000 for ¥50"),
			       label_text(f->label));
	str_addf(out, "%lld", (long long)v);
	return true;
}

// --- Canonical value to people ---

static void show_money(const char *value, struct str *out)
{
	int64_t v;

	if (!parse_int(sv(value), INT64_MIN + 1, INT64_MAX, &v)) {
		str_add(out, value);
		return;
	}
	uint64_t u = v < 0 ? (uint64_t)-v : (uint64_t)v;
	str_addf(out, "%s¥%llu.%02llu", v < 0 ? "-" : "", (unsigned long long)(u / 100), (unsigned long long)(u % 100));
}

static void show_option(const struct form_field *f, struct sv code, struct str *out)
{
	for (size_t i = 0; i < f->n_options; i++) {
		if (sv_eqz(code, f->options[i].code)) {
			str_add(out, label_text(f->options[i].label));
			return;
		}
	}
	str_addn(out, code.p, code.n);
}

static void show_multi(const struct form_field *f, const char *value, struct str *out)
{
	struct sv rest = sv(value), part;
	bool first = true;

	while (rest.n && sv_split(&rest, ',', &part)) {
		str_add(out, first ? "" : ", ");
		show_option(f, part, out);
		first = false;
	}
}

void field_display(const struct form_field *f, const struct form_env *env, const char *value, struct str *out)
{
	char buf[32];
	int64_t ms;
	const char *label = NULL;

	if (str_empty(value))
		return;
	switch (f->type) {
	case FIELD_MONEY: show_money(value, out); return;
	case FIELD_DATETIME:
		if (!parse_int(sv(value), -99999999999999, 253402300799999, &ms))
			break;
		clock_format(form_zone(env), ms, "%Y-%m-%d %H:%M", buf, sizeof(buf));
		str_add(out, buf);
		return;
	case FIELD_BOOL:
		str_add(out, str_eq(value, "true") ? _("yes") : _("no"));
		return;
	case FIELD_ENUM: show_option(f, sv(value), out); return;
	case FIELD_MULTI: show_multi(f, value, out); return;
	case FIELD_COMPUTED:
		if (str_eq(value, "true") || str_eq(value, "false"))
			str_add(out, *value == 't' ? _("yes") : _("no"));
		else
			show_option(f, sv(value), out);
		return;
	case FIELD_CATEGORY:
	case FIELD_DISPOSITION:
	case FIELD_ARTICLE_REF:
		label = env->code_label ? env->code_label(env->ctx, f->type, value) : NULL;
		str_add(out, str_empty(label) ? value : label);
		return;
	case FIELD_TEXT:
	case FIELD_MEMO:
	case FIELD_DIGITS:
	case FIELD_INT:
	case FIELD_DATE:
	case FIELD_PHONE:
	case FIELD_IDNO:
	case FIELD_CARD_TAIL:
	case FIELD_EMAIL:
	case FIELD_PLATE:
	case FIELD_FLIGHT:
	case FIELD_ORDER_NO:
	case FIELD_TRACKING_NO:
	case FIELD_ADDRESS: break;
	}
	str_add(out, value);
}

struct expr_value field_expr(const struct form_field *f, const char *value)
{
	int64_t v;

	if (str_empty(value))
		return expr_null();
	switch (f->type) {
	case FIELD_BOOL: return expr_bool(str_eq(value, "true"));
	case FIELD_MULTI: return expr_list(value);
	case FIELD_COMPUTED:
		if (str_eq(value, "true") || str_eq(value, "false"))
			return expr_bool(*value == 't');
		// Further on a number in a text counts as one.
		return expr_text(value);
	case FIELD_INT:
	case FIELD_MONEY:
	case FIELD_DATETIME:
		return parse_int(sv(value), INT64_MIN, INT64_MAX, &v) ? expr_number((double)v) : expr_text(value);
	case FIELD_TEXT:
	case FIELD_MEMO:
	case FIELD_DIGITS:
	case FIELD_DATE:
	case FIELD_ENUM:
	case FIELD_PHONE:
	case FIELD_IDNO:
	case FIELD_CARD_TAIL:
	case FIELD_EMAIL:
	case FIELD_PLATE:
	case FIELD_FLIGHT:
	case FIELD_ORDER_NO:
	case FIELD_TRACKING_NO:
	case FIELD_ADDRESS:
	case FIELD_ARTICLE_REF:
	case FIELD_CATEGORY:
	case FIELD_DISPOSITION: break;
	}
	return expr_text(value);
}
