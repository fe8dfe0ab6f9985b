// SPDX-License-Identifier: MIT
// Knows a Markdown article with YAML front matter, as content packs hold them.
#include <yaml.h>

#include "kb/draft.h"
#include "kb/import.h"
#include "src/base/i18n.h"
#include "src/base/utf8.h"

enum { FRONT_MAX = 2 * 1024 * 1024, EVENTS_MAX = 100000 };

// Splits "---\n...\n---\nbody"; no front matter gives an empty one.
static bool split_front(struct sv text, struct sv *front, struct sv *body, int *body_line)
{
	struct sv rest = text, line;
	size_t from;

	*front = sv_n(text.p, 0);
	*body = text;
	*body_line = 1;
	if (sv_starts(text, "\xef\xbb\xbf"))
		rest = sv_n(text.p + 3, text.n - 3);
	*body = rest;
	if (!sv_split(&rest, '\n', &line) || !sv_eqz(sv_trim(line), "---") || !sv_starts(line, "---"))
		return true;
	from = (size_t)(rest.p - text.p);
	for (int n = 2; sv_split(&rest, '\n', &line); n++)
		if (sv_eqz(sv_n(line.p, line.n && line.p[line.n - 1] == '\r' ? line.n - 1 : line.n), "---")) {
			*front = sv_n(text.p + from, (size_t)(line.p - text.p) - from);
			*body = rest;
			*body_line = n + 1;
			return true;
		}
	return false;
}

struct reader {
	yaml_parser_t parser;
	yaml_event_t ev;
	struct kb_draft *d;
	int *line;
	struct err *e;
	int events;
};

// Reads the next event; the one before is freed.
static bool next(struct reader *r)
{
	yaml_event_delete(&r->ev);
	if (!yaml_parser_parse(&r->parser, &r->ev)) {
		*r->line = (int)r->parser.problem_mark.line + 2; // counted from 0, and --- stands above
		return err_set(r->e, ERR_PARSE, _("front matter: %s"), r->parser.problem ? r->parser.problem : "not YAML");
	}
	*r->line = (int)r->ev.start_mark.line + 2;
	if (++r->events > EVENTS_MAX)
		return err_set(r->e, ERR_LIMIT, _("front matter: too long"));
	if (r->ev.type == YAML_ALIAS_EVENT ||
	    (r->ev.type == YAML_SCALAR_EVENT && (r->ev.data.scalar.anchor || r->ev.data.scalar.tag)))
		return err_set(r->e, ERR_PARSE, _("front matter: anchors, aliases and tags are not allowed"));
	return true;
}

static struct sv scalar(const struct reader *r)
{
	return sv_n((const char *)r->ev.data.scalar.value, r->ev.data.scalar.length);
}

static bool value(struct reader *r, const char *key)
{
	if (r->ev.type == YAML_SCALAR_EVENT) {
		bool null = r->ev.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
			    (sv_eqz(scalar(r), "null") || sv_eqz(scalar(r), "~"));
		if (null)
			return true;
		return kb_draft_is_list(key) ? kb_draft_add(r->d, key, scalar(r), r->e)
					     : kb_draft_set(r->d, key, scalar(r), r->e);
	}
	if (r->ev.type != YAML_SEQUENCE_START_EVENT)
		return err_set(r->e, ERR_PARSE, _("front matter: %s is neither text nor a list"), key);
	for (;;) {
		if (!next(r))
			return false;
		if (r->ev.type == YAML_SEQUENCE_END_EVENT)
			return true;
		if (r->ev.type != YAML_SCALAR_EVENT)
			return err_set(r->e, ERR_PARSE, _("front matter: %s may only hold texts"), key);
		if (!kb_draft_add(r->d, key, scalar(r), r->e))
			return false;
	}
}

static bool mapping(struct reader *r)
{
	struct kb_list seen = {0};
	const char *names[64];

	for (;;) {
		if (!next(r))
			return false;
		if (r->ev.type == YAML_MAPPING_END_EVENT)
			return true;
		if (r->ev.type != YAML_SCALAR_EVENT)
			return err_set(r->e, ERR_PARSE, _("front matter: a name was expected"));
		char *key = arena_strndup(r->d->a, scalar(r).p, scalar(r).n);
		for (size_t i = 0; i < seen.n; i++)
			if (str_eq(names[i], key))
				return err_set(r->e, ERR_PARSE, _("front matter: %s is given twice"), key);
		if (!kb_draft_knows(key))
			return err_set(r->e, ERR_PARSE, _("front matter: unknown field \"%.*s\""), (int)utf8_fit(sv(key), 40, NULL), key);
		if (seen.n < 64)
			names[seen.n++] = key;
		if (!next(r) || !value(r, key))
			return false;
	}
}

static bool front_matter(struct kb_draft *d, struct sv front, int *line, struct err *e)
{
	struct reader r = {.d = d, .line = line, .e = e};
	bool ok;

	if (front.n > FRONT_MAX)
		return err_set(e, ERR_LIMIT, _("front matter: too long"));
	if (!yaml_parser_initialize(&r.parser))
		BUG("out of memory");
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)front.p, front.n);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	do
		ok = next(&r);
	while (ok && (r.ev.type == YAML_STREAM_START_EVENT || r.ev.type == YAML_DOCUMENT_START_EVENT));
	if (ok && r.ev.type == YAML_MAPPING_START_EVENT)
		ok = mapping(&r);
	else if (ok && r.ev.type != YAML_STREAM_END_EVENT)
		ok = err_set(e, ERR_PARSE, _("front matter: name: value lines were expected"));
	yaml_event_delete(&r.ev);
	yaml_parser_delete(&r.parser);
	return ok;
}

// Without a title in front, the first heading is the title.
static void title_from_heading(struct kb_draft *d, struct sv *body)
{
	struct sv rest = *body, line;
	struct err none;

	while (sv_split(&rest, '\n', &line)) {
		if (!sv_trim(line).n)
			continue;
		if (sv_starts(line, "# ") && kb_draft_set(d, "title", sv_n(line.p + 2, line.n - 2), &none))
			*body = rest;
		return;
	}
}

bool kb_read_md(struct kb_draft *d, const char *file, struct sv page, int *line, struct err *e)
{
	struct sv front, body;
	int body_line;

	*line = 1;
	if (!split_front(page, &front, &body, &body_line))
		return err_set(e, ERR_PARSE, _("the front matter has no closing ---"));
	if (!front_matter(d, front, line, e))
		return false;
	*line = body_line;
	if (str_empty(d->t.title))
		title_from_heading(d, &body);
	if (!kb_draft_set(d, "body", body, e))
		return false;
	if (str_empty(d->t.id))
		d->t.id = kb_name_of(file, d->a);
	return true;
}

bool kb_parse_markdown(const char *file, struct sv text, const char *zone, struct kb_text *t, int *line, struct arena *a,
		       struct err *e)
{
	struct kb_draft d;

	kb_draft_init(&d, zone, a);
	if (!kb_read_md(&d, file, text, line, e))
		return false;
	*t = d.t;
	return true;
}
