// SPDX-License-Identifier: MIT
// Knows what must hold for any bytes read as an event stream: the same events however they are cut, within the bounds.
#include "src/base/err.h"
#include "src/sync/events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	struct str text;
};

static void note(void *arg, const struct sse_event *ev)
{
	struct seen *s = arg;

	if (strlen(ev->id) > EVENTS_NAME_MAX || strlen(ev->name) > EVENTS_NAME_MAX || ev->data.n > EVENTS_DATA_MAX ||
	    ev->data.p[ev->data.n])
		BUG("an event out of bounds");
	str_addf(&s->text, "[%s|%s|%zu|", ev->id, ev->name, ev->data.n);
	str_addn(&s->text, ev->data.p, ev->data.n);
	str_addc(&s->text, ']');
}

// Pieces of sizes that the bytes themselves choose; step 0: all at once.
static void feed(struct seen *s, const uint8_t *data, size_t size, size_t step)
{
	struct sse p;

	sse_init(&p);
	for (size_t i = 0; i < size;) {
		size_t n = step ? 1 + (data[i] * step) % 17 : size;
		n = n < size - i ? n : size - i;
		char *copy = xmalloc(n);
		memcpy(copy, data + i, n);
		sse_feed(&p, copy, n, note, s);
		free(copy);
		i += n;
	}
	sse_release(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole = {0};

	feed(&whole, data, size, 0);
	for (size_t step = 1; step <= 3; step++) {
		struct seen cut = {0};
		feed(&cut, data, size, step);
		if (!sv_eq(sv_n(str_z(&cut.text), cut.text.n), sv_n(str_z(&whole.text), whole.text.n)))
			BUG("other events when the bytes come in pieces");
		str_release(&cut.text);
	}
	str_release(&whole.text);
	return 0;
}
