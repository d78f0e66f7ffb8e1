# samples.sh -- the sample records, filed as collectives file them: in a clone's folder, and quoting each other with the
# fingerprints and commits that they really have. Source it, and give it
#   root      the checkout
#   maillage  the program
#   T         a folder where NAME's clone is $T/NAME/clone
#   as        a function: `as NAME COMMAND...` runs a command in that clone
#   sync      a function: `sync NAME` is one exchange

# where ID: the record's path in a repository
where() {
	last=${1##*-}
	case $1 in
	col-*) echo collectif.yaml && return ;;
	ens-*) f=enseignements ;; pra-*) f=pratiques ;; bou-*) f=boucles ;; mat-*) f=materiaux ;; cro-*) f=croisements ;;
	avi-*) f=avis ;; act-*) f=acteurs ;; ren-*) f=rencontres ;; pro-*) f=productions ;; app-*) f=appropriations ;;
	cyc-*) f=cycles ;; con-*) f=concepts ;; syn-*) f=syntheses ;;
	esac
	echo "$f/$(printf '%.2s' "${last}_")/$1.yaml"
}
# put NAME FILE: save a record in that person's folder, as an editor would
put() {
	id=$(basename "$2" .yaml)
	to=$T/$1/clone/$(where "$id")
	mkdir -p "$(dirname "$to")"
	cp "$2" "$to"
}
# put_all NAME CODE KIND...: that collective's samples of these kinds (id prefixes)
put_all() {
	name=$1 code=$2
	shift 2
	for kind; do
		for file in "$root/tests/samples/$code/$kind"-*.yaml; do [ -e "$file" ] && put "$name" "$file"; done
	done
}
# pins NAME ID...: remember each lesson's fingerprint and commit, for those who quote it
pins() {
	name=$1
	shift
	for id; do
		as "$name" "$maillage" --json show "$id" >"$T/show"
		echo "$id $(sed -n 's/^  "empreinte": "\(.*\)",*$/\1/p' "$T/show") $(sed -n 's/^  "commit": "\(.*\)",*$/\1/p' "$T/show")" >>"$T/pins"
	done
}
# pinned FILE: the record with the fingerprints and commits that the lessons really have
pinned() {
	awk -v pins="$T/pins" '
		BEGIN { while ((getline line < pins) > 0) { split(line, p, " "); print_[p[1]] = p[2]; commit[p[1]] = p[3] } }
		/^ *(- )?commit: / { c = $0; next }
		/^ *empreinte: / && c != "" { e = $0; next }
		/^ *ref: / && c != "" {
			id = $2
			if (id in print_) { sub(/"[0-9a-f]+"/, "\"" commit[id] "\"", c); sub(/"sha256:[0-9a-f]+"/, "\"" print_[id] "\"", e) }
			print c; if (e != "") print e; print; c = e = ""; next
		}
		/^cible: / { target = $2 }
		/^cible_empreinte: / && target in print_ { print "cible_empreinte: \"" print_[target] "\""; next }
		{ print }' "$1"
}
put_pinned() {
	mkdir -p "$T/pinned"
	pinned "$2" >"$T/pinned/$(basename "$2")"
	put "$1" "$T/pinned/$(basename "$2")"
}

# file_samples NAME CODE: the field records of a collective
file_samples() { put_all "$1" "$2" act col pra bou mat ren ens; }
# quote_samples NAME CODE KIND...: its records that quote others, once `pins` knows these
quote_samples() {
	name=$1 code=$2
	shift 2
	for kind; do
		for file in "$root/tests/samples/$code/$kind"-*.yaml; do [ -e "$file" ] && put_pinned "$name" "$file"; done
	done
	return 0
}
# pin_samples ARA BFC BRE HDF OCC: who holds the clone of each; their lessons are shared, and quoted
pin_samples() {
	pins "$1" ens-ara-k5w2h9tc
	pins "$2" ens-bfc-3r7np8vd
	pins "$3" ens-bre-9s4xk7gj
	pins "$4" ens-hdf-z1b6m4qx
	pins "$5" ens-occ-w8f3c5tn
}
