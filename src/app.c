// SPDX-License-Identifier: MIT
// Knows how loop, terminal, model, store and telephone are wired together; no rules of the work.
#include "src/app.h"

#include <ftw.h>
#include <signal.h>
#include <unistd.h>
#include <uv.h>

#include "src/app_hub.h"
#include "src/app_outside.h"
#include "src/app_packs.h"
#include "src/app_practice.h"
#include "src/app_script.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/cli/cli.h"
#include "src/cti/sim.h"
#include "src/store/destroy.h"
#include "src/work/demo.h"
#include "src/work/station.h"
#include "ui/headless.h"
#include "ui/kbdesk.h"
#include "ui/term.h"
#include "ui/ui.h"

enum { HEADLESS_ROWS = 40, HEADLESS_COLS = 120 };

struct app {
	const struct app_options *opt;
	uv_loop_t loop;
	uv_poll_t tty;
	uv_prepare_t prepare;
	uv_timer_t tick, journal, phone, due, practising;
	uv_signal_t signals[5];
	struct app_packs *packs;
	struct config config;
	struct store *store;
	struct app_hub *hub; // NULL: the demo site
	struct cti *cti;
	struct model model;
	struct seat live;
	struct app_practice *practice; // NULL: not yet
	struct term *term; // one of these two
	struct headless *headless;
	struct key_script *script;
	char *data; // owned
	bool model_ready, demo_made, leaving;
	size_t unsaved; // actions the disk refused to the end
	struct err refused; // the exercise the command line asks for cannot begin: said at the end
	char wiped[400]; // the hub had the station destroyed: what is said at the end
	int exit_code;
};

// The seat that keys and screen belong to.
static struct seat *front(const struct app *a)
{
	return a->practice ? app_practice_front(a->practice) : (struct seat *)(uintptr_t)&a->live;
}

// Live, then that of practice; NULL: there is none.
static struct seat *seat_at(const struct app *a, int i)
{
	return i == 0 ? (struct seat *)(uintptr_t)&a->live : i == 1 ? app_practice_seat(a->practice) : NULL;
}

// --- drawing: once before each sleep, if anything changed

static void draw(struct app *a)
{
	struct frame f;
	struct canvas root;

	ui_follow(&front(a)->ui, front(a)->m);
	ui_layout(&front(a)->ui, front(a)->m);
	root = a->term ? term_frame_begin(a->term, &f, &front(a)->ui.theme) : headless_begin(a->headless, &f, &front(a)->ui.theme);
	ui_refresh(&front(a)->ui, front(a)->m, &root);
	if (a->term)
		term_frame_end(a->term, &f);
	else
		headless_finish(a->headless, &f);
}

static void on_tick(uv_timer_t *t)
{
	front(t->data)->m->changed = true;
}

static void on_journal(uv_timer_t *t)
{
	struct seat *s;

	for (int i = 0; (s = seat_at(t->data, i)); i++)
		model_flush_drafts(s->m);
}

static void on_phone(uv_timer_t *t)
{
	struct seat *s;

	for (int i = 0; (s = seat_at(t->data, i)); i++)
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

	for (int i = 0; (s = seat_at(a, i)); i++) {
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
	i18n_init(front(a)->ui.want_lang == LANG_ZH ? "zh_CN" : "en", NULL);
	front(a)->ui.lang_asked = false;
	front(a)->m->changed = true;
}

static void set_theme(struct app *a, const char *name)
{
	bool ascii = front(a)->ui.theme.ascii;

	front(a)->ui.theme = *theme_by_name(name);
	theme_start(&front(a)->ui.theme, a->config.colours == AUTO_OFF ? "1" : a->config.colours == AUTO_ON ? NULL : getenv("NO_COLOR"));
	front(a)->ui.theme.ascii = ascii;
}

// A long text goes to the editor of the user. Nothing rings meanwhile (the key says so), so the loop may wait.
static void edit_outside(struct app *a)
{
	struct str text = {0};
	struct err e = {0};

	model_flush_drafts(front(a)->m);
	if (a->term)
		term_give(a->term);
	bool ok = outside_edit(a->data, kb_outside_text(&front(a)->ui), &text, &e);
	if (a->term) {
		int rows, cols;
		term_resume(a->term);
		term_size(a->term, &rows, &cols);
		ui_resize(&front(a)->ui, front(a)->m, rows, cols);
	}
	kb_outside_done(&front(a)->ui, front(a)->m, ok ? str_z(&text) : NULL, &e);
	str_release(&text);
}

// What keys asked of the program itself.
static void obey(struct app *a)
{
	if (front(a)->ui.lang_asked)
		switch_language(a);
	if (front(a)->ui.theme_asked) {
		front(a)->ui.theme_asked = false;
		set_theme(a, theme_next(front(a)->ui.theme.name));
	}
	if (front(a)->ui.redraw && a->term)
		term_redraw(a->term);
	front(a)->ui.redraw = false;
	if (front(a)->ui.suspend && a->term) {
		model_kb_off_screen(front(a)->m);
		model_flush_drafts(front(a)->m);
		term_suspend(a->term);
		int rows, cols;
		term_size(a->term, &rows, &cols);
		ui_resize(&front(a)->ui, front(a)->m, rows, cols);
		front(a)->m->changed = true;
	}
	front(a)->ui.suspend = false;
	if (front(a)->ui.outside)
		edit_outside(a);
	front(a)->ui.outside = false;
	if (front(a)->ui.quit) {
		a->leaving = true;
		uv_stop(&a->loop);
	} else if (a->practice) {
		app_practice_obey(a->practice);
	}
}

static bool drafts_dirty(const struct app *a)
{
	struct seat *s;

	for (int i = 0; (s = seat_at(a, i)); i++)
		if (model_drafts_dirty(s->m))
			return true;
	return false;
}

static void arm_all(struct app *a)
{
	struct seat *s = front(a);

	arm(&a->tick, on_tick, ui_next_tick_ms(&s->ui, s->m));
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
	a->leaving = front(a)->ui.quit = true;
	a->exit_code = CLI_FAILED;
	uv_stop(&a->loop);
	return true;
}

// Nothing of the content is before anybody's eyes or under their hands but what is drawn anew each time.
static bool is_quiet(const struct app *a)
{
	return (!a->practice || !app_practice_busy(a->practice)) && ui_content_idle(&a->live.ui);
}

static void on_prepare(uv_prepare_t *p)
{
	struct app *a = p->data;

	obey(a);
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
	struct seat *s = front(a);
	if (s->m->changed || s->m->typed)
		draw(a);
	// For what the frame shows for the first time.
	if (s->ui.bell && a->term && a->config.bell)
		term_bell(a->term);
	s->ui.bell = false;
	arm_all(a);
}

// --- input

static void on_tty(uv_poll_t *p, int status, int events)
{
	struct app *a = p->data;
	struct term_event ev;

	(void)events;
	// What is due comes before what is typed now.
	if (a->practice)
		app_practice_turn(a->practice);
	if (status < 0) {
		front(a)->ui.quit = true;
		return;
	}
	while (!front(a)->ui.quit && !front(a)->ui.suspend && !front(a)->ui.outside && term_read(a->term, &ev)) {
		switch (ev.kind) {
		case TERM_KEY:
			ui_key(&front(a)->ui, front(a)->m, ev.key);
			break;
		case TERM_PASTE:
			ui_paste(&front(a)->ui, front(a)->m, ev.paste);
			break;
		case TERM_MOUSE:
			ui_click(&front(a)->ui, front(a)->m, ev.y, ev.x,
				 ev.mouse == MOUSE_WHEEL_UP ? -1 : ev.mouse == MOUSE_WHEEL_DOWN ? 1 : 0);
			break;
		case TERM_ASCII_NOW:
			front(a)->ui.theme.ascii = true;
			front(a)->m->changed = true;
			break;
		case TERM_EOF:
			front(a)->ui.quit = true;
			break;
		}
	}
	obey(a);
}

static void resized(struct app *a)
{
	int rows, cols;

	term_size(a->term, &rows, &cols);
	ui_resize(&front(a)->ui, front(a)->m, rows, cols);
	front(a)->m->changed = true;
}

static void on_signal(uv_signal_t *s, int signum)
{
	struct app *a = s->data;

	switch (signum) {
	case SIGWINCH:
		if (!a->term)
			break;
		// Smaller and back in one go leaves the size as it was and the screen without its edges.
		if (!term_resize(a->term))
			term_redraw(a->term);
		resized(a);
		break;
	case SIGTSTP:
		front(a)->ui.suspend = true;
		break;
	case SIGCONT:
		if (a->term)
			term_resume(a->term);
		front(a)->m->changed = true;
		break;
	default: // SIGHUP, SIGTERM, SIGINT: everything typed is journaled on the way out
		a->leaving = true;
		uv_stop(&a->loop);
		break;
	}
}

// --- content

// What was under way goes on, or what the command line asks for begins.
static void begin_practice(struct app *a)
{
	struct practice_want w = {.wish = PRACTICE_WISH_START, .mode = a->opt->practice_mode, .seeded = a->opt->seeded, .seed = a->opt->seed};

	if (!a->model.packs)
		return;
	a->practice = app_practice_new(&(struct app_practice_options){.dir = a->data, .clock = a->opt->clock, .config = &a->config,
								      .live = &a->live, .loop = &a->loop, .hub = (struct app_hub *const *)&a->hub, .seeded = a->opt->seeded,
								      .seed = a->opt->seed});
	app_practice_ready(a->practice);
	if (!a->opt->practice)
		return;
	snprintf(w.scenario, sizeof(w.scenario), "%s", a->opt->practice);
	if (!app_practice_seat(a->practice) && !app_practice_start(a->practice, &w, &a->refused)) {
		a->exit_code = CLI_NO;
		a->leaving = true;
		uv_stop(&a->loop);
	}
}

static void content_ready(void *arg)
{
	struct app *a = arg;

	begin_practice(a);
	// Keys typed while the content was being read have waited in the terminal, in their order.
	if (a->term)
		uv_poll_start(&a->tty, UV_READABLE, on_tty);
	model_pump_phone(&a->model);
}

static void content_fresh(void *arg)
{
	ui_content_changed(&((struct app *)arg)->live.ui);
}

static void content_came(void *arg)
{
	app_packs_came(((struct app *)arg)->packs);
}

// --- start and end

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

static bool make_demo(struct app *a, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = xasprintf("%s/zuoxi-demo-XXXXXX", str_empty(tmp) ? "/tmp" : tmp);

	if (!mkdtemp(dir)) {
		free(dir);
		return err_set(e, ERR_IO, _("cannot make a directory for the demo site; set TMPDIR to one that can be written"));
	}
	a->data = dir;
	a->demo_made = true;
	return demo_make(dir, a->opt->clock, e);
}

static bool open_phone(struct app *a, struct err *e)
{
	char *script = NULL;

	if (a->opt->demo && !a->opt->script) {
		char *path = path_share("demo/calls.yaml");
		script = demo_calls(path, i18n_lang(), e);
		free(path);
		if (!script)
			return false;
	} else if (a->opt->script) {
		script = xstrdup("");
	} else if (a->config.telephone == TELEPHONE_SIM) {
		struct str text = {0};
		if (!path_read(a->config.telephone_script, 1 << 20, &text, e)) {
			str_release(&text);
			return false;
		}
		script = str_take(&text);
	} else {
		return true;
	}
	a->cti = sim_open(script, a->opt->clock, e);
	free(script);
	return a->cti != NULL;
}

static void load_config(struct app *a)
{
	struct problems p = {0};
	// The demo site brings its own settings; what is given on the command line wins.
	char *own = a->demo_made ? path_join(a->data, "zuoxi.yaml") : NULL;

	config_load(&a->config, a->opt->config || !own ? a->opt->config : own, &p);
	free(own);
	if (!a->opt->lang && a->config.language != LANGUAGE_SYSTEM)
		i18n_init(a->config.language == LANGUAGE_ZH ? "zh_CN" : "en", NULL);
	for (size_t i = 0; i < p.n; i++)
		fprintf(stderr, "%s:%d:%d: %s\n", p.v[i].file, p.v[i].line, p.v[i].col, p.v[i].message);
	problems_release(&p);
}

static const char *theme_name(const struct config *c)
{
	static const char *const names[] = {
		[THEME_DARK] = "dark", [THEME_LIGHT] = "light", [THEME_SIXTEEN] = "16", [THEME_MONO] = "mono"};

	return names[c->theme];
}

static bool open_screen(struct app *a, struct err *e)
{
	int rows = HEADLESS_ROWS, cols = HEADLESS_COLS;
	bool ascii = a->opt->ascii_borders || a->config.ascii_borders == AUTO_ON;

	if (a->opt->script) {
		if (!headless_start(rows, cols, &a->headless, e))
			return false;
	} else {
		if (!term_start(&(struct term_options){.ascii_borders = ascii, .no_probe = a->config.ascii_borders == AUTO_OFF, .no_mouse = !a->config.mouse,
						       .clock = a->opt->clock}, &a->term, e))
			return false;
		term_size(a->term, &rows, &cols);
	}
	ui_init(&a->live.ui, theme_by_name(theme_name(&a->config)), &a->config, &a->model);
	a->live.ui_ready = true;
	a->live.ui.theme.ascii = ascii || (a->term && term_ascii(a->term));
	set_theme(a, theme_name(&a->config));
	ui_resize(&a->live.ui, &a->model, rows, cols);
	if (a->term && term_note(a->term))
		model_say_note(&a->model, NOTE_WARN, "%s", term_note(a->term));
	return true;
}

static bool start(struct app *a, struct err *e)
{
	char *log;

	// What the terminal cannot do is said before anything is opened.
	if (!a->opt->script && !term_check(e))
		return false;
	if (a->opt->demo ? !make_demo(a, e) : !(a->data = xstrdup(a->opt->data)))
		return false;
	load_config(a);
	if (!store_exists(a->data))
		return err_set(e, ERR_NOT_FOUND, _("There is no station in %s yet: run zuoxi init, or zuoxi --demo to look around."), a->data);
	log = path_join(a->data, "zuoxi.log");
	log_open(log, (enum log_level)a->config.log_level);
	free(log);
	if (!store_open(&a->store, &(struct store_options){.dir = a->data}, e) || !open_phone(a, e))
		return false;
	if (!model_init(&a->model, &(struct model_options){.clock = a->opt->clock, .config = &a->config, .store = a->store,
							   .cti = a->cti, .seeded = a->opt->seeded, .seed = a->opt->seed}, e))
		return false;
	a->model_ready = true;
	a->live.m = &a->model;
	outside_sweep(a->data);
	return open_screen(a, e);
}

static void watch(struct app *a)
{
	static const int signums[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGHUP, SIGTERM};
	uv_timer_t *timers[] = {&a->tick, &a->journal, &a->phone, &a->due, &a->practising};
	struct err e = {0};

	for (size_t i = 0; i < 5; i++) {
		uv_timer_init(&a->loop, timers[i]);
		timers[i]->data = a;
	}
	uv_prepare_init(&a->loop, &a->prepare);
	a->prepare.data = a;
	uv_prepare_start(&a->prepare, on_prepare);
	for (size_t i = 0; i < 5; i++) {
		uv_signal_init(&a->loop, &a->signals[i]);
		a->signals[i].data = a;
		uv_signal_start(&a->signals[i], on_signal, signums[i]);
	}
	// A window resized between the first frame and here sent its signal to nobody.
	if (a->term && term_resize(a->term))
		resized(a);
	if (a->term) {
		uv_poll_init(&a->loop, &a->tty, term_fd(a->term));
		a->tty.data = a;
	}
	const struct app_hub_options hub = {.loop = &a->loop, .model = &a->model, .config = &a->config, .seeded = a->opt->seeded,
					    .seed = a->opt->seed, .content = content_came, .arg = a};
	// A hub that cannot be asked is no reason not to work.
	if (!a->demo_made && !app_hub_start(&a->hub, &hub, &e))
		model_say_note(&a->model, NOTE_ALARM, "%s", e.msg);
	a->packs = app_packs_new(&(struct app_packs_options){.loop = &a->loop, .model = &a->model, .dir = a->data, .ready = content_ready,
							     .fresh = content_fresh, .arg = a});
}

static void close_handle(uv_handle_t *h, void *arg)
{
	(void)arg;
	if (!uv_is_closing(h))
		uv_close(h, NULL);
}

// The last try to write what the disk refused; how many actions it still refuses.
static size_t settle(struct app *a)
{
	if (a->model_ready) {
		model_kb_off_screen(&a->model);
		model_flush_drafts(&a->model);
	}
	if (!a->store)
		return 0;
	store_wait_idle(a->store);
	store_retry(a->store);
	store_wait_idle(a->store);
	return store_failed_count(a->store);
}

static void stop(struct app *a, bool looped)
{
	app_hub_stop(a->hub);
	app_packs_free(a->packs);
	a->packs = NULL;
	app_practice_free(a->practice);
	a->practice = NULL;
	a->unsaved = settle(a);
	if (looped) {
		store_detach(a->store);
		uv_walk(&a->loop, close_handle, NULL);
		uv_run(&a->loop, UV_RUN_DEFAULT);
		uv_loop_close(&a->loop);
	}
	if (a->live.ui_ready)
		ui_release(&a->live.ui);
	term_end(a->term);
	headless_end(a->headless);
	// The store before the model: jobs that were kept tell the model what became of them.
	store_close(a->store);
	app_hub_free(a->hub);
	if (a->model_ready)
		model_release(&a->model);
	if (a->cti)
		a->cti->ops->close(a->cti);
	config_release(&a->config);
	key_script_free(a->script);
	log_close();
	// What was under way when the order came may have left something.
	struct err e = {0};
	if (*a->wiped && !station_destroy(a->data, &e))
		fprintf(stderr, "zuoxi: %s\n", e.msg);
	if (a->demo_made)
		nftw(a->data, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(a->data);
}

// --- --script: keys from a file

static bool script_key(void *ctx, struct key k)
{
	struct app *a = ctx;

	if (a->practice)
		app_practice_turn(a->practice);
	ui_key(&front(a)->ui, front(a)->m, k);
	return !front(a)->ui.quit;
}

static bool script_text(void *ctx, struct sv text)
{
	struct app *a = ctx;

	if (a->practice)
		app_practice_turn(a->practice);
	for (size_t i = 0; i < text.n;) {
		struct key k = {.kind = K_CHAR};
		i += utf8_decode(sv_n(text.p + i, text.n - i), &k.cp);
		ui_key(&front(a)->ui, front(a)->m, k);
	}
	return !front(a)->ui.quit;
}

static bool script_call(void *ctx, const char *number, const char *name)
{
	struct app *a = ctx;

	if (!a->cti)
		return false;
	sim_offer(a->cti, CTI_PHONE, number, name, "");
	model_pump_phone(&a->model);
	return true;
}

static void script_screen(void *ctx, struct str *out)
{
	struct app *a = ctx;

	obey(a);
	if (!front(a)->ui.quit)
		draw(a);
	headless_text(a->headless, out);
}

// Lets the loop turn once, at most for ms.
static void script_turn(void *ctx, int64_t ms)
{
	struct app *a = ctx;

	if (ms > 0) {
		front(a)->m->changed = true;
		uv_timer_start(&a->tick, on_tick, (uint64_t)ms, 0);
		uv_run(&a->loop, UV_RUN_ONCE);
	} else {
		uv_run(&a->loop, UV_RUN_NOWAIT);
	}
}

static int run_script(struct app *a, struct err *e)
{
	const struct key_script_host host = {
		.ctx = a, .key = script_key, .text = script_text, .call = script_call, .screen = script_screen, .turn = script_turn,
	};

	// Keys wait for the content: a script says what an agent would do, not how fast the disk is.
	while (app_packs_starting(a->packs))
		uv_run(&a->loop, UV_RUN_ONCE);
	return key_script_run(a->script, &host, e) ? CLI_DONE : CLI_NO;
}

int app_run(const struct app_options *o)
{
	struct app a = {.opt = o, .exit_code = CLI_DONE};
	struct err e = {0};
	bool ok = !o->script || (a.script = key_script_load(o->script, &e)) != NULL, looped = false;

	ok = ok && start(&a, &e);
	if (ok) {
		uv_loop_init(&a.loop);
		looped = true;
		ok = store_attach(a.store, &a.loop, &e);
		draw(&a);
		watch(&a);
	}
	if (ok && a.script)
		a.exit_code = run_script(&a, &e);
	else if (ok)
		uv_run(&a.loop, UV_RUN_DEFAULT);
	stop(&a, looped);
	if (e.msg[0])
		fprintf(stderr, "zuoxi: %s\n", e.msg);
	if (a.refused.code != ERR_NONE)
		fprintf(stderr, "zuoxi: %s\n", a.refused.msg);
	if (*a.wiped) {
		fprintf(stderr, "zuoxi: %s\n", a.wiped);
		return CLI_FAILED;
	}
	if (a.unsaved)
		fprintf(stderr, ngettext("zuoxi: %zu change was not saved: the disk refused it to the end.\n",
					 "zuoxi: %zu changes were not saved: the disk refused them to the end.\n", a.unsaved), a.unsaved);
	return ok && !a.unsaved ? a.exit_code : CLI_FAILED;
}
