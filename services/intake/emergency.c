/* emergency - declared by a person, or by itself at fault level 1 where a plan says so; over when
 * somebody says so. The watchdog calls the people. */
#include "intake.h"

ENTITY_TABLE (emergency, EMERGENCY_FIELDS, "open_request_id");

enum { TEXT_MAX = 2000 };

static void
s_declare (tx_t *tx, const emergency_t *emergency, const char *plan_id,
    emergency_plan_details_t *plan, const emergency_declared_t *about)
{
    emergency_t *row = tx_put (tx, emergency,
        { .id = emergency->id,
            .request_id = emergency->request_id,
            .open_request_id = emergency->request_id,
            .site_id = about->site_id,
            .territory_id = about->territory_id });
    emergency_declared_t event = *about;
    event.emergency_id = row->id;
    event.request_id = row->request_id;
    event.plan_id = (char *) plan_id;
    event.plan = plan;
    event.fault_level = 1;
    event.declared_by = tx_actor (tx);
    event.declared_at = tx_time (tx);
    tx_emit (tx, &event.base);
}

static void
s_end (tx_t *tx, emergency_t *self, const char *reason)
{
    self->open_request_id = "";
    self->ended_at = tx_time (tx);
    tx_emit (tx,
        emergency_ended (.emergency_id = self->id, .request_id = self->request_id,
            .site_id = self->site_id, .territory_id = self->territory_id,
            .reason = (char *) reason, .ended_by = tx_actor (tx), .ended_at = self->ended_at));
}

static emergency_declared_t
s_about_request (const service_request_t *request)
{
    return (emergency_declared_t) { .base = emergency_declared_init,
        .customer_id = request->customer_id,
        .site_id = request->site_id,
        .territory_id = request->territory_id,
        .text = request->note };
}

/* Once for each request: who has ended it does not want it back at the next change of priority. */
void
emergency_consider (tx_t *tx, service_request_t *request)
{
    const char *plan_id;
    emergency_plan_details_t *plan = request->fault_level == 1
        ? emergency_plan_nearest (tx, request->territory_id, true, &plan_id)
        : NULL;
    char *id = tx_printf (tx, "emergency:%s", request->id);
    if (!plan || tx_get (tx, emergency, id))
        return;
    emergency_declared_t about = s_about_request (request);
    about.is_automatic = true;
    request->has_emergency = true;
    s_declare (tx, &(emergency_t) { .id = id, .request_id = request->id }, plan_id, plan, &about);
}

void
emergency_end_of_request (tx_t *tx, const service_request_t *request, const char *reason)
{
    if (request->has_emergency)
        EACH (emergency, emergency, tx_find (tx, emergency, open_request_id, request->id))
            s_end (tx, emergency, reason);
}

/* ---- declared by a person */

static bool
s_is_somewhere (tx_t *tx, const site_t *site, const declare_emergency_t *command)
{
    if (!is_empty (command->site_id) && !site)
        tx_reject (tx, "site.unknown", "no site %s: register it first", command->site_id);
    else if (!is_empty (command->territory_id) && !tx_get (tx, territory, command->territory_id))
        tx_reject (tx, "territory.unknown", "no territory %s: register it first",
            command->territory_id);
    else if (is_empty (command->request_id) && !site && is_empty (command->territory_id))
        tx_reject (tx, "territory_id.missing",
            "nobody knows where emergency %s is: give a request, a site or a territory",
            command->emergency_id);
    else
        return true;
    return false;
}

/* Where it is, and all that is known of it: by the request, else the site, else the territory.
 * False: rejected. */
static bool
s_place (tx_t *tx, const declare_emergency_t *command, emergency_declared_t *ret_about)
{
    site_t *site = tx_get (tx, site, command->site_id);
    if (!s_is_somewhere (tx, site, command))
        return false;
    if (!is_empty (command->request_id)) {
        service_request_t *request = request_known (tx, command->request_id);
        if (request)
            *ret_about = s_about_request (request);
        return request;
    }
    *ret_about = (emergency_declared_t) { .base = emergency_declared_init,
        .customer_id = site ? site->customer_id : "",
        .site_id = site ? site->id : "",
        .territory_id = site ? site->territory_id : command->territory_id };
    return true;
}

static emergency_plan_details_t *
s_plan (tx_t *tx, const declare_emergency_t *command, const char *territory_id,
    const char **ret_id)
{
    emergency_plan_t *named = tx_get (tx, emergency_plan, command->plan_id);
    emergency_plan_details_t *plan =
        named ? tx_unpack (tx, emergency_plan_details, named->details) : NULL;
    *ret_id = command->plan_id;
    if (is_empty (command->plan_id))
        plan = emergency_plan_nearest (tx, territory_id, false, ret_id);
    if (plan && !plan->retired)
        return plan;
    if (is_empty (command->plan_id))
        tx_reject (tx, "plan.none",
            "no emergency plan holds for territory %s: publish one, or name one", territory_id);
    else
        tx_reject (tx, "plan.unknown", "no emergency plan %s, or it is retired: name another",
            command->plan_id);
    return NULL;
}

void
on_declare_emergency (tx_t *tx, const declare_emergency_t *command)
{
    if (!valid_id (tx, "emergency_id", command->emergency_id)
        || !valid_optional_id (tx, "plan_id", command->plan_id)
        || !valid_optional_id (tx, "request_id", command->request_id)
        || !valid_optional_id (tx, "site_id", command->site_id)
        || !valid_optional_id (tx, "territory_id", command->territory_id)
        || !valid_text (tx, "text", command->text, 1, TEXT_MAX))
        return;
    emergency_declared_t about;
    const char *plan_id;
    if (!s_place (tx, command, &about))
        return;
    emergency_plan_details_t *plan = s_plan (tx, command, about.territory_id, &plan_id);
    service_request_t *request = tx_get (tx, service_request, command->request_id);
    if (!plan)
        return;
    tx_accept (tx, command->emergency_id);
    if (tx_get (tx, emergency, command->emergency_id))
        return; /* said twice */
    tx_correlate (tx, request ? request->id : command->emergency_id);
    if (request)
        request->has_emergency = true;
    about.text = command->text;
    s_declare (tx,
        &(emergency_t) { .id = command->emergency_id, .request_id = command->request_id }, plan_id,
        plan, &about);
}

void
on_end_emergency (tx_t *tx, const end_emergency_t *command)
{
    if (!valid_text (tx, "reason", command->reason, 1, 500))
        return;
    emergency_t *emergency = tx_get (tx, emergency, command->emergency_id);
    if (!emergency)
        return tx_reject (tx, "emergency.unknown", "no emergency %s: give the id of its declaration",
            command->emergency_id);
    if (emergency->ended_at)
        return tx_reject (tx, "emergency.ended", "emergency %s is over already", emergency->id);
    tx_accept (tx, emergency->id);
    tx_correlate (tx, is_empty (emergency->request_id) ? emergency->id : emergency->request_id);
    s_end (tx, emergency, command->reason);
}
