// SPDX-License-Identifier: MIT
// Knows the addresses a station uses before it works: what hub this is, what to trust, joining, logging in and out; and how it is.
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/hub/server_part.h"

static void hex_member(json_t *j, const char *name, const unsigned char *key)
{
	char hex[65];

	json_object_set_new(j, name, json_string(sodium_bin2hex(hex, sizeof(hex), key, 32)));
}

enum outcome route_hello(struct job *j)
{
	char now[32];
	json_t *o;

	clock_rfc3339(clock_wall(hub_store_clock(j->sv->o.store)), now, sizeof(now));
	o = json_pack("{s:s, s:s, s:[s], s:{s:i, s:i}, s:i, s:I}", "now", now, "version", ZUOXI_VERSION, "protocols", "v1",
		      "schema", "min", WIRE_SCHEMA_OLDEST, "max", WIRE_SCHEMA, "hb_ms", j->sv->o.hb_ms, "window_ms",
		      (json_int_t)server_window(j->sv));
	json_object_set_new(o, "limits",
			    json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "op_bytes", WIRE_OP_BYTES, "request_bytes",
				      WIRE_REQUEST_BYTES, "ops", WIRE_OPS, "rows", WIRE_ROWS, "page_bytes", WIRE_PAGE_BYTES,
				      "streams", WIRE_STREAMS, "wait_ms", WIRE_WAIT_MS));
	hex_member(o, "sign", hub_keys_sign_public(j->sv->o.keys));
	hex_member(o, "box", hub_keys_box_public(j->sv->o.keys));
	return answer_json(j, 200, o);
}

enum outcome route_trust(struct job *j)
{
	json_t *o = json_pack("{s:s}", "ca", j->sv->o.ca ? j->sv->o.ca : "");

	hex_member(o, "sign", hub_keys_sign_public(j->sv->o.keys));
	hex_member(o, "box", hub_keys_box_public(j->sv->o.keys));
	return answer_json(j, 200, o);
}

// What a function of auth.h came to.
static enum outcome answer_auth(struct job *j, bool ok, json_t *reply, const struct wire_problem *p, const struct err *e)
{
	if (!ok)
		return answer_failure(j, e);
	return reply ? answer_json(j, 200, reply) : answer_problem(j, p);
}

enum outcome route_enrol(struct job *j)
{
	struct wire_problem p = {0};
	struct err e = {0};
	json_t *reply;
	bool ok = auth_enrol(j->sv->o.store, j->sv->o.keys, j->doc, &reply, &p, &e);

	if (ok && reply)
		log_line(LOG_INFO, "station %s joined", json_string_value(json_object_get(reply, "dev")));
	return answer_auth(j, ok, reply, &p, &e);
}

enum outcome route_login(struct job *j)
{
	struct wire_problem p = {0};
	struct err e = {0};
	json_t *reply;
	bool ok = auth_login(j->sv->o.store, j->doc, &j->dev, &reply, &p, &e);

	if (ok)
		atomic_fetch_add(reply ? &j->sv->metrics.logins : &j->sv->metrics.logins_refused, 1);
	if (ok && reply)
		feed_drop(j->sv->feed, j->dev.dev); // of whoever sat there before
	return answer_auth(j, ok, reply, &p, &e);
}

enum outcome route_token(struct job *j)
{
	struct wire_problem p = {0};
	struct err e = {0};
	json_t *reply;
	bool ok = auth_token(j->sv->o.store, j->sv->o.keys, j->doc, &j->dev, &reply, &p, &e);

	return answer_auth(j, ok, reply, &p, &e);
}

enum outcome route_logout(struct job *j)
{
	struct err e = {0};
	const char *a = j->rq.authorization + strlen("Bearer ");

	if (!auth_logout(j->sv->o.store, a + strspn(a, " "), &e))
		return answer_failure(j, &e);
	feed_drop(j->sv->feed, j->who.dev);
	watch_left(j->sv->watch, &j->who);
	return answer_empty(j, 204);
}

// --- for those who run the hub

enum outcome route_health(struct job *j)
{
	return answer_text(j, 200, "text/plain; charset=utf-8", "ok\n");
}

static bool nothing(struct hub_tx *tx, void *arg, struct err *e)
{
	const char *v;

	(void)arg;
	return hub_meta_get(tx, HUB_WHOLE, "hubs", &v, e);
}

// Ready: the store answers. While the hub goes down admission has refused already.
enum outcome route_ready(struct job *j)
{
	struct err e = {0};

	if (!hub_run(j->sv->o.store, HUB_READ, nothing, NULL, &e))
		return answer_failure(j, &e);
	return answer_text(j, 200, "text/plain; charset=utf-8", "ready\n");
}

enum outcome route_metrics(struct job *j)
{
	struct str s = {0};

	server_metrics(j->sv, &s);
	answer_text(j, 200, "text/plain; version=0.0.4; charset=utf-8", str_z(&s));
	str_release(&s);
	return OUT_DONE;
}
