// SPDX-License-Identifier: MIT
// Knows how a broadcast is sent from a station, or asked for: who may, what must be said, and that red is sent while the hub is there or not at all.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/role.h"
#include "src/work/hub_part.h"

enum { TITLE_BYTES = 240, TEXT_BYTES = 4000 };

bool model_broadcast_may(const struct model *m, enum broadcast_severity s)
{
	// domain.md §2.5: broadcast.send; red is incident.confirm, a supervisor's, which team leads may ask for.
	const unsigned red = USER_BIT(USER_TEAM_LEAD) | USER_BIT(USER_SUPERVISOR);
	const unsigned any = USER_BIT(USER_TEAM_LEAD) | USER_BIT(USER_SUPERVISOR) | USER_BIT(USER_QA) | USER_BIT(USER_TRAINER) |
			     USER_BIT(USER_KB_EDITOR) | USER_BIT(USER_ADMIN);

	return model_hub(m)->line != HUB_NONE && (m->roles & (s == BROADCAST_RED ? red : any));
}

bool model_broadcast_asks(const struct model *m, enum broadcast_severity s)
{
	return s == BROADCAST_RED && !(m->roles & USER_BIT(USER_SUPERVISOR));
}

static const char *severity_code(enum broadcast_severity s)
{
	switch (s) {
	case BROADCAST_NOTICE: return NULL;
	case BROADCAST_YELLOW: return "yellow";
	case BROADCAST_ORANGE: return "orange";
	case BROADCAST_RED: return "red";
	}
	BUG("severity %d", (int)s);
}

static void put_text(json_t *o, const char *key, const char *text, size_t max)
{
	struct str clean = {0};

	utf8_clean(&clean, sv_trim(sv(text)), UTF8_KEEP_NL);
	size_t n = clean.n <= max ? clean.n : utf8_prev(sv_n(str_z(&clean), clean.n), max + 1);
	if (n)
		json_object_set_new(o, key, json_stringn(str_z(&clean), n));
	str_release(&clean);
}

static bool check(const struct model *m, const struct broadcast_draft *d, struct err *e)
{
	if (!model_broadcast_may(m, d->severity))
		return err_set(e, ERR_DENIED, d->severity == BROADCAST_RED ? _("Only supervisors may send a red broadcast, and only team leads ask them for one.")
									    : _("Only team leads and above may send broadcasts."));
	if (!sv_trim(sv(d->title)).n)
		return err_set(e, ERR_USAGE, _("Type what has happened: it is the line everybody sees."));
	if (d->severity == BROADCAST_RED && !sv_trim(sv(d->say)).n)
		return err_set(e, ERR_USAGE, _("A red broadcast needs what agents are to say to customers."));
	if (d->severity == BROADCAST_RED && model_hub(m)->line != HUB_ONLINE)
		return err_set(e, ERR_DENIED, _("The hub is out of reach, so nobody would see it. Tell the others by voice or telephone, and send it when the line is back."));
	return (d->minutes >= 1 && d->minutes <= 7 * 24 * 60) || err_set(e, ERR_USAGE, _("Say how long it is in force: from one minute to seven days."));
}

bool model_broadcast_send(struct model *m, const struct broadcast_draft *d, struct err *e)
{
	const char *severity = severity_code(d->severity);
	bool asks = model_broadcast_asks(m, d->severity);
	int64_t now = clock_wall(m->clock);
	char id[40], stream[16];

	if (!check(m, d, e))
		return false;
	json_t *body = json_pack("{s:s, s:b, s:I, s:s, s:I}", "kind", d->clear ? "clear" : d->severity == BROADCAST_RED ? "red" : "notice", "require_ack",
				 d->severity == BROADCAST_RED || d->ack, "expires_at", (json_int_t)(now + d->minutes * 60000), "station", m->station,
				 "at", (json_int_t)now);
	if (severity && !d->clear)
		json_object_set_new(body, "severity", json_string(severity));
	put_text(body, "title", d->title, TITLE_BYTES);
	put_text(body, "body", d->body, TEXT_BYTES);
	put_text(body, "say", d->say, TEXT_BYTES);
	put_text(body, "not_say", d->not_say, TEXT_BYTES);
	put_text(body, "lines", d->lines, TITLE_BYTES);
	snprintf(stream, sizeof(stream), "bc/%s", m->site);
	const char *kind = asks ? "broadcast.request" : "broadcast.new";
	struct commit *c = commit_new(m, kind);
	commit_outbox(c, m, kind, asks ? "broadcast_request" : "broadcast", work_new_id(m, id), stream, body);
	commit_submit(m, c);
	json_decref(body);
	model_say_note(m, NOTE_INFO, asks ? _("The supervisors are asked: once one of them approves, it shows everywhere.")
					  : _("The broadcast is on its way; it shows everywhere once the hub has it."));
	return true;
}
