# SPDX-License-Identifier: MIT
# bash completion for zuoxi

_zuoxi() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= word= i
	local commands="keys init pack kb call ticket customer practice report enrol login logout sync status outbox audit backup restore doctor"
	local options="--data --config --lang --now --seed --json --demo --script --ascii-borders --help --version"

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--data | --config | --lang | --now | --seed | --script) ((i++)) ;;
		-*) ;;
		*)
			if [[ -z $command ]]; then
				command=${COMP_WORDS[i]}
			else
				word=${COMP_WORDS[i]}
				break
			fi
			;;
		esac
	done
	case $prev in
	--data) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
	--config | --script | --batch) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--lang) mapfile -t COMPREPLY < <(compgen -W "zh_CN en" -- "$cur"); return ;;
	--transcript | --record | --out) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--format) [[ $command == practice || $command == report ]] && { mapfile -t COMPREPLY < <(compgen -W "text json csv html" -- "$cur"); return; } ;;
	--pack)
		[[ $command == practice ]] && { mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return; }
		mapfile -t COMPREPLY < <(compgen -W "common finance airline retail" -- "$cur")
		return
		;;
	--speed | --from | --now | --seed | --site | --station | --tag | --version | --customer | --category | --step | --article | --call | --agent | --note | --other | --next | --by | --contact | -n) return ;;
	esac
	case $command in
	'') mapfile -t COMPREPLY < <(compgen -W "$commands $options" -- "$cur") ;;
	init) mapfile -t COMPREPLY < <(compgen -W "--site --station --pack common finance airline retail" -- "$cur") ;;
	pack)
		case $word in
		check | load) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
		*) mapfile -t COMPREPLY < <(compgen -W "check load list" -- "$cur") ;;
		esac
		;;
	kb)
		case $word in
		import) mapfile -t COMPREPLY < <(compgen -f -W "--rejects --afresh --json" -- "$cur") ;;
		export) mapfile -t COMPREPLY < <(compgen -f -W "--format --to --all --versions jsonl csv md" -- "$cur") ;;
		search) mapfile -t COMPREPLY < <(compgen -W "-n --json --explain --category --step --batch --tag --stats --typing" -- "$cur") ;;
		show) mapfile -t COMPREPLY < <(compgen -W "--version" -- "$cur") ;;
		check) mapfile -t COMPREPLY < <(compgen -W "--repair --reindex" -- "$cur") ;;
		learn) mapfile -t COMPREPLY < <(compgen -f -W "--agent --json" -- "$cur") ;;
		forget) mapfile -t COMPREPLY < <(compgen -W "--article --call --agent --again --by --json" -- "$cur") ;;
		phrasings) mapfile -t COMPREPLY < <(compgen -W "--call --agent --all -n --json" -- "$cur") ;;
		gaps) mapfile -t COMPREPLY < <(compgen -W "show draft --all --by --json" -- "$cur") ;;
		state) mapfile -t COMPREPLY < <(compgen -W "retire restore hide confirm flag --note --other --next --by --json" -- "$cur") ;;
		seen) mapfile -t COMPREPLY < <(compgen -W "--agent --contact --text --json" -- "$cur") ;;
		history | diff | stats) ;;
		*) mapfile -t COMPREPLY < <(compgen -W "import search show history diff seen learn forget phrasings gaps state export stats check" -- "$cur") ;;
		esac
		;;
	call) mapfile -t COMPREPLY < <(compgen -W "list show replay --customer -n" -- "$cur") ;;
	ticket) mapfile -t COMPREPLY < <(compgen -W "list show take assign release link incident --all -n --to --queue --reason --as --remove" -- "$cur") ;;
	customer) mapfile -t COMPREPLY < <(compgen -W "find" -- "$cur") ;;
	practice)
		case $word in
		run) mapfile -t COMPREPLY < <(compgen -W "--pack --transcript --plain --mode --speed --record --debrief --seed --json" -- "$cur") ;;
		list | show) mapfile -t COMPREPLY < <(compgen -W "--pack --json" -- "$cur") ;;
		report) mapfile -t COMPREPLY < <(compgen -W "--agent --from --to --format --out --json" -- "$cur") ;;
		case) mapfile -t COMPREPLY < <(compgen -W "list show accept drop export --scenario --code --json" -- "$cur") ;;
		*) mapfile -t COMPREPLY < <(compgen -W "list show run tour report case" -- "$cur") ;;
		esac
		;;
	report) mapfile -t COMPREPLY < <(compgen -W "practice --agent --from --to --format --out --json" -- "$cur") ;;
	outbox)
		case $word in
		export | import) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
		*) mapfile -t COMPREPLY < <(compgen -W "list export import --all -n" -- "$cur") ;;
		esac
		;;
	enrol) mapfile -t COMPREPLY < <(compgen -W "--name --json" -- "$cur") ;;
	sync) mapfile -t COMPREPLY < <(compgen -W "--once --json" -- "$cur") ;;
	login | logout) ;;
	audit) mapfile -t COMPREPLY < <(compgen -W "verify" -- "$cur") ;;
	backup | restore) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}
complete -F _zuoxi zuoxi
