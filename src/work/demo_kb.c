// SPDX-License-Identifier: MIT
// Knows what waits at the knowledge desk of the demo site: drafts, uncovered cases, doubtful articles, readers.
#include "src/work/demo_kb.h"

#include "config/yaml.h"
#include "kb/deed.h"
#include "kb/drafts.h"
#include "kb/export.h"
#include "kb/gap.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/desk/role.h"
#include "src/store/receipt.h"
#include "src/work/station.h"

#define DAY_MS (24LL * 3600000)

static const char EDITOR[] = "9001";

// One thing told by the file: the base opened in the past, when it was done.
struct desk_item {
	struct kb *kb;
	struct clock clock;
	const char *path, *zone;
	int64_t now;
	struct arena a;
};

static const char *text_of(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *n = yaml_get(map, key);

	return n && n->kind == YAML_SCALAR ? n->text : "";
}

static const struct yaml_node *list_of(const struct yaml_node *map, const char *key)
{
	static const struct yaml_node none = {.kind = YAML_LIST};
	const struct yaml_node *n = yaml_get(map, key);

	return n && n->kind == YAML_LIST ? n : &none;
}

static bool at_day(struct desk_item *d, const struct yaml_node *n, struct err *e)
{
	int64_t days = 0;

	if (!parse_int(sv(text_of(n, "days_ago")), 0, 1000, &days))
		days = 0;
	kb_close(d->kb);
	d->kb = NULL;
	clock_fake(&d->clock, d->now - days * DAY_MS - 60000, 1000000);
	return kb_open(&d->kb, d->path, KB_WRITE, &d->clock, d->zone, e);
}

static bool deed(struct desk_item *d, struct kb_deed what, const char *by, struct err *e)
{
	what.by = by;
	what.roles = by[0] == '9' ? USER_BIT(USER_KB_EDITOR) | USER_BIT(USER_SUPERVISOR) : USER_BIT(USER_AGENT);
	return kb_do(d->kb, &what, NULL, e);
}

// --- drafts

static bool edited(const struct yaml_node *n, struct kb_text *t, struct arena *a, struct err *e)
{
	const char *find = text_of(n, "find"), *at = *find ? strstr(t->body, find) : NULL;

	if (!at)
		return err_set(e, ERR_NOT_FOUND, _("line %d: %s does not hold the text to be replaced"), n->line, t->id);
	t->body = arena_printf(a, "%.*s%s%s", (int)(at - t->body), t->body, text_of(n, "put"), at + strlen(find));
	return true;
}

static bool text_for(struct desk_item *d, const struct yaml_node *n, struct kb_text *t, int *base, struct err *e)
{
	struct kb_article art;
	const char *category = text_of(n, "category");

	*base = 0;
	if (!*text_of(n, "title")) {
		if (!kb_article_get(d->kb, text_of(n, "id"), 0, &art, &d->a, e))
			return false;
		*base = art.latest;
		*t = art.cur.text;
		t->author = t->approver = t->note = "";
		return edited(n, t, &d->a, e);
	}
	*t = (struct kb_text){.id = text_of(n, "id"), .type = "faq", .lang = "zh", .audience = "agent", .title = text_of(n, "title"),
			      .title_en = "", .summary_en = "", .question = text_of(n, "question"), .body = text_of(n, "body"), .author = "",
			      .approver = "", .note = ""};
	if (*category) {
		t->category.v = arena_array(&d->a, const char *, 1);
		t->category.v[t->category.n++] = category;
	}
	return true;
}

static bool put_draft(struct desk_item *d, const struct yaml_node *n, struct err *e)
{
	const char *id = text_of(n, "id"), *by = text_of(n, "by"), *state = text_of(n, "state");
	struct kb_text t;
	int base;

	if (!at_day(d, n, e))
		return false;
	// A new article's number would be taken by a pack that brings its own.
	if (!text_for(d, n, &t, &base, e) ||
	    !deed(d, (struct kb_deed){.verb = KB_DO_SAVE, .id = id, .doc = kb_to_json(&t, &d->a), .base_ver = base, .note = text_of(n, "note"),
				      .complete = strcmp(state, "wip") != 0}, by, e))
		return false;
	bool submitted = strcmp(state, "in_review") == 0 || strcmp(state, "returned") == 0;
	return (!submitted || deed(d, (struct kb_deed){.verb = KB_DO_SUBMIT, .id = id}, by, e)) &&
	       (strcmp(state, "returned") != 0 ||
		deed(d, (struct kb_deed){.verb = KB_DO_RETURN, .id = id, .note = text_of(n, "reply")}, text_of(n, "returned_by"), e));
}

// --- uncovered cases and doubts

static bool last_gap(struct desk_item *d, int64_t *id, struct err *e)
{
	struct kb_gap *v;
	size_t n;

	*id = 0;
	if (!kb_gap_list(d->kb, true, &v, &n, &d->a, e))
		return false;
	for (size_t i = 0; i < n; i++)
		*id = v[i].id > *id ? v[i].id : *id;
	return true;
}

static bool put_gap(struct desk_item *d, const struct yaml_node *n, struct err *e)
{
	const struct yaml_node *reports = list_of(n, "reports");
	const char *taken = text_of(n, "accepted_by");
	int64_t id;

	for (size_t i = 0; i < reports->n; i++) {
		const struct yaml_node *r = reports->items[i];
		if (!at_day(d, r, e) ||
		    !deed(d, (struct kb_deed){.verb = KB_DO_GAP_REPORT, .query = text_of(n, "query"), .category = text_of(n, "category"),
					      .note = text_of(r, "text"), .material = text_of(r, "material")}, text_of(r, "by"), e))
			return false;
	}
	return !*taken || (last_gap(d, &id, e) && deed(d, (struct kb_deed){.verb = KB_DO_GAP_ACCEPT, .gap = id}, taken, e));
}

static bool put_doubt(struct desk_item *d, const struct yaml_node *n, struct err *e)
{
	const struct yaml_node *voters = list_of(n, "voters");
	const char *id = text_of(n, "id"), *why = text_of(n, "why");

	if (!at_day(d, n, e))
		return false;
	for (size_t i = 0; i < voters->n; i++)
		if (!deed(d, (struct kb_deed){.verb = KB_DO_VOTE_DOWN, .id = id}, voters->items[i]->text, e))
			return false;
	return !*why || deed(d, (struct kb_deed){.verb = KB_DO_FLAG, .id = id, .note = why}, *text_of(n, "by") ? text_of(n, "by") : EDITOR, e);
}

// --- the file

static bool load(const struct yaml_node **doc, struct arena *a, struct err *e)
{
	char *path = path_share("demo/desk.yaml");
	struct problems p = {0};

	*doc = yaml_parse_file(path, path, NULL, &p, a);
	bool ok = !p.errors || err_set(e, ERR_PARSE, "%s:%d: %s", p.v[0].file, p.v[0].line, p.v[0].message);
	problems_release(&p);
	free(path);
	return ok;
}

static bool each(struct desk_item *d, const struct yaml_node *list, bool (*put)(struct desk_item *, const struct yaml_node *, struct err *),
		 struct err *e)
{
	for (size_t i = 0; i < list->n; i++)
		if (!put(d, list->items[i], e))
			return err_prefix(e, "%s: ", "demo/desk.yaml");
	return true;
}

bool demo_kb_fill(const char *dir, const char *zone, const struct clock *clock, struct err *e)
{
	char *path = station_kb_path(dir);
	struct desk_item d = {.path = path, .zone = zone, .now = clock_wall(clock)};
	const struct yaml_node *doc;
	bool ok = load(&doc, &d.a, e) && each(&d, list_of(doc, "drafts"), put_draft, e) && each(&d, list_of(doc, "gaps"), put_gap, e) &&
		  each(&d, list_of(doc, "doubts"), put_doubt, e);

	kb_close(d.kb);
	arena_release(&d.a);
	free(path);
	return ok;
}

bool demo_kb_readers(struct db *db, int64_t now, struct err *e)
{
	struct arena a = {0};
	const struct yaml_node *doc;
	bool ok = load(&doc, &a, e);
	const struct yaml_node *who = ok ? list_of(doc, "readers") : NULL;

	for (size_t i = 0; ok && i < who->n; i++) {
		const struct yaml_node *read = list_of(who->items[i], "read");
		for (size_t k = 0; ok && k < read->n; k++)
			ok = receipt_add(db, &(struct receipt){.kind = "article", .id = read->items[k]->text, .agent_id = text_of(who->items[i], "agent"),
							       .version = 1, .at = now}, e);
	}
	arena_release(&a);
	return ok;
}
