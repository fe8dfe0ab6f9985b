// SPDX-License-Identifier: MIT
// Knows how libcurl is loaded.
#define CURL_LATE_OWN
#include "src/sync/curl_late.h"

#include <dlfcn.h>
#include <pthread.h>

#include "src/base/i18n.h"

struct curl_calls curl_late;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool there;
static char missing[200];

static bool find(void *lib, const char *name, void *out)
{
	void *at = dlsym(lib, name);

	if (!at && !*missing)
		snprintf(missing, sizeof(missing), "%s", name);
	memcpy(out, &at, sizeof(at)); // a pointer to a function, which C does not convert
	return at != NULL;
}

// Stays loaded until the program ends.
static void load(void)
{
	void *lib = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

	if (!lib) {
		snprintf(missing, sizeof(missing), "%s", dlerror());
		return;
	}
	there = true;
#define CURL_FIND(name) there = find(lib, "curl_" #name, &curl_late.name) && there;
	CURL_CALLS(CURL_FIND)
#undef CURL_FIND
	there = there && curl_late.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

bool curl_late_load(struct err *e)
{
	pthread_once(&once, load);
	return there ||
	       err_set(e, ERR_IO, _("libcurl cannot be used, and without it no hub: install libcurl 7.88 or later (%s)"), missing);
}
