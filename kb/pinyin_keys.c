// SPDX-License-Identifier: MIT
// Knows the keys under which the table kb_pinyin holds what may be typed of a text: initials and syllables from every place.
#include "kb/index.h"

#include "src/base/han.h"
#include "src/base/utf8.h"

enum {
	PLACES_MAX = 32,  // starting places in one text
	INITIALS_MAX = 8, // characters behind one initials key
	SYLLABLES_MAX = 5,
	WAYS_MAX = 16,    // readings of one place that are kept
	VARIED = 4,       // only the first characters are read in every way: they are what gets typed
};

struct keys {
	kb_pinyin_fn *fn;
	void *arg;
	enum kb_field field;
	bool ok;
};

// All ways to read the n characters at v as initials (letters = true) or syllables; ways counts down to 0.
static void spell(struct keys *k, const uint32_t *v, size_t n, bool letters, struct str *key, int depth, int *ways)
{
	const char *all[HAN_READINGS_MAX];
	char initials[8];
	size_t was = key->n;

	if (!k->ok || *ways <= 0)
		return;
	if (!n) {
		(*ways)--;
		k->ok = k->fn(k->arg, str_z(key), k->field);
		return;
	}
	size_t m = letters ? han_initials(*v, initials) : han_readings(*v, all, HAN_READINGS_MAX);
	if (depth >= VARIED && m > 1)
		m = 1;
	for (size_t i = 0; i < m; i++) {
		if (letters)
			str_addc(key, initials[i]);
		else
			str_add(key, all[i]);
		spell(k, v + 1, n - 1, letters, key, depth + 1, ways);
		key->n = was;
		key->s[was] = '\0';
	}
}

static void run_keys(struct keys *k, const uint32_t *v, size_t n)
{
	struct str key = {0};

	for (size_t at = 0; at + 1 < n && at < PLACES_MAX && k->ok; at++) {
		int ways = WAYS_MAX;
		str_clear(&key);
		str_add(&key, "i:");
		spell(k, v + at, n - at < INITIALS_MAX ? n - at : INITIALS_MAX, true, &key, 0, &ways);
		ways = WAYS_MAX;
		str_clear(&key);
		str_add(&key, "f:");
		spell(k, v + at, n - at < SYLLABLES_MAX ? n - at : SYLLABLES_MAX, false, &key, 0, &ways);
	}
	str_release(&key);
}

static bool readable(uint32_t cp)
{
	const char *r[1];

	return utf8_is_han(cp) && han_readings(cp, r, 1) > 0;
}

// Every run of Han characters of one text, folded.
static void text_keys(struct keys *k, struct sv text)
{
	uint32_t run[256];
	size_t n = 0;

	for (size_t i = 0; i < text.n;) {
		uint32_t cp;
		i += utf8_decode(sv_n(text.p + i, text.n - i), &cp);
		cp = han_simplify(cp);
		if (readable(cp) && n < sizeof(run) / sizeof(*run)) {
			run[n++] = cp;
			continue;
		}
		run_keys(k, run, n);
		n = 0;
	}
	run_keys(k, run, n);
}

bool kb_pinyin_keys(const struct kb_text *t, kb_pinyin_fn *fn, void *arg)
{
	struct keys k = {fn, arg, KB_F_TITLE, true};

	text_keys(&k, sv(t->title));
	k.field = KB_F_TAGS;
	for (size_t i = 0; i < t->synonyms.n; i++)
		text_keys(&k, sv(t->synonyms.v[i]));
	for (size_t i = 0; i < t->tags.n; i++)
		text_keys(&k, sv(t->tags.v[i]));
	return k.ok;
}

bool kb_pinyin_of(struct sv text, struct str *key)
{
	const char *r[1];
	size_t n = 0;

	str_add(key, "f:");
	for (size_t i = 0; i < text.n && n < SYLLABLES_MAX;) {
		uint32_t cp;
		i += utf8_decode(sv_n(text.p + i, text.n - i), &cp);
		cp = han_simplify(cp);
		if (!readable(cp))
			continue;
		han_readings(cp, r, 1);
		str_add(key, r[0]);
		n++;
	}
	return n >= 2;
}
