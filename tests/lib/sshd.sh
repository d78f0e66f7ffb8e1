# sshd.sh -- a real, throw-away ssh server on the loopback, for tests and the demo. Source it; needs sshd and ssh-keygen.
#
#   . "$ROOT/tests/lib/sshd.sh"
#   sshd_usable || { echo "1..0 # SKIP $SSHD_WHY"; exit 0; }
#   sshd_start "$TMP/sshd"            # makes the folder; ends with 1 and SSHD_WHY when it does not come up
#   ssh -p "$SSHD_PORT" -i "$SSHD_KEY" -o UserKnownHostsFile="$SSHD_KNOWN_HOSTS" "$SSHD_USER@127.0.0.1" true
#   sshd_stop                         # also on exit, by a trap (a trap of your own: call sshd_stop in it)
#
# Sets    SSHD_PORT, SSHD_USER (the user who runs this), SSHD_KEY (private; .pub beside it), SSHD_KNOWN_HOSTS, SSHD_DIR,
#         SSHD_HOST_KEY (ed25519), SSHD_PID, SSHD_LOG.
# Options are lines of sshd_config in SSHD_EXTRA, e.g. SSHD_EXTRA='ForceCommand /x/y'. Lines of the folder's authorized_keys
#         may be edited while it runs. sshd_start on the same folder again keeps the keys; SSHD_WANT_PORT=n asks for that port.
# Works   as root (privilege separation wants the empty folder /run/sshd, made when missing as Debian's service would; it is
#         left, since another test's server may be using it) and as an ordinary user, who can then log in only as himself.
#         One server per shell at a time; several shells at once are fine.
# Marks   each session with TMP, when there is one: tests/run finds by it what a test left running.
# SHLVL=2 keeps bash from reading ~/.bashrc for each command: tests must not depend on it, and some take 200 ms.
# Nobody  else can enter: only the key made here is authorised, and it listens on 127.0.0.1 only.

sshd_usable() {
	SSHD_WHY=
	SSHD_BIN=$(command -v sshd || command -v /usr/sbin/sshd) || SSHD_WHY="no sshd: apt install openssh-server"
	command -v ssh-keygen >/dev/null || SSHD_WHY="no ssh-keygen: apt install openssh-client"
	[ -z "$SSHD_WHY" ]
}

# A port that nothing listens on. It is not held: sshd_start tries others when somebody else was faster.
sshd_free_port() {
	perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}

# Wait for the server; done when it answers, dies (1), or 10 s have passed (1). perl waits: a shell has no poll().
sshd__wait() {
	perl -MTime::HiRes=time -MIO::Socket::INET -e '
		my ($port, $pid) = @ARGV; my $by = time + 10;
		while (time < $by) {
			kill(0, $pid) or exit 1;
			my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port, Timeout => 1);
			if ($s) { close $s; kill(0, $pid) or exit 1; exit 0 }
			select(undef, undef, undef, 0.02);
		} exit 1' "$1" "$2" 2>/dev/null
}

sshd_start() {
	sshd_usable || return 1
	SSHD_DIR=$1 SSHD_USER=$(id -un)
	SSHD_KEY=$SSHD_DIR/id_ed25519 SSHD_HOST_KEY=$SSHD_DIR/host_ed25519
	SSHD_KNOWN_HOSTS=$SSHD_DIR/known_hosts SSHD_LOG=$SSHD_DIR/sshd.log
	mkdir -p "$SSHD_DIR" && chmod 700 "$SSHD_DIR" || return 1
	[ -f "$SSHD_KEY" ] || ssh-keygen -q -t ed25519 -N '' -C throw-away -f "$SSHD_KEY" || return 1
	[ -f "$SSHD_HOST_KEY" ] || ssh-keygen -q -t ed25519 -N '' -C throw-away -f "$SSHD_HOST_KEY" || return 1
	[ -f "$SSHD_DIR/authorized_keys" ] || cp "$SSHD_KEY.pub" "$SSHD_DIR/authorized_keys" || return 1
	[ "$(id -u)" != 0 ] || [ -d /run/sshd ] || mkdir -m 755 /run/sshd 2>/dev/null
	# a root whose password is locked ("!", as Debian's installer leaves it beside sudo) is only let in by way of PAM
	sshd__pam=no
	[ "$(id -u)" != 0 ] || case $(getent shadow "$SSHD_USER") in "$SSHD_USER":!*) sshd__pam=yes ;; esac
	sshd__mark=
	[ -z "${TMP-}" ] || sshd__mark="\"TMP=$TMP\""
	sshd__tries=0
	while :; do
		sshd__port=${SSHD_WANT_PORT:-$(sshd_free_port)}
		cat >"$SSHD_DIR/sshd_config" <<-EOF
			ListenAddress 127.0.0.1
			Port $sshd__port
			HostKey "$SSHD_HOST_KEY"
			AuthorizedKeysFile "$SSHD_DIR/authorized_keys"
			PidFile none
			StrictModes no
			UsePAM $sshd__pam
			PasswordAuthentication no
			KbdInteractiveAuthentication no
			PermitRootLogin prohibit-password
			PermitUserRC no
			PrintMotd no
			UseDNS no
			LogLevel VERBOSE
			SetEnv SHLVL=2 $sshd__mark
			$SSHD_EXTRA
		EOF
		# -D: stays our child, so that it is ended by its number and never by a name; sshd wants its absolute path
		"$SSHD_BIN" -D -e -f "$SSHD_DIR/sshd_config" </dev/null >"$SSHD_LOG" 2>&1 &
		SSHD_PID=$! SSHD_PORT=$sshd__port
		if sshd__wait "$SSHD_PORT" "$SSHD_PID"; then
			break
		fi
		kill "$SSHD_PID" 2>/dev/null
		wait "$SSHD_PID" 2>/dev/null
		SSHD_PID=
		sshd__tries=$((sshd__tries + 1))
		if [ $sshd__tries -ge 5 ] || [ -n "$SSHD_WANT_PORT" ]; then
			SSHD_WHY="sshd does not start: $(tail -n 1 "$SSHD_LOG")"
			sshd_stop
			return 1
		fi
	done
	printf '[127.0.0.1]:%s %s\n' "$SSHD_PORT" "$(cut -d' ' -f1,2 "$SSHD_HOST_KEY.pub")" >"$SSHD_KNOWN_HOSTS"
	trap sshd_stop EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# End the connections that are open now; the server itself goes on. For "the hub's machine was restarted".
sshd_cut() {
	sshd__kids=$(ps -o pid= --ppid "$SSHD_PID" 2>/dev/null)
	[ -z "$sshd__kids" ] || kill $sshd__kids 2>/dev/null
	return 0
}

sshd_stop() {
	if [ -n "$SSHD_PID" ]; then
		sshd__kids=$(ps -o pid= --ppid "$SSHD_PID" 2>/dev/null)
		kill "$SSHD_PID" $sshd__kids 2>/dev/null
		wait "$SSHD_PID" 2>/dev/null
		SSHD_PID=
	fi
	return 0
}
