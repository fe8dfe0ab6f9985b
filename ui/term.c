// SPDX-License-Identifier: MIT
// Knows the terminal: starting curses, drawing frames, and putting the tty back on every way out.
#include "ui/term.h"

#include <curses.h>
#include <fcntl.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "ui/term_inner.h"
#include "ui/terminfo.h"

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
// curses sends both modes in one sequence, of which libvterm (the terminals inside editors) takes only the first.
#define MOUSE_ON "\033[?1000h"
#define MOUSE_OFF "\033[?1000l\033[?1006l"

// What a signal handler, exit() and a bug need to put the tty back; they cannot be handed a pointer.
static struct {
	volatile sig_atomic_t on;
	struct termios tty;
	char out[256];
	size_t n;
} undo;

static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};
enum { FATAL = sizeof(fatal) / sizeof(*fatal) };
static struct sigaction fatal_before[FATAL];

static void put_all(const char *s, size_t n)
{
	while (n > 0) {
		ssize_t k = write(STDOUT_FILENO, s, n);
		// The loop's polling makes the terminal refuse what does not fit at once.
		if (k < 0 && (errno == EINTR || (errno == EAGAIN && poll(&(struct pollfd){STDOUT_FILENO, POLLOUT, 0}, 1, 1000) > 0)))
			continue;
		if (k <= 0)
			return;
		s += k;
		n -= (size_t)k;
	}
}

// Async-signal-safe.
static void restore(void)
{
	if (!undo.on)
		return;
	undo.on = 0;
	put_all(undo.out, undo.n);
	tcsetattr(STDIN_FILENO, TCSANOW, &undo.tty);
}

static void on_fatal(int sig)
{
	restore();
	for (size_t i = 0; i < FATAL; i++)
		if (fatal[i] == sig)
			sigaction(sig, &fatal_before[i], NULL);
	raise(sig); // pending until this handler returns; then the former action, usually a core
}

// Appends a terminfo string without its padding marks.
static void undo_add(const char *s)
{
	if (!s)
		return;
	while (*s && undo.n + 1 < sizeof(undo.out)) {
		if (s[0] == '$' && s[1] == '<') {
			while (*s && *s != '>')
				s++;
			s += *s == '>';
			continue;
		}
		undo.out[undo.n++] = *s++;
	}
}

static void undo_prepare(void)
{
	static bool registered;
	static char stack[32768];
	struct sigaction sa = {.sa_handler = on_fatal, .sa_flags = SA_ONSTACK};
	stack_t now = {0}, mine = {.ss_sp = stack, .ss_size = sizeof(stack)};

	undo.n = 0;
	undo_add(PASTE_OFF MOUSE_OFF);
	undo_add(terminfo_string("sgr0"));
	undo_add(terminfo_string("rmkx"));
	undo_add(terminfo_string("cnorm"));
	undo_add(terminfo_string("rmcup"));
	undo_add("\r");
	if (sigaltstack(NULL, &now) == 0 && (now.ss_flags & SS_DISABLE))
		sigaltstack(&mine, NULL);
	for (size_t i = 0; i < FATAL; i++)
		sigaction(fatal[i], &sa, &fatal_before[i]);
	if (!registered)
		atexit(restore);
	registered = true;
	die_set_hook(restore);
	undo.on = 1;
}

static void undo_forget(void)
{
	for (size_t i = 0; i < FATAL; i++)
		sigaction(fatal[i], &fatal_before[i], NULL);
	die_set_hook(NULL);
	undo.on = 0;
}

bool term_check_locale(const char *lc_all, const char *lc_ctype, const char *lang, struct err *e)
{
	static const char *const codesets[] = {"GBK", "GB18030", "GB2312", "EUC-CN", "EUCCN", "BIG5"};
	const char *name = !str_empty(lc_all) ? lc_all : !str_empty(lc_ctype) ? lc_ctype : lang;
	const char *dot = name ? strchr(name, '.') : NULL;

	// ASCII and English: this terminal shows nothing else. By name, since a locale that is not installed looks like C.
	for (size_t i = 0; dot && i < sizeof(codesets) / sizeof(*codesets); i++)
		if (strncasecmp(dot + 1, codesets[i], strlen(codesets[i])) == 0)
			return err_set(e, ERR_USAGE,
				       "this terminal is set to %s: use UTF-8 or run: luit -encoding %s zuoxi", dot + 1,
				       i < 2 ? codesets[i] : i < 5 ? "GBK" : "BIG5");
	return true;
}

bool term_check(struct err *e)
{
	const char *name = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(e, ERR_USAGE,
			       _("the workstation needs a terminal; without one use a subcommand, such as zuoxi keys, zuoxi kb "
				 "search or zuoxi kb export"));
	if (!term_check_locale(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG"), e))
		return false;
	if (str_empty(name))
		return err_set(e, ERR_USAGE, _("TERM is not set; try TERM=xterm-256color zuoxi"));
	switch (terminfo_judge(name, STDOUT_FILENO)) {
	case TERMINFO_OK:
		break;
	case TERMINFO_UNKNOWN:
		return err_set(e, ERR_USAGE, _("the terminal type “%s” is not known here; try TERM=xterm-256color zuoxi"),
			       name);
	case TERMINFO_POOR:
		return err_set(e, ERR_USAGE,
			       _("a terminal of type “%s” cannot show a screen; try TERM=xterm-256color zuoxi"), name);
	}
	return true;
}

// Draws ─ where the first frame will paint over it and asks where the cursor went. The answer comes as input and is
// picked out there, so the first frame does not wait for it and no key typed meanwhile is lost. Row 2, since an answer
// for row 1 looks like a shifted function key.
static void probe(struct term *t)
{
	static const char ask[] = "\0337\033[2;1H\xe2\x94\x80\033[6n\033[2;1H  \0338";

	put_all(ask, sizeof(ask) - 1);
	t->input.probing = true;
}

static void modes_on(void)
{
	const char *kmous = terminfo_string("kmous");

	put_all(PASTE_ON, sizeof(PASTE_ON) - 1);
	if (kmous && str_starts(kmous, "\033[<"))
		put_all(MOUSE_ON, sizeof(MOUSE_ON) - 1);
}

// curses writes to the terminal at every movement of the cursor, some ten times a frame, and each time whoever reads there wakes up.
// So a frame goes to a file in memory, and from there to the terminal at once.
static void hold(const struct term *t)
{
	if (t->held >= 0)
		dup3(t->held, fileno(t->out), O_CLOEXEC);
}

static void let_go(const struct term *t)
{
	char buf[16384];

	if (t->held < 0)
		return;
	off_t n = lseek(t->held, 0, SEEK_CUR), at = 0;
	ssize_t k;
	dup3(STDOUT_FILENO, fileno(t->out), O_CLOEXEC);
	lseek(t->held, 0, SEEK_SET);
	while (at < n && (k = pread(t->held, buf, (size_t)(n - at) < sizeof(buf) ? (size_t)(n - at) : sizeof(buf), at)) > 0) {
		put_all(buf, (size_t)k);
		at += k;
	}
}

static void close_out(struct term *t)
{
	if (t->out)
		fclose(t->out);
	if (t->held >= 0)
		close(t->held);
}

bool term_start(const struct term_options *opt, struct term **out, struct err *e)
{
	const char *name = getenv("TERM");

	if (!term_check(e))
		return false;
	setlocale(LC_CTYPE, "");
	utf8_init();
	if (tcgetattr(STDIN_FILENO, &undo.tty) != 0)
		return err_set(e, ERR_IO, _("cannot read the terminal's settings"));
	struct term *t = xcalloc(1, sizeof(*t));
	t->clock = opt->clock ? opt->clock : &clock_real;
	t->ascii = opt->ascii_borders;
	t->input.held = ERR;
	t->cursor_on = true;
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	t->out = fd >= 0 ? fdopen(fd, "w") : NULL;
	t->held = t->out ? memfd_create("frame", MFD_CLOEXEC) : -1;
	t->screen = newterm(name, t->out ? t->out : stdout, stdin);
	if (!t->screen) {
		close_out(t);
		free(t);
		return err_set(e, ERR_IO, _("cannot start the terminal “%s”"), name);
	}
	undo_prepare();
	set_term(t->screen);
	set_escdelay(25);
	if (has_colors()) {
		start_color();
		use_default_colors(); // before the first clear, or it flashes black
	}
	// Raw: C-c, C-s, C-q and C-z are keys like others.
	raw();
	noecho();
	nonl();
	leaveok(stdscr, FALSE);
	typeahead(-1); // a frame is drawn once the input is read; looking for more of it costs system calls and leaves frames half drawn
	t->in = newwin(1, 1, 0, 0);
	nodelay(t->in, TRUE);
	keypad(t->in, TRUE);
	term_keys_define();
	if (!opt->no_mouse)
		mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	mouseinterval(0);
	t->cells = cells_new(LINES, COLS);
	wrefresh(stdscr);
	modes_on();
	if (!opt->ascii_borders && !opt->no_probe)
		probe(t);
	if (str_eq(name, "linux"))
		// Not translated: Chinese is just what this terminal cannot show.
		t->note = "The Linux console cannot show Chinese; use fbterm, kmscon or a desktop terminal";
	*out = t;
	return true;
}

void term_end(struct term *t)
{
	if (!t)
		return;
	put_all(PASTE_OFF MOUSE_OFF, sizeof(PASTE_OFF MOUSE_OFF) - 1);
	delwin(t->in);
	endwin();
	undo_forget();
	tcsetattr(STDIN_FILENO, TCSANOW, &undo.tty);
	delscreen(t->screen);
	cells_free(t->cells);
	close_out(t);
	str_release(&t->input.raw);
	str_release(&t->input.clean);
	free(t);
}

int term_fd(const struct term *t)
{
	(void)t;
	return STDIN_FILENO;
}

void term_size(const struct term *t, int *rows, int *cols)
{
	(void)t;
	*rows = LINES;
	*cols = COLS;
}

const char *term_note(const struct term *t)
{
	return t->note;
}

bool term_ascii(const struct term *t)
{
	return t->ascii;
}

bool term_resize(struct term *t)
{
	struct winsize ws;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) != 0 || ws.ws_row == 0 || ws.ws_col == 0 ||
	    (ws.ws_row == LINES && ws.ws_col == COLS))
		return false;
	resizeterm(ws.ws_row, ws.ws_col);
	cells_forget(t->cells); // smaller and larger again before the next frame, the edges are gone
	return true;
}

void term_resume(struct term *t)
{
	reset_prog_mode();
	modes_on();
	undo.on = 1;
	term_resize(t);
	term_redraw(t);
}

void term_give(struct term *t)
{
	(void)t;
	put_all(PASTE_OFF MOUSE_OFF, sizeof(PASTE_OFF MOUSE_OFF) - 1);
	endwin();
	tcsetattr(STDIN_FILENO, TCSANOW, &undo.tty);
	undo.on = 0;
}

void term_suspend(struct term *t)
{
	struct sigaction usual = {.sa_handler = SIG_DFL}, before;
	sigset_t one, mask;

	term_give(t);
	sigemptyset(&one);
	sigaddset(&one, SIGTSTP);
	sigaction(SIGTSTP, &usual, &before);
	sigprocmask(SIG_UNBLOCK, &one, &mask);
	raise(SIGTSTP); // stops here; goes on after SIGCONT
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &before, NULL);
	term_resume(t);
}

void term_redraw(struct term *t)
{
	cells_forget(t->cells);
	clearok(curscr, TRUE);
}

void term_bell(struct term *t)
{
	(void)t;
	beep();
}

struct canvas term_frame_begin(struct term *t, struct frame *f, const struct theme *theme)
{
	*f = (struct frame){.theme = theme};
	if (cells_rows(t->cells) != LINES || cells_cols(t->cells) != COLS) {
		werase(stdscr);
		cells_resize(t->cells, LINES, COLS);
	}
	return canvas_root(t->cells, f);
}

void term_frame_end(struct term *t, const struct frame *f)
{
	hold(t);
	if (f->caret_on != t->cursor_on)
		curs_set(f->caret_on ? 1 : 0);
	t->cursor_on = f->caret_on;
	cells_put(t->cells, stdscr);
	if (f->caret_on)
		wmove(stdscr, f->caret_y, f->caret_x);
	wnoutrefresh(stdscr);
	doupdate();
	let_go(t);
}
