// SPDX-License-Identifier: MIT
// Knows how answers of a running hub are held against the description.
#include "tests/hub/api/describe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "tests/unit/store/tmpdir.h"

void description_read(struct description *d, const char *path)
{
	struct err e = {0};

	d->doc = yaml_json(path, &e);
	if (!d->doc)
		fail_msg("%s", e.msg);
	d->asked = json_object();
}

void description_free(struct description *d)
{
	json_decref(d->doc);
	json_decref(d->asked);
}

static const char *lower(const char *method)
{
	static char low[16];
	size_t i = 0;

	for (; method[i] && i < sizeof(low) - 1; i++)
		low[i] = (char)(method[i] | 0x20);
	low[i] = '\0';
	return low;
}

const json_t *description_operation(const struct description *d, const char *method, const char *path)
{
	return json_object_get(json_object_get(json_object_get(d->doc, "paths"), path), lower(method));
}

static json_t *schema_of(const json_t *content, const char *type)
{
	return json_object_get(json_object_get(content, type), "schema");
}

static void hold_request(const struct description *d, const json_t *op, const struct question *q)
{
	const json_t *schema = schema_of(json_object_get(json_object_get(op, "requestBody"), "content"), "application/json");
	struct err e = {0};

	if (q->bad || !q->body.n || !schema)
		return;
	json_t *sent = json_loadb(q->body.p, q->body.n, 0, NULL);
	if (!schema_check(d->doc, schema, sent, &e))
		fail_msg("the body sent to %s %s: %s", q->method, q->path, e.msg);
	json_decref(sent);
}

static void hold_headers(const json_t *response, const struct question *q, const struct reply *r)
{
	const char *name;
	json_t *header;
	char value[200];

	json_object_foreach(json_object_get(response, "headers"), name, header)
		if (json_is_true(json_object_get(header, "required")) && !reply_header(r, name, value, sizeof(value)))
			fail_msg("%s %s: %ld has no header %s", q->method, q->path, r->status, name);
}

static void hold_body(const struct description *d, const json_t *response, const struct question *q, const struct reply *r)
{
	const json_t *content = json_object_get(response, "content");
	const char *where = q->real ? q->real : q->path;
	struct err e = {0};

	if (str_eq(q->method, "HEAD"))
		return; // says only what GET would
	if (!content) {
		if (r->body.n)
			fail_msg("%s %s: %ld has a body, which is not described", q->method, where, r->status);
		return;
	}
	if (!json_object_get(content, r->type))
		fail_msg("%s %s: %ld is %s, which is not described", q->method, where, r->status, *r->type ? r->type : "without a type");
	const json_t *schema = schema_of(content, r->type);
	if (!strstr(r->type, "json")) {
		json_t *text = json_stringn(str_z(&r->body), r->body.n);
		if (schema && text && !schema_check(d->doc, schema, text, &e))
			fail_msg("%s %s: %ld: %s", q->method, where, r->status, e.msg);
		json_decref(text);
		return;
	}
	json_t *body = json_loadb(str_z(&r->body), r->body.n, JSON_REJECT_DUPLICATES, NULL);
	if (!body)
		fail_msg("%s %s: %ld is not JSON: %.200s", q->method, where, r->status, str_z(&r->body));
	if (!schema || !schema_check(d->doc, schema, body, &e))
		fail_msg("%s %s: %ld: %s in %.400s", q->method, where, r->status, e.msg, str_z(&r->body));
	if (r->status >= 400 && json_integer_value(json_object_get(body, "status")) != r->status)
		fail_msg("%s %s: the problem says another status than %ld", q->method, where, r->status);
	json_decref(body);
}

static void mark(struct description *d, const struct question *q, const char *status)
{
	char key[200];

	snprintf(key, sizeof(key), "%s %s", lower(q->method), q->path);
	json_t *seen = json_object_get(d->asked, key);
	if (!seen) {
		seen = json_object();
		json_object_set_new(d->asked, key, seen);
	}
	json_object_set_new(seen, status, json_true());
}

void description_check(struct description *d, const struct question *q, const struct reply *r)
{
	const json_t *op = description_operation(d, q->method, q->path), *responses, *response;
	char status[8];

	if (!op)
		fail_msg("%s %s is not described", q->method, q->path);
	hold_request(d, op, q);
	if (r->status != q->status)
		fail_msg("%s %s: %ld instead of %ld: %.300s", q->method, q->real ? q->real : q->path, r->status, q->status, str_z(&r->body));
	snprintf(status, sizeof(status), "%ld", r->status);
	responses = json_object_get(op, "responses");
	response = json_object_get(responses, status);
	if (!response && r->status >= 400)
		response = json_object_get(responses, "default");
	response = response ? schema_resolve(d->doc, response) : NULL;
	if (!response)
		fail_msg("%s %s: the status %ld is not described", q->method, q->path, r->status);
	mark(d, q, status);
	hold_headers(response, q, r);
	hold_body(d, response, q, r);
}

void description_hold(struct description *d, struct visitor *v, const struct question *q, struct reply *out)
{
	struct reply r;
	struct err e = {0};

	assert_ok(visitor_ask(v, q->show, q->method, q->real ? q->real : q->path, q->headers, q->body, &r, &e), e);
	description_check(d, q, &r);
	if (out)
		*out = r;
	else
		reply_release(&r);
}

bool description_event(const struct description *d, const char *name, const char *data, struct err *e)
{
	const json_t *op = description_operation(d, "GET", "/v1/events");
	const json_t *schema = json_object_get(json_object_get(op, "x-events"), name);

	if (!schema)
		return err_set(e, ERR_NOT_FOUND, "the event %s is not described", name);
	json_t *j = json_loads(data, JSON_REJECT_DUPLICATES, NULL);
	bool ok = j ? schema_check(d->doc, schema, j, e) : err_set(e, ERR_PARSE, "the event %s is not JSON: %.200s", name, data);
	if (!ok)
		err_prefix(e, "event %s: ", name);
	json_decref(j);
	return ok;
}

// ---- nothing was left out ----

static void all_statuses(const char *key, const json_t *op, const json_t *seen, struct str *missing)
{
	bool good = false, refused = false;
	const char *status;
	json_t *x;

	json_object_foreach(json_object_get(op, "responses"), status, x)
		if (!str_eq(status, "default") && !json_object_get(seen, status))
			str_addf(missing, "%s did not answer %s\n", key, status);
	json_object_foreach((json_t *)seen, status, x) {
		good |= status[0] == '2';
		refused |= status[0] >= '4';
	}
	if (!good)
		str_addf(missing, "%s was not asked with success\n", key);
	if (!refused && !json_is_true(json_object_get(op, "x-never-refused")))
		str_addf(missing, "%s was not refused\n", key);
}

void description_all_asked(const struct description *d)
{
	const char *path, *method;
	json_t *item, *op;
	struct str missing = {0};
	char key[200];

	json_object_foreach(json_object_get(d->doc, "paths"), path, item) json_object_foreach(item, method, op) {
		if (str_eq(method, "parameters"))
			continue;
		snprintf(key, sizeof(key), "%s %s", method, path);
		all_statuses(key, op, json_object_get(d->asked, key), &missing);
	}
	if (missing.n)
		fail_msg("%s", missing.s);
}
