// SPDX-License-Identifier: MIT
// Knows the long jobs of bench_kb, beside importing: answering rounds of queries, publishing while somebody types.
#ifndef BENCH_KB_SERVE_H
#define BENCH_KB_SERVE_H

#include <stddef.h>

struct times {
	double *v; // microseconds
	size_t n, cap;
};
void times_sort(struct times *t);

// Each opens the base itself and gives the exit code of the program.
int bench_serve(const char *path);
// Time to open the base and to answer one query as the first of this process, both as JSON.
int bench_first(const char *path, const char *query);
// Publishes n articles one by one while a second thread types the queries of a file; prints JSON. The base is changed.
int bench_publish(const char *path, int n, const char *queries);

#endif
