// SPDX-License-Identifier: MIT
// Knows a whole hub for tests: a store, people, a server that listens; and a station that joins and asks over HTTP.
#ifndef TEST_API_PLACE_H
#define TEST_API_PLACE_H

#include <jansson.h>

#include "src/hub/server.h"

enum { PEOPLE = 4 };
struct place {
	char *dir, *folder;    // owned; dir is removed at the end. folder: of the files for a first sync
	struct hub_keys *keys;
	struct hub_store *store;
	struct server *server;
	const char *agent[PEOPLE]; // ids, in the order of place_logins
	struct arena arena;
};
// Logins of the people there, an agent, a team lead, a supervisor and an administrator; site SHA, queue "q1", team "t1".
extern const char *const place_logins[PEOPLE];
#define PLACE_PASSWORD "a long enough password"

// Begins serving at `listen` ("127.0.0.1:0"); o NULL: heartbeat 200 ms, otherwise defaults. Fails the test when it cannot.
void place_begin(struct place *p, const char *listen, const struct server_options *o);
void place_end(struct place *p);
// Stops the server and begins again at the same address, as a restart does.
void place_restart(struct place *p, const struct server_options *o);

// Where a station finds the hub, directly or behind a proxy.
struct door {
	char base[200];     // "http://127.0.0.1:4711", "https://localhost"
	const char *socket; // path of a unix socket; NULL: as base says
	const char *ca;     // file; NULL: no TLS
};
void place_door(const struct place *p, struct door *out);

// A station, and who is logged in at it.
struct visitor {
	const struct door *door;
	char dev[64], inc[24], access[80], refresh[80], agent[64];
	unsigned char public_key[32], secret_key[64];
	int64_t next_n;
};
struct reply {
	long status;
	char type[80];      // without parameters
	struct str head, body;
	double first_s;     // until the first byte of the answer
};
void reply_release(struct reply *r);
const char *reply_header(const struct reply *r, const char *name, char *out, size_t cap); // NULL: absent

enum show { SHOW_NOTHING, SHOW_TOKEN, SHOW_SIGNATURE };
// One request; false: no answer (said in e). Headers: NULL or "Name: value" NULL-terminated.
must_use bool visitor_ask(struct visitor *v, enum show show, const char *method, const char *path, const char *const *headers,
			  struct sv body, struct reply *out, struct err *e);
// Enrols with a code made at the place, then logs in as that one of place_logins. Fails the test when refused.
void visitor_join(struct visitor *v, struct place *p, const struct door *door);
void visitor_login(struct visitor *v, int who);
// The secret half of a fresh enrolment code, in hexadecimal digits.
void place_code(struct place *p, char out[21]);
// The body of an exchange with these operations (JSON objects without n and h, which are put in); steals ops, NULL: none.
// cur: JSON object, stolen; NULL: none. Owned by the caller.
char *visitor_exchange(struct visitor *v, json_t *ops, json_t *cur);
// An operation to put into it; body is stolen. base NULL: none.
json_t *visitor_op(struct visitor *v, const char *k, const char *t, const char *e, const char *s, json_t *body);
void fresh_id(char out[40]);

// Listens to /v1/events in a thread until told to end.
struct listener;
struct listener *listener_new(struct visitor *v);
// Waits until text has come; false: not within ms.
bool listener_heard(struct listener *l, const char *text, int ms);
int64_t listener_when(struct listener *l, const char *text); // mono us of the arrival of the chunk that completed it; -1
void listener_reply(struct listener *l, struct reply *out);  // the answer as far as it has come; the caller releases it
void listener_free(struct listener *l);                      // hangs up without a word

int64_t now_us(void);
// True as soon as fn is, false after ms.
bool wait_for(bool (*fn)(void *arg), void *arg, int ms);

#endif
