/* doctor - the rooms of the examination. Each prints its lines through these three; what is wrong makes exit code 1. */
#pragma once
#include "health.h"
#include <stdbool.h>

void doctor_ok (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
void doctor_note (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
/* what_to_do: a sentence. */
void doctor_wrong (const char *what_to_do, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

void doctor_database (void);        /* doctor_database.c: reachable, settings, migrations, roles, clock */
void doctor_services (void);        /* doctor_services.c: ready, lag, dead letters */
void doctor_doors (void);           /* doctor_doors.c: Redis, keys, ports */
