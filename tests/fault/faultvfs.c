// SPDX-License-Identifier: MIT
// Knows a SQLite VFS that fails when told to, and that can lose everything that was not synced, as a power cut does.
#include "tests/fault/faultvfs.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/err.h"
#include "src/base/path.h"
#include "src/base/vec.h"

enum { SECTOR = 512 };

// A write that is not synced yet; data NULL: a truncation to off.
struct pending {
	int64_t off;
	size_t n;
	unsigned char *data;
};
// What is safe of one file, and what is not yet.
struct image {
	char *path;
	bool exists; // its name is safe
	unsigned char *safe;
	size_t size;
	VEC(struct pending) todo;
};

static struct {
	pthread_mutex_t mutex;
	sqlite3_vfs vfs, *real;
	bool armed, sticky, hit;
	enum fault_kind kind;
	long left;
	bool tracking, off;
	long cut;
	VEC(struct image *) images;
} g = {.mutex = PTHREAD_MUTEX_INITIALIZER};

struct file {
	sqlite3_file base;
	struct image *image; // NULL: not tracked
	sqlite3_file *real;  // behind this struct
};

enum op {
	OP_WRITE,
	OP_TRUNCATE,
	OP_SYNC,
	OP_DELETE,
};

// Counts one call and says how it ends: SQLITE_OK, or the fault.
static int fate(enum op op)
{
	if (g.off)
		return SQLITE_IOERR_WRITE;
	if (g.tracking && g.cut && --g.cut == 0) {
		g.off = true;
		return SQLITE_IOERR_WRITE;
	}
	bool concerned = op == OP_WRITE || (g.kind == FAULT_IOERR && op != OP_DELETE);
	if (!g.armed || !concerned || --g.left > 0)
		return SQLITE_OK;
	g.hit = true;
	g.armed = g.sticky;
	g.left = g.sticky ? 1 : 0;
	switch (g.kind) {
	case FAULT_FULL:
		return SQLITE_FULL;
	case FAULT_READONLY:
		return SQLITE_READONLY;
	case FAULT_IOERR:
		return op == OP_SYNC ? SQLITE_IOERR_FSYNC : op == OP_TRUNCATE ? SQLITE_IOERR_TRUNCATE : SQLITE_IOERR_WRITE;
	}
	return SQLITE_OK;
}

static void resize(struct image *im, size_t size)
{
	im->safe = xrealloc(im->safe, size);
	if (size > im->size)
		memset(im->safe + im->size, 0, size - im->size);
	im->size = size;
}

static void apply(struct image *im, int64_t off, const unsigned char *data, size_t n)
{
	if ((size_t)off + n > im->size)
		resize(im, (size_t)off + n);
	memcpy(im->safe + off, data, n);
}

static void forget(struct image *im)
{
	for (size_t i = 0; i < im->todo.n; i++)
		free(im->todo.v[i].data);
	im->todo.n = 0;
}

static void make_safe(struct image *im)
{
	for (size_t i = 0; i < im->todo.n; i++) {
		struct pending *p = &im->todo.v[i];
		if (p->data)
			apply(im, p->off, p->data, p->n);
		else
			resize(im, (size_t)p->off);
	}
	forget(im);
	im->exists = true;
}

static struct image *image_of(const char *path)
{
	struct str have = {0};

	for (size_t i = 0; i < g.images.n; i++)
		if (str_eq(g.images.v[i]->path, path))
			return g.images.v[i];
	struct image *im = xcalloc(1, sizeof(*im));
	im->path = xstrdup(path);
	im->exists = path_exists(path); // what was there before tracking is safe
	if (im->exists && path_read(path, SIZE_MAX, &have, NULL) && have.n)
		apply(im, 0, (const unsigned char *)have.s, have.n);
	str_release(&have);
	vec_push(&g.images, im);
	return im;
}

static void remember(struct file *f, int64_t off, const void *data, size_t n)
{
	struct pending p = {.off = off, .n = n};

	if (!f->image)
		return;
	if (data) {
		p.data = xmalloc(n);
		memcpy(p.data, data, n);
	}
	vec_push(&f->image->todo, p);
}

static int f_close(sqlite3_file *file)
{
	struct file *f = (struct file *)file;

	return f->real->pMethods ? f->real->pMethods->xClose(f->real) : SQLITE_OK;
}

static int f_read(sqlite3_file *file, void *p, int n, sqlite3_int64 off)
{
	struct file *f = (struct file *)file;

	return f->real->pMethods->xRead(f->real, p, n, off);
}

static int f_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 off)
{
	struct file *f = (struct file *)file;

	pthread_mutex_lock(&g.mutex);
	int rc = fate(OP_WRITE);
	if (rc == SQLITE_OK)
		remember(f, off, p, (size_t)n);
	pthread_mutex_unlock(&g.mutex);
	return rc == SQLITE_OK ? f->real->pMethods->xWrite(f->real, p, n, off) : rc;
}

static int f_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct file *f = (struct file *)file;

	pthread_mutex_lock(&g.mutex);
	int rc = fate(OP_TRUNCATE);
	if (rc == SQLITE_OK)
		remember(f, size, NULL, 0);
	pthread_mutex_unlock(&g.mutex);
	return rc == SQLITE_OK ? f->real->pMethods->xTruncate(f->real, size) : rc;
}

static int f_sync(sqlite3_file *file, int flags)
{
	struct file *f = (struct file *)file;

	pthread_mutex_lock(&g.mutex);
	int rc = fate(OP_SYNC);
	(void)flags;
	if (rc == SQLITE_OK && f->image)
		make_safe(f->image);
	pthread_mutex_unlock(&g.mutex);
	return rc;
}

static int f_size(sqlite3_file *file, sqlite3_int64 *size)
{
	struct file *f = (struct file *)file;

	return f->real->pMethods->xFileSize(f->real, size);
}

static int f_lock(sqlite3_file *file, int level)
{
	struct file *f = (struct file *)file;

	return f->real->pMethods->xLock(f->real, level);
}

static int f_unlock(sqlite3_file *file, int level)
{
	struct file *f = (struct file *)file;

	return f->real->pMethods->xUnlock(f->real, level);
}

static int f_reserved(sqlite3_file *file, int *out)
{
	struct file *f = (struct file *)file;

	return f->real->pMethods->xCheckReservedLock(f->real, out);
}

static int f_control(sqlite3_file *file, int op, void *arg)
{
	struct file *f = (struct file *)file;

	return f->real->pMethods->xFileControl(f->real, op, arg);
}

static int f_sector(sqlite3_file *file)
{
	(void)file;
	return SECTOR;
}

static int f_traits(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE; // as the system's own VFS on a plain file system
}

static int f_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
	struct file *f = (struct file *)file;

	return f->real->pMethods->xShmMap(f->real, page, size, extend, out);
}

static int f_shm_lock(sqlite3_file *file, int off, int n, int flags)
{
	struct file *f = (struct file *)file;

	return f->real->pMethods->xShmLock(f->real, off, n, flags);
}

static void f_shm_barrier(sqlite3_file *file)
{
	struct file *f = (struct file *)file;

	f->real->pMethods->xShmBarrier(f->real);
}

static int f_shm_unmap(sqlite3_file *file, int remove)
{
	struct file *f = (struct file *)file;

	return f->real->pMethods->xShmUnmap(f->real, remove);
}

// Version 2: shared memory for WAL, no memory-mapped reading, so that every access passes here.
static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = f_close,
	.xRead = f_read,
	.xWrite = f_write,
	.xTruncate = f_truncate,
	.xSync = f_sync,
	.xFileSize = f_size,
	.xLock = f_lock,
	.xUnlock = f_unlock,
	.xCheckReservedLock = f_reserved,
	.xFileControl = f_control,
	.xSectorSize = f_sector,
	.xDeviceCharacteristics = f_traits,
	.xShmMap = f_shm_map,
	.xShmLock = f_shm_lock,
	.xShmBarrier = f_shm_barrier,
	.xShmUnmap = f_shm_unmap,
};

static int v_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out_flags)
{
	struct file *f = (struct file *)file;

	(void)vfs;
	*f = (struct file){.real = (sqlite3_file *)(f + 1)};
	pthread_mutex_lock(&g.mutex);
	if (g.tracking && path)
		f->image = image_of(path);
	pthread_mutex_unlock(&g.mutex);
	int rc = g.real->xOpen(g.real, path, f->real, flags, out_flags);
	f->base.pMethods = f->real->pMethods ? &methods : NULL;
	return rc;
}

static int v_delete(sqlite3_vfs *vfs, const char *path, int sync_dir)
{
	(void)vfs;
	pthread_mutex_lock(&g.mutex);
	int rc = fate(OP_DELETE);
	if (rc == SQLITE_OK && g.tracking) {
		struct image *im = image_of(path);
		forget(im);
		im->exists = false;
		im->size = 0;
	}
	pthread_mutex_unlock(&g.mutex);
	return rc == SQLITE_OK ? g.real->xDelete(g.real, path, sync_dir) : SQLITE_IOERR_DELETE;
}

void fault_vfs_register(void)
{
	if (g.real)
		return;
	g.real = sqlite3_vfs_find(NULL);
	g.vfs = *g.real;
	g.vfs.zName = FAULT_VFS;
	g.vfs.pNext = NULL;
	g.vfs.szOsFile = (int)sizeof(struct file) + g.real->szOsFile;
	g.vfs.xOpen = v_open;
	g.vfs.xDelete = v_delete;
	if (sqlite3_vfs_register(&g.vfs, 0) != SQLITE_OK)
		BUG("the test's VFS does not register");
}

void fault_arm(enum fault_kind kind, long n, bool sticky)
{
	pthread_mutex_lock(&g.mutex);
	g.kind = kind;
	g.left = n;
	g.sticky = sticky;
	g.armed = true;
	g.hit = false;
	pthread_mutex_unlock(&g.mutex);
}

bool fault_clear(void)
{
	pthread_mutex_lock(&g.mutex);
	bool hit = g.hit;
	g.armed = g.hit = false;
	pthread_mutex_unlock(&g.mutex);
	return hit;
}

void fault_power_start(void)
{
	pthread_mutex_lock(&g.mutex);
	g.tracking = true;
	g.off = false;
	g.cut = 0;
	pthread_mutex_unlock(&g.mutex);
}

void fault_power_cut_at(long n)
{
	pthread_mutex_lock(&g.mutex);
	g.cut = n;
	pthread_mutex_unlock(&g.mutex);
}

static bool coin(uint64_t *seed)
{
	// splitmix64
	uint64_t z = (*seed += 0x9E3779B97F4A7C15ULL);
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
	return (z ^ (z >> 31)) & 1;
}

static void settle_one(struct image *im, uint64_t *seed)
{
	for (size_t i = 0; i < im->todo.n; i++) {
		struct pending *p = &im->todo.v[i];
		if (!p->data) {
			if (coin(seed))
				resize(im, (size_t)p->off);
			continue;
		}
		for (size_t done = 0; done < p->n;) {
			size_t n = SECTOR - (size_t)(p->off + (int64_t)done) % SECTOR;
			n = n < p->n - done ? n : p->n - done;
			if (coin(seed))
				apply(im, p->off + (int64_t)done, p->data + done, n);
			done += n;
		}
	}
	if (!im->exists && (im->size == 0 || coin(seed))) {
		unlink(im->path);
		return;
	}
	int fd = open(im->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || (im->size && write(fd, im->safe, im->size) != (ssize_t)im->size))
		BUG("cannot write %s back", im->path);
	close(fd);
}

void fault_power_settle(uint64_t seed)
{
	for (size_t i = 0; i < g.images.n; i++) {
		struct image *im = g.images.v[i];
		char *shm = xasprintf("%s-shm", im->path);
		settle_one(im, &seed);
		unlink(shm); // memory does not outlive the power
		free(shm);
		forget(im);
		vec_release(&im->todo);
		free(im->safe);
		free(im->path);
		free(im);
	}
	vec_release(&g.images);
	g.tracking = g.off = false;
	g.cut = 0;
}
