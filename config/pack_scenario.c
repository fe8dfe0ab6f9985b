// SPDX-License-Identifier: MIT
// Knows how a scenario file becomes a struct scenario: its head, its callers, its beats and what may come between.
#include "config/load.h"
#include "config/read_scenario.h"
#include "src/base/i18n.h"

enum { SCENARIO_LINE = 2000 };

const struct expr *scenario_broken(struct scenario_read *w)
{
	w->s->broken = true;
	return expr_parse(sv("false"), NULL, NULL, w->r.a);
}

size_t scenario_list(struct scenario_read *w, const struct yaml_node *map, const char *key, struct yaml_node **list)
{
	*list = yaml_get(map, key);
	return read_is(&w->r, *list, YAML_LIST, key) ? (*list)->n : 0;
}

// --- Callers

// The same text in both languages, or a pair.
static struct label same_or_pair(struct scenario_read *w, const struct yaml_node *n, const char *what)
{
	if (n->kind == YAML_MAP)
		return scenario_pair(w, n, what);
	if (!read_is(&w->r, n, YAML_SCALAR, what))
		return (struct label){"?", "?"}; // reported
	const char *text = arena_strndup(w->r.a, n->text, n->n);
	return (struct label){text, text};
}

static void read_name(struct scenario_read *w, const struct yaml_node *m, struct persona *p)
{
	const struct yaml_node *n = yaml_get(m, "name");
	const char *text;

	if (n && n->kind == YAML_MAP)
		p->name = scenario_pair(w, n, "name");
	else if ((text = read_text(&w->r, m, "name", 100, true)))
		p->name = (struct label){text, text};
}

static void read_facts(struct scenario_read *w, const struct yaml_node *m, struct persona *p)
{
	const struct yaml_node *facts = yaml_get(m, "facts");

	if (!read_is(&w->r, facts, YAML_MAP, "facts"))
		return;
	struct persona_fact *v = arena_array(w->r.a, struct persona_fact, facts->n);
	for (size_t i = 0; i < facts->n; i++) {
		const struct yaml_node *value = facts->pairs[i].value;
		struct persona_fact f = {.name = arena_strdup(w->r.a, facts->pairs[i].key)};
		if (value->kind == YAML_MAP && yaml_get(value, "value")) {
			read_keys(&w->r, value, "label value");
			f.label = scenario_pair(w, yaml_get(value, "label"), "label");
			value = yaml_get(value, "value");
		}
		f.value = same_or_pair(w, value, f.name);
		v[p->n_facts++] = f;
	}
	p->facts = v;
}

static void read_persona(struct scenario_read *w, const struct yaml_node *map, struct persona *p)
{
	struct yaml_node *m = yaml_get(map, "persona");

	p->patience_s = PATIENCE_S;
	p->name = (struct label){"?", "?"}; // what is missing is said once
	if (!m)
		read_missing(&w->r, map, "persona");
	if (!read_is(&w->r, m, YAML_MAP, "persona"))
		return;
	read_keys(&w->r, m, "name age phone mood speech patience_s facts hides");
	read_name(w, m, p);
	p->phone = read_text(&w->r, m, "phone", 40, false);
	p->age = read_int(&w->r, m, "age", 0, 120, 0);
	p->patience_s = read_int(&w->r, m, "patience_s", 3, 600, PATIENCE_S);
	p->mood = scenario_pair(w, yaml_get(m, "mood"), "mood");
	p->speech = scenario_pair(w, yaml_get(m, "speech"), "speech");
	read_facts(w, m, p);
	p->hides = scenario_pairs(w, m, "hides", &p->n_hides);
}

static void read_customer(struct scenario_read *w, const struct yaml_node *map, struct scenario_caller *c)
{
	struct yaml_node *m = yaml_get(map, "customer");
	enum tier tier;

	if (!read_is(&w->r, m, YAML_MAP, "customer"))
		return;
	read_keys(&w->r, m, "known tier language flags notes channel queue repeats history ticket category");
	c->known = read_bool(&w->r, m, "known", false);
	if (READ_KIND(&w->r, m, "tier", tier, TIER_VIP, &tier))
		c->tier = tier_code(tier);
	c->language = read_code(&w->r, m, "language", false);
	c->flags = read_text(&w->r, m, "flags", 200, false);
	c->notes = read_text(&w->r, m, "notes", SCENARIO_LINE, false);
	(void)READ_KIND(&w->r, m, "channel", channel, CHANNEL_COUNTER, &c->channel);
	c->queue = read_code(&w->r, m, "queue", false);
	c->repeats = read_int(&w->r, m, "repeats", 0, 20, 0);
	c->history = scenario_pair(w, yaml_get(m, "history"), "history");
	c->ticket = read_text(&w->r, m, "ticket", 200, false);
	c->category = read_code(&w->r, m, "category", false);
}

static void read_callers(struct scenario_read *w, const struct yaml_node *root)
{
	struct yaml_node *list;
	size_t n = scenario_list(w, root, "callers", &list);
	struct scenario_caller *v = arena_array(w->r.a, struct scenario_caller, n + 1);

	const struct yaml_node *first = yaml_get(root, "persona") ? yaml_get(root, "persona") : root;
	v[0].first_beat = SCENARIO_NONE;
	v[0].line = first->line;
	v[0].col = first->col;
	read_persona(w, root, &v[0].persona);
	read_customer(w, root, &v[0]);
	for (size_t i = 0; i < w->s->n_beats && v[0].first_beat == SCENARIO_NONE; i++) {
		if (w->s->beats[i].start)
			v[0].first_beat = i;
	}
	w->s->callers = v;
	w->s->n_callers = 1;
	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *m = list->items[i];
		if (!read_is(&w->r, m, YAML_MAP, "callers"))
			continue;
		struct scenario_caller *c = &v[w->s->n_callers++];
		c->line = m->line;
		c->col = m->col;
		read_keys(&w->r, m, "persona customer at_s first channel");
		read_persona(w, m, &c->persona);
		read_customer(w, m, c);
		(void)READ_KIND(&w->r, m, "channel", channel, CHANNEL_COUNTER, &c->channel);
		c->at_s = read_int(&w->r, m, "at_s", 0, 7200, 0);
		if (!yaml_get(m, "first"))
			read_missing(&w->r, m, "first");
		c->first_beat = scenario_beat_at(w, m, "first");
	}
}

// --- Beats

static struct beat_next read_way(struct scenario_read *w, const struct yaml_node *m)
{
	struct beat_next n = {.line = m->line, .col = m->col};
	struct yaml_node *other = yaml_get(m, "else"), *cond = yaml_get(m, "if");

	read_keys(&w->r, m, "if to else");
	if (other && (cond || yaml_get(m, "to")))
		READ_FAIL(&w->r, m, _("an entry of next is {if: CONDITION, to: BEAT} or {else: BEAT}"));
	n.cond = read_expr(&w->r, m, "if", &n.cond_text);
	if (cond && !n.cond)
		n.cond = scenario_broken(w);
	if (!other && !cond)
		read_missing(&w->r, m, "if");
	if (!other && !yaml_get(m, "to"))
		read_missing(&w->r, m, "to");
	n.beat = scenario_beat_at(w, m, other ? "else" : "to");
	return n;
}

static void read_next(struct scenario_read *w, const struct yaml_node *m, struct scenario_beat *b)
{
	struct yaml_node *list;
	size_t n = scenario_list(w, m, "next", &list);
	struct beat_next *v = arena_array(w->r.a, struct beat_next, n);

	for (size_t i = 0; i < n; i++) {
		if (read_is(&w->r, list->items[i], YAML_MAP, "next"))
			v[b->n_next++] = read_way(w, list->items[i]);
	}
	b->next = v;
}

static void read_when(struct scenario_read *w, const struct yaml_node *m, struct scenario_beat *b)
{
	struct yaml_node *v = yaml_get(m, "when");

	if (v && v->kind == YAML_SCALAR && str_eq(v->text, "start")) {
		b->when_text = "start";
		b->start = true;
		return;
	}
	b->when = read_expr(&w->r, m, "when", &b->when_text);
	if (v && !b->when)
		b->when = scenario_broken(w);
}

static void read_beat(struct scenario_read *w, const struct yaml_node *m, struct scenario_beat *b)
{
	read_keys(&w->r, m, "id when says emotion objection patience_s turns expect next end");
	read_when(w, m, b);
	b->says = scenario_lines(w, m, &b->n_says);
	b->has_emotion = scenario_emotion(w, m, "emotion", &b->emotion, &b->level);
	b->objection = read_code(&w->r, m, "objection", false);
	b->patience_s = read_int(&w->r, m, "patience_s", 3, 600, 0);
	b->turns = read_int(&w->r, m, "turns", 1, 10, 1);
	b->expect = scenario_expect(w, m, &b->n_expect);
	read_next(w, m, b);
	if (yaml_get(m, "end") && !READ_KIND(&w->r, m, "end", beat_end, BEAT_WAITS, &b->end))
		w->s->broken = true;
}

// First all ids, so that every beat can name every other.
static void read_beats(struct scenario_read *w, const struct yaml_node *root)
{
	struct yaml_node *list;
	size_t n = scenario_list(w, root, "beats", &list), kept = 0;
	struct scenario_beat *v = arena_array(w->r.a, struct scenario_beat, n);

	w->s->beats = v;
	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *m = list->items[i];
		v[w->s->n_beats].id = read_is(&w->r, m, YAML_MAP, "beats") ? read_code(&w->r, m, "id", true) : NULL;
		if (!v[w->s->n_beats].id) {
			w->s->broken = true;
			continue;
		}
		v[w->s->n_beats].line = m->line;
		v[w->s->n_beats++].col = m->col;
	}
	for (size_t i = 0; i < n && kept < w->s->n_beats; i++) {
		if (v[kept].line == list->items[i]->line && v[kept].col == list->items[i]->col)
			read_beat(w, list->items[i], &v[kept++]);
	}
}

// --- Curveballs

// "b3", "150s", "b3 or 150s".
static void read_at(struct scenario_read *w, const struct yaml_node *m, struct curveball *c)
{
	struct yaml_node *v = yaml_get(m, "at");
	c->at_beat = SCENARIO_NONE;
	if (!v)
		read_missing(&w->r, m, "at");
	if (!read_is(&w->r, v, YAML_SCALAR, "at"))
		return;
	struct sv rest = sv(v->text), word;
	while (sv_split(&rest, ' ', &word)) {
		int64_t n;
		if (!word.n || sv_eqz(word, "or"))
			continue;
		if (word.p[word.n - 1] == 's' && parse_int(sv_n(word.p, word.n - 1), 1, 7200, &n)) {
			c->at_s = (int)n;
			continue;
		}
		const char *id = arena_strndup(w->r.a, word.p, word.n);
		if (c->at_beat != SCENARIO_NONE)
			READ_FAIL(&w->r, v, _("at names one beat, one time (90s), or both with 'or'"));
		c->at_beat = scenario_find_beat(w, v, id);
	}
}

static void read_curveballs(struct scenario_read *w, const struct yaml_node *root)
{
	struct yaml_node *list;
	size_t n = scenario_list(w, root, "curveballs", &list);
	struct curveball *v = arena_array(w->r.a, struct curveball, n);

	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *m = list->items[i];
		struct curveball c = {.line = m->line, .col = m->col};
		if (!read_is(&w->r, m, YAML_MAP, "curveballs"))
			continue;
		read_keys(&w->r, m, "id kind target at chance for_s says expect to caller article title emotion");
		c.id = read_code(&w->r, m, "id", true);
		bool ok = c.id != NULL;
		if (!yaml_get(m, "kind"))
			read_missing(&w->r, m, "kind");
		ok = READ_KIND(&w->r, m, "kind", curveball_kind, CURVE_TIME_PRESSURE, &c.kind) && ok;
		read_at(w, m, &c);
		c.chance = read_int(&w->r, m, "chance", 1, 100, 100);
		c.target = read_code(&w->r, m, "target", false);
		c.article = read_code(&w->r, m, "article", false);
		c.for_s = read_int(&w->r, m, "for_s", 1, 3600, 0);
		c.says = scenario_lines(w, m, &c.n_says);
		c.title = scenario_pair(w, yaml_get(m, "title"), "title");
		c.expect = scenario_expect(w, m, &c.n_expect);
		c.beat = yaml_get(m, "to") ? scenario_beat_at(w, m, "to") : SCENARIO_NONE;
		c.caller = read_int(&w->r, m, "caller", 1, 7, -1);
		c.has_emotion = scenario_emotion(w, m, "emotion", &c.emotion, &c.level);
		if (ok)
			v[w->s->n_curveballs++] = c;
	}
	w->s->curveballs = v;
}

// --- The head

static void read_truth(struct scenario_read *w, const struct yaml_node *root)
{
	struct yaml_node *m = yaml_get(root, "truth");
	struct scenario_truth *t = &w->s->truth;

	if (!read_is(&w->r, m, YAML_MAP, "truth"))
		return;
	read_keys(&w->r, m, "category intent difficulty priority articles dispositions");
	t->line = m->line;
	t->col = m->col;
	t->category = read_code(&w->r, m, "category", false);
	(void)READ_KIND(&w->r, m, "intent", intent, INTENT_OTHER, &t->intent);
	(void)READ_KIND(&w->r, m, "difficulty", difficulty, DIFFICULTY_HARD, &t->difficulty);
	t->priority = read_int(&w->r, m, "priority", 1, 4, 0);
	struct script_codes codes = read_codes(&w->r, m, "articles", true);
	t->articles = codes.v;
	t->n_articles = codes.n;
	codes = read_codes(&w->r, m, "dispositions", true);
	t->dispositions = codes.v;
	t->n_dispositions = codes.n;
}

static void read_head(struct scenario_read *w, const struct yaml_node *root)
{
	struct reader *r = &w->r;
	struct scenario *s = w->s;

	s->version = read_int(r, root, "version", 1, 1000000, 1);
	(void)READ_KIND(r, root, "kind", scenario_kind, SCENARIO_QUEUE, &s->kind);
	if (!yaml_get(root, "level"))
		read_missing(r, root, "level");
	(void)READ_KIND(r, root, "level", practice_level, PRACTICE_EXPERT, &s->level);
	s->certifies = read_bool(r, root, "certifies", false);
	s->tour = read_bool(r, root, "tour", false);
	s->title = scenario_pair(w, yaml_get(root, "title"), "title");
	s->goal = scenario_pair(w, yaml_get(root, "goal"), "goal");
	s->brief = scenario_pair(w, yaml_get(root, "brief"), "brief");
	s->script = read_code(r, root, "script", false);
	struct script_codes tags = read_codes(r, root, "tags", true);
	s->tags = tags.v;
	s->n_tags = tags.n;
	s->time_limit_s = read_int(r, root, "time_limit_s", 30, 7200, yaml_get(root, "time_limit_s") ? 7200 : 0);
	s->wrap_limit_s = read_int(r, root, "wrap_limit_s", 10, 3600, WRAP_LIMIT_S);
	(void)scenario_emotion(w, root, "start_emotion", &s->start_class, &s->start_level);
	s->nudges = scenario_pairs(w, root, "nudges", &s->n_nudges);
	read_truth(w, root);
}

static void read_end(struct scenario_read *w, const struct yaml_node *root)
{
	struct yaml_node *m = yaml_get(root, "end");

	if (!read_is(&w->r, m, YAML_MAP, "end"))
		return; // that it is missing is said by the linter
	read_keys(&w->r, m, "success fail");
	w->s->end_line = m->line;
	w->s->end_col = m->col;
	w->s->success = read_expr(&w->r, m, "success", &w->s->success_text);
	w->s->fail = read_expr(&w->r, m, "fail", &w->s->fail_text);
	if (yaml_get(m, "success") && !w->s->success)
		w->s->success = scenario_broken(w);
}

void load_scenario(struct load *l, const struct pack *pack, const char *file, const struct yaml_node *root)
{
	struct pack_scenario out = {.pack = pack, .file = file};
	struct scenario_read w = {.r = load_reader(l, file), .s = &out.s};

	read_keys(&w.r, root,
		"scenario version kind title level certifies tour script tags goal brief time_limit_s wrap_limit_s start_emotion persona customer "
		"callers truth words nudges beats curveballs objections criticals cards seats tickets end");
	out.s.code = read_code(&w.r, root, "scenario", true);
	out.s.pack = pack->code;
	out.s.line = root->line;
	out.s.col = root->col;
	read_head(&w, root);
	scenario_words(&w, root);
	read_beats(&w, root);
	scenario_tickets(&w, root);
	// Nobody calls in a queue of tickets.
	if (out.s.kind != SCENARIO_QUEUE || yaml_get(root, "persona"))
		read_callers(&w, root);
	read_curveballs(&w, root);
	scenario_rest(&w, root);
	read_end(&w, root);
	if (out.s.code)
		vec_push(&l->scenarios, out);
}
