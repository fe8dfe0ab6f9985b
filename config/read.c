// SPDX-License-Identifier: MIT
// Knows how values are taken out of a YAML tree while what is wrong with them is written down.
#include "config/read.h"

#include "src/base/i18n.h"

void read_fail(struct reader *r, int line, int col, const char *fmt, ...)
{
	if (r->quiet)
		return;
	va_list ap;
	va_start(ap, fmt);
	char *message = arena_vprintf(&r->p->arena, fmt, ap);
	va_end(ap);
	problems_add(r->p, r->file, line, col, LINT_ERROR, "%s", message);
}

bool read_is(struct reader *r, const struct yaml_node *n, enum yaml_kind kind, const char *what)
{
	if (!n || n->kind == kind)
		return n != NULL;
	switch (kind) {
	case YAML_SCALAR:
		READ_FAIL(r, n, _("%s must be a single value"), what);
		break;
	case YAML_LIST:
		READ_FAIL(r, n, _("%s must be a list"), what);
		break;
	case YAML_MAP:
		READ_FAIL(r, n, _("%s must be a map of keys and values"), what);
		break;
	}
	return false;
}

// Divides "a b c" into words; the array ends with NULL.
static const char **split(const char *list, struct arena *a)
{
	size_t n = 1;
	for (const char *p = list; *p; p++)
		n += *p == ' ';
	const char **words = arena_array(a, const char *, n + 1);
	struct sv rest = sv(list), part;
	for (n = 0; sv_split(&rest, ' ', &part);)
		words[n++] = arena_strndup(a, part.p, part.n);
	return words;
}

static bool listed(const char *list, const char *word)
{
	struct sv rest = sv(list), part;
	while (sv_split(&rest, ' ', &part)) {
		if (sv_eqz(part, word))
			return true;
	}
	return false;
}

void read_keys(struct reader *r, const struct yaml_node *map, const char *allowed)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct yaml_pair *p = &map->pairs[i];
		if (listed(allowed, p->key))
			continue;
		struct arena scratch = {0};
		const char *near = str_nearest(p->key, split(allowed, &scratch));
		if (near)
			READ_FAIL(r, p, _("unknown key %s; did you mean %s?"), p->key, near);
		else
			READ_FAIL(r, p, _("unknown key %s; known here: %s"), p->key, allowed);
		arena_release(&scratch);
	}
}

void read_missing(struct reader *r, const struct yaml_node *map, const char *key)
{
	READ_FAIL(r, map, _("%s is missing"), key);
}

const char *read_text(struct reader *r, const struct yaml_node *map, const char *key, size_t max, bool need)
{
	struct yaml_node *n = yaml_get(map, key);
	if (!n && need)
		read_missing(r, map, key);
	if (!read_is(r, n, YAML_SCALAR, key))
		return NULL;
	if (!n->n && need) {
		READ_FAIL(r, n, _("%s is empty"), key);
		return NULL;
	}
	if (n->n > max) {
		READ_FAIL(r, n, _("%s is longer than %zu bytes"), key, max);
		return NULL;
	}
	return arena_strndup(r->a, n->text, n->n);
}

bool read_bool(struct reader *r, const struct yaml_node *map, const char *key, bool dflt)
{
	struct yaml_node *n = yaml_get(map, key);
	if (!read_is(r, n, YAML_SCALAR, key))
		return dflt;
	if (str_eq(n->text, "true"))
		return true;
	if (!str_eq(n->text, "false"))
		READ_FAIL(r, n, _("%s must be true or false"), key);
	return false;
}

int read_int(struct reader *r, const struct yaml_node *map, const char *key, int min, int max, int dflt)
{
	struct yaml_node *n = yaml_get(map, key);
	int64_t v = dflt;
	if (read_is(r, n, YAML_SCALAR, key) && !parse_int(sv_n(n->text, n->n), min, max, &v))
		READ_FAIL(r, n, _("%s must be a whole number from %d to %d"), key, min, max);
	return (int)v;
}

const char *read_code(struct reader *r, const struct yaml_node *map, const char *key, bool need)
{
	const char *s = read_text(r, map, key, 64, need);
	if (!s)
		return NULL;
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
	if (*s && !s[strspn(s, good)])
		return s;
	READ_FAIL(r, yaml_get(map, key), _("%s must be a code of letters, digits, dots, - and _"), key);
	return NULL;
}

enum { TEXT_MAX = 4000 }; // bytes of one text for people

struct label read_label(struct reader *r, const struct yaml_node *map, bool need)
{
	struct label l = {0};
	l.zh = read_text(r, map, "zh", TEXT_MAX, need);
	l.en = read_text(r, map, "en", TEXT_MAX, need);
	return l;
}

struct label read_label_at(struct reader *r, const struct yaml_node *map, const char *key, bool need)
{
	struct yaml_node *n = yaml_get(map, key);
	if (!n && need)
		read_missing(r, map, key);
	if (!read_is(r, n, YAML_MAP, key))
		return (struct label){0};
	read_keys(r, n, "zh en");
	return read_label(r, n, true);
}

struct label read_title(struct reader *r, const struct yaml_node *map)
{
	struct yaml_node *n = yaml_get(map, "title");
	if (!read_is(r, n, YAML_MAP, "title"))
		return (struct label){0};
	read_keys(r, n, "zh en");
	return read_label(r, n, false);
}

struct script_codes read_codes(struct reader *r, const struct yaml_node *map, const char *key, bool lone)
{
	struct yaml_node *n = yaml_get(map, key);
	if (n && lone && n->kind == YAML_SCALAR) {
		const char **one = arena_array(r->a, const char *, 1);
		one[0] = arena_strndup(r->a, n->text, n->n);
		return (struct script_codes){one, n->n ? 1 : 0};
	}
	if (!read_is(r, n, YAML_LIST, key) || !n->n)
		return (struct script_codes){0};
	const char **v = arena_array(r->a, const char *, n->n);
	size_t kept = 0;
	for (size_t i = 0; i < n->n; i++) {
		const struct yaml_node *item = n->items[i];
		if (!read_is(r, item, YAML_SCALAR, key))
			continue;
		if (!item->n)
			READ_FAIL(r, item, _("%s has an empty entry"), key);
		else
			v[kept++] = arena_strndup(r->a, item->text, item->n);
	}
	return (struct script_codes){v, kept};
}

struct script_sets read_sets(struct reader *r, const struct yaml_node *map, const char *key)
{
	struct yaml_node *n = yaml_get(map, key);
	if (!read_is(r, n, YAML_MAP, key) || !n->n)
		return (struct script_sets){0};
	struct script_set *v = arena_array(r->a, struct script_set, n->n);
	size_t kept = 0;
	for (size_t i = 0; i < n->n; i++) {
		const struct yaml_pair *p = &n->pairs[i];
		if (read_is(r, p->value, YAML_SCALAR, p->key))
			v[kept++] = (struct script_set){arena_strdup(r->a, p->key), arena_strndup(r->a, p->value->text, p->value->n)};
	}
	return (struct script_sets){v, kept};
}

const struct expr *read_expr(struct reader *r, const struct yaml_node *map, const char *key, const char **text)
{
	struct yaml_node *n = yaml_get(map, key);
	*text = NULL;
	if (!read_is(r, n, YAML_SCALAR, key))
		return NULL;
	struct err e = {0};
	int col = 1;
	const struct expr *x = expr_parse(sv_n(n->text, n->n), &col, &e, r->a);
	if (x)
		*text = arena_strndup(r->a, n->text, n->n);
	else
		read_fail(r, n->line, yaml_col(n, col > 1 ? (size_t)col - 1 : 0), _("%s: %s"), key, e.msg);
	return x;
}

bool read_word(struct reader *r, const struct yaml_node *value, const char *key, const char *const *words, size_t *out)
{
	if (!read_is(r, value, YAML_SCALAR, key))
		return false;
	for (size_t i = 0; words[i]; i++) {
		if (*words[i] && str_eq(words[i], value->text)) {
			*out = i;
			return true;
		}
	}
	struct str all = {0};
	for (size_t i = 0; words[i]; i++) {
		if (*words[i])
			str_addf(&all, "%s%s", all.n ? ", " : "", words[i]);
	}
	READ_FAIL(r, value, _("%s cannot be '%.40s'; it is one of %s"), key, value->text, str_z(&all));
	str_release(&all);
	return false;
}
