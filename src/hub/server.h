// SPDX-License-Identifier: MIT
// Knows how the hub is served: over HTTP with libmicrohttpd's threads, worker lanes behind them, and one event stream a station.
//
// MHD's threads never touch the store: a request is collected, its connection suspended, a job handed to a lane; the answer
// resumes it (sync.md §5.1).
#ifndef HUB_SERVER_H
#define HUB_SERVER_H

#include "src/hub/auth.h"

struct server;
// A token bucket: so many a second, so many at once. rate 0: no limit.
struct server_rate {
	double rate, burst;
};
struct server_options {
	struct hub_store *store; // borrowed, as everything here
	const struct hub_keys *keys;
	const char *listen; // "ADDR:PORT", "[ADDR]:PORT", port 0: any; "unix:PATH"
	const char *cert, *key; // PEM texts; both NULL: plain, which is refused off loopback unless behind_proxy
	const char *ca; // PEM stations trust; NULL: ""
	bool behind_proxy;
	const char *name; // of this hub among several; NULL: host and process
	const char *folder; // of this process for the files of a first sync (segment.h), made when needed; NULL: none are built
	int threads; // of MHD; 0: cores
	int seats; // connections at most; 0: 12,000
	// In ms; 0: the default.
	int hb_ms; // heartbeat of the event stream; 15,000
	int coalesce_ms; // between two events of a hot stream to one station; 250
	int poll_ms, sweep_ms; // heads of other hubs: 150 (PostgreSQL; SQLite: only when told) and 30,000
	int group_ms, group_max; // one commit collects exchanges so long, so many; 4 and 64
	int outage_ms; // a fifth of a site's stations gone for so long is a suspected outage; 120,000
	int segment_ms; // between two looks whether those files are due; 300,000
	int drain_ms; // for exchanges to end at a stop; 10,000
	int queue; // jobs that may wait in one class; 4,096
	struct server_rate pull, find, snap, login; // 0: defaults
	struct server_rate seat; // requests of one station; over it 429
};
// Runs until server_stop. *out is owned.
must_use bool server_start(struct server **out, const struct server_options *o, struct err *e);
const char *server_address(const struct server *s); // "127.0.0.1:43211", "unix:PATH"; "" without a socket
// Says bye to all stations, takes no more connections, lets exchanges end. Then only server_stop is left.
void server_drain(struct server *s);
void server_stop(struct server *s); // drains when that was not done; NULL is fine
int server_seats(struct server *s); // event streams open
// Somebody changed something beside the server's own requests: stations are told; dev (NULL: none) must show itself again.
void server_changed(struct server *s, const char *dev, bool red);
const char *server_ca(const struct server *s);
// What /metrics says, appended.
void server_metrics(struct server *s, struct str *out);

// --- one request without a socket (tests, fuzzing)

struct request {
	const char *method;
	const char *target; // path and query as sent
	// Headers; NULL: absent.
	const char *authorization, *station, *range, *offset,
		*length; // Authorization, Zuoxi-Station, Range, Upload-Offset, Upload-Length
	struct sv body;
};
enum { ANSWER_HEADERS = 8 };
struct answer {
	int status;
	const char *type; // of the body; NULL: none
	struct str body;
	struct {
		const char *name;
		char value[120];
	} header[ANSWER_HEADERS];
	int headers;
	bool events; // what follows is an event stream
	bool has_file; // the body is a part of this open file, closed by answer_release
	int file;
	int64_t from, length;
};
// listen NULL in the options starts a server for this alone. Runs in the calling thread. answer_release after it.
void server_answer(struct server *s, const struct request *rq, struct answer *out);
void answer_release(struct answer *a);

#endif
