/* entitlement.c - who pays for a request: warranty first, then one contract, else the customer (C8, E3, E11).
 *
 * Of several contracts the one with the highest precedence pays, then the one whose line says most exactly what is
 * covered (asset, site, device type, whole customer), then the lower id. The others are listed as alternatives. */
#include "billing.h"
#include "valid.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
    contract_t *contract;
    contract_details_t *details;
    contract_line_spec_t *line;
    int specificity;
} cover_t;

/* ---- does this line cover it? */

static bool
s_has_type (const contract_line_spec_t *line, int type)
{
    for (size_t i = 0; i < line->n_types; i++)
        if ((int) line->types [i] == type)
            return true;
    return line->n_types == 0;
}

/* 0 no; 1 customer, 2 device type, 3 site, 4 asset. */
static int
s_specificity (const entitlement_t *self, const contract_line_spec_t *line, const asset_t *asset)
{
    if (!s_has_type (line, self->type))
        return 0;
    if (!is_empty (line->asset_id))
        return strcmp (line->asset_id, self->asset_id) == 0 ? 4 : 0;
    if (!is_empty (line->site_id))
        return strcmp (line->site_id, self->site_id) == 0 ? 3 : 0;
    if (!is_empty (line->device_type))
        return asset && strcmp (line->device_type, asset->device_type) == 0 ? 2 : 0;
    return 1;
}

static cover_t
s_best_line (const entitlement_t *self, contract_t *contract, contract_details_t *details, const asset_t *asset)
{
    cover_t best = { .contract = contract, .details = details };
    for (size_t i = 0; i < details->n_lines; i++) {
        int specificity = s_specificity (self, details->lines [i], asset);
        if (specificity > best.specificity) {
            best.specificity = specificity;
            best.line = details->lines [i];
        }
    }
    return best;
}

static int
s_best_first (const void *left, const void *right)
{
    const cover_t *a = left, *b = right;
    if (a->details->precedence != b->details->precedence)
        return a->details->precedence > b->details->precedence ? -1 : 1;
    if (a->specificity != b->specificity)
        return b->specificity - a->specificity;
    return strcmp (a->contract->id, b->contract->id);
}

static cover_t *
s_covers (tx_t *tx, const entitlement_t *self, const asset_t *asset, int *ret_count)
{
    list_t contracts = tx_find (tx, contract, customer_id, customer_survivor (tx, self->customer_id));
    cover_t *covers = arena_array (tx_arena (tx), (size_t) contracts.count + 1, sizeof *covers);
    *ret_count = 0;
    EACH (contract, contract, contracts) {
        contract_details_t *details = tx_unpack (tx, contract_details, contract->details);
        cover_t cover = s_best_line (self, contract, details, asset);
        if (cover.line && contract_in_term (details, self->at))
            covers [(*ret_count)++] = cover;
    }
    qsort (covers, (size_t) *ret_count, sizeof *covers, s_best_first);
    return covers;
}

/* ---- warranty */

static bool
s_in_warranty (const entitlement_t *self, const asset_t *asset)
{
    bool is_covered_type = self->type == REQUEST_TYPE_REPAIR || self->type == REQUEST_TYPE_MAINTENANCE
        || self->type == REQUEST_TYPE_COMPLAINT;
    return asset && is_covered_type && asset->warranty_from_at <= self->at && self->at < asset->warranty_until_at;
}

/* The last day of the warranty, for people, in the site's zone. */
static char *
s_last_day (tx_t *tx, const entitlement_t *self, const asset_t *asset)
{
    site_t *site = tx_get (tx, site, self->site_id);
    char text [DATE_TEXT_SIZE];
    return tx_printf (tx, "%s", date_format (zone_date (zone_or_utc (site ? site->time_zone : ""),
        asset->warranty_until_at - 1, NULL), text));
}

/* ---- choosing */

static const char *
s_type_name (int type)
{
    return enum_name (&request_type_descriptor, type) + strlen ("REQUEST_TYPE_");
}

static void
s_take_contract (tx_t *tx, entitlement_t *self, const cover_t *cover)
{
    static const char *const by [] = { "the person who chose it", "customer", "device type", "site", "asset" };
    self->coverage = COVERAGE_CONTRACT;
    self->contract_id = cover->contract->id;
    self->contract_version = cover->contract->version;
    self->contract_line_id = cover->line->line_id;
    self->reason = tx_printf (tx, "contract %s line %s by %s, precedence %d, %s to %s", self->contract_id,
        self->contract_line_id,
        by [cover->specificity], (int) cover->details->precedence, cover->details->start_on, cover->details->end_on);
}

static void
s_take_nothing (tx_t *tx, entitlement_t *self, const asset_t *asset)
{
    bool ended = asset && asset->warranty_until_at && asset->warranty_until_at <= self->at;
    bool is_question = self->type == REQUEST_TYPE_CONSULTATION || self->type == REQUEST_TYPE_QUOTE;
    self->coverage = is_question ? COVERAGE_GOODWILL : COVERAGE_CHARGEABLE;
    self->reason = is_question ? "consultations and quotes are not billed"
        : tx_printf (tx, "no contract covers %s on that day%s%s", s_type_name (self->type),
            ended ? "; warranty ended after " : "", ended ? s_last_day (tx, self, asset) : "");
}

static char **
s_alternatives (tx_t *tx, const entitlement_t *self, const cover_t *covers, int count, size_t *ret_count)
{
    char **ids = arena_array (tx_arena (tx), (size_t) count + 1, sizeof *ids);
    *ret_count = 0;
    for (int i = 0; i < count; i++)
        if (strcmp (covers [i].contract->id, self->contract_id ? self->contract_id : "") != 0)
            ids [(*ret_count)++] = covers [i].contract->id;
    return ids;
}

char **
entitlement_choose (tx_t *tx, entitlement_t *self, size_t *ret_count)
{
    asset_t *asset = tx_get (tx, asset, self->asset_id);
    int count;
    cover_t *covers = s_covers (tx, self, asset, &count);
    self->contract_id = self->contract_line_id = "";
    self->contract_version = 0;
    if (s_in_warranty (self, asset)) {
        self->coverage = COVERAGE_WARRANTY;
        self->reason = tx_printf (tx, "asset %s is in warranty until %s", asset->id, s_last_day (tx, self, asset));
    } else if (count)
        s_take_contract (tx, self, &covers [0]);
    else
        s_take_nothing (tx, self, asset);
    return s_alternatives (tx, self, covers, count, ret_count);
}

/* ---- saying it. Under warranty the best contract still says how fast and how important, though it does not pay. */

static void
s_say (tx_t *tx, entitlement_t *self, char **alternatives, size_t alternative_count)
{
    const char *terms_of = !is_empty (self->contract_id) ? self->contract_id
        : self->coverage == COVERAGE_WARRANTY && alternative_count ? alternatives [0] : "";
    contract_t *contract = tx_get (tx, contract, terms_of);
    contract_details_t *terms = contract ? tx_unpack (tx, contract_details, contract->details) : NULL;
    tx_emit (tx, entitlement_resolved (
        .request_id = self->id, .coverage = (coverage_t) self->coverage, .contract_id = self->contract_id,
        .contract_line_id = self->contract_line_id, .contract_tier = terms ? terms->tier : "",
        .sla_plan_id = terms ? terms->sla_plan_id : "", .n_alternative_contract_ids = alternative_count,
        .alternative_contract_ids = alternatives, .reason = self->reason, .overridden = self->overridden,
        .customer_id = self->customer_id, .terms_contract_id = terms ? (char *) terms_of : ""));
}

void
on_service_request_accepted (tx_t *tx, const service_request_accepted_t *ev)
{
    entitlement_t *self = tx_need (tx, entitlement, ev->request_id);
    if (self->coverage)
        return;
    self->root = tx_correlation (tx);
    self->customer_id = ev->customer_id;
    self->site_id = ev->site_id;
    self->asset_id = ev->asset_id;
    self->type = (int) ev->type;
    self->at = ev->reported_at ? ev->reported_at : ev->accepted_at;
    size_t count;
    char **alternatives = entitlement_choose (tx, self, &count);
    s_say (tx, self, alternatives, count);
    work_order_wake (tx, tx_printf (tx, "request:%s", self->id));
}

/* ---- a person knows better */

static bool
s_override_valid (tx_t *tx, const override_entitlement_t *command, const entitlement_t *self)
{
    if (!self || !self->coverage)
        return tx_reject (tx, "request.unknown", "no request %s: check the number", command->request_id), false;
    if (self->posted)
        return tx_reject (tx, "entitlement.posted",
            "the cost of request %s is posted: grant goodwill for its lines", self->id), false;
    return valid_text (tx, "reason", command->reason, 1, 500);
}

static contract_t *
s_chosen (tx_t *tx, const override_entitlement_t *command, const entitlement_t *self)
{
    contract_t *contract = tx_get (tx, contract, command->contract_id);
    if (!contract)
        return tx_reject (tx, "contract.unknown", "no contract %s: register it first", command->contract_id), NULL;
    if (strcmp (contract->customer_id, customer_survivor (tx, self->customer_id)) != 0)
        return tx_reject (tx, "contract.other_customer",
            "contract %s is customer %s's, the request is customer %s's", contract->id,
            contract->customer_id, self->customer_id), NULL;
    contract_details_t *details = tx_unpack (tx, contract_details, contract->details);
    if (!contract_in_term (details, self->at))
        return tx_reject (tx, "contract.not_in_term",
            "contract %s runs from %s to %s, the request is of another day", contract->id,
            details->start_on, details->end_on), NULL;
    return contract;
}

static void
s_override (tx_t *tx, entitlement_t *self, contract_t *contract)
{
    if (!contract) {
        self->contract_id = self->contract_line_id = "";
        self->contract_version = 0;
        self->coverage = COVERAGE_CHARGEABLE;
        return;
    }
    contract_details_t *details = tx_unpack (tx, contract_details, contract->details);
    cover_t cover = s_best_line (self, contract, details, tx_get (tx, asset, self->asset_id));
    if (!cover.line)
        cover.line = details->lines [0];
    s_take_contract (tx, self, &cover);
}

void
on_override_entitlement (tx_t *tx, const override_entitlement_t *command)
{
    if (!valid_id (tx, "request_id", command->request_id) || !valid_optional_id (tx, "contract_id",
        command->contract_id))
        return;
    entitlement_t *self = tx_get (tx, entitlement, command->request_id);
    if (!s_override_valid (tx, command, self))
        return;
    contract_t *contract = is_empty (command->contract_id) ? NULL : s_chosen (tx, command, self);
    if (!contract && !is_empty (command->contract_id))
        return;
    int count;
    cover_t *covers = s_covers (tx, self, tx_get (tx, asset, self->asset_id), &count);
    s_override (tx, self, contract);
    self->overridden = true;
    self->reason = tx_printf (tx, "%s (%s)", command->reason, tx_actor (tx));
    size_t alternative_count;
    char **alternatives = s_alternatives (tx, self, covers, count, &alternative_count);
    tx_correlate (tx, self->root);
    s_say (tx, self, alternatives, alternative_count);
    tx_accept (tx, self->id);
}

/* ---- one cost (B6) */

contract_line_spec_t *
entitlement_line (tx_t *tx, const entitlement_t *self)
{
    contract_details_t *details = is_empty (self->contract_id) ? NULL
        : contract_details_of (tx, self->contract_id, self->contract_version);
    for (size_t i = 0; details && i < details->n_lines; i++)
        if (strcmp (details->lines [i]->line_id, self->contract_line_id) == 0)
            return details->lines [i];
    return NULL;
}

static bool
s_line_covers (const contract_line_spec_t *line, int kind)
{
    switch (kind) {
    case COST_KIND_CALL_OUT: return line->covers_call_out;
    case COST_KIND_TRAVEL_KM:
    case COST_KIND_TRAVEL_TIME: return line->covers_travel;
    case COST_KIND_LABOUR: return line->covers_labour;
    case COST_KIND_PART: return line->covers_parts;
    default: return false;
    }
}

int
entitlement_cover (tx_t *tx, const entitlement_t *self, const contract_line_spec_t *line, int kind,
    char **ret_reason)
{
    *ret_reason = self->reason;
    if (self->coverage != COVERAGE_CONTRACT || (line && s_line_covers (line, kind)))
        return self->coverage;
    *ret_reason = tx_printf (tx, "contract %s line %s does not cover %s", self->contract_id, self->contract_line_id,
        enum_name (&cost_kind_descriptor, kind) + strlen ("COST_KIND_"));
    return COVERAGE_CHARGEABLE;
}
