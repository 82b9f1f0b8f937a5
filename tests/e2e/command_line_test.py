"""The commands of `fettle` as people and scripts use them: good and bad input, what they print, and their exit codes."""
import json, os, signal, subprocess, sys, time
from company import Company, Tap, FETTLE

OK, NO, USAGE, UNREACHABLE = 0, 1, 2, 3

tap, company = Tap(), Company("command-line")


def expect(sentence, code, *arguments, out="", err="", text=None):
    """The command ends with this code, and what it prints holds these words."""
    got, stdout, stderr = company.run(*arguments, text=text)
    tap.check(got == code and out in stdout and err in stderr, sentence, arguments, f"exit code {got}", stdout[-2000:], stderr[-2000:])
    return stdout


def file(name, content):
    path = os.path.join(company.home, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as handle:
        handle.write(content if isinstance(content, str) else json.dumps(content))
    return path


def test_help():
    for command in ("send", "load", "tail", "fetch", "explain", "why", "dead", "keys", "audit"):
        expect(f"`fettle help {command}` says how to use it", OK, "help", command, out=f"fettle {command}")
        expect(f"`fettle {command}` refuses an option that there is not, and says so", USAGE, command, "--no-such-option",
               err="--no-such-option")


def test_send():
    expect("send prints what became of a command", OK, "send", "SetDuty", '{"engineerId": "e1", "onDuty": true}', out="ACCEPTED")
    expect("send takes the message from a file", OK, "send", "SetDuty", file("duty.json", {"engineerId": "e1", "onDuty": True}))
    expect("send takes the message from standard input", OK, "send", "SetDuty", "-", text='{"engineer_id": "e1", "on_duty": true}')
    expect("send ends with 1 when the command is rejected", NO, "send", "SetDuty", '{"engineerId": "nobody", "onDuty": true}',
           out="engineer.unknown")
    expect("send prints the answer to a question", OK, "send", "GetStock", '{"itemId": "seal"}', out='"levels"')
    out = expect("send sends JSON lines, one after another", OK, "send", "SetDuty", "-", "--json",
                 text='{"engineerId": "e1"}\n{"engineerId": "e1", "onDuty": true}\n')
    tap.check([json.loads(line)["status"] for line in out.splitlines()] == ["STATUS_ACCEPTED"] * 2,
              "send --json prints the whole reply of each, one a line", out)
    out = expect("send sends the elements of an array", NO, "send", "SetDuty", '[{"engineerId": "e1", "onDuty": true}, {"engineerId": "x"}]',
                 "--json")
    tap.check(len(out.splitlines()) == 2, "and prints one reply for each", out)
    same = '{"channel": "CHANNEL_WEB", "externalId": "same-1", "assetId": "a1", "type": "REQUEST_TYPE_CONSULTATION", "text": "how?"}'
    first = json.loads(expect("send takes an id", OK, "send", "SubmitServiceRequest", same, "--id", "my-id", "--json"))
    again = json.loads(expect("send may be repeated with the same id", OK, "send", "SubmitServiceRequest", same, "--id", "my-id", "--json"))
    tap.check(again["status"] == "STATUS_DUPLICATE" and again["subject"] == first["subject"], "and then gives the first answer", again)
    expect("the same id with another body is rejected", NO, "send", "SubmitServiceRequest", same.replace("how", "why"), "--id", "my-id")
    many = "\n".join(json.dumps({"engineerId": "e1", "onDuty": True}) for _ in range(500))
    out = expect("send sends hundreds with several under way", OK, "send", "SetDuty", "-", "--window", "64", text=many)
    tap.check(len(out.splitlines()) == 500, "and prints an answer for each", len(out.splitlines()))
    at = "2026-01-02T03:04:05Z"
    company.do("SubmitServiceRequest", json.loads(same.replace("same-1", "then-1")), "--time", at, "--actor", "portal:anna")
    event = company.events("intake")[-1]
    tap.check(event["actor"] == "portal:anna", "send --actor says on whose behalf", event)
    tap.check(event["time"].startswith(at[:19]), "send --time says when it happened", event)
    for sentence, arguments, word in (
            ("an unknown type", ("Nonsense", "{}"), "Nonsense"), ("no type at all", (), "type"),
            ("a type of no service", ("fettle.type.v1.GeoPoint", "{}"), "no service"),
            ("a field that there is not", ("SetDuty", '{"foo": 1}'), "foo"), ("what is no JSON", ("SetDuty", "{"), "JSON"),
            ("a list of numbers", ("SetDuty", "[1]"), "object"), ("an empty list", ("SetDuty", "[]"), "no message"),
            ("a file that there is not", ("SetDuty", "/no/such/file"), "/no/such/file"),
            ("one id for two messages", ("SetDuty", "[{}, {}]", "--id", "x"), "--id"),
            ("a time that is none", ("SetDuty", "{}", "--time", "yesterday"), "yesterday"),
            ("a window of nothing", ("SetDuty", "{}", "--window", "0"), "--window")):
        expect(f"send refuses {sentence}", USAGE, "send", *arguments, err=word)
    expect("an event is no command", NO, "send", "VisitAccepted", "{}", out="command.unknown_type")
    expect("send --list shows messages with their fields", OK, "send", "--list", "SetDuty", out="engineerId: text, onDuty: bool")
    expect("send --list says that there is none", NO, "send", "--list", "Nonsense")


def test_load():
    duty = {"type": "SetDuty", "data": {"engineerId": "e2", "onDuty": False}}
    good = file("good.json", {"commands": [duty, {"type": "SetDuty", "data": {"engineerId": "e2"}}, duty]})
    expect("load sends all commands, also the same twice when it is meant twice", OK, "load", good, out="3 accepted, 0 done before, 0 rejected")
    expect("load does nothing when it is done again", OK, "load", good, out="0 accepted, 3 done before, 0 rejected")
    expect("load --check sends nothing", OK, "load", "--check", good, out="3 commands")
    late = file("order/2.json", {"commands": [{"type": "SetDuty", "data": {"engineerId": "late", "onDuty": True}}]})
    file("order/1.json", {"commands": [{"type": "RegisterEngineer", "data": {"engineerId": "late", "details": {
        "name": "Late", "territoryId": "later"}}}]})
    territory = {"type": "RegisterTerritory", "data": {"territoryId": "later", "details": {
        "name": "Later", "timeZone": "Europe/Rome", "country": "IT", "language": "LANGUAGE_IT", "currency": "EUR"}}}
    expect("load ends with 1 when something is rejected, and says what", NO, "load", late, "--patience", "0",
           out="1 rejected", err="engineer.unknown")
    file("order/0.json", {"commands": [territory]})
    expect("load takes a directory in order, tries anew what was rejected, and waits for what is on its way between services", OK, "load",
           os.path.dirname(late), out="3 accepted, 0 done before, 0 rejected")
    out = json.loads(expect("load --json prints a summary", NO, "load", "--json", "--patience", "0", file("no.json", {"commands": [
        {"type": "SetDuty", "data": {"engineerId": "never"}}]})))
    tap.check(out["rejected"] == 1 and out["rejections"][0]["code"] == "engineer.unknown" and out["rejections"][0]["index"] == 1,
              "with the file, number, code and sentence of each rejection", out)
    before = len(company.events("dispatcher"))
    for sentence, content, word in (
            ("a file that is no JSON", "{", "not JSON"), ("a file without commands", {"x": 1}, "commands"),
            ("a command without a type", {"commands": [{"data": {}}]}, "type"), ("an unknown type", {"commands": [{"type": "X"}]}, "X"),
            ("a field that there is not", {"commands": [duty, {"type": "SetDuty", "data": {"foo": 1}}]}, "command 2"),
            ("a member that is not known", {"commands": [{"type": "SetDuty", "Data": {}}]}, "Data")):
        expect(f"load refuses {sentence}", USAGE, "load", file("bad.json", content), err=word)
    tap.check(len(company.events("dispatcher")) == before, "and then nothing was sent at all")
    expect("load refuses a path that there is not", USAGE, "load", "/no/such/path", err="/no/such/path")
    expect("load needs a file", USAGE, "load")


FEED = """BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:%s
SUMMARY:Sant'Ambrogio
END:VEVENT
END:VCALENDAR
"""


def test_calendar():
    company.do("PublishCalendar", {"calendarId": "feeds", "details": {"name": "Feeds", "timeZone": "Europe/Rome", "weekly": [
        {"weekday": 1, "start": "08:30", "end": "17:00"}]}})
    feed = file("milan.ics", FEED % "20261207")
    versions = lambda: [e for e in company.events("scheduler") if e["type"].endswith("CalendarPublished") and e["subject"] == "feeds"]
    expect("calendar import puts a feed into a calendar", OK, "calendar", "import", feed, "--calendar", "feeds", out="milan.ics")
    tap.check(len(versions()) == 2, "which is published once", versions())
    expect("calendar import of the same feed again changes nothing", OK, "calendar", "import", feed, "--calendar", "feeds")
    tap.check(len(versions()) == 2, "and says nothing", versions())
    out = expect("calendar export prints a calendar's dates as a feed", OK, "calendar", "export", "feeds", out="DTSTART;VALUE=DATE:20261207")
    expect("which can be imported again", OK, "calendar", "import", file("again.ics", out), "--calendar", "feeds", "--source", "milan.ics")
    tap.check(len(versions()) == 2, "and is the same", versions())
    expect("calendar import says in which line a feed is wrong", NO, "calendar", "import", file("bad.ics", FEED % "20260231"),
           "--calendar", "feeds", err="bad.ics: line 3: \"20260231\" is no date")
    expect("calendar import needs a calendar that there is", NO, "calendar", "import", feed, "--calendar", "mars", err="calendar.unknown")
    expect("calendar import needs a calendar", USAGE, "calendar", "import", feed, err="--calendar")
    expect("calendar import needs a file that there is", USAGE, "calendar", "import", "/no/such.ics", "--calendar", "feeds", err="/no/such.ics")
    expect("calendar export needs a calendar that there is", NO, "calendar", "export", "mars", err="calendar.unknown")
    expect("calendar knows what it can do", USAGE, "calendar", "burn", err="import or export")
    expect("calendar needs to know what to do", USAGE, "calendar", err="import")


def test_fetch():
    all_events = company.events("dispatcher")
    tap.check([int(e["sequence"]) for e in all_events] == list(range(1, len(all_events) + 1)), "fetch gives every event in sequence")
    tap.check(all(e["specversion"] == "1.0" and e["source"] == "/fettle/dispatcher" for e in all_events), "fetch --json gives CloudEvents")
    out = expect("fetch --after and --max give a part", OK, "fetch", "dispatcher", "--after", "3", "--max", "2", "--json")
    tap.check([json.loads(line)["sequence"] for line in out.splitlines()] == ["4", "5"], "which is the right one", out)
    out = expect("fetch --prefix gives one kind", OK, "fetch", "dispatcher", "--prefix", "EngineerPublished", "--json")
    tap.check({json.loads(line)["type"] for line in out.splitlines()} == {"fettle.dispatcher.v1.EngineerPublished"}, "and no other", out)
    take = ("fetch", "dispatcher", "--consumer", "books", "--max", "3", "--json")
    first = expect("fetch --consumer begins at the first event", OK, *take)
    tap.check(expect("without --ack the cursor stays", OK, *take) == first, "and the same comes again")
    tap.check(expect("with --ack it gives the same once more", OK, *take, "--ack") == first, "and moves the cursor after it")
    out = expect("then it goes on after it", OK, *take)
    tap.check(json.loads(out.splitlines()[0])["sequence"] == "4", "with the fourth", out)
    expect("fetch --ack moves over what --prefix leaves out", OK, "fetch", "dispatcher", "--consumer", "none", "--prefix", "Nonsense", "--ack")
    expect("so that nothing is left", OK, "fetch", "dispatcher", "--consumer", "none")
    tap.check(company.run("fetch", "dispatcher", "--consumer", "none")[1] == "", "for that consumer")
    expect("fetch without --json is for people", OK, "fetch", "dispatcher", "--max", "1", out="dispatcher")
    expect("fetch needs a service", USAGE, "fetch")
    expect("fetch knows the services", USAGE, "fetch", "kitchen", err="intake")
    expect("fetch --ack needs a consumer", USAGE, "fetch", "dispatcher", "--ack", err="--consumer")
    expect("fetch refuses a name that can be nobody's", NO, "fetch", "dispatcher", "--consumer", "a b", err="consumer.bad_name")


def test_tail():
    follow = subprocess.Popen([FETTLE, "tail", "EngineerDuty", "--json", "--max", "2"], env=company.environment, text=True,
                              stdout=subprocess.PIPE)
    time.sleep(1)
    company.do("SetDuty", {"engineerId": "e1", "onDuty": False})
    company.do("SetDuty", {"engineerId": "e1", "onDuty": True})
    out, _ = follow.communicate(timeout=30)
    tap.check(follow.returncode == 0 and [json.loads(line)["data"].get("onDuty", False) for line in out.splitlines()] == [False, True],
              "tail shows what happens, as it happens", out)
    expect("tail --since-start shows what was before, of one service", OK, "tail", "--since-start", "--for", "1", "--service", "intake",
           out="ServiceRequestAccepted")
    out = expect("tail --subject shows the story of one thing", OK, "tail", "--since-start", "--for", "1", "--json", "--subject", "e1")
    tap.check(out and all(json.loads(line)["subject"] == "e1" for line in out.splitlines()), "and of no other", out)
    lines = [json.loads(line) for line in company.run("tail", "--since-start", "--for", "1", "--json")[1].splitlines()]
    times = [event["recordedtime"] for event in lines]
    tap.check(times == sorted(times), "tail --since-start is in order of time over all services")
    expect("tail knows the services", USAGE, "tail", "--service", "kitchen", err="intake")
    expect("tail takes one prefix", USAGE, "tail", "a", "b")


def test_explain(request, order, visit):
    number = company.wait_for("billing", "InvoiceIssued", workOrderId=order)["data"]["number"]
    for noun, id in (("request", request), ("work order", order), ("visit", visit), ("invoice", number), ("asset", "a1")):
        out = expect(f"explain tells the story of a {noun}", OK, "explain", id, out="ServiceRequestAccepted")
        tap.check(number in out and "115.90 EUR" in out, "down to the invoice", out)
    out = expect("explain says why this engineer", OK, "explain", visit, out="taken: e1")
    tap.check("not e2" in out and "pump" in out, "and why not another", out)
    tap.check("HOW IT STANDS" in out and "arrive, met" in out, "and how the clocks stand", out)
    story = json.loads(expect("explain --json gives it to programs", OK, "explain", order, "--json"))
    services = {event["source"].split("/")[-1] for event in story["events"]}
    tap.check(services == {"intake", "dispatcher", "scheduler", "inventory", "billing", "notifier", "sla-watchdog"},
              "with the events of all services", services)
    tap.check(story["standing"]["workOrders"][0]["orderState"] == "WORK_ORDER_STATE_POSTED", "and the standing", story["standing"])
    ids = {event["id"] for event in story["events"]}
    tap.check(any(event.get("causationid") in ids for event in story["events"]), "and causes that lead from one to the other")
    expect("explain finds the story of an event", OK, "explain", story["events"][-1]["id"], out=number)
    expect("explain finds what an event was about", OK, "explain", "e1", out="EngineerPublished")
    expect("explain says that nobody knows an id, and how ids look", NO, "explain", "nobody", err="look like")
    expect("explain needs an id", USAGE, "explain")
    expect("explain is not impressed by quotes", NO, "explain", "'; drop schema intake; --")


def test_sla():
    company.do("RegisterContract", {"contractId": "gold-1", "details": {
        "customerId": "c1", "name": "Gold", "tier": "gold", "startOn": "2020-01-01", "endOn": "2099-12-31", "currency": "EUR",
        "timeZone": "Europe/Rome", "lines": [{"lineId": "all", "coversLabour": True}]}})
    expect("sla compliance of a contract without a verdict says so", OK, "sla", "compliance", "--contract", "gold-1", out="No promise")
    request = company.submit("promised")
    company.wait_for("billing", "EntitlementResolved", requestId=request)
    company.do("AcknowledgeServiceRequest", {"requestId": request, "agent": "anna"})
    met = company.wait_for("sla-watchdog", "SlaClockMet", caseId=request)
    out = expect("sla compliance counts what was met", OK, "sla", "compliance", "--contract", "gold-1", out="100.00 %")
    tap.check("ACCEPT" in out and "open until" in out and met["data"]["milestone"] == "MILESTONE_ACCEPT",
              "by milestone, in a month that is open", out)
    month = json.loads(expect("sla compliance --json gives it to programs", OK, "sla", "compliance", "--json"))["months"][0]
    tap.check(month["contractId"] == "gold-1" and month["met"] == "1", "with both counts", month)
    expect("sla compliance of another month", OK, "sla", "compliance", "--month", "2020-01", out="No promise")
    expect("sla compliance of a contract that there is not", NO, "sla", "compliance", "--contract", "none", err="contract.unknown")
    expect("sla compliance refuses what is no month", NO, "sla", "compliance", "--month", "June", err="month.invalid")
    expect("sla compliance takes no words", USAGE, "sla", "compliance", "gold-1")
    company.do("StartWaiting", {"requestId": request, "reason": "WAIT_REASON_CUSTOMER", "holder": "Mr Rossi"})
    company.wait_for("sla-watchdog", "SlaClockPaused", caseId=request)
    expect("sla explain says who holds the clock", OK, "sla", "explain", request, out="CUSTOMER          waiting for Mr Rossi")
    recompute = company.do("RecomputeSla", {"caseId": request, "reason": "disputed"})
    done = company.wait_for("sla-watchdog", "SlaRecomputed", recomputeId=recompute)["data"]
    tap.check(done["cases"] == "1" and done.get("movedClocks", "0") == "0", "a clock that is derived again stands as it stood", done)


def test_why(order, visit):
    out = expect("why says in a sentence who goes", OK, "why", visit, out=f"visit {visit}: e1 was chosen")
    tap.check("by policy balanced version" in out and "e1 costs" in out and "travel" in out, "by which policy, and what he costs", out)
    tap.check("e2 may not go: " in out and "skill (needed pump level" in out and "had not held" in out, "and why not another, with both values", out)
    out = expect("why says it of one engineer", OK, "why", visit, "e2", out="e2 may not go")
    tap.check(len(out.splitlines()) == 3, "beside the winner", out)
    whole = json.loads(expect("why --json gives the document too", OK, "why", visit, "--json"))
    tap.check(whole["decision"]["winnerId"] == "e1" and whole["decision"]["inputHash"] and len(whole["sentences"]) == 3,
              "with the sentences", whole)
    company.do("CreateWorkOrder", {"workOrderId": "hard", "type": "REQUEST_TYPE_REPAIR", "siteId": "s1",
                                   "skills": [{"skill": "pump", "level": 9}]})
    company.wait_for("dispatcher", "DispatchFailed", workOrderId="hard")
    expect("why tells of an order that nobody can take", OK, "why", "hard", out="work order hard: nobody may go")
    expect("why says that an engineer was not looked at, and who was", NO, "why", visit, "nobody", err="not among the 2")
    expect("why says that there is no such decision", NO, "why", "no-visit", err="look the id up again")
    expect("why needs a visit", USAGE, "why", err="visit")


def test_dead():
    expect("dead says that there are none", OK, "dead", out="none")
    company.sql("insert into billing.dead_letter (origin, source, message_id, type, body, reason, correlation_id) values "
                "('event', 'dispatcher', 'm1', 'fettle.dispatcher.v1.TimeEntryRecorded', '\\x0a02743112027631', 'the moon was full', 'r1'), "
                "('event', 'dispatcher', 'm2', 'fettle.dispatcher.v1.Nonsense', '\\xff', 'nobody knows it', 'r2')")
    expect("dead list shows them", OK, "dead", "list", out="the moon was full")
    out = json.loads(expect("dead list --json for programs, filtered by reason", OK, "dead", "list", "--json", "--reason", "MOON"))
    tap.check([letter["id"] for letter in out] == ["billing:1"], "only those", out)
    expect("dead list filters by service", OK, "dead", "list", "--service", "intake", out="none")
    expect("dead show decodes the body by its type", OK, "dead", "show", "billing:1", out='"timeEntryId": "t1"')
    out = json.loads(expect("dead show --json gives bytes that can not be read in base64", OK, "dead", "show", "2", "--json"))
    tap.check(out["bodyBase64"] == "/w==" and out["state"] == "dead", "exactly", out)
    expect("dead show says that there is no such letter", NO, "dead", "show", "billing:99", err="billing:99")
    expect("dead show says how ids look", NO, "dead", "show", "x", err="billing:12")
    expect("dead retry has the service try again", OK, "dead", "retry", "billing:1", out="billing:1")
    until = time.monotonic() + 15
    while company.sql("select state from billing.dead_letter where id = 1") != [("retried",)] and time.monotonic() < until:
        time.sleep(0.2)
    tap.check(company.sql("select work_order_id, visit_id from billing.time_entry where id = 't1'") == [("", "v1")],
              "and this time it is applied", company.sql("select id, state, reason from billing.dead_letter"))
    expect("dead retry refuses what is not dead any more", NO, "dead", "retry", "billing:1", err="retried")
    expect("dead drop asks, and without a terminal wants --yes", USAGE, "dead", "drop", "billing:2", err="--yes")
    expect("dead drop --yes drops", OK, "dead", "drop", "billing:2", "--yes", out="dropped")
    expect("then none are left", OK, "dead", out="none")
    expect("but they are still known", OK, "dead", "list", "--state", "all", out="dropped")
    company.sql("insert into billing.dead_letter (origin, source, message_id, type, body, reason, correlation_id) values ('event', 'dispatcher', 'm3', "
                "'fettle.dispatcher.v1.TimeEntryRecorded', decode ('0a02743212a09c01' || repeat ('76', 20000), 'hex'), 'the moon was full', 'r1')")
    expect("dead retry takes what an event may hold and a command may not", OK, "dead", "retry", "billing:3", out="billing:3")
    until = time.monotonic() + 15
    while company.sql("select state from billing.dead_letter where id = 3") != [("retried",)] and time.monotonic() < until:
        time.sleep(0.2)
    tap.check(company.sql("select length (visit_id) from billing.time_entry where id = 't2'") == [("20000",)],
              "and it is applied", company.sql("select id, state, reason from billing.dead_letter"))
    expect("dead wants ids or --all", USAGE, "dead", "retry")
    expect("dead retry --all of none is nothing", OK, "dead", "retry", "--all")
    expect("dead knows its verbs", USAGE, "dead", "bury", err="bury")
    expect("dead knows its states", USAGE, "dead", "--state", "alive", err="alive")


def test_keys():
    expect("keys list says how to make the first", NO, "keys", err="keys new")
    expect("keys new makes a certificate", OK, "keys", "new", "phone-1", "--role", "engineer", "--for", "ann", out="phone-1.key_secret")
    tap.check("for ann" in expect("keys list says for whom it speaks", OK, "keys"), "ann")
    keys = os.path.join(company.home, "keys")
    tap.check(os.stat(os.path.join(keys, "phone-1.key_secret")).st_mode & 0o077 == 0, "whose secret only its owner may read")
    tap.check(os.path.exists(os.path.join(keys, "clients", "phone-1.key")), "and lets it in")
    expect("keys new does not replace one", NO, "keys", "new", "phone-1", "--role", "engineer", "--for", "ann", err="phone-1")
    out_directory = os.path.join(company.home, "out")
    os.mkdir(out_directory)
    expect("keys new --out hands the secret over", OK, "keys", "new", "gate-1", "--role", "gateway", "--out", out_directory)
    tap.check(os.path.exists(os.path.join(out_directory, "gate-1.key_secret")) and
              not os.path.exists(os.path.join(keys, "gate-1.key_secret")), "and keeps no copy")
    out = json.loads(expect("keys list --json filters by role", OK, "keys", "list", "--json", "--role", "gateway"))
    tap.check([(key["name"], key["role"]) for key in out] == [("gate-1", "gateway")], "only those", out)
    expect("keys revoke ends it", OK, "keys", "revoke", "phone-1")
    expect("keys revoke knows who has none", NO, "keys", "revoke", "phone-1", err="phone-1")
    expect("keys roles says what each may do", OK, "keys", "roles", out="gateway")
    for sentence, arguments in (("a role that there is not", ("new", "x", "--role", "king")), ("no role", ("new", "x")),
                                ("an engineer's key for nobody", ("new", "x", "--role", "engineer")),
                                ("a gateway's key for somebody", ("new", "x", "--role", "gateway", "--for", "ann")),
                                ("a name that leaves the directory", ("new", "../x", "--role", "gateway")),
                                ("the name of the deployment itself", ("new", "server", "--role", "gateway")),
                                ("no name", ("new",)), ("two names", ("revoke", "a", "b")), ("a verb that there is not", ("lend", "x"))):
        expect(f"keys refuses {sentence}", USAGE, "keys", *arguments)


def test_audit():
    expect("audit finds nothing after real traffic", OK, "audit", out="everything holds")
    out = json.loads(expect("audit --json --invariant looks at one", OK, "audit", "--json", "--invariant", "I4"))
    tap.check(len(out) == 1 and out[0]["ok"] and out[0]["checked"] > 0, "and counts what it has seen", out)
    expect("audit knows its invariants", USAGE, "audit", "--invariant", "I99", err="I99")


def test_nobody_there():
    pid = int(open(os.path.join(company.home, "run", "intake.pid")).read().split()[0])
    os.kill(pid, signal.SIGSTOP)
    try:
        expect("send ends with 3 when the service does not answer", UNREACHABLE, "send", "Identify", "{}", "--timeout", "1", err="intake")
        expect("fetch ends with 3 when the service does not answer", UNREACHABLE, "fetch", "intake", err="intake")
    finally:
        os.kill(pid, signal.SIGCONT)
    company.stop()
    expect("tail ends with 3 when nobody answers", UNREACHABLE, "tail", "--for", "1", err="intake")
    for command in (("audit",), ("dead",), ("explain", "x")):
        expect(f"{command[0]} ends with 3 when the database is away", UNREACHABLE, *command, err="FETTLE_ADMIN_DSN")


def main():
    company.start()
    try:
        company.furnish()
        test_help()
        test_send()
        test_load()
        test_calendar()
        test_fetch()
        test_tail()
        repair = company.repair("phone-1")
        test_explain(*repair)
        test_why(*repair[1:])
        test_sla()
        test_audit()
        test_dead()
        test_keys()
        test_nobody_there()
    finally:
        company.stop()
    return 1 if tap.failed else 0


sys.exit(main())
