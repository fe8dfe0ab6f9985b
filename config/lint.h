// SPDX-License-Identifier: MIT
// Knows the rules of content packs that need more than one file, and runs those of scripts and forms.
#ifndef CONFIG_LINT_H
#define CONFIG_LINT_H

#include "config/pack.h"

// Adds every finding to p: graphs, disclosures, variables and expressions of scripts; forms; references between scripts, forms,
// categories, dispositions and articles; menu keys; front matter of articles. Call after packs_load with the same p, then
// problems_sort. Reads the article files. Source of the rules: zuoxi-pack(5).
void packs_lint(const struct packs *k, struct problems *p);

// packs_load, packs_lint and problems_sort: what `zuoxi pack check` does. A pack that is not common is checked together with
// the common pack at common_dir (NULL: none), whose own findings are not reported. True without errors.
bool packs_check(const char *const *dirs, size_t n, const char *common_dir, struct problems *p);

#endif
