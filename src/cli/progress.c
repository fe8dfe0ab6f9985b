// SPDX-License-Identifier: MIT
// Knows how long work shows that it goes on: one line of standard error, if that is a terminal.
#include "src/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/utf8.h"

enum { EVERY_MS = 100, BAR = 24 };

void progress_init(struct progress *p, FILE *f, const struct clock *clock)
{
	*p = (struct progress){.f = isatty(fileno(f)) ? f : NULL, .clock = clock, .begun = clock_mono(clock), .first = -1};
	p->drawn = p->begun - EVERY_MS;
}

static int columns(FILE *f)
{
	struct winsize w = {0};

	return ioctl(fileno(f), TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

static void add_left(struct str *b, const struct progress *p, int64_t now, int64_t done, int64_t total)
{
	int64_t ms = now - p->begun, since = done - p->first;

	if (ms < 1000 || since <= 0 || done >= total)
		return;
	int64_t s = (int64_t)((double)(total - done) / (double)since * (double)ms / 1000 + 0.5);
	if (s >= 3600)
		str_addf(b, _("  %d:%02d:%02d left"), (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
	else
		str_addf(b, _("  %d:%02d left"), (int)(s / 60), (int)(s % 60));
}

void progress_show(struct progress *p, int64_t done, int64_t total, int64_t items, const char *remark)
{
	struct str b = {0};

	if (!p->f)
		return;
	int64_t now = clock_mono(p->clock);
	if (p->first < 0)
		p->first = done;
	if (now - p->drawn < EVERY_MS)
		return;
	p->drawn = now;
	double part = total > 0 ? (double)done / (double)total : 0;
	int full = (int)(part * BAR);
	str_addc(&b, '[');
	for (int i = 0; i < BAR; i++)
		str_addc(&b, i < full ? '=' : i == full ? '>' : ' ');
	str_addf(&b, "] %3d%%", (int)(part * 100));
	if (now > p->begun)
		str_addf(&b, _("  %lld/s"), (long long)(items * 1000 / (now - p->begun)));
	add_left(&b, p, now, done, total);
	str_addf(&b, "%s%s", *remark ? "  " : "", remark);
	// the last column would make the line break
	size_t n = utf8_fit(sv_n(b.s, b.n), columns(p->f) - 1, NULL);
	fprintf(p->f, "\r%.*s\033[K", (int)n, b.s);
	fflush(p->f);
	str_release(&b);
}

void progress_clear(struct progress *p)
{
	if (!p->f)
		return;
	fprintf(p->f, "\r\033[K");
	p->drawn = clock_mono(p->clock) - EVERY_MS;
}
