/* context.c - what a template can speak of: the event as JSON with its values as people read them,
 * and the things around it.
 *
 * The event's own fields are at the top: {{reason}}, {{workStartsAt}} (local time in words),
 * {{totalMinor}} (an amount of the message's currency), {{dueOn}}, {{lateByMs}} (a duration),
 * {{milestone}} (a word). Around it: recipient, customer, site, asset, territory, engineer,
 * location, item, request, workOrder, visit, report, urgent.
 *
 * jansson's values live outside the turn's memory, so no row may be looked up from here on: that
 * could leave this file by a long jump and lose them. */
#include "notifier.h"
#include "common/template.h"
#include "json.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
    arena_t *arena;
    int language;
    const char *zone;
    item_t **items;
} reader_t;

static void s_message (const reader_t *reader, const ProtobufCMessageDescriptor *type,
    json_t *object, const char *currency);

static bool
s_ends (const char *text, const char *end)
{
    size_t size = strlen (text), end_size = strlen (end);
    return size >= end_size && strcmp (text + size - end_size, end) == 0;
}

static int64_t
s_integer (const json_t *value)
{
    return json_is_string (value) ? strtoll (json_string_value (value), NULL, 10)
                                  : (int64_t) json_integer_value (value);
}

/* The value in words, or NULL when it is fine as it is. */
static char *
s_words (const reader_t *reader, const ProtobufCFieldDescriptor *field, const json_t *value,
    const char *currency)
{
    arena_t *arena = reader->arena;
    if (field->type == PROTOBUF_C_TYPE_ENUM && json_is_string (value))
        return label_text (arena, reader->language, json_string_value (value));
    if (field->type == PROTOBUF_C_TYPE_STRING && s_ends (field->name, "_on"))
        return phrase_date (arena, reader->language, json_string_value (value));
    if (field->type != PROTOBUF_C_TYPE_INT64)
        return NULL;
    if (s_ends (field->name, "_at") || s_ends (field->name, "_until"))
        return phrase_instant (arena, reader->language, reader->zone, s_integer (value));
    if (s_ends (field->name, "_ms"))
        return phrase_duration (arena, reader->language, s_integer (value));
    if (s_ends (field->name, "_minor") && currency)
        return phrase_money (arena, reader->language, s_integer (value), currency);
    return NULL;
}

static void
s_list (const reader_t *reader, const ProtobufCFieldDescriptor *field, json_t *list,
    const char *currency)
{
    for (size_t i = 0; i < json_array_size (list); i++) {
        json_t *value = json_array_get (list, i);
        if (json_is_object (value))
            s_message (reader, field->descriptor, value, currency);
        else {
            char *words = s_words (reader, field, value, currency);
            if (words)
                json_array_set_new (list, i, json_string (words));
        }
    }
}

static void
s_field (const reader_t *reader, const ProtobufCFieldDescriptor *field, json_t *object,
    const char *currency)
{
    char name [JSON_NAME_SIZE];
    json_name (field->name, name);
    json_t *value = json_object_get (object, name);
    if (!value)
        return;
    if (json_is_array (value))
        return s_list (reader, field, value, currency);
    if (json_is_object (value))
        return s_message (reader, field->descriptor, value, currency);
    char *words = s_words (reader, field, value, currency);
    if (words)
        json_object_set_new (object, name, json_string (words));
}

/* People know a part by its name; where it is not known its id must do. */
static void
s_item_name (const reader_t *reader, json_t *object)
{
    const char *id = json_string_value (json_object_get (object, "itemId"));
    if (!id)
        return;
    const char *name = id;
    for (item_t **item = reader->items; item && *item; item++)
        if (strcmp ((*item)->id, id) == 0 && !is_empty ((*item)->name))
            name = (*item)->name;
    json_object_set_new (object, "itemName", json_string (name));
}

static void
s_message (const reader_t *reader, const ProtobufCMessageDescriptor *type, json_t *object,
    const char *currency)
{
    const char *own = json_string_value (json_object_get (object, "currency"));
    char *kept = own ? arena_strdup (reader->arena, own) : NULL;
    for (unsigned i = 0; i < type->n_fields; i++)
        s_field (reader, &type->fields [i], object, kept ? kept : currency);
    s_item_name (reader, object);
}

/* An alert's value and limit are in the unit that its metric's name ends in. */
static void
s_alert (const reader_t *reader, json_t *object)
{
    const char *metric = json_string_value (json_object_get (object, "metric"));
    if (!metric)
        return;
    static const char *const names [] = { "value", "threshold" };
    for (size_t i = 0; i < 2; i++) {
        json_t *value = json_object_get (object, names [i]);
        if (value && s_ends (metric, "_ms"))
            json_object_set_new (object, names [i],
                json_string (phrase_duration (reader->arena, reader->language, s_integer (value))));
    }
    json_object_set_new (
        object, "metric", json_string (label_text (reader->arena, reader->language, metric)));
}

static json_t *
s_text (const char *text)
{
    return json_string (text ? text : "");
}

static void
s_add_work (const reader_t *reader, json_t *root, const facts_t *facts)
{
    arena_t *arena = reader->arena;
    int language = reader->language;
    if (facts->request)
        json_object_set_new (root, "request",
            json_pack ("{s:o, s:o, s:o, s:I}", "id", s_text (facts->request->id), "description",
                s_text (facts->request->description), "type",
                s_text (label_text (
                    arena, language, enum_name (&request_type_descriptor, facts->request->type))),
                "faultLevel", (json_int_t) facts->request->fault_level));
    if (facts->work_order)
        json_object_set_new (root, "workOrder",
            json_pack ("{s:o, s:o, s:o, s:I}", "id", s_text (facts->work_order->id), "description",
                s_text (facts->work_order->description), "type",
                s_text (label_text (arena, language,
                    enum_name (&request_type_descriptor, facts->work_order->type))),
                "faultLevel", (json_int_t) facts->work_order->fault_level));
    if (facts->visit)
        json_object_set_new (root, "visit",
            json_pack ("{s:o, s:o, s:o, s:o}", "id", s_text (facts->visit->id), "startsAt",
                s_text (phrase_instant (arena, language, reader->zone, facts->visit->starts_at)),
                "workStartsAt",
                s_text (
                    phrase_instant (arena, language, reader->zone, facts->visit->work_starts_at)),
                "endsAt",
                s_text (phrase_instant (arena, language, reader->zone, facts->visit->ends_at))));
    if (facts->report)
        json_object_set_new (root, "report",
            json_pack ("{s:o, s:o}", "id", s_text (facts->report->id), "text",
                s_text (facts->report->content)));
}

static void
s_add_things (json_t *root, const facts_t *facts)
{
    if (facts->customer)
        json_object_set_new (root, "customer",
            json_pack ("{s:o, s:o}", "id", s_text (facts->customer->id), "name",
                s_text (facts->customer->name)));
    if (facts->site)
        json_object_set_new (root, "site",
            json_pack ("{s:o, s:o, s:o}", "id", s_text (facts->site->id), "name",
                s_text (facts->site->name), "address", s_text (facts->site->address)));
    if (facts->asset)
        json_object_set_new (root, "asset",
            json_pack ("{s:o, s:o, s:o}", "id", s_text (facts->asset->id), "model",
                s_text (facts->asset->model), "serial", s_text (facts->asset->serial)));
    if (facts->territory)
        json_object_set_new (root, "territory",
            json_pack ("{s:o, s:o}", "id", s_text (facts->territory->id), "name",
                s_text (facts->territory->name)));
    if (facts->engineer)
        json_object_set_new (root, "engineer",
            json_pack ("{s:o, s:o, s:o}", "id", s_text (facts->engineer->id), "name",
                s_text (facts->engineer->name), "phone", s_text (facts->engineer->phone)));
    if (facts->location)
        json_object_set_new (root, "location",
            json_pack ("{s:o, s:o}", "id", s_text (facts->location->id), "name",
                s_text (facts->location->name)));
    if (facts->items [0])
        json_object_set_new (root, "item",
            json_pack ("{s:o, s:o}", "name", s_text (facts->items [0]->name), "unit",
                s_text (facts->items [0]->unit)));
}

static json_t *
s_context (const reader_t *reader, const facts_t *facts, const recipient_t *recipient)
{
    json_t *root = json_value_from_message (facts->event, 0);
    s_message (reader, facts->event->descriptor, root, NULL);
    s_alert (reader, root);
    s_add_work (reader, root, facts);
    s_add_things (root, facts);
    json_object_set_new (root, "recipient",
        json_pack ("{s:o, s:o}", "id", s_text (recipient->id), "name", s_text (recipient->name)));
    json_object_set_new (root, "urgent", json_boolean (facts->urgent));
    return root;
}

/* A subject is one line, whatever the values in it are: the rest of a mail's head must not be
 * written by a customer. */
static void
s_one_line (char *text)
{
    for (char *at = text; at && *at; at++)
        if ((unsigned char) *at < ' ' || *at == 127)
            *at = ' ';
}

rendered_t
context_render (tx_t *tx, const template_t *template, const facts_t *facts,
    const recipient_t *recipient, char error [256])
{
    reader_t reader = { tx_arena (tx), template->language, facts->zone, facts->items };
    template_options_t options = { .escape = TEMPLATE_PLAIN };
    json_t *context = s_context (&reader, facts, recipient);
    rendered_t rendered = { .subject = template_render (
                                tx_arena (tx), template->subject, context, &options, error) };
    if (rendered.subject)
        rendered.body = template_render (tx_arena (tx), template->body, context, &options, error);
    json_decref (context);
    if (!rendered.body)
        return (rendered_t) { 0 };
    s_one_line (rendered.subject);
    return rendered;
}
