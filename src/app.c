// SPDX-License-Identifier: MIT
// Knows how loop, terminal, model, store and telephone are wired together, opened and closed; no rules of the work.
#include "src/app.h"

#include <ftw.h>
#include <signal.h>
#include <unistd.h>

#include "src/app_outside.h"
#include "src/app_part.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/cli/cli.h"
#include "src/store/destroy.h"
#include "src/work/demo.h"
#include "src/work/station.h"

enum { HEADLESS_ROWS = 40, HEADLESS_COLS = 120 };

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
		uv_poll_start(&a->tty, UV_READABLE, app_on_tty);
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
	app_set_theme(a, theme_name(&a->config));
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
	uv_prepare_start(&a->prepare, app_on_prepare);
	for (size_t i = 0; i < 5; i++) {
		uv_signal_init(&a->loop, &a->signals[i]);
		a->signals[i].data = a;
		uv_signal_start(&a->signals[i], app_on_signal, signums[i]);
	}
	// A window resized between the first frame and here sent its signal to nobody.
	if (a->term && term_resize(a->term))
		app_resized(a);
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
		app_draw(&a);
		watch(&a);
	}
	if (ok && a.script)
		a.exit_code = app_play(&a, &e);
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
