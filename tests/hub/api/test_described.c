// SPDX-License-Identifier: MIT
// Knows that src/hub/openapi.yaml speaks of what there is: its paths are the hub's routes and who may ask is the same; problems and
// limits are those of wire.h.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "src/hub/server_part.h"
#include "tests/hub/api/describe.h"
#include "tests/unit/store/tmpdir.h"

static struct description d;

static int begin(void **state)
{
	(void)state;
	description_read(&d, ZUOXI_OPENAPI);
	return 0;
}

static int end(void **state)
{
	(void)state;
	description_free(&d);
	return 0;
}

// In YAML a comma that was forgotten to be quoted makes a member without a value of half a sentence.
static void no_nulls(const json_t *j, const char *key)
{
	const char *k;
	json_t *v;
	size_t i;

	if (json_is_null(j))
		fail_msg("%s has no value: is a comma not quoted?", key);
	if (json_is_object(j)) json_object_foreach((json_t *)j, k, v) no_nulls(v, k);
	json_array_foreach(j, i, v) no_nulls(v, key);
}

static void test_no_half_sentences(void **state)
{
	(void)state;
	no_nulls(d.doc, "the file");
}

// "/v1/blob/{hash}" as the table of routes has it: "/v1/blob/*".
static void as_route(const char *path, char *out, size_t cap)
{
	size_t n = strcspn(path, "{");

	snprintf(out, cap, "%.*s%s", (int)n, path, path[n] ? "*" : "");
}

static bool has_route(const char *method, const char *path)
{
	char form[100];

	as_route(path, form, sizeof(form));
	for (size_t i = 0; i < n_routes; i++)
		if (strcasecmp(routes[i].method, method) == 0 && str_eq(routes[i].path, form))
			return true;
	return false;
}

static void test_routes_are_paths(void **state)
{
	const char *path, *method;
	json_t *item, *op;
	size_t described = 0;

	(void)state;
	json_object_foreach(json_object_get(d.doc, "paths"), path, item) json_object_foreach(item, method, op) {
		if (str_eq(method, "parameters"))
			continue;
		described++;
		if (!has_route(method, path))
			fail_msg("%s %s is described, but the hub has no such route", method, path);
	}
	for (size_t i = 0; i < n_routes; i++) {
		bool found = false;
		json_object_foreach(json_object_get(d.doc, "paths"), path, item) {
			char form[100];
			as_route(path, form, sizeof(form));
			if (str_eq(form, routes[i].path))
				found |= description_operation(&d, routes[i].method, path) != NULL;
		}
		if (!found)
			fail_msg("the route %s %s is not described", routes[i].method, routes[i].path);
	}
	assert_int_equal(described, n_routes);
}

// How a request shows who it comes from is as the route wants it.
static void test_security(void **state)
{
	static const char *const schemes[] = {[AUTH_OPEN] = NULL, [AUTH_BEARER] = "access", [AUTH_SIGNED] = "station", [AUTH_LEAVING] = "station"};
	const char *path, *method;
	json_t *item, *op;
	char form[100];

	(void)state;
	json_object_foreach(json_object_get(d.doc, "paths"), path, item) json_object_foreach(item, method, op) {
		as_route(path, form, sizeof(form));
		for (size_t i = 0; i < n_routes; i++) {
			if (strcasecmp(routes[i].method, method) != 0 || !str_eq(routes[i].path, form))
				continue;
			const char *scheme = schemes[routes[i].auth];
			json_t *said = json_object_get(op, "security");
			if (!scheme && json_array_size(said))
				fail_msg("%s %s is open to all", method, path);
			if (scheme && !json_object_get(json_array_get(said, 0), scheme))
				fail_msg("%s %s wants %s", method, path, scheme);
		}
	}
}

static const json_t *schema_named(const char *name)
{
	return json_object_get(json_object_get(json_object_get(d.doc, "components"), "schemas"), name);
}

static void test_problems(void **state)
{
	const json_t *types = json_object_get(json_object_get(json_object_get(schema_named("Problem"), "properties"), "type"), "enum");
	struct wire_problem p = {.after_ms = 1, .expect = 1, .detail = "x"};
	struct err e = {0};

	(void)state;
	assert_int_equal(json_array_size(types), WIRE_P_KINDS - 1);
	for (int k = WIRE_P_NONE + 1; k < WIRE_P_KINDS; k++) {
		p.kind = (enum wire_problem_kind)k;
		json_t *j = wire_problem_print(&p, "rq_1");
		assert_ok(schema_check(d.doc, schema_named("Problem"), j, &e), e);
		json_decref(j);
	}
}

static json_int_t bound(const char *schema, const char *member, const char *key)
{
	return json_integer_value(json_object_get(json_object_get(json_object_get(schema_named(schema), "properties"), member), key));
}

static void test_limits(void **state)
{
	(void)state;
	assert_int_equal(bound("Exchange", "ops", "maxItems"), WIRE_OPS);
	assert_int_equal(bound("Exchange", "max_rows", "maximum"), WIRE_ROWS);
	assert_int_equal(bound("Exchange", "max_bytes", "maximum"), WIRE_PAGE_BYTES);
	assert_int_equal(bound("Exchange", "wait_ms", "maximum"), WIRE_WAIT_MS);
	assert_int_equal(bound("Exchange", "schema", "minimum"), WIRE_SCHEMA_OLDEST);
	assert_int_equal(bound("Exchange", "schema", "maximum"), WIRE_SCHEMA);
	assert_int_equal(bound("Page", "rows", "maxItems"), WIRE_ROWS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_half_sentences),
		cmocka_unit_test(test_routes_are_paths),
		cmocka_unit_test(test_security),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
