/* submit - from what a channel sends to a request, or to a refusal that says why. */
#include "intake.h"

#include <stdarg.h>

ENTITY_TABLE (external_message, EXTERNAL_MESSAGE_FIELDS, NULL);

enum { EXTERNAL_ID_MAX = 200, TEXT_MAX = 10000, PHONE_MAX = 40, FAULT_CODE_MAX = 64 };
enum { ATTACHMENTS_MAX = 20, ATTACHMENT_MAX = 500, ID_MAX = 100, AHEAD_MAX_MS = 5 * MINUTE_MS };

static bool s_refuse (tx_t *tx, const submit_service_request_t *command, const char *code,
    const char *format, ...) __attribute__ ((format (printf, 4, 5)));

/* The sender gets the answer, everybody else the event: a channel that only listens must learn of
 * it too. Always false. */
static bool
s_refuse (tx_t *tx, const submit_service_request_t *command, const char *code, const char *format,
    ...)
{
    va_list arguments;
    va_start (arguments, format);
    char *message = arena_vprintf (tx_arena (tx), format, arguments);
    va_end (arguments);
    tx_reject (tx, code, "%s", message);
    tx_emit (tx,
        service_request_rejected (.command_id = tx_message_id (tx), .channel = command->channel,
            .external_id = command->external_id, .code = (char *) code, .message = message));
    return false;
}

/* Tab and line ends are text; other control characters break terminals and printed reports. */
static bool
s_is_text (const char *value)
{
    for (; *value; value++)
        if (((unsigned char) *value < 0x20 && !strchr ("\t\n\r", *value)) || *value == 0x7F)
            return false;
    return true;
}

static bool
s_text_is_valid (tx_t *tx, const submit_service_request_t *command, const char *field,
    const char *value, size_t max)
{
    char *code = tx_printf (tx, "%s.invalid", field);
    if (strlen (value) > max)
        return s_refuse (tx, command, code, "%s has %zu bytes: give at most %zu", field,
            strlen (value), max);
    return s_is_text (value)
        || s_refuse (tx, command, code, "%s contains control characters: send plain text", field);
}

static bool
s_sizes_are_valid (tx_t *tx, const submit_service_request_t *command)
{
    const struct { const char *field, *value; size_t max; } texts [] = {
        { "external_id", command->external_id, EXTERNAL_ID_MAX }, { "text", command->text, TEXT_MAX },
        { "contact_phone", command->contact_phone, PHONE_MAX }, { "serial", command->serial, ID_MAX },
        { "fault_code", command->fault_code, FAULT_CODE_MAX }, { "customer_id", command->customer_id, ID_MAX },
        { "site_id", command->site_id, ID_MAX }, { "asset_id", command->asset_id, ID_MAX } };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!s_text_is_valid (tx, command, texts [i].field, texts [i].value, texts [i].max))
            return false;
    if (command->n_attachments > ATTACHMENTS_MAX)
        return s_refuse (tx, command, "attachments.invalid", "%zu attachments: give at most %d",
            command->n_attachments, ATTACHMENTS_MAX);
    for (size_t i = 0; i < command->n_attachments; i++)
        if (!s_text_is_valid (tx, command, "attachments", command->attachments [i], ATTACHMENT_MAX))
            return false;
    return true;
}

static bool
s_is_valid (tx_t *tx, const submit_service_request_t *command)
{
    if (!command->channel
        || !protobuf_c_enum_descriptor_get_value (&channel_descriptor, (int) command->channel))
        return s_refuse (tx, command, "channel.invalid",
            "channel %d is not known: say by which one it came", (int) command->channel);
    if (is_empty (command->external_id) || strlen (command->external_id) > EXTERNAL_ID_MAX)
        return s_refuse (tx, command, "external_id.invalid",
            "external_id has %zu bytes: give its id in the channel, 1 to %d",
            strlen (command->external_id), EXTERNAL_ID_MAX);
    if (!command->type
        || !protobuf_c_enum_descriptor_get_value (&request_type_descriptor, (int) command->type))
        return s_refuse (tx, command, "type.invalid",
            "request type %d is not known: say what is asked for", (int) command->type);
    if (command->fault_level_hint < 0 || command->fault_level_hint > 4)
        return s_refuse (tx, command, "fault_level_hint.invalid",
            "fault level %d: give 1 to 4, or 0 for none", command->fault_level_hint);
    if (command->reported_at < 0 || command->reported_at > tx_now (tx) + AHEAD_MAX_MS)
        return s_refuse (tx, command, "reported_at.invalid",
            "reported_at %lld is not in the past: set the sender's clock",
            (long long) command->reported_at);
    return s_sizes_are_valid (tx, command);
}

/* By id, else by serial; a serial that several models share is told apart by the customer. */
static bool
s_find_asset (tx_t *tx, const submit_service_request_t *command, asked_t *asked)
{
    if (*command->asset_id) {
        asked->asset = tx_get (tx, asset, command->asset_id);
        return asked->asset
            || s_refuse (tx, command, "asset.unknown", "no asset %s: register it first",
                command->asset_id);
    }
    if (is_empty (command->serial))
        return true;
    customer_t *owner = customer_get (tx, command->customer_id);
    int found = 0;
    EACH (asset, asset, tx_find (tx, asset, serial_key, asset_serial_key (tx, command->serial)))
        if (!owner || !strcmp (asset->customer_id, owner->id)) {
            asked->asset = asset;
            found++;
        }
    if (!found)
        return s_refuse (tx, command, "serial.unknown",
            "no asset has serial %s: check it, or register the asset", command->serial);
    return found == 1
        || s_refuse (tx, command, "serial.ambiguous",
            "%d assets have serial %s: give asset_id or customer_id", found, command->serial);
}

static bool
s_find_site (tx_t *tx, const submit_service_request_t *command, asked_t *asked)
{
    const char *asset_site_id = asked->asset ? asked->asset->site_id : "";
    if (*command->site_id && *asset_site_id && strcmp (command->site_id, asset_site_id) != 0)
        return s_refuse (tx, command, "site.mismatch",
            "asset %s stands at site %s, not at %s: move it or leave one out", asked->asset->id,
            asset_site_id, command->site_id);
    const char *site_id = *command->site_id ? command->site_id : asset_site_id;
    asked->site = tx_get (tx, site, site_id);
    return asked->site || is_empty (site_id)
        || s_refuse (tx, command, "site.unknown", "no site %s: register it first", site_id);
}

/* The one customer who calls from this number, directly or through a contact; "" none or several.
 */
static const char *
s_caller (tx_t *tx, const char *contact_phone)
{
    const char *key = phone_key (tx, contact_phone), *caller = "";
    list_t contacts = tx_find (tx, contact, phone_key, key),
           customers = tx_find (tx, customer, phone_key, key);
    EACH (contact, contact, contacts) {
        if (*caller && strcmp (caller, contact->customer_id) != 0)
            return "";
        caller = contact->customer_id;
    }
    EACH (customer, customer, customers) {
        const char *id = is_empty (customer->survivor_id) ? customer->id : customer->survivor_id;
        if (*caller && strcmp (caller, id) != 0)
            return "";
        caller = id;
    }
    return caller;
}

static bool
s_find_customer (tx_t *tx, const submit_service_request_t *command, asked_t *asked)
{
    const char *owner_id = asked->asset ? asked->asset->customer_id
        : asked->site                   ? asked->site->customer_id
                                        : "";
    if (*command->customer_id) {
        asked->customer = customer_get (tx, command->customer_id);
        if (!asked->customer)
            return s_refuse (tx, command, "customer.unknown", "no customer %s: register it first",
                command->customer_id);
        return is_empty (owner_id) || !strcmp (owner_id, asked->customer->id)
            || s_refuse (tx, command, "customer.mismatch", "%s belongs to customer %s, not to %s",
                asked->asset ? asked->asset->id : asked->site->id, owner_id, asked->customer->id);
    }
    asked->customer =
        customer_get (tx, *owner_id ? owner_id : s_caller (tx, command->contact_phone));
    return true;
}

/* What each type can not do without. A question needs nothing: anybody may ask (C15), and want to buy (C16). */
static bool
s_has_what_its_type_needs (tx_t *tx, const submit_service_request_t *command, const asked_t *asked)
{
    const char *type = enum_name (&request_type_descriptor, (int) command->type);
    if (command->type == REQUEST_TYPE_CONSULTATION || command->type == REQUEST_TYPE_QUOTE)
        return true;
    if (!asked->customer)
        return s_refuse (tx, command, "customer.missing",
            "%s needs to know whose it is: give customer, site, asset, serial or the phone of a "
            "contact",
            type);
    if (command->type != REQUEST_TYPE_COMPLAINT && !asked->site)
        return s_refuse (tx, command, "site.missing",
            "%s needs a place: give asset_id, serial or site_id", type);
    return !asked->asset || !asked->asset->retired
        || s_refuse (tx, command, "asset.retired",
            "asset %s is retired: register it as in use first", asked->asset->id);
}

static void
s_open (tx_t *tx, const submit_service_request_t *command, asked_t *asked, const char *key)
{
    int64_t reported_at = command->reported_at ? command->reported_at : tx_time (tx);
    asked->channel = command->channel;
    asked->type = command->type;
    asked->external_id = command->external_id;
    asked->contact_phone = command->contact_phone;
    asked->text = command->text;
    asked->fault_code = command->fault_code;
    asked->level_hint = command->fault_level_hint;
    asked->reported_at = reported_at < tx_now (tx) ? reported_at : tx_now (tx);
    service_request_t *request = request_open (tx, asked);
    if (command->n_attachments)
        request->attachments = tx_pack (tx,
            submit_service_request (.n_attachments = command->n_attachments,
                .attachments = command->attachments));
    tx_put (tx, external_message, { .id = (char *) key, .request_id = request->id });
    tx_accept (tx, request->id);
}

void
on_submit_service_request (tx_t *tx, const submit_service_request_t *command)
{
    if (!s_is_valid (tx, command))
        return;
    const char *key = tx_printf (tx, "%d %s", (int) command->channel, command->external_id);
    tx_expect (tx, asset, command->asset_id);
    tx_expect (tx, site, command->site_id);
    tx_expect (tx, customer, command->customer_id);
    external_message_t *seen = tx_get (tx, external_message, key);
    if (seen)
        return tx_accept (tx, seen->request_id);
    asked_t asked = { .channel = command->channel };
    if (s_find_asset (tx, command, &asked) && s_find_site (tx, command, &asked)
        && s_find_customer (tx, command, &asked) && s_has_what_its_type_needs (tx, command, &asked))
        s_open (tx, command, &asked, key);
}
