// SPDX-License-Identifier: MIT
// Knows how a scenario is run from the command line: a transcript played without a screen, a session in lines, or the workstation.
#include <errno.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/cli/practice_cli.h"
#include "src/cli/reading.h"
#include "src/practice/debrief.h"

bool practice_write_log(const char *path, const struct practice_log *log, struct err *e)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return err_set(e, ERR_IO, _("cannot write %s: %s"), path, strerror(errno));
	practice_log_write(log, f);
	bool ok = fclose(f) == 0 ? path_write_atomic(path, sv_n(text, n), 0600, e) :
		  err_set(e, ERR_IO, _("cannot write %s: %s"), path, strerror(errno));
	free(text);
	return ok;
}

// --- The score

static const char *outcome_of(const struct practice_log *log)
{
	for (size_t i = log->v.n; i-- > 0;)
		if (log->v.v[i].ev.type == EV_OUTCOME)
			return event_get(&log->v.v[i].ev, "result");
	return "";
}

static void print_json(struct practice_cli *p, const struct pack_scenario *s, const struct practice_log *log, const struct score *score,
		       const struct debrief *d)
{
	json_t *o = json_object(), *sj = score_json(score);
	char seed[24];

	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)log->seed);
	json_object_set_new(o, "scenario", json_string(s->s.code));
	json_object_set_new(o, "version", json_integer(s->s.version));
	json_object_set_new(o, "pack", json_string(s->pack->code));
	json_object_set_new(o, "pack_hash", json_string(s->pack->hash));
	json_object_set_new(o, "seed", log->seed <= INT64_MAX ? json_integer((json_int_t)log->seed) : json_string(seed));
	json_object_set_new(o, "mode", json_string(practice_mode_code(log->mode)));
	json_object_set_new(o, "lang", json_string(log->lang == LANG_ZH ? "zh" : "en"));
	json_object_set_new(o, "entries", json_integer((json_int_t)log->v.n));
	json_object_set_new(o, "outcome", json_string(outcome_of(log)));
	json_object_update(o, sj);
	if (p->args->debrief)
		json_object_set_new(o, "debrief", debrief_json(d));
	json_dumpf(o, p->c->out, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(SCORE_DIGITS));
	fputc('\n', p->c->out);
	json_decref(sj);
	json_decref(o);
}

static void pad(FILE *out, const char *text, int width)
{
	int used = utf8_columns(sv(text));

	fprintf(out, "%s%*s", text, used < width ? width - used : 0, "");
}

static void print_parts(FILE *out, const struct score *s)
{
	for (int i = 0; i < SCORE_ALL; i++) {
		int64_t got = ((int64_t)s->weight[i] * s->share[i] + 5000) / 10000;
		if (!s->weight[i])
			continue;
		fprintf(out, "  %s  ", score_part_code((enum score_part)i));
		pad(out, score_part_label((enum score_part)i), 30);
		fprintf(out, "%3lld.%02lld / %d\n", (long long)got / 100, (long long)got % 100, s->weight[i] / 100);
	}
	for (size_t i = 0; i < s->criticals.n; i++)
		fprintf(out, "  ×   %s %s\n", s->criticals.v[i].code, label_text(s->criticals.v[i].label));
}

// Of a drill, below the whole: each seat.
static void print_seats(FILE *out, const struct score *s)
{
	for (size_t i = 0; i < s->seats.n; i++) {
		const struct score_seat *t = &s->seats.v[i];
		const struct score *part = t->score ? t->score : s;
		fputs("  ", out);
		pad(out, label_text(t->label), 18);
		pad(out, t->name, 14);
		fprintf(out, "✓%d !%d ×%d  %3d.%02d  %s\n", t->met, t->late, t->missed, part->final_ / 100, part->final_ % 100,
			part->failed ? _("failed") : part->excellent ? _("excellent") : part->passed ? _("passed") : _("not passed"));
	}
}

static void print_debrief(FILE *out, const struct debrief *d)
{
	fprintf(out, "\n%s\n", _("What happened"));
	for (size_t i = 0; i < d->rows.n; i++) {
		const struct debrief_row *r = &d->rows.v[i];
		static const char *const who[LOG_WHOS] = {"»", "«", "·", "※"};
		fprintf(out, "%3lld:%02lld.%lld  %s %s\n", (long long)r->t_ms / 60000, (long long)r->t_ms / 1000 % 60, (long long)r->t_ms / 100 % 10,
			r->sign ? debrief_mark(r->sign) : who[r->who], r->text);
	}
	if (d->best != SCENARIO_NONE)
		fprintf(out, "\n%s\n  %s\n", _("The best line"), d->best_text);
	fprintf(out, "\n%s\n", _("How it could be said or done"));
	for (size_t i = 0; i < d->models.n; i++)
		fprintf(out, "  %s: %s\n", d->models.v[i].what, d->models.v[i].how);
	fputc('\n', out);
	for (int g = 0; g < SCORE_GROUPS; g++) {
		fputs("  ", out);
		pad(out, d->groups[g].label, 20);
		fprintf(out, "%3d %%", (d->groups[g].share + 50) / 100);
		if (d->groups[g].weakest && !str_eq(d->groups[g].weakest, d->groups[g].label))
			fprintf(out, _("  most is lost at: %s"), d->groups[g].weakest);
		fputc('\n', out);
	}
}

static void print_text(FILE *out, const struct score *s, const struct debrief *d)
{
	fprintf(out, "%d.%02d  %s\n", s->final_ / 100, s->final_ % 100,
		s->failed ? _("failed") : s->excellent ? _("excellent") : s->passed ? _("passed") : _("not passed"));
	print_parts(out, s);
	print_seats(out, s);
	print_debrief(out, d);
}

void practice_print_score(struct practice_cli *p, const struct pack_scenario *s, const struct practice_log *log, bool text)
{
	struct score score;
	struct debrief d;

	score_log(&s->s, log, p->packs->lexicon, &p->world, &score);
	debrief_log(&s->s, log, p->packs->lexicon, &score, &p->world, &d);
	if (text)
		print_text(p->c->out, &score, &d);
	else
		print_json(p, s, log, &score, &d);
	debrief_release(&d);
	score_release(&score);
}

// --- A transcript

static bool read_transcript(struct practice_cli *p, const struct pack_scenario *s, struct practice_log *in, struct err *e)
{
	const char *path = p->args->transcript;
	bool standard = str_eq(path, "-");
	FILE *f = standard ? stdin : fopen(path, "r");

	if (!f)
		return err_set(e, ERR_IO, _("cannot open %s: %s"), path, strerror(errno));
	bool ok = practice_log_read(f, path, in, e);
	if (!standard)
		fclose(f);
	if (ok && !str_eq(in->scenario, s->s.code)) {
		ok = err_set(e, ERR_USAGE, _("%s was recorded with the scenario %s, not %s"), path, in->scenario, s->s.code);
		practice_log_release(in);
	} else if (ok && in->version && in->version != s->s.version) {
		fprintf(p->c->err, _("%s was recorded with version %d of the scenario; played with version %d\n"), path, in->version, s->s.version);
	}
	return ok;
}

static int play(struct practice_cli *p, const struct pack_scenario *s)
{
	struct practice_log in, out = {0};
	struct err e = {0};

	if (!read_transcript(p, s, &in, &e))
		return cli_fail(p->c, &e);
	if (p->c->seeded)
		in.seed = p->c->seed;
	engine_play(&(struct engine_options){.scenario = &s->s, .lexicon = p->packs->lexicon, .seed = in.seed, .lang = in.lang,
					     .human = in.mode == PRACTICE_PAIRED, .curveballs = true}, &in, &out);
	out.mode = in.mode;
	bool ok = !p->args->record || practice_write_log(p->args->record, &out, &e);
	if (ok)
		practice_print_score(p, s, &out, false);
	practice_log_release(&in);
	practice_log_release(&out);
	return ok ? CLI_DONE : cli_fail(p->c, &e);
}

// The first tour of the packs, at the screen. What it is called outlives the packs: it belongs to no word of the command line.
int practice_guide(struct practice_cli *p, const char *id)
{
	static char code[64];
	struct err e = {0};

	(void)id;
	for (size_t i = 0; i < p->packs->n_scenarios; i++)
		if (p->packs->scenarios[i].s.tour) {
			snprintf(code, sizeof(code), "%s", p->packs->scenarios[i].s.code);
			p->c->practice = code;
			p->c->practice_mode = PRACTICE_SOLO;
			return CLI_SCREEN;
		}
	err_set(&e, ERR_NOT_FOUND, _("There is no tour in the content packs; the common pack has one."));
	return cli_fail(p->c, &e);
}

int practice_run(struct practice_cli *p, const char *id)
{
	const struct pack_scenario *s;
	struct err e = {0};

	if (!practice_find(p, id, &s, &e))
		return cli_fail(p->c, &e);
	if (p->args->transcript)
		return play(p, s);
	bool screen = p->c->scripted || (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO));
	if (s->s.kind == SCENARIO_QUEUE && (p->args->plain || p->args->pack || !screen))
		return cli_usage(p->c, PRACTICE_USAGE, _("%s is a ticket queue: it is practised at the screen, not in lines"), id);
	if (p->args->plain || p->args->pack || !screen)
		return practice_line(p, s);
	if (p->args->mode && (!practice_mode_parse(sv(p->args->mode), &p->c->practice_mode) ||
			      (p->c->practice_mode != PRACTICE_SOLO && p->c->practice_mode != PRACTICE_EXAM)))
		return cli_usage(p->c, PRACTICE_USAGE, _("--mode is solo or exam here, not %s"), p->args->mode);
	p->c->practice = id; // a word of the command line: it lives as long as the program
	return CLI_SCREEN;
}
