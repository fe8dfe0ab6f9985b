// SPDX-License-Identifier: MIT
// Knows how to make a disk full or read-only for one directory: preloaded into a program, it fails what writes to files below
// ZUOXI_TEST_DIR while the file ZUOXI_TEST_FAIL exists ("EROFS" in it: read-only, else no space).
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

ssize_t write(int fd, const void *p, size_t n);
ssize_t pwrite(int fd, const void *p, size_t n, off_t off);
int fsync(int fd);
int fdatasync(int fd);
int ftruncate(int fd, off_t size);

// 0, or the errno this descriptor must fail with now.
static int fate(int fd)
{
	const char *dir = getenv("ZUOXI_TEST_DIR"), *control = getenv("ZUOXI_TEST_FAIL");
	char link[64], path[PATH_MAX];
	struct stat st;

	if (!dir || !control || stat(control, &st) != 0)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0)
		return 0;
	path[n] = '\0';
	if (strncmp(path, dir, strlen(dir)) != 0)
		return 0;
	return st.st_size > 0 ? EROFS : ENOSPC;
}

#define FAIL_OR(type, name, params, args)                              \
	type name params                                               \
	{                                                              \
		static type (*real) params;                            \
		int no = fate(fd);                                     \
		if (no) {                                              \
			errno = no;                                    \
			return -1;                                     \
		}                                                      \
		if (!real)                                             \
			*(void **)&real = dlsym(RTLD_NEXT, #name);     \
		return real args;                                      \
	}

// With 64-bit offsets, which meson sets, pwrite and ftruncate are the symbols pwrite64 and ftruncate64 that SQLite calls too.
FAIL_OR(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n))
FAIL_OR(ssize_t, pwrite, (int fd, const void *p, size_t n, off_t off), (fd, p, n, off))
FAIL_OR(int, fsync, (int fd), (fd))
FAIL_OR(int, fdatasync, (int fd), (fd))
FAIL_OR(int, ftruncate, (int fd, off_t size), (fd, size))
