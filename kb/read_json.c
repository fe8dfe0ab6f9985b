// SPDX-License-Identifier: MIT
// Knows an article as one line of JSON.
#include <jansson.h>

#include "kb/draft.h"
#include "src/base/i18n.h"

static bool take_list(struct kb_draft *d, const char *key, json_t *v, struct err *e)
{
	json_t *item;
	size_t i;

	json_array_foreach(v, i, item) {
		if (!json_is_string(item))
			return err_set(e, ERR_PARSE, _("%s holds something that is not text"), key);
		if (!kb_draft_add(d, key, sv_n(json_string_value(item), json_string_length(item)), e))
			return false;
	}
	return true;
}

static bool take_text(struct kb_draft *d, const char *key, struct sv v, struct err *e)
{
	return kb_draft_is_list(key) ? kb_draft_add(d, key, v, e) : kb_draft_set(d, key, v, e);
}

static bool take(struct kb_draft *d, const char *key, json_t *v, struct err *e)
{
	char number[32];

	if (json_is_null(v))
		return true;
	if (!kb_draft_knows(key)) // rows from elsewhere carry more than we keep
		return true;
	if (json_is_array(v))
		return kb_draft_is_list(key) ? take_list(d, key, v, e)
					     : err_set(e, ERR_PARSE, _("%s is one text, not a list"), key);
	if (json_is_string(v))
		return take_text(d, key, sv_n(json_string_value(v), json_string_length(v)), e);
	if (json_is_boolean(v))
		return kb_draft_set(d, key, sv(json_is_true(v) ? "true" : "false"), e);
	if (json_is_integer(v)) {
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		return kb_draft_set(d, key, sv(number), e);
	}
	return err_set(e, ERR_PARSE, _("%s is neither text nor a list of texts"), key);
}

bool kb_read_json_object(struct kb_draft *d, const struct json_t *o, struct err *e)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)o, key, v) {
		if (!take(d, key, v, e))
			return false;
	}
	return true;
}

bool kb_read_json_any(struct kb_draft *d, struct sv line, struct err *e)
{
	json_error_t je;
	json_t *o = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &je);
	bool ok;

	if (json_is_object(o))
		ok = kb_read_json_object(d, o, e);
	else
		ok = o ? err_set(e, ERR_PARSE, _("the line is not a JSON object"))
		       : err_set(e, ERR_PARSE, _("not valid JSON: %s"), je.text);
	json_decref(o);
	return ok;
}

// ---- the plain form ----
// Most rows of most files are one flat object of texts and lists of texts, on one line. A general parser takes a third
// of an import's time to build a tree of them; these are read in place. Whatever is not plain is left to the general parser,
// so that it alone says what is JSON and what is wrong with it.

enum { MEMBERS = 32 };

struct plain {
	const char *p, *end;
	struct kb_draft *d;
	struct plain_member {
		struct sv key, text;
		bool is_list;
		struct kb_list list; // items end with NUL
	} m[MEMBERS];
	size_t n;
};

static bool holds_controls(struct sv s)
{
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		const uint64_t ones = 0x0101010101010101;
		uint64_t x;
		memcpy(&x, s.p + i, 8);
		if ((x - 0x20 * ones) & ~x & 0x80 * ones)
			return true;
	}
	for (; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20)
			return true;
	return false;
}

static bool next_is(struct plain *r, char c)
{
	while (r->p < r->end && *r->p == ' ')
		r->p++;
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

static bool unescape(struct plain *r, struct sv raw, struct sv *out)
{
	static const char from[] = "\"\\/nt", to[] = "\"\\/\n\t"; // others are rare enough for the general parser
	char *b = arena_alloc(r->d->a, raw.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		const char *at;
		if (raw.p[i] != '\\') {
			b[n++] = raw.p[i];
			continue;
		}
		if (++i == raw.n || !(at = memchr(from, raw.p[i], sizeof(from) - 1)))
			return false;
		b[n++] = to[at - from];
	}
	*out = sv_n(b, n);
	return true;
}

static bool plain_text(struct plain *r, struct sv *out)
{
	const char *from;

	if (!next_is(r, '"'))
		return false;
	from = r->p;
	for (;;) {
		const char *quote = memchr(r->p, '"', (size_t)(r->end - r->p)), *back = quote;
		if (!quote)
			return false;
		r->p = quote + 1;
		while (back > from && back[-1] == '\\')
			back--;
		if ((quote - back) % 2 == 0) {
			*out = sv_n(from, (size_t)(quote - from));
			return !memchr(from, '\\', out->n) || unescape(r, *out, out);
		}
	}
}

static bool plain_list(struct plain *r, struct plain_member *m)
{
	size_t cap = 0;

	m->is_list = true;
	if (next_is(r, ']'))
		return true;
	do {
		struct sv s;
		if (!plain_text(r, &s))
			return false;
		if (m->list.n == cap) {
			const char **v = arena_array(r->d->a, const char *, cap ? 2 * cap : 8);
			if (cap)
				memcpy(v, m->list.v, cap * sizeof(*v));
			m->list.v = v;
			cap = cap ? 2 * cap : 8;
		}
		m->list.v[m->list.n++] = arena_strndup(r->d->a, s.p, s.n);
	} while (next_is(r, ','));
	return next_is(r, ']');
}

static bool plain_member(struct plain *r)
{
	struct plain_member *m = &r->m[r->n];

	if (r->n == MEMBERS || !plain_text(r, &m->key) || !next_is(r, ':'))
		return false;
	for (size_t i = 0; i < r->n; i++)
		if (sv_eq(r->m[i].key, m->key))
			return false;
	r->n++;
	m->is_list = false;
	m->list = (struct kb_list){0};
	return next_is(r, '[') ? plain_list(r, m) : plain_text(r, &m->text);
}

static bool plain_object(struct plain *r)
{
	if (!next_is(r, '{'))
		return false;
	do
		if (!plain_member(r))
			return false;
	while (next_is(r, ','));
	if (!next_is(r, '}'))
		return false;
	while (r->p < r->end && *r->p == ' ')
		r->p++;
	return r->p == r->end;
}

static bool take_plain(struct kb_draft *d, const struct plain_member *m, struct err *e)
{
	const char *key = arena_strndup(d->a, m->key.p, m->key.n);

	if (!kb_draft_knows(key))
		return true;
	if (!m->is_list)
		return take_text(d, key, m->text, e);
	if (!kb_draft_is_list(key))
		return err_set(e, ERR_PARSE, _("%s is one text, not a list"), key);
	for (size_t i = 0; i < m->list.n; i++)
		if (!kb_draft_add(d, key, sv(m->list.v[i]), e))
			return false;
	return true;
}

bool kb_read_json_row(struct kb_draft *d, struct sv line, struct err *e)
{
	struct plain r = {.p = line.p, .end = line.p + line.n, .d = d};

	if (holds_controls(line) || !plain_object(&r))
		return kb_read_json_any(d, line, e);
	for (size_t i = 0; i < r.n; i++)
		if (!take_plain(d, &r.m[i], e))
			return false;
	return true;
}
