#!/bin/sh
# poll.sh: row 8, with a throw-away sshd on the loopback. Started by tests/bench/run.
case ${BENCH_ROW:-8} in 8*) ;; *) exit 0 ;; esac
. "$ROOT/tests/lib/sshd.sh"
sshd_start "$TMP/sshd" || { echo "bench: no row 8: $SSHD_WHY" >&2; exit 1; }
relays=
trap 'sshd_stop; [ -z "$relays" ] || kill $relays 2>/dev/null' EXIT
mkfifo "$TMP/hold"
for ms in 50 300; do
	python3 "$ROOT/tests/lib/relay.py" "$SSHD_PORT" $ms "$TMP/relay-$ms" <"$TMP/hold" &
	relays="$relays $!"
done
exec 9>"$TMP/hold"
perl -MTime::HiRes=time -e 'my $by = time + 10; for (@ARGV) { until (-s) { exit 1 if time > $by; select undef, undef, undef, .01 } }' \
	"$TMP/relay-50" "$TMP/relay-300"
RELAY_50=$(head -n 1 "$TMP/relay-50") RELAY_300=$(head -n 1 "$TMP/relay-300")
for port in $RELAY_50 $RELAY_300; do
	printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 "$SSHD_HOST_KEY.pub")" >>"$SSHD_KNOWN_HOSTS"
done
export SSHD_PORT SSHD_USER SSHD_KEY SSHD_KNOWN_HOSTS RELAY_50 RELAY_300
"$BUILD/bench/store/bench_poll"
