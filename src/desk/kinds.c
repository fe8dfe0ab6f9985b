// SPDX-License-Identifier: MIT
// Knows the codes and labels of the small closed lists.
#include "src/desk/kinds.h"

#include "src/base/i18n.h"

const char *kind_code(const struct kind_row *rows, size_t n, size_t v)
{
	if (v >= n)
		BUG("value %zu is outside a list of %zu", v, n);
	return rows[v].code;
}

const char *kind_label(const struct kind_row *rows, size_t n, size_t v)
{
	if (v >= n)
		BUG("value %zu is outside a list of %zu", v, n);
	return _(rows[v].label);
}

bool kind_parse(const struct kind_row *rows, size_t n, struct sv code, size_t *out)
{
	for (size_t i = 0; i < n; i++) {
		if (sv_eqz(code, rows[i].code)) {
			*out = i;
			return true;
		}
	}
	return false;
}

static const struct kind_row channels[] = {
	[CHANNEL_PHONE] = {"phone", N_("Phone")},
	[CHANNEL_CHAT] = {"chat", N_("Chat")},
	[CHANNEL_EMAIL] = {"email", N_("E-mail")},
	[CHANNEL_SMS] = {"sms", N_("Text message")},
	[CHANNEL_SOCIAL] = {"social", N_("Social media")},
	[CHANNEL_COUNTER] = {"counter", N_("Counter")},
	[CHANNEL_PRACTICE] = {"practice", N_("Practice")},
};
KIND_DEFINE(channel, channels)

static const struct kind_row directions[] = {
	[DIRECTION_IN] = {"in", N_("Inbound")},
	[DIRECTION_OUT] = {"out", N_("Outbound")},
};
KIND_DEFINE(direction, directions)

static const struct kind_row sources[] = {
	[SOURCE_MANUAL] = {"manual", N_("Entered by hand")},
	[SOURCE_CTI] = {"cti", N_("Telephone system")},
	[SOURCE_CHAT] = {"chat", N_("Chat")},
	[SOURCE_PRACTICE] = {"practice", N_("Practice")},
	[SOURCE_IMPORT] = {"import", N_("Imported")},
};
KIND_DEFINE(source, sources)

static const struct kind_row modes[] = {
	[MODE_LIVE] = {"live", N_("Live")},
	[MODE_PRACTICE] = {"practice", N_("Practice")},
	[MODE_EXAM] = {"exam", N_("Exam")},
};
KIND_DEFINE(contact_mode, modes)

static const struct kind_row intents[] = {
	[INTENT_NONE] = {"", N_("—")},
	[INTENT_ENQUIRY] = {"enquiry", N_("Enquiry")},
	[INTENT_COMPLAINT] = {"complaint", N_("Complaint")},
	[INTENT_SUGGESTION] = {"suggestion", N_("Suggestion")},
	[INTENT_TRANSACTION] = {"transaction", N_("Transaction")},
	[INTENT_PRAISE] = {"praise", N_("Praise")},
	[INTENT_OTHER] = {"other", N_("Other")},
};
KIND_DEFINE(intent, intents)

static const struct kind_row difficulties[] = {
	[DIFFICULTY_NONE] = {"", N_("—")},
	[DIFFICULTY_SIMPLE] = {"simple", N_("Simple")},
	[DIFFICULTY_COMPLEX] = {"complex", N_("Complex")},
	[DIFFICULTY_HARD] = {"hard", N_("Hard")},
};
KIND_DEFINE(difficulty, difficulties)

static const struct kind_row resolutions[] = {
	[RESOLUTION_NONE] = {"", N_("—")},
	[RESOLUTION_RESOLVED] = {"resolved", N_("Solved")},
	[RESOLUTION_PENDING] = {"pending", N_("Pending")},
	[RESOLUTION_TRANSFERRED] = {"transferred", N_("Transferred")},
	[RESOLUTION_CALLBACK] = {"callback", N_("Call-back")},
	[RESOLUTION_NOT_RESOLVED] = {"not_resolved", N_("Not solved")},
	[RESOLUTION_INVALID] = {"invalid", N_("No case")},
};
KIND_DEFINE(resolution, resolutions)

static const struct kind_row tiers[] = {
	[TIER_NORMAL] = {"normal", N_("Standard")},
	[TIER_SILVER] = {"silver", N_("Silver")},
	[TIER_GOLD] = {"gold", N_("Gold")},
	[TIER_VIP] = {"vip", N_("VIP")},
};
KIND_DEFINE(tier, tiers)

static const struct kind_row complaint_levels[] = {
	[COMPLAINT_NONE] = {"", N_("—")},
	[COMPLAINT_C1] = {"C1", N_("C1 ordinary")},
	[COMPLAINT_C2] = {"C2", N_("C2 considerable")},
	[COMPLAINT_C3] = {"C3", N_("C3 serious")},
	[COMPLAINT_C4] = {"C4", N_("C4 grave")},
};
KIND_DEFINE(complaint_level, complaint_levels)

static const struct kind_row xdepts[] = {
	[XDEPT_NONE] = {"none", N_("None")},
	[XDEPT_TECH] = {"tech", N_("Technical")},
	[XDEPT_COMPLIANCE] = {"compliance", N_("Compliance")},
	[XDEPT_PRODUCT] = {"product", N_("Product")},
	[XDEPT_LOGISTICS] = {"logistics", N_("Logistics")},
	[XDEPT_FINANCE] = {"finance", N_("Finance")},
	[XDEPT_MARKETING] = {"marketing", N_("Marketing")},
};
KIND_DEFINE(xdept, xdepts)

static const struct kind_row emotions[] = {
	[EMOTION_ANY] = {"any", N_("Any emotion")},
	[EMOTION_ANGER] = {"anger", N_("Anger")},
	[EMOTION_ANXIETY] = {"anxiety", N_("Anxiety")},
	[EMOTION_SAD] = {"sad", N_("Sadness")},
};
KIND_DEFINE(emotion_class, emotions)

enum difficulty difficulty_after_contacts(enum difficulty d, int contacts)
{
	if (d == DIFFICULTY_NONE || contacts < 2)
		return d;
	if (contacts >= 3)
		return DIFFICULTY_HARD;
	return d == DIFFICULTY_SIMPLE ? DIFFICULTY_COMPLEX : d;
}
