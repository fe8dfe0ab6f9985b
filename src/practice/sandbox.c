// SPDX-License-Identifier: MIT
// Knows how the throw-away site of a session is made, opened and removed.
#include "src/practice/sandbox.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kb/kbdb.h"
#include "src/base/copy.h"
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/store/backup.h"
#include "src/store/destroy.h"
#include "src/desk/ticket.h"
#include "src/store/meta.h"
#include "src/work/seed.h"
#include "src/work/station.h"

char *sandbox_dir(const char *dir, const char *id)
{
	char *practice = path_join(dir, "practice"), *out = path_join(practice, id);

	free(practice);
	return out;
}

// --- the knowledge base

static bool kb_from_packs(const struct sandbox_options *o, const char *into, struct err *e)
{
	size_t n;
	char **dirs = station_pack_dirs(o->dir, &n);
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++)
		ok = station_import(into, dirs[i], o->clock, o->zone, e);
	station_free_dirs(dirs);
	return ok;
}

static bool make_kb(const struct sandbox_options *o, const char *into, struct err *e)
{
	char *from = station_kb_path(o->dir), *to = station_kb_path(into);
	bool ok = path_exists(from) ? backup_one(from, to, e) : kb_from_packs(o, into, e);

	free(from);
	free(to);
	return ok;
}

// --- its people

struct filling {
	const struct sandbox_options *o;
	const struct packs *packs;
	const struct scenario *s;
	enum lang lang;
	struct seed seed;
	struct arena arena;
};

// Flags as they stand in the scenario, between blanks or commas.
static size_t split_flags(struct filling *f, const char *text, const char *const **out)
{
	const char **v = arena_alloc(&f->arena, sizeof(*v) * 16);
	size_t n = 0;

	for (const char *p = text ? text : ""; n < 16;) {
		p += strspn(p, " ,");
		size_t len = strcspn(p, " ,");
		if (!len)
			break;
		v[n++] = arena_strndup(&f->arena, p, len);
		p += len;
	}
	*out = v;
	return n;
}

static const char *some(const char *text, const char *otherwise)
{
	return str_empty(text) ? otherwise : text;
}

// How an earlier contact ended: with information given, where the packs know that.
static const char *usual_end(const struct packs *p)
{
	return disposition_find(&p->dispositions, "INFO_GIVEN") || !p->dispositions.n ? "INFO_GIVEN" : p->dispositions.v[0].code;
}

static bool put_caller(struct filling *f, struct db *db, const struct scenario_caller *c, struct err *e)
{
	struct date now;
	char id[ID_LEN + 1];
	const struct seed_phone phone = {.number = some(c->persona.phone, ""), .kind = "mobile"};
	const char *category = some(c->category, some(f->s->truth.category, ""));

	clock_local(f->o->zone, f->seed.now, &now);
	struct seed_person p = {
		.name = label_in(c->persona.name, f->lang), .gender = "", .tier = some(c->tier, "normal"), .segment = "",
		.language = some(c->language, f->lang == LANG_ZH ? "zh" : "en"), .notes = some(c->notes, ""), .address = "",
		.birth_year = c->persona.age > 0 ? now.year - c->persona.age : 0, .phones = &phone, .n_phones = !str_empty(phone.number),
	};
	p.n_flags = split_flags(f, c->flags, &p.flags);
	if (!seed_customer(&f->seed, db, &p, id, e))
		return false;
	for (int i = c->repeats; i > 0; i--)
		if (!seed_put_contact(&f->seed, db, &p, id,
				      &(struct seed_contact){.channel = channel_code(c->channel), .category = category,
							     .disposition = usual_end(f->packs), .summary = label_in(c->history, f->lang),
							     .days_ago = i}, e))
			return false;
	return str_empty(c->ticket) ||
	       seed_put_ticket(&f->seed, db, id,
			       &(struct seed_ticket){.title = c->ticket, .category = category, .state = ticket_state_code(TICKET_OPEN),
						     .priority = f->s->truth.priority ? f->s->truth.priority : 3, .days_ago = 1}, e);
}

// The tickets of a queue, numbered as they stand in the scenario: that is how their keys are found again.
static bool put_tickets(struct filling *f, struct db *db, struct err *e)
{
	for (size_t i = 0; i < f->s->n_tickets; i++) {
		const struct queue_ticket *t = &f->s->tickets[i];
		if (!seed_put_ticket(&f->seed, db, NULL,
				     &(struct seed_ticket){.title = label_in(t->title, f->lang), .text = label_in(t->text, f->lang), .category = some(t->category, ""),
							   .queue = some(t->queue, "general"), .state = ticket_state_code(TICKET_OPEN), .priority = t->priority,
							   .counter = (uint32_t)i + 1}, e))
			return err_prefix(e, _("ticket %s of %s: "), t->id, f->s->code);
	}
	return true;
}

static bool fill(struct db *db, void *arg, struct err *e)
{
	struct filling *f = arg;

	if (!meta_set_text(db, "agent", f->o->agent_no, e) || !meta_set_text(db, "agent_name", f->o->agent_name, e) ||
	    !meta_set_text(db, "zone", f->o->zone, e))
		return false;
	for (size_t i = 0; i < f->s->n_callers; i++)
		if (f->s->callers[i].known && !put_caller(f, db, &f->s->callers[i], e))
			return err_prefix(e, _("caller %zu of %s: "), i + 1, f->s->code);
	return put_tickets(f, db, e);
}

static bool fill_store(const struct sandbox_options *o, const char *into, const struct packs *packs, const struct scenario *s,
		       enum lang lang, struct err *e)
{
	struct filling f = {.o = o, .packs = packs, .s = s, .lang = lang};
	struct store *store = NULL;

	seed_init(&f.seed, o->clock, packs, o->zone);
	f.seed.site = NUMBER_PRACTICE_SITE;
	f.seed.station = o->station;
	f.seed.agent = o->agent_id;
	f.seed.mode = o->mode;
	bool ok = store_open(&store, &(struct store_options){.dir = into}, e) && store_do(store, fill, &f, e);
	store_close(store);
	arena_release(&f.arena);
	return ok;
}

bool sandbox_make(const struct sandbox_options *o, const struct packs *packs, const struct scenario *s, enum lang lang, struct err *e)
{
	char *into = sandbox_dir(o->dir, o->id);
	bool ok = store_init_practice(into, o->station, o->clock, e) && make_kb(o, into, e) && fill_store(o, into, packs, s, lang, e);

	free(into);
	if (!ok) {
		struct err why = {0};
		if (!sandbox_destroy(o->dir, o->id, &why))
			log_line(LOG_WARN, "%s", why.msg);
	}
	return ok;
}

// --- open

// The user's settings, without what leads out of here: no hub, no telephone but the session's, nothing that keeps from being ready.
static void own_settings(struct config *c, const struct sandbox_options *o)
{
	config_copy(c, o->live);
	c->hub_proxy = c->hub_ca = c->hub_second = c->hub_third = "";
	c->telephone = TELEPHONE_NONE;
	c->telephone_script = "";
	c->kb_must_read_block = false;
	c->agent_no = arena_strdup(&c->arena, o->agent_no);
	c->agent_name = arena_strdup(&c->arena, o->agent_name);
}

bool sandbox_open(struct sandbox *b, const struct sandbox_options *o, struct packs *packs, struct cti *cti, struct err *e)
{
	int recovered;

	*b = (struct sandbox){.dir = sandbox_dir(o->dir, o->id), .cti = cti};
	own_settings(&b->config, o);
	bool ok = store_open(&b->store, &(struct store_options){.dir = b->dir}, e);
	ok = ok && model_init(&b->model, &(struct model_options){.clock = o->clock, .config = &b->config, .store = b->store, .cti = cti,
								 .mode = o->mode, .seeded = o->seeded, .seed = o->seed}, e);
	b->open = true;
	if (!ok) {
		packs_free(packs);
		sandbox_close(b);
		return false;
	}
	free(b->model.agent_id);
	b->model.agent_id = xstrdup(o->agent_id);
	if (o->roles)
		b->model.roles = o->roles;
	if (model_set_packs(&b->model, packs, &recovered, e)) {
		model_refresh_home(&b->model);
		return true;
	}
	sandbox_close(b);
	return false;
}

void sandbox_close(struct sandbox *b)
{
	if (!b->open)
		return;
	if (b->store && b->model.priv) {
		model_flush_drafts(&b->model);
		store_wait_idle(b->store);
	}
	store_close(b->store);
	model_release(&b->model);
	config_release(&b->config);
	free(b->dir);
	*b = (struct sandbox){0};
}

bool sandbox_destroy(const char *dir, const char *id, struct err *e)
{
	char *path = sandbox_dir(dir, id);
	bool ok = !path_is_dir(path) || (station_destroy(path, e) && remove_folder(path, e));

	free(path);
	return ok;
}

void sandbox_sweep(const char *dir, const char *keep)
{
	char *practice = path_join(dir, "practice");
	DIR *d = opendir(practice);
	const struct dirent *one;

	while (d && (one = readdir(d))) {
		struct err e = {0};
		char *path = path_join(practice, one->d_name);
		if (one->d_name[0] != '.' && !str_eq(one->d_name, keep) && path_is_dir(path) && !sandbox_destroy(dir, one->d_name, &e))
			log_line(LOG_WARN, "%s", e.msg);
		free(path);
	}
	if (d)
		closedir(d);
	free(practice);
}
