// SPDX-License-Identifier: MIT
// Knows text of content packs for people: a pair of Chinese and English.
#ifndef DESK_LABEL_H
#define DESK_LABEL_H

#include "src/base/i18n.h"

// Both borrowed from the arena of the pack; either may be NULL.
struct label {
	const char *zh, *en;
};

// The text in the user's language, the other one when it is missing, never NULL.
static inline const char *label_text(struct label l)
{
	return i18n_pick(l.zh, l.en);
}

// The same in that language, whatever the user's is.
static inline const char *label_in(struct label l, enum lang lang)
{
	const char *first = lang == LANG_EN ? l.en : l.zh, *second = lang == LANG_EN ? l.zh : l.en;

	return first && *first ? first : second ? second : "";
}

#endif
