// SPDX-License-Identifier: MIT
// Knows the key scripts of --script: one key, text or command a line (cli.md).
#ifndef APP_SCRIPT_H
#define APP_SCRIPT_H

#include "src/base/err.h"
#include "src/base/str.h"
#include "ui/key.h"

// Lines: a key name (Tab, C-p, F2), text:冻结, :wait REGEX, :expect REGEX, :screen FILE, :call NUMBER NAME, :quit;
// blank lines and lines with # are passed over. A bad line is ERR_PARSE with its number, before anything runs.
struct key_script;
struct key_script *key_script_load(const char *path, struct err *e);
void key_script_free(struct key_script *s);

// What runs the keys. key and text give false when the program has left.
struct key_script_host {
	void *ctx;
	bool (*key)(void *ctx, struct key k);
	bool (*text)(void *ctx, struct sv text);
	bool (*call)(void *ctx, const char *number, const char *name);
	void (*screen)(void *ctx, struct str *out); // appends the screen as text
	void (*turn)(void *ctx, int64_t ms); // one turn of the loop, waiting at most ms
};
enum { KEY_SCRIPT_WAIT_MS = 10000 };
// False: an expectation failed; e names the line and shows what the screen held.
must_use bool key_script_run(struct key_script *s, const struct key_script_host *host, struct err *e);

#endif
