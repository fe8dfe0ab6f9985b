# SPDX-License-Identifier: MIT
# fish completion for zuoxi

complete -c zuoxi -f
complete -c zuoxi -l data -x -a '(__fish_complete_directories)' -d 'all state'
complete -c zuoxi -l config -r -F -d settings
complete -c zuoxi -l lang -x -a 'zh_CN en' -d language
complete -c zuoxi -l now -x -d 'test clock'
complete -c zuoxi -l seed -x -d 'random seed'
complete -c zuoxi -l json -d 'listings as JSON'
complete -c zuoxi -l demo -d 'throw-away demo site'
complete -c zuoxi -l script -r -F -d 'keys from a file'
complete -c zuoxi -l ascii-borders -d 'rules and marks in ASCII'
complete -c zuoxi -l help
complete -c zuoxi -l version

complete -c zuoxi -n __fish_use_subcommand -a keys -d 'every action and its keys'
complete -c zuoxi -n __fish_use_subcommand -a init -d 'make a data directory'
complete -c zuoxi -n __fish_use_subcommand -a pack -d 'check, load and list content packs'
complete -c zuoxi -n __fish_use_subcommand -a kb -d 'the knowledge base'
complete -c zuoxi -n __fish_use_subcommand -a call -d contacts
complete -c zuoxi -n __fish_use_subcommand -a ticket -d tickets
complete -c zuoxi -n __fish_use_subcommand -a customer -d 'customers, masked'
complete -c zuoxi -n __fish_use_subcommand -a practice -d 'practise with scenarios'
complete -c zuoxi -n __fish_use_subcommand -a report -d 'how agents come on'
complete -c zuoxi -n __fish_use_subcommand -a enrol -d 'join a hub'
complete -c zuoxi -n __fish_use_subcommand -a login -d 'log in to the hub'
complete -c zuoxi -n __fish_use_subcommand -a logout -d 'end the session at the hub'
complete -c zuoxi -n __fish_use_subcommand -a sync -d 'exchange with the hub'
complete -c zuoxi -n __fish_use_subcommand -a status -d 'the station and what is unsent'
complete -c zuoxi -n __fish_use_subcommand -a outbox -d 'what waits for the hub'
complete -c zuoxi -n __fish_use_subcommand -a audit -d 'the chain of the audit log'
complete -c zuoxi -n __fish_use_subcommand -a backup -d 'copy the station while it runs'
complete -c zuoxi -n __fish_use_subcommand -a restore -d 'bring a copy back'
complete -c zuoxi -n __fish_use_subcommand -a doctor -d 'test everything'

complete -c zuoxi -n '__fish_seen_subcommand_from enrol' -l name -x
complete -c zuoxi -n '__fish_seen_subcommand_from sync' -l once
complete -c zuoxi -n '__fish_seen_subcommand_from init' -l site -x
complete -c zuoxi -n '__fish_seen_subcommand_from init' -l station -x
complete -c zuoxi -n '__fish_seen_subcommand_from init' -l pack -x -a 'common finance airline retail'
complete -c zuoxi -n '__fish_seen_subcommand_from pack' -a 'check load list (__fish_complete_directories)'
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -F -a 'import search show history diff seen learn forget phrasings gaps state export stats check'
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -s n -x
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l explain
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l batch -r -F
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l tag -x
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l stats
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l typing
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l reindex
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l rejects -r -F
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l afresh
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l format -x -a 'jsonl csv md'
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l to -r -F
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l all
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l versions
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l repair
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l again
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l category -x
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l step -x
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l article -x
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l call -x
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l agent -x
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l note -x
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l other -x
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l next -x
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l by -x
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l contact -x
complete -c zuoxi -n '__fish_seen_subcommand_from kb' -l text
complete -c zuoxi -n '__fish_seen_subcommand_from call' -a 'list show replay'
complete -c zuoxi -n '__fish_seen_subcommand_from call' -l customer -x
complete -c zuoxi -n '__fish_seen_subcommand_from ticket' -a 'list show take assign release link incident'
complete -c zuoxi -n '__fish_seen_subcommand_from ticket' -l all
complete -c zuoxi -n '__fish_seen_subcommand_from ticket' -l to -x
complete -c zuoxi -n '__fish_seen_subcommand_from ticket' -l queue -x
complete -c zuoxi -n '__fish_seen_subcommand_from ticket' -l reason -x
complete -c zuoxi -n '__fish_seen_subcommand_from ticket' -l as -xa 'related parent child duplicate'
complete -c zuoxi -n '__fish_seen_subcommand_from ticket' -l remove
complete -c zuoxi -n '__fish_seen_subcommand_from customer' -a find
complete -c zuoxi -n '__fish_seen_subcommand_from practice' -a 'list show run tour report case accept drop export'
complete -c zuoxi -n '__fish_seen_subcommand_from practice' -l pack -x -a '(__fish_complete_directories)'
complete -c zuoxi -n '__fish_seen_subcommand_from practice' -l mode -x -a 'solo exam'
complete -c zuoxi -n '__fish_seen_subcommand_from practice' -l transcript -r -F
complete -c zuoxi -n '__fish_seen_subcommand_from practice' -l scenario -r -F
complete -c zuoxi -n '__fish_seen_subcommand_from practice' -l code -x
complete -c zuoxi -n '__fish_seen_subcommand_from practice' -l plain
complete -c zuoxi -n '__fish_seen_subcommand_from practice' -l speed -x
complete -c zuoxi -n '__fish_seen_subcommand_from practice' -l record -r -F
complete -c zuoxi -n '__fish_seen_subcommand_from practice' -l debrief
complete -c zuoxi -n '__fish_seen_subcommand_from report' -a practice
complete -c zuoxi -n '__fish_seen_subcommand_from practice report' -l agent -x
complete -c zuoxi -n '__fish_seen_subcommand_from practice report' -l from -x
complete -c zuoxi -n '__fish_seen_subcommand_from practice report' -l to -x
complete -c zuoxi -n '__fish_seen_subcommand_from practice report' -l format -x -a 'text json csv html'
complete -c zuoxi -n '__fish_seen_subcommand_from practice report' -l out -r -F
complete -c zuoxi -n '__fish_seen_subcommand_from outbox' -a 'list export import' -F
complete -c zuoxi -n '__fish_seen_subcommand_from outbox' -l all
complete -c zuoxi -n '__fish_seen_subcommand_from audit' -a verify
complete -c zuoxi -n '__fish_seen_subcommand_from backup restore' -F
