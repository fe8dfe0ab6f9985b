// SPDX-License-Identifier: MIT
// Knows the rules of content packs that need more than one file, and runs those of scripts and forms.
#include "config/lint.h"

#include "config/lint_kb.h"
#include "config/lint_scenario.h"
#include "src/base/i18n.h"

struct work {
	const struct packs *k;
	struct problems *p;
	const struct pack *pack;
	const char *file;            // of the element looked at
	const struct script *script; // or NULL
	const struct script_node *node;
	struct problems fragments;   // what was found in fragments; scripts that share them do not repeat it
};

static void report(void *ctx, int line, int col, enum lint_severity severity, const char *message)
{
	struct work *w = ctx;
	bool fragment = w->script && w->script->kind == SCRIPT_FRAGMENT;
	for (size_t i = 0; w->script && !fragment && i < w->fragments.n; i++) {
		if (str_eq(w->fragments.v[i].message, message))
			return;
	}
	if (fragment)
		problems_add(&w->fragments, w->file, line, col, severity, "%s", message);
	problems_add(w->p, w->file, line, col, severity, "%s", message);
}

#define FAIL(w, at, ...) lint_report(&(struct lint){report, w}, (at)->line, (at)->col, LINT_ERROR, __VA_ARGS__)
#define FAIL_PLACE(w, place, ...) problems_add((w)->p, (place).file, (place).line, (place).col, LINT_ERROR, __VA_ARGS__)

// --- Names ---

static const struct form_field *field_of(const struct packs *k, const char *form, struct sv code)
{
	const struct pack_form *f = packs_form(k, form);
	size_t at = f ? form_find(&f->f, code) : FORM_NO_FIELD;
	return at == FORM_NO_FIELD ? NULL : &f->f.fields[at];
}

// The field a name of a script stands for; NULL if there is none. A side script or fragment runs beside any form.
static const struct form_field *find_field(const struct work *w, struct sv name)
{
	if (sv_starts(name, "base."))
		return field_of(w->k, "base", sv_n(name.p + 5, name.n - 5));
	if (!sv_starts(name, "form."))
		return NULL;
	struct sv code = sv_n(name.p + 5, name.n - 5);
	if (!w->script || w->script->form)
		return w->script ? field_of(w->k, w->script->form, code) : NULL;
	for (size_t i = 0; w->script->kind != SCRIPT_MAIN && i < w->k->n_forms; i++) {
		const struct form_field *f = field_of(w->k, w->k->forms[i].f.code, code);
		if (f)
			return f;
	}
	return NULL;
}

static bool known_name(void *ctx, struct sv name)
{
	const struct work *w = ctx;
	if (sv_starts(name, "form.") && w->script && w->script->form && !packs_form(w->k, w->script->form))
		return true; // that the form is missing is said once
	return find_field(ctx, name) != NULL;
}

static bool known_set(void *ctx, struct sv name)
{
	const struct work *w = ctx;
	char z[65];
	if (name.n >= sizeof(z))
		return false;
	memcpy(z, name.p, name.n);
	z[name.n] = '\0';
	return packs_value(w->k, w->pack, z) != NULL;
}

static bool has_option(const struct form_field *f, struct sv code)
{
	for (size_t i = 0; i < f->n_options; i++) {
		if (sv_eqz(code, f->options[i].code))
			return true;
	}
	return false;
}

bool lint_value_fits(const struct packs *k, const struct form_field *f, const char *value)
{
	struct sv rest = sv(value), part;
	int64_t n;
	if (!*value)
		return true;
	switch (f->type) {
	case FIELD_ENUM:
		return has_option(f, sv(value));
	case FIELD_MULTI:
		while (sv_split(&rest, ',', &part)) {
			if (!has_option(f, part))
				return false;
		}
		return true;
	case FIELD_BOOL:
		return str_eq(value, "true") || str_eq(value, "false");
	case FIELD_INT:
	case FIELD_MONEY:
		return parse_int(sv(value), INT64_MIN, INT64_MAX, &n);
	case FIELD_CATEGORY:
		return category_find(&k->categories, value) != NULL;
	case FIELD_DISPOSITION:
		return disposition_find(&k->dispositions, value) != NULL;
	case FIELD_ARTICLE_REF:
		return packs_article(k, value) != NULL;
	case FIELD_COMPUTED:
		return false;
	case FIELD_TEXT:
	case FIELD_MEMO:
	case FIELD_DIGITS:
	case FIELD_DATE:
	case FIELD_DATETIME:
	case FIELD_PHONE:
	case FIELD_IDNO:
	case FIELD_CARD_TAIL:
	case FIELD_EMAIL:
	case FIELD_PLATE:
	case FIELD_FLIGHT:
	case FIELD_ORDER_NO:
	case FIELD_TRACKING_NO:
	case FIELD_ADDRESS:
		break;
	}
	return true;
}

// --- Scripts ---

static void check_sets(struct work *w, struct script_sets set, int line, int col)
{
	for (size_t i = 0; i < set.n; i++) {
		const struct form_field *f = find_field(w, sv(set.v[i].name));
		if (f && !lint_value_fits(w->k, f, set.v[i].value))
			lint_report(&(struct lint){report, w}, line, col, LINT_ERROR, _("node %s: %s cannot be set to '%s'"), w->node->id,
				set.v[i].name, set.v[i].value);
	}
}

static void check_compared(void *ctx, struct sv name, struct sv text)
{
	struct work *w = ctx;
	const struct form_field *f = find_field(w, name);
	enum tier tier;
	enum channel channel;
	enum intent intent;
	bool fits = !f || (f->type != FIELD_ENUM && f->type != FIELD_MULTI) || has_option(f, text);
	if (sv_eqz(name, "customer.tier"))
		fits = tier_parse(text, &tier);
	else if (sv_eqz(name, "channel"))
		fits = channel_parse(text, &channel);
	else if (sv_eqz(name, "intent"))
		fits = intent_parse(text, &intent);
	if (!fits)
		FAIL(w, w->node, _("node %s: %.*s is never '%.*s'"), w->node->id, (int)name.n, name.p, (int)text.n, text.p);
}

static void check_mentions(struct work *w, const char *text)
{
	struct sv id;
	for (size_t at = 0; text && lint_next_article_id(sv(text), &at, &id);) {
		char name[65];
		snprintf(name, sizeof(name), "%.*s", (int)id.n, id.p);
		if (!packs_article(w->k, name))
			FAIL(w, w->node, _("node %s: there is no article %s"), w->node->id, name);
	}
}

static void check_node(struct work *w, const struct script_node *n)
{
	w->node = n;
	for (size_t i = 0; i < n->articles.n; i++) {
		if (!packs_article(w->k, n->articles.v[i]))
			FAIL(w, n, _("node %s: there is no article %s"), n->id, n->articles.v[i]);
	}
	check_mentions(w, n->text.zh);
	check_mentions(w, n->hint.zh);
	check_mentions(w, n->hint.en);
	check_sets(w, n->set, n->line, n->col);
	for (size_t i = 0; i < n->n_options; i++)
		check_sets(w, n->options[i].set, n->options[i].line, n->options[i].col);
	expr_compared(n->check, check_compared, w);
}

static void check_script(struct work *w, const struct pack_script *ps)
{
	const struct script *s = &ps->s;
	w->pack = ps->pack;
	w->file = ps->file;
	w->script = s;
	struct script_lint_env env = {.lint = {report, w}, .known_name = known_name, .known_set = known_set, .ctx = w};
	(void)script_lint(s, &env);
	for (size_t i = 0; i < s->n_nodes; i++)
		check_node(w, &s->nodes[i]);
	if (s->category && !category_find(&w->k->categories, s->category))
		FAIL(w, s, _("there is no category %s"), s->category);
	if (s->form && !packs_form(w->k, s->form))
		FAIL(w, s, _("there is no form %s"), s->form);
	w->script = NULL;
}

// --- The rest ---

static void check_form(struct work *w, const struct pack_form *pf)
{
	w->pack = pf->pack;
	w->file = pf->file;
	struct form_lint_env env = {.lint = {report, w}, .known_name = known_name, .ctx = w};
	(void)form_lint(&pf->f, &env);
}

static void check_category(struct work *w, const struct category *c, struct pack_place at)
{
	const struct pack_script *s = packs_script(w->k, c->script);
	if (c->script && !s)
		FAIL_PLACE(w, at, _("category %s: there is no script %s"), c->code, c->script);
	else if (s && s->s.kind == SCRIPT_FRAGMENT)
		FAIL_PLACE(w, at, _("category %s: %s is a fragment, not a script for a call"), c->code, c->script);
	if (c->form && !packs_form(w->k, c->form))
		FAIL_PLACE(w, at, _("category %s: there is no form %s"), c->code, c->form);
}

// Without a root cause to choose no ticket says why it came to it.
static void check_causes(const struct work *w)
{
	for (size_t i = 0; i < w->k->n_causes; i++)
		if (!w->k->causes[i].retired)
			return;
	for (size_t i = 0; i < w->k->n; i++)
		if (str_eq(w->k->v[i].industry, "common"))
			problems_add(w->p, w->k->v[i].place.file, w->k->v[i].place.line, w->k->v[i].place.col, LINT_WARNING,
				     _("no root cause is offered (causes/): tickets are resolved without one"));
}

void packs_lint(const struct packs *k, struct problems *p)
{
	struct work w = {.k = k, .p = p};
	for (int fragments = 1; fragments >= 0; fragments--) {
		for (size_t i = 0; i < k->n_scripts; i++) {
			if ((k->scripts[i].s.kind == SCRIPT_FRAGMENT) == fragments)
				check_script(&w, &k->scripts[i]);
		}
	}
	for (size_t i = 0; i < k->n_forms; i++)
		check_form(&w, &k->forms[i]);
	for (size_t i = 0; i < k->categories.n; i++)
		check_category(&w, &k->categories.v[i], k->category_places[i]);
	for (size_t i = 0; i < k->dispositions.n; i++) {
		const struct disposition *d = &k->dispositions.v[i];
		for (size_t j = 0; j < d->nscripts; j++) {
			if (!packs_script(k, d->scripts[j]))
				FAIL_PLACE(&w, k->disposition_places[i], _("disposition %s: there is no script %s"), d->code, d->scripts[j]);
		}
	}
	check_causes(&w);
	for (size_t i = 0; i < k->n_scenarios; i++)
		lint_scenario(k, &k->scenarios[i], p);
	for (size_t i = 0; i < k->n_articles; i++)
		lint_article(k, &k->articles[i], p);
	problems_release(&w.fragments);
}

// Is the file inside the folder?
static bool inside(const char *file, const char *dir)
{
	size_t n = strlen(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	return strncmp(file, dir, n) == 0 && (file[n] == '/' || !file[n]);
}

bool packs_check(const char *const *dirs, size_t n, const char *common_dir, struct problems *p)
{
	const char **all = xcalloc(n + 1, sizeof(*all));
	size_t count = 0;
	if (common_dir)
		all[count++] = common_dir;
	for (size_t i = 0; i < n; i++)
		all[count++] = dirs[i];
	struct packs *k = packs_load(all, count, p);
	packs_lint(k, p);
	packs_free(k);
	free(all);
	size_t kept = 0;
	for (size_t i = 0; common_dir && i < p->n; i++) {
		if (!inside(p->v[i].file, common_dir))
			p->v[kept++] = p->v[i];
	}
	if (common_dir)
		p->n = kept;
	problems_sort(p);
	return p->errors == 0;
}
