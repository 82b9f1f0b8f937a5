#include "db_lease.h"
#include <stdlib.h>

static const char s_take [] =
    "update lease set epoch = epoch + 1, holder = $1, renewed_at = clock_timestamp (), backend_pid = pg_backend_pid "
        "(), "
    "backend_start = (select backend_start from pg_stat_activity where pid = pg_backend_pid ()) "
    "where holder = '' or holder = $1 or renewed_at < clock_timestamp () - interval '8 seconds' "
    "or not exists (select from pg_stat_activity a where a.pid = lease.backend_pid and a.backend_start = "
        "lease.backend_start) "
    "returning epoch, last_sequence";

lease_result_t
db_lease_take (db_t *db, const char *holder, lease_t *ret_lease)
{
    PGresult *result = db_query (db, s_take, 1, &holder);
    if (!result)
        return LEASE_BROKEN;
    bool taken = PQntuples (result) == 1;
    if (taken)
        *ret_lease = (lease_t) { strtoll (DB_VALUE (result, 0, 0), NULL, 10),
            strtoll (DB_VALUE (result, 0, 1), NULL, 10) };
    PQclear (result);
    return taken ? LEASE_TAKEN : LEASE_HELD_BY_OTHER;
}

void
db_lease_release (db_t *db, const char *holder)
{
    PQclear (db_query (db, "update lease set holder = '' where holder = $1", 1, &holder));
}
