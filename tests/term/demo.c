// SPDX-License-Identifier: MIT
// Knows a small program on the terminal layer, for the tests of that layer: it says on the screen what it was sent.
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "src/base/err.h"
#include "ui/lineedit.h"
#include "ui/term.h"

struct demo {
	struct term *term;
	struct theme theme;
	struct lineedit line;
	struct str log; // the last events
	bool done;
	int frames;
};

static void draw(struct demo *d)
{
	struct frame f;
	int rows, cols;

	term_size(d->term, &rows, &cols);
	d->theme.ascii = term_ascii(d->term);
	struct canvas c = term_frame_begin(d->term, &f, &d->theme);
	canvas_erase(&c);
	canvas_title(&c, 0, "演示 demo", NULL, true);
	canvas_printf(&c, 1, 0, ROLE_ACCENT, "size %dx%d %s", cols, rows, d->theme.ascii ? "ascii" : "lines");
	canvas_vline(&c, 2, 40, rows - 4, ROLE_DIM);
	// Rows full of wide text, so that a frame has something to compare.
	for (int y = 4; y < rows - 2; y++) {
		canvas_clip(&c, y, 0, ROLE_PLAIN, sv("跟您核对一下：您是想了解账户为什么被限制、什么时候能恢复，对吗？"), 40);
		canvas_clip(&c, y, 41, y % 2 ? ROLE_DIM : ROLE_PLAIN,
			    sv("KB-FIN-011 账户被限制的五种原因 v4 · 11-02 · 有用 92% · 已验证 …被【冻】结时先分清是本人挂失"), cols - 41);
	}
	struct canvas field = canvas_sub(&c, (struct rect){2, 2, 1, 30});
	canvas_wrap(&c, rows - 2, 0, ROLE_PLAIN, sv_n(str_z(&d->log), d->log.n), 0);
	canvas_printf(&c, rows - 1, 0, ROLE_PLAIN, "end %dx%d", cols, rows); // the last cells that are sent
	lineedit_draw(&d->line, &field, STYLE_UNDERLINE, true);
	term_frame_end(d->term, &f);
	d->frames++;
}

static void crash(void)
{
	raise(SIGSEGV);
}

static void on_key(struct demo *d, struct key k)
{
	char name[KEY_NAME_MAX];

	key_write(k, name, sizeof(name));
	str_addf(&d->log, "<%s>", name);
	bool f = k.kind == K_F && !k.mods;
	if (f && k.cp == 1)
		d->done = true;
	else if (f && k.cp == 2)
		crash();
	else if (f && k.cp == 3)
		BUG("asked for");
	else if (f && k.cp == 4)
		exit(3);
	else if (k.kind == K_CHAR && k.cp == 'z' && k.mods == MOD_CTRL)
		term_suspend(d->term);
	else if (k.kind == K_BACKSPACE)
		lineedit_act(&d->line, ACT_EDIT_BACKSPACE, NULL);
	else
		lineedit_key(&d->line, k);
}

static void on_input(struct demo *d)
{
	struct term_event ev;

	str_clear(&d->log);
	while (!d->done && term_read(d->term, &ev))
		switch (ev.kind) {
		case TERM_KEY:
			on_key(d, ev.key);
			break;
		case TERM_MOUSE:
			str_addf(&d->log, "<mouse %d %d,%d>", (int)ev.mouse, ev.y, ev.x);
			break;
		case TERM_PASTE:
			str_addf(&d->log, "<paste %zu>", ev.paste.n);
			lineedit_insert(&d->line, ev.paste);
			break;
		case TERM_ASCII_NOW:
			break;
		case TERM_EOF:
			d->done = true;
			break;
		}
}

// With a number: draws that many frames of the same dense screen in full, and prints the mean in microseconds.
static void measure(struct demo *d, long n)
{
	struct timespec a, b;

	clock_gettime(CLOCK_MONOTONIC, &a);
	for (long i = 0; i < n; i++) {
		term_redraw(d->term);
		draw(d);
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	double us = ((double)(b.tv_sec - a.tv_sec) * 1e6 + (double)(b.tv_nsec - a.tv_nsec) / 1e3) / (double)n;
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (long i = 0; i < n; i++) {
		lineedit_insert(&d->line, sv(i % 2 ? "x" : "y"));
		draw(d);
		lineedit_set(&d->line, "");
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	double key = ((double)(b.tv_sec - a.tv_sec) * 1e6 + (double)(b.tv_nsec - a.tv_nsec) / 1e3) / (double)n;
	term_end(d->term);
	printf("full %.0f us, one key %.0f us\n", us, key);
	exit(0);
}

int main(int argc, char **argv)
{
	struct demo d = {0};
	struct err e = {0};
	struct term_options opt = {.no_probe = argc > 1 && str_eq(argv[1], "--no-probe")};
	sigset_t set;
	int64_t n;

	if (!term_start(&opt, &d.term, &e)) {
		fprintf(stderr, "demo: %s\n", e.msg);
		return 2;
	}
	d.theme = *theme_by_name("dark");
	theme_start(&d.theme, getenv("NO_COLOR"));
	if (argc > 1 && parse_int(sv(argv[1]), 1, 100000, &n))
		measure(&d, (long)n);
	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int sig = signalfd(-1, &set, SFD_CLOEXEC);
	while (!d.done) {
		draw(&d);
		struct pollfd p[2] = {{.fd = term_fd(d.term), .events = POLLIN}, {.fd = sig, .events = POLLIN}};
		if (poll(p, 2, -1) < 0)
			continue;
		if (p[0].revents)
			on_input(&d);
		struct signalfd_siginfo info;
		if (p[1].revents && read(sig, &info, sizeof(info)) == sizeof(info)) {
			if (info.ssi_signo == SIGTERM)
				d.done = true;
			else
				term_resize(d.term);
		}
	}
	close(sig);
	lineedit_release(&d.line);
	str_release(&d.log);
	term_end(d.term);
	return 0;
}
