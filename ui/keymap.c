// SPDX-License-Identifier: MIT
// Knows which action a key means in a place: the defaults of actions.def under the user's own bindings.
#include "ui/keymap.h"

#include "src/base/i18n.h"
#include "src/base/vec.h"

// One key of one action in one context (a single bit), in the order of actions.def.
struct binding {
	struct key key;
	unsigned context;
	enum action action;
};
struct bindings {
	struct binding *v;
	size_t n, cap;
};
// The label of an action in some contexts, in the language of the program. Every frame asks for a dozen of them.
struct label {
	unsigned contexts;
	enum action action;
	enum lang lang;
	bool known;
	char text[KEY_NAME_MAX];
};
enum { LABELS = 128 };
struct keymap {
	struct bindings all;
	struct label *labels; // LABELS; each stands where its contexts and action fall, the last one asked for
};

// The most specific first.
static const unsigned order[CTX_COUNT] = {
	CTX_POPUP,   CTX_PICK,	  CTX_HISTORY,	  CTX_WRAP, CTX_KB_DESK, CTX_KB_WRITE, CTX_CONFLICTS, CTX_TICKET, CTX_PRACTICE, CTX_BRIEF, CTX_DEBRIEF, CTX_COACH, CTX_HOME, CTX_SCRIPT, CTX_KB_QUERY,
	CTX_KB_LIST, CTX_KB_ARTICLE, CTX_KB_PAST, CTX_FORM, CTX_RECORD, CTX_LIST, CTX_EDIT, CTX_ANY,
};

static bool next_word(struct sv *rest, struct sv *word)
{
	while (sv_split(rest, ' ', word))
		if (word->n)
			return true;
	return false;
}

static void add(struct keymap *km, struct key k, unsigned contexts, enum action a)
{
	for (unsigned bit = 1; bit <= contexts; bit <<= 1)
		if (contexts & bit)
			vec_push(&km->all, ((struct binding){k, bit, a}));
}

struct keymap *keymap_new(void)
{
	struct keymap *km = xcalloc(1, sizeof(*km));

	km->labels = xcalloc(LABELS, sizeof(*km->labels));
	for (int a = 1; a < ACT_COUNT; a++) {
		const struct action_info *info = action_info((enum action)a);
		struct sv rest = sv(info->keys), word;
		struct key k;
		struct err e = {0};

		while (next_word(&rest, &word)) {
			if (!key_parse(word, &k, &e))
				BUG("actions.def: %s: %s", info->name, e.msg);
			add(km, k, info->contexts, (enum action)a);
		}
	}
	return km;
}

void keymap_free(struct keymap *km)
{
	if (!km)
		return;
	vec_release(&km->all);
	free(km->labels);
	free(km);
}

static unsigned context_by_name(const char *name)
{
	for (unsigned i = 0; i < CTX_COUNT; i++)
		if (str_eq(context_name(1u << i), name))
			return 1u << i;
	return 0;
}

// Places where characters are typed: the form, the query line, lists under a typed line, and editing itself.
static bool editing(unsigned contexts)
{
	return (contexts & (CTX_EDIT | CTX_FORM | CTX_KB_QUERY | CTX_KB_WRITE | CTX_PICK | CTX_POPUP)) != 0;
}

static bool check_keys(const struct keymap_user *u, unsigned contexts, struct err *e)
{
	struct sv rest = sv(u->keys), word;
	struct key k;

	while (next_word(&rest, &word)) {
		if (!key_parse(word, &k, e))
			return false;
		if (key_is_text(k) && (contexts & ~(unsigned)CTX_ANY) && editing(contexts))
			return err_set(e, ERR_PARSE,
				       _("“%.*s” is typed as text there; use a key with C- or M-, or a named key"),
				       (int)word.n, word.p);
		if (key_is_text(k) && (contexts & CTX_ANY))
			return err_set(e, ERR_PARSE, _("“%.*s” cannot hold everywhere; use a key with C- or M-"),
				       (int)word.n, word.p);
	}
	return true;
}

bool keymap_bind(struct keymap *km, const struct keymap_user *u, struct err *e)
{
	bool unbind = str_eq(u->action, "none");
	enum action a = unbind || !u->action ? ACT_NONE : action_by_name(u->action);
	unsigned contexts = action_info(a)->contexts;

	if (!unbind && a == ACT_NONE)
		return err_set(e, ERR_NOT_FOUND, _("there is no action “%s”; zuoxi keys lists them"),
			       u->action ? u->action : "");
	if (!str_empty(u->context)) {
		contexts = context_by_name(u->context);
		if (!contexts)
			return err_set(e, ERR_NOT_FOUND, _("there is no key context “%s”; zuoxi keys lists them"), u->context);
	} else if (unbind) {
		contexts = (1u << CTX_COUNT) - 1;
	}
	if (!unbind && !check_keys(u, contexts, e))
		return false;

	memset(km->labels, 0, LABELS * sizeof(*km->labels));
	struct sv rest = sv(u->keys), word;
	struct bindings kept = {0};
	struct key k = {0};
	for (size_t i = 0; i < km->all.n; i++) {
		struct binding b = km->all.v[i];
		bool drop = !unbind && b.action == a && (b.context & contexts);
		for (rest = sv(u->keys); !drop && (b.context & contexts) && next_word(&rest, &word);)
			drop = key_parse(word, &k, NULL) && key_eq(k, b.key);
		if (!drop)
			vec_push(&kept, b);
	}
	vec_release(&km->all);
	km->all = kept;
	for (rest = sv(u->keys); !unbind && next_word(&rest, &word);)
		if (key_parse(word, &k, NULL))
			add(km, k, contexts, a);
	return true;
}

static enum action bound(const struct keymap *km, unsigned context, struct key k)
{
	for (size_t i = 0; i < km->all.n; i++)
		if (km->all.v[i].context == context && key_eq(km->all.v[i].key, k))
			return km->all.v[i].action;
	return ACT_NONE;
}

struct keymap_hit keymap_lookup(const struct keymap *km, unsigned contexts, struct key k)
{
	if ((contexts & CTX_EDIT) && key_is_text(k))
		return (struct keymap_hit){ACT_NONE, true};
	for (size_t i = 0; i < CTX_COUNT; i++) {
		enum action a = contexts & order[i] ? bound(km, order[i], k) : ACT_NONE;
		if (a != ACT_NONE)
			return (struct keymap_hit){a, false};
	}
	return (struct keymap_hit){ACT_NONE, false};
}

// Visits each key of an action once, although it may be bound in several contexts.
static bool first_time(const struct keymap *km, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (km->all.v[j].action == km->all.v[i].action && key_eq(km->all.v[j].key, km->all.v[i].key))
			return false;
	return true;
}

size_t keymap_keys_of(const struct keymap *km, enum action a, struct key *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < km->all.n; i++)
		if (km->all.v[i].action == a && first_time(km, i)) {
			if (n < max)
				out[n] = km->all.v[i].key;
			n++;
		}
	return n;
}

static void find_label(const struct keymap *km, unsigned contexts, enum action a, char *buf, size_t cap)
{
	buf[0] = '\0';
	for (size_t i = 0; i < km->all.n; i++) {
		const struct binding *b = &km->all.v[i];
		if (b->action != a || !(b->context & contexts))
			continue;
		// A more specific place may have taken the key: then it does not reach this action from here.
		if (keymap_lookup(km, contexts, b->key).action != a)
			continue;
		key_label(b->key, buf, cap);
		return;
	}
}

void keymap_label(const struct keymap *km, unsigned contexts, enum action a, char *buf, size_t cap)
{
	struct label *l = &km->labels[(contexts * 31 + (unsigned)a) % LABELS];

	if (!l->known || l->contexts != contexts || l->action != a || l->lang != i18n_lang()) {
		*l = (struct label){.contexts = contexts, .action = a, .lang = i18n_lang(), .known = true};
		find_label(km, contexts, a, l->text, sizeof(l->text));
	}
	snprintf(buf, cap, "%s", l->text);
}

void keymap_names_of(const struct keymap *km, enum action a, struct str *out)
{
	char name[KEY_NAME_MAX];
	bool some = false;

	for (size_t i = 0; i < km->all.n; i++)
		if (km->all.v[i].action == a && first_time(km, i)) {
			key_write(km->all.v[i].key, name, sizeof(name));
			str_addf(out, "%s%s", some ? " " : "", name);
			some = true;
		}
}

size_t keymap_clashes(const struct keymap *km, struct str *out)
{
	char name[KEY_NAME_MAX];
	size_t n = 0;

	for (size_t i = 0; i < km->all.n; i++)
		for (size_t j = i + 1; j < km->all.n; j++) {
			const struct binding *x = &km->all.v[i], *y = &km->all.v[j];
			if (x->context != y->context || x->action == y->action || !key_eq(x->key, y->key))
				continue;
			key_write(x->key, name, sizeof(name));
			str_addf(out, _("%s in %s: both %s and %s\n"), name, context_name(x->context),
				 action_info(x->action)->name, action_info(y->action)->name);
			n++;
		}
	return n;
}
