// SPDX-License-Identifier: MIT
// Knows how to run a program on a pseudo terminal and to see its screen: forkpty and libvterm. Waits have a deadline
// and end as soon as what is waited for is there; nothing sleeps.
#ifndef TERM_VT_H
#define TERM_VT_H

#include <stdbool.h>
#include <stddef.h>

struct vt;

struct vt_cell {
	char text[32]; // UTF-8; "" for a blank or the second half of a wide character
	int width;
	bool bold, reverse, underline;
	bool coloured; // a colour other than the terminal's own
};

// Starts argv (argv[0] is the path) on a terminal of that size with an empty environment but for TERM=xterm-256color,
// LC_ALL=C.UTF-8, PATH and what env adds or replaces ("NAME=value", NULL-terminated; may be NULL). Never fails (aborts).
struct vt *vt_spawn(const char *const argv[], const char *const env[], int rows, int cols);
// Ends the program if it still runs (SIGKILL), frees everything.
void vt_close(struct vt *vt);

// True as soon as the screen (rows joined by LF, blanks at the ends cut) matches the extended regular expression.
bool vt_wait_text(struct vt *vt, const char *regex, int deadline_ms);
bool vt_wait_gone(struct vt *vt, const char *regex, int deadline_ms); // no longer matches
// Waits until the program ended; its wait status (WIFEXITED, WTERMSIG ...), or -1 at the deadline.
int vt_wait_exit(struct vt *vt, int deadline_ms);
// Waits until it is stopped (SIGTSTP), as a shell would.
bool vt_wait_stopped(struct vt *vt, int deadline_ms);
// Reads what comes for so long, at least once; for "nothing more is drawn".
void vt_pump(struct vt *vt, int ms);

// Key names as in key scripts, blank-separated ("Tab C-p F2"); "text:" types the rest as it is.
void vt_send(struct vt *vt, const char *keys);
void vt_raw(struct vt *vt, const char *bytes, size_t n); // exactly these bytes
void vt_paste(struct vt *vt, const char *text);           // bracketed if the program asked for it
void vt_click(struct vt *vt, int y, int x);
void vt_resize(struct vt *vt, int rows, int cols);
void vt_mute(struct vt *vt, bool mute); // do not answer the program's questions (cursor position)
void vt_signal(struct vt *vt, int sig);
// Closes the terminal under the program, as a window that is closed does; its wait status, or -1 at the deadline.
int vt_hang_up(struct vt *vt, int deadline_ms);

const char *vt_screen(struct vt *vt);     // borrowed until the next call
const char *vt_row(struct vt *vt, int y); // one row, likewise
struct vt_cell vt_cell(struct vt *vt, int y, int x);
bool vt_cursor(struct vt *vt, int *y, int *x); // false: hidden
bool vt_alternate(struct vt *vt);              // on the alternate screen
bool vt_mouse(struct vt *vt);                  // mouse reports are on
bool vt_cooked(struct vt *vt);                 // the tty is in line mode with echo, as a shell expects
size_t vt_bytes(struct vt *vt);                // written by the program so far
bool vt_wrote(struct vt *vt, const char *bytes); // among the last 64 KiB

#endif
