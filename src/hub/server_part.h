// SPDX-License-Identifier: MIT
// Knows what the parts of the server share: a request on its way (job), the lanes it goes through, what is counted.
#ifndef HUB_SERVER_PART_H
#define HUB_SERVER_PART_H

#include <pthread.h>
#include <stdatomic.h>

#include "src/base/log.h"
#include "src/base/vec.h"
#include "src/hub/exchange.h"
#include "src/hub/server.h"

struct MHD_Connection;
struct MHD_Daemon;
struct seat;
struct feed;
struct watch;
struct job;

// --- routes

// Lowest is served first and shed last (sync.md §3.5).
enum job_class { CLASS_OPS, CLASS_PULL, CLASS_FIND, CLASS_SNAP, CLASSES };
// INLINE answers in MHD's thread, without the store.
enum lane_kind { LANE_INLINE, LANE_READ, LANE_WRITE, LANE_LOGIN, LANE_MISC, LANES };
// How a request shows who it comes from.
enum route_auth { AUTH_OPEN, AUTH_BEARER, AUTH_SIGNED, AUTH_LEAVING }; // LEAVING: signed by a station that is to be wiped
enum outcome { OUT_DONE, OUT_WRITE, OUT_PARK };

struct route {
	const char *name, *method, *path; // path ends in '*': the rest is the job's tail
	enum route_auth auth;
	enum lane_kind lane;
	enum job_class cls;
	bool json; // has a JSON body, parsed into the job's doc
	enum outcome (*run)(struct job *j);
};
extern const struct route routes[];
extern const size_t n_routes;

struct job {
	struct server *sv;
	struct MHD_Connection *conn; // NULL: no socket
	struct request rq; // strings in arena
	struct str body;
	bool begun, too_large, flood; // head read; body over its limit; all bodies together over theirs
	bool queued, done; // its connection was suspended; it is answered
	size_t counted, wasted; // bytes of the body held, thrown away
	const struct route *route; // NULL: none fits
	const char *path, *tail, *query;
	struct answer an;
	struct arena arena;
	json_t *doc;
	struct actor who; // AUTH_BEARER
	struct hub_dev dev; // AUTH_SIGNED, AUTH_LEAVING; strings in arena
	enum job_class cls;
	int64_t started; // mono us
	struct job *next;
	// an exchange
	struct exchange ex;
	int64_t deadline; // of a long poll, mono ms; 0: none
	struct seat *seat; // of an event stream
};

// --- answers (server_route.c)

void answer_header(struct answer *a, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
enum outcome answer_json(struct job *j, int status, json_t *doc); // takes doc
enum outcome answer_text(struct job *j, int status, const char *type, const char *text);
enum outcome answer_empty(struct job *j, int status);
enum outcome answer_problem(struct job *j, const struct wire_problem *p);
enum outcome refuse(struct job *j, enum wire_problem_kind k, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
enum outcome refuse_busy(struct job *j, enum wire_problem_kind k, int64_t after_ms, const char *why);
enum outcome answer_failure(struct job *j, const struct err *e); // the store failed
// A decoded value of the query; NULL: absent. In the job's arena.
const char *query_get(struct job *j, const char *name);
// A decimal header; false: not one.
bool number_of(const char *text, int64_t max, int64_t *out);

// Finds the route, or answers. In MHD's thread.
void job_route(struct job *j);
// May it be done now? Else it is answered.
bool job_admit(struct job *j);
// Shows who it is, reads the body, runs the route. In a lane.
enum outcome job_work(struct job *j);
// Answered: counted, and the connection goes on. The job is not the caller's any more when it has a connection.
void job_finish(struct job *j);
void job_release(struct job *j);

// --- lanes (server_lane.c)

struct lane {
	struct server *sv;
	enum lane_kind kind;
	pthread_mutex_t lock;
	pthread_cond_t more, idle;
	struct job *first[CLASSES], *last[CLASSES];
	int waiting[CLASSES], busy, max;
	bool stop;
	pthread_t thread[8];
	int threads;
};
void lane_start(struct lane *l, struct server *sv, enum lane_kind kind, int threads, int max);
// Suspends the connection and queues the job, both under the lane's lock; false: too many wait. force: those already admitted.
bool lane_push(struct lane *l, struct job *j, bool force);
bool lane_wait_idle(struct lane *l, int64_t until_mono); // false: still busy
void lane_stop(struct lane *l);

// --- exchanges (server_sync.c)

enum outcome route_sync(struct job *j);
enum outcome route_do(struct job *j);
void sync_batch(struct server *sv, struct job **v, size_t n); // in the write lane; finishes all
enum outcome sync_again(struct job *j); // a parked one whose stream has moved

// --- limits (server_limit.c)

struct bucket {
	struct server_rate rule;
	double left;
	int64_t at; // mono ms
};
enum { SEAT_BUCKETS = 4096 };
struct limits {
	pthread_mutex_t lock;
	struct bucket pull, find, snap, login, seat[SEAT_BUCKETS];
	struct server_rate per_seat;
	int snaps; // being served
};
void limits_init(struct limits *l, const struct server_options *o, int64_t now);
// 0: go on; else ms to wait.
int64_t limit_take(struct limits *l, struct bucket *b, int64_t now);
int64_t limit_seat(struct limits *l, const char *dev, int64_t now);
bool limit_snap_enter(struct limits *l);
void limit_snap_leave(struct limits *l);

// --- what is counted (server_metrics.c)

enum { STATUSES = 24, LATENCIES = 12, GROUPS = 8, ROUTES_MAX = 40 };
struct metrics {
	atomic_llong requests[ROUTES_MAX][STATUSES];
	atomic_llong ops[WIRE_CONFLICT + 2];
	atomic_llong latency[LATENCIES + 1], latency_us; // exchanges
	atomic_llong group[GROUPS + 1], group_sum; // exchanges in one commit
	atomic_llong sse_events, sse_drops, sse_replaced, db_errors, logins, logins_refused, shed, parked;
};
void count_request(struct job *j);
void count_exchange(struct metrics *m, const json_t *reply, int64_t us);
void count_group(struct metrics *m, size_t n);

// --- event streams (server_seat.c, server_feed.c)

enum outcome route_events(struct job *j);
void feed_start(struct server *sv);
void feed_stop(struct feed *f); // ends its thread and all streams; feed_free when no connection is left
void feed_free(struct feed *f);
void feed_poke(struct feed *f, bool red); // something was committed
void feed_drop(struct feed *f, const char *dev); // a logout, a wipe: the stream ends
bool feed_park(struct feed *f, struct job *j); // long poll; false: a head has moved already, run it again
void feed_bye(struct feed *f, int64_t window_ms); // all of them
int feed_seats(struct feed *f);
bool feed_connected(struct feed *f, const char *dev);
// Agents with an event stream here, once each: for presence.
void feed_agents(struct feed *f, struct hub_present **out, size_t *n, struct arena *a);

// --- the other routes

enum outcome route_hello(struct job *j);
enum outcome route_trust(struct job *j);
enum outcome route_enrol(struct job *j);
enum outcome route_login(struct job *j);
enum outcome route_token(struct job *j);
enum outcome route_logout(struct job *j);
enum outcome route_blob_head(struct job *j);
enum outcome route_blob_patch(struct job *j);
enum outcome route_blob_get(struct job *j);
enum outcome route_carry(struct job *j);
enum outcome route_snap(struct job *j);
enum outcome route_find(struct job *j);
enum outcome route_presence(struct job *j);
enum outcome route_rooms(struct job *j);
enum outcome route_room_open(struct job *j);
enum outcome route_room(struct job *j);
enum outcome route_wall(struct job *j);
enum outcome route_receipt(struct job *j);
enum outcome route_drain(struct job *j), route_wiped(struct job *j);
enum outcome route_health(struct job *j);
enum outcome route_ready(struct job *j);
enum outcome route_metrics(struct job *j);

// --- the watch (server_watch.c): presence, outages, housekeeping

void watch_start(struct server *sv);
void watch_stop(struct watch *w);
void watch_presence(struct watch *w, const struct actor *who, const char *state, int64_t since);
void watch_left(struct watch *w, const struct actor *who); // logged out: not missed
json_t *watch_wall(struct watch *w, const char *site); // the last answer while it is fresh; new reference or NULL
void watch_wall_put(struct watch *w, const char *site, const json_t *doc);

// --- the builder of files for a first sync (server_segment.c)

struct segments;
void segments_start(struct server *sv);
void segments_stop(struct segments *g); // waits for the file being built; NULL is fine

struct server {
	struct server_options o; // with defaults filled in
	char address[160];
	struct MHD_Daemon *http;
	int listener;
	struct lane lane[LANES];
	struct limits limits;
	struct metrics metrics;
	struct feed *feed;
	struct watch *watch;
	struct segments *segments;
	atomic_bool draining, drained;
	atomic_llong body_bytes; // held for requests that are being read
	atomic_llong number; // of requests
	pthread_mutex_t sent_lock;
	pthread_cond_t sent;
	int open; // requests whose answer is not sent yet, event streams too
	char name[64], seed[12];
};

bool http_start(struct server *s, struct err *e); // server_http.c
void http_quiesce(struct server *s);
void http_wait_sent(struct server *s, int64_t until_mono); // until every answer has left
void http_stop(struct server *s);
bool http_listen(struct server *s, struct err *e); // server_listen.c
int64_t mono_us(void);
static inline int64_t mono_ms(void)
{
	return mono_us() / 1000;
}
// A wait on the monotonic clock until the given ms; false: it has passed.
void cond_init(pthread_cond_t *c);
bool cond_wait_until(pthread_cond_t *c, pthread_mutex_t *m, int64_t mono);
// W of sync.md §3.5.
int64_t server_window(struct server *s);

#endif
