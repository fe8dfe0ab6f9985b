// SPDX-License-Identifier: MIT
// Knows libmicrohttpd: how a request is collected, its connection suspended and resumed, its answer sent (sync.md §5.1).
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/hub/server_part.h"
#include "src/hub/server_seat.h"

enum {
	POOL_BYTES = 8192,
	IDLE_S = 75, // a silent connection ends; more than a heartbeat
	PEER_MS = 30000, // unacknowledged bytes: the peer is gone
	BODY_FLOOD = 4 << 20, // read and thrown away of a body that is too large, then the connection ends
	BODIES = 256 << 20, // of all requests being read
};

// --- a request comes in

static void count_open(struct server *s, int by)
{
	pthread_mutex_lock(&s->sent_lock);
	s->open += by;
	if (!s->open)
		pthread_cond_broadcast(&s->sent);
	pthread_mutex_unlock(&s->sent_lock);
}

static void *begin_job(void *cls, const char *uri, struct MHD_Connection *c)
{
	struct job *j = xcalloc(1, sizeof(*j));

	j->sv = cls;
	j->conn = c;
	j->rq.target = arena_strdup(&j->arena, uri);
	count_open(j->sv, 1);
	return j;
}

static const char *header(struct job *j, const char *name)
{
	return arena_strdup(&j->arena, MHD_lookup_connection_value(j->conn, MHD_HEADER_KIND, name));
}

static void read_head(struct job *j, const char *method)
{
	int64_t length;

	j->begun = true;
	j->started = mono_us();
	j->rq.method = arena_strdup(&j->arena, method);
	j->rq.authorization = header(j, "Authorization");
	j->rq.station = header(j, "Zuoxi-Station");
	j->rq.range = header(j, "Range");
	j->rq.offset = header(j, "Upload-Offset");
	j->rq.length = header(j, "Upload-Length");
	job_route(j);
	const char *announced = header(j, "Content-Length");
	if (announced && (!number_of(announced, INT64_MAX, &length) || length > WIRE_REQUEST_BYTES))
		j->too_large = true;
}

static enum MHD_Result collect(struct job *j, const char *data, size_t n)
{
	if (!j->flood && j->body.n + n > WIRE_REQUEST_BYTES)
		j->too_large = true;
	if (!j->too_large && !j->flood) {
		j->flood = atomic_fetch_add(&j->sv->body_bytes, (long long)n) >= BODIES;
		j->counted += n;
		str_addn(&j->body, data, n);
		return MHD_YES;
	}
	j->wasted += n;
	return j->wasted > BODY_FLOOD ? MHD_NO : MHD_YES;
}

// --- an answer goes out

static void add_headers(struct job *j, struct MHD_Response *r)
{
	MHD_add_response_header(r, "Cache-Control", "no-store");
	MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(r, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
	MHD_add_response_header(r, "Referrer-Policy", "no-referrer");
	if (j->sv->o.cert)
		MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
	if (j->an.type)
		MHD_add_response_header(r, "Content-Type", j->an.type);
	for (int i = 0; i < j->an.headers; i++)
		MHD_add_response_header(r, j->an.header[i].name, j->an.header[i].value);
}

static enum MHD_Result send_answer(struct job *j)
{
	struct MHD_Response *r;

	if (j->an.events) {
		r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, seat_read, seat_attach(j->seat, j->conn),
						      seat_detach);
		j->seat = NULL; // the response has it
		MHD_add_response_header(r, "X-Accel-Buffering", "no");
	} else if (j->an.has_file) {
		r = MHD_create_response_from_fd_at_offset64((uint64_t)j->an.length, j->an.file, (uint64_t)j->an.from);
		j->an.has_file = !r; // the response closes it
	} else {
		size_t n = j->an.body.n;
		r = MHD_create_response_from_buffer(n, str_take(&j->an.body), MHD_RESPMEM_MUST_FREE);
	}
	if (!r)
		return MHD_NO;
	add_headers(j, r);
	enum MHD_Result rc = MHD_queue_response(j->conn, (unsigned)j->an.status, r);
	MHD_destroy_response(r);
	return rc;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version,
			      const char *data, size_t *n, void **con)
{
	struct job *j = *con;

	(void)cls, (void)c, (void)url, (void)version;
	if (!j->begun) {
		read_head(j, method);
		// Refused by its head alone: the body is not waited for.
		if (!j->route || !j->too_large)
			return j->route ? MHD_YES : (job_finish(j), send_answer(j));
		refuse(j, WIRE_P_TOO_LARGE, "more than %d bytes", WIRE_REQUEST_BYTES);
		job_finish(j);
		return send_answer(j);
	}
	if (*n) {
		enum MHD_Result rc = collect(j, data, *n);
		*n = 0;
		return rc;
	}
	if (j->done)
		return send_answer(j);
	j->rq.body = sv_n(str_z(&j->body), j->body.n);
	if (j->too_large) {
		refuse(j, WIRE_P_TOO_LARGE, "more than %d bytes", WIRE_REQUEST_BYTES);
	} else if (j->flood) {
		refuse_busy(j, WIRE_P_BUSY, 0, "too many large requests at once");
	} else if (job_admit(j)) {
		if (j->route->lane == LANE_INLINE)
			job_work(j);
		else if (lane_push(&j->sv->lane[j->route->lane], j, false))
			return MHD_YES;
		else
			refuse_busy(j, WIRE_P_BUSY, 0, "the queue is full");
	}
	job_finish(j);
	return send_answer(j);
}

void job_finish(struct job *j)
{
	if (j->done)
		return;
	count_request(j);
	j->done = true;
	// Answered in MHD's own thread when it was never queued.
	if (j->conn && j->queued)
		MHD_resume_connection(j->conn);
}

static void completed(void *cls, struct MHD_Connection *c, void **con, enum MHD_RequestTerminationCode why)
{
	struct job *j = *con;

	(void)cls, (void)c, (void)why;
	if (!j)
		return;
	atomic_fetch_sub(&j->sv->body_bytes, (long long)j->counted);
	if (j->seat)
		seat_detach(j->seat); // no response came of it
	count_open(j->sv, -1);
	job_release(j);
	free(j);
	*con = NULL;
}

// A peer that stops acknowledging is noticed by the first heartbeat it does not take.
static void connection(void *cls, struct MHD_Connection *c, void **socket_cls, enum MHD_ConnectionNotificationCode what)
{
	(void)cls, (void)socket_cls;
	if (what != MHD_CONNECTION_NOTIFY_STARTED)
		return;
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	unsigned ms = PEER_MS;
	int on = 1;
	if (i) {
		// A unix socket refuses both, which is no harm.
		(void)setsockopt(i->connect_fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms));
		(void)setsockopt(i->connect_fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	}
}

static void http_log(void *cls, const char *fmt, va_list ap)
{
	char line[400];

	(void)cls;
	vsnprintf(line, sizeof(line), fmt, ap);
	line[strcspn(line, "\n")] = '\0';
	log_line(LOG_INFO, "http: %s", line);
}

// --- start and end

// Sockets for every seat, and what the rest of the process needs.
static void raise_files(int seats)
{
	struct rlimit r;
	rlim_t want = (rlim_t)seats * 2 + 512;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= want)
		return;
	r.rlim_cur = r.rlim_max == RLIM_INFINITY || r.rlim_max >= want ? want : r.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur < (rlim_t)seats + 64)
		log_line(LOG_WARN, "only %llu files may be open; %d stations need more: raise LimitNOFILE",
			 (unsigned long long)r.rlim_cur, seats);
}

bool http_start(struct server *s, struct err *e)
{
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_ITC |
			 (s->o.cert ? MHD_USE_TLS : 0);
	struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)s->o.cert},
				       {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)s->o.key},
				       {MHD_OPTION_HTTPS_PRIORITIES, 0, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
				       {MHD_OPTION_END, 0, NULL}};
	struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};

	raise_files(s->o.seats);
	s->http = MHD_start_daemon(flags, 0, NULL, NULL, handle, s, MHD_OPTION_EXTERNAL_LOGGER, http_log, NULL,
				   MHD_OPTION_LISTEN_SOCKET, (MHD_socket)s->listener, MHD_OPTION_THREAD_POOL_SIZE,
				   (unsigned)s->o.threads, MHD_OPTION_CONNECTION_LIMIT, (unsigned)s->o.seats,
				   MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES, MHD_OPTION_LISTEN_BACKLOG_SIZE, 4096u,
				   MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_NOTIFY_COMPLETED, completed, s,
				   MHD_OPTION_NOTIFY_CONNECTION, connection, s, MHD_OPTION_URI_LOG_CALLBACK, begin_job, s,
				   MHD_OPTION_ARRAY, s->o.cert ? tls : none, MHD_OPTION_END);
	return s->http ||
	       err_set(e, ERR_IO, _("cannot serve %s: see the log; with --cert, the certificate or key may be wrong"), s->o.listen);
}

void http_quiesce(struct server *s)
{
	if (!s->http || s->listener < 0)
		return;
	MHD_socket fd = MHD_quiesce_daemon(s->http);
	if (fd != MHD_INVALID_SOCKET)
		close(fd);
	s->listener = -1;
}

void http_wait_sent(struct server *s, int64_t until_mono)
{
	pthread_mutex_lock(&s->sent_lock);
	while (s->open && cond_wait_until(&s->sent, &s->sent_lock, until_mono))
		;
	pthread_mutex_unlock(&s->sent_lock);
}

void http_stop(struct server *s)
{
	if (s->http)
		MHD_stop_daemon(s->http);
	s->http = NULL;
	if (s->listener >= 0)
		close(s->listener);
	s->listener = -1;
}
