// SPDX-License-Identifier: MIT
// Knows what the parts of the pack loader hand to each other. For config/pack*.c only.
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

#include "config/pack.h"
#include "config/read.h"

struct script_src {
	const struct pack *pack;
	const char *file, *code;
	enum script_kind kind;
	struct yaml_node *root;
};
struct category_src {
	struct category c;
	bool counts; // has an intent: written as a leaf
	struct pack_place place;
};
struct disposition_src {
	struct disposition d;
	struct pack_place place;
};
struct load {
	struct packs *k;
	struct problems *p;
	struct arena trees; // YAML of scripts and names, gone after loading
	struct arena file;  // YAML of the file at hand, for files that are done with at once
	VEC(struct script_src) scripts;
	VEC(struct pack_form) forms;
	VEC(struct pack_scenario) scenarios;
	VEC(struct pack_article) articles;
	VEC(struct pack_value) values;
	VEC(struct pack_cause) causes;
	VEC(struct category_src) categories;
	VEC(struct disposition_src) dispositions;
};

static inline struct reader load_reader(struct load *l, const char *file)
{
	return (struct reader){.a = &l->k->arena, .p = l->p, .file = file};
}

// Each takes one parsed file; file is in the arena of the packs.
void load_head(struct load *l, struct pack *pack, const char *file, const struct yaml_node *root);
void load_categories(struct load *l, const struct pack *pack, const char *file, const struct yaml_node *root);
void load_dispositions(struct load *l, const struct pack *pack, const char *file, const struct yaml_node *root);
void load_causes(struct load *l, const struct pack *pack, const char *file, const struct yaml_node *root);
void load_lexicon(struct load *l, const char *file, const struct yaml_node *root);
void load_form(struct load *l, const struct pack *pack, const char *file, const struct yaml_node *root);
void load_script_src(struct load *l, const struct pack *pack, const char *file, struct yaml_node *root);
void load_scenario(struct load *l, const struct pack *pack, const char *file, const struct yaml_node *root);
// Once all sources are there, sorted by code and without doubles.
void load_script(struct load *l, const struct script_src *src, struct pack_script *out);

#endif
