// SPDX-License-Identifier: MIT
// Knows the folders of a pack: walking and hashing their files, and putting what they hold together.
#include "config/pack.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>

#include "config/load.h"
#include "src/base/han.h"
#include "src/base/i18n.h"
#include "src/base/path.h"

enum { PACK_FILES_MAX = 5000, ARTICLE_BYTES_MAX = 1024 * 1024 };

struct names {
	const char **v;
	size_t n, cap;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// Names in a folder in byte order, without hidden ones; copies are in the arena. False: cannot be read.
static bool list_dir(const char *path, struct names *out, struct arena *a)
{
	DIR *d = opendir(path);
	if (!d)
		return false;
	for (struct dirent *e; (e = readdir(d));) {
		if (e->d_name[0] != '.' && out->n < PACK_FILES_MAX)
			vec_push(out, arena_strdup(a, e->d_name));
	}
	closedir(d);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_name);
	return true;
}

enum part { PART_CATEGORIES, PART_CAUSES, PART_DISPOSITIONS, PART_FORMS, PART_KB, PART_LEXICONS, PART_SCENARIOS, PART_SCRIPTS };
enum { PARTS = 8 };
static const char *const part_names[] = {"categories", "causes", "dispositions", "forms", "kb", "lexicons", "scenarios", "scripts"};

struct walk {
	struct load *l;
	struct pack *pack;
	crypto_generichash_state hash;
	struct str raw; // bytes of the file at hand
};

// The path inside the pack and the bytes, each with its length, so that no two packs hash the same text.
static void hash_file(struct walk *w, const char *inside, struct sv bytes)
{
	char head[400];
	int n = snprintf(head, sizeof(head), "%s\n%zu\n", inside, bytes.n);
	crypto_generichash_update(&w->hash, (const unsigned char *)head, (size_t)n < sizeof(head) ? (size_t)n : sizeof(head) - 1);
	crypto_generichash_update(&w->hash, (const unsigned char *)bytes.p, bytes.n);
}

// Path of a file as shown: folder as given, then the path inside.
static const char *shown(struct walk *w, const char *inside)
{
	return arena_printf(&w->l->k->arena, "%s/%s", w->pack->dir, inside);
}

static struct yaml_node *read_yaml(struct walk *w, const char *inside, const char *file, struct arena *a)
{
	str_clear(&w->raw);
	struct yaml_node *root = yaml_parse_file(file, file, &w->raw, w->l->p, a);
	hash_file(w, inside, sv_n(str_z(&w->raw), w->raw.n));
	if (root && root->kind != YAML_MAP) {
		problems_add(w->l->p, file, root->line, root->col, LINT_ERROR, _("the file must be a map of keys and values"));
		return NULL;
	}
	return root;
}

static void take_article(struct walk *w, const char *inside, const char *file, const char *name)
{
	struct err e = {0};
	str_clear(&w->raw);
	if (!path_read(file, ARTICLE_BYTES_MAX, &w->raw, &e)) {
		problems_add(w->l->p, file, 0, 0, LINT_ERROR, "%s", e.msg);
		return;
	}
	hash_file(w, inside, sv_n(str_z(&w->raw), w->raw.n));
	const char *id = arena_strndup(&w->l->k->arena, name, strlen(name) - 3);
	vec_push(&w->l->articles, ((struct pack_article){w->pack, id, file}));
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n > m && str_eq(s + n - m, end);
}

static void take_file(struct walk *w, enum part part, const char *name)
{
	const char *inside = arena_printf(&w->l->trees, "%s/%s", part_names[part], name), *file = shown(w, inside);
	struct stat st;
	if (lstat(file, &st) || !S_ISREG(st.st_mode)) {
		problems_add(w->l->p, file, 0, 0, LINT_ERROR, _("only plain files may stand here"));
		return;
	}
	if (!ends_with(name, part == PART_KB ? ".md" : ".yaml")) {
		problems_add(w->l->p, file, 0, 0, LINT_WARNING, _("the file is not read; names here end in %s"),
			part == PART_KB ? ".md" : ".yaml");
		return;
	}
	if (part == PART_KB) {
		take_article(w, inside, file, name);
		return;
	}
	arena_clear(&w->l->file);
	struct yaml_node *root = read_yaml(w, inside, file, part == PART_SCRIPTS ? &w->l->trees : &w->l->file);
	if (!root)
		return;
	switch (part) {
	case PART_CATEGORIES:
		load_categories(w->l, w->pack, file, root);
		break;
	case PART_CAUSES:
		load_causes(w->l, w->pack, file, root);
		break;
	case PART_DISPOSITIONS:
		load_dispositions(w->l, w->pack, file, root);
		break;
	case PART_FORMS:
		load_form(w->l, w->pack, file, root);
		break;
	case PART_LEXICONS:
		load_lexicon(w->l, file, root);
		break;
	case PART_SCENARIOS:
		load_scenario(w->l, w->pack, file, root);
		break;
	case PART_SCRIPTS:
		load_script_src(w->l, w->pack, file, root);
		break;
	case PART_KB:
		break;
	}
}

static void take_part(struct walk *w, enum part part)
{
	const char *dir = arena_printf(&w->l->trees, "%s/%s", w->pack->dir, part_names[part]);
	struct names names = {0};
	if (!path_exists(dir))
		return;
	if (!list_dir(dir, &names, &w->l->trees))
		problems_add(w->l->p, dir, 0, 0, LINT_ERROR, _("cannot read the folder: %s"), strerror(errno));
	for (size_t i = 0; i < names.n; i++)
		take_file(w, part, names.v[i]);
	vec_release(&names);
}

// Folders and files at the top of a pack that nobody reads.
static void warn_unread(struct walk *w)
{
	struct names names = {0};
	(void)list_dir(w->pack->dir, &names, &w->l->trees);
	for (size_t i = 0; i < names.n; i++) {
		bool known = str_eq(names.v[i], "pack.yaml");
		for (size_t k = 0; k < PARTS; k++)
			known |= str_eq(names.v[i], part_names[k]);
		if (!known)
			problems_add(w->l->p, shown(w, names.v[i]), 0, 0, LINT_WARNING, _("a pack holds nothing of this name; it is not read"));
	}
	vec_release(&names);
}

static const char *base_name(const char *dir, struct arena *a)
{
	size_t n = strlen(dir);
	while (n && dir[n - 1] == '/')
		n--;
	size_t from = n;
	while (from && dir[from - 1] != '/')
		from--;
	return arena_strndup(a, dir + from, n - from);
}

static void take_pack(struct load *l, struct pack *pack, const char *dir)
{
	struct walk w = {.l = l, .pack = pack};
	size_t n = strlen(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	pack->dir = arena_strndup(&l->k->arena, dir, n);
	pack->name = base_name(dir, &l->k->arena);
	pack->code = "?";
	pack->industry = "common";
	crypto_generichash_init(&w.hash, NULL, 0, 32);
	const char *file = shown(&w, "pack.yaml");
	if (!path_exists(file)) {
		problems_add(l->p, pack->dir, 0, 0, LINT_ERROR, _("this is no pack: it has no pack.yaml"));
		return;
	}
	struct yaml_node *root = read_yaml(&w, "pack.yaml", file, &l->file);
	if (root)
		load_head(l, pack, file, root);
	for (enum part part = PART_CATEGORIES; part <= PART_SCRIPTS; part++)
		take_part(&w, part);
	warn_unread(&w);
	unsigned char digest[32];
	crypto_generichash_final(&w.hash, digest, sizeof(digest));
	sodium_bin2hex(pack->hash, sizeof(pack->hash), digest, sizeof(digest));
	str_release(&w.raw);
}

// --- Putting together ---

static void report_double(struct load *l, const char *what, const char *code, struct pack_place second, struct pack_place first)
{
	problems_add(l->p, second.file, second.line, second.col, LINT_ERROR, _("the %s %s is already there: %s:%d:%d"), what, code,
		first.file, first.line, first.col);
}

static int script_order(const void *va, const void *vb)
{
	const struct script_src *a = va, *b = vb;
	int d = strcmp(a->code, b->code);
	return d ? d : strcmp(a->file, b->file);
}

static int form_order(const void *va, const void *vb)
{
	const struct pack_form *a = va, *b = vb;
	int d = strcmp(a->f.code, b->f.code);
	return d ? d : strcmp(a->file, b->file);
}

static int article_order(const void *va, const void *vb)
{
	const struct pack_article *a = va, *b = vb;
	int d = strcmp(a->id, b->id);
	return d ? d : strcmp(a->file, b->file);
}

static void join_scripts(struct load *l)
{
	struct packs *k = l->k;
	size_t kept = 0;
	if (l->scripts.n)
		qsort(l->scripts.v, l->scripts.n, sizeof(*l->scripts.v), script_order);
	for (size_t i = 0; i < l->scripts.n; i++) {
		const struct script_src *s = &l->scripts.v[i], *last = kept ? &l->scripts.v[kept - 1] : NULL;
		if (last && str_eq(last->code, s->code))
			report_double(l, _("script"), s->code, (struct pack_place){s->file, s->root->line, s->root->col},
				(struct pack_place){last->file, last->root->line, last->root->col});
		else
			l->scripts.v[kept++] = *s;
	}
	l->scripts.n = kept;
	k->scripts = arena_array(&k->arena, struct pack_script, kept);
	for (size_t i = 0; i < kept; i++)
		load_script(l, &l->scripts.v[i], &k->scripts[i]);
	k->n_scripts = kept;
}

static void join_forms(struct load *l)
{
	struct packs *k = l->k;
	if (l->forms.n)
		qsort(l->forms.v, l->forms.n, sizeof(*l->forms.v), form_order);
	k->forms = arena_array(&k->arena, struct pack_form, l->forms.n);
	for (size_t i = 0; i < l->forms.n; i++) {
		const struct pack_form *f = &l->forms.v[i], *last = k->n_forms ? &k->forms[k->n_forms - 1] : NULL;
		if (last && str_eq(last->f.code, f->f.code))
			report_double(l, _("form"), f->f.code, (struct pack_place){f->file, f->f.line, f->f.col},
				(struct pack_place){last->file, last->f.line, last->f.col});
		else
			k->forms[k->n_forms++] = *f;
	}
}

static int scenario_order(const void *va, const void *vb)
{
	const struct pack_scenario *a = va, *b = vb;
	int d = strcmp(a->s.code, b->s.code);
	return d ? d : strcmp(a->file, b->file);
}

static void join_scenarios(struct load *l)
{
	struct packs *k = l->k;
	if (l->scenarios.n)
		qsort(l->scenarios.v, l->scenarios.n, sizeof(*l->scenarios.v), scenario_order);
	k->scenarios = arena_array(&k->arena, struct pack_scenario, l->scenarios.n);
	for (size_t i = 0; i < l->scenarios.n; i++) {
		const struct pack_scenario *s = &l->scenarios.v[i], *last = k->n_scenarios ? &k->scenarios[k->n_scenarios - 1] : NULL;
		if (last && str_eq(last->s.code, s->s.code))
			report_double(l, _("scenario"), s->s.code, (struct pack_place){s->file, s->s.line, s->s.col},
				(struct pack_place){last->file, last->s.line, last->s.col});
		else
			k->scenarios[k->n_scenarios++] = *s;
	}
}

static void join_articles(struct load *l)
{
	struct packs *k = l->k;
	if (l->articles.n)
		qsort(l->articles.v, l->articles.n, sizeof(*l->articles.v), article_order);
	k->articles = arena_array(&k->arena, struct pack_article, l->articles.n);
	for (size_t i = 0; i < l->articles.n; i++) {
		const struct pack_article *a = &l->articles.v[i], *last = k->n_articles ? &k->articles[k->n_articles - 1] : NULL;
		if (last && str_eq(last->id, a->id))
			report_double(l, _("article"), a->id, (struct pack_place){a->file, 1, 1}, (struct pack_place){last->file, 1, 1});
		else
			k->articles[k->n_articles++] = *a;
	}
}

static bool declared(const struct load *l, const char *code, size_t n)
{
	for (size_t i = 0; i < l->categories.n; i++) {
		const char *c = l->categories.v[i].c.code;
		if (strlen(c) == n && memcmp(c, code, n) == 0)
			return true;
	}
	return false;
}

// Is everything above it there, up to the top?
static bool ancestors(const struct load *l, const char *code)
{
	for (const char *dot = strchr(code, '.'); dot; dot = strchr(dot + 1, '.')) {
		if (!declared(l, code, (size_t)(dot - code)))
			return false;
	}
	return true;
}

// Does a leaf stand below this branch? Branches of trades that are not loaded are left out.
static bool has_leaf(const struct load *l, const char *code)
{
	size_t n = strlen(code);
	for (size_t i = 0; i < l->categories.n; i++) {
		const struct category_src *c = &l->categories.v[i];
		if (c->counts && strncmp(c->c.code, code, n) == 0 && c->c.code[n] == '.')
			return true;
	}
	return false;
}

static void join_categories(struct load *l)
{
	struct packs *k = l->k;
	struct err e = {0};
	k->category_places = arena_array(&k->arena, struct pack_place, l->categories.n);
	k->category_codes = arena_array(&k->arena, const char *, l->categories.n);
	for (size_t i = 0; i < l->categories.n; i++) {
		const struct category_src *s = &l->categories.v[i];
		const char *dot = strrchr(s->c.code, '.');
		const struct category *before = category_find(&k->categories, s->c.code);
		if (before) {
			report_double(l, _("category"), s->c.code, s->place, k->category_places[before - k->categories.v]);
			continue;
		}
		k->category_codes[k->n_category_codes++] = s->c.code;
		if (dot && !declared(l, s->c.code, (size_t)(dot - s->c.code)))
			problems_add(l->p, s->place.file, s->place.line, s->place.col, LINT_ERROR, _("the category %s has no parent %.*s"),
				s->c.code, (int)(dot - s->c.code), s->c.code);
		if (!ancestors(l, s->c.code) || (!s->counts && !has_leaf(l, s->c.code)))
			continue;
		if (s->counts && has_leaf(l, s->c.code)) {
			problems_add(l->p, s->place.file, s->place.line, s->place.col, LINT_ERROR,
				_("the category %s has others below it, so it cannot have an intent of its own"), s->c.code);
		}
		k->category_places[k->categories.n] = s->place;
		if (!category_tree_add(&k->categories, &s->c, &e))
			problems_add(l->p, s->place.file, s->place.line, s->place.col, LINT_ERROR, "%s", e.msg);
	}
	if (!category_tree_link(&k->categories, han_initials, &e)) // a parent was refused above: reported
		problems_add(l->p, "", 0, 0, LINT_ERROR, "%s", e.msg);
}

static void join_dispositions(struct load *l)
{
	struct packs *k = l->k;
	k->disposition_places = arena_array(&k->arena, struct pack_place, l->dispositions.n);
	for (size_t i = 0; i < l->dispositions.n; i++) {
		const struct disposition_src *s = &l->dispositions.v[i];
		const struct disposition *before = disposition_find(&k->dispositions, s->d.code);
		struct err e = {0};
		if (before) {
			report_double(l, _("disposition"), s->d.code, s->place, k->disposition_places[before - k->dispositions.v]);
			continue;
		}
		k->disposition_places[k->dispositions.n] = s->place;
		if (!disposition_add(&k->dispositions, &s->d, &e))
			problems_add(l->p, s->place.file, s->place.line, s->place.col, LINT_ERROR, "%s", e.msg);
	}
}

static void join_causes(struct load *l)
{
	struct packs *k = l->k;
	k->causes = arena_array(&k->arena, struct pack_cause, l->causes.n);
	for (size_t i = 0; i < l->causes.n; i++) {
		const struct pack_cause *before = packs_cause(k, l->causes.v[i].code);
		if (before)
			report_double(l, _("root cause"), l->causes.v[i].code, l->causes.v[i].place, before->place);
		else
			k->causes[k->n_causes++] = l->causes.v[i];
	}
}

static void join_rest(struct load *l)
{
	struct packs *k = l->k;
	k->n_values = l->values.n;
	k->values = arena_array(&k->arena, struct pack_value, l->values.n);
	if (l->values.n)
		memcpy(k->values, l->values.v, l->values.n * sizeof(*l->values.v));
	k->sides = arena_array(&k->arena, const struct script *, k->n_scripts);
	for (char key = 'a'; key <= 'z'; key++) {
		const struct pack_script *first = NULL;
		for (size_t i = 0; i < k->n_scripts; i++) {
			const struct pack_script *s = &k->scripts[i];
			if (s->s.kind != SCRIPT_SIDE || s->s.menu_key != key)
				continue;
			if (first)
				problems_add(l->p, s->file, s->s.line, s->s.col, LINT_ERROR, _("the menu key %c belongs to %s already"), key,
					first->s.code);
			else
				k->sides[k->n_sides++] = &s->s;
			first = first ? first : s;
		}
	}
	for (size_t i = 1; i < k->n; i++) {
		for (size_t j = 0; j < i; j++) {
			if (str_eq(k->v[i].code, k->v[j].code) && !str_eq(k->v[i].code, "?"))
				report_double(l, _("pack"), k->v[i].code, k->v[i].place, k->v[j].place);
		}
	}
}

struct packs *packs_load(const char *const *dirs, size_t n, struct problems *p)
{
	if (sodium_init() < 0)
		BUG("libsodium cannot start");
	struct packs *k = xcalloc(1, sizeof(*k));
	struct load l = {.k = k, .p = p};
	k->lexicon = lexicon_new();
	k->v = arena_array(&k->arena, struct pack, n);
	k->n = n;
	for (size_t i = 0; i < n; i++)
		take_pack(&l, &k->v[i], dirs[i]);
	join_scripts(&l);
	join_forms(&l);
	join_scenarios(&l);
	join_articles(&l);
	join_categories(&l);
	join_dispositions(&l);
	join_causes(&l);
	join_rest(&l);
	vec_release(&l.scripts);
	vec_release(&l.forms);
	vec_release(&l.scenarios);
	vec_release(&l.articles);
	vec_release(&l.values);
	vec_release(&l.causes);
	vec_release(&l.categories);
	vec_release(&l.dispositions);
	arena_release(&l.trees);
	arena_release(&l.file);
	return k;
}

void packs_free(struct packs *k)
{
	if (!k)
		return;
	category_tree_release(&k->categories);
	disposition_set_release(&k->dispositions);
	lexicon_free(k->lexicon);
	arena_release(&k->arena);
	free(k);
}
