// SPDX-License-Identifier: MIT
// Knows how the tickets of a sandbox queue are read, with their answer keys.
#include "config/read_scenario.h"
#include "src/base/i18n.h"

static const struct word_set *words_of(struct scenario_read *w, const struct yaml_node *m)
{
	const char *name = read_code(&w->r, m, "words", false);

	for (size_t i = 0; name && i < w->s->n_words; i++)
		if (str_eq(w->s->words[i].name, name))
			return &w->s->words[i];
	if (name)
		READ_FAIL(&w->r, yaml_get(m, "words"), _("there is no word set %s"), name);
	return NULL;
}

static void read_answer(struct scenario_read *w, const struct yaml_node *map, struct queue_ticket *t)
{
	const struct yaml_node *m = yaml_get(map, "key");

	if (!m)
		read_missing(&w->r, map, "key");
	if (!read_is(&w->r, m, YAML_MAP, "key"))
		return;
	read_keys(&w->r, m, "category priority queue reply words");
	t->key_category = read_code(&w->r, m, "category", true);
	t->key_queue = read_code(&w->r, m, "queue", true);
	t->key_priority = read_int(&w->r, m, "priority", 1, 4, 0);
	t->reply = read_bool(&w->r, m, "reply", false);
	t->words = words_of(w, m);
}

void scenario_tickets(struct scenario_read *w, const struct yaml_node *root)
{
	struct yaml_node *list;
	size_t n = scenario_list(w, root, "tickets", &list);
	struct queue_ticket *v = arena_array(w->r.a, struct queue_ticket, n + 1);

	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *m = list->items[i];
		struct queue_ticket t = {.line = m->line, .col = m->col};
		if (!read_is(&w->r, m, YAML_MAP, "tickets"))
			continue;
		read_keys(&w->r, m, "id title text category priority queue key trap");
		t.id = read_code(&w->r, m, "id", true);
		t.title = scenario_pair(w, yaml_get(m, "title"), "title");
		t.text = scenario_pair(w, yaml_get(m, "text"), "text");
		t.category = read_code(&w->r, m, "category", false);
		t.queue = read_code(&w->r, m, "queue", false);
		t.priority = read_int(&w->r, m, "priority", 1, 4, 3);
		t.trap = scenario_pair(w, yaml_get(m, "trap"), "trap");
		read_answer(w, m, &t);
		if (t.id)
			v[w->s->n_tickets++] = t;
	}
	w->s->tickets = v;
}
