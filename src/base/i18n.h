// SPDX-License-Identifier: MIT
// Knows how a message reaches the user's language: English ids through gettext.
#ifndef BASE_I18N_H
#define BASE_I18N_H

#include <libintl.h>
#include <stdbool.h>

#define _(s) gettext(s)
#define N_(s) (s)

enum lang {
	LANG_EN,
	LANG_ZH,
};

// Chooses the language: want ("zh_CN", "en", NULL: LC_ALL, LC_MESSAGES, LANG, else English), sets LANGUAGE and binds the
// catalogue in dir (NULL: $ZUOXI_LOCALEDIR, else the installed place, else the build tree). False if want is neither.
bool i18n_init(const char *want, const char *dir);
enum lang i18n_lang(void);
// Picks the text of a content pair by the current language; falls back to the other when one is missing.
const char *i18n_pick(const char *zh, const char *en);

#endif
