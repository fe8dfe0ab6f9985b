// SPDX-License-Identifier: MIT
// Knows how the full-screen workstation is started: what the command line decided, and the one call that runs it.
#ifndef APP_H
#define APP_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/practice/log.h"

// Everything is borrowed and outlives app_run. The language is chosen already (i18n_init).
struct app_options {
	const char *data;   // data directory, never NULL; with demo: not used, a throw-away site is made
	const char *config; // settings file, NULL: the default place
	const char *lang;   // as given by --lang, NULL: not given (then the settings may choose)
	const struct clock *clock; // shifted by --now
	bool seeded;
	uint64_t seed;
	bool demo;          // demo_make and demo_calls of src/work/demo.h
	const char *script; // keys come from this file instead of the terminal (cli.md), NULL: from the terminal
	bool ascii_borders; // asked for on the command line
	const char *practice; // code of an exercise that begins at once, NULL: none
	enum practice_mode practice_mode;
};

// Runs until the agent leaves. Gives an enum cli_exit: done, no (an expectation of the script failed), failed. What went
// wrong is on standard error, after the terminal was restored.
int app_run(const struct app_options *o);

#endif
