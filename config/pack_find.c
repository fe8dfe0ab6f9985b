// SPDX-License-Identifier: MIT
// Knows how something is found in loaded packs, and which folders are packs.
#include <dirent.h>
#include <errno.h>

#include "config/pack.h"
#include "src/base/i18n.h"
#include "src/base/path.h"

const struct pack *packs_pack(const struct packs *k, const char *code)
{
	for (size_t i = 0; code && i < k->n; i++) {
		if (str_eq(k->v[i].code, code))
			return &k->v[i];
	}
	return NULL;
}

// Index of code in an array sorted by it, n if it is not there. at gives the code of an element.
#define FIND(v, n, code, field)                                                                \
	({                                                                                     \
		size_t lo_ = 0, hi_ = (n);                                                     \
		while (lo_ < hi_) {                                                            \
			size_t mid_ = lo_ + (hi_ - lo_) / 2;                                   \
			if (strcmp((v)[mid_].field, (code)) < 0)                               \
				lo_ = mid_ + 1;                                                \
			else                                                                   \
				hi_ = mid_;                                                    \
		}                                                                              \
		lo_ < (n) && str_eq((v)[lo_].field, (code)) ? &(v)[lo_] : NULL;                \
	})

const struct pack_script *packs_script(const struct packs *k, const char *code)
{
	return code ? FIND(k->scripts, k->n_scripts, code, s.code) : NULL;
}

const struct pack_form *packs_form(const struct packs *k, const char *code)
{
	return code ? FIND(k->forms, k->n_forms, code, f.code) : NULL;
}

const struct pack_scenario *packs_scenario(const struct packs *k, const char *code)
{
	return code ? FIND(k->scenarios, k->n_scenarios, code, s.code) : NULL;
}

const struct pack_article *packs_article(const struct packs *k, const char *id)
{
	return id ? FIND(k->articles, k->n_articles, id, id) : NULL;
}

const struct pack_cause *packs_cause(const struct packs *k, const char *code)
{
	for (size_t i = 0; code && i < k->n_causes; i++)
		if (strcmp(k->causes[i].code, code) == 0)
			return &k->causes[i];
	return NULL;
}

const struct script *packs_side(const struct packs *k, char key)
{
	for (size_t i = 0; i < k->n_sides; i++) {
		if (k->sides[i]->menu_key == key)
			return k->sides[i];
	}
	return NULL;
}

static bool is_common(const struct pack *p)
{
	return str_eq(p->industry, "common");
}

const struct label *packs_value(const struct packs *k, const struct pack *pack, const char *name)
{
	const struct label *common = NULL;
	for (size_t i = 0; i < k->n_values; i++) {
		const struct pack_value *v = &k->values[i];
		if (!str_eq(v->name, name))
			continue;
		if (v->pack == pack)
			return &v->text;
		if (is_common(v->pack))
			common = &v->text;
	}
	return common;
}

struct label packs_org(const struct packs *k, const struct pack *pack)
{
	if (pack && !is_common(pack))
		return pack->org;
	for (size_t i = 0; i < k->n; i++) {
		if (!is_common(&k->v[i]))
			return k->v[i].org;
	}
	return pack ? pack->org : k->n ? k->v[0].org : (struct label){0};
}

size_t packs_main_scripts(const struct packs *k, const struct script **out, size_t cap)
{
	size_t n = 0;
	for (size_t i = 0; i < k->n_scripts; i++) {
		if (k->scripts[i].s.kind != SCRIPT_MAIN)
			continue;
		if (n < cap)
			out[n] = &k->scripts[i].s;
		n++;
	}
	return n;
}

static int common_first(const void *va, const void *vb)
{
	const char *a = *(const char *const *)va, *b = *(const char *const *)vb;
	int d = str_eq(b, "common") - str_eq(a, "common");
	return d ? d : strcmp(a, b);
}

bool packs_find(const char *root, const char ***dirs, size_t *n, struct arena *a, struct err *e)
{
	VEC(const char *) names = {0};
	DIR *d = opendir(root);
	if (!d)
		return err_set(e, ERR_IO, _("cannot read the folder %s: %s"), root, strerror(errno));
	for (struct dirent *entry; (entry = readdir(d));) {
		if (entry->d_name[0] != '.' && path_exists(arena_printf(a, "%s/%s/pack.yaml", root, entry->d_name)))
			vec_push(&names, arena_strdup(a, entry->d_name));
	}
	closedir(d);
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), common_first);
	*dirs = arena_array(a, const char *, names.n);
	for (size_t i = 0; i < names.n; i++)
		(*dirs)[i] = arena_printf(a, "%s/%s", root, names.v[i]);
	*n = names.n;
	vec_release(&names);
	return true;
}
