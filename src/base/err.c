// SPDX-License-Identifier: MIT
// Knows how a failure is carried to whoever can act on it, and how a bug ends the program.
#include "src/base/err.h"

#include <stdint.h>
#include <unistd.h>

#include "src/base/utf8.h"

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

// What is quoted in a message may be anything, and may have been cut inside a character: drops bytes that are no whole
// character, and what could steer a terminal.
static void keep_whole(char *s)
{
	size_t n = strlen(s), out = 0;

	for (size_t i = 0, used; i < n; i += used) {
		uint32_t cp;
		used = utf8_decode(sv_n(s + i, n - i), &cp);
		if ((cp == 0xfffd && used == 1) || (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7f && cp < 0xa0))
			continue;
		memmove(s + out, s + i, used);
		out += used;
	}
	s[out] = '\0';
}

bool err_setv(struct err *e, enum err_code code, const char *fmt, va_list ap)
{
	if (!e)
		return false;
	e->code = code;
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	keep_whole(e->msg);
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
	memcpy(old, e->msg, sizeof(old));
	// whoever wrote the colon into the context got two
	size_t n = strlen(head);
	while (n && (head[n - 1] == ' ' || head[n - 1] == ':'))
		head[--n] = '\0';
	if (n >= strlen("：") && strcmp(head + n - strlen("："), "：") == 0)
		head[n - strlen("：")] = '\0';
	snprintf(e->msg, sizeof(e->msg), "%s: %s", head, old);
	keep_whole(e->msg);
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
