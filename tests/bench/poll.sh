#!/bin/sh
# poll.sh: row 8, with a throw-away sshd on the loopback. Started by tests/bench/run.
case ${BENCH_ROW:-8} in 8*) ;; *) exit 0 ;; esac
. "$ROOT/tests/lib/sshd.sh"
sshd_start "$TMP/sshd" || { echo "bench: no row 8: $SSHD_WHY" >&2; exit 1; }
export SSHD_PORT SSHD_USER SSHD_KEY SSHD_KNOWN_HOSTS
"$BUILD/bench/store/bench_poll"
