// SPDX-License-Identifier: MIT
// Knows how a member of a JSON object is asked for with its type and bounds. All strings are borrowed from the object.
#ifndef WIRE_READ_H
#define WIRE_READ_H

#include "src/wire/wire.h"

// need: ERR_PARSE names the member when it is absent; may: absent or null leaves *out alone. A text is at most max bytes and has no
// control characters when it is a name (all that these read are).
must_use bool wire_need_text(const json_t *j, const char *key, size_t max, const char **out, struct err *e);
must_use bool wire_may_text(const json_t *j, const char *key, size_t max, const char **out, struct err *e);
must_use bool wire_need_int(const json_t *j, const char *key, int64_t min, int64_t max, int64_t *out, struct err *e);
must_use bool wire_may_int(const json_t *j, const char *key, int64_t min, int64_t max, int64_t *out, struct err *e);
must_use bool wire_may_time(const json_t *j, const char *key, int64_t *utc_ms, struct err *e); // RFC 3339
must_use bool wire_may_bool(const json_t *j, const char *key, bool *out, struct err *e);

#endif
