/* server.h -- the control socket: who may speak, and messages cut at their NUL. What they mean is ctl/'s business.
 *
 * The wire is Varlink's: each message is one JSON text followed by a NUL byte, both ways.
 * Only processes of the same user are heard (SO_PEERCRED; the socket is 0600 besides, but a folder's rights can be wrong).
 * Limits: SERVER_MESSAGE bytes a message, SERVER_CLIENTS connections, SERVER_UNREAD bytes that a client has not read yet; whoever
 * goes over is disconnected.
 *
 * LIFE    server_new -> the callback for each message -> client_reply* -> server_free.
 * OWNER   A client is the server's; it may vanish whenever the loop turns. Who answers later calls client_hold first and client_drop
 *         afterwards; in between client_reply is always safe, and does nothing once the other end is gone.
 * THREAD  The loop's.
 * FAILS   ERR_EXISTS: another maillaged answers there; ERR_CONFIG: the path is too long for a socket; ERR_PERM, ERR_IO.
 */
#ifndef LOOP_SERVER_H
#define LOOP_SERVER_H

#include <stddef.h>
#include "base/err.h"

#define SERVER_MESSAGE (64 * 1024)
#define SERVER_CLIENTS 32
#define SERVER_UNREAD (8 * 1024 * 1024)

struct uv_loop_s;
struct server;
struct client;

/* json: n bytes and a NUL, borrowed for the call. */
typedef void (*server_cb)(void *ctx, struct client *c, const char *json, size_t n);

int server_new(struct server **out, struct uv_loop_s *loop, const char *path, server_cb cb, void *ctx, struct err *e);
void server_free(struct server *s); /* NULL is fine; disconnects everybody, removes the socket */

void client_reply(struct client *c, const char *json); /* copied */
void client_hold(struct client *c);
void client_drop(struct client *c);

#endif
