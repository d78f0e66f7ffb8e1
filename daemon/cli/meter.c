#include "cli/meter.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/progress.h"
#include "cli/term.h"

#define QUIET_MS 1000 /* what is done by then needs no line; MAILLAGE_METER_MS says otherwise, for tests */
#define EVERY_MS 100

static int64_t begun, last, quiet_ms;
static bool shown;

/* Cut at the terminal's width: a line that wraps cannot be taken back. */
static void put_line(const char *text)
{
	int columns = term_width(stderr) - 1;
	const char *end = text;
	for (; *end; end++)
		if (((unsigned char)*end & 0xC0) != 0x80 && columns-- == 0)
			break;
	fprintf(stderr, "\r%.*s\033[K", (int)(end - text), text);
	fflush(stderr);
}

static void show(const char *phase, size_t done, size_t total)
{
	int64_t now = clock_mono_ms();
	char text[256];
	if (now - begun < quiet_ms || now - last < EVERY_MS)
		return;
	last = now;
	if (total)
		snprintf(text, sizeof text, _("%s : %zu sur %zu (%zu %%)"), phase, done, total, done * 100 / total);
	else if (done)
		snprintf(text, sizeof text, _("%s : %zu"), phase, done);
	else
		snprintf(text, sizeof text, "%s...", phase);
	put_line(text);
	shown = true;
}

void meter_begin(void)
{
	const char *term = getenv("TERM");
	if (!isatty(STDERR_FILENO) || !term || !*term || !strcmp(term, "dumb"))
		return;
	const char *told = getenv("MAILLAGE_METER_MS");
	quiet_ms = told ? strtol(told, NULL, 10) : QUIET_MS;
	begun = clock_mono_ms();
	last = 0;
	progress_to(show);
}

void meter_end(void)
{
	progress_to(NULL);
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
