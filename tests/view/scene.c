// SPDX-License-Identifier: MIT
// Knows how a view test sets its scene: a model over a throw-away store with the real packs, a fake clock, a headless screen.
#include "tests/view/scene.h"

#include <curses.h>
#include <errno.h>
#include <ftw.h>
#include <unistd.h>

#include "src/base/utf8.h"
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

static void put_meta(struct scene *s, const char *key, const char *value)
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

static void curses_up(void)
{
	static SCREEN *screen;
	FILE *null;

	if (screen)
		return;
	null = fopen("/dev/null", "r+");
	screen = newterm("xterm-256color", null, null);
	if (!screen)
		scene_fail(__FILE__, __LINE__, "newterm", "no terminfo of xterm-256color");
	start_color();
	use_default_colors();
}

static void on_leak(void *ctx, struct rect canvas, int y, int x)
{
	(void)canvas, (void)y, (void)x;
	((struct scene *)ctx)->leaks++;
}

void scene_open(struct scene *s, enum lang lang)
{
	int recovered;

	*s = (struct scene){0};
	utf8_init();
	// Without a catalogue the messages stay the English ids: the same on every machine, whatever is installed there.
	const char *catalogue = getenv("ZUOXI_LOCALEDIR");
	i18n_init(lang == LANG_ZH ? "zh_CN" : "en", str_empty(catalogue) ? "/nonexistent" : catalogue);
	curses_up();
	clock_fake(&s->clock, SCENE_NOW, 1000000);
	config_defaults(&s->config);
	const char *tmp = getenv("TMPDIR");
	s->dir = xasprintf("%s/zuoxi-view-XXXXXX", str_empty(tmp) ? "/tmp" : tmp);
	if (!mkdtemp(s->dir))
		scene_fail(__FILE__, __LINE__, s->dir, strerror(errno));
	scene_must(store_init(s->dir, "SHA", "0A7", &s->clock, &e));
	scene_must(store_open(&s->store, &(struct store_options){.dir = s->dir}, &e));
	put_meta(s, "agent", "8001");
	put_meta(s, "agent_name", "陈晨");
	struct model_options o = {.clock = &s->clock, .config = &s->config, .store = s->store, .seeded = true, .seed = 7};
	scene_must(model_init(&s->model, &o, &e));
	scene_must(model_set_packs(&s->model, load_packs(), &recovered, &e));
	scene_theme(s, "dark", false);
	ui_init(&s->ui, &s->theme, &s->config, &s->model);
	s->ui.leak = on_leak;
	s->ui.leak_ctx = s;
	scene_size(s, 40, 120);
}

void scene_close(struct scene *s)
{
	store_wait_idle(s->store);
	ui_release(&s->ui);
	model_release(&s->model);
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
}

void scene_theme(struct scene *s, const char *name, bool ascii)
{
	s->theme = *theme_by_name(name);
	s->theme.ascii = ascii;
	theme_start(&s->theme, NULL);
	s->ui.theme = s->theme;
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

static void read_line(WINDOW *win, int y, int cols, struct str *out)
{
	size_t end = out->n;
	cchar_t cell;

	for (int x = 0; x < cols;) {
		wchar_t wch[CCHARW_MAX + 1] = {0};
		attr_t attr;
		short pair;
		mvwin_wch(win, y, x, &cell);
		getcchar(&cell, wch, &attr, &pair, NULL);
		for (int i = 0; wch[i]; i++)
			str_addcp(out, (uint32_t)wch[i]);
		if (wch[0] != L' ')
			end = out->n;
		int w = utf8_width((uint32_t)wch[0]);
		x += w > 0 ? w : 1;
	}
	out->n = end;
	if (out->s)
		out->s[end] = '\0';
	str_addc(out, '\n');
}

void scene_draw(struct scene *s, const struct place *p, int rows, int cols, struct str *out)
{
	if (!p) {
		rows = s->ui.rows;
		cols = s->ui.cols;
	}
	WINDOW *pad = newpad(rows, cols);
	struct frame frame = {.theme = &s->theme, .leak = on_leak, .leak_ctx = s};
	struct canvas c = canvas_root(pad, &frame);

	str_clear(out);
	werase(pad);
	if (p)
		p->draw(&s->ui, &s->model, &c, true);
	else
		ui_draw(&s->ui, &s->model, &c);
	for (int y = 0; y < rows; y++)
		read_line(pad, y, cols, out);
	if (frame.caret_on)
		str_addf(out, "caret %d,%d\n", frame.caret_y, frame.caret_x);
	delwin(pad);
	if (s->leaks)
		scene_fail(__FILE__, __LINE__, "drawing", "something was written outside of its canvas");
}

static char *slurp(const char *path)
{
	struct str b = {0};
	char buf[4096];
	size_t n;
	FILE *f = fopen(path, "r");

	if (!f)
		return NULL;
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		str_addn(&b, buf, n);
	fclose(f);
	str_add(&b, "");
	return str_take(&b);
}

void scene_golden(const char *name, const struct str *drawn)
{
	char *path = xasprintf("%s/tests/view/golden/%s.txt", ZUOXI_SOURCEDIR, name);

	if (str_eq(getenv("UPDATE"), "1")) {
		FILE *f = fopen(path, "w");
		if (!f || fwrite(str_z(drawn), 1, drawn->n, f) != drawn->n || fclose(f) != 0)
			scene_fail(__FILE__, __LINE__, path, strerror(errno));
	}
	char *want = slurp(path);
	if (!want)
		scene_fail(__FILE__, __LINE__, path, "is missing; UPDATE=1 writes it");
	if (strcmp(want, str_z(drawn)) != 0) {
		fprintf(stderr, "--- %s (UPDATE=1 rewrites it)\n%s--- drawn now\n%s---\n", path, want, str_z(drawn));
		scene_fail(__FILE__, __LINE__, name, "differs from its golden screen");
	}
	free(want);
	free(path);
}

void scene_golden_place(struct scene *s, const struct place *p, const char *name, int rows, int cols)
{
	struct str out = {0};

	scene_draw(s, p, rows, cols, &out);
	scene_golden(name, &out);
	str_release(&out);
}

bool scene_shows(const struct str *drawn, const char *text)
{
	return strstr(str_z(drawn), text) != NULL;
}
