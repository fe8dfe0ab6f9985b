// SPDX-License-Identifier: MIT
// Knows how the outbox files of other stations that were taken in here (carry.h) reach the hub: one after the other, in pieces, going on
// where an upload was cut off.
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/sync/carry.h"
#include "src/sync/client_part.h"
#include "src/wire/read.h"

enum { AGAIN_MS = 60000, HEAD_MS = 20000, PIECE_MS = 60000, IMPORT_MS = 120000, PIECE = 512 * 1024, ANSWER_MAX = 65536 };
#define BLOB_BYTES (20LL << 20) // of the hub: sync.md §3.9

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void later(struct client *c, int64_t after_ms)
{
	c->carry.busy = false;
	c->carry.at = client_mono(c) + (after_ms > AGAIN_MS ? after_ms : AGAIN_MS);
	client_soon(c);
}

static void next(struct client *c)
{
	c->carry.busy = false;
	c->carry.at = 0;
	client_soon(c);
}

// A request for the file in hand; body is copied. more: NULL or more headers.
static void ask(struct client *c, const char *method, const char *path, const char *const more[2], struct sv body, int timeout_ms,
		void (*done)(void *arg, const struct http_reply *r))
{
	char bearer[SESSION_TOKEN_MAX + 32];
	const char *headers[] = {bearer, more ? more[0] : NULL, more ? more[1] : NULL, NULL};
	struct link_view v;

	link_look(c->link, &v);
	client_bearer(c, bearer, sizeof(bearer));
	c->carry.request = http_start(c->http, &(struct http_request){.method = method,
								      .base = client_url(c, v.url),
								      .path = path,
								      .headers = headers,
								      .body = body,
								      .max = ANSWER_MAX,
								      .timeout_ms = client_timeout(c, timeout_ms),
								      .done = done,
								      .arg = c});
}

static void blob_path(const struct client *c, char *out, size_t cap)
{
	snprintf(out, cap, "/v1/blob/%s", c->carry.hash);
}

// --- done with a file

// A file goes, or is kept aside under another name.
struct end_job {
	struct job job;
	char *path;
	bool refused;
	char sentence[400];
	struct err why; // code 0: it went well
};

// What fails here fails alone: the store has no part in it.
static bool end_run(struct db *db, struct job *job, struct err *e)
{
	struct end_job *j = (struct end_job *)job;

	(void)db;
	(void)e;
	j->why = (struct err){0};
	bool ok = j->refused ? courier_refused(j->path, &j->why) : courier_delivered(j->path, &j->why);
	(void)ok;
	return true;
}

static void end_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	struct end_job *j = (struct end_job *)job;

	if (!ok || j->why.code) {
		log_line(LOG_WARN, "hub: carried file: %s", ok ? j->why.msg : e->msg);
		later(c, 0);
		return;
	}
	log_line(j->refused ? LOG_WARN : LOG_INFO, "hub: carried file %s: %s", base_name(j->path), j->refused ? "refused" : "delivered");
	if (c->opt.say)
		c->opt.say(c->opt.arg, j->refused, j->sentence);
	c->carry.moved |= !j->refused;
	c->carry.path[0] = '\0';
	next(c);
}

static void end_release(struct job *job)
{
	free(((struct end_job *)job)->path);
	free(job);
}

static void finish_file(struct client *c, bool refused, const char *sentence)
{
	struct end_job *j = xcalloc(1, sizeof(*j));

	*j = (struct end_job){.job = {.run = end_run, .end = end_end, .release = end_release}, .path = xstrdup(c->carry.path), .refused = refused};
	snprintf(j->sentence, sizeof(j->sentence), "%s", sentence);
	job_start(c, &j->job, "hub.carry.end");
}

static const char *reason(const struct wire_problem *p)
{
	switch (p->kind) {
	case WIRE_P_BAD_SHAPE: return _("it is damaged or cut off: copy it again from the station that wrote it");
	case WIRE_P_FORBIDDEN: return _("it was changed on the way, or is not of the station it names");
	case WIRE_P_SITE_MISMATCH: return _("the station that wrote it belongs to another site");
	case WIRE_P_QUARANTINED:
	case WIRE_P_OP_REUSE: return _("the station that wrote it is shut out at the hub: ask the administrator");
	case WIRE_P_TOO_LARGE: return _("it is too large to be sent from here: import it at the hub, zuoxi-hub import FILE");
	default: return session_refusal(p);
	}
}

static void refused(struct client *c, const struct wire_problem *p)
{
	char sentence[400];

	log_line(LOG_WARN, "hub: carried file %s: %s: %s", base_name(c->carry.path), wire_problem_type(p->kind), p->detail);
	snprintf(sentence, sizeof(sentence), _("The hub refused a file of another station: %s. It is kept as %s%s."), reason(p),
		 base_name(c->carry.path), COURIER_REFUSED);
	finish_file(c, true, sentence);
}

// An answer that says no. Only what will be the same tomorrow ends a file.
static void not_taken(struct client *c, const struct http_reply *r, bool of_file)
{
	struct link_report v;

	client_verdict(c, r, &v);
	if (v.end == LINK_FAILED) {
		later(c, 0);
		return;
	}
	switch (wire_problem_retry(v.problem.kind)) {
	case WIRE_RETRY_NO:
		// A hub that does not know this address yet is renewed one day.
		if (of_file && v.problem.kind != WIRE_P_NOT_FOUND && v.problem.kind != WIRE_P_BAD_METHOD && v.problem.kind != WIRE_P_WIPE) {
			refused(c, &v.problem);
			return;
		}
		break;
	case WIRE_RETRY_SAME:
		if (v.problem.kind == WIRE_P_OP_GAP) { // another one comes first
			snprintf(c->carry.after, sizeof(c->carry.after), "%s", c->carry.path);
			c->carry.skipped = true;
			next(c);
			return;
		}
		break;
	default:
		break;
	}
	later(c, v.problem.after_ms);
}

// --- the hub reads it

static void on_carried(void *arg, const struct http_reply *r)
{
	struct client *c = arg;
	struct err e = {0};
	char sentence[400];
	int64_t ops = 0;
	const char *station = NULL;

	c->carry.request = NULL;
	if (r->end != HTTP_ANSWERED || r->status != 200) {
		not_taken(c, r, true);
		return;
	}
	json_t *j = wire_parse(r->body, ANSWER_MAX, &e);
	if (j && wire_need_int(j, "ops", 0, INT64_MAX, &ops, &e) && wire_need_text(j, "station", 8, &station, &e)) {
		snprintf(sentence, sizeof(sentence),
			 ngettext("The outbox file of station %s has reached the hub: %lld operation.",
				  "The outbox file of station %s has reached the hub: %lld operations.", (unsigned long)ops),
			 station, (long long)ops);
		finish_file(c, false, sentence);
	} else {
		log_line(LOG_WARN, "hub: carried file: %s", e.msg);
		later(c, 0);
	}
	json_decref(j);
}

static void import(struct client *c)
{
	char body[2 * WIRE_HASH + 32];

	snprintf(body, sizeof(body), "{\"blob\":\"%s\"}", c->carry.hash);
	ask(c, "POST", "/v1/carry", NULL, sv(body), IMPORT_MS, on_carried);
}

// --- the upload

struct piece_job {
	struct job job;
	char path[CARRY_PATH];
	int64_t off;
	struct str bytes;
	struct err why;
};

static bool piece_run(struct db *db, struct job *job, struct err *e)
{
	struct piece_job *j = (struct piece_job *)job;
	int fd = open(j->path, O_RDONLY | O_CLOEXEC);
	char *buf = xmalloc(PIECE);
	ssize_t n = fd < 0 ? -1 : pread(fd, buf, PIECE, (off_t)j->off);

	(void)db;
	(void)e;
	j->why = (struct err){0};
	str_clear(&j->bytes);
	if (n > 0)
		str_addn(&j->bytes, buf, (size_t)n);
	else
		err_set(&j->why, ERR_IO, _("cannot read %s: %s"), j->path, n < 0 ? strerror(errno) : _("it is shorter than it was"));
	free(buf);
	if (fd >= 0)
		close(fd);
	return true;
}

static void on_piece(void *arg, const struct http_reply *r);

static void piece_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	struct piece_job *j = (struct piece_job *)job;
	char path[32 + 2 * WIRE_HASH], off[48], size[48];

	if (!ok || j->why.code) {
		log_line(LOG_WARN, "hub: carried file: %s", ok ? j->why.msg : e->msg);
		later(c, 0);
		return;
	}
	blob_path(c, path, sizeof(path));
	snprintf(off, sizeof(off), "Upload-Offset: %lld", (long long)j->off);
	snprintf(size, sizeof(size), "Upload-Length: %lld", (long long)c->carry.size);
	ask(c, "PATCH", path, (const char *const[]){off, size}, sv_n(j->bytes.s, j->bytes.n), PIECE_MS, on_piece);
}

static void piece_release(struct job *job)
{
	str_release(&((struct piece_job *)job)->bytes);
	free(job);
}

static void piece(struct client *c)
{
	struct piece_job *j = xcalloc(1, sizeof(*j));

	*j = (struct piece_job){.job = {.run = piece_run, .end = piece_end, .release = piece_release}, .off = c->carry.off};
	snprintf(j->path, sizeof(j->path), "%s", c->carry.path);
	job_start(c, &j->job, "hub.carry.piece");
}

static void go_on(struct client *c, int64_t off)
{
	c->carry.off = off;
	if (off >= c->carry.size)
		import(c);
	else
		piece(c);
}

static void on_piece(void *arg, const struct http_reply *r)
{
	struct client *c = arg;
	bool moved = r->upload_offset >= 0 && r->upload_offset <= c->carry.size && r->upload_offset != c->carry.off;

	c->carry.request = NULL;
	if (r->end == HTTP_ANSWERED && r->status == 201)
		import(c);
	else if (r->end == HTTP_ANSWERED && ((r->status == 204 && moved && r->upload_offset > c->carry.off) || (r->status == 412 && moved)))
		go_on(c, r->upload_offset); // 412: somebody else brings the same file, or an answer was lost
	else
		not_taken(c, r, r->status == 413);
}

static void on_head(void *arg, const struct http_reply *r)
{
	struct client *c = arg;

	c->carry.request = NULL;
	if (r->end == HTTP_ANSWERED && r->status == 200 && r->upload_offset >= 0 && r->upload_offset <= c->carry.size)
		go_on(c, r->upload_offset);
	else if (r->end == HTTP_ANSWERED && r->status == 404)
		go_on(c, 0);
	else
		not_taken(c, r, false);
}

// --- what waits

struct look_job {
	struct job job;
	const char *dir; // the store's
	char after[CARRY_PATH], path[CARRY_PATH], hash[2 * WIRE_HASH + 1];
	int64_t size;
	size_t waiting;
	struct err why;
};

static bool hash_file(struct look_job *j)
{
	unsigned char buf[65536], h[WIRE_HASH];
	crypto_generichash_state state;
	int fd = open(j->path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n = -1;

	if (fd >= 0 && fstat(fd, &st) == 0) {
		j->size = st.st_size;
		n = 0;
	}
	crypto_generichash_init(&state, NULL, 0, sizeof(h));
	while (j->size <= BLOB_BYTES && n >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
		crypto_generichash_update(&state, buf, (unsigned long long)n);
	crypto_generichash_final(&state, h, sizeof(h));
	sodium_bin2hex(j->hash, sizeof(j->hash), h, sizeof(h));
	bool ok = n >= 0 || err_set(&j->why, ERR_IO, _("cannot read %s: %s"), j->path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

// The first file behind the ones passed over; path "": there is none.
static bool look_run(struct db *db, struct job *job, struct err *e)
{
	struct look_job *j = (struct look_job *)job;
	struct carried files = {0};
	struct arena a = {0};

	(void)db;
	(void)e;
	j->path[0] = '\0';
	j->why = (struct err){0};
	bool ok = courier_carried(j->dir, &files, &a, &j->why);
	j->waiting = files.paths.n;
	for (size_t i = 0; ok && !*j->path && i < files.paths.n; i++)
		if (strcmp(files.paths.v[i], j->after) > 0 && strlen(files.paths.v[i]) < sizeof(j->path))
			snprintf(j->path, sizeof(j->path), "%s", files.paths.v[i]);
	ok = ok && (!*j->path || hash_file(j));
	(void)ok; // why says it
	vec_release(&files.paths);
	arena_release(&a);
	return true;
}

static void round_over(struct client *c)
{
	bool again = c->carry.skipped && c->carry.moved; // what was missing may be there now

	c->carry.after[0] = '\0';
	c->carry.skipped = c->carry.moved = false;
	if (again)
		next(c);
	else
		later(c, 0);
}

static void look_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	struct look_job *j = (struct look_job *)job;
	char path[32 + 2 * WIRE_HASH];

	c->carry.waiting = j->waiting;
	if (!ok || j->why.code) {
		log_line(LOG_WARN, "hub: carried files: %s", ok ? j->why.msg : e->msg);
		later(c, 0);
		return;
	}
	if (!*j->path) {
		round_over(c);
		return;
	}
	snprintf(c->carry.path, sizeof(c->carry.path), "%s", j->path);
	snprintf(c->carry.hash, sizeof(c->carry.hash), "%s", j->hash);
	c->carry.size = j->size;
	if (j->size > BLOB_BYTES) {
		refused(c, &(struct wire_problem){.kind = WIRE_P_TOO_LARGE});
		return;
	}
	blob_path(c, path, sizeof(path));
	ask(c, "HEAD", path, NULL, sv(""), HEAD_MS, on_head);
}

static void plain_release(struct job *job)
{
	free(job);
}

static bool is_due(const struct client *c)
{
	struct link_view v;

	if (!c->link || !*c->access || client_mono(c) < c->carry.at)
		return false;
	link_look(c->link, &v);
	return v.state == LINK_ONLINE;
}

void client_carry_step(struct client *c)
{
	if (c->carry.busy || !is_due(c))
		return;
	c->carry.busy = true;
	struct look_job *j = xcalloc(1, sizeof(*j));
	*j = (struct look_job){.job = {.run = look_run, .end = look_end, .release = plain_release}, .dir = store_dir(c->store)};
	snprintf(j->after, sizeof(j->after), "%s", c->carry.after);
	job_start(c, &j->job, "hub.carry.look");
}

int64_t client_carry_wait(const struct client *c)
{
	int64_t left = c->carry.at - client_mono(c);

	return !c->carry.busy && *c->access && left > 0 ? left : -1;
}

bool client_carry_busy(const struct client *c)
{
	return c->carry.busy || is_due(c);
}

void client_carry_end(struct client *c)
{
	if (!c->carry.request)
		return;
	http_cancel(c->carry.request);
	c->carry.request = NULL;
	c->carry.busy = false; // where the upload stands the hub knows
}
