// SPDX-License-Identifier: MIT
// Knows how the hub makes the files of a first sync: a knowledge base with its index built, named by its hash, signed.
#include "src/hub/segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "kb/segment.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/hub/follow.h"
#include "src/wire/segment.h"

#define STREAM "kb/all"
enum { CHANGED_PERCENT = 5, CHANGED_LEAST = 20 };

// --- the manifest

static char *manifest_path(const char *folder)
{
	return path_join(folder, "manifest.json");
}

json_t *segment_manifest(const char *folder, struct err *e)
{
	char *path = manifest_path(folder);
	struct str text = {0};
	json_t *j = NULL;

	if (!path_exists(path))
		err_set(e, ERR_NOT_FOUND, _("no knowledge base has been packed for stations yet"));
	else if (path_read(path, 1 << 16, &text, e))
		j = wire_parse(sv(str_z(&text)), 1 << 16, e);
	str_release(&text);
	free(path);
	return j;
}

char *segment_path(const char *folder, const char *hash)
{
	if (strlen(hash) != 2 * KB_SEGMENT_HASH || hash[strspn(hash, "0123456789abcdef")])
		return NULL;
	char *path = xasprintf("%s/%s.db", folder, hash);
	if (path_exists(path))
		return path;
	free(path);
	return NULL;
}

static bool write_whole(const char *path, const char *text, struct err *e)
{
	char *part = xasprintf("%s.part", path);
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t n = strlen(text);
	bool ok = fd >= 0 && write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	ok = ok && rename(part, path) == 0;
	if (!ok)
		err_set(e, ERR_IO, _("cannot write %s: %s"), path, strerror(errno));
	free(part);
	return ok;
}

static bool tell(const struct hub_keys *k, const char *folder, const struct kb_segment *seg, const struct kb_cursor *at, struct err *e)
{
	char hash[2 * KB_SEGMENT_HASH + 1], hex[2 * 64 + 1], *path = manifest_path(folder);
	unsigned char sig[64];

	sodium_bin2hex(hash, sizeof(hash), seg->hash, sizeof(seg->hash));
	json_t *m = json_pack("{s:s, s:I, s:I, s:s, s:I, s:I, s:I}", "s", STREAM, "epoch", (json_int_t)at->epoch, "seq", (json_int_t)at->seq, "hash",
			      hash, "bytes", (json_int_t)seg->bytes, "articles", (json_int_t)seg->articles, "at", (json_int_t)at->at);
	char *signed_text = wire_segment_text(m);
	hub_keys_sign(k, sv(signed_text), sig);
	sodium_bin2hex(hex, sizeof(hex), sig, sizeof(sig));
	json_object_set_new(m, "sig", json_string(hex));
	char *text = wire_print(m);
	bool ok = write_whole(path, text, e);
	free(text);
	free(signed_text);
	json_decref(m);
	free(path);
	return ok;
}

// --- building

static const char *hash_of(const json_t *manifest)
{
	const char *s = json_string_value(json_object_get(manifest, "hash"));

	return s ? s : "";
}

// Files of neither the newest nor the one before it.
static void sweep(const char *folder, const char *newest, const char *before)
{
	DIR *d = opendir(folder);
	struct dirent *ent;

	while (d && (ent = readdir(d))) {
		size_t n = strlen(ent->d_name);
		if (n != 2 * KB_SEGMENT_HASH + 3 || strcmp(ent->d_name + n - 3, ".db") != 0)
			continue;
		if (strncmp(ent->d_name, newest, n - 3) != 0 && strncmp(ent->d_name, before, n - 3) != 0) {
			char *path = path_join(folder, ent->d_name);
			unlink(path);
			free(path);
		}
	}
	if (d)
		closedir(d);
}

static bool write_segment(const struct hub_keys *k, struct kb *kb, const char *folder, const struct kb_cursor *at, const json_t *old, struct err *e)
{
	char *part = path_join(folder, "building.part"), hash[2 * KB_SEGMENT_HASH + 1], *path = NULL;
	struct kb_segment seg;
	bool ok;

	unlink(part); // of a build that was cut short
	ok = kb_segment_write(kb, part, &seg, e);
	if (ok) {
		sodium_bin2hex(hash, sizeof(hash), seg.hash, sizeof(seg.hash));
		path = xasprintf("%s/%s.db", folder, hash);
		ok = rename(part, path) == 0 || err_set(e, ERR_IO, _("cannot write %s: %s"), path, strerror(errno));
	}
	ok = ok && tell(k, folder, &seg, at, e);
	if (ok)
		sweep(folder, hash, hash_of(old));
	free(path);
	free(part);
	return ok;
}

static bool is_due(const json_t *old, const struct kb_cursor *at, bool force)
{
	int64_t since = at->seq - json_integer_value(json_object_get(old, "seq"));
	int64_t rows = json_integer_value(json_object_get(old, "articles"));

	if (!old || json_integer_value(json_object_get(old, "epoch")) != at->epoch)
		return true;
	return since > 0 && (force || (since >= CHANGED_LEAST && since * 100 > rows * CHANGED_PERCENT));
}

bool segment_build(struct hub_store *s, const struct hub_keys *k, const char *folder, bool force, bool *made, struct err *e)
{
	char *path = path_join(folder, "kb.db");
	struct kb_cursor at;
	struct kb *kb = NULL;
	json_t *old;
	bool ok = path_mkdirs(folder, e) && kb_open(&kb, path, KB_WRITE, hub_store_clock(s), NULL, e) && follow_kb(s, kb, &at, e);

	*made = false;
	if (ok) {
		old = segment_manifest(folder, NULL);
		*made = is_due(old, &at, force);
		ok = !*made || write_segment(k, kb, folder, &at, old, e);
		json_decref(old);
	}
	kb_close(kb);
	free(path);
	return ok;
}
