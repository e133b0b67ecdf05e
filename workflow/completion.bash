# Tab completion for bash: source workflow/completion.bash
# After `snakemake`: the runs, steps and targets of the project in this folder, and Snakemake's flags.

_handwritten_snakemake() {
    local word="${COMP_WORDS[COMP_CWORD]}" known="$PWD $(stat -c %Y config.yaml 2>/dev/null)"
    if [[ "$word" == -* ]]; then
        [[ -n "$_handwritten_flags" ]] ||
            _handwritten_flags=$(snakemake --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]+' | sort -u)
        mapfile -t COMPREPLY < <(compgen -W "$_handwritten_flags" -- "$word")
        return
    fi
    if [[ "$known" != "$_handwritten_known" ]]; then
        _handwritten_known=$known
        _handwritten_targets=$(snakemake --list-target-rules --quiet all 2>/dev/null | cut -d' ' -f1)
    fi
    mapfile -t COMPREPLY < <(compgen -W "$_handwritten_targets" -- "$word")
}
complete -o bashdefault -o default -F _handwritten_snakemake snakemake
