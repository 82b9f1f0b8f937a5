/* entity - what a service remembers, declared once as data.
 *
 * A list of fields makes the struct, the table that the store works from, and the check against
 * the real columns at boot:
 *
 *     #define VISIT_FIELDS(F, T) \
 *         F (T, text, id) F (T, text, work_order_id) F (T, enum, state) F (T, time, starts_at)
 *     ENTITY_STRUCT (visit, VISIT_FIELDS);                          in the service's header
 *     ENTITY_TABLE (visit, VISIT_FIELDS, "work_order_id");          in one .c: fields to find by
 *
 * The first field is the primary key and is text. Rows live in the turn's arena; strings are
 * replaced, never written into. An empty string is never indexed: to find only open rows by
 * an engineer, keep a field `open_engineer_id` and set it to "" when the row closes, so that no
 * look-up grows with history. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* kind -> C type -> Postgres column
 *   text   char *         text not null          NULL is saved as ''; loaded as ""
 *   int    int64_t        bigint not null
 *   enum   int            integer not null       values of a protobuf enum
 *   bool   bool           boolean not null
 *   real   double         double precision not null
 *   time   int64_t        timestamptz            ms UTC; 0 is null
 *   blob   blob_t         bytea not null         packed message; size 0 is empty */
typedef enum {
    FIELD_text, FIELD_int, FIELD_enum, FIELD_bool, FIELD_real, FIELD_time, FIELD_blob
} field_kind_t;

typedef struct { const uint8_t *data; size_t size; } blob_t;

typedef char *entity_text_t;
typedef int64_t entity_int_t;
typedef int entity_enum_t;
typedef bool entity_bool_t;
typedef double entity_real_t;
typedef int64_t entity_time_t;
typedef blob_t entity_blob_t;

typedef struct {
    const char *name;
    field_kind_t kind;
    size_t offset;
} field_t;

enum { ENTITY_MAX_FIELDS = 48, ENTITY_MAX_INDEXES = 8 };

typedef struct {
    const char *name;                               /* also the table's name */
    size_t size;
    const field_t *fields;
    int field_count;
    const char *indexes [ENTITY_MAX_INDEXES];       /* text fields, ends with NULL */
    bool cached;        /* small and read often: the whole table is kept in memory, tx_all () allowed */
} entity_t;

#define ENTITY_MEMBER_(T, kind, name) entity_##kind##_t name;
#define ENTITY_FIELD_(T, kind, name) { #name, FIELD_##kind, offsetof (T, name) },

#define ENTITY_STRUCT(type, FIELDS) \
    typedef struct { FIELDS (ENTITY_MEMBER_, _) } type##_t; \
    extern const entity_t type##_entity

#define ENTITY_TABLE_(type, FIELDS, is_cached, ...) \
    static const field_t s_##type##_fields [] = { FIELDS (ENTITY_FIELD_, type##_t) }; \
    const entity_t type##_entity = { \
        .name = #type, .size = sizeof (type##_t), .fields = s_##type##_fields, \
        .field_count = sizeof s_##type##_fields / sizeof *s_##type##_fields, \
        .indexes = { __VA_ARGS__ }, .cached = is_cached }

#define ENTITY_TABLE(type, FIELDS, ...) ENTITY_TABLE_ (type, FIELDS, false, __VA_ARGS__)
#define ENTITY_CACHED(type, FIELDS, ...) ENTITY_TABLE_ (type, FIELDS, true, __VA_ARGS__)

const char *entity_key (const entity_t *self, const void *row);
const field_t *entity_field (const entity_t *self, const char *name);   /* NULL: no such field */
const char *entity_text (const field_t *field, const void *row);        /* never NULL */
bool entity_same (const entity_t *self, const void *left, const void *right);
