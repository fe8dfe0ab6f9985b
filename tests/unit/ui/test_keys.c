// SPDX-License-Identifier: MIT
// Knows what key names and the keymap promise.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <locale.h>

#include "src/base/utf8.h"
#include "ui/keymap.h"
#include "ui/term.h"

static struct key key(const char *name)
{
	struct key k = {0};
	struct err e = {0};

	if (!key_parse(sv(name), &k, &e))
		fail_msg("%s", e.msg);
	return k;
}

static void test_names(void **state)
{
	static const struct {
		const char *in, *out; // out NULL: not a key
	} cases[] = {
		{"Tab", "Tab"},	    {"S-Tab", "S-Tab"},	    {"C-p", "C-p"},	  {"C-P", "C-p"},
		{"M-z", "M-z"},	    {"M-Z", "M-Z"},	    {"F2", "F2"},	  {"F12", "F12"},
		{"S-F3", "S-F3"},   {"Space", "Space"},	    {"a", "a"},		  {"冻", "冻"},
		{"-", "-"},	    {"C--", "C--"},	    {"C-_", "C-_"},	  {"C-/", "C-_"},
		{"M-_", "M-_"},	    {"C-i", "Tab"},	    {"C-m", "Enter"},	  {"C-[", "Esc"},
		{"C-h", "C-h"},	    {"M-Enter", "M-Enter"}, {"M-C-a", "C-M-a"},	  {"C-Left", "C-Left"},
		{"PgDn", "PgDn"},   {"+", "+"},		    {"=", "="},		  {"M-Backspace", "M-Backspace"},
		{"S", "S"},	    {"M-", NULL},	    {"F0", NULL},	  {"F25", NULL},
		{"tab", NULL},	    {"ab", NULL},	    {"", NULL},		  {"\x1b", NULL},
		{"\xff", NULL},	    {"冻结", NULL},	    {"C-Tabs", NULL},	  {"F2x", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct key k;
		struct err e = {0};
		char name[KEY_NAME_MAX];
		bool ok = key_parse(sv(cases[i].in), &k, &e);
		if (ok != (cases[i].out != NULL))
			fail_msg("%s: %s", cases[i].in, ok ? "accepted" : e.msg);
		if (!ok)
			continue;
		key_write(k, name, sizeof(name));
		assert_string_equal(name, cases[i].out);
		assert_true(key_eq(key(name), k));
	}
}

static void test_line(void **state)
{
	struct key_line l;
	struct err e = {0};

	(void)state;
	assert_true(key_line_parse(sv("text:冻结"), &l, &e));
	assert_true(sv_eqz(l.text, "冻结") && l.key.kind == K_NONE);
	assert_true(key_line_parse(sv("C-p"), &l, &e));
	assert_true(key_eq(l.key, key("C-p")));
	assert_false(key_line_parse(sv("Text:x"), &l, &e));
}

static void test_lookup(void **state)
{
	struct keymap *km = keymap_new();
	static const struct {
		unsigned contexts;
		const char *key;
		enum action want;
		bool text;
	} cases[] = {
		{CTX_ANY, "F1", ACT_HELP, false},
		{CTX_SCRIPT | CTX_ANY, "o", ACT_SCRIPT_SIDE, false},
		// The same letter while an answer is typed in the script pane.
		{CTX_SCRIPT | CTX_EDIT | CTX_ANY, "o", ACT_NONE, true},
		{CTX_SCRIPT | CTX_EDIT | CTX_ANY, "Space", ACT_NONE, true},
		{CTX_SCRIPT | CTX_ANY, "Space", ACT_SCRIPT_TICK, false},
		{CTX_EDIT | CTX_ANY, "冻", ACT_NONE, true},
		{CTX_EDIT | CTX_ANY, "M-c", ACT_CLASSIFY, false},
		{CTX_EDIT | CTX_ANY, "C-w", ACT_EDIT_WORD_BACK, false},
		{CTX_KB_QUERY | CTX_EDIT | CTX_ANY, "/", ACT_NONE, true},
		{CTX_KB_LIST | CTX_ANY, "/", ACT_KB_QUERY, false},
		{CTX_FORM | CTX_EDIT | CTX_ANY, "Enter", ACT_FORM_ENTER, false},
		{CTX_WRAP | CTX_LIST | CTX_ANY, "Enter", ACT_LIST_OPEN, false},
		{CTX_FORM | CTX_EDIT | CTX_ANY, "F2", ACT_ANSWER, false}, // call control works while a form is filled in
		{CTX_FORM | CTX_EDIT | CTX_ANY, "Tab", ACT_FORM_NEXT, false}, // the specific place first
		{CTX_LIST | CTX_ANY, "Enter", ACT_LIST_OPEN, false},
		{CTX_CONFLICTS | CTX_LIST | CTX_ANY, "Enter", ACT_CONFLICT_APPLY, false}, // not "open the row"
		{CTX_CONFLICTS | CTX_LIST | CTX_ANY, "Down", ACT_LIST_DOWN, false},
		{CTX_CONFLICTS | CTX_LIST | CTX_ANY, "F2", ACT_ANSWER, false},
		{CTX_FORM | CTX_EDIT | CTX_ANY, "M-j", ACT_CONFLICTS, false}, // from wherever the hands are
		{CTX_ANY, "x", ACT_NONE, false},
		{CTX_LIST, "F1", ACT_NONE, false}, // without CTX_ANY nothing global
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct keymap_hit hit = keymap_lookup(km, cases[i].contexts, key(cases[i].key));
		if (hit.action != cases[i].want || hit.text != cases[i].text)
			fail_msg("case %zu: %s is %s", i, cases[i].key, action_info(hit.action)->name);
	}
	keymap_free(km);
}

static void test_defaults_do_not_clash(void **state)
{
	struct keymap *km = keymap_new();
	struct str out = {0};

	(void)state;
	if (keymap_clashes(km, &out))
		fail_msg("%s", str_z(&out));
	str_release(&out);
	keymap_free(km);
}

// In places where text is typed, actions.def must not use keys that are text: they could never be reached.
static void test_defaults_reach(void **state)
{
	struct keymap *km = keymap_new();

	(void)state;
	for (int a = 1; a < ACT_COUNT; a++) {
		struct key keys[8];
		size_t n = keymap_keys_of(km, (enum action)a, keys, 8);
		for (size_t i = 0; i < n; i++)
			if ((action_info((enum action)a)->contexts & (CTX_ANY | CTX_EDIT | CTX_FORM | CTX_KB_QUERY | CTX_PICK)) &&
			    key_is_text(keys[i]) && !(action_info((enum action)a)->contexts & CTX_LIST))
				fail_msg("%s is bound to text", action_info((enum action)a)->name);
	}
	keymap_free(km);
}

static void test_user(void **state)
{
	struct keymap *km = keymap_new();
	struct err e = {0};
	struct str names = {0};
	char label[KEY_NAME_MAX];

	(void)state;
	assert_true(keymap_bind(km, &(struct keymap_user){"", "M-h F6", "hold"}, &e));
	keymap_names_of(km, ACT_HOLD, &names);
	assert_string_equal(str_z(&names), "M-h F6");
	keymap_label(km, CTX_ANY, ACT_HOLD, label, sizeof(label));
	assert_string_equal(label, "M-h");
	// Taking a key that another action had: that one loses it, so nothing clashes.
	assert_true(keymap_bind(km, &(struct keymap_user){"", "C-p", "zoom"}, &e));
	assert_int_equal(keymap_lookup(km, CTX_ANY, key("C-p")).action, ACT_ZOOM);
	assert_int_equal(keymap_keys_of(km, ACT_PALETTE, NULL, 0), 0);
	keymap_label(km, CTX_ANY, ACT_PALETTE, label, sizeof(label));
	assert_string_equal(label, "");
	assert_int_equal(keymap_clashes(km, &names), 0);
	// In one context only.
	assert_true(keymap_bind(km, &(struct keymap_user){"kb-list", "x", "kb-cite"}, &e));
	assert_int_equal(keymap_lookup(km, CTX_KB_LIST, key("x")).action, ACT_KB_CITE);
	assert_int_equal(keymap_lookup(km, CTX_KB_LIST, key("c")).action, ACT_NONE);
	assert_int_equal(keymap_lookup(km, CTX_KB_ARTICLE, key("c")).action, ACT_KB_CITE);
	assert_true(keymap_bind(km, &(struct keymap_user){"", "F12", "none"}, &e));
	assert_int_equal(keymap_lookup(km, CTX_ANY, key("F12")).action, ACT_NONE);
	// Mistakes leave the map alone.
	assert_false(keymap_bind(km, &(struct keymap_user){"", "F2", "no-such"}, &e));
	assert_false(keymap_bind(km, &(struct keymap_user){"nowhere", "F2", "hold"}, &e));
	assert_false(keymap_bind(km, &(struct keymap_user){"", "F2 Bogus", "hold"}, &e));
	assert_false(keymap_bind(km, &(struct keymap_user){"", "x", "hold"}, &e));
	assert_false(keymap_bind(km, &(struct keymap_user){"form", "x", "form-next"}, &e));
	assert_int_equal(keymap_lookup(km, CTX_ANY, key("F2")).action, ACT_ANSWER);
	str_release(&names);
	keymap_free(km);
}

// A key that a more specific place takes is not offered as the way to a global action from there.
static void test_label_is_reachable(void **state)
{
	struct keymap *km = keymap_new();
	struct err e = {0};
	char label[KEY_NAME_MAX];

	(void)state;
	assert_true(keymap_bind(km, &(struct keymap_user){"form", "F11", "form-save"}, &e));
	keymap_label(km, CTX_FORM | CTX_ANY, ACT_NEXT_CONTACT, label, sizeof(label));
	assert_string_equal(label, "C-n");
	keymap_label(km, CTX_ANY, ACT_NEXT_CONTACT, label, sizeof(label));
	assert_string_equal(label, "F11");
	keymap_free(km);
}

static void test_locale(void **state)
{
	static const struct {
		const char *all, *ctype, *lang;
		bool ok;
	} cases[] = {
		{NULL, NULL, NULL, true},		 {NULL, NULL, "zh_CN.UTF-8", true},
		{NULL, NULL, "zh_CN.GBK", false},	 {"", "zh_CN.gb18030", "zh_CN.UTF-8", false},
		{"zh_CN.UTF-8", "zh_CN.GBK", NULL, true}, {NULL, NULL, "zh_TW.Big5", false},
		{"C", NULL, "zh_CN.GB2312", true},	 {NULL, "", "zh_HK.BIG5-HKSCS", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = {0};
		assert_int_equal(term_check_locale(cases[i].all, cases[i].ctype, cases[i].lang, &e), cases[i].ok);
		for (const char *p = e.msg; *p; p++)
			assert_in_range(*p, 0x20, 0x7E);
		if (!cases[i].ok)
			assert_non_null(strstr(e.msg, "luit -encoding"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),	      cmocka_unit_test(test_line),
		cmocka_unit_test(test_lookup),	      cmocka_unit_test(test_defaults_do_not_clash),
		cmocka_unit_test(test_defaults_reach), cmocka_unit_test(test_user),
		cmocka_unit_test(test_label_is_reachable), cmocka_unit_test(test_locale),
	};

	setlocale(LC_ALL, "");
	utf8_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
