// SPDX-License-Identifier: MIT
// Knows `zuoxi-hub broadcast`: telling all stations of a site, in the name of somebody who may.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/hub/apply.h"
#include "src/hub/hub_cli.h"
#include "src/hub/server.h"

#define USAGE \
	"broadcast --severity red|orange|yellow --by LOGIN --text TEXT [--title TEXT] [--say TEXT] [--not-say TEXT] [--lines " \
	"TEXT] [--ack] " \
	"[--hours N] [--clear] [--site CODE]"

struct send {
	const char *by, *severity, *text, *title, *say, *not_say, *lines, *site;
	bool ack, clear, asked; // asked: it waits for a supervisor
	int64_t hours;
	char id[48];
	struct applied out;
	char why[40];
};

static json_t *document(const struct send *s, int64_t now)
{
	bool red = str_eq(s->severity, "red");
	const char *kind = s->clear ? "clear" : red ? "red" : "notice";
	char until[32];

	clock_rfc3339(now + s->hours * 3600000, until, sizeof(until));
	json_t *d = json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}", "kind", kind, "severity", s->severity, "title",
			      s->title ? s->title : s->text, "body", s->text, "require_ack", s->ack || (red && !s->clear),
			      "expires_at", until);
	const struct {
		const char *key, *text;
	} more[] = {{"say", s->say}, {"not_say", s->not_say}, {"lines", s->lines}};
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++)
		if (more[i].text)
			json_object_set_new(d, more[i].key, json_string(more[i].text));
	return d;
}

// The same rules as for an operation of a station: who may, and that red has a supervisor's name.
static bool send_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct send *s = arg;
	struct hub_cred cred;
	struct actor who;
	bool found = false;
	char stream[32], id[48];

	if (!hub_cred_by_login(tx, s->site, s->by, &cred, &found, e))
		return false;
	if (!found)
		return err_set(e, ERR_NOT_FOUND, _("there is no login %s"), s->by);
	if (!actor_load(tx, cred.site, cred.agent, &who, hub_arena(tx), e))
		return false;
	snprintf(s->id, sizeof(s->id), "%s", hub_new_id(tx));
	snprintf(id, sizeof(id), "%s", hub_new_id(tx));
	snprintf(stream, sizeof(stream), "bc/%s", who.site);
	json_t *d = document(s, hub_now(tx));
	struct wire_op op = {
		.n = 1, .id = id, .k = "broadcast.new", .t = "broadcast", .e = s->id, .s = stream, .body = d, .at = hub_now(tx)};
	bool ok = hub_apply(tx, &who, &op, &s->out, e);
	s->asked = ok && str_eq(s->out.t, "broadcast_request");
	if (ok)
		snprintf(s->why, sizeof(s->why), "%s", s->out.answer.why ? s->out.answer.why : "");
	s->out.answer.why = NULL;
	struct hub_audit a = {
		.site = who.site, .actor = who.agent, .action = "broadcast.send", .object = s->id, .detail = s->severity};
	ok = ok && (s->out.answer.r == WIRE_REJECTED || s->asked || hub_audit_add(tx, &a, e));
	json_decref(d);
	return ok;
}

static int send_it(struct hub_cli *c, struct send *s)
{
	struct err e = {0};

	if (!hub_cli_site(c, s->site, &s->site, &e))
		return cli_usage(&c->base, USAGE, "%s", e.msg);
	if (!hub_run(c->store, HUB_WRITE, send_body, s, &e)) {
		int rc = cli_fail(&c->base, &e);
		return e.code == ERR_DENIED ? CLI_NO : rc; // a person who may not is an answer
	}
	if (s->out.answer.r == WIRE_REJECTED) {
		fprintf(c->base.err,
			str_eq(s->why, "forbidden")
				? _("zuoxi-hub: %s may not send that: red is for supervisors, the others for team leads and above\n")
				: _("zuoxi-hub: the broadcast of %s was refused\n"), s->by);
		return CLI_NO;
	}
	if (c->server)
		server_changed(c->server, NULL, s->out.red);
	if (c->base.json)
		fprintf(c->base.out, "{\"id\":\"%s\"}\n", s->id);
	if (s->asked)
		return hub_cli_say(c, _("Asked for: %s. A supervisor has an hour to send it.\n"), s->id);
	return hub_cli_say(c, _("Sent: %s\n"), s->id);
}

static bool known(const char *severity)
{
	return str_eq(severity, "red") || str_eq(severity, "orange") || str_eq(severity, "yellow");
}

int hub_cmd_broadcast(struct hub_cli *c, int argc, char **argv)
{
	struct send s = {.hours = 24};
	const char *ack = NULL, *clear = NULL, *hours = NULL;
	const struct cli_opt opts[] = {{"severity", true, &s.severity}, {"by", true, &s.by},   {"text", true, &s.text},
				       {"title", true, &s.title},       {"say", true, &s.say}, {"not-say", true, &s.not_say},
				       {"lines", true, &s.lines},       {"ack", false, &ack},  {"clear", false, &clear},
				       {"hours", true, &hours},         {"site", true, &s.site}};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, opts, sizeof(opts) / sizeof(*opts), words, &n, &e))
		rc = cli_usage(&c->base, USAGE, "%s", e.msg);
	else if (n || !s.by || str_empty(s.text) || !known(s.severity))
		rc = cli_usage(&c->base, USAGE, "%s", _("--severity, --by and --text are needed"));
	else if ((hours && !parse_int(sv(hours), 1, 24 * 90, &s.hours)) || !utf8_valid(sv(s.text)))
		rc = cli_usage(&c->base, USAGE, "%s", _("--hours wants a number from 1 to 2160, and --text must be UTF-8"));
	else {
		s.ack = ack != NULL;
		s.clear = clear != NULL;
		rc = send_it(c, &s);
	}
	free(words);
	return rc;
}
