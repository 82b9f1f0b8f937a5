#!/usr/bin/env python3
"""Makes the demo company: the JSON files beside this program, which `fettle load` and `fettle demo` send over the bus.

    deploy/data/demo/generate.py          (needs no network; the same seed gives the same files)

Every customer, person and brand is invented. Streets and coordinates are of real places, rounded and shifted, so that
distances and maps make sense. Nobody can be reached by accident: mail addresses are under example.com and example.org
(RFC 2606), telephone numbers are from the ranges that Ofcom keeps for drama (+44 7700 900xxx, +44 1632 960xxx).
What the scenes of the demo name (the cast) is at the top of `assets`; the rest is there to choose among.
"""
import datetime
import json
import pathlib
import random

from places import TERRITORIES

HERE = pathlib.Path(__file__).resolve().parent
RANDOM = random.Random(20261122)
UTC = datetime.timezone.utc
OFFICE = "08:30", "17:00"
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def instant(text):
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def command(kind, **data):
    return {"type": "fettle." + kind, "data": data}


def shift(weekdays, start, end):
    return [{"weekday": day, "start": start, "end": end} for day in weekdays]


# ---- calendars: weekly hours, holidays, and the weekend days that are worked instead

def closed(days):
    return [{"dateOn": day, "name": name} for day, name in days]


def made_up(days):
    return [{"dateOn": day, "name": "make-up working day", "intervals": [{"start": OFFICE[0], "end": OFFICE[1]}]} for day in days]


def span(first, last, name):
    day, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    while day <= end:
        yield day.isoformat(), name
        day += datetime.timedelta(1)


# Notices of the State Council for 2026; for 2027 the days of the statute, as the exchange of weekends is not announced.
HOLIDAYS_CN = [*span("2026-01-01", "2026-01-03", "元旦"), *span("2026-02-15", "2026-02-23", "春节"),
               *span("2026-04-04", "2026-04-06", "清明节"), *span("2026-05-01", "2026-05-05", "劳动节"),
               *span("2026-06-19", "2026-06-21", "端午节"), *span("2026-09-25", "2026-09-27", "中秋节"),
               *span("2026-10-01", "2026-10-07", "国庆节"), ("2027-01-01", "元旦"),
               *span("2027-02-05", "2027-02-08", "春节"), ("2027-04-05", "清明节"),
               *span("2027-05-01", "2027-05-02", "劳动节"), ("2027-06-09", "端午节"), ("2027-09-15", "中秋节"),
               *span("2027-10-01", "2027-10-03", "国庆节")]
WORKED_CN = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
HOLIDAYS_VN = [*span("2026-01-01", "2026-01-02", "Tết Dương lịch"), *span("2026-02-16", "2026-02-20", "Tết Nguyên đán"),
               *span("2026-04-26", "2026-04-27", "Giỗ Tổ Hùng Vương"), ("2026-04-30", "Ngày Chiến thắng"),
               ("2026-05-01", "Quốc tế Lao động"), *span("2026-08-31", "2026-09-02", "Quốc khánh"),
               ("2027-01-01", "Tết Dương lịch"), *span("2027-02-05", "2027-02-11", "Tết Nguyên đán"),
               ("2027-04-16", "Giỗ Tổ Hùng Vương"), ("2027-04-30", "Ngày Chiến thắng"),
               *span("2027-05-01", "2027-05-03", "Quốc tế Lao động"), *span("2027-09-02", "2027-09-03", "Quốc khánh")]
WORKED_VN = ["2026-01-10", "2026-08-22"]
FIXED_IT = [("01-01", "Capodanno"), ("01-06", "Epifania"), ("04-25", "Festa della Liberazione"),
            ("05-01", "Festa del Lavoro"), ("06-02", "Festa della Repubblica"), ("08-15", "Ferragosto"),
            ("10-04", "San Francesco d'Assisi"), ("11-01", "Ognissanti"), ("12-08", "Immacolata Concezione"),
            ("12-25", "Natale"), ("12-26", "Santo Stefano")]
HOLIDAYS_IT = [(f"{year}-{day}", name) for year in (2026, 2027) for day, name in FIXED_IT] + [
    ("2026-04-05", "Pasqua"), ("2026-04-06", "Lunedì dell'Angelo"), ("2027-03-28", "Pasqua"), ("2027-03-29", "Lunedì dell'Angelo")]
PATRON_MILAN = [("2026-12-07", "Sant'Ambrogio"), ("2027-12-07", "Sant'Ambrogio")]
# Ten hours each, so that there is always somebody with a whole job's time left in his shift.
SHIFTS = {"early": ("06:00", "16:00"), "late": ("14:00", "24:00"), "night": ("22:00", "08:00")}


def calendars():
    week = shift(range(1, 6), *OFFICE)
    national = {"cn": ("中国办公时间", "Asia/Shanghai", closed(HOLIDAYS_CN) + made_up(WORKED_CN)),
                "vn": ("Giờ làm việc Việt Nam", "Asia/Ho_Chi_Minh", closed(HOLIDAYS_VN) + made_up(WORKED_VN)),
                "it": ("Orario d'ufficio Italia", "Europe/Rome", closed(HOLIDAYS_IT))}
    for country, (name, zone, exceptions) in national.items():
        yield command("scheduler.v1.PublishCalendar", calendarId=f"office-{country}",
                      details={"name": name, "timeZone": zone, "weekly": week, "exceptions": exceptions})
    yield command("scheduler.v1.PublishCalendar", calendarId="office-milan", details={
        "name": "Orario d'ufficio Milano", "timeZone": "Europe/Rome", "parentId": "office-it", "weekly": week,
        "exceptions": closed(PATRON_MILAN)})
    for territory in TERRITORIES.values():
        for name, hours in SHIFTS.items():
            yield command("scheduler.v1.PublishCalendar", calendarId=f"{name}-{territory['code']}", details={
                "name": f"{name} shift, {territory['name']}", "timeZone": territory["zone"], "weekly": shift(range(1, 8), *hours)})
        yield command("scheduler.v1.PublishCalendar", calendarId=f"always-{territory['code']}", details={
            "name": f"24x7, {territory['name']}", "timeZone": territory["zone"], "alwaysOpen": True})


def territories():
    for key, t in TERRITORIES.items():
        yield command("intake.v1.RegisterTerritory", territoryId=key, details={
            "name": t["name"], "timeZone": t["zone"], "country": t["country"], "language": t["language"],
            "calendarId": t["calendar"], "currency": t["currency"], "managerEmail": f"manager.{key}@example.com"})


# ---- items, and what they cost where

ITEMS = [  # id, name, unit, cost in euro cents, sold in
    ("compressor-oil", "Compressor oil, 5 l", "piece", 4200), ("refrigerant-r513a", "Refrigerant R513A, 10 kg", "piece", 21000),
    ("scroll-compressor", "Scroll compressor 15 kW", "piece", 148000), ("condenser-fan", "Condenser fan 630 mm", "piece", 39000),
    ("expansion-valve", "Electronic expansion valve", "piece", 17500), ("filter-drier", "Filter drier", "piece", 3800),
    ("pressure-sensor", "Pressure sensor 0-40 bar", "piece", 6400), ("mechanical-seal", "Mechanical seal 35 mm", "piece", 5200),
    ("pump-bearing", "Pump bearing set", "piece", 4700), ("pump-impeller", "Pump impeller 210 mm", "piece", 23000),
    ("pump-motor", "Pump motor 7.5 kW", "piece", 69000), ("coupling", "Flexible coupling", "piece", 3300),
    ("ups-battery", "UPS battery 12 V 9 Ah", "piece", 2600), ("ups-fan", "UPS fan", "piece", 1900),
    ("ups-power-board", "UPS power board", "piece", 42000), ("static-switch", "Static switch module", "piece", 87000),
    ("door-roller", "Lift door roller", "piece", 1400), ("door-drive", "Lift door drive", "piece", 52000),
    ("brake-lining", "Lift brake lining", "piece", 9800), ("lift-encoder", "Lift encoder", "piece", 15500),
    ("lift-contactor", "Lift contactor", "piece", 7600), ("rope-12mm", "Suspension rope 12 mm", "m", 1100),
    ("ct-tube", "CT X-ray tube", "piece", 2900000), ("ct-cooling-filter", "CT cooling filter", "piece", 8800),
    ("ct-detector-board", "CT detector board", "piece", 310000), ("slip-ring-brush", "CT slip ring brush", "piece", 12400),
    ("burner-nozzle", "Burner nozzle", "piece", 2100), ("ignition-electrode", "Ignition electrode", "piece", 1700),
    ("flame-sensor", "Flame sensor", "piece", 5600), ("gas-valve", "Gas valve", "piece", 24500),
    ("air-filter", "Air filter F7", "piece", 2300), ("drive-belt", "Drive belt", "piece", 1500),
    ("fan-motor", "Fan motor 4 kW", "piece", 31000), ("oil-separator", "Oil separator", "piece", 13800),
    ("generator-starter", "Generator starter", "piece", 36500), ("fuel-filter", "Fuel filter", "piece", 1800),
    ("ro-membrane", "Reverse osmosis membrane", "piece", 19800), ("dosing-pump", "Dosing pump", "piece", 27500),
    ("smoke-detector", "Smoke detector", "piece", 3900), ("panel-battery", "Fire panel battery", "piece", 3100)]
SUBSTITUTES = {"ups-battery": ["panel-battery"], "fuel-filter": ["air-filter"]}
SERIALISED = {"ct-tube", "ct-detector-board"}
CALL, HOUR, TRAVEL_HOUR, KM = 6000, 6800, 4500, 70
BANDS = {"NORMAL": 100, "OVERTIME": 150, "NIGHT": 175, "HOLIDAY": 200}


def rounded(euro_cents, t):
    amount = euro_cents * t["minor_per_euro_cent"]
    return int(round(amount / t["round"]) * t["round"])


def prices():
    for key, t in TERRITORIES.items():
        lines = []
        for band, percent in BANDS.items():
            lines.append({"kind": "COST_KIND_CALL_OUT", "band": f"LABOUR_BAND_{band}", "priceMinor": rounded(CALL * (100 + percent) // 200, t)})
            lines.append({"kind": "COST_KIND_LABOUR", "band": f"LABOUR_BAND_{band}", "priceMinor": rounded(HOUR * percent // 100, t)})
        lines += [{"kind": "COST_KIND_TRAVEL_KM", "priceMinor": rounded(KM, t)},
                  {"kind": "COST_KIND_TRAVEL_TIME", "priceMinor": rounded(TRAVEL_HOUR, t)}]
        lines += [{"kind": "COST_KIND_PART", "itemId": item, "priceMinor": rounded(cost * 135 // 100, t)} for item, _, _, cost in ITEMS]
        yield command("billing.v1.PublishPriceList", priceListId=f"prices-{key}", details={
            "territoryId": key, "currency": t["currency"], "prices": lines, "labourRoundMinutes": 15,
            "labourMinimumMinutes": 30, "partMarkupPercent": 35, "invoiceSeries": t["series"]})


def items():
    for item, name, unit, cost in ITEMS:
        yield command("inventory.v1.RegisterItem", itemId=item, details={
            "name": name, "unit": unit, "serialised": item in SERIALISED, "substitutes": SUBSTITUTES.get(item, []),
            "costMinor": cost, "currency": "EUR", "minQuantity": 2 if cost < 50000 and item not in SERIALISED else 0})


# ---- customers, their places and people

PHONES = iter(range(1000))
LANDLINES = iter(range(1000))


def mobile():
    return f"+44 7700 900{next(PHONES):03d}"


def customers():
    for t in TERRITORIES.values():
        for number, (name, slug, kind, grade) in enumerate(t["customers"], 1):
            yield command("intake.v1.RegisterCustomer", customerId=f"{t['code']}-c{number:02d}", details={
                "name": name, "taxId": f"{t['country']}DEMO{number:05d}", "language": t["language"], "paymentDays": RANDOM.choice([30, 30, 45, 60]),
                "classification": kind, "grade": grade, "currency": t["currency"], "email": f"office@{slug}.example.com",
                "phone": f"+44 1632 960{next(LANDLINES):03d}"})


SITES = {}      # id -> what the rest needs to know


def sites():
    for key, t in TERRITORIES.items():
        count = len(t["customers"])
        for number in range(1, 51):
            place, region, latitude, longitude, streets = t["places"][(number - 1) % len(t["places"])]
            street = streets[((number - 1) // len(t["places"])) % len(streets)]
            owner = (number - 1) % count + 1
            customer, site = f"{t['code']}-c{owner:02d}", f"{t['code']}-s{number:02d}"
            point = {"latitude": round(latitude + RANDOM.uniform(-.006, .006), 5), "longitude": round(longitude + RANDOM.uniform(-.006, .006), 5)}
            SITES[site] = {"territory": key, "customer": customer, "kind": t["customers"][owner - 1][2], "point": point}
            details = {"customerId": customer, "name": t["site_name"].format(customer=t["customers"][owner - 1][0], place=place),
                       "address": t["address"].format(street=street, number=RANDOM.randint(2, 198), place=place), "point": point,
                       "territoryId": key, "regionClass": f"REGION_CLASS_{region}"}
            if number % 9 == 0:
                details["accessHours"] = shift(range(1, 7), "06:00", "22:00")
            yield command("intake.v1.RegisterSite", siteId=site, details=details)


def contacts():
    for t in TERRITORIES.values():
        people = [t["person"].format(family=family, given=given) for family in t["families"] for given in t["givens"]]
        RANDOM.shuffle(people)
        people = iter(people)
        for number in range(1, len(t["customers"]) + 1):
            yield contact(t, f"{t['code']}-k{number:02d}", f"{t['code']}-c{number:02d}", "", next(people), number, True)
        for number in range(1, 51):
            site = f"{t['code']}-s{number:02d}"
            english = number == 7       # a house that wants to be written to in English
            yield contact(t, f"{t['code']}-p{number:02d}", SITES[site]["customer"], site,
                          t["foreigner"] if english else next(people), number + 50, False, "LANGUAGE_EN" if english else t["language"])


def contact(t, key, customer, site, name, number, is_manager, language=None):
    slug = t["customers"][int(customer[-2:]) - 1][1]
    return command("intake.v1.RegisterContact", contactId=key, details={
        "customerId": customer, "siteId": site, "name": name, "phone": mobile(), "email": f"person{number:02d}@{slug}.example.org",
        "language": language or t["language"], "channels": t["channels"], "isManager": is_manager})


# ---- what is installed

DEVICES = {  # type: models, skill, where it stands, criticality
    "chiller": (["Borealis XR-340", "Borealis XR-900", "Calda Fredo 200"], "refrigeration", 2),
    "pump": (["Aquila P-75", "Aquila P-150", "Rivo C40"], "hydraulics", 0),
    "ups": (["Voltara 20k", "Voltara 80k", "Statik One"], "power", 2),
    "lift": (["Ascendo S6", "Ascendo S12", "Levio MRL"], "lifts", 2),
    "ct-scanner": (["Lumen CT 64", "Lumen CT 128"], "imaging", 3),
    "boiler": (["Calda B90", "Calda B300"], "heating", 1),
    "air-handler": (["Zefiro AHU 8", "Zefiro AHU 16"], "refrigeration", 0),
    "compressor": (["Pneuma K22", "Pneuma K55"], "pneumatics", 1),
    "generator": (["Voltara D250", "Statik G500"], "power", 2),
    "water-treatment": (["Rivo RO-4", "Rivo RO-12"], "hydraulics", 1),
    "fire-panel": (["Sentra F2", "Sentra F8"], "fire-safety", 3)}
KINDS = {"hospital": ["ct-scanner", "chiller", "ups", "lift", "generator", "water-treatment", "air-handler", "fire-panel", "boiler"],
         "office": ["lift", "chiller", "air-handler", "ups", "fire-panel", "pump", "boiler"],
         "factory": ["compressor", "pump", "chiller", "water-treatment", "generator", "ups"],
         "hotel": ["lift", "boiler", "chiller", "pump", "fire-panel", "air-handler"],
         "data-centre": ["ups", "chiller", "generator", "fire-panel", "pump"],
         "shop": ["air-handler", "lift", "pump", "fire-panel"]}
CAST = [  # asset, device type, model, site, warranty until; what the scenes of the demo speak of
    ("bj-chiller", "chiller", "Borealis XR-900", "bj-s01", "2024-03-01"), ("bj-lift", "lift", "Ascendo S12", "bj-s02", "2023-05-01"),
    ("hcm-chiller", "chiller", "Borealis XR-340", "hcm-s01", "2023-09-01"), ("hcm-ct", "ct-scanner", "Lumen CT 64", "hcm-s02", "2031-12-31"),
    ("hcm-ups", "ups", "Voltara 80k", "hcm-s07", "2025-01-01"), ("mi-pump", "pump", "Aquila P-150", "mi-s03", "2024-11-30"),
    ("mi-lift", "lift", "Levio MRL", "mi-s02", "2022-06-30"), ("mi-boiler", "boiler", "Calda B300", "mi-s04", "2025-06-30"),
    ("mi-ups", "ups", "Statik One", "mi-s07", "2024-01-31"), ("bj-ups", "ups", "Voltara 20k", "bj-s07", "2025-08-31")]


def asset(key, device, model, site, until):
    until_at = instant(until + "T16:00:00")
    installed = until_at - (7 if until > "2030" else 3) * 365 * DAY_MS
    return command("intake.v1.RegisterAsset", assetId=key, details={
        "customerId": SITES[site]["customer"], "siteId": site, "model": model, "deviceType": device,
        "serial": f"{model.split()[0][:3].upper()}-{RANDOM.randrange(10**6):06d}-{len(ASSETS):03d}", "quantity": 1,
        "warrantyFromAt": installed, "warrantyUntilAt": until_at, "criticality": DEVICES[device][2], "installedAt": installed})


ASSETS = {}


def assets():
    for key, device, model, site, until in CAST:
        ASSETS[key] = device, site
        yield asset(key, device, model, site, until)
    ids = list(SITES)
    for number in range(400 - len(CAST)):
        site = ids[number % len(ids)]
        kinds = KINDS[SITES[site]["kind"]]
        device = kinds[(number // len(ids) + number) % len(kinds)]
        key = f"{site}-{device}-{number // len(ids) + 1}"
        ASSETS[key] = device, site
        until = f"{RANDOM.choice([2022, 2023, 2024, 2025, 2028, 2029, 2030])}-{RANDOM.randint(1, 12):02d}-{RANDOM.randint(1, 28):02d}"
        yield asset(key, device, RANDOM.choice(DEVICES[device][0]), site, until)


def rules():
    yield command("intake.v1.RegisterAlarmRule", ruleId="lift-trapped", deviceType="lift", code="PERSON_TRAPPED", minSeverity=1,
                  foldWindowMs=60000, firstTier="SUPPORT_TIER_ONSITE", faultLevel=1, faultCode="SAFETY.TRAPPED", workMinutes=45,
                  skills=[{"skill": "lifts", "level": 2, "isCertificate": True}])


# ---- who comes

SKILLS = [  # of the eight engineers of each territory: skill, level, a certificate by law
    [("refrigeration", 3, True), ("hydraulics", 2, False)], [("refrigeration", 4, True), ("power", 2, False)],
    [("refrigeration", 3, True), ("heating", 3, False)], [("lifts", 3, True), ("power", 3, False), ("hydraulics", 2, False)],
    [("lifts", 2, True), ("hydraulics", 3, False), ("heating", 2, False)], [("imaging", 3, True), ("power", 2, False)],
    [("imaging", 4, True), ("refrigeration", 2, True), ("lifts", 2, True)],
    [("heating", 3, False), ("pneumatics", 3, False), ("hydraulics", 3, False), ("fire-safety", 3, True), ("power", 2, False)]]
ROTA = ["always", "early", "late", "always", "always", "always", "always", "night"]     # lifts and scanners: always somebody on call


def engineer_id(t, number):
    return f"{t['code']}-e{number:02d}"


def engineers():
    for key, t in TERRITORIES.items():
        for number, (name, slug) in enumerate(t["engineers"], 1):
            skills = []
            for skill, level, is_certificate in SKILLS[number - 1]:
                valid = {"validUntilAt": instant(f"{2029 + number % 3}-06-30T00:00:00")} if is_certificate else {}
                if number == 3 and is_certificate:      # ran out; decisions say so
                    valid = {"validUntilAt": instant("2026-06-30T00:00:00")}
                skills.append({"skill": skill, "level": level, "isCertificate": is_certificate, **valid})
            place = t["places"][number * 2 % len(t["places"])]
            yield command("dispatcher.v1.RegisterEngineer", engineerId=engineer_id(t, number), details={
                "name": name, "territoryId": key, "skills": skills, "home": {"latitude": place[2], "longitude": place[3]},
                "phone": mobile(), "email": f"{slug}@example.com", "language": t["language"], "vanLocationId": f"van-{engineer_id(t, number)}",
                "currency": t["currency"], "costPerHourMinor": rounded(3000, t), "costPerKmMinor": rounded(45, t),
                "excludedCustomerIds": [f"{t['code']}-c01"] if number == 7 else []})


def shifts():
    for t in TERRITORIES.values():
        for number, rota in enumerate(ROTA, 1):
            yield command("scheduler.v1.AssignShift", engineerId=engineer_id(t, number), calendarId=f"{rota}-{t['code']}")


def locations():
    for key, t in TERRITORIES.items():
        for name, place in (("main", t["places"][0]), ("depot", t["places"][-1])):
            yield command("inventory.v1.RegisterLocation", locationId=f"wh-{t['code']}-{name}", details={
                "name": f"{t['name']} {name}", "kind": "LOCATION_KIND_WAREHOUSE", "territoryId": key,
                "point": {"latitude": place[2], "longitude": place[3]}})
        for number in range(1, 9):
            yield command("inventory.v1.RegisterLocation", locationId=f"van-{engineer_id(t, number)}", details={
                "name": f"Van of {t['engineers'][number - 1][0]}", "kind": "LOCATION_KIND_VAN", "territoryId": key,
                "engineerId": engineer_id(t, number)})


def stock():
    for t in TERRITORIES.values():
        for name, share in (("main", 1), ("depot", 4)):
            for item, _, _, cost in ITEMS:
                count = max(1, (60 if cost < 5000 else 24 if cost < 50000 else 4) // share)
                parts = [{"itemId": item, "quantity": count}]
                if item in SERIALISED:
                    parts = [{"itemId": item, "quantity": 1, "serial": f"{item.upper()}-{t['code']}-{name}-{n}"} for n in range(1, 3)]
                yield command("inventory.v1.ReceiveStock", documentId=f"opening-{t['code']}-{name}-{item}",
                              locationId=f"wh-{t['code']}-{name}", parts=parts, unitCostMinor=cost, currency="EUR")
        for number in range(1, 9):
            for item in RANDOM.sample([i for i, _, _, cost in ITEMS if cost < 6000], 4):
                yield command("inventory.v1.ReceiveStock", documentId=f"opening-van-{engineer_id(t, number)}-{item}",
                              locationId=f"van-{engineer_id(t, number)}", parts=[{"itemId": item, "quantity": 3}],
                              unitCostMinor=next(cost for i, _, _, cost in ITEMS if i == item), currency="EUR")


# ---- contracts

COVERS = {"all": (1, 1, 1, 1), "no parts": (1, 1, 0, 1), "labour": (1, 0, 0, 0), "parts": (0, 0, 1, 0)}


def line(key, covers, **what):
    labour, travel, parts, call_out = COVERS[covers]
    return {"lineId": key, "coversLabour": bool(labour), "coversTravel": bool(travel), "coversParts": bool(parts),
            "coversCallOut": bool(call_out), **what}


def instalments(value, parts):
    dates = [f"{2027 + n // 4}-{1 + n % 4 * 3:02d}-15" for n in range(parts)]
    share = value // parts
    return [{"dueOn": day, "amountMinor": share + (value - share * parts if n == 0 else 0)} for n, day in enumerate(dates)]


def contracts():
    for t in TERRITORIES.values():
        terms = [  # customer, tier, start, lines, how it is paid
            (1, "gold", "2026-01-01", [line("all", "no parts")], "dated"),
            (2, "gold", "2026-03-01", [line("lifts", "all", deviceType="lift"), line("rest", "labour")], "dated"),
            (5, "silver", "2026-01-01", [line("site", "labour", siteId=f"{t['code']}-s05")], "equal"),
            (6, "silver", "2026-02-01", [line("all", "parts")], "dated"),
            (7, "silver", "2026-01-01", [line("all", "no parts")], "dated"),
            (9, "gold", "2026-06-01", [line("repairs", "all", types=["REQUEST_TYPE_REPAIR"])], "dated"),
            (11, "silver", "2026-04-01", [line("all", "labour")], "dated"),
            (13, "gold", "2026-01-01", [line("all", "all")], "dated")]
        for number, (customer, tier, start, lines, paid) in enumerate(terms, 1):
            value = rounded(RANDOM.randrange(400000, 4800000, 1000), t)
            details = {"customerId": f"{t['code']}-c{customer:02d}", "name": f"{tier.title()} service {t['name']} {number}", "tier": tier,
                       "startOn": start, "endOn": "2029-12-31", "currency": t["currency"], "valueMinor": value, "lines": lines,
                       "precedence": 10 if tier == "gold" else 5, "timeZone": t["zone"], "billingMode": "BILLING_MODE_ADVANCE"}
            if paid == "dated":
                details["instalments"] = instalments(value, 12)
            else:
                details |= {"billingMode": "BILLING_MODE_ARREARS", "instalmentCount": 4}
            yield command("billing.v1.RegisterContract", contractId=f"{t['code']}-contract-{number:02d}", details=details)


# ---- maintenance

RHYTHMS = [("WEEKLY", 1, 2, 60), ("MONTHLY", 1, 5, 90), ("MONTHLY", 2, 7, 90), ("QUARTERLY", 1, 10, 150), ("QUARTERLY", 2, 14, 180), ("YEARLY", 1, 21, 240)]


def plans():
    chosen = sorted(key for key, (device, _) in ASSETS.items() if device in ("chiller", "lift", "boiler", "ups", "ct-scanner"))
    for number, key in enumerate(RANDOM.sample(chosen, 42), 1):
        recurrence, every, lead_days, minutes = RHYTHMS[number % len(RHYTHMS)]
        device = ASSETS[key][0]
        yield command("scheduler.v1.PublishMaintenancePlan", planId=f"plan-{number:02d}", details={
            "name": f"{recurrence.title()} maintenance of {key}", "assetId": key, "recurrence": f"RECURRENCE_KIND_{recurrence}",
            "every": every, "firstOn": f"2026-{RANDOM.randint(1, 12):02d}-{RANDOM.randint(1, 28):02d}", "timeOfDay": "09:00",
            "floating": number % 5 == 0, "leadMs": lead_days * DAY_MS, "toleranceMs": 3 * DAY_MS,
            "missedPolicy": "MISSED_POLICY_SKIP_LOGGED" if number % 7 == 0 else "MISSED_POLICY_CATCH_UP_ONE",
            "skills": [{"skill": DEVICES[device][1], "level": 2}], "workMinutes": minutes,
            "description": f"Planned maintenance, {device}"})


def report_templates():
    yield command("dispatcher.v1.PublishReportTemplate", templateId="maintenance", details={
        "type": "REQUEST_TYPE_MAINTENANCE", "title": "", "questions": [
            {"question": "Readings within limits?", "isMandatory": True}, {"question": "Safety devices tested?", "isMandatory": True},
            {"question": "Recommended before the next visit", "isMandatory": False}]})


def preferences():
    for t in TERRITORIES.values():
        for number in range(1, 13):
            data = {"recipientId": f"{t['code']}-k{number:02d}", "channels": t["channels"], "timeZone": t["zone"]}
            if number % 2:
                data |= {"quietFrom": "21:00", "quietTo": "07:30"}
            if number % 4 == 0:
                data["mutedTopics"] = ["fettle.dispatcher.v1.VisitTravelStarted"]
            yield command("notifier.v1.SetPreference", **data)


# ---- who is called: a manager and somebody at the desk in each city, and two engineers by turns

def people():
    for territory, t in TERRITORIES.items():
        for who, name in (("manager", t["foreigner"]), ("desk", f"{t['name']} service desk")):
            yield command("intake.v1.RegisterPerson", personId=f"{t['code']}-{who}", details={
                "name": name, "phone": mobile(), "email": f"{who}.{t['code']}@example.com", "language": t["language"],
                "channels": t["channels"], "territoryId": territory})


def duty(person, rank, first_on, ends_on, every_weeks):
    return {"personId": person, "rank": rank, "firstOn": first_on, "starts": "08:00", "endsOn": ends_on, "ends": "08:00",
            "everyWeeks": every_weeks}


def on_call():
    for territory, t in TERRITORIES.items():
        code = t["code"]
        yield command("scheduler.v1.PublishOnCallRoster", rosterId=f"on-call-{code}", details={
            "name": f"On call, {t['name']}", "territoryId": territory, "role": "on_call", "duties": [
                duty(engineer_id(t, 1), 0, "2026-01-05", "2026-01-12", 2), duty(engineer_id(t, 2), 0, "2026-01-12", "2026-01-19", 2),
                duty(f"{code}-desk", 1, "2026-01-05", "2026-01-12", 1)], "fallbackPersonId": f"{code}-manager"})
        yield command("scheduler.v1.PublishOnCallRoster", rosterId=f"managers-{code}", details={
            "name": f"Managers, {t['name']}", "territoryId": territory, "role": "territory_manager", "duties": [
                duty(f"{code}-manager", 0, "2026-01-05", "2026-01-12", 1)]})
        yield command("intake.v1.PublishEmergencyPlan", planId=f"emergency-{code}", details={
            "name": f"Leading group, {t['name']}", "territoryId": territory, "memberIds": [
                f"{code}-manager", f"{code}-desk", engineer_id(t, 1)], "acknowledgeWithinMinutes": 10, "acknowledgements": 2,
            "document": f"https://plans.example.com/{code}"})


FILES = [("calendars", calendars), ("territories", territories), ("prices", prices), ("customers", customers), ("sites", sites),
         ("contacts", contacts), ("assets", assets), ("alarm-rules", rules), ("items", items), ("locations", locations),
         ("engineers", engineers), ("shifts", shifts), ("stock", stock), ("contracts", contracts), ("report-templates", report_templates),
         ("plans", plans), ("preferences", preferences), ("people", people), ("on-call", on_call)]


def main():
    for old in HERE.glob("[0-9][0-9]-*.json"):
        old.unlink()
    total = 0
    for number, (name, make) in enumerate(FILES, 1):
        commands = list(make())
        total += len(commands)
        lines = ",\n".join("  " + json.dumps(c, ensure_ascii=False) for c in commands)
        (HERE / f"{number:02d}-{name}.json").write_text('{"commands": [\n' + lines + "\n]}\n", encoding="utf-8")
    print(f"{total} commands in {len(FILES)} files")


if __name__ == "__main__":
    main()
