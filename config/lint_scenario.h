// SPDX-License-Identifier: MIT
// Knows how scenarios are checked against the rest of the packs. For config/lint*.c only.
#ifndef CONFIG_LINT_SCENARIO_H
#define CONFIG_LINT_SCENARIO_H

#include "config/pack.h"

void lint_scenario(const struct packs *k, const struct pack_scenario *ps, struct problems *p);
// Could the field hold this value?
bool lint_value_fits(const struct packs *k, const struct form_field *f, const char *value);

#endif
