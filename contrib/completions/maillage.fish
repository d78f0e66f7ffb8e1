# fish completion of maillage: asks the program what may stand where the cursor is.
function __maillage_answers
    set -l words (commandline -opc) (commandline -ct)
    set -l answers ($words[1] __complete $words[2..-1] 2>/dev/null)
    switch "$answers[1]"
        case :files
            __fish_complete_path (commandline -ct)
        case :folders
            __fish_complete_directories (commandline -ct)
        case '*'
            printf '%s\n' $answers
    end
end
complete -c maillage -f -a '(__maillage_answers)'
