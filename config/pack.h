// SPDX-License-Identifier: MIT
// Knows content packs in memory: what one or several pack folders hold, found by code.
#ifndef CONFIG_PACK_H
#define CONFIG_PACK_H

#include "config/yaml.h"
#include "src/desk/category.h"
#include "src/desk/disposition.h"
#include "src/desk/form.h"
#include "src/desk/lexicon.h"
#include "src/desk/script.h"
#include "src/practice/scenario.h"

// Source: zuoxi-pack(5). Everything is owned by struct packs and never changes after loading; pointers into it are
// valid until packs_free.

// Where an element was written.
struct pack_place {
	const char *file; // folder as given + "/" + path inside
	int line, col;
};

struct pack {
	const char *code;     // "fin"
	const char *dir;      // as given
	const char *name;     // last part of dir: "finance"
	int version;
	const char *industry; // common finance airline retail
	const char *min_app;
	struct label title, org;
	const char *backup_phone; // or NULL
	char hash[65];        // BLAKE2b-256 over paths and bytes of all its files in byte order of path, lower-case hex
	struct pack_place place;
};
struct pack_value {
	const struct pack *pack;
	const char *name;
	struct label text;
	struct pack_place place;
};
struct pack_cause { // why it came to a ticket: root_cause_code of domain.md §3.5, whose values are the tenant's
	const struct pack *pack;
	const char *code;
	struct label text;
	bool retired; // still read on old tickets, not offered any more
	struct pack_place place;
};
struct pack_script {
	const struct pack *pack;
	struct script s; // fragments spliced in; spliced nodes carry the place of the "shared" entry that brought them
	const char *file;
};
struct pack_form {
	const struct pack *pack;
	struct form f;
	const char *file;
};
struct pack_scenario {
	const struct pack *pack;
	struct scenario s;
	const char *file;
};
struct pack_article {
	const struct pack *pack;
	const char *id;   // the file's name without .md; what the front matter says is the linter's business
	const char *file; // path of the file
};

struct packs {
	struct arena arena;
	struct pack *v;
	size_t n;
	struct category_tree categories;   // linked, ready for type-ahead
	struct disposition_set dispositions;
	struct lexicon *lexicon;           // all lists; match on one thread only; never NULL
	struct pack_script *scripts;       // main, side and fragments, by code
	size_t n_scripts;
	struct pack_form *forms;           // by code
	size_t n_forms;
	struct pack_article *articles;     // by id
	size_t n_articles;
	struct pack_scenario *scenarios;   // by code
	size_t n_scenarios;
	struct pack_cause *causes;         // in the order written, which is that in which they are offered
	size_t n_causes;
	struct pack_value *values;         // tenant settings, in the order written
	size_t n_values;
	const struct script **sides;       // side scripts with a menu key, by key
	size_t n_sides;
	const char **category_codes; // all that are declared: also branches without a leaf, which are not in the tree
	size_t n_category_codes;
	// Places of categories and dispositions, in the order of their sets; of every other element see above.
	struct pack_place *category_places, *disposition_places;
};

// Loads the folders, in this order; later ones may refer to earlier ones and the other way round. Never NULL. What is wrong goes
// to p, and the element is left out or the reference cleared, so that the result is safe to use whatever was found. Callers
// that run on it ask for p->errors == 0. Touches no globals: may run on a worker thread (take care of gettext's language before).
struct packs *packs_load(const char *const *dirs, size_t n, struct problems *p);
void packs_free(struct packs *k);

// All by code; NULL if there is none (or code is NULL).
const struct pack *packs_pack(const struct packs *k, const char *code);
const struct pack_script *packs_script(const struct packs *k, const char *code);
const struct pack_form *packs_form(const struct packs *k, const char *code);
const struct pack_scenario *packs_scenario(const struct packs *k, const char *code);
const struct pack_article *packs_article(const struct packs *k, const char *id);
const struct pack_cause *packs_cause(const struct packs *k, const char *code); // a retired one, too
const struct script *packs_side(const struct packs *k, char key);
// {set.NAME} as a script of this pack sees it: the pack's own value, else the common pack's; NULL if neither has it.
const struct label *packs_value(const struct packs *k, const struct pack *pack, const char *name);
// {org} for a contact under this script: its pack's organisation; for a common script that of the first pack of an industry.
struct label packs_org(const struct packs *k, const struct pack *pack);
// Codes of the main scripts in order of code (kind == SCRIPT_MAIN): writes up to cap, returns how many there are.
size_t packs_main_scripts(const struct packs *k, const struct script **out, size_t cap);

// The folders of packs to load: subfolders of root that hold pack.yaml, the one named "common" first, then by name. names
// and paths are owned by the arena. False only when root cannot be read.
must_use bool packs_find(const char *root, const char ***dirs, size_t *n, struct arena *a, struct err *e);

#endif
