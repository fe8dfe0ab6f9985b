// SPDX-License-Identifier: MIT
// Knows how a message reaches the user's language: English ids through gettext.
#ifndef BASE_I18N_H
#define BASE_I18N_H

#include <libintl.h>
#include <stdbool.h>

#define _(s) i18n_text(s)
#define N_(s) (s)
#undef ngettext
#define ngettext(one, many, n) i18n_count((one), (many), (n))

// The message in the user's language; the id itself where it has no translation. Static.
const char *i18n_text(const char *id) __attribute__((format_arg(1)));
const char *i18n_count(const char *one, const char *many, unsigned long n) __attribute__((format_arg(1), format_arg(2)));

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
