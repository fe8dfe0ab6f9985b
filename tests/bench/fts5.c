// SPDX-License-Identifier: MIT
// Knows the plain FTS5 that the search is compared with: one contentless table, our tokens, OR, ORDER BY rank.
#include <sqlite3.h>

#include "src/base/err.h"
#include "src/base/str.h"
#include "tests/bench/peer.h"

// As at Xapian: a word of the title counts like five of the body. Phrasings are body text (kb-search.md, Evidence I, 5 b).
#define RANK "bm25(5.0, 1.0)"

struct fts5 {
	sqlite3 *db;
	sqlite3_stmt *add, *ids, *find;
	long docs;
};

static void check(struct fts5 *f, int rc)
{
	if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE)
		return;
	fprintf(stderr, "fts5: %s\n", sqlite3_errmsg(f->db));
	exit(1);
}

static void run(struct fts5 *f, const char *sql)
{
	check(f, sqlite3_exec(f->db, sql, NULL, NULL, NULL));
}

// ---- the tokenizer: the one analyser; a query comes token by token, cut already ----

static int tok_create(void *ctx, const char **args, int nargs, Fts5Tokenizer **out)
{
	(void)args;
	(void)nargs;
	*out = ctx;
	return SQLITE_OK;
}

static void tok_delete(Fts5Tokenizer *t)
{
	(void)t;
}

typedef int token_fn(void *, int, const char *, int, int, int);

static int tok_cut(Fts5Tokenizer *t, void *ctx, int flags, const char *text, int n, token_fn *token)
{
	size_t count;
	int rc = SQLITE_OK;

	(void)t;
	if (flags & FTS5_TOKENIZE_QUERY)
		return n ? token(ctx, 0, text, n, 0, n) : SQLITE_OK;
	const struct peer_token *v = peer_analyse(text, (size_t)n, false, &count);
	for (size_t i = 0; rc == SQLITE_OK && i < count; i++)
		rc = token(ctx, 0, v[i].text, (int)v[i].n, 0, 0);
	return rc;
}

static void open_db(struct fts5 *f, const char *path, int flags)
{
	static fts5_tokenizer methods = {tok_create, tok_delete, tok_cut};
	fts5_api *api = NULL;
	sqlite3_stmt *st;

	check(f, sqlite3_open_v2(path, &f->db, flags, NULL));
	check(f, sqlite3_prepare_v2(f->db, "SELECT fts5(?1)", -1, &st, NULL));
	sqlite3_bind_pointer(st, 1, &api, "fts5_api_ptr", NULL);
	sqlite3_step(st);
	sqlite3_finalize(st);
	if (!api) {
		fprintf(stderr, "this SQLite has no FTS5\n");
		exit(1);
	}
	check(f, api->xCreateTokenizer(api, "same", (void *)f, &methods, NULL));
	run(f, "PRAGMA mmap_size=4294967296; PRAGMA cache_size=-65536");
}

// ---- building ----

static void add(void *arg, const struct peer_doc *d)
{
	struct fts5 *f = arg;
	char *body = xasprintf("%s\n%s", d->body, d->phrasings);

	f->docs++;
	sqlite3_bind_int64(f->add, 1, f->docs);
	sqlite3_bind_text(f->add, 2, d->title, -1, SQLITE_STATIC);
	sqlite3_bind_text(f->add, 3, body, -1, SQLITE_STATIC);
	check(f, sqlite3_step(f->add));
	sqlite3_reset(f->add);
	sqlite3_bind_int64(f->ids, 1, f->docs);
	sqlite3_bind_text(f->ids, 2, d->id, -1, SQLITE_STATIC);
	check(f, sqlite3_step(f->ids));
	sqlite3_reset(f->ids);
	free(body);
	if (f->docs % 20000 == 0)
		run(f, "COMMIT; BEGIN");
}

static int build(const char *path, const char *corpus)
{
	struct fts5 f = {0};

	open_db(&f, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
	run(&f, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
		"CREATE VIRTUAL TABLE fts USING fts5(title, body, content='', tokenize='same');"
		"CREATE TABLE ids(no INTEGER PRIMARY KEY, id TEXT NOT NULL); BEGIN");
	check(&f, sqlite3_prepare_v2(f.db, "INSERT INTO fts(rowid, title, body) VALUES(?, ?, ?)", -1, &f.add, NULL));
	check(&f, sqlite3_prepare_v2(f.db, "INSERT INTO ids VALUES(?, ?)", -1, &f.ids, NULL));
	peer_corpus(corpus, add, &f);
	run(&f, "COMMIT; INSERT INTO fts(fts) VALUES('optimize')");
	sqlite3_finalize(f.add);
	sqlite3_finalize(f.ids);
	sqlite3_close(f.db);
	return 0;
}

// ---- asking ----

static size_t ask(void *arg, const char *text, const char *mode, struct peer_hit *hits, size_t max)
{
	struct fts5 *f = arg;
	struct str match = {0};
	size_t n, found = 0;
	const struct peer_token *v = peer_analyse(text, strlen(text), true, &n);
	bool begun = str_eq(mode, "key") || str_eq(mode, "begun");

	for (size_t i = 0; i < n; i++) {
		str_addf(&match, "%s\"%.*s\"", i ? " OR " : "", (int)v[i].n, v[i].text);
		if (begun && v[i].word && v[i].ends)
			str_addf(&match, " OR \"%.*s\" *", (int)v[i].nraw, v[i].raw);
	}
	if (n) {
		sqlite3_bind_text(f->find, 1, str_z(&match), -1, SQLITE_STATIC);
		sqlite3_bind_int64(f->find, 2, (sqlite3_int64)max);
		int rc;
		while ((rc = sqlite3_step(f->find)) == SQLITE_ROW && found < max) {
			snprintf(hits[found].id, sizeof(hits->id), "%s", (const char *)sqlite3_column_text(f->find, 0));
			hits[found++].score = -sqlite3_column_double(f->find, 1);
		}
		check(f, rc);
		sqlite3_reset(f->find);
	}
	str_release(&match);
	return found;
}

static int serve(const char *path)
{
	struct fts5 f = {0};

	open_db(&f, path, SQLITE_OPEN_READONLY);
	check(&f, sqlite3_prepare_v2(f.db,
				     "SELECT ids.id, best.r FROM (SELECT rowid AS no, rank AS r FROM fts WHERE fts MATCH ?1 AND "
				     "rank MATCH '" RANK "' ORDER BY rank LIMIT ?2) AS best JOIN ids USING(no) ORDER BY best.r",
				     -1, &f.find, NULL));
	int rc = peer_serve(ask, &f);
	sqlite3_finalize(f.find);
	sqlite3_close(f.db);
	return rc;
}

int main(int argc, char **argv)
{
	if (argc == 4 && str_eq(argv[2], "build"))
		return build(argv[1], argv[3]);
	if (argc == 3 && str_eq(argv[2], "serve"))
		return serve(argv[1]);
	fprintf(stderr, "usage: bench_fts5 FILE.DB build ARTICLES.JSONL | FILE.DB serve\n");
	return 2;
}
