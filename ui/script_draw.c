// SPDX-License-Identifier: MIT
// Knows how the script pane is put together: its title, the step, what is behind; and what stands there without a script.
#include "src/base/i18n.h"
#include "ui/script_pen.h"

enum { ROOMY_ROWS = 20 };

// --- drawing down the pane

const char *pen_glyph(const struct script_pen *p, enum glyph g)
{
	return theme_glyph(&p->u->theme, g);
}

// model_line reads only; it takes the model without const because the table of variables is shared with writers.
const char *pen_words(struct script_pen *p, struct label l)
{
	return model_line((struct model *)(uintptr_t)p->m, p->w, l, &p->a);
}

bool pen_full(const struct script_pen *p)
{
	return p->y >= p->c.r.h;
}

int pen_left(const struct script_pen *p)
{
	return p->c.r.h - p->y;
}

void pen_rule(struct script_pen *p, const char *title, const char *right)
{
	if (pen_full(p))
		return;
	canvas_hline(&p->c, p->y, 0, p->c.r.w, ROLE_DIM);
	int end = p->c.r.w - 2;
	if (right) {
		int w = canvas_columns(sv(right));
		end = p->c.r.w - w - 4;
		canvas_printf(&p->c, p->y, end, ROLE_DIM, " %s ", right);
	}
	char text[160];
	snprintf(text, sizeof(text), " %s ", title);
	canvas_fit(&p->c, p->y++, 2, ROLE_DIM, sv(text), end - 2);
}

// Wrapped text from column x on, at most max rows.
void pen_wrapped(struct script_pen *p, int x, unsigned role, const char *text, int max)
{
	struct sv s = sv(text);
	int room = max < pen_left(p) ? max : pen_left(p);

	if (room <= 0 || !s.n)
		return;
	struct canvas c = canvas_sub(&p->c, (struct rect){p->y, 0, room, p->c.r.w});
	p->y += canvas_wrap(&c, 0, x, role, s, 0);
}

bool pen_roomy(const struct script_pen *p)
{
	return p->c.r.h >= ROOMY_ROWS;
}

void pen_gap(struct script_pen *p)
{
	if (pen_roomy(p))
		p->y++;
}

void pen_edit(struct script_pen *p, const char *label, const struct lineedit *le, const char *draft, bool typing)
{
	struct lineedit tmp = {0};
	int x = 2 + canvas_printf(&p->c, p->y, 2, typing ? ROLE_ACCENT : ROLE_PLAIN, "%s ", label);
	struct canvas line = canvas_sub(&p->c, (struct rect){p->y++, x, 1, p->c.r.w - x - 1});

	// The draft counts: it may have been filled from elsewhere.
	if (strcmp(lineedit_text(le), draft) != 0) {
		lineedit_set(&tmp, draft);
		le = &tmp;
	}
	canvas_fill(&line, ROLE_PLAIN | STYLE_UNDERLINE);
	lineedit_draw(le, &line, ROLE_PLAIN | STYLE_UNDERLINE, typing && p->focused);
	lineedit_release(&tmp);
}

// Times of the pane count from the answer, like the clock of the talk.
void pen_time(const struct script_pen *p, int64_t t_ms, char *buf, size_t cap)
{
	ui_duration(p->k->ever_connected ? t_ms - p->k->connected_t : t_ms, buf, cap);
}

// --- the whole

static void draw_pick_list(struct script_pen *p)
{
	enum { SCRIPTS = 256 };
	const struct script *all[SCRIPTS];
	char key[KEY_NAME_MAX];
	size_t n = p->m->packs ? packs_main_scripts(p->m->packs, all, SCRIPTS) : 0;

	if (!p->m->packs) {
		pen_wrapped(p, 2, ROLE_DIM, _("The content packs are being loaded."), 2);
		return;
	}
	keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_SCRIPT_PICK, key, sizeof(key));
	if (contact_is_ringing(p->k))
		pen_wrapped(p, 2, ROLE_PLAIN, _("The script begins with the answer (F2)."), 2);
	else if (!p->w->read_only)
		pen_wrapped(p, 2, ROLE_PLAIN, arena_printf(&p->a, _("No script is running. %s chooses one of these:"), key), 2);
	p->y++;
	for (size_t i = 0; i < n && i < SCRIPTS && !pen_full(p); i++)
		canvas_fit(&p->c, p->y++, 4, ROLE_DIM, sv(label_text(all[i]->title)), p->c.r.w - 5);
}

static void draw_ended(struct script_pen *p)
{
	char key[KEY_NAME_MAX];

	keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_WRAPUP, key, sizeof(key));
	canvas_glyph(&p->c, p->y, 0, ROLE_ACCENT, GLYPH_DONE);
	canvas_text(&p->c, p->y++, 2, STYLE_BOLD, _("The script is over."));
	if (!p->w->read_only)
		canvas_printf(&p->c, p->y++, 2, ROLE_DIM, "[%s] %s", key, _("end the contact and wrap up"));
	const struct script_node *n = script_run_node(&p->k->run);
	if (n && n->kind == NODE_END)
		pen_wrapped(p, 2, ROLE_PLAIN, pen_words(p, n->text), 4);
}

static void draw_title(struct script_pen *p)
{
	const struct script *s = script_run_started(&p->k->run) ? script_run_main(&p->k->run) : NULL;
	struct script_due *due;
	char title[200], right[32] = "";

	if (!s) {
		canvas_title(&p->c, 0, _("Script"), NULL, p->focused);
		return;
	}
	size_t n = script_run_due(&p->k->run, true, &due, &p->a), done = 0;
	for (size_t i = 0; i < n; i++)
		done += due[i].state != DUE_OPEN;
	snprintf(title, sizeof(title), "%s %s v%d", _("Script"), label_text(s->title), s->version);
	if (n)
		snprintf(right, sizeof(right), "%zu/%zu", done, n);
	canvas_title(&p->c, 0, title, right, p->focused);
}

static void draw_body(struct script_pen *p)
{
	const struct script_node *n = script_now(p->k);

	script_draw_pinned(p);
	if (!script_run_started(&p->k->run)) {
		if (p->w->read_only)
			canvas_text(&p->c, p->y++, 2, ROLE_DIM, _("No script was used on this contact."));
		else
			draw_pick_list(p);
		return;
	}
	script_draw_trip(p);
	if (n) {
		script_draw_step(p, n);
	} else {
		draw_ended(p);
	}
	script_draw_said(p);
}

void script_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	struct work *w = model_work(m);
	struct script_pen p = {.u = u, .m = m, .w = w, .v = ui_view_const(u, m), .c = *c, .focused = focused};

	if (!w) {
		canvas_title(c, 0, _("Script"), NULL, focused);
		return;
	}
	p.k = w->contact;
	if (!focused)
		p.c.style |= ROLE_DIM;
	draw_title(&p);
	p.c = canvas_below(&p.c, 1);
	script_draw_bottom(&p);
	// The real cursor stands on the line to say unless something is typed.
	if (focused && !(place_script.contexts(u, m) & CTX_EDIT))
		canvas_caret(&p.c, 0, 0, false);
	draw_body(&p);
	arena_release(&p.a);
}
