"""A small company for tests of the command line: its own stack in a directory, its master data, and a repair from the call to the
invoice, all through the program `fettle`."""
import json, os, shutil, subprocess, time

BUILD = os.environ.get("FETTLE_BUILD", os.path.join(os.path.dirname(__file__), "../../build"))
FETTLE = os.path.join(BUILD, "fettle")
SCRATCH = os.environ.get("FETTLE_TEST_SCRATCH", "/tmp/fettle-e2e")

EVERY_DAY = [{"weekday": day, "start": "00:00", "end": "24:00"} for day in range(1, 8)]

MASTER_DATA = [
    ("PublishCalendar", {"calendarId": "cal-it", "details": {"name": "IT", "timeZone": "Europe/Rome", "weekly": EVERY_DAY}}),
    ("RegisterTerritory", {"territoryId": "milan", "details": {
        "name": "Milan", "timeZone": "Europe/Rome", "country": "IT", "language": "LANGUAGE_IT", "calendarId": "cal-it",
        "currency": "EUR", "managerEmail": "manager@example.it"}}),
    ("RegisterCustomer", {"customerId": "c1", "details": {
        "name": "Rossi", "taxId": "IT1", "language": "LANGUAGE_IT", "currency": "EUR", "email": "rossi@example.it",
        "phone": "+39021234567", "grade": "A"}}),
    ("RegisterSite", {"siteId": "s1", "details": {
        "customerId": "c1", "name": "HQ", "address": "Via Roma 1", "point": {"latitude": 45.46, "longitude": 9.19},
        "territoryId": "milan", "regionClass": "REGION_CLASS_CITY"}}),
    ("RegisterAsset", {"assetId": "a1", "details": {
        "customerId": "c1", "siteId": "s1", "model": "X", "deviceType": "pump", "serial": "SN1", "quantity": 1}}),
    ("RegisterEngineer", {"engineerId": "e1", "details": {
        "name": "Li Wei", "territoryId": "milan", "skills": [{"skill": "pump", "level": 3}],
        "home": {"latitude": 45.5, "longitude": 9.2}, "email": "li@example.it", "vanLocationId": "van1", "currency": "EUR",
        "costPerHourMinor": 3000, "costPerKmMinor": 50}}),
    ("RegisterEngineer", {"engineerId": "e2", "details": {
        "name": "Anna Neri", "territoryId": "milan", "skills": [{"skill": "gas", "level": 1}],
        "home": {"latitude": 45.4, "longitude": 9.1}, "email": "neri@example.it", "currency": "EUR"}}),
    ("SetDuty", {"engineerId": "e1", "onDuty": True}),
    ("SetDuty", {"engineerId": "e2", "onDuty": True}),
    ("AssignShift", {"engineerId": "e1", "calendarId": "cal-it"}),
    ("AssignShift", {"engineerId": "e2", "calendarId": "cal-it"}),
    ("RegisterItem", {"itemId": "seal", "details": {"name": "Seal", "unit": "piece", "costMinor": 500, "currency": "EUR"}}),
    ("RegisterLocation", {"locationId": "wh", "details": {
        "name": "Warehouse", "kind": "LOCATION_KIND_WAREHOUSE", "territoryId": "milan"}}),
    ("RegisterLocation", {"locationId": "van1", "details": {
        "name": "Van", "kind": "LOCATION_KIND_VAN", "territoryId": "milan", "engineerId": "e1"}}),
    ("ReceiveStock", {"documentId": "d1", "locationId": "wh", "parts": [{"itemId": "seal", "quantity": 100}],
                      "unitCostMinor": 500, "currency": "EUR"}),
]


class Company:
    def __init__(self, name):
        self.home = os.path.join(SCRATCH, name)
        keep = ("PATH", "HOME", "LANG", "FETTLE_BUILD", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")
        self.environment = {k: v for k, v in os.environ.items() if k in keep}
        self.environment["FETTLE_HOME"] = self.home
        self.environment["FETTLE_SHARE"] = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../deploy/data"))

    def run(self, *arguments, text=None, timeout=120):
        """(exit code, standard output, standard error)"""
        done = subprocess.run([FETTLE, *arguments], env=self.environment, input=text, text=True, timeout=timeout,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=None if text is not None else subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr

    def start(self, *options):
        os.makedirs(SCRATCH, exist_ok=True)
        os.chmod(SCRATCH, 0o755)
        shutil.rmtree(self.home, ignore_errors=True)        # of a run before
        code, out, err = self.run("up", "-d", "--no-demo", *options)
        if code != 0:
            raise RuntimeError(f"fettle up: {code}\n{out}{err}")

    def stop(self):
        self.run("down")

    def send(self, type, data=None, *options):
        """The reply of one command as a dictionary."""
        code, out, err = self.run("send", type, json.dumps(data or {}), "--json", *options)
        if code > 1:
            raise RuntimeError(f"fettle send {type}: {code} {err}")
        return json.loads(out)

    def do(self, type, data=None, *options):
        """Sends what must be accepted; its subject."""
        reply = self.send(type, data, *options)
        if reply.get("firstStatus", reply["status"]) != "STATUS_ACCEPTED":
            raise RuntimeError(f"{type} {data}: {reply}")
        return reply.get("subject", "")

    def load(self, commands, name="commands.json"):
        path = os.path.join(self.home, name)
        with open(path, "w") as file:
            json.dump({"commands": [{"type": type, "data": data} for type, data in commands]}, file)
        return self.run("load", path)

    def events(self, service):
        code, out, err = self.run("fetch", service, "--json")
        if code != 0:
            raise RuntimeError(f"fettle fetch {service}: {code} {err}")
        return [json.loads(line) for line in out.splitlines()]

    def wait_for(self, service, name, timeout=20, **fields):
        """The newest event of that name whose data has those fields."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            for event in reversed(self.events(service)):
                if event["type"].endswith("." + name) and all(event["data"].get(k) == v for k, v in fields.items()):
                    return event
            time.sleep(0.1)
        raise RuntimeError(f"no {name} of {service} with {fields} within {timeout} s")

    def sql(self, statement):
        """As administrator; rows as tuples of text."""
        code = subprocess.run(["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", self.sockets() + "/pg", "-U", "postgres",
                               "-d", "fettle", "-c", statement], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if code.returncode != 0:
            raise RuntimeError(f"{statement}: {code.stderr}")
        return [tuple(line.split("|")) for line in code.stdout.splitlines()]

    def sockets(self):
        note = os.path.join(self.home, "sockets")
        return open(note).read().strip() if os.path.exists(note) else self.home

    def furnish(self):
        code, out, err = self.load(MASTER_DATA, "master-data.json")
        if code != 0:
            raise RuntimeError(f"the master data: {code} {out}{err}")

    def submit(self, external_id, **more):
        return self.do("SubmitServiceRequest", {
            "channel": "CHANNEL_PHONE", "externalId": external_id, "assetId": "a1", "type": "REQUEST_TYPE_REPAIR",
            "text": "pump is leaking", **more})

    def send_somebody(self, external_id):
        """A request that has become an offer to an engineer: (request, work order, visit)."""
        request = self.submit(external_id)
        self.do("AcknowledgeServiceRequest", {"requestId": request, "agent": "anna"})
        self.do("ChangeSupportTier", {
            "requestId": request, "tier": "SUPPORT_TIER_ONSITE", "reason": "needs hands", "waiveRemoteReason": "it leaks",
            "skills": [{"skill": "pump", "level": 2}], "parts": [{"itemId": "seal", "quantity": 2}], "workMinutes": 60})
        offer = self.wait_for("dispatcher", "VisitOffered", requestId=request)["data"]
        return request, offer["workOrderId"], offer["visitId"]

    def repair(self, external_id):
        """The whole loop: (request, work order, visit)."""
        request, order, visit = self.send_somebody(external_id)
        of = {"visitId": visit, "engineerId": "e1"}
        self.do("AcceptVisit", of)
        self.do("IssueParts", {"documentId": "issue-" + visit, "workOrderId": order, "toLocationId": "van1"})
        self.do("StartTravel", of)
        self.do("ArriveAtSite", {**of, "point": {"latitude": 45.4601, "longitude": 9.1901}, "accuracyM": 5})
        self.do("StartWork", of)
        time.sleep(0.05)
        self.do("FinishWork", of)
        self.do("IssueServiceReport", {
            **of, "symptomCode": "leak", "causeCode": "wear", "remedyCode": "seal", "findings": "the seal was worn",
            "partsUsed": [{"itemId": "seal", "quantity": 2}], "distanceKm": 12})
        report = self.wait_for("dispatcher", "ServiceReportIssued", visitId=visit)["data"]
        self.do("SignServiceReport", {"reportId": report["reportId"], "contentHash": report["contentHash"],
                                      "signerName": "Mario", "signerRole": "manager"})
        self.wait_for("billing", "InvoiceIssued", workOrderId=order)
        return request, order, visit


class Tap:
    """Prints what is found as TAP lines, and remembers whether all was well."""
    def __init__(self):
        self.failed = 0

    def check(self, is_true, sentence, *evidence):
        print("ok - " + sentence if is_true else "not ok - " + sentence, flush=True)
        if not is_true:
            self.failed += 1
            for item in evidence:
                print("#  " + str(item).replace("\n", "\n#  "), flush=True)
        return is_true
