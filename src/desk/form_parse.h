// SPDX-License-Identifier: MIT
// Knows the readers of dates and money that people type; shared within the form engine only.
#ifndef DESK_FORM_PARSE_H
#define DESK_FORM_PARSE_H

#include "src/desk/form.h"

static inline const char *form_zone(const struct form_env *env)
{
	return env->zone ? env->zone : "UTC";
}
// All take text after utf8_fold (ASCII digits and signs, lower case).
bool form_parse_date(const struct form_field *f, const struct form_env *env, struct sv s, char out[11]);
bool form_parse_datetime(const struct form_field *f, const struct form_env *env, struct sv s, int64_t *ms);
bool form_parse_money(struct sv s, int64_t *minor);

// Does the whole pattern compile and, if value is given, is it found there? False with a message for a bad pattern or one that
// takes too long; *found says the rest.
must_use bool form_regex(const char *pattern, const char *value, bool *found, struct err *e);

#endif
