// SPDX-License-Identifier: MIT
// Knows when a script is wrong: dead ends, unreachable nodes, disclosures that can be passed by, circles without a choice.
#include "src/base/i18n.h"
#include "src/desk/script.h"
#include "src/desk/script_graph.h"

struct work {
	const struct script *s;
	const struct script_lint_env *env;
	bool *main_line;  // reachable from the entry
	bool *any;        // reachable from the entry or an objection
	bool *seen, *avoid;
	size_t *parent;
	const struct script_node *node; // whose texts and names are being looked at
	bool failed;
};

#define FAIL(w, at, ...)                                                                       \
	do {                                                                                   \
		(w)->failed = true;                                                            \
		lint_report(&(w)->env->lint, (at)->line, (at)->col, LINT_ERROR, __VA_ARGS__);  \
	} while (0)
#define WARN(w, at, ...) lint_report(&(w)->env->lint, (at)->line, (at)->col, LINT_WARNING, __VA_ARGS__)

// --- Each node by itself ---

static bool id_valid(const char *id)
{
	size_t n = strlen(id);

	if (n < 1 || n > 24)
		return false;
	for (; *id; id++) {
		if (!(*id >= 'A' && *id <= 'Z') && !(*id >= 'a' && *id <= 'z') && !(*id >= '0' && *id <= '9') && *id != '_')
			return false;
	}
	return true;
}

static bool field_name(struct sv name)
{
	return (sv_starts(name, "form.") || sv_starts(name, "base.")) && name.n > 5;
}

static bool name_known(const struct work *w, struct sv name)
{
	if (!field_name(name))
		return expr_name_is_common(name);
	return !w->env->known_name || w->env->known_name(w->env->ctx, name);
}

static void check_var(void *ctx, struct sv name)
{
	struct work *w = ctx;
	bool known = script_var_known(name);

	if (known && field_name(name))
		known = name_known(w, name);
	if (known && sv_starts(name, "set.") && w->env->known_set)
		known = w->env->known_set(w->env->ctx, sv_n(name.p + 4, name.n - 4));
	if (!known)
		FAIL(w, w->node, _("node %s: there is no variable {%.*s}; write {{ for a brace that is meant as such"), w->node->id,
		     (int)name.n, name.p);
}

static void check_text(struct work *w, const char *text)
{
	if (!script_text_vars(text, check_var, w, NULL))
		FAIL(w, w->node, _("node %s: a brace has no partner; write {{ or }} for a brace that is meant as such"), w->node->id);
}

static void check_name(void *ctx, struct sv name)
{
	struct work *w = ctx;

	if (!name_known(w, name))
		FAIL(w, w->node, _("node %s: there is no name '%.*s'; fields are form.CODE or base.CODE"), w->node->id, (int)name.n,
		     name.p);
}

static void check_field(struct work *w, const char *name)
{
	if (!name)
		return;
	if (!field_name(sv(name)))
		FAIL(w, w->node, _("node %s: '%s' is not a field; fields are form.CODE or base.CODE"), w->node->id, name);
	else
		check_name(w, sv(name));
}

static void check_sets(struct work *w, struct script_sets set)
{
	for (size_t i = 0; i < set.n; i++)
		check_field(w, set.v[i].name);
}

static void check_options(struct work *w)
{
	const struct script_node *n = w->node;

	if (n->kind == NODE_CHOICE && !n->n_options)
		FAIL(w, n, _("node %s: a choice needs options"), n->id);
	if (n->n_options && n->kind != NODE_CHOICE && n->kind != NODE_ASK)
		FAIL(w, n, _("node %s: only a choice or a question has options"), n->id);
	if (n->n_options && n->next.kind != TARGET_NONE)
		FAIL(w, n, _("node %s: give either options or next, not both"), n->id);
	for (size_t i = 0; i < n->n_options; i++) {
		const struct script_option *o = &n->options[i];
		if (!(o->key >= '0' && o->key <= '9') && !(o->key >= 'a' && o->key <= 'z'))
			FAIL(w, o, _("node %s: the key of an option is one digit or one lower-case letter"), n->id);
		for (size_t k = 0; k < i; k++) {
			if (n->options[k].key == o->key)
				FAIL(w, o, _("node %s: the key %c is used twice"), n->id, o->key);
		}
		if (str_empty(o->label.zh) || str_empty(o->label.en))
			FAIL(w, o, _("node %s: the option %c needs a text in zh and en"), n->id, o->key);
		check_sets(w, o->set);
	}
}

static void check_kind(struct work *w)
{
	const struct script_node *n = w->node;

	if (n->kind == NODE_CHECK && !n->check)
		FAIL(w, n, _("node %s: a check needs an expression in 'check'"), n->id);
	if (n->kind == NODE_KB && !n->articles.n)
		FAIL(w, n, _("node %s: name at least one article"), n->id);
	if (n->kind == NODE_FORM && !n->fields.n)
		FAIL(w, n, _("node %s: name at least one field"), n->id);
	if (n->kind == NODE_ACTION && n->action == ACTION_NONE)
		FAIL(w, n, _("node %s: name the action"), n->id);
	if (n->into && n->kind != NODE_ASK)
		FAIL(w, n, _("node %s: only a question has 'into'"), n->id);
	expr_names(n->check, check_name, w);
	check_field(w, n->into);
	for (size_t i = 0; i < n->fields.n; i++)
		check_field(w, n->fields.v[i]);
	check_sets(w, n->set);
}

static void check_nodes(struct work *w)
{
	for (size_t i = 0; i < w->s->n_nodes; i++) {
		const struct script_node *n = w->node = &w->s->nodes[i];
		if (!id_valid(n->id))
			FAIL(w, n, _("node %s: an id has 1 to 24 letters, digits or _"), n->id);
		if (script_find_node(w->s, sv(n->id)) != i)
			FAIL(w, n, _("node %s: the id is used twice in this script (shared parts count)"), n->id);
		if (str_empty(n->text.zh) || str_empty(n->text.en))
			FAIL(w, n, _("node %s: needs a text in zh and en"), n->id);
		check_text(w, n->text.zh);
		check_text(w, n->text.en);
		check_text(w, n->hint.zh);
		check_text(w, n->hint.en);
		check_options(w);
		check_kind(w);
	}
}

// --- Ways ---

static void check_way(struct work *w, const struct script_node *n, const struct script_target *t, bool main_line)
{
	const struct script *s = w->s;

	if (t->kind == TARGET_NONE)
		FAIL(w, n, _("node %s: the path stops here; say where it leads with 'next', or make it an end"), n->id);
	else if (t->kind == TARGET_NODE && t->node >= s->n_nodes)
		FAIL(w, n, _("node %s: '%s' is no node of this script"), n->id, t->id ? t->id : "?");
	else if (t->kind == TARGET_MAIN && s->kind != SCRIPT_FRAGMENT)
		FAIL(w, n, _("node %s: @main needs 'main' in the head of the script"), n->id);
	else if (t->kind == TARGET_CLOSE && s->kind == SCRIPT_MAIN && s->close_node == SCRIPT_NO_NODE)
		FAIL(w, n, _("node %s: @close needs com.close under 'shared'"), n->id);
	else if (t->kind == TARGET_RETURN && s->kind == SCRIPT_MAIN && main_line)
		FAIL(w, n, _("node %s: @return has nobody to return to here; it belongs in objections and side scripts"), n->id);
}

static void check_reach(struct work *w)
{
	const struct script *s = w->s;

	script_reach(s, s->entry, w->main_line);
	memcpy(w->any, w->main_line, s->n_nodes * sizeof(*w->any));
	for (size_t i = 0; i < s->n_objections; i++) {
		if (s->objections[i].entry >= s->n_nodes)
			FAIL(w, &s->objections[i], _("the objection %s has no node to begin with"), s->objections[i].code);
		script_reach(s, s->objections[i].entry, w->seen);
		for (size_t k = 0; k < s->n_nodes; k++)
			w->any[k] |= w->seen[k];
	}
	for (size_t i = 0; i < s->n_nodes; i++) {
		const struct script_node *n = &s->nodes[i];
		const struct script_target *t;
		if (!w->any[i])
			FAIL(w, n, _("node %s: no path leads here"), n->id);
		for (size_t k = 0; (t = script_way(n, k)); k++)
			check_way(w, n, t, w->main_line[i]);
		if (w->any[i] && n->kind != NODE_END && script_way(n, 0) &&
		    !script_walk(s, i, SCRIPT_NO_NODE, NULL, w->seen, NULL, NULL) && script_way_node(s, script_way(n, 0)) != SCRIPT_NO_NODE)
			FAIL(w, n, _("node %s: no way from here reaches an end"), n->id);
	}
}

// --- Disclosures and marks ---

// "Z1 > Z2 > END": the way found by the last walk, at most its last ten nodes.
static void path_text(const struct work *w, size_t last, struct str *out)
{
	size_t ids[10], n = 0;
	bool cut = false;

	for (; last != SCRIPT_NO_NODE; last = w->parent[last]) {
		if (n == 10) {
			cut = true;
			break;
		}
		ids[n++] = last;
	}
	if (cut)
		str_add(out, "… > ");
	while (n--) {
		str_add(out, w->s->nodes[ids[n]].id);
		if (n)
			str_add(out, " > ");
	}
}

// Is there a way from `from` to a way out past every node with avoid set? Its nodes go to *path.
static bool bypass(struct work *w, size_t from, struct str *path)
{
	size_t last = SCRIPT_NO_NODE;

	str_clear(path);
	if (!script_walk(w->s, from, SCRIPT_NO_NODE, w->avoid, w->seen, w->parent, &last))
		return false;
	path_text(w, last, path);
	return true;
}

static void avoid_code(struct work *w, const char *code)
{
	for (size_t i = 0; i < w->s->n_nodes; i++)
		w->avoid[i] = w->s->nodes[i].disclosure && strcmp(w->s->nodes[i].disclosure, code) == 0;
}

static void check_option_needs(struct work *w, const struct script_node *n, const struct script_option *o, struct str *path)
{
	for (size_t i = 0; i < o->needs.n; i++) {
		size_t from = script_way_node(w->s, &o->next);
		avoid_code(w, o->needs.v[i]);
		if (script_way_leaves(w->s, &o->next))
			FAIL(w, o, _("node %s, option %c: the disclosure %s is passed by, the path leaves at once"), n->id, o->key,
			     o->needs.v[i]);
		else if (bypass(w, from, path))
			FAIL(w, o, _("node %s, option %c: the disclosure %s can be passed by: %s"), n->id, o->key, o->needs.v[i],
			     str_z(path));
	}
}

static void check_needs(struct work *w)
{
	const struct script *s = w->s;
	struct str path = {0};

	for (size_t i = 0; i < s->needs.n; i++) {
		avoid_code(w, s->needs.v[i]);
		if (bypass(w, s->entry, &path))
			FAIL(w, s, _("the disclosure %s can be passed by: %s"), s->needs.v[i], str_z(&path));
	}
	for (size_t i = 0; i < s->n_nodes; i++) {
		for (size_t k = 0; k < s->nodes[i].n_options; k++)
			check_option_needs(w, &s->nodes[i], &s->nodes[i].options[k], &path);
	}
	str_release(&path);
}

static void check_marks(struct work *w)
{
	const struct script *s = w->s;
	struct str path = {0};

	for (enum script_mark mark = MARK_PLAN; s->kind == SCRIPT_MAIN && mark <= MARK_CONFIRM; mark++) {
		for (size_t i = 0; i < s->n_nodes; i++)
			w->avoid[i] = s->nodes[i].marks & MARK_BIT(mark);
		if (bypass(w, s->entry, &path))
			WARN(w, s, _("a path to the end has no node with the mark %s: %s"), script_mark_code(mark), str_z(&path));
	}
	str_release(&path);
}

// --- Circles ---

// Depth first without recursion over nodes where the agent does not choose; a way back to a node still open is a circle.
static void check_circles(struct work *w)
{
	const struct script *s = w->s;
	enum { NEW, OPEN, DONE };
	unsigned char *state = xcalloc(s->n_nodes + 1, 1);
	size_t *stack = xcalloc(s->n_nodes + 1, sizeof(*stack)), *way = xcalloc(s->n_nodes + 1, sizeof(*way));

	for (size_t i = 0; i < s->n_nodes; i++) {
		size_t depth = 0;
		if (state[i] != NEW || script_node_chooses(&s->nodes[i]))
			continue;
		stack[depth++] = i;
		state[i] = OPEN;
		while (depth) {
			size_t at = stack[depth - 1];
			const struct script_target *t = script_way(&s->nodes[at], way[at]++);
			if (!t) {
				state[at] = DONE;
				depth--;
				continue;
			}
			size_t next = script_way_node(s, t);
			if (next == SCRIPT_NO_NODE || script_node_chooses(&s->nodes[next]))
				continue;
			if (state[next] == OPEN)
				FAIL(w, &s->nodes[next], _("node %s: the path comes back here without a node where the agent chooses"),
				     s->nodes[next].id);
			if (state[next] != NEW)
				continue;
			state[next] = OPEN;
			stack[depth++] = next;
		}
	}
	free(state);
	free(stack);
	free(way);
}

static void check_head(struct work *w)
{
	const struct script *s = w->s;

	if (str_empty(s->title.zh) || str_empty(s->title.en))
		FAIL(w, s, _("the title needs a text in zh and en"));
	if (s->menu_key && s->kind != SCRIPT_SIDE)
		FAIL(w, s, _("only a side script has a menu_key"));
	if (s->kind == SCRIPT_SIDE && !(s->menu_key >= 'a' && s->menu_key <= 'z'))
		WARN(w, s, _("without a menu_key (one lower-case letter) the side script is not in the menu"));
	for (size_t i = 0; i < s->n_objections; i++) {
		const struct script_objection *o = &s->objections[i];
		if (str_empty(o->label.zh) || str_empty(o->label.en))
			FAIL(w, o, _("the objection %s needs a text in zh and en"), o->code);
		for (size_t k = 0; k < i; k++) {
			if (str_eq(s->objections[k].code, o->code))
				FAIL(w, o, _("the objection %s is there twice"), o->code);
		}
	}
}

bool script_lint(const struct script *s, const struct script_lint_env *env)
{
	struct work w = {.s = s, .env = env};

	check_head(&w);
	if (s->entry >= s->n_nodes) {
		FAIL(&w, s, _("the script has no node to begin with; name it in 'entry'"));
		return false;
	}
	w.main_line = xcalloc(s->n_nodes, sizeof(*w.main_line));
	w.any = xcalloc(s->n_nodes, sizeof(*w.any));
	w.seen = xcalloc(s->n_nodes, sizeof(*w.seen));
	w.avoid = xcalloc(s->n_nodes, sizeof(*w.avoid));
	w.parent = xcalloc(s->n_nodes, sizeof(*w.parent));
	check_nodes(&w);
	check_reach(&w);
	check_needs(&w);
	check_marks(&w);
	check_circles(&w);
	free(w.main_line);
	free(w.any);
	free(w.seen);
	free(w.avoid);
	free(w.parent);
	return !w.failed;
}
