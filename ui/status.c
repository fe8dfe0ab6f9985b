// SPDX-License-Identifier: MIT
// Knows the status line: who, what, with whom; at the right how it stands with the hub.
//
// It is a row of parts. Where they do not all fit, those that matter least are shortened, then left out: a number that is cut
// in half is a wrong number.
#include "src/base/i18n.h"
#include "src/desk/mask.h"
#include "ui/rows.h"

enum { PARTS = 10, GAP = 2, LONG_WAIT_MS = 60000, SKEW_SHOWN_MS = 2000 };

struct part {
	unsigned role;
	int rank;        // the largest goes first; 0: stays
	int short_rank;  // likewise for taking `brief` in place of `text`; 0: there is no short form
	char text[96], brief[64];
};
struct side {
	struct part v[PARTS];
	int n;
};

static struct part *add(struct side *s, unsigned role, int rank, const char *text)
{
	struct part *p = &s->v[s->n < PARTS ? s->n++ : PARTS - 1];

	*p = (struct part){.role = role, .rank = rank};
	snprintf(p->text, sizeof(p->text), "%s", text);
	return p;
}

void ui_age(int64_t ms, char *buf, size_t cap)
{
	int64_t min = ms / 60000;

	if (min < 1)
		snprintf(buf, cap, "%s", "");
	else if (min < 60)
		snprintf(buf, cap, _("%d min"), (int)min);
	else if (min < 48 * 60)
		snprintf(buf, cap, _("%d h"), (int)(min / 60));
	else
		snprintf(buf, cap, _("%d d"), (int)(min / (24 * 60)));
}

// --- the left side

static void add_agent(const struct model *m, struct side *s)
{
	struct str name = {0};
	char buf[96];

	mask_value(MASK_NAME, sv(m->agent_name), &name);
	snprintf(buf, sizeof(buf), "%s %s %s", _("Agent"), m->agent_no, str_z(&name));
	struct part *p = add(s, ROLE_PLAIN, 0, buf);
	snprintf(p->brief, sizeof(p->brief), "%s", m->agent_no);
	p->short_rank = 4;
	str_release(&name);
}

static const char *state_word(const struct model *m, const struct work *w)
{
	if (!w)
		return agent_state_label(m->state);
	if (w->read_only)
		return _("Read-only");
	if (w->contact->channel == CHANNEL_CHAT && w->contact->state == CALL_CONNECTED)
		return _("in chat");
	return call_state_label(w->contact->state);
}

static int64_t state_ms(const struct model *m, const struct work *w)
{
	const struct contact *k = w ? w->contact : NULL;
	int64_t t = w ? model_t(m, w) : 0;

	if (!w)
		return clock_mono(m->clock) - m->state_since;
	if (w->read_only || contact_is_live(k))
		return contact_talk_ms(k, t);
	return k->state == CALL_WRAP_UP ? t - (k->correct_t ? k->correct_t : k->ended_t) : t - k->dropped_t;
}

static void add_known(const struct customer_card *card, struct side *s)
{
	char buf[96];
	enum tier tier;

	add(s, STYLE_BOLD, 0, !str_empty(card->masked_name) ? card->masked_name : _("(no name)"));
	if (!str_empty(card->masked_phone))
		add(s, ROLE_PLAIN, 5, card->masked_phone);
	if (card->tier && tier_parse(sv(card->tier), &tier) && tier != TIER_NORMAL)
		add(s, ROLE_ACCENT, 7, tier_label(tier));
	if (card->contacts_90d) {
		snprintf(buf, sizeof(buf), _("%d contacts in 90 days"), card->contacts_90d);
		add(s, ROLE_PLAIN, 9, buf);
	}
	if (card->tickets.n) {
		snprintf(buf, sizeof(buf), _("open tickets %zu"), card->tickets.n);
		add(s, ROLE_WARN, 6, buf);
	}
}

static void add_customer(const struct work *w, struct side *s)
{
	const struct contact *k = w->contact;
	struct str masked = {0};

	if (w->card.known) {
		add_known(&w->card, s);
		return;
	}
	mask_value(MASK_PHONE, sv(k->number), &masked);
	// Who was masked while the card was open is not shown whole now that it is shut.
	const char *name = w->card.shut && !str_empty(w->card.masked_name) ? w->card.masked_name : k->caller;
	add(s, STYLE_BOLD, 0, name ? name : _("Unknown caller"));
	if (masked.n)
		add(s, ROLE_PLAIN, 5, str_z(&masked));
	str_release(&masked);
}

static void add_day(const struct model *m, struct side *s)
{
	char dur[16], buf[96];

	if (!m->home.day.handled)
		return;
	ui_duration(m->home.day.handle_ms, dur, sizeof(dur));
	snprintf(buf, sizeof(buf), _("today %d  mean %s"), m->home.day.handled, dur);
	add(s, ROLE_PLAIN, 9, buf);
	if (m->home.day.first_solved < 0)
		return;
	snprintf(buf, sizeof(buf), _("solved %.1f%%"), m->home.day.first_solved * 100);
	add(s, ROLE_PLAIN, 10, buf);
}

static void fill_left(const struct ui *u, const struct model *m, struct side *s)
{
	const struct work *w = model_work(m);
	char dur[16], buf[96];

	add_agent(m, s);
	// The calls of a session that is over stay as the end found them; nobody is on the line any more.
	if (practice_over(u)) {
		add(s, ROLE_PLAIN, 0, _("session over"));
		return;
	}
	ui_duration(state_ms(m, w), dur, sizeof(dur));
	snprintf(buf, sizeof(buf), "%s %s", state_word(m, w), dur);
	add(s, w && contact_is_live(w->contact) ? ROLE_ACCENT : ROLE_PLAIN, 0, buf);
	if (m->busy_reason && !w)
		add(s, ROLE_DIM, 8, m->busy_reason);
	if (w)
		add_customer(w, s);
	else
		add_day(m, s);
}

// --- the right side

static enum glyph line_sign(enum hub_line l)
{
	switch (l) {
	case HUB_NONE: return GLYPH_RING;
	case HUB_ONLINE: return GLYPH_DOT;
	case HUB_DEGRADED: return GLYPH_RING;
	case HUB_OFFLINE: return GLYPH_TIMES;
	case HUB_RECOVERING: return GLYPH_UP;
	}
	BUG("line %d", (int)l);
}

static unsigned line_role(enum hub_line l, bool drill)
{
	return l == HUB_ONLINE ? ROLE_PLAIN : l == HUB_OFFLINE && !drill ? ROLE_ALARM : ROLE_WARN;
}

static void add_phone(const struct ui *u, const struct model *m, bool hub, struct side *s)
{
	const char *line = m->cti ? m->cti_up ? _("phone on") : _("phone lost") : _("by hand");
	bool lost = m->cti && !m->cti_up;
	char buf[64];

	snprintf(buf, sizeof(buf), "%s %s", theme_glyph(&u->theme, m->cti && m->cti_up ? GLYPH_DOT : GLYPH_RING), line);
	add(s, lost ? ROLE_WARN : ROLE_PLAIN, lost || !hub ? 0 : 11, buf);
}

// How much waits, and since when. Urgency has a sign of its own: the word beside it tells only of the line.
static void add_unsent(const struct hub_status *h, int64_t now, struct side *s)
{
	static const char *const signs[] = {"", "! ", "!! "};
	static const unsigned roles[] = {ROLE_PLAIN, ROLE_WARN, ROLE_ALARM};
	const struct hub_status waiting = {.line = HUB_ONLINE, .unsent = h->unsent, .oldest_made = h->oldest_made};
	int urgency = hub_urgency(&waiting, now);
	char buf[96], age[32];

	// Out of the hub's reach it must wait: what is wrong then is the line, which says so itself.
	urgency = h->line == HUB_OFFLINE && urgency > 1 ? 1 : urgency;
	snprintf(buf, sizeof(buf), _("%sunsent %lld"), signs[urgency], (long long)h->unsent);
	add(s, roles[urgency], 0, buf);
	if (!h->unsent || !h->oldest_made || now - h->oldest_made < LONG_WAIT_MS)
		return;
	ui_age(now - h->oldest_made, age, sizeof(age));
	snprintf(buf, sizeof(buf), _("oldest %s"), age);
	struct part *p = add(s, roles[urgency], 3, buf);
	snprintf(p->brief, sizeof(p->brief), "%s", age);
	p->short_rank = 8;
}

static void add_skew(const struct hub_status *h, struct side *s)
{
	int64_t ms = h->skew_ms < 0 ? -h->skew_ms : h->skew_ms, sec = ms / 1000;
	char buf[64];

	if (ms <= SKEW_SHOWN_MS)
		return;
	if (h->skew_ms < 0)
		sec = -sec;
	if (ms < 1000 * 1000)
		snprintf(buf, sizeof(buf), _("clock %+d s"), (int)sec);
	else
		snprintf(buf, sizeof(buf), _("clock %+lld min"), (long long)(sec / 60));
	add(s, ROLE_WARN, 7, buf);
}

static void add_hub(const struct ui *u, const struct model *m, struct side *s)
{
	const struct hub_status *h = model_hub(m);
	int64_t now = clock_wall(m->clock);
	struct arena a = {0};
	char buf[96];

	snprintf(buf, sizeof(buf), "%s %s", theme_glyph(&u->theme, line_sign(h->line)), hub_line_label(h->line));
	add(s, line_role(h->line, h->drill), 0, buf);
	const char *as_of = h->line == HUB_ONLINE ? "" : model_as_of(m, h->synced_at, &a);
	if (*as_of)
		add(s, ROLE_DIM, 6, as_of);
	add_unsent(h, now, s);
	// Own operations in conflict, and what others' led to that this person settles.
	int64_t listed = (int64_t)model_hub_shown(m)->conflicts.n, conflicts = listed > h->conflicts ? listed : h->conflicts;
	if (conflicts) {
		snprintf(buf, sizeof(buf), _("! conflicts %lld"), (long long)conflicts);
		add(s, ROLE_WARN, 4, buf);
	}
	if (h->rejected) {
		snprintf(buf, sizeof(buf), _("! refused %lld"), (long long)h->rejected);
		add(s, ROLE_WARN, 5, buf);
	}
	add_skew(h, s);
	arena_release(&a);
}

static void fill_right(const struct ui *u, const struct model *m, struct side *s)
{
	bool hub = model_hub(m)->line != HUB_NONE;
	char now[16];

	add_phone(u, m, hub, s);
	if (hub)
		add_hub(u, m, s);
	ui_time(m, clock_wall(m->clock), "%H:%M", now, sizeof(now));
	add(s, ROLE_PLAIN, 0, now);
}

// --- fitting

static int width(const struct side *s)
{
	int w = 0;

	for (int i = 0; i < s->n; i++)
		w += canvas_columns(sv(s->v[i].text)) + (i ? GAP : 0);
	return w;
}

static struct part *least(struct side *s, struct part *best, int *rank)
{
	for (int i = 0; i < s->n; i++) {
		struct part *p = &s->v[i];
		int r = p->short_rank ? p->short_rank : p->rank;
		if (r > *rank) {
			*rank = r;
			best = p;
		}
	}
	return best;
}

static void drop(struct side *s, const struct part *p)
{
	int i = (int)(p - s->v);

	if (i < 0 || i >= s->n)
		return;
	memmove(&s->v[i], &s->v[i + 1], (size_t)(s->n - i - 1) * sizeof(*s->v));
	s->n--;
}

static void fit(struct side *left, struct side *right, int room)
{
	while (width(left) + GAP + width(right) > room) {
		int rank = 0;
		struct part *p = least(left, NULL, &rank);
		p = least(right, p, &rank);
		if (!p)
			return;
		if (p->short_rank) {
			snprintf(p->text, sizeof(p->text), "%s", p->brief);
			p->short_rank = 0;
		} else if (p >= left->v && p < left->v + left->n) {
			drop(left, p);
		} else {
			drop(right, p);
		}
	}
}

void status_draw(const struct ui *u, const struct model *m, const struct canvas *row)
{
	struct side left = {0}, right = {0};
	int x = 1;

	fill_left(u, m, &left);
	fill_right(u, m, &right);
	fit(&left, &right, row->r.w - 2);
	int start = row->r.w - 1 - width(&right);
	for (int i = 0; i < right.n; i++)
		start += canvas_text(row, 0, start, right.v[i].role, right.v[i].text) + GAP;
	struct canvas c = canvas_sub(row, (struct rect){0, 0, 1, row->r.w - 1 - width(&right) - 1});
	for (int i = 0; i < left.n; i++)
		x += canvas_text(&c, 0, x, left.v[i].role, left.v[i].text) + GAP;
}
