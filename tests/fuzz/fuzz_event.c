// SPDX-License-Identifier: MIT
// Knows what must hold for any JSON read as the data of an event: read or refused, and the same when written again.
#include "src/work/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event ev = {.type = EV_NOTE}, again = {.type = EV_NOTE};
	struct err e = {0};
	struct str line = {0};
	char *text = xstrndup((const char *)data, size);

	if (event_from_json(text, &ev, &e)) {
		json_t *o = event_to_json(&ev);
		char *out = json_dumps(o, JSON_COMPACT);
		if (!out || !event_from_json(out, &again, &e) || again.pairs != ev.pairs)
			BUG("not read as it was written: %s", out ? out : "nothing");
		for (int i = 0; i < ev.pairs; i++)
			if (strcmp(event_get(&again, ev.pair[i].key), event_get(&ev, ev.pair[i].key)) != 0)
				BUG("%s is different", ev.pair[i].key);
		for (int t = 0; t < EVENT_TYPES; t++) {
			str_clear(&line);
			ev.type = (enum event_type)t;
			event_describe(&ev, &line);
		}
		free(out);
		json_decref(o);
	} else if (!e.msg[0]) {
		BUG("refused without a word");
	}
	event_release(&ev);
	event_release(&again);
	str_release(&line);
	free(text);
	return 0;
}
