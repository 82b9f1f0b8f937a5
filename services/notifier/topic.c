/* topic.c - which events people are told of, and who they are. */
#include "notifier.h"
#include <string.h>

static const topic_t s_topics [] = { { &service_request_accepted_descriptor, { AUDIENCE_CUSTOMER },
                                         0 },
    { &waiting_reminder_due_descriptor, { AUDIENCE_CUSTOMER }, 0 },
    { &visit_offered_descriptor, { AUDIENCE_ENGINEER }, 0 },
    { &visit_accepted_descriptor, { AUDIENCE_CUSTOMER }, 0 },
    { &visit_travel_started_descriptor, { AUDIENCE_CUSTOMER }, 0 },
    { &visit_ended_descriptor, { AUDIENCE_CUSTOMER, AUDIENCE_ENGINEER }, 0 },
    { &visit_moved_descriptor, { AUDIENCE_CUSTOMER, AUDIENCE_ENGINEER }, 0 },
    { &visit_offer_lost_descriptor, { AUDIENCE_ENGINEER }, 0 },
    { &crew_called_descriptor, { AUDIENCE_ENGINEER }, 0 },
    { &crew_released_descriptor, { AUDIENCE_ENGINEER }, 0 },
    { &service_report_signed_descriptor, { AUDIENCE_CUSTOMER }, TOPIC_DOCUMENT },
    { &invoice_issued_descriptor, { AUDIENCE_CUSTOMER }, TOPIC_DOCUMENT | TOPIC_BILLING },
    { &occurrence_generated_descriptor, { AUDIENCE_CUSTOMER, AUDIENCE_MANAGER }, TOPIC_MANAGERS },
    { &maintenance_reminder_due_descriptor, { AUDIENCE_CUSTOMER }, TOPIC_MANAGERS },
    { &contract_expiry_notice_due_descriptor, { AUDIENCE_CUSTOMER }, TOPIC_BILLING },
    { &dispatch_failed_descriptor, { AUDIENCE_MANAGER }, 0 },
    { &reservation_short_descriptor, { AUDIENCE_MANAGER }, 0 },
    { &stock_low_descriptor, { AUDIENCE_MANAGER }, 0 },
    { &sla_warned_descriptor, { AUDIENCE_MANAGER }, 0 },
    { &sla_breached_descriptor, { AUDIENCE_MANAGER }, 0 },
    { &sla_breach_retracted_descriptor, { AUDIENCE_MANAGER }, 0 },
    { &alert_raised_descriptor, { AUDIENCE_MANAGER }, 0 },
    { &sla_escalated_descriptor, { AUDIENCE_PERSON }, 0 },
    { &sla_escalation_unattended_descriptor, { AUDIENCE_MANAGER }, 0 },
    { &emergency_declared_descriptor, { AUDIENCE_MANAGER }, 0 },
    { &emergency_ended_descriptor, { AUDIENCE_MANAGER }, 0 }, { NULL, { NULL }, 0 } };

const topic_t *
topic_find (const char *name)
{
    for (const topic_t *topic = s_topics; topic->type; topic++)
        if (strcmp (topic->type->name, name) == 0)
            return topic;
    return NULL;
}

bool
topic_has_audience (const topic_t *self, const char *audience)
{
    for (int i = 0; self->audiences [i]; i++)
        if (strcmp (self->audiences [i], audience) == 0)
            return true;
    return false;
}

/* Our own events are left out: telling a webhook that it was told would never end. */
bool
topic_is_prefix (const char *prefix)
{
    for (const ProtobufCMessageDescriptor *const *type = registry_all; *type; type++)
        if (strncmp ((*type)->name, prefix, strlen (prefix)) == 0
            && strncmp ((*type)->package_name, "fettle.notifier.", 16) != 0)
            return true;
    return false;
}
