/* refresh.h -- what the two ways of reading a source share: work.c (a folder) and tree.c (a commit). Internal to index/. */
#ifndef INDEX_REFRESH_H
#define INDEX_REFRESH_H

#include "index/db.h"

struct refresh {
	struct index *x;
	struct arena *a; /* of the whole run */
	index_json_cb json;
	size_t changed;
	bool missed;     /* something of this source could not be read: ask again next time */
	struct err *e;
};

/* One text under its key: a record's YAML, or a line of enseignements.jsonl. What is no record, or may not be searched
 * here, is dropped. version: what tells this text from another. */
struct refresh_text {
	const char *key, *version;
	const char *bytes;
	size_t n;
	bool json;
};
int refresh_put(struct refresh *r, const struct index_source *s, const struct refresh_text *t);
/* The same text, told by another version from now on. */
int refresh_renew(struct refresh *r, const struct index_source *s, const char *key, const char *version);
int refresh_drop(struct refresh *r, const struct index_source *s, const char *key);
int refresh_drop_all(struct refresh *r, const char *source);

/* What is kept under the keys from..to (to excluded) of a source, by key. */
struct refresh_known {
	struct {
		const char *key, *version;
	} *at;
	size_t n, cap;
};
int refresh_known(struct refresh_known *out, struct refresh *r, const struct index_source *s, const char *from, const char *to);

/* A table of groups or divergences in aggregat/ (links.c), read anew; n 0: it is gone. */
bool refresh_is_links(const char *path);
int refresh_links(struct refresh *r, struct arena *a, const struct index_source *s, const char *path, const char *bytes, size_t n);

int refresh_work(struct refresh *r, const struct index_source *s);
int refresh_tree(struct refresh *r, const struct index_source *s);

#endif
