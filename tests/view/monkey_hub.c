// SPDX-License-Identifier: MIT
// Knows the hub of the random agent: broadcasts, conflicts, refusals, stations, a line that comes and goes, answers to wishes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <jansson.h>

#include "tests/view/monkey.h"
#include "ui/conflicts.h"

static bool maybe(struct monkey *k)
{
	return monkey_one_in(k, 2);
}

// Half of the shift the station has joined no hub: then the knowledge base is its own to change.
void monkey_hub_join(struct monkey *k)
{
	struct hub_status st = maybe(k) ? scene_hub_online(&k->s) : (struct hub_status){0};

	model_hub_report(&k->s.model, &st);
}

// --- what comes

static void new_line(struct monkey *k)
{
	static const enum hub_line lines[] = {HUB_ONLINE, HUB_ONLINE, HUB_DEGRADED, HUB_OFFLINE, HUB_RECOVERING};
	struct hub_status st = scene_hub_online(&k->s);
	int64_t now = clock_wall(&k->s.clock);

	if (monkey_one_in(k, 12)) {
		monkey_hub_join(k);
		return;
	}
	if (model_hub(&k->s.model)->line == HUB_NONE)
		return;
	st.line = lines[monkey_dice(k, 5)];
	st.drill = st.line == HUB_OFFLINE && monkey_one_in(k, 3);
	st.need_login = monkey_one_in(k, 6);
	st.upgrade = monkey_one_in(k, 12);
	st.stuck = monkey_one_in(k, 12);
	st.locked = monkey_one_in(k, 12);
	st.unsent = maybe(k) ? 0 : (int64_t)monkey_dice(k, 3000);
	st.oldest_made = st.unsent ? now - (int64_t)monkey_dice(k, 200000000) : 0;
	st.skew_ms = monkey_one_in(k, 5) ? (int64_t)monkey_dice(k, 8000000) - 4000000 : 0;
	st.conflicts = (int64_t)monkey_dice(k, 3);
	st.rejected = (int64_t)monkey_dice(k, 3);
	model_hub_report(&k->s.model, &st);
}


static void row(struct monkey *k, const char *stream, const char *t, const char *id, json_t *d)
{
	char *json = json_dumps(d, JSON_COMPACT);

	// In the scene's rows ' stands for ".
	for (char *p = json; *p; p++)
		*p = *p == '\'' ? ' ' : *p;
	scene_hub_row(&k->s, stream, t, id, json);
	free(json);
	json_decref(d);
}

static void new_broadcast(struct monkey *k)
{
	static const char *const kinds[] = {"red", "notice", "notice", "policy", "clear", "drill"}, *const severities[] = {"red", "orange", "yellow"};
	const char *kind = kinds[monkey_dice(k, 6)];
	int64_t now = clock_wall(&k->s.clock);
	char id[32];

	snprintf(id, sizeof(id), "bc-%d", (int)monkey_dice(k, 6));
	row(k, "bc/SHA", "broadcast", id,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:I, s:I}", "kind", kind, "severity",
		      strcmp(kind, "red") == 0 ? "red" : severities[monkey_dice(k, 3)], "title", monkey_phrase(k), "body", monkey_phrase(k), "say",
		      monkey_phrase(k), "not_say", monkey_phrase(k), "lines", "6100\n6101", "require_ack", maybe(k), "at", (json_int_t)now, "expires_at",
		      (json_int_t)(now + 600000 * (int64_t)monkey_dice(k, 9))));
}

static void new_request(struct monkey *k)
{
	int64_t now = clock_wall(&k->s.clock);
	char id[32];

	snprintf(id, sizeof(id), "rq-%d", (int)monkey_dice(k, 4));
	row(k, "bc/SHA", "broadcast_request", id,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I}", "title", monkey_phrase(k), "body", monkey_phrase(k), "say",
		      monkey_phrase(k), "state", maybe(k) ? "open" : "declined", "decision_text", monkey_phrase(k), "requested_by",
		      monkey_one_in(k, 3) ? "8001" : "8005", "requested_at", (json_int_t)now, "lapses_at", (json_int_t)now + 3600000, "at",
		      (json_int_t)now, "expires_at", (json_int_t)(now + 600000 * (int64_t)monkey_dice(k, 9))));
}

static void new_conflict(struct monkey *k)
{
	static const char *const reasons[] = {"text", "text", "machine", "approval", "owner"}, *const names[] = {"title", "description", "state", "phones"};
	const char *reason = reasons[monkey_dice(k, 5)];
	json_t *fields = json_object();
	char id[32];

	for (uint64_t n = 1 + monkey_dice(k, 4); n-- > 0;) {
		json_t *f = json_pack("{s:s, s:s}", "mine", monkey_phrase(k), "theirs", monkey_phrase(k));
		if (maybe(k))
			json_object_set_new(f, "base", json_string(monkey_one_in(k, 3) ? "" : monkey_phrase(k)));
		json_object_set_new(fields, names[n], f);
	}
	snprintf(id, sizeof(id), "cf-%d", (int)monkey_dice(k, 7));
	row(k, "q/account", "conflict", id,
	    json_pack("{s:{s:s, s:s, s:s}, s:s, s:s, s:o, s:s, s:I, s:s, s:I, s:I, s:s}", "about", "t", "ticket", "e", "tk-1", "no", monkey_phrase(k),
		      "state", "open", "reason", reason, "fields", fields, "mine_by", maybe(k) ? "8001" : "8007", "mine_at", (json_int_t)SCENE_NOW,
		      "theirs_by", "8005", "theirs_at", (json_int_t)SCENE_NOW, "due_at", (json_int_t)clock_wall(&k->s.clock) + 100000, "owner", "8001"));
}

static void new_incident(struct monkey *k)
{
	static const char *const states[] = {"suspected", "confirmed", "confirmed", "closed"};
	char id[32];

	snprintf(id, sizeof(id), "in-%d", (int)monkey_dice(k, 4));
	row(k, "q/account", "incident", id, json_pack("{s:s, s:s, s:s}", "no", id, "title", monkey_phrase(k), "state", states[monkey_dice(k, 4)]));
}

static void new_station(struct monkey *k)
{
	char id[32];

	snprintf(id, sizeof(id), "st-%d", (int)monkey_dice(k, 9));
	row(k, "dir/SHA", "station", id,
	    json_pack("{s:s, s:s, s:s, s:I, s:I}", "station", id, "agent_name", monkey_phrase(k), "conn", maybe(k) ? "online" : "recovering", "unsent",
		      (json_int_t)monkey_dice(k, 50), "oldest_at", (json_int_t)SCENE_NOW));
}

void monkey_hub_news(struct monkey *k)
{
	static const char *const types[] = {"broadcast", "conflict", "station", "broadcast_request", "incident"},
			  *const heads[] = {"bc", "cf", "st", "rq", "in"};
	static const char *const whys[] = {"forbidden", "not-found", "bad-shape", "op-gap", ""};
	char id[32];

	k->last = "the hub";
	switch (monkey_dice(k, 8)) {
	case 0: case 1: new_line(k); return;
	case 2: maybe(k) ? new_broadcast(k) : new_request(k); break;
	case 3: case 4: new_conflict(k); break;
	case 5: maybe(k) ? new_station(k) : new_incident(k); break;
	case 6:
		if (scene_hub_last_n(&k->s))
			scene_hub_refuse(&k->s, scene_hub_last_n(&k->s), whys[monkey_dice(k, 5)]);
		break;
	default: {
		size_t t = monkey_dice(k, 5);
		snprintf(id, sizeof(id), "%s-%d", heads[t], (int)monkey_dice(k, 9));
		scene_hub_gone(&k->s, types[t], id);
		break;
	}
	}
	model_hub_changed(&k->s.model);
	k->rows++;
}

static void give_receipt(struct monkey *k)
{
	struct hub_receipt r = {.given = maybe(k), .to = 12, .n_counts = 1};

	snprintf(r.counts[0].kind, sizeof(r.counts[0].kind), "note.add");
	snprintf(r.hash, sizeof(r.hash), "%064d", 7);
	snprintf(r.why, sizeof(r.why), "%s", "Something is missing");
	model_hub_receipt_came(&k->s.model, &r);
}

void monkey_hub_obey(struct monkey *k)
{
	struct hub_wish w = model_hub_take_wish(&k->s.model);
	struct hub_status st = *model_hub(&k->s.model);

	free(w.login);
	free(w.password);
	if (w.receipt && maybe(k))
		give_receipt(k);
	if (w.drill_on)
		st.drill = true, st.line = HUB_OFFLINE;
	if (w.drill_off)
		st.drill = false, st.line = HUB_RECOVERING;
	if (w.login)
		st.need_login = st.locked = false;
	if (w.logout)
		st.need_login = true;
	model_hub_report(&k->s.model, &st);
}

// --- what the agent does about it

static void at_the_conflict_desk(struct monkey *k)
{
	static const char deeds[] = "mmttteeunpa";

	k->last = "the conflict desk";
	for (int i = 0; i < 2; i++)
		monkey_press(k, K_ESC);
	if (k->s.ui.screen != SCREEN_CONFLICTS)
		monkey_alt(k, 'j');
	if (!conflicts_count(&k->s.model, CONFLICTS_OPEN)) {
		new_conflict(k);
		scene_hub_changed(&k->s);
	}
	monkey_key(k, (struct key){.kind = K_CHAR, .cp = monkey_one_in(k, 3) ? '1' + (uint32_t)monkey_dice(k, 3) : '1'});
	for (uint64_t n = monkey_dice(k, 9); n-- > 0;) {
		monkey_key(k, (struct key){.kind = K_CHAR, .cp = (uint32_t)deeds[monkey_dice(k, sizeof(deeds) - 1)]});
		if (k->s.ui.popup.kind != POPUP_PROMPT)
			continue;
		monkey_type(k, monkey_phrase(k));
		monkey_press(k, maybe(k) ? K_ENTER : K_ESC);
	}
	monkey_press(k, K_ENTER);
}

// A red broadcast is asked for: it is read, sent, or declined with something typed.
static void decide(struct monkey *k)
{
	k->last = "a red broadcast that is asked for";
	new_request(k);
	scene_hub_changed(&k->s);
	monkey_press(k, K_ESC);
	monkey_alt(k, 'p');
	if (k->s.ui.popup.kind == POPUP_MENU && k->s.ui.popup.rows.n && k->s.ui.popup.rows.v[0].key == '1')
		monkey_type(k, "1");
	if (k->s.ui.popup.kind == POPUP_MENU)
		monkey_type(k, maybe(k) ? "d" : "a");
	if (k->s.ui.popup.kind == POPUP_PROMPT) {
		monkey_type(k, monkey_phrase(k));
		monkey_press(k, maybe(k) ? K_ENTER : K_ESC);
	}
}

// A ticket is opened and what its keys ask is answered, a few steps deep.
static void at_the_ticket_desk(struct monkey *k)
{
	static const char deeds[] = "isssalltbpen";

	k->last = "the ticket desk";
	new_incident(k);
	scene_hub_changed(&k->s);
	for (int i = 0; i < 2; i++)
		monkey_press(k, K_ESC);
	monkey_alt(k, 'q');
	monkey_press(k, K_ENTER);
	for (uint64_t n = 1 + monkey_dice(k, 5); n-- > 0;) {
		monkey_key(k, (struct key){.kind = K_CHAR, .cp = (uint32_t)deeds[monkey_dice(k, sizeof(deeds) - 1)]});
		for (int deep = 0; deep < 3 && k->s.ui.popup.kind != POPUP_NONE; deep++) {
			if (k->s.ui.popup.kind == POPUP_PROMPT)
				monkey_type(k, monkey_phrase(k));
			for (uint64_t i = k->s.ui.popup.kind == POPUP_PROMPT ? 0 : monkey_dice(k, 5); i-- > 0;)
				monkey_press(k, K_DOWN);
			monkey_press(k, monkey_one_in(k, 5) ? K_ESC : K_ENTER);
		}
	}
}

void monkey_at_the_hub(struct monkey *k)
{
	static const char rows[] = "lsrcbtdorx", kinds[] = "nyorc";

	if (maybe(k)) {
		at_the_conflict_desk(k);
		return;
	}
	if (monkey_one_in(k, 3)) {
		maybe(k) ? decide(k) : at_the_ticket_desk(k);
		return;
	}
	k->last = "the hub's dialogs";
	monkey_press(k, K_ESC);
	monkey_alt(k, monkey_one_in(k, 3) ? 'p' : 'h');
	monkey_key(k, (struct key){.kind = K_CHAR, .cp = (uint32_t)rows[monkey_dice(k, sizeof(rows) - 1)]});
	if (k->s.ui.popup.kind == POPUP_CONFIRM)
		monkey_type(k, maybe(k) ? "y" : "n");
	// A drill that was begun is looked at before anything else ends it.
	if (model_hub(&k->s.model)->drill && k->s.ui.popup.kind == POPUP_NONE) {
		monkey_alt(k, 'h');
		monkey_type(k, maybe(k) ? "dy" : "dn");
	}
	if (k->s.ui.popup.kind == POPUP_MENU && maybe(k))
		monkey_key(k, (struct key){.kind = K_CHAR, .cp = (uint32_t)kinds[monkey_dice(k, sizeof(kinds) - 1)]});
	for (size_t i = 0; i < 8 && k->s.ui.popup.kind == POPUP_PROMPT; i++) {
		monkey_type(k, monkey_phrase(k));
		monkey_press(k, K_ENTER);
	}
}
