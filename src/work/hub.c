// SPDX-License-Identifier: MIT
// Knows how the line to the hub stands, what a person wishes of it, and how old what is shown may be.
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/desk/role.h"
#include "src/store/outbox.h"
#include "src/sync/shut.h"
#include "src/work/hub_part.h"

enum { MINUTE_MS = 60000, LATE_MS = 60000, STUCK_MS = 15 * 60000, FRESH_MS = 5 * 60000, SKEW_MS = 2000, SKEW_RED_MS = 120000 };

const char *hub_line_label(enum hub_line l)
{
	switch (l) {
	case HUB_NONE: return _("no hub");
	case HUB_ONLINE: return _("online");
	case HUB_DEGRADED: return _("degraded");
	case HUB_OFFLINE: return _("offline");
	case HUB_RECOVERING: return _("recovering");
	}
	BUG("hub line %d", (int)l);
}

struct hub_part *hub_part(const struct model *m)
{
	return m->hub;
}

static void wipe_wish(struct hub_wish *w)
{
	if (w->password)
		sodium_memzero(w->password, strlen(w->password));
	free(w->password);
	free(w->login);
	*w = (struct hub_wish){0};
}

static void forget_person(struct hub_part *h)
{
	free(h->next_id);
	free(h->next_no);
	free(h->next_name);
	free(h->next_roles);
	h->next_id = h->next_no = h->next_name = h->next_roles = NULL;
}

void hub_part_release(struct hub_part *h)
{
	if (!h)
		return;
	wipe_wish(&h->wish);
	forget_person(h);
	arena_release(&h->rows.arena);
	vec_release(&h->rows.broadcasts);
	vec_release(&h->rows.requests);
	vec_release(&h->rows.conflicts);
	vec_release(&h->rows.refused);
	vec_release(&h->rows.stations);
	hub_hands_release(h);
	free(h);
}

// --- who works here

static void take_text(char **there, char **text)
{
	if (str_empty(*text)) {
		free(*text);
	} else {
		free(*there);
		*there = *text;
	}
	*text = NULL;
}

static void take_person(struct model *m, struct hub_part *h)
{
	bool other = !str_empty(h->next_id) && !str_eq(h->next_id, m->agent_id);

	if (!h->next_id || (other && m->works.n))
		return;
	if (!str_empty(h->next_roles)) {
		m->roles = 0;
		user_roles_parse(sv(h->next_roles), &m->roles, NULL); // roles this version does not know give it nothing
	}
	free(h->next_roles);
	h->next_roles = NULL;
	take_text(&m->agent_id, &h->next_id);
	take_text(&m->agent_no, &h->next_no);
	take_text(&m->agent_name, &h->next_name);
	h->read = false;
	if (other)
		model_refresh_home(m);
	m->changed = true;
}

void model_hub_person(struct model *m, const char *id, const char *no, const char *name, const char *roles)
{
	struct hub_part *h = hub_part(m);

	forget_person(h);
	h->next_id = xstrdup(id ? id : "");
	h->next_no = xstrdup(no ? no : "");
	h->next_name = xstrdup(name ? name : "");
	h->next_roles = xstrdup(roles ? roles : "");
	take_person(m, h);
}

// --- the state of the line

static int skew_class(int64_t ms)
{
	int64_t d = ms < 0 ? -ms : ms;

	return d > SKEW_RED_MS ? 2 : d > SKEW_MS;
}

// As it is seen: times to the minute, a clock that is off by the second once it matters.
static bool looks_same(const struct hub_status *a, const struct hub_status *b)
{
	return a->line == b->line && a->drill == b->drill && a->need_login == b->need_login && a->upgrade == b->upgrade &&
	       a->stuck == b->stuck && a->locked == b->locked && a->since / MINUTE_MS == b->since / MINUTE_MS &&
	       a->synced_at / MINUTE_MS == b->synced_at / MINUTE_MS && skew_class(a->skew_ms) == skew_class(b->skew_ms) &&
	       (!skew_class(a->skew_ms) || a->skew_ms / 1000 == b->skew_ms / 1000) && a->unsent == b->unsent &&
	       a->oldest_made == b->oldest_made && a->conflicts == b->conflicts && a->rejected == b->rejected &&
	       a->lease_until / MINUTE_MS == b->lease_until / MINUTE_MS && strcmp(a->agent_id, b->agent_id) == 0 &&
	       strcmp(a->hub, b->hub) == 0;
}

// --- customer data, locked once the lease is over

bool work_shut(const struct model *m)
{
	return hub_part(m)->shut;
}

bool work_open(const struct model *m, struct err *e)
{
	return !work_shut(m) || shut_refuse(e);
}

void work_shut_look(struct model *m)
{
	struct err e = {0};

	if (!shut_read(store_reader(m->store), m->clock, &hub_part(m)->shut, &e))
		model_say_note(m, NOTE_WARN, "%s", e.msg);
}

// What stands on the screen goes with the right to read it, and comes back with it.
static void shut_follow(struct model *m, bool shut)
{
	struct err e = {0};

	if (hub_part(m)->shut == shut)
		return;
	hub_part(m)->shut = shut;
	if (shut)
		model_close_view(m);
	for (size_t i = 0; i < m->works.n; i++)
		work_card_refresh(m, m->works.v[i]);
	hub_part(m)->read = false;
	model_hub_rows(m);
	model_refresh_home(m);
	model_ticket_refresh(m);
	if (!model_refresh_past(m, &e))
		model_say_note(m, NOTE_WARN, "%s", e.msg);
}

void model_hub_report(struct model *m, const struct hub_status *s)
{
	struct hub_part *h = hub_part(m);
	bool same = looks_same(&h->status, s);

	h->status = *s;
	m->changed |= !same;
	// Without a hub there is nobody to say so: it stays as it was found at the start.
	if (s->line != HUB_NONE)
		shut_follow(m, s->locked);
	take_person(m, h);
}

const struct hub_status *model_hub(const struct model *m)
{
	return &hub_part(m)->status;
}

bool hub_much_unsent(const struct hub_status *s)
{
	return s->unsent >= OUTBOX_OPS / 2;
}

int hub_urgency(const struct hub_status *s, int64_t now)
{
	int64_t age = s->unsent && s->oldest_made ? now - s->oldest_made : 0;

	if (s->line == HUB_NONE)
		return 0;
	if ((s->line == HUB_OFFLINE && !s->drill) || s->need_login || s->upgrade || s->stuck || s->locked || s->rejected ||
	    skew_class(s->skew_ms) == 2 || (s->line == HUB_ONLINE && age > STUCK_MS))
		return 2;
	return s->line != HUB_ONLINE || s->conflicts || skew_class(s->skew_ms) || age > LATE_MS;
}

bool work_off(const struct model *m)
{
	enum hub_line l = hub_part(m)->status.line;

	return l == HUB_NONE || l == HUB_OFFLINE;
}

// --- wishes

static bool joined(const struct model *m, struct err *e)
{
	return hub_part(m)->status.line != HUB_NONE || err_set(e, ERR_DENIED, _("This station has joined no hub yet: zuoxi enrol URL CODE."));
}

bool model_hub_login(struct model *m, const char *login, const char *password, struct err *e)
{
	struct hub_wish *w = &hub_part(m)->wish;

	if (!joined(m, e))
		return false;
	if (str_empty(login) || str_empty(password))
		return err_set(e, ERR_USAGE, _("Type both the name and the password."));
	struct hub_wish rest = *w;
	rest.login = rest.password = NULL;
	wipe_wish(w);
	*w = rest;
	w->login = xstrdup(login);
	w->password = xstrdup(password);
	return true;
}

bool model_hub_drill(struct model *m, bool on, struct err *e)
{
	struct hub_wish *w = &hub_part(m)->wish;

	if (!joined(m, e))
		return false;
	w->drill_on = on;
	w->drill_off = !on;
	return true;
}

struct hub_wish model_hub_take_wish(struct model *m)
{
	struct hub_wish w = hub_part(m)->wish;

	hub_part(m)->wish = (struct hub_wish){0};
	return w;
}

// --- rows

const struct hub_rows *model_hub_rows(struct model *m)
{
	struct hub_part *h = hub_part(m);

	if (!h->read || (h->stale_at && clock_wall(m->clock) >= h->stale_at))
		hub_rows_read(m, h);
	return &h->rows;
}

const struct hub_rows *model_hub_shown(const struct model *m)
{
	return &hub_part(m)->rows;
}

void model_hub_changed(struct model *m)
{
	hub_part(m)->read = false;
	// Cards and lists show rows of the hub too.
	for (size_t i = 0; i < m->works.n; i++)
		if (m->works.v[i]->contact->customer_id)
			work_card_refresh(m, m->works.v[i]);
	if (m->current < 0)
		model_refresh_home(m);
	model_ticket_refresh(m);
	hub_hands_look(m);
	m->changed = true;
}

const struct broadcast *model_broadcast_due(struct model *m)
{
	const struct hub_rows *r = model_hub_rows(m);
	const struct broadcast *due = NULL;

	// Newest first in the list, so a later one of the same urgency is older.
	for (size_t i = 0; i < r->broadcasts.n; i++) {
		const struct broadcast *b = &r->broadcasts.v[i];
		bool red = strcmp(b->severity, "red") == 0;
		if (b->require_ack && !b->acked && (!due || red || strcmp(due->severity, "red") != 0))
			due = b;
	}
	return due;
}

// --- how old what is shown is

const char *model_as_of(const struct model *m, int64_t fetched_at, struct arena *a)
{
	int64_t now = clock_wall(m->clock);
	struct date then, today;
	char text[24];

	if (!fetched_at || (hub_part(m)->status.line == HUB_ONLINE && now - fetched_at < FRESH_MS))
		return "";
	clock_local(m->zone, fetched_at, &then);
	clock_local(m->zone, now, &today);
	bool same_day = then.year == today.year && then.month == today.month && then.day == today.day;
	clock_format(m->zone, fetched_at, same_day ? "%H:%M" : "%m-%d %H:%M", text, sizeof(text));
	return arena_printf(a, _("as of %s"), text);
}

// BLAKE2b-128 of the number without a key: its first 8 bytes, lowest first, as one number, its remainder by 1,000,000 in six
// digits. Both ends can work it out; it shows that the number was heard right, it keeps nobody out.
void hub_readout_code(const char *ticket_no, char out[7])
{
	unsigned char h[crypto_generichash_BYTES_MIN];
	uint64_t x = 0;

	crypto_generichash(h, sizeof(h), (const unsigned char *)ticket_no, strlen(ticket_no), NULL, 0);
	for (int i = 0; i < 8; i++)
		x |= (uint64_t)h[i] << (8 * i);
	snprintf(out, 7, "%06u", (unsigned)(x % 1000000));
}
