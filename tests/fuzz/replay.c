/* The seed corpus through a target, without clang: `replay FILE...` with the program that links one target. Prints each name
 * before it is fed, so that the last one printed is the one that killed it; ends in the number of files. */
#include "fuzz.h"
#include "base/fsio.h"

int main(int argc, char **argv)
{
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	for (int i = 1; i < argc; i++) {
		printf("# %s\n", argv[i]);
		fflush(stdout);
		if (fs_read(&b, argv[i], 16 << 20, &e) < 0) {
			printf("# %s\n", e.msg);
			return 1;
		}
		uint8_t *exact = malloc(b.n ? b.n : 1); /* so that the sanitizers see a read past the end */
		must(exact);
		memcpy(exact, buf_str(&b), b.n);
		LLVMFuzzerTestOneInput(exact, b.n);
		free(exact);
		buf_reset(&b);
	}
	buf_free(&b);
	printf("fed %d\n", argc - 1);
	return 0;
}
