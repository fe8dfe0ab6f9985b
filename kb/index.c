// SPDX-License-Identifier: MIT
// Knows how an article enters and leaves the index: its postings with their levels, its words, its number among the documents.
#include "kb/index.h"

#include "kb/chars.h"
#include "kb/pinyin.h"
#include "kb/rank.h"

// Levels by what a term is worth in the text (kb_worth): below the first bound level 0, and so on.
static const double BOUND[KB_LEVELS - 1] = {0.48, 0.68, 1.12};
const float KB_LEVEL_WORTH[KB_LEVELS] = {0.38f, 0.56f, 0.88f, 1.45f};
// What a field usually holds. Fixed, so that a text has the same levels in every base; the exact score uses the base's averages.
static const double USUAL_LEN[KB_FIELDS] = {12, 12, 8, 30, 250};
enum { PINYIN_TITLE = 3, PINYIN_TAGS = 2, FRESH_MAX = 64 };

// Gives every part of a field to fn, in a fixed order.
typedef void part_fn(void *arg, enum kb_field field, struct sv part);

static void list_parts(const struct kb_list *l, enum kb_field field, part_fn *fn, void *arg)
{
	for (size_t i = 0; i < l->n; i++)
		fn(arg, field, sv(l->v[i]));
}

static void parts(const struct kb_text *t, part_fn *fn, void *arg)
{
	fn(arg, KB_F_TITLE, sv(t->title));
	fn(arg, KB_F_TITLE, sv(t->title_en));
	fn(arg, KB_F_QUESTION, sv(t->question));
	fn(arg, KB_F_TAGS, sv(t->id));
	list_parts(&t->tags, KB_F_TAGS, fn, arg);
	list_parts(&t->synonyms, KB_F_TAGS, fn, arg);
	list_parts(&t->phrasings, KB_F_PHRASINGS, fn, arg);
	fn(arg, KB_F_BODY, sv(t->summary_en));
	fn(arg, KB_F_BODY, sv(t->body));
}

// ---- counting ----

struct count {
	kb_key key; // 0: an empty slot
	uint8_t n[KB_FIELDS];
	uint8_t level; // of a key that has a level of its own, plus one
};

// One text being counted: open addressing, emptied by walking over what was used.
struct kb_entering {
	struct count *slots;
	size_t cap;
	VEC(uint32_t) used;
	VEC(struct kb_posting) out;
	uint32_t len[KB_FIELDS];
	enum kb_field field;
	struct kb *kb;
	struct kb_words *words; // NULL: not wanted
};

static size_t place_of(const struct kb_entering *en, kb_key key)
{
	size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 24) & (en->cap - 1);

	while (en->slots[i].key && en->slots[i].key != key)
		i = (i + 1) & (en->cap - 1);
	return i;
}

static void grow(struct kb_entering *en)
{
	struct count *old = en->slots;
	size_t cap = en->cap;

	en->cap = cap ? cap * 2 : 2048;
	en->slots = xcalloc(en->cap, sizeof(*en->slots));
	en->used.n = 0;
	for (size_t i = 0; i < cap; i++)
		if (old[i].key) {
			size_t at = place_of(en, old[i].key);
			en->slots[at] = old[i];
			vec_push(&en->used, (uint32_t)at);
		}
	free(old);
}

static struct count *count_of(struct kb_entering *en, kb_key key)
{
	if (en->used.n * 2 >= en->cap)
		grow(en);
	size_t at = place_of(en, key);
	if (!en->slots[at].key) {
		en->slots[at].key = key;
		vec_push(&en->used, (uint32_t)at);
	}
	return &en->slots[at];
}

static void count_token(void *arg, const struct kb_token *t)
{
	struct kb_entering *en = arg;
	kb_key key;

	switch (t->kind) {
	case KB_HAN1:
		en->len[en->field]++;
		if (en->words)
			kb_chars_gather(en->kb->chars, t->cp[0]);
		// single characters of a body are counted in the text when it is scored (kb/scan.h)
		if (en->field == KB_F_BODY)
			return;
		key = kb_key_han1(t->cp[0]);
		break;
	case KB_HAN2:
		key = kb_key_han2(t->cp[0], t->cp[1]);
		break;
	case KB_WORD:
		en->len[en->field] += !t->joined;
		key = kb_key_word(t->text);
		if (en->words)
			kb_words_gather(en->words, t->raw, en->field != KB_F_BODY);
		break;
	default:
		return;
	}
	struct count *c = count_of(en, key);
	c->n[en->field] += c->n[en->field] < 255;
}

static void count_gram(void *arg, kb_key key)
{
	struct kb_entering *en = arg;
	struct count *c = count_of(en, key);
	uint8_t level = 1 + (en->field == KB_F_TITLE ? PINYIN_TITLE : PINYIN_TAGS);

	c->level = c->level > level ? c->level : level;
}

static void count_part(void *arg, enum kb_field field, struct sv part)
{
	struct kb_entering *en = arg;

	en->field = field;
	kb_analyse(en->kb->an, part, count_token, en);
	if (field == KB_F_TITLE || field == KB_F_QUESTION || field == KB_F_TAGS)
		kb_pinyin_grams(part, count_gram, en);
}

static struct kb_entering *entering(struct kb *kb)
{
	if (!kb->entering) {
		kb->entering = xcalloc(1, sizeof(*kb->entering));
		kb->entering->kb = kb;
		grow(kb->entering);
	}
	return kb->entering;
}

static struct kb_entering *count_text(struct kb *kb, const struct kb_text *t, struct kb_words *words)
{
	struct kb_entering *en = entering(kb);

	for (size_t i = 0; i < en->used.n; i++)
		en->slots[en->used.v[i]] = (struct count){0};
	en->used.n = 0;
	memset(en->len, 0, sizeof(en->len));
	en->words = words;
	parts(t, count_part, en);
	return en;
}

static uint8_t level_of(const struct count *c, const double unit[KB_FIELDS])
{
	double tf[KB_FIELDS], worth;
	uint8_t level = 0;

	if (c->level)
		return c->level - 1;
	for (int f = 0; f < KB_FIELDS; f++)
		tf[f] = c->n[f] * unit[f];
	// of single characters only what stands before the body is known here
	worth = kb_worth(KB_WORD, tf);
	while (level < KB_LEVELS - 1 && worth >= BOUND[level])
		level++;
	return level;
}

static void make_postings(struct kb_entering *en)
{
	double unit[KB_FIELDS];

	for (int f = 0; f < KB_FIELDS; f++)
		unit[f] = kb_field_tf((enum kb_field)f, 1, en->len[f], USUAL_LEN[f]);
	vec_reserve(&en->out, en->used.n + 1);
	en->out.n = en->used.n;
	for (size_t i = 0; i < en->used.n; i++) {
		const struct count *c = &en->slots[en->used.v[i]];
		en->out.v[i] = (struct kb_posting){c->key, level_of(c, unit)};
	}
}

const struct kb_posting *kb_index_postings(struct kb *kb, const struct kb_text *t, size_t *n)
{
	struct kb_entering *en = count_text(kb, t, NULL);

	make_postings(en);
	*n = en->out.n;
	return en->out.v;
}

struct wordlist {
	kb_word_fn *fn;
	void *arg;
	bool head;
};

static void list_word(void *arg, const struct kb_token *t)
{
	struct wordlist *l = arg;

	if (t->kind != KB_HAN2)
		l->fn(l->arg, t->raw, l->head);
}

struct listing {
	struct kb *kb;
	struct wordlist l;
};

static void list_part(void *arg, enum kb_field field, struct sv part)
{
	struct listing *x = arg;

	x->l.head = field != KB_F_BODY;
	kb_analyse(x->kb->an, part, list_word, &x->l);
}

void kb_index_words(struct kb *kb, const struct kb_text *t, kb_word_fn *fn, void *arg)
{
	struct listing x = {kb, {fn, arg, false}};

	parts(t, list_part, &x);
}

void kb_entering_free(struct kb_entering *en)
{
	if (!en)
		return;
	free(en->slots);
	vec_release(&en->used);
	vec_release(&en->out);
	free(en);
}

// ---- articles ----

static bool number_of(struct kb *kb, int64_t no, uint32_t *doc, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT doc FROM article WHERE no = ?", e);
	int at = 0;

	*doc = 0;
	if (!st)
		return false;
	kb_bind_int(st, &at, no);
	enum kb_step s = kb_step(kb, st, e);
	if (s == KB_ROW)
		*doc = (uint32_t)sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return s != KB_FAILED;
}

static bool set_number(struct kb *kb, int64_t no, uint32_t doc, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "UPDATE article SET doc = ? WHERE no = ?", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, doc);
	kb_bind_int(st, &at, no);
	return kb_run(kb, st, e);
}

static bool add_categories(struct kb *kb, int64_t no, const struct kb_text *t, struct err *e)
{
	for (size_t i = 0; i < t->category.n; i++) {
		sqlite3_stmt *st = kb_stmt(kb, "INSERT OR IGNORE INTO article_category(category, no) VALUES(?, ?)", e);
		int at = 0;
		if (!st)
			return false;
		kb_bind_text(st, &at, sv(t->category.v[i]));
		kb_bind_int(st, &at, no);
		if (!kb_run(kb, st, e))
			return false;
	}
	return true;
}

static bool drop_categories(struct kb *kb, int64_t no, const struct kb_text *t, struct err *e)
{
	for (size_t i = 0; i < t->category.n; i++) {
		sqlite3_stmt *st = kb_stmt(kb, "DELETE FROM article_category WHERE category = ? AND no = ?", e);
		int at = 0;
		if (!st)
			return false;
		kb_bind_text(st, &at, sv(t->category.v[i]));
		kb_bind_int(st, &at, no);
		if (!kb_run(kb, st, e))
			return false;
	}
	return true;
}

// What is pending goes into the table, so that many documents can follow it there.
static bool begin_bulk(struct kb *kb, struct err *e)
{
	bool more = true;

	if (!kb_load_pending(kb, e))
		return false;
	while (more)
		if (!kb_post_merge(kb->post, SIZE_MAX, &more, e))
			return false;
	if (!kb_exec(kb, "DELETE FROM kb_pending", e))
		return false;
	for (size_t i = 0; i < kb->fresh.n; i++)
		kb_post_gather(kb->post, kb->fresh.v[i].doc, kb->fresh_postings.v + kb->fresh.v[i].first, kb->fresh.v[i].n);
	kb->fresh.n = kb->fresh_postings.n = 0;
	kb->bulk = true;
	return true;
}

static bool keep_postings(struct kb *kb, uint32_t doc, const struct kb_entering *en, struct err *e)
{
	if (!kb->bulk && kb->fresh.n == FRESH_MAX && !begin_bulk(kb, e))
		return false;
	if (kb->bulk) {
		if (kb_post_full(kb->post, doc) && !kb_post_flush(kb->post, doc - 1, e))
			return false;
		kb_post_gather(kb->post, doc, en->out.v, en->out.n);
		return true;
	}
	vec_push(&kb->fresh, ((struct kb_fresh){doc, kb->fresh_postings.n, en->out.n}));
	vec_reserve(&kb->fresh_postings, kb->fresh_postings.n + en->out.n);
	memcpy(kb->fresh_postings.v + kb->fresh_postings.n, en->out.v, en->out.n * sizeof(*en->out.v));
	kb->fresh_postings.n += en->out.n;
	return true;
}

static void sum_up(struct kb *kb, const struct kb_entering *en, int sign)
{
	kb->delta_docs += sign;
	for (int f = 0; f < KB_FIELDS; f++)
		kb->delta_len[f] += sign * (int64_t)en->len[f];
	kb->stale_view = true;
}

uint32_t kb_index_next(struct kb *kb)
{
	if (!kb->last_doc)
		kb->last_doc = (uint32_t)kb_meta(kb, "doc");
	return ++kb->last_doc;
}

bool kb_index_enter(struct kb *kb, int64_t no, struct kb_place_of at, bool special, const struct kb_text *t, struct err *e)
{
	struct kb_entering *en;
	uint32_t len;

	kb_words_begin(kb->words, 1);
	kb_chars_begin(kb->chars, 1);
	en = count_text(kb, t, kb->words);
	make_postings(en);
	len = en->len[KB_F_TITLE] > 126 ? 126 : en->len[KB_F_TITLE];
	vec_push(&kb->live_changes, ((struct kb_live_change){at.doc, (uint32_t)at.row, (uint8_t)((1 + len) | (special ? KB_SPECIAL : 0))}));
	sum_up(kb, en, 1);
	return keep_postings(kb, at.doc, en, e) && add_categories(kb, no, t, e);
}

bool kb_index_add(struct kb *kb, int64_t no, int64_t row, bool special, const struct kb_text *t, struct err *e)
{
	uint32_t doc = kb_index_next(kb);

	return kb_index_enter(kb, no, (struct kb_place_of){row, doc}, special, t, e) && set_number(kb, no, doc, e);
}

bool kb_index_special(struct kb *kb, int64_t no, struct err *e)
{
	uint32_t doc;

	if (!number_of(kb, no, &doc, e))
		return false;
	if (doc)
		vec_push(&kb->live_changes, ((struct kb_live_change){.doc = doc, .len = KB_SPECIAL}));
	return true;
}

// A document that nobody has merged yet goes without a trace; else it stays in the lists, dead, until it is purged.
static bool forget_pending(struct kb *kb, uint32_t doc, bool *gone, struct err *e)
{
	sqlite3_stmt *st;
	int at = 0;

	*gone = false;
	if (kb->bulk)
		return true;
	for (size_t i = 0; i < kb->fresh.n; i++)
		if (kb->fresh.v[i].doc == doc) {
			vec_remove(&kb->fresh, i);
			*gone = true;
			return true;
		}
	if (!kb_post_refresh(kb->post, e))
		return false;
	if (doc <= kb_post_upto(kb->post) || doc <= kb_post_goal(kb->post))
		return true;
	st = kb_stmt(kb, "DELETE FROM kb_pending WHERE doc = ?", e);
	if (!st)
		return false;
	kb_bind_int(st, &at, doc);
	*gone = kb_run(kb, st, e);
	// whoever has it in memory reads what is pending again
	return *gone && kb_meta_set(kb, "pending.rev", kb_meta(kb, "pending.rev") + 1, e);
}

bool kb_index_remove(struct kb *kb, int64_t no, const struct kb_text *t, struct err *e)
{
	uint32_t doc;
	bool gone;

	if (!number_of(kb, no, &doc, e))
		return false;
	if (!doc)
		return true;
	if (!forget_pending(kb, doc, &gone, e))
		return false;
	kb_words_begin(kb->words, -1);
	kb_chars_begin(kb->chars, -1);
	sum_up(kb, count_text(kb, t, kb->words), -1);
	kb->delta_dead += !gone;
	vec_push(&kb->live_changes, ((struct kb_live_change){.doc = doc}));
	return set_number(kb, no, 0, e) && drop_categories(kb, no, t, e);
}

bool kb_index_clear(struct kb *kb, struct err *e)
{
	int64_t epoch = kb_meta(kb, "epoch");

	kb_index_forget(kb);
	return kb_post_clear(kb->post, e) && kb_words_clear(kb->words, e) && kb_chars_clear(kb->chars, e) &&
	       kb_exec(kb,
		       "DELETE FROM kb_pending; DELETE FROM kb_live; DELETE FROM article_category; UPDATE article SET doc = 0;"
		       "DELETE FROM meta WHERE key IN ('doc', 'dead', 'purge', 'purge.dead', 'docs', 'len0', 'len1', 'len2', 'len3', 'len4')",
		       e) &&
	       kb_meta_set(kb, "epoch", epoch + 1, e);
}
