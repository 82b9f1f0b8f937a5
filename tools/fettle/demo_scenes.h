/* demo_scenes - the plays of the scenes: each sends, waits and expects; a step that goes wrong
 * ends it. */
#pragma once
#include "demo.h"

void scene_storm (demo_t *demo);
void scene_call (demo_t *demo);
void scene_waiting (demo_t *demo);
void scene_visit (demo_t *demo);
void scene_invoice (demo_t *demo);
void scene_warranty (demo_t *demo);
void scene_shortage (demo_t *demo);
void scene_emergency (demo_t *demo);
void scene_maintenance (demo_t *demo);
void scene_promise (demo_t *demo);
void scene_door (demo_t *demo);
void scene_languages (demo_t *demo);

/* The clock of a milestone was met; NULL: not within the time (noted). */
const sla_clock_met_t *scene_met (demo_t *demo, const char *case_id, milestone_t milestone);
/* What a run that was killed left of an alarm: it would take the new ones in. */
void scene_calm (demo_t *demo, const char *device_id, const char *code);
bool scene_attempt (demo_t *demo, const char *request_id, support_tier_t tier, bool solved,
    const char *note);
