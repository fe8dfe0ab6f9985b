// SPDX-License-Identifier: MIT
// Knows how a test gets a directory of its own and leaves nothing behind.
#ifndef TESTS_STORE_TMPDIR_H
#define TESTS_STORE_TMPDIR_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/err.h"
#include "src/base/path.h"

static inline char *tmpdir_new(void)
{
	const char *base = getenv("TMPDIR");
	char *dir = path_join(base && *base ? base : P_tmpdir, "zuoxi-store-XXXXXX");

	if (!mkdtemp(dir))
		BUG("no directory for the test: %s", dir);
	return dir;
}

static inline int tmpdir_unlink(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st;
	(void)flag;
	(void)f;
	return remove(path);
}

static inline void tmpdir_free(char *dir)
{
	nftw(dir, tmpdir_unlink, 16, FTW_DEPTH | FTW_PHYS);
	free(dir);
}

#define assert_ok(expr, e)                                                                     \
	do {                                                                                   \
		if (!(expr))                                                                   \
			fail_msg("%s: %s", #expr, (e).msg);                                    \
	} while (0)

#endif
