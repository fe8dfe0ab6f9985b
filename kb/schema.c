// SPDX-License-Identifier: MIT
// Knows the form of kb.db and how an older form becomes today's.
#include "kb/internal.h"

#include "kb/words.h"
#include "src/base/i18n.h"
#include "src/base/path.h"

// Step n brings user_version from n to n + 1. Never changed once released; a new step is added at the end.
static const char *const steps[] = {
	// Times are UTC ms, 0 is none. Lists are JSON arrays of strings.
	"CREATE TABLE meta(key TEXT PRIMARY KEY, v INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE article("
	" no INTEGER PRIMARY KEY,"
	" id TEXT NOT NULL UNIQUE COLLATE NOCASE,"
	" ver INTEGER NOT NULL,"
	" state TEXT NOT NULL,"
	" category TEXT NOT NULL,"
	" effective_from INTEGER NOT NULL,"
	" effective_to INTEGER NOT NULL,"
	" review_due INTEGER NOT NULL,"
	" must_read INTEGER NOT NULL,"
	" published_at INTEGER NOT NULL,"
	" votes_up INTEGER NOT NULL DEFAULT 0,"
	" votes_down INTEGER NOT NULL DEFAULT 0,"
	" net_down INTEGER NOT NULL DEFAULT 0," // down-votes less up-votes since the last confirmation
	" use_count INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE INDEX article_listed ON article(must_read DESC, use_count DESC, id)"
	" WHERE state IN ('published', 'stale');"
	"CREATE TABLE article_category("
	" category TEXT NOT NULL, no INTEGER NOT NULL, PRIMARY KEY(category, no)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE article_version("
	" no INTEGER NOT NULL REFERENCES article(no),"
	" ver INTEGER NOT NULL,"
	" type TEXT NOT NULL, title TEXT NOT NULL, title_en TEXT NOT NULL, summary_en TEXT NOT NULL,"
	" question TEXT NOT NULL, body TEXT NOT NULL, talk_track TEXT NOT NULL,"
	" tags TEXT NOT NULL, synonyms TEXT NOT NULL, phrasings TEXT NOT NULL, category TEXT NOT NULL,"
	" lang TEXT NOT NULL, audience TEXT NOT NULL,"
	" author TEXT NOT NULL, approver TEXT NOT NULL, note TEXT NOT NULL,"
	" effective_from INTEGER NOT NULL, effective_to INTEGER NOT NULL, review_due INTEGER NOT NULL,"
	" must_read INTEGER NOT NULL, published_at INTEGER NOT NULL, sha256 TEXT NOT NULL,"
	" UNIQUE(no, ver)) STRICT;"
	"CREATE TRIGGER article_version_is_immutable BEFORE UPDATE ON article_version"
	" BEGIN SELECT RAISE(ABORT, 'an article version never changes'); END;"
	"CREATE TRIGGER article_version_is_kept BEFORE DELETE ON article_version"
	" BEGIN SELECT RAISE(ABORT, 'an article version is never deleted'); END;"
	"CREATE TABLE kb_gap("
	" id INTEGER PRIMARY KEY,"
	" query TEXT NOT NULL, folded TEXT NOT NULL, description TEXT NOT NULL, category TEXT NOT NULL,"
	" interaction_id TEXT NOT NULL, state TEXT NOT NULL, article_id TEXT NOT NULL,"
	" occurrences INTEGER NOT NULL, reporters TEXT NOT NULL,"
	" first_at INTEGER NOT NULL, last_at INTEGER NOT NULL) STRICT;"
	"CREATE INDEX kb_gap_same ON kb_gap(folded, category, last_at);"
	// The index. Everything below is made anew from the texts by kb_reindex.
	"CREATE VIRTUAL TABLE kb_body USING fts5(t, content='', detail=none, columnsize=0, tokenize='zuoxi');"
	"CREATE VIRTUAL TABLE kb_head USING fts5(t, content='', detail=none, columnsize=0, tokenize='zuoxi');"
	"INSERT INTO kb_body(kb_body, rank) VALUES('crisismerge', 2000);"
	"INSERT INTO kb_head(kb_head, rank) VALUES('crisismerge', 2000);"
	"CREATE TABLE kb_doc(no INTEGER PRIMARY KEY, d BLOB NOT NULL) STRICT;"
	"CREATE TABLE kb_head_len(slice INTEGER PRIMARY KEY, d BLOB NOT NULL) STRICT;"
	// articles with the term anywhere, in a field before the body, in the body
	"CREATE TABLE kb_term(term TEXT PRIMARY KEY,"
	" df INTEGER NOT NULL, hdf INTEGER NOT NULL, bdf INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE kb_pinyin("
	" key TEXT NOT NULL, no INTEGER NOT NULL, field INTEGER NOT NULL, PRIMARY KEY(key, no)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX kb_pinyin_of ON kb_pinyin(no);",
	// Articles live: drafts apart from versions, who did what, one vote an agent, operations that count once, and what a gap needs
	// to be answered.
	"ALTER TABLE article ADD COLUMN replaced_by TEXT NOT NULL DEFAULT '';" // an archived one's successor
	"ALTER TABLE article ADD COLUMN stale_why TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE article_version ADD COLUMN policies TEXT NOT NULL DEFAULT '[]';"
	"ALTER TABLE article_version ADD COLUMN quiz TEXT NOT NULL DEFAULT '[]';"
	"CREATE INDEX article_must_read ON article(published_at) WHERE must_read = 1 AND state IN ('published', 'stale');"
	"CREATE INDEX article_stale ON article(id) WHERE state = 'stale';"
	"CREATE INDEX article_review ON article(review_due) WHERE review_due > 0 AND state = 'published';"
	"CREATE TABLE kb_policy(" // which articles rest on which policy
	" policy TEXT NOT NULL COLLATE NOCASE, no INTEGER NOT NULL, PRIMARY KEY(policy, no)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX kb_policy_of ON kb_policy(no);"
	"CREATE TABLE kb_draft(" // the next text of an article: at most one
	" id TEXT PRIMARY KEY COLLATE NOCASE,"
	" state TEXT NOT NULL,"       // wip draft in_review
	" base_ver INTEGER NOT NULL," // version it was begun from, 0: a new article
	" gap INTEGER NOT NULL,"      // uncovered case it answers, 0: none
	" rev INTEGER NOT NULL,"      // grows with each save
	" title TEXT NOT NULL, doc TEXT NOT NULL," // doc: the text as kb_to_json writes it
	" author TEXT NOT NULL, writers TEXT NOT NULL," // writers: everybody who changed it
	" note TEXT NOT NULL, reply TEXT NOT NULL,"     // reply: why it was returned
	" created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE kb_log("
	" n INTEGER PRIMARY KEY, at INTEGER NOT NULL, id TEXT NOT NULL COLLATE NOCASE, ver INTEGER NOT NULL,"
	" verb TEXT NOT NULL, state TEXT NOT NULL, by TEXT NOT NULL, note TEXT NOT NULL) STRICT;"
	"CREATE INDEX kb_log_of ON kb_log(id, n);"
	"CREATE TRIGGER kb_log_is_immutable BEFORE UPDATE ON kb_log"
	" BEGIN SELECT RAISE(ABORT, 'what was done is never rewritten'); END;"
	"CREATE TRIGGER kb_log_is_kept BEFORE DELETE ON kb_log"
	" BEGIN SELECT RAISE(ABORT, 'what was done is never forgotten'); END;"
	"CREATE TABLE kb_vote(no INTEGER NOT NULL, agent TEXT NOT NULL, vote INTEGER NOT NULL, at INTEGER NOT NULL,"
	" PRIMARY KEY(no, agent)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE kb_applied(op TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX kb_applied_at ON kb_applied(at);"
	"ALTER TABLE kb_gap ADD COLUMN taken_by TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE kb_gap ADD COLUMN third_at INTEGER NOT NULL DEFAULT 0;" // when it had been reported three times
	"ALTER TABLE kb_gap ADD COLUMN closed_at INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE kb_gap ADD COLUMN same_as INTEGER NOT NULL DEFAULT 0;" // duplicate of this gap
	"ALTER TABLE kb_gap ADD COLUMN reply TEXT NOT NULL DEFAULT '';"
	"UPDATE kb_gap SET third_at = last_at WHERE occurrences >= 3;"
	"CREATE TABLE kb_gap_report("
	" gap INTEGER NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, agent TEXT NOT NULL, interaction_id TEXT NOT NULL,"
	" query TEXT NOT NULL, description TEXT NOT NULL, material TEXT NOT NULL, PRIMARY KEY(gap, n)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX kb_gap_report_by ON kb_gap_report(agent, gap);"
	"INSERT INTO kb_gap_report SELECT g.id, r.key + 1, g.first_at, r.value, iif(r.key = 0, g.interaction_id, ''),"
	" g.query, g.description, '' FROM kb_gap g, json_each(g.reporters) r;",
	// files whose import was stopped (kb/journal.h)
	"CREATE TABLE kb_import(path TEXT PRIMARY KEY, inode INTEGER NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL,"
	" place INTEGER NOT NULL, line INTEGER NOT NULL, rows INTEGER NOT NULL) STRICT, WITHOUT ROWID;",
	// What customers said (kb/phrasing.h), and what ranking makes of it, for a quick start.
	"CREATE TABLE kb_phrasing("
	" no INTEGER PRIMARY KEY,"
	" id TEXT NOT NULL UNIQUE,"
	" article TEXT NOT NULL COLLATE NOCASE,"
	" text TEXT NOT NULL, folded TEXT NOT NULL,"
	" call TEXT NOT NULL, agent TEXT NOT NULL, source TEXT NOT NULL, at INTEGER NOT NULL,"
	" withdrawn_at INTEGER NOT NULL DEFAULT 0, withdrawn_by TEXT NOT NULL DEFAULT '',"
	" counts INTEGER NOT NULL,"
	" shown INTEGER NOT NULL DEFAULT 0, chosen INTEGER NOT NULL DEFAULT 0,"
	" rev INTEGER NOT NULL) STRICT;"
	"CREATE INDEX kb_phrasing_of ON kb_phrasing(article, folded);"
	"CREATE INDEX kb_phrasing_changed ON kb_phrasing(rev);"
	"CREATE TABLE kb_phrasing_image(id INTEGER PRIMARY KEY, d BLOB NOT NULL) STRICT;",
	// One index for everything: postings of our own (kb/post.h) take the place of FTS5. Versions get a number that stays.
	"DROP TABLE kb_body; DROP TABLE kb_head; DROP TABLE kb_doc; DROP TABLE kb_head_len; DROP TABLE kb_term; DROP TABLE kb_pinyin;"
	"DELETE FROM meta WHERE key = 'docs' OR key GLOB 'len?';"
	"CREATE TABLE kb_post(id INTEGER PRIMARY KEY, d BLOB NOT NULL) STRICT;"
	"CREATE TABLE kb_pending(doc INTEGER PRIMARY KEY, d BLOB NOT NULL) STRICT;" // postings not yet in kb_post
	"CREATE TABLE kb_live(slice INTEGER PRIMARY KEY, rev INTEGER NOT NULL, d BLOB NOT NULL) STRICT;" // which documents are found
	"CREATE INDEX kb_live_changed ON kb_live(rev);" KB_WORDS_DDL
	"CREATE TABLE kb_char(cp INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;" // articles that have a Han character anywhere
	"ALTER TABLE article ADD COLUMN doc INTEGER NOT NULL DEFAULT 0;" // its document, 0: not searchable
	"ALTER TABLE article ADD COLUMN row INTEGER NOT NULL DEFAULT 0;" // of its current version
	"CREATE TABLE version_new("
	" row INTEGER PRIMARY KEY,"
	" no INTEGER NOT NULL REFERENCES article(no),"
	" ver INTEGER NOT NULL,"
	" id TEXT NOT NULL," // of the article, for who reads a row alone
	" type TEXT NOT NULL, title TEXT NOT NULL, title_en TEXT NOT NULL, summary_en TEXT NOT NULL,"
	" question TEXT NOT NULL, tags TEXT NOT NULL, synonyms TEXT NOT NULL, phrasings TEXT NOT NULL, lang TEXT NOT NULL,"
	" body TEXT NOT NULL, talk_track TEXT NOT NULL, category TEXT NOT NULL, audience TEXT NOT NULL,"
	" author TEXT NOT NULL, approver TEXT NOT NULL, note TEXT NOT NULL,"
	" effective_from INTEGER NOT NULL, effective_to INTEGER NOT NULL, review_due INTEGER NOT NULL,"
	" must_read INTEGER NOT NULL, published_at INTEGER NOT NULL, sha256 TEXT NOT NULL,"
	" policies TEXT NOT NULL, quiz TEXT NOT NULL,"
	" UNIQUE(no, ver)) STRICT;"
	"INSERT INTO version_new(no, ver, id, type, title, title_en, summary_en, question, tags, synonyms, phrasings, lang, body, talk_track,"
	" category, audience, author, approver, note, effective_from, effective_to, review_due, must_read, published_at, sha256,"
	" policies, quiz) SELECT v.no, v.ver, a.id, type, title, title_en, summary_en, question, tags, synonyms, phrasings, lang, body,"
	" talk_track, v.category, audience, author, approver, note, v.effective_from, v.effective_to, v.review_due, v.must_read,"
	" v.published_at, sha256, policies, quiz FROM article_version v JOIN article a ON a.no = v.no ORDER BY v.no, v.ver;"
	"DROP TABLE article_version;"
	"ALTER TABLE version_new RENAME TO article_version;"
	"CREATE TRIGGER article_version_is_immutable BEFORE UPDATE ON article_version"
	" BEGIN SELECT RAISE(ABORT, 'an article version never changes'); END;"
	"CREATE TRIGGER article_version_is_kept BEFORE DELETE ON article_version"
	" BEGIN SELECT RAISE(ABORT, 'an article version is never deleted'); END;"
	"UPDATE article SET row = coalesce((SELECT v.row FROM article_version v WHERE v.no = article.no AND v.ver = article.ver), 0);",
	// What a hub decides (kb/remote.h): how far its streams were followed, and versions published here that the hub does not know.
	"CREATE TABLE kb_cursor(s TEXT PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, head INTEGER NOT NULL,"
	" at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE kb_remote(" // rows of the hub in force here: what the digest of a stream is made of
	" t TEXT NOT NULL, e TEXT NOT NULL, s TEXT NOT NULL, rev INTEGER NOT NULL, PRIMARY KEY(t, e)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX kb_remote_s ON kb_remote(s);"
	"CREATE TABLE article_displaced AS SELECT * FROM article_version WHERE 0;"
	"CREATE UNIQUE INDEX article_displaced_row ON article_displaced(row);"
	"ALTER TABLE kb_gap ADD COLUMN hub TEXT NOT NULL DEFAULT '';" // the case's id at the hub, "" not known there yet
	"CREATE INDEX kb_gap_hub ON kb_gap(hub) WHERE hub <> '';"
	"DROP TRIGGER article_version_is_kept;"
	"CREATE TRIGGER article_version_is_kept BEFORE DELETE ON article_version"
	" WHEN NOT EXISTS (SELECT 1 FROM article_displaced d WHERE d.row = old.row)"
	" BEGIN SELECT RAISE(ABORT, 'an article version is never deleted'); END;",
};

enum { STEPS = sizeof(steps) / sizeof(*steps) };

static bool user_version(struct kb *kb, int64_t *v, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "PRAGMA user_version", e);

	if (!st)
		return false;
	if (kb_step(kb, st, e) != KB_ROW)
		return false;
	*v = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return true;
}

static bool keep_copy(struct kb *kb, int64_t from, struct err *e)
{
	char *copy = xasprintf("%s.before-%d", kb->path, (int)from + 1), *sql = NULL;
	bool ok = true;

	if (!path_exists(copy)) {
		sql = sqlite3_mprintf("VACUUM INTO %Q", copy);
		ok = kb_exec(kb, sql, e);
		sqlite3_free(sql);
	}
	free(copy);
	return ok;
}

static bool take_step(struct kb *kb, int64_t from, struct err *e)
{
	char pragma[48];

	if (!kb_exec(kb, "BEGIN IMMEDIATE", e))
		return false;
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version=%d", (int)from + 1);
	if (kb_exec(kb, steps[from], e) && kb_exec(kb, pragma, e) && kb_exec(kb, "COMMIT", e))
		return true;
	kb_rollback(kb);
	return false;
}

bool kb_migrate(struct kb *kb, struct err *e)
{
	int64_t v;

	if (!user_version(kb, &v, e))
		return false;
	if (v > STEPS)
		return err_set(e, ERR_CONFLICT, _("%s was written by a newer zuoxi: update this program"), kb->path);
	if (!kb->write && v < STEPS)
		return err_set(e, v ? ERR_CONFLICT : ERR_NOT_FOUND,
			       _("%s has an older form: start the workstation or run zuoxi kb import once to renew it"), kb->path);
	if (v > 0 && v < STEPS && !keep_copy(kb, v, e))
		return false;
	for (; v < STEPS; v++)
		if (!take_step(kb, v, e))
			return err_prefix(e, _("step %d of the knowledge base's form: "), (int)v + 1);
	return true;
}
