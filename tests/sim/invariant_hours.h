/* invariant_hours - I9: the time that a clock has used up, counted again from what was said, a quarter of an hour after
 * the other, by opening hours read off the wall. Slow and simple on purpose: it shares nothing with lib/calendar but
 * the zones. */
#pragma once
#include "sim.h"

void hours_begin (sim_t *sim);
void hours_event (const bus_event_t *event, const ProtobufCMessage *body);
/* Holds the clock's row against what was said of its case. */
void hours_check (sim_t *sim, const char *clock_id);
/* An instant was named to the customer: waits and hours do not count for that promise. */
void hours_fixed (const char *case_id, milestone_t milestone);
