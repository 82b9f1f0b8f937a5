/* db_connect - which of the servers named in a DSN to speak to, and how long to wait for it.
 *
 * After a failover an old primary may still let itself be written: nobody has told it. So of several hosts each is
 * asked, and the writable one with the highest timeline is taken; and a timeline below the highest that this process
 * has seen of a cluster is refused. */
#pragma once
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

enum { DB_DEADLINE_MS = 12000 };        /* of a service: silence of a server that is there after all */

/* For tools (schema NULL) libpq chooses, as the DSN says. NULL with a sentence in error. The caller owns the
 * connection. */
PGconn *db_connect (const char *dsn, const char *role, const char *schema, const char *password,
    int64_t *ret_timeline, char error [512]);

/* Sends what is left and waits until the next PQgetResult will not block. false: not within deadline_ms (0: waits for
 * ever). A connection that breaks is true: PQgetResult tells. */
bool db_await (PGconn *conn, int deadline_ms);
