// SPDX-License-Identifier: MIT
// Knows how a failure is carried to whoever can act on it, and how a bug ends the program.
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

// Codes exist only where somebody branches on them.
enum err_code {
	ERR_NONE,
	ERR_IO,        // file, database, terminal; the message names it
	ERR_FULL,      // disk full, quota or read-only: work goes on, nothing is dropped from the screen
	ERR_PARSE,     // input does not have the form it must have
	ERR_NOT_FOUND, // asked for something that is not there
	ERR_CONFLICT,  // somebody else holds or changed it
	ERR_LIMIT,     // larger, longer or deeper than allowed
	ERR_DENIED,    // refused by a rule of the work
	ERR_USAGE,     // wrong arguments
};

// Lives on the caller's stack; nothing to free. A zeroed struct is "no error".
struct err {
	enum err_code code;
	char msg[480];
};

// Fills e (may be NULL) with a message, which is clean whatever it quotes: whole characters, no control characters but line
// ends and tabs. Always returns false, so a failure is one line.
bool err_set(struct err *e, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool err_setv(struct err *e, enum err_code code, const char *fmt, va_list ap) __attribute__((format(printf, 3, 0)));
// Puts context in front: "config/keys.yaml:12: " + what was there. Always returns false.
bool err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void err_clear(struct err *e);

#define must_use __attribute__((warn_unused_result))

// A hook that restores the terminal before anything is printed by bug() or out-of-memory; NULL takes it away.
void die_set_hook(void (*hook)(void));
// Prints one line to standard error and aborts. For impossible states only, never for input.
_Noreturn void bug(const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
#define BUG(...) bug(__FILE__, __LINE__, __VA_ARGS__)

// Memory: these never return NULL; running out ends the program through the same hook.
void *xmalloc(size_t n) __attribute__((malloc));
void *xcalloc(size_t n, size_t size) __attribute__((malloc));
void *xrealloc(void *p, size_t n);
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s) __attribute__((malloc));
char *xstrndup(const char *s, size_t n) __attribute__((malloc));
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
