// SPDX-License-Identifier: MIT
// Knows what a station does with couriers' files: writes its own outbox into one, and carries those of others on to the hub.
#include "src/sync/carry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/store/meta.h"
#include "src/store/outbox.h"

enum { BATCH = 200 };

// --- the own outbox

// Numbers have no gap, so first and last tell how many there are.
static bool range(struct db *db, struct courier_head *h, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select min(n) from outbox where st in ('queued', 'sending')");

	h->from = db_row(st) ? db_int(st, 0) : 0;
	if (!db_end(st, e))
		return false;
	if (!h->from)
		return err_set(e, ERR_NOT_FOUND, _("nothing waits to be sent"));
	st = db_stmt(db, "select max(n) from outbox");
	h->to = db_row(st) ? db_int(st, 0) : 0;
	h->ops = h->to - h->from + 1;
	return db_end(st, e);
}

static bool head_of(struct db *db, const struct hub_key *key, int64_t now, struct courier_head *h, struct err *e)
{
	struct arena a = {0};
	struct joined j;
	const char *inc = NULL;
	bool ok = joined_load(db, &j, &a, e) && meta_text(db, "inc", &inc, &a, e);

	*h = (struct courier_head){.made = now};
	if (ok && (!j.dev || !inc))
		ok = err_set(e, ERR_NOT_FOUND, _("this station has joined no hub yet: zuoxi enrol URL CODE"));
	if (ok) {
		snprintf(h->dev, sizeof(h->dev), "%s", j.dev);
		snprintf(h->inc, sizeof(h->inc), "%s", inc);
		memcpy(h->hub, j.box_pk, sizeof(h->hub));
		memcpy(h->sign, key->sign_pk, sizeof(h->sign));
		ok = range(db, h, e);
	}
	arena_release(&a);
	return ok;
}

static bool add_op(struct courier_writer *w, const struct outbox_op *op, struct err *e)
{
	json_error_t why;
	json_t *body = op->body ? json_loads(op->body, 0, &why) : NULL;
	struct wire_op out = {.n = op->n, .id = op->id, .k = op->k, .t = op->t, .e = op->e, .s = op->s, .base = op->base, .body = body,
			      .at = op->made, .off = op->off, .by = op->by};

	memcpy(out.h, op->h, sizeof(out.h));
	bool ok = body ? courier_add(w, &out, e) : err_set(e, ERR_PARSE, _("operation %lld is damaged"), (long long)op->n);
	json_decref(body);
	return ok;
}

static bool add_all(struct db *db, struct courier_writer *w, const struct courier_head *h, struct err *e)
{
	bool ok = true;

	for (int64_t after = h->from - 1; ok && after < h->to;) {
		struct outbox_ops ops = {0};
		struct arena a = {0};
		ok = outbox_list(db, after, BATCH, &ops, &a, e);
		for (size_t i = 0; ok && i < ops.n && ops.v[i].n <= h->to; i++)
			ok = add_op(w, &ops.v[i], e);
		if (ok && !ops.n)
			ok = err_set(e, ERR_CONFLICT, _("the outbox has a hole after operation %lld"), (long long)after);
		after += (int64_t)ops.n;
		vec_release(&ops);
		arena_release(&a);
	}
	return ok;
}

static FILE *create(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w+b");

	if (!f) {
		err_set(e, errno == EEXIST ? ERR_CONFLICT : err_from_errno(errno), _("cannot make %s: %s"), path, strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	return f;
}

bool courier_export(struct db *db, const struct hub_key *key, const char *path, int64_t now, struct courier_head *out, struct err *e)
{
	struct courier_writer *w = NULL;
	FILE *f = NULL;
	bool ok = head_of(db, key, now, out, e) && (f = create(path, e)) && courier_begin(&w, f, out, key->sign_sk, e);

	if (ok && !add_all(db, w, out, e)) {
		courier_abandon(w);
		ok = false;
	} else if (ok) {
		ok = courier_finish(w, e) &&
		     (fsync(fileno(f)) == 0 || err_set(e, err_from_errno(errno), _("cannot write %s: %s"), path, strerror(errno)));
	}
	if (f && fclose(f) != 0 && ok)
		ok = err_set(e, err_from_errno(errno), _("cannot write %s: %s"), path, strerror(errno));
	if (f && !ok)
		unlink(path);
	return ok;
}

// --- those of others

static char *carried_dir(const char *dir)
{
	return path_join(dir, "carried");
}

static bool copy(FILE *from, const char *path, struct err *e)
{
	char buf[64 * 1024];
	char *tmp = xasprintf("%s.tmp", path);
	size_t n;

	unlink(tmp);
	FILE *to = create(tmp, e);
	bool ok = to != NULL;
	rewind(from);
	while (ok && (n = fread(buf, 1, sizeof(buf), from)) > 0)
		ok = fwrite(buf, 1, n, to) == n;
	if (to) {
		ok = ok && !ferror(from) && fflush(to) == 0 && fsync(fileno(to)) == 0;
		ok = fclose(to) == 0 && ok && rename(tmp, path) == 0;
		if (!ok) {
			err_set(e, err_from_errno(errno), _("cannot write %s: %s"), path, strerror(errno));
			unlink(tmp);
		}
	}
	free(tmp);
	return ok;
}

static bool take_in(const char *dir, FILE *f, const struct courier_head *h, bool *again, struct err *e)
{
	char *folder = carried_dir(dir);
	char *path = xasprintf("%s/%s-%s-%lld-%lld" COURIER_SUFFIX, folder, h->dev, h->inc, (long long)h->from, (long long)h->to);

	// The same operations have the same hashes, whoever carries them and however often.
	*again = path_exists(path);
	bool ok = *again || (path_mkdirs(folder, e) && copy(f, path, e));
	free(path);
	free(folder);
	return ok;
}

bool courier_carry(const char *dir, const unsigned char box_pk[JOINED_BOX_PK], const char *path, struct courier_head *out, bool *again,
		   struct err *e)
{
	FILE *f = fopen(path, "rbe");

	if (!f)
		return err_set(e, err_from_errno(errno), _("cannot open %s: %s"), path, strerror(errno));
	bool ok = courier_check(f, out, e);
	if (ok && memcmp(out->hub, box_pk, sizeof(out->hub)) != 0)
		ok = err_set(e, ERR_DENIED, _("the file was written for another hub"));
	ok = ok && take_in(dir, f, out, again, e);
	fclose(f);
	return ok;
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static bool ends_with(const char *name, const char *suffix)
{
	size_t n = strlen(name), end = strlen(suffix);

	return n > end && strcmp(name + n - end, suffix) == 0;
}

bool courier_carried(const char *dir, struct carried *out, struct arena *a, struct err *e)
{
	char *folder = carried_dir(dir);
	DIR *d = opendir(folder);
	bool ok = d || errno == ENOENT || err_set(e, err_from_errno(errno), _("cannot open %s: %s"), folder, strerror(errno));

	for (struct dirent *it; d && (it = readdir(d));) {
		if (ends_with(it->d_name, COURIER_SUFFIX))
			vec_push(&out->paths, arena_printf(a, "%s/%s", folder, it->d_name));
		else if (ends_with(it->d_name, COURIER_SUFFIX COURIER_REFUSED))
			out->refused++;
	}
	if (d)
		closedir(d);
	if (out->paths.n)
		qsort(out->paths.v, out->paths.n, sizeof(*out->paths.v), by_name);
	free(folder);
	return ok;
}

bool courier_delivered(const char *path, struct err *e)
{
	return unlink(path) == 0 || errno == ENOENT || err_set(e, err_from_errno(errno), _("cannot remove %s: %s"), path, strerror(errno));
}

bool courier_refused(const char *path, struct err *e)
{
	char *aside = xasprintf("%s" COURIER_REFUSED, path);
	bool ok = rename(path, aside) == 0 || errno == ENOENT ||
		  err_set(e, err_from_errno(errno), _("cannot rename %s: %s"), path, strerror(errno));

	free(aside);
	return ok;
}
