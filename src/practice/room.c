// SPDX-License-Identifier: MIT
// Knows how lines of a room are queued, carried, and heard once; and the room that is a file on this machine.
#include "src/practice/room.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/str.h"
#include "src/base/vec.h"

enum { LINE_BYTES = ROOM_LINE_MAX, FILE_BYTES = 64 << 20, SHOWN_MS = 12 * 3600000, KEPT_S = 7 * 86400 };

struct waiting {
	int64_t c;
	json_t *body;
};
struct room {
	struct room_options o;
	char *code, *seat, *by, *file;
	VEC(struct waiting) out;
	int64_t next_c, after, at; // at: mono, when something is due
	off_t read;                // of the file
	size_t sending;            // lines of the request under way
	size_t singly;             // so many go one by one: one of them may not be said
	bool busy, troubled, skip; // skip: the next answer only tells where the lines end
	bool *gone; // set when the room is freed while its callback runs
};

static bool code_ok(const char *code)
{
	size_t n = strlen(code);

	return n >= 4 && n <= 7 && strspn(code, "23456789ABCDEFGHJKMNPQRSTUVWXYZ") == n;
}

void room_new_code(char out[8])
{
	static const char letters[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

	for (int i = 0; i < 6; i++)
		out[i] = letters[randombytes_uniform(sizeof(letters) - 1)];
	out[6] = '\0';
}

char *room_folder(void)
{
	const char *run = getenv("XDG_RUNTIME_DIR"), *tmp = getenv("TMPDIR");

	if (!str_empty(run))
		return xasprintf("%s/zuoxi-rooms", run);
	return xasprintf("%s/zuoxi-rooms-%u", str_empty(tmp) ? "/tmp" : tmp, (unsigned)getuid());
}

static char *file_of(const char *folder, const char *code)
{
	return xasprintf("%s/%s.room", folder, code);
}

// Rooms nobody has spoken in for a week go when a new one is made.
static void sweep(const char *folder)
{
	DIR *d = opendir(folder);
	const struct dirent *de;
	struct stat st;

	while (d && (de = readdir(d))) {
		const char *dot = strrchr(de->d_name, '.');
		if (dot && strcmp(dot, ".room") == 0 && fstatat(dirfd(d), de->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    time(NULL) - st.st_mtim.tv_sec > KEPT_S)
			unlinkat(dirfd(d), de->d_name, 0);
	}
	if (d)
		closedir(d);
}

static bool open_file(struct room *r, bool create, struct err *e)
{
	struct stat st;

	if (create && mkdir(r->o.folder, 0700) != 0 && errno != EEXIST)
		return err_set(e, ERR_IO, _("cannot make %s: %s"), r->o.folder, strerror(errno));
	// In a place that everybody may write to, only our own folder will do.
	if (lstat(r->o.folder, &st) == 0 && (!S_ISDIR(st.st_mode) || st.st_uid != getuid() || (st.st_mode & 077)))
		return err_set(e, ERR_DENIED, _("%s belongs to somebody else, or others may read it: remove it, or set XDG_RUNTIME_DIR"), r->o.folder);
	if (create)
		sweep(r->o.folder);
	int fd = open(r->file, O_RDWR | O_APPEND | O_CLOEXEC | (create ? O_CREAT : 0), 0600);
	if (fd < 0)
		return err_set(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
			       errno == ENOENT ? _("there is no practice room %s on this machine; the trainee's screen shows its code") : _("cannot open room %s"),
			       r->code);
	if (r->o.fresh)
		r->read = lseek(fd, 0, SEEK_END);
	close(fd);
	return true;
}

bool room_join(struct room **out, const struct room_options *o, bool create, struct err *e)
{
	*out = NULL;
	if (!o->code || !code_ok(o->code))
		return err_set(e, ERR_USAGE, _("%s is no code of a practice room: six letters and digits, as the other screen shows them"),
			       o->code ? o->code : "");
	struct room *r = xcalloc(1, sizeof(*r));
	r->o = *o;
	r->code = xstrdup(o->code);
	r->seat = xstrdup(o->seat);
	r->by = xstrdup(o->by ? o->by : "");
	// Whoever comes back into a room must not use numbers again: the hub takes a number of a seat once.
	r->next_c = ((int64_t)randombytes_random() << 20) + 1;
	if (o->folder) {
		r->file = file_of(o->folder, o->code);
		if (!open_file(r, create, e)) {
			room_leave(r);
			return false;
		}
	}
	r->skip = o->fresh && !o->folder;
	r->at = clock_mono(o->clock);
	*out = r;
	return true;
}

void room_say(struct room *r, json_t *body)
{
	vec_push(&r->out, ((struct waiting){.c = r->next_c++, .body = body}));
	r->at = clock_mono(r->o.clock);
}

static void sent(struct room *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		json_decref(r->out.v[i].body);
	if (r->out.n > n)
		memmove(r->out.v, r->out.v + n, (r->out.n - n) * sizeof(*r->out.v));
	r->out.n -= n;
}

static void trouble(struct room *r, const struct err *e)
{
	if (r->troubled == (e != NULL))
		return;
	r->troubled = e != NULL;
	if (r->o.trouble)
		r->o.trouble(r->o.arg, e);
}

static void refuse(struct room *r, const struct err *e)
{
	if (r->o.refused)
		r->o.refused(r->o.arg, e);
}

// False: the room is gone, the owner left it.
static bool hear(struct room *r, const json_t *line)
{
	const char *seat = json_string_value(json_object_get(line, "dev")), *by = json_string_value(json_object_get(line, "by"));
	int64_t n = json_integer_value(json_object_get(line, "n"));
	bool gone = false;

	if (n <= r->after)
		return true;
	r->after = n;
	if (!seat || strcmp(seat, r->seat) == 0)
		return true;
	r->gone = &gone;
	r->o.heard(r->o.arg, &(struct room_line){.n = n, .seat = seat, .by = by ? by : "", .body = json_object_get(line, "body")});
	if (gone)
		return false;
	r->gone = NULL;
	return true;
}

// --- by the hub

// Sending it once more would not help.
static bool is_final(const struct err *e)
{
	return e->code == ERR_DENIED || e->code == ERR_USAGE || e->code == ERR_LIMIT;
}

// One line of several: which one it is shows when they go one by one.
static void not_taken(struct room *r, size_t n, const struct err *e)
{
	r->at = clock_mono(r->o.clock);
	if (n > 1) {
		r->singly = n;
		return;
	}
	sent(r, 1);
	r->singly -= r->singly > 0;
	refuse(r, e);
}

static void on_answer(void *arg, const json_t *answer, const struct err *e)
{
	struct room *r = arg;
	const json_t *line;
	size_t i, n = r->sending;

	r->busy = false;
	r->sending = 0;
	if (!answer && n && is_final(e)) {
		not_taken(r, n, e);
		return;
	}
	if (!answer) {
		trouble(r, e);
		r->at = clock_mono(r->o.clock) + ROOM_RETRY_MS;
		return;
	}
	sent(r, n);
	r->singly -= n < r->singly ? n : r->singly;
	trouble(r, NULL);
	int64_t before = r->after;
	if (r->skip)
		r->after = before = json_integer_value(json_object_get(answer, "last"));
	r->skip = false;
	json_array_foreach(json_object_get(answer, "lines"), i, line) if (!hear(r, line)) return;
	// More of the same: at once.
	bool more = r->out.n || (r->after > before && r->after < json_integer_value(json_object_get(answer, "last")));
	r->at = clock_mono(r->o.clock) + (more ? 0 : ROOM_POLL_MS);
}

static void ask(struct room *r)
{
	json_t *lines = json_array();
	struct err e = {0};
	size_t n = r->skip ? 0 : r->out.n && r->singly ? 1 : r->out.n < ROOM_BATCH ? r->out.n : ROOM_BATCH;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(lines, json_pack("{s:I, s:O}", "c", (json_int_t)r->out.v[i].c, "body", r->out.v[i].body));
	r->busy = true;
	r->sending = n;
	if (!r->o.send(r->o.ctx, r->code, lines, r->skip ? INT64_MAX / 4 : r->after, on_answer, r, &e)) {
		r->busy = false;
		r->sending = 0;
		trouble(r, &e);
		r->at = clock_mono(r->o.clock) + ROOM_RETRY_MS;
	}
	json_decref(lines);
}

// --- by a file: one JSON line each, appended whole under a lock

static void put_line(struct room *r, const struct waiting *w, struct str *text)
{
	json_t *line = json_pack("{s:s, s:s, s:I, s:O}", "dev", r->seat, "by", r->by, "c", (json_int_t)w->c, "body", w->body);
	char *one = json_dumps(line, JSON_COMPACT);
	struct err e = {0};

	if (one && strlen(one) <= LINE_BYTES) {
		str_addf(text, "%s\n", one);
	} else {
		err_set(&e, ERR_LIMIT, _("what was to be said in practice room %s is too long"), r->code);
		refuse(r, &e);
	}
	free(one);
	json_decref(line);
}

// ERR_CONFLICT: another seat is writing; nobody waits for it, but for the last words.
static bool write_lines(struct room *r, bool last, struct err *e)
{
	struct str text = {0};
	int fd = open(r->file, O_WRONLY | O_APPEND | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || flock(fd, LOCK_EX | (last ? 0 : LOCK_NB)) != 0 || fstat(fd, &st) != 0) {
		bool held = errno == EWOULDBLOCK;
		err_set(e, held ? ERR_CONFLICT : ERR_IO, _("cannot write to practice room %s: %s"), r->code, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (size_t i = 0; i < r->out.n; i++)
		put_line(r, &r->out.v[i], &text);
	bool ok = st.st_size + (off_t)text.n <= FILE_BYTES ? !text.n || write(fd, text.s, text.n) == (ssize_t)text.n : (errno = EFBIG, false);
	// A line that was cut off would be read as rubbish by everybody: it goes.
	if (!ok && ftruncate(fd, st.st_size) != 0)
		ok = false;
	close(fd);
	str_release(&text);
	return ok || err_set(e, ERR_IO, _("cannot write to practice room %s: %s"), r->code, strerror(errno));
}

static void read_lines(struct room *r)
{
	struct err e = {0};
	struct str text = {0};
	struct stat st;
	int fd = open(r->file, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fstat(fd, &st) == 0;

	if (ok && st.st_size > r->read) {
		size_t want = (size_t)(st.st_size - r->read);
		char *piece = xmalloc(want);
		ssize_t got = pread(fd, piece, want, r->read);
		ok = got >= 0;
		str_addn(&text, piece, ok ? (size_t)got : 0);
		free(piece);
	}
	if (fd >= 0)
		close(fd);
	if (!ok) {
		str_release(&text);
		err_set(&e, ERR_IO, _("cannot read practice room %s: %s"), r->code, strerror(errno));
		trouble(r, &e);
		return;
	}
	trouble(r, NULL);
	size_t at = 0;
	bool here = true; // the room is: whoever hears a line may leave it
	while (here && at < text.n) {
		char *end = memchr(text.s + at, '\n', text.n - at);
		if (!end)
			break; // the rest of it is being written
		size_t n = (size_t)(end - text.s) - at;
		json_t *line = json_loadb(text.s + at, n, 0, NULL);
		at += n + 1;
		r->read += (off_t)n + 1;
		if (json_is_object(line)) {
			json_object_set_new(line, "n", json_integer(r->after + 1));
			here = hear(r, line);
		}
		json_decref(line);
	}
	str_release(&text);
}

static void look(struct room *r)
{
	struct err e = {0};
	int64_t now = clock_mono(r->o.clock);

	r->at = now + ROOM_FILE_POLL_MS;
	if (r->out.n) {
		bool held = false, ok = write_lines(r, false, &e) || (held = e.code == ERR_CONFLICT);
		if (!ok) {
			trouble(r, &e);
			r->at = now + ROOM_RETRY_MS;
			return;
		}
		if (!held)
			sent(r, r->out.n);
	}
	read_lines(r);
}

// --- both

void room_turn(struct room *r)
{
	if (r->busy || clock_mono(r->o.clock) < r->at)
		return;
	if (r->file)
		look(r);
	else
		ask(r);
}

int64_t room_next_ms(const struct room *r)
{
	int64_t ms = r->at - clock_mono(r->o.clock);

	return r->busy ? -1 : ms > 0 ? ms : 0;
}

int64_t room_now(const struct room *r)
{
	return clock_mono(r->o.clock);
}

size_t room_unsent(const struct room *r)
{
	return r->out.n;
}

const char *room_code(const struct room *r)
{
	return r->code;
}

const char *room_seat(const struct room *r)
{
	return r->seat;
}

void room_leave(struct room *r)
{
	struct err e = {0};

	if (!r)
		return;
	if (r->gone)
		*r->gone = true;
	if (r->file && r->out.n && !write_lines(r, true, &e))
		trouble(r, &e);
	sent(r, r->out.n);
	vec_release(&r->out);
	free(r->code);
	free(r->seat);
	free(r->by);
	free(r->file);
	free(r);
}

// --- rooms of this machine

struct found {
	char code[8];
	int64_t at;
};

static int newer(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return x->at != y->at ? (x->at < y->at ? 1 : -1) : strcmp(x->code, y->code);
}

size_t room_files(const char *folder, int64_t now, char (*out)[8], size_t cap)
{
	VEC(struct found) all = {0};
	DIR *d = opendir(folder);
	struct dirent *de;
	struct stat st;

	while (d && (de = readdir(d))) {
		struct found f = {0};
		const char *dot = strchr(de->d_name, '.');
		if (!dot || strcmp(dot, ".room") != 0 || dot - de->d_name > 7 || fstatat(dirfd(d), de->d_name, &st, 0) != 0)
			continue;
		memcpy(f.code, de->d_name, (size_t)(dot - de->d_name));
		f.at = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
		if (now - f.at < SHOWN_MS && code_ok(f.code))
			vec_push(&all, f);
	}
	if (d)
		closedir(d);
	if (all.n)
		qsort(all.v, all.n, sizeof(*all.v), newer);
	size_t n = all.n < cap ? all.n : cap;
	for (size_t i = 0; i < n; i++)
		memcpy(out[i], all.v[i].code, sizeof(out[i]));
	vec_release(&all);
	return n;
}
