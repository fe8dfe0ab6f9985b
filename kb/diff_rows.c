// SPDX-License-Identifier: MIT
// Knows how a difference is made readable: which old line became which new one, what changed inside it, what can be folded away.
#include "kb/article.h"

#include "src/base/utf8.h"
#include "src/base/vec.h"

enum {
	TOKENS_MAX = 1000, // of one line beyond what both begin and end with
	BLOCK_MAX = 24,    // lines on a side among which partners are sought
	AKIN_PERCENT = 40, // so much two lines share to be one that was changed
	SPECK = 2,         // columns: a shorter piece between two changes says nothing
	BLOCK_COST = 64 << 20, // bytes compared with bytes among which partners are sought: a fraction of a second
};

// --- inside a line

struct pieces {
	VEC(struct kb_diff_line) v;
};

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A character as people see it; of Latin letters and digits the whole word.
static size_t token_end(struct sv s, size_t at)
{
	size_t end = at;

	if (!is_word(s.p[at]))
		return utf8_next(s, at);
	while (end < s.n && is_word(s.p[end]))
		end++;
	// a mark may sit on the last letter
	return end < s.n && (s.p[end] & 0x80) ? utf8_next(s, end - 1) : end;
}

static struct sv *tokens(struct sv s, size_t *n, struct arena *a)
{
	struct sv *v = arena_array(a, struct sv, s.n + 1);

	*n = 0;
	for (size_t i = 0, end; i < s.n; i = end) {
		end = token_end(s, i);
		if (end <= i)
			end = s.n;
		v[(*n)++] = sv_n(s.p + i, end - i);
	}
	return v;
}

// Tokens are joined with the piece before when they are of its kind and next to it.
static void put(struct pieces *p, enum kb_diff_kind kind, struct sv text)
{
	struct kb_diff_line *last = p->v.n ? &p->v.v[p->v.n - 1] : NULL;

	if (!text.n)
		return;
	if (last && last->kind == kind && last->text.p + last->text.n == text.p)
		last->text.n += text.n;
	else
		vec_push(&p->v, ((struct kb_diff_line){kind, text}));
}

// Removed and added tokens of one place: first all that went, then all that came.
struct change {
	struct sv old, new;
};

static void grow(struct sv *s, struct sv token)
{
	if (!s->n)
		*s = token;
	else
		s->n = (size_t)(token.p + token.n - s->p);
}

static void flush(struct pieces *p, struct change *c)
{
	put(p, KB_REMOVED, c->old);
	put(p, KB_ADDED, c->new);
	*c = (struct change){0};
}

static void middle(struct pieces *p, const struct sv *x, size_t nx, const struct sv *y, size_t ny)
{
	size_t width = ny + 1;
	struct change c = {0};
	uint16_t *lcs;

	if (nx > TOKENS_MAX || ny > TOKENS_MAX) {
		for (size_t i = 0; i < nx; i++)
			grow(&c.old, x[i]);
		for (size_t i = 0; i < ny; i++)
			grow(&c.new, y[i]);
		flush(p, &c);
		return;
	}
	lcs = xcalloc((nx + 1) * width, sizeof(*lcs));
	for (size_t i = nx; i-- > 0;)
		for (size_t j = ny; j-- > 0;) {
			uint16_t down = lcs[(i + 1) * width + j], right = lcs[i * width + j + 1];
			lcs[i * width + j] = sv_eq(x[i], y[j]) ? (uint16_t)(lcs[(i + 1) * width + j + 1] + 1) : down > right ? down : right;
		}
	for (size_t i = 0, j = 0; i < nx || j < ny;) {
		if (i < nx && j < ny && sv_eq(x[i], y[j])) {
			flush(p, &c);
			put(p, KB_SAME, y[j]);
			i++;
			j++;
		} else if (i < nx && (j == ny || lcs[(i + 1) * width + j] >= lcs[i * width + j + 1])) {
			grow(&c.old, x[i++]);
		} else {
			grow(&c.new, y[j++]);
		}
	}
	flush(p, &c);
	free(lcs);
}

static bool is_speck(const struct pieces *p, size_t i)
{
	return i > 0 && i + 1 < p->v.n && p->v.v[i].kind == KB_SAME && p->v.v[i - 1].kind != KB_SAME && p->v.v[i + 1].kind != KB_SAME &&
	       utf8_columns(p->v.v[i].text) <= SPECK;
}

// A lone character that both happen to have between two changes belongs to the change.
static void join_specks(struct pieces *p, struct sv old)
{
	struct pieces out = {0};
	struct change c = {0};
	size_t used = 0; // of old

	for (size_t i = 0; i < p->v.n; i++) {
		struct kb_diff_line d = p->v.v[i];
		if (d.kind == KB_REMOVED) {
			grow(&c.old, d.text);
			used = (size_t)(d.text.p + d.text.n - old.p);
		} else if (d.kind == KB_ADDED) {
			grow(&c.new, d.text);
		} else if (is_speck(p, i)) {
			grow(&c.old, sv_n(old.p + used, d.text.n));
			grow(&c.new, d.text);
			used += d.text.n;
		} else {
			flush(&out, &c);
			put(&out, KB_SAME, d.text);
			used += d.text.n;
		}
	}
	flush(&out, &c);
	vec_release(&p->v);
	*p = out;
}

static size_t same_bytes(const struct pieces *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->v.n; i++)
		n += p->v.v[i].kind == KB_SAME ? p->v.v[i].text.n : 0;
	return n;
}

// How much of the two lines is the same, in percent.
static int compare(struct sv old, struct sv new, struct pieces *p)
{
	struct arena a = {0};
	size_t nx, ny, head = 0, tail = 0, all = old.n + new.n;
	struct sv *x = tokens(old, &nx, &a), *y = tokens(new, &ny, &a);

	while (head < nx && head < ny && sv_eq(x[head], y[head]))
		put(p, KB_SAME, y[head++]);
	while (tail < nx - head && tail < ny - head && sv_eq(x[nx - 1 - tail], y[ny - 1 - tail]))
		tail++;
	middle(p, x + head, nx - head - tail, y + head, ny - head - tail);
	while (tail > 0)
		put(p, KB_SAME, y[ny - tail--]);
	join_specks(p, old);
	arena_release(&a);
	return all ? (int)(200 * same_bytes(p) / all) : 0;
}

static struct kb_diff_line *kept(struct pieces *p, size_t *n, struct arena *a)
{
	struct kb_diff_line *out = arena_array(a, struct kb_diff_line, p->v.n + 1);

	*n = p->v.n;
	if (p->v.n)
		memcpy(out, p->v.v, p->v.n * sizeof(*out));
	vec_release(&p->v);
	return out;
}

struct kb_diff_line *kb_diff_within(struct sv old, struct sv new, size_t *n, struct arena *a)
{
	struct pieces p = {0};

	if (compare(old, new, &p) < AKIN_PERCENT && !sv_eq(old, new)) {
		vec_release(&p.v);
		put(&p, KB_REMOVED, old);
		put(&p, KB_ADDED, new);
	}
	return kept(&p, n, a);
}

// --- rows

struct rows {
	VEC(struct kb_diff_row) v;
	struct arena *a;
};

static void whole(struct rows *r, enum kb_diff_kind kind, struct sv text)
{
	struct kb_diff_line *one = arena_array(r->a, struct kb_diff_line, 1);

	*one = (struct kb_diff_line){kind, text};
	vec_push(&r->v, ((struct kb_diff_row){.kind = kind, .part = one, .n = text.n > 0}));
}

static void half(struct rows *r, enum kb_diff_kind kind, const struct kb_diff_line *d, size_t n)
{
	struct kb_diff_row row = {.kind = kind, .part = arena_array(r->a, struct kb_diff_line, n + 1), .paired = true};

	for (size_t i = 0; i < n; i++)
		if (d[i].kind == KB_SAME || d[i].kind == kind)
			row.part[row.n++] = d[i];
	vec_push(&r->v, row);
}

static void pair(struct rows *r, struct sv old, struct sv new)
{
	size_t n;
	struct kb_diff_line *d = kb_diff_within(old, new, &n, r->a);
	bool akin = false;

	for (size_t i = 0; i < n; i++)
		akin |= d[i].kind == KB_SAME;
	if (!akin) {
		whole(r, KB_REMOVED, old);
		whole(r, KB_ADDED, new);
		return;
	}
	half(r, KB_REMOVED, d, n);
	half(r, KB_ADDED, d, n);
}

static bool can_be_sought(const struct kb_diff_line *old, size_t nx, const struct kb_diff_line *new, size_t ny)
{
	size_t x = 0, y = 0;

	for (size_t i = 0; i < nx; i++)
		x += old[i].text.n;
	for (size_t i = 0; i < ny; i++)
		y += new[i].text.n;
	return nx <= BLOCK_MAX && ny <= BLOCK_MAX && (!x || y <= BLOCK_COST / x);
}

// Lines that went and lines that came at one place: partners keep their order and share as much as they can. Where there are too
// many to seek among, the first belongs to the first and so on.
static void block(struct rows *r, const struct kb_diff_line *old, size_t nx, const struct kb_diff_line *new, size_t ny)
{
	int akin[BLOCK_MAX][BLOCK_MAX], best[BLOCK_MAX + 1][BLOCK_MAX + 1] = {0};
	size_t i = 0, j = 0;
	bool sought = can_be_sought(old, nx, new, ny);

	for (size_t x = nx; sought && x-- > 0;)
		for (size_t y = ny; y-- > 0;) {
			struct pieces p = {0};
			int share = compare(old[x].text, new[y].text, &p);
			vec_release(&p.v);
			akin[x][y] = share >= AKIN_PERCENT ? share : 0;
			best[x][y] = best[x + 1][y] > best[x][y + 1] ? best[x + 1][y] : best[x][y + 1];
			if (akin[x][y] && akin[x][y] + best[x + 1][y + 1] >= best[x][y])
				best[x][y] = akin[x][y] + best[x + 1][y + 1];
		}
	while (i < nx || j < ny) {
		if (sought && i < nx && j < ny && akin[i][j] && best[i][j] == akin[i][j] + best[i + 1][j + 1])
			pair(r, old[i++].text, new[j++].text);
		else if (!sought && i < nx && j < ny)
			pair(r, old[i++].text, new[j++].text);
		else if (i < nx && (!sought || j == ny || best[i + 1][j] >= best[i][j + 1]))
			whole(r, KB_REMOVED, old[i++].text);
		else
			whole(r, KB_ADDED, new[j++].text);
	}
}

// A stretch that is the same: context after what changed before it and before what changes behind it.
static void same(struct rows *r, const struct kb_diff_line *d, size_t n, size_t context, bool first, bool last)
{
	size_t head = first ? 0 : context, tail = last ? 0 : context;

	// A fold of one line would save nothing.
	if (n <= head + tail + 1)
		head = n, tail = 0;
	for (size_t i = 0; i < n; i++) {
		if (i == head && head + tail < n) {
			vec_push(&r->v, ((struct kb_diff_row){.kind = KB_SAME, .folded = n - head - tail}));
			i = n - tail;
			if (i == n)
				break;
		}
		whole(r, KB_SAME, d[i].text);
	}
}

static size_t run_of(const struct kb_diff_line *d, size_t from, size_t n, enum kb_diff_kind kind)
{
	size_t end = from;

	while (end < n && d[end].kind == kind)
		end++;
	return end - from;
}

struct kb_diff_row *kb_diff_rows(struct sv old, struct sv new, size_t context, size_t *n, struct arena *a)
{
	struct rows r = {.a = a};
	size_t lines;
	const struct kb_diff_line *d = kb_diff(old, new, &lines, a);

	for (size_t i = 0; i < lines;) {
		size_t equal = run_of(d, i, lines, KB_SAME);
		if (equal) {
			same(&r, d + i, equal, context, i == 0, i + equal == lines);
			i += equal;
			continue;
		}
		// What went and what came may alternate; together they are one place.
		size_t gone = 0, come = 0, end = i;
		while (end < lines && d[end].kind != KB_SAME)
			end++;
		struct kb_diff_line *out = arena_array(a, struct kb_diff_line, end - i), *in = arena_array(a, struct kb_diff_line, end - i);
		for (; i < end; i++) {
			if (d[i].kind == KB_REMOVED)
				out[gone++] = d[i];
			else
				in[come++] = d[i];
		}
		block(&r, out, gone, in, come);
	}
	struct kb_diff_row *rows = arena_array(a, struct kb_diff_row, r.v.n + 1);
	*n = r.v.n;
	if (r.v.n)
		memcpy(rows, r.v.v, r.v.n * sizeof(*rows));
	vec_release(&r.v);
	return rows;
}
