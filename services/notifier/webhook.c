/* webhook.c - programs that want to be told by HTTP: of events by the start of their names, or of
 * one recipient's messages. */
#include "notifier.h"
#include "base64.h"
#include "calendar/date.h"
#include "delivery_config.h"
#include "json.h"
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { URL_MAX = 2000, SECRET_MIN = 24, SECRET_MAX = 64, PREFIX_MAX = 200 };

#define SECRET_PREFIX "whsec_"

ENTITY_CACHED (webhook, WEBHOOK_FIELDS);

/* ---- registering */

/* Who may be reached is decided when the address is known, at each delivery; here only what can
 * never be right is refused. */
static bool
s_valid_url (tx_t *tx, const char *url)
{
    if (!valid_text (tx, "url", url, 1, URL_MAX))
        return false;
    bool is_plain = strncmp (url, "http://", 7) == 0;
    if (strncmp (url, "https://", 8) != 0
        && !(is_plain && delivery_config ()->webhook_allow_private))
        return tx_reject (tx, "url.not_https",
                   "%s does not begin with https://: events must not travel in clear", url),
               false;
    const char *host = strstr (url, "://") + 3;
    size_t host_size = strcspn (host, "/?#");
    if (host_size == 0 || memchr (host, '@', host_size))
        return tx_reject (tx, "url.invalid", "%s must name a host and no user", url), false;
    for (const char *at = url; *at; at++)
        if ((unsigned char) *at <= ' ' || (unsigned char) *at > 126)
            return tx_reject (tx, "url.invalid",
                       "%s has a space or a character that must be written as %%XX", url),
                   false;
    return true;
}

static bool
s_valid_secret (tx_t *tx, const char *secret)
{
    size_t size = 0;
    if (strncmp (secret, SECRET_PREFIX, strlen (SECRET_PREFIX)) == 0
        && base64_decode (tx_arena (tx), secret + strlen (SECRET_PREFIX), &size)
        && size >= SECRET_MIN && size <= SECRET_MAX)
        return true;
    tx_reject (tx, "secret.invalid",
        "the secret must be \"" SECRET_PREFIX "\" and %d to %d random bytes in base64", SECRET_MIN,
        SECRET_MAX);
    return false;
}

static bool
s_valid_subject (tx_t *tx, const register_webhook_t *command)
{
    if (!is_empty (command->recipient_id)) {
        if (!valid_id (tx, "recipient_id", command->recipient_id))
            return false;
        if (!recipient_find (tx, command->recipient_id))
            return tx_reject (tx, "recipient.unknown",
                       "no contact, engineer or customer %s (nor manager:<territory>)",
                       command->recipient_id),
                   false;
        return true;
    }
    if (!valid_text (tx, "topic_prefix", command->topic_prefix, 0, PREFIX_MAX))
        return false;
    if (!topic_is_prefix (command->topic_prefix))
        return tx_reject (tx, "topic.unknown",
                   "no event of another service begins with \"%s\": use the start of a full name "
                   "such as %s",
                   command->topic_prefix, visit_accepted_descriptor.name),
               false;
    return true;
}

void
on_register_webhook (tx_t *tx, const register_webhook_t *command)
{
    if (!valid_id (tx, "webhook_id", command->webhook_id) || !s_valid_url (tx, command->url)
        || !s_valid_secret (tx, command->secret) || !s_valid_subject (tx, command))
        return;
    webhook_t *row = tx_need (tx, webhook, command->webhook_id);
    if (is_empty (row->url))
        row->registered_at = tx_now (tx);
    row->url = command->url;
    row->secret = command->secret;
    row->topic_prefix = command->topic_prefix;
    row->recipient_id = command->recipient_id;
    row->disabled = command->disabled;
    tx_accept (tx, row->id);
}

/* ---- telling */

static char *
s_iso_8601 (tx_t *tx, int64_t at)
{
    char date [DATE_TEXT_SIZE];
    int64_t time_ms = at % DATE_DAY_MS;
    date_format ((int32_t) (at / DATE_DAY_MS), date);
    return tx_printf (tx, "%sT%02d:%02d:%02d.%03dZ", date, (int) (time_ms / 3600000),
        (int) (time_ms / 60000 % 60), (int) (time_ms / 1000 % 60), (int) (time_ms % 1000));
}

/* "fettle.sla_watchdog.v1" -> "/fettle/sla-watchdog" */
static char *
s_source (tx_t *tx, const char *package)
{
    const char *name = strchr (package, '.') + 1;
    char *source = tx_printf (tx, "/fettle/%.*s", (int) strcspn (name, "."), name);
    for (char *at = source; *at; at++)
        if (*at == '_')
            *at = '-';
    return source;
}

/* Source: CloudEvents 1.0.2, JSON event format. */
char *
webhook_cloud_event (tx_t *tx, const char *id, const char *source, const char *subject,
    int64_t happened_at, const ProtobufCMessage *data)
{
    char *time = s_iso_8601 (tx, happened_at);
    json_t *event = json_pack ("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "specversion",
        "1.0", "id", id, "source", source, "type", data->descriptor->name, "subject", subject,
        "time", time, "datacontenttype", "application/json", "correlationid", tx_correlation (tx),
        "actor", tx_actor (tx), "data", json_value_from_message (data, 0));
    char *text = json_print (tx_arena (tx), event, 0);
    json_decref (event);
    return text;
}

/* Not what is older than itself, as it comes when the notifier is made again from the first event. */
static bool
s_wants (tx_t *tx, const webhook_t *webhook, const char *topic)
{
    return !webhook->disabled && is_empty (webhook->recipient_id) && tx_recorded (tx) >= webhook->registered_at
        && strncmp (topic, webhook->topic_prefix, strlen (webhook->topic_prefix)) == 0;
}

bool
webhook_is_wanted (tx_t *tx, const char *topic)
{
    EACH (webhook, webhook, tx_all (tx, webhook))
        if (s_wants (tx, webhook, topic))
            return true;
    return false;
}

void
webhook_publish (tx_t *tx, const ProtobufCMessage *event)
{
    const char *topic = event->descriptor->name, *body = NULL;
    EACH (webhook, webhook, tx_all (tx, webhook)) {
        if (!s_wants (tx, webhook, topic))
            continue;
        if (!body)
            body = webhook_cloud_event (tx, tx_message_id (tx),
                s_source (tx, event->descriptor->package_name),
                facts_text (event, event->descriptor->fields [0].name), tx_time (tx), event);
        message_queue_raw (tx, webhook, topic, body);
    }
}
