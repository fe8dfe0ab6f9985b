// SPDX-License-Identifier: MIT
// Knows the rules of knowledge articles in packs. For config/lint.c only.
#ifndef CONFIG_LINT_KB_H
#define CONFIG_LINT_KB_H

#include "config/pack.h"

void lint_article(const struct packs *k, const struct pack_article *a, struct problems *p);
// Finds the next article id ("KB-FIN-001") in text from *at on; false when there is none. *at moves behind it.
bool lint_next_article_id(struct sv text, size_t *at, struct sv *id);

#endif
