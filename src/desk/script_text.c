// SPDX-License-Identifier: MIT
// Knows the variables in script lines: {form.x}, {{ and }}.
#include "src/base/arena.h"
#include "src/desk/script.h"

// One piece of a text: literal bytes, or a variable. False at the end.
enum piece_kind { PIECE_TEXT, PIECE_VAR, PIECE_BAD };
struct piece {
	enum piece_kind kind;
	struct sv s;
	size_t at;
};

static bool next_piece(const char *text, size_t *at, struct piece *out)
{
	const char *p = text + *at;
	size_t n = strcspn(p, "{}");

	*out = (struct piece){.at = *at};
	if (n) {
		out->s = sv_n(p, n);
		*at += n;
		return true;
	}
	if (!*p)
		return false;
	if (p[1] == p[0]) {
		out->s = sv_n(p, 1);
		*at += 2;
		return true;
	}
	n = *p == '{' ? strcspn(p + 1, "{}") : 0;
	if (n && p[1 + n] == '}') {
		out->kind = PIECE_VAR;
		out->s = sv_n(p + 1, n);
		*at += n + 2;
		return true;
	}
	out->kind = PIECE_BAD;
	out->s = sv_n(p, 1);
	*at += 1;
	return true;
}

const char *script_render(const char *text, const char *(*var)(void *ctx, struct sv name), void *ctx, struct arena *a)
{
	struct str b = {0};
	struct piece piece;
	size_t at = 0;

	while (text && next_piece(text, &at, &piece)) {
		if (piece.kind != PIECE_VAR) {
			str_addn(&b, piece.s.p, piece.s.n);
			continue;
		}
		const char *value = var ? var(ctx, piece.s) : NULL;
		str_add(&b, str_empty(value) ? "……" : value);
	}
	const char *out = arena_strdup(a, str_z(&b));
	str_release(&b);
	return out;
}

bool script_text_vars(const char *text, void (*fn)(void *ctx, struct sv name), void *ctx, int *col)
{
	struct piece piece;
	size_t at = 0;

	while (text && next_piece(text, &at, &piece)) {
		if (piece.kind == PIECE_BAD) {
			if (col)
				*col = (int)piece.at + 1;
			return false;
		}
		if (piece.kind == PIECE_VAR && fn)
			fn(ctx, piece.s);
	}
	return true;
}

bool script_var_known(struct sv name)
{
	static const char *const whole[] = {
		"agent.no",      "agent.name", "org",      "customer.name", "customer.title",
		"customer.tier", "now.greet",  "now.time", "ticket.no",     "sla.due", "cb.due",
	};
	static const char *const prefix[] = {"form.", "base.", "set."};

	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++) {
		if (sv_eqz(name, whole[i]))
			return true;
	}
	for (size_t i = 0; i < sizeof(prefix) / sizeof(*prefix); i++) {
		if (sv_starts(name, prefix[i]) && name.n > strlen(prefix[i]))
			return true;
	}
	return false;
}
