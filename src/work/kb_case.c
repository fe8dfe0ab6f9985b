// SPDX-License-Identifier: MIT
// Knows what a contact says about an uncovered case: needs, solution, notes, ticket, with everything personal taken out.
#include "src/desk/mask.h"
#include "src/store/customer.h"
#include "src/store/interaction.h"
#include "src/store/ticket.h"
#include "src/work/kb_part.h"

static json_t *parsed(const char *doc)
{
	json_error_t why;

	return doc ? json_loads(doc, 0, &why) : NULL;
}

static void line(struct str *out, const char *label, const char *text)
{
	if (!str_empty(text))
		str_addf(out, "%s%s: %s", out->n ? "\n" : "", label, text);
}

static void lines(struct str *out, const char *label, const json_t *list)
{
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item)
		line(out, label, json_string_value(json_object_get(item, "text")));
}

static void contact_lines(const json_t *doc, struct str *out)
{
	lines(out, _("Need"), json_object_get(doc, "needs"));
	line(out, _("Restated"), json_string_value(json_object_get(json_object_get(doc, "stages"), "restate_text")));
	line(out, _("Plan"), json_string_value(json_object_get(doc, "plan_text")));
	line(out, _("Solution"), json_string_value(json_object_get(doc, "solution_text")));
	lines(out, _("Note"), json_object_get(doc, "notes"));
}

// Names stand in free text as the agent typed them: each place where this one stands is masked.
static void hide_name(struct str *text, const char *name)
{
	struct str out = {0}, masked = {0};
	const char *from = str_z(text), *at;

	if (str_empty(name) || strlen(name) < 2 || !strstr(from, name))
		return;
	mask_value(MASK_NAME, sv(name), &masked);
	while ((at = strstr(from, name))) {
		str_addn(&out, from, (size_t)(at - from));
		str_add(&out, str_z(&masked));
		from = at + strlen(name);
	}
	str_add(&out, from);
	str_release(text);
	*text = out;
	str_release(&masked);
}

static char *masked_text(struct str *text)
{
	struct str out = {0};

	mask_text(sv(str_z(text)), &out);
	str_release(text);
	return str_take(&out);
}

char *work_case_text(const struct model *m, const struct work *w)
{
	json_t *doc = contact_to_json(m, w);
	struct str text = {0};

	contact_lines(doc, &text);
	hide_name(&text, w->card.name);
	hide_name(&text, w->contact->customer_name); // the card may be shut
	hide_name(&text, w->contact->caller);
	json_decref(doc);
	if (!text.n) {
		str_release(&text);
		return NULL;
	}
	return masked_text(&text);
}

static void ticket_lines(struct db *db, const char *interaction_id, struct str *out, struct arena *a)
{
	struct tickets rows = {0};

	if (ticket_list(db, &(struct ticket_filter){.by = TICKET_BY_INTERACTION, .key = interaction_id, .with_doc = true}, &rows, a, NULL))
		for (size_t i = 0; i < rows.n; i++) {
			json_t *doc = parsed(rows.v[i].doc);
			line(out, _("Ticket"), rows.v[i].title);
			line(out, _("Description"), json_string_value(json_object_get(doc, "description")));
			line(out, _("Solution"), json_string_value(json_object_get(doc, "solution_text")));
			json_decref(doc);
		}
	vec_release(&rows);
}

// False: it is a contact of another station.
static bool one_contact(struct db *db, const char *interaction_id, struct str *out, struct arena *a)
{
	struct interaction row;
	struct customer customer = {0};
	struct str text = {0};

	if (!interaction_get(db, interaction_id, &row, a, NULL))
		return false;
	json_t *doc = parsed(row.doc);
	contact_lines(doc, &text);
	ticket_lines(db, interaction_id, &text, a);
	if (row.customer_id && customer_get(db, row.customer_id, &customer, a, NULL))
		hide_name(&text, customer.name);
	hide_name(&text, json_string_value(json_object_get(doc, "caller_name")));
	json_decref(doc);
	if (text.n) {
		char *safe = masked_text(&text);
		str_addf(out, "%s%s\n%s", out->n ? "\n" : "", row.no ? row.no : interaction_id, safe);
		free(safe);
	}
	str_release(&text);
	return true;
}

const char *kb_gap_material(struct db *db, struct kb *kb, int64_t gap, struct arena *a)
{
	struct kb_gap_report *r;
	struct str out = {0};
	size_t n;

	if (!db || !kb_gap_reports(kb, gap, &r, &n, a, NULL))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		bool known = *r[i].interaction_id, told = false;
		for (size_t k = 0; k < i && !told; k++)
			told = known && strcmp(r[k].interaction_id, r[i].interaction_id) == 0;
		// What was noted when it was reported stands in for a record that is not here.
		if (!told && (!known || !one_contact(db, r[i].interaction_id, &out, a)) && *r[i].material)
			str_addf(&out, "%s%s", out.n ? "\n" : "", r[i].material);
	}
	const char *text = out.n ? arena_strdup(a, str_z(&out)) : NULL;
	str_release(&out);
	return text;
}
