// SPDX-License-Identifier: MIT
// Knows how the next text of an article, as the hub has it, comes to the base: written elsewhere, reviewed here.
#include "kb/remote_part.h"

#include "kb/rows.h"

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static char *writers_of(const json_t *draft)
{
	char *s = json_dumps(json_object_get(draft, "writers"), JSON_COMPACT);

	return s ? s : xstrdup("[]");
}

// rev grows only with what an editor's open copy must not overwrite.
static bool put(struct kb *kb, const char *id, const json_t *draft, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "INSERT INTO kb_draft(id, state, base_ver, gap, rev, title, doc, author, writers, note, reply, created_at, updated_at) "
				   "VALUES(?1, ?2, ?3, 0, 1, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10) "
				   "ON CONFLICT(id) DO UPDATE SET rev = rev + (doc <> ?5), state = ?2, base_ver = ?3, title = ?4, doc = ?5, author = ?6, "
				   "writers = ?7, note = ?8, reply = ?9, updated_at = iif(doc <> ?5 OR state <> ?2 OR reply <> ?9, ?10, updated_at)",
				   e);
	const json_t *doc = json_object_get(draft, "doc");
	char *text = json_dumps(doc, JSON_COMPACT), *writers = writers_of(draft);
	int at = 0;

	if (st) {
		kb_bind_text(st, &at, sv(id));
		kb_bind_text(st, &at, sv(text_of(draft, "state")));
		kb_bind_int(st, &at, json_integer_value(json_object_get(draft, "base_ver")));
		kb_bind_text(st, &at, sv(text_of(doc, "title")));
		kb_bind_text(st, &at, sv(text));
		kb_bind_text(st, &at, sv(text_of(draft, "author")));
		kb_bind_text(st, &at, sv(writers));
		kb_bind_text(st, &at, sv(text_of(draft, "note")));
		kb_bind_text(st, &at, sv(text_of(draft, "reply")));
		kb_bind_int(st, &at, kb_now(kb));
	}
	bool ok = kb_run(kb, st, e);
	free(text);
	free(writers);
	return ok;
}

// What is being written here and was never told to anybody stays.
static bool drop(struct kb *kb, const char *id, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "DELETE FROM kb_draft WHERE id = ? AND state <> 'wip'", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	return kb_run(kb, st, e);
}

static bool known_state(const char *s)
{
	enum kb_state state;

	return kb_state_parse(sv(s), &state) && (state == KB_WIP || state == KB_DRAFT || state == KB_IN_REVIEW);
}

bool kb_take_draft(struct kb *kb, const char *id, const json_t *draft, struct err *e)
{
	struct arena a = {0};
	struct kb_text text;

	if (!json_is_object(draft))
		return drop(kb, id, e);
	char *doc = json_dumps(json_object_get(draft, "doc"), JSON_COMPACT);
	// A text that this program cannot read is not offered for review here; the article itself is not held up by it.
	bool ok = doc && known_state(text_of(draft, "state")) && kb_id_ok(id) && kb_text_from_json(doc, kb_zone(kb), &text, &a, NULL);
	free(doc);
	arena_release(&a);
	return ok ? put(kb, id, draft, e) : drop(kb, id, e);
}
