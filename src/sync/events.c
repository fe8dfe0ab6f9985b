// SPDX-License-Identifier: MIT
// Knows the text of an event stream (WHATWG server-sent events): bytes in, whole events out, wherever the bytes are split.
#include "src/sync/events.h"

enum { LINE_MAX_BYTES = EVENTS_DATA_MAX + 16 };

void sse_init(struct sse *p)
{
	*p = (struct sse){.line = STR_MAX(LINE_MAX_BYTES),
			  .data = STR_MAX(EVENTS_DATA_MAX),
			  .id = STR_MAX(EVENTS_NAME_MAX),
			  .name = STR_MAX(EVENTS_NAME_MAX),
			  .retry_ms = -1};
}

void sse_release(struct sse *p)
{
	str_release(&p->line);
	str_release(&p->data);
	str_release(&p->id);
	str_release(&p->name);
}

static void set(struct str *to, struct sv value, bool *lost)
{
	str_clear(to);
	str_addn(to, value.p, value.n);
	*lost |= to->over;
}

// An id with a zero byte is ignored, as the standard has it.
static void field(struct sse *p, struct sv name, struct sv value)
{
	int64_t ms;

	if (sv_eqz(name, "data")) {
		if (p->has_data)
			str_addc(&p->data, '\n');
		str_addn(&p->data, value.p, value.n);
		p->has_data = true;
		p->lost |= p->data.over;
	} else if (sv_eqz(name, "event")) {
		set(&p->name, value, &p->lost);
	} else if (sv_eqz(name, "id") && !memchr(value.p, 0, value.n)) {
		set(&p->id, value, &p->lost);
	} else if (sv_eqz(name, "retry") && parse_int(value, 0, 3600000, &ms)) {
		p->retry_ms = ms;
	}
}

static void dispatch(struct sse *p, sse_event_fn *fn, void *arg)
{
	if (p->lost) {
		p->dropped++;
	} else if (p->has_data) {
		struct sse_event ev = {.id = str_z(&p->id),
				       .name = p->name.n ? str_z(&p->name) : "message",
				       .data = sv_n(str_z(&p->data), p->data.n)};
		fn(arg, &ev);
	}
	if (p->id.over)
		str_clear(&p->id);
	str_clear(&p->data);
	str_clear(&p->name);
	p->has_data = p->lost = false;
}

static void line_ends(struct sse *p, sse_event_fn *fn, void *arg)
{
	struct sv line = sv_n(str_z(&p->line), p->line.n), name = line, value = sv("");

	if (p->line.over) {
		p->lost = true;
	} else if (!line.n) {
		dispatch(p, fn, arg);
	} else if (line.p[0] != ':') {
		const char *colon = memchr(line.p, ':', line.n);
		if (colon) {
			name = sv_n(line.p, (size_t)(colon - line.p));
			value = sv_n(colon + 1, line.n - name.n - 1);
			if (value.n && value.p[0] == ' ')
				value = sv_n(value.p + 1, value.n - 1);
		}
		field(p, name, value);
	}
	str_clear(&p->line);
}

// The mark of byte order may stand before the first line, and only there.
static void drop_bom(struct sse *p)
{
	if (p->past_bom || p->line.n < 3)
		return;
	p->past_bom = true;
	if (memcmp(p->line.s, "\xef\xbb\xbf", 3) == 0)
		str_clear(&p->line);
}

void sse_feed(struct sse *p, const void *bytes, size_t n, sse_event_fn *fn, void *arg)
{
	const char *s = bytes;

	for (size_t i = 0; i < n;) {
		if (p->skip_lf && s[i] == '\n')
			i++;
		if (p->skip_lf) {
			p->skip_lf = false;
			continue;
		}
		size_t run = 0, most = p->past_bom ? n - i : 1; // the first bytes one by one, because of the mark
		while (run < most && i + run < n && s[i + run] != '\n' && s[i + run] != '\r')
			run++;
		if (run) {
			str_addn(&p->line, s + i, run);
			i += run;
			drop_bom(p);
			continue;
		}
		p->skip_lf = s[i] == '\r';
		p->past_bom = true;
		i++;
		line_ends(p, fn, arg);
	}
}
