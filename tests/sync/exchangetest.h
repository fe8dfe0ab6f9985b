// SPDX-License-Identifier: MIT
// Knows the short forms in which the tests of an exchange ask, answer and look.
#ifndef TESTS_SYNC_EXCHANGETEST_H
#define TESTS_SYNC_EXCHANGETEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <inttypes.h>

#include "src/base/clock.h"
#include "src/sync/exchange.h"
#include "tests/sync/memstore.h"

#define T0 1795000000000LL
extern struct memstore m;
extern struct exchange_sent sent;
extern struct exchange_done done;
extern struct err e;
extern json_t *asked;

int setup(void **state);
int teardown(void **state);
void ask_with(struct exchange_ask q);
void ask(void);
bool take_status(int status, const char *text);
void take(const char *text);
void refuse(const char *text);
int64_t op_in(const char *entity, const char *stream);
int64_t op(void);
enum outbox_state op_state(int64_t n);
void hold(const char *s, int64_t epoch, int64_t seq);
const char *text_of(const char *t, const char *id, const char *field);

#define ROW(q, id, rev, title) "{\"q\":" #q ",\"t\":\"ticket\",\"e\":\"" id "\",\"rev\":" #rev ",\"d\":{\"title\":\"" title "\"}}"
#define GONE(q, id, rev, to) \
	"{\"q\":" #q ",\"t\":\"ticket\",\"e\":\"" id "\",\"rev\":" #rev ",\"gone\":\"moved\",\"to\":\"" to "\"}"
#define PAGE(s, from, to, rows) \
	"{\"s\":\"" s "\",\"from\":\"" from "\",\"to\":\"" to "\",\"head\":0,\"more\":false,\"rows\":[" rows "]}"
#define PAGES(...) "{\"now\":\"2026-11-18T00:00:00.000Z\",\"pages\":[" __VA_ARGS__ "]}"

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
