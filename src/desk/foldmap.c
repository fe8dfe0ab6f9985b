// SPDX-License-Identifier: MIT
// Knows how to fold text piece by piece so that every unit keeps its place in the original.
#include "src/desk/foldmap.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "src/base/err.h"
#include "src/base/utf8.h"

#define PIECE 64 // units; longer runs of combining marks are folded in parts

static void push(struct foldmap *m, uint16_t u, size_t from, size_t to)
{
	if (m->n == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 64;
		m->u = xreallocarray(m->u, m->cap, sizeof(*m->u));
		m->from = xreallocarray(m->from, m->cap, sizeof(*m->from));
		m->to = xreallocarray(m->to, m->cap, sizeof(*m->to));
	}
	m->u[m->n] = u;
	m->from[m->n] = (uint32_t)from;
	m->to[m->n++] = (uint32_t)to;
}

static void push_piece(struct foldmap *m, const UNormalizer2 *norm, const UChar *piece, int32_t n, size_t from, size_t to)
{
	UChar out[PIECE * 18]; // 18 is the greatest growth of NFKC
	UErrorCode ec = U_ZERO_ERROR;

	if (n == 1 && piece[0] < 0x80) {
		push(m, piece[0] >= 'A' && piece[0] <= 'Z' ? (uint16_t)(piece[0] + 32) : piece[0], from, to);
		return;
	}
	int32_t got = unorm2_normalize(norm, piece, n, out, PIECE * 18, &ec);
	if (U_FAILURE(ec))
		BUG("ICU fold: %s", u_errorName(ec));
	for (int32_t i = 0; i < got; i++)
		push(m, out[i], from, to);
}

void foldmap_init(struct foldmap *m, struct sv text)
{
	UErrorCode ec = U_ZERO_ERROR;
	const UNormalizer2 *norm = unorm2_getNFKCCasefoldInstance(&ec);
	UChar piece[PIECE];
	int32_t n = 0;
	size_t from = 0, pos = 0;

	if (U_FAILURE(ec))
		BUG("ICU normaliser: %s", u_errorName(ec));
	*m = (struct foldmap){0};
	if (text.n > 64u << 20)
		text.n = 64u << 20;
	while (pos < text.n) {
		uint32_t cp;
		size_t k = utf8_decode(sv_n(text.p + pos, text.n - pos), &cp);
		if (n && (n + 2 > PIECE || unorm2_hasBoundaryBefore(norm, (UChar32)cp))) {
			push_piece(m, norm, piece, n, from, pos);
			from = pos;
			n = 0;
		}
		if (cp > 0xFFFF) {
			piece[n++] = (UChar)(0xD7C0 + (cp >> 10));
			piece[n++] = (UChar)(0xDC00 | (cp & 0x3FF));
		} else {
			piece[n++] = (UChar)cp;
		}
		pos += k;
	}
	if (n)
		push_piece(m, norm, piece, n, from, pos);
}

void foldmap_release(struct foldmap *m)
{
	free(m->u);
	free(m->from);
	free(m->to);
	*m = (struct foldmap){0};
}

size_t foldmap_at(const struct foldmap *m, size_t i, const uint16_t *literal)
{
	size_t n = 0;

	for (; literal[n]; n++) {
		if (i + n >= m->n || m->u[i + n] != literal[n])
			return 0;
	}
	return n;
}
