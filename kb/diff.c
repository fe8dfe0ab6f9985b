// SPDX-License-Identifier: MIT
// Knows how two texts differ line by line.
#include "kb/article.h"

#include "src/base/err.h"

enum { LINES_MAX = 4000 };

static struct sv *split(struct sv text, size_t *n, struct arena *a)
{
	size_t cap = 1;
	struct sv line;

	if (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	for (size_t i = 0; i < text.n; i++)
		cap += text.p[i] == '\n';
	struct sv *v = arena_array(a, struct sv, cap);
	*n = 0;
	if (!text.n) // no line at all
		return v;
	while (sv_split(&text, '\n', &line) && *n < cap)
		v[(*n)++] = line;
	return v;
}

static void all(struct kb_diff_line *out, size_t *n, const struct sv *v, size_t count, enum kb_diff_kind kind)
{
	for (size_t i = 0; i < count; i++)
		out[(*n)++] = (struct kb_diff_line){kind, v[i]};
}

struct kb_diff_line *kb_diff(struct sv old, struct sv new, size_t *n, struct arena *a)
{
	size_t nx, ny;
	struct sv *x = split(old, &nx, a), *y = split(new, &ny, a);
	struct kb_diff_line *out = arena_array(a, struct kb_diff_line, nx + ny + 1);

	*n = 0;
	if (nx > LINES_MAX || ny > LINES_MAX) {
		all(out, n, x, nx, KB_REMOVED);
		all(out, n, y, ny, KB_ADDED);
		return out;
	}
	// lcs[i][j]: longest common subsequence of x[i..] and y[j..]
	size_t width = ny + 1;
	uint16_t *lcs = xcalloc((nx + 1) * width, sizeof(*lcs));
	for (size_t i = nx; i-- > 0;)
		for (size_t j = ny; j-- > 0;) {
			uint16_t down = lcs[(i + 1) * width + j], right = lcs[i * width + j + 1];
			lcs[i * width + j] = sv_eq(x[i], y[j]) ? (uint16_t)(lcs[(i + 1) * width + j + 1] + 1)
					     : down > right    ? down
							       : right;
		}
	for (size_t i = 0, j = 0; i < nx || j < ny;) {
		if (i < nx && j < ny && sv_eq(x[i], y[j])) {
			out[(*n)++] = (struct kb_diff_line){KB_SAME, y[j]};
			i++;
			j++;
		} else if (i < nx && (j == ny || lcs[(i + 1) * width + j] >= lcs[i * width + j + 1])) {
			out[(*n)++] = (struct kb_diff_line){KB_REMOVED, x[i++]};
		} else {
			out[(*n)++] = (struct kb_diff_line){KB_ADDED, y[j++]};
		}
	}
	free(lcs);
	return out;
}
