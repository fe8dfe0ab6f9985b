// SPDX-License-Identifier: MIT
// Knows how a message reaches the user's language: English ids through gettext.
#include "src/base/i18n.h"

#include <locale.h>
#include <unistd.h>

#include "src/base/catalogue.h"
#include "src/base/path.h"

#ifndef ZUOXI_LOCALEDIR
#define ZUOXI_LOCALEDIR "/usr/local/share/locale"
#endif

// Where the build puts its catalogues, for a program that is not installed; "" in packages.
#ifndef ZUOXI_BUILD_LOCALEDIR
#define ZUOXI_BUILD_LOCALEDIR ""
#endif

static enum lang current;
static struct catalogue *own; // read by ourselves where gettext will not; see catalogue.h

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

// The user's locale if it is a real one, else any that is installed: LANGUAGE decides what is shown.
static void choose_messages(void)
{
	static const char *const any[] = {"zh_CN.UTF-8", "en_US.UTF-8", "en_GB.UTF-8", "C.UTF-8"};
	const char *now = setlocale(LC_MESSAGES, "");

	if (now && strcmp(now, "C") != 0 && strcmp(now, "POSIX") != 0 && !str_starts(now, "C."))
		return;
	for (size_t i = 0; i < sizeof(any) / sizeof(*any); i++)
		if (setlocale(LC_MESSAGES, any[i]))
			return;
}

// A catalogue that is there and has no effect is read by ourselves. Its header, the translation of "", is the test.
static void read_own(const char *dir)
{
	char *path;

	catalogue_close(own);
	own = NULL;
	if (current == LANG_EN || *gettext(""))
		return;
	path = xasprintf("%s/zh_CN/LC_MESSAGES/zuoxi.mo", dir);
	if (path_exists(path) && !catalogue_open(&own, path, NULL))
		own = NULL;
	free(path);
}

bool i18n_init(const char *want, const char *dir)
{
	bool known = true;

	if (want && strcmp(want, "zh_CN") != 0 && strcmp(want, "zh") != 0 && strcmp(want, "en") != 0)
		known = false;
	current = str_starts(want && known ? want : from_env(), "zh") ? LANG_ZH : LANG_EN;
	// gettext asks LANGUAGE first, but only where the locale of messages is a real one.
	setenv("LANGUAGE", current == LANG_ZH ? "zh_CN" : "en", 1);
	choose_messages();
	if (!dir)
		dir = catalogues();
	bindtextdomain("zuoxi", dir);
	bind_textdomain_codeset("zuoxi", "UTF-8");
	textdomain("zuoxi");
	read_own(dir);
	return known;
}

const char *i18n_text(const char *id)
{
	const char *text = own && *id ? catalogue_text(own, id) : NULL;

	// The ids are English; a screen asks for a hundred of them at every key.
	if (current == LANG_EN && *id)
		return id;
	return text ? text : own ? id : dcgettext(NULL, id, LC_MESSAGES);
}

const char *i18n_count(const char *one, const char *many, unsigned long n)
{
	// Chinese has one form; in the file it stands under the id of the singular.
	const char *text = own ? catalogue_text(own, one) : NULL;

	return text ? text : own ? (n == 1 ? one : many) : dcngettext(NULL, one, many, n, LC_MESSAGES);
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
