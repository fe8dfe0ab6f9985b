// SPDX-License-Identifier: MIT
// Knows what `zuoxi status` tells about the hub: the line, how far each stream was heard, the lease.
#include "src/cli/status_hub.h"

#include "kb/remote.h"
#include "src/base/i18n.h"
#include "src/base/vec.h"
#include "src/store/ent.h"
#include "src/store/meta.h"
#include "src/sync/account.h"

static bool read_facts(struct cli *c, struct reading *r, struct status_hub *out, struct err *e)
{
	static const char *const words[] = {
		[LEASE_NONE] = "none", [LEASE_RUNS] = "runs", [LEASE_OVER] = "over", [LEASE_CLOCK] = "clock"};
	struct arena *a = &r->arena;
	struct account acc;
	struct lease_now now;

	if (!account_load(r->db, c->data, &acc, e))
		return false;
	lease_moment(&now, clock_wall(&c->clock), clock_mono(&c->clock));
	out->lease = words[lease_check(&acc.lease, &now, &out->lease_left_ms)];
	out->dev = arena_strdup(a, acc.hub.dev);
	out->agent = arena_strdup(a, acc.who.id);
	out->login = arena_strdup(a, acc.who.login);
	out->name = arena_strdup(a, acc.who.name);
	out->url = acc.hub.n_urls ? arena_strdup(a, acc.hub.urls[0]) : NULL;
	out->session = *acc.key.refresh != '\0';
	out->heard_at = acc.lease.hub_at;
	out->settled_at = acc.settled_at;
	out->lease_until = acc.lease.until;
	account_release(&acc);
	const char *in_use = NULL;
	bool ok = meta_text(r->db, "hub_line", &out->line, a, e) && meta_int(r->db, "hub_line_since", 0, &out->line_since, e) &&
		  meta_text(r->db, "hub_in_use", &in_use, a, e);
	if (!str_empty(in_use))
		out->url = in_use;
	return ok;
}

// A stream that is at its end is as the last complete exchange found it, though no page came to say so.
static void add_stream(struct status_hub *h, const struct status_stream *s)
{
	struct status_stream *to = vec_add(h);

	*to = *s;
	if (s->seq >= s->head && h->settled_at > s->as_of)
		to->as_of = h->settled_at;
}

struct kb_streams {
	struct status_hub *out;
	struct arena *a;
};

static bool add_kb_stream(void *arg, const char *s, const struct kb_cursor *p)
{
	struct kb_streams *q = arg;

	add_stream(q->out, &(struct status_stream){
				   .s = arena_strdup(q->a, s), .epoch = p->epoch, .seq = p->seq, .head = p->head, .as_of = p->at});
	return true;
}

bool status_hub_read(struct cli *c, struct reading *r, struct kb *kb, struct status_hub *out, struct err *e)
{
	struct streams streams = {0};

	*out = (struct status_hub){.dev = NULL};
	bool ok = read_facts(c, r, out, e) && stream_list(r->db, &streams, &r->arena, e);
	for (size_t i = 0; ok && i < streams.n; i++) {
		const struct stream *s = &streams.v[i];
		add_stream(out, &(struct status_stream){
					.s = s->s, .epoch = s->epoch, .seq = s->seq, .head = s->head, .as_of = s->synced_at});
	}
	vec_release(&streams);
	struct kb_streams q = {out, &r->arena};
	return ok && (!kb || kb_cursor_each(kb, add_kb_stream, &q, e));
}

void status_hub_release(struct status_hub *h)
{
	vec_release(h);
}

static json_t *time_json(int64_t at)
{
	char text[32];

	if (!at)
		return json_null();
	clock_rfc3339(at, text, sizeof(text));
	return json_string(text);
}

json_t *status_hub_json(const struct status_hub *h)
{
	json_t *streams = json_array();

	if (!h->dev) {
		json_decref(streams);
		return json_null();
	}
	for (size_t i = 0; i < h->n; i++) {
		const struct status_stream *s = &h->v[i];
		json_array_append_new(streams,
				      json_pack("{s:s, s:I, s:I, s:I, s:o}", "s", s->s, "epoch", (json_int_t)s->epoch, "seq",
						(json_int_t)s->seq, "head", (json_int_t)s->head, "as_of", time_json(s->as_of)));
	}
	return json_pack("{s:s, s:s?, s:s?, s:o, s:o, s:o, s:s?, s:s?, s:s?, s:b, s:s, s:o, s:I, s:o}", "dev", h->dev, "url",
			 h->url, "line", h->line, "line_since", time_json(h->line_since), "heard_at", time_json(h->heard_at),
			 "synced_at", time_json(h->settled_at), "agent_id", h->agent, "login", h->login, "name", h->name, "session",
			 h->session, "lease", h->lease, "lease_until", time_json(h->lease_until), "lease_left_s",
			 (json_int_t)(h->lease_left_ms / 1000), "streams", streams);
}

static const char *line_label(const char *code)
{
	static const struct {
		const char *code, *label;
	} lines[] = {{"online", N_("online")},
		     {"degraded", N_("degraded")},
		     {"offline_backup", N_("offline")},
		     {"recovering", N_("recovering")}};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (str_eq(lines[i].code, code))
			return _(lines[i].label);
	return _("never reached yet");
}

static void print_lease(struct cli *c, struct reading *r, const struct status_hub *h)
{
	if (str_eq(h->lease, "over"))
		fprintf(c->out, _("Without the hub for more than 72 hours: customer data is locked until somebody logs in\n"));
	else if (str_eq(h->lease, "clock"))
		fprintf(c->out, _("The clock was set back: customer data is locked until somebody logs in\n"));
	else if (str_eq(h->lease, "runs"))
		fprintf(c->out, _("Without the hub, customer data stays open until %s\n"),
			reading_time(r, clock_wall(&c->clock) + h->lease_left_ms));
}

void status_hub_print(struct cli *c, struct reading *r, const struct status_hub *h, bool running)
{
	if (!h->dev) {
		fprintf(c->out, _("Hub: none; zuoxi enrol URL CODE joins one\n"));
		return;
	}
	if (running)
		fprintf(c->out, _("Hub: %s, %s since %s\n"), h->url ? h->url : "", line_label(h->line),
			reading_time(r, h->line_since));
	else
		fprintf(c->out, _("Hub: %s, last heard %s\n"), h->url ? h->url : "",
			h->heard_at ? reading_time(r, h->heard_at) : "—");
	if (h->session)
		fprintf(c->out, _("Logged in: %s %s\n"), h->login ? h->login : "", h->name ? h->name : "");
	else
		fprintf(c->out, _("Nobody is logged in: zuoxi login NAME\n"));
	print_lease(c, r, h);
	for (size_t i = 0; i < h->n; i++) {
		const struct status_stream *s = &h->v[i];
		fprintf(c->out, _("  %-24s %lld of %lld, as of %s\n"), s->s, (long long)s->seq, (long long)s->head,
			s->as_of ? reading_time(r, s->as_of) : "—");
	}
}
