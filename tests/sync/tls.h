// SPDX-License-Identifier: MIT
// Knows TLS in front of a test's server: haproxy with certificates of a private authority that openssl makes on the spot.
#ifndef TESTS_TLS_H
#define TESTS_TLS_H

#include <stdbool.h>

enum tls_kind { TLS_GOOD, TLS_EXPIRED, TLS_OTHER_CA, TLS_OTHER_NAME };
struct tls;
// Terminates TLS on 127.0.0.1 and passes on to 127.0.0.1:port. dir: a directory of the test; the authority is dir/ca.pem, made once.
struct tls *tls_new(const char *dir, enum tls_kind kind, int port);
struct tls *tls_new_to(const char *dir, enum tls_kind kind, const char *server); // as haproxy writes a server: "unix@/path"
void tls_make_ca(const char *dir); // the authority alone, before a server needs its text
void tls_free(struct tls *t); // NULL is fine
int tls_port(const struct tls *t);
// "sha256//..." of the certificate's key. Owned by the caller.
char *tls_pin(const struct tls *t);
char *tls_ca(const char *dir); // PEM of the authority; owned by the caller

#endif
