// SPDX-License-Identifier: MIT
// Knows how a whole knowledge base is fetched from the hub: the manifest, whom it is signed by, the file, its hash.
#include "src/sync/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>
#include <uv.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/vec.h"
#include "src/wire/read.h"
#include "src/wire/segment.h"

enum { MANIFEST_BYTES = 65536, MANIFEST_MS = 10000, SILENCE_MS = 30000, HASH = 32 };
#define SEGMENT_MAX (64LL << 30)
// A base that is so little behind follows the stream faster than it fetches the file.
enum { NEAR_ROWS = 2000 };
// So much has come since the last look before another thread hashes it and sends it on its way to the disk.
enum { CHASE_BYTES = 4 << 20, CHASE_PIECE = 1 << 18 };

struct fetch {
	struct http *http;
	struct request *request;
	char *base, *part, *path;
	VEC(char *) headers; // owned, the last is NULL; room for Range before it
	unsigned char sign[32];
	int64_t epoch, seq;
	void (*progress)(void *arg, int64_t have, int64_t bytes);
	void (*done)(void *arg, const struct fetch_done *d);
	void *arg;

	struct fetch_done d;
	char hash[2 * HASH + 1];
	int fd;
	int64_t have;
	bool resumed; // only the rest was asked for, nothing of it has come yet
	bool broken; // the disk refused a piece

	// What is written is hashed, and brought to the disk, by a thread of the loop's pool. Its while busy: from here to the end.
	uv_work_t work;
	bool busy, whole, ended, gone; // whole: all has come; ended: done is due; gone: nobody waits any more
	crypto_generichash_state state;
	int64_t hashed, to;
	int error;
	bool synced;
};

char *fetch_path(const char *dir)
{
	return path_join(dir, "kb.segment");
}

static void drop(struct fetch *f)
{
	if (f->fd >= 0)
		close(f->fd);
	for (size_t i = 0; i < f->headers.n; i++)
		free(f->headers.v[i]);
	vec_release(&f->headers);
	free(f->base);
	free(f->part);
	free(f->path);
	free(f);
}

static void finish(struct fetch *f, enum fetch_end end)
{
	f->d.end = end;
	f->ended = true;
	if (f->busy) // after_chase comes back to it
		return;
	f->done(f->arg, &f->d);
	drop(f);
}

static void later(struct fetch *f, const struct http_reply *r)
{
	f->d.after_ms = r->retry_after_ms;
	if (r->end == HTTP_ANSWERED)
		err_set(&f->d.err, ERR_IO, _("the hub answered with status %d"), r->status);
	else
		f->d.err = r->err;
	finish(f, FETCH_LATER);
}

// --- the file

static void conclude(struct fetch *f);

static void chase_work(uv_work_t *w)
{
	struct fetch *f = w->data;
	unsigned char *buf = xmalloc(CHASE_PIECE);
	int64_t from = f->hashed;

	while (f->hashed < f->to && !f->error) {
		int64_t left = f->to - f->hashed;
		ssize_t n = pread(f->fd, buf, left < CHASE_PIECE ? (size_t)left : CHASE_PIECE, f->hashed);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			f->error = n ? errno : EIO;
			break;
		}
		crypto_generichash_update(&f->state, buf, (unsigned long long)n);
		f->hashed += n;
	}
	free(buf);
	// So that little is left to wait for at the end; whether it got there is asked then.
	if (f->to < f->d.bytes)
		(void)sync_file_range(f->fd, from, f->to - from, SYNC_FILE_RANGE_WRITE);
	else if (!f->error && fsync(f->fd) != 0)
		f->error = errno;
	else
		f->synced = true;
}

static void after_chase(uv_work_t *w, int status);

static void chase(struct fetch *f)
{
	if (f->busy || (!f->whole && f->have - f->hashed < CHASE_BYTES))
		return;
	f->busy = true;
	f->to = f->have;
	f->work.data = f;
	if (uv_queue_work(http_loop(f->http), &f->work, chase_work, after_chase) != 0)
		BUG("the loop has no threads");
}

static void after_chase(uv_work_t *w, int status)
{
	struct fetch *f = w->data;

	(void)status;
	f->busy = false;
	if (f->gone)
		drop(f);
	else if (f->ended)
		finish(f, f->d.end);
	else if (f->error || (f->whole && f->synced))
		conclude(f);
	else
		chase(f);
}

static bool start_over(struct fetch *f)
{
	f->have = 0;
	return ftruncate(f->fd, 0) == 0 && lseek(f->fd, 0, SEEK_SET) == 0;
}

// What is there already of this very file; anything else is overwritten.
static bool open_part(struct fetch *f)
{
	f->fd = open(f->part, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	crypto_generichash_init(&f->state, NULL, 0, HASH);
	if (f->fd < 0 || (f->have = lseek(f->fd, 0, SEEK_END)) < 0)
		return err_set(&f->d.err, ERR_IO, _("cannot write %s: %s"), f->part, strerror(errno));
	if (f->have < f->d.bytes)
		return true;
	return start_over(f) || err_set(&f->d.err, ERR_IO, _("cannot write %s: %s"), f->part, strerror(errno));
}

static void on_piece(void *arg, struct sv piece)
{
	struct fetch *f = arg;

	// Somebody on the way does not know ranges: this is the whole file again.
	if (f->resumed && http_status(f->request) == 200 && !start_over(f))
		f->broken = !err_set(&f->d.err, ERR_IO, _("cannot write %s: %s"), f->part, strerror(errno));
	f->resumed = false;
	if (f->broken || f->have + (int64_t)piece.n > f->d.bytes)
		return;
	for (size_t at = 0; at < piece.n;) {
		ssize_t n = write(f->fd, piece.p + at, piece.n - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			f->broken = true;
			err_set(&f->d.err, errno == ENOSPC ? ERR_FULL : ERR_IO, _("cannot write %s: %s"), f->part, strerror(errno));
			return;
		}
		at += (size_t)n;
	}
	f->have += (int64_t)piece.n;
	chase(f); // not before the first piece: until then the part may be thrown away
	if (f->progress)
		f->progress(f->arg, f->have, f->d.bytes);
}

// All of it has come and lies on the disk: is it what was announced?
static void conclude(struct fetch *f)
{
	unsigned char h[HASH];
	char hex[2 * HASH + 1];

	if (f->error) {
		f->broken = true;
		err_set(&f->d.err, f->error == ENOSPC ? ERR_FULL : ERR_IO, _("cannot write %s: %s"), f->part, strerror(f->error));
		if (!f->request) // else on_file ends it
			finish(f, FETCH_FAILED);
		return;
	}
	crypto_generichash_final(&f->state, h, sizeof(h));
	sodium_bin2hex(hex, sizeof(hex), h, sizeof(h));
	if (strcmp(hex, f->hash) != 0) {
		unlink(f->part);
		err_set(&f->d.err, ERR_DENIED, _("the knowledge base fetched is not the one the hub announced; it was thrown away"));
		finish(f, FETCH_REFUSED);
	} else if (rename(f->part, f->path) != 0) {
		err_set(&f->d.err, ERR_IO, _("cannot write %s: %s"), f->path, strerror(errno));
		finish(f, FETCH_FAILED);
	} else {
		finish(f, FETCH_READY);
	}
}

static void on_file(void *arg, const struct http_reply *r)
{
	struct fetch *f = arg;

	f->request = NULL;
	if (f->broken) {
		finish(f, FETCH_FAILED);
		return;
	}
	if (f->have < f->d.bytes) { // what came stays for the next try, unless the hub does not know this file any more
		if (r->end == HTTP_ANSWERED && (r->status == 404 || r->status == 416))
			unlink(f->part);
		later(f, r);
		return;
	}
	f->whole = true;
	chase(f);
}

static void ask_file(struct fetch *f)
{
	char path[80 + 2 * HASH];

	if (!open_part(f)) {
		finish(f, FETCH_FAILED);
		return;
	}
	f->resumed = f->have > 0;
	if (f->resumed) {
		f->headers.v[f->headers.n - 1] = xasprintf("Range: bytes=%lld-", (long long)f->have);
		vec_push(&f->headers, NULL);
	}
	snprintf(path, sizeof(path), "/v1/blob/%s", f->hash);
	f->request = http_start(f->http, &(struct http_request){
		.method = "GET", .base = f->base, .path = path, .headers = (const char *const *)f->headers.v, .max = MANIFEST_BYTES,
		.silence_ms = SILENCE_MS, .large = true, .data = on_piece, .done = on_file, .arg = f});
}

// --- the manifest

static bool read_manifest(struct fetch *f, struct sv body)
{
	json_t *m = wire_parse(body, MANIFEST_BYTES, &f->d.err);
	const char *hash = NULL, *stream = NULL, *sig = NULL;
	bool ok = m && wire_need_text(m, "s", 60, &stream, &f->d.err) && wire_need_text(m, "hash", 2 * HASH, &hash, &f->d.err) &&
		  wire_need_text(m, "sig", 128, &sig, &f->d.err) && wire_need_int(m, "epoch", 1, INT64_MAX, &f->d.epoch, &f->d.err) &&
		  wire_need_int(m, "seq", 0, INT64_MAX, &f->d.seq, &f->d.err) && wire_need_int(m, "bytes", 1, SEGMENT_MAX, &f->d.bytes, &f->d.err) &&
		  wire_may_int(m, "articles", 0, INT64_MAX, &f->d.articles, &f->d.err);

	if (ok && (strcmp(stream, "kb/all") != 0 || strlen(hash) != 2 * HASH || !wire_segment_signed(m, f->sign)))
		ok = err_set(&f->d.err, ERR_DENIED, _("the knowledge base the hub offers does not carry the hub's signature"));
	if (ok)
		snprintf(f->hash, sizeof(f->hash), "%s", hash);
	json_decref(m);
	return ok;
}

static void on_manifest(void *arg, const struct http_reply *r)
{
	struct fetch *f = arg;

	f->request = NULL;
	if (r->end == HTTP_ANSWERED && r->status == 404) {
		finish(f, FETCH_NONE);
		return;
	}
	if (r->end != HTTP_ANSWERED || r->status != 200) {
		later(f, r);
		return;
	}
	if (!read_manifest(f, r->body)) {
		finish(f, FETCH_REFUSED);
		return;
	}
	if (f->epoch == f->d.epoch && f->seq + NEAR_ROWS >= f->d.seq && f->seq > 0) {
		finish(f, FETCH_NONE);
		return;
	}
	ask_file(f);
}

struct fetch *fetch_start(const struct fetch_options *o)
{
	struct fetch *f = xcalloc(1, sizeof(*f));

	f->http = o->http;
	f->base = xstrdup(o->base);
	f->path = fetch_path(o->dir);
	f->part = xasprintf("%s.part", f->path);
	for (size_t i = 0; o->headers && o->headers[i]; i++)
		vec_push(&f->headers, xstrdup(o->headers[i]));
	vec_push(&f->headers, NULL);
	memcpy(f->sign, o->sign, sizeof(f->sign));
	f->epoch = o->epoch;
	f->seq = o->seq;
	f->progress = o->progress;
	f->done = o->done;
	f->arg = o->arg;
	f->fd = -1;
	f->request = http_start(f->http, &(struct http_request){
		.method = "GET", .base = f->base, .path = "/v1/snap/kb/all", .headers = (const char *const *)f->headers.v,
		.max = MANIFEST_BYTES, .timeout_ms = MANIFEST_MS, .done = on_manifest, .arg = f});
	return f;
}

void fetch_cancel(struct fetch *f)
{
	if (f->request)
		http_cancel(f->request);
	f->request = NULL;
	f->gone = true;
	if (!f->busy)
		drop(f);
}
