// SPDX-License-Identifier: MIT
// Knows `zuoxi ticket`: the tickets of the station, one with its history, and where what is done to one begins.
#include "src/base/i18n.h"
#include "src/cli/reading.h"
#include "src/desk/number.h"
#include "src/desk/ticket.h"
#include "src/cli/ticket_cli.h"
#include "src/store/ticket.h"

static const char *state_text(const char *code)
{
	enum ticket_state s;

	return ticket_state_parse(sv(code), &s) ? ticket_state_label(s) : code;
}

static int list(struct cli *c, struct reading *r, bool all, size_t limit, struct err *e)
{
	static const char *const keys[] = {"no", "priority", "pinned", "state", "kind", "title", "category_id", "queue_code", "owner_id",
					   "created_at", "resolve_due_at"};
	const char *const titles[] = {_("Number"), _("P"), _("Pinned"), _("State"), _("Kind"), _("Title"), _("Category"), _("Queue"),
				      _("Owner"), _("Made"), _("Due")};
	struct tickets rows = {0};

	if (!ticket_list(r->db, &(struct ticket_filter){.by = TICKET_BY_AGE, .open_only = !all, .limit = limit}, &rows, &r->arena, e)) {
		vec_release(&rows);
		return cli_fail(c, e);
	}
	struct cli_table *t = cli_table_new(c, keys, c->json ? keys : titles, 11);
	cli_table_types(t, c->json ? "sibssssssii" : "sisssssssss");
	for (size_t i = 0; i < rows.n; i++) {
		const struct ticket *k = &rows.v[i];
		const char *made = c->json ? reading_number(r, k->stamp.created_at) : reading_time(r, k->stamp.created_at);
		const char *due = !k->resolve_due_at ? NULL
				: c->json ? reading_number(r, k->resolve_due_at) : reading_time(r, k->resolve_due_at);
		cli_table_row(t, (const char *[]){
			k->no, reading_number(r, k->priority), c->json ? (k->pinned ? "true" : "false") : (k->pinned ? "*" : ""),
			c->json ? k->state : state_text(k->state), k->kind, r->shut ? "" : reading_swept(r, k->title),
			c->json ? k->category_id : reading_category(r, k->category_id), k->queue_code, k->owner_id, made, due});
	}
	cli_table_print(t);
	int rc = rows.n ? CLI_DONE : CLI_NO;
	vec_release(&rows);
	return rc;
}

static json_t *history_json(const struct reading *r, const struct ticket_log *log)
{
	json_t *a = json_array();

	for (size_t i = 0; i < log->n; i++) {
		json_t *data = json_or_empty(log->v[i].data);
		mask_document(r, data);
		json_array_append_new(a, json_pack("{s:I, s:I, s:s?, s:s, s:o}", "seq", (json_int_t)log->v[i].seq, "at",
						   (json_int_t)log->v[i].at, "by", log->v[i].by, "type", log->v[i].type, "data", data));
	}
	return a;
}

static void print_json(struct cli *c, struct reading *r, const struct ticket *t, const struct ticket_log *log)
{
	json_t *o = json_or_empty(t->doc);
	const struct {
		const char *key, *value;
	} texts[] = {{"id", t->id}, {"no", t->no}, {"state", t->state}, {"kind", t->kind}, {"title", reading_swept(r, t->title)},
		     {"customer_id", t->customer_id}, {"interaction_id", t->interaction_id}, {"category_id", t->category_id},
		     {"owner_id", t->owner_id}, {"queue_code", t->queue_code}};
	const struct {
		const char *key;
		int64_t value;
	} ints[] = {{"impact", t->impact}, {"urgency", t->urgency}, {"priority", t->priority}, {"score", t->score},
		    {"created_at", t->stamp.created_at}, {"respond_due_at", t->respond_due_at}, {"resolve_due_at", t->resolve_due_at},
		    {"resolved_at", t->resolved_at}, {"closed_at", t->closed_at}, {"version", t->version}};

	mask_document(r, o);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		json_object_set_new(o, texts[i].key, texts[i].value ? json_string(texts[i].value) : json_null());
	for (size_t i = 0; i < sizeof(ints) / sizeof(*ints); i++)
		json_object_set_new(o, ints[i].key, ints[i].value ? json_integer((json_int_t)ints[i].value) : json_null());
	json_object_set_new(o, "pinned", json_boolean(t->pinned));
	json_object_set_new(o, "history", history_json(r, log));
	cli_print_json(c, o);
	json_decref(o);
}

// Numbers are no customer data.
static void print_links(struct cli *c, const json_t *doc)
{
	static const struct {
		const char *member;
		enum ticket_link kind;
	} links[] = {{"related", TICKET_LINK_RELATED}, {"parent_no", TICKET_LINK_PARENT}, {"children", TICKET_LINK_CHILD},
		     {"merged_into", TICKET_LINK_DUPLICATE}, {"duplicates", TICKET_LINK_DUPLICATES}};
	const char *incident = json_string_value(json_object_get(doc, "incident_id"));
	json_t *v;
	size_t k;

	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		json_t *member = json_object_get(doc, links[i].member);
		if (json_is_string(member))
			fprintf(c->out, "%s %s\n", ticket_link_label(links[i].kind), json_string_value(member));
		json_array_foreach(member, k, v)
			if (json_is_string(v))
				fprintf(c->out, "%s %s\n", ticket_link_label(links[i].kind), json_string_value(v));
	}
	if (incident)
		fprintf(c->out, _("Incident: %s\n"), incident);
}

static void print_text(struct cli *c, struct reading *r, const struct ticket *t, const struct ticket_log *log)
{
	json_t *doc = json_or_empty(t->doc);
	const char *who = reading_customer(r, t->customer_id), *category = reading_category(r, t->category_id);

	mask_document(r, doc);
	const char *policy = json_string_value(json_object_get(doc, "sla_policy"));
	const char *text = json_string_value(json_object_get(doc, "description"));
	fprintf(c->out, "%s  P%lld%s  %s  %s\n", t->no, (long long)t->priority, t->pinned ? "*" : "", state_text(t->state),
		reading_swept(r, t->title));
	fprintf(c->out, _("Customer: %s\n"), who ? who : "—");
	fprintf(c->out, _("Category: %s\n"), category ? category : "—");
	fprintf(c->out, _("Queue: %s, owner: %s\n"), t->queue_code ? t->queue_code : "—", t->owner_id ? t->owner_id : "—");
	fprintf(c->out, _("Made %s, due %s (%s)\n"), reading_time(r, t->stamp.created_at),
		t->resolve_due_at ? reading_time(r, t->resolve_due_at) : "—", policy ? policy : "—");
	if (!str_empty(text))
		fprintf(c->out, "%s\n", text);
	print_links(c, doc);
	fputc('\n', c->out);
	for (size_t i = 0; i < log->n; i++) {
		json_t *data = json_or_empty(log->v[i].data);
		mask_document(r, data);
		char *dump = json_dumps(data, JSON_COMPACT);
		fprintf(c->out, "%s  %-8s %s  %s\n", reading_time(r, log->v[i].at), log->v[i].type, log->v[i].by ? log->v[i].by : "", dump);
		free(dump);
		json_decref(data);
	}
	json_decref(doc);
}

static int show(struct cli *c, struct reading *r, const char *typed, struct err *e)
{
	struct number no;
	struct ticket t;
	struct ticket_log log = {0};
	char text[NUMBER_CAP];

	if (!number_parse(sv(typed), &no, e) || !number_format(&no, text, e))
		return cli_usage(c, TICKET_USAGE, "%s", e->msg);
	if (!reading_may(r, e) || !ticket_by_no(r->db, text, &t, &r->arena, e) || !ticket_event_list(r->db, t.id, &log, &r->arena, e)) {
		vec_release(&log);
		return cli_fail(c, e);
	}
	if (c->json)
		print_json(c, r, &t, &log);
	else
		print_text(c, r, &t, &log);
	vec_release(&log);
	return CLI_DONE;
}

static int look(struct cli *c, const struct ticket_cli_opts *o, char **words, size_t n)
{
	bool is_list = n == 1 && str_eq(words[0], "list"), is_show = n == 2 && str_eq(words[0], "show");
	struct reading r;
	struct err e = {0};
	int64_t rows;

	if (!parse_int(sv(o->limit), 1, 1000000, &rows))
		return cli_usage(c, TICKET_USAGE, _("-n needs a number of rows, not %s"), o->limit);
	if (!is_list && !is_show)
		return cli_usage(c, TICKET_USAGE, "%s", n ? _("wrong words") : _("what shall be done?"));
	if (!reading_open(&r, c, true, &e))
		return cli_fail(c, &e);
	int rc = is_list ? list(c, &r, o->all != NULL, (size_t)rows, &e) : show(c, &r, words[1], &e);
	reading_close(&r);
	return rc;
}

int cmd_ticket(struct cli *c, int argc, char **argv)
{
	struct ticket_cli_opts o = {.limit = "200"};
	const struct cli_opt opts[] = {{"n", true, &o.limit},        {"all", false, &o.all}, {"to", true, &o.to},        {"queue", true, &o.queue},
				       {"reason", true, &o.reason}, {"as", true, &o.as},    {"remove", false, &o.remove}};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, opts, sizeof(opts) / sizeof(*opts), words, &n, &e))
		rc = cli_usage(c, TICKET_USAGE, "%s", e.msg);
	else if (n && ticket_cli_is_deed(words[0]))
		rc = ticket_cli_deed(c, &o, words, n);
	else
		rc = look(c, &o, words, n);
	free(words);
	return rc;
}
