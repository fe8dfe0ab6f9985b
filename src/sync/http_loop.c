// SPDX-License-Identifier: MIT
// Knows how the loop drives libcurl: its sockets, its timer, and that a fast answer leaves the loop time for the others.
#include "src/sync/http_part.h"

// libcurl 7.88 reads a socket for as long as something lies in it: from a near hub a whole knowledge base in one call, for as long as
// that takes no key is read. After so much it is held until everything else had its turn.
enum { TURN_BYTES = 1 << 20 };

static void collect(struct http *h)
{
	CURLMsg *m;
	int left;

	// Callbacks may start and cancel requests and free h; the struct itself outlives this turn of the loop.
	while (!h->dying && (m = curl_multi_info_read(h->multi, &left))) {
		struct request *r = NULL;
		CURLcode code = m->data.result;
		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&r);
		http_ended(r, code);
	}
}

static void on_timer(uv_timer_t *t)
{
	struct http *h = t->data;
	int running;

	curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(h);
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
	struct http *h = arg;

	(void)multi;
	// Zero means at once, but not from inside this call.
	if (ms < 0)
		uv_timer_stop(&h->timer);
	else
		uv_timer_start(&h->timer, on_timer, (uint64_t)ms, 0);
	return 0;
}

static void on_breath(uv_idle_t *t)
{
	struct http *h = t->data;
	struct request *r;

	h->turn = 0;
	// What goes on may end, or begin, others: from the front each time. Who is held again stands last.
	while (!h->dying && h->turn < TURN_BYTES && (r = h->held)) {
		h->held = r->next_held;
		curl_easy_pause(r->easy, CURLPAUSE_CONT);
	}
	if (!h->held)
		uv_idle_stop(t);
	collect(h);
}

bool http_goes_on(struct request *r, size_t n)
{
	struct http *h = r->http;
	struct request **last = &h->held;

	if (h->turn < TURN_BYTES) {
		h->turn += n;
		return true;
	}
	while (*last && *last != r)
		last = &(*last)->next_held;
	if (!*last) {
		*last = r;
		r->next_held = NULL;
	}
	uv_idle_start(&h->breath, on_breath); // a timer of zero would come before the others had their turn
	return false;
}

void http_let_go(struct request *r)
{
	for (struct request **at = &r->http->held; *at; at = &(*at)->next_held)
		if (*at == r) {
			*at = r->next_held;
			return;
		}
}

struct watch {
	uv_poll_t poll;
	struct http *http;
	curl_socket_t fd;
};

static void watch_closed(uv_handle_t *p)
{
	free(p->data);
}

static void on_socket(uv_poll_t *p, int status, int events)
{
	struct watch *w = p->data;
	struct http *h = w->http;
	int flags = 0, running;

	h->turn = 0;
	// libuv stops watching a connection that was reset; libcurl reads what happened to it.
	if (status < 0)
		flags = CURL_CSELECT_IN | CURL_CSELECT_OUT;
	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	// w may be gone after this
	curl_multi_socket_action(h->multi, w->fd, flags, &running);
	collect(h);
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
	struct http *h = arg;
	struct watch *w = known;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (w) {
			uv_poll_stop(&w->poll);
			uv_close((uv_handle_t *)&w->poll, watch_closed);
			curl_multi_assign(h->multi, fd, NULL);
		}
		return 0;
	}
	if (!w) {
		w = xcalloc(1, sizeof(*w));
		*w = (struct watch){.http = h, .fd = fd};
		if (uv_poll_init_socket(h->loop, &w->poll, fd) != 0) {
			free(w);
			return -1;
		}
		w->poll.data = w;
		curl_multi_assign(h->multi, fd, w);
	}
	uv_poll_start(&w->poll, (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0), on_socket);
	return 0;
}

void http_loop_begin(struct http *h)
{
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
	uv_timer_init(h->loop, &h->timer);
	uv_idle_init(h->loop, &h->breath);
	h->timer.data = h->breath.data = h;
	h->handles = 2;
}

static void handle_closed(uv_handle_t *t)
{
	struct http *h = t->data;

	if (!--h->handles)
		free(h);
}

void http_loop_end(struct http *h)
{
	uv_timer_stop(&h->timer);
	uv_idle_stop(&h->breath);
	uv_close((uv_handle_t *)&h->timer, handle_closed);
	uv_close((uv_handle_t *)&h->breath, handle_closed);
}
