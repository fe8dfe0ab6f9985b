// SPDX-License-Identifier: MIT
// Knows how a file of keys is played on a terminal.
#include "tests/term/play.h"

#include <regex.h>
#include <stdio.h>

#include "src/base/clock.h"
#include "src/base/err.h"
#include "src/base/path.h"
#include "src/base/utf8.h"

static bool click(struct vt *vt, const char *regex, int deadline_ms)
{
	regex_t re;
	regmatch_t at;
	bool found = false;

	if (!vt_wait_text(vt, regex, deadline_ms) || regcomp(&re, regex, REG_EXTENDED) != 0)
		return false;
	for (int y = 0; y < 200 && !found; y++) {
		const char *row = vt_row(vt, y);
		if (regexec(&re, row, 1, &at, 0) != 0)
			continue;
		vt_click(vt, y, utf8_columns(sv_n(row, (size_t)at.rm_so)));
		found = true;
	}
	regfree(&re);
	return found;
}

static void paste(struct vt *vt, struct sv text)
{
	struct str out = {0};

	for (size_t i = 0; i < text.n; i++) {
		bool newline = text.p[i] == '\\' && i + 1 < text.n && text.p[i + 1] == 'n';
		str_addc(&out, newline ? '\r' : text.p[i]);
		i += newline;
	}
	vt_paste(vt, str_z(&out));
	str_release(&out);
}

static bool insist(struct vt *vt, const char *text, int deadline_ms)
{
	int64_t until = clock_mono(&clock_real) + deadline_ms;
	const char *a = strstr(text, " -- "), *b = a ? strstr(a + 4, " -- ") : NULL;
	bool ok = false;

	if (!b)
		BUG("not KEYS -- REGEX -- REFUSED: %s", text);
	char *keys = xstrndup(text, (size_t)(a - text)), *want = xstrndup(a + 4, (size_t)(b - a - 4));
	char *either = xasprintf("(%s)|(%s)", want, b + 4);
	while (!ok && clock_mono(&clock_real) < until) {
		vt_send(vt, keys);
		ok = vt_wait_text(vt, either, deadline_ms) && vt_wait_text(vt, want, 300);
	}
	free(keys);
	free(want);
	free(either);
	return ok;
}

bool play_line(struct vt *vt, const char *line, int deadline_ms)
{
	if (str_starts(line, ":wait "))
		return vt_wait_text(vt, line + 6, deadline_ms);
	if (str_starts(line, ":gone "))
		return vt_wait_gone(vt, line + 6, deadline_ms);
	if (str_starts(line, ":click "))
		return click(vt, line + 7, deadline_ms);
	if (str_starts(line, ":insist "))
		return insist(vt, line + 8, deadline_ms);
	if (str_starts(line, ":paste "))
		paste(vt, sv(line + 7));
	else
		vt_send(vt, line);
	return true;
}

bool play(struct vt *vt, const char *path, int deadline_ms)
{
	struct err e = {0};
	struct str text = {0};
	bool ok = true;
	struct sv rest, line;

	if (!path_read(path, 1 << 20, &text, &e))
		BUG("%s", e.msg);
	rest = sv_n(str_z(&text), text.n);
	for (int no = 1; ok && sv_split(&rest, '\n', &line); no++) {
		line = sv_trim(line);
		if (!line.n || *line.p == '#')
			continue;
		char *z = xstrndup(line.p, line.n);
		ok = play_line(vt, z, deadline_ms);
		if (!ok)
			fprintf(stderr, "%s:%d: %s failed on\n%s", path, no, z, vt_screen(vt));
		free(z);
	}
	str_release(&text);
	return ok;
}
