// SPDX-License-Identifier: MIT
// Knows how a view test sets its scene: a model over a throw-away store with the real packs, a fake clock, a headless screen.
#include "tests/view/scene.h"

#include <errno.h>
#include <ftw.h>
#include <unistd.h>

#include "src/base/utf8.h"
#include "src/cti/sim.h"
#include "src/store/meta.h"

_Noreturn void scene_fail(const char *file, int line, const char *what, const char *why)
{
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, what, why);
	abort();
}

// --- the model

static int rm_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

struct meta_pair {
	const char *key, *value;
};

static bool run_meta(struct db *db, void *arg, struct err *e)
{
	const struct meta_pair *p = arg;

	return meta_set_text(db, p->key, p->value, e);
}

void scene_meta(struct scene *s, const char *key, const char *value)
{
	scene_must(store_do(s->store, run_meta, &(struct meta_pair){key, value}, &e));
}

static struct packs *load_packs(void)
{
	static const char root[] = ZUOXI_SOURCEDIR "/config/packs";
	struct arena a = {0};
	struct problems p = {0};
	const char **dirs;
	size_t n;

	scene_must(packs_find(root, &dirs, &n, &a, &e));
	struct packs *packs = packs_load(dirs, n, &p);
	if (p.errors)
		scene_fail(__FILE__, __LINE__, "packs_load", p.v[0].message);
	problems_release(&p);
	arena_release(&a);
	return packs;
}

static void start_model(struct scene *s)
{
	struct model_options o = {.clock = &s->clock, .config = &s->config, .store = s->store, .cti = s->cti, .seeded = true, .seed = 7};
	int recovered;

	// Ids follow from the seed: a program that starts again must not give them out again.
	o.seed += 1000 * s->starts++;
	scene_must(model_init(&s->model, &o, &e));
	scene_must(model_set_packs(&s->model, load_packs(), &recovered, &e));
	ui_init(&s->ui, theme_by_name("dark"), &s->config, &s->model);
	scene_theme(s, "dark", false);
	scene_size(s, 40, 120);
	if (s->cti)
		model_pump_phone(&s->model);
}

static void start_phone(struct scene *s)
{
	struct err e = {0};

	s->cti = sim_open("", &s->clock, &e);
	if (!s->cti)
		scene_fail(__FILE__, __LINE__, "sim_open", e.msg);
}

static void open_scene(struct scene *s, enum lang lang, bool phone)
{
	*s = (struct scene){0};
	utf8_init();
	// Without a catalogue the messages stay the English ids: the same on every machine, whatever is installed there.
	const char *catalogue = getenv("ZUOXI_LOCALEDIR");
	i18n_init(lang == LANG_ZH ? "zh_CN" : "en", str_empty(catalogue) ? "/nonexistent" : catalogue);
	clock_fake(&s->clock, SCENE_NOW, 1000000);
	config_defaults(&s->config);
	const char *tmp = getenv("TMPDIR");
	s->dir = xasprintf("%s/zuoxi-view-XXXXXX", str_empty(tmp) ? "/tmp" : tmp);
	if (!mkdtemp(s->dir))
		scene_fail(__FILE__, __LINE__, s->dir, strerror(errno));
	struct store_options o = {.dir = s->dir, .sync = phone ? DB_SYNC_OFF : DB_SYNC_FULL};
	scene_must(store_init(s->dir, "SHA", "0A7", &s->clock, &e));
	if (phone)
		scene_kb_all(s);
	scene_must(store_open(&s->store, &o, &e));
	scene_meta(s, "agent", "8001");
	scene_meta(s, "agent_name", "陈晨");
	if (phone)
		start_phone(s);
	start_model(s);
}

void scene_open(struct scene *s, enum lang lang)
{
	open_scene(s, lang, false);
}

void scene_open_phone(struct scene *s, enum lang lang)
{
	open_scene(s, lang, true);
}

static void stop_model(struct scene *s)
{
	model_kb_off_screen(&s->model);
	model_flush_drafts(&s->model);
	store_wait_idle(s->store);
	ui_release(&s->ui);
	model_release(&s->model);
	if (s->cti)
		s->cti->ops->close(s->cti);
}

void scene_restart(struct scene *s)
{
	stop_model(s);
	if (s->cti)
		start_phone(s);
	start_model(s);
}

void scene_close(struct scene *s)
{
	stop_model(s);
	store_close(s->store);
	config_release(&s->config);
	nftw(s->dir, rm_one, 8, FTW_DEPTH | FTW_PHYS);
	free(s->dir);
	*s = (struct scene){0};
}

static struct work *offer(struct scene *s, enum cti_channel channel, const char *number, const char *name)
{
	struct cti_event ev = {
		.type = CTI_OFFERED, .channel = channel,
		.mono_ms = clock_mono(&s->clock), .wall_ms = clock_wall(&s->clock),
	};
	size_t before = s->model.works.n;

	snprintf(ev.call, sizeof(ev.call), "call-%zu-%lld", before, (long long)ev.mono_ms);
	snprintf(ev.number, sizeof(ev.number), "%s", number);
	snprintf(ev.name, sizeof(ev.name), "%s", name ? name : "");
	model_cti_event(&s->model, &ev);
	if (s->model.works.n != before + 1)
		scene_fail(__FILE__, __LINE__, "the contact did not come in", model_last_note(&s->model)->text);
	return s->model.works.v[before];
}

struct work *scene_call(struct scene *s, const char *number, const char *name)
{
	struct work *w = offer(s, CTI_PHONE, number, name);

	scene_must(model_answer(&s->model, w, &e));
	ui_follow(&s->ui, &s->model);
	return w;
}

struct work *scene_chat(struct scene *s, const char *number, const char *name, const char *line)
{
	struct work *w = offer(s, CTI_CHAT, number, name);

	scene_customer_says(s, w, line);
	scene_must(model_answer(&s->model, w, &e));
	ui_follow(&s->ui, &s->model);
	return w;
}

void scene_customer_says(struct scene *s, struct work *w, const char *line)
{
	struct cti_event ev = {
		.type = CTI_MESSAGE, .channel = CTI_CHAT,
		.mono_ms = clock_mono(&s->clock), .wall_ms = clock_wall(&s->clock),
	};

	snprintf(ev.call, sizeof(ev.call), "%s", w->contact->call);
	snprintf(ev.text, sizeof(ev.text), "%s", line);
	model_cti_event(&s->model, &ev);
}

void scene_wait(struct scene *s, int64_t ms)
{
	scene_saved(s);
	clock_fake_add(&s->clock, ms);
	model_tick(&s->model);
	ui_follow(&s->ui, &s->model);
}

void scene_saved(struct scene *s)
{
	store_wait_idle(s->store);
	model_store_poll(&s->model);
}

// --- the screen

void scene_size(struct scene *s, int rows, int cols)
{
	ui_resize(&s->ui, &s->model, rows, cols);
	ui_layout(&s->ui, &s->model);
}

void scene_theme(struct scene *s, const char *name, bool ascii)
{
	snprintf(s->theme, sizeof(s->theme), "%s", name);
	s->ascii = ascii;
	s->ui.theme = *theme_by_name(name);
	s->ui.theme.ascii = ascii;
}

void scene_key(struct scene *s, const char *line)
{
	struct key_line k;

	scene_must(key_line_parse(sv(line), &k, &e));
	if (k.key.kind == K_NONE)
		ui_paste(&s->ui, &s->model, k.text);
	else
		ui_key(&s->ui, &s->model, k.key);
}

static void paint(struct scene *s, const struct place *p, int rows, int cols, struct golden *g)
{
	golden_open(g, p ? rows : s->ui.rows, p ? cols : s->ui.cols, s->theme);
	g->theme.ascii = s->ascii;
	struct canvas c = golden_begin(g);
	if (p) {
		p->draw(&s->ui, &s->model, &c, true);
	} else {
		ui_layout(&s->ui, &s->model);
		ui_draw(&s->ui, &s->model, &c);
	}
}

void scene_draw(struct scene *s, const struct place *p, int rows, int cols, struct str *out)
{
	struct golden g;

	paint(s, p, rows, cols, &g);
	golden_dump(&g, out);
	golden_close(&g);
}

void scene_golden_place(struct scene *s, const struct place *p, const char *name, int rows, int cols)
{
	struct golden g;

	scene_saved(s);
	paint(s, p, rows, cols, &g);
	golden_check(&g, name);
	golden_close(&g);
}

bool scene_shows(struct scene *s, const struct place *p, int rows, int cols, const char *text)
{
	struct str out = {0};

	scene_draw(s, p, rows, cols, &out);
	bool found = strstr(str_z(&out), text) != NULL;
	str_release(&out);
	return found;
}
