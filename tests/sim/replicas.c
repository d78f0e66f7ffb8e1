/* replicas DIR SCHEMA RECORD -- histories of several sites: reads steps (commands.c), answers each with one line of JSON. DIR is made
 * and should lie in memory; little is written there. tests/sim/model.py judges the answers. */
#include "replicas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int answer(struct world *w, char *line)
{
	struct err e = { 0 };
	struct val *v = NULL;
	struct buf out = BUF_INIT;
	int rc = command(&v, w, line, &e);
	if (rc) {
		v = val_map(&w->a);
		val_set(&w->a, v, "error", val_str(&w->a, arena_printf(&w->a, "%s: %s", err_name(rc), e.msg)));
	}
	val_canon(&out, v);
	puts(buf_str(&out));
	buf_free(&out);
	return ferror(stdout) ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct world w;
	static char line[65536];
	struct err e = { 0 };
	if (argc != 4) {
		fputs("replicas DIR SCHEMA RECORD < steps\n", stderr);
		return 64;
	}
	if (world_open(&w, argv[1], argv[2], argv[3], &e)) {
		fprintf(stderr, "%s\n", e.msg);
		return 1;
	}
	int rc = 0;
	while (!rc && fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (!strcmp(line, "flush"))
			rc = fflush(stdout) ? 1 : 0;
		else
			rc = answer(&w, line);
	}
	world_close(&w);
	return rc;
}
