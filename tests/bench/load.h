// SPDX-License-Identifier: MIT
// Knows many connections of one process to one server: epoll, TLS on demand, HTTP/1.1 answers as they come.
//
// What a station does with libcurl, without a process and a loop a station. One thread; callbacks may close their connection
// and begin new ones.
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "src/base/str.h"

int64_t load_now_us(void); // monotonic

// "127.0.0.1:PORT" or "unix:PATH"; ca: a PEM file that signed the server's certificate, NULL: no TLS. Ends the program when it
// cannot be used.
struct load_target {
	struct sockaddr_storage addr;
	socklen_t len;
	SSL_CTX *tls;
};
void load_target_open(struct load_target *t, const char *address, const char *ca);
void load_target_close(struct load_target *t);

enum load_state { LOAD_CLOSED, LOAD_CONNECTING, LOAD_SHAKING, LOAD_READY };
// What is known of the answer that is arriving.
struct load_answer {
	enum { ANSWER_HEAD, ANSWER_LENGTH, ANSWER_CHUNK_SIZE, ANSWER_CHUNK, ANSWER_CHUNK_END, ANSWER_TRAILER, ANSWER_TO_END } at;
	int status;
	int64_t left; // of the body or the chunk
	bool keep;    // the connection stays
	struct str line;
};
struct load_conn;
struct load_user {
	void (*ready)(struct load_conn *c);                           // connected: send a request
	void (*body)(struct load_conn *c, const char *p, size_t n);   // part of the body; c->answer.status is known
	void (*end)(struct load_conn *c);                             // the answer is complete
	void (*closed)(struct load_conn *c, const char *why);         // by the other side or by an error; may open again
};
struct load_loop;
struct load_conn {
	struct load_loop *loop;
	const struct load_user *user;
	void *arg;
	int fd;
	enum load_state state;
	SSL *ssl;
	SSL_SESSION *session; // of the connection before, to go on with
	bool resumed;
	struct str out;
	size_t sent;
	unsigned watched;
	struct load_answer answer;
};
// Zeroed is a closed one. Opening never fails at once: `closed` is called later.
void load_open(struct load_loop *l, struct load_conn *c, const struct load_user *user, void *arg);
void load_send(struct load_conn *c, const char *p, size_t n); // copied
void load_shut(struct load_conn *c);                          // no callback; the session is kept
void load_forget(struct load_conn *c);                        // everything freed

struct load_loop *load_loop_new(const struct load_target *t); // t: borrowed
void load_loop_free(struct load_loop *l);
void load_loop_watch(struct load_loop *l, int fd, void (*fn)(void *arg), void *arg); // one file besides: standard input
// Handles what comes until `until` (load_now_us) at most once; false: nothing came.
bool load_loop_turn(struct load_loop *l, int64_t until);

// load_http.c: takes n bytes of an answer and calls body and end of the user. False: this is not HTTP.
bool load_take(struct load_conn *c, const char *p, size_t n);

#endif
