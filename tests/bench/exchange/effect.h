/* effect - what the peers' receivers do with a message: a row in Postgres, once, in one synchronous transaction. The
 * key of the row tells a message that is delivered again. */
#pragma once
#include "exchange.h"
#include <libpq-fe.h>

void effect_open (const char *dsn);             /* makes an empty table bench.effect */
void effect_apply (const body_t *bodies, int count);
PGconn *effect_connection (void);               /* for a queue in the same database */
