// SPDX-License-Identifier: MIT
// Knows what reading subcommands share: the store beside a running workstation, times and labels, and what must be masked.
#include "src/cli/reading.h"

#include "config/config.h"
#include "src/base/i18n.h"
#include "src/desk/mask.h"
#include "src/store/customer.h"
#include "src/store/meta.h"
#include "src/sync/shut.h"
#include "src/work/station.h"

bool reading_open(struct reading *r, struct cli *c, bool with_packs, struct err *e)
{
	struct config conf;
	struct problems p = {0};
	const char *zone = NULL;
	struct err why = {0};

	*r = (struct reading){0};
	if (str_empty(c->data))
		return err_set(e, ERR_IO, _("no data directory: give --data DIR or set ZUOXI_DATA"));
	if (!store_open(&r->store, &(struct store_options){.dir = c->data, .readonly = true}, e))
		return false;
	r->db = store_reader(r->store);
	if (!meta_text(r->db, "zone", &zone, &r->arena, e) || !shut_read(r->db, &c->clock, &r->shut, e)) {
		reading_close(r);
		return false;
	}
	config_load(&conf, c->config, &p);
	r->zone = xstrdup(!str_empty(zone) ? zone : !str_empty(conf.zone) ? conf.zone : "Asia/Shanghai");
	config_release(&conf);
	problems_release(&p);
	if (with_packs && !station_load_packs(c->data, &r->packs, &why))
		fprintf(c->err, "zuoxi: %s\n", why.msg);
	return true;
}

bool reading_may(const struct reading *r, struct err *e)
{
	return !r->shut || shut_refuse(e);
}

void reading_close(struct reading *r)
{
	packs_free(r->packs);
	store_close(r->store);
	free(r->zone);
	arena_release(&r->arena);
	*r = (struct reading){0};
}

const char *reading_time(struct reading *r, int64_t at)
{
	char buf[32] = "";

	if (at)
		clock_format(r->zone, at, "%Y-%m-%d %H:%M", buf, sizeof(buf));
	return arena_strdup(&r->arena, buf);
}

const char *reading_number(struct reading *r, int64_t n)
{
	return arena_printf(&r->arena, "%lld", (long long)n);
}

const char *reading_category(const struct reading *r, const char *code)
{
	const struct category *c = r->packs && code ? category_find(&r->packs->categories, code) : NULL;

	return c ? category_label(c) : code;
}

const char *reading_disposition(const struct reading *r, const char *code)
{
	const struct disposition *d = r->packs && code ? disposition_find(&r->packs->dispositions, code) : NULL;

	return d ? disposition_label(d) : code;
}

static char *masked(enum mask how, const char *text)
{
	struct str b = {0};

	if (how == MASK_NONE)
		mask_text(sv(text), &b);
	else if (!str_empty(text))
		mask_value(how, sv(text), &b);
	char *out = xstrdup(str_z(&b));
	str_release(&b);
	return out;
}

const char *reading_swept(struct reading *r, const char *text)
{
	char *m = masked(MASK_NONE, text);
	const char *out = arena_strdup(&r->arena, m);

	free(m);
	return out;
}

const char *reading_customer(struct reading *r, const char *customer_id)
{
	struct customer c;

	if (!customer_id || r->shut || !customer_get(r->db, customer_id, &c, &r->arena, NULL))
		return NULL;
	char *m = masked(MASK_NAME, c.name);
	const char *out = arena_strdup(&r->arena, m);
	free(m);
	return out;
}

// --- masking of documents

// What a member's name says about its value; MASK_NONE: free text.
static enum mask by_name(const char *key)
{
	static const struct {
		const char *key;
		enum mask mask;
	} known[] = {{"caller_ref", MASK_PHONE}, {"caller_name", MASK_NAME}, {"display_name", MASK_NAME}, {"phone", MASK_PHONE},
		     {"e164", MASK_PHONE}, {"number", MASK_PHONE}, {"customer_name", MASK_NAME}, {"customer_phone", MASK_PHONE},
		     {"id_no", MASK_IDNO}, {"email", MASK_EMAIL}, {"address", MASK_ADDRESS}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(key, known[i].key) == 0)
			return known[i].mask;
	return MASK_NONE;
}

static enum mask of_type(enum field_type t)
{
	if (t == FIELD_PHONE)
		return MASK_PHONE;
	if (t == FIELD_IDNO)
		return MASK_IDNO;
	if (t == FIELD_EMAIL)
		return MASK_EMAIL;
	if (t == FIELD_ADDRESS)
		return MASK_ADDRESS;
	if (t == FIELD_PLATE)
		return MASK_PLATE;
	if (t == FIELD_ORDER_NO || t == FIELD_TRACKING_NO)
		return MASK_ORDER;
	return MASK_NONE;
}

// A field of a form: as the pack says; when there is no such form any more, by its name.
static enum mask of_field(const struct reading *r, const char *form, const char *field)
{
	const struct pack_form *f = r->packs ? packs_form(r->packs, form) : NULL;
	size_t i = f ? form_find(&f->f, sv(field)) : FORM_NO_FIELD;
	enum mask how;

	if (i == FORM_NO_FIELD)
		return by_name(field);
	if (f->f.fields[i].mask && mask_parse(sv(f->f.fields[i].mask), &how))
		return how;
	return of_type(f->f.fields[i].type);
}

// Values that are codes, numbers and references: sweeping them could only damage them.
static bool is_plain(const char *key)
{
	static const char *const plain[] = {"id", "no", "ticket_no", "interaction_id", "customer_id", "digest", "category_id",
					    "first_category_id", "ticket_ids", "agent_id", "from_id", "script_id"};

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		if (strcmp(key, plain[i]) == 0)
			return true;
	return false;
}

static json_t *mask_string(const json_t *v, enum mask how)
{
	char *m = masked(how, json_string_value(v));
	json_t *out = json_string(m);

	free(m);
	return out;
}

static void mask_form(const struct reading *r, const char *code, json_t *form)
{
	const char *key;
	json_t *v;
	void *next;

	json_object_foreach_safe(form, next, key, v)
		if (json_is_string(v))
			json_object_set_new(form, key, mask_string(v, of_field(r, code, key)));
}

static void mask_any(const struct reading *r, json_t *doc, const char *under)
{
	const char *key, *form_code = json_string_value(json_object_get(doc, "form_code"));
	json_t *v;
	void *next;
	size_t i;

	if (json_is_array(doc))
		json_array_foreach(doc, i, v) {
			if (!json_is_string(v))
				mask_any(r, v, under);
			else if (!is_plain(under))
				json_array_set_new(doc, i, mask_string(v, by_name(under)));
		}
	json_object_foreach_safe(doc, next, key, v) {
		if (json_is_object(v) && strcmp(under, "form") == 0)
			mask_form(r, key, v);
		else if (json_is_object(v) && strcmp(key, "form") == 0 && form_code)
			mask_form(r, form_code, v);
		else if (json_is_string(v) && !is_plain(key))
			json_object_set_new(doc, key, mask_string(v, by_name(key)));
		else if (!json_is_string(v))
			mask_any(r, v, key);
	}
}

void mask_document(const struct reading *r, json_t *doc)
{
	mask_any(r, doc, "");
}

void mask_event(const struct reading *r, struct event *ev)
{
	for (int i = 0; i < ev->pairs; i++) {
		struct event_pair *p = &ev->pair[i];
		enum mask how = MASK_NONE;
		if (is_plain(p->key) || strcmp(p->key, "at") == 0 || strcmp(p->key, "ticket") == 0)
			continue;
		if (strcmp(p->key, "number") == 0)
			how = MASK_PHONE;
		else if (strcmp(p->key, "name") == 0)
			how = MASK_NAME;
		else if (ev->type == EV_FORM_SET && strcmp(p->key, "value") == 0)
			how = of_field(r, event_get(ev, "form"), event_get(ev, "field"));
		char *m = masked(how, p->value);
		free(p->value);
		p->value = m;
	}
}

void cli_print_json(struct cli *c, const json_t *v)
{
	json_dumpf(v, c->out, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	fputc('\n', c->out);
}

json_t *json_or_empty(const char *text)
{
	json_error_t why;
	json_t *o = text ? json_loads(text, 0, &why) : NULL;

	if (json_is_object(o))
		return o;
	json_decref(o);
	return json_object();
}
