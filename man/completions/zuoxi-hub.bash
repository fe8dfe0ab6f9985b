# SPDX-License-Identifier: MIT
# bash completion for zuoxi-hub

_zuoxi_hub() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= word= i
	local commands="init serve user team queue station broadcast import pack kb migrate backup restore check audit subject"
	local options="--store --keys --json --lang --now --help --version"

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--store | --keys | --lang | --now) ((i++)) ;;
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
	--keys | --ca | --cert | --key | --log | --segments) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--store) mapfile -t COMPREPLY < <(compgen -W "sqlite: postgresql://" -- "$cur"); return ;;
	--lang) mapfile -t COMPREPLY < <(compgen -W "zh_CN en" -- "$cur"); return ;;
	--role) mapfile -t COMPREPLY < <(compgen -W "trainee agent team_lead supervisor qa trainer kb_editor admin" -- "$cur"); return ;;
	--severity) mapfile -t COMPREPLY < <(compgen -W "red orange yellow" -- "$cur"); return ;;
	--now | --site | --login | --url | --listen | --seats | --name | --team | --no | --kind | --lead | --queues | --station | --by | --text | --title | --say | --not-say | --hours | --heartbeat-ms | --lines | --slogan | --position | --grant | --status) return ;;
	esac
	case $command in
	'') mapfile -t COMPREPLY < <(compgen -W "$commands $options" -- "$cur") ;;
	init) mapfile -t COMPREPLY < <(compgen -W "--site --login --url --ca --store --keys" -- "$cur") ;;
	serve) mapfile -t COMPREPLY < <(compgen -W "--listen --cert --key --behind-proxy --ca --url --seats --name --log --segments --heartbeat-ms --store --keys" -- "$cur") ;;
	user)
		case $word in
		add | set) mapfile -t COMPREPLY < <(compgen -W "--name --role --team --no --position --grant --queues --status --site" -- "$cur") ;;
		*) mapfile -t COMPREPLY < <(compgen -W "add set list disable password" -- "$cur") ;;
		esac
		;;
	team)
		case $word in
		add | set) mapfile -t COMPREPLY < <(compgen -W "--name --kind --lead --queues --slogan --site" -- "$cur") ;;
		*) mapfile -t COMPREPLY < <(compgen -W "add set list" -- "$cur") ;;
		esac
		;;
	queue)
		case $word in
		add | set) mapfile -t COMPREPLY < <(compgen -W "--name" -- "$cur") ;;
		*) mapfile -t COMPREPLY < <(compgen -W "add set list" -- "$cur") ;;
		esac
		;;
	station)
		case $word in
		code) mapfile -t COMPREPLY < <(compgen -W "--station --name --ca --site" -- "$cur") ;;
		wipe) mapfile -t COMPREPLY < <(compgen -W "--drain" -- "$cur") ;;
		*) mapfile -t COMPREPLY < <(compgen -W "code list disable enable wipe" -- "$cur") ;;
		esac
		;;
	broadcast) mapfile -t COMPREPLY < <(compgen -W "--severity --by --text --title --say --not-say --lines --ack --hours --clear --site" -- "$cur") ;;
	pack)
		case $word in
		load) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
		*) mapfile -t COMPREPLY < <(compgen -W "load list" -- "$cur") ;;
		esac
		;;
	kb) mapfile -t COMPREPLY < <(compgen -f -W "import --by" -- "$cur") ;;
	audit) mapfile -t COMPREPLY < <(compgen -W "verify list" -- "$cur") ;;
	subject) mapfile -t COMPREPLY < <(compgen -W "export erase --keep-days" -- "$cur") ;;
	migrate) mapfile -t COMPREPLY < <(compgen -W "sqlite: postgresql://" -- "$cur") ;;
	import) mapfile -t COMPREPLY < <(compgen -f -W "--site" -- "$cur") ;;
	backup | restore) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}
complete -F _zuoxi_hub zuoxi-hub
