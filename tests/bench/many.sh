#!/bin/sh
# many.sh: rows 11, 12 and 13, with a throw-away sshd on the loopback; only when they are asked for, they take minutes. Started by
# tests/bench/run.
case ${BENCH_ROW:-} in 11* | 12* | 13*) ;; *) exit 0 ;; esac
. "$ROOT/tests/lib/sshd.sh"
SSHD_EXTRA="MaxStartups 300"
sshd_start "$TMP/sshd" || { echo "bench: no rows 11 to 13: $SSHD_WHY" >&2; exit 1; }
trap 'sshd_stop; [ -z "$relay" ] || kill $relay 2>/dev/null' EXIT
mkfifo "$TMP/relay-in"
RELAY_LOG=$TMP/relay-log
python3 "$ROOT/tests/lib/relay.py" "$SSHD_PORT" 0 "$RELAY_LOG" <"$TMP/relay-in" &
relay=$!
exec 9>"$TMP/relay-in"
perl -MTime::HiRes=time -e 'my $by = time + 30; until (-s $ARGV[0]) { exit 1 if time > $by; select undef, undef, undef, .01 }' "$RELAY_LOG"
RELAY_PORT=$(head -n 1 "$RELAY_LOG")
printf '[127.0.0.1]:%s %s\n' "$RELAY_PORT" "$(cut -d' ' -f1,2 "$SSHD_HOST_KEY.pub")" >>"$SSHD_KNOWN_HOSTS"
mkdir -p "$XDG_CONFIG_HOME/maillage"
printf 'cle_ssh: "%s"\nknown_hosts: "%s"\nintervalle: 1\n' "$SSHD_KEY" "$SSHD_KNOWN_HOSTS" >"$XDG_CONFIG_HOME/maillage/config.yaml"
GIT_SSH_COMMAND="ssh -F none -i '$SSHD_KEY' -o UserKnownHostsFile='$SSHD_KNOWN_HOSTS'"
export SSHD_PORT SSHD_USER SSHD_KEY SSHD_KNOWN_HOSTS RELAY_PORT RELAY_LOG GIT_SSH_COMMAND
case $BENCH_ROW in
11*) "$BUILD/bench/store/bench_many" ;;
12*) python3 "$ROOT/tests/bench/round.py" ;;
13*) python3 "$ROOT/tests/bench/latency.py" ;;
esac
