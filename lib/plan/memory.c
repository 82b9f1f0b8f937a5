#include "memory.h"
#include <stdio.h>
#include <stdlib.h>

static void *
s_there (void *array, size_t bytes)
{
    if (!array) {
        fprintf (stderr, "plan: out of memory: %zu bytes\n", bytes);
        abort ();
    }
    return array;
}

void *
memory_array (size_t count, size_t size)
{
    return s_there (calloc (count + 1, size), (count + 1) * size);
}

void *
memory_grow (void *array, size_t bytes)
{
    return s_there (realloc (array, bytes), bytes);
}
