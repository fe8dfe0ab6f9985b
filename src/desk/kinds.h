// SPDX-License-Identifier: MIT
// Knows the small closed lists of the work (channel, intent, difficulty ...), their stable codes and their labels.
#ifndef DESK_KINDS_H
#define DESK_KINDS_H

#include "src/base/err.h"
#include "src/base/str.h"

// Source of all lists: domain.md §1.7, §3.3, §3.4, §5.7. Codes are stored and sent; they never change. Where 0 is "not
// set yet" its code is "" and its label is an em dash.
enum channel { CHANNEL_PHONE, CHANNEL_CHAT, CHANNEL_EMAIL, CHANNEL_SMS, CHANNEL_SOCIAL, CHANNEL_COUNTER, CHANNEL_PRACTICE };
enum direction { DIRECTION_IN, DIRECTION_OUT };
enum source { SOURCE_MANUAL, SOURCE_CTI, SOURCE_CHAT, SOURCE_PRACTICE, SOURCE_IMPORT };
enum contact_mode { MODE_LIVE, MODE_PRACTICE, MODE_EXAM };
enum intent {
	INTENT_NONE,
	INTENT_ENQUIRY,
	INTENT_COMPLAINT,
	INTENT_SUGGESTION,
	INTENT_TRANSACTION,
	INTENT_PRAISE,
	INTENT_OTHER,
};
enum difficulty { DIFFICULTY_NONE, DIFFICULTY_SIMPLE, DIFFICULTY_COMPLEX, DIFFICULTY_HARD };
enum resolution {
	RESOLUTION_NONE,
	RESOLUTION_RESOLVED,
	RESOLUTION_PENDING,
	RESOLUTION_TRANSFERRED,
	RESOLUTION_CALLBACK,
	RESOLUTION_NOT_RESOLVED,
	RESOLUTION_INVALID,
};
enum tier { TIER_NORMAL, TIER_SILVER, TIER_GOLD, TIER_VIP };
enum complaint_level { COMPLAINT_NONE, COMPLAINT_C1, COMPLAINT_C2, COMPLAINT_C3, COMPLAINT_C4 };
enum xdept { XDEPT_NONE, XDEPT_TECH, XDEPT_COMPLIANCE, XDEPT_PRODUCT, XDEPT_LOGISTICS, XDEPT_FINANCE, XDEPT_MARKETING };
enum emotion_class { EMOTION_ANY, EMOTION_ANGER, EMOTION_ANXIETY, EMOTION_SAD };

// For each list X: X_code gives the stable code (static), X_label the text for people in the user's language (static,
// from the catalogue), X_parse reads a code (false, *out untouched, when there is no such code).
#define KIND_DECLARE(name)                                                                     \
	const char *name##_code(enum name v);                                                  \
	const char *name##_label(enum name v);                                                 \
	must_use bool name##_parse(struct sv code, enum name *out);
KIND_DECLARE(channel)
KIND_DECLARE(direction)
KIND_DECLARE(source)
KIND_DECLARE(contact_mode)
KIND_DECLARE(intent)
KIND_DECLARE(difficulty)
KIND_DECLARE(resolution)
KIND_DECLARE(tier)
KIND_DECLARE(complaint_level)
KIND_DECLARE(xdept)
KIND_DECLARE(emotion_class)

// Difficulty rises by itself: the second contact on a simple case makes it complex, the third makes it hard
// (domain.md §5.3). contacts counts this one; an unset difficulty stays unset.
enum difficulty difficulty_after_contacts(enum difficulty d, int contacts);

// The shape behind those functions, for the other lists of this folder (call and ticket states ...).
struct kind_row {
	const char *code, *label; // label is a message id
};
const char *kind_code(const struct kind_row *rows, size_t n, size_t v);
const char *kind_label(const struct kind_row *rows, size_t n, size_t v);
must_use bool kind_parse(const struct kind_row *rows, size_t n, struct sv code, size_t *out);
#define KIND_DEFINE(name, rows)                                                                \
	const char *name##_code(enum name v)                                                   \
	{                                                                                      \
		return kind_code(rows, sizeof(rows) / sizeof(*(rows)), (size_t)v);             \
	}                                                                                      \
	const char *name##_label(enum name v)                                                  \
	{                                                                                      \
		return kind_label(rows, sizeof(rows) / sizeof(*(rows)), (size_t)v);            \
	}                                                                                      \
	bool name##_parse(struct sv code, enum name *out)                                      \
	{                                                                                      \
		size_t i;                                                                      \
		if (!kind_parse(rows, sizeof(rows) / sizeof(*(rows)), code, &i))               \
			return false;                                                          \
		*out = (enum name)i;                                                           \
		return true;                                                                   \
	}

#endif
