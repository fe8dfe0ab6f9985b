// SPDX-License-Identifier: MIT
// Knows files over HTTP: uploads that go on where they were cut off, downloads by range, the file of a first sync.
//
// An upload: HEAD tells how much is there (Upload-Offset), PATCH brings the next piece (Upload-Offset, Upload-Length; at most a
// request's size), 201 when the hash fits.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/hub/auth_part.h"
#include "src/hub/segment.h"
#include "src/hub/server_part.h"

enum { DAY_MS = 24 * 3600000 };

struct blob {
	const char *site, *hash, *dev;
	int64_t size, have, off;
	size_t max;
	struct sv bytes;
	struct str *out;
	bool complete, found;
	int64_t wait; // ms until this station may begin another; 0: now
};

// The hash of the address; NULL: answered.
static const char *hash_of(struct job *j)
{
	unsigned char h[WIRE_HASH];

	if (hex_read(j->tail, h, sizeof(h)) && strspn(j->tail, "0123456789abcdef") == sizeof(h) * 2)
		return j->tail;
	refuse(j, WIRE_P_NOT_FOUND, "not a hash");
	return NULL;
}

static bool state_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct blob *b = arg;

	return hub_blob_state(tx, b->site, b->hash, &b->size, &b->have, &b->complete, &b->found, e);
}

static void offsets(struct job *j, const struct blob *b)
{
	answer_header(&j->an, "Upload-Offset", "%lld", (long long)b->have);
	answer_header(&j->an, "Upload-Length", "%lld", (long long)b->size);
}

enum outcome route_blob_head(struct job *j)
{
	struct blob b = {.site = j->who.site, .hash = hash_of(j)};
	struct err e = {0};

	if (!b.hash)
		return OUT_DONE;
	if (!hub_run(j->sv->o.store, HUB_READ, state_body, &b, &e))
		return answer_failure(j, &e);
	if (!b.found)
		return refuse(j, WIRE_P_NOT_FOUND, "not begun");
	answer_empty(j, 200);
	offsets(j, &b);
	return OUT_DONE;
}

// How many a station has begun today stands with the hub's facts: "DAY COUNT".
static bool count_today(struct hub_tx *tx, struct blob *b, struct err *e)
{
	int64_t today = hub_now(tx) / DAY_MS, day = 0, n = 0;
	char key[80], value[48];
	const char *text;

	snprintf(key, sizeof(key), "blobs/%s", b->dev);
	if (!hub_meta_get(tx, b->site, key, &text, e))
		return false;
	struct sv rest = sv(text), word;
	if (text && (!sv_split(&rest, ' ', &word) || !parse_int(word, 0, INT64_MAX, &day) || !parse_int(rest, 0, INT64_MAX, &n) || day != today))
		n = 0;
	if (n >= WIRE_BLOBS_DAY) {
		b->wait = (today + 1) * DAY_MS - hub_now(tx);
		return true;
	}
	snprintf(value, sizeof(value), "%lld %lld", (long long)today, (long long)n + 1);
	return hub_meta_set(tx, b->site, key, value, e);
}

static bool append_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct blob *b = arg;
	int64_t size, have;
	bool complete, begun;

	b->wait = 0;
	if (!hub_blob_state(tx, b->site, b->hash, &size, &have, &complete, &begun, e) || (!begun && !count_today(tx, b, e)))
		return false;
	if (b->wait)
		return true;
	return hub_blob_append(tx, b->site, b->hash, b->size, b->off, b->bytes, &b->complete, e) && state_body(tx, b, e);
}

enum outcome route_blob_patch(struct job *j)
{
	struct blob b = {.site = j->who.site, .hash = hash_of(j), .dev = j->who.dev, .bytes = j->rq.body};
	struct err e = {0};

	if (!b.hash)
		return OUT_DONE;
	if (!number_of(j->rq.offset, INT64_MAX / 2, &b.off) || !number_of(j->rq.length, INT64_MAX / 2, &b.size))
		return refuse(j, WIRE_P_BAD_SHAPE, "Upload-Offset and Upload-Length");
	if (b.size > WIRE_BLOB_BYTES)
		return refuse(j, WIRE_P_TOO_LARGE, "a file has at most %d bytes", WIRE_BLOB_BYTES);
	if (!hub_run(j->sv->o.store, HUB_WRITE, append_body, &b, &e)) {
		if (e.code != ERR_CONFLICT)
			return answer_failure(j, &e);
		// Somewhere else than thought: the answer says where.
		struct err e2 = {0};
		if (!hub_run(j->sv->o.store, HUB_READ, state_body, &b, &e2))
			return answer_failure(j, &e2);
		refuse(j, WIRE_P_PRECONDITION, "%s", e.msg);
		offsets(j, &b);
		return OUT_DONE;
	}
	if (b.wait)
		return refuse_busy(j, WIRE_P_TOO_MANY, b.wait, "enough files of this station for one day");
	answer_empty(j, b.complete ? 201 : 204);
	offsets(j, &b);
	return OUT_DONE;
}

// --- down

// "bytes=A-" or "bytes=A-B"; nothing else is needed to go on where a download was cut off.
static bool range_of(const char *text, int64_t *from, int64_t *to)
{
	const char *dash;

	*to = INT64_MAX / 2;
	if (strncmp(text, "bytes=", 6) != 0 || !(dash = strchr(text + 6, '-')))
		return false;
	return parse_int(sv_n(text + 6, (size_t)(dash - text - 6)), 0, INT64_MAX / 2, from) &&
	       (!dash[1] || parse_int(sv(dash + 1), *from, INT64_MAX / 2, to));
}

static bool read_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct blob *b = arg;

	str_clear(b->out);
	if (!state_body(tx, b, e))
		return false;
	return !b->complete || b->off >= b->size || hub_blob_read(tx, b->site, b->hash, b->off, b->max, b->out, e);
}

static enum outcome send_blob(struct job *j, struct blob *b)
{
	bool ranged = j->rq.range != NULL;

	if (!b->complete)
		return refuse(j, WIRE_P_NOT_FOUND, "not here, or not all of it");
	if (b->off >= b->size && ranged) {
		refuse(j, WIRE_P_BAD_RANGE, "behind the end");
		answer_header(&j->an, "Content-Range", "bytes */%lld", (long long)b->size);
		return OUT_DONE;
	}
	answer_empty(j, ranged ? 206 : 200);
	j->an.type = "application/octet-stream";
	j->an.body = *b->out;
	*b->out = (struct str){0};
	answer_header(&j->an, "Accept-Ranges", "bytes");
	if (ranged)
		answer_header(&j->an, "Content-Range", "bytes %lld-%lld/%lld", (long long)b->off,
			      (long long)b->off + (long long)j->an.body.n - 1, (long long)b->size);
	return OUT_DONE;
}

// --- the file of a first sync: named by its hash like every other, but it lies in this hub's folder

// false: no such file here. Else it is answered.
static bool send_file(struct job *j, int64_t off, int64_t to)
{
	char *path = j->sv->o.folder ? segment_path(j->sv->o.folder, j->tail) : NULL;
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	struct stat st;

	free(path);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0 || off >= st.st_size) {
		close(fd);
		refuse(j, WIRE_P_BAD_RANGE, "behind the end");
		return true;
	}
	if (to >= st.st_size)
		to = st.st_size - 1;
	answer_empty(j, j->rq.range ? 206 : 200);
	j->an.type = "application/octet-stream";
	j->an.has_file = true;
	j->an.file = fd;
	j->an.from = off;
	j->an.length = to - off + 1;
	answer_header(&j->an, "Accept-Ranges", "bytes");
	if (j->rq.range)
		answer_header(&j->an, "Content-Range", "bytes %lld-%lld/%lld", (long long)off, (long long)to,
			      (long long)st.st_size);
	return true;
}

enum outcome route_blob_get(struct job *j)
{
	struct str out = {0};
	struct blob b = {.site = j->who.site, .hash = hash_of(j), .out = &out};
	struct err e = {0};
	int64_t to = INT64_MAX / 2;
	enum outcome rc = OUT_DONE;

	if (!b.hash)
		return OUT_DONE;
	if (j->rq.range && !range_of(j->rq.range, &b.off, &to))
		return refuse(j, WIRE_P_BAD_RANGE, "one range, bytes=A- or bytes=A-B");
	b.max = to - b.off + 1 < WIRE_BLOB_BYTES ? (size_t)(to - b.off + 1) : WIRE_BLOB_BYTES;
	if (!limit_snap_enter(&j->sv->limits))
		return refuse_busy(j, WIRE_P_BUSY, 0, "enough downloads at once");
	// The knowledge base belongs to all sites, everything else to one.
	if (!send_file(j, b.off, to))
		rc = hub_run(j->sv->o.store, HUB_READ, read_body, &b, &e) ? send_blob(j, &b) : answer_failure(j, &e);
	limit_snap_leave(&j->sv->limits);
	str_release(&out);
	return rc;
}

// What there is for a first sync of a stream: the signed manifest of src/wire/segment.h.
enum outcome route_snap(struct job *j)
{
	enum wire_family family;
	const char *rest;
	struct err e = {0};

	if (!wire_stream_parse(j->tail, &family, &rest))
		return refuse(j, WIRE_P_NOT_FOUND, "no such stream");
	if (!actor_may_read(&j->who, j->who.site, j->tail))
		return refuse(j, WIRE_P_FORBIDDEN, "not a stream of this person");
	json_t *m = family == WIRE_KB && j->sv->o.folder ? segment_manifest(j->sv->o.folder, &e) : NULL;
	if (m)
		return answer_json(j, 200, m);
	if (e.code && e.code != ERR_NOT_FOUND)
		return answer_failure(j, &e);
	return refuse(j, WIRE_P_NOT_FOUND, "no file yet: pull the stream");
}
