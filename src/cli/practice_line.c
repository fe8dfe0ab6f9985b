// SPDX-License-Identifier: MIT
// Knows a practice session in lines, without a screen: the customer's lines are printed, the agent types. On a terminal time is real;
// from a pipe it is counted: saying something takes as long as hearing it, a command a second, and nobody waits.
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/cli/practice_line.h"

enum { COMMAND_MS = 1000, REACTION_MS = ENGINE_HEAR_MAX_MS + ENGINE_THINK_MAX_MS + 1000, LINE_BYTES = 4096 };

struct input {
	char buf[LINE_BYTES];
	size_t n;
	bool end;
};

// --- What comes from the customer

static const char *caller_name(const struct line_session *l, int contact)
{
	const char *name = contact >= 0 && contact < (int)l->s->n_callers ? label_text(l->s->callers[contact].persona.name) : NULL;

	return name ? name : "?";
}

static void stamp(const struct line_session *l, int64_t t)
{
	fprintf(l->p->c->out, "[%3lld:%02lld] ", (long long)t / 60000, (long long)t / 1000 % 60);
}

static void to_contact(struct line_session *l, const struct log_entry *e)
{
	struct event ev;

	if (e->contact < 0 || e->contact >= SCENARIO_CALLERS)
		return;
	if (e->ev.type == EV_RING)
		line_ring(l, e->contact);
	switch (e->ev.type) {
	case EV_RING: case EV_SAY: case EV_HANGUP: case EV_ABANDONED: case EV_DROP:
		break;
	default:
		return;
	}
	event_copy(&ev, &e->ev);
	ev.t_ms = e->t_ms;
	ev.at = l->began + e->t_ms;
	if (l->contact[e->contact] && !contact_apply(l->contact[e->contact], &ev, true, NULL, NULL))
		BUG("an event of the telephone was refused");
	event_release(&ev);
}

static void show(struct line_session *l, const struct log_entry *e)
{
	FILE *out = l->p->c->out;

	switch (e->ev.type) {
	case EV_RING:
		stamp(l, e->t_ms);
		fprintf(out, _("The telephone rings: %s. /answer takes the call (line %d).\n"), caller_name(l, e->contact), e->contact + 1);
		break;
	case EV_SAY:
		stamp(l, e->t_ms);
		fprintf(out, "%s%s « %s\n", caller_name(l, e->contact), e->contact == l->front ? "" : " *", event_get(&e->ev, "text"));
		l->heard = true;
		break;
	case EV_HANGUP: case EV_ABANDONED:
		stamp(l, e->t_ms);
		fprintf(out, _("%s has hung up. /disposition CODE and /save end the record.\n"), caller_name(l, e->contact));
		break;
	case EV_EMOTION:
		stamp(l, e->t_ms);
		fprintf(out, _("(feels: %s %lld of 5)\n"), event_get(&e->ev, "class"), (long long)event_get_int(&e->ev, "level", 0));
		break;
	case EV_CURVEBALL: {
		enum curveball_kind kind;
		stamp(l, e->t_ms);
		fprintf(out, event_get_int(&e->ev, "value", 1) ? "! %s %s\n" : _("! over: %s %s\n"),
			curveball_kind_parse(sv(event_get(&e->ev, "kind")), &kind) ? curveball_kind_label(kind) : "", event_get(&e->ev, "target"));
		break;
	}
	case EV_OUTCOME:
		stamp(l, e->t_ms);
		fprintf(out, _("The session is over: %s\n"), event_get(&e->ev, "result"));
		break;
	default:
		break;
	}
}

static void show_new(struct line_session *l)
{
	const struct practice_log *log = engine_log(l->g);

	for (; l->shown < log->v.n; l->shown++) {
		const struct log_entry *e = &log->v.v[l->shown];
		if (e->who == LOG_AGENT)
			continue;
		to_contact(l, e);
		show(l, e);
	}
	fflush(l->p->c->out);
}

// What is due until t happens, each thing when it is due.
static void pass(struct line_session *l, int64_t t)
{
	engine_tick(l->g, t);
	l->now = t > l->now ? t : l->now;
	show_new(l);
}

// --- Counted time

static int64_t last_line_ms(const struct line_session *l)
{
	const struct practice_log *log = engine_log(l->g);

	for (size_t i = log->v.n; i-- > 0;)
		if (log->v.v[i].who == LOG_CUSTOMER && log->v.v[i].ev.type == EV_SAY)
			return track_say_ms(event_get(&log->v.v[i].ev, "text"));
	return 0;
}

// The customer hears, thinks and answers; the agent hears that out.
static void react(struct line_session *l)
{
	int64_t until = l->now + REACTION_MS;

	l->heard = false;
	for (int64_t due = engine_due(l->g); due >= 0 && due <= until && !l->heard && !engine_over(l->g); due = engine_due(l->g))
		pass(l, due);
	if (l->heard)
		pass(l, l->now + last_line_ms(l));
}

static void counted_line(struct line_session *l, const char *line)
{
	int64_t before = l->now;

	switch (line_do(l, line)) {
	case LINE_NOTHING:
		return;
	case LINE_DONE:
		pass(l, l->now > before ? l->now : before + COMMAND_MS);
		return;
	case LINE_SAID:
		pass(l, l->now + (*line == '/' ? COMMAND_MS : track_say_ms(line)));
		react(l);
		return;
	}
}

static void counted(struct line_session *l, FILE *in)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	pass(l, 0);
	while (!l->quit && !engine_over(l->g) && (n = getline(&line, &cap, in)) >= 0) {
		while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			line[--n] = '\0';
		counted_line(l, line);
	}
	free(line);
	// The input is at its end: time takes its course.
	for (int64_t due = engine_due(l->g); !l->quit && due >= 0 && !engine_over(l->g); due = engine_due(l->g))
		pass(l, due);
}

// --- Real time

static int64_t session_ms(const struct line_session *l, int64_t mono, double speed)
{
	return (int64_t)((double)(clock_mono(&l->p->c->clock) - mono) * speed);
}

static void take_lines(struct line_session *l, struct input *in)
{
	ssize_t got = read(STDIN_FILENO, in->buf + in->n, sizeof(in->buf) - 1 - in->n);

	if (got <= 0) {
		in->end = got == 0 || errno != EINTR;
		return;
	}
	in->n += (size_t)got;
	for (;;) {
		char *nl = memchr(in->buf, '\n', in->n);
		if (!nl && in->n < sizeof(in->buf) - 1)
			return;
		size_t used = nl ? (size_t)(nl - in->buf) + 1 : in->n;
		in->buf[nl ? used - 1 : in->n] = '\0';
		if (!l->quit && !engine_over(l->g))
			line_do(l, in->buf);
		show_new(l);
		in->n -= used;
		memmove(in->buf, in->buf + used, in->n);
		if (!in->n)
			return;
	}
}

static void paced(struct line_session *l, double speed)
{
	int64_t mono = clock_mono(&l->p->c->clock);
	struct input in = {.n = 0};
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};

	while (!l->quit && !engine_over(l->g) && !in.end) {
		pass(l, session_ms(l, mono, speed));
		int64_t due = engine_due(l->g);
		double wait = due < 0 ? -1 : (double)(due - l->now) / speed + 1;
		int got = engine_over(l->g) ? -1 : poll(&fd, 1, wait < 0 ? -1 : wait > 60000 ? 60000 : (int)wait);
		if (got <= 0)
			continue;
		pass(l, session_ms(l, mono, speed));
		take_lines(l, &in);
	}
	l->quit |= in.end && !engine_over(l->g);
}

// --- The session

static bool read_speed(const char *text, double *out, struct err *e)
{
	char *end;

	*out = 1;
	if (!text)
		return true;
	*out = strtod(text, &end);
	if (*end || end == text || !(*out >= 0.1 && *out <= 100))
		return err_set(e, ERR_USAGE, _("--speed needs a number from 0.1 to 100, not %s"), text);
	return true;
}

static int finish(struct line_session *l, const struct pack_scenario *s)
{
	const struct practice_log *log = engine_log(l->g);
	struct err e = {0};

	if (l->p->args->record && !practice_write_log(l->p->args->record, log, &e))
		return cli_fail(l->p->c, &e);
	if (l->quit)
		return CLI_NO;
	practice_print_score(l->p, s, log, !l->p->c->json);
	return CLI_DONE;
}

int practice_line(struct practice_cli *p, const struct pack_scenario *s)
{
	struct line_session l = {.p = p, .s = &s->s, .began = clock_wall(&p->c->clock)};
	uint64_t seed = p->c->seeded ? p->c->seed : (uint64_t)l.began & 0xffffff;
	struct err e = {0};
	double speed;

	if (!read_speed(p->args->speed, &speed, &e))
		return cli_usage(p->c, PRACTICE_USAGE, "%s", e.msg);
	l.g = engine_new(&(struct engine_options){.scenario = &s->s, .lexicon = p->packs->lexicon, .seed = seed, .lang = i18n_lang(), .curveballs = true});
	// With --json standard output is the score alone.
	FILE *out = p->c->out;
	if (p->c->json)
		p->c->out = p->c->err;
	fprintf(p->c->out, "%s  (%s, --seed %llu)\n%s\n", label_text(s->s.title), s->s.code, (unsigned long long)seed, label_text(s->s.goal));
	if (*label_text(s->s.brief))
		fprintf(p->c->out, "%s\n", label_text(s->s.brief));
	fprintf(p->c->out, "%s\n\n", _("Type what you say; /help lists what you can do."));
	if (isatty(STDIN_FILENO))
		paced(&l, speed);
	else
		counted(&l, stdin);
	p->c->out = out;
	int rc = finish(&l, s);
	for (int i = 0; i < SCENARIO_CALLERS; i++)
		contact_free(l.contact[i]);
	engine_free(l.g);
	return rc;
}
