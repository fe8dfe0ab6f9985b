// SPDX-License-Identifier: MIT
// Knows the case library on the command line: what is in it, one case with its marks, taking one in or out, and the draft of a scenario made of one.
#include "src/base/i18n.h"
#include "src/desk/event_words.h"
#include "src/base/path.h"
#include "src/cli/practice_cli.h"
#include "src/cli/reading.h"
#include "src/practice/case.h"
#include "src/store/lock.h"

static json_t *tags_json(unsigned tags)
{
	json_t *a = json_array();

	for (int t = 0; t <= CASE_EMERGENCY; t++)
		if (tags & 1u << t)
			json_array_append_new(a, json_string(case_tag_code((enum case_tag)t)));
	return a;
}

static const char *tags_text(struct arena *a, unsigned tags)
{
	const char *text = "";

	for (int t = 0; t <= CASE_EMERGENCY; t++)
		if (tags & 1u << t)
			text = arena_printf(a, "%s%s%s", text, *text ? ", " : "", case_tag_label((enum case_tag)t));
	return text;
}

static const char *tags_of(struct arena *a, const struct book_case *k)
{
	const char *tags = tags_text(a, k->tags);

	return k->proposed ? arena_printf(a, "%s%s%s", _("proposed"), *tags ? ", " : "", tags) : tags;
}

static json_t *case_json(const struct book_case *k, bool whole)
{
	json_t *o = json_pack("{s:s, s:s, s:s?, s:s, s:o, s:I, s:s?, s:b}", "id", k->id, "title", k->title, "category", k->category, "from", k->from, "tags",
			      tags_json(k->tags), "at", (json_int_t)k->at, "by", k->by, "proposed", (int)k->proposed);
	json_t *marks = json_array(), *log = json_array();
	struct sv rest = sv(k->log), part;

	for (size_t i = 0; i < k->n_marks; i++)
		json_array_append_new(marks, json_pack("{s:I, s:s, s:s}", "t_ms", (json_int_t)k->marks[i].t_ms, "type", case_marker_code(k->marks[i].type),
						       "note", k->marks[i].note));
	json_object_set_new(o, "marks", marks);
	while (whole && sv_split(&rest, '\n', &part)) {
		json_t *j = json_loadb(part.p, part.n, 0, NULL);
		if (j)
			json_array_append_new(log, j);
	}
	if (whole)
		json_object_set_new(o, "log", log);
	else
		json_decref(log);
	return o;
}

static int list(struct practice_cli *p, const struct book_cases *all)
{
	static const char *const keys[] = {"id", "at", "tags", "category", "title"};
	const char *const titles[] = {_("Id"), _("On"), _("Kind"), _("Category"), _("Title")};

	if (p->c->json) {
		json_t *a = json_array();
		for (size_t i = 0; i < all->v.n; i++)
			json_array_append_new(a, case_json(&all->v.v[i], false));
		cli_print_json(p->c, a);
		json_decref(a);
		return all->v.n ? CLI_DONE : CLI_NO;
	}
	struct cli_table *t = cli_table_new(p->c, keys, titles, 5);
	for (size_t i = 0; i < all->v.n; i++) {
		const struct book_case *k = &all->v.v[i];
		char at[32];
		clock_format(p->zone, k->at, "%Y-%m-%d", at, sizeof(at));
		cli_table_row(t, (const char *[]){k->id, at, tags_of(&p->arena, k), k->category, k->title});
	}
	cli_table_print(t);
	return all->v.n ? CLI_DONE : CLI_NO;
}

static void print_time(FILE *f, int64_t t)
{
	fprintf(f, "%3lld:%02lld.%lld  ", (long long)t / 60000, (long long)t / 1000 % 60, (long long)t / 100 % 10);
}

static void print_entry(struct practice_cli *p, FILE *f, struct sv text)
{
	json_t *o = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	struct log_entry e = {0};
	struct str line = {0};

	if (o && log_entry_read(o, &e, NULL)) {
		event_describe_in(&p->world, NULL, &e.ev, &line);
		for (char *q = line.s; q && *q; q++)
			if (*q == '\n')
				*q = ' ';
		print_time(f, e.t_ms);
		fprintf(f, "%s\n", str_z(&line));
	}
	event_release(&e.ev);
	str_release(&line);
	json_decref(o);
}

static void print_case(struct practice_cli *p, const struct book_case *k)
{
	FILE *f = p->c->out;
	struct sv rest = sv(k->log), part;

	fprintf(f, "%s\n%s  %s\n\n", k->title, tags_of(&p->arena, k), k->category ? k->category : "");
	while (sv_split(&rest, '\n', &part))
		print_entry(p, f, part);
	if (k->n_marks)
		fprintf(f, "\n%s\n", _("Marks"));
	for (size_t i = 0; i < k->n_marks; i++) {
		print_time(f, k->marks[i].t_ms);
		fprintf(f, "%s: %s\n", case_marker_label(k->marks[i].type), k->marks[i].note);
	}
}

int practice_case(struct practice_cli *p)
{
	struct book_cases all = {0};
	struct err e = {0};
	bool ok = !p->book || book_cases(p->book, &all, &e), found = false;
	int rc = CLI_DONE;

	if (ok && p->args->n == 2) {
		rc = list(p, &all);
		found = true;
	}
	for (size_t i = 0; ok && !found && i < all.v.n; i++) {
		if (!str_eq(all.v.v[i].id, p->args->words[2]))
			continue;
		found = true;
		json_t *o = p->c->json ? case_json(&all.v.v[i], true) : NULL;
		if (o)
			cli_print_json(p->c, o);
		else
			print_case(p, &all.v.v[i]);
		json_decref(o);
	}
	if (ok && !found)
		ok = err_set(&e, ERR_NOT_FOUND, _("there is no case %s"), p->args->words[2]);
	book_cases_release(&all);
	return ok ? rc : cli_fail(p->c, &e);
}

static const struct book_case *find(const struct book_cases *all, const char *id)
{
	const struct book_case *found = NULL;

	for (size_t i = 0; i < all->v.n; i++)
		if (str_eq(all->v.v[i].id, id))
			found = &all->v.v[i];
	return found;
}

static bool put_draft(struct practice_cli *p, const struct str *text, struct err *e)
{
	const char *path = p->args->scenario;

	if (str_eq(path, "-")) {
		fputs(str_z(text), p->c->out);
		return true;
	}
	if (path_exists(path))
		return err_set(e, ERR_CONFLICT, _("There is a file %s already; give another name."), path);
	return path_write_atomic(path, sv_n(str_z(text), text->n), 0600, e);
}

int practice_case_export(struct practice_cli *p)
{
	struct book_cases all = {0};
	struct str text = {0};
	struct err e = {0};
	char code[64];
	bool ok = !p->book || book_cases(p->book, &all, &e);
	const struct book_case *c = ok ? find(&all, p->args->words[2]) : NULL;

	if (ok && !c)
		ok = err_set(&e, ERR_NOT_FOUND, _("there is no case %s"), p->args->words[2]);
	if (ok) {
		case_scenario_code(c, code, sizeof(code));
		ok = case_scenario(c, p->packs, p->args->code ? p->args->code : code, &text, &e) && put_draft(p, &text, &e);
	}
	str_release(&text);
	book_cases_release(&all);
	return ok ? CLI_DONE : cli_fail(p->c, &e);
}

int practice_case_change(struct cli *c, const char *id, bool accept)
{
	struct lock lock = {0};
	struct book *b = NULL;
	struct err e = {0};
	bool ok = (!str_empty(c->data) || err_set(&e, ERR_IO, _("no data directory: give --data DIR or set ZUOXI_DATA"))) &&
		  lock_take(&lock, c->data, &e) && book_open(&b, c->data, &e) && (accept ? book_case_accept(b, id, &e) : book_case_drop(b, id, &e));

	book_close(b);
	lock_release(&lock);
	return ok ? CLI_DONE : cli_fail(c, &e);
}
