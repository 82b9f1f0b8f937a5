/* claims.c - everything that a visit would claim: the stretches of its engineer's shift, and the tools. */
#include "scheduler.h"
#include <string.h>

void
claims_add (claims_t *self, resource_kind_t kind, const char *resource_id, int64_t from_at, int64_t to_at)
{
    if (self->count == self->capacity) {
        claim_t *longer = arena_array (tx_arena (self->tx), (size_t) self->capacity * 2, sizeof *longer);
        memcpy (longer, self->claims, (size_t) self->count * sizeof *longer);
        self->claims = longer;
        self->capacity *= 2;
    }
    self->claims [self->count++] = (claim_t) { kind, resource_id, from_at, to_at };
}

/* What is open in [from_at, to_at), going on from the last claim where that ends. */
static void
s_add_open (claims_t *self, const char *engineer_id, calendar_t *hours, int64_t from_at, int64_t to_at)
{
    int64_t at = from_at;
    for (interval_t open; calendar_each (hours, &at, to_at, &open); ) {
        claim_t *last = self->count ? &self->claims [self->count - 1] : NULL;
        if (last && last->to_at == open.from_at && strcmp (last->resource_id, engineer_id) == 0)
            last->to_at = open.to_at;
        else
            claims_add (self, KIND_ENGINEER, engineer_id, open.from_at, open.to_at);
    }
}

/* Work that goes on for days waits where nobody is let in. No look-up from here on: what is made is not the turn's. */
static void
s_add_pieces (claims_t *self, const claim_t *whole, calendar_t *shift, calendar_t *access)
{
    const visit_proposed_t *visit = self->visit;
    const char *engineer_id = whole->resource_id;
    int64_t work_at = visit->work_starts_at ? visit->work_starts_at : whole->from_at;
    calendar_t *both = access ? calendar_new_intersection (shift, access) : calendar_share (shift);
    s_add_open (self, engineer_id, shift, whole->from_at, work_at);
    s_add_open (self, engineer_id, access && calendar_seal (both) ? shift : both, work_at, whole->to_at);
    calendar_destroy (&both);
}

/* A visit that a shift would break, at lunch or by night, claims what is in the shift: the rest is nobody's business.
 * Whatever lies in one stretch, or outside by the word of a person or the policy, is claimed as it is. */
static void
s_add_stretches (claims_t *self, const claim_t *whole)
{
    const visit_proposed_t *visit = self->visit;
    calendar_t *shift = engineer_shift (self->tx, whole->resource_id);
    calendar_t *access = access_of_order (self->tx, visit->work_order_id);
    int before = self->count;
    if (shift && is_empty (visit->override_reason) && !visit->outside_hours
        && calendar_between (shift, whole->from_at, whole->to_at) < whole->to_at - whole->from_at)
        s_add_pieces (self, whole, shift, access);
    if (self->count == before)
        claims_add (self, KIND_ENGINEER, whole->resource_id, whole->from_at, whole->to_at);
}

static bool
s_refuse (claims_t *self, const char *code, const char *engineer_id, const char *message)
{
    self->refusal.code = code;
    self->refusal.engineer_id = engineer_id;
    self->refusal.message = message;
    return false;
}

static bool
s_is_free (claims_t *self, const claim_t *claim)
{
    absence_t *absence = absence_in (self->tx, claim->resource_id, claim->from_at, claim->to_at);
    booking_t *other = booking_in (self->tx, KIND_ENGINEER, claim->resource_id, claim->from_at, claim->to_at,
        self->visit->visit_id);
    if (absence)
        return s_refuse (self, "absence", claim->resource_id, tx_printf (self->tx, "engineer %s is away (%s)",
            claim->resource_id, absence->id));
    if (other)
        return s_refuse (self, "overlap", claim->resource_id, tx_printf (self->tx,
            "engineer %s has visit %s in that time", claim->resource_id, other->visit_id));
    return true;
}

/* The work of every stretch lies where one is let in. */
static bool
s_is_let_in (claims_t *self)
{
    calendar_t *access = access_of_order (self->tx, self->visit->work_order_id);
    int64_t work_starts_at = self->visit->work_starts_at ? self->visit->work_starts_at : self->visit->starts_at;
    for (int i = 0; i < self->count; i++) {
        const claim_t *claim = &self->claims [i];
        int64_t from_at = claim->from_at > work_starts_at ? claim->from_at : work_starts_at;
        if (access && claim->to_at > from_at
            && calendar_between (access, from_at, claim->to_at) < claim->to_at - from_at) {
            self->refusal.for_everyone = true;
            return s_refuse (self, "access", "", tx_printf (self->tx, "nobody is let in for order %s in that time",
                self->visit->work_order_id));
        }
    }
    return true;
}

/* Begins and ends in the shift. What is between may be lunch, or the nights of a job of several days. */
static bool
s_is_in_shift (claims_t *self, const claim_t *whole)
{
    calendar_t *shift = engineer_shift (self->tx, whole->resource_id);
    return !shift || (calendar_is_open (shift, whole->from_at) && calendar_is_open (shift, whole->to_at - 1))
        || s_refuse (self, "off_shift", whole->resource_id, tx_printf (self->tx,
            "engineer %s does not work in that time", whole->resource_id));
}

/* The engineer, and those who go with him. */
static claim_t *
s_people (claims_t *self)
{
    const visit_proposed_t *visit = self->visit;
    claim_t *people = arena_array (tx_arena (self->tx), visit->n_crew + 1, sizeof *people);
    people [0] = (claim_t) { KIND_ENGINEER, visit->engineer_id, visit->starts_at, visit->ends_at };
    for (size_t i = 0; i < visit->n_crew; i++)
        people [i + 1] = (claim_t) { KIND_ENGINEER, visit->crew [i]->engineer_id, visit->crew [i]->starts_at,
            visit->crew [i]->ends_at };
    return people;
}

bool
claims_collect (tx_t *tx, const visit_proposed_t *visit, claims_t *ret_claims)
{
    *ret_claims = (claims_t) { .tx = tx, .visit = visit, .capacity = CLAIMS_USUAL };
    ret_claims->claims = ret_claims->usual;
    bool overtime = !is_empty (visit->override_reason);         /* a person's word */
    work_order_t *order = tx_get (tx, work_order, visit->work_order_id);
    blob_t known = order ? order->created : (blob_t) { NULL, 0 };
    const work_order_created_t *created = tx_unpack (tx, work_order_created, known);
    const claim_t *people = s_people (ret_claims);
    tx_expect (tx, site, created->site_id);
    tx_expect (tx, asset, created->asset_id);
    ret_claims->type = created->type;
    for (size_t i = 0; i <= visit->n_crew; i++)
        s_add_stretches (ret_claims, &people [i]);
    for (int i = 0; i < ret_claims->count; i++)
        if (!s_is_free (ret_claims, &ret_claims->claims [i]))
            return false;
    if (!overtime && !s_is_let_in (ret_claims))
        return false;
    for (size_t i = 0; i <= visit->n_crew && !overtime && !visit->outside_hours; i++)
        if (!s_is_in_shift (ret_claims, &people [i]))
            return false;
    return tool_claim_all (ret_claims, created);
}
