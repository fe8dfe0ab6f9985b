// SPDX-License-Identifier: MIT
// Knows how a failure is carried to whoever can act on it, and how a bug ends the program.
#include "src/base/err.h"

#include <stdint.h>
#include <unistd.h>

static void (*die_hook)(void);

void die_set_hook(void (*hook)(void))
{
	die_hook = hook;
}

static _Noreturn void die(const char *msg)
{
	void (*hook)(void) = die_hook;

	// The hook itself may hit a bug; do not come back for a second try.
	die_hook = NULL;
	if (hook)
		hook();
	fprintf(stderr, "zuoxi: %s\n", msg);
	abort();
}

_Noreturn void bug(const char *file, int line, const char *fmt, ...)
{
	char text[400], msg[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(msg, sizeof(msg), "bug at %s:%d: %s", file, line, text);
	die(msg);
}

// Cuts the string in buf, which vsnprintf may have cut inside a UTF-8 sequence, at a whole character.
static void trim_partial(char *buf, size_t cap)
{
	size_t n = strlen(buf);

	if (n + 1 < cap)
		return;
	size_t i = n;
	while (i > 0 && ((unsigned char)buf[i - 1] & 0xC0) == 0x80)
		i--;
	if (i == 0)
		return;
	unsigned char lead = (unsigned char)buf[i - 1];
	size_t need = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
	if (n - (i - 1) < need)
		buf[i - 1] = '\0';
}

bool err_setv(struct err *e, enum err_code code, const char *fmt, va_list ap)
{
	if (!e)
		return false;
	e->code = code;
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	trim_partial(e->msg, sizeof(e->msg));
	return false;
}

bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_setv(e, code, fmt, ap);
	va_end(ap);
	return false;
}

bool err_prefix(struct err *e, const char *fmt, ...)
{
	char head[240], old[sizeof(e->msg)];
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	vsnprintf(head, sizeof(head), fmt, ap);
	va_end(ap);
	trim_partial(head, sizeof(head));
	memcpy(old, e->msg, sizeof(old));
	// whoever wrote the colon into the context got two
	size_t n = strlen(head);
	while (n && (head[n - 1] == ' ' || head[n - 1] == ':'))
		head[--n] = '\0';
	if (n >= strlen("：") && strcmp(head + n - strlen("："), "：") == 0)
		head[n - strlen("：")] = '\0';
	snprintf(e->msg, sizeof(e->msg), "%s: %s", head, old);
	trim_partial(e->msg, sizeof(e->msg));
	return false;
}

void err_clear(struct err *e)
{
	if (e)
		*e = (struct err){0};
}

void *xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		die("out of memory");
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		die("out of memory");
	return p;
}

void *xrealloc(void *p, size_t n)
{
	p = realloc(p, n ? n : 1);
	if (!p)
		die("out of memory");
	return p;
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		die("out of memory");
	return xrealloc(p, n * size);
}

char *xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *xstrndup(const char *s, size_t n)
{
	char *p = xmalloc(n + 1);

	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	int n = vasprintf(&p, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("out of memory");
	return p;
}
