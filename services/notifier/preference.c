/* preference.c - how somebody wants to be told. */
#include "notifier.h"
#include <string.h>

enum { TOPICS_MAX = 100, TOPIC_SIZE_MAX = 200 };

ENTITY_CACHED (preference, PREFERENCE_FIELDS);

static bool
s_is_told_by (int channel)
{
    return channel == CHANNEL_EMAIL || channel == CHANNEL_SMS || channel == CHANNEL_WECHAT
        || channel == CHANNEL_ZALO || channel == CHANNEL_WEBHOOK;
}

static bool
s_valid_channels (tx_t *tx, const set_preference_t *command)
{
    unsigned seen = 0;
    for (size_t i = 0; i < command->n_channels; i++) {
        int channel = (int) command->channels [i];
        if (!s_is_told_by (channel))
            return tx_reject (tx, "channel.not_outgoing",
                       "%s is no channel to be told by: choose of EMAIL, SMS, WECHAT, ZALO, "
                       "WEBHOOK",
                       enum_name (&channel_descriptor, channel)),
                   false;
        if (seen & 1u << channel)
            return tx_reject (tx, "channel.twice", "%s is listed twice: name each channel once",
                       enum_name (&channel_descriptor, channel)),
                   false;
        seen |= 1u << channel;
    }
    return true;
}

static bool
s_valid_topics (tx_t *tx, const set_preference_t *command)
{
    if (!valid_int (tx, "muted_topics", (int64_t) command->n_muted_topics, 0, TOPICS_MAX))
        return false;
    for (size_t i = 0; i < command->n_muted_topics; i++) {
        if (!valid_text (tx, "muted_topics", command->muted_topics [i], 1, TOPIC_SIZE_MAX))
            return false;
        if (!topic_is_prefix (command->muted_topics [i]))
            return tx_reject (tx, "topic.unknown",
                       "no event's name begins with \"%s\": use a full name such as %s, or its "
                       "start",
                       command->muted_topics [i], visit_accepted_descriptor.name),
                   false;
    }
    return true;
}

static bool
s_valid_quiet_hours (tx_t *tx, const set_preference_t *command)
{
    if (is_empty (command->quiet_from) && is_empty (command->quiet_to))
        return is_empty (command->time_zone) || valid_zone (tx, "time_zone", command->time_zone);
    if (!valid_clock (tx, "quiet_from", command->quiet_from)
        || !valid_clock (tx, "quiet_to", command->quiet_to))
        return false;
    if (strcmp (command->quiet_from, command->quiet_to) == 0)
        return tx_reject (tx, "quiet_hours.empty",
                   "quiet hours from %s to %s would be none or all: leave both empty for none",
                   command->quiet_from, command->quiet_to),
               false;
    return is_empty (command->time_zone) || valid_zone (tx, "time_zone", command->time_zone);
}

static bool
s_valid (tx_t *tx, const set_preference_t *command)
{
    return valid_id (tx, "recipient_id", command->recipient_id) && s_valid_channels (tx, command)
        && s_valid_topics (tx, command) && s_valid_quiet_hours (tx, command)
        && valid_email (tx, "email", command->email)
        && (command->language == LANGUAGE_UNSPECIFIED
            || valid_enum (tx, "language", &language_descriptor, (int) command->language));
}

void
on_set_preference (tx_t *tx, const set_preference_t *command)
{
    if (!s_valid (tx, command))
        return;
    if (!recipient_find (tx, command->recipient_id))
        return tx_reject (tx, "recipient.unknown",
            "no contact, engineer, person or customer %s (nor manager:<territory>): register him "
            "first",
            command->recipient_id);
    preference_t *row = tx_need (tx, preference, command->recipient_id);
    row->lists = tx_pack (tx,
        &((preference_lists_t) { .base = preference_lists_init,
              .n_channels = command->n_channels,
              .channels = command->channels,
              .n_muted_topics = command->n_muted_topics,
              .muted_topics = command->muted_topics })
             .base);
    row->language = (int) command->language;
    row->quiet_from = command->quiet_from;
    row->quiet_to = command->quiet_to;
    row->time_zone = command->time_zone;
    row->email = command->email;
    tx_accept (tx, row->id);
}

/* A muted topic is an event's name or the start of one: "fettle.scheduler." is all of the
 * scheduler's. */
bool
preference_mutes (tx_t *tx, const preference_t *self, const char *topic)
{
    if (!self)
        return false;
    preference_lists_t *lists = tx_unpack (tx, preference_lists, self->lists);
    for (size_t i = 0; i < lists->n_muted_topics; i++)
        if (strncmp (lists->muted_topics [i], topic, strlen (lists->muted_topics [i])) == 0)
            return true;
    return false;
}
