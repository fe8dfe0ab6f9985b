// SPDX-License-Identifier: MIT
// Knows the log file: one line an event, never customer data above debug level.
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level {
	LOG_DEBUG,
	LOG_INFO,
	LOG_WARN,
	LOG_ERROR,
};

// Appends to path (mode 0600), starting anew past 4 MiB (the old one becomes path.1). Until opened, lines are dropped.
void log_open(const char *path, enum log_level least);
void log_stderr(enum log_level least); // the same to standard error: a service's log is the journal's
void log_close(void);
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
// ZUOXI_TRACE=keys,http,sql,jobs: is this topic traced? Traced lines are written at debug level regardless of `least`.
bool log_traces(const char *topic);
void log_trace(const char *topic, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
