// SPDX-License-Identifier: MIT
// Knows the expression language of content packs (check, show_if, required_if, compute): its grammar and its values.
#ifndef DESK_EXPR_H
#define DESK_EXPR_H

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/base/str.h"

// Grammar, loosest first; one level a line, left to right:
//   ||     &&     == !=     < <= > >= in     + -     * /     unary ! and -     ( ) literal name call
// Literals: 'text' (a quote inside is written twice), 12, 1.5, true, false, null. "x in [a, b]" takes a list of
// expressions, "x in name" a list value. Names: [A-Za-z_][A-Za-z0-9_]* joined by dots.
// Functions: if(c,a,b) len(x) has(multi,'x') hours_since(t) days_since(d) min(a,b) max(a,b).
//
// Evaluation never fails; what has no answer is null (unknown name, 1/0, 'a'-1, null+1). In a condition null, false,
// 0, the empty text and the empty list count as false. Order:
//   ==      equal types compare by value; number and text compare as numbers if the whole text is one; null only equals null
//   < > ..  two numbers (or a number and a text that is one), or two texts byte by byte (so ISO dates order); else false
//   len     characters of a text, items of a list, null gives 0
//   hours_since(t)  t is UTC ms (number) or an RFC 3339 stamp; hours from t to now, fraction kept
//   days_since(d)   d is "YYYY-MM-DD" or UTC ms; whole calendar days from d to today in the zone
enum expr_type {
	EXPR_NULL,
	EXPR_BOOL,
	EXPR_NUMBER,
	EXPR_TEXT,
	EXPR_LIST, // s holds the items joined by ',' (the canonical form of a field of type multi)
};

struct expr_value {
	enum expr_type type;
	bool b;
	double n;
	struct sv s; // EXPR_TEXT, EXPR_LIST: borrowed from the lookup's owner or from the expression
};

static inline struct expr_value expr_null(void)
{
	return (struct expr_value){.type = EXPR_NULL};
}
static inline struct expr_value expr_bool(bool b)
{
	return (struct expr_value){.type = EXPR_BOOL, .b = b};
}
static inline struct expr_value expr_number(double n)
{
	return (struct expr_value){.type = EXPR_NUMBER, .n = n};
}
static inline struct expr_value expr_text(const char *s)
{
	return (struct expr_value){.type = s ? EXPR_TEXT : EXPR_NULL, .s = sv(s)};
}
static inline struct expr_value expr_list(const char *joined)
{
	return (struct expr_value){.type = EXPR_LIST, .s = sv(joined)};
}
bool expr_truth(struct expr_value v);
bool expr_equal(struct expr_value a, struct expr_value b);
// Text in canonical form: "" for null, "true"/"false", a number without needless zeros, text and list as they are.
void expr_format(struct expr_value v, struct str *out);

struct expr;

enum { EXPR_MAX_BYTES = 4096, EXPR_MAX_DEPTH = 64, EXPR_MAX_ITEMS = 64 };

// Parses at most EXPR_MAX_BYTES; nothing in the tree is deeper than EXPR_MAX_DEPTH. The expression and its texts are owned by
// the arena (text is copied). On failure NULL, the message says what was expected, *col the byte column from 1 (may be NULL).
struct expr *expr_parse(struct sv text, int *col, struct err *e, struct arena *a);

// What an expression sees. lookup gives the value of a name; false: unknown, counts as null. It may be NULL.
struct expr_env {
	bool (*lookup)(void *ctx, struct sv name, struct expr_value *out);
	void *ctx;
	int64_t now_ms;   // UTC
	const char *zone; // IANA name; NULL counts as UTC
};

// A NULL expression gives null. Pure: same expression, same answers of lookup, same now: same value.
struct expr_value expr_eval(const struct expr *x, const struct expr_env *env);
bool expr_true(const struct expr *x, const struct expr_env *env);

// Calls fn for every name used (repeated names repeat), in the order written.
void expr_names(const struct expr *x, void (*fn)(void *ctx, struct sv name), void *ctx);
// Calls fn for every literal text a name is compared with (name == 'x', name in ['x'], has(name,'x')): a check for typos.
void expr_compared(const struct expr *x, void (*fn)(void *ctx, struct sv name, struct sv text), void *ctx);
// Is this one of the names that exist everywhere (verification, customer.tier, emotion ... pack-format, "Expressions")?
// form.X and base.X are the caller's to know.
bool expr_name_is_common(struct sv name);

#endif
