// SPDX-License-Identifier: MIT
// Knows progress in practice as one HTML page: no script, no font, no picture from elsewhere; charts are drawn into it as SVG.
#include "src/base/i18n.h"
#include "src/cli/practice_cli.h"

enum { WIDTH = 640, HEIGHT = 180, LEFT = 44, RIGHT = 16, TOP = 12, BOTTOM = 28 };
static const char *const colours[PRACTICE_LINES] = {"#1f6feb", "#1a7f37", "#bf8700"};
static const char *const dashes[PRACTICE_LINES] = {"none", "7 3", "2 3"}; // colour is never the only sign

static void text(FILE *out, const char *s)
{
	for (; s && *s; s++) {
		switch (*s) {
		case '&': fputs("&amp;", out); break;
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\'': fputs("&#39;", out); break;
		default: fputc(*s, out);
		}
	}
}

static double x_of(const struct practice_agent *a, size_t i)
{
	double room = WIDTH - LEFT - RIGHT;

	return a->runs.n < 2 ? LEFT + room / 2 : LEFT + room * (double)i / (double)(a->runs.n - 1);
}

static double y_of(double v)
{
	return TOP + (HEIGHT - TOP - BOTTOM) * (1 - v);
}

static void axis(const struct practice_agent *a, const char *zone, FILE *out)
{
	char from[32], to[32];

	for (int v = 0; v <= 100; v += 25)
		fprintf(out, "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#d0d7de\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d %%</text>\n",
			LEFT, WIDTH - RIGHT, y_of(v / 100.0), y_of(v / 100.0), LEFT - 6, y_of(v / 100.0) + 4, v);
	clock_format(zone, a->runs.v[0].at, "%Y-%m-%d", from, sizeof(from));
	clock_format(zone, a->runs.v[a->runs.n - 1].at, "%Y-%m-%d", to, sizeof(to));
	fprintf(out, "<text x=\"%d\" y=\"%d\">%s</text>", LEFT, HEIGHT - 8, from);
	if (a->runs.n > 1)
		fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", WIDTH - RIGHT, HEIGHT - 8, to);
	fputc('\n', out);
}

static void curve(const struct practice_agent *a, int line, FILE *out)
{
	fprintf(out, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\" points=\"", colours[line], dashes[line]);
	for (size_t i = 0; i < a->runs.n; i++)
		fprintf(out, "%.1f,%.1f ", x_of(a, i), y_of(a->runs.v[i].value[line]));
	fputs("\"/>\n", out);
	for (size_t i = 0; i < a->runs.n; i++) {
		fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>", x_of(a, i), y_of(a->runs.v[i].value[line]), colours[line]);
		text(out, a->runs.v[i].title);
		fprintf(out, " %.1f %%</title></circle>\n", a->runs.v[i].value[line] * 100);
	}
}

static void legend(FILE *out)
{
	fputs("<p class=\"legend\">", out);
	for (int i = 0; i < PRACTICE_LINES; i++) {
		fprintf(out, "<svg width=\"28\" height=\"10\" aria-hidden=\"true\"><line x1=\"0\" x2=\"28\" y1=\"5\" y2=\"5\" stroke=\"%s\" stroke-width=\"2\" "
			"stroke-dasharray=\"%s\"/></svg> ", colours[i], dashes[i]);
		text(out, score_group_label((enum score_group)i));
		fputs(" &nbsp; ", out);
	}
	fputs("</p>\n", out);
}

static void chart(const struct practice_agent *a, const char *zone, FILE *out)
{
	fprintf(out, "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"", WIDTH, HEIGHT, WIDTH, HEIGHT);
	text(out, _("Three competences over time"));
	fputs("\">\n", out);
	axis(a, zone, out);
	for (int line = 0; line < PRACTICE_LINES; line++)
		curve(a, line, out);
	fputs("</svg>\n", out);
	legend(out);
}

static void cell(FILE *out, const char *s)
{
	fputs("<td>", out);
	text(out, s);
	fputs("</td>", out);
}

// Below a drill its seats, in one cell.
static void seats(const struct practice_point *q, FILE *out)
{
	char buf[64];

	fputs("<tr><td></td><td colspan=\"7\">", out);
	for (size_t i = 0; i < q->n_seats; i++) {
		text(out, q->seats[i].label);
		fputc(' ', out);
		text(out, q->seats[i].name);
		snprintf(buf, sizeof(buf), " %d.%02d %s · ", q->seats[i].final_ / 100, q->seats[i].final_ % 100, q->seats[i].passed ? "✓" : "×");
		text(out, buf);
	}
	text(out, _("The whole drill"));
	snprintf(buf, sizeof(buf), " %d.%02d", q->whole / 100, q->whole % 100);
	text(out, buf);
	fputs("</td></tr>\n", out);
}

static void sessions(const struct practice_agent *a, const char *zone, FILE *out)
{
	const char *const titles[] = {_("On"), _("Number"), _("Scenario"), _("Score"), _("Passed")};

	fputs("<table><thead><tr>", out);
	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles) + PRACTICE_LINES; i++) {
		fputs("<th scope=\"col\">", out);
		text(out, i < 5 ? titles[i] : score_group_label((enum score_group)(i - 5)));
		fputs("</th>", out);
	}
	fputs("</tr></thead><tbody>\n", out);
	for (size_t i = a->runs.n; i-- > 0;) {
		const struct practice_point *q = &a->runs.v[i];
		char at[32];
		clock_format(zone, q->at, "%Y-%m-%d %H:%M", at, sizeof(at));
		fputs("<tr>", out);
		cell(out, at);
		cell(out, q->no);
		cell(out, q->title);
		fprintf(out, "<td class=\"n\">%d.%02d</td>", q->final_ / 100, q->final_ % 100);
		cell(out, q->passed ? "✓" : "×");
		for (int line = 0; line < PRACTICE_LINES; line++)
			fprintf(out, "<td class=\"n\">%.1f %%</td>", q->value[line] * 100);
		fputs("</tr>\n", out);
		if (q->n_seats)
			seats(q, out);
	}
	fputs("</tbody></table>\n", out);
}

static void agent(const struct practice_agent *a, const char *zone, FILE *out)
{
	char buf[200];

	fputs("<section><h2>", out);
	text(out, *a->agent ? a->agent : "—");
	fputc(' ', out);
	text(out, a->name);
	fputs("</h2>\n<p>", out);
	snprintf(buf, sizeof(buf), ngettext("%zu session", "%zu sessions", a->runs.n), a->runs.n);
	text(out, buf);
	snprintf(buf, sizeof(buf), _(", passed %d, mean %d.%02d, best %d.%02d, last %d.%02d"), a->passed, (int)(a->mean + 0.5) / 100,
		 (int)(a->mean + 0.5) % 100, a->best / 100, a->best % 100, a->last / 100, a->last % 100);
	text(out, buf);
	fputs("</p>\n", out);
	chart(a, zone, out);
	sessions(a, zone, out);
	fputs("</section>\n", out);
}

void practice_html(const struct practice_progress *r, FILE *out)
{
	fprintf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>",
		i18n_lang() == LANG_ZH ? "zh-CN" : "en");
	text(out, _("Progress in practice"));
	fputs("</title>\n<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2328}"
	      "table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #d0d7de;padding:.3rem .5rem;text-align:left}"
	      ".n{text-align:right;font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto}svg text{font-size:11px;fill:#57606a}"
	      ".legend svg{vertical-align:middle}section{margin-bottom:3rem}</style>\n</head>\n<body>\n<h1>", out);
	text(out, _("Progress in practice"));
	fputs("</h1>\n", out);
	if (!r->agents.n) {
		fputs("<p>", out);
		text(out, _("No scored sessions yet."));
		fputs("</p>\n", out);
	}
	for (size_t i = 0; i < r->agents.n; i++)
		agent(&r->agents.v[i], r->zone, out);
	fputs("</body>\n</html>\n", out);
}
