// SPDX-License-Identifier: MIT
// Knows how zuoxi.yaml becomes struct config, every setting checked against settings.def.
#include "config/config.h"

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/desk/role.h"

#define BOOL_TEXT_true "true"
#define BOOL_TEXT_false "false"
#define SETTING_BOOL(field, key, dflt, help)                                                   \
	{key, help, SETTING_IS_BOOL, BOOL_TEXT_##dflt, 0, 0, NULL, offsetof(struct config, field)},
#define SETTING_INT(field, key, dflt, min, max, help)                                          \
	{key, help, SETTING_IS_INT, #dflt, min, max, NULL, offsetof(struct config, field)},
#define SETTING_TEXT(field, key, dflt, max, help)                                              \
	{key, help, SETTING_IS_TEXT, dflt, 0, max, NULL, offsetof(struct config, field)},
#define SETTING_WORD(field, key, type, dflt, words, help)                                      \
	{key, help, SETTING_IS_WORD, NULL, dflt, 0, words, offsetof(struct config, field)},
static const struct setting settings[] = {
#include "config/settings.def"
};
#undef SETTING_BOOL
#undef SETTING_INT
#undef SETTING_TEXT
#undef SETTING_WORD
enum { N_SETTINGS = sizeof(settings) / sizeof(*settings) };

const struct setting *config_settings(size_t *n)
{
	*n = N_SETTINGS;
	return settings;
}

void config_defaults(struct config *c)
{
	*c = (struct config){
#define SETTING_BOOL(field, key, dflt, help) .field = dflt,
#define SETTING_INT(field, key, dflt, min, max, help) .field = dflt,
#define SETTING_TEXT(field, key, dflt, max, help) .field = dflt,
#define SETTING_WORD(field, key, type, dflt, words, help) .field = dflt,
#include "config/settings.def"
#undef SETTING_BOOL
#undef SETTING_INT
#undef SETTING_TEXT
#undef SETTING_WORD
	};
}

void config_copy(struct config *to, const struct config *from)
{
	*to = *from;
	to->arena = (struct arena){0};
	for (size_t i = 0; i < N_SETTINGS; i++) {
		const char **text = (const char **)((char *)to + settings[i].offset);
		if (settings[i].type == SETTING_IS_TEXT)
			*text = arena_strdup(&to->arena, *text);
	}
	to->keys = arena_array(&to->arena, struct config_key, from->n_keys + 1);
	for (size_t i = 0; i < from->n_keys; i++) {
		const struct config_key *k = &from->keys[i];
		to->keys[i] = (struct config_key){.context = arena_strdup(&to->arena, k->context), .keys = arena_strdup(&to->arena, k->keys),
						  .action = arena_strdup(&to->arena, k->action), .line = k->line, .col = k->col};
	}
}

void config_release(struct config *c)
{
	arena_release(&c->arena);
	c->keys = NULL;
	c->n_keys = 0;
}

// The i-th word of a blank-separated list.
static struct sv word_at(const char *words, size_t i)
{
	struct sv rest = sv(words), part = {0};
	do {
		if (!sv_split(&rest, ' ', &part))
			return (struct sv){0};
	} while (i--);
	return part;
}

struct work {
	struct config *c;
	struct problems *p;
	const char *file;
	struct arena scratch;
};

#define FAIL(w, at, ...) problems_add((w)->p, (w)->file, (at)->line, (at)->col, LINT_ERROR, __VA_ARGS__)

static void set_word(struct work *w, const struct setting *s, const struct yaml_node *v)
{
	for (size_t i = 0;; i++) {
		struct sv word = word_at(s->words, i);
		if (!word.n)
			break;
		if (sv_eqz(word, v->text)) {
			// All enums of settings start at 0 and have no negative member, so the compiler makes them unsigned int.
			unsigned value = (unsigned)i;
			_Static_assert(sizeof(enum config_theme) == sizeof(value), "an enum of settings is an unsigned int");
			memcpy((char *)w->c + s->offset, &value, sizeof(value));
			return;
		}
	}
	FAIL(w, v, _("%s cannot be '%.40s'; it is one of: %s"), s->key, v->text, s->words);
}

static void set_value(struct work *w, const struct setting *s, const struct yaml_node *v)
{
	void *field = (char *)w->c + s->offset;
	int64_t n;
	unsigned roles;
	struct sv bad;
	if (v->kind != YAML_SCALAR) {
		FAIL(w, v, _("%s must be a single value"), s->key);
		return;
	}
	switch (s->type) {
	case SETTING_IS_BOOL:
		if (str_eq(v->text, "true") || str_eq(v->text, "false"))
			*(bool *)field = str_eq(v->text, "true");
		else
			FAIL(w, v, _("%s must be true or false"), s->key);
		break;
	case SETTING_IS_INT:
		if (parse_int(sv(v->text), s->min, s->max, &n))
			*(int *)field = (int)n;
		else
			FAIL(w, v, _("%s must be a whole number from %ld to %ld"), s->key, s->min, s->max);
		break;
	case SETTING_IS_TEXT:
		if (utf8_count(sv(v->text)) > (size_t)s->max)
			FAIL(w, v, _("%s is longer than %ld characters"), s->key, s->max);
		else if (str_eq(s->key, "agent.roles") && !user_roles_parse(sv(v->text), &roles, &bad))
			FAIL(w, v, _("%s: %.*s is no role"), s->key, (int)(bad.n > 40 ? 40 : bad.n), bad.p);
		else
			*(const char **)field = arena_strdup(&w->c->arena, v->text);
		break;
	case SETTING_IS_WORD:
		set_word(w, s, v);
		break;
	}
}

static const struct setting *find(const char *key)
{
	for (size_t i = 0; i < N_SETTINGS; i++) {
		if (str_eq(settings[i].key, key))
			return &settings[i];
	}
	return NULL;
}

// Do settings stand under this key ("kb" of "kb.rule")?
static bool is_group(const char *key)
{
	size_t n = strlen(key);
	for (size_t i = 0; i < N_SETTINGS; i++) {
		if (strncmp(settings[i].key, key, n) == 0 && settings[i].key[n] == '.')
			return true;
	}
	return false;
}

static void unknown(struct work *w, const struct yaml_pair *p, const char *key)
{
	const char *known[N_SETTINGS + 2] = {0};
	for (size_t i = 0; i < N_SETTINGS; i++)
		known[i] = settings[i].key;
	known[N_SETTINGS] = "keys";
	const char *near = str_nearest(key, known);
	// "rule" alone: the part after the dot may be what was meant.
	for (size_t i = 0; !near && i < N_SETTINGS; i++) {
		const char *dot = strrchr(settings[i].key, '.');
		if (dot && str_eq(dot + 1, key))
			near = settings[i].key;
	}
	if (near)
		FAIL(w, p, _("there is no setting %s; did you mean %s?"), key, near);
	else
		FAIL(w, p, _("there is no setting %s; zuoxi.yaml(5) lists all"), key);
}

// "C-f" or a list of keys, joined by blanks.
static const char *key_names(struct work *w, const struct yaml_node *v)
{
	if (v->kind == YAML_SCALAR)
		return arena_strdup(&w->c->arena, v->text);
	struct str joined = {0};
	for (size_t i = 0; i < v->n; i++) {
		if (v->kind != YAML_LIST || v->items[i]->kind != YAML_SCALAR) {
			FAIL(w, v, _("keys must be a key or a list of keys"));
			str_release(&joined);
			return NULL;
		}
		str_addf(&joined, "%s%s", i ? " " : "", v->items[i]->text);
	}
	const char *s = arena_strdup(&w->c->arena, str_z(&joined));
	str_release(&joined);
	return s;
}

static void read_key(struct work *w, const struct yaml_node *m)
{
	static const char *const known[] = {"context", "keys", "action", NULL};
	struct config_key k = {.context = "any", .line = m->line, .col = m->col};
	if (m->kind != YAML_MAP) {
		FAIL(w, m, _("an entry of keys is a map of context, keys and action"));
		return;
	}
	for (size_t i = 0; i < m->n; i++) {
		const struct yaml_pair *p = &m->pairs[i];
		if (str_eq(p->key, "keys")) {
			k.keys = key_names(w, p->value);
		} else if (!str_eq(p->key, "context") && !str_eq(p->key, "action")) {
			const char *near = str_nearest(p->key, known);
			FAIL(w, p, _("unknown key %s; did you mean %s?"), p->key, near ? near : "context, keys, action");
		} else if (p->value->kind != YAML_SCALAR || !p->value->n) {
			FAIL(w, p->value, _("%s must be a single value"), p->key);
		} else {
			const char *text = arena_strdup(&w->c->arena, p->value->text);
			*(*p->key == 'c' ? &k.context : &k.action) = text;
		}
	}
	if (!k.action || !yaml_get(m, "keys"))
		FAIL(w, m, _("an entry of keys needs keys and an action"));
	else if (k.keys)
		w->c->keys[w->c->n_keys++] = k;
}

static void read_keymap(struct work *w, const struct yaml_node *list)
{
	if (list->kind != YAML_LIST) {
		FAIL(w, list, _("keys must be a list"));
		return;
	}
	w->c->keys = arena_array(&w->c->arena, struct config_key, list->n);
	for (size_t i = 0; i < list->n; i++)
		read_key(w, list->items[i]);
}

// Walks the maps; prefix is "" or "kb.".
static void read_map(struct work *w, const struct yaml_node *map, const char *prefix)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct yaml_pair *p = &map->pairs[i];
		const char *key = arena_printf(&w->scratch, "%s%s", prefix, p->key);
		const struct setting *s = find(key);
		if (s)
			set_value(w, s, p->value);
		else if (str_eq(key, "keys"))
			read_keymap(w, p->value);
		else if (is_group(key) && p->value->kind == YAML_MAP)
			read_map(w, p->value, arena_printf(&w->scratch, "%s.", key));
		else if (is_group(key))
			FAIL(w, p->value, _("%s must be a map of keys and values"), key);
		else
			unknown(w, p, key);
	}
}

void config_parse(struct config *c, struct sv text, const char *file, struct problems *p)
{
	struct work w = {.c = c, .p = p, .file = file};
	config_defaults(c);
	struct yaml_node *root = yaml_parse(text, file, 1, p, &w.scratch);
	if (root && root->kind == YAML_MAP)
		read_map(&w, root, "");
	else if (root && (root->kind != YAML_SCALAR || root->n))
		FAIL(&w, root, _("the file must be a map of keys and values"));
	arena_release(&w.scratch);
}

void config_load(struct config *c, const char *path, struct problems *p)
{
	char *own = path ? NULL : path_config_file();
	struct str text = {0};
	struct err e = {0};
	const char *file = path ? path : own;
	if (!file || (!path && !path_exists(file))) {
		config_defaults(c);
	} else if (!path_read(file, YAML_MAX_BYTES, &text, &e)) {
		config_defaults(c);
		problems_add(p, file, 0, 0, LINT_ERROR, "%s", e.msg);
	} else {
		config_parse(c, sv_n(str_z(&text), text.n), file, p);
	}
	str_release(&text);
	free(own);
}

static void write_bounds(struct str *out, const struct setting *s)
{
	switch (s->type) {
	case SETTING_IS_BOOL:
		str_add(out, "true or false");
		break;
	case SETTING_IS_INT:
		str_addf(out, "%ld to %ld", s->min, s->max);
		break;
	case SETTING_IS_TEXT:
		str_addf(out, "at most %ld characters", s->max);
		break;
	case SETTING_IS_WORD:
		str_addf(out, "one of: %s", s->words);
		break;
	}
}

void config_write_default(struct str *out)
{
	str_add(out, "# Settings of zuoxi with their defaults. Copy what you change to zuoxi.yaml and take the # away.\n"
		     "# This file is made from config/settings.def; a test keeps the two together.\n");
	const char *group = "";
	for (size_t i = 0; i < N_SETTINGS; i++) {
		const struct setting *s = &settings[i];
		const char *dot = strchr(s->key, '.');
		size_t n = dot ? (size_t)(dot - s->key) : 0;
		const char *indent = dot ? "  " : "";
		if (dot && strncmp(group, s->key, n + 1) != 0)
			str_addf(out, "\n#%.*s:\n", (int)n, s->key);
		else
			str_add(out, "\n");
		group = s->key;
		str_addf(out, "# %s%s (", indent, s->help);
		write_bounds(out, s);
		str_addf(out, ")\n#%s%s: ", indent, dot ? dot + 1 : s->key);
		struct sv word = s->words ? word_at(s->words, (size_t)s->min) : sv(s->dflt);
		str_addf(out, word.n ? "%.*s\n" : "\"\"%.*s\n", (int)word.n, word.p);
	}
	str_add(out, "\n# Keys of your own; `zuoxi keys` lists contexts and actions.\n"
		     "#keys:\n#  - {context: any, keys: \"C-f M-s\", action: search}\n");
}
