// SPDX-License-Identifier: MIT
// Knows a file of rows of any size: lines, values of JSON or rows of CSV, each cut out whole with its line and its place.
#include "kb/rowfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/i18n.h"

enum { CHUNK = 256 * 1024, PEEK = 64 * 1024 };

bool rowfile_open(struct rowfile *f, const char *name, struct err *e)
{
	*f = (struct rowfile){.fd = open(name, O_RDONLY | O_CLOEXEC), .separator = ',', .line = 1, .name = name};
	if (f->fd < 0) {
		*f = (struct rowfile){0};
		return err_set(e, ERR_IO, _("cannot open %s: %s"), name, strerror(errno));
	}
	f->cap = CHUNK;
	f->buf = xmalloc(f->cap);
	return true;
}

void rowfile_close(struct rowfile *f)
{
	if (f->buf)
		close(f->fd);
	free(f->buf);
	*f = (struct rowfile){0};
}

// Reads on; what is not yet taken moves to the front of the buffer.
static bool fill(struct rowfile *f, struct err *e)
{
	if (f->from) {
		memmove(f->buf, f->buf + f->from, f->to - f->from);
		f->base += (int64_t)f->from;
		f->to -= f->from;
		f->from = 0;
	}
	if (f->cap - f->to < CHUNK / 2) {
		f->cap *= 2;
		f->buf = xrealloc(f->buf, f->cap);
	}
	ssize_t n;
	do
		n = read(f->fd, f->buf + f->to, f->cap - f->to);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_set(e, ERR_IO, _("cannot read %s: %s"), f->name, strerror(errno));
	f->eof = n == 0;
	f->to += (size_t)n;
	return true;
}

bool rowfile_peek(struct rowfile *f, struct sv *out, struct err *e)
{
	while (!f->eof && f->to - f->from < PEEK)
		if (!fill(f, e))
			return false;
	*out = sv_n(f->buf + f->from, f->to - f->from < PEEK ? f->to - f->from : PEEK);
	return true;
}

void rowfile_skip(struct rowfile *f, size_t n)
{
	f->from += n;
}

int64_t rowfile_taken(const struct rowfile *f)
{
	return f->base + (int64_t)f->from;
}

bool rowfile_seek(struct rowfile *f, int64_t place, int line, struct err *e)
{
	if (lseek(f->fd, place, SEEK_SET) < 0)
		return err_set(e, ERR_IO, _("cannot read %s: %s"), f->name, strerror(errno));
	f->base = place;
	f->from = f->to = 0;
	f->eof = false;
	f->line = line;
	return true;
}

// ---- where a row ends ----

struct cut {
	size_t at;      // bytes of the row looked at
	int depth;      // open brackets of JSON
	bool text;      // inside quotes
	bool escaped;   // the last byte was a backslash
	char first, last; // bytes of JSON that are not blank
	enum { FIELD_BEGINS, FIELD_PLAIN, FIELD_QUOTE } field; // of CSV, outside quotes
};

enum ending { ENDS_HERE, ENDS_BEFORE, ENDS_OPEN, GOES_ON };

static enum ending cut_line(struct cut *c, const char *p, size_t n)
{
	const char *nl = memchr(p + c->at, '\n', n - c->at);

	c->at = nl ? (size_t)(nl - p) + 1 : n;
	return nl ? ENDS_HERE : GOES_ON;
}

// A line may not end inside a text, and an object stands behind a colon when it is inside another: so a quote or a bracket
// that is missing costs one row and not the rest of the file.
static enum ending cut_json(struct cut *c, const char *p, size_t n)
{
	if (!c->at && !c->first)
		c->first = p[0];
	for (; c->at < n; c->at++) {
		char ch = p[c->at];
		if (c->text) {
			if (ch == '\n')
				return ENDS_OPEN;
			if (c->escaped)
				c->escaped = false;
			else if (ch == '\\')
				c->escaped = true;
			else if (ch == '"')
				c->text = false;
			continue;
		}
		switch (ch) {
		case '"':
			c->text = true;
			break;
		case '{':
			if (c->depth == 1 && c->first == '{' && c->last != ':')
				return ENDS_OPEN;
			c->depth++;
			break;
		case '[':
			c->depth++;
			break;
		case '}':
		case ']':
			if (c->depth == 0) {
				c->at += c->at == 0;
				return ENDS_BEFORE;
			}
			if (--c->depth == 0) {
				c->at++;
				return ENDS_HERE;
			}
			break;
		case ',':
		case '\n':
			if (c->depth == 0)
				return ENDS_BEFORE; // a value without brackets
			break;
		default:
			break;
		}
		if (ch != ' ' && ch != '\t' && ch != '\r' && ch != '\n')
			c->last = ch;
	}
	return GOES_ON;
}

static enum ending cut_csv(struct cut *c, const char *p, size_t n, char separator)
{
	for (; c->at < n; c->at++) {
		char ch = p[c->at];
		if (c->text) {
			const char *quote = memchr(p + c->at, '"', n - c->at);
			c->at = quote ? (size_t)(quote - p) : n - 1;
			c->text = !quote;
			c->field = FIELD_QUOTE;
		} else if (ch == '\n') {
			c->at++;
			return ENDS_HERE;
		} else if (ch == '"' && c->field != FIELD_PLAIN) {
			c->text = true; // opened, or doubled
		} else {
			c->field = ch == separator ? FIELD_BEGINS : FIELD_PLAIN;
		}
	}
	return GOES_ON;
}

static enum ending cut_row(struct rowfile *f, struct cut *c)
{
	const char *p = f->buf + f->from;
	size_t n = f->to - f->from;

	switch (f->form) {
	case ROW_LINES:
		return cut_line(c, p, n);
	case ROW_JSON:
		return cut_json(c, p, n);
	case ROW_CSV:
		return cut_csv(c, p, n, f->separator);
	}
	return GOES_ON;
}

static bool blank(const struct rowfile *f, char c)
{
	if (f->form == ROW_JSON)
		return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '[' || c == ']';
	return c == '\n' || c == '\r' || (f->form == ROW_LINES && (c == ' ' || c == '\t'));
}

// Moves to the next row's first byte; false at the end.
static bool skip_blanks(struct rowfile *f, bool *more, struct err *e)
{
	for (;;) {
		for (; f->from < f->to; f->from++) {
			if (!blank(f, f->buf[f->from])) {
				*more = true;
				return true;
			}
			f->line += f->buf[f->from] == '\n';
		}
		*more = false;
		if (f->eof)
			return true;
		if (!fill(f, e))
			return false;
	}
}

static int lines_in(const char *p, size_t n)
{
	int lines = 0;
	const char *end = p + n;

	while ((p = memchr(p, '\n', (size_t)(end - p)))) {
		lines++;
		p++;
	}
	return lines;
}

static void take(struct rowfile *f, struct row *out, size_t n, enum row_fault fault)
{
	out->raw = sv_n(f->buf + f->from, n);
	out->fault = fault;
	f->line += lines_in(out->raw.p, n);
	f->from += n;
	while (out->raw.n && (out->raw.p[out->raw.n - 1] == '\n' || out->raw.p[out->raw.n - 1] == '\r'))
		out->raw.n--;
}

// Behind a row that was not closed: the next line that can begin one.
static bool resync(struct rowfile *f, struct err *e)
{
	if (f->form != ROW_JSON)
		return true;
	for (;;) {
		bool more;
		if (!skip_blanks(f, &more, e))
			return false;
		if (!more || f->buf[f->from] == '{')
			return true;
		const char *nl;
		while (!(nl = memchr(f->buf + f->from, '\n', f->to - f->from)) && !f->eof) {
			f->from = f->to;
			if (!fill(f, e))
				return false;
		}
		f->from = nl ? (size_t)(nl - f->buf) : f->to;
	}
}

bool rowfile_place(struct rowfile *f, int64_t *place, int *line, struct err *e)
{
	if (f->lost && !resync(f, e))
		return false;
	f->lost = false;
	*place = rowfile_taken(f);
	*line = f->line;
	return true;
}

// A quote that never closes costs its first line.
static void give_first_line(struct rowfile *f, struct row *out)
{
	const char *p = f->buf + f->from, *nl = memchr(p, '\n', f->to - f->from);

	take(f, out, nl ? (size_t)(nl - p) + 1 : f->to - f->from, ROW_OPEN);
	f->lost = true;
}

// Too long in one piece: dropped up to its end.
static bool drop(struct rowfile *f, struct cut *c, struct row *out, struct err *e)
{
	enum ending end = GOES_ON;

	while (end == GOES_ON) {
		f->line += lines_in(f->buf + f->from, f->to - f->from);
		f->from = f->to;
		c->at = 0;
		if (!fill(f, e))
			return false;
		if (f->to == f->from)
			break; // the file ends in it
		end = cut_row(f, c);
	}
	f->line += lines_in(f->buf + f->from, c->at);
	f->from += c->at;
	out->raw = sv_n("", 0);
	out->fault = ROW_TOO_LONG;
	return true;
}

bool rowfile_next(struct rowfile *f, struct row *out, bool *more, struct err *e)
{
	struct cut c = {0};

	if (f->lost && !resync(f, e))
		return false;
	f->lost = false;
	if (!skip_blanks(f, more, e))
		return false;
	out->line = f->line;
	while (*more) {
		enum ending end = cut_row(f, &c);
		bool open = end == GOES_ON && (c.text || c.depth > 0);
		if (end == ENDS_OPEN) {
			take(f, out, c.at, ROW_OPEN);
			f->lost = true;
			return true;
		}
		if (end != GOES_ON) {
			take(f, out, c.at, ROW_WHOLE);
			return true;
		}
		if (open && (f->eof || (f->form == ROW_CSV && c.at > KB_ROW_MAX))) {
			give_first_line(f, out);
			return true;
		}
		if (f->eof) {
			take(f, out, f->to - f->from, ROW_WHOLE);
			return true;
		}
		if (c.at > KB_ROW_MAX)
			return drop(f, &c, out, e);
		if (!fill(f, e))
			return false;
	}
	return true;
}
