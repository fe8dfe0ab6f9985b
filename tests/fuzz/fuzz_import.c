// SPDX-License-Identifier: MIT
// Knows what must hold for any row of JSON Lines, any CSV and any HTML page; the first byte says which.
#include "kb/draft.h"
#include "src/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void is_clean(const char *s)
{
	if (s && !utf8_is_clean(sv(s), UTF8_KEEP_NL))
		BUG("not clean: %s", s);
}

static void csv(struct sv text, struct arena *a)
{
	struct err e = {0};
	int lines = 0;
	struct sv rest = text;

	for (;;) {
		struct kb_list row = {0};
		size_t before = rest.n;
		if (!kb_csv_row(&rest, &row, &lines, a, &e))
			break;
		if (before && rest.n >= before)
			BUG("a row that takes nothing");
		for (size_t i = 0; i < row.n; i++)
			if (!row.v[i])
				BUG("a cell that is not there");
		if (!rest.n)
			break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {0};
	struct err e = {0};
	struct kb_draft d = {0};
	bool ok = true;

	if (!size)
		return 0;
	struct sv text = sv_n((const char *)data + 1, size - 1);
	kb_draft_init(&d, "Asia/Shanghai", &a);
	if (data[0] % 3 == 0)
		ok = kb_read_json_row(&d, text, &e);
	else if (data[0] % 3 == 1)
		ok = kb_read_html(&d, "page.html", text, &e);
	else
		csv(text, &a);
	if (!ok && !e.msg[0])
		BUG("refused without a word");
	if (ok) {
		is_clean(d.t.title);
		is_clean(d.t.body);
		is_clean(d.t.question);
	}
	arena_release(&a);
	return 0;
}
