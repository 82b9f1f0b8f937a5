/* person - our own people who are no engineers: whom to call, and in which language. */
#include "intake.h"

ENTITY_TABLE (person, PERSON_FIELDS);

static bool
s_is_valid (tx_t *tx, const char *id, const person_details_t *details)
{
    if (!valid_id (tx, "person_id", id))
        return false;
    if (!details)
        return tx_reject (tx, "details.missing", "person %s has no details: give name and phone",
                   id),
               false;
    return valid_text (tx, "name", details->name, 1, 200)
        && valid_text (tx, "phone", details->phone, 0, 40)
        && valid_email (tx, "email", details->email)
        && (!details->language
            || valid_enum (tx, "language", &language_descriptor, (int) details->language))
        && contact_channels_valid (tx, details->channels, details->n_channels)
        && valid_optional_id (tx, "territory_id", details->territory_id)
        && (is_empty (details->time_zone) || valid_zone (tx, "time_zone", details->time_zone));
}

void
on_register_person (tx_t *tx, const register_person_t *command)
{
    const person_details_t *details = command->details;
    if (!s_is_valid (tx, command->person_id, details))
        return;
    if (!is_empty (details->territory_id) && !tx_get (tx, territory, details->territory_id))
        return tx_reject (tx, "territory.unknown", "no territory %s: register it first",
            details->territory_id);
    person_t *person = tx_need (tx, person, command->person_id);
    tx_accept (tx, person->id);
    blob_t packed = tx_pack (tx, &details->base);
    if (blob_same (person->details, packed))
        return;
    person->details = packed;
    person->version++;
    tx_emit (tx,
        person_published (.person_id = person->id, .details = command->details,
            .version = person->version));
}
