// SPDX-License-Identifier: MIT
// Knows how keys are pressed and the screen is read for a view test.
#include "tests/view/hand.h"

#include "src/base/utf8.h"

void keys(struct scene *s, const char *list)
{
	struct sv rest = sv(list), one;
	char buf[160];

	while (sv_split(&rest, ' ', &one)) {
		snprintf(buf, sizeof(buf), "%.*s", (int)one.n, one.p);
		scene_key(s, buf);
	}
}

void keys_saved(struct scene *s, const char *list)
{
	keys(s, list);
	scene_saved(s);
}

void type(struct scene *s, const char *text)
{
	struct sv t = sv(text);
	uint32_t cp;

	for (size_t i = 0; i < t.n;) {
		i += utf8_decode(sv_n(t.p + i, t.n - i), &cp);
		ui_key(&s->ui, &s->model, (struct key){.kind = K_CHAR, .cp = cp});
	}
}

void show(struct scene *s, const char *name, int rows, int cols)
{
	scene_size(s, rows, cols);
	ui_follow(&s->ui, &s->model);
	scene_golden_place(s, NULL, name, rows, cols);
}

bool shows(struct scene *s, const char *text)
{
	ui_follow(&s->ui, &s->model);
	return scene_shows(s, NULL, s->ui.rows, s->ui.cols, text);
}

const char *said(const struct scene *s)
{
	const struct note *n = model_last_note(&s->model);

	return n ? n->text : "";
}
