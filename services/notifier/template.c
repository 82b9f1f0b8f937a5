/* template.c - the texts, one for each topic, audience and language. */
#include "notifier.h"
#include "common/template.h"
#include <string.h>

enum { SUBJECT_MAX = 500, BODY_MAX = 20000 };

ENTITY_CACHED (template, TEMPLATE_FIELDS);

static char *
s_id (tx_t *tx, const char *topic, const char *audience, int language)
{
    const char *name = enum_name (&language_descriptor, language);
    return tx_printf (tx, "%s:%s:%s", topic, audience, strrchr (name, '_') + 1);
}

/* Mistakes in a text are found when it is published, not at night when it is needed. */
static bool
s_valid_mustache (tx_t *tx, const char *field, const char *text)
{
    char error [256];
    template_options_t options = { .escape = TEMPLATE_PLAIN };
    if (template_render (tx_arena (tx), text, NULL, &options, error))
        return true;
    tx_reject (tx, "template.invalid", "%s is not Mustache: %s", field, error);
    return false;
}

static bool
s_valid_purpose (tx_t *tx, const publish_template_t *command)
{
    const topic_t *topic = topic_find (command->topic);
    if (!topic)
        return tx_reject (tx, "topic.unknown",
                   "nobody is told of \"%s\": use the full name of an event that people are told "
                   "of, such as %s",
                   command->topic, visit_accepted_descriptor.name),
               false;
    if (!topic_has_audience (topic, command->audience))
        return tx_reject (tx, "audience.unknown",
                   "%s is not told to \"%s\": it is told to \"%s\"%s%s", command->topic,
                   command->audience, topic->audiences [0], topic->audiences [1] ? " and " : "",
                   topic->audiences [1] ? topic->audiences [1] : ""),
               false;
    return true;
}

void
on_publish_template (tx_t *tx, const publish_template_t *command)
{
    if (!s_valid_purpose (tx, command)
        || !valid_enum (tx, "language", &language_descriptor, (int) command->language)
        || !valid_text (tx, "subject", command->subject, 0, SUBJECT_MAX)
        || !valid_text (tx, "body", command->body, 0, BODY_MAX)
        || !s_valid_mustache (tx, "subject", command->subject)
        || !s_valid_mustache (tx, "body", command->body))
        return;
    char *id = s_id (tx, command->topic, command->audience, (int) command->language);
    if (!is_empty (command->template_id) && strcmp (command->template_id, id) != 0)
        return tx_reject (tx, "template.other_id",
            "the template for this is %s, not %s: leave template_id empty", id,
            command->template_id);
    template_t *row = tx_need (tx, template, id);
    row->topic = command->topic;
    row->audience = command->audience;
    row->language = (int) command->language;
    row->subject = command->subject;
    row->body = command->body;
    tx_accept (tx, row->id);
}

/* The first language for which there is a text; NULL when there is none, or when it is empty: then
 * nobody is to be told. */
template_t *
template_find (tx_t *tx, const char *topic, const char *audience, const int languages [3])
{
    for (int i = 0; i < 3; i++) {
        if (languages [i] == LANGUAGE_UNSPECIFIED)
            continue;
        template_t *row = tx_get (tx, template, s_id (tx, topic, audience, languages [i]));
        if (row)
            return is_empty (row->body) ? NULL : row;
    }
    return NULL;
}
