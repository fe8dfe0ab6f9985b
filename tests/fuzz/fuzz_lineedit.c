// SPDX-License-Identifier: MIT
// Knows what must hold for a line editor under any stream of keys, pastes and edit actions.
#include "src/base/utf8.h"
#include "ui/lineedit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct lineedit *le)
{
	struct sv s = sv(lineedit_text(le));
	int y, x;

	if (s.n != le->text.n || !utf8_valid(s))
		BUG("the text is not UTF-8");
	if (le->caret > s.n || (le->caret < s.n && (s.p[le->caret] & 0xC0) == 0x80))
		BUG("the caret is inside a character");
	if (le->max && lineedit_count(le) > le->max)
		BUG("%zu characters of %zu", lineedit_count(le), le->max);
	if (!le->multi && memchr(s.p, '\n', s.n))
		BUG("a second line in one");
	lineedit_caret_cell(le, 3, 20, &y, &x);
	if (y < 0 || y >= 3 || x < 0 || x >= 20)
		BUG("the caret is drawn at %d,%d", y, x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lineedit le = {0};
	bool changed;

	if (!size)
		return 0;
	le.multi = data[0] & 1;
	le.max = data[0] & 2 ? 12 : 0;
	for (size_t i = 1; i < size; i++) {
		size_t left = size - i - 1, n = data[i] % 16 < left ? data[i] % 16 : left;
		switch (data[i] >> 5) {
		case 0: case 1: lineedit_act(&le, (enum action)(ACT_EDIT_LEFT + data[i] % (ACT_EDIT_REDO - ACT_EDIT_LEFT + 1)), &changed); break;
		case 2: lineedit_move_row(&le, 20, data[i] & 1 ? 1 : -1); break;
		case 3: lineedit_insert(&le, sv_n((const char *)data + i + 1, n)); i += n; break;
		default: {
			struct key k = {.kind = K_CHAR};
			size_t used = left ? utf8_decode(sv_n((const char *)data + i + 1, left), &k.cp) : 0;
			if (used && k.cp >= ' ')
				lineedit_key(&le, k);
			i += used;
			break;
		}
		}
		check(&le);
	}
	lineedit_release(&le);
	return 0;
}
