/* notify.h -- a word to systemd, by its own protocol (sd_notify(3)): a datagram to $NOTIFY_SOCKET. Nothing when nobody asked. */
#ifndef LOOP_NOTIFY_H
#define LOOP_NOTIFY_H

/* "READY=1", "STOPPING=1", "STATUS=..."; several separated by newlines. Never waits, never fails visibly. */
void notify(const char *words);

#endif
