// SPDX-License-Identifier: MIT
// Knows where the fields of an article being written stand, and how they are drawn.
#include "src/base/i18n.h"
#include "ui/kbdesk.h"

enum {
	BESIDE = 110, // columns from which the text has a column of its own
	FIELDS_LEAST = 50,
	LONG_MOST = 8, // rows of a long field other than the text
	FRAME_ROWS = 3, // title, help and hints
};

static int fields_width(int width)
{
	int w = width * 2 / 5;

	return width < BESIDE ? width : w < FIELDS_LEAST ? FIELDS_LEAST : w;
}

static int label_columns(void)
{
	int most = 0;

	for (int f = 0; f < WRITE_FIELDS; f++) {
		int w = canvas_columns(sv(_(write_info((enum write_field)f)->label)));
		most = w > most && f != WRITE_BODY ? w : most;
	}
	return most;
}

// A text in a place of the whole height: below the others on a narrow screen, beside them on a wide one.
static void place_body(int width, int height, bool beside, int *y, struct write_place *p)
{
	int left = fields_width(width), rows = height - FRAME_ROWS - 1;

	rows = rows > write_info(WRITE_BODY)->rows ? rows : write_info(WRITE_BODY)->rows;
	if (beside) {
		*p = (struct write_place){.y = 1, .x = left + 2, .h = rows, .w = width - left - 4, .label_y = 0, .label_x = left + 2,
					  .label_w = width - left - 4, .beside = true};
		return;
	}
	*p = (struct write_place){.y = *y + 1, .x = 2, .h = rows, .w = width - 4, .label_y = *y, .label_x = 2, .label_w = width - 4};
	*y += rows + 1;
}

void kb_write_places(const struct kb_write *w, int width, int height, struct write_place out[WRITE_FIELDS])
{
	bool beside = width >= BESIDE;
	int label = label_columns(), left = fields_width(width), y = 0;

	for (int i = 0; i < WRITE_FIELDS; i++) {
		const struct write_info *info = write_info((enum write_field)i);
		struct write_place *p = &out[i];
		if (i == WRITE_BODY) {
			place_body(width, height, beside, &y, p);
			continue;
		}
		*p = (struct write_place){.y = y, .x = label + 4, .h = 1, .w = left - label - 6, .label_y = y, .label_x = 2, .label_w = label};
		p->w = p->w > 4 ? p->w : 4;
		if (info->kind == WRITE_LONG) {
			int rows = lineedit_rows(&w->f[i].line, p->w);
			p->h = rows < info->rows ? info->rows : rows > LONG_MOST ? LONG_MOST : rows;
		}
		y += p->h;
	}
}

static const char *choice_label(const struct kb_write *w, enum write_field f)
{
	const char *code, *label;

	for (size_t i = 0; (code = kb_write_choice(f, i, &label)); i++)
		if (str_eq(code, lineedit_text(&w->f[f].line)))
			return label;
	return lineedit_text(&w->f[f].line);
}

static void draw_field(const struct kb_write *w, const struct canvas *c, enum write_field f, const struct write_place *p, int top, bool focused)
{
	const struct write_info *info = write_info(f);
	bool here = w->at == f;
	int shift = p->beside ? 0 : top;
	unsigned label = here && focused ? ROLE_ACCENT | STYLE_BOLD : kb_write_changed(w, f) ? ROLE_PLAIN : ROLE_DIM;

	if (p->y - shift + p->h <= 0 || p->label_y - shift >= c->r.h)
		return;
	if (here)
		canvas_glyph(c, p->label_y - shift, p->label_x - 2, focused ? ROLE_ACCENT : ROLE_DIM, GLYPH_SELECT);
	int x = canvas_fit(c, p->label_y - shift, p->label_x, label, sv(_(info->label)), p->label_w);
	if (kb_write_changed(w, f))
		canvas_text(c, p->label_y - shift, p->label_x + x, ROLE_ACCENT, "*");
	struct canvas box = canvas_sub(c, (struct rect){p->y - shift, p->x, p->h, p->w});
	if (info->kind != WRITE_CHOICE) {
		lineedit_draw(&w->f[f].line, &box, STYLE_UNDERLINE, here && focused);
	} else {
		canvas_fill(&box, STYLE_UNDERLINE);
		canvas_fit(&box, 0, 0, STYLE_UNDERLINE, sv(choice_label(w, f)), p->w);
		if (here && focused)
			canvas_caret(&box, 0, 0, true);
	}
	if (info->kind == WRITE_CHOICE || info->picks)
		canvas_glyph(c, p->y - shift, p->x + p->w, here ? ROLE_ACCENT : ROLE_DIM, GLYPH_CHOICE);
}

static void draw_frame(const struct ui *u, const struct model *m, const struct kb_write *w, const struct canvas *c, bool focused)
{
	static const enum action hints[] = {ACT_WRITE_MATERIAL, ACT_WRITE_SAVE, ACT_WRITE_LEAVE, ACT_WRITE_NEXT, ACT_WRITE_ENTER,
					    ACT_WRITE_CHOOSE, ACT_WRITE_OUTSIDE};
	size_t skip = kb_gap_holds_material(lineedit_text(&w->f[WRITE_BODY].line)) ? 0 : 1;
	struct canvas help = canvas_sub(c, (struct rect){c->r.h - 2, 1, 1, c->r.w - 2}), bottom = canvas_sub(c, (struct rect){c->r.h - 1, 1, 1, c->r.w - 2});
	char title[128], from[96], state[160];

	(void)m;
	snprintf(title, sizeof(title), _("Writing %s"), w->id);
	if (w->base_ver)
		snprintf(from, sizeof(from), _("from version %d"), w->base_ver);
	else
		snprintf(from, sizeof(from), "%s", _("new article"));
	snprintf(state, sizeof(state), kb_write_touched(w) ? _("%s, not saved yet") : "%s", from);
	canvas_title(c, 0, title, state, focused);
	if (w->error[0])
		canvas_printf(&help, 0, 0, ROLE_ERROR, "! %s", w->error);
	else
		canvas_text(&help, 0, 0, ROLE_DIM, _(write_info(w->at)->help));
	ui_hints(u, &bottom, 0, 0, CTX_KB_WRITE | CTX_EDIT, hints + skip, sizeof(hints) / sizeof(*hints) - skip);
}

void kb_write_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	static const struct kb_write none;
	const struct kb_write *w = u->kbdesk ? &u->kbdesk->write : &none;
	struct write_place p[WRITE_FIELDS];
	int area = c->r.h - FRAME_ROWS, left = fields_width(c->r.w);

	if (c->r.h < 8 || c->r.w < 40)
		return;
	kb_write_places(w, c->r.w, c->r.h, p);
	const struct write_place *at = &p[w->at];
	// As far down as the field with the caret needs.
	int top = !at->beside && at->y + at->h > area ? at->y + at->h - area : 0, end = 0;
	struct canvas body = canvas_sub(c, (struct rect){1, 0, area, c->r.w});
	for (int f = 0; f < WRITE_FIELDS; f++) {
		draw_field(w, &body, (enum write_field)f, &p[f], top, focused);
		end = !p[f].beside && p[f].y + p[f].h > end ? p[f].y + p[f].h : end;
	}
	if (c->r.w >= BESIDE)
		canvas_vline(&body, 0, left - 1, area, ROLE_DIM);
	int edge = c->r.w >= BESIDE ? left - 2 : c->r.w - 1;
	if (top > 0)
		canvas_glyph(&body, 0, edge, ROLE_DIM, GLYPH_UP);
	if (top + area < end)
		canvas_glyph(&body, area - 1, edge, ROLE_DIM, GLYPH_DOWN);
	draw_frame(u, m, w, c, focused);
}
