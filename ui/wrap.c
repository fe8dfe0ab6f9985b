// SPDX-License-Identifier: MIT
// Knows where a line of text may end: blanks for Latin, anywhere for Chinese but around punctuation.
#include <wchar.h>

#include "src/base/utf8.h"
#include "ui/canvas.h"

// Never first on a line (GB/T 15834: closing marks and pauses).
static bool no_start(uint32_t cp)
{
	static const wchar_t marks[] = L"，。、；：？！…—·）〕】》〉」』〗〞’”％‰℃々,.;:?!)]}%>～";

	return cp && wcschr(marks, (wchar_t)cp);
}

// Never last on a line: opening marks.
static bool no_end(uint32_t cp)
{
	static const wchar_t marks[] = L"（〔【《〈「『〖〝‘“([{<＃￥$";

	return cp && wcschr(marks, (wchar_t)cp);
}

static uint32_t at(struct sv s, size_t i)
{
	uint32_t cp = 0;

	if (i < s.n)
		utf8_decode(sv_n(s.p + i, s.n - i), &cp);
	return cp;
}

static bool may_break(struct sv s, size_t pos)
{
	uint32_t a = at(s, utf8_prev(s, pos)), b = at(s, pos);

	if (a == ' ' || b == ' ')
		return true;
	if (no_start(b) || no_end(a))
		return false;
	return utf8_width(a) == 2 || utf8_width(b) == 2 || (no_start(a) && a > 0x7F) || (no_end(b) && b > 0x7F);
}

bool wrap_next(struct sv text, size_t *pos, int width, struct sv *line)
{
	if (*pos >= text.n || width <= 0)
		return false;
	struct sv rest = sv_n(text.p + *pos, text.n - *pos);
	const char *nl = memchr(rest.p, '\n', rest.n);
	struct sv seg = sv_n(rest.p, nl ? (size_t)(nl - rest.p) : rest.n);
	size_t n = utf8_fit(seg, width, NULL);

	if (n == seg.n) {
		*line = seg;
		*pos += seg.n + (nl ? 1 : 0);
		return true;
	}
	size_t cut = n;
	while (cut > 0 && !may_break(seg, cut))
		cut = utf8_prev(seg, cut);
	if (cut == 0)
		cut = n ? n : utf8_next(seg, 0);
	size_t end = cut;
	while (end > 0 && seg.p[end - 1] == ' ')
		end--;
	*line = sv_n(seg.p, end);
	while (cut < seg.n && seg.p[cut] == ' ')
		cut++;
	*pos += cut + (cut == seg.n && nl ? 1 : 0);
	return true;
}

int wrap_lines(struct sv text, int width)
{
	size_t pos = 0;
	struct sv line;
	int n = 0;

	while (wrap_next(text, &pos, width, &line))
		n++;
	return n;
}
