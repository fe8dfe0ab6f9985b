// SPDX-License-Identifier: MIT
// Knows how what the terminal sends becomes keys, mouse events and pastes.
#include <poll.h>
#include <unistd.h>

#include "src/base/utf8.h"
#include "ui/term_inner.h"

enum {
	PASTE_MAX = 256 * 1024,
	PASTE_IDLE_MS = 2000, // a paste whose end got lost is given out at the first key after this
};

static int next(struct term *t)
{
	int v = t->input.held;

	t->input.held = ERR;
	return v != ERR ? v : wgetch(t->in);
}

static bool hung_up(void)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

static bool give_key(struct term_event *ev, struct key k)
{
	ev->kind = TERM_KEY;
	ev->key = k;
	return true;
}

static bool give_paste(struct term *t, struct term_event *ev)
{
	struct term_input *in = &t->input;

	in->pasting = false;
	str_clear(&in->clean);
	utf8_clean(&in->clean, sv_n(str_z(&in->raw), in->raw.n), UTF8_KEEP_NL);
	str_clear(&in->raw);
	ev->kind = TERM_PASTE;
	ev->paste = sv_n(str_z(&in->clean), in->clean.n);
	return true;
}

// One value within a paste; true when it ends.
static bool paste_more(struct term *t, int v, struct term_event *ev)
{
	struct term_input *in = &t->input;
	int64_t now = clock_mono(t->clock);

	if (v == CODE_PASTE_END)
		return give_paste(t, ev);
	if (now - in->last_ms > PASTE_IDLE_MS) {
		in->held = v;
		return give_paste(t, ev);
	}
	in->last_ms = now;
	if (v <= 0xFF && in->raw.n < PASTE_MAX)
		str_addc(&in->raw, (char)v);
	return false;
}

// The end of a control sequence: the answer to the probe, or something that nobody here knows.
static bool end_of_csi(struct term *t, char final, struct term_event *ev)
{
	struct term_input *in = &t->input;
	struct sv rest = sv_n(in->csi, in->ncsi), row;
	int64_t y, x;

	in->in_csi = false;
	if (!in->probing || final != 'R' || !sv_split(&rest, ';', &row) || !parse_int(row, 1, 9999, &y) ||
	    !parse_int(rest, 1, 9999, &x))
		return false;
	in->probing = false;
	if (x != 3 || t->ascii)
		return false;
	t->ascii = true;
	ev->kind = TERM_ASCII_NOW;
	return true;
}

// Reads on in a control sequence; it may come in pieces.
static bool csi_more(struct term *t, int v, struct term_event *ev)
{
	struct term_input *in = &t->input;

	if (v > 0xFF || v < 0x20) { // broken off: this value stands for itself
		in->in_csi = false;
		in->held = v;
		return false;
	}
	if (v >= 0x40 && v <= 0x7E)
		return end_of_csi(t, (char)v, ev);
	if (in->ncsi < sizeof(in->csi))
		in->csi[in->ncsi++] = (char)v;
	return false;
}

// Collects a UTF-8 sequence; true when a character is complete. Bytes that cannot be one are dropped.
static bool utf8_more(struct term_input *in, int byte, struct term_event *ev)
{
	uint32_t cp;

	if (in->npart > 0 && (byte & 0xC0) != 0x80)
		in->npart = 0;
	if (in->npart == 0 && (byte < 0xC2 || byte > 0xF4))
		return false;
	in->part[in->npart++] = (char)byte;
	unsigned char lead = (unsigned char)in->part[0];
	size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
	if (in->npart < need)
		return false;
	size_t used = utf8_decode(sv_n(in->part, need), &cp);
	in->npart = 0;
	if (used != need || utf8_forbidden(cp))
		return false;
	return give_key(ev, (struct key){K_CHAR, cp, in->part_alt ? MOD_ALT : 0});
}

static bool mouse(struct term_event *ev)
{
	MEVENT m;

	if (getmouse(&m) != OK)
		return false;
	ev->kind = TERM_MOUSE;
	ev->y = m.y;
	ev->x = m.x;
	ev->mouse = m.bstate & BUTTON4_PRESSED ? MOUSE_WHEEL_UP : m.bstate & BUTTON5_PRESSED ? MOUSE_WHEEL_DOWN : MOUSE_PRESS;
	return true;
}

static bool single(struct term *t, int v, bool alt, struct term_event *ev)
{
	struct key k;

	if (v == KEY_MOUSE)
		return mouse(ev);
	if (v == CODE_PASTE_BEGIN) {
		t->input.pasting = true;
		t->input.last_ms = clock_mono(t->clock);
		return false;
	}
	if (v >= 0x80 && v <= 0xFF) {
		if (t->input.npart == 0)
			t->input.part_alt = alt;
		return utf8_more(&t->input, v, ev);
	}
	t->input.npart = 0;
	if (v >= 0x20 && v < 0x7F)
		k = (struct key){K_CHAR, (uint32_t)v, 0};
	else if (!term_key_of(v, &k)) // KEY_RESIZE and others that are no keys
		return false;
	k.mods |= alt ? MOD_ALT : 0;
	return give_key(ev, k);
}

// After an Esc: alone, the mark of Alt, or the start of a sequence that curses does not know.
static bool after_esc(struct term *t, struct term_event *ev)
{
	int v = next(t);

	if (v == '[') {
		t->input.in_csi = true;
		t->input.ncsi = 0;
		return false;
	}
	if (v == 'O') {
		int last = next(t);
		if (last != ERR && last > 0x20 && last < 0x7F)
			return false;
		t->input.held = last;
	}
	if (v == ERR || v == 0x1B || v == KEY_MOUSE || v == CODE_PASTE_BEGIN) {
		t->input.held = v;
		return give_key(ev, (struct key){.kind = K_ESC});
	}
	return single(t, v, true, ev);
}

bool term_read(struct term *t, struct term_event *ev)
{
	struct term_input *in = &t->input;
	int v;

	*ev = (struct term_event){0};
	untouchwin(t->in); // wgetch shows a touched window, over everything
	while ((v = next(t)) != ERR) {
		bool got = in->pasting	 ? paste_more(t, v, ev)
			   : in->in_csi	 ? csi_more(t, v, ev)
			   : v == 0x1B	 ? after_esc(t, ev)
					 : single(t, v, false, ev);
		if (got)
			return true;
	}
	if (!hung_up())
		return false;
	ev->kind = TERM_EOF;
	return true;
}
