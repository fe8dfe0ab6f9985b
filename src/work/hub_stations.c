// SPDX-License-Identifier: MIT
// Knows how the stations of a site stand, as the hub tells those who look after the team.
#include "src/desk/mask.h"
#include "src/desk/role.h"
#include "src/store/ent.h"
#include "src/work/hub_part.h"

enum { ASK_AGAIN_MS = 10000 };

static const char *word(const json_t *d, const char *key, struct arena *a)
{
	const char *s = json_string_value(json_object_get(d, key));

	return arena_strdup(a, s ? s : "");
}

static int64_t number(const json_t *d, const char *key)
{
	const json_t *v = json_object_get(d, key);
	int64_t at = 0;

	if (json_is_string(v) && !clock_parse(sv(json_string_value(v)), &at))
		return 0;
	return json_is_integer(v) ? json_integer_value(v) : at;
}

static enum hub_line line_of(const json_t *d)
{
	static const struct {
		const char *code;
		enum hub_line line;
	} lines[] = {{"online", HUB_ONLINE}, {"degraded", HUB_DEGRADED}, {"recovering", HUB_RECOVERING}};
	const char *conn = json_string_value(json_object_get(d, "conn"));

	for (size_t i = 0; conn && i < sizeof(lines) / sizeof(*lines); i++)
		if (strcmp(conn, lines[i].code) == 0)
			return lines[i].line;
	return HUB_OFFLINE;
}

static const char *agent_of(const json_t *d, struct arena *a)
{
	const char *name = json_string_value(json_object_get(d, "agent_name"));
	struct str masked = {0};

	mask_value(MASK_NAME, sv(name), &masked);
	const char *out = arena_printf(a, "%s%s%s", word(d, "agent", a), masked.n ? " " : "", str_z(&masked));
	str_release(&masked);
	return out;
}

static void add(struct hub_part *h, const struct ent *row, const json_t *d)
{
	struct arena *a = &h->rows.arena;
	const char *code = word(d, "station", a);

	vec_push(&h->rows.stations, ((struct station_row){
		.id = *code ? code : arena_strdup(a, row->e), .name = word(d, "name", a), .agent = agent_of(d, a), .line = line_of(d),
		.unsent = number(d, "unsent"), .oldest_at = number(d, "oldest_at"), .seen_at = number(d, "seen_at"), .version = word(d, "version", a),
	}));
}

// Who has most to send first; of these whoever waits longest.
static int by_need(const void *x, const void *y)
{
	const struct station_row *a = x, *b = y;

	if (a->unsent != b->unsent)
		return a->unsent < b->unsent ? 1 : -1;
	if (a->oldest_at != b->oldest_at)
		return a->oldest_at < b->oldest_at ? -1 : 1;
	return strcmp(a->id, b->id);
}

static bool sees_stations(const struct model *m)
{
	return m->roles & (USER_BIT(USER_TEAM_LEAD) | USER_BIT(USER_SUPERVISOR) | USER_BIT(USER_ADMIN));
}

void model_hub_ask_stations(struct model *m)
{
	struct hub_part *h = hub_part(m);
	int64_t now = clock_mono(m->clock);

	if (!sees_stations(m) || h->status.line != HUB_ONLINE || (h->stations_at && now - h->stations_at < ASK_AGAIN_MS))
		return;
	h->stations_at = now;
	h->wish.stations = true;
}

bool hub_stations_read(struct model *m, struct hub_part *h, struct err *e)
{
	struct arena a = {0};
	struct ents rows = {0};

	if (!sees_stations(m))
		return true;
	bool ok = ent_list(store_reader(m->store), "station", &rows, &a, e);
	for (size_t i = 0; ok && i < rows.n; i++) {
		json_error_t why;
		json_t *d = json_loads(rows.v[i].d, 0, &why);
		if (d)
			add(h, &rows.v[i], d);
		json_decref(d);
	}
	if (h->rows.stations.n)
		qsort(h->rows.stations.v, h->rows.stations.n, sizeof(*h->rows.stations.v), by_need);
	vec_release(&rows);
	arena_release(&a);
	return ok;
}
