/* help - how to use each command, as `fettle help COMMAND` shows it. */
#include "help.h"

const char help_up [] =
    "fettle up [-d|--detach] [--demo] [--no-demo] [--home DIR]\n"
    "\n"
    "Makes a private Postgres and Redis under FETTLE_HOME (./var) that listen on Unix sockets only,\n"
    "applies migrations, starts the seven services and keeps all of it running. Ctrl-C stops everything\n"
    "in order. What is set from outside is not started: FETTLE_DSN means another Postgres, FETTLE_REDIS\n"
    "another Redis.\n"
    "\n"
    "  -d, --detach   return when everything is ready; `fettle down` stops it\n"
    "  --demo         then play a company's morning (see `fettle help demo`)\n"
    "  --no-demo      do not, also when --demo was given before\n"
    "\n"
    "Logs are in FETTLE_HOME/log, one file each.\n"
    "\n"
    "Exit code 1: it runs already, or something did not become ready.";

const char help_down [] =
    "fettle down [--home DIR]\n"
    "\n"
    "Services finish the turn at hand, then Redis and Postgres are stopped.\n"
    "\n"
    "Exit code 1: nothing was running.";

const char help_status [] =
    "fettle status [--json] [SERVICE ...] [--home DIR]\n"
    "\n"
    "Asks every service, or those named. Lag is how many events of a source it has not applied yet.\n"
    "\n"
    "Exit code 1: something is not ready, or stands and says why; 3: no answer.";

const char help_doctor [] =
    "fettle doctor [--home DIR]\n"
    "\n"
    "Programs, directory, Postgres and its settings, Redis, migrations, roles and grants, services, lag,\n"
    "dead letters, clocks, keys. Each line is ok, a note, or WRONG with what to do.\n"
    "\n"
    "Exit code 1: something is wrong.";

const char help_migrate [] =
    "fettle migrate [--status] [--wait SECONDS]\n"
    "\n"
    "Makes the database, a schema and a role for each service, and applies the migrations this program\n"
    "carries; what is there already is left alone. As administrator: FETTLE_ADMIN_DSN,\n"
    "FETTLE_ADMIN_PASSWORD (or _FILE). Passwords of the roles (fettle_intake, ...) come from\n"
    "FETTLE_PASSWORD_INTAKE, ... or FETTLE_PASSWORD.\n"
    "\n"
    "  --status        only show what is applied and what is pending; exit code 1: something is pending or changed\n"
    "  --wait SECONDS  try to reach Postgres for so long";

const char help_backup [] =
    "fettle backup DIR\n"
    "\n"
    "Makes DIR with all schemas as they are at one instant, by pg_dump, while everything works. It is read\n"
    "through once before it counts: until then it is DIR.partial, which `fettle restore` refuses.\n"
    "As administrator: FETTLE_ADMIN_DSN. Redis needs no backup; the keys (FETTLE_KEYS) need one of their own.\n"
    "\n"
    "Exit code 1: it failed, and nothing was kept; 3: no Postgres.";

const char help_restore [] =
    "fettle restore DIR [--service SERVICE] [--over] [--dry-run] [--no-resync]\n"
    "\n"
    "Into an empty database, or --over one: what is there is kept under another name, and untouched until\n"
    "the restore is whole. Services must be stopped; a private Postgres is started for it.\n"
    "\n"
    "  --service SERVICE  only the schema of this one; the others keep what they heard of it since, and the\n"
    "                     numbers of its lost events are closed as `fettle resync` does\n"
    "  --no-resync        do not close them: consumers that are ahead stop and say so\n"
    "  --dry-run          read the backup, restore it beside, verify, and throw it away (with --service: read only)\n"
    "\n"
    "What waited to be sent when the backup was made is not sent: it may have been since. RetryMessage sends it.\n"
    "\n"
    "Exit code 1: refused or failed, with the reason; what was there is as it was.";

const char help_resync [] =
    "fettle resync SERVICE [--dry-run]\n"
    "\n"
    "SERVICE was restored from an older backup, and others had heard more of it. Tells which of its events\n"
    "they have applied that are lost, and what they said because of them; closes the numbers of the lost\n"
    "events, so that none stands for two things; and has consumers read again what was said under such\n"
    "numbers since. Services concerned begin again by themselves, within seconds.\n"
    "\n"
    "  --dry-run  only tell";

const char help_prune [] =
    "fettle prune --older-than DAYSd [--keep WHAT]... [--service S] [--dry-run] [--json]\n"
    "\n"
    "Removes what is older and of no use any more, and says how much of it there was, and what stays:\n"
    "  answers   to commands. Who sends a command again within the time gets its first answer; later it is done again\n"
    "  letters   dead letters that were tried again or dropped\n"
    "  attempts  to deliver messages that are sent or given up; the messages stay\n"
    "Events stay, and all that services remember: they are the record. Works in small steps while services\n"
    "run; one at a time, and may be ended at any moment. Speaks to the database: FETTLE_ADMIN_DSN.\n"
    "\n"
    "  --older-than 400d  at least 30d\n"
    "  --keep WHAT        answers, letters or attempts are left alone\n"
    "  --service S        only of this service\n"
    "  --dry-run          only count\n"
    "\n"
    "Exit code 1: another one is at work, or it failed.";

const char help_send [] =
    "fettle send TYPE FILE|-|JSON [--id ID] [--actor WHO] [--time T] [--timeout S] [--window N] [--json]\n"
    "fettle send --list [WORD]\n"
    "\n"
    "Sends one message, or all of a JSON array or of JSON lines, several under way at once, to the\n"
    "service that takes them. The name may be short: SubmitServiceRequest. A question (GetStock,\n"
    "Identify, ...) prints its answer as JSON.\n"
    "\n"
    "  --id ID         the idempotency key (else a new one): the same again gives the first answer, and does nothing\n"
    "  --actor WHO     on whose behalf, \"engineer:li-wei\"\n"
    "  --time T        when it happened, if not now (RFC 3339)\n"
    "  --timeout S     patience with a service that is not ready (10)\n"
    "  --window N      so many under way at once (256)\n"
    "  --traceparent X W3C trace context, passed on\n"
    "  --json          the whole reply, one line each\n"
    "  --list          all messages with their fields\n"
    "\n"
    "Exit code 1: something was rejected. 3: no answer; sending again with the same --id is then safe.";

const char help_tail [] =
    "fettle tail [PREFIX] [--service S] [--subject ID] [--since-start] [--max N] [--for S] [--json]\n"
    "\n"
    "Shows the events of all services as they happen, in local time. PREFIX is of an event's name:\n"
    "VisitAccepted, Visit, dispatcher, fettle.billing.v1.Cost. What the sockets lost is read from the\n"
    "services, so nothing is missing.\n"
    "\n"
    "  --service S     only of this service\n"
    "  --subject ID    only about this thing, or of its story\n"
    "  --since-start   all there ever was first, by time\n"
    "  --json          a CloudEvent (JSON) a line\n"
    "  --max N         end after N events\n"
    "  --for S         end after S seconds\n"
    "\n"
    "Exit code 3: no service answers.";

const char help_fetch [] =
    "fettle fetch SERVICE [--after N] [--max M] [--consumer NAME [--ack]] [--prefix NAME] [--json]\n"
    "\n"
    "Reads the stored events of a service in sequence, from after sequence N to the last one.\n"
    "\n"
    "  --after N       where to begin; without it: where the consumer is, else from the first\n"
    "  --max M         at most M events\n"
    "  --prefix NAME   only those whose name begins so\n"
    "  --consumer C    the service keeps a cursor of this name\n"
    "  --ack           move it past what was printed\n"
    "  --json          a CloudEvent (JSON) a line\n"
    "\n"
    "Exit code 1: refused, as a cursor of another key.";

const char help_explain [] =
    "fettle explain ID [--json]\n"
    "\n"
    "ID is of a request, work order, visit, asset, occurrence, invoice (or its number), report, event,\n"
    "command, or anything an event was about. Shows the whole story over all services: what led to what\n"
    "and how long it took, why this engineer and not the others, the clocks, the money, and how it stands\n"
    "now. Reads the database: FETTLE_ADMIN_DSN.\n"
    "\n"
    "Exit code 1: nobody knows this id.";

const char help_why [] =
    "fettle why VISIT|ORDER [ENGINEER] [--json]\n"
    "\n"
    "Asks the dispatcher for the decision that it has kept, and says it in sentences, a line each: who was\n"
    "chosen by which policy and what he costs, term by term; then the others: in which terms each costs more\n"
    "(his quantity against the winner's), or which rules refuse him, with what was needed and what he had.\n"
    "With ENGINEER only the winner and that one. Of a work order: the visit that is open, or why nobody\n"
    "could go when it was tried last.\n"
    "\n"
    "  --json          the whole document as well\n"
    "\n"
    "Exit code 1: there was no such decision, or that engineer was not looked at. 3: no answer.";

const char help_dead [] =
    "fettle dead [list] [--service S] [--reason TEXT] [--type NAME] [--state dead|retry|retried|dropped|all] [--json]\n"
    "fettle dead show ID         the message in readable form, and why it could not be handled\n"
    "fettle dead retry ID ...    have the service try again, within seconds\n"
    "fettle dead drop ID ...     nobody needs it any more (asks first; --yes does not)\n"
    "\n"
    "What no handler could take is kept with its bytes and the reason. ID is as list shows it,\n"
    "\"billing:12\"; with --service S the number will do. retry and drop take --all instead of IDs: all\n"
    "that list shows with the same filters. Reads the database: FETTLE_ADMIN_DSN.\n"
    "\n"
    "Exit code 1: show, retry, drop: there is no such letter, or it is no longer dead.";

const char help_keys [] =
    "fettle keys new NAME --role ROLE [--for ID] [--out DIR]\n"
    "                                                let somebody in; makes the deployment's own key too\n"
    "fettle keys [list] [--role ROLE] [--json]       who may connect\n"
    "fettle keys revoke NAME                         no longer; takes effect at once\n"
    "fettle keys roles [--json]                      what each role may do\n"
    "\n"
    "In FETTLE_KEYS, FETTLE_HOME/keys when it is not set. Services read it when they start: the first key\n"
    "needs a restart.\n"
    "\n"
    "Exit code 1: the name is taken, or nobody has it.";

const char help_load [] =
    "fettle load FILE|DIRECTORY|- ... [--check] [--actor WHO] [--window N] [--patience MS] [--quiet] [--json]\n"
    "\n"
    "Sends files of {\"commands\": [{\"type\": ..., \"data\": {...}}, ...]} in order. An id follows from the\n"
    "content (or is given as \"id\"), so loading twice does nothing twice, nor does another file that says\n"
    "the same; what was rejected is tried anew.\n"
    "\n"
    "  --check         only read the files: nothing is sent\n"
    "  --window N      so many under way at once (128)\n"
    "  --patience MS   how long to retry what names something that is still unknown there (5000)\n"
    "  --quiet         only say what was rejected\n"
    "  --json          the summary as JSON\n"
    "\n"
    "Exit code 1: something was rejected. 2: a file is not well-formed, nothing was sent. 3: a service\n"
    "does not answer.";

const char help_demo [] =
    "fettle demo [--once] [--json] [--speed N]\n"
    "\n"
    "Loads a company (deploy/data/demo: three territories, their customers, devices, engineers, stock and\n"
    "contracts) and plays its morning in twelve scenes, with real commands on the bus, told from the\n"
    "events that come back. Each scene says what is expected of it and checks it. It can be played again\n"
    "on the same data; each run makes new requests. Ctrl-C ends it after the scene at hand.\n"
    "\n"
    "  --once     without pauses and colours, as when the output is no terminal\n"
    "  --json     only the result: each scene with its steps, and totals\n"
    "  --speed N  so many times as fast (1 to 1000)\n"
    "\n"
    "Exit code 1: something did not end as told; 3: a service does not answer.";

const char help_audit [] =
    "fettle audit [--invariant I4] [--patience S] [--json]\n"
    "\n"
    "Checks over all schemas that nothing was lost, done twice, or does not add up: a line for each\n"
    "invariant with what was counted, then every row that breaks it. Wants quiet: what is still on its\n"
    "way between services is waited for (10 s). Reads the database: FETTLE_ADMIN_DSN.\n"
    "\n"
    "Exit code 1: something is broken.";

const char help_calendar [] =
    "fettle calendar import FILE.ics --calendar ID [--source NAME]\n"
    "fettle calendar export ID\n"
    "\n"
    "import puts the holidays of a feed (iCalendar; - is standard input) into a calendar that is published. A holiday\n"
    "counts on the date it is written with, whatever zone the feed is of. What the same source said before is\n"
    "replaced, what a person has said of a date stands; the same feed again changes nothing. The source is the\n"
    "file's name unless --source says otherwise.\n"
    "export prints the exceptions of a calendar, those of its parents too, as a feed for others.\n"
    "\n"
    "Exit code 1: the file is wrong, said with its line, or the scheduler refused it.";

const char help_sla [] =
    "fettle sla check FILE\n"
    "fettle sla due --calendar FILE:NAME --start T --budget B [--pause FROM/TO]...\n"
    "fettle sla explain CASE [--milestone ARRIVE] [--json]\n"
    "fettle sla compliance [--contract C] [--month 2026-06] [--json]\n"
    "\n"
    "Computes deadlines as the services do; check and due need none of them. due_at is the first instant at which "
        "the budget\n"
    "is used up, what people are told; breach_at the last, the next opening when it falls on a closing.\n"
    "\n"
    "check  reads calendars and cases with the instants expected of them, prints what differs, and ends\n"
    "       with \"N passed, N failed\". FILE is JSON (- is standard input):\n"
    "         {\"calendars\": {\"Rome\": {\"time_zone\": \"Europe/Rome\", \"weekly\": {\"mon\": [[\"08:30\", "
        "\"17:00\"]]},\n"
    "                                 \"exceptions\": {\"2026-04-06\": []}}},\n"
    "          \"cases\": [{\"id\": \"1\", \"calendar\": \"Rome\", \"start\": \"2026-06-08T06:30:00Z\", "
        "\"budget_s\": 7200,\n"
    "                     \"pauses\": [[\"FROM\", \"TO\"]], \"due_at\": \"...\", \"breach_at\": \"...\"}]}\n"
    "       An exception replaces the day, [] is a holiday. Instead of budget_s: working_days and mode\n"
    "       (SAME_TIME, END_OF_DAY). The calendar 24x7 is always there: all time counts. null as an\n"
    "       instant is never.\n"
    "due    prints both instants and the walk that leads there: what was counted, closed, paused.\n"
    "explain asks the sla-watchdog where the time of a case's clocks went: running, paused and for whom,\n"
    "       closed, without gap, what that adds up to, and in whose hands it was how long.\n"
    "compliance asks it how promises did: met and missed by contract, month and milestone. Of one contract all\n"
    "       months, of a month all contracts, of neither all contracts of this month. A clock counts once,\n"
    "       when its verdict falls: met when it stopped, missed when its time ran out, cancelled never. A month\n"
    "       of the contract's zone is closed three days after its end; what turns later is a correction.\n"
    "       --json: a line for each 200 months.\n"
    "\n"
    "  --calendar FILE:NAME  a calendar of such a file, or 24x7     --start T  2026-06-08T06:30:00Z\n"
    "  --budget B            open time 2h, 90m, 2h30m, 1.5s, or working days 5wd, 5wd-end (closing time)\n"
    "  --pause FROM/TO       time that does not count; FROM/ while it lasts; several are a union\n"
    "\n"
    "Exit code 1: a case failed, or there is none of that id. 2: the file or an option is wrong, and where.\n"
    "3: no answer.";

const char help_plan [] =
    "fettle plan FILE [--format solomon|trsp|json] [--seconds S] [--threads T] [--seed N] [--json]\n"
    "            [--objective distance|vehicles] [--convention dimacs|exact] [--osrm URL]\n"
    "fettle plan check FILE PLAN [--format F] [--convention C] [--osrm URL]\n"
    "\n"
    "Finds who visits whom, when and in which order, and prints the routes, what they cost term by term,\n"
    "what nobody does and what would make it possible, and how far from the best it is at most. Needs no\n"
    "service. FILE (- is standard input) is a problem as JSON (docs/planning.md), of Solomon's text format,\n"
    "or of the technician routing and scheduling problem; which one is guessed from what is in it.\n"
    "\n"
    "  --seconds S       effort of the search (10): the same seed, seconds and threads give the same plan\n"
    "  --clock S         ends it by the clock (as --seconds); a plan that was cut says so\n"
    "  --threads T       cores to use (1)           --seed N  where chance begins (1)\n"
    "  --objective O     distance, or vehicles: first as few as possible\n"
    "  --convention C    Solomon: dimacs, each leg cut to one decimal, or exact, in double precision\n"
    "  --osrm URL        travel times of a JSON problem's points from an OSRM table service, as\n"
    "                    http://localhost:5000/table/v1/driving; --osrm-seconds S: patience for an answer (30)\n"
    "  --json            the plan for programs\n"
    "\n"
    "check verifies a plan of anybody's, in that JSON or as lines \"Route #1: 3 17\", with a program that shares\n"
    "nothing with the search: \"valid: ...\", or each violation.\n"
    "\n"
    "Exit code 1: check found a violation. 2: a file or an option is wrong, and where. 3: no travel times\n"
    "from --osrm.";

const char help_replan [] =
    "fettle replan DAY [--territory T] [--policy P] [--dry-run] [--seconds S] [--json]\n"
    "\n"
    "Has the dispatcher plan the rest of that day (YYYY-MM-DD, of the territory and those below it) again, waits, and\n"
    "prints what changes for whom, what it saves term by term, for which orders there is no place and by which rules,\n"
    "and how much cheaper any plan could be at most. What is started, locked, or begins within the minutes of the\n"
    "policy stays. It is done when it moves no more visits than the policy allows; `fettle send ApplyReplan\n"
    "'{\"replanId\": \"...\"}'` does it all the same. Without --territory each territory that has none below it gets\n"
    "a plan of its own, one after the other, and a line sums them up.\n"
    "\n"
    "  --policy P      prices and limits of that policy; otherwise of the one that decides there\n"
    "  --dry-run       only says what would change\n"
    "  --seconds S     effort of the search, 1 to 60; otherwise what the policy says\n"
    "  --json          the whole document\n"
    "\n"
    "Exit code 1: it was refused, or can not be planned. 2: wrong usage. 3: no answer.";
