// SPDX-License-Identifier: MIT
// Knows a hub without sockets and with a clock that stands: each request is one call, time passes when the test says so.
#ifndef TESTS_HUB_CALM_H
#define TESTS_HUB_CALM_H

#include "src/hub/server.h"

#define CALM_PASSWORD "correct horse battery"
enum calm_person {
	ANNA,
	LENA,
	SURU,
	ADAM,
	QIU,
	OTTO,
	CALM_PEOPLE
}; // agent, team_lead, supervisor, admin, qa; otto: an agent of site OTH
extern const char *const calm_logins[CALM_PEOPLE];

struct calm {
	struct clock clock;
	struct hub_keys *keys;
	struct hub_store *store;
	struct server *server;
	const char *agent[CALM_PEOPLE];
	struct arena arena;
	char *dir;
};
void calm_begin(struct calm *c, const struct server_options *o); // o may be NULL
void calm_end(struct calm *c);

struct station {
	struct calm *c;
	const char *site;
	char dev[48], inc[16], code[8], access[80], refresh[80];
	unsigned char pk[32], sk[64];
	int64_t n; // of the next operation
	int64_t skew; // its clock beside the hub's
	const char *nonce; // instead of a fresh one
};
enum how { OPEN, TOKEN, SIGNED };
// One request; doc is stolen, NULL: no body. The status.
int calm_ask(struct station *s, enum how how, const char *method, const char *target, json_t *doc, struct answer *out);
int calm_text(struct station *s, enum how how, const char *method, const char *target, const char *body, struct answer *out);
// Fails the test unless it is answered with that status; gives the JSON, NULL when there is none. New reference.
json_t *calm_get(struct station *s, enum how how, const char *method, const char *target, json_t *doc, int status);
// Fails unless it is refused with that problem ("bad-code").
void calm_refused(struct station *s, enum how how, const char *method, const char *target, json_t *doc, const char *problem);

void station_make(struct calm *c, struct station *s); // keys and inc, not joined
void calm_code(struct calm *c, const char *site, const char *station, char secret_hex[21]);
json_t *enrol_doc(const struct station *s, const char *code, const char *station);
json_t *login_doc(const struct station *s, const char *login, const char *password);
void station_join(struct calm *c, struct station *s, const char *site);
void station_login(struct station *s, enum calm_person who);
void station_take(struct station *s, json_t *session); // tokens of an answer; steals it
void calm_set_state(struct calm *c, const struct station *s, const char *state);
// {"dev","inc","schema","ops","cur"}; both stolen, NULL: none.
json_t *exchange_doc(struct station *s, json_t *ops, json_t *cur);
json_t *op_doc(struct station *s, const char *k, const char *t, const char *e, const char *stream, json_t *body);
void calm_id(struct calm *c, char out[40]);

#endif
