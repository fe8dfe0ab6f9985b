// SPDX-License-Identifier: MIT
// Knows the station's key file and the keys derived from it.
#include "src/store/key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/str.h"

struct keyring {
	unsigned char key[KEY_USES][KEY_BYTES];
};

static void need_sodium(void)
{
	if (sodium_init() < 0)
		BUG("libsodium does not start");
}

bool key_exists(const char *dir)
{
	char *path = path_join(dir, "station.key");
	bool there = path_exists(path);

	free(path);
	return there;
}

bool key_make(const char *dir, struct err *e)
{
	unsigned char master[KEY_BYTES];

	need_sodium();
	char *path = path_join(dir, "station.key");
	bool ok = !path_exists(path) ||
		  err_set(e, ERR_CONFLICT, _("%s is there already: what it has sealed would be lost"), path);
	if (ok) {
		randombytes_buf(master, sizeof(master));
		ok = path_write_atomic(path, sv_n((const char *)master, sizeof(master)), 0600, e);
		sodium_memzero(master, sizeof(master));
	}
	free(path);
	return ok;
}

struct keyring *keyring_from(const unsigned char master[KEY_BYTES])
{
	need_sodium();
	struct keyring *k = sodium_malloc(sizeof(*k));
	if (!k)
		BUG("no guarded memory for the keys");
	for (uint64_t use = 0; use < KEY_USES; use++)
		crypto_kdf_derive_from_key(k->key[use], KEY_BYTES, use + 1, "zx-store", master);
	sodium_mprotect_readonly(k);
	return k;
}

static bool read_master(const char *path, unsigned char master[KEY_BYTES], struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return err_set(e, err_from_errno(errno), _("cannot open %s: %s"), path, strerror(errno));
	ssize_t n = fstat(fd, &st) == 0 ? read(fd, master, KEY_BYTES) : -1;
	close(fd);
	if (n != KEY_BYTES || st.st_size != KEY_BYTES)
		return err_set(e, ERR_PARSE, _("%s is not a key: it must have %d bytes"), path, KEY_BYTES);
	if (st.st_mode & 077)
		return err_set(e, ERR_DENIED, _("%s can be read by others; run: chmod 600 %s"), path, path);
	return true;
}

bool keyring_load(struct keyring **out, const char *dir, struct err *e)
{
	unsigned char master[KEY_BYTES];
	char *path = path_join(dir, "station.key");
	bool ok = read_master(path, master, e);

	free(path);
	*out = ok ? keyring_from(master) : NULL;
	sodium_memzero(master, sizeof(master));
	return ok;
}

void keyring_free(struct keyring *k)
{
	sodium_free(k);
}

const unsigned char *keyring_get(const struct keyring *k, enum key_use use)
{
	return k->key[use];
}
