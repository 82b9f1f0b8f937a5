/* show - events and messages as people and programs read them. All texts are in the arena. */
#pragma once
#include "json.h"
#include "messages.h"
#include <stdbool.h>

char *show_instant (arena_t *arena, int64_t at);    /* local, "2026-06-08 10:00:00.123" */
char *show_clock (arena_t *arena, int64_t at);      /* local, "10:00:00.123" */
char *show_span (arena_t *arena, int64_t ms);       /* "350 ms", "2.4 s", "12 min", "3 h 05 min", "2 d 4 h" */
char *show_money (arena_t *arena, int64_t amount_minor, const char *currency);  /* "12.50 EUR" */
/* "VISIT_STATE_REJECTED" -> "rejected". */
char *show_enum (arena_t *arena, const ProtobufCEnumDescriptor *type, int value);
/* "fettle.dispatcher.v1.VisitAccepted" -> "VisitAccepted". */
const char *show_type (const char *type);

/* What is in an event's or letter's bytes; NULL: this version does not know the type, or they are damaged. */
ProtobufCMessage *show_open (arena_t *arena, const char *type, const uint8_t *data, size_t size);

/* The fields that are set, in words: "engineer e1, starts 10:20:00, charge 12.50 EUR". known: values that the
 * reader has before him anyway; ends with NULL. */
char *show_fields (arena_t *arena, const ProtobufCMessage *message, const char *const *known);
/* A number as its field's name asks for: an instant, a span, money of that currency. */
char *show_number (arena_t *arena, const char *name, int64_t value, const char *currency);
/* "starts_at" -> "starts", "engineer_id" -> "engineer". */
char *show_name (arena_t *arena, const char *field_name);
/* Text as it can stand in a line: in quotes and cut unless it is one word. */
char *show_text (arena_t *arena, const char *value);

/* The envelope and its message as a CloudEvent 1.0; to be json_decref'd. Attributes beside the standard ones:
 * sequence, correlationid, causationid, traceparent, actor, recordedtime, epoch. */
json_t *show_cloud_event (arena_t *arena, const bus_event_t *event);
/* The same, or a line for people, to standard output. False: it can not be written any more. */
bool show_event (arena_t *arena, const bus_event_t *event, bool as_json);

/* Does an event of this type belong to a prefix as a person types it: "VisitAcc", "dispatcher",
 * "fettle.billing.v1.Cost". "" is all. */
bool show_has_prefix (const char *type, const char *prefix);
