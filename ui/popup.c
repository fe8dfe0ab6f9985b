// SPDX-License-Identifier: MIT
// Knows the dialogs over the screen as plain state: what they hold and what a key does to them.
#include "ui/popup.h"

#include "src/base/han.h"
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "ui/popup_size.h"

enum { PAGE = 10 };

static void open_as(struct popup *p, enum popup_kind kind, int id, const char *title, const char *text)
{
	popup_release(p);
	p->kind = kind;
	p->id = id;
	p->title = xstrdup(title ? title : "");
	p->text = text ? xstrdup(text) : NULL;
}

void popup_confirm(struct popup *p, int id, const char *title, const char *text)
{
	open_as(p, POPUP_CONFIRM, id, title, text);
	popup_add_row(p, 'n', _("No"), NULL, NULL);
	popup_add_row(p, 'y', _("Yes"), NULL, NULL);
}

void popup_menu(struct popup *p, int id, const char *title, const char *text)
{
	open_as(p, POPUP_MENU, id, title, text);
}

void popup_pick(struct popup *p, int id, const char *title, const char *text)
{
	open_as(p, POPUP_PICK, id, title, text);
}

void popup_prompt(struct popup *p, int id, const char *title, const char *text)
{
	open_as(p, POPUP_PROMPT, id, title, text);
}

void popup_message(struct popup *p, int id, const char *title, const char *text)
{
	open_as(p, POPUP_TEXT, id, title, text ? text : "");
}

void popup_add_row(struct popup *p, uint32_t key, const char *label, const char *note, const char *id)
{
	struct popup_row row = {
		.label = xstrdup(label ? label : ""),
		.note = note ? xstrdup(note) : NULL,
		.id = id ? xstrdup(id) : NULL,
		.key = key,
	};

	vec_push(&p->rows, row);
}

struct lineedit *popup_add_field(struct popup *p, const char *label, const char *value, bool required, int rows)
{
	struct popup_field *f = vec_add(&p->fields);

	f->label = xstrdup(label ? label : "");
	f->required = required;
	f->rows = rows > 1 ? rows : 1;
	f->line.multi = rows > 1;
	lineedit_set(&f->line, value ? value : "");
	return &f->line;
}

void popup_refuse(struct popup *p, const char *why)
{
	snprintf(p->error, sizeof(p->error), "%s", why);
}

void popup_release(struct popup *p)
{
	for (size_t i = 0; i < p->rows.n; i++) {
		free(p->rows.v[i].label);
		free(p->rows.v[i].note);
		free(p->rows.v[i].id);
	}
	for (size_t i = 0; i < p->fields.n; i++) {
		free(p->fields.v[i].label);
		lineedit_release(&p->fields.v[i].line);
	}
	vec_release(&p->rows);
	vec_release(&p->shown);
	vec_release(&p->fields);
	lineedit_release(&p->filter);
	free(p->title);
	free(p->text);
	*p = (struct popup){0};
}

// Do the letters from here on spell the beginnings of the readings of the characters from here on? 冻结 is dj.
static bool initials_at(struct sv label, struct sv letters)
{
	char heads[8];
	size_t i = 0;
	uint32_t cp;

	for (size_t k = 0; k < letters.n; k++) {
		if (i >= label.n)
			return false;
		i += utf8_decode(sv_n(label.p + i, label.n - i), &cp);
		size_t n = han_initials(cp, heads);
		if (n ? !memchr(heads, letters.p[k], n) : cp != (unsigned char)letters.p[k])
			return false;
	}
	return true;
}

static bool by_initials(struct sv label, struct sv letters)
{
	uint32_t cp;

	for (size_t i = 0; i < letters.n; i++)
		if ((unsigned char)letters.p[i] >= 0x80)
			return false;
	for (size_t i = 0; i < label.n; i += utf8_decode(sv_n(label.p + i, label.n - i), &cp))
		if (initials_at(sv_n(label.p + i, label.n - i), letters))
			return true;
	return false;
}

static bool holds(struct sv text, struct sv part)
{
	return part.n == 0 || (text.n >= part.n && memmem(text.p, text.n, part.p, part.n));
}

// 0: no match, 1: every word is somewhere in it, 2: the label starts with what was typed.
static int match(const struct popup_row *row, struct sv typed)
{
	struct str label = {0}, whole = {0};
	struct sv rest = typed, word;
	int rank = 1;

	utf8_fold(&label, sv(row->label));
	str_add(&whole, str_z(&label));
	str_addc(&whole, '\n');
	utf8_fold(&whole, sv(row->note));
	str_addc(&whole, '\n');
	utf8_fold(&whole, sv(row->id));
	struct sv l = sv_n(str_z(&label), label.n), w = sv_n(str_z(&whole), whole.n);
	while (rank && sv_split(&rest, ' ', &word))
		rank = holds(w, word) || by_initials(l, word);
	if (rank && l.n >= typed.n && memcmp(l.p, typed.p, typed.n) == 0)
		rank = 2;
	str_release(&label);
	str_release(&whole);
	return rank;
}

void popup_ready(struct popup *p)
{
	struct str typed = {0};

	utf8_fold(&typed, sv(lineedit_text(&p->filter)));
	struct sv t = sv_trim(sv_n(str_z(&typed), typed.n));
	p->shown.n = 0;
	if (p->match && t.n) {
		char *z = xstrndup(t.p, t.n);
		vec_reserve(&p->shown, p->rows.n);
		p->shown.n = p->match(p, p->match_ctx, z, p->shown.v, p->rows.n);
		free(z);
	}
	for (int rank = p->match && t.n ? 0 : 2; rank > 0; rank--)
		for (size_t i = 0; i < p->rows.n; i++)
			if (match(&p->rows.v[i], t) == rank)
				vec_push(&p->shown, i);
	p->list = (struct list){0};
	str_release(&typed);
}

unsigned popup_contexts(const struct popup *p)
{
	switch (p->kind) {
	case POPUP_NONE:
		return 0;
	case POPUP_CONFIRM:
		return CTX_POPUP;
	case POPUP_MENU:
	case POPUP_TEXT:
		return CTX_POPUP | CTX_LIST;
	case POPUP_PICK:
		return CTX_PICK | CTX_EDIT;
	case POPUP_PROMPT:
		return CTX_POPUP | CTX_EDIT;
	}
	return 0;
}

static struct lineedit *typing_into(struct popup *p)
{
	if (p->kind == POPUP_PICK)
		return &p->filter;
	return p->kind == POPUP_PROMPT && p->field < p->fields.n ? &p->fields.v[p->field].line : NULL;
}

void popup_paste(struct popup *p, struct sv text)
{
	struct lineedit *le = typing_into(p);

	p->error[0] = '\0';
	if (le && lineedit_insert(le, text) && p->kind == POPUP_PICK)
		popup_ready(p);
}

static bool finish(const struct popup *p, bool accepted, size_t row, struct popup_result *out)
{
	*out = (struct popup_result){.id = p->id, .accepted = accepted, .row = row};
	if (row < p->rows.n)
		out->row_id = p->rows.v[row].id;
	if (p->kind == POPUP_PICK)
		out->text = lineedit_text(&p->filter);
	for (size_t i = 0; i < p->fields.n && i < sizeof(out->texts) / sizeof(*out->texts); i++)
		out->texts[out->ntexts++] = lineedit_text(&p->fields.v[i].line);
	if (p->kind == POPUP_PROMPT && out->ntexts)
		out->text = out->texts[0];
	return true;
}

static bool accept_fields(struct popup *p, struct popup_result *out)
{
	if (p->field + 1 < p->fields.n) {
		p->field++;
		return false;
	}
	for (size_t i = 0; i < p->fields.n; i++)
		if (p->fields.v[i].required && sv_trim(sv(lineedit_text(&p->fields.v[i].line))).n == 0) {
			p->field = i;
			snprintf(p->error, sizeof(p->error), _("%s is needed"), p->fields.v[i].label);
			return false;
		}
	return finish(p, true, p->rows.n, out);
}

static bool accept_it(struct popup *p, struct popup_result *out)
{
	size_t row = p->list.selected;

	switch (p->kind) {
	case POPUP_NONE:
	case POPUP_TEXT:
		return finish(p, true, p->rows.n, out);
	case POPUP_CONFIRM:
		return finish(p, row == 1, row, out);
	case POPUP_MENU:
		return row < p->rows.n && finish(p, true, row, out);
	case POPUP_PICK:
		if (row < p->shown.n)
			return finish(p, true, p->shown.v[row], out);
		if (p->free_text && sv_trim(sv(lineedit_text(&p->filter))).n)
			return finish(p, true, p->rows.n, out);
		popup_refuse(p, _("Nothing matches; change the text or press Esc"));
		return false;
	case POPUP_PROMPT:
		return accept_fields(p, out);
	}
	return false;
}

// Keys that belong to the kind of popup itself, whatever the keymap says. True: used.
static bool own_key(struct popup *p, struct key k, struct popup_result *out, bool *done)
{
	bool vertical = k.kind == K_TAB && !(k.mods & (MOD_ALT | MOD_CTRL));

	if ((p->kind == POPUP_MENU || p->kind == POPUP_CONFIRM) && key_is_text(k))
		for (size_t i = 0; i < p->rows.n; i++)
			if (p->rows.v[i].key && p->rows.v[i].key == k.cp) {
				*done = finish(p, p->kind == POPUP_MENU || i == 1, i, out);
				return true;
			}
	if (p->kind == POPUP_CONFIRM && (vertical || k.kind == K_LEFT || k.kind == K_RIGHT)) {
		p->list.selected = !p->list.selected;
		return true;
	}
	if (p->kind == POPUP_PROMPT && vertical && p->fields.n) {
		size_t step = k.mods & MOD_SHIFT ? p->fields.n - 1 : 1;
		p->field = (p->field + step) % p->fields.n;
		return true;
	}
	struct lineedit *le = typing_into(p);
	if (p->kind == POPUP_PROMPT && le && le->multi && k.kind == K_ENTER && (k.mods & MOD_ALT)) {
		lineedit_insert(le, sv("\n"));
		return true;
	}
	return false;
}

static bool up_down(struct popup *p, int dir)
{
	struct lineedit *le = typing_into(p);

	switch (p->kind) {
	case POPUP_NONE:
	case POPUP_PICK:
		return false;
	case POPUP_CONFIRM:
		p->list.selected = !p->list.selected;
		break;
	case POPUP_MENU:
		list_move(&p->list, dir, PAGE, p->rows.n, NULL, NULL);
		break;
	case POPUP_PROMPT:
		if (le && lineedit_move_row(le, POPUP_FIELD_COLS, dir))
			break;
		if (dir < 0 && p->field > 0)
			p->field--;
		else if (dir > 0 && p->field + 1 < p->fields.n)
			p->field++;
		break;
	case POPUP_TEXT:
		p->scroll = popup_clamp_scroll(p, p->scroll + dir);
		break;
	}
	return true;
}

static bool scroll_act(struct popup *p, enum action a)
{
	int to = p->scroll;

	if (a == ACT_LIST_UP || a == ACT_LIST_DOWN)
		to += a == ACT_LIST_UP ? -1 : 1;
	else if (a == ACT_LIST_PAGE_UP || a == ACT_LIST_PAGE_DOWN)
		to += a == ACT_LIST_PAGE_UP ? -PAGE : PAGE;
	else if (a == ACT_LIST_FIRST)
		to = 0;
	else if (a == ACT_LIST_LAST)
		to = 1 << 20;
	else
		return false;
	p->scroll = popup_clamp_scroll(p, to);
	return true;
}

bool popup_input(struct popup *p, const struct keymap *km, struct key k, struct popup_result *out, enum action *left)
{
	struct lineedit *le = typing_into(p);
	bool done = false, changed = false;

	*left = ACT_NONE;
	p->error[0] = '\0';
	if (own_key(p, k, out, &done))
		return done;
	struct keymap_hit hit = keymap_lookup(km, popup_contexts(p) | CTX_ANY, k);
	if (hit.text || (le && lineedit_act(le, hit.action, &changed))) {
		if (le && hit.text)
			changed = lineedit_key(le, k);
		if (changed && p->kind == POPUP_PICK)
			popup_ready(p);
		return false;
	}
	if (hit.action == ACT_POPUP_CANCEL)
		return finish(p, false, p->rows.n, out);
	if (hit.action == ACT_POPUP_OK || hit.action == ACT_LIST_OPEN)
		return accept_it(p, out);
	if ((hit.action == ACT_POPUP_UP || hit.action == ACT_POPUP_DOWN) &&
	    up_down(p, hit.action == ACT_POPUP_UP ? -1 : 1))
		return false;
	if (p->kind == POPUP_TEXT && scroll_act(p, hit.action))
		return false;
	size_t count = p->kind == POPUP_PICK ? p->shown.n : p->rows.n;
	if (p->kind != POPUP_CONFIRM && list_act(&p->list, hit.action, PAGE, count, NULL, NULL))
		return false;
	*left = hit.action;
	return false;
}
