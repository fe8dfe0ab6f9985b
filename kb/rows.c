// SPDX-License-Identifier: MIT
// Knows how a text lies in its row: lists as JSON, the canonical form that is hashed.
#include "kb/rows.h"

#include <jansson.h>
#include <sodium.h>

#include "src/base/i18n.h"

char *kb_list_json(const struct kb_list *l)
{
	if (!l->n)
		return xstrdup("[]");
	json_t *j = json_array();
	for (size_t i = 0; i < l->n; i++)
		json_array_append_new(j, json_string(l->v[i]));
	char *s = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	if (!s)
		BUG("a list that is not UTF-8");
	char *own = xstrdup(s);
	free(s);
	return own;
}

struct kb_list kb_list_parse(struct sv json, struct arena *a)
{
	struct kb_list l = {0};
	json_t *j, *item;
	size_t i;

	if (json.n <= 2)
		return l;
	j = json_loadb(json.p, json.n, 0, NULL);
	if (!json_is_array(j)) {
		json_decref(j);
		return l;
	}
	l.v = arena_array(a, const char *, json_array_size(j) + 1);
	json_array_foreach(j, i, item)
		if (json_is_string(item))
			l.v[l.n++] = arena_strdup(a, json_string_value(item));
	json_decref(j);
	return l;
}

static void hash_part(crypto_hash_sha256_state *h, const char *name, const char *s)
{
	crypto_hash_sha256_update(h, (const unsigned char *)name, strlen(name) + 1);
	crypto_hash_sha256_update(h, (const unsigned char *)s, strlen(s) + 1);
}

static void hash_list(crypto_hash_sha256_state *h, const char *name, const struct kb_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		hash_part(h, name, l->v[i]);
}

static void hash_int(crypto_hash_sha256_state *h, const char *name, int64_t v)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "%lld", (long long)v);
	hash_part(h, name, buf);
}

void kb_text_hash(const struct kb_text *t, char out[65])
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state h;

	char id[65];

	// the case of an id does not make it another one
	snprintf(id, sizeof(id), "%s", t->id);
	for (char *p = id; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	crypto_hash_sha256_init(&h);
	hash_part(&h, "id", id);
	hash_part(&h, "type", t->type);
	hash_part(&h, "title", t->title);
	hash_part(&h, "title_en", t->title_en);
	hash_part(&h, "summary_en", t->summary_en);
	hash_part(&h, "question", t->question);
	hash_part(&h, "body", t->body);
	hash_list(&h, "tag", &t->tags);
	hash_list(&h, "synonym", &t->synonyms);
	hash_list(&h, "phrasing", &t->phrasings);
	hash_list(&h, "category", &t->category);
	hash_part(&h, "lang", t->lang);
	hash_part(&h, "audience", t->audience);
	hash_int(&h, "effective_from", t->effective_from);
	hash_int(&h, "effective_to", t->effective_to);
	hash_int(&h, "review_due", t->review_due);
	hash_int(&h, "must_read", t->must_read);
	hash_list(&h, "policy", &t->policies);
	hash_list(&h, "quiz", &t->quiz);
	crypto_hash_sha256_final(&h, digest);
	sodium_bin2hex(out, 65, digest, sizeof(digest));
}

static const char *text_col(sqlite3_stmt *st, int col, struct arena *a)
{
	struct sv s = kb_col(st, col);

	return arena_strndup(a, s.p, s.n);
}

static void read_row(sqlite3_stmt *st, struct kb_version *out, struct arena *a)
{
	struct kb_text *t = &out->text;

	t->id = text_col(st, 0, a);
	t->type = text_col(st, 1, a);
	t->title = text_col(st, 2, a);
	t->title_en = text_col(st, 3, a);
	t->summary_en = text_col(st, 4, a);
	t->question = text_col(st, 5, a);
	t->body = text_col(st, 6, a);
	t->tags = kb_list_parse(kb_col(st, 7), a);
	t->synonyms = kb_list_parse(kb_col(st, 8), a);
	t->phrasings = kb_list_parse(kb_col(st, 9), a);
	t->category = kb_list_parse(kb_col(st, 10), a);
	t->lang = text_col(st, 11, a);
	t->audience = text_col(st, 12, a);
	t->author = text_col(st, 13, a);
	t->approver = text_col(st, 14, a);
	t->note = text_col(st, 15, a);
	t->effective_from = sqlite3_column_int64(st, 16);
	t->effective_to = sqlite3_column_int64(st, 17);
	t->review_due = sqlite3_column_int64(st, 18);
	t->must_read = sqlite3_column_int(st, 19) != 0;
	out->published_at = sqlite3_column_int64(st, 20);
	struct sv sha = kb_col(st, 21);
	snprintf(out->sha256, sizeof(out->sha256), "%.*s", (int)(sha.n > 64 ? 64 : sha.n), sha.p);
	out->ver = sqlite3_column_int(st, 22);
	t->policies = kb_list_parse(kb_col(st, 23), a);
	t->quiz = kb_list_parse(kb_col(st, 24), a);
}

bool kb_version_read(struct kb *kb, int64_t no, int ver, struct kb_version *out, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT a.id, v.type, v.title, v.title_en, v.summary_en, v.question, v.body, v.tags, "
				   "v.synonyms, v.phrasings, v.category, v.lang, v.audience, v.author, v.approver, v.note, "
				   "v.effective_from, v.effective_to, v.review_due, v.must_read, v.published_at, v.sha256, v.ver, "
				   "v.policies, v.quiz "
				   "FROM article_version v JOIN article a ON a.no = v.no "
				   "WHERE v.no = ? AND v.ver = ?",
				   e);
	int at = 0;

	*out = (struct kb_version){0};
	if (!st)
		return false;
	kb_bind_int(st, &at, no);
	kb_bind_int(st, &at, ver);
	enum kb_step s = kb_step(kb, st, e);
	if (s == KB_FAILED)
		return false;
	if (s == KB_DONE)
		return err_set(e, ERR_NOT_FOUND, _("there is no version %d of this article"), ver);
	read_row(st, out, a);
	sqlite3_reset(st);
	kb_talk_track(sv(out->text.body), &out->say, &out->dont, a);
	return true;
}
