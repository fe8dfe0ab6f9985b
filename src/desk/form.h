// SPDX-License-Identifier: MIT
// Knows what a form and its fields are, how typed text becomes a stored value, and when a value is right.
#ifndef DESK_FORM_H
#define DESK_FORM_H

#include "src/desk/expr.h"
#include "src/desk/kinds.h"
#include "src/desk/label.h"
#include "src/desk/lint.h"

// Source: the pack format, "forms", and domain.md §10.5, §10.6, §18.1. Plain data, filled by the pack loader; everything is
// borrowed from the arena of the pack.

enum field_type {
	FIELD_TEXT,
	FIELD_MEMO,
	FIELD_DIGITS,
	FIELD_INT,
	FIELD_MONEY,
	FIELD_DATE,
	FIELD_DATETIME,
	FIELD_BOOL,
	FIELD_ENUM,
	FIELD_MULTI,
	FIELD_PHONE,
	FIELD_IDNO,
	FIELD_CARD_TAIL,
	FIELD_EMAIL,
	FIELD_PLATE,
	FIELD_FLIGHT,
	FIELD_ORDER_NO,
	FIELD_TRACKING_NO,
	FIELD_ADDRESS,
	FIELD_ARTICLE_REF,
	FIELD_COMPUTED,
	FIELD_CATEGORY,
	FIELD_DISPOSITION,
};
enum field_pii { PII_NONE, PII_LOW, PII_HIGH };
KIND_DECLARE(field_type)
KIND_DECLARE(field_pii)

// Canonical form of a value, always text, "" is empty:
//   text address          one line as typed, cleaned          memo             lines with LF
//   digits card_tail      0-9                                 int              decimal
//   money                 minor units, decimal (5000 = ¥50)   date             YYYY-MM-DD
//   datetime              UTC ms, decimal                     bool             true | false
//   enum category disposition  code                           multi            codes in the order of the options, ','
//   phone                 digits as dialled at home, abroad + and digits, -extension    idno plate flight order_no tracking_no article_ref  upper case
//   email                 domain in lower case                computed         what the expression gives (expr_format)

struct field_option {
	const char *code;
	struct label label;
	int line, col;
};

struct form_field {
	const char *code;
	struct label label, help;
	enum field_type type;
	bool required, must_be, readonly_after_close;
	const char *show_if, *required_if, *compute;               // as written, or NULL
	const struct expr *show_expr, *required_expr, *compute_expr; // the same parsed
	const struct field_option *options;
	size_t n_options;
	const char *min, *max;   // as written ("5", "today-30", "2026-01-01"), or NULL
	int len, max_len;        // characters; 0: not given
	const char *regex, *dflt, *mask, *autofill, *role; // or NULL
	enum field_pii pii;
	int line, col;
};

struct form {
	const char *code;
	int version;
	struct label title;
	const struct form_field *fields;
	size_t n_fields;
	int line, col;
};

#define FORM_NO_FIELD ((size_t)-1)
size_t form_find(const struct form *f, struct sv code);

// What a form sees of the world. Every callback may be NULL.
struct form_env {
	bool (*lookup)(void *ctx, struct sv name, struct expr_value *out); // base.X, verification, customer.tier ...
	// Text for autofill "customer.phone", "caller.number" ...; NULL or "": nothing known. "now" and "script" are not asked.
	const char *(*autofill)(void *ctx, const char *what);
	// Does the code exist (FIELD_CATEGORY: a leaf of the tree, FIELD_DISPOSITION, FIELD_ARTICLE_REF)? NULL: every one does.
	bool (*code_known)(void *ctx, enum field_type type, struct sv code);
	// Label of such a code, or NULL: the code is shown.
	const char *(*code_label)(void *ctx, enum field_type type, const char *code);
	void *ctx;
	int64_t now_ms;   // UTC
	const char *zone; // IANA name; NULL counts as UTC
	const char *role; // role of who types, NULL: agent
};

// What was typed, put into canonical form and appended to out; blank gives "". False: it is not of this type, the message names
// the remedy (never the value). Accepts what field_display shows, and canonical values but for money (typed 5000 is ¥5000, not
// minor units: field_canonical). Understood besides:
//   full-width characters everywhere; date: 今天 明天 后天 昨天 前天 today tomorrow yesterday +3d -2d +1w MM-DD M/D M月D日 YYYYMMDD
//   (a date without a year is the one nearest to today that min and max allow); datetime: a date and a time, a time alone (today),
//   now 现在, +2h, +30m, 下午3点半; money: 12.5 ￥12 1,200元 3万; bool: 是 否 y n 1 0; enum and multi: code or label.
must_use bool field_normalise(const struct form_field *f, const struct form_env *env, struct sv typed, struct str *out,
			      struct err *e);
// The same for text written by a pack or a script: money is in minor units, a date-time may be UTC ms.
must_use bool field_canonical(const struct form_field *f, const struct form_env *env, struct sv text, struct str *out,
			      struct err *e);
// Is a canonical, non-empty value right (type, len, max_len, min, max, regex, options, must_be)? The message has place and remedy.
must_use bool field_validate(const struct form_field *f, const struct form_env *env, const char *value, struct err *e);
// For people, in the user's language and the zone; not masked (mask by f->mask). field_normalise takes it
// back, but for the labels that code_label gives.
void field_display(const struct form_field *f, const struct form_env *env, const char *value, struct str *out);
// The value as expressions see it; "" is null.
struct expr_value field_expr(const struct form_field *f, const char *value);
// Bounds of a date, in canonical form: "today-30" or ISO -> YYYY-MM-DD. False: not such a text.
must_use bool field_bound_date(const char *bound, const struct form_env *env, char out[11]);

// Problems of the form itself: codes, options, bounds, regex (compiled, with a time limit), expressions and their names, defaults.
// True if no error was reported.
struct form_lint_env {
	struct lint lint;
	bool (*known_name)(void *ctx, struct sv name); // base.X; NULL: all exist. The form's own and the common names are known.
	void *ctx;
};
bool form_lint(const struct form *f, const struct form_lint_env *env);

#endif
