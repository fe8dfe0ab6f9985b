// SPDX-License-Identifier: MIT
// Knows which incidents the hub has told of, how they are called, and how a ticket is counted among those of one.
#include "src/base/i18n.h"
#include "src/store/ent.h"
#include "src/work/hub_part.h"
#include "src/work/ticket_part.h"

static const char *text(const json_t *d, const char *key)
{
	const char *s = json_string_value(json_object_get(d, key));

	return s ? s : "";
}

static const char *words_of(const json_t *d, const char *id, struct arena *a)
{
	const char *no = *text(d, "no") ? text(d, "no") : id;

	return *text(d, "title") ? arena_printf(a, "%s %s", no, ticket_swept(text(d, "title"), a)) : arena_strdup(a, no);
}

static bool is_over(const json_t *d)
{
	const char *state = text(d, "state");

	return str_eq(state, "dismissed") || str_eq(state, "closed");
}

static bool there(const struct ticket_incidents *list, const char *id)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i].id, id))
			return true;
	return false;
}

// A red broadcast tells of its incident by its own title, until the incident itself comes.
static void add_broadcasts(const struct ents *rows, struct ticket_incidents *out, struct arena *a)
{
	json_error_t bad;

	for (size_t i = rows->n; i-- > 0;) {
		json_t *d = json_loads(rows->v[i].d, 0, &bad);
		const char *id = text(d, "incident_id");
		if (*id && !str_eq(text(d, "kind"), "clear") && !there(out, id))
			out->v[out->n++] = (struct ticket_incident){arena_strdup(a, id), words_of(d, id, a)};
		json_decref(d);
	}
}

bool model_ticket_incidents(struct model *m, struct ticket_incidents *out, struct arena *a, struct err *e)
{
	struct ents incidents = {0}, broadcasts = {0};
	struct db *db = store_reader(m->store);
	bool ok = ent_list(db, "incident", &incidents, a, e) && ent_list(db, "broadcast", &broadcasts, a, e);
	json_error_t bad;

	*out = (struct ticket_incidents){.v = arena_array(a, struct ticket_incident, incidents.n + broadcasts.n + 1)};
	for (size_t i = ok ? incidents.n : 0; i-- > 0;) { // the latest first
		json_t *d = json_loads(incidents.v[i].d, 0, &bad);
		if (!is_over(d))
			out->v[out->n++] = (struct ticket_incident){incidents.v[i].e, words_of(d, incidents.v[i].e, a)};
		json_decref(d);
	}
	if (ok)
		add_broadcasts(&broadcasts, out, a);
	vec_release(&incidents);
	vec_release(&broadcasts);
	return ok;
}

const char *model_ticket_incident_words(struct model *m, const char *id, struct arena *a)
{
	struct ticket_incidents all = {0};
	struct ent row;
	bool found = false;
	json_error_t bad;

	if (ent_get(store_reader(m->store), "incident", id, &row, &found, a, NULL) && found) {
		json_t *d = json_loads(row.d, 0, &bad);
		const char *out = words_of(d, id, a);
		json_decref(d);
		return out;
	}
	if (model_ticket_incidents(m, &all, a, NULL))
		for (size_t i = 0; i < all.n; i++)
			if (str_eq(all.v[i].id, id))
				return all.v[i].label;
	return arena_strdup(a, id);
}

static bool is_known(struct model *m, const char *id, struct err *e)
{
	struct ticket_incidents all;
	struct arena a = {0};
	bool ok = model_ticket_incidents(m, &all, &a, e), known = ok && there(&all, id);

	arena_release(&a);
	return known || (ok && err_set(e, ERR_NOT_FOUND, _("There is no incident %s that is not over."), id));
}

bool model_ticket_incident(struct model *m, const char *id, struct err *e)
{
	json_t *doc;

	if (!model_ticket_may(m, TICKET_INCIDENT, e) || (*id && !is_known(m, id, e)) || !(doc = ticket_open_doc(m, e)))
		return false;
	const char *old = text(doc, "incident_id");
	if (str_eq(old, id)) {
		json_decref(doc);
		return err_set(e, ERR_USAGE, *id ? _("It belongs to this incident already.") : _("It belongs to no incident."));
	}
	struct ticket_change *c = ticket_change_new(m);
	ticket_change_set(c, doc, "incident_id", *id ? json_string(id) : json_null());
	ticket_change_line(c, "attach", json_pack("{s:s, s:s, s:s}", "field", "incident_id", "from", old, "to", id));
	ticket_change_submit(m, c, "ticket.incident");
	ticket_told(m, "incident", "target", id);
	json_decref(doc);
	return true;
}
