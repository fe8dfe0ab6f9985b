// SPDX-License-Identifier: MIT
// Knows how the demo site is made: a station, its packs, and invented people with a past.
#include "src/work/demo.h"

#include "config/yaml.h"
#include "src/base/path.h"
#include "src/store/id.h"
#include "src/store/meta.h"
#include "src/work/demo_kb.h"
#include "src/work/internal.h"
#include "src/work/seed.h"
#include "src/work/station.h"

#define DEMO_ZONE "Asia/Shanghai"

struct demo {
	struct seed seed;
	const struct yaml_node *customers;
	struct arena arena;
};

static const char *text_of(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *n = yaml_get(map, key);

	return n && n->kind == YAML_SCALAR ? n->text : "";
}

static int64_t int_of(const struct yaml_node *map, const char *key)
{
	int64_t v = 0;

	return parse_int(sv(text_of(map, key)), 0, 100000, &v) ? v : 0;
}

static size_t items_of(const struct yaml_node *map, const char *key, struct yaml_node ***items)
{
	struct yaml_node *n = yaml_get(map, key);

	*items = n ? n->items : NULL;
	return n && n->kind == YAML_LIST ? n->n : 0;
}

// --- the people of the file

static struct seed_person person_of(struct demo *d, const struct yaml_node *c)
{
	struct yaml_node **items;
	struct seed_person p = {
		.name = text_of(c, "name"), .gender = text_of(c, "gender"), .tier = text_of(c, "tier"), .segment = text_of(c, "segment"),
		.language = text_of(c, "language"), .notes = text_of(c, "notes"), .address = text_of(c, "address"),
		.birth_year = int_of(c, "birth_year"), .marketing = strcmp(text_of(c, "consent_marketing"), "true") == 0,
	};

	p.n_phones = items_of(c, "phones", &items);
	struct seed_phone *phones = arena_alloc(&d->arena, (p.n_phones + 1) * sizeof(*phones));
	for (size_t i = 0; i < p.n_phones; i++)
		phones[i] = (struct seed_phone){text_of(items[i], "number"), text_of(items[i], "kind")};
	p.phones = phones;
	p.n_flags = items_of(c, "flags", &items);
	const char **flags = arena_alloc(&d->arena, (p.n_flags + 1) * sizeof(*flags));
	for (size_t i = 0; i < p.n_flags; i++)
		flags[i] = items[i]->text;
	p.flags = flags;
	return p;
}

static bool put_ticket(struct demo *d, struct db *db, const char *customer_id, const struct yaml_node *t, struct err *e)
{
	uint32_t counter;

	if (!base36_parse(sv(text_of(t, "no_suffix")), &counter))
		return err_set(e, ERR_PARSE, _("line %d: a ticket needs no_suffix and a known state"), t->line);
	return seed_put_ticket(&d->seed, db, customer_id,
			       &(struct seed_ticket){.title = text_of(t, "title"), .category = text_of(t, "category"), .state = text_of(t, "state"),
						     .priority = int_of(t, "priority"), .days_ago = int_of(t, "days_ago"), .counter = counter}, e);
}

static bool put_person(struct demo *d, struct db *db, const struct yaml_node *c, struct err *e)
{
	const struct seed_person p = person_of(d, c);
	struct yaml_node **items;
	char id[ID_LEN + 1];

	if (!seed_customer(&d->seed, db, &p, id, e))
		return false;
	for (size_t j = 0, n = items_of(c, "tickets", &items); j < n; j++)
		if (!put_ticket(d, db, id, items[j], e))
			return false;
	for (size_t j = 0, n = items_of(c, "contacts", &items); j < n; j++)
		if (!seed_put_contact(&d->seed, db, &p, id,
				      &(struct seed_contact){.channel = text_of(items[j], "channel"), .category = text_of(items[j], "category"),
							     .disposition = text_of(items[j], "disposition"),
							     .summary = text_of(items[j], "summary"), .days_ago = int_of(items[j], "days_ago")}, e))
			return false;
	return true;
}

// --- the site

static bool fill(struct db *db, void *arg, struct err *e)
{
	struct demo *d = arg;

	if (!meta_set_text(db, "agent", DEMO_AGENT_NO, e) || !meta_set_text(db, "agent_name", DEMO_AGENT_NAME, e))
		return false;
	for (size_t i = 0; i < d->customers->n; i++)
		if (!put_person(d, db, d->customers->items[i], e))
			return err_prefix(e, "%s: ", text_of(d->customers->items[i], "id"));
	return demo_kb_readers(db, d->seed.now, e);
}

static bool people(struct demo *d, struct err *e)
{
	char *path = path_share("demo/customers.yaml");
	struct problems p = {0};
	const struct yaml_node *doc = yaml_parse_file(path, path, NULL, &p, &d->arena);
	bool ok = true;

	d->customers = yaml_get(doc, "customers");
	if (p.errors)
		ok = err_set(e, ERR_PARSE, "%s:%d: %s", p.v[0].file, p.v[0].line, p.v[0].message);
	else if (!d->customers || d->customers->kind != YAML_LIST)
		ok = err_set(e, ERR_PARSE, _("%s: a list named customers is needed"), path);
	problems_release(&p);
	free(path);
	return ok;
}

static bool furnish(const char *dir, const struct clock *clock, struct err *e)
{
	struct arena a = {0};
	const char **dirs;
	size_t n;
	char *packs = path_share("packs"), *settings = path_join(dir, "zuoxi.yaml");
	bool ok = packs_find(packs, &dirs, &n, &a, e);

	for (size_t i = 0; ok && i < n; i++)
		ok = station_add_pack(dir, dirs[i], clock, DEMO_ZONE, e);
	ok = ok && path_write_atomic(settings, sv("agent:\n  no: \"" DEMO_AGENT_NO "\"\n  name: " DEMO_AGENT_NAME "\n"
						  // Everything can be looked at; only what one wrote oneself waits for somebody else.
						  "  roles: agent, kb_editor, supervisor\n"
						  "zone: " DEMO_ZONE "\n"
						  "site:\n  name: 示例服务中心\n"), 0600, e);
	ok = ok && demo_kb_fill(dir, DEMO_ZONE, clock, e);
	free(packs);
	free(settings);
	arena_release(&a);
	return ok;
}

bool demo_make(const char *dir, const struct clock *clock, struct err *e)
{
	struct demo d = {0};
	struct packs *packs = NULL;
	struct store *store = NULL;
	bool ok = store_init(dir, DEMO_SITE, DEMO_STATION, clock, e) && furnish(dir, clock, e) &&
		  station_load_packs(dir, &packs, e) && people(&d, e);

	if (ok) {
		seed_init(&d.seed, clock, packs, DEMO_ZONE);
		d.seed.site = DEMO_SITE;
		d.seed.station = DEMO_STATION;
		d.seed.agent = DEMO_AGENT_NO;
		ok = store_open(&store, &(struct store_options){.dir = dir}, e) && store_do(store, fill, &d, e);
		store_close(store);
	}
	packs_free(packs);
	arena_release(&d.arena);
	return ok;
}
