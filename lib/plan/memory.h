/* memory - arrays of the planner: there is enough memory, or the program says what it wanted and ends. Internal to
 * lib/plan. */
#pragma once
#include <stddef.h>

/* Zeroed; one more than asked for, so that an array of none is an array all the same. */
void *memory_array (size_t count, size_t size);
void *memory_grow (void *array, size_t bytes);
