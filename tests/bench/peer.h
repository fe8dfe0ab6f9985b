// SPDX-License-Identifier: MIT
// Knows what the programs that are measured side by side share: queries come in rounds over standard input, articles from
// JSON Lines, and both are cut into tokens by the one analyser. Plain C, so that the Xapian peer (C++) can include it.
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

// Microseconds; of the processor alone (this thread) when BENCH_CPU stands in the environment.
double peer_now_us(void);

struct peer_hit {
	char id[72];
	double score;
};
// Answers one query with at most max hits, best first; gives how many. mode: "key" (last word begun), "full", "whole",
// "begun" (whole, last word begun). What a program does not know it answers like "full". Ends the program on an error.
typedef size_t peer_ask_fn(void *arg, const char *text, const char *mode, struct peer_hit *hits, size_t max);

// Reads lines MODE TAB LIMIT TAB IN TAB OUT from standard input until it ends. IN has lines of NAME TAB QUERY; OUT gets
// NAME TAB microseconds TAB id score id score ... for each. "ok" on standard output says that OUT is complete.
int peer_serve(peer_ask_fn *ask, void *arg);

// A token of a query or an article. Borrowed until the next peer_analyse.
struct peer_token {
	const char *text, *raw; // stemmed; as it was written, folded
	size_t n, nraw;
	bool word; // letters and digits, not Han
	bool ends; // it ends where the text ends
};
// The tokens of text in their order; only the first of equal ones if distinct.
const struct peer_token *peer_analyse(const char *text, size_t len, bool distinct, size_t *n);

struct peer_doc {
	const char *id, *title, *body, *phrasings; // phrasings: a line each
};
// Calls fn for every article of a JSON Lines file ("-": standard input). Ends the program on a line that is not one.
void peer_corpus(const char *path, void (*fn)(void *arg, const struct peer_doc *d), void *arg);

// A digest of all tokens of a JSON Lines file: equal where the analyser cuts it alike.
unsigned long long peer_digest(const char *path);

#ifdef __cplusplus
}
#endif
#endif
