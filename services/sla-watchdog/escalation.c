/* escalation - people are called one after the other until enough of them have answered: for a promise in danger, a
 * request in the night, an emergency. Who is called is found when he is called, so that duties and absences count as
 * they are then. */
#include <string.h>

#include "promise.h"
#include "valid.h"

/* Steps that were climbed before people were called by name have none. */
static escalation_standing_t *
s_standing (tx_t *tx, const escalation_t *self)
{
    escalation_standing_t *standing = tx_unpack (tx, escalation_standing, self->standing);
    if (!standing->about) {
        standing->about = arena_alloc (tx_arena (tx), sizeof *standing->about);
        *standing->about = (sla_escalated_t) {
            .base = sla_escalated_init, .escalation_id = self->id, .clock_id = self->clock_id, .case_id = self->case_id,
            .step_id = self->step_id, .role = self->role };
    }
    return standing;
}

static void
s_correlate (tx_t *tx, const escalation_standing_t *standing)
{
    const sla_escalated_t *about = standing->about;
    tx_correlate (tx, is_empty (about->case_id) ? about->escalation_id : about->case_id);
}

static escalation_call_t *
s_call_of (const escalation_standing_t *standing, const char *person_id)
{
    for (size_t i = 0; i < standing->n_calls; i++)
        if (strcmp (standing->calls [i]->person_id, person_id) == 0)
            return standing->calls [i];
    return NULL;
}

static int64_t
s_answers (const escalation_standing_t *standing)
{
    int64_t count = 0;
    for (size_t i = 0; i < standing->n_calls; i++)
        count += standing->calls [i]->acknowledged_at != 0;
    return count;
}

/* The members who are not away, else the people on call for the role: the first who was not called yet, or NULL. */
static const char *
s_next_person (tx_t *tx, const escalation_t *self, const escalation_standing_t *standing)
{
    on_call_t people [ON_CALL_MAX];
    for (size_t i = 0; i < standing->n_member_ids; i++) {
        const char *member_id = standing->member_ids [i];
        if (!s_call_of (standing, member_id) && !roster_is_absent (tx, member_id, tx_now (tx)))
            return member_id;
    }
    if (standing->n_member_ids)
        return NULL;
    int count = roster_people (tx, standing->about->territory_id, self->role, tx_now (tx), people);
    for (int i = 0; i < count; i++)
        if (!s_call_of (standing, people [i].person_id))
            return people [i].person_id;
    return NULL;
}

static void
s_note_call (tx_t *tx, escalation_standing_t *standing, const char *person_id)
{
    escalation_call_t **calls = arena_array (tx_arena (tx), standing->n_calls + 1, sizeof *calls);
    escalation_call_t *call = arena_alloc (tx_arena (tx), sizeof *call);
    for (size_t i = 0; i < standing->n_calls; i++)
        calls [i] = standing->calls [i];
    *call = (escalation_call_t) {
        .base = escalation_call_init, .person_id = (char *) person_id, .called_at = tx_now (tx),
        .acknowledged_by = "" };
    calls [standing->n_calls++] = call;
    standing->calls = calls;
}

/* person NULL: nobody is there. The step is said all the same, for programs that know roles of their own. */
static void
s_call (tx_t *tx, escalation_t *self, escalation_standing_t *standing, const char *person_id)
{
    sla_escalated_t *about = standing->about;
    about->is_repeated |= s_answers (standing) < (int64_t) standing->n_calls;
    about->person_id = person_id ? (char *) person_id : "";
    about->acknowledge_until = self->acknowledge_until = self->within_ms ? tx_now (tx) + self->within_ms : 0;
    if (person_id)
        s_note_call (tx, standing, person_id);
    self->standing = tx_pack (tx, &standing->base);
    tx_emit (tx, &about->base);
    if (self->acknowledge_until)
        tx_timer_set (tx, "escalation", self->id, self->acknowledge_until);
}

static void
s_say_unattended (tx_t *tx, const escalation_t *self, const escalation_standing_t *standing)
{
    const sla_escalated_t *about = standing->about;
    tx_emit (tx, sla_escalation_unattended (
        .escalation_id = self->id, .case_id = self->case_id, .role = self->role, .called = (int32_t) standing->n_calls,
        .cause = about->cause, .fault_level = about->fault_level, .territory_id = about->territory_id,
        .customer_id = about->customer_id, .emergency_id = about->emergency_id, .site_id = about->site_id));
}

void
escalation_begin (tx_t *tx, escalation_t *self, const sla_escalated_t *about, char **member_ids, size_t member_count)
{
    sla_escalated_t first = *about;
    first.escalation_id = self->id;
    escalation_standing_t standing = {
        .base = escalation_standing_init, .escalation_id = self->id, .member_ids = member_ids,
        .n_member_ids = member_count, .about = &first, .acknowledgements_needed = (int32_t) self->needed };
    self->began_at = tx_now (tx);
    const char *person_id = s_next_person (tx, self, &standing);
    s_call (tx, self, &standing, person_id);
    if (!person_id)
        s_say_unattended (tx, self, &standing);
}

/* The next person, else the next step, else nobody is left. */
void
on_escalation (tx_t *tx, const wakeup_t *wakeup)
{
    escalation_t *self = tx_get (tx, escalation, wakeup->id);
    if (!self || self->acknowledged_at)
        return;
    if (is_after_a_stop (wakeup, self->acknowledge_until))
        return tx_timer_set (tx, "escalation", self->id, wake_at (tx, self->acknowledge_until));
    tx_expect (tx, sla_case, self->case_id);
    escalation_standing_t *standing = s_standing (tx, self);
    if (escalation_is_moot (tx, self))
        return;
    s_correlate (tx, standing);
    const char *person_id = s_next_person (tx, self, standing);
    if (person_id)
        s_call (tx, self, standing, person_id);
    else if (!escalation_climb_on (tx, self) && standing->n_calls)
        s_say_unattended (tx, self, standing);
}

/* ---- they answer */

/* "engineer:li-wei" is li-wei. */
static const char *
s_sender (tx_t *tx)
{
    const char *colon = strchr (tx_actor (tx), ':');
    return colon ? colon + 1 : tx_actor (tx);
}

/* Whose call this answers: his who is named, else the sender's, else the last one. NULL: nobody was called. */
static escalation_call_t *
s_answered_call (tx_t *tx, const escalation_standing_t *standing, const char *person_id)
{
    escalation_call_t *call = s_call_of (standing, is_empty (person_id) ? s_sender (tx) : person_id);
    if (!call && is_empty (person_id) && standing->n_calls)
        call = standing->calls [standing->n_calls - 1];
    return call;
}

static void
s_end (tx_t *tx, escalation_t *self, int64_t ended_at)
{
    self->acknowledged_at = ended_at;
    tx_timer_clear (tx, "escalation", self->id);
}

/* Enough have answered; or one is not enough, and the next is called now and not when his time is over. */
static void
s_go_on (tx_t *tx, escalation_t *self, escalation_standing_t *standing)
{
    if (s_answers (standing) >= self->needed || !standing->n_calls)
        return s_end (tx, self, tx_time (tx));
    const char *person_id = standing->calls [standing->n_calls - 1]->acknowledged_at
        ? s_next_person (tx, self, standing) : NULL;
    if (person_id)
        s_call (tx, self, standing, person_id);
}

static void
s_acknowledge (tx_t *tx, escalation_t *self, escalation_standing_t *standing, escalation_call_t *call)
{
    if (call) {
        call->acknowledged_at = tx_time (tx);
        call->acknowledged_by = tx_actor (tx);
    }
    if (!self->acknowledged_at)
        self->acknowledged_by = tx_actor (tx);
    self->standing = tx_pack (tx, &standing->base);
    tx_emit (tx, sla_escalation_acknowledged (
        .escalation_id = self->id, .clock_id = self->clock_id, .case_id = self->case_id, .step_id = self->step_id,
        .acknowledged_by = tx_actor (tx), .acknowledged_at = tx_time (tx),
        .person_id = call ? call->person_id : "", .emergency_id = standing->about->emergency_id));
    if (!self->acknowledged_at)
        s_go_on (tx, self, standing);
}

/* Who answers when the calls are over already is kept too: he is on his way. */
void
on_acknowledge_escalation (tx_t *tx, const acknowledge_escalation_t *command)
{
    escalation_t *self = tx_get (tx, escalation, command->escalation_id);
    if (!self)
        return tx_reject (tx, "escalation.unknown", "no escalation %s: give the id of SlaEscalated",
            command->escalation_id);
    escalation_standing_t *standing = s_standing (tx, self);
    if (!is_empty (command->person_id) && !s_call_of (standing, command->person_id))
        return tx_reject (tx, "escalation.not_called", "%s was not called for escalation %s: name one who was",
            command->person_id, self->id);
    tx_accept (tx, self->id);
    escalation_call_t *call = s_answered_call (tx, standing, command->person_id);
    if (call ? call->acknowledged_at != 0 : self->acknowledged_at != 0)
        return;                             /* said twice */
    s_correlate (tx, standing);
    s_acknowledge (tx, self, standing, call);
}

void
on_get_escalation (tx_t *tx, const get_escalation_t *query)
{
    escalation_t *self = tx_get (tx, escalation, query->escalation_id);
    if (!self)
        return tx_reject (tx, "escalation.unknown", "no escalation %s: give the id of SlaEscalated, or that of the "
            "emergency", query->escalation_id);
    escalation_standing_t *standing = s_standing (tx, self);
    standing->ended_at = self->acknowledged_at;
    tx_answer (tx, &standing->base);
}

/* ---- emergencies: the id of the calls is the emergency's */

void
on_emergency_declared (tx_t *tx, const emergency_declared_t *event)
{
    const emergency_plan_details_t *plan = event->plan;
    if (!plan || tx_get (tx, escalation, event->emergency_id))
        return;
    escalation_t *self = tx_put (tx, escalation, {
        .id = event->emergency_id, .case_id = "", .role = plan->role,
        .within_ms = plan->acknowledge_within_minutes * INT64_C (60000),
        .needed = plan->acknowledgements ? plan->acknowledgements : 1
    });
    sla_escalated_t about = {
        .base = sla_escalated_init, .case_id = event->request_id, .role = plan->role,
        .fault_level = event->fault_level, .territory_id = event->territory_id,
        .customer_id = event->customer_id, .cause = ESCALATION_CAUSE_EMERGENCY, .emergency_id = event->emergency_id,
        .site_id = event->site_id, .text = event->text, .document = plan->document
    };
    escalation_begin (tx, self, &about, plan->member_ids, plan->n_member_ids);
}

void
on_emergency_ended (tx_t *tx, const emergency_ended_t *event)
{
    escalation_t *self = tx_get (tx, escalation, event->emergency_id);
    if (self && !self->acknowledged_at)
        s_end (tx, self, event->ended_at ? event->ended_at : tx_time (tx));
}
