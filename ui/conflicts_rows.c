// SPDX-License-Identifier: MIT
// Knows how the rows of the conflict desk read: conflicts, what was refused, stations.
#include "src/base/i18n.h"
#include "src/desk/role.h"
#include "ui/conflicts.h"
#include "ui/rows.h"

int conflicts_lists(const struct model *m)
{
	const unsigned see = USER_BIT(USER_TEAM_LEAD) | USER_BIT(USER_SUPERVISOR) | USER_BIT(USER_ADMIN);

	return m->roles & see ? CONFLICT_LISTS : CONFLICTS_STATIONS;
}

size_t conflicts_count(const struct model *m, enum conflict_list at)
{
	const struct hub_rows *r = model_hub_shown(m);

	switch (at) {
	case CONFLICTS_OPEN: return r->conflicts.n;
	case CONFLICTS_REFUSED: return r->refused.n;
	case CONFLICTS_STATIONS: return r->stations.n;
	}
	BUG("list %d", (int)at);
}

const char *conflicts_label(enum conflict_list at)
{
	switch (at) {
	case CONFLICTS_OPEN: return _("Conflicts");
	case CONFLICTS_REFUSED: return _("Refused");
	case CONFLICTS_STATIONS: return _("Stations");
	}
	BUG("list %d", (int)at);
}

const char *conflicts_empty(enum conflict_list at)
{
	switch (at) {
	case CONFLICTS_OPEN:
		return _("No conflict. When two people change the same text before either has seen the other's, both stand here to be chosen from.");
	case CONFLICTS_REFUSED:
		return _("Nothing was refused. What the hub does not accept stands here, with the reason.");
	case CONFLICTS_STATIONS:
		return _("No station has reported yet. Every station of the site stands here, with what it has not sent.");
	}
	BUG("list %d", (int)at);
}

const char *conflicts_row_id(const void *ctx, size_t i)
{
	static char id[32];
	const struct conflicts_rows *r = ctx;
	const struct hub_rows *h = model_hub_shown(r->m);

	switch (r->at) {
	case CONFLICTS_OPEN: return h->conflicts.v[i].id;
	case CONFLICTS_REFUSED: snprintf(id, sizeof(id), "%lld", (long long)h->refused.v[i].n); return id;
	case CONFLICTS_STATIONS: return h->stations.v[i].id;
	}
	BUG("list %d", (int)r->at);
}

void conflict_side_name(const struct conflict_row *r, bool mine, char *buf, size_t cap)
{
	if (r->own)
		snprintf(buf, cap, mine ? _("mine") : _("theirs, %s"), r->theirs_by);
	else
		snprintf(buf, cap, mine ? _("wanted by %s") : _("now, by %s"), mine ? r->mine_by : r->theirs_by);
}

// --- rows; each ends in what must not be cut, drawn from the right

static void row(const struct canvas *c, unsigned style, unsigned role, const char *sign, const char *head, const char *text,
		const char *end)
{
	int x = 1, stop = *end ? canvas_right(c, 0, role | style, end) : c->r.w;

	x += canvas_text(c, 0, x, role | style, *sign ? sign : " ") + 1;
	if (!str_empty(head))
		x += canvas_text(c, 0, x, ROLE_DIM | style, head) + 2;
	if (stop - 1 > x)
		canvas_fit(c, 0, x, ROLE_PLAIN | style, sv(text), stop - 1 - x);
}

static const char *reason_label(const char *reason)
{
	if (str_eq(reason, "machine"))
		return _("step");
	if (str_eq(reason, "approval"))
		return _("consent");
	return str_eq(reason, "owner") ? _("owner") : _("text");
}

static void conflict_row(const struct conflicts_rows *r, const struct canvas *c, const struct conflict_row *k, unsigned style)
{
	int64_t at = k->mine_at > k->theirs_at ? k->mine_at : k->theirs_at;
	const char *who = k->own ? _("mine") : k->mine_by;
	char age[32], end[160];

	ui_age(clock_wall(r->m->clock) - at, age, sizeof(age));
	if (!*age)
		snprintf(age, sizeof(age), "%s", _("just now"));
	if (k->late)
		snprintf(end, sizeof(end), _("%s  %s  ! late, %s "), reason_label(k->reason), who, age);
	else
		snprintf(end, sizeof(end), "%s  %s  %s ", reason_label(k->reason), who, age);
	row(c, style, k->late ? ROLE_WARN : ROLE_DIM, k->late ? "!" : "", k->about_no, k->title, end);
}

static void refused_row(const struct conflicts_rows *r, const struct canvas *c, const struct refused_row *k, unsigned style)
{
	char at[24], end[32];

	ui_time(r->m, k->at, "%m-%d %H:%M", at, sizeof(at));
	snprintf(end, sizeof(end), "%s ", at);
	row(c, style, ROLE_DIM, "!", k->about, k->why, end);
}

static enum glyph station_sign(enum hub_line l)
{
	return l == HUB_ONLINE ? GLYPH_DOT : l == HUB_OFFLINE || l == HUB_NONE ? GLYPH_TIMES : l == HUB_RECOVERING ? GLYPH_UP : GLYPH_RING;
}

static void station_row(const struct conflicts_rows *r, const struct canvas *c, const struct station_row *k, unsigned style)
{
	enum { OLD_MS = 15 * 60000 };
	int64_t now = clock_wall(r->m->clock), wait = k->oldest_at ? now - k->oldest_at : 0;
	char age[32], head[64], text[160], end[96];
	bool bad = wait > OLD_MS || k->line == HUB_OFFLINE;

	ui_age(wait, age, sizeof(age));
	snprintf(head, sizeof(head), "%s %-4s", theme_glyph(&r->u->theme, station_sign(k->line)), k->id);
	snprintf(text, sizeof(text), "%s  %s  %s", hub_line_label(k->line), k->agent, k->name);
	snprintf(end, sizeof(end), *age ? _("unsent %lld, oldest %s ") : _("unsent %lld "), (long long)k->unsent, age);
	row(c, style, bad ? ROLE_WARN : ROLE_DIM, bad ? "!" : "", head, text, end);
}

void conflicts_row_draw(const void *ctx, const struct canvas *c, size_t i, unsigned style)
{
	const struct conflicts_rows *r = ctx;
	const struct hub_rows *h = model_hub_shown(r->m);

	switch (r->at) {
	case CONFLICTS_OPEN: conflict_row(r, c, &h->conflicts.v[i], style); return;
	case CONFLICTS_REFUSED: refused_row(r, c, &h->refused.v[i], style); return;
	case CONFLICTS_STATIONS: station_row(r, c, &h->stations.v[i], style); return;
	}
}
