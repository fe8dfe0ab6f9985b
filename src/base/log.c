// SPDX-License-Identifier: MIT
// Knows the log file: one line an event, never customer data above debug level.
#include "src/base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/base/err.h"

static struct {
	pthread_mutex_t lock;
	int fd;
	enum log_level least;
} lg = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1, .least = LOG_INFO};

void log_open(const char *path, enum log_level least)
{
	struct stat st;

	log_close();
	if (stat(path, &st) == 0 && st.st_size > 4 << 20) {
		char *old = xasprintf("%s.1", path);
		rename(path, old);
		free(old);
	}
	lg.fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	lg.least = least;
}

void log_stderr(enum log_level least)
{
	log_close();
	lg.fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	lg.least = least;
}

void log_close(void)
{
	if (lg.fd >= 0)
		close(lg.fd);
	lg.fd = -1;
}

static void put(const char *level, const char *fmt, va_list ap)
{
	char when[32], text[1024], line[1200];

	if (lg.fd < 0)
		return;
	clock_rfc3339(clock_wall(&clock_real), when, sizeof(when));
	vsnprintf(text, sizeof(text), fmt, ap);
	for (char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20)
			*p = ' ';
	int n = snprintf(line, sizeof(line), "%s %s %s\n", when, level, text);
	pthread_mutex_lock(&lg.lock);
	if (n > 0 && write(lg.fd, line, (size_t)n) < 0)
		lg.fd = -1; // a full disk must not turn into a loop of errors
	pthread_mutex_unlock(&lg.lock);
}

void log_line(enum log_level level, const char *fmt, ...)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	va_list ap;

	if (level < lg.least)
		return;
	va_start(ap, fmt);
	put(names[level], fmt, ap);
	va_end(ap);
}

bool log_traces(const char *topic)
{
	struct sv rest = sv(getenv("ZUOXI_TRACE")), part;

	while (sv_split(&rest, ',', &part))
		if (sv_eqz(part, topic) || sv_eqz(part, "all"))
			return true;
	return false;
}

void log_trace(const char *topic, const char *fmt, ...)
{
	va_list ap;

	if (!log_traces(topic))
		return;
	va_start(ap, fmt);
	put(topic, fmt, ap);
	va_end(ap);
}
