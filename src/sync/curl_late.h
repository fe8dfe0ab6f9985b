// SPDX-License-Identifier: MIT
// Knows libcurl, which is loaded when a hub is first asked and not before.
//
// With the thirty libraries it brings it would add more to the start of the program than everything else together, while the agent
// waits for the first frame. Include this in place of <curl/curl.h>; the names are libcurl's own.
#ifndef SYNC_CURL_LATE_H
#define SYNC_CURL_LATE_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "src/base/err.h"

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_share_setopt
#undef curl_multi_setopt

#define CURL_CALLS(X) \
	X(global_init) \
	X(easy_init) X(easy_cleanup) X(easy_setopt) X(easy_getinfo) X(easy_strerror) X(multi_init) X(multi_cleanup) \
		X(easy_pause) X(multi_setopt) X(multi_add_handle) X(multi_remove_handle) X(multi_socket_action) X(multi_info_read) \
			X(multi_assign) X(share_init) X(share_setopt) X(share_cleanup) X(slist_append) X(slist_free_all) X(url) \
				X(url_cleanup) X(url_set) X(url_get) X(free)

struct curl_calls {
#define CURL_CALL(name) __typeof__(curl_##name) *name;
	CURL_CALLS(CURL_CALL)
#undef CURL_CALL
};
extern struct curl_calls curl_late;
// Loads and starts the library, once in the process, from whatever thread is first; takes some ms. ERR_IO says what is missing.
must_use bool curl_late_load(struct err *e);

#ifndef CURL_LATE_OWN
#define curl_easy_init curl_late.easy_init
#define curl_easy_cleanup curl_late.easy_cleanup
#define curl_easy_setopt curl_late.easy_setopt
#define curl_easy_getinfo curl_late.easy_getinfo
#define curl_easy_pause curl_late.easy_pause
#define curl_easy_strerror curl_late.easy_strerror
#define curl_multi_init curl_late.multi_init
#define curl_multi_cleanup curl_late.multi_cleanup
#define curl_multi_setopt curl_late.multi_setopt
#define curl_multi_add_handle curl_late.multi_add_handle
#define curl_multi_remove_handle curl_late.multi_remove_handle
#define curl_multi_socket_action curl_late.multi_socket_action
#define curl_multi_info_read curl_late.multi_info_read
#define curl_multi_assign curl_late.multi_assign
#define curl_share_init curl_late.share_init
#define curl_share_setopt curl_late.share_setopt
#define curl_share_cleanup curl_late.share_cleanup
#define curl_slist_append curl_late.slist_append
#define curl_slist_free_all curl_late.slist_free_all
#define curl_url curl_late.url
#define curl_url_cleanup curl_late.url_cleanup
#define curl_url_set curl_late.url_set
#define curl_url_get curl_late.url_get
#define curl_free curl_late.free
#endif

#endif
