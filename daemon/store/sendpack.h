/* sendpack.h -- a push over ssh: git's receive-pack protocol (gitprotocol-pack(5)), with a pack of our own; internal to store/.
 *
 * Not libgit2's push: its packbuilder takes twelve times as long as git for a first push of 100,000 records, and never makes a delta on
 * what the hub has, so that one edit costs 30 KB on the wire instead of one.
 */
#ifndef STORE_SENDPACK_H
#define STORE_SENDPACK_H

#include "remote.h"

/* As remote_push; url is an ssh address. */
int sendpack(struct repo *r, const char *url, const struct oid *commit, const struct remote_options *o, struct err *e);

#endif
