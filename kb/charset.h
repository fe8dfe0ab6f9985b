// SPDX-License-Identifier: MIT
// Knows the encodings that files from other systems come in, and makes UTF-8 of them (ICU).
#ifndef KB_CHARSET_H
#define KB_CHARSET_H

#include "src/base/err.h"
#include "src/base/str.h"

enum charset {
	CHARSET_ASCII,   // nothing else seen yet
	CHARSET_UTF8,
	CHARSET_GB18030, // GB2312 and GBK are parts of it
	CHARSET_UTF16,   // by its byte order mark
	CHARSET_UNKNOWN,
};
// What the beginning of a file (or all of it: whole) is written in. A character cut at the end of a part is no fault.
enum charset charset_of(struct sv text, bool whole);

// Appends text, written in the charset of that name ("gb18030"), as UTF-8. ERR_PARSE: there is no such charset, or the
// text is not written in it.
must_use bool charset_decode(const char *name, struct sv text, struct str *out, struct err *e);
// The name that a page of HTML gives itself in its first 4 KiB, in lower case; "" if none.
void charset_of_page(struct sv page, char name[32]);

#endif
