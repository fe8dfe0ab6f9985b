// SPDX-License-Identifier: MIT
// Knows how lines of a practice room go to the hub and come from it: one request at a time, beside the exchange and never part of it.
#include <jansson.h>

#include "src/base/i18n.h"
#include "src/sync/client_part.h"
#include "src/wire/wire.h"

enum { ANSWER_MAX = 8 << 20, ASK_MS = 8000 };

// What is said, not the way there, is wrong: once more would not help.
static enum err_code code_of(enum wire_problem_kind kind)
{
	switch ((int)kind) {
	case WIRE_P_NOT_FOUND: return ERR_NOT_FOUND;
	case WIRE_P_FORBIDDEN: return ERR_DENIED;
	case WIRE_P_BAD_SHAPE: return ERR_USAGE;
	case WIRE_P_TOO_LARGE: return ERR_LIMIT;
	default: return ERR_IO;
	}
}

static void on_answer(void *arg, const struct http_reply *r)
{
	struct client *c = arg;
	client_room_fn *done = c->room_done;
	void *room_arg = c->room_arg;
	struct err e = {0};
	json_t *doc = NULL;

	c->room = NULL;
	c->room_done = NULL;
	if (r->end != HTTP_ANSWERED) {
		e = r->err;
	} else if (r->status != 200) {
		struct wire_problem p;
		wire_problem_parse(r->body, r->status, &p);
		err_set(&e, code_of(p.kind), "%s",
			p.kind == WIRE_P_NOT_FOUND   ? _("there is no practice room of that code; it may be too old, ask for the code again")
			: p.kind == WIRE_P_FORBIDDEN ? _("that is for trainers, mentors and team leads")
						     : wire_problem_title(p.kind));
	} else {
		doc = wire_parse(r->body, ANSWER_MAX, &e);
	}
	done(room_arg, doc, &e);
	json_decref(doc);
}

static bool start(struct client *c, const char *method, const char *path, const json_t *body, client_room_fn *done, void *arg, struct err *e)
{
	char bearer[SESSION_TOKEN_MAX + 32];
	struct link_view v;

	if (c->room)
		return err_set(e, ERR_CONFLICT, _("another request of a practice room is under way"));
	if (!c->link || !*c->access)
		return err_set(e, ERR_DENIED, _("log in to the hub first (M-h), or coach on this machine"));
	link_look(c->link, &v);
	if (v.state != LINK_ONLINE)
		return err_set(e, ERR_IO, _("the hub is out of reach; the session goes on by itself"));
	char *text = body ? wire_print(body) : xstrdup("");
	client_bearer(c, bearer, sizeof(bearer));
	c->room_done = done;
	c->room_arg = arg;
	c->room = http_start(c->http, &(struct http_request){
		.method = method, .base = client_url(c, v.url), .path = path, .body = sv(text), .max = ANSWER_MAX,
		.headers = (const char *[]){"Content-Type: application/json", bearer, NULL},
		.timeout_ms = client_timeout(c, ASK_MS), .done = on_answer, .arg = c});
	free(text);
	return true;
}

bool client_rooms(struct client *c, client_room_fn *done, void *arg, struct err *e)
{
	return start(c, "GET", "/v1/rooms", NULL, done, arg, e);
}

bool client_room_open(struct client *c, const char *kind, json_t *about, client_room_fn *done, void *arg, struct err *e)
{
	json_t *body = json_pack("{s:s, s:O}", "kind", kind, "about", about);
	bool ok = start(c, "POST", "/v1/rooms", body, done, arg, e);

	json_decref(body);
	return ok;
}

bool client_room_talk(struct client *c, const char *room, json_t *lines, int64_t after, client_room_fn *done, void *arg, struct err *e)
{
	json_t *body = json_pack("{s:O, s:I}", "lines", lines, "after", (json_int_t)after);
	char *path = xasprintf("/v1/rooms/%s", room);
	bool ok = start(c, "POST", path, body, done, arg, e);

	free(path);
	json_decref(body);
	return ok;
}

void client_room_cancel(struct client *c)
{
	if (c->room)
		http_cancel(c->room);
	c->room = NULL;
	c->room_done = NULL;
}

void client_room_fail(struct client *c)
{
	client_room_fn *done = c->room_done;
	struct err e = {0};

	client_room_cancel(c);
	err_set(&e, ERR_IO, _("the connection to the hub was made anew"));
	if (done)
		done(c->room_arg, NULL, &e);
}

const char *client_dev(const struct client *c)
{
	return c->account.hub.dev ? c->account.hub.dev : "";
}
