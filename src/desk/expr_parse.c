// SPDX-License-Identifier: MIT
// Knows how the text of an expression becomes a tree of bounded depth.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/expr_tree.h"

enum token_kind { T_END, T_NAME, T_NUMBER, T_TEXT, T_SIGN, T_BAD };

struct token {
	enum token_kind kind;
	struct sv s;      // as written; of a text: between the quotes
	double n;
};

struct parser {
	struct sv all;
	size_t at;        // behind the token
	size_t start;     // of the token
	struct token tok;
	int nest;
	struct err *e;
	int *col;
	struct arena *a;
};

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char peek(const struct parser *p, size_t k)
{
	return p->at + k < p->all.n ? p->all.p[p->at + k] : '\0';
}

static struct expr *fail(struct parser *p, const char *message)
{
	if (p->col)
		*p->col = (int)p->start + 1;
	err_set(p->e, ERR_PARSE, "%s", message);
	return NULL;
}

static void lex_number(struct parser *p)
{
	double n = 0, scale = 1;

	for (; is_digit(peek(p, 0)); p->at++)
		n = n * 10 + (peek(p, 0) - '0');
	if (peek(p, 0) == '.' && is_digit(peek(p, 1))) {
		for (p->at++; is_digit(peek(p, 0)); p->at++) {
			n = n * 10 + (peek(p, 0) - '0');
			scale *= 10;
		}
	}
	p->tok = (struct token){.kind = T_NUMBER, .n = n / scale};
	if (is_alpha(peek(p, 0)) || p->at - p->start > 30)
		p->tok.kind = T_BAD;
}

static void lex_text(struct parser *p)
{
	size_t from = ++p->at;

	for (; p->at < p->all.n; p->at++) {
		if (peek(p, 0) != '\'')
			continue;
		if (peek(p, 1) == '\'') {
			p->at++;
			continue;
		}
		p->tok = (struct token){.kind = T_TEXT, .s = sv_n(p->all.p + from, p->at - from)};
		p->at++;
		return;
	}
	p->tok = (struct token){.kind = T_BAD};
}

static void lex_name(struct parser *p)
{
	while (is_alpha(peek(p, 0)) || is_digit(peek(p, 0)) || (peek(p, 0) == '.' && is_alpha(peek(p, 1))))
		p->at++;
	p->tok = (struct token){.kind = T_NAME, .s = sv_n(p->all.p + p->start, p->at - p->start)};
}

static void lex_sign(struct parser *p)
{
	static const char *const signs[] = {"||", "&&", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*",
					    "/",  "!",  "(",  ")",  "[",  "]",  ","};

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		if (sv_starts(sv_n(p->all.p + p->at, p->all.n - p->at), signs[i])) {
			p->tok = (struct token){.kind = T_SIGN, .s = sv(signs[i])};
			p->at += strlen(signs[i]);
			return;
		}
	}
	p->tok = (struct token){.kind = T_BAD};
}

static void advance(struct parser *p)
{
	while (peek(p, 0) == ' ' || peek(p, 0) == '\t' || peek(p, 0) == '\n' || peek(p, 0) == '\r')
		p->at++;
	p->start = p->at;
	if (p->at >= p->all.n)
		p->tok = (struct token){.kind = T_END};
	else if (is_digit(peek(p, 0)))
		lex_number(p);
	else if (peek(p, 0) == '\'')
		lex_text(p);
	else if (is_alpha(peek(p, 0)))
		lex_name(p);
	else
		lex_sign(p);
}

static bool at_sign(const struct parser *p, const char *s)
{
	return p->tok.kind == T_SIGN && sv_eqz(p->tok.s, s);
}

static bool take_sign(struct parser *p, const char *s)
{
	if (!at_sign(p, s))
		return false;
	advance(p);
	return true;
}

static struct expr *node(struct parser *p, enum expr_op op, struct expr *a, struct expr *b, struct expr *c)
{
	struct expr *x = arena_new(p->a, struct expr);

	x->op = op;
	x->arg[0] = a;
	x->arg[1] = b;
	x->arg[2] = c;
	for (int i = 0; i < 3; i++) {
		if (x->arg[i] && x->arg[i]->depth > x->depth)
			x->depth = x->arg[i]->depth;
	}
	if (++x->depth > EXPR_MAX_DEPTH)
		return fail(p, _("the expression is nested too deeply; split it into several fields or nodes"));
	return x;
}

static struct expr *parse_any(struct parser *p);

// Counted around everything that nests by itself, so that the stack stays small whatever is written.
static bool enter(struct parser *p)
{
	if (++p->nest <= EXPR_MAX_DEPTH)
		return true;
	fail(p, _("the expression is nested too deeply; split it into several fields or nodes"));
	return false;
}

static struct expr *parse_literal(struct parser *p, struct expr_value v)
{
	struct expr *x = node(p, EXPR_LITERAL, NULL, NULL, NULL);

	x->value = v;
	advance(p);
	return x;
}

static struct expr *parse_text(struct parser *p)
{
	char *s = arena_alloc(p->a, p->tok.s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < p->tok.s.n; i++) {
		s[n++] = p->tok.s.p[i];
		if (p->tok.s.p[i] == '\'')
			i++;
	}
	return parse_literal(p, (struct expr_value){.type = EXPR_TEXT, .s = sv_n(s, n)});
}

static const struct {
	const char *name;
	enum expr_op op;
	size_t args;
} functions[] = {
	{"if", EXPR_IF, 3},          {"len", EXPR_LEN, 1}, {"has", EXPR_HAS, 2},
	{"hours_since", EXPR_HOURS_SINCE, 1}, {"days_since", EXPR_DAYS_SINCE, 1}, {"min", EXPR_MIN, 2}, {"max", EXPR_MAX, 2},
};

static struct expr *parse_call(struct parser *p, struct sv name)
{
	struct expr *arg[3] = {0};
	size_t f = 0;

	while (f < sizeof(functions) / sizeof(*functions) && !sv_eqz(name, functions[f].name))
		f++;
	if (f == sizeof(functions) / sizeof(*functions))
		return fail(p, _("there is no such function; use if, len, has, hours_since, days_since, min or max"));
	advance(p);
	if (!enter(p))
		return NULL;
	for (size_t i = 0; i < functions[f].args; i++) {
		if (i && !take_sign(p, ","))
			return fail(p, _("an argument is missing: expected ','"));
		arg[i] = parse_any(p);
		if (!arg[i])
			return NULL;
	}
	p->nest--;
	if (!take_sign(p, ")"))
		return fail(p, _("expected ')' after the arguments"));
	return node(p, functions[f].op, arg[0], arg[1], arg[2]);
}

static struct expr *parse_name(struct parser *p)
{
	struct sv name = p->tok.s;

	if (sv_eqz(name, "true") || sv_eqz(name, "false"))
		return parse_literal(p, expr_bool(sv_eqz(name, "true")));
	if (sv_eqz(name, "null"))
		return parse_literal(p, expr_null());
	if (sv_eqz(name, "in"))
		return fail(p, _("expected a value before 'in'"));
	advance(p);
	if (at_sign(p, "("))
		return parse_call(p, name);
	struct expr *x = node(p, EXPR_NAME, NULL, NULL, NULL);
	x->name = sv_n(arena_strndup(p->a, name.p, name.n), name.n);
	return x;
}

static struct expr *parse_primary(struct parser *p)
{
	switch (p->tok.kind) {
	case T_NUMBER: return parse_literal(p, expr_number(p->tok.n));
	case T_TEXT: return parse_text(p);
	case T_NAME: return parse_name(p);
	case T_END: return fail(p, _("the expression ends where a value is expected"));
	case T_BAD: return fail(p, _("this cannot be read; texts stand between single quotes"));
	case T_SIGN: break;
	}
	if (!at_sign(p, "("))
		return fail(p, _("expected a value here"));
	advance(p);
	if (!enter(p))
		return NULL;
	struct expr *x = parse_any(p);
	p->nest--;
	if (x && !take_sign(p, ")"))
		return fail(p, _("expected ')'"));
	return x;
}

static struct expr *parse_unary(struct parser *p)
{
	bool not = at_sign(p, "!");

	if (!not && !at_sign(p, "-"))
		return parse_primary(p);
	advance(p);
	if (!enter(p))
		return NULL;
	struct expr *x = parse_unary(p);
	p->nest--;
	return x ? node(p, not ? EXPR_NOT : EXPR_NEG, x, NULL, NULL) : NULL;
}

static const struct {
	const char *sign;
	enum expr_op op;
	int level;
} binaries[] = {
	{"||", EXPR_OR, 1}, {"&&", EXPR_AND, 2}, {"==", EXPR_EQ, 3},  {"!=", EXPR_NE, 3},  {"<", EXPR_LT, 4},  {"<=", EXPR_LE, 4},
	{">", EXPR_GT, 4},  {">=", EXPR_GE, 4},  {"+", EXPR_ADD, 5}, {"-", EXPR_SUB, 5}, {"*", EXPR_MUL, 6}, {"/", EXPR_DIV, 6},
};

// The operator at hand and its level; 0: none.
static int level_of(const struct parser *p, enum expr_op *op)
{
	if (p->tok.kind == T_NAME && sv_eqz(p->tok.s, "in")) {
		*op = EXPR_IN;
		return 4;
	}
	for (size_t i = 0; p->tok.kind == T_SIGN && i < sizeof(binaries) / sizeof(*binaries); i++) {
		if (sv_eqz(p->tok.s, binaries[i].sign)) {
			*op = binaries[i].op;
			return binaries[i].level;
		}
	}
	return 0;
}

// Behind "x in [": the items and the bracket.
static struct expr *parse_items(struct parser *p, struct expr *x)
{
	struct expr *items[EXPR_MAX_ITEMS];
	size_t n = 0;
	int depth = x->depth;

	if (!enter(p))
		return NULL;
	while (!at_sign(p, "]")) {
		if (n && !take_sign(p, ","))
			return fail(p, _("expected ',' or ']' in the list"));
		if (n == EXPR_MAX_ITEMS)
			return fail(p, _("the list has too many items; at most 64 are allowed"));
		items[n] = parse_any(p);
		if (!items[n])
			return NULL;
		if (items[n]->depth > depth)
			depth = items[n]->depth;
		n++;
	}
	p->nest--;
	advance(p);
	struct expr *in = node(p, EXPR_IN, x, NULL, NULL);
	if (!in)
		return NULL;
	in->depth = depth + 1;
	if (in->depth > EXPR_MAX_DEPTH)
		return fail(p, _("the expression is nested too deeply; split it into several fields or nodes"));
	in->items = arena_array(p->a, struct expr *, n + 1);
	memcpy(in->items, items, n * sizeof(*items));
	in->n_items = n;
	in->listed = true;
	return in;
}

static struct expr *parse_level(struct parser *p, int least)
{
	struct expr *x = parse_unary(p);
	enum expr_op op = EXPR_LITERAL;
	int level;

	while (x && (level = level_of(p, &op)) >= least && level > 0) {
		advance(p);
		if (op == EXPR_IN && take_sign(p, "[")) {
			x = parse_items(p, x);
			continue;
		}
		struct expr *right = parse_level(p, level + 1);
		x = right ? node(p, op, x, right, NULL) : NULL;
	}
	return x;
}

static struct expr *parse_any(struct parser *p)
{
	return parse_level(p, 1);
}

struct expr *expr_parse(struct sv text, int *col, struct err *e, struct arena *a)
{
	struct parser p = {.all = text, .e = e, .col = col, .a = a};

	if (text.n > EXPR_MAX_BYTES)
		return fail(&p, _("the expression is too long; at most 4096 bytes are allowed"));
	if (!utf8_valid(text))
		return fail(&p, _("the expression is not valid UTF-8"));
	advance(&p);
	struct expr *x = parse_any(&p);
	if (x && p.tok.kind != T_END)
		return fail(&p, _("expected an operator or the end of the expression"));
	return x;
}
