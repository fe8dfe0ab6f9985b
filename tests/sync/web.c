// SPDX-License-Identifier: MIT
// Knows a small web server for tests: every request goes to one function; event streams are fed from outside.
#include "tests/sync/web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/err.h"

struct stream {
	struct stream *next;
	struct web *web;
	struct str todo;
	size_t at;
	bool end;
	int heartbeat_ms;
};

struct web {
	web_fn *fn;
	void *ctx;
	struct MHD_Daemon *daemon;
	int port;
	pthread_mutex_t turn;  // fn one at a time
	pthread_mutex_t mutex; // streams
	pthread_cond_t pushed;
	struct stream *streams;
	bool stop;
};

// With the mutex held.
static void wait_for_more(struct stream *s)
{
	struct timespec until;

	if (!s->heartbeat_ms) {
		pthread_cond_wait(&s->web->pushed, &s->web->mutex);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &until);
	int64_t ns = until.tv_nsec + (int64_t)s->heartbeat_ms * 1000000;
	until.tv_sec += ns / 1000000000;
	until.tv_nsec = ns % 1000000000;
	if (pthread_cond_timedwait(&s->web->pushed, &s->web->mutex, &until) == ETIMEDOUT)
		str_add(&s->todo, ": hb\n");
}

static ssize_t read_stream(void *arg, uint64_t pos, char *buf, size_t max)
{
	struct stream *s = arg;
	ssize_t n = MHD_CONTENT_READER_END_OF_STREAM;

	(void)pos;
	pthread_mutex_lock(&s->web->mutex);
	while (s->at == s->todo.n && !s->end && !s->web->stop)
		wait_for_more(s);
	if (s->at < s->todo.n) {
		size_t left = s->todo.n - s->at;
		n = (ssize_t)(left < max ? left : max);
		memcpy(buf, s->todo.s + s->at, (size_t)n);
		s->at += (size_t)n;
	}
	pthread_mutex_unlock(&s->web->mutex);
	return n;
}

static void free_stream(void *arg)
{
	struct stream *s = arg;

	pthread_mutex_lock(&s->web->mutex);
	for (struct stream **at = &s->web->streams; *at; at = &(*at)->next)
		if (*at == s) {
			*at = s->next;
			break;
		}
	pthread_mutex_unlock(&s->web->mutex);
	str_release(&s->todo);
	free(s);
}

static struct MHD_Response *open_stream(struct web *w, struct web_reply *r)
{
	struct stream *s = xcalloc(1, sizeof(*s));

	*s = (struct stream){.web = w, .todo = r->body, .heartbeat_ms = r->heartbeat_ms};
	r->body = (struct str){0};
	pthread_mutex_lock(&w->mutex);
	s->next = w->streams;
	w->streams = s;
	pthread_mutex_unlock(&w->mutex);
	return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_stream, s, free_stream);
}

static enum MHD_Result answer(void *arg, struct MHD_Connection *c, const char *url, const char *method, const char *version,
			      const char *data, size_t *n, void **state)
{
	struct web *w = arg;
	struct str *body = *state;
	struct web_reply r = {0};

	(void)version;
	if (!body) {
		*state = xcalloc(1, sizeof(struct str));
		return MHD_YES;
	}
	if (*n) {
		str_addn(body, data, *n);
		*n = 0;
		return MHD_YES;
	}
	struct web_request q = {.method = method, .path = url, .body = sv_n(str_z(body), body->n), .connection = c};
	pthread_mutex_lock(&w->turn);
	w->fn(w->ctx, &q, &r);
	pthread_mutex_unlock(&w->turn);
	struct MHD_Response *out =
		r.stream ? open_stream(w, &r) : MHD_create_response_from_buffer(r.body.n, r.body.s, MHD_RESPMEM_MUST_COPY);
	MHD_add_response_header(out, "Content-Type", r.type ? r.type : r.stream ? "text/event-stream" : "application/json");
	if (r.header)
		MHD_add_response_header(out, r.header, r.value);
	enum MHD_Result rc = MHD_queue_response(c, r.status ? (unsigned)r.status : 200, out);
	MHD_destroy_response(out);
	str_release(&r.body);
	return rc;
}

static void completed(void *arg, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
	struct str *body = *state;

	(void)arg, (void)c, (void)why;
	if (body) {
		str_release(body);
		free(body);
	}
}

static int listen_on(const char *path, int *port)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(in);
	int fd = socket(path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), rc;

	if (path) {
		snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
		rc = bind(fd, (struct sockaddr *)&un, sizeof(un));
	} else {
		rc = bind(fd, (struct sockaddr *)&in, sizeof(in));
		getsockname(fd, (struct sockaddr *)&in, &n);
		*port = ntohs(in.sin_port);
	}
	if (fd < 0 || rc != 0 || listen(fd, 512) != 0)
		BUG("the test's server cannot listen");
	return fd;
}

struct web *web_new(web_fn *fn, void *ctx, const char *path)
{
	struct web *w = xcalloc(1, sizeof(*w));

	*w = (struct web){.fn = fn, .ctx = ctx};
	pthread_mutex_init(&w->turn, NULL);
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->pushed, NULL);
	int fd = listen_on(path, &w->port);
	w->daemon = MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL, 0, NULL, NULL,
				     answer, w, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
				     MHD_OPTION_CONNECTION_LIMIT, 500U, MHD_OPTION_END);
	if (!w->daemon)
		BUG("the test's server does not start");
	return w;
}

void web_close_streams(struct web *w)
{
	pthread_mutex_lock(&w->mutex);
	for (struct stream *s = w->streams; s; s = s->next)
		s->end = true;
	pthread_cond_broadcast(&w->pushed);
	pthread_mutex_unlock(&w->mutex);
}

void web_free(struct web *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->mutex);
	w->stop = true;
	pthread_cond_broadcast(&w->pushed);
	pthread_mutex_unlock(&w->mutex);
	MHD_stop_daemon(w->daemon);
	pthread_mutex_destroy(&w->turn);
	pthread_mutex_destroy(&w->mutex);
	pthread_cond_destroy(&w->pushed);
	free(w);
}

int web_port(const struct web *w)
{
	return w->port;
}

const char *web_header(const struct web_request *q, const char *name)
{
	return MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

void web_push(struct web *w, const char *text)
{
	pthread_mutex_lock(&w->mutex);
	for (struct stream *s = w->streams; s; s = s->next)
		str_add(&s->todo, text);
	pthread_cond_broadcast(&w->pushed);
	pthread_mutex_unlock(&w->mutex);
}

size_t web_streams(struct web *w)
{
	size_t n = 0;

	pthread_mutex_lock(&w->mutex);
	for (struct stream *s = w->streams; s; s = s->next)
		n++;
	pthread_mutex_unlock(&w->mutex);
	return n;
}
