/* notify.h -- a word to systemd, by its own protocol (sd_notify(3)): a datagram to $NOTIFY_SOCKET. Nothing when nobody asked. */
#ifndef LOOP_NOTIFY_H
#define LOOP_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "STATUS=..."; several separated by newlines. Never waits, never fails visibly. */
void notify(const char *words);

/* How often to say "WATCHDOG=1" (sd_watchdog_enabled(3)): half of the patience in $WATCHDOG_USEC. 0: nobody waits for it. */
int64_t notify_watchdog_ms(void);

#endif
