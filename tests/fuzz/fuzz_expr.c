// SPDX-License-Identifier: MIT
// Knows what must hold for any text read as an expression, a number or a time.
#include "src/base/clock.h"
#include "src/desk/expr.h"
#include "src/desk/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool lookup(void *ctx, struct sv name, struct expr_value *out)
{
	(void)ctx;
	switch (name.n % 5) {
	case 0: return false;
	case 1: *out = expr_text("2026-11-22"); return true;
	case 2: *out = expr_number(-1e300); return true;
	case 3: *out = expr_list("a,b,冻结"); return true;
	default: *out = expr_bool(true); return true;
	}
}

static void expression(struct sv text)
{
	const struct expr_env env = {.lookup = lookup, .now_ms = INT64_C(1795312800000), .zone = "Asia/Shanghai"};
	struct arena a = {0};
	struct err e = {0};
	struct str one = {0}, two = {0};
	int col = 0;
	struct expr *x = expr_parse(text, &col, &e, &a);

	if (!x && (!e.msg[0] || col < 1))
		BUG("refused without a word, column %d", col);
	if (x) {
		expr_format(expr_eval(x, &env), &one);
		expr_format(expr_eval(x, &env), &two);
		if (strcmp(str_z(&one), str_z(&two)) != 0)
			BUG("the same question has two answers");
	}
	str_release(&one);
	str_release(&two);
	arena_release(&a);
}

static void number(struct sv text)
{
	struct number n, again;
	struct err e = {0};
	char buf[NUMBER_CAP];

	if (number_parse(text, &n, &e) &&
	    (!number_format(&n, buf, &e) || !number_parse(sv(buf), &again, &e) || again.counter != n.counter || again.kind != n.kind))
		BUG("a number that is not read as it was written: %s", e.msg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv text = sv_n((const char *)data, size);
	int64_t at;
	char buf[64];

	expression(text);
	number(text);
	if (clock_parse(text, &at))
		clock_format("UTC", at, "%Y-%m-%d %H:%M:%S", buf, sizeof(buf));
	if (clock_parse_local("Asia/Shanghai", text, &at))
		clock_format("Asia/Shanghai", at, "%Y-%m-%d %H:%M", buf, sizeof(buf));
	return 0;
}
