// SPDX-License-Identifier: MIT
// Knows what must hold for any article in Markdown: read or refused with a line, drawn within the columns, clean.
#include "kb/import.h"
#include "kb/markdown.h"
#include "src/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void draw(struct sv text, int columns, struct arena *a)
{
	struct kb_lines lines = {0};

	kb_markdown(text, columns, &lines, a);
	for (size_t i = 0; i < lines.n; i++) {
		int used = 0;
		for (size_t k = 0; k < lines.v[i].n; k++) {
			const struct kb_run *r = &lines.v[i].v[k];
			used += r->columns;
			if (utf8_columns(sv(r->text)) != r->columns || !utf8_valid(sv(r->text)))
				BUG("a run says %d columns", r->columns);
		}
		if (used != lines.v[i].columns || used > columns)
			BUG("line %zu has %d of %d columns, and says %d", i, used, columns, lines.v[i].columns);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv text = sv_n((const char *)data, size);
	struct arena a = {0};
	struct err e = {0};
	struct kb_text t = {0};
	int line = 0;

	if (kb_parse_markdown("KB-X-001.md", text, "Asia/Shanghai", &t, &line, &a, &e)) {
		if (t.body && !utf8_is_clean(sv(t.body), UTF8_KEEP_NL))
			BUG("the body is not clean");
		draw(sv(t.body ? t.body : ""), 40, &a);
	} else if (!e.msg[0] || line < 0) {
		BUG("refused without a word, line %d", line);
	}
	draw(text, 8 + (int)(size % 100), &a); // the least that is drawn
	arena_release(&a);
	return 0;
}
