// SPDX-License-Identifier: MIT
// Knows how an HTTP/1.1 answer is cut out of the bytes of a connection, however they are divided.
#include "tests/bench/load.h"

#include <strings.h>

enum { LINE_MAX_BYTES = 16384 };

// Takes bytes up to a line end into a->line; true when the line is complete (without its end).
static bool line_done(struct load_answer *a, const char **p, size_t *n)
{
	const char *end = memchr(*p, '\n', *n);
	size_t take = end ? (size_t)(end - *p) : *n;

	str_addn(&a->line, *p, take);
	*p += take + (end != NULL);
	*n -= take + (end != NULL);
	if (!end)
		return false;
	if (a->line.n && a->line.s[a->line.n - 1] == '\r')
		a->line.s[--a->line.n] = '\0';
	return true;
}

static bool begins(const char *line, const char *name)
{
	return strncasecmp(line, name, strlen(name)) == 0;
}

// One line of the head. False: the status line is none.
static bool head_line(struct load_answer *a)
{
	const char *s = str_z(&a->line);

	if (!a->status) {
		a->left = -1;
		a->keep = true;
		if (strlen(s) < 12 || !str_starts(s, "HTTP/1.1 "))
			return false;
		a->status = (s[9] - '0') * 100 + (s[10] - '0') * 10 + (s[11] - '0');
		return a->status >= 100 && a->status < 600;
	}
	if (begins(s, "content-length:"))
		a->left = strtoll(s + strlen("content-length:"), NULL, 10);
	else if (begins(s, "transfer-encoding:") && strstr(s, "chunked"))
		a->left = -2;
	else if (begins(s, "connection:") && strstr(s, "close"))
		a->keep = false;
	return true;
}

static bool finish(struct load_conn *c)
{
	struct load_answer *a = &c->answer;
	bool keep = a->keep;

	a->at = ANSWER_HEAD;
	c->user->end(c);
	a->status = 0;
	if (!keep && c->state != LOAD_CLOSED) {
		load_shut(c);
		c->user->closed(c, "as announced");
	}
	return true;
}

static bool head_done(struct load_conn *c)
{
	struct load_answer *a = &c->answer;

	if (a->status == 204 || a->status == 304 || a->left == 0)
		return finish(c);
	a->at = a->left == -2 ? ANSWER_CHUNK_SIZE : a->left > 0 ? ANSWER_LENGTH : ANSWER_TO_END;
	return true;
}

static void give(struct load_conn *c, const char **p, size_t *n)
{
	struct load_answer *a = &c->answer;
	size_t take = a->at == ANSWER_TO_END || (int64_t)*n < a->left ? *n : (size_t)a->left;
	const char *from = *p;

	*p += take;
	*n -= take;
	if (a->at != ANSWER_TO_END)
		a->left -= (int64_t)take;
	c->user->body(c, from, take);
}

// A line outside the body. False: not HTTP.
static bool line_of(struct load_conn *c)
{
	struct load_answer *a = &c->answer;
	bool empty = a->line.n == 0, ok = true;

	switch (a->at) {
	case ANSWER_HEAD:
		ok = empty && a->status ? head_done(c) : head_line(a);
		break;
	case ANSWER_CHUNK_SIZE:
		a->left = strtoll(str_z(&a->line), NULL, 16);
		a->at = a->left ? ANSWER_CHUNK : ANSWER_TRAILER;
		break;
	case ANSWER_CHUNK_END:
		ok = empty;
		a->at = ANSWER_CHUNK_SIZE;
		break;
	case ANSWER_TRAILER:
		if (empty)
			ok = finish(c);
		break;
	case ANSWER_LENGTH:
	case ANSWER_CHUNK:
	case ANSWER_TO_END:
		break;
	}
	str_clear(&a->line);
	return ok;
}

bool load_take(struct load_conn *c, const char *p, size_t n)
{
	struct load_answer *a = &c->answer;

	while (n && c->state != LOAD_CLOSED) {
		if (a->at == ANSWER_LENGTH || a->at == ANSWER_CHUNK || a->at == ANSWER_TO_END) {
			give(c, &p, &n);
			if (c->state == LOAD_CLOSED || a->left)
				continue;
			if (a->at == ANSWER_CHUNK)
				a->at = ANSWER_CHUNK_END;
			else if (a->at == ANSWER_LENGTH)
				finish(c);
		} else if (line_done(a, &p, &n)) {
			if (!line_of(c))
				return false;
		} else if (a->line.n > LINE_MAX_BYTES) {
			return false;
		}
	}
	return true;
}
