// SPDX-License-Identifier: MIT
// Knows how what agents gave back elsewhere comes to the base: phrasings of customers, uncovered cases.
#include "kb/fold.h"
#include "kb/gap.h"
#include "kb/phrasing.h"
#include "kb/remote_part.h"
#include "kb/rows.h"

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

bool kb_take_phrasing(struct kb *kb, const char *id, const json_t *d, struct err *e)
{
	const char *call = text_of(d, "call");
	struct kb_lesson l = {.article = text_of(d, "article"), .text = text_of(d, "text"), .call = call, .agent = text_of(d, "agent_id"),
			      .source = *call ? KB_BY_CALL : KB_BY_FILE};
	bool withdrawn = json_is_true(json_object_get(d, "withdrawn"));
	enum kb_learned_what what;
	char mine[KB_PHRASING_ID];
	struct err why = {0};
	int64_t n;

	(void)id; // made from article, text and call, it is the same here (phrasing.h)
	if (!kb_learn(kb, &l, &what, mine, &why)) // its article is not here, or nothing of the text is kept: nothing to learn
		return why.code == ERR_NOT_FOUND || why.code == ERR_PARSE || err_set(e, why.code, "%s", why.msg);
	return !withdrawn || kb_forget(kb, &(struct kb_phrasing_filter){.id = mine}, false, text_of(d, "agent_id"), &n, e);
}

// The row of the hub's case: by its number there; else the one reported here that asks the same and has no number yet.
static bool find_gap(struct kb *kb, const char *hub, const char *folded, int64_t *id, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT id FROM kb_gap WHERE hub = ?1 OR (hub = '' AND ?2 != '' AND folded = ?2) ORDER BY hub = '', id DESC LIMIT 1", e);
	int at = 0;

	*id = 0;
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(hub));
	kb_bind_text(st, &at, sv(folded));
	enum kb_step s = kb_step(kb, st, e);
	if (s == KB_ROW)
		*id = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return s != KB_FAILED;
}

static bool put_gap(struct kb *kb, int64_t id, const char *hub, const char *folded, const json_t *d, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "INSERT INTO kb_gap(id, hub, query, folded, description, category, interaction_id, state, article_id, occurrences, "
				   "reporters, first_at, last_at, taken_by, reply, closed_at) "
				   "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13, ?14, "
				   "iif(?8 IN ('published', 'duplicate', 'rejected'), ?12, 0)) "
				   "ON CONFLICT(id) DO UPDATE SET hub = ?2, state = ?8, article_id = ?9, occurrences = ?10, reporters = ?11, last_at = ?12, "
				   "taken_by = ?13, reply = ?14, third_at = iif(third_at = 0 AND ?10 >= 3, ?12, third_at), "
				   "closed_at = iif(?8 NOT IN ('published', 'duplicate', 'rejected'), 0, iif(closed_at = 0, ?12, closed_at))",
				   e);
	char *who = json_dumps(json_object_get(d, "reporters"), JSON_COMPACT);
	const char *answer = text_of(d, "article");
	enum kb_gap_state state;
	int at = 0;

	if (st) {
		if (id)
			kb_bind_int(st, &at, id);
		else
			at++; // NULL: the next number
		const char *const texts[] = {hub, text_of(d, "query"), folded, text_of(d, "note"), text_of(d, "category"),
					     text_of(d, "interaction"), kb_gap_state_parse(sv(text_of(d, "state")), &state) ? text_of(d, "state") : "new",
					     *answer ? answer : text_of(d, "answered_by")};
		for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
			kb_bind_text(st, &at, sv(texts[i]));
		kb_bind_int(st, &at, json_integer_value(json_object_get(d, "occurrences")));
		kb_bind_text(st, &at, sv(who ? who : "[]"));
		kb_bind_int(st, &at, json_integer_value(json_object_get(d, "last_at")));
		kb_bind_text(st, &at, sv(text_of(d, "taken_by")));
		kb_bind_text(st, &at, sv(text_of(d, "reply")));
	}
	bool ok = kb_run(kb, st, e);
	free(who);
	return ok;
}

bool kb_take_gap(struct kb *kb, const char *id, const json_t *d, struct err *e)
{
	struct str folded = {0};
	int64_t own;

	kb_fold(&folded, sv(text_of(d, "query")));
	bool ok = find_gap(kb, id, str_z(&folded), &own, e) && put_gap(kb, own, id, str_z(&folded), d, e);
	str_release(&folded);
	return ok;
}
