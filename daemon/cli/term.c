/* term.c -- questions on a terminal, in the two modes that terminals have had for fifty years: a line, edited by the terminal itself, and
 * a key at once. The second is switched on for the time of one read only: whatever ends the program between two questions leaves
 * the terminal as it was. SIGTSTP may stop it inside one; the shell then keeps the mode, so it is set again when the program goes on.
 */
#include "cli/term.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"

#define LINE_LIMIT (64 * 1024)

static volatile sig_atomic_t stopped, resumed;

static void on_signal(int number)
{
	if (number == SIGCONT)
		resumed = 1;
	else
		stopped = 1;
}

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGCONT };
#define NCAUGHT (sizeof caught / sizeof *caught)
static struct sigaction before[NCAUGHT];

void term_begin(void)
{
	struct sigaction sa = { .sa_handler = on_signal }; /* no SA_RESTART: a read under way must come back */
	stopped = 0;
	for (size_t i = 0; i < NCAUGHT; i++)
		sigaction(caught[i], &sa, &before[i]);
}

void term_end(void)
{
	for (size_t i = 0; i < NCAUGHT; i++)
		sigaction(caught[i], &before[i], NULL);
}

bool term_is_dialogue(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* columns of the terminal that a pager shows stdout on; 0: there is no pager */
static int paged;

void term_paged(bool on)
{
	paged = 0;
	if (on)
		paged = term_width(stdout);
}

bool term_is_shown(FILE *f)
{
	return (paged && f == stdout) || isatty(fileno(f));
}

bool term_has_attrs(FILE *f)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	return !(no && *no) && term && *term && strcmp(term, "dumb") && term_is_shown(f);
}

const char *term_attr(FILE *f, enum term_attr attr)
{
	static const char *const on[] = { [TERM_PLAIN] = "\033[0m",
					  [TERM_STRONG] = "\033[1m",
					  [TERM_FAINT] = "\033[2m",
					  [TERM_ADDED] = "\033[1;32m",
					  [TERM_REMOVED] = "\033[9;31m" };
	return term_has_attrs(f) ? on[attr] : "";
}

int term_width(FILE *f)
{
	struct winsize w;
	if (paged && f == stdout)
		return paged;
	if (!isatty(fileno(f)) || ioctl(fileno(f), TIOCGWINSZ, &w) || !w.ws_col)
		return 80;
	return w.ws_col < 40 ? 40 : w.ws_col > 100 ? 100 : w.ws_col;
}

void term_wrap(FILE *f, const char *text, int indent, int used)
{
	int width = term_width(f), at = used;
	bool fresh = !used, held = false; /* French signs stay with their words */
	for (const char *p = text; *p;) {
		size_t space = strspn(p, " \t");
		if (p[space] == '\n') {
			fputc('\n', f);
			p += space + 1;
			at = 0;
			fresh = true;
			continue;
		}
		size_t n = strcspn(p + space, " \t\n");
		int cols = (int)text_columns(p + space, n);
		bool sign = (n == 1 && strchr(":;!?", p[space])) || (n >= 2 && !memcmp(p + space, "»", 2));
		if (!fresh && n && at + 1 + cols > width && at > indent && !sign && !held) {
			fputc('\n', f);
			at = 0;
			fresh = true;
		}
		if (fresh) {
			fprintf(f, "%*s", indent, "");
			at = indent;
		} else if (space) {
			fputc(' ', f);
			at++;
		}
		fprintf(f, "%.*s", (int)n, p + space);
		at += cols;
		fresh = false;
		held = n >= 2 && !memcmp(p + space + n - 2, "«", 2);
		p += space + n;
	}
	if (!fresh || used || !*text)
		fputc('\n', f);
}

/* One byte. What is read ahead by stdio would be lost to an editor that is started next, so nothing is. */
static enum term_answer read_byte(char *c)
{
	for (;;) {
		if (stopped)
			return TERM_STOP;
		struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
		sigset_t none, all;
		sigemptyset(&none);
		sigfillset(&all);
		/* a signal between the look at `stopped` and the wait must not be slept through */
		sigprocmask(SIG_BLOCK, &all, &none);
		int rc = stopped || resumed ? -1 : ppoll(&p, 1, NULL, &none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		if (resumed)
			return TERM_GIVEN; /* the caller asks again: *c is not set */
		if (rc < 0)
			continue;
		ssize_t n = read(STDIN_FILENO, c, 1);
		if (n == 1)
			return TERM_GIVEN;
		if (n == 0)
			return TERM_END;
		if (errno != EINTR)
			return TERM_STOP; /* EIO: the terminal went away */
	}
}

static void ask(const char *prompt)
{
	fputs(prompt, stdout);
	fflush(stdout);
}

enum term_answer term_line(struct buf *out, const char *prompt)
{
	struct buf line = BUF_INIT;
	enum term_answer got;
	char c = 0;
	ask(prompt);
	for (;;) {
		got = read_byte(&c);
		if (resumed) {
			resumed = 0;
			ask(prompt);
			continue;
		}
		if (got != TERM_GIVEN || c == '\n')
			break;
		if (line.n < LINE_LIMIT)
			buf_putc(&line, c);
	}
	/* Ctrl-D behind some letters hands them over without a line end: they were typed, they count */
	if (got == TERM_END && line.n)
		got = TERM_GIVEN;
	if (got != TERM_GIVEN || c != '\n')
		putchar('\n');
	if (got == TERM_GIVEN) {
		const char *s = buf_str(&line);
		s += strspn(s, " \t\r");
		size_t n = strlen(s);
		while (n && strchr(" \t\r", s[n - 1]))
			n--;
		buf_reset(out);
		buf_put(out, s, n);
	}
	buf_free(&line);
	return got;
}

enum term_answer term_key(char *key, const char *prompt, const char *keys)
{
	struct termios as_it_was, at_once;
	enum term_answer got = TERM_STOP;
	if (tcgetattr(STDIN_FILENO, &as_it_was))
		return TERM_STOP;
	at_once = as_it_was;
	at_once.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	at_once.c_cc[VMIN] = 1;
	at_once.c_cc[VTIME] = 0;
	bool again = true;
	while (again) {
		char c = 0;
		tcsetattr(STDIN_FILENO, TCSADRAIN, &at_once);
		ask(prompt);
		again = false;
		for (;;) {
			got = read_byte(&c);
			if (resumed) {
				resumed = 0;
				again = true;
				break;
			}
			if (got == TERM_GIVEN && c == at_once.c_cc[VEOF])
				got = TERM_END;
			if (c >= 'A' && c <= 'Z')
				c = (char)(c - 'A' + 'a');
			if (got != TERM_GIVEN || (c && strchr(keys, c)))
				break;
		}
		tcsetattr(STDIN_FILENO, TCSADRAIN, &as_it_was);
		if (got == TERM_GIVEN && !again)
			*key = c;
		printf(got == TERM_GIVEN && !again ? "%c\n" : "\n", c);
	}
	return got;
}
