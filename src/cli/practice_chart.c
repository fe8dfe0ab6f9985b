// SPDX-License-Identifier: MIT
// Knows progress in practice as text: a line an agent, and under it the three competences over time in block characters.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/cli/practice_cli.h"

static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

static void pad(FILE *out, const char *text, int width)
{
	int used = 0;
	size_t n = utf8_fit(sv(text), width, &used);

	fprintf(out, "%.*s%*s", (int)n, text, width - used, "");
}

// Where there are more sessions than columns, each column is the mean of those that fall into it.
static double column(const struct practice_agent *a, int line, int x, int width)
{
	size_t n = a->runs.n, from = n <= (size_t)width ? (size_t)x : n * (size_t)x / (size_t)width,
	       to = n <= (size_t)width ? from + 1 : n * ((size_t)x + 1) / (size_t)width;
	double sum = 0;

	for (size_t i = from; i < to; i++)
		sum += a->runs.v[i].value[line];
	return to > from ? sum / (double)(to - from) : 0;
}

static void chart_line(const struct practice_agent *a, int line, FILE *out, int columns)
{
	int label = 20, room = columns - label - 11, width = a->runs.n < (size_t)(room > 1 ? room : 1) ? (int)a->runs.n : room > 1 ? room : 1;
	double last = a->runs.v[a->runs.n - 1].value[line], first = a->runs.v[0].value[line];

	fputs("  ", out);
	pad(out, score_group_label((enum score_group)line), label - 2);
	for (int x = 0; x < width; x++) {
		double v = column(a, line, x, width);
		int level = (int)(v * 8);
		fputs(blocks[level < 0 ? 0 : level > 7 ? 7 : level], out);
	}
	fprintf(out, " %3d %%", (int)(last * 100 + 0.5));
	if (a->runs.n > 1)
		fprintf(out, " %s", last > first + 0.005 ? "↑" : last < first - 0.005 ? "↓" : "→");
	fputc('\n', out);
}

static void head(const struct practice_agent *a, const char *zone, FILE *out)
{
	char from[32], to[32];

	clock_format(zone, a->runs.v[0].at, "%Y-%m-%d", from, sizeof(from));
	clock_format(zone, a->runs.v[a->runs.n - 1].at, "%Y-%m-%d", to, sizeof(to));
	fprintf(out, "%s%s%s\n  ", *a->agent ? a->agent : "—", a->name ? "  " : "", a->name ? a->name : "");
	fprintf(out, ngettext("%zu session", "%zu sessions", a->runs.n), a->runs.n);
	fprintf(out, _(", passed %d, mean %d.%02d, best %d.%02d, last %d.%02d"), a->passed, (int)(a->mean + 0.5) / 100, (int)(a->mean + 0.5) % 100,
		a->best / 100, a->best % 100, a->last / 100, a->last % 100);
	fprintf(out, strcmp(from, to) == 0 ? "  %s\n" : "  %s … %s\n", from, to);
}

// A drill: its seats, and the whole.
static void drill(const struct practice_point *q, FILE *out)
{
	fprintf(out, "  %s  %s\n", q->no, q->title);
	for (size_t i = 0; i < q->n_seats; i++) {
		const struct practice_seat *s = &q->seats[i];
		fputs("    ", out);
		pad(out, s->label, 18);
		pad(out, s->name, 14);
		fprintf(out, "%3d.%02d  %s\n", s->final_ / 100, s->final_ % 100, s->passed ? _("passed") : _("not passed"));
	}
	fputs("    ", out);
	pad(out, _("The whole drill"), 32);
	fprintf(out, "%3d.%02d\n", q->whole / 100, q->whole % 100);
}

void practice_chart(const struct practice_progress *r, FILE *out, int columns)
{
	if (!r->agents.n)
		fprintf(out, "%s\n", _("No scored sessions yet."));
	for (size_t i = 0; i < r->agents.n; i++) {
		head(&r->agents.v[i], r->zone, out);
		for (int line = 0; line < PRACTICE_LINES; line++)
			chart_line(&r->agents.v[i], line, out, columns);
		for (size_t k = 0; k < r->agents.v[i].runs.n; k++)
			if (r->agents.v[i].runs.v[k].n_seats)
				drill(&r->agents.v[i].runs.v[k], out);
		if (i + 1 < r->agents.n)
			fputc('\n', out);
	}
}
