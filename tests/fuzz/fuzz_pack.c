// SPDX-License-Identifier: MIT
// Knows what must hold for any file in a content pack: the loader and the linter come to an end and leave sound structs.
// The first line names the folder: "# forms"; without one it is scripts.
#include <sys/stat.h>
#include <unistd.h>

#include "config/lint.h"
#include "src/base/err.h"
#include "src/practice/match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const parts[] = {"scripts", "forms", "categories", "dispositions", "lexicons", "kb", "scenarios"};
enum { N_PARTS = 7 };
static char dir[] = "fuzz-pack-XXXXXX";
static bool made;

static void put(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "w");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f))
		BUG("cannot write %s", path);
}

static const char *file_of(char *buf, size_t cap, size_t part)
{
	snprintf(buf, cap, "%s/%s/KB-X-001.%s", dir, parts[part], part == 5 ? "md" : "yaml");
	return buf;
}

static void clean_up(void)
{
	char path[64];
	for (size_t i = 0; i < N_PARTS; i++) {
		unlink(file_of(path, sizeof(path), i));
		snprintf(path, sizeof(path), "%s/%s", dir, parts[i]);
		rmdir(path);
	}
	snprintf(path, sizeof(path), "%s/pack.yaml", dir);
	unlink(path);
	rmdir(dir);
}

static void make_dir(void)
{
	static const char head[] = "pack: xx\nversion: 1\nindustry: common\ntitle: {zh: a, en: b}\norg: {zh: a, en: b}\n";
	char path[64];
	if (!mkdtemp(dir))
		BUG("cannot make %s", dir);
	made = true;
	atexit(clean_up);
	snprintf(path, sizeof(path), "%s/pack.yaml", dir);
	put(path, head, sizeof(head) - 1);
	for (size_t i = 0; i < N_PARTS; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, parts[i]);
		mkdir(path, 0700);
	}
}

static void check_target(const struct script *s, struct script_target t)
{
	if (t.kind == TARGET_NODE && t.node >= s->n_nodes)
		BUG("a target outside the script");
}

static void check_script(const struct script *s)
{
	if (s->n_nodes && (s->entry >= s->n_nodes || (s->close_node != SCRIPT_NO_NODE && s->close_node >= s->n_nodes)))
		BUG("entry or close outside the script");
	for (size_t i = 0; i < s->n_nodes; i++) {
		check_target(s, s->nodes[i].next);
		check_target(s, s->nodes[i].on_pass);
		check_target(s, s->nodes[i].on_fail);
		for (size_t k = 0; k < s->nodes[i].n_options; k++)
			check_target(s, s->nodes[i].options[k].next);
	}
	for (size_t i = 0; i < s->n_objections; i++) {
		if (s->objections[i].entry >= s->n_nodes)
			BUG("an objection outside the script");
	}
}

// Beats lead to beats, and what an expectation points at is there. Where a way could not be read, it leads nowhere.
static void check_scenario(const struct scenario *s)
{
	struct match m;
	for (size_t i = 0; i < s->n_beats; i++) {
		for (size_t k = 0; k < s->beats[i].n_next; k++) {
			if (s->beats[i].next[k].beat >= s->n_beats && !s->broken)
				BUG("a beat outside the scenario");
		}
	}
	for (size_t i = 0; i < scenario_expectations(s); i++) {
		const struct expectation *x = scenario_expectation(s, i, NULL, NULL);
		if (!x->id || (x->words && (x->words < s->words || x->words >= s->words + s->n_words)))
			BUG("an expectation without id, or with words from elsewhere");
	}
	match_line(s, NULL, sv("请您马上停止共享屏幕, stop sharing the screen, 110"), &m);
	match_release(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *const dirs[] = {dir};
	char path[64];
	size_t part = 0;
	struct problems p = {0};
	if (!made)
		make_dir();
	for (size_t i = 0; i < N_PARTS; i++) {
		size_t n = strlen(parts[i]);
		if (size > n + 2 && memcmp(data, "# ", 2) == 0 && memcmp(data + 2, parts[i], n) == 0)
			part = i;
	}
	// An article begins with its front matter, so the line that names the folder goes.
	const uint8_t *line = part == 5 ? memchr(data, '\n', size) : NULL;
	size_t skip = line ? (size_t)(line - data) + 1 : 0;
	put(file_of(path, sizeof(path), part), data + skip, size - skip);
	struct packs *k = packs_load(dirs, 1, &p);
	packs_lint(k, &p);
	problems_sort(&p);
	for (size_t i = 0; i < k->n_scripts; i++)
		check_script(&k->scripts[i].s);
	for (size_t i = 0; i < k->n_scenarios; i++)
		check_scenario(&k->scenarios[i].s);
	packs_free(k);
	problems_release(&p);
	unlink(path);
	return 0;
}
