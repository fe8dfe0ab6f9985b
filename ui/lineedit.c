// SPDX-License-Identifier: MIT
// Knows how a text is typed and changed: by grapheme, one line or several, with undo.
#include "ui/lineedit.h"

#include "src/base/err.h"
#include "src/base/utf8.h"

enum { MAX_DEFAULT = 4000, UNDO_MAX = 100 };
// Changes of one group in a row are one step of undo.
enum { GROUP_NONE, GROUP_TYPE, GROUP_DELETE };
enum { LONGEST = 4 }; // bytes that a byte may become when a text is cleaned

static struct sv all(const struct lineedit *le)
{
	return sv_n(str_z(&le->text), le->text.n);
}

static void drop_steps(struct lineedit_step *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i].text);
}

static void forget(struct lineedit *le)
{
	drop_steps(le->undo.v, le->undo.n);
	drop_steps(le->redo.v, le->redo.n);
	vec_release(&le->undo);
	vec_release(&le->redo);
	le->group = GROUP_NONE;
}

static void wipe(struct str *b)
{
	if (b->s)
		explicit_bzero(b->s, b->cap);
}

void lineedit_release(struct lineedit *le)
{
	forget(le);
	if (le->secret)
		wipe(&le->text);
	str_release(&le->text);
	le->caret = 0;
}

const char *lineedit_text(const struct lineedit *le)
{
	return str_z(&le->text);
}

size_t lineedit_count(const struct lineedit *le)
{
	return utf8_count(all(le));
}

// A change inside a cluster may join what was apart (a mark after a letter): the caret goes behind the cluster.
static void settle(struct lineedit *le, size_t want)
{
	size_t pos = want < le->text.n ? want : le->text.n;
	size_t before = utf8_prev(all(le), pos);

	le->caret = pos == 0 || utf8_next(all(le), before) == pos ? pos : utf8_next(all(le), before);
}

static struct lineedit_step snapshot(const struct lineedit *le)
{
	return (struct lineedit_step){xstrdup(str_z(&le->text)), le->caret};
}

static void before_change(struct lineedit *le, int group)
{
	drop_steps(le->redo.v, le->redo.n);
	le->redo.n = 0;
	if (le->secret)
		return;
	if (group != GROUP_NONE && group == le->group)
		return;
	le->group = group;
	if (le->undo.n == UNDO_MAX) {
		free(le->undo.v[0].text);
		vec_remove(&le->undo, 0);
	}
	vec_push(&le->undo, snapshot(le));
}

// Room for so many bytes at once: a builder that grows leaves what it held behind in the heap.
static struct str with_room(size_t n)
{
	return (struct str){.s = xcalloc(1, n + 1), .cap = n + 1};
}

static void replace(struct lineedit *le, size_t from, size_t to, struct sv with)
{
	struct str b = with_room(le->text.n + with.n);

	str_addn(&b, str_z(&le->text), from);
	str_addn(&b, with.p, with.n);
	str_addn(&b, str_z(&le->text) + to, le->text.n - to);
	if (le->secret)
		wipe(&le->text);
	str_release(&le->text);
	le->text = b;
	settle(le, from + with.n);
}

void lineedit_set(struct lineedit *le, const char *text)
{
	struct str b = {0};

	utf8_clean(&b, sv(text), le->multi ? UTF8_KEEP_NL : UTF8_LINE);
	forget(le);
	str_release(&le->text);
	le->text = b;
	le->caret = b.n;
}

// Cleaned, filtered and cut to what max leaves.
static void admit(const struct lineedit *le, struct sv text, struct str *out)
{
	size_t max = le->max ? le->max : MAX_DEFAULT, have = lineedit_count(le);
	struct str clean = with_room(LONGEST * text.n);
	uint32_t cp;

	utf8_clean(&clean, text, le->multi ? UTF8_KEEP_NL : UTF8_LINE);
	for (size_t i = 0; i < clean.n && have < max;) {
		size_t n = utf8_decode(sv_n(clean.s + i, clean.n - i), &cp);
		if (!le->filter || le->filter(cp)) {
			str_addn(out, clean.s + i, n);
			have++;
		}
		i += n;
	}
	if (le->secret)
		wipe(&clean);
	str_release(&clean);
}

static bool insert(struct lineedit *le, struct sv text, int group)
{
	struct str in = with_room(LONGEST * text.n);

	admit(le, text, &in);
	bool some = in.n > 0;
	if (some) {
		before_change(le, group);
		replace(le, le->caret, le->caret, sv_n(in.s, in.n));
	}
	if (le->secret)
		wipe(&in);
	str_release(&in);
	return some;
}

bool lineedit_insert(struct lineedit *le, struct sv text)
{
	return insert(le, text, GROUP_NONE);
}

void lineedit_replace(struct lineedit *le, const char *text)
{
	before_change(le, GROUP_NONE);
	replace(le, 0, le->text.n, sv(text));
	le->caret = 0;
}

bool lineedit_key(struct lineedit *le, struct key k)
{
	struct str one = {0};

	if (!key_is_text(k))
		return false;
	// A word typed is one step: the blank after it starts the next.
	if (k.cp == ' ')
		le->group = GROUP_NONE;
	str_addcp(&one, k.cp);
	bool ok = insert(le, sv_n(one.s, one.n), GROUP_TYPE);
	if (le->secret)
		wipe(&one);
	str_release(&one);
	return ok;
}

static size_t line_start(const struct lineedit *le)
{
	size_t i = le->caret;

	while (i > 0 && le->text.s[i - 1] != '\n')
		i--;
	return i;
}

static size_t line_end(const struct lineedit *le)
{
	size_t i = le->caret;

	while (i < le->text.n && le->text.s[i] != '\n')
		i++;
	return i;
}

static bool cut(struct lineedit *le, size_t from, size_t to, int group)
{
	if (from >= to)
		return false;
	before_change(le, group);
	replace(le, from, to, sv(""));
	return true;
}

// Takes a step from one stack and keeps the present on the other.
static bool travel(struct lineedit *le, bool back)
{
	if ((back ? le->undo.n : le->redo.n) == 0)
		return false;
	struct lineedit_step now = snapshot(le);
	struct lineedit_step to = back ? le->undo.v[--le->undo.n] : le->redo.v[--le->redo.n];
	if (back)
		vec_push(&le->redo, now);
	else
		vec_push(&le->undo, now);
	str_clear(&le->text);
	str_add(&le->text, to.text);
	le->caret = to.caret;
	le->group = GROUP_NONE;
	free(to.text);
	return true;
}

static bool move(struct lineedit *le, size_t to)
{
	le->caret = to;
	le->group = GROUP_NONE;
	return false;
}

bool lineedit_act(struct lineedit *le, enum action a, bool *changed)
{
	struct sv s = all(le);
	size_t c = le->caret;
	bool did;

	if (a == ACT_EDIT_LEFT)
		did = move(le, utf8_prev(s, c));
	else if (a == ACT_EDIT_RIGHT)
		did = move(le, utf8_next(s, c));
	else if (a == ACT_EDIT_WORD_LEFT)
		did = move(le, utf8_word_prev(s, c));
	else if (a == ACT_EDIT_WORD_RIGHT)
		did = move(le, utf8_word_next(s, c));
	else if (a == ACT_EDIT_HOME)
		did = move(le, line_start(le));
	else if (a == ACT_EDIT_END)
		did = move(le, line_end(le));
	else if (a == ACT_EDIT_BACKSPACE)
		did = cut(le, utf8_prev(s, c), c, GROUP_DELETE);
	else if (a == ACT_EDIT_DELETE)
		did = cut(le, c, utf8_next(s, c), GROUP_DELETE);
	else if (a == ACT_EDIT_WORD_BACK)
		did = cut(le, utf8_word_prev(s, c), c, GROUP_NONE);
	else if (a == ACT_EDIT_KILL)
		did = cut(le, c, line_end(le), GROUP_NONE);
	else if (a == ACT_EDIT_KILL_ALL)
		did = cut(le, line_start(le), c, GROUP_NONE);
	else if (a == ACT_EDIT_UNDO)
		did = travel(le, true);
	else if (a == ACT_EDIT_REDO)
		did = travel(le, false);
	else
		return false;
	if (changed)
		*changed = did;
	return true;
}
