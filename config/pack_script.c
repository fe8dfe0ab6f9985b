// SPDX-License-Identifier: MIT
// Knows how a script file becomes a struct script, with its fragments spliced in and its targets resolved.
#include "src/base/i18n.h"
#include "config/load.h"

// One node of the script being built: its tree and where it comes from.
struct origin {
	const struct yaml_node *map;
	size_t segment;
};
// The script's own nodes, or those of one fragment.
struct segment {
	const struct script_src *src;
	const struct yaml_node *list;
	int line, col; // of the entry under "shared"; 0: own nodes
};
enum { SEGMENTS_MAX = 9 };
struct splice {
	struct reader r;
	struct script *s;
	struct script_node *nodes;
	struct origin *sources;
	struct segment segments[SEGMENTS_MAX];
	size_t n_segments;
	size_t main; // node for @main, or SCRIPT_NO_NODE
	bool foreign; // the node being read belongs to a fragment spliced in
};

void load_script_src(struct load *l, const struct pack *pack, const char *file, struct yaml_node *root)
{
	struct reader r = load_reader(l, file);
	struct script_src src = {.pack = pack, .file = file, .root = root, .kind = SCRIPT_MAIN};
	read_keys(&r, root, "script version title kind menu_key category form entry main shared needs objections nodes");
	src.code = read_code(&r, root, "script", true);
	if (!yaml_get(root, "kind"))
		read_missing(&r, root, "kind");
	(void)READ_KIND(&r, root, "kind", script_kind, SCRIPT_FRAGMENT, &src.kind);
	if (src.code)
		vec_push(&l->scripts, src);
}

static size_t find_id(const struct splice *w, const char *id)
{
	return script_find_node(w->s, sv(id));
}

// Where a target that does not exist leads instead, so that one typing error gives one finding.
static struct script_target sink(const struct splice *w)
{
	if (w->s->kind == SCRIPT_MAIN && w->s->close_node == SCRIPT_NO_NODE) {
		for (size_t i = 0; i < w->s->n_nodes; i++) {
			const struct yaml_node *kind = yaml_get(w->sources[i].map, "kind");
			if (kind && str_eq(kind->text, "end"))
				return (struct script_target){TARGET_NODE, i, NULL};
		}
	}
	return (struct script_target){TARGET_CLOSE, 0, NULL};
}

static void report_target(struct splice *w, const struct yaml_node *v)
{
	if (w->r.quiet)
		return;
	const char **ids = xcalloc(w->s->n_nodes + 4, sizeof(*ids));
	size_t n = 0;
	for (; n < w->s->n_nodes; n++)
		ids[n] = w->nodes[n].id;
	ids[n++] = "@close";
	ids[n++] = "@return";
	if (w->s->kind == SCRIPT_FRAGMENT)
		ids[n++] = "@main";
	const char *near = str_nearest(v->text, ids);
	if (str_eq(v->text, "@main"))
		READ_FAIL(&w->r, v, _("@main is for fragments only"));
	else if (near)
		READ_FAIL(&w->r, v, _("there is no node %s in this script; did you mean %s?"), v->text, near);
	else
		READ_FAIL(&w->r, v, _("there is no node %s in this script"), v->text);
	free(ids);
}

static struct script_target target(struct splice *w, const struct yaml_node *map, const char *key)
{
	struct yaml_node *v = yaml_get(map, key);
	struct script_target t = {.node = SCRIPT_NO_NODE};
	if (!v)
		return t;
	if (!read_is(&w->r, v, YAML_SCALAR, key))
		return sink(w);
	t.id = arena_strdup(w->r.a, v->text);
	if (str_eq(v->text, "@close")) {
		t.kind = TARGET_CLOSE;
	} else if (str_eq(v->text, "@return")) {
		t.kind = TARGET_RETURN;
	} else if (str_eq(v->text, "@main") && w->foreign && w->main != SCRIPT_NO_NODE) {
		t.kind = TARGET_NODE;
		t.node = w->main;
	} else if (str_eq(v->text, "@main") && (w->foreign || w->s->kind == SCRIPT_FRAGMENT)) {
		t.kind = TARGET_MAIN;
	} else {
		t.kind = TARGET_NODE;
		t.node = find_id(w, v->text);
		if (t.node == SCRIPT_NO_NODE) {
			report_target(w, v);
			return sink(w);
		}
	}
	return t;
}

static void read_options(struct splice *w, const struct yaml_node *map, struct script_node *n)
{
	struct yaml_node *list = yaml_get(map, "options");
	if (!read_is(&w->r, list, YAML_LIST, "options"))
		return;
	struct script_option *v = arena_array(w->r.a, struct script_option, list->n);
	for (size_t i = 0; i < list->n; i++) {
		const struct yaml_node *m = list->items[i];
		if (!read_is(&w->r, m, YAML_MAP, "options"))
			continue;
		struct script_option *o = &v[n->n_options++];
		read_keys(&w->r, m, "key zh en next set needs");
		*o = (struct script_option){
			.label = read_label(&w->r, m, false),
			.next = target(w, m, "next"),
			.set = read_sets(&w->r, m, "set"),
			.needs = read_codes(&w->r, m, "needs", true),
			.line = w->foreign ? n->line : m->line,
			.col = w->foreign ? n->col : m->col,
		};
		const char *key = read_text(&w->r, m, "key", 64, false);
		o->key = key && strlen(key) == 1 ? *key : '?';
	}
	n->options = v;
}

static void read_marks(struct splice *w, const struct yaml_node *map, struct script_node *n)
{
	struct yaml_node *list = yaml_get(map, "marks");
	if (read_is(&w->r, list, YAML_LIST, "marks")) {
		for (size_t i = 0; i < list->n; i++) {
			enum script_mark mark;
			if (READ_KIND_NODE(&w->r, list->items[i], "marks", script_mark, MARK_DISCLOSURE, &mark))
				n->marks |= MARK_BIT(mark);
		}
	}
	n->disclosure = read_code(&w->r, map, "disclosure", false);
	if (n->disclosure)
		n->marks |= MARK_BIT(MARK_DISCLOSURE);
	n->has_empathy = READ_KIND(&w->r, map, "empathy", emotion_class, EMOTION_SAD, &n->empathy);
	if (n->has_empathy)
		n->marks |= MARK_BIT(MARK_EMPATHY);
}

static const char *node_keys(enum node_kind kind)
{
#define ALL "id kind zh en hint marks stage required disclosure empathy set timeout_hint_s"
	switch (kind) {
	case NODE_SAY:
	case NODE_OFFER:
		return ALL " next";
	case NODE_ASK:
		return ALL " ask next options into";
	case NODE_CHOICE:
		return ALL " options";
	case NODE_CHECK:
		return ALL " check on_pass on_fail";
	case NODE_KB:
		return ALL " articles next";
	case NODE_FORM:
		return ALL " fields next";
	case NODE_ACTION:
		return ALL " action with next";
	case NODE_END:
		return ALL;
	}
#undef ALL
	return "";
}

// What only nodes of this kind have.
static void read_kind_parts(struct splice *w, const struct yaml_node *m, struct script_node *n)
{
	struct reader *r = &w->r;
	switch (n->kind) {
	case NODE_ASK:
		if (!yaml_get(m, "ask"))
			read_missing(r, m, "ask");
		(void)READ_KIND(r, m, "ask", ask_kind, ASK_PROBE, &n->ask);
		n->into = read_code(r, m, "into", false);
		read_options(w, m, n);
		break;
	case NODE_CHOICE:
		read_options(w, m, n);
		break;
	case NODE_CHECK:
		n->check = read_expr(r, m, "check", &n->check_text);
		if (!n->check && yaml_get(m, "check")) // reported; a check that never holds keeps the graph whole
			n->check = expr_parse(sv("false"), NULL, NULL, r->a);
		n->on_pass = target(w, m, "on_pass");
		n->on_fail = target(w, m, "on_fail");
		break;
	case NODE_KB:
		n->articles = read_codes(r, m, "articles", false);
		break;
	case NODE_FORM:
		n->fields = read_codes(r, m, "fields", false);
		break;
	case NODE_ACTION:
		if (yaml_get(m, "action") && !READ_KIND(r, m, "action", script_action, ACTION_NOTE, &n->action))
			n->action = ACTION_NOTE; // reported
		n->with = read_sets(r, m, "with");
		break;
	case NODE_SAY:
	case NODE_OFFER:
	case NODE_END:
		break;
	}
	if (n->kind != NODE_CHOICE && n->kind != NODE_CHECK && n->kind != NODE_END)
		n->next = target(w, m, "next");
}

static void read_node(struct splice *w, const struct yaml_node *m, struct script_node *n)
{
	struct reader *r = &w->r;
	if (!yaml_get(m, "kind"))
		read_missing(r, m, "kind");
	if (READ_KIND(r, m, "kind", node_kind, NODE_END, &n->kind))
		read_keys(r, m, node_keys(n->kind));
	n->text = read_label(r, m, false);
	n->hint = read_label_at(r, m, "hint", false);
	read_marks(w, m, n);
	(void)READ_KIND(r, m, "stage", script_stage, STAGE_SOLVE, &n->stage);
	n->required = read_bool(r, m, "required", false);
	n->set = read_sets(r, m, "set");
	n->timeout_hint_s = read_int(r, m, "timeout_hint_s", 1, 3600, 0);
	read_kind_parts(w, m, n);
}

// Adds a segment; its nodes get ids and places, so that targets can be resolved afterwards.
static void add_segment(struct splice *w, struct segment seg)
{
	for (size_t i = 0; seg.list && seg.list->kind == YAML_LIST && i < seg.list->n; i++) {
		const struct yaml_node *m = seg.list->items[i], *id = yaml_get(m, "id");
		if (m->kind != YAML_MAP) {
			if (!seg.line)
				READ_FAIL(&w->r, m, _("a node must be a map of keys and values"));
			continue;
		}
		struct script_node *n = &w->nodes[w->s->n_nodes];
		w->sources[w->s->n_nodes++] = (struct origin){m, w->n_segments};
		n->id = id && id->kind == YAML_SCALAR ? arena_strdup(w->r.a, id->text) : "";
		n->line = seg.line ? seg.line : m->line;
		n->col = seg.line ? seg.col : m->col;
	}
	w->segments[w->n_segments++] = seg;
}

static bool holds_id(const struct yaml_node *list, const char *id)
{
	for (size_t i = 0; list && list->kind == YAML_LIST && i < list->n; i++) {
		const struct yaml_node *v = yaml_get(list->items[i], "id");
		if (v && v->kind == YAML_SCALAR && str_eq(v->text, id))
			return true;
	}
	return false;
}

static const struct script_src *find_src(const struct load *l, const char *code)
{
	for (size_t i = 0; i < l->scripts.n; i++) {
		if (str_eq(l->scripts.v[i].code, code))
			return &l->scripts.v[i];
	}
	return NULL;
}

// The fragments named under "shared", with their places. Returns how many.
static size_t shared(struct splice *w, const struct load *l, const struct yaml_node *root, struct segment *out)
{
	struct yaml_node *list = yaml_get(root, "shared");
	size_t n = 0;
	if (!read_is(&w->r, list, YAML_LIST, "shared"))
		return 0;
	if (w->s->kind == SCRIPT_FRAGMENT) {
		READ_FAIL(&w->r, list, _("a fragment cannot share other fragments"));
		return 0;
	}
	for (size_t i = 0; i < list->n; i++) {
		const struct yaml_node *item = list->items[i];
		if (!read_is(&w->r, item, YAML_SCALAR, "shared"))
			continue;
		const struct script_src *src = find_src(l, item->text);
		bool twice = false;
		for (size_t k = 0; k < n; k++)
			twice |= out[k].src == src;
		if (!src)
			READ_FAIL(&w->r, item, _("there is no script %s"), item->text);
		else if (src->kind != SCRIPT_FRAGMENT)
			READ_FAIL(&w->r, item, _("%s is not a fragment (kind: fragment)"), item->text);
		else if (twice)
			READ_FAIL(&w->r, item, _("%s is shared twice"), item->text);
		else if (n == SEGMENTS_MAX - 1)
			READ_FAIL(&w->r, item, _("more than %d fragments"), SEGMENTS_MAX - 1);
		else
			out[n++] = (struct segment){src, yaml_get(src->root, "nodes"), item->line, item->col};
	}
	return n;
}

static void splice_nodes(struct splice *w, const struct load *l, const struct script_src *src)
{
	const struct yaml_node *root = src->root, *entry = yaml_get(root, "entry");
	struct segment own = {src, yaml_get(root, "nodes"), 0, 0}, from[SEGMENTS_MAX];
	size_t n = shared(w, l, root, from), total = 0;
	if (!own.list)
		read_missing(&w->r, root, "nodes");
	if (read_is(&w->r, own.list, YAML_LIST, "nodes"))
		total = own.list->n;
	for (size_t i = 0; i < n; i++)
		total += from[i].list && from[i].list->kind == YAML_LIST ? from[i].list->n : 0;
	w->nodes = arena_array(w->r.a, struct script_node, total);
	w->sources = xcalloc(total + 1, sizeof(*w->sources));
	w->s->nodes = w->nodes;
	w->s->close_node = SCRIPT_NO_NODE;
	// The fragment with the entry comes first, the others last: the order in which a call goes.
	for (size_t i = 0; i < n; i++) {
		if (entry && holds_id(from[i].list, entry->text))
			add_segment(w, from[i]);
	}
	add_segment(w, own);
	for (size_t i = 0; i < n; i++) {
		if (entry && holds_id(from[i].list, entry->text))
			continue;
		size_t first = w->s->n_nodes;
		add_segment(w, from[i]);
		if (str_eq(from[i].src->code, "com.close") && w->s->n_nodes > first)
			w->s->close_node = script_find_node(w->s, sv("SUMMARY"));
	}
}

// A node named in the head; SCRIPT_NO_NODE when there is none.
static size_t head_node(struct splice *w, const struct yaml_node *map, const char *key, bool need)
{
	struct yaml_node *v = yaml_get(map, key);
	if (!v && need)
		read_missing(&w->r, map, key);
	if (!read_is(&w->r, v, YAML_SCALAR, key))
		return SCRIPT_NO_NODE;
	size_t at = find_id(w, v->text);
	if (at == SCRIPT_NO_NODE)
		report_target(w, v);
	return at;
}

static void read_objections(struct splice *w, const struct yaml_node *root)
{
	struct yaml_node *list = yaml_get(root, "objections");
	if (!read_is(&w->r, list, YAML_LIST, "objections"))
		return;
	struct script_objection *v = arena_array(w->r.a, struct script_objection, list->n);
	for (size_t i = 0; i < list->n; i++) {
		const struct yaml_node *m = list->items[i];
		if (!read_is(&w->r, m, YAML_MAP, "objections"))
			continue;
		read_keys(&w->r, m, "code zh en entry");
		struct script_objection o = {
			.code = read_code(&w->r, m, "code", true),
			.label = read_label(&w->r, m, false),
			.entry = head_node(w, m, "entry", true),
			.line = m->line,
			.col = m->col,
		};
		if (o.code && o.entry != SCRIPT_NO_NODE)
			v[w->s->n_objections++] = o;
	}
	w->s->objections = v;
}

static void read_head(struct splice *w, const struct script_src *src)
{
	struct reader *r = &w->r;
	const struct yaml_node *root = src->root;
	struct script *s = w->s;
	s->code = src->code;
	s->kind = src->kind;
	s->line = root->line;
	s->col = root->col;
	s->version = read_int(r, root, "version", 1, 1000000, 1);
	s->title = read_title(r, root);
	s->category = read_code(r, root, "category", false);
	s->form = read_code(r, root, "form", false);
	s->needs = read_codes(r, root, "needs", true);
	const char *key = read_text(r, root, "menu_key", 64, false);
	if (key && strlen(key) == 1 && *key >= 'a' && *key <= 'z')
		s->menu_key = *key;
	else if (key)
		READ_FAIL(r, yaml_get(root, "menu_key"), _("menu_key must be one lower-case letter"));
}

void load_script(struct load *l, const struct script_src *src, struct pack_script *out)
{
	*out = (struct pack_script){.pack = src->pack, .file = src->file};
	struct splice w = {.r = load_reader(l, src->file), .s = &out->s};
	read_head(&w, src);
	splice_nodes(&w, l, src);
	out->s.entry = head_node(&w, src->root, "entry", true);
	if (out->s.entry == SCRIPT_NO_NODE && out->s.n_nodes)
		out->s.entry = 0; // reported; the rest of the script can still be looked at
	w.main = head_node(&w, src->root, "main", false);
	for (size_t i = 0; i < out->s.n_nodes; i++) {
		w.foreign = w.segments[w.sources[i].segment].line > 0;
		w.r.quiet = w.foreign;
		read_node(&w, w.sources[i].map, &w.nodes[i]);
	}
	w.foreign = w.r.quiet = false;
	read_objections(&w, src->root);
	free(w.sources);
}
