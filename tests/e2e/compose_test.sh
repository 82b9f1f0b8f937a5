#!/bin/bash
# docker-compose.yml as an operator meets it: built, started, used over tcp with CURVE, each service killed and restarted, hardened
# as it says. Prints TAP. With an engine at hand (or one that can be started) it takes about five minutes; it cleans up after itself.
set -u
cd "$(dirname "$0")/../.."
engine=../shared/tools/docker-engine
project=fettle-test-$$
scratch=$(mktemp -d "${FETTLE_TEST_SCRATCH:-/tmp}/compose.XXXXXX")
services="intake dispatcher scheduler inventory billing notifier sla-watchdog"
engine_is_ours= failed=0 sent=0

ok() { echo "ok - $1"; }
not_ok() { echo "not ok - $1"; failed=$((failed + 1)); [ -s "$scratch/out" ] && tail -n 25 "$scratch/out" | sed 's/^/#   /'; return 0; }
prove() { # sentence, then a command that succeeds when it is true
    local sentence=$1; shift
    if "$@" >"$scratch/out" 2>&1; then ok "$sentence"; else not_ok "$sentence"; fi
}

# ---- the engine

if ! docker info >/dev/null 2>&1 && { [ "$(id -u)" != 0 ] || [ ! -x "$engine" ]; }; then
    echo "ok - compose test needs a Docker engine: none here # SKIP"
    rm -rf "$scratch"
    exit 0
fi
docker info >/dev/null 2>&1 || engine_is_ours=1

# Compose reads the file, the passwords and no .env from here; what an operator has in the tree is left alone.
compose() { (cd "$scratch/compose" && if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi); }

clean_up() {
    [ "${FETTLE_KEEP:-}" ] && [ "$failed" != 0 ] && { echo "# kept: $project, $scratch"; return; }
    compose --profile tools down -v --remove-orphans --timeout 15 >/dev/null 2>&1
    docker image prune -f --filter label=fettle.stage=build --filter until=24h >/dev/null 2>&1
    [ "$engine_is_ours" ] && "$engine" stop
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

if [ -x "$engine" ] && ! "$engine" start >"$scratch/out" 2>&1; then not_ok "a Docker engine starts"; exit 1; fi
export COMPOSE_PROJECT_NAME=$project FETTLE_IMAGE=fettle:test FETTLE_PUBLISH=127.0.1.$((1 + $$ % 250))

# ---- small words

container() { docker ps -aq --filter label=com.docker.compose.project=$project --filter "label=com.docker.compose.service=$1" \
    --filter label=com.docker.compose.oneoff=False; }
state() { docker inspect -f "$2" "$(container "$1")"; }
health() { state "$1" '{{.State.Health.Status}}'; }
client() { docker exec -i "$client" fettle "$@"; }
send() { client send "$@"; }
query() { docker exec "$(container postgres)" psql -U postgres -d fettle -Atc "$1"; }
within() { # seconds, then a command that is tried until it succeeds
    local until=$((SECONDS + $1)); shift
    until "$@"; do [ $SECONDS -lt $until ] || { echo "not within its time: $*"; return 1; }; sleep 0.3; done
}
is() { [ "$1" = "$2" ] || { echo "$1, not $2"; return 1; }; }
is_healthy_since() { [ "$(state "$1" '{{.State.StartedAt}}')" != "$2" ] && [ "$(health "$1")" = healthy ]; }
refuses() { if "$@"; then echo "it was done: $*"; return 1; fi; }

# ---- it builds and starts

prepare() {
    mkdir -p "$scratch/compose/deploy" && cp docker-compose.yml "$scratch/compose/" && deploy/make-secrets "$scratch/compose/deploy/secrets"
}
secrets_are_kept() {
    local before; before=$(sha256sum "$scratch"/compose/deploy/secrets/*)
    deploy/make-secrets "$scratch/compose/deploy/secrets" && is "$(sha256sum "$scratch"/compose/deploy/secrets/*)" "$before"
}
prove "deploy/make-secrets makes the passwords" prepare
prove "deploy/make-secrets run again keeps them" secrets_are_kept
prove "docker-compose.yml is valid" compose config -q
began=$SECONDS
prove "the image builds" docker build -q --force-rm -f deploy/Dockerfile -t $FETTLE_IMAGE .
[ "$failed" = 0 ] || exit 1
echo "# image built in $((SECONDS - began)) s, $(docker image inspect -f '{{.Size}}' $FETTLE_IMAGE | awk '{print int ($1 / 1e6)}') MB"

all_healthy() { for s in postgres redis $services; do is "$s $(health "$s")" "$s healthy" || return 1; done; }
began=$SECONDS
prove "docker compose up starts everything" compose up -d
prove "everything is healthy" within 60 all_healthy
took=$((SECONDS - began))
echo "# healthy after $took s"
prove "from nothing to healthy takes less than 60 s" test $took -lt 60
one_shots_are_done() { for s in keys migrate defaults; do is "$s $(state "$s" '{{.State.Status}} {{.State.ExitCode}}')" "$s exited 0" || return 1; done; }
prove "keys, migrations and defaults are made once and done" within 30 one_shots_are_done

# ---- a request, over tcp with CURVE, as the operator

client=$(compose run -d --rm --entrypoint sleep fettle 1200 2>"$scratch/out" | tail -n 1)
company='{"commands": [
 {"type": "PublishCalendar", "data": {"calendarId": "always", "details": {"name": "Always", "timeZone": "Europe/Rome", "weekly": [
  {"weekday": 1, "start": "00:00", "end": "24:00"}, {"weekday": 2, "start": "00:00", "end": "24:00"},
  {"weekday": 3, "start": "00:00", "end": "24:00"}, {"weekday": 4, "start": "00:00", "end": "24:00"},
  {"weekday": 5, "start": "00:00", "end": "24:00"}, {"weekday": 6, "start": "00:00", "end": "24:00"},
  {"weekday": 7, "start": "00:00", "end": "24:00"}]}}},
 {"type": "RegisterTerritory", "data": {"territoryId": "milan", "details": {"name": "Milan", "timeZone": "Europe/Rome",
  "country": "IT", "language": "LANGUAGE_IT", "calendarId": "always", "currency": "EUR", "managerEmail": "manager@example.it"}}},
 {"type": "RegisterCustomer", "data": {"customerId": "c1", "details": {"name": "Rossi", "taxId": "IT1", "language": "LANGUAGE_IT",
  "currency": "EUR", "email": "rossi@example.it", "phone": "+39021234567", "grade": "A"}}},
 {"type": "RegisterSite", "data": {"siteId": "s1", "details": {"customerId": "c1", "name": "HQ", "address": "Via Roma 1",
  "point": {"latitude": 45.46, "longitude": 9.19}, "territoryId": "milan", "regionClass": "REGION_CLASS_CITY"}}},
 {"type": "RegisterAsset", "data": {"assetId": "a1", "details": {"customerId": "c1", "siteId": "s1", "model": "X",
  "deviceType": "pump", "serial": "SN1", "quantity": 1}}},
 {"type": "RegisterEngineer", "data": {"engineerId": "e1", "details": {"name": "Li Wei", "territoryId": "milan",
  "skills": [{"skill": "pump", "level": 3}], "home": {"latitude": 45.5, "longitude": 9.2}, "email": "li@example.it",
  "currency": "EUR", "costPerHourMinor": 3000, "costPerKmMinor": 50}}},
 {"type": "SetDuty", "data": {"engineerId": "e1", "onDuty": true}},
 {"type": "AssignShift", "data": {"engineerId": "e1", "calendarId": "always"}}]}'
load_company() { echo "$company" | client load -; }
submit() { # external id; the id of the new request
    send SubmitServiceRequest "{\"channel\": \"CHANNEL_PHONE\", \"externalId\": \"$1\", \"assetId\": \"a1\",
        \"type\": \"REQUEST_TYPE_REPAIR\", \"text\": \"pump is leaking\"}" --json | sed -n 's/.*"subject": *"\([^"]*\)".*/\1/p'
}
submit_one_more() { request=$(submit "compose-$((sent + 1))") && [ "$request" ] && sent=$((sent + 1)); }
has_offer() { [ "$(query "select count(*) from dispatcher.visit v join dispatcher.work_order w on w.id = v.work_order_id where w.request_id = '$request'")" -ge 1 ]; }
has_clock() { [ "$(query "select count(*) from sla_watchdog.sla_clock")" -ge 1 ]; }
send_somebody() {
    send AcknowledgeServiceRequest "{\"requestId\": \"$request\", \"agent\": \"anna\"}" && send ChangeSupportTier "{\"requestId\": \"$request\",
        \"tier\": \"SUPPORT_TIER_ONSITE\", \"reason\": \"needs hands\", \"waiveRemoteReason\": \"it leaks\",
        \"skills\": [{\"skill\": \"pump\", \"level\": 2}], \"workMinutes\": 60}" && within 20 has_offer
}
prove "master data is loaded with docker compose run fettle load" load_company
prove "a request is accepted over tcp with CURVE" submit_one_more
prove "its SLA clocks run: the event went from service to service" within 20 has_clock
prove "somebody is sent: intake, billing, scheduler and dispatcher speak with each other" send_somebody
load_again() { client load /usr/local/share/fettle/defaults | tee "$scratch/again" && grep -q '^0 accepted' "$scratch/again"; }
prove "loading the defaults again changes nothing" load_again
prove "doctor finds nothing wrong" client doctor

# ---- who may come in

stranger() { # a client of its own making, with the true public key of the server
    docker exec "$client" sh -c 'export FETTLE_KEYS=/tmp/keys; fettle keys new stranger --role operator >/dev/null &&
        FETTLE_KEYS= FETTLE_KEY=/tmp/keys/stranger.key_secret fettle send GetStock "{}" --timeout 3'
}
stranger_is_refused() { stranger; is $? 3; }
revoked_is_refused() {
    client keys new guest --role operator && docker exec -e FETTLE_KEY=/etc/fettle/keys/guest.key_secret "$client" fettle status intake &&
        client keys revoke guest && ! docker exec -e FETTLE_KEY=/etc/fettle/keys/guest.key_secret "$client" fettle status intake
}
consumer_may_not_command() {
    client keys new reader --role consumer && docker exec -e FETTLE_KEY=/etc/fettle/keys/reader.key_secret "$client" \
        fettle send CancelServiceRequest "{\"requestId\": \"$request\", \"reason\": \"no\"}" | grep -F command.forbidden
}
published() { docker inspect -f '{{.Name}}{{range $p, $all := .NetworkSettings.Ports}}{{range $all}} {{.HostIp}}{{end}}{{end}}' \
    $(docker ps -q --filter label=com.docker.compose.project=$project); }
only_loopback() { published; ! published | tr ' ' '\n' | grep -v '^/' | grep -vxF "$FETTLE_PUBLISH" | grep .; }
databases_are_inside() { ! published | grep -E '(postgres|redis).* '; }
outside() { # from the host's own network, with the two files an operator hands over
    client keys new gateway --role system && docker exec "$client" tar -C /etc/fettle/keys -c gateway.key_secret server.key |
        docker run --rm -i --network host --read-only --tmpfs /tmp -e FETTLE_BUS="tcp://$FETTLE_PUBLISH:{port}" \
            -e FETTLE_KEY=/tmp/gateway.key_secret -e FETTLE_SERVER_KEY=/tmp/server.key $FETTLE_IMAGE \
            sh -c 'tar -C /tmp -x && fettle status intake'
}
wrong_password() { docker exec "$client" sh -c 'FETTLE_ADMIN_PASSWORD_FILE= FETTLE_ADMIN_PASSWORD=wrong fettle migrate --status'; }
redis_says() { docker exec "$(container redis)" sh -c "REDISCLI_AUTH=\"\$(cat /run/secrets/redis_password)\" redis-cli $1" | tr -d '\r'; }
redis_is_guarded() { docker exec "$(container redis)" redis-cli get x | grep -q NOAUTH && redis_says "config get dir" | grep -q NOPERM && is "$(redis_says ping)" PONG; }
secrets_stay_out_of_the_environment() {
    docker inspect $(docker ps -aq --filter label=com.docker.compose.project=$project) >"$scratch/inspect"
    for file in "$scratch"/compose/deploy/secrets/*password*; do
        [ "$(head -n 1 "$file")" = '' ] || ! grep -qF -- "$(cat "$file")" "$scratch/inspect" || { echo "$file is in the open"; return 1; }
    done
}
prove "a key that nobody let in is refused" stranger_is_refused
prove "a revoked key is refused" revoked_is_refused
prove "a consumer's key may not send commands" consumer_may_not_command
prove "doors are published on the address of FETTLE_PUBLISH alone" only_loopback
prove "a client on the host comes in by a published door with the key it was given" outside
prove "Postgres and Redis are published nowhere" databases_are_inside
prove "Postgres refuses a wrong password" refuses wrong_password
prove "Redis asks for its password and gives no rights to configure it" redis_is_guarded
prove "no password is in a container's environment or arguments" secrets_stay_out_of_the_environment

# ---- hardened as it says

status_of_first() { docker exec "$(container "$1")" sed -n "s/^$2:[[:space:]]*//p" /proc/1/status; }
each() { for s in $services; do "$1" "$s" || { echo "in $s"; return 1; }; done; }
has_user() { is "$(status_of_first "$1" Uid | tr '\t' ' ')" "10001 10001 10001 10001"; }
has_no_capability() {
    local set; for set in CapInh CapPrm CapEff CapBnd CapAmb; do is "$set $(status_of_first "$1" $set)" "$set 0000000000000000" || return 1; done
}
gains_nothing() { is "$(status_of_first "$1" NoNewPrivs)" 1; }
is_read_only() {
    is "$(state "$1" '{{.HostConfig.ReadonlyRootfs}}')" true && refuses docker exec "$(container "$1")" touch /new &&
        refuses docker exec -u 0 "$(container "$1")" touch /usr/local/bin/new && refuses docker exec "$(container "$1")" touch /etc/fettle/keys/new
}
rotates_logs() { is "$(state "$1" '{{.HostConfig.LogConfig.Type}} {{index .HostConfig.LogConfig.Config "max-size"}}')" "json-file 10m"; }
prove "no service runs as root" each has_user
prove "no service has a capability" each has_no_capability
prove "no service can gain privileges" each gains_nothing
prove "root file systems are read-only, the keys too" each is_read_only
prove "logs are rotated" each rotates_logs
prove "Redis has no capability either" has_no_capability redis
prove "Postgres' root file system is read-only" is "$(state postgres '{{.HostConfig.ReadonlyRootfs}}')" true

# ---- each service killed, each restarted, alone

kill_hard() { # as a crash would: not by docker kill, after which an engine starts nothing again
    local since; since=$(state "$1" '{{.State.StartedAt}}')
    kill -KILL "$(state "$1" '{{.State.Pid}}')" && within 40 is_healthy_since "$1" "$since"
}
restart() {
    local since; since=$(state "$1" '{{.State.StartedAt}}')
    compose restart -t 15 "$1" && within 40 is_healthy_since "$1" "$since"
}
counts() { is "$(query 'select count(*) from intake.service_request')" "$sent"; }
for service in $services; do
    if [ "$(id -u)" = 0 ]; then prove "$service killed is started again and healthy" kill_hard "$service"; fi
    prove "$service restarted is healthy again" restart "$service"
    prove "after that one request more is accepted and none is lost" eval 'submit_one_more && counts'
done
stops_in_order() { docker stop -t 15 "$(container notifier)" && is "$(state notifier '{{.State.ExitCode}}')" 0 && docker start "$(container notifier)"; }
prove "a service told to stop ends by itself with exit code 0" stops_in_order
prove "Redis restarted is healthy again" restart redis
prove "Postgres restarted is healthy again" restart postgres
prove "everything is healthy again after that" within 60 all_healthy
prove "and a request is accepted, none is lost" eval 'within 20 submit_one_more && counts'
no_dead_letters() { for s in $services; do is "$s $(query "select count(*) from ${s//-/_}.dead_letter")" "$s 0" || return 1; done; }
prove "no event became a dead letter" no_dead_letters
key() { docker exec "$client" sha256sum /etc/fettle/keys/server.key_secret /etc/fettle/keys/operator.key_secret; }
keys_before=$(key)
prove "up again" compose up -d
prove "up again keeps keys, data and health" eval 'is "$(key)" "$keys_before" && counts && within 60 all_healthy'

# ---- and gone

docker rm -f "$client" >/dev/null 2>&1
prove "down -v removes it" compose down -v --timeout 15
left() { docker ps -aq --filter label=com.docker.compose.project=$project; docker volume ls -q --filter label=com.docker.compose.project=$project; }
prove "nothing of it is left" is "$(left)" ""
echo "# $SECONDS s in all"
[ "$failed" = 0 ]
