// SPDX-License-Identifier: MIT
// Knows how agents come on in practice: their scored sessions over time, as a table with charts, JSON, CSV or a page.
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/cli/practice_cli.h"
#include "src/cli/reading.h"

int practice_columns(FILE *f)
{
	struct winsize w = {0};
	int fd = fileno(f);

	return fd >= 0 && ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

// --- What there is

static struct practice_agent *agent_of(struct practice_progress *r, const struct book_session *s)
{
	const char *no = s->agent ? s->agent : "";
	size_t i = 0;

	while (i < r->agents.n && strcmp(r->agents.v[i].agent, no) < 0)
		i++;
	if (i < r->agents.n && strcmp(r->agents.v[i].agent, no) == 0)
		return &r->agents.v[i];
	struct practice_agent *new = vec_add(&r->agents);
	new = &r->agents.v[r->agents.n - 1];
	memmove(&r->agents.v[i + 1], &r->agents.v[i], (size_t)(new - &r->agents.v[i]) * sizeof(*new));
	r->agents.v[i] = (struct practice_agent){.agent = arena_strdup(&r->arena, no)};
	return &r->agents.v[i];
}

// Owned by the report.
static void add_seats(struct practice_progress *r, const struct score *s, struct practice_point *q)
{
	struct practice_seat *v = arena_array(&r->arena, struct practice_seat, s->seats.n + 1);

	q->whole = s->common ? s->common->final_ : s->seats.n ? s->final_ : -1;
	q->seats = v;
	q->n_seats = s->seats.n;
	for (size_t i = 0; i < s->seats.n; i++) {
		const struct score_seat *t = &s->seats.v[i];
		const struct score *part = i == s->own || !t->score ? s : t->score;
		v[i] = (struct practice_seat){.code = arena_strdup(&r->arena, t->code), .label = arena_strdup(&r->arena, label_text(t->label)),
					      .name = arena_strdup(&r->arena, t->name), .final_ = part->final_, .passed = part->passed};
	}
}

static bool add_run(struct practice_cli *p, struct practice_progress *r, const struct book_session *s, struct err *e)
{
	json_t *o = json_loads(s->score, JSON_REJECT_DUPLICATES, NULL);
	const struct pack_scenario *ps = p->packs ? packs_scenario(p->packs, s->scenario) : NULL;
	struct score score = {0};
	bool ok = o ? score_read(o, &score, e) : err_set(e, ERR_PARSE, _("the score of the session %s is not JSON"), s->no ? s->no : s->id);

	if (ok) {
		struct practice_agent *a = agent_of(r, s);
		if (!str_empty(s->agent_name))
			a->name = arena_strdup(&r->arena, s->agent_name);
		vec_push(&a->runs, ((struct practice_point){
			.at = s->started_at, .no = arena_strdup(&r->arena, s->no ? s->no : s->id), .scenario = arena_strdup(&r->arena, s->scenario),
			.title = arena_strdup(&r->arena, ps ? label_text(ps->s.title) : s->scenario), .final_ = score.final_, .passed = score.passed,
			.value = {score.speed, score.solving, score.attitude}}));
		add_seats(r, &score, &a->runs.v[a->runs.n - 1]);
	}
	score_release(&score);
	json_decref(o);
	return ok;
}

static void sum_up(struct practice_agent *a)
{
	int64_t sum = 0;

	for (size_t i = 0; i < a->runs.n; i++) {
		const struct practice_point *q = &a->runs.v[i];
		sum += q->final_;
		a->passed += q->passed;
		a->best = q->final_ > a->best ? q->final_ : a->best;
		a->last = q->final_;
	}
	a->mean = a->runs.n ? (double)sum / (double)a->runs.n : 0;
}

static bool limit(struct practice_cli *p, const char *text, bool end, int64_t otherwise, int64_t *out, struct err *e)
{
	*out = otherwise;
	if (!text)
		return true;
	if (!clock_parse_local(p->zone, sv(text), out))
		return err_set(e, ERR_USAGE, _("%s is no date; write it as 2026-11-22"), text);
	if (end && strlen(text) == 10)
		*out += INT64_C(86400000); // the whole day
	return true;
}

static bool collect(struct practice_cli *p, struct practice_progress *r, struct err *e)
{
	struct book_sessions rows = {0};
	int64_t from, to;
	bool ok = limit(p, p->args->from, false, 0, &from, e) && limit(p, p->args->to, true, INT64_MAX, &to, e) &&
		  (!p->book || book_sessions(p->book, p->args->agent, NULL, 0, &rows, e));

	r->zone = p->zone;
	for (size_t i = rows.v.n; ok && i-- > 0;)
		if (rows.v.v[i].score && rows.v.v[i].started_at >= from && rows.v.v[i].started_at < to)
			ok = add_run(p, r, &rows.v.v[i], e);
	book_sessions_release(&rows);
	for (size_t i = 0; i < r->agents.n; i++)
		sum_up(&r->agents.v[i]);
	return ok;
}

static void release(struct practice_progress *r)
{
	for (size_t i = 0; i < r->agents.n; i++)
		vec_release(&r->agents.v[i].runs);
	vec_release(&r->agents);
	arena_release(&r->arena);
}

// --- JSON and CSV

static json_t *run_json(const struct practice_point *q)
{
	json_t *o = json_pack("{s:I, s:s, s:s, s:i, s:b, s:f, s:f, s:f}", "at", (json_int_t)q->at, "no", q->no, "scenario", q->scenario, "final",
			      q->final_, "passed", q->passed, "speed", q->value[0], "solving", q->value[1], "attitude", q->value[2]);
	json_t *seats = json_array();

	for (size_t i = 0; i < q->n_seats; i++)
		json_array_append_new(seats, json_pack("{s:s, s:s, s:i, s:b}", "seat", q->seats[i].code, "name", q->seats[i].name, "final",
						       q->seats[i].final_, "passed", q->seats[i].passed));
	if (q->n_seats) {
		json_object_set(o, "seats", seats);
		json_object_set_new(o, "drill", json_integer(q->whole));
	}
	json_decref(seats);
	return o;
}

static void print_json(const struct practice_progress *r, FILE *out)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->agents.n; i++) {
		const struct practice_agent *a = &r->agents.v[i];
		json_t *runs = json_array();
		for (size_t k = 0; k < a->runs.n; k++)
			json_array_append_new(runs, run_json(&a->runs.v[k]));
		json_array_append_new(all, json_pack("{s:s, s:s?, s:i, s:i, s:i, s:i, s:i, s:o}", "agent", a->agent, "name", a->name, "runs",
						     (int)a->runs.n, "passed", a->passed, "mean", (int)(a->mean + 0.5), "best", a->best, "last", a->last,
						     "sessions", runs));
	}
	json_dumpf(all, out, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(SCORE_DIGITS));
	fputc('\n', out);
	json_decref(all);
}

// Quoted; what a spreadsheet would take for a formula is text.
static void csv_cell(FILE *out, const char *s, bool last)
{
	fprintf(out, "\"%s", s[0] && strchr("=+-@\t", s[0]) ? "'" : "");
	for (; *s; s++)
		fprintf(out, *s == '"' ? "\"\"" : "%c", *s);
	fputs(last ? "\"\r\n" : "\",", out);
}

static void print_csv(const struct practice_progress *r, FILE *out)
{
	fputs("agent,name,at,no,scenario,final,passed,speed,solving,attitude\r\n", out);
	for (size_t i = 0; i < r->agents.n; i++) {
		const struct practice_agent *a = &r->agents.v[i];
		for (size_t k = 0; k < a->runs.n; k++) {
			const struct practice_point *q = &a->runs.v[k];
			char at[32], rest[120];
			clock_format(r->zone, q->at, "%Y-%m-%d %H:%M", at, sizeof(at));
			csv_cell(out, a->agent, false);
			csv_cell(out, a->name ? a->name : "", false);
			csv_cell(out, at, false);
			csv_cell(out, q->no, false);
			csv_cell(out, q->scenario, false);
			snprintf(rest, sizeof(rest), "%d.%02d,%d,%.4f,%.4f,%.4f\r\n", q->final_ / 100, q->final_ % 100, q->passed, q->value[0], q->value[1],
				 q->value[2]);
			fputs(rest, out);
		}
	}
}

static bool print(struct practice_cli *p, const struct practice_progress *r, const char *format, FILE *out, struct err *e)
{
	if (str_eq(format, "json"))
		print_json(r, out);
	else if (str_eq(format, "csv"))
		print_csv(r, out);
	else if (str_eq(format, "html"))
		practice_html(r, out);
	else if (str_eq(format, "text"))
		practice_chart(r, out, out == p->c->out ? practice_columns(out) : 80);
	else
		return err_set(e, ERR_USAGE, _("--format knows text, json, csv and html, not %s"), format);
	return true;
}

static bool print_file(struct practice_cli *p, const struct practice_progress *r, const char *format, struct err *e)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return err_set(e, ERR_IO, _("cannot write %s: %s"), p->args->out, strerror(errno));
	bool ok = print(p, r, format, f, e);
	if (fclose(f) != 0 && ok)
		ok = err_set(e, ERR_IO, _("cannot write %s: %s"), p->args->out, strerror(errno));
	ok = ok && path_write_atomic(p->args->out, sv_n(text, n), 0600, e);
	free(text);
	return ok;
}

int practice_report(struct practice_cli *p)
{
	struct practice_progress r = {0};
	struct err e = {0};
	const char *format = p->args->format ? p->args->format : p->c->json ? "json" : "text";
	bool ok = collect(p, &r, &e) && (p->args->out ? print_file(p, &r, format, &e) : print(p, &r, format, p->c->out, &e));
	size_t n = r.agents.n;

	release(&r);
	if (!ok)
		return e.code == ERR_USAGE ? cli_usage(p->c, PRACTICE_USAGE, "%s", e.msg) : cli_fail(p->c, &e);
	return n ? CLI_DONE : CLI_NO;
}
