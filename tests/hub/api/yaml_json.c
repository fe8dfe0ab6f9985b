// SPDX-License-Identifier: MIT
// Knows how a YAML file becomes a JSON value.
#include "tests/hub/api/schema.h"

#include <yaml.h>

#include "src/base/path.h"

enum { FILE_MAX = 1 << 20, DEEPEST = 40 };

struct reader {
	yaml_parser_t parser;
	yaml_event_t event;
	const char *path;
	struct err *e;
};

static json_t *refuse(struct reader *r, const char *what)
{
	const yaml_mark_t *m = &r->event.start_mark;

	err_set(r->e, ERR_PARSE, "%s:%zu:%zu: %s", r->path, m->line + 1, m->column + 1, what);
	return NULL;
}

static bool next(struct reader *r)
{
	yaml_event_delete(&r->event);
	if (yaml_parser_parse(&r->parser, &r->event))
		return true;
	err_set(r->e, ERR_PARSE, "%s:%zu:%zu: %s", r->path, r->parser.problem_mark.line + 1, r->parser.problem_mark.column + 1,
		r->parser.problem ? r->parser.problem : "not YAML");
	return false;
}

static json_t *scalar(const yaml_event_t *ev)
{
	const char *s = (const char *)ev->data.scalar.value;
	size_t n = ev->data.scalar.length;
	int64_t whole;

	if (ev->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return json_stringn(s, n);
	if (str_eq(s, "true") || str_eq(s, "false"))
		return json_boolean(s[0] == 't');
	if (str_eq(s, "null") || !n)
		return json_null();
	if (parse_int(sv_n(s, n), INT64_MIN, INT64_MAX, &whole))
		return json_integer(whole);
	return json_stringn(s, n);
}

static json_t *value(struct reader *r, int depth);

static json_t *mapping(struct reader *r, int depth)
{
	json_t *o = json_object();

	while (next(r)) {
		if (r->event.type == YAML_MAPPING_END_EVENT)
			return o;
		if (r->event.type != YAML_SCALAR_EVENT) {
			refuse(r, "a key must be a word");
			break;
		}
		char *key = xstrndup((const char *)r->event.data.scalar.value, r->event.data.scalar.length);
		json_t *v = json_object_get(o, key) ? refuse(r, "this key stands twice") : next(r) ? value(r, depth + 1) : NULL;
		bool ok = v && json_object_set_new(o, key, v) == 0;
		free(key);
		if (!ok)
			break;
	}
	json_decref(o);
	return NULL;
}

static json_t *sequence(struct reader *r, int depth)
{
	json_t *a = json_array();

	while (next(r)) {
		if (r->event.type == YAML_SEQUENCE_END_EVENT)
			return a;
		json_t *v = value(r, depth + 1);
		if (!v || json_array_append_new(a, v) != 0)
			break;
	}
	json_decref(a);
	return NULL;
}

// The value that the current event begins.
static json_t *value(struct reader *r, int depth)
{
	if (depth > DEEPEST)
		return refuse(r, "nested too deep");
	switch (r->event.type) {
	case YAML_SCALAR_EVENT:
		return r->event.data.scalar.anchor || r->event.data.scalar.tag ? refuse(r, "no anchors, no tags") : scalar(&r->event);
	case YAML_MAPPING_START_EVENT:
		return r->event.data.mapping_start.anchor ? refuse(r, "no anchors") : mapping(r, depth);
	case YAML_SEQUENCE_START_EVENT:
		return r->event.data.sequence_start.anchor ? refuse(r, "no anchors") : sequence(r, depth);
	default:
		return refuse(r, "no aliases");
	}
}

json_t *yaml_json(const char *path, struct err *e)
{
	struct reader r = {.path = path, .e = e};
	struct str text = {0};
	json_t *j = NULL;

	if (!path_read(path, FILE_MAX, &text, e))
		return NULL;
	yaml_parser_initialize(&r.parser);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)str_z(&text), text.n);
	// Stream, document, value.
	if (next(&r) && next(&r) && next(&r))
		j = value(&r, 0);
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	str_release(&text);
	return j;
}
