/* alarm - what devices say. A thousand repeats are one request with a count, and cost one row. */
#include "intake.h"

ENTITY_TABLE (alarm, ALARM_FIELDS, "open_request_id");

enum { CODE_MAX = 64, COUNT_MAX = 1000000000 };

/* Counts are said at 1, 2, 5, 10, 20, 50 ...: the largest such mark that is not above count. */
static int64_t
s_mark (int64_t count)
{
    static const int steps [] = { 2, 5, 10 };
    int64_t mark = 1, decade = 1;
    for (; count >= 2 * decade; decade *= 10)
        for (size_t i = 0; i < 3; i++)
            if (count >= steps [i] * decade)
                mark = steps [i] * decade;
    return mark;
}

static void
s_say (tx_t *tx, alarm_t *alarm)
{
    alarm->said = alarm->repeats;
    if (is_empty (alarm->request_id))
        tx_emit (tx,
            alarm_suppressed (.device_id = alarm->asset_id, .code = alarm->code,
                .rule_id = alarm->rule_id, .count = alarm->repeats));
    else
        tx_emit (tx,
            alarm_folded (.request_id = alarm->request_id, .device_id = alarm->asset_id,
                .code = alarm->code, .count = alarm->repeats));
}

static void
s_count (tx_t *tx, alarm_t *alarm, int64_t count)
{
    alarm->repeats += count;
    alarm->last_at = tx_now (tx);
    if (s_mark (alarm->repeats) <= alarm->said)
        return;
    tx_correlate (tx, alarm->request_id);
    s_say (tx, alarm);
}

/* Devices know themselves by their id or by the serial on their plate. NULL: rejected. */
static asset_t *
s_device (tx_t *tx, const char *device_id)
{
    if (!valid_text (tx, "device_id", device_id, 1, 100))
        return NULL;
    asset_t *asset = tx_get (tx, asset, device_id);
    if (asset)
        return asset;
    list_t same_serial = tx_find (tx, asset, serial_key, asset_serial_key (tx, device_id));
    if (same_serial.count == 1)
        return same_serial.rows [0];
    if (same_serial.count > 1)
        tx_reject (tx, "device.ambiguous", "%d assets have serial %s: send the asset id",
            same_serial.count, device_id);
    else
        tx_reject (tx, "device.unknown", "no asset has id or serial %s: register it first",
            device_id);
    return NULL;
}

static alarm_t *
s_need (tx_t *tx, const asset_t *asset, const char *code)
{
    alarm_t *alarm = tx_need (tx, alarm, tx_printf (tx, "%s %s", asset->id, code));
    if (is_empty (alarm->asset_id)) {
        alarm->asset_id = asset->id;
        alarm->code = (char *) code;
    }
    return alarm;
}

/* Device clocks are often wrong; a wrong one must not lose the alarm. */
static int64_t
s_reported_at (tx_t *tx, int64_t device_time_at)
{
    int64_t now = tx_now (tx);
    return device_time_at > now - DAY_MS && device_time_at <= now ? device_time_at : now;
}

static service_request_t *
s_open_request (tx_t *tx, asset_t *asset, const raise_alarm_t *command,
    const register_alarm_rule_t *rule)
{
    const char *text = *command->text
        ? command->text
        : tx_printf (tx, "Alarm %s, severity %d", command->code, command->severity);
    return request_open (tx,
        &(asked_t) { .channel = CHANNEL_IOT,
            .type = REQUEST_TYPE_REPAIR,
            .customer = customer_get (tx, asset->customer_id),
            .site = tx_get (tx, site, asset->site_id),
            .asset = asset,
            .external_id = tx_message_id (tx),
            .text = text,
            .fault_code = *rule->fault_code ? rule->fault_code : command->code,
            .reported_at = s_reported_at (tx, command->device_time_at),
            .alarm_rule = rule });
}

/* A worse alarm makes the request it joins as bad as itself, and sends it as far. */
static void
s_worsen (tx_t *tx, service_request_t *request, const char *code, const register_alarm_rule_t *rule)
{
    char *by = tx_printf (tx, "alarm:%s", rule->rule_id),
         *reason = tx_printf (tx, "alarm %s came too", code);
    if (rule->fault_level < request->fault_level)
        triage_set_level (tx, request, rule->fault_level, by, reason);
    if ((int) rule->first_tier > request->tier)
        ladder_climb (tx, request, rule->first_tier, reason);
}

/* The request that this device's alarms belong to: the one there is, woken when it was thought
 * solved, or a new one. */
static service_request_t *
s_request (tx_t *tx, asset_t *asset, const raise_alarm_t *command,
    const register_alarm_rule_t *rule)
{
    service_request_t *request = tx_get (tx, service_request, asset->alarm_request_id);
    if (!request) {
        request = s_open_request (tx, asset, command, rule);
        asset->alarm_request_id = request->id;
        return request;
    }
    tx_correlate (tx, request->id);
    if (request->state == REQUEST_STATE_RESOLVED)
        outcome_reopen (tx, request, tx_printf (tx, "alarm %s came back", command->code));
    s_worsen (tx, request, command->code, rule);
    return request;
}

static void
s_begin (alarm_t *alarm, const char *request_id, const char *rule_id, int64_t now)
{
    alarm->open_request_id = (char *) request_id;
    alarm->settled_at = 0;
    if (alarm->repeats && !strcmp (alarm->request_id, request_id))
        return; /* joins its own request again: the count goes on */
    alarm->request_id = (char *) request_id;
    alarm->rule_id = (char *) rule_id;
    alarm->repeats = alarm->said = 0;
    alarm->first_at = now;
}

static bool
s_is_valid (tx_t *tx, const raise_alarm_t *command)
{
    return valid_text (tx, "code", command->code, 1, CODE_MAX)
        && valid_int (tx, "severity", command->severity, 1, 5)
        && valid_int (tx, "count", command->count, 0, COUNT_MAX)
        && valid_text (tx, "text", command->text, 0, 1000);
}

/* Within the window of the last one while its request is open. Once that is settled the window
 * counts from there, or else a device that never stops would be folded for ever into what is over.
 */
static bool
s_folds (tx_t *tx, const alarm_t *alarm, const register_alarm_rule_t *rule)
{
    int64_t window_ms = rule->fold_window_ms ? rule->fold_window_ms : FOLD_WINDOW_DEFAULT_MS;
    int64_t from_at = alarm->settled_at ? alarm->settled_at : alarm->last_at;
    return alarm->last_at && !is_empty (alarm->request_id) && tx_now (tx) - from_at <= window_ms;
}

/* Within the window nothing is looked at but the device, its alarm and the rules, which are in
 * memory. */
void
on_raise_alarm (tx_t *tx, const raise_alarm_t *command)
{
    if (!s_is_valid (tx, command))
        return;
    asset_t *asset = s_device (tx, command->device_id);
    if (!asset)
        return;
    if (asset->retired)
        return tx_reject (tx, "asset.retired", "asset %s is retired: register it as in use first",
            asset->id);
    const register_alarm_rule_t *rule =
        alarm_rule_match (tx, asset->device_type, command->code, command->severity);
    alarm_t *alarm = s_need (tx, asset, command->code);
    bool folds = s_folds (tx, alarm, rule);
    if (rule->suppressed && !folds)
        s_begin (alarm, "", rule->rule_id, tx_now (tx));
    else if (!folds)
        s_begin (alarm, s_request (tx, asset, command, rule)->id, rule->rule_id, tx_now (tx));
    s_count (tx, alarm, command->count > 1 ? command->count : 1);
    tx_accept (tx, alarm->request_id);
}

/* The next alarm after a clear is a new occurrence, however soon it comes. */
void
on_clear_alarm (tx_t *tx, const clear_alarm_t *command)
{
    if (!valid_text (tx, "code", command->code, 1, CODE_MAX))
        return;
    asset_t *asset = s_device (tx, command->device_id);
    if (!asset)
        return;
    alarm_t *alarm = tx_get (tx, alarm, tx_printf (tx, "%s %s", asset->id, command->code));
    if (!alarm || !alarm->last_at)
        return; /* well already */
    alarm->last_at = 0;
    tx_correlate (tx, alarm->request_id);
    if (alarm->repeats > alarm->said)
        s_say (tx, alarm);
    tx_emit (tx,
        alarm_cleared (.request_id = alarm->request_id, .device_id = asset->id, .code = alarm->code,
            .cleared_at = s_reported_at (tx, command->device_time_at)));
    tx_accept (tx, alarm->request_id);
}

void
alarm_settle (tx_t *tx, const service_request_t *request)
{
    EACH (alarm, alarm, tx_find (tx, alarm, open_request_id, request->id))
        alarm->settled_at = tx_now (tx);
}

void
alarm_release (tx_t *tx, const service_request_t *request)
{
    list_t alarms = tx_find (tx, alarm, open_request_id, request->id);
    asset_t *asset = tx_get (tx, asset, request->asset_id);
    EACH (alarm, alarm, alarms) {
        if (alarm->repeats > alarm->said)
            s_say (tx, alarm);
        alarm->open_request_id = "";
        alarm->settled_at = tx_now (tx);
    }
    if (asset && !strcmp (asset->alarm_request_id, request->id))
        asset->alarm_request_id = "";
}
