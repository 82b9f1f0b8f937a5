#include "writer.h"

#include <string.h>

#define FIRST_ROOM 64

writer_t
writer_new (arena_t *arena, size_t size_max)
{
    return (writer_t) { .arena = arena, .size_max = size_max };
}

static void
s_grow (writer_t *self, size_t needed)
{
    size_t room = self->room ? self->room : FIRST_ROOM;
    while (room < needed)
        room *= 2;
    char *text = arena_alloc (self->arena, room);
    if (self->text)
        memcpy (text, self->text, self->size);
    self->text = text;
    self->room = room;
}

void
writer_add (writer_t *self, const void *bytes, size_t size)
{
    if (size > self->size_max - self->size) {
        self->is_overfull = true;
        return;
    }
    if (self->size + size + 1 > self->room)
        s_grow (self, self->size + size + 1);
    if (size)
        memcpy (self->text + self->size, bytes, size);
    self->size += size;
    self->text [self->size] = 0;
}

void
writer_add_text (writer_t *self, const char *text)
{
    writer_add (self, text, strlen (text));
}

void
writer_add_character (writer_t *self, char character)
{
    writer_add (self, &character, 1);
}

void
writer_add_spaces (writer_t *self, size_t count)
{
    while (count--)
        writer_add_character (self, ' ');
}

char *
writer_text (writer_t *self)
{
    if (!self->text)
        s_grow (self, 1);
    return self->text;
}
