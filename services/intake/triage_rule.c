/* triage_rule - how fault level and needs follow from what a request says. */
#include "intake.h"

#include <strings.h>

ENTITY_CACHED (triage_rule, TRIAGE_RULE_FIELDS, NULL);

static bool
s_is_valid (tx_t *tx, const register_triage_rule_t *rule)
{
    return valid_id (tx, "rule_id", rule->rule_id)
        && valid_int (tx, "order", rule->order, 0, 1000000)
        && (!rule->request_type
            || valid_enum (tx, "request_type", &request_type_descriptor, rule->request_type))
        && valid_text (tx, "fault_code", rule->fault_code, 0, 64)
        && valid_text (tx, "device_type", rule->device_type, 0, 64)
        && valid_text (tx, "keyword", rule->keyword, 0, 100)
        && valid_int (tx, "fault_level", rule->fault_level, 0, 4)
        && valid_ids (tx, "tool_kinds", rule->tool_kinds, rule->n_tool_kinds, TOOL_KINDS_MAX)
        && valid_int (tx, "crew_size", rule->crew_size, 0, CREW_MAX)
        && needs_valid (tx, rule->skills, rule->n_skills, rule->parts, rule->n_parts,
            rule->work_minutes);
}

void
on_register_triage_rule (tx_t *tx, const register_triage_rule_t *command)
{
    if (!s_is_valid (tx, command))
        return;
    triage_rule_t *rule = tx_need (tx, triage_rule, command->rule_id);
    rule->position = command->order;
    rule->rule = tx_pack (tx, &command->base);
    tx_accept (tx, rule->id);
}

/* Equal, or below a wanted family: "E." matches "E.12". */
static bool
s_fault_code_fits (const char *wanted, const char *code)
{
    size_t length = strlen (wanted);
    if (length && wanted [length - 1] == '.')
        return !strncmp (wanted, code, length);
    return !length || !strcmp (wanted, code);
}

/* Case is ignored for ASCII only; other scripts are compared as they are written. */
static bool
s_contains (const char *text, const char *keyword)
{
    size_t length = strlen (keyword);
    if (!length)
        return true;
    for (; *text; text++)
        if (!strncasecmp (text, keyword, length))
            return true;
    return false;
}

/* The first thing that does not fit, in words; NULL: everything fits. */
static char *
s_misfit (tx_t *tx, const register_triage_rule_t *rule, const service_request_t *request,
    const char *device_type)
{
    if (rule->request_type && (int) rule->request_type != request->type)
        return tx_printf (tx, "type is %s, not %s",
            enum_name (&request_type_descriptor, request->type),
            enum_name (&request_type_descriptor, rule->request_type));
    if (*rule->device_type && strcmp (rule->device_type, device_type) != 0)
        return tx_printf (tx, "device type is \"%s\", not %s", device_type, rule->device_type);
    if (!s_fault_code_fits (rule->fault_code, request->fault_code))
        return tx_printf (tx, "fault code is \"%s\", not %s", request->fault_code,
            rule->fault_code);
    if (!s_contains (request->note, rule->keyword))
        return tx_printf (tx, "the text does not say \"%s\"", rule->keyword);
    return NULL;
}

static bool
s_comes_before (const triage_rule_t *left, const triage_rule_t *right)
{
    return !right || left->position < right->position
        || (left->position == right->position && strcmp (left->id, right->id) < 0);
}

/* The rule after this one in the order; NULL begins. There are few: no sorting is worth it. */
static triage_rule_t *
s_next (tx_t *tx, const triage_rule_t *after)
{
    triage_rule_t *next = NULL;
    EACH (triage_rule, rule, tx_all (tx, triage_rule))
        if ((!after || (rule != after && s_comes_before (after, rule)))
            && s_comes_before (rule, next))
            next = rule;
    return next;
}

const register_triage_rule_t *
triage_rule_match (tx_t *tx, const service_request_t *request, const char *device_type,
    trace_t *trace)
{
    for (triage_rule_t *row = s_next (tx, NULL); row; row = s_next (tx, row)) {
        const register_triage_rule_t *rule = tx_unpack (tx, register_triage_rule, row->rule);
        char *misfit = s_misfit (tx, rule, request, device_type);
        trace_add (tx, trace, tx_printf (tx, "triage:%s", row->id), !misfit,
            misfit ? misfit : "type, device, code and text fit");
        if (!misfit)
            return rule;
    }
    return NULL;
}
