// SPDX-License-Identifier: MIT
// Knows how a finding about a content pack reaches whoever shows it.
#ifndef DESK_LINT_H
#define DESK_LINT_H

// An error keeps the pack from being loaded; a warning is shown to the author.
enum lint_severity {
	LINT_ERROR,
	LINT_WARNING,
};

// line and col count from 1 (0: not known) in the file the element was read from; the message is borrowed for the call and
// in the user's language.
typedef void lint_fn(void *ctx, int line, int col, enum lint_severity severity, const char *message);
struct lint {
	lint_fn *report;
	void *ctx;
};

void lint_report(const struct lint *l, int line, int col, enum lint_severity severity, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

#endif
