// SPDX-License-Identifier: MIT
// Knows how the phrasings that count come into memory, follow the file, and are stored as one image for the next start.
#include "kb/learned.h"

#include "src/base/i18n.h"
#include "src/base/utf8.h"

// ---- maps from keys to places ----

static uint64_t spread(uint64_t k)
{
	k ^= k >> 31;
	k *= 0x9e3779b97f4a7c15u;
	return k ^ k >> 29;
}

static uint64_t key_at(const struct kb_learned *l, const struct lp_map *m, uint32_t i)
{
	if (m == &l->by_feature)
		return l->features.v[i].key;
	if (m == &l->by_word)
		return l->words.v[i].key;
	if (m == &l->by_phrase)
		return l->phrases.v[i].hash;
	return (uint64_t)l->articles.v[i].no;
}

static uint32_t map_find(const struct kb_learned *l, const struct lp_map *m, uint64_t key)
{
	if (!m->cap)
		return 0;
	for (size_t i = spread(key) & (m->cap - 1); m->v[i]; i = (i + 1) & (m->cap - 1))
		if (key_at(l, m, m->v[i] - 1) == key)
			return m->v[i];
	return 0;
}

static void map_put(const struct kb_learned *l, struct lp_map *m, uint32_t place)
{
	if ((m->n + 1) * 3 > m->cap * 2) {
		uint32_t *old = m->v;
		size_t cap = m->cap;
		m->cap = cap ? cap * 2 : 256;
		m->v = xcalloc(m->cap, sizeof(*m->v));
		m->n = 0;
		for (size_t i = 0; i < cap; i++)
			if (old[i])
				map_put(l, m, old[i] - 1);
		free(old);
	}
	size_t i = spread(key_at(l, m, place)) & (m->cap - 1);
	while (m->v[i])
		i = (i + 1) & (m->cap - 1);
	m->v[i] = place + 1;
	m->n++;
}

static void map_fill(const struct kb_learned *l, struct lp_map *m, size_t n)
{
	m->cap = 256;
	while (m->cap * 2 < n * 3 + 3)
		m->cap *= 2;
	free(m->v);
	m->v = xcalloc(m->cap, sizeof(*m->v));
	m->n = 0;
	for (size_t i = 0; i < n; i++)
		map_put(l, m, (uint32_t)i);
}

uint32_t lp_feature_of(const struct kb_learned *l, uint64_t key)
{
	return map_find(l, &l->by_feature, key);
}

uint32_t lp_word_of(const struct kb_learned *l, uint64_t key)
{
	return map_find(l, &l->by_word, key);
}

// ---- texts become words, words become features ----

static uint64_t hash64(struct sv s, uint64_t h)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
	return h;
}

// The kinds of keys are told apart by their highest bits.
enum { KEY_LETTERS = 1, KEY_RAW = 2, KEY_STEM = 3, KEY_HAN = 0 };

static uint64_t key_of(unsigned kind, uint64_t h)
{
	return h >> 2 | (uint64_t)kind << 62;
}

uint64_t lp_raw_key(struct sv raw)
{
	return key_of(KEY_RAW, hash64(raw, 14695981039346656037u));
}

struct cutter {
	lp_token_fn *fn;
	void *arg;
};

static void pass(void *arg, const struct kb_token *t)
{
	struct cutter *c = arg;
	struct lp_token out = {.kind = t->kind, .raw = t->raw, .stem = t->text};
	uint32_t a = 0, b = 0;

	if (t->joined)
		return;
	if (t->kind == KB_WORD) {
		out.key = lp_raw_key(t->raw);
	} else {
		size_t n = utf8_decode(t->text, &a);
		if (t->kind == KB_HAN2)
			utf8_decode(sv_n(t->text.p + n, t->text.n - n), &b);
		out.key = b ? kb_key_han2(a, b) : kb_key_han1(a);
	}
	c->fn(c->arg, &out);
}

void lp_cut(struct kb *kb, struct sv text, lp_token_fn *fn, void *arg)
{
	struct cutter c = {fn, arg};

	kb_analyse(kb->an, text, pass, &c);
}

// Every four neighbouring characters of " word "; of a shorter one, all of it.
static size_t letters_of(struct sv word, bool begun, uint64_t *keys, size_t max)
{
	uint32_t cp[KB_TOKEN_MAX + 2];
	size_t n = 0, out = 0;

	cp[n++] = ' ';
	for (size_t i = 0; i < word.n && n < KB_TOKEN_MAX;)
		i += utf8_decode(sv_n(word.p + i, word.n - i), &cp[n++]);
	if (!begun)
		cp[n++] = ' ';
	for (size_t i = 0; out < max && (i + 4 <= n || i == 0); i++)
		keys[out++] = key_of(KEY_LETTERS, hash64(sv_n((const char *)(cp + i), (i + 4 <= n ? 4 : n) * sizeof(*cp)),
							 14695981039346656037u));
	return out;
}

size_t lp_parts(const struct lp_token *t, bool begun, uint64_t keys[LP_PARTS], size_t *whole)
{
	if (t->kind != KB_WORD) {
		keys[0] = t->key;
		*whole = t->kind == KB_HAN2;
		return 1;
	}
	*whole = begun ? 0 : 1;
	keys[0] = key_of(KEY_STEM, hash64(t->stem, 14695981039346656037u));
	return *whole + letters_of(t->raw, begun, keys + *whole, LP_PARTS - 1);
}

// ---- adding ----

static void post_later(struct kb_learned *l, uint32_t feature, uint32_t item)
{
	struct lp_feature *f = &l->features.v[feature];

	vec_push(&l->later, ((struct lp_later){item, f->chain}));
	f->chain = (uint32_t)l->later.n;
}

static uint32_t feature_for(struct kb_learned *l, uint64_t key, bool small)
{
	uint32_t at = lp_feature_of(l, key);

	if (at)
		return at - 1;
	*vec_add(&l->features) = (struct lp_feature){.key = key, .small = small, .letters = key >> 62 == KEY_LETTERS};
	map_put(l, &l->by_feature, (uint32_t)l->features.n - 1);
	return (uint32_t)l->features.n - 1;
}

static uint32_t word_for(struct kb_learned *l, const struct lp_token *t)
{
	uint32_t at = lp_word_of(l, t->key), word = (uint32_t)l->words.n;
	uint64_t keys[LP_PARTS];
	size_t whole, n;

	if (at)
		return at - 1;
	n = lp_parts(t, false, keys, &whole);
	*vec_add(&l->words) = (struct lp_word){.key = t->key, .first = (uint32_t)l->parts.n, .n = (uint32_t)n};
	map_put(l, &l->by_word, word);
	for (size_t i = 0; i < n; i++) {
		uint32_t f = feature_for(l, keys[i], i >= whole);
		vec_push(&l->parts, f);
		if (l->features.v[f].letters)
			post_later(l, f, word);
	}
	return word;
}

struct adding {
	struct kb_learned *l;
	struct lp_phrase *p;
};

static void add_word(void *arg, const struct lp_token *t)
{
	struct adding *a = arg;

	if (a->p->n == LP_WORDS)
		return;
	uint32_t word = word_for(a->l, t);
	vec_push(&a->l->text, word);
	a->p->n++;
	a->p->len++;
}

// Calls for every feature of a phrase once.
static void each_feature(struct kb_learned *l, const struct lp_phrase *p, void (*fn)(struct kb_learned *l, uint32_t feature, uint32_t arg),
			 uint32_t arg)
{
	unsigned serial = ++l->serial;

	for (uint32_t i = 0; i < p->n; i++) {
		const struct lp_word *w = &l->words.v[l->text.v[p->first + i]];
		for (uint32_t k = 0; k < w->n; k++) {
			uint32_t f = l->parts.v[w->first + k];
			if (l->features.v[f].seen == serial)
				continue;
			l->features.v[f].seen = serial;
			fn(l, f, arg);
		}
	}
}

static void one_more(struct kb_learned *l, uint32_t f, uint32_t arg)
{
	(void)arg;
	l->features.v[f].df++;
}

static void one_less(struct kb_learned *l, uint32_t f, uint32_t arg)
{
	(void)arg;
	l->features.v[f].df--;
}

static void found_by(struct kb_learned *l, uint32_t f, uint32_t phrase)
{
	if (!l->features.v[f].letters)
		post_later(l, f, phrase);
}

static uint32_t article_for(struct kb_learned *l, int64_t no)
{
	uint32_t at = map_find(l, &l->by_article, (uint64_t)no);

	if (at)
		return at - 1;
	*vec_add(&l->articles) = (struct lp_article){.no = no};
	map_put(l, &l->by_article, (uint32_t)l->articles.n - 1);
	return (uint32_t)l->articles.n - 1;
}

static uint32_t phrase_for(struct kb *kb, struct kb_learned *l, int64_t no, struct sv article, struct sv folded)
{
	static const char sep[] = "\n";
	uint64_t h = hash64(folded, hash64(sv_n(sep, 1), hash64(article, 14695981039346656037u)));
	uint32_t at = map_find(l, &l->by_phrase, h), place = (uint32_t)l->phrases.n;

	if (at)
		return at - 1;
	uint32_t owner = article_for(l, no);
	*vec_add(&l->phrases) = (struct lp_phrase){
		.hash = h, .article = owner, .next = l->articles.v[owner].phrases, .first = (uint32_t)l->text.n};
	l->articles.v[owner].phrases = place + 1;
	map_put(l, &l->by_phrase, place);
	struct adding a = {l, &l->phrases.v[place]};
	lp_cut(kb, folded, add_word, &a);
	each_feature(l, &l->phrases.v[place], found_by, place);
	return place;
}

// ---- what the phrasings of one article share ----

static void note_feature(struct kb_learned *l, uint32_t feature, uint32_t serial)
{
	struct lp_feature *f = &l->features.v[feature];

	if (f->local_of != serial) {
		f->local_of = serial;
		f->entry = 0;
		vec_push(&l->some, feature);
	}
	f->entry++;
}

// Adds the pairs of an article's phrasings to what is known of their features, or (sign -1) takes them off.
static void count_pairs(struct kb_learned *l, uint32_t article, uint32_t sign)
{
	uint32_t serial = ++l->serial, live = 0;

	l->some.n = 0;
	for (uint32_t p = l->articles.v[article].phrases; p; p = l->phrases.v[p - 1].next) {
		if (!l->phrases.v[p - 1].counted)
			continue;
		live++;
		each_feature(l, &l->phrases.v[p - 1], note_feature, serial);
	}
	for (size_t i = 0; i < l->some.n; i++) {
		struct lp_feature *f = &l->features.v[l->some.v[i]];
		uint32_t same = f->entry * (live - 1), both = f->entry * (f->entry - 1);
		f->same += sign * same;
		f->both += sign * both;
		l->same += sign == 1 ? same : -(uint64_t)same;
		l->both += sign == 1 ? both : -(uint64_t)both;
	}
}

// Before the first of several changes of an article, and after all of them.
static void loosen(struct kb_learned *l, uint32_t article)
{
	if (l->articles.v[article].loose)
		return;
	count_pairs(l, article, (uint32_t)-1);
	l->articles.v[article].loose = true;
	vec_push(&l->loose, article);
}

static void fasten(struct kb_learned *l)
{
	for (size_t i = 0; i < l->loose.n; i++) {
		count_pairs(l, l->loose.v[i], 1);
		l->articles.v[l->loose.v[i]].loose = false;
	}
	l->loose.n = 0;
}

// ---- rows ----

static void count_row(struct kb_learned *l, uint32_t row, bool counts)
{
	struct lp_row *r = &l->rows.v[row];
	struct lp_phrase *p = &l->phrases.v[r->phrase - 1];

	if (r->counts == counts)
		return;
	if (p->counted == (counts ? 0 : 1))
		loosen(l, p->article);
	r->counts = counts;
	p->counted = (uint16_t)(p->counted + (counts ? 1 : -1));
	if (p->counted == (counts ? 1 : 0)) {
		l->live += counts ? 1 : (size_t)-1;
		for (uint32_t i = 0; i < p->n; i++)
			l->words.v[l->text.v[p->first + i]].live += counts ? 1 : (uint32_t)-1;
		each_feature(l, p, counts ? one_more : one_less, 0);
	}
}

struct changed {
	int64_t no, article;
	struct sv id, folded, agent, call;
	bool counts;
	int shown, chosen;
};

static void take(struct kb *kb, struct kb_learned *l, const struct changed *c)
{
	uint32_t phrase, row = (uint32_t)c->no;

	while (l->rows.n <= row)
		vec_add(&l->rows);
	if (!l->rows.v[row].phrase) {
		if (!c->counts)
			return; // nothing is lost: it comes back as a change
		phrase = phrase_for(kb, l, c->article, c->id, c->folded);
		l->rows.v[row].phrase = phrase + 1;
		l->rows.v[row].next = l->phrases.v[phrase].rows;
		l->phrases.v[phrase].rows = row + 1;
	}
	struct lp_phrase *p = &l->phrases.v[l->rows.v[row].phrase - 1];
	l->rows.v[row].agent = kb_hash(c->agent);
	l->rows.v[row].call = kb_hash(c->call);
	count_row(l, row, c->counts);
	p->shown = c->shown > p->shown ? c->shown : p->shown;
	p->chosen = c->chosen > p->chosen ? c->chosen : p->chosen;
}

static bool take_changes(struct kb *kb, struct kb_learned *l, int64_t rev, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT p.no, a.no, p.article, p.folded, p.agent, p.call, p.counts AND p.withdrawn_at = 0, p.shown, "
				   "p.chosen FROM kb_phrasing p JOIN article a ON a.id = p.article WHERE p.rev > ? ORDER BY p.rev",
				   e);
	int at = 0;
	enum kb_step s;

	if (!st)
		return false;
	kb_bind_int(st, &at, l->rev);
	while ((s = kb_step(kb, st, e)) == KB_ROW)
		take(kb, l,
		     &(struct changed){.no = sqlite3_column_int64(st, 0), .article = sqlite3_column_int64(st, 1), .id = kb_col(st, 2),
				       .folded = kb_col(st, 3), .agent = kb_col(st, 4), .call = kb_col(st, 5),
				       .counts = sqlite3_column_int(st, 6) != 0, .shown = sqlite3_column_int(st, 7),
				       .chosen = sqlite3_column_int(st, 8)});
	fasten(l);
	l->rev = rev;
	return s == KB_DONE;
}

// ---- lists ----

// Puts what came later behind what was there: every list in one piece.
static void settle(struct kb_learned *l)
{
	VEC(uint32_t) posts = {0};

	vec_reserve(&posts, l->posts.n + l->later.n + 1);
	for (size_t i = 0; i < l->features.n; i++) {
		struct lp_feature *f = &l->features.v[i];
		uint32_t first = (uint32_t)posts.n;
		if (f->n)
			memcpy(posts.v + posts.n, l->posts.v + f->first, f->n * sizeof(*posts.v));
		posts.n += f->n;
		for (uint32_t c = f->chain; c; c = l->later.v[c - 1].next)
			posts.v[posts.n++] = l->later.v[c - 1].item;
		f->first = first;
		f->n = (uint32_t)posts.n - first;
		f->chain = 0;
	}
	vec_release(&l->posts);
	l->posts.v = posts.v;
	l->posts.n = posts.n;
	l->posts.cap = posts.cap;
	l->later.n = 0;
}

// ---- the image ----

enum { IMAGE_FORM = 2, IMAGE_ARRAYS = 8, SAVE_AFTER = 128 };

struct image_head {
	char magic[8];
	uint32_t form, analyser, order;
	uint32_t live;
	int64_t rev;
	uint64_t same, both;
	uint32_t n[IMAGE_ARRAYS], size[IMAGE_ARRAYS];
	uint64_t sum; // of all that follows
};

struct array {
	void **v;
	size_t *n, *cap, size;
};

static void arrays_of(struct kb_learned *l, struct array out[IMAGE_ARRAYS])
{
#define ARRAY(name) ((struct array){(void **)&l->name.v, &l->name.n, &l->name.cap, sizeof(*l->name.v)})
	const struct array all[IMAGE_ARRAYS] = {ARRAY(features), ARRAY(words),	  ARRAY(parts), ARRAY(phrases),
						ARRAY(text),	 ARRAY(rows), ARRAY(articles), ARRAY(posts)};
#undef ARRAY
	memcpy(out, all, sizeof(all));
}

static uint64_t sum_of(const char *p, size_t n)
{
	uint64_t h = n, word;

	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	return hash64(sv_n(p, n), h);
}

static struct image_head head_for(const struct array a[IMAGE_ARRAYS])
{
	// order tells machines apart that write numbers the other way round
	struct image_head h = {.magic = "zx-learn", .form = IMAGE_FORM, .analyser = KB_ANALYSER_VERSION, .order = 0x01020304};

	for (int i = 0; i < IMAGE_ARRAYS; i++) {
		h.n[i] = (uint32_t)*a[i].n;
		h.size[i] = (uint32_t)a[i].size;
	}
	return h;
}

static bool head_fits(const struct image_head *h, const struct array a[IMAGE_ARRAYS], size_t bytes)
{
	struct image_head want = head_for(a);
	size_t sum = sizeof(*h);

	for (int i = 0; i < IMAGE_ARRAYS; i++) {
		if (h->size[i] != want.size[i])
			return false;
		sum += (size_t)h->n[i] * h->size[i];
	}
	return memcmp(h->magic, want.magic, sizeof(want.magic)) == 0 && h->form == want.form && h->analyser == want.analyser &&
	       h->order == want.order && sum == bytes;
}

// Every place named must exist, else the image is not used.
static bool places_fit(const struct kb_learned *l)
{
	for (size_t i = 0; i < l->features.n; i++)
		if (l->features.v[i].chain || (size_t)l->features.v[i].first + l->features.v[i].n > l->posts.n)
			return false;
	for (size_t i = 0; i < l->words.n; i++)
		if ((size_t)l->words.v[i].first + l->words.v[i].n > l->parts.n)
			return false;
	for (size_t i = 0; i < l->parts.n; i++)
		if (l->parts.v[i] >= l->features.n)
			return false;
	for (size_t i = 0; i < l->text.n; i++)
		if (l->text.v[i] >= l->words.n)
			return false;
	for (size_t i = 0; i < l->phrases.n; i++) {
		const struct lp_phrase *p = &l->phrases.v[i];
		if ((size_t)p->first + p->n > l->text.n || p->article >= l->articles.n || p->rows > l->rows.n || p->next > i)
			return false;
	}
	for (size_t i = 0; i < l->articles.n; i++)
		if (l->articles.v[i].phrases > l->phrases.n)
			return false;
	for (size_t i = 0; i < l->rows.n; i++)
		if (l->rows.v[i].phrase > l->phrases.n || l->rows.v[i].next > i)
			return false;
	for (size_t i = 0; i < l->features.n; i++) {
		const struct lp_feature *f = &l->features.v[i];
		size_t most = f->letters ? l->words.n : l->phrases.n;
		for (uint32_t k = 0; k < f->n; k++)
			if (l->posts.v[f->first + k] >= most)
				return false;
	}
	return true;
}

static bool read_image(struct kb_learned *l, struct sv blob)
{
	struct array a[IMAGE_ARRAYS];
	struct image_head h;
	size_t at = sizeof(h);

	arrays_of(l, a);
	if (blob.n < sizeof(h))
		return false;
	memcpy(&h, blob.p, sizeof(h));
	if (!head_fits(&h, a, blob.n) || h.sum != sum_of(blob.p + sizeof(h), blob.n - sizeof(h)))
		return false;
	for (int i = 0; i < IMAGE_ARRAYS; i++) {
		size_t bytes = (size_t)h.n[i] * h.size[i];
		*a[i].v = xmalloc(bytes + 1);
		*a[i].n = *a[i].cap = h.n[i];
		memcpy(*a[i].v, blob.p + at, bytes);
		at += bytes;
	}
	l->rev = h.rev;
	l->live = h.live;
	l->same = h.same;
	l->both = h.both;
	return places_fit(l);
}

static void maps_fill(struct kb_learned *l)
{
	map_fill(l, &l->by_feature, l->features.n);
	map_fill(l, &l->by_word, l->words.n);
	map_fill(l, &l->by_phrase, l->phrases.n);
	map_fill(l, &l->by_article, l->articles.n);
}

static void drop(struct kb_learned *l)
{
	struct array a[IMAGE_ARRAYS];
	struct lp_map *const maps[] = {&l->by_feature, &l->by_word, &l->by_phrase, &l->by_article};

	arrays_of(l, a);
	for (int i = 0; i < IMAGE_ARRAYS; i++)
		free(*a[i].v);
	vec_release(&l->later);
	vec_release(&l->loose);
	vec_release(&l->some);
	for (int i = 0; i < 4; i++)
		free(maps[i]->v);
	lp_near_free(l->near);
	*l = (struct kb_learned){0};
}

static bool load(struct kb *kb, struct kb_learned *l, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT d FROM kb_phrasing_image WHERE id = 1", e);

	if (!st)
		return false;
	enum kb_step s = kb_step(kb, st, e);
	if (s == KB_ROW) {
		if (read_image(l, kb_col(st, 0)))
			maps_fill(l);
		else
			drop(l); // read anew from the rows
	}
	sqlite3_reset(st);
	return s != KB_FAILED;
}

static void forget_queries(struct kb_learned *l)
{
	for (size_t i = 0; i < l->features.n; i++) {
		struct lp_feature *f = &l->features.v[i];
		f->weighed = f->seen = f->local_of = f->asked_of = f->entry = 0;
		f->weight = f->asked = 0;
		f->local = 0;
	}
	for (size_t i = 0; i < l->articles.n; i++)
		l->articles.v[i].checked = 0;
	l->serial = 0;
}

static bool write_image(struct kb *kb, struct kb_learned *l, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "INSERT OR REPLACE INTO kb_phrasing_image(id, d) VALUES(1, ?)", e);
	struct array a[IMAGE_ARRAYS];
	struct str b = {0};
	int at = 0;

	if (!st)
		return false;
	settle(l);
	forget_queries(l);
	arrays_of(l, a);
	struct image_head h = head_for(a);
	h.rev = l->rev;
	h.live = (uint32_t)l->live;
	h.same = l->same;
	h.both = l->both;
	str_addn(&b, (const char *)&h, sizeof(h));
	for (int i = 0; i < IMAGE_ARRAYS; i++)
		str_addn(&b, *a[i].v ? *a[i].v : "", *a[i].n * a[i].size);
	h.sum = sum_of(b.s + sizeof(h), b.n - sizeof(h));
	memcpy(b.s, &h, sizeof(h));
	kb_bind_blob(st, &at, b.s, b.n);
	bool ok = !b.over && kb_run(kb, st, e);
	str_release(&b);
	return ok;
}

// ---- the connection's ----

bool kb_learned_get(struct kb *kb, struct kb_learned **out, struct err *e)
{
	int64_t rev = kb_meta(kb, "phrasing.rev");
	struct kb_learned *l = kb->learned;

	*out = l;
	if (l && l->rev == rev)
		return true;
	if (!l) {
		*out = l = kb->learned = xcalloc(1, sizeof(*l));
		if (!load(kb, l, e))
			return false;
	}
	if (l->rev > rev) { // the base was made anew, or a change was rolled back
		drop(l);
		if (!load(kb, l, e))
			return false;
	}
	bool ok = take_changes(kb, l, rev, e);
	if (l->later.n > 4096 + l->posts.n / 4)
		settle(l);
	return ok;
}

void kb_learned_free(struct kb_learned *l)
{
	if (!l)
		return;
	drop(l);
	free(l);
}

static bool changes_since(struct kb *kb, int64_t rev, int64_t *n, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT count(*) FROM kb_phrasing WHERE rev > ?", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, rev);
	if (kb_step(kb, st, e) != KB_ROW)
		return false;
	*n = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return true;
}

bool kb_learned_save(struct kb *kb, bool now, struct err *e)
{
	int64_t n = 0, phrases = kb_meta(kb, "phrasing.image_phrases"), least = SAVE_AFTER + phrases / 32;
	struct kb_learned *l;

	if (!now && !changes_since(kb, kb_meta(kb, "phrasing.image"), &n, e))
		return false;
	if (!now && n < least)
		return true;
	// places that nothing uses any more are left behind by reading the rows anew
	if (now) {
		kb_learned_free(kb->learned);
		kb->learned = NULL;
		if (!kb_exec(kb, "DELETE FROM kb_phrasing_image", e))
			return false;
	}
	return kb_learned_get(kb, &l, e) && write_image(kb, l, e) && kb_meta_set(kb, "phrasing.image", l->rev, e) &&
	       kb_meta_set(kb, "phrasing.image_phrases", (int64_t)l->phrases.n, e);
}
