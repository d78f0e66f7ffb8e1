# hub.sh -- a hub of ara and bfc behind a throw-away sshd, and people with keys for it. Source tap.sh and sshd.sh before it.
#
#   hub_start                         makes $TMP/hub, starts sshd; $hub is its address, $m the program
#   person NAME ROLE...               a home, and a key whose forced command is `hub shell ROLE...`; without a role the key is unknown
#   as NAME COMMAND...                with that person's settings, in their clone ($TMP/NAME/clone) when there is one
#   git_ssh NAME ARGUMENTS...         plain git in that clone, with their key
m=$BUILD/maillage
hub_start() {
	"$m" -q hub init "$TMP/hub" --collectives ara,bfc || exit 1
	sshd_start "$TMP/sshd" || { echo "Bail out! $SSHD_WHY"; exit 1; }
	hub=ssh://$SSHD_USER@127.0.0.1:$SSHD_PORT$TMP/hub
}
person() {
	who=$1
	shift
	mkdir -p "$TMP/$who/.ssh" "$TMP/$who/.config/maillage"
	ssh-keygen -q -t ed25519 -N '' -f "$TMP/$who/.ssh/id_ed25519"
	cp "$SSHD_KNOWN_HOSTS" "$TMP/$who/.ssh/known_hosts"
	printf 'cle_ssh: "%s"\nknown_hosts: "%s"\n' "$TMP/$who/.ssh/id_ed25519" "$TMP/$who/.ssh/known_hosts" >"$TMP/$who/.config/maillage/config.yaml"
	[ $# = 0 ] || printf 'restrict,command="\047%s\047 hub shell %s" %s\n' "$m" "$*" "$(cat "$TMP/$who/.ssh/id_ed25519.pub")" >>"$SSHD_DIR/authorized_keys"
}
as() {
	who=$1 dir=$TMP/$1/clone
	shift
	[ -d "$dir" ] || dir=$TMP/$who
	(cd "$dir" && HOME=$TMP/$who XDG_CONFIG_HOME=$TMP/$who/.config XDG_RUNTIME_DIR=$TMP/$who exec "$@")
}
ssh_of() { # the ssh command of a person, for GIT_SSH_COMMAND
	echo "ssh -i '$TMP/$1/.ssh/id_ed25519' -o 'UserKnownHostsFile=\"$TMP/$1/.ssh/known_hosts\"' -o IdentitiesOnly=yes -F none"
}
git_ssh() {
	who=$1
	shift
	(cd "$TMP/$who/clone" && GIT_SSH_COMMAND=$(ssh_of "$who") exec git "$@")
}
