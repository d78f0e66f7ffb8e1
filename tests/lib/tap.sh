# tap.sh -- a test script's few words. Source it; end with `tap_done`.
#   ok NAME COMMAND...           passes when the command succeeds
#   code NAME WANT COMMAND...    passes when the exit code is WANT; stdout and stderr are in $TMP/out and $TMP/err
#   says NAME TEXT               passes when $TMP/out or $TMP/err holds the text (after `code`)
#   same NAME A B                passes when the two strings are equal
#   play NAME WANT COMMAND...    as `code`, played at a terminal by the script on stdin (terminal.py says how)
#   skip NAME WHY                what this machine cannot test; it is counted and shown
TAP_N=0
tap__line() { # tap__line 0|1 NAME
	TAP_N=$((TAP_N + 1))
	if [ "$1" = 0 ]; then echo "ok $TAP_N - $2"; else echo "not ok $TAP_N - $2"; fi
}
ok() {
	tap_name=$1
	shift
	if "$@" >"$TMP/out" 2>"$TMP/err"; then tap__line 0 "$tap_name"; else
		tap__line 1 "$tap_name"
		sed 's/^/# /' "$TMP/out" "$TMP/err" | head -20
	fi
}
code() {
	tap_name=$1 tap_want=$2
	shift 2
	tap_got=0
	"$@" >"$TMP/out" 2>"$TMP/err" </dev/null || tap_got=$?
	if [ "$tap_got" = "$tap_want" ]; then tap__line 0 "$tap_name"; else
		tap__line 1 "$tap_name"
		echo "# exit code $tap_got, wanted $tap_want"
		sed 's/^/# /' "$TMP/out" "$TMP/err" | head -20
	fi
}
play() {
	cat >"$TMP/.played"
	tap_name=$1 tap_want=$2
	shift 2
	tap_got=0
	python3 "$ROOT/tests/lib/terminal.py" "$TMP/.played" -- "$@" >"$TMP/out" 2>"$TMP/err" || tap_got=$?
	if [ "$tap_got" = "$tap_want" ]; then tap__line 0 "$tap_name"; else
		tap__line 1 "$tap_name"
		echo "# exit code $tap_got, wanted $tap_want"
		sed 's/^/# /' "$TMP/out" "$TMP/err" | tail -30
	fi
}
says() {
	if grep -qF -- "$2" "$TMP/out" "$TMP/err"; then tap__line 0 "$1"; else
		tap__line 1 "$1"
		echo "# not said: $2"
		sed 's/^/# /' "$TMP/out" "$TMP/err" | head -20
	fi
}
same() {
	if [ "$2" = "$3" ]; then tap__line 0 "$1"; else
		tap__line 1 "$1"
		printf '# %s\n# %s\n' "$2" "$3"
	fi
}
skip() {
	TAP_N=$((TAP_N + 1))
	echo "ok $TAP_N - $1 # SKIP $2"
}
tap_done() { echo "1..$TAP_N"; }
