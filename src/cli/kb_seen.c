// SPDX-License-Identifier: MIT
// Knows how `zuoxi kb seen` answers which text an agent had on the screen at an instant.
#include "kb/markdown.h"
#include "src/base/i18n.h"
#include "src/cli/kb_cli.h"
#include "src/cli/reading.h"
#include "src/work/kb_past.h"

enum { DAY_MS = 86400000, MINUTE_MS = 60000, SECOND_MS = 1000 };

struct search {
	struct reading r;
	struct kb *kb;
	struct kb_events events;
	const char *agent, *contact;
	int64_t from, to; // the minute or the second that was asked for
};

// "2026-11-22 10:32", with seconds, "10:32" of today, or RFC 3339: what is not said is all of the minute.
static bool read_when(struct search *s, const char *text, int64_t now, struct err *e)
{
	struct str full = {0};
	const char *colon = strchr(text, ':');
	bool seconds = colon && strchr(colon + 1, ':');
	char today[16];

	clock_format(kb_zone(s->kb), now, "%Y-%m-%d", today, sizeof(today));
	str_addf(&full, "%s%s%s", strchr(text, '-') ? "" : today, strchr(text, '-') ? "" : " ", text);
	bool ok = clock_parse(sv(str_z(&full)), &s->from);
	if (!ok && seconds) { // the minute, and the seconds after it
		int64_t sec = 0;
		struct sv at = sv(str_z(&full));
		size_t n = at.n >= 3 && at.p[at.n - 3] == ':' ? at.n - 3 : 0;
		ok = n && clock_parse_local(kb_zone(s->kb), sv_n(at.p, n), &s->from) && parse_int(sv_n(at.p + n + 1, 2), 0, 59, &sec);
		s->from += sec * SECOND_MS;
	} else if (!ok) {
		ok = colon && clock_parse_local(kb_zone(s->kb), sv(str_z(&full)), &s->from);
	}
	str_release(&full);
	s->to = s->from + (seconds ? SECOND_MS : MINUTE_MS) - 1;
	return ok || err_set(e, ERR_USAGE, _("a time is \"2026-11-22 10:32\", \"10:32:15\" or RFC 3339, not %s"), text);
}

static bool collect(struct search *s, struct err *e)
{
	const char **agents;
	size_t n;

	if (s->contact)
		return kb_event_of_contact(s->r.db, s->contact, &s->events, &s->r.arena, e);
	// An event is of the moment the text left the screen.
	if (s->agent)
		return kb_event_of_agent(s->r.db, s->agent, s->from, s->to + DAY_MS, &s->events, &s->r.arena, e);
	if (!kb_event_agents(s->r.db, &agents, &n, &s->r.arena, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!kb_event_of_agent(s->r.db, agents[i], s->from, s->to + DAY_MS, &s->events, &s->r.arena, e))
			return false;
	return true;
}

static const char *clock_words(struct search *s, int64_t at)
{
	char buf[32];

	clock_format(kb_zone(s->kb), at, "%Y-%m-%d %H:%M:%S", buf, sizeof(buf));
	return arena_strdup(&s->r.arena, buf);
}

// The lines as they stood there: wrapped at the same width.
static void print_lines(struct cli *c, struct search *s, const struct kb_sight *sight, int top)
{
	struct kb_article art;
	struct kb_lines lines;

	if (sight->draft || !kb_article_get(s->kb, sight->id, sight->ver, &art, &s->r.arena, NULL))
		return;
	kb_markdown(sv(art.cur.text.body), sight->width, &lines, &s->r.arena);
	for (int i = top; i < top + sight->height && i < (int)lines.n; i++) {
		fprintf(c->out, "%5d  ", i + 1);
		for (size_t k = 0; k < lines.v[i].n; k++)
			fputs(lines.v[i].v[k].text, c->out);
		fputc('\n', c->out);
	}
	fputc('\n', c->out);
}

static void add_row(struct cli_table *t, struct search *s, const struct kb_sight *sight, int64_t from, int64_t to, int top)
{
	struct arena *a = &s->r.arena;
	int last = top + sight->height < sight->lines ? top + sight->height : sight->lines;

	cli_table_row(t, (const char *[]){sight->agent, clock_words(s, from), clock_words(s, to), sight->opened ? "read" : "preview", sight->id,
					  arena_printf(a, "%d", sight->ver), sight->draft ? "true" : "false", arena_printf(a, "%d", top + 1),
					  arena_printf(a, "%d", last), arena_printf(a, "%d", sight->lines), sight->contact});
}

// Every place a text stood at within what was asked for.
static size_t answer(struct cli *c, struct search *s, bool text)
{
	static const char *const keys[] = {"agent", "from", "to", "how", "article", "version", "draft", "first_line", "last_line", "lines", "contact"};
	struct cli_table *t = text && !c->json ? NULL : cli_table_new(c, keys, keys, 11);
	size_t found = 0;

	if (t)
		cli_table_types(t, "sssssibiiis");
	for (size_t i = 0; i < s->events.n; i++) {
		struct kb_sight sight;
		const char *step = NULL;
		int64_t from, to;
		int top;
		if (!kb_sight_of(&s->events.v[i], &sight, &s->r.arena) || (s->agent && !str_eq(sight.agent, s->agent)))
			continue;
		while (kb_sight_next(&sight, &step, &from, &to, &top)) {
			if (to < s->from || from > s->to)
				continue;
			found++;
			if (t) {
				add_row(t, s, &sight, from, to, top);
				continue;
			}
			fprintf(c->out, _("%s v%d  %s  from %s to %s, lines %d to %d of %d\n"), sight.id, sight.ver, sight.agent ? sight.agent : "",
				clock_words(s, from), clock_words(s, to), top + 1,
				top + sight.height < sight.lines ? top + sight.height : sight.lines, sight.lines);
			print_lines(c, s, &sight, top);
		}
	}
	if (t)
		cli_table_print(t);
	return found;
}

int kb_cli_seen(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n)
{
	struct search s = {.kb = kb, .agent = o->agent, .contact = o->contact};
	struct err e = {0};
	int rc;

	(void)n;
	if (!read_when(&s, words[0], clock_wall(&c->clock), &e))
		return kb_cli_usage(c, "seen", "%s", e.msg);
	if (!reading_open(&s.r, c, false, &e))
		return cli_fail(c, &e);
	if (!collect(&s, &e))
		rc = cli_fail(c, &e);
	else
		rc = answer(c, &s, o->text != NULL) ? CLI_DONE : CLI_NO;
	vec_release(&s.events);
	reading_close(&s.r);
	return rc;
}
