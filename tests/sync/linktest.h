// SPDX-License-Identifier: MIT
// Knows the short forms in which the tests of the connection tell what happens to it.
#ifndef TESTS_SYNC_LINKTEST_H
#define TESTS_SYNC_LINKTEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/err.h"
#include "src/sync/link_internal.h"

extern struct link *l;
extern int64_t now;
extern int started[LINK_FRESH + 1]; // since the last look
extern struct link_do last[LINK_FRESH + 1];

void open_link(int urls, uint64_t seed);
int setup(void **state);
int teardown(void **state);
struct link_view look(void);
enum link_state at(void);
void take(void);
bool began(enum link_do_kind k);
void done(enum link_do_kind k, enum link_end end);
void refuse(enum link_do_kind k, enum wire_problem_kind p, int64_t after_ms);
int64_t until(enum link_do_kind k);
void sync_ok(void);
void go_online(void);
void fail_probe(void);
void good_probe(void);
void go_degraded(void);
void go_offline(void);

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
