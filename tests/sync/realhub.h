// SPDX-License-Identifier: MIT
// Knows the real zuoxi-hub as a test runs it: a store of its own, people, a socket; started, killed and started again.
#ifndef TESTS_REALHUB_H
#define TESTS_REALHUB_H

#include <stdbool.h>
#include <sys/types.h>

struct realhub {
	char *program, *dir, *socket; // owned
	pid_t pid;                    // 0: not running
};
// Makes store and keys in dir: site SHA, queue "general", team t1, agents li and han, supervisor sup, password "secret password".
// ca: stations are told to trust dir/ca.pem. Fails the test when it cannot.
void realhub_make(struct realhub *h, const char *program, const char *dir, bool ca);
void realhub_serve(struct realhub *h); // returns when it listens
void realhub_kill(struct realhub *h);  // at once, as a power cut would
void realhub_free(struct realhub *h);
// One command of zuoxi-hub by the shell; what it prints, owned by the caller, NULL when it fails.
char *realhub_run(struct realhub *h, const char *command);
char *realhub_code(struct realhub *h, const char *station); // owned

#endif
