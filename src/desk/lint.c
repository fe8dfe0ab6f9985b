// SPDX-License-Identifier: MIT
// Knows how to put a finding into words for its reporter.
#include "src/desk/lint.h"

#include <stdarg.h>

#include "src/base/err.h"

void lint_report(const struct lint *l, int line, int col, enum lint_severity severity, const char *fmt, ...)
{
	struct err e = {0};
	va_list ap;

	if (!l->report)
		return;
	va_start(ap, fmt);
	err_setv(&e, ERR_PARSE, fmt, ap); // cuts at a character boundary
	va_end(ap);
	l->report(l->ctx, line, col, severity, e.msg);
}
