// SPDX-License-Identifier: MIT
// Knows what one turn of the loop does: keys and signals in, what they ask of the program, what is due, one frame out.
#include <signal.h>

#include "src/app_outside.h"
#include "src/app_part.h"
#include "src/base/utf8.h"
#include "src/cli/cli.h"
#include "ui/kbdesk.h"

struct seat *app_front(const struct app *a)
{
	return a->practice ? app_practice_front(a->practice) : (struct seat *)(uintptr_t)&a->live;
}

struct seat *app_seat_at(const struct app *a, int i)
{
	return i == 0 ? (struct seat *)(uintptr_t)&a->live : i == 1 ? app_practice_seat(a->practice) : NULL;
}

// --- drawing: once before each sleep, if anything changed

void app_draw(struct app *a)
{
	struct frame f;
	struct canvas root;

	ui_follow(&app_front(a)->ui, app_front(a)->m);
	ui_layout(&app_front(a)->ui, app_front(a)->m);
	root = a->term ? term_frame_begin(a->term, &f, &app_front(a)->ui.theme) : headless_begin(a->headless, &f, &app_front(a)->ui.theme);
	ui_refresh(&app_front(a)->ui, app_front(a)->m, &root);
	if (a->term)
		term_frame_end(a->term, &f);
	else
		headless_finish(a->headless, &f);
}

void app_on_tick(uv_timer_t *t)
{
	app_front(t->data)->m->changed = true;
}

static void on_journal(uv_timer_t *t)
{
	struct seat *s;

	for (int i = 0; (s = app_seat_at(t->data, i)); i++)
		model_flush_drafts(s->m);
}

static void on_phone(uv_timer_t *t)
{
	struct seat *s;

	for (int i = 0; (s = app_seat_at(t->data, i)); i++)
		model_pump_phone(s->m);
}

static void on_due(uv_timer_t *t)
{
	model_tick(&((struct app *)t->data)->model);
}

// The session does what is due before the loop sleeps again.
static void on_practising(uv_timer_t *t)
{
	(void)t;
}

static void arm(uv_timer_t *t, uv_timer_cb cb, int64_t ms)
{
	if (ms < 0)
		uv_timer_stop(t);
	else
		uv_timer_start(t, cb, (uint64_t)ms, 0);
}

static void ring_bell(struct app *a)
{
	struct seat *s;

	for (int i = 0; (s = app_seat_at(a, i)); i++) {
		struct work *w = model_ringing(s->m);
		if (!w || strcmp(s->rang, w->contact->id) == 0)
			continue;
		snprintf(s->rang, sizeof(s->rang), "%s", w->contact->id);
		if (a->term && a->config.bell)
			term_bell(a->term);
	}
}

static void switch_language(struct app *a)
{
	i18n_init(app_front(a)->ui.want_lang == LANG_ZH ? "zh_CN" : "en", NULL);
	app_front(a)->ui.lang_asked = false;
	app_front(a)->m->changed = true;
}

void app_set_theme(struct app *a, const char *name)
{
	bool ascii = app_front(a)->ui.theme.ascii;

	app_front(a)->ui.theme = *theme_by_name(name);
	theme_start(&app_front(a)->ui.theme, a->config.colours == AUTO_OFF ? "1" : a->config.colours == AUTO_ON ? NULL : getenv("NO_COLOR"));
	app_front(a)->ui.theme.ascii = ascii;
}

// A long text goes to the editor of the user. Nothing rings meanwhile (the key says so), so the loop may wait.
static void edit_outside(struct app *a)
{
	struct str text = {0};
	struct err e = {0};

	model_flush_drafts(app_front(a)->m);
	if (a->term)
		term_give(a->term);
	bool ok = outside_edit(a->data, kb_outside_text(&app_front(a)->ui), &text, &e);
	if (a->term) {
		int rows, cols;
		term_resume(a->term);
		term_size(a->term, &rows, &cols);
		ui_resize(&app_front(a)->ui, app_front(a)->m, rows, cols);
	}
	kb_outside_done(&app_front(a)->ui, app_front(a)->m, ok ? str_z(&text) : NULL, &e);
	str_release(&text);
}

void app_obey(struct app *a)
{
	if (app_front(a)->ui.lang_asked)
		switch_language(a);
	if (app_front(a)->ui.theme_asked) {
		app_front(a)->ui.theme_asked = false;
		app_set_theme(a, theme_next(app_front(a)->ui.theme.name));
	}
	if (app_front(a)->ui.redraw && a->term)
		term_redraw(a->term);
	app_front(a)->ui.redraw = false;
	if (app_front(a)->ui.suspend && a->term) {
		model_kb_off_screen(app_front(a)->m);
		model_flush_drafts(app_front(a)->m);
		term_suspend(a->term);
		int rows, cols;
		term_size(a->term, &rows, &cols);
		ui_resize(&app_front(a)->ui, app_front(a)->m, rows, cols);
		app_front(a)->m->changed = true;
	}
	app_front(a)->ui.suspend = false;
	if (app_front(a)->ui.outside)
		edit_outside(a);
	app_front(a)->ui.outside = false;
	if (app_front(a)->ui.quit) {
		a->leaving = true;
		uv_stop(&a->loop);
	} else if (a->practice) {
		app_practice_obey(a->practice);
	}
}

static bool drafts_dirty(const struct app *a)
{
	struct seat *s;

	for (int i = 0; (s = app_seat_at(a, i)); i++)
		if (model_drafts_dirty(s->m))
			return true;
	return false;
}

static void arm_all(struct app *a)
{
	struct seat *s = app_front(a);

	arm(&a->tick, app_on_tick, ui_next_tick_ms(&s->ui, s->m));
	arm(&a->due, on_due, model_next_ms(&a->model));
	arm(&a->phone, on_phone, a->cti && a->model.packs ? a->cti->ops->timeout_ms(a->cti) : -1);
	arm(&a->practising, on_practising, a->practice ? app_practice_next_ms(a->practice) : -1);
	if (!drafts_dirty(a))
		uv_timer_stop(&a->journal);
	else if (!uv_is_active((uv_handle_t *)&a->journal))
		// The commit takes its part of the time that the setting promises.
		uv_timer_start(&a->journal, on_journal, (uint64_t)a->config.journal_ms * 7 / 10, 0);
}

// The order to destroy the station came: nothing else is done.
static bool wiped(struct app *a)
{
	if (!app_hub_wiped(a->hub))
		return false;
	snprintf(a->wiped, sizeof(a->wiped), "%s", app_hub_wiped(a->hub));
	a->leaving = app_front(a)->ui.quit = true;
	a->exit_code = CLI_FAILED;
	uv_stop(&a->loop);
	return true;
}

// Nothing of the content is before anybody's eyes or under their hands but what is drawn anew each time.
static bool is_quiet(const struct app *a)
{
	return (!a->practice || !app_practice_busy(a->practice)) && ui_content_idle(&a->live.ui);
}

void app_on_prepare(uv_prepare_t *p)
{
	struct app *a = p->data;

	app_obey(a);
	if (a->leaving)
		return;
	model_store_poll(&a->model);
	app_hub_turn(a->hub);
	if (wiped(a))
		return;
	model_tick(&a->model);
	if (a->practice)
		app_practice_turn(a->practice);
	app_packs_turn(a->packs, is_quiet(a));
	ring_bell(a);
	struct seat *s = app_front(a);
	if (s->m->changed || s->m->typed)
		app_draw(a);
	// For what the frame shows for the first time.
	if (s->ui.bell && a->term && a->config.bell)
		term_bell(a->term);
	s->ui.bell = false;
	arm_all(a);
}

// --- input

void app_on_tty(uv_poll_t *p, int status, int events)
{
	struct app *a = p->data;
	struct term_event ev;

	(void)events;
	// What is due comes before what is typed now.
	if (a->practice)
		app_practice_turn(a->practice);
	if (status < 0) {
		app_front(a)->ui.quit = true;
		return;
	}
	while (!app_front(a)->ui.quit && !app_front(a)->ui.suspend && !app_front(a)->ui.outside && term_read(a->term, &ev)) {
		switch (ev.kind) {
		case TERM_KEY:
			ui_key(&app_front(a)->ui, app_front(a)->m, ev.key);
			break;
		case TERM_PASTE:
			ui_paste(&app_front(a)->ui, app_front(a)->m, ev.paste);
			break;
		case TERM_MOUSE:
			ui_click(&app_front(a)->ui, app_front(a)->m, ev.y, ev.x,
				 ev.mouse == MOUSE_WHEEL_UP ? -1 : ev.mouse == MOUSE_WHEEL_DOWN ? 1 : 0);
			break;
		case TERM_ASCII_NOW:
			app_front(a)->ui.theme.ascii = true;
			app_front(a)->m->changed = true;
			break;
		case TERM_EOF:
			app_front(a)->ui.quit = true;
			break;
		}
	}
	app_obey(a);
}

void app_resized(struct app *a)
{
	int rows, cols;

	term_size(a->term, &rows, &cols);
	ui_resize(&app_front(a)->ui, app_front(a)->m, rows, cols);
	app_front(a)->m->changed = true;
}

void app_on_signal(uv_signal_t *s, int signum)
{
	struct app *a = s->data;

	switch (signum) {
	case SIGWINCH:
		if (!a->term)
			break;
		// Smaller and back in one go leaves the size as it was and the screen without its edges.
		if (!term_resize(a->term))
			term_redraw(a->term);
		app_resized(a);
		break;
	case SIGTSTP:
		app_front(a)->ui.suspend = true;
		break;
	case SIGCONT:
		if (a->term)
			term_resume(a->term);
		app_front(a)->m->changed = true;
		break;
	default: // SIGHUP, SIGTERM, SIGINT: everything typed is journaled on the way out
		a->leaving = true;
		uv_stop(&a->loop);
		break;
	}
}
