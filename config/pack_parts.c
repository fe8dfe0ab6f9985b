// SPDX-License-Identifier: MIT
// Knows how pack.yaml and the files of categories, dispositions and lexicons are read.
#include "src/base/i18n.h"
#include "config/load.h"

static void read_values(struct load *l, struct reader *r, const struct pack *pack, const struct yaml_node *root)
{
	struct yaml_node *map = yaml_get(root, "values");
	if (!read_is(r, map, YAML_MAP, "values"))
		return;
	for (size_t i = 0; i < map->n; i++) {
		const struct yaml_pair *p = &map->pairs[i];
		struct pack_value v = {.pack = pack, .name = arena_strdup(r->a, p->key), .place = {r->file, p->line, p->col}};
		v.text = read_label_at(r, map, p->key, true);
		if (p->value->kind == YAML_MAP)
			vec_push(&l->values, v);
	}
}

static bool pack_code_ok(const char *s)
{
	size_t n = strlen(s);
	return n >= 2 && n <= 8 && strspn(s, "abcdefghijklmnopqrstuvwxyz") == n;
}

void load_head(struct load *l, struct pack *pack, const char *file, const struct yaml_node *root)
{
	struct reader r = load_reader(l, file);
	static const char *const industries[] = {"common", "finance", "airline", "retail", NULL};
	static const char *const langs[] = {"zh", "en", NULL};
	size_t at;
	read_keys(&r, root, "pack version industry languages min_app title org backup_phone values");
	pack->place = (struct pack_place){file, root->line, root->col};
	const char *code = read_code(&r, root, "pack", true);
	if (code && !pack_code_ok(code))
		READ_FAIL(&r, yaml_get(root, "pack"), _("the code of a pack has 2 to 8 lower-case letters"));
	if (code)
		pack->code = code;
	if (!yaml_get(root, "version"))
		read_missing(&r, root, "version");
	pack->version = read_int(&r, root, "version", 1, 1000000, 1);
	if (!yaml_get(root, "industry"))
		read_missing(&r, root, "industry");
	if (read_word(&r, yaml_get(root, "industry"), "industry", industries, &at))
		pack->industry = industries[at];
	struct yaml_node *list = yaml_get(root, "languages");
	if (read_is(&r, list, YAML_LIST, "languages")) {
		for (size_t i = 0; i < list->n; i++)
			(void)read_word(&r, list->items[i], "languages", langs, &at);
	}
	pack->min_app = read_text(&r, root, "min_app", 20, false);
	pack->title = read_label_at(&r, root, "title", true);
	pack->org = read_label_at(&r, root, "org", true);
	pack->backup_phone = read_text(&r, root, "backup_phone", 40, false);
	read_values(l, &r, pack, root);
}

// Fills what only leaves have.
static void read_leaf(struct reader *r, const struct yaml_node *m, struct category *c)
{
	static const char *const needed[] = {"difficulty", "impact", "urgency"};
	for (size_t i = 0; i < 3; i++) {
		if (!yaml_get(m, needed[i]))
			read_missing(r, m, needed[i]);
	}
	(void)READ_KIND(r, m, "difficulty", difficulty, DIFFICULTY_HARD, &c->difficulty);
	(void)READ_KIND(r, m, "xdept", xdept, XDEPT_MARKETING, &c->xdept);
	c->impact = read_int(r, m, "impact", 1, 4, 4);
	c->urgency = read_int(r, m, "urgency", 1, 4, 4);
	c->red = read_bool(r, m, "red", false);
	c->script = read_code(r, m, "script", false);
	c->form = read_code(r, m, "form", false);
	c->queue = read_code(r, m, "queue", false);
	struct script_codes words = read_codes(r, m, "keywords", false);
	c->keywords = (const char **)words.v;
	c->nkeywords = words.n;
}

static bool category_code_ok(const char *s)
{
	if (*s == '.' || strstr(s, "..") || (*s && s[strlen(s) - 1] == '.'))
		return false;
	return s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_.")] == '\0';
}

void load_categories(struct load *l, const struct pack *pack, const char *file, const struct yaml_node *root)
{
	struct reader r = load_reader(l, file);
	struct yaml_node *list = yaml_get(root, "categories");
	read_keys(&r, root, "categories");
	if (!list)
		read_missing(&r, root, "categories");
	if (!read_is(&r, list, YAML_LIST, "categories"))
		return;
	for (size_t i = 0; i < list->n; i++) {
		const struct yaml_node *m = list->items[i];
		if (!read_is(&r, m, YAML_MAP, "categories"))
			continue;
		struct category_src src = {.place = {file, m->line, m->col}, .counts = yaml_get(m, "intent") != NULL};
		struct category *c = &src.c;
		c->pack = pack->code;
		c->code = read_code(&r, m, "code", true);
		struct label text = read_label(&r, m, true);
		c->zh = text.zh;
		c->en = text.en;
		if (src.counts) {
			read_keys(&r, m, "code zh en intent difficulty impact urgency red xdept script form queue keywords");
			(void)READ_KIND(&r, m, "intent", intent, INTENT_OTHER, &c->intent);
			read_leaf(&r, m, c);
		} else {
			for (size_t k = 0; k < m->n; k++) {
				const char *key = m->pairs[k].key;
				if (str_eq(key, "difficulty") || str_eq(key, "impact") || str_eq(key, "urgency")) {
					read_missing(&r, m, "intent");
					break;
				}
			}
			read_keys(&r, m, "code zh en intent difficulty impact urgency red xdept script form queue keywords");
		}
		if (c->code && !category_code_ok(c->code))
			READ_FAIL(&r, yaml_get(m, "code"), _("the code of a category has lower-case letters, digits and _, parts divided by dots"));
		else if (c->code && c->zh)
			vec_push(&l->categories, src);
	}
}

void load_dispositions(struct load *l, const struct pack *pack, const char *file, const struct yaml_node *root)
{
	struct reader r = load_reader(l, file);
	static const char *const needs[] = {"follow_up", NULL};
	struct yaml_node *list = yaml_get(root, "dispositions");
	read_keys(&r, root, "dispositions");
	if (!list)
		read_missing(&r, root, "dispositions");
	if (!read_is(&r, list, YAML_LIST, "dispositions"))
		return;
	for (size_t i = 0; i < list->n; i++) {
		const struct yaml_node *m = list->items[i];
		if (!read_is(&r, m, YAML_MAP, "dispositions"))
			continue;
		struct disposition_src src = {.place = {file, m->line, m->col}};
		struct disposition *d = &src.d;
		size_t at;
		read_keys(&r, m, "code zh en class needs scripts");
		d->pack = pack->code;
		d->code = read_code(&r, m, "code", true);
		struct label text = read_label(&r, m, true);
		d->zh = text.zh;
		d->en = text.en;
		if (!yaml_get(m, "class"))
			read_missing(&r, m, "class");
		(void)READ_KIND(&r, m, "class", disposition_class, DISPOSITION_PRACTICE, &d->class_);
		d->needs_follow_up = read_word(&r, yaml_get(m, "needs"), "needs", needs, &at);
		struct script_codes scripts = read_codes(&r, m, "scripts", false);
		d->scripts = (const char **)scripts.v;
		d->nscripts = scripts.n;
		bool fits = d->code && strlen(d->code) <= 32
			&& !d->code[strspn(d->code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")];
		if (d->code && !fits)
			READ_FAIL(&r, yaml_get(m, "code"), _("the code of a disposition has at most 32 capital letters, digits and _"));
		else if (d->code && d->zh)
			vec_push(&l->dispositions, src);
	}
}

void load_causes(struct load *l, const struct pack *pack, const char *file, const struct yaml_node *root)
{
	struct reader r = load_reader(l, file);
	struct yaml_node *list = yaml_get(root, "causes");
	read_keys(&r, root, "causes");
	if (!list)
		read_missing(&r, root, "causes");
	if (!read_is(&r, list, YAML_LIST, "causes"))
		return;
	for (size_t i = 0; i < list->n; i++) {
		const struct yaml_node *m = list->items[i];
		if (!read_is(&r, m, YAML_MAP, "causes"))
			continue;
		read_keys(&r, m, "code zh en retired");
		struct pack_cause c = {.pack = pack, .place = {file, m->line, m->col}};
		c.code = read_code(&r, m, "code", true);
		c.text = read_label(&r, m, true);
		c.retired = read_bool(&r, m, "retired", false);
		if (c.code && (strlen(c.code) > 32 || c.code[strspn(c.code, "abcdefghijklmnopqrstuvwxyz0123456789_")]))
			READ_FAIL(&r, yaml_get(m, "code"), _("the code of a root cause has at most 32 lower-case letters, digits and _"));
		else if (c.code && c.text.zh)
			vec_push(&l->causes, c);
	}
}

// "empathy" or a refinement of a list's code: "empathy.anger". Gives the list.
static bool read_class(struct reader *r, const struct yaml_node *m, struct lexicon_entry *e)
{
	const char *class = read_code(r, m, "class", false);
	if (!class)
		return false;
	size_t n = strcspn(class, ".");
	if (!lexicon_list_parse(sv_n(class, n), &e->list)) {
		READ_FAIL(r, yaml_get(m, "class"), _("class cannot be '%.40s'; it begins with the code of a lexicon"), class);
		return false;
	}
	enum emotion_class feeling;
	enum objection_move move;
	bool refined = class[n] == '.';
	bool fits = refined && e->list == LEXICON_EMPATHY && emotion_class_parse(sv(class + n + 1), &feeling);
	fits = fits || (refined && e->list == LEXICON_MOVE && objection_move_parse(sv(class + n + 1), &move));
	if (refined && !fits)
		READ_FAIL(r, yaml_get(m, "class"),
			_("class cannot be '%.40s'; empathy is divided into anger, anxiety, sad, any, and move into acknowledge, clarify, answer, confirm"),
			class);
	e->class_ = refined ? class : NULL;
	return true;
}

void load_lexicon(struct load *l, const char *file, const struct yaml_node *root)
{
	struct reader r = load_reader(l, file);
	static const char *const kinds[] = {"literal", "regex", NULL};
	enum lexicon_list list_of_file = LEXICON_POSITIVE;
	read_keys(&r, root, "lexicon version entries");
	if (!yaml_get(root, "lexicon"))
		read_missing(&r, root, "lexicon");
	(void)READ_KIND(&r, root, "lexicon", lexicon_list, LEXICON_ALLOW, &list_of_file);
	int version = read_int(&r, root, "version", 1, 1000000, 1);
	struct yaml_node *list = yaml_get(root, "entries");
	if (!list)
		read_missing(&r, root, "entries");
	if (!read_is(&r, list, YAML_LIST, "entries"))
		return;
	for (size_t i = 0; i < list->n; i++) {
		const struct yaml_node *m = list->items[i];
		if (!read_is(&r, m, YAML_MAP, "entries"))
			continue;
		read_keys(&r, m, "p kind class weight note");
		struct lexicon_entry e = {.list = list_of_file, .version = version};
		size_t kind = 0;
		struct err err = {0};
		e.pattern = read_text(&r, m, "p", 1000, true);
		(void)read_word(&r, yaml_get(m, "kind"), "kind", kinds, &kind);
		e.regex = kind == 1;
		(void)read_class(&r, m, &e);
		if (e.list == LEXICON_MOVE && !e.class_)
			READ_FAIL(&r, m, _("a move needs a class: move.acknowledge, move.clarify, move.answer or move.confirm"));
		e.weight = read_int(&r, m, "weight", 1, 100, 1);
		e.note = read_text(&r, m, "note", 400, false);
		if (e.pattern && !lexicon_add(l->k->lexicon, &e, &err))
			READ_FAIL(&r, yaml_get(m, "p"), "%s", err.msg);
	}
}
