// SPDX-License-Identifier: MIT
// Knows a hub as a desk's test sees it: texts in, texts out. (Its headers and those of forms do not go together.)
#ifndef TESTS_SYNC_THROUGH_HUB_H
#define TESTS_SYNC_THROUGH_HUB_H

// The site of tests/hub/ruletest.h.
struct through_hub;
struct through_hub *through_hub_open(void);
void through_hub_close(struct through_hub *h);
// A station of its own for the agent: its number here, its names.
int through_hub_seat(struct through_hub *h, const char *agent, char dev[40], char inc[40]);
// The answer to a request of POST /v1/sync; a problem fails the test. Owned by the caller.
char *through_hub_exchange(struct through_hub *h, int seat, const char *request);
// As `zuoxi-hub subject erase` with that many days of duty; how many entities were changed.
int through_hub_erase(struct through_hub *h, const char *customer, int keep_days);
// As another person: one operation alone, what became of it. Borrowed until the next.
const char *through_hub_do(struct through_hub *h, int seat, const char *k, const char *t, const char *e, const char *stream, const char *body);

#endif
