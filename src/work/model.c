// SPDX-License-Identifier: MIT
// Knows the model as a whole: how it starts, comes back after a crash, emits events and lets go.
#include "src/work/model.h"

#include <fcntl.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/desk/number.h"
#include "src/desk/role.h"
#include "src/desk/secret.h"
#include "src/store/id.h"
#include "src/store/interaction.h"
#include "src/store/journal.h"
#include "src/store/meta.h"
#include "src/work/hub_part.h"

const char *agent_state_label(enum agent_state s)
{
	switch (s) {
	case AGENT_READY: return _("Ready");
	case AGENT_BUSY: return _("Busy");
	case AGENT_CALL: return _("In a call");
	case AGENT_WRAP: return _("Wrap-up");
	}
	BUG("agent state %d", (int)s);
}

// --- words for the agent

void model_say_note(struct model *m, enum note_level level, const char *fmt, ...)
{
	struct note *n = &m->notes[m->n_notes++ % NOTES];
	struct err cut = {0};
	va_list ap;

	va_start(ap, fmt);
	err_setv(&cut, ERR_NONE, fmt, ap);
	va_end(ap);
	n->level = level;
	n->at = clock_wall(m->clock);
	n->jobs = m->store_jobs;
	size_t fit = strlen(cut.msg);
	while (fit >= sizeof(n->text) || (fit && ((unsigned char)cut.msg[fit] & 0xC0) == 0x80))
		fit--;
	memcpy(n->text, cut.msg, fit);
	n->text[fit] = '\0';
	m->changed = true;
}

const struct note *model_last_note(const struct model *m)
{
	return m->n_notes ? &m->notes[(m->n_notes - 1) % NOTES] : NULL;
}

// --- the content a contact is folded with

static const struct script *find_script(void *ctx, const char *code)
{
	const struct pack_script *s = packs_script(ctx, code);

	return s ? &s->s : NULL;
}

static const struct form *find_form(void *ctx, const char *code)
{
	const struct pack_form *f = packs_form(ctx, code);

	return f ? &f->f : NULL;
}

static const char *script_of_category(void *ctx, const char *code)
{
	const struct packs *k = ctx;
	const struct category *c = category_find(&k->categories, code);

	return c ? c->script : NULL;
}

void packs_world(const struct packs *packs, const char *zone, struct contact_world *out)
{
	*out = (struct contact_world){
		.categories = &packs->categories,
		.dispositions = &packs->dispositions,
		.script = find_script,
		.form = find_form,
		.category_script = script_of_category,
		.ctx = (void *)(uintptr_t)packs,
		.zone = zone,
	};
}

// --- start and end

struct priv {
	struct id_gen ids;
};

const char *work_new_id(struct model *m, char out[40])
{
	id_new(&((struct priv *)m->priv)->ids, out);
	return out;
}

const char *work_boot_id(void)
{
	static char id[40];
	int fd;

	if (id[0])
		return id;
	fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, id, sizeof(id) - 1);
	if (fd >= 0)
		close(fd);
	id[n > 0 ? n : 0] = '\0';
	id[strcspn(id, "\n")] = '\0';
	if (!id[0])
		memcpy(id, "unknown", 8);
	return id;
}

static char *first_of(const char *a, const char *b, const char *c)
{
	return xstrdup(!str_empty(a) ? a : !str_empty(b) ? b : c);
}

bool model_init(struct model *m, const struct model_options *o, struct err *e)
{
	struct arena a = {0};
	const char *agent = NULL, *name = NULL, *zone = NULL, *dev = NULL;
	struct priv *p = xcalloc(1, sizeof(*p));

	*m = (struct model){
		.clock = o->clock, .config = o->config, .store = o->store, .cti = o->cti, .mode = o->mode, .current = -1, .priv = p,
		.hub = xcalloc(1, sizeof(struct hub_part)),
	};
	id_gen_init(&p->ids, o->clock, o->seeded ? o->seed + 1 : 0);
	struct db *db = store_reader(o->store);
	bool ok = meta_text(db, "agent", &agent, &a, e) && meta_text(db, "agent_name", &name, &a, e) &&
		  meta_text(db, "zone", &zone, &a, e) && meta_text(db, "dev", &dev, &a, e) && work_recover_desk(m, e);
	// Whoever logged in at a hub last is known to it by an id; before there was a hub the number had to do.
	m->agent_no = first_of(o->config->agent_no, str_empty(dev) ? agent : name, "0000");
	m->agent_id = first_of(str_empty(dev) ? NULL : agent, m->agent_no, "");
	m->agent_name = first_of(o->config->agent_name, name, "");
	user_roles_parse(sv(o->config->agent_roles), &m->roles, NULL); // words that are no roles were said when the file was read
	m->site = xstrdup(store_site(o->store));
	m->station = xstrdup(store_station(o->store));
	m->zone = first_of(zone, o->config->zone, "Asia/Shanghai");
	m->state_since = clock_mono(o->clock);
	m->desk_kb.query = xstrdup("");
	m->save.saved_at = 0;
	arena_release(&a);
	if (!ok)
		return false;
	work_shut_look(m);
	model_refresh_home(m);
	hub_hands_look(m);
	return true;
}

void work_free(struct work *w)
{
	if (!w)
		return;
	contact_free(w->contact);
	card_release(&w->card);
	kb_view_release(&w->kb);
	for (size_t i = 0; i < w->drafts.n; i++) {
		free(w->drafts.v[i].field);
		free(w->drafts.v[i].text);
	}
	vec_release(&w->drafts);
	arena_release(&w->cited_arena);
	free(w->xfer_target);
	free(w->xfer_packet);
	free(w);
}

void model_release(struct model *m)
{
	if (!m->priv)
		return;
	for (size_t i = 0; i < m->works.n; i++)
		work_free(m->works.v[i]);
	vec_release(&m->works);
	kb_view_release(&m->desk_kb);
	arena_release(&m->desk.arena);
	for (size_t i = 0; i < m->desk_drafts.n; i++) {
		free(m->desk_drafts.v[i].field);
		free(m->desk_drafts.v[i].text);
	}
	vec_release(&m->desk_drafts);
	str_release(&m->shown.trail);
	kb_close(m->kb);
	packs_free(m->packs);
	arena_release(&m->home.arena);
	vec_release(&m->home.tickets);
	vec_release(&m->home.callbacks);
	vec_release(&m->home.notices);
	arena_release(&m->past.arena);
	arena_release(&m->ticket.arena);
	vec_release(&m->ticket.lines);
	vec_release(&m->ticket.ties);
	vec_release(&m->past.rows);
	free(m->agent_no);
	free(m->agent_name);
	free(m->agent_id);
	free(m->site);
	free(m->station);
	free(m->zone);
	free(m->busy_reason);
	hub_part_release(m->hub);
	free(m->priv);
	*m = (struct model){0};
}

// --- contacts in hand

struct work *work_new(struct model *m, struct contact *c, int64_t start_mono)
{
	struct work *w = xcalloc(1, sizeof(*w));

	w->contact = c;
	w->start_mono = start_mono;
	w->told = -1;
	w->last_key_mono = clock_mono(m->clock);
	w->kb.query = xstrdup("");
	w->kb.narrow = true;
	vec_push(&m->works, w);
	m->changed = true;
	return w;
}

struct work *model_work(const struct model *m)
{
	return m->current >= 0 && (size_t)m->current < m->works.n ? m->works.v[m->current] : NULL;
}

struct work *model_ringing(const struct model *m)
{
	for (size_t i = 0; i < m->works.n; i++)
		if (contact_is_ringing(m->works.v[i]->contact) && !m->works.v[i]->read_only)
			return m->works.v[i];
	return NULL;
}

struct work *work_by_call(const struct model *m, const char *call)
{
	for (size_t i = 0; i < m->works.n; i++)
		if (!m->works.v[i]->read_only && str_eq(m->works.v[i]->contact->call, call))
			return m->works.v[i];
	return NULL;
}

void model_select(struct model *m, int index)
{
	m->current = index >= 0 && (size_t)index < m->works.n ? index : -1;
	m->changed = true;
	if (m->current < 0)
		model_refresh_home(m);
}

void work_remove(struct model *m, struct work *w)
{
	for (size_t i = 0; i < m->works.n; i++) {
		if (m->works.v[i] != w)
			continue;
		vec_remove(&m->works, i);
		if (m->current > (int)i)
			m->current--;
		else if (m->current == (int)i)
			m->current = -1;
		work_free(w);
		break;
	}
	// The next contact in hand comes forward; a ringing one waits for its key.
	for (size_t i = 0; m->current < 0 && i < m->works.n; i++)
		if (!contact_is_ringing(m->works.v[i]->contact))
			m->current = (int)i;
	if (m->current < 0)
		model_refresh_home(m);
	m->changed = true;
}

int64_t model_t(const struct model *m, const struct work *w)
{
	return clock_mono(m->clock) - w->start_mono;
}

void model_touch(struct model *m)
{
	struct work *w = model_work(m);

	if (w)
		w->last_key_mono = clock_mono(m->clock);
}

// --- events

struct event work_event(const struct model *m, const struct work *w, enum event_type type)
{
	return (struct event){.type = type, .t_ms = model_t(m, w), .at = clock_wall(m->clock)};
}

char *work_redacted(const char *text)
{
	struct str b = {0};

	if (!text)
		return NULL;
	secret_redact(sv(text), &b);
	return str_take(&b);
}

// What is typed or said freely may hold what must never be stored (domain.md 18.1). Agents are told where they type; a customer
// cannot be, and nothing gets past this place. Values of fields are the form's to refuse.
static void sweep(struct event *ev)
{
	static const char *const free_text[] = {"text", "q", "proposal", "packet", "reason", "title", "name", "number", "target"};

	for (int i = 0; i < ev->pairs; i++)
		for (size_t k = 0; k < sizeof(free_text) / sizeof(*free_text); k++) {
			if (strcmp(ev->pair[i].key, free_text[k]) != 0 || !secret_any(sv(ev->pair[i].value)))
				continue;
			char *swept = work_redacted(ev->pair[i].value);
			free(ev->pair[i].value);
			ev->pair[i].value = swept;
		}
}

void work_tell(struct model *m, struct work *w, const struct event *ev, const struct contact_effects *fx)
{
	if (m->tap.event)
		m->tap.event(m->tap.ctx, w, ev, fx ? fx->script.said : NULL);
}

bool work_emit(struct model *m, struct work *w, struct event *ev, bool by_system, struct contact_effects *fx, struct commit *c,
	       struct err *e)
{
	struct contact_effects seen = {0};
	struct commit *own = c;
	bool ok = true;

	if (w->read_only)
		ok = err_set(e, ERR_DENIED, _("This contact is closed and shown read-only; c in the list of your calls corrects it."));
	if (ok) {
		sweep(ev);
		ok = contact_apply(w->contact, ev, by_system, fx ? fx : &seen, e);
	}
	if (ok) {
		if (!own)
			own = commit_new(m, event_type_name(ev->type));
		commit_facts(own, m, w, ev);
		if (!c)
			commit_submit(m, own);
		work_tell(m, w, ev, fx ? fx : &seen);
	}
	event_release(ev);
	m->changed = true;
	return ok;
}

bool model_undo(struct model *m, struct work *w, struct err *e)
{
	struct event ev = {0};
	enum event_type type;
	struct commit *c;

	if (w->read_only)
		return err_set(e, ERR_DENIED, _("This contact is closed; nothing can be taken back."));
	if (!contact_undo(w->contact, model_t(m, w), clock_wall(m->clock), &ev, &type, e))
		return false;
	c = commit_new(m, "undo");
	commit_event(c, w, &ev);
	commit_record(c, m, w);
	commit_submit(m, c);
	work_tell(m, w, &ev, NULL);
	if (type == EV_CUSTOMER)
		work_card_refresh(m, w);
	event_release(&ev);
	struct str what = {0};
	event_describe(&(struct event){.type = type}, &what);
	model_say_note(m, NOTE_INFO, _("Taken back: %s"), str_z(&what));
	str_release(&what);
	return true;
}

void model_store_poll(struct model *m)
{
	store_poll(m->store);
	size_t pending = store_pending(m->store);
	bool failed = store_failed_count(m->store) > 0;

	if (m->save.pending != pending || m->save.failed != failed)
		m->typed = true;
	// The lists between calls are read from the disk: what was just written is on them.
	if (m->save.pending && !pending && m->current < 0)
		model_refresh_home(m);
	if (m->save.failed && !failed)
		model_say_note(m, NOTE_INFO, _("The disk takes writes again; everything is saved."));
	if (failed && !m->save.retry_at)
		m->save.retry_at = clock_mono(m->clock) + SAVE_RETRY_MS;
	if (!failed)
		m->save.retry_at = 0;
	m->save.pending = pending;
	m->save.failed = failed;
}

// --- coming back after a crash

static bool recover_drafts(struct model *m, struct work *w, struct err *e)
{
	struct arena a = {0};
	struct journals rows = {0};
	bool ok = journal_list(store_reader(m->store), w->contact->id, &rows, &a, e);

	for (size_t i = 0; ok && i < rows.n; i++) {
		struct draft *d = vec_add(&w->drafts);
		size_t n = strlen(rows.v[i].text);
		d->field = xstrdup(rows.v[i].field);
		d->text = xstrdup(rows.v[i].text);
		d->caret = rows.v[i].caret < 0 || (size_t)rows.v[i].caret > n ? n : (size_t)rows.v[i].caret;
		if (strcmp(d->field, "kb.query") == 0)
			model_kb_query(m, w, d->text, false);
	}
	vec_release(&rows);
	arena_release(&a);
	return ok;
}

// Where t_ms 0 lies on today's monotonic clock: exact within one boot, else by the wall clock.
static int64_t start_of(const struct model *m, const struct contact *k)
{
	const struct event *first = k->events.n ? &k->events.v[0] : NULL;

	if (first && strcmp(event_get(first, "boot"), work_boot_id()) == 0)
		return event_get_int(first, "mono", 0);
	return clock_mono(m->clock) - (clock_wall(m->clock) - k->started_at);
}

static bool recover_one(struct model *m, const struct interaction *row, struct err *e)
{
	struct event *events;
	size_t n, skipped;

	if (!work_read_events(store_reader(m->store), row->id, &events, &n, e))
		return false;
	struct contact *k = contact_replay(row->id, row->started_at, &m->world, events, n, &skipped);
	work_free_events(events, n);
	if (skipped)
		log_line(LOG_WARN, "contact %s: %zu events no longer fit the content packs", row->id, skipped);
	struct work *w = work_new(m, k, start_of(m, k));
	w->version = row->version;
	w->told = (int)k->state; // in the same commit as the state
	w->wrap_open = k->state == CALL_WRAP_UP;
	if (work_shut(m))
		work_card_refresh(m, w);
	else if (k->customer_id && !card_load(m, &w->card, k->customer_id, e))
		return false;
	return recover_drafts(m, w, e);
}

bool model_set_packs(struct model *m, struct packs *packs, int *recovered, struct err *e)
{
	struct arena a = {0};
	struct interactions rows = {0};

	*recovered = 0;
	m->packs = packs;
	packs_world(packs, m->zone, &m->world);
	if (!m->world.form(m->world.ctx, "base"))
		return err_set(e, ERR_NOT_FOUND, _("The common content pack is missing: load it with zuoxi pack load."));
	bool ok = interaction_open(store_reader(m->store), &rows, &a, e);
	for (size_t i = 0; ok && i < rows.n; i++) {
		if (!str_eq(rows.v[i].mode, contact_mode_code(m->mode)))
			continue;
		ok = recover_one(m, &rows.v[i], e);
		*recovered += ok;
	}
	vec_release(&rows);
	arena_release(&a);
	for (size_t i = 0; m->current < 0 && i < m->works.n; i++)
		if (!contact_is_ringing(m->works.v[i]->contact))
			m->current = (int)i;
	// A telephone that was ringing or connected then does not know these calls now; they go on by hand.
	m->changed = true;
	return ok;
}

// --- a past contact, read-only

bool model_open_past(struct model *m, const char *interaction_id, struct err *e)
{
	struct arena a = {0};
	struct interaction row;
	struct event *events;
	size_t n, skipped;

	for (size_t i = 0; i < m->works.n; i++)
		if (strcmp(m->works.v[i]->contact->id, interaction_id) == 0) {
			model_select(m, (int)i);
			return true;
		}
	if (!work_open(m, e))
		return false;
	if (!m->packs)
		return err_set(e, ERR_DENIED, _("The content packs are still being loaded; try again in a moment."));
	bool ok = interaction_get(store_reader(m->store), interaction_id, &row, &a, e) &&
		  work_read_events(store_reader(m->store), interaction_id, &events, &n, e);
	if (ok) {
		struct contact *k = contact_replay(interaction_id, row.started_at, &m->world, events, n, &skipped);
		struct work *w = work_new(m, k, clock_mono(m->clock) - k->last_t);
		work_free_events(events, n);
		w->version = row.version;
		w->told = (int)k->state;
		w->read_only = true;
		// The card is a help for reading; without it the record still opens.
		if (k->customer_id && !card_load(m, &w->card, k->customer_id, NULL))
			card_release(&w->card);
		model_select(m, (int)m->works.n - 1);
	}
	arena_release(&a);
	return ok;
}

void model_close_view(struct model *m)
{
	for (size_t i = m->works.n; i-- > 0;)
		if (m->works.v[i]->read_only)
			work_remove(m, m->works.v[i]);
}
