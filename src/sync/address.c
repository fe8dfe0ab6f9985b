// SPDX-License-Identifier: MIT
// Knows which addresses of a hub may be used: TLS anywhere, plain only where nobody else can listen.
#include <arpa/inet.h>

#include "src/base/i18n.h"
#include "src/sync/http_part.h"

static bool is_here(const char *host)
{
	struct in_addr v4;

	return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	       (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
}

static bool read_parts(CURLU *u, const char *base, struct address *out, struct err *e)
{
	char *scheme = NULL, *host = NULL, *user = NULL, *query = NULL, *path = NULL;
	bool ok = curl_url_set(u, CURLUPART_URL, base, 0) == CURLUE_OK &&
		  curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		  curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK;

	// A name or password in the address would end up in logs; a path belongs to the protocol.
	ok = ok && curl_url_get(u, CURLUPART_USER, &user, 0) != CURLUE_OK &&
	     curl_url_get(u, CURLUPART_QUERY, &query, 0) != CURLUE_OK && curl_url_get(u, CURLUPART_PATH, &path, 0) == CURLUE_OK &&
	     strcmp(path, "/") == 0 && base[strlen(base) - 1] != '/';
	if (!ok)
		err_set(e, ERR_USAGE, _("%s is not the address of a hub: it looks like https://hub.example.com:8443"), base);
	else if (strcmp(scheme, "https") == 0)
		out->tls = true;
	else if (strcmp(scheme, "http") != 0 || !is_here(host))
		ok = err_set(e, ERR_USAGE, _("%s: a hub that is not on this machine needs https"), base);
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_free(query);
	curl_free(path);
	return ok;
}

bool address_read(const char *base, struct address *out, struct err *e)
{
	*out = (struct address){0};
	if (str_empty(base) || strlen(base) > 250)
		return err_set(e, ERR_USAGE, _("a hub's address has 1 to 250 characters"));
	if (str_starts(base, "unix:/")) {
		out->socket = base + strlen("unix:");
		return strlen(out->socket) < 108 ||
		       err_set(e, ERR_USAGE, _("%s: the path of a socket is shorter than 108 bytes"), base);
	}
	if (!curl_late_load(e))
		return false;
	CURLU *u = curl_url();
	bool ok = read_parts(u, base, out, e);
	curl_url_cleanup(u);
	return ok;
}

bool http_address_ok(const char *base, struct err *e)
{
	struct address at;

	return address_read(base, &at, e);
}
