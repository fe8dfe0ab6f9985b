# SPDX-License-Identifier: MIT
# fish completion for zuoxi-hub

complete -c zuoxi-hub -f
complete -c zuoxi-hub -l store -x -a 'sqlite: postgresql://' -d 'where the data are'
complete -c zuoxi-hub -l keys -r -F -d "the hub's keys"
complete -c zuoxi-hub -l json -d 'listings as JSON'
complete -c zuoxi-hub -l lang -x -a 'zh_CN en' -d language
complete -c zuoxi-hub -l now -x -d 'test clock'
complete -c zuoxi-hub -l help
complete -c zuoxi-hub -l version

complete -c zuoxi-hub -n __fish_use_subcommand -a init -d 'make or migrate a store'
complete -c zuoxi-hub -n __fish_use_subcommand -a serve -d 'answer stations'
complete -c zuoxi-hub -n __fish_use_subcommand -a user -d 'people who may log in'
complete -c zuoxi-hub -n __fish_use_subcommand -a team -d 'teams and what they serve'
complete -c zuoxi-hub -n __fish_use_subcommand -a queue -d queues
complete -c zuoxi-hub -n __fish_use_subcommand -a station -d 'enrolment codes and stations'
complete -c zuoxi-hub -n __fish_use_subcommand -a broadcast -d 'tell all stations of the site'
complete -c zuoxi-hub -n __fish_use_subcommand -a import -d 'an outbox file of a station'
complete -c zuoxi-hub -n __fish_use_subcommand -a pack -d 'content packs for the stations'
complete -c zuoxi-hub -n __fish_use_subcommand -a kb -d 'articles for all stations'
complete -c zuoxi-hub -n __fish_use_subcommand -a migrate -d 'copy a store to another engine'
complete -c zuoxi-hub -n __fish_use_subcommand -a backup -d 'copy the store while it serves'
complete -c zuoxi-hub -n __fish_use_subcommand -a restore -d 'bring a copy back'
complete -c zuoxi-hub -n __fish_use_subcommand -a check -d 'streams, digests, answers'
complete -c zuoxi-hub -n __fish_use_subcommand -a audit -d 'the chain of the audit log'
complete -c zuoxi-hub -n __fish_use_subcommand -a subject -d "a person's data out, or gone"

complete -c zuoxi-hub -n '__fish_seen_subcommand_from init user team queue station broadcast import pack subject' -l site -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from init' -l login -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from init serve' -l url -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from init serve station' -l ca -r -F
complete -c zuoxi-hub -n '__fish_seen_subcommand_from serve' -l listen -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from serve' -l cert -r -F
complete -c zuoxi-hub -n '__fish_seen_subcommand_from serve' -l key -r -F
complete -c zuoxi-hub -n '__fish_seen_subcommand_from serve' -l behind-proxy
complete -c zuoxi-hub -n '__fish_seen_subcommand_from serve' -l seats -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from serve' -l log -r -F
complete -c zuoxi-hub -n '__fish_seen_subcommand_from serve' -l segments -x -a '(__fish_complete_directories)'
complete -c zuoxi-hub -n '__fish_seen_subcommand_from serve' -l heartbeat-ms -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from serve user team queue station' -l name -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from user' -a 'add set list disable password'
complete -c zuoxi-hub -n '__fish_seen_subcommand_from user' -l role -x -a 'trainee agent team_lead supervisor qa trainer kb_editor admin'
complete -c zuoxi-hub -n '__fish_seen_subcommand_from user' -l team -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from user' -l position -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from user' -l grant -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from user' -l status -x -a 'active onboarding leave suspended left'
complete -c zuoxi-hub -n '__fish_seen_subcommand_from user' -l no -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from team queue' -a 'add set list'
complete -c zuoxi-hub -n '__fish_seen_subcommand_from team' -l kind -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from team' -l lead -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from team' -l slogan -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from team user' -l queues -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from station' -a 'code list disable enable wipe'
complete -c zuoxi-hub -n '__fish_seen_subcommand_from station' -l station -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from station' -l drain
complete -c zuoxi-hub -n '__fish_seen_subcommand_from broadcast' -l severity -x -a 'red orange yellow'
complete -c zuoxi-hub -n '__fish_seen_subcommand_from broadcast pack kb' -l by -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from broadcast' -l text -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from broadcast' -l title -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from broadcast' -l say -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from broadcast' -l not-say -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from broadcast' -l lines -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from broadcast' -l clear
complete -c zuoxi-hub -n '__fish_seen_subcommand_from broadcast' -l ack
complete -c zuoxi-hub -n '__fish_seen_subcommand_from broadcast' -l hours -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from kb' -F -a import
complete -c zuoxi-hub -n '__fish_seen_subcommand_from pack' -a 'load list (__fish_complete_directories)'
complete -c zuoxi-hub -n '__fish_seen_subcommand_from audit' -a 'verify list'
complete -c zuoxi-hub -n '__fish_seen_subcommand_from subject' -a 'export erase'
complete -c zuoxi-hub -n '__fish_seen_subcommand_from subject' -l keep-days -x
complete -c zuoxi-hub -n '__fish_seen_subcommand_from import backup restore' -F
