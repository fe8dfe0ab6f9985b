// SPDX-License-Identifier: MIT
// Knows the hub's own key file: the ring that seals the store, the pair that signs, the pair outbox files are sealed to.
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/hub/auth.h"

static const char magic[8] = "zxhub1\n";

// What the file holds; every pair is derived from its seed.
struct key_file {
	char magic[sizeof(magic)];
	unsigned char master[KEY_BYTES], sign[crypto_sign_SEEDBYTES], box[crypto_box_SEEDBYTES];
};

struct hub_keys {
	struct keyring *ring;
	unsigned char sign_public[crypto_sign_PUBLICKEYBYTES], sign_secret[crypto_sign_SECRETKEYBYTES];
	unsigned char box_public[crypto_box_PUBLICKEYBYTES], box_secret[crypto_box_SECRETKEYBYTES];
};

static void need_sodium(void)
{
	if (sodium_init() < 0)
		BUG("libsodium does not start");
}

bool hub_keys_make(const char *path, struct err *e)
{
	struct key_file f = {0};

	need_sodium();
	if (path_exists(path))
		return err_set(e, ERR_CONFLICT, _("%s is there already: what it has sealed would be lost"), path);
	memcpy(f.magic, magic, sizeof(magic));
	randombytes_buf(f.master, sizeof(f.master));
	randombytes_buf(f.sign, sizeof(f.sign));
	randombytes_buf(f.box, sizeof(f.box));
	bool ok = path_write_atomic(path, sv_n((const char *)&f, sizeof(f)), 0600, e);
	sodium_memzero(&f, sizeof(f));
	return ok;
}

static bool read_file(const char *path, struct key_file *f, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return err_set(e, ERR_IO, _("cannot open %s: %s; zuoxi-hub init makes it"), path, strerror(errno));
	ssize_t n = fstat(fd, &st) == 0 ? read(fd, f, sizeof(*f)) : -1;
	close(fd);
	if (n != (ssize_t)sizeof(*f) || st.st_size != (off_t)sizeof(*f) || memcmp(f->magic, magic, sizeof(magic)) != 0)
		return err_set(e, ERR_PARSE, _("%s is not the key file of a hub"), path);
	if (st.st_mode & 077)
		return err_set(e, ERR_DENIED, _("%s can be read by others; run: chmod 600 %s"), path, path);
	return true;
}

bool hub_keys_load(struct hub_keys **out, const char *path, struct err *e)
{
	struct key_file f;

	*out = NULL;
	need_sodium();
	if (read_file(path, &f, e)) {
		struct hub_keys *k = sodium_malloc(sizeof(*k));
		if (!k)
			BUG("no guarded memory for the keys");
		k->ring = keyring_from(f.master);
		crypto_sign_seed_keypair(k->sign_public, k->sign_secret, f.sign);
		crypto_box_seed_keypair(k->box_public, k->box_secret, f.box);
		sodium_mprotect_readonly(k);
		*out = k;
	}
	sodium_memzero(&f, sizeof(f));
	return *out != NULL;
}

void hub_keys_free(struct hub_keys *k)
{
	if (!k)
		return;
	keyring_free(k->ring);
	sodium_free(k);
}

const struct keyring *hub_keys_ring(const struct hub_keys *k)
{
	return k->ring;
}

const unsigned char *hub_keys_sign_public(const struct hub_keys *k)
{
	return k->sign_public;
}

const unsigned char *hub_keys_box_public(const struct hub_keys *k)
{
	return k->box_public;
}

const unsigned char *hub_keys_box_secret(const struct hub_keys *k)
{
	return k->box_secret;
}

void hub_keys_sign(const struct hub_keys *k, struct sv what, unsigned char sig[64])
{
	crypto_sign_detached(sig, NULL, (const unsigned char *)what.p, what.n, k->sign_secret);
}

bool hub_keys_open(const struct hub_keys *k, struct sv sealed, struct str *out, struct err *e)
{
	if (sealed.n < crypto_box_SEALBYTES)
		return err_set(e, ERR_PARSE, _("the file is too short: it was cut off or is no sealed file"));
	size_t n = sealed.n - crypto_box_SEALBYTES;
	unsigned char *plain = xmalloc(n + 1);
	bool ok = crypto_box_seal_open(plain, (const unsigned char *)sealed.p, sealed.n, k->box_public, k->box_secret) == 0;
	if (ok)
		str_addn(out, (const char *)plain, n);
	sodium_memzero(plain, n);
	free(plain);
	return ok || err_set(e, ERR_DENIED, _("the file was sealed for another hub or is damaged"));
}
