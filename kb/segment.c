// SPDX-License-Identifier: MIT
// Knows whole bases as files that travel: a hub writes one with its index built, a station lets it take the place of its own.
#include "kb/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sqlite3.h>
#include <unistd.h>

#include "kb/article.h"
#include "kb/check.h"
#include "kb/merge.h"
#include "kb/phrasing.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/vec.h"

// --- writing one

static bool finish(struct kb *kb, struct err *e)
{
	bool more = true;

	while (more)
		if (!kb_merge(kb, &more, e))
			return false;
	return true;
}

static bool vacuum_into(struct kb *kb, const char *path, struct err *e)
{
	char *sql = sqlite3_mprintf("VACUUM INTO %Q", path);
	bool ok = kb_exec(kb, sql, e);

	sqlite3_free(sql);
	return ok;
}

bool kb_segment_hash(const char *path, unsigned char out[KB_SEGMENT_HASH], int64_t *bytes, struct err *e)
{
	enum { CHUNK = 1 << 18 };
	crypto_generichash_state h;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char *buf;
	ssize_t n = -1;

	if (fd < 0)
		return err_set(e, ERR_IO, _("cannot read %s: %s"), path, strerror(errno));
	buf = xmalloc(CHUNK);
	crypto_generichash_init(&h, NULL, 0, KB_SEGMENT_HASH);
	*bytes = 0;
	while ((n = read(fd, buf, CHUNK)) > 0) {
		crypto_generichash_update(&h, buf, (unsigned long long)n);
		*bytes += n;
	}
	crypto_generichash_final(&h, out, KB_SEGMENT_HASH);
	free(buf);
	close(fd);
	return n == 0 || err_set(e, ERR_IO, _("cannot read %s: %s"), path, strerror(errno));
}

bool kb_segment_write(struct kb *kb, const char *path, struct kb_segment *out, struct err *e)
{
	struct kb_stats stats;

	*out = (struct kb_segment){0};
	if (path_exists(path))
		return err_set(e, ERR_CONFLICT, _("%s is there already"), path);
	if (finish(kb, e) && kb_stats_get(kb, &stats, e) && vacuum_into(kb, path, e) && kb_segment_hash(path, out->hash, &out->bytes, e)) {
		out->articles = stats.articles;
		return true;
	}
	unlink(path);
	return false;
}

// --- what only this station has

static bool attach(struct kb *kb, const char *own, struct err *e)
{
	char *sql = sqlite3_mprintf("ATTACH %Q AS own", own);
	bool ok = kb_exec(kb, sql, e);

	sqlite3_free(sql);
	return ok;
}

static bool count(struct kb *kb, const char *sql, int64_t *n, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, sql, e);

	if (!st || kb_step(kb, st, e) != KB_ROW)
		return false;
	*n = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return true;
}

static bool carry_tables(struct kb *kb, struct err *e)
{
	static const char *const copies =
		"INSERT OR IGNORE INTO kb_draft SELECT * FROM own.kb_draft;"
		"INSERT OR IGNORE INTO kb_gap SELECT * FROM own.kb_gap;"
		"INSERT OR IGNORE INTO kb_gap_report SELECT * FROM own.kb_gap_report;"
		"INSERT OR IGNORE INTO kb_applied SELECT * FROM own.kb_applied;"
		"INSERT INTO kb_log(at, id, ver, verb, state, by, note)"
		" SELECT at, id, ver, verb, state, by, note FROM own.kb_log ORDER BY n;"
		"INSERT OR IGNORE INTO kb_vote SELECT n.no, v.agent, v.vote, v.at FROM own.kb_vote v JOIN own.article o ON o.no = v.no"
		" JOIN article n ON n.id = o.id AND n.ver = o.ver;"
		"UPDATE article SET use_count = use_count + (SELECT o.use_count FROM own.article o WHERE o.id = article.id)"
		" WHERE id IN (SELECT id FROM own.article WHERE use_count > 0);"
		"INSERT OR IGNORE INTO article_displaced SELECT * FROM own.article_displaced;";
	// A version stays under its number where the hub has the same text under it; the others are displaced. Row numbers of the two
	// files say nothing about each other, so they get new ones.
	static const char *const displaced =
		"CREATE TEMP TABLE gone AS SELECT v.* FROM own.article_version v JOIN article n ON n.id = v.id"
		" WHERE NOT EXISTS (SELECT 1 FROM article_version w WHERE w.no = n.no AND w.ver = v.ver AND w.sha256 = v.sha256);"
		"UPDATE gone SET row = rowid + (SELECT coalesce(max(row), 0) FROM article_displaced);"
		"INSERT INTO article_displaced SELECT * FROM gone;"
		"DROP TABLE gone;";

	return kb_exec(kb, copies, e) && kb_exec(kb, displaced, e);
}

// One column of texts, in the arena.
struct texts {
	const char **v;
	size_t n, cap;
};

static bool read_texts(struct kb *kb, const char *sql, struct texts *out, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, sql, e);
	enum kb_step s = KB_FAILED;

	while (st && (s = kb_step(kb, st, e)) == KB_ROW)
		vec_push(out, arena_strndup(a, kb_col(st, 0).p, kb_col(st, 0).n));
	return s == KB_DONE;
}

// An article the hub does not know (yet): with its history, so that what records cite is still there.
static bool carry_article(struct kb *kb, struct kb *own, const char *id, struct err *e)
{
	struct arena a = {0};
	struct kb_history_row *rows;
	struct kb_article art;
	enum kb_put what;
	size_t n;
	bool ok = kb_history(own, id, &rows, &n, &a, e);

	for (size_t i = n; ok && i-- > 0;) {
		ok = kb_article_get(own, id, rows[i].ver, &art, &a, e) &&
		     kb_put_as(kb, &art.cur.text, &(struct kb_put_as){.ver = rows[i].ver, .published_at = rows[i].published_at, .stated = !i,
							      .state = art.state == KB_STALE ? KB_PUBLISHED : art.state}, &what, e);
	}
	arena_release(&a);
	return ok;
}

static bool carry_articles(struct kb *kb, struct kb *own, struct kb_installed *out, struct err *e)
{
	struct arena a = {0};
	struct texts ids = {0};
	bool ok = read_texts(kb, "SELECT id FROM own.article WHERE ver > 0 AND id NOT IN (SELECT id FROM article) ORDER BY id", &ids, &a, e);

	for (size_t i = 0; ok && i < ids.n; i++, out->kept_articles++)
		ok = carry_article(kb, own, ids.v[i], e);
	vec_release(&ids);
	arena_release(&a);
	return ok;
}

static bool carry_phrasings(struct kb *kb, struct kb *own, struct err *e)
{
	struct kb_phrasing *v;
	enum kb_learned_what what;
	struct arena a = {0};
	struct err why = {0};
	int64_t changed;
	size_t n;
	bool ok = kb_phrasings(own, &(struct kb_phrasing_filter){0}, 0, &v, &n, &a, e);

	for (size_t i = n; ok && i-- > 0;) {
		if (v[i].source == KB_BY_TEXT)
			continue;
		ok = kb_learn(kb, &(struct kb_lesson){.article = v[i].article, .text = v[i].text, .call = v[i].call, .agent = v[i].agent,
						      .source = v[i].source, .at = v[i].at}, &what, NULL, &why);
		// Of an article that is nowhere any more there is nothing to keep.
		if (!ok && (why.code == ERR_NOT_FOUND || why.code == ERR_PARSE))
			ok = true;
		else if (!ok)
			err_set(e, why.code, "%s", why.msg);
		else if (v[i].withdrawn_at)
			ok = kb_forget(kb, &(struct kb_phrasing_filter){.id = v[i].id}, false, v[i].withdrawn_by, &changed, e);
	}
	arena_release(&a);
	return ok;
}

static bool carry(struct kb *kb, struct kb *own, struct kb_installed *out, struct err *e)
{
	if (!attach(kb, kb_path(own), e))
		return false;
	bool ok = kb_begin(kb, e);
	if (ok && carry_tables(kb, e) && carry_articles(kb, own, out, e) && carry_phrasings(kb, own, e) &&
	    count(kb, "SELECT count(*) FROM kb_draft", &out->kept_drafts, e) &&
	    count(kb, "SELECT count(*) FROM article_displaced", &out->displaced, e))
		ok = kb_commit(kb, e);
	else if (ok) {
		kb_rollback(kb);
		ok = false;
	}
	return ok;
}

// --- taking the place

static int journal_gone(void *ok, int n, char **v, char **names)
{
	(void)names;
	*(bool *)ok = n == 1 && str_eq(v[0], "delete");
	return 0;
}

// The write-ahead log of a file must not be found beside another one of its name: SQLite would take it for that one's. It goes only
// when nobody else has the file open.
static bool retire_log(const char *path, struct err *e)
{
	sqlite3 *db = NULL;
	bool gone = false;
	bool ok = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
		  sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=FULL", NULL, NULL, NULL) == SQLITE_OK &&
		  sqlite3_exec(db, "PRAGMA journal_mode=DELETE", journal_gone, &gone, NULL) == SQLITE_OK && gone;

	if (!ok)
		err_set(e, ERR_CONFLICT, _("%s is being read by another program; the new one takes its place later"), path);
	sqlite3_close(db);
	return ok;
}

// Without a write-ahead log of its own, which would not follow it to its new name. kb_segment_write makes them so.
static bool is_one_file(const char *path, struct err *e)
{
	unsigned char head[20] = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool one = fd >= 0 && pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) && head[18] == 1 && head[19] == 1;

	if (fd >= 0)
		close(fd);
	return one || retire_log(path, e);
}

// Anything that a new base would lose. A base of another form is taken to have something.
static bool has_own(const char *path, const struct clock *clock, const char *zone)
{
	static const char *const any =
		"SELECT EXISTS(SELECT 1 FROM article) OR EXISTS(SELECT 1 FROM article_displaced) OR EXISTS(SELECT 1 FROM kb_draft) OR"
		" EXISTS(SELECT 1 FROM kb_gap) OR EXISTS(SELECT 1 FROM kb_gap_report) OR EXISTS(SELECT 1 FROM kb_applied) OR"
		" EXISTS(SELECT 1 FROM kb_log) OR EXISTS(SELECT 1 FROM kb_phrasing) OR EXISTS(SELECT 1 FROM kb_vote)";
	int64_t n = 1;
	struct kb *kb;

	if (!path_exists(path))
		return false;
	if (!kb_open(&kb, path, KB_READ, clock, zone, NULL))
		return true;
	bool own = !count(kb, any, &n, NULL) || n;
	kb_close(kb);
	return own;
}

static bool is_closed(struct kb **own, const char *path, struct err *e)
{
	kb_close(*own);
	*own = NULL;
	return retire_log(path, e);
}

// Of today's form it is only looked at: nothing of it goes over that others would see half.
static bool open_own(struct kb **own, const char *path, const struct clock *clock, const char *zone, struct err *e)
{
	return kb_open(own, path, KB_READ, clock, zone, NULL) || (kb_open(own, path, KB_WRITE, clock, zone, e) && is_closed(own, path, e) &&
								  kb_open(own, path, KB_READ, clock, zone, e));
}

static bool prepare(const char *segment, const char *kb_path, const struct clock *clock, const char *zone, struct kb_installed *out,
		    struct err *e)
{
	struct kb *kb = NULL, *own = NULL;
	bool carries = has_own(kb_path, clock, zone);
	// Where nothing goes over and nothing has to be made of it, it is as the hub wrote it to the last byte.
	bool ok = (!carries && kb_open(&kb, segment, KB_READ, clock, zone, NULL)) || kb_open(&kb, segment, KB_MAKE, clock, zone, e);

	if (ok && carries)
		ok = open_own(&own, kb_path, clock, zone, e) && carry(kb, own, out, e);
	out->articles = ok ? kb_meta(kb, "docs") : 0;
	kb_close(kb);
	kb_close(own);
	return ok;
}

// What was written by others, by a download say, reaches the disk.
static bool sync_path(const char *path, int flags, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok || err_set(e, ERR_IO, _("cannot write %s: %s"), path, strerror(errno));
}

static bool sync_folder(const char *path, struct err *e)
{
	char *dir = xstrdup(path), *slash = strrchr(dir, '/');

	if (slash)
		slash[slash == dir] = '\0';
	bool ok = sync_path(slash ? dir : ".", O_DIRECTORY, e);
	free(dir);
	return ok;
}

static bool take_place(const char *segment, const char *kb_path, struct err *e)
{
	return (rename(segment, kb_path) == 0 ||
		err_set(e, ERR_IO, _("cannot put %s in place of %s: %s"), segment, kb_path, strerror(errno))) &&
	       sync_folder(kb_path, e);
}

bool kb_segment_install(const char *segment, const char *kb_path, const struct clock *clock, const char *zone, struct kb_installed *out,
			struct err *e)
{
	bool had = path_exists(kb_path);

	*out = (struct kb_installed){0};
	if (!path_exists(segment))
		return err_set(e, ERR_NOT_FOUND, _("there is no file %s"), segment);
	// First, so that a base somebody reads is found out before anything is carried over.
	if (had && !retire_log(kb_path, e))
		return false;
	// Under a name that nobody takes for a whole one: if this ends in the middle, it is fetched again.
	char *taking = xasprintf("%s.taking", segment);
	bool ok = (rename(segment, taking) == 0 || err_set(e, ERR_IO, _("cannot write %s: %s"), taking, strerror(errno))) &&
		  is_one_file(taking, e) && prepare(taking, kb_path, clock, zone, out, e) && sync_path(taking, 0, e) && take_place(taking, kb_path, e);
	if (!ok)
		unlink(taking);
	free(taking);
	return ok;
}
