// SPDX-License-Identifier: MIT
// Knows how the parts of a scenario are read that stand in several places: texts, word sets, expectations; and its lists at the end.
#include "config/read_scenario.h"
#include "src/base/i18n.h"
#include "src/desk/role.h"

struct label scenario_pair(struct scenario_read *w, const struct yaml_node *node, const char *what)
{
	if (!read_is(&w->r, node, YAML_MAP, what))
		return (struct label){0};
	read_keys(&w->r, node, "zh en");
	return read_label(&w->r, node, false);
}

const struct label *scenario_pairs(struct scenario_read *w, const struct yaml_node *map, const char *key, size_t *n)
{
	struct yaml_node *list;
	size_t all = scenario_list(w, map, key, &list);
	struct label *v = arena_array(w->r.a, struct label, all);

	*n = 0;
	for (size_t i = 0; i < all; i++) {
		if (list->items[i]->kind == YAML_MAP)
			v[(*n)++] = scenario_pair(w, list->items[i], key);
		else if (!read_is(&w->r, list->items[i], YAML_MAP, key))
			v[(*n)++] = (struct label){"?", "?"}; // reported
	}
	return v;
}

const struct beat_line *scenario_lines(struct scenario_read *w, const struct yaml_node *map, size_t *n)
{
	const struct label *texts = scenario_pairs(w, map, "says", n);
	struct beat_line *v = arena_array(w->r.a, struct beat_line, *n);

	for (size_t i = 0; i < *n; i++)
		v[i].text = texts[i];
	return v;
}

bool scenario_emotion(struct scenario_read *w, const struct yaml_node *map, const char *key, enum emotion_class *class, int *level)
{
	struct yaml_node *m = yaml_get(map, key);

	if (!read_is(&w->r, m, YAML_MAP, key))
		return false;
	read_keys(&w->r, m, "class level");
	(void)READ_KIND(&w->r, m, "class", emotion_class, EMOTION_SAD, class);
	if (!yaml_get(m, "level"))
		read_missing(&w->r, m, "level");
	*level = read_int(&w->r, m, "level", 0, 5, 0);
	return true;
}

size_t scenario_find_beat(struct scenario_read *w, const struct yaml_node *node, const char *id)
{
	size_t at = scenario_beat(w->s, sv(id));

	if (at != SCENARIO_NONE)
		return at;
	const char **ids = xcalloc(w->s->n_beats + 1, sizeof(*ids));
	for (size_t i = 0; i < w->s->n_beats; i++)
		ids[i] = w->s->beats[i].id;
	const char *near = str_nearest(id, ids);
	if (near)
		READ_FAIL(&w->r, node, _("there is no beat %s; did you mean %s?"), id, near);
	else
		READ_FAIL(&w->r, node, _("there is no beat %s"), id);
	free(ids);
	w->s->broken = true;
	return SCENARIO_NONE;
}

size_t scenario_beat_at(struct scenario_read *w, const struct yaml_node *map, const char *key)
{
	struct yaml_node *v = yaml_get(map, key);

	if (v && v->kind == YAML_SCALAR)
		return scenario_find_beat(w, v, v->text);
	w->s->broken = true;
	(void)read_is(&w->r, v, YAML_SCALAR, key);
	return SCENARIO_NONE;
}

// --- Word sets

void scenario_words(struct scenario_read *w, const struct yaml_node *root)
{
	struct yaml_node *map = yaml_get(root, "words");

	if (!read_is(&w->r, map, YAML_MAP, "words"))
		return;
	struct word_set *v = arena_array(w->r.a, struct word_set, map->n);
	for (size_t i = 0; i < map->n; i++) {
		const struct yaml_pair *p = &map->pairs[i];
		if (!read_is(&w->r, p->value, YAML_MAP, p->key))
			continue;
		if (!*p->key || p->key[strspn(p->key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")])
			READ_FAIL(&w->r, p, _("the name of a word set has letters, digits and _"));
		read_keys(&w->r, p->value, "any all none");
		struct script_codes any = read_codes(&w->r, p->value, "any", true), all = read_codes(&w->r, p->value, "all", true),
				    none = read_codes(&w->r, p->value, "none", true);
		v[w->s->n_words++] = (struct word_set){arena_strdup(w->r.a, p->key), any.v, all.v, none.v, any.n, all.n, none.n, p->line, p->col};
	}
	w->s->words = v;
}

static const struct word_set *word_set(struct scenario_read *w, const struct yaml_node *map, const char *key)
{
	struct yaml_node *v = yaml_get(map, key);

	if (!read_is(&w->r, v, YAML_SCALAR, key))
		return NULL;
	const char **names = xcalloc(w->s->n_words + 1, sizeof(*names)), *near;
	const struct word_set *found = NULL;
	for (size_t i = 0; i < w->s->n_words; i++) {
		names[i] = w->s->words[i].name;
		if (str_eq(names[i], v->text))
			found = &w->s->words[i];
	}
	near = found ? NULL : str_nearest(v->text, names);
	if (near)
		READ_FAIL(&w->r, v, _("there is no word set %s; did you mean %s?"), v->text, near);
	else if (!found)
		READ_FAIL(&w->r, v, _("there is no word set %s; it stands under 'words'"), v->text);
	free(names);
	return found;
}

// --- Expectations

const struct expectation *scenario_expect(struct scenario_read *w, const struct yaml_node *map, size_t *n)
{
	struct yaml_node *list;
	size_t all = scenario_list(w, map, "expect", &list), from;
	struct expectation *v = arena_array(w->r.a, struct expectation, all);
	static const char *const froms[] = {"beat", "answer", NULL};

	*n = 0;
	for (size_t i = 0; i < all; i++) {
		const struct yaml_node *m = list->items[i];
		struct expectation x = {.line = m->line, .col = m->col};
		if (!read_is(&w->r, m, YAML_MAP, "expect"))
			continue;
		read_keys(&w->r, m, "id do value tag words from within_s w label model");
		x.id = read_code(&w->r, m, "id", true);
		if (!yaml_get(m, "do"))
			read_missing(&w->r, m, "do");
		bool ok = READ_KIND(&w->r, m, "do", expect_do, EXPECT_OFFLINE, &x.what);
		x.value = read_text(&w->r, m, "value", 200, false);
		x.tag = read_code(&w->r, m, "tag", false);
		x.words = word_set(w, m, "words");
		if (!ok || (yaml_get(m, "words") && !x.words)) // reported; keep the id, so that conditions find it
			x = (struct expectation){.id = x.id, .what = EXPECT_HOLD, .line = m->line, .col = m->col};
		if (read_word(&w->r, yaml_get(m, "from"), "from", froms, &from))
			x.from = from ? EXPECT_FROM_ANSWER : EXPECT_FROM_BEAT;
		x.within_s = read_int(&w->r, m, "within_s", 1, 7200, 0);
		x.weight = read_int(&w->r, m, "w", 0, 100, 1);
		x.label = scenario_pair(w, yaml_get(m, "label"), "label");
		x.model = scenario_pair(w, yaml_get(m, "model"), "model");
		if (x.id)
			v[(*n)++] = x;
	}
	return v;
}

// --- The lists at the end

static void read_objection(struct scenario_read *w, const struct yaml_node *m, struct scenario_objection *o)
{
	read_keys(&w->r, m, "id label moves acknowledge clarify answer confirm ban");
	o->id = read_code(&w->r, m, "id", true);
	o->label = scenario_pair(w, yaml_get(m, "label"), "label");
	struct yaml_node *list;
	size_t n = scenario_list(w, m, "moves", &list);
	for (size_t i = 0; i < n; i++) {
		enum objection_move move;
		if (READ_KIND_NODE(&w->r, list->items[i], "moves", objection_move, MOVE_CONFIRM, &move))
			o->moves |= 1u << move;
	}
	for (size_t i = 0; i < OBJECTION_MOVES; i++)
		o->words[i] = word_set(w, m, objection_move_code((enum objection_move)i));
	struct script_codes ban = read_codes(&w->r, m, "ban", true);
	o->ban = ban.v;
	o->n_ban = ban.n;
	o->beat = SCENARIO_NONE;
	for (size_t i = 0; i < w->s->n_beats && o->beat == SCENARIO_NONE && o->id; i++) {
		if (str_eq(w->s->beats[i].objection, o->id))
			o->beat = i;
	}
}

static void read_objections(struct scenario_read *w, const struct yaml_node *root)
{
	struct yaml_node *list;
	size_t n = scenario_list(w, root, "objections", &list);
	struct scenario_objection *v = arena_array(w->r.a, struct scenario_objection, n);

	for (size_t i = 0; i < n; i++) {
		struct scenario_objection o = {.line = list->items[i]->line, .col = list->items[i]->col};
		if (!read_is(&w->r, list->items[i], YAML_MAP, "objections"))
			continue;
		read_objection(w, list->items[i], &o);
		if (o.id)
			v[w->s->n_objections++] = o;
	}
	w->s->objections = v;
}

static void read_criticals(struct scenario_read *w, const struct yaml_node *root)
{
	struct yaml_node *list;
	size_t n = scenario_list(w, root, "criticals", &list);
	struct scenario_critical *v = arena_array(w->r.a, struct scenario_critical, n);

	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *m = list->items[i];
		struct scenario_critical c = {.line = m->line, .col = m->col};
		if (!read_is(&w->r, m, YAML_MAP, "criticals"))
			continue;
		read_keys(&w->r, m, "code if words label");
		c.code = read_code(&w->r, m, "code", true);
		c.cond = read_expr(&w->r, m, "if", &c.cond_text);
		c.words = word_set(w, m, "words");
		c.label = scenario_pair(w, yaml_get(m, "label"), "label");
		bool reported = (yaml_get(m, "if") && !c.cond) || (yaml_get(m, "words") && !c.words);
		if (c.code && !reported)
			v[w->s->n_criticals++] = c;
	}
	w->s->criticals = v;
}

static void read_cards(struct scenario_read *w, const struct yaml_node *root)
{
	struct yaml_node *list;
	size_t n = scenario_list(w, root, "cards", &list);
	struct reply_card *v = arena_array(w->r.a, struct reply_card, n);

	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *m = list->items[i];
		if (!read_is(&w->r, m, YAML_MAP, "cards"))
			continue;
		read_keys(&w->r, m, "id beat zh en good");
		struct reply_card c = {
			.id = read_code(&w->r, m, "id", true),
			.beat = yaml_get(m, "beat") ? scenario_beat_at(w, m, "beat") : SCENARIO_NONE,
			.text = read_label(&w->r, m, false),
			.good = read_bool(&w->r, m, "good", false),
			.line = m->line,
			.col = m->col,
		};
		if (c.id)
			v[w->s->n_cards++] = c;
	}
	w->s->cards = v;
}

static void read_seats(struct scenario_read *w, const struct yaml_node *root)
{
	struct yaml_node *list;
	size_t n = scenario_list(w, root, "seats", &list);
	struct scenario_seat *v = arena_array(w->r.a, struct scenario_seat, n);

	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *m = list->items[i];
		if (!read_is(&w->r, m, YAML_MAP, "seats"))
			continue;
		read_keys(&w->r, m, "seat role label task");
		struct scenario_seat seat = {
			.code = read_code(&w->r, m, "seat", true),
			.label = scenario_pair(w, yaml_get(m, "label"), "label"),
			.task = scenario_pair(w, yaml_get(m, "task"), "task"),
			.line = m->line,
			.col = m->col,
		};
		const char *roles[USER_ROLES + 1] = {0};
		size_t role;
		for (size_t k = 0; k < USER_ROLES; k++)
			roles[k] = user_role_code((enum user_role)k);
		if (!yaml_get(m, "role"))
			read_missing(&w->r, m, "role");
		if (read_word(&w->r, yaml_get(m, "role"), "role", roles, &role))
			seat.role = USER_BIT(role);
		if (seat.code)
			v[w->s->n_seats++] = seat;
	}
	w->s->seats = v;
}

void scenario_rest(struct scenario_read *w, const struct yaml_node *root)
{
	read_objections(w, root);
	read_criticals(w, root);
	read_cards(w, root);
	read_seats(w, root);
}
