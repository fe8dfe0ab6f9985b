// SPDX-License-Identifier: MIT
// Knows how a fuzz target is run without a fuzzer: over every file of its corpus, whole and cut short.
#include <dirent.h>
#include <sys/stat.h>

#include "src/base/err.h"
#include "src/base/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CUTS = 24 };

static int files;

// A copy of exactly this size, so that a sanitizer sees reads past its end.
static void run(const char *data, size_t size)
{
	uint8_t *copy = xmalloc(size ? size : 1);
	memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void replay(const char *path)
{
	struct str s = {0};
	struct err e = {0};
	if (!path_read(path, 4 * 1024 * 1024, &s, &e))
		BUG("%s", e.msg);
	for (size_t i = 0; i <= CUTS; i++)
		run(str_z(&s), s.n * i / CUTS);
	files++;
	str_release(&s);
}

static void replay_all(const char *path)
{
	struct dirent **names;
	int n = path_is_dir(path) ? scandir(path, &names, NULL, alphasort) : -1;
	if (n < 0) {
		replay(path);
		return;
	}
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.') {
			char *inside = path_join(path, names[i]->d_name);
			replay_all(inside);
			free(inside);
		}
		free(names[i]);
	}
	free(names);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay_all(argv[i]);
	printf("%d files\n", files);
	return files ? 0 : 1; // an empty corpus proves nothing
}
