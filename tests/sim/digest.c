/* digest - one number for all rows of a service, in order of entity and key (FNV-1a, 64 bits). */
#include "world.h"
#include <string.h>

static uint64_t
s_add (uint64_t hash, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ ((const uint8_t *) bytes) [i]) * UINT64_C (1099511628211);
    return hash;
}

static uint64_t
s_add_field (uint64_t hash, const field_t *field, const void *row)
{
    const char *at = (const char *) row + field->offset;
    static const size_t sizes [] = { [FIELD_int] = sizeof (int64_t), [FIELD_enum] = sizeof (int),
        [FIELD_bool] = sizeof (bool), [FIELD_real] = sizeof (double), [FIELD_time] = sizeof (int64_t) };
    if (field->kind == FIELD_text)
        return s_add (hash, entity_text (field, row), strlen (entity_text (field, row)) + 1);
    if (field->kind == FIELD_blob)
        return s_add (hash, ((const blob_t *) at)->data, ((const blob_t *) at)->size);
    return s_add (hash, at, sizes [field->kind]);
}

static uint64_t
s_add_rows (uint64_t hash, store_t *rows, const entity_t *entity)
{
    hash = s_add (hash, entity->name, strlen (entity->name));
    for (const void *row = NULL; (row = store_memory_next (rows, entity, row ? entity_key (entity, row) : "")); )
        for (int f = 0; f < entity->field_count; f++)
            hash = s_add_field (hash, &entity->fields [f], row);
    return hash;
}

uint64_t
digest (store_t *rows, const service_t *service)
{
    uint64_t hash = UINT64_C (14695981039346656037);
    for (int i = 0; service->entities [i]; i++)
        hash = s_add_rows (hash, rows, service->entities [i]);
    return s_add_rows (s_add_rows (hash, rows, &reply_entity), rows, &timer_entity);
}
