// SPDX-License-Identifier: MIT
// Knows the measures that the keys and the drawing of a popup share.
#ifndef UI_POPUP_SIZE_H
#define UI_POPUP_SIZE_H

#include "ui/popup.h"

// The least screen is 80 columns, so these fit everywhere and a text wraps the same on every screen.
enum {
	POPUP_TEXT_COLS = 72,  // text inside a message or help
	POPUP_FIELD_COLS = 56, // what is typed into in a prompt
};

// A first line that still fills the popup on the least screen.
int popup_clamp_scroll(const struct popup *p, int scroll);

#endif
