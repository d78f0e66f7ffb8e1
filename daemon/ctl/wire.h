/* wire.h -- what the control socket's messages mean (Varlink: https://varlink.org/Interface-Definition).
 *
 * A call is {"method": ..., "parameters": {...}}, a reply {"parameters": {...}} or {"error": ..., "parameters": {...}}. A call with
 * "more": true may have several replies, all but the last with "continues": true; one with "oneway": true has none.
 */
#ifndef CTL_WIRE_H
#define CTL_WIRE_H

#include <stddef.h>

#define WIRE_INTERFACE "fr.maillage"
#define WIRE_SYNC WIRE_INTERFACE ".Sync"     /* (dossier) -> a report, as `maillage --json sync` */
#define WIRE_STATUS WIRE_INTERFACE ".Status" /* () -> {depots: [...]} */

struct client;
struct daemon;

/* One message: for struct daemon_config's handle. */
void wire_handle(void *ctx, struct daemon *d, struct client *c, const char *json, size_t n);

#endif
