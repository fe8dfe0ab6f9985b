// SPDX-License-Identifier: MIT
// Knows the part of JSON Schema (2020-12) that the description of the protocol uses, and how YAML becomes JSON.
#ifndef TEST_API_SCHEMA_H
#define TEST_API_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

#include "src/base/err.h"
#include "src/base/str.h"

// A YAML file without anchors, aliases and tags as JSON: plain scalars that look like numbers, true, false or null are those.
// New reference; NULL with e (ERR_PARSE names file, line and column).
json_t *yaml_json(const char *path, struct err *e);

// Is value what schema says? root: the whole description, for "$ref": "#/...". A keyword that is not known here is an error, so
// that nothing in the description goes unchecked. False with e: "at $.ops[0].n: ...".
must_use bool schema_check(const json_t *root, const json_t *schema, const json_t *value, struct err *e);
// The schema that "$ref" names, or the schema itself. NULL: it names nothing.
const json_t *schema_resolve(const json_t *root, const json_t *schema);

#endif
