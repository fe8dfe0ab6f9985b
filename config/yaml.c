// SPDX-License-Identifier: MIT
// Knows how libyaml's events become a tree, and which parts of YAML are refused.
#include "config/yaml.h"

#include <yaml.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"

struct build {
	yaml_parser_t parser;
	yaml_event_t event; // the one looked at
	const char *file;
	int first_line;
	size_t nodes;
	struct problems *p;
	struct arena *a;
};

static int line_of(const struct build *b, const yaml_mark_t *m)
{
	return (int)m->line + b->first_line;
}

static int col_of(const yaml_mark_t *m)
{
	return (int)m->column + 1;
}

#define REPORT(b, mark, ...) problems_add((b)->p, (b)->file, line_of(b, mark), col_of(mark), LINT_ERROR, __VA_ARGS__)

static bool next(struct build *b)
{
	yaml_event_delete(&b->event);
	if (yaml_parser_parse(&b->parser, &b->event))
		return true;
	const char *what = b->parser.problem ? b->parser.problem : _("unknown problem");
	if (b->parser.error == YAML_READER_ERROR) { // has no mark; the control character is somewhere in the text
		problems_add(b->p, b->file, line_of(b, &b->parser.mark), 0, LINT_ERROR,
			_("the file holds the control character U+%04X; take it out"), (unsigned)b->parser.problem_value);
		return false;
	}
	if (b->parser.context)
		REPORT(b, &b->parser.problem_mark, _("this is not valid YAML: %s (%s, from line %d)"), what, b->parser.context,
			line_of(b, &b->parser.context_mark));
	else
		REPORT(b, &b->parser.problem_mark, _("this is not valid YAML: %s"), what);
	return false;
}

// Counts the node that the current event begins. False: over a limit, parsing ends.
static bool admit(struct build *b, int depth)
{
	const yaml_mark_t *m = &b->event.start_mark;
	if (depth > YAML_MAX_DEPTH) {
		REPORT(b, m, _("nested deeper than %d levels"), YAML_MAX_DEPTH);
		return false;
	}
	if (++b->nodes > YAML_MAX_NODES) {
		REPORT(b, m, _("more than %d values in one file; divide it"), YAML_MAX_NODES);
		return false;
	}
	return true;
}

static void refuse_properties(struct build *b, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		REPORT(b, &b->event.start_mark, _("anchors are not allowed (&%s); write the value out"), (const char *)anchor);
	if (tag)
		REPORT(b, &b->event.start_mark, _("tags are not allowed (%s); take it out"), (const char *)tag);
}

static const char *scalar_text(struct build *b, size_t *len)
{
	const char *s = (const char *)b->event.data.scalar.value;
	size_t n = b->event.data.scalar.length;
	for (size_t i = 0; i < n;) {
		uint32_t cp;
		i += utf8_decode(sv_n(s + i, n - i), &cp);
		if (cp && (!utf8_forbidden(cp) || cp == '\n' || cp == '\t'))
			continue;
		REPORT(b, &b->event.start_mark, _("the text holds the control character U+%04X; take it out"), (unsigned)cp);
		struct str clean = {0};
		utf8_clean(&clean, sv_n(s, n), UTF8_KEEP_NL);
		const char *copy = arena_strdup(b->a, str_z(&clean));
		*len = strlen(copy);
		str_release(&clean);
		return copy;
	}
	*len = n;
	return arena_strndup(b->a, s, n);
}

static struct yaml_node *node_new(struct build *b, enum yaml_kind kind)
{
	struct yaml_node *n = arena_new(b->a, struct yaml_node);
	n->kind = kind;
	n->line = line_of(b, &b->event.start_mark);
	n->col = col_of(&b->event.start_mark);
	n->text = "";
	return n;
}

static struct yaml_node *scalar(struct build *b)
{
	struct yaml_node *n = node_new(b, YAML_SCALAR);
	refuse_properties(b, b->event.data.scalar.anchor, b->event.data.scalar.tag);
	n->text = scalar_text(b, &n->n);
	bool one_line = b->event.start_mark.line == b->event.end_mark.line;
	switch (b->event.data.scalar.style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		n->quote = '\'';
		break;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		n->quote = '"';
		break;
	case YAML_LITERAL_SCALAR_STYLE:
	case YAML_FOLDED_SCALAR_STYLE:
		one_line = false;
		break;
	case YAML_ANY_SCALAR_STYLE:
	case YAML_PLAIN_SCALAR_STYLE:
		break;
	}
	if (!one_line)
		n->quote = '|';
	return n;
}

static struct yaml_node *value(struct build *b, int depth);

static struct yaml_node *list(struct build *b, int depth)
{
	struct yaml_node *n = node_new(b, YAML_LIST);
	VEC(struct yaml_node *) items = {0};
	refuse_properties(b, b->event.data.sequence_start.anchor, b->event.data.sequence_start.tag);
	bool ok;
	while ((ok = next(b)) && b->event.type != YAML_SEQUENCE_END_EVENT) {
		struct yaml_node *item = value(b, depth + 1);
		if (!(ok = item != NULL))
			break;
		vec_push(&items, item);
	}
	n->n = items.n;
	n->items = arena_array(b->a, struct yaml_node *, items.n);
	if (items.n)
		memcpy(n->items, items.v, items.n * sizeof(*items.v));
	vec_release(&items);
	return ok ? n : NULL;
}

static int pair_order(const void *va, const void *vb)
{
	const struct yaml_pair *a = *(const struct yaml_pair *const *)va, *b = *(const struct yaml_pair *const *)vb;
	int d = strcmp(a->key, b->key);
	return d ? d : (a > b) - (a < b);
}

// Reports keys that stand twice and keeps the first. Sorted, because a map may have thousands.
static void refuse_duplicates(struct build *b, struct yaml_pair *v, size_t *n)
{
	if (*n < 2)
		return;
	struct yaml_pair **by_key = xreallocarray(NULL, *n, sizeof(*by_key));
	for (size_t i = 0; i < *n; i++)
		by_key[i] = &v[i];
	qsort(by_key, *n, sizeof(*by_key), pair_order);
	const struct yaml_pair *first = by_key[0];
	bool any = false;
	for (size_t i = 1; i < *n; i++) {
		if (!str_eq(first->key, by_key[i]->key)) {
			first = by_key[i];
			continue;
		}
		problems_add(b->p, b->file, by_key[i]->line, by_key[i]->col, LINT_ERROR,
			_("the key %s stands here and in line %d, column %d; keep one"), first->key, first->line, first->col);
		by_key[i]->value = NULL;
		any = true;
	}
	free(by_key);
	size_t kept = 0;
	for (size_t i = 0; any && i < *n; i++) {
		if (v[i].value)
			v[kept++] = v[i];
	}
	if (any)
		*n = kept;
}

// One key with its value. False: parsing ends. out->value stays NULL for a pair that was refused.
static bool pair(struct build *b, int depth, struct yaml_pair *out)
{
	yaml_mark_t at = b->event.start_mark;
	struct yaml_node *key = value(b, depth + 1);
	if (!key || !next(b))
		return false;
	struct yaml_node *v = value(b, depth + 1);
	if (!v)
		return false;
	if (key->kind != YAML_SCALAR || key->quote == '|') {
		REPORT(b, &at, _("a key must be a plain word"));
	} else if (str_eq(key->text, "<<") && !key->quote) {
		REPORT(b, &at, _("merge keys (<<) are not allowed; write the keys out"));
	} else {
		out->value = v;
		out->key = key->text;
		out->line = key->line;
		out->col = key->col;
	}
	return true;
}

static struct yaml_node *map(struct build *b, int depth)
{
	struct yaml_node *n = node_new(b, YAML_MAP);
	VEC(struct yaml_pair) pairs = {0};
	refuse_properties(b, b->event.data.mapping_start.anchor, b->event.data.mapping_start.tag);
	bool ok;
	while ((ok = next(b)) && b->event.type != YAML_MAPPING_END_EVENT) {
		struct yaml_pair one = {0};
		if (!(ok = pair(b, depth, &one)))
			break;
		if (one.value)
			vec_push(&pairs, one);
	}
	refuse_duplicates(b, pairs.v, &pairs.n);
	n->n = pairs.n;
	n->pairs = arena_array(b->a, struct yaml_pair, pairs.n);
	if (pairs.n)
		memcpy(n->pairs, pairs.v, pairs.n * sizeof(*pairs.v));
	vec_release(&pairs);
	return ok ? n : NULL;
}

// Reported, and a text in its place, so that nobody misses the value.
static struct yaml_node *alias(struct build *b)
{
	REPORT(b, &b->event.start_mark, _("aliases are not allowed (*%s); write the value out"),
		(const char *)b->event.data.alias.anchor);
	struct yaml_node *n = node_new(b, YAML_SCALAR);
	n->text = "?";
	n->n = 1;
	return n;
}

// The node that begins with the current event; NULL: parsing ends.
static struct yaml_node *value(struct build *b, int depth)
{
	if (!admit(b, depth))
		return NULL;
	switch (b->event.type) {
	case YAML_SCALAR_EVENT:
		return scalar(b);
	case YAML_SEQUENCE_START_EVENT:
		return list(b, depth);
	case YAML_MAPPING_START_EVENT:
		return map(b, depth);
	case YAML_ALIAS_EVENT:
		return alias(b);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		break;
	}
	BUG("libyaml gave event %d where a value begins", (int)b->event.type);
}

static struct yaml_node *document(struct build *b)
{
	if (!next(b) || !next(b)) // stream start, then the document
		return NULL;
	if (b->event.type == YAML_STREAM_END_EVENT) {
		struct yaml_node *empty = node_new(b, YAML_MAP);
		empty->line = b->first_line;
		empty->col = 1;
		return empty;
	}
	if (b->event.data.document_start.version_directive
		|| b->event.data.document_start.tag_directives.start != b->event.data.document_start.tag_directives.end)
		REPORT(b, &b->event.start_mark, _("lines that begin with %% are not allowed"));
	if (!next(b))
		return NULL;
	struct yaml_node *root = value(b, 1);
	if (!root || !next(b) || !next(b)) // document end, then the stream's
		return NULL;
	if (b->event.type != YAML_STREAM_END_EVENT)
		REPORT(b, &b->event.start_mark, _("a second document begins here; one file holds one"));
	return root;
}

static bool text_fits(struct sv text, const char *file, int first_line, struct problems *p)
{
	if (text.n > YAML_MAX_BYTES) {
		problems_add(p, file, 0, 0, LINT_ERROR, _("the file is larger than %d KiB; divide it"), YAML_MAX_BYTES / 1024);
		return false;
	}
	if (utf8_valid(text))
		return true;
	int line = first_line, col = 1;
	for (size_t i = 0; i < text.n;) {
		uint32_t cp;
		size_t used = utf8_decode(sv_n(text.p + i, text.n - i), &cp);
		if (cp == 0xFFFD && used == 1)
			break;
		col = cp == '\n' ? 1 : col + 1;
		line += cp == '\n';
		i += used;
	}
	problems_add(p, file, line, col, LINT_ERROR, _("the bytes here are not UTF-8; save the file as UTF-8"));
	return false;
}

struct yaml_node *yaml_parse(struct sv text, const char *file, int first_line, struct problems *p, struct arena *a)
{
	if (!text_fits(text, file, first_line, p))
		return NULL;
	struct build b = {.file = file, .first_line = first_line, .p = p, .a = a};
	if (!yaml_parser_initialize(&b.parser))
		BUG("out of memory in libyaml");
	yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b.parser, (const unsigned char *)(text.p ? text.p : ""), text.n);
	struct yaml_node *root = document(&b);
	yaml_event_delete(&b.event);
	yaml_parser_delete(&b.parser);
	return root;
}

struct yaml_node *yaml_parse_file(const char *path, const char *file, struct str *raw, struct problems *p, struct arena *a)
{
	struct str own = {0}, *s = raw ? raw : &own;
	struct err e = {0};
	struct yaml_node *root = NULL;
	if (path_read(path, YAML_MAX_BYTES, s, &e))
		root = yaml_parse(sv_n(str_z(s), s->n), file, 1, p, a);
	else if (e.code == ERR_LIMIT)
		problems_add(p, file, 0, 0, LINT_ERROR, _("the file is larger than %d KiB; divide it"), YAML_MAX_BYTES / 1024);
	else
		problems_add(p, file, 0, 0, LINT_ERROR, "%s", e.msg);
	str_release(&own);
	return root;
}

const struct yaml_pair *yaml_pair(const struct yaml_node *map, const char *key)
{
	for (size_t i = 0; map && map->kind == YAML_MAP && i < map->n; i++) {
		if (str_eq(map->pairs[i].key, key))
			return &map->pairs[i];
	}
	return NULL;
}

struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	const struct yaml_pair *p = yaml_pair(map, key);
	return p ? p->value : NULL;
}

int yaml_col(const struct yaml_node *scalar, size_t offset)
{
	int col = scalar->col;
	if (scalar->kind != YAML_SCALAR || scalar->quote == '|')
		return col;
	if (scalar->quote)
		col++;
	for (size_t i = 0; i < offset && i < scalar->n;) {
		uint32_t cp;
		i += utf8_decode(sv_n(scalar->text + i, scalar->n - i), &cp);
		// A quote inside is written with one character more. Other escapes give characters that expressions do not hold.
		bool doubled = scalar->quote == '\'' ? cp == '\'' : scalar->quote == '"' && (cp == '"' || cp == '\\');
		col += doubled ? 2 : 1;
	}
	return col;
}
