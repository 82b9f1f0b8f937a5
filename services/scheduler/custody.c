/* custody.c - who has a tool: issued, handed over, returned, with a log that is only ever added to. */
#include "scheduler.h"
#include "valid.h"
#include <string.h>

enum { LOG_SHOWN_MAX = 50 };

static char *
s_entry_id (tx_t *tx, const tool_t *tool, int64_t number)
{
    return tx_printf (tx, "%s:%lld", tool->id, (long long) number);
}

static tool_t *
s_tool (tx_t *tx, const char *tool_id)
{
    tool_t *tool = tx_get (tx, tool, tool_id);
    if (!tool || tool->version == 0)
        return tx_reject (tx, "tool.unknown", "no tool %s: register it first", tool_id), NULL;
    return tool;
}

static void
s_end_custody (tx_t *tx, const tool_t *tool, int64_t at)
{
    tool_custody_t *last = tool->custodies ? tx_get (tx, tool_custody, s_entry_id (tx, tool, tool->custodies)) : NULL;
    if (last && !last->to_at)
        last->to_at = at;
}

void
on_issue_tool (tx_t *tx, const issue_tool_t *command)
{
    tool_t *tool = s_tool (tx, command->tool_id);
    engineer_t *engineer = tool ? engineer_of_command (tx, command->engineer_id) : NULL;
    if (!engineer || !valid_text (tx, "note", command->note, 0, 500))
        return;
    if (is_empty (tool->open_kind))
        return tx_reject (tx, "tool.retired", "tool %s is retired: register it as active first", tool->id);
    if (strcmp (tool->engineer_id, engineer->id) == 0)
        return tx_reject (tx, "tool.issued", "engineer %s has tool %s already", engineer->id, tool->id);
    const char *from = tool->engineer_id;
    int64_t at = tx_time (tx);
    s_end_custody (tx, tool, at);
    tool->custodies++;
    tx_put (tx, tool_custody, {
        .id = s_entry_id (tx, tool, tool->custodies), .tool_id = tool->id, .engineer_id = engineer->id, .from_at = at,
        .note = command->note });
    tool->engineer_id = engineer->id;
    tool->location_id = "";
    tx_accept (tx, tool->id);
    tx_emit_at (tx, at, tool_issued (
        .tool_id = tool->id, .engineer_id = engineer->id, .from_engineer_id = (char *) from, .issued_at = at,
        .note = command->note));
}

void
on_return_tool (tx_t *tx, const return_tool_t *command)
{
    tool_t *tool = s_tool (tx, command->tool_id);
    if (!tool || !valid_optional_id (tx, "location_id", command->location_id)
        || !valid_text (tx, "note", command->note, 0, 500))
        return;
    if (is_empty (tool->engineer_id))
        return tx_reject (tx, "tool.not_issued", "nobody has tool %s: it is in store", tool->id);
    if (!tx_may_speak_for (tx, tool->engineer_id))
        return tx_reject (tx, "tool.not_yours", "tool %s is with engineer %s, not with %s", tool->id,
            tool->engineer_id, tx_speaker (tx));
    const char *had = tool->engineer_id;
    int64_t at = tx_time (tx);
    s_end_custody (tx, tool, at);
    tool->engineer_id = "";
    tool->location_id = is_empty (command->location_id)
        ? tx_unpack (tx, tool_details, tool->details)->location_id : command->location_id;
    tx_accept (tx, tool->id);
    tx_emit_at (tx, at, tool_returned (
        .tool_id = tool->id, .engineer_id = (char *) had, .location_id = tool->location_id, .returned_at = at,
        .note = command->note));
}

/* ---- asked */

static void
s_show_custody (tx_t *tx, const tool_t *tool, tool_state_t *state)
{
    state->custody = arena_array (tx_arena (tx), LOG_SHOWN_MAX, sizeof *state->custody);
    for (int64_t number = tool->custodies; number > 0 && state->n_custody < LOG_SHOWN_MAX; number--)
        tx_expect (tx, tool_custody, s_entry_id (tx, tool, number));
    for (int64_t number = tool->custodies; number > 0 && state->n_custody < LOG_SHOWN_MAX; number--) {
        const tool_custody_t *entry = tx_get (tx, tool_custody, s_entry_id (tx, tool, number));
        custody_span_t *shown = arena_alloc (tx_arena (tx), sizeof *shown);
        *shown = (custody_span_t) {
            .base = custody_span_init, .engineer_id = entry->engineer_id, .from_at = entry->from_at,
            .to_at = entry->to_at };
        state->custody [state->n_custody++] = shown;
    }
}

static void
s_show_bookings (tx_t *tx, const tool_t *tool, tool_state_t *state)
{
    list_t bookings = tx_find (tx, booking, open_resource_id, tool->id);
    state->bookings = arena_array (tx_arena (tx), (size_t) bookings.count + 1, sizeof *state->bookings);
    EACH (booking, booking, bookings) {
        if (booking->kind != KIND_TOOL)
            continue;
        tool_booking_t *shown = arena_alloc (tx_arena (tx), sizeof *shown);
        *shown = (tool_booking_t) {
            .base = tool_booking_init, .visit_id = booking->visit_id, .work_order_id = booking->work_order_id,
            .from_at = booking->starts_at, .to_at = booking->ends_at };
        state->bookings [state->n_bookings++] = shown;
    }
}

void
on_get_tool (tx_t *tx, const get_tool_t *query)
{
    tool_t *tool = s_tool (tx, query->tool_id);
    if (!tool)
        return;
    tool_state_t state = {
        .base = tool_state_init, .tool_id = tool->id, .details = tx_unpack (tx, tool_details, tool->details),
        .engineer_id = tool->engineer_id, .location_id = tool->location_id };
    s_show_custody (tx, tool, &state);
    s_show_bookings (tx, tool, &state);
    tx_answer (tx, &state.base);
}
