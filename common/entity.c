#include "entity.h"
#include <string.h>

const char *
entity_text (const field_t *field, const void *row)
{
    const char *text = *(char *const *) ((const char *) row + field->offset);
    return text ? text : "";
}

const char *
entity_key (const entity_t *self, const void *row)
{
    return entity_text (&self->fields [0], row);
}

const field_t *
entity_field (const entity_t *self, const char *name)
{
    for (int i = 0; i < self->field_count; i++)
        if (strcmp (self->fields [i].name, name) == 0)
            return &self->fields [i];
    return NULL;
}

static size_t
s_size (field_kind_t kind)
{
    static const size_t sizes [] = {
        [FIELD_text] = sizeof (char *), [FIELD_int] = sizeof (int64_t), [FIELD_enum] = sizeof (int),
        [FIELD_bool] = sizeof (bool), [FIELD_real] = sizeof (double), [FIELD_time] = sizeof (int64_t),
        [FIELD_blob] = sizeof (blob_t),
    };
    return sizes [kind];
}

static bool
s_same (const field_t *field, const void *left, const void *right)
{
    const char *l = (const char *) left + field->offset, *r = (const char *) right + field->offset;
    if (field->kind == FIELD_text)
        return *(char *const *) l == *(char *const *) r
            || strcmp (entity_text (field, left), entity_text (field, right)) == 0;
    if (field->kind == FIELD_blob) {
        const blob_t *a = (const blob_t *) l, *b = (const blob_t *) r;
        return a->size == b->size && (a->data == b->data || a->size == 0 || memcmp (a->data, b->data, a->size) == 0);
    }
    return memcmp (l, r, s_size (field->kind)) == 0;
}

bool
entity_same (const entity_t *self, const void *left, const void *right)
{
    for (int i = 0; i < self->field_count; i++)
        if (!s_same (&self->fields [i], left, right))
            return false;
    return true;
}
