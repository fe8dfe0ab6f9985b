// SPDX-License-Identifier: MIT
// Knows how answers of a running hub are held against the description, and what of the description was asked so far.
#ifndef TEST_API_DESCRIBE_H
#define TEST_API_DESCRIBE_H

#include "tests/hub/api/place.h"
#include "tests/hub/api/schema.h"

struct description {
	json_t *doc;
	json_t *asked; // {"METHOD path": {"200": true}}
};
void description_read(struct description *d, const char *path);
void description_free(struct description *d);
// The operation object; NULL: not described. path as described: "/v1/blob/{hash}".
const json_t *description_operation(const struct description *d, const char *method, const char *path);

// Asks and checks: the status is the one expected and described (a problem may fall under "default"), the content type is one
// described, the body is what its schema says, required headers are there, and the body sent is what was described unless `bad`.
// out NULL: not wanted; else the caller releases it.
struct question {
	enum show show;
	const char *method, *path; // as described
	const char *real;          // as asked; NULL: path
	const char *const *headers;
	struct sv body;
	bool bad; // the request is wrong on purpose
	long status;
};
void description_hold(struct description *d, struct visitor *v, const struct question *q, struct reply *out);
// The second half of it, for an answer that came some other way.
void description_check(struct description *d, const struct question *q, const struct reply *r);
// One event of a stream against x-events of GET /v1/events. False with e.
must_use bool description_event(const struct description *d, const char *name, const char *data, struct err *e);
// Fails the test when an operation was not asked with success and refused, or a status that stands there did not occur.
void description_all_asked(const struct description *d);

#endif
