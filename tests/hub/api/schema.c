// SPDX-License-Identifier: MIT
// Knows whether a JSON value is what a schema says.
#include "tests/hub/api/schema.h"

#include <regex.h>

struct check {
	const json_t *root;
	struct err *e;
	struct str at; // "$.ops[0].n"
};

static bool is(struct check *c, const json_t *schema, const json_t *value);

static bool wrong(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool wrong(struct check *c, const char *fmt, ...)
{
	va_list ap;
	char what[300];

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(c->e, ERR_PARSE, "at %s: %s", str_z(&c->at), what);
}

const json_t *schema_resolve(const json_t *root, const json_t *schema)
{
	const char *ref = json_string_value(json_object_get(schema, "$ref"));
	struct sv rest, part;
	const json_t *at = root;

	if (!ref)
		return schema;
	rest = sv(ref);
	if (!sv_split(&rest, '/', &part) || !sv_eqz(part, "#"))
		return NULL;
	while (at && sv_split(&rest, '/', &part)) {
		char *key = xstrndup(part.p, part.n);
		at = json_object_get(at, key);
		free(key);
	}
	return at ? schema_resolve(root, at) : NULL;
}

// ---- what a value is ----

static bool of_type(const char *type, const json_t *v)
{
	if (str_eq(type, "object"))
		return json_is_object(v);
	if (str_eq(type, "array"))
		return json_is_array(v);
	if (str_eq(type, "string"))
		return json_is_string(v);
	if (str_eq(type, "integer"))
		return json_is_integer(v);
	if (str_eq(type, "number"))
		return json_is_number(v);
	if (str_eq(type, "boolean"))
		return json_is_boolean(v);
	return str_eq(type, "null") && json_is_null(v);
}

static const char *kind_of(const json_t *v)
{
	static const char *const names[] = {[JSON_OBJECT] = "object", [JSON_ARRAY] = "array", [JSON_STRING] = "string",
		[JSON_INTEGER] = "integer", [JSON_REAL] = "number", [JSON_TRUE] = "boolean", [JSON_FALSE] = "boolean", [JSON_NULL] = "null"};

	return names[json_typeof(v)];
}

static bool check_type(struct check *c, const json_t *want, const json_t *v)
{
	size_t i;
	const json_t *one;

	if (json_is_string(want))
		return of_type(json_string_value(want), v) || wrong(c, "is %s, not %s", kind_of(v), json_string_value(want));
	json_array_foreach(want, i, one) if (of_type(json_string_value(one), v)) return true;
	return wrong(c, "is %s, none of the types allowed", kind_of(v));
}

static bool check_enum(struct check *c, const json_t *want, const json_t *v)
{
	size_t i;
	const json_t *one;

	json_array_foreach(want, i, one) if (json_equal(one, v)) return true;
	return wrong(c, "%.100s is none of the values allowed", json_is_string(v) ? json_string_value(v) : kind_of(v));
}

static bool check_pattern(struct check *c, const json_t *want, const json_t *v)
{
	regex_t re;

	if (!json_is_string(v))
		return true;
	if (regcomp(&re, json_string_value(want), REG_EXTENDED | REG_NOSUB) != 0)
		return wrong(c, "the pattern %s is none", json_string_value(want));
	bool ok = regexec(&re, json_string_value(v), 0, NULL, 0) == 0;
	regfree(&re);
	return ok || wrong(c, "\"%.100s\" does not fit %s", json_string_value(v), json_string_value(want));
}

static bool check_bound(struct check *c, const char *key, const json_t *want, const json_t *v)
{
	json_int_t bound = json_integer_value(want), have = -1;

	if (str_eq(key, "minimum") || str_eq(key, "maximum"))
		have = json_is_integer(v) ? json_integer_value(v) : bound;
	else if (str_eq(key, "minLength") || str_eq(key, "maxLength"))
		have = json_is_string(v) ? (json_int_t)json_string_length(v) : bound;
	else
		have = json_is_array(v) ? (json_int_t)json_array_size(v) : bound;
	bool ok = key[1] == 'i' ? have >= bound : have <= bound;
	return ok || wrong(c, "%lld against %s %lld", (long long)have, key, (long long)bound);
}

// ---- what is inside ----

static bool inside(struct check *c, const json_t *schema, const json_t *v, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static bool inside(struct check *c, const json_t *schema, const json_t *v, const char *fmt, ...)
{
	size_t n = c->at.n;
	char step[120];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(step, sizeof(step), fmt, ap);
	va_end(ap);
	str_add(&c->at, step);
	bool ok = is(c, schema, v);
	c->at.n = n;
	c->at.s[n] = '\0';
	return ok;
}

static bool check_members(struct check *c, const json_t *schema, const json_t *v)
{
	const json_t *properties = json_object_get(schema, "properties"), *others = json_object_get(schema, "additionalProperties");
	const char *key;
	json_t *member;

	json_object_foreach((json_t *)v, key, member) {
		const json_t *said = json_object_get(properties, key);
		if (!said && json_is_false(others))
			return wrong(c, "the member %s is not described", key);
		if (!said)
			said = others;
		if (json_is_object(said) && !inside(c, said, member, ".%s", key))
			return false;
	}
	return true;
}

static bool check_required(struct check *c, const json_t *want, const json_t *v)
{
	size_t i;
	const json_t *one;

	json_array_foreach(want, i, one) if (json_is_object(v) && !json_object_get(v, json_string_value(one)))
		return wrong(c, "the member %s is missing", json_string_value(one));
	return true;
}

static bool check_items(struct check *c, const json_t *want, const json_t *v)
{
	size_t i;
	const json_t *one;

	json_array_foreach(v, i, one) if (!inside(c, want, one, "[%zu]", i)) return false;
	return true;
}

// Exactly one of the alternatives.
static bool check_one_of(struct check *c, const json_t *want, const json_t *v)
{
	struct err first = {0}, *mine = c->e;
	size_t i, fit = 0;
	const json_t *one;

	json_array_foreach(want, i, one) {
		struct err e = {0};
		c->e = &e;
		if (is(c, one, v))
			fit++;
		else if (!first.code)
			first = e;
	}
	c->e = mine;
	if (fit == 1)
		return true;
	return fit ? wrong(c, "fits %zu of the alternatives", fit) : wrong(c, "fits no alternative; the first: %.200s", first.msg);
}

static bool keyword(struct check *c, const json_t *schema, const char *key, const json_t *want, const json_t *v)
{
	static const char *const bounds[] = {"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"};
	static const char *const said[] = {"description", "title", "example", "properties", "additionalProperties", "format"};

	if (str_eq(key, "type"))
		return check_type(c, want, v);
	if (str_eq(key, "enum"))
		return check_enum(c, want, v);
	if (str_eq(key, "const"))
		return json_equal(want, v) || wrong(c, "is not the constant");
	if (str_eq(key, "pattern"))
		return check_pattern(c, want, v);
	if (str_eq(key, "required"))
		return check_required(c, want, v);
	if (str_eq(key, "items"))
		return !json_is_array(v) || check_items(c, want, v);
	if (str_eq(key, "oneOf"))
		return check_one_of(c, want, v);
	for (size_t i = 0; i < sizeof(bounds) / sizeof(*bounds); i++)
		if (str_eq(key, bounds[i]))
			return check_bound(c, key, want, v);
	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
		if (str_eq(key, said[i]))
			return true;
	(void)schema;
	return wrong(c, "the description has the keyword %s, which is not checked", key);
}

static bool is(struct check *c, const json_t *schema, const json_t *v)
{
	const char *key;
	json_t *want;
	const json_t *s = schema_resolve(c->root, schema);

	if (!json_is_object(s))
		return wrong(c, "there is no schema %s", json_string_value(json_object_get(schema, "$ref")));
	json_object_foreach((json_t *)s, key, want) if (!keyword(c, s, key, want, v)) return false;
	return !json_is_object(v) || check_members(c, s, v);
}

bool schema_check(const json_t *root, const json_t *schema, const json_t *value, struct err *e)
{
	struct check c = {.root = root, .e = e};

	str_add(&c.at, "$");
	bool ok = is(&c, schema, value);
	str_release(&c.at);
	return ok;
}
