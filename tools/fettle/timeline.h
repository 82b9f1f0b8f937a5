/* timeline - a story as people read it: what happened, who or what caused it, how long it took, and why so. */
#pragma once
#include "story.h"

void timeline_print (const story_t *story, arena_t *arena);
