// SPDX-License-Identifier: MIT
// Knows the events of a contact: the only thing that is ever written about it, and what its state is folded from.
#include "src/desk/event.h"

#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/lexicon.h"
#include "src/desk/mask.h"
#include "src/desk/script_run.h"
#include "src/desk/wrapup.h"

static const struct {
	const char *name, *label; // label is a message id for the timeline
	bool undoable;
} types[EVENT_TYPES] = {
	[EV_START] = {"start", N_("Contact"), false},
	[EV_RING] = {"ring", N_("Ringing"), false},
	[EV_ANSWER] = {"answer", N_("Answered"), false},
	[EV_MISSED] = {"missed", N_("Missed"), false},
	[EV_ABANDONED] = {"abandoned", N_("Customer gave up"), false},
	[EV_SAY] = {"say", N_("Said"), false},
	[EV_CLASSIFY] = {"classify", N_("Category"), true},
	[EV_INTENT] = {"intent", N_("Intent"), true},
	[EV_DIFFICULTY] = {"difficulty", N_("Difficulty"), true},
	[EV_STAGE] = {"stage", N_("Step"), true},
	[EV_MARK] = {"mark", N_("Stamp"), true},
	[EV_KB_SEARCH] = {"kb_search", N_("Searched"), false},
	[EV_KB_OPEN] = {"kb_open", N_("Opened article"), false},
	[EV_KB_CITE] = {"kb_cite", N_("Cited"), true},
	[EV_KB_VOTE] = {"kb_vote", N_("Voted"), false},
	[EV_KB_UPDATE] = {"kb_update", N_("Knowledge update"), false},
	[EV_KB_PIN] = {"kb_pin", N_("Talk track"), true},
	[EV_SCRIPT_START] = {"script_start", N_("Script"), true},
	[EV_SCRIPT_VISIT] = {"script_visit", N_("Script step"), true},
	[EV_SCRIPT_TICK] = {"script_tick", N_("Said line"), true},
	[EV_SCRIPT_SKIP] = {"script_skip", N_("Skipped step"), true},
	[EV_FORM_SET] = {"form_set", N_("Form"), true},
	[EV_NEED] = {"need", N_("Need"), true},
	[EV_RESTATE] = {"restate", N_("Restated"), true},
	[EV_VERIFY] = {"verify", N_("Identity check"), true},
	[EV_EMOTION] = {"emotion", N_("Emotion"), true},
	[EV_HOLD] = {"hold", N_("Hold"), false},
	[EV_RESUME] = {"resume", N_("Resumed"), false},
	[EV_CONSULT] = {"consult", N_("Consulting"), false},
	[EV_CONSULT_BACK] = {"consult_back", N_("Back from consulting"), false},
	[EV_TRANSFER] = {"transfer", N_("Transferred"), false},
	[EV_CONFERENCE] = {"conference", N_("Conference"), false},
	[EV_LEAVE] = {"leave", N_("Left the conference"), false},
	[EV_DROP] = {"drop", N_("Line dropped"), false},
	[EV_CALL_BACK] = {"call_back", N_("Called back"), false},
	[EV_GIVE_UP] = {"give_up", N_("Not reached again"), false},
	[EV_HANGUP] = {"hangup", N_("Hung up"), false},
	[EV_CUSTOMER] = {"customer", N_("Customer"), true},
	[EV_TICKET_CREATE] = {"ticket_create", N_("Ticket"), false},
	[EV_TICKET_UPDATE] = {"ticket_update", N_("Ticket changed"), false},
	[EV_ESCALATE] = {"escalate", N_("Escalated"), false},
	[EV_CALLBACK_BOOK] = {"callback_book", N_("Call-back booked"), false},
	[EV_OFFER] = {"offer", N_("Offer"), true},
	[EV_FAULT_KEY] = {"fault_key", N_("Fault reported"), false},
	[EV_NOTE] = {"note", N_("Note"), true},
	[EV_LEXICON_HIT] = {"lexicon_hit", N_("Wording"), false},
	[EV_DISPOSITION] = {"disposition", N_("Disposition"), true},
	[EV_FOLLOW_UP] = {"follow_up", N_("Follow-up"), true},
	[EV_UNDO] = {"undo", N_("Taken back"), false},
	[EV_CLOSE] = {"close", N_("Saved"), false},
	[EV_CORRECT] = {"correct", N_("Correction"), false},
	[EV_END] = {"end", N_("End"), false},
	[EV_SILENCE] = {"silence", N_("Silence"), false},
	[EV_HINT] = {"hint", N_("Hint"), false},
	[EV_PAUSE] = {"pause", N_("Pause"), false},
	[EV_INJECT] = {"inject", N_("Trainer intervened"), false},
	[EV_BROADCAST_ACK] = {"broadcast_ack", N_("Broadcast acknowledged"), false},
	[EV_BEAT] = {"beat", N_("Turn of the customer"), false},
	[EV_CURVEBALL] = {"curveball", N_("Surprise"), false},
	[EV_TAG] = {"tag", N_("Marked moment"), false},
	[EV_WHISPER] = {"whisper", N_("Whisper"), false},
	[EV_OUTCOME] = {"outcome", N_("How it ended"), false},
};

static const char *const keys[] = {
	"at",     "call",  "channel", "class",	 "code",   "confirmed", "direction", "field", "form",	"id",
	"intent", "key",   "kind",    "level",	 "mark",   "method",	"mode",	     "n",     "name",	"no",
	"node",	  "number", "op",     "packet",	 "passed", "proposal",	"q",	     "queue", "rank",	"reason",
	"result", "resolution", "script", "second", "seq", "side",	"source",    "stage", "target", "term",
	"text",	  "ticket", "tier",   "title",	 "type",   "value",	"ver",	     "version", "vote", "difficulty",
	"title_en", "language", "flags", "mono", "boot", "joined",
};

const char *event_type_name(enum event_type t)
{
	return types[t].name;
}

bool event_type_parse(struct sv name, enum event_type *out)
{
	for (int i = 0; i < EVENT_TYPES; i++)
		if (sv_eqz(name, types[i].name)) {
			*out = (enum event_type)i;
			return true;
		}
	return false;
}

const char *event_key(struct sv name)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (sv_eqz(name, keys[i]))
			return keys[i];
	return NULL;
}

bool event_undoable(enum event_type t)
{
	return types[t].undoable;
}

void event_put(struct event *ev, const char *key, const char *value)
{
	struct str b = {0};

	if (!value)
		return;
	if (ev->pairs == EVENT_PAIRS)
		BUG("event %s has too many pairs", types[ev->type].name);
	const char *known = event_key(sv(key));
	if (!known)
		BUG("event key %s is not in the list", key);
	utf8_clean(&b, sv(value), UTF8_KEEP_NL);
	ev->pair[ev->pairs++] = (struct event_pair){.key = known, .value = str_take(&b)};
}

void event_replace(struct event *ev, const char *key, const char *value)
{
	for (int i = 0; i < ev->pairs; i++)
		if (strcmp(ev->pair[i].key, key) == 0) {
			char *copy = xstrdup(value);
			free(ev->pair[i].value);
			ev->pair[i].value = copy;
		}
}

void event_put_int(struct event *ev, const char *key, int64_t value)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "%lld", (long long)value);
	event_put(ev, key, buf);
}

const char *event_get(const struct event *ev, const char *key)
{
	for (int i = 0; i < ev->pairs; i++)
		if (strcmp(ev->pair[i].key, key) == 0)
			return ev->pair[i].value;
	return "";
}

int64_t event_get_int(const struct event *ev, const char *key, int64_t otherwise)
{
	int64_t v;

	return parse_int(sv(event_get(ev, key)), INT64_MIN, INT64_MAX, &v) ? v : otherwise;
}

void event_release(struct event *ev)
{
	for (int i = 0; i < ev->pairs; i++)
		free(ev->pair[i].value);
	*ev = (struct event){0};
}

void event_copy(struct event *to, const struct event *from)
{
	*to = *from;
	for (int i = 0; i < from->pairs; i++)
		to->pair[i].value = xstrdup(from->pair[i].value);
}

static const char *side_label(const char *side)
{
	return strcmp(side, "agent") == 0 ? _("agent") : strcmp(side, "customer") == 0 ? _("customer") : side;
}

#define LABEL_OF(kind, value)                                                                  \
	do {                                                                                   \
		enum kind known_;                                                              \
		if (kind##_parse(sv(value), &known_))                                          \
			return kind##_label(known_);                                           \
	} while (0)

// Why the customer of an exercise hung up, why an exercise was over.
static const char *reason_label(const char *code)
{
	static const struct {
		const char *code, *label;
	} known[] = {
		{"done", N_("all said")}, {"end", N_("had enough")}, {"emotion", N_("too upset")}, {"patience", N_("out of patience")},
		{"hold", N_("waited too long")}, {"time", N_("time is up")}, {"saved", ""}, {"wrap_limit", N_("wrap-up not saved in time")},
		{"suspended", N_("interrupted for too long")}, {"swap", N_("roles exchanged")},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(known[i].code, code) == 0)
			return *known[i].label ? _(known[i].label) : "";
	return code;
}

// The word people know for a code; the value itself where it is text already.
static const char *value_label(enum event_type type, const char *key, const char *value)
{
	if (strcmp(key, "side") == 0)
		return side_label(value);
	if (strcmp(key, "mark") == 0)
		LABEL_OF(script_mark, value);
	if (strcmp(key, "stage") == 0)
		LABEL_OF(script_stage, value);
	if (strcmp(key, "intent") == 0)
		LABEL_OF(intent, value);
	if (strcmp(key, "difficulty") == 0)
		LABEL_OF(difficulty, value);
	if (strcmp(key, "resolution") == 0)
		LABEL_OF(resolution, value);
	if (strcmp(key, "class") == 0 && type == EV_EMOTION)
		LABEL_OF(emotion_class, value);
	if (strcmp(key, "class") == 0) {
		// "empathy.anxiety": the list, and which feeling of it.
		enum lexicon_list list;
		if (lexicon_list_parse(sv_n(value, strcspn(value, ".")), &list))
			return lexicon_list_label(list);
	}
	if (strcmp(key, "result") == 0 && type == EV_OUTCOME)
		return strcmp(value, "success") == 0 ? _("reached its goal")
		       : strcmp(value, "fail") == 0  ? _("missed its goal")
		       : strcmp(value, "time") == 0  ? _("out of time")
		       : strcmp(value, "aborted") == 0 ? _("given up")
						       : value;
	if (strcmp(key, "reason") == 0 && (type == EV_OUTCOME || type == EV_HANGUP))
		return reason_label(value);
	if (strcmp(key, "result") == 0 && type == EV_OFFER)
		LABEL_OF(offer_outcome, value);
	if (strcmp(key, "kind") == 0 && type == EV_ESCALATE)
		return escalate_kind_label(value);
	if (strcmp(key, "type") == 0 && type == EV_FAULT_KEY)
		return fault_type_label(value);
	if (strcmp(key, "kind") == 0 && type == EV_KB_UPDATE)
		LABEL_OF(kb_update, value);
	if (strcmp(key, "reason") == 0 && type == EV_KB_UPDATE)
		LABEL_OF(kb_skip, value);
	if (strcmp(key, "vote") == 0)
		return *value == '-' ? _("not helpful") : _("helpful");
	if (strcmp(key, "confirmed") == 0)
		return *value == '1' ? _("confirmed by the customer") : "";
	if (strcmp(key, "passed") == 0)
		return *value == '1' ? _("passed") : _("not passed");
	return value;
}

// Values that only machines read: ids of tickets and records, how a transfer was dialled.
static bool for_machines(enum event_type type, const char *key)
{
	if (type == EV_TICKET_CREATE || type == EV_TICKET_UPDATE)
		return strcmp(key, "id") == 0 || strcmp(key, "text") == 0;
	if (type == EV_FORM_SET || type == EV_START)
		return strcmp(key, "class") == 0 || strcmp(key, "kind") == 0;
	return type == EV_VERIFY && strcmp(key, "method") == 0;
}

void event_describe(const struct event *ev, struct str *out)
{
	// Values a reader of the timeline looks for first; the rest is in --json.
	static const char *const shown[] = {"node", "field", "value", "code", "intent", "difficulty", "mark", "stage", "class",
					    "term", "level", "passed", "title", "id", "vote", "q", "method", "target", "no",
					    "kind", "type", "result", "resolution", "reason", "side", "text", "confirmed", "at"};

	// What was written or said: by whom, then the words.
	if (ev->type == EV_SAY && *event_get(ev, "text")) {
		str_addf(out, "%s: %s", side_label(event_get(ev, "side")), event_get(ev, "text"));
		return;
	}
	if (ev->type == EV_PAUSE) {
		str_add(out, event_get_int(ev, "value", 1) ? _(types[ev->type].label) : _("Goes on"));
		return;
	}
	str_add(out, _(types[ev->type].label));
	// A person is told by name, and the name only as far as others may see it; the id says nothing to a reader.
	if (ev->type == EV_CUSTOMER && *event_get(ev, "name")) {
		str_addc(out, ' ');
		mask_value(MASK_NAME, sv(event_get(ev, "name")), out);
		return;
	}
	if (ev->type == EV_EMOTION && strcmp(event_get(ev, "level"), "0") == 0) {
		str_addf(out, " %s", _("calm"));
		return;
	}
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		const char *v = event_get(ev, shown[i]);
		if (!*v || for_machines(ev->type, shown[i]))
			continue;
		const char *label = value_label(ev->type, shown[i], v);
		if (strcmp(shown[i], "level") == 0 || (label != v && strcmp(shown[i], "confirmed") == 0 && *label))
			str_addf(out, " (%s)", label);
		else if (*label)
			str_addf(out, " %s", label);
	}
}
