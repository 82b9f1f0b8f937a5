/* report_template - what a report of some kind of work on some kind of device must hold. */
#include "dispatcher.h"
#include <string.h>

ENTITY_CACHED (report_template, REPORT_TEMPLATE_FIELDS, NULL);

enum { QUESTIONS_MAX = 100 };

/* A device type weighs more than a type of work; -1: does not fit. */
static int
s_weight (const report_template_details_t *details, request_type_t type, const char *device_type)
{
    if (details->type && details->type != type)
        return -1;
    if (!is_empty (details->device_type) && strcmp (details->device_type, device_type) != 0)
        return -1;
    return (is_empty (details->device_type) ? 0 : 2) + (details->type ? 1 : 0);
}

const report_template_details_t *
report_template_for (tx_t *tx, request_type_t type, const char *device_type)
{
    const report_template_details_t *best = NULL;
    int best_weight = -1;
    EACH (report_template, template, tx_all (tx, report_template)) {
        const report_template_details_t *details = tx_unpack (tx, report_template_details,
            template->details);
        int weight = s_weight (details, type, device_type);
        if (weight > best_weight) {
            best = details;
            best_weight = weight;
        }
    }
    return best;
}

static bool
s_valid (tx_t *tx, const report_template_details_t *details)
{
    if ((details->type && !valid_enum (tx, "type", &request_type_descriptor, details->type))
        || !valid_text (tx, "device_type", details->device_type, 0, 64)
        || !valid_text (tx, "title", details->title, 0, 200)
        || !valid_int (tx, "questions", (int64_t) details->n_questions, 0, QUESTIONS_MAX))
        return false;
    for (size_t i = 0; i < details->n_questions; i++)
        if (!valid_text (tx, "question", details->questions [i]->question, 1, 500))
            return false;
    return true;
}

void
on_publish_report_template (tx_t *tx, const publish_report_template_t *command)
{
    if (!command->details)
        return tx_reject (tx, "details.missing", "template %s has no details: send them",
            command->template_id);
    if (!valid_id (tx, "template_id", command->template_id) || !s_valid (tx, command->details))
        return;
    report_template_t *template = tx_need (tx, report_template, command->template_id);
    blob_t packed = tx_pack (tx, &command->details->base);
    tx_accept (tx, command->template_id);
    if (template->version && template->details.size == packed.size
        && (packed.size == 0 || memcmp (template->details.data, packed.data, packed.size) == 0))
        return;
    template->details = packed;
    template->version++;
    tx_emit (tx, report_template_published (
        .template_id = template->id, .details = command->details, .version = template->version));
}
