// SPDX-License-Identifier: MIT
// Knows that the check of JSON against schemas refuses what it must: else the description could say anything.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "src/base/path.h"
#include "tests/hub/api/schema.h"
#include "tests/unit/store/tmpdir.h"

static const struct {
	const char *schema, *good, *bad;
} cases[] = {
	{"{'type':'integer'}", "1", "1.5"},
	{"{'type':'integer'}", "0", "'0'"},
	{"{'type':['string','null']}", "null", "1"},
	{"{'type':'object'}", "{}", "[]"},
	{"{'type':'boolean'}", "false", "null"},
	{"{'type':'number'}", "1.5", "'x'"},
	{"{'enum':['a','b']}", "'b'", "'c'"},
	{"{'const':true}", "true", "false"},
	{"{'pattern':'^[0-9]+:[0-9]+$'}", "'3:17'", "'3:'"},
	{"{'minimum':1}", "1", "0"},
	{"{'maximum':9}", "9", "10"},
	{"{'minLength':1}", "'x'", "''"},
	{"{'maxLength':2}", "'ab'", "'abc'"},
	{"{'minItems':1}", "[1]", "[]"},
	{"{'maxItems':1}", "[1]", "[1,2]"},
	{"{'required':['a']}", "{'a':1}", "{'b':1}"},
	{"{'properties':{'a':{'type':'string'}}}", "{'a':'x','b':1}", "{'a':1}"},
	{"{'properties':{'a':{}},'additionalProperties':false}", "{'a':1}", "{'a':1,'b':1}"},
	{"{'additionalProperties':{'type':'integer'}}", "{'x':1}", "{'x':'1'}"},
	{"{'items':{'type':'integer'}}", "[1,2]", "[1,'2']"},
	{"{'oneOf':[{'required':['a']},{'required':['b']}]}", "{'a':1}", "{'c':1}"},
	{"{'oneOf':[{'required':['a']},{'required':['b']}]}", "{'b':1}", "{'a':1,'b':1}"},
	{"{'$ref':'#/defs/n'}", "1", "'1'"},
	{"{'items':{'$ref':'#/defs/n'}}", "[1]", "['1']"},
};

static json_t *quoted(const char *text)
{
	char *s = xstrdup(text);

	for (char *p = s; *p; p++)
		if (*p == '\'')
			*p = '"';
	json_t *j = json_loads(s, JSON_DECODE_ANY, NULL);
	assert_non_null(j);
	free(s);
	return j;
}

static void test_cases(void **state)
{
	json_t *root = quoted("{'defs':{'n':{'type':'integer'}}}");
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *schema = quoted(cases[i].schema), *good = quoted(cases[i].good), *bad = quoted(cases[i].bad);
		if (!schema_check(root, schema, good, &e))
			fail_msg("%s refuses %s: %s", cases[i].schema, cases[i].good, e.msg);
		if (schema_check(root, schema, bad, &e))
			fail_msg("%s takes %s", cases[i].schema, cases[i].bad);
		json_decref(schema);
		json_decref(good);
		json_decref(bad);
	}
	json_decref(root);
}

// What cannot be checked must not look checked.
static void test_unknown_words(void **state)
{
	static const char *const unknown[] = {"{'multipleOf':2}", "{'$ref':'#/defs/x'}", "{'allOf':[]}"};
	json_t *root = quoted("{}"), *value = quoted("2");
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++) {
		json_t *schema = quoted(unknown[i]);
		assert_false(schema_check(root, schema, value, &e));
		json_decref(schema);
	}
	json_decref(root);
	json_decref(value);
}

static json_t *from_yaml(const char *dir, const char *text, struct err *e)
{
	char *path = path_join(dir, "x.yaml");
	struct err w = {0};

	assert_ok(path_write_atomic(path, sv(text), 0600, &w), w);
	json_t *j = yaml_json(path, e);
	free(path);
	return j;
}

static void test_yaml(void **state)
{
	static const char *const wrong[] = {"a: 1\na: 2\n", "a: &x 1\nb: *x\n", "a: !!str 1\n", "a: [1\n", "? [a]\n: 1\n"};
	char *dir = tmpdir_new();
	struct err e = {0};

	(void)state;
	json_t *j = from_yaml(dir, "a: 1\nb: '1'\n'200': [true, null, x y]\nd: |\n  two\n  lines\n", &e);
	json_t *want = quoted("{'a':1,'b':'1','200':[true,null,'x y'],'d':'two\\nlines\\n'}");
	assert_true(json_equal(j, want));
	json_decref(j);
	json_decref(want);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_null(from_yaml(dir, wrong[i], &e));
	tmpdir_free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_unknown_words),
		cmocka_unit_test(test_yaml),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
