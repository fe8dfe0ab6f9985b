// SPDX-License-Identifier: MIT
// Knows `zuoxi call`: the contacts of the station, one with its timeline, and the proof that its record follows from its events.
#include "src/base/i18n.h"
#include "src/cli/reading.h"
#include "src/desk/number.h"
#include "src/store/id.h"
#include "src/store/interaction.h"
#include "src/work/internal.h"

#define USAGE "call list [-n N] [--customer ID] | call show ID | call replay ID   (ID: id or number of the contact)"

// By id, or by the number as a person may type it.
static bool find(struct reading *r, const char *id, struct interaction *out, struct err *e)
{
	struct number no;
	char text[NUMBER_CAP];

	if (id_valid(id))
		return interaction_get(r->db, id, out, &r->arena, e);
	return number_parse(sv(id), &no, e) && number_format(&no, text, e) && interaction_by_no(r->db, text, out, &r->arena, e);
}

static const char *state_label(const char *code)
{
	enum call_state s;

	return call_state_parse(sv(code), &s) ? call_state_label(s) : code;
}

static const char *channel_text(const char *code)
{
	enum channel s;

	return channel_parse(sv(code), &s) ? channel_label(s) : code;
}

static void list_row(struct cli *c, struct reading *r, struct cli_table *t, const struct interaction *i)
{
	const char *who = reading_customer(r, i->customer_id);

	if (c->json)
		cli_table_row(t, (const char *[]){
			i->id, i->no, reading_number(r, i->started_at), i->channel, i->state, i->agent_id, i->customer_id, who,
			i->category_id, i->disposition, i->closed_at ? reading_number(r, i->closed_at) : NULL});
	else
		cli_table_row(t, (const char *[]){
			i->id, i->no, reading_time(r, i->started_at), channel_text(i->channel), state_label(i->state), i->agent_id, who,
			reading_category(r, i->category_id), reading_disposition(r, i->disposition)});
}

static int list(struct cli *c, struct reading *r, size_t limit, const char *customer, struct err *e)
{
	static const char *const keys[] = {"id", "no", "started_at", "channel", "state", "agent_id", "customer_id", "customer",
					   "category_id", "disposition_code", "closed_at"};
	static const char *const text_keys[] = {"id", "no", "started_at", "channel", "state", "agent_id", "customer", "category",
						"disposition"};
	const char *const titles[] = {_("Id"), _("Number"), _("Start"), _("Channel"), _("State"), _("Agent"), _("Customer"),
				      _("Category"), _("Disposition")};
	struct interactions rows = {0};

	if (!interaction_list(r->db, &(struct interaction_filter){.limit = limit, .customer_id = customer}, &rows, &r->arena, e)) {
		vec_release(&rows);
		return cli_fail(c, e);
	}
	struct cli_table *t = c->json ? cli_table_new(c, keys, keys, 11) : cli_table_new(c, text_keys, titles, 9);
	if (c->json)
		cli_table_types(t, "ssisssssssi");
	for (size_t i = 0; i < rows.n; i++)
		list_row(c, r, t, &rows.v[i]);
	cli_table_print(t);
	int rc = rows.n ? CLI_DONE : CLI_NO;
	vec_release(&rows);
	return rc;
}

static json_t *event_json(const struct event *ev)
{
	return json_pack("{s:I, s:I, s:I, s:s, s:o}", "seq", (json_int_t)ev->seq, "t_ms", (json_int_t)ev->t_ms, "at",
			 (json_int_t)ev->at, "type", event_type_name(ev->type), "data", event_to_json(ev));
}

static void print_record(struct cli *c, struct reading *r, const struct interaction *i, const json_t *doc)
{
	const char *who = reading_customer(r, i->customer_id), *caller = json_string_value(json_object_get(doc, "caller_ref"));
	const char *category = reading_category(r, i->category_id), *disposition = reading_disposition(r, i->disposition);
	const char *solution = json_string_value(json_object_get(doc, "solution_text"));

	fprintf(c->out, "%s  %s  %s  %s  %s\n", i->no ? i->no : i->id, reading_time(r, i->started_at), channel_text(i->channel),
		state_label(i->state), i->agent_id ? i->agent_id : "");
	fprintf(c->out, _("Customer: %s %s\n"), who ? who : "—", caller ? caller : "");
	fprintf(c->out, _("Category: %s\n"), category ? category : "—");
	fprintf(c->out, _("Disposition: %s\n"), disposition ? disposition : "—");
	if (solution)
		fprintf(c->out, _("Solution: %s\n"), solution);
	fputc('\n', c->out);
}

static void print_timeline(struct cli *c, const struct event *events, size_t n)
{
	struct str line = {0};

	for (size_t i = 0; i < n; i++) {
		long long t = (long long)events[i].t_ms;
		str_clear(&line);
		event_describe(&events[i], &line);
		for (char *p = line.s; p && *p; p++)
			if (*p == '\n')
				*p = ' ';
		fprintf(c->out, "%4lld:%02lld.%lld  %s\n", t / 60000, t / 1000 % 60, t / 100 % 10, str_z(&line));
	}
	str_release(&line);
}

static int show(struct cli *c, struct reading *r, const char *id, struct err *e)
{
	struct interaction row;
	struct event *events;
	size_t n;

	if (!reading_may(r, e) || !find(r, id, &row, e) || !work_read_events(r->db, row.id, &events, &n, e))
		return cli_fail(c, e);
	json_t *doc = json_or_empty(row.doc);
	mask_document(r, doc);
	for (size_t i = 0; i < n; i++)
		mask_event(r, &events[i]);
	if (c->json) {
		json_t *list_ = json_array();
		for (size_t i = 0; i < n; i++)
			json_array_append_new(list_, event_json(&events[i]));
		json_object_set_new(doc, "state", json_string(row.state));
		json_object_set_new(doc, "channel", json_string(row.channel));
		json_object_set_new(doc, "started_at", json_integer((json_int_t)row.started_at));
		json_object_set_new(doc, "closed_at", row.closed_at ? json_integer((json_int_t)row.closed_at) : json_null());
		json_object_set_new(doc, "timeline", list_);
		cli_print_json(c, doc);
	} else {
		print_record(c, r, &row, doc);
		print_timeline(c, events, n);
	}
	json_decref(doc);
	work_free_events(events, n);
	return CLI_DONE;
}

// --- replay

static json_t *difference(const char *field, const json_t *saved, const json_t *replayed)
{
	return json_pack("{s:s, s:o, s:o}", "field", field, "saved", saved ? json_deep_copy(saved) : json_null(), "replayed",
			 replayed ? json_deep_copy(replayed) : json_null());
}

// Every member of either that the other does not have, or has otherwise.
static json_t *differences(json_t *saved, json_t *replayed)
{
	json_t *out = json_array(), *v;
	const char *key;

	json_object_foreach(saved, key, v)
		if (!json_equal(v, json_object_get(replayed, key)))
			json_array_append_new(out, difference(key, v, json_object_get(replayed, key)));
	json_object_foreach(replayed, key, v)
		if (!json_object_get(saved, key))
			json_array_append_new(out, difference(key, NULL, v));
	return out;
}

// Columns of the row that the document does not hold.
static void add_columns(const struct interaction *i, json_t *saved, const struct contact *k, json_t *replayed)
{
	json_object_set_new(saved, "state", json_string(i->state));
	json_object_set_new(replayed, "state", json_string(call_state_code(k->state)));
	json_object_set_new(saved, "connected_at", json_integer((json_int_t)i->connected_at));
	json_object_set_new(replayed, "connected_at", json_integer(k->ever_connected ? (json_int_t)(k->started_at + k->connected_t) : 0));
	json_object_set_new(saved, "ended_at", json_integer((json_int_t)i->ended_at));
	json_object_set_new(replayed, "ended_at", json_integer(k->ended_t > 0 ? (json_int_t)(k->started_at + k->ended_t) : 0));
	json_object_set_new(saved, "closed_at", json_integer((json_int_t)i->closed_at));
	json_object_set_new(replayed, "closed_at", json_integer(k->closed_t > 0 ? (json_int_t)(k->started_at + k->closed_t) : 0));
}

static int report(struct cli *c, const struct interaction *row, size_t n, size_t skipped, json_t *diffs, const json_t *now)
{
	bool same = json_array_size(diffs) == 0 && !skipped;
	const json_t *d;
	size_t i;

	if (c->json) {
		json_t *o = json_pack("{s:s, s:s?, s:b, s:I, s:I, s:O, s:O}", "id", row->id, "no", row->no, "same", same, "events",
				      (json_int_t)n, "skipped", (json_int_t)skipped, "differences", diffs, "record", now);
		cli_print_json(c, o);
		json_decref(o);
		return same ? CLI_DONE : CLI_NO;
	}
	if (skipped)
		fprintf(c->out, ngettext("%zu event no longer fits the content packs\n",
					 "%zu events no longer fit the content packs\n", skipped), skipped);
	json_array_foreach(diffs, i, d) {
		char *saved = json_dumps(json_object_get(d, "saved"), JSON_COMPACT | JSON_ENCODE_ANY);
		char *replayed = json_dumps(json_object_get(d, "replayed"), JSON_COMPACT | JSON_ENCODE_ANY);
		fprintf(c->out, _("%s: saved %s, replayed %s\n"), json_string_value(json_object_get(d, "field")), saved, replayed);
		free(saved);
		free(replayed);
	}
	if (same)
		fprintf(c->out, _("%s: the record follows from its %zu events\n"), row->no ? row->no : row->id, n);
	return same ? CLI_DONE : CLI_NO;
}

static int replay(struct cli *c, struct reading *r, const char *id, struct err *e)
{
	struct interaction row;
	struct contact_world world;
	struct event *events;
	size_t n, skipped;

	if (!r->packs)
		return CLI_FAILED; // said when they were opened
	packs_world(r->packs, r->zone, &world);
	if (!world.form(world.ctx, "base")) {
		err_set(e, ERR_IO, _("The common content pack is missing: load it with zuoxi pack load."));
		return cli_fail(c, e);
	}
	if (!reading_may(r, e) || !find(r, id, &row, e) || !work_read_events(r->db, row.id, &events, &n, e))
		return cli_fail(c, e);
	struct contact *k = contact_replay(row.id, row.started_at, &world, events, n, &skipped);
	struct model stub = {.agent_id = (char *)(uintptr_t)row.agent_id, .zone = r->zone, .clock = &c->clock};
	json_t *now = contact_to_json(&stub, &(struct work){.contact = k, .version = row.version}), *saved = json_or_empty(row.doc);
	add_columns(&row, saved, k, now);
	json_t *diffs = differences(saved, now);
	mask_document(r, diffs);
	mask_document(r, now);
	int rc = report(c, &row, n, skipped, diffs, now);
	json_decref(diffs);
	json_decref(now);
	json_decref(saved);
	contact_free(k);
	work_free_events(events, n);
	return rc;
}

int cmd_call(struct cli *c, int argc, char **argv)
{
	const char *limit = "50", *customer = NULL;
	const struct cli_opt opts[] = {{"n", true, &limit}, {"customer", true, &customer}};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct reading r;
	struct err e = {0};
	int64_t rows;
	size_t n;
	int rc;

	bool ok = cli_parse(argc, argv, opts, 2, words, &n, &e);
	bool is_list = n == 1 && str_eq(words[0], "list"), is_show = n == 2 && str_eq(words[0], "show"),
	     is_replay = n == 2 && str_eq(words[0], "replay");
	if (!ok)
		rc = cli_usage(c, USAGE, "%s", e.msg);
	else if (!parse_int(sv(limit), 1, 1000000, &rows))
		rc = cli_usage(c, USAGE, _("-n needs a number of rows, not %s"), limit);
	else if (!is_list && !is_show && !is_replay)
		rc = cli_usage(c, USAGE, "%s", n ? _("wrong words") : _("what shall be done?"));
	else if (!reading_open(&r, c, true, &e))
		rc = cli_fail(c, &e);
	else {
		rc = is_list ? list(c, &r, (size_t)rows, customer, &e) : is_show ? show(c, &r, words[1], &e) : replay(c, &r, words[1], &e);
		reading_close(&r);
	}
	free(words);
	return rc;
}
