// SPDX-License-Identifier: MIT
// Knows how a password is asked for: from the terminal without showing it, or as the first line of standard input.
#ifndef CLI_PASSWORD_H
#define CLI_PASSWORD_H

#include "src/base/err.h"

enum { PASSWORD_MAX = 256 };
// Prompts on standard error when standard input is a terminal. At most PASSWORD_MAX - 1 bytes (ERR_LIMIT); none is ERR_USAGE. The
// caller wipes out.
must_use bool password_read(const char *prompt, char out[PASSWORD_MAX], struct err *e);

#endif
