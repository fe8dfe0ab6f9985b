// SPDX-License-Identifier: MIT
// Knows how the calls of the demo site become the script of the simulated telephone.
#include "config/yaml.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/work/demo.h"

// The caller waits this long after the last line before hanging up: time to finish for somebody who is new to it.
enum { STAYS_S = 120, SECONDS_MAX = 86400 };

static const char *text_of(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *n = yaml_get(map, key);

	return n && n->kind == YAML_SCALAR ? n->text : "";
}

static int64_t seconds_of(const struct yaml_node *map, const char *key)
{
	int64_t v = 0;

	return parse_int(sv(text_of(map, key)), 0, SECONDS_MAX, &v) ? v : 0;
}

static void add_line(struct str *out, const struct yaml_node *line, enum lang lang)
{
	const char *zh = text_of(line, "zh"), *en = text_of(line, "en");
	struct str clean = {0};

	utf8_clean(&clean, sv(lang == LANG_EN && *en ? en : zh), UTF8_LINE);
	str_addf(out, "on answer +%lld message %s\n", (long long)seconds_of(line, "at_s"), str_z(&clean));
	str_release(&clean);
}

static void add_call(struct str *out, const struct yaml_node *call, bool first, enum lang lang)
{
	const struct yaml_node *lines = yaml_get(call, "lines");
	int64_t last = 0, patience = seconds_of(call, "gives_up_after_s");

	str_addf(out, "%s+%lld offered %s %s queue=%s channel=%s\n", first ? "" : "after ", (long long)seconds_of(call, "after_s"),
		 text_of(call, "number"), text_of(call, "name"), text_of(call, "queue"), text_of(call, "channel"));
	if (patience)
		str_addf(out, "+%lld ended\n", (long long)patience);
	for (size_t i = 0; lines && lines->kind == YAML_LIST && i < lines->n; i++) {
		add_line(out, lines->items[i], lang);
		if (seconds_of(lines->items[i], "at_s") > last)
			last = seconds_of(lines->items[i], "at_s");
	}
	str_addf(out, "on answer +%lld ended\n", (long long)last + STAYS_S);
}

char *demo_calls(const char *yaml_path, enum lang lang, struct err *e)
{
	char *path = yaml_path ? xstrdup(yaml_path) : path_share("demo/calls.yaml");
	struct problems p = {0};
	struct arena a = {0};
	struct str out = {0};
	const struct yaml_node *doc = yaml_parse_file(path, path, NULL, &p, &a);
	const struct yaml_node *calls = yaml_get(doc, "calls");
	char *script = NULL;

	if (p.errors) {
		err_set(e, ERR_PARSE, "%s:%d: %s", p.v[0].file, p.v[0].line, p.v[0].message);
	} else if (!calls || calls->kind != YAML_LIST) {
		err_set(e, ERR_PARSE, _("%s: a list named calls is needed"), path);
	} else {
		for (size_t i = 0; i < calls->n; i++)
			add_call(&out, calls->items[i], i == 0, lang);
		script = out.n ? str_take(&out) : xstrdup("");
	}
	str_release(&out);
	problems_release(&p);
	arena_release(&a);
	free(path);
	return script;
}
