// SPDX-License-Identifier: MIT
// Knows HTTP requests on the loop: what libcurl is asked, what became of it; nothing here ever waits.
#include "src/sync/http.h"

#include <uv.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/sync/http_part.h"

enum { CONNECT_MS = 5000, KEEP_ALIVE_S = 30, LARGE_BYTES = 1 << 18 };

// --- one request

static void unlink_request(struct request *r)
{
	struct http *h = r->http;

	for (struct request **at = &h->first; *at; at = &(*at)->next)
		if (*at == r) {
			*at = r->next;
			h->running--;
			return;
		}
}

static void silence_closed(uv_handle_t *t)
{
	free(t);
}

static void free_request(struct request *r)
{
	http_let_go(r);
	if (r->easy) {
		if (r->added)
			curl_multi_remove_handle(r->http->multi, r->easy);
		curl_easy_cleanup(r->easy);
	}
	if (r->silence) {
		uv_timer_stop(r->silence);
		uv_close((uv_handle_t *)r->silence, silence_closed);
	}
	curl_slist_free_all(r->headers);
	str_release(&r->sent);
	str_release(&r->got);
	str_release(&r->url);
	free(r);
}

static void finish(struct request *r, struct http_reply *reply)
{
	unlink_request(r);
	reply->body = sv_n(str_z(&r->got), r->got.n);
	r->done(r->arg, reply);
	free_request(r);
}

static void on_silence(uv_timer_t *t)
{
	struct request *r = t->data;
	struct http_reply reply = {.end = HTTP_NO_ANSWER, .upload_offset = -1};

	err_set(&reply.err, ERR_IO, _("the hub has not sent anything for %d s"), r->silence_ms / 1000);
	log_trace("http", "%s %s: %s", r->method, str_z(&r->url), reply.err.msg);
	finish(r, &reply);
}

// One timer that is set back by every byte; CURLOPT_LOW_SPEED_TIME would wake the program every second instead.
static void heard(struct request *r)
{
	if (r->silence)
		uv_timer_start(r->silence, on_silence, (uint64_t)r->silence_ms, 0);
}

int http_status(const struct request *r)
{
	long status = 0;

	curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

static size_t on_data(char *p, size_t size, size_t n, void *arg)
{
	struct request *r = arg;
	int status = http_status(r);

	(void)size; // always 1
	heard(r);
	if (r->data && (status == 200 || status == 206)) {
		if (!http_goes_on(r, n))
			return CURL_WRITEFUNC_PAUSE;
		r->data(r->arg, sv_n(p, n));
		return n;
	}
	if (r->got.n + n > r->max) {
		r->too_large = true;
		return 0;
	}
	str_addn(&r->got, p, n);
	return n;
}

static void read_offset(struct request *r, struct sv line)
{
	static const char name[] = "upload-offset:";
	size_t n = sizeof(name) - 1;

	if (line.n > n && strncasecmp(line.p, name, n) == 0 &&
	    !parse_int(sv_trim(sv_n(line.p + n, line.n - n)), 0, INT64_MAX, &r->upload_offset))
		r->upload_offset = -1;
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct request *r = arg;

	(void)size;
	heard(r);
	r->head_ended = n == 2 && p[0] == '\r';
	read_offset(r, sv_n(p, n));
	return n;
}

static bool is_clock(CURL *easy)
{
	long verdict = 0;

	// X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED
	curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
	return verdict == 9 || verdict == 10;
}

static void explain(struct request *r, CURLcode code, struct http_reply *out)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
		out->end = HTTP_UNTRUSTED;
		if (is_clock(r->easy))
			err_set(&out->err, ERR_DENIED,
				_("the hub's certificate is not valid at the time this machine shows: set its clock, or tell the administrator (%s)"),
				r->why);
		else
			err_set(&out->err, ERR_DENIED, _("this station does not trust the hub's certificate: tell the administrator (%s)"), r->why);
		break;
	case CURLE_WRITE_ERROR:
	case CURLE_FILESIZE_EXCEEDED:
		out->end = r->too_large || code == CURLE_FILESIZE_EXCEEDED ? HTTP_TOO_LARGE : HTTP_NO_ANSWER;
		err_set(&out->err, ERR_LIMIT, _("the hub's answer is longer than %zu bytes"), r->max);
		break;
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
		out->end = HTTP_BAD;
		err_set(&out->err, ERR_USAGE, "%s: %s", str_z(&r->url), *r->why ? r->why : curl_easy_strerror(code));
		break;
	default:
		out->end = HTTP_NO_ANSWER;
		err_set(&out->err, ERR_IO, _("no answer from the hub: %s"), *r->why ? r->why : curl_easy_strerror(code));
		break;
	}
}

void http_ended(struct request *r, CURLcode code)
{
	struct http_reply reply = {.end = HTTP_ANSWERED, .upload_offset = r->upload_offset};
	curl_off_t after = 0;
	long status = 0;

	curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(r->easy, CURLINFO_RETRY_AFTER, &after);
	// An answer that breaks off between two headers is a whole one to libcurl.
	if (code == CURLE_OK && !r->head_ended)
		code = CURLE_PARTIAL_FILE;
	if (code != CURLE_OK)
		explain(r, code, &reply);
	else
		reply.status = (int)status;
	reply.retry_after_ms = after > 0 && after < 86400 ? (int64_t)after * 1000 : 0;
	if (log_traces("http"))
		log_trace("http", "%s %s: %d %s", r->method, str_z(&r->url), reply.status, reply.err.msg);
	finish(r, &reply);
}

// --- starting

static void set_trust(struct request *r, bool unverified)
{
	struct http *h = r->http;
	CURL *c = r->easy;
	struct curl_blob ca = {.data = h->ca_pem, .len = h->ca_pem ? strlen(h->ca_pem) : 0, .flags = CURL_BLOB_COPY};

	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (unverified) {
		curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
		// Nothing that was not verified is used again.
		curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
		curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
		curl_easy_setopt(c, CURLOPT_SSL_SESSIONID_CACHE, 0L);
		return;
	}
	if (h->ca_pem || h->ca_file) {
		// The system's directory of authorities counts beside the file until it is taken away.
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
		if (h->ca_pem)
			curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &ca);
		else
			curl_easy_setopt(c, CURLOPT_CAINFO, h->ca_file);
	}
	if (h->pins)
		curl_easy_setopt(c, CURLOPT_PINNEDPUBLICKEY, h->pins);
}

static void set_limits(struct request *r, const struct http_request *q)
{
	CURL *c = r->easy;

	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, r->data ? (curl_off_t)0 : (curl_off_t)r->max);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms);
	if (q->large)
		curl_easy_setopt(c, CURLOPT_BUFFERSIZE, (long)LARGE_BYTES);
	curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(c, CURLOPT_TCP_KEEPIDLE, (long)KEEP_ALIVE_S);
	curl_easy_setopt(c, CURLOPT_TCP_KEEPINTVL, (long)KEEP_ALIVE_S / 3);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	// A name that is being looked up must not hold up the end of the program.
	curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
	// One connection for the stream and one for requests; HTTP/2 would tie them together.
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "zuoxi/" ZUOXI_VERSION);
}

static void set_body(struct request *r, const struct http_request *q)
{
	CURL *c = r->easy;

	curl_easy_setopt(c, CURLOPT_URL, str_z(&r->url));
	if (strcmp(q->method, "GET") == 0) {
		curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
	} else if (strcmp(q->method, "HEAD") == 0) {
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	} else {
		str_addn(&r->sent, q->body.p, q->body.n);
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->sent.n);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, str_z(&r->sent));
		if (strcmp(q->method, "POST") != 0)
			curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, q->method);
		// Nobody here waits a second for "100 Continue".
		r->headers = curl_slist_append(r->headers, "Expect:");
	}
	for (const char *const *head = q->headers; head && *head; head++)
		r->headers = curl_slist_append(r->headers, *head);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, r->headers);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, r);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, r);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, r->why);
	curl_easy_setopt(c, CURLOPT_PRIVATE, r);
	curl_easy_setopt(c, CURLOPT_SHARE, r->http->share);
}

static void on_refused(uv_timer_t *t)
{
	struct request *r = t->data;
	struct http_reply reply = {.end = HTTP_BAD, .upload_offset = -1, .err = r->refused};

	finish(r, &reply);
}

static void refuse_later(struct request *r)
{
	if (!r->silence) {
		r->silence = xcalloc(1, sizeof(*r->silence));
		uv_timer_init(r->http->loop, r->silence);
		r->silence->data = r;
	}
	uv_timer_start(r->silence, on_refused, 0, 0);
}

static struct request *make(struct http *h, const struct http_request *q)
{
	struct request *r = xcalloc(1, sizeof(*r));

	*r = (struct request){.http = h, .next = h->first, .method = q->method, .data = q->data, .done = q->done, .arg = q->arg,
			      .max = q->max, .silence_ms = q->silence_ms, .upload_offset = -1};
	h->first = r;
	h->running++;
	if (q->silence_ms) {
		r->silence = xcalloc(1, sizeof(*r->silence));
		uv_timer_init(h->loop, r->silence);
		r->silence->data = r;
		heard(r);
	}
	r->easy = curl_easy_init();
	return r;
}

struct request *http_start(struct http *h, const struct http_request *q)
{
	struct request *r = make(h, q);
	struct address at;

	if (!r->easy) {
		err_set(&r->refused, ERR_IO, _("libcurl cannot start a request"));
		refuse_later(r);
		return r;
	}
	if (!address_read(q->base, &at, &r->refused)) {
		refuse_later(r);
		return r;
	}
	str_addf(&r->url, "%s%s", at.socket ? "http://localhost" : q->base, q->path);
	set_limits(r, q);
	set_trust(r, q->unverified);
	set_body(r, q);
	curl_easy_setopt(r->easy, CURLOPT_PROTOCOLS_STR, at.tls ? "https" : "http");
	if (at.socket)
		curl_easy_setopt(r->easy, CURLOPT_UNIX_SOCKET_PATH, at.socket);
	// "" also keeps https_proxy of the environment out.
	curl_easy_setopt(r->easy, CURLOPT_PROXY, at.tls && h->proxy ? h->proxy : "");
	r->added = curl_multi_add_handle(h->multi, r->easy) == CURLM_OK;
	if (!r->added) {
		err_set(&r->refused, ERR_IO, _("libcurl cannot start a request"));
		refuse_later(r);
	}
	return r;
}

void http_cancel(struct request *r)
{
	unlink_request(r);
	free_request(r);
}

struct uv_loop_s *http_loop(const struct http *h)
{
	return h->loop;
}

size_t http_running(const struct http *h)
{
	return h->running;
}

// --- all of them

static char *copy(const char *s)
{
	return str_empty(s) ? NULL : xstrdup(s);
}

bool http_new(struct http **out, const struct http_options *o, struct err *e)
{
	struct http *h;

	*out = NULL;
	if (!curl_late_load(e))
		return false;
	h = xcalloc(1, sizeof(*h));
	*h = (struct http){.loop = o->loop, .ca_pem = copy(o->ca_pem), .ca_file = copy(o->ca_file), .pins = copy(o->pins),
			   .proxy = copy(o->proxy), .multi = curl_multi_init(), .share = curl_share_init()};
	if (!h->multi || !h->share)
		BUG("no memory for libcurl");
	curl_share_setopt(h->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	http_loop_begin(h);
	*out = h;
	return true;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	h->dying = true;
	while (h->first)
		http_cancel(h->first);
	curl_multi_cleanup(h->multi);
	curl_share_cleanup(h->share);
	free(h->ca_pem);
	free(h->ca_file);
	free(h->pins);
	free(h->proxy);
	http_loop_end(h);
}
