// SPDX-License-Identifier: MIT
// Knows the text of a hub's answer: read whole and checked before anything of it is used.
#include "src/sync/answer.h"

#include "src/base/i18n.h"
#include "src/wire/read.h"

// Pages hold WIRE_PAGE_BYTES, but for a row that is larger alone; answers to operations come beside them.
enum { ANSWER_BYTES = WIRE_PAGE_BYTES + 2 * WIRE_REQUEST_BYTES };

static bool read_stream(const json_t *j, const char **s, struct err *e)
{
	enum wire_family family;
	const char *rest;

	if (!wire_need_text(j, "s", 60, s, e))
		return false;
	return wire_stream_parse(*s, &family, &rest) || err_set(e, ERR_PARSE, _("\"%s\" is not the name of a stream"), *s);
}

static bool read_cursor(const json_t *j, const char *key, struct wire_cursor *out, struct err *e)
{
	const char *text;

	if (!wire_need_text(j, key, 42, &text, e))
		return false;
	return wire_cursor_parse(text, out) || err_set(e, ERR_PARSE, _("\"%s\" is not two numbers with a colon between them"), key);
}

// The list under key, NULL when it is not there; false when it is something else.
static bool read_list(const json_t *j, const char *key, json_t **out, struct err *e)
{
	*out = json_object_get(j, key);
	if (json_is_null(*out))
		*out = NULL;
	return !*out || json_is_array(*out) || err_set(e, ERR_PARSE, _("\"%s\" is not a list"), key);
}

// Rows stand in order within what the page covers: a cursor that moves past a row which is not there would lose it.
static bool read_rows(const json_t *list, struct answer_page *p, struct arena *a, struct err *e)
{
	int64_t last = p->from.seq;
	json_t *row;
	size_t i;

	p->rows = arena_array(a, struct wire_row, json_array_size(list) + 1);
	json_array_foreach(list, i, row)
	{
		struct wire_row *r = &p->rows[p->n_rows++];
		if (!wire_row_parse(row, r, e))
			return err_prefix(e, "%s: ", p->s);
		if (r->q <= last || r->q > p->to.seq)
			return err_set(e, ERR_PARSE, _("%s: row %lld is out of order"), p->s, (long long)r->q);
		last = r->q;
	}
	return true;
}

bool answer_read_page(const json_t *j, struct answer_page *out, struct arena *a, struct err *e)
{
	struct answer_page p = {0};
	json_t *rows;

	if (!json_is_object(j))
		return err_set(e, ERR_PARSE, _("a page is not an object"));
	if (!read_stream(j, &p.s, e) || !wire_may_text(j, "reset", 64, &p.reset, e))
		return false;
	if (p.reset) {
		*out = p;
		return wire_need_int(j, "epoch", 0, INT64_MAX, &out->epoch, e);
	}
	if (!read_list(j, "rows", &rows, e) || !wire_may_int(j, "head", 0, INT64_MAX, &p.head, e) ||
	    !wire_may_bool(j, "more", &p.more, e))
		return false;
	p.bare = !rows;
	if (!p.bare) {
		if (!read_cursor(j, "from", &p.from, e) || !read_cursor(j, "to", &p.to, e))
			return false;
		if (p.from.epoch != p.to.epoch || p.to.seq < p.from.seq)
			return err_set(e, ERR_PARSE, _("%s: the page ends before it begins"), p.s);
		if (!read_rows(rows, &p, a, e))
			return false;
		if (p.head < p.to.seq)
			p.head = p.to.seq;
	}
	*out = p;
	return true;
}

static bool read_pages(const json_t *doc, struct answer *r, struct arena *a, struct err *e)
{
	json_t *list, *page;
	size_t i;

	if (!read_list(doc, "pages", &list, e))
		return false;
	r->pages = arena_array(a, struct answer_page, json_array_size(list) + 1);
	json_array_foreach(list, i, page)
	{
		if (!answer_read_page(page, &r->pages[r->n_pages], a, e))
			return false;
		if (r->pages[r->n_pages++].bare)
			return err_set(e, ERR_PARSE, _("\"%s\" is missing"), "rows");
	}
	return true;
}

static bool read_ops(const json_t *doc, struct answer *r, struct arena *a, struct err *e)
{
	json_t *list, *op;
	size_t i;

	if (!read_list(doc, "ops", &list, e))
		return false;
	r->ops = arena_array(a, struct wire_answer, json_array_size(list) + 1);
	r->op_texts = arena_array(a, const char *, json_array_size(list) + 1);
	json_array_foreach(list, i, op)
	{
		struct wire_answer *w = &r->ops[r->n_ops];
		if (!wire_answer_parse(op, w, e))
			return false;
		if (i && w->n <= w[-1].n)
			return err_set(e, ERR_PARSE, _("the answers to operations are not in order"));
		char *text = wire_print(op);
		r->op_texts[r->n_ops++] = arena_strdup(a, text);
		free(text);
	}
	return true;
}

static bool read_subs(const json_t *doc, struct answer *r, struct arena *a, struct err *e)
{
	const json_t *subs = json_object_get(doc, "subs");
	enum wire_family family;
	json_t *add, *del, *v;
	const char *rest;
	size_t i;

	if (!read_list(subs, "add", &add, e) || !read_list(subs, "del", &del, e))
		return false;
	r->add = arena_array(a, struct answer_sub, json_array_size(add) + 1);
	json_array_foreach(add, i, v)
	{
		struct answer_sub *s = &r->add[r->n_add++];
		if (!read_stream(v, &s->s, e) || !wire_need_int(v, "epoch", 0, INT64_MAX, &s->epoch, e))
			return false;
	}
	r->del = arena_array(a, const char *, json_array_size(del) + 1);
	json_array_foreach(del, i, v)
	{
		if (!wire_stream_parse(json_string_value(v), &family, &rest))
			return err_set(e, ERR_PARSE, _("\"%s\" is not the name of a stream"), "del");
		r->del[r->n_del++] = json_string_value(v);
	}
	return true;
}

static bool read_digests(const json_t *doc, struct answer *r, struct arena *a, struct err *e)
{
	json_t *digests = json_object_get(doc, "digest"), *v;
	const char *s, *x;

	r->digests = arena_array(a, struct answer_digest, json_object_size(digests) + 1);
	json_object_foreach(digests, s, v)
	{
		struct answer_digest *d = &r->digests[r->n_digests++];
		char *end = NULL;
		d->s = s;
		if (!wire_need_int(v, "at", 0, INT64_MAX, &d->at, e) || !wire_need_int(v, "n", 0, INT64_MAX, &d->n, e) ||
		    !wire_need_text(v, "x", 16, &x, e))
			return err_prefix(e, "digest of %s: ", s);
		d->x = strtoull(x, &end, 16);
		if (*end || x[strspn(x, "0123456789abcdefABCDEF")])
			return err_set(e, ERR_PARSE, _("digest of %s: \"%s\" is not hexadecimal"), s, x);
	}
	return true;
}

static bool read_all(const json_t *doc, struct answer *r, struct arena *a, struct err *e)
{
	const json_t *pace = json_object_get(doc, "pace");

	if (!json_is_object(doc))
		return err_set(e, ERR_PARSE, _("the answer is not an object"));
	r->last_n = -1;
	return wire_may_time(doc, "now", &r->now, e) && wire_may_int(doc, "last_n", 0, INT64_MAX, &r->last_n, e) &&
	       read_ops(doc, r, a, e) && read_subs(doc, r, a, e) && read_pages(doc, r, a, e) && read_digests(doc, r, a, e) &&
	       wire_may_int(pace, "again_ms", 0, 3600000, &r->again_ms, e) &&
	       wire_may_int(pace, "backoff_ms", 0, 3600000, &r->backoff_ms, e);
}

bool answer_read(struct sv body, struct answer *out, struct arena *a, struct err *e)
{
	*out = (struct answer){0};
	out->doc = wire_parse(body, ANSWER_BYTES, e);
	if (out->doc && read_all(out->doc, out, a, e))
		return true;
	answer_release(out);
	return false;
}

void answer_release(struct answer *r)
{
	json_decref(r->doc);
	*r = (struct answer){0};
}
