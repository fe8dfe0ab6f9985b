// SPDX-License-Identifier: MIT
// Knows the rules of knowledge articles in packs: front matter, references, length.
#include "config/lint_kb.h"

#include "config/read.h"
#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"

enum { SHORT_ANSWER_MAX = 600 }; // Chinese characters before <!--more-->

static bool upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

bool lint_next_article_id(struct sv text, size_t *at, struct sv *id)
{
	for (size_t i = *at; i + 3 < text.n; i++) {
		if (memcmp(text.p + i, "KB-", 3) != 0 || (i && (upper(text.p[i - 1]) || text.p[i - 1] == '-')))
			continue;
		size_t j = i + 3, letters = j;
		while (j < text.n && upper(text.p[j]))
			j++;
		if (j == letters || j + 1 >= text.n || text.p[j] != '-' || !digit(text.p[j + 1]))
			continue;
		for (j++; j < text.n && digit(text.p[j]);)
			j++;
		*id = sv_n(text.p + i, j - i);
		*at = j;
		return true;
	}
	return false;
}

static bool category_declared(const struct packs *k, const char *code)
{
	for (size_t i = 0; i < k->n_category_codes; i++) {
		if (str_eq(k->category_codes[i], code))
			return true;
	}
	return false;
}

static void check_categories(const struct packs *k, struct reader *r, const struct yaml_node *root)
{
	struct yaml_node *list = yaml_get(root, "category");
	if (!list)
		read_missing(r, root, "category");
	if (!list || (list->kind == YAML_SCALAR && category_declared(k, list->text)))
		return;
	if (list->kind == YAML_SCALAR) {
		READ_FAIL(r, list, _("there is no category %s"), list->text);
		return;
	}
	if (!read_is(r, list, YAML_LIST, "category"))
		return;
	for (size_t i = 0; i < list->n; i++) {
		const struct yaml_node *c = list->items[i];
		if (read_is(r, c, YAML_SCALAR, "category") && !category_declared(k, c->text))
			READ_FAIL(r, c, _("there is no category %s"), c->text);
	}
}

static void check_policies(const struct packs *k, struct reader *r, const struct yaml_node *root)
{
	const struct yaml_node *list = yaml_get(root, "policies");
	if (!read_is(r, list, YAML_LIST, "policies"))
		return;
	for (size_t i = 0; i < list->n; i++)
		if (read_is(r, list->items[i], YAML_SCALAR, "policies") && !packs_article(k, list->items[i]->text))
			READ_FAIL(r, list->items[i], _("there is no article %s"), list->items[i]->text);
}

static int64_t check_date(struct reader *r, const struct yaml_node *root, const char *key, bool need)
{
	struct yaml_node *n = yaml_get(root, key);
	int64_t ms = 0;
	if (!n && need)
		read_missing(r, root, key);
	if (!read_is(r, n, YAML_SCALAR, key))
		return 0;
	if (n->n != 10 || !clock_parse_local("UTC", sv_n(n->text, n->n), &ms))
		READ_FAIL(r, n, _("%s must be a date like 2026-01-31"), key);
	return ms;
}

static void check_head(const struct packs *k, const struct pack_article *a, struct reader *r, const struct yaml_node *root)
{
	static const char *const types[] = {"product", "manual", "faq", "policy", "howto", "case", "handbook", "bulletin", "script_note",
		"plan", NULL};
	static const char *const audiences[] = {"internal", "agent", "customer_shareable", NULL};
	static const char *const langs[] = {"zh", "en", NULL};
	static const char *const texts[] = {"title", "title_en", "summary_en", "question", "author", "approver", "note"};
	static const char *const words[] = {"type", "lang", "audience"};
	static const char *const *const lists[] = {types, langs, audiences};
	static const char *const texts_lists[] = {"tags", "synonyms", "phrasings"};
	size_t at;
	read_keys(r, root,
		"id version type title title_en summary_en question category lang tags synonyms phrasings effective_from "
		"effective_to review_due audience must_read policies quiz author approver note");
	const char *id = read_code(r, root, "id", true);
	if (id && !str_eq(id, a->id))
		READ_FAIL(r, yaml_get(root, "id"), _("the id %s is not the name of the file, %s"), id, a->id);
	if (!yaml_get(root, "version"))
		read_missing(r, root, "version");
	read_int(r, root, "version", 1, 1000000, 1);
	for (size_t i = 0; i < 7; i++)
		read_text(r, root, texts[i], 2000, i < 6);
	for (size_t i = 0; i < 3; i++) {
		if (!yaml_get(root, words[i]))
			read_missing(r, root, words[i]);
		(void)read_word(r, yaml_get(root, words[i]), words[i], lists[i], &at);
		read_codes(r, root, texts_lists[i], false);
	}
	read_bool(r, root, "must_read", false);
	check_policies(k, r, root);
	read_codes(r, root, "quiz", false); // what a question must look like is said by the import
	int64_t from = check_date(r, root, "effective_from", true), to = check_date(r, root, "effective_to", false);
	int64_t due = check_date(r, root, "review_due", true);
	if (from && to && to <= from)
		READ_FAIL(r, yaml_get(root, "effective_to"), _("effective_to must be after effective_from"));
	if (from && due && due <= from)
		READ_FAIL(r, yaml_get(root, "review_due"), _("review_due must be after effective_from"));
	check_categories(k, r, root);
}

static void check_body(const struct packs *k, struct reader *r, struct sv body, int line)
{
	struct sv rest = body, row;
	size_t han = 0;
	bool more = false, any = false;
	for (int at_line = line; sv_split(&rest, '\n', &row); at_line++) {
		struct sv id;
		any |= sv_trim(row).n > 0;
		more |= sv_starts(sv_trim(row), "<!--more-->");
		for (size_t i = 0; !more && i < row.n;) {
			uint32_t cp;
			i += utf8_decode(sv_n(row.p + i, row.n - i), &cp);
			han += utf8_is_han(cp);
		}
		for (size_t at = 0; lint_next_article_id(row, &at, &id);) {
			const char *name = arena_strndup(r->a, id.p, id.n);
			if (!packs_article(k, name))
				read_fail(r, at_line, (int)utf8_count(sv_n(row.p, (size_t)(id.p - row.p))) + 1, _("there is no article %s"), name);
		}
	}
	if (!any)
		read_fail(r, line, 1, _("the article has no text"));
	if (han > SHORT_ANSWER_MAX)
		problems_add(r->p, r->file, line, 1, LINT_WARNING,
			_("%zu Chinese characters before <!--more-->; an agent reads at most %d in a call"), han, SHORT_ANSWER_MAX);
}

// Divides a file into front matter and body. False when it does not begin with one that ends.
static bool divide(struct sv text, struct sv *head, struct sv *body, int *body_line)
{
	struct sv rest = text, row;
	if (!sv_split(&rest, '\n', &row) || !sv_eqz(sv_trim(row), "---"))
		return false;
	const char *from = rest.p;
	for (int line = 2; sv_split(&rest, '\n', &row); line++) {
		if (!sv_eqz(sv_trim(row), "---"))
			continue;
		*head = sv_n(from, (size_t)(row.p - from));
		*body = rest;
		*body_line = line + 1;
		return true;
	}
	return false;
}

void lint_article(const struct packs *k, const struct pack_article *a, struct problems *p)
{
	struct arena scratch = {0};
	struct reader r = {.a = &scratch, .p = p, .file = a->file};
	struct str text = {0};
	struct err e = {0};
	struct sv head, body;
	int line = 1;
	if (!path_read(a->file, 1024 * 1024, &text, &e))
		problems_add(p, a->file, 0, 0, LINT_ERROR, "%s", e.msg);
	else if (!utf8_valid(sv_n(str_z(&text), text.n)))
		problems_add(p, a->file, 0, 0, LINT_ERROR, _("the file is not UTF-8; save it as UTF-8"));
	else if (!divide(sv_n(str_z(&text), text.n), &head, &body, &line))
		problems_add(p, a->file, 1, 1, LINT_ERROR, _("the file must begin with front matter between two lines ---"));
	else {
		struct yaml_node *root = yaml_parse(head, a->file, 2, p, &scratch);
		if (read_is(&r, root, YAML_MAP, _("front matter")))
			check_head(k, a, &r, root);
		check_body(k, &r, body, line);
	}
	str_release(&text);
	arena_release(&scratch);
}
