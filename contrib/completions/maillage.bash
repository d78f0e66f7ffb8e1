# bash completion of maillage: asks the program what may stand where the cursor is.
_maillage() {
	local words=() cur word joined=no lines line i rest
	# bash cuts words at = and : (COMP_WORDBREAKS); put them together again
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if ((${#words[@]})) && [[ $word == [=:]* || $joined == yes ]] && [[ $word != -* ]]; then
			words[-1]+=$word
		else
			words+=("$word")
		fi
		[[ $word == *[=:] ]] && joined=yes || joined=no
	done
	cur=${words[-1]}
	COMPREPLY=()
	mapfile -t lines < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
	case ${lines[0]-} in
	:files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	:folders) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
	esac
	rest=${cur%"${cur##*[=:]}"} # what readline leaves alone
	[[ $COMP_WORDBREAKS == *=* ]] || rest=
	if ((${#lines[@]} > 1 && COMP_TYPE == 63)); then # the list of a second Tab: with what each is
		for line in "${lines[@]}"; do
			word=${line%%$'\t'*}
			COMPREPLY+=("${word#"$rest"}${line:${#word}:60}")
		done
		COMPREPLY=("${COMPREPLY[@]//$'\t'/  -- }" ' ')
	else
		for line in "${lines[@]}"; do
			word=${line%%$'\t'*}
			COMPREPLY+=("${word#"$rest"}")
		done
	fi
	[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=/-] ]] && compopt -o nospace 2>/dev/null
	return 0
}
complete -F _maillage maillage
