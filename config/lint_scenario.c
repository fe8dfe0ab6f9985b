// SPDX-License-Identifier: MIT
// Knows what a scenario refers to in other files: categories, dispositions, articles, scripts and their nodes, fields of forms.
#include "config/lint_scenario.h"

#include "src/base/i18n.h"

struct work {
	const struct packs *k;
	struct problems *p;
	const struct pack_scenario *ps;
};

static void report(void *ctx, int line, int col, enum lint_severity severity, const char *message)
{
	struct work *w = ctx;
	problems_add(w->p, w->ps->file, line, col, severity, "%s", message);
}

#define FAIL(w, at, ...) problems_add((w)->p, (w)->ps->file, (at)->line, (at)->col, LINT_ERROR, __VA_ARGS__)

// The nearest of n codes; code(i) is an expression with i in it. Owned by nobody: a code of the packs, or NULL.
#define NEAREST(written, n, code)                                                              \
	({                                                                                     \
		const char **all_ = xcalloc((n) + 1, sizeof(*all_));                           \
		for (size_t i = 0; i < (n); i++)                                               \
			all_[i] = (code);                                                      \
		const char *near_ = str_nearest((written), all_);                              \
		free(all_);                                                                    \
		near_;                                                                         \
	})

static void missing(struct work *w, int line, int col, const char *id, const char *what, const char *code, const char *near)
{
	if (near)
		problems_add(w->p, w->ps->file, line, col, LINT_ERROR, _("%s: there is no %s %s; did you mean %s?"), id, what, code, near);
	else
		problems_add(w->p, w->ps->file, line, col, LINT_ERROR, _("%s: there is no %s %s"), id, what, code);
}

// --- Single codes

static void check_category(struct work *w, int line, int col, const char *id, const char *code)
{
	const struct packs *k = w->k;
	if (code && !category_find(&k->categories, code))
		missing(w, line, col, id, _("category"), code, NEAREST(code, k->n_category_codes, k->category_codes[i]));
}

static void check_article(struct work *w, int line, int col, const char *id, const char *code)
{
	const struct packs *k = w->k;
	if (code && !packs_article(k, code))
		missing(w, line, col, id, _("article"), code, NEAREST(code, k->n_articles, k->articles[i].id));
}

static void check_disposition(struct work *w, int line, int col, const char *id, const char *code)
{
	const struct packs *k = w->k;
	if (code && !disposition_find(&k->dispositions, code))
		missing(w, line, col, id, _("disposition"), code, NEAREST(code, k->dispositions.n, k->dispositions.v[i].code));
}

// A leaf, or "branch.*".
static void check_classify(struct work *w, const struct expectation *x)
{
	size_t n = strlen(x->value);
	if (n < 3 || !str_eq(x->value + n - 2, ".*")) {
		check_category(w, x->line, x->col, x->id, x->value);
		return;
	}
	for (size_t i = 0; i < w->k->categories.n; i++) {
		if (strncmp(w->k->categories.v[i].code, x->value, n - 1) == 0)
			return;
	}
	FAIL(w, x, _("%s: no category stands below %.*s"), x->id, (int)n - 2, x->value);
}

// --- Scripts

// The script of "script/node" or the scenario's own; *node is what stands behind the slash. NULL: reported.
static const struct script *script_of(struct work *w, const struct expectation *x, const char **node)
{
	const struct packs *k = w->k;
	const char *slash = strrchr(x->value, '/');
	char code[80];
	*node = slash ? slash + 1 : x->value;
	if (!slash && !w->ps->s.script) {
		FAIL(w, x, _("%s: write SCRIPT/NODE, since the scenario names no script"), x->id);
		return NULL;
	}
	snprintf(code, sizeof(code), "%.*s", slash ? (int)(slash - x->value) : (int)strlen(w->ps->s.script), slash ? x->value : w->ps->s.script);
	const struct pack_script *ps = packs_script(k, code);
	if (!ps && slash) // that the scenario's own is not there is said once
		missing(w, x->line, x->col, x->id, _("script"), code, NEAREST(code, k->n_scripts, k->scripts[i].s.code));
	return ps ? &ps->s : NULL;
}

static const struct script_node *node_of(struct work *w, const struct expectation *x, const struct script *s, struct sv id)
{
	size_t at = script_find_node(s, id);
	char written[80];
	if (at != SCRIPT_NO_NODE)
		return &s->nodes[at];
	snprintf(written, sizeof(written), "%.*s", (int)id.n, id.p);
	missing(w, x->line, x->col, x->id, _("node"), written, NEAREST(written, s->n_nodes, s->nodes[i].id));
	return NULL;
}

static void check_node(struct work *w, const struct expectation *x)
{
	const char *node;
	const struct script *s = script_of(w, x, &node);
	if (s)
		(void)node_of(w, x, s, sv(node));
}

static void check_choice(struct work *w, const struct expectation *x)
{
	const char *node, *eq = strrchr(x->value, '=');
	const struct script *s = eq ? script_of(w, x, &node) : NULL;
	const struct script_node *n = s ? node_of(w, x, s, sv_n(node, (size_t)(eq - node))) : NULL;
	for (size_t i = 0; n && i < n->n_options; i++) {
		if (n->options[i].key == eq[1] && !eq[2])
			return;
	}
	if (n)
		FAIL(w, x, _("%s: the node %s has no option %s"), x->id, n->id, eq + 1);
}

// --- Forms

static void check_field(struct work *w, const struct expectation *x)
{
	const char *dot = strchr(x->value, '.'), *eq = strchr(x->value, '=');
	char form[80], field[80];
	if (!dot || (eq && eq < dot))
		return; // said by scenario_lint
	snprintf(form, sizeof(form), "%.*s", (int)(dot - x->value), x->value);
	snprintf(field, sizeof(field), "%.*s", eq ? (int)(eq - dot - 1) : (int)strlen(dot + 1), dot + 1);
	const struct pack_form *pf = packs_form(w->k, form);
	if (!pf) {
		missing(w, x->line, x->col, x->id, _("form"), form, NEAREST(form, w->k->n_forms, w->k->forms[i].f.code));
		return;
	}
	size_t at = form_find(&pf->f, sv(field));
	if (at == FORM_NO_FIELD)
		missing(w, x->line, x->col, x->id, _("field"), field, NEAREST(field, pf->f.n_fields, pf->f.fields[i].code));
	else if (eq && !lint_value_fits(w->k, &pf->f.fields[at], eq + 1))
		FAIL(w, x, _("%s: the field %s cannot be '%s'"), x->id, field, eq + 1);
}

// --- All of them

static void check_expectation(struct work *w, const struct expectation *x)
{
	if (!x->value)
		return;
	switch (x->what) {
	case EXPECT_CLASSIFY:
		check_classify(w, x);
		break;
	case EXPECT_OPEN:
	case EXPECT_CITE:
		check_article(w, x->line, x->col, x->id, x->value);
		break;
	case EXPECT_DISPOSITION: case EXPECT_LINK:
		check_disposition(w, x->line, x->col, x->id, x->value);
		break;
	case EXPECT_SCRIPT:
		check_node(w, x);
		break;
	case EXPECT_CHOOSE:
		check_choice(w, x);
		break;
	case EXPECT_FORM:
		check_field(w, x);
		break;
	default: // values of closed lists: scenario_lint
		break;
	}
}

static void check_script(struct work *w)
{
	const struct scenario *s = &w->ps->s;
	const struct pack_script *ps = packs_script(w->k, s->script);
	if (s->script && !ps)
		missing(w, s->line, s->col, "script", _("script"), s->script, NEAREST(s->script, w->k->n_scripts, w->k->scripts[i].s.code));
	else if (ps && ps->s.kind != SCRIPT_MAIN)
		FAIL(w, s, _("script: %s is not a script for a call"), s->script);
}

// A queue is one that some category goes to.
static void check_queue(struct work *w, const struct queue_ticket *t, const char *queue)
{
	const struct category_tree *c = &w->k->categories;
	bool known = !queue || str_eq(queue, "general");

	for (size_t i = 0; !known && i < c->n; i++)
		known = str_eq(c->v[i].queue, queue);
	if (!known)
		missing(w, t->line, t->col, t->id, _("queue"), queue, NULL);
}

static void check_ticket(struct work *w, const struct queue_ticket *t)
{
	check_category(w, t->line, t->col, t->id, t->category);
	check_category(w, t->line, t->col, t->id, t->key_category);
	check_queue(w, t, t->queue);
	check_queue(w, t, t->key_queue);
}

void lint_scenario(const struct packs *k, const struct pack_scenario *ps, struct problems *p)
{
	struct work w = {k, p, ps};
	const struct scenario *s = &ps->s;
	struct lint l = {report, &w};
	(void)scenario_lint(s, &l);
	check_script(&w);
	check_category(&w, s->truth.line, s->truth.col, "truth", s->truth.category);
	for (size_t i = 0; i < s->truth.n_articles; i++)
		check_article(&w, s->truth.line, s->truth.col, "truth", s->truth.articles[i]);
	for (size_t i = 0; i < s->truth.n_dispositions; i++)
		check_disposition(&w, s->truth.line, s->truth.col, "truth", s->truth.dispositions[i]);
	for (size_t i = 0; i < s->n_tickets; i++)
		check_ticket(&w, &s->tickets[i]);
	for (size_t i = 0; i < s->n_callers; i++)
		check_category(&w, s->callers[i].line, s->callers[i].col, "customer", s->callers[i].category);
	for (size_t i = 0; i < s->n_curveballs; i++)
		check_article(&w, s->curveballs[i].line, s->curveballs[i].col, s->curveballs[i].id, s->curveballs[i].article);
	for (size_t i = 0; i < scenario_expectations(s); i++)
		check_expectation(&w, scenario_expectation(s, i, NULL, NULL));
}
