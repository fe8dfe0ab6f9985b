// SPDX-License-Identifier: MIT
// Knows how a message reaches the user's language: English ids through gettext.
#include "src/base/i18n.h"

#include <locale.h>
#include <unistd.h>

#include "src/base/str.h"

#ifndef ZUOXI_LOCALEDIR
#define ZUOXI_LOCALEDIR "/usr/local/share/locale"
#endif

// Where the build puts its catalogues, for a program that is not installed; "" in packages.
#ifndef ZUOXI_BUILD_LOCALEDIR
#define ZUOXI_BUILD_LOCALEDIR ""
#endif

static enum lang current;

static const char *catalogues(void)
{
	const char *env = getenv("ZUOXI_LOCALEDIR");
	if (!str_empty(env))
		return env;
	if (access(ZUOXI_LOCALEDIR "/zh_CN/LC_MESSAGES/zuoxi.mo", R_OK) == 0 || !*ZUOXI_BUILD_LOCALEDIR)
		return ZUOXI_LOCALEDIR;
	return ZUOXI_BUILD_LOCALEDIR;
}

static const char *from_env(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < 3; i++) {
		const char *v = getenv(names[i]);
		if (!str_empty(v))
			return v;
	}
	return "";
}

bool i18n_init(const char *want, const char *dir)
{
	bool known = true;

	if (want && strcmp(want, "zh_CN") != 0 && strcmp(want, "zh") != 0 && strcmp(want, "en") != 0)
		known = false;
	current = str_starts(want && known ? want : from_env(), "zh") ? LANG_ZH : LANG_EN;
	// gettext asks LANGUAGE first, but not in the locale "C"; utf8_init has seen to a UTF-8 one for LC_CTYPE.
	setenv("LANGUAGE", current == LANG_ZH ? "zh_CN" : "en", 1);
	if (!setlocale(LC_MESSAGES, "C.UTF-8"))
		setlocale(LC_MESSAGES, "");
	bindtextdomain("zuoxi", dir ? dir : catalogues());
	bind_textdomain_codeset("zuoxi", "UTF-8");
	textdomain("zuoxi");
	return known;
}

enum lang i18n_lang(void)
{
	return current;
}

const char *i18n_pick(const char *zh, const char *en)
{
	const char *first = current == LANG_ZH ? zh : en, *second = current == LANG_ZH ? en : zh;

	return !str_empty(first) ? first : second ? second : "";
}
