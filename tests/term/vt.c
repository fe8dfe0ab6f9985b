// SPDX-License-Identifier: MIT
// Knows how to run a program on a pseudo terminal and to see its screen: forkpty and libvterm.
#include "tests/term/vt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <regex.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <vterm.h>

#include "src/base/clock.h"
#include "src/base/err.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"
#include "ui/key.h"

enum { TAIL = 64 * 1024 };

struct vt {
	int fd;
	pid_t pid;
	bool ended, stopped, mute;
	int status;
	VTerm *term;
	VTermScreen *screen;
	int rows, cols;
	bool visible, alternate, mouse;
	size_t bytes;
	struct str tail, text;
};

static int on_prop(VTermProp prop, VTermValue *val, void *user)
{
	struct vt *vt = user;

	if (prop == VTERM_PROP_CURSORVISIBLE)
		vt->visible = val->boolean;
	else if (prop == VTERM_PROP_ALTSCREEN)
		vt->alternate = val->boolean;
	else if (prop == VTERM_PROP_MOUSE)
		vt->mouse = val->number != VTERM_PROP_MOUSE_NONE;
	return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_prop};

static void child(const char *const argv[], const char *const env[])
{
	char *path = xstrdup(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");

	// Options of the sanitizers stay, so that a failure in the program is seen.
	char *asan = getenv("ASAN_OPTIONS") ? xstrdup(getenv("ASAN_OPTIONS")) : NULL;
	char *ubsan = getenv("UBSAN_OPTIONS") ? xstrdup(getenv("UBSAN_OPTIONS")) : NULL;
	clearenv();
	setenv("PATH", path, 1);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	if (asan)
		setenv("ASAN_OPTIONS", asan, 1);
	if (ubsan)
		setenv("UBSAN_OPTIONS", ubsan, 1);
	for (size_t i = 0; env && env[i]; i++) {
		char *pair = xstrdup(env[i]), *value = strchr(pair, '=');
		if (!value)
			continue;
		*value++ = '\0';
		setenv(pair, value, 1);
	}
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

struct vt *vt_spawn(const char *const argv[], const char *const env[], int rows, int cols)
{
	struct vt *vt = xcalloc(1, sizeof(*vt));
	struct winsize ws = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	vt->rows = rows;
	vt->cols = cols;
	vt->visible = true;
	vt->pid = forkpty(&vt->fd, NULL, NULL, &ws);
	if (vt->pid < 0)
		BUG("forkpty: %s", strerror(errno));
	if (vt->pid == 0)
		child(argv, env);
	fcntl(vt->fd, F_SETFL, O_NONBLOCK);
	fcntl(vt->fd, F_SETFD, FD_CLOEXEC);
	vt->term = vterm_new(rows, cols);
	vterm_set_utf8(vt->term, 1);
	vt->screen = vterm_obtain_screen(vt->term);
	vterm_screen_set_callbacks(vt->screen, &callbacks, vt);
	vterm_screen_enable_altscreen(vt->screen, 1);
	vterm_screen_reset(vt->screen, 1);
	return vt;
}

static void reap(struct vt *vt)
{
	int status;

	if (vt->ended || waitpid(vt->pid, &status, WNOHANG | WUNTRACED | WCONTINUED) != vt->pid)
		return;
	vt->stopped = WIFSTOPPED(status);
	if (WIFEXITED(status) || WIFSIGNALED(status)) {
		vt->ended = true;
		vt->status = status;
	}
}

static void write_all(struct vt *vt, const char *s, size_t n)
{
	while (n > 0) {
		ssize_t k = write(vt->fd, s, n);
		if (k < 0 && errno == EAGAIN) {
			struct pollfd p = {.fd = vt->fd, .events = POLLOUT};
			if (poll(&p, 1, 5000) != 1)
				return;
			continue;
		}
		if (k <= 0)
			return;
		s += k;
		n -= (size_t)k;
	}
}

// What the emulator answers or makes of key presses goes to the program.
static void flush_output(struct vt *vt)
{
	char buf[512];
	size_t n;

	while ((n = vterm_output_read(vt->term, buf, sizeof(buf))) > 0)
		write_all(vt, buf, n);
}

static void drop_output(struct vt *vt)
{
	char buf[512];

	while (vterm_output_read(vt->term, buf, sizeof(buf)) > 0)
		;
}

static void keep_tail(struct vt *vt, const char *s, size_t n)
{
	if (vt->tail.n + n > 2 * TAIL) {
		memmove(vt->tail.s, vt->tail.s + vt->tail.n - TAIL, TAIL);
		vt->tail.n = TAIL;
	}
	str_addn(&vt->tail, s, n);
}

// Reads what is there, waiting at most ms for the first of it. False when nothing came.
static bool step(struct vt *vt, int ms)
{
	struct pollfd p = {.fd = vt->fd, .events = POLLIN};
	char buf[8192];
	bool some = false;

	if (poll(&p, 1, ms) == 1)
		for (ssize_t n; (n = read(vt->fd, buf, sizeof(buf))) > 0; some = true) {
			vt->bytes += (size_t)n;
			keep_tail(vt, buf, (size_t)n);
			vterm_input_write(vt->term, buf, (size_t)n);
		}
	if (vt->mute)
		drop_output(vt);
	else
		flush_output(vt);
	reap(vt);
	return some;
}

static int64_t now(void)
{
	return clock_mono(&clock_real);
}

void vt_pump(struct vt *vt, int ms)
{
	int64_t end = now() + ms;

	do
		step(vt, (int)(end - now() > 0 ? end - now() : 0));
	while (now() < end && !vt->ended);
}

static void add_row(struct vt *vt, int y)
{
	size_t keep = vt->text.n;

	for (int x = 0; x < vt->cols;) {
		VTermScreenCell c;
		vterm_screen_get_cell(vt->screen, (VTermPos){y, x}, &c);
		if (!c.chars[0])
			str_addc(&vt->text, ' ');
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && c.chars[i]; i++)
			str_addcp(&vt->text, c.chars[i]);
		if (vt->text.s[vt->text.n - 1] != ' ')
			keep = vt->text.n;
		x += c.width > 0 ? c.width : 1;
	}
	if (vt->text.s) {
		vt->text.n = keep;
		vt->text.s[keep] = '\0';
	}
}

const char *vt_row(struct vt *vt, int y)
{
	str_clear(&vt->text);
	add_row(vt, y);
	return str_z(&vt->text);
}

const char *vt_screen(struct vt *vt)
{
	str_clear(&vt->text);
	for (int y = 0; y < vt->rows; y++) {
		add_row(vt, y);
		str_addc(&vt->text, '\n');
	}
	return str_z(&vt->text);
}

static bool wait_match(struct vt *vt, const char *regex, int deadline_ms, bool want)
{
	int64_t end = now() + deadline_ms;
	regex_t re;
	bool got;

	if (regcomp(&re, regex, REG_EXTENDED | REG_NOSUB | REG_NEWLINE) != 0)
		BUG("not a regular expression: %s", regex);
	while ((got = regexec(&re, vt_screen(vt), 0, NULL, 0) == 0) != want) {
		int64_t left = end - now();
		if (left <= 0)
			break;
		// A short poll at the end of the program's life, when nothing can come any more.
		if (!step(vt, (int)(left < 20 ? left : 20)) && vt->ended && left < deadline_ms - 100)
			break;
	}
	regfree(&re);
	return got == want;
}

bool vt_wait_text(struct vt *vt, const char *regex, int deadline_ms)
{
	return wait_match(vt, regex, deadline_ms, true);
}

bool vt_wait_gone(struct vt *vt, const char *regex, int deadline_ms)
{
	return wait_match(vt, regex, deadline_ms, false);
}

int vt_wait_exit(struct vt *vt, int deadline_ms)
{
	int64_t end = now() + deadline_ms;

	while (!vt->ended && now() < end)
		if (!step(vt, 5))
			poll(NULL, 0, 1); // a hung-up pty is always readable
	step(vt, 0);
	return vt->ended ? vt->status : -1;
}

bool vt_wait_stopped(struct vt *vt, int deadline_ms)
{
	int64_t end = now() + deadline_ms;

	while (!vt->stopped && !vt->ended && now() < end)
		step(vt, 5);
	return vt->stopped;
}

static VTermKey key_of(struct key k)
{
	static const VTermKey keys[K_KINDS] = {
		[K_TAB] = VTERM_KEY_TAB,	[K_ENTER] = VTERM_KEY_ENTER, [K_ESC] = VTERM_KEY_ESCAPE,
		[K_BACKSPACE] = VTERM_KEY_BACKSPACE, [K_DELETE] = VTERM_KEY_DEL, [K_INSERT] = VTERM_KEY_INS,
		[K_UP] = VTERM_KEY_UP,		[K_DOWN] = VTERM_KEY_DOWN,   [K_LEFT] = VTERM_KEY_LEFT,
		[K_RIGHT] = VTERM_KEY_RIGHT,	[K_HOME] = VTERM_KEY_HOME,   [K_END] = VTERM_KEY_END,
		[K_PGUP] = VTERM_KEY_PAGEUP,	[K_PGDN] = VTERM_KEY_PAGEDOWN,
	};

	return k.kind == K_F ? (VTermKey)VTERM_KEY_FUNCTION(k.cp) : keys[k.kind];
}

static void send_text(struct vt *vt, struct sv text)
{
	write_all(vt, text.p, text.n);
}

static void send_key(struct vt *vt, struct sv name)
{
	struct key k;
	struct err e = {0};
	VTermModifier mods = VTERM_MOD_NONE;

	if (!key_parse(name, &k, &e))
		BUG("%s", e.msg);
	if (k.kind == K_CHAR && (k.mods & MOD_CTRL)) { // as terminals do it, not as libvterm's CSI u
		char byte[2] = {0x1B, (char)(k.cp & 0x1F)};
		write_all(vt, k.mods & MOD_ALT ? byte : byte + 1, k.mods & MOD_ALT ? 2 : 1);
		return;
	}
	if (k.kind == K_CHAR && (k.mods & MOD_ALT)) { // Esc goes before, whatever the character
		struct str b = {0};
		str_addc(&b, 0x1B);
		str_addcp(&b, k.cp);
		write_all(vt, b.s, b.n);
		str_release(&b);
		return;
	}
	mods |= k.mods & MOD_SHIFT ? VTERM_MOD_SHIFT : 0;
	mods |= k.mods & MOD_ALT ? VTERM_MOD_ALT : 0;
	mods |= k.mods & MOD_CTRL ? VTERM_MOD_CTRL : 0;
	if (k.kind == K_CHAR)
		vterm_keyboard_unichar(vt->term, k.cp, mods);
	else
		vterm_keyboard_key(vt->term, key_of(k), mods);
	flush_output(vt);
}

void vt_send(struct vt *vt, const char *keys)
{
	struct sv rest = sv(keys), word;

	while (rest.n) {
		if (sv_starts(rest, "text:")) {
			send_text(vt, sv_n(rest.p + 5, rest.n - 5));
			return;
		}
		if (sv_split(&rest, ' ', &word) && word.n)
			send_key(vt, word);
	}
}

void vt_raw(struct vt *vt, const char *bytes, size_t n)
{
	write_all(vt, bytes, n);
}

void vt_paste(struct vt *vt, const char *text)
{
	vterm_keyboard_start_paste(vt->term);
	flush_output(vt);
	write_all(vt, text, strlen(text));
	vterm_keyboard_end_paste(vt->term);
	flush_output(vt);
}

void vt_click(struct vt *vt, int y, int x)
{
	vterm_mouse_move(vt->term, y, x, VTERM_MOD_NONE);
	vterm_mouse_button(vt->term, 1, true, VTERM_MOD_NONE);
	vterm_mouse_button(vt->term, 1, false, VTERM_MOD_NONE);
	flush_output(vt);
}

void vt_resize(struct vt *vt, int rows, int cols)
{
	struct winsize ws = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	step(vt, 0);
	vt->rows = rows;
	vt->cols = cols;
	vterm_set_size(vt->term, rows, cols);
	ioctl(vt->fd, TIOCSWINSZ, &ws);
}

void vt_mute(struct vt *vt, bool mute)
{
	vt->mute = mute;
}

void vt_signal(struct vt *vt, int sig)
{
	if (!vt->ended)
		kill(vt->pid, sig);
}

int vt_hang_up(struct vt *vt, int deadline_ms)
{
	int64_t end = now() + deadline_ms;

	close(vt->fd);
	vt->fd = -1; // poll passes over it and waits
	for (reap(vt); !vt->ended && now() < end; reap(vt))
		poll(NULL, 0, 2);
	return vt->ended ? vt->status : -1;
}

struct vt_cell vt_cell(struct vt *vt, int y, int x)
{
	VTermScreenCell c;
	struct vt_cell out = {0};
	struct str s = {0};

	vterm_screen_get_cell(vt->screen, (VTermPos){y, x}, &c);
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && c.chars[i] && c.chars[i] != (uint32_t)-1; i++)
		str_addcp(&s, c.chars[i]);
	snprintf(out.text, sizeof(out.text), "%s", str_z(&s));
	str_release(&s);
	out.width = c.width;
	out.bold = c.attrs.bold;
	out.reverse = c.attrs.reverse;
	out.underline = c.attrs.underline != 0;
	out.coloured = !VTERM_COLOR_IS_DEFAULT_FG(&c.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&c.bg);
	return out;
}

bool vt_cursor(struct vt *vt, int *y, int *x)
{
	VTermPos pos;

	vterm_state_get_cursorpos(vterm_obtain_state(vt->term), &pos);
	*y = pos.row;
	*x = pos.col;
	return vt->visible;
}

bool vt_alternate(struct vt *vt)
{
	return vt->alternate;
}

bool vt_mouse(struct vt *vt)
{
	return vt->mouse;
}

bool vt_cooked(struct vt *vt)
{
	struct termios t;

	return tcgetattr(vt->fd, &t) == 0 && (t.c_lflag & ICANON) && (t.c_lflag & ECHO) && (t.c_lflag & ISIG);
}

size_t vt_bytes(struct vt *vt)
{
	return vt->bytes;
}

bool vt_wrote(struct vt *vt, const char *bytes)
{
	return vt->tail.n && memmem(vt->tail.s, vt->tail.n, bytes, strlen(bytes));
}

void vt_close(struct vt *vt)
{
	if (!vt)
		return;
	if (!vt->ended) {
		kill(vt->pid, SIGKILL);
		kill(vt->pid, SIGCONT);
		waitpid(vt->pid, NULL, 0);
	}
	if (vt->fd >= 0)
		close(vt->fd);
	vterm_free(vt->term);
	str_release(&vt->tail);
	str_release(&vt->text);
	free(vt);
}
