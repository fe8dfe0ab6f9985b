// SPDX-License-Identifier: MIT
// Knows what goes out to a station: streams it gets or loses, their pages, digests of what it should have (sync.md §3.3 rules 3-8).
#include <inttypes.h>

#include "src/base/i18n.h"
#include "src/hub/exchange_part.h"

// --- one page

struct page {
	const struct actor *who;
	json_t *rows;
	int64_t head, last;
	size_t bytes, max_bytes;
};

static bool add_row(void *arg, const struct hub_feed_row *row)
{
	struct page *p = arg;
	const struct hub_ent *ent = &row->ent;

	if (ent->seq > p->head) // committed since the head was read: the next page
		return false;
	json_t *d = ent->gone ? NULL : rights_mask(p->who, ent->t, ent->d);
	json_t *j = wire_row_print(&(struct wire_row){.q = ent->seq,
						      .rev = ent->rev,
						      .at = ent->at,
						      .t = ent->t,
						      .e = ent->e,
						      .by = ent->by,
						      .d = d,
						      .gone = ent->gone,
						      .to = ent->to});
	json_decref(d);
	p->bytes += json_dumpb(j, NULL, 0, JSON_COMPACT);
	json_array_append_new(p->rows, j);
	p->last = ent->seq;
	return p->bytes < p->max_bytes;
}

static json_t *reset_page(const char *stream, const struct hub_stream *st, const char *why)
{
	return json_pack("{s:s, s:s, s:I, s:b}", "s", stream, "reset", why, "epoch", (json_int_t)st->epoch, "snap", 0);
}

// Why a cursor is good for nothing here; NULL: it is.
static const char *stale(const struct hub_stream *st, struct wire_cursor from)
{
	if (from.epoch != st->epoch)
		return "epoch";
	if (from.seq && from.seq < st->low) // what left meanwhile is forgotten
		return "expired";
	return from.seq > st->seq ? "ahead" : NULL;
}

bool hub_page(struct hub_tx *tx, const struct actor *who, const char *stream, struct wire_cursor from, size_t max_rows,
	      size_t max_bytes, json_t **page, struct err *e)
{
	const char *site = wire_stream_is_global(stream) ? WIRE_GLOBAL_SITE : who->site;
	struct page p = {.who = who, .max_bytes = max_bytes ? max_bytes : 1};
	char from_text[48], to_text[48];
	struct hub_stream st;

	*page = NULL;
	if (!actor_may_read(who, site, stream))
		return err_set(e, ERR_DENIED, _("%s may not read %s"), who->agent ? who->agent : "", stream);
	if (!hub_stream_get(tx, site, stream, &st, e))
		return false;
	if (stale(&st, from)) {
		*page = reset_page(stream, &st, stale(&st, from));
		return true;
	}
	p.rows = json_array();
	p.head = st.seq;
	p.last = from.seq;
	if (from.seq < st.seq && max_rows && !hub_feed(tx, site, stream, from.seq, max_rows, max_bytes, add_row, &p, e)) {
		json_decref(p.rows);
		return false;
	}
	if (max_rows && !json_array_size(p.rows)) // all that was left is forgotten tombstones
		p.last = st.seq;
	wire_cursor_print(from, from_text, sizeof(from_text));
	wire_cursor_print((struct wire_cursor){st.epoch, p.last}, to_text, sizeof(to_text));
	*page = json_pack("{s:s, s:s, s:s, s:I, s:b, s:o}", "s", stream, "from", from_text, "to", to_text, "head",
			  (json_int_t)st.seq, "more", p.last < st.seq, "rows", p.rows);
	return true;
}

// --- all of them

struct pull {
	struct hub_tx *tx;
	struct exchange *v;
	json_t *cur, *add, *pages, *digests; // cur borrowed
	size_t rows, bytes;                  // left to give
	bool more, idle;
};

static size_t limit(const json_t *request, const char *key, size_t most)
{
	const json_t *v = json_object_get(request, key);

	return json_is_integer(v) && json_integer_value(v) > 0 && json_integer_value(v) < (json_int_t)most
		       ? (size_t)json_integer_value(v)
		       : most;
}

static uint32_t slot_of(const char *dev, const char *s)
{
	uint32_t h = 2166136261u;

	for (const char *p = dev; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	for (const char *p = s; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	return h >> 7;
}

// Asked for, or of its own accord in one minute of four for each stream of a station that has nothing else to do: what is counted
// are all rows of the stream.
static bool wants_digest(const struct pull *p, const char *s)
{
	const json_t *asked = json_object_get(p->v->request, "digest"), *x;
	size_t i;

	if (json_is_true(asked))
		return true;
	json_array_foreach(asked, i, x)
		if (str_eq(json_string_value(x), s))
			return true;
	return p->idle && (uint32_t)(hub_now(p->tx) / 60000) % 4 == slot_of(p->v->part->dev.dev, s) % 4;
}

static bool add_digest(struct pull *p, const char *s, int64_t at, struct err *e)
{
	const char *site = wire_stream_is_global(s) ? WIRE_GLOBAL_SITE : p->v->who->site;
	int64_t head, n;
	uint64_t x;
	char hex[20];

	if (!wants_digest(p, s))
		return true;
	if (!hub_digest(p->tx, site, s, &head, &n, &x, e))
		return false;
	if (head != at) // grown meanwhile
		return true;
	snprintf(hex, sizeof(hex), "%016" PRIx64, x);
	json_object_set_new(p->digests, s, json_pack("{s:I, s:I, s:s}", "at", (json_int_t)at, "n", (json_int_t)n, "x", hex));
	return true;
}

static bool one(struct pull *p, const char *s, struct err *e)
{
	const char *site = wire_stream_is_global(s) ? WIRE_GLOBAL_SITE : p->v->who->site;
	struct wire_cursor from;
	struct hub_stream st;
	json_t *page;

	if (!hub_stream_get(p->tx, site, s, &st, e))
		return false;
	json_t *has = json_object_get(p->cur, s);
	if (!has) {
		json_array_append_new(p->add, json_pack("{s:s, s:I, s:b}", "s", s, "epoch", (json_int_t)st.epoch, "snap", 0));
		from = (struct wire_cursor){st.epoch, 0};
	} else if (!wire_cursor_parse(json_string_value(has), &from)) {
		json_array_append_new(p->pages, reset_page(s, &st, "cursor"));
		return true;
	}
	if (from.epoch == st.epoch && from.seq == st.seq)
		return add_digest(p, s, from.seq, e);
	if (!hub_page(p->tx, p->v->who, s, from, p->rows, p->bytes, &page, e))
		return false;
	json_array_append_new(p->pages, page);
	size_t rows = json_array_size(json_object_get(page, "rows"));
	p->rows -= rows < p->rows ? rows : p->rows;
	size_t bytes = rows ? json_dumpb(page, NULL, 0, JSON_COMPACT) : 0;
	p->bytes -= bytes < p->bytes ? bytes : p->bytes;
	if (!p->bytes)
		p->rows = 0;
	bool more = json_is_true(json_object_get(page, "more"));
	p->more = p->more || more;
	struct wire_cursor to;
	if (more || !wire_cursor_parse(doc_text(page, "to"), &to))
		return true;
	return add_digest(p, s, to.seq, e);
}

static bool listed(const char *const *v, size_t n, const char *s)
{
	return actor_has(v, n, s);
}

bool exchange_pull(struct hub_tx *tx, struct exchange *v, json_t *reply, struct err *e)
{
	const char **streams, *s;
	json_t *cur = json_object_get(v->request, "cur"), *del, *x;
	size_t n;
	struct pull p = {.tx = tx, .v = v, .cur = cur, .rows = limit(v->request, "max_rows", WIRE_ROWS),
			 .bytes = limit(v->request, "max_bytes", WIRE_PAGE_BYTES), .idle = !v->part->n_ops};

	json_object_set_new(reply, "pace", json_pack("{s:i, s:i}", "again_ms", 0, "backoff_ms", 0));
	if (!json_is_object(cur) || !v->who->agent) // push only
		return true;
	if (!actor_streams(tx, v->who, &streams, &n, hub_arena(tx), e))
		return false;
	p.add = json_array();
	p.pages = json_array();
	p.digests = json_object();
	del = json_array();
	json_object_foreach(cur, s, x)
		if (!listed(streams, n, s))
			json_array_append_new(del, json_string(s));
	bool ok = true;
	for (size_t i = 0; ok && i < n; i++)
		ok = one(&p, streams[i], e);
	json_object_set_new(reply, "subs", json_pack("{s:o, s:o}", "add", p.add, "del", del));
	json_object_set_new(reply, "pages", p.pages);
	json_object_set_new(reply, "digest", p.digests);
	json_object_set_new(reply, "more", json_boolean(p.more));
	return ok;
}
