/* billing.h - what billing remembers, and the prototypes of its rooms. */
#pragma once
#include "calendars.h"
#include "money/money.h"
#include "service.h"

/* ---- what others own, as far as billing uses it */

#define CUSTOMER_FIELDS(F, T) F (T, text, id) F (T, bool, known) F (T, text, currency) \
    F (T, int, payment_days) F (T, text, merged_into)
ENTITY_STRUCT (customer, CUSTOMER_FIELDS);

#define SITE_FIELDS(F, T) F (T, text, id) F (T, text, customer_id) F (T, text, territory_id) F (T, text, time_zone)
ENTITY_STRUCT (site, SITE_FIELDS);

#define ASSET_FIELDS(F, T) \
    F (T, text, id) F (T, text, customer_id) F (T, text, site_id) F (T, text, device_type) \
    F (T, time, warranty_from_at) F (T, time, warranty_until_at)
ENTITY_STRUCT (asset, ASSET_FIELDS);

#define TERRITORY_FIELDS(F, T) F (T, text, id) F (T, text, time_zone) F (T, text, calendar_id) F (T, text, currency)
ENTITY_STRUCT (territory, TERRITORY_FIELDS);

#define BUSINESS_CALENDAR_FIELDS(F, T) F (T, text, id) F (T, int, version) F (T, blob, details)
ENTITY_STRUCT (business_calendar, BUSINESS_CALENDAR_FIELDS);

/* ---- terms */

#define CONTRACT_FIELDS(F, T) \
    F (T, text, id) F (T, int, version) F (T, text, customer_id) F (T, blob, details) \
    F (T, text, notice_end_on) F (T, int, noticed_days)
ENTITY_STRUCT (contract, CONTRACT_FIELDS);

/* Every version as it was registered: a posted order can be explained years later. Key "<contract>:<version>". */
#define CONTRACT_VERSION_FIELDS(F, T) F (T, text, id) F (T, text, contract_id) F (T, int, version) \
    F (T, time, registered_at) F (T, blob, details)
ENTITY_STRUCT (contract_version, CONTRACT_VERSION_FIELDS);

#define INSTALMENT_FIELDS(F, T) \
    F (T, text, id) F (T, text, contract_id) F (T, int, number) F (T, text, due_on) F (T, int, amount_minor) \
    F (T, text, invoice_number)
ENTITY_STRUCT (instalment, INSTALMENT_FIELDS);

#define PRICE_LIST_FIELDS(F, T) F (T, text, id) F (T, int, version) F (T, text, territory_id) \
    F (T, text, currency) F (T, blob, details)
ENTITY_STRUCT (price_list, PRICE_LIST_FIELDS);

/* Who pays for a request; key is the request, or the work order when there is no request. */
#define ENTITLEMENT_FIELDS(F, T) \
    F (T, text, id) F (T, text, root) F (T, text, customer_id) F (T, text, site_id) F (T, text, asset_id) \
    F (T, enum, type) F (T, time, at) F (T, enum, coverage) F (T, text, contract_id) \
    F (T, int, contract_version) F (T, text, contract_line_id) F (T, text, reason) F (T, bool, overridden) \
    F (T, bool, posted) F (T, text, call_out_order_id)
ENTITY_STRUCT (entitlement, ENTITLEMENT_FIELDS);

/* ---- what a work order has cost */

/* waits_for names what is missing before a finished order can be posted: "prices:EUR", "calendar:it", "" nothing. */
#define WORK_ORDER_FIELDS(F, T) \
    F (T, text, id) F (T, text, root) F (T, text, request_id) F (T, text, customer_id) F (T, text, site_id) \
    F (T, text, asset_id) F (T, text, territory_id) F (T, enum, type) F (T, time, created_at) \
    F (T, time, completed_at) F (T, bool, settled) F (T, bool, posted) F (T, text, waits_for) \
    F (T, text, blocked_reason) F (T, text, currency) F (T, int, list_minor) F (T, int, charge_minor) \
    F (T, text, invoice_number)
ENTITY_STRUCT (work_order, WORK_ORDER_FIELDS);

#define TIME_ENTRY_FIELDS(F, T) \
    F (T, text, id) F (T, text, work_order_id) F (T, text, visit_id) F (T, enum, kind) F (T, time, from_at) \
    F (T, time, to_at) F (T, int, version)
ENTITY_STRUCT (time_entry, TIME_ENTRY_FIELDS);

/* The distance of a visit, from its latest report. */
#define TRIP_FIELDS(F, T) F (T, text, id) F (T, text, work_order_id) F (T, int, distance_m) F (T, int, version)
ENTITY_STRUCT (trip, TRIP_FIELDS);

#define PART_USE_FIELDS(F, T) \
    F (T, text, id) F (T, text, work_order_id) F (T, text, visit_id) F (T, text, item_id) \
    F (T, int, quantity) F (T, int, cost_minor) F (T, text, currency)
ENTITY_STRUCT (part_use, PART_USE_FIELDS);

#define COST_LINE_FIELDS(F, T) \
    F (T, text, id) F (T, text, work_order_id) F (T, text, visit_id) F (T, enum, kind) F (T, enum, band) \
    F (T, text, item_id) F (T, int, quantity) F (T, text, unit) F (T, int, price_minor) \
    F (T, int, amount_minor) F (T, int, charge_minor) F (T, text, currency) F (T, enum, coverage) \
    F (T, text, contract_id) F (T, text, reason) F (T, text, rule)
ENTITY_STRUCT (cost_line, COST_LINE_FIELDS);

/* Key says what is billed, "work_order:<id>", "instalment:<contract>:<n>", "goodwill:<cost line>",
 * "compliance:<contract>:<month>:<version>": each once. */
#define INVOICE_FIELDS(F, T) \
    F (T, text, id) F (T, text, number) F (T, text, series) F (T, int, year) F (T, int, sequence) \
    F (T, text, customer_id) F (T, text, currency) F (T, int, total_minor) F (T, text, issued_on) \
    F (T, text, due_on) F (T, blob, details)
ENTITY_STRUCT (invoice, INVOICE_FIELDS);

/* Compliance of a contract in a month; key "<contract>:<month>". contract_version: the terms it is judged by. */
#define CONTRACT_MONTH_FIELDS(F, T) \
    F (T, text, id) F (T, text, contract_id) F (T, text, month) F (T, int, version) F (T, int, met) \
    F (T, int, missed) F (T, int, basis_points) F (T, blob, details) F (T, int, contract_version) \
    F (T, int, amount_minor) F (T, text, invoice_number)
ENTITY_STRUCT (contract_month, CONTRACT_MONTH_FIELDS);

#define INVOICE_SERIES_FIELDS(F, T) F (T, text, id) F (T, int, last)
ENTITY_STRUCT (invoice_series, INVOICE_SERIES_FIELDS);

/* ---- projections */

void on_customer_registered (tx_t *tx, const customer_registered_t *ev);
void on_customer_updated (tx_t *tx, const customer_updated_t *ev);
void on_customer_merged (tx_t *tx, const customer_merged_t *ev);
void on_territory_published (tx_t *tx, const territory_published_t *ev);
void on_site_published (tx_t *tx, const site_published_t *ev);
void on_asset_published (tx_t *tx, const asset_published_t *ev);
void on_calendar_published (tx_t *tx, const calendar_published_t *ev);
/* The id under which a customer lives now: mergers followed. Never NULL. */
char *customer_survivor (tx_t *tx, const char *customer_id);
/* The zone of that name, UTC if it has none. Never NULL. */
const zone_t *zone_or_utc (const char *name);

/* ---- contracts */

void on_register_contract (tx_t *tx, const register_contract_t *command);
/* The details of one version, or NULL. */
contract_details_t *contract_details_of (tx_t *tx, const char *contract_id, int64_t version);
/* True on every day of the term, in the contract's zone, the last one included; cancelled, up to that day. */
bool contract_in_term (const contract_details_t *details, int64_t at);
/* The series that invoices of a contract are numbered in. */
char *contract_series (tx_t *tx, const contract_details_t *details);

/* ---- instalments (E1) */

typedef struct { char due_on [DATE_TEXT_SIZE]; int64_t amount_minor; } rate_t;
enum { INSTALMENTS_MAX = 600 };

/* The payments of a contract, their sum exactly its value; how many. details must be valid. */
int instalment_plan (const contract_details_t *details, rate_t rates [INSTALMENTS_MAX]);
/* For commands: the plan keeps what has been invoiced; else rejects. */
bool instalment_plan_fits (tx_t *tx, const char *contract_id, const rate_t *rates, int count);
void instalment_plan_keep (tx_t *tx, const char *contract_id, const contract_details_t *details,
    const rate_t *rates, int count);
void on_instalment_due (tx_t *tx, const wakeup_t *wakeup);

/* ---- expiry (E7) */

/* For commands: days and the day of a cancellation make sense; else rejects. */
bool expiry_valid (tx_t *tx, const contract_details_t *details);
/* Sets the timer to the next notice of the contract, or clears it. */
void expiry_arm (tx_t *tx, contract_t *contract, const contract_details_t *details);
void on_expiry_notice (tx_t *tx, const wakeup_t *wakeup);

/* ---- compliance (J7) */

typedef struct {
    int basis_points;           /* of what the terms look at */
    int64_t instalment_minor;
    int64_t amount_minor;       /* below 0: a credit */
    const char *reason;
} sla_settlement_t;

/* For commands: the terms make sense, or there are none; else rejects. */
bool sla_terms_valid (tx_t *tx, const sla_terms_t *terms);
/* The part of the contract's value that falls to a month, "2026-06"; 0 outside the term. The parts add up to it. */
int64_t sla_terms_instalment (tx_t *tx, const contract_details_t *details, const char *month);
/* details must have terms. */
sla_settlement_t sla_terms_settle (tx_t *tx, const contract_details_t *details, const sla_compliance_closed_t *month);
void on_sla_compliance_closed (tx_t *tx, const sla_compliance_closed_t *event);

/* ---- prices */

void on_publish_price_list (tx_t *tx, const publish_price_list_t *command);
/* The territory's list in that currency ("" any), else one for all territories; NULL: none. */
price_list_t *price_list_choose (tx_t *tx, const char *territory_id, const char *currency);
/* The price of the thing: this band or item, else the normal one, else any. False: the list does not say. */
bool price_find (const price_list_details_t *list, int kind, int band, const char *item_id, int64_t *ret_price_minor);

/* ---- entitlements (C8, E3, E11) */

void on_service_request_accepted (tx_t *tx, const service_request_accepted_t *ev);
void on_override_entitlement (tx_t *tx, const override_entitlement_t *command);
/* Chooses who pays, from what the row says of customer, site, asset, type and at. Returns ids of contracts that
 * would have covered it too. */
char **entitlement_choose (tx_t *tx, entitlement_t *self, size_t *ret_count);
/* The line of the contract that pays, or NULL. */
contract_line_spec_t *entitlement_line (tx_t *tx, const entitlement_t *self);
/* Whether the thing is paid for, and the sentence why. */
int entitlement_cover (tx_t *tx, const entitlement_t *self, const contract_line_spec_t *line, int kind,
    char **ret_reason);

/* ---- labour (L4) */

enum { BANDS = LABOUR_BAND_HOLIDAY + 1 };

/* Adds the milliseconds of [from_at, to_at) to the bands they fall in. calendar NULL: all normal. */
void labour_split (calendar_t *calendar, int64_t from_at, int64_t to_at, int64_t ms [BANDS]);
/* Minutes to charge for each band: the total, which is returned, is rounded up to started units and to the minimum; the
 * parts add up to it. */
int64_t labour_round (const int64_t ms [BANDS], int64_t unit_minutes, int64_t minimum_minutes, int64_t minutes [BANDS]);
/* The band of one instant. */
int labour_band (calendar_t *calendar, int64_t at);

/* ---- cost of an order */

typedef struct {
    const char *visit_id, *item_id, *unit, *rule;
    int kind, band;
    int64_t quantity, price_minor, amount_minor;
} cost_t;

typedef struct {
    tx_t *tx;
    const work_order_t *order;
    const entitlement_t *entitlement;
    const price_list_t *list;
    price_list_details_t *prices;
    calendar_t *calendar;
    list_t entries, trips, uses;
    cost_t *costs;
    int count, capacity;
    char *blocked;              /* what has no price, in a sentence; NULL: all is priced */
} bill_t;

/* Every cost of the order, from the same inputs always the same; false and bill->blocked when a price is missing. */
bool cost_compute (bill_t *bill);

/* ---- cost lines */

/* Saves and says the lines with their coverage; the sums go to the order. */
void cost_line_post (bill_t *bill, work_order_t *order);
void on_grant_goodwill (tx_t *tx, const grant_goodwill_t *command);
void on_get_cost (tx_t *tx, const get_cost_t *query);

/* ---- work orders */

void on_work_order_created (tx_t *tx, const work_order_created_t *ev);
void on_work_order_completed (tx_t *tx, const work_order_completed_t *ev);
void on_time_entry_recorded (tx_t *tx, const time_entry_recorded_t *ev);
void on_service_report_issued (tx_t *tx, const service_report_issued_t *ev);
void on_part_consumed (tx_t *tx, const part_consumed_t *ev);
void on_parts_settled (tx_t *tx, const parts_settled_t *ev);
/* All orders that wait for this are tried again, each in a turn to come. */
void work_order_wake (tx_t *tx, const char *waits_for);
void on_post_due (tx_t *tx, const wakeup_t *wakeup);
/* Where the order is: the zone and series of its invoice. */
territory_t *work_order_territory (tx_t *tx, const work_order_t *order);

/* ---- invoices (L9) */

typedef struct {
    const char *id, *series, *time_zone, *customer_id, *work_order_id, *contract_id, *currency;
    invoice_line_t **lines;
    size_t line_count;
} invoice_draft_t;

/* Numbers and says the invoice; what has been billed already keeps its invoice. */
invoice_t *invoice_issue (tx_t *tx, const invoice_draft_t *draft);
invoice_line_t *invoice_line_new (tx_t *tx, const char *cost_line_id, const char *description, int64_t quantity,
    const char *unit, int64_t amount_minor);

/* The amount, or the message fails: sums of money do not wrap around. */
int64_t money_sure (tx_t *tx, money_code_t code, money_t money);
