#include "db_connect.h"
#include "db_dsn.h"
#include "moment.h"
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { char system [32]; int64_t timeline; } place_t;

static place_t s_seen;                  /* the highest timeline of the cluster that was spoken to last */

bool
db_await (PGconn *conn, int deadline_ms)
{
    int64_t until = moment_steady () + deadline_ms;
    for (;;) {
        int unsent = PQflush (conn);
        if (unsent < 0 || (!unsent && !PQisBusy (conn)))
            return true;
        int64_t left = until - moment_steady ();
        if (deadline_ms && left <= 0)
            return false;
        struct pollfd item = { .fd = PQsocket (conn), .events = (short) (POLLIN | (unsent ? POLLOUT : 0)) };
        if (item.fd < 0)
            return true;
        poll (&item, 1, deadline_ms ? (int) left : -1);
        if (item.revents & ~POLLOUT && !PQconsumeInput (conn))
            return true;
    }
}

static PGconn *
s_connect (const char *dsn, const char *role, const char *schema, const char *password, const char *host,
    const char *port)
{
    /* Every look-up of a service has an index. Without statistics, on young tables, the planner would rather read
     * all of them: work that grows with history. With that settled a statement is planned once, not in each turn.
     * What is long, as the document of a decision, is packed by lz4: pglz takes ten times as long. */
    static const char by_index [] = " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off"
        " -c plan_cache_mode=force_generic_plan -c default_toast_compression=lz4";
    /* A server must not go on holding locks for a client that is gone without a word. */
    static const char by_peer [] = " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
        " -c tcp_user_timeout=10000";
    char options [512];
    snprintf (options, sizeof options, "-c timezone=UTC%s%s%s%s%s", by_peer, schema ? by_index : "",
              schema ? " -c search_path=" : "", schema ? schema : "", schema ? ",public" : "");
    const char *keywords [] = { "dbname", "user", "password", "options", "connect_timeout", "keepalives_idle",
        "keepalives_interval", "keepalives_count", "tcp_user_timeout", "application_name", host ? "host" : NULL,
        port ? "port" : NULL, NULL };
    const char *values [] = { dsn, role, password, options, "5", "5", "2", "3", "10000", schema ? schema : "fettle",
        host, port, NULL };
    return PQconnectdbParams (keywords, values, 1);
}

/* The n-th entry of a list; false: there is none. */
static bool
s_entry (const char *list, int n, char ret_entry [256])
{
    for (; n > 0 && list; n--)
        list = strchr (list, ',') ? strchr (list, ',') + 1 : NULL;
    if (list)
        snprintf (ret_entry, 256, "%.*s", (int) strcspn (list, ","), list);
    return list != NULL;
}

/* Which cluster and timeline; timeline 0: it follows another server. false: it does not say. */
static bool
s_ask_place (PGconn *conn, place_t *ret_place)
{
    static const char question [] = "select (select system_identifier from pg_control_system ()), case when"
        " pg_is_in_recovery () then 0"
        " else ('x' || substr (pg_walfile_name (pg_current_wal_lsn ()), 1, 8))::bit(32)::bigint end";
    bool is_sent = PQsendQuery (conn, question) && db_await (conn, DB_DEADLINE_MS);
    PGresult *result = is_sent ? PQgetResult (conn) : NULL;
    bool is_told = PQresultStatus (result) == PGRES_TUPLES_OK && PQntuples (result) == 1;
    if (is_told) {
        snprintf (ret_place->system, sizeof ret_place->system, "%s", PQgetvalue (result, 0, 0));
        ret_place->timeline = strtoll (PQgetvalue (result, 0, 1), NULL, 10);
    }
    PQclear (result);
    while (is_told && db_await (conn, DB_DEADLINE_MS) && (result = PQgetResult (conn)))
        PQclear (result);
    return is_told;
}

/* Takes the connection when it is better than the best so far, else closes it. */
static void
s_consider (PGconn *conn, const char *host, PGconn **best, place_t *best_place, char error [512])
{
    place_t place;
    if (PQstatus (conn) != CONNECTION_OK)
        snprintf (error, 512, "%.500s", PQerrorMessage (conn));
    else if (!s_ask_place (conn, &place))
        snprintf (error, 512, "%.200s does not say which timeline it is on: %.250s", host, PQerrorMessage (conn));
    else if (strcmp (place.system, s_seen.system) == 0 && place.timeline && place.timeline < s_seen.timeline)
        snprintf (error, 512, "%.200s is an old primary on timeline %lld, the cluster is on %lld: stop it, and let it"
                  " follow the new one", host, (long long) place.timeline, (long long) s_seen.timeline);
    else if (!*best || place.timeline > best_place->timeline) {
        PQfinish (*best);
        *best = conn, *best_place = place;
        return;
    }
    PQfinish (conn);
}

PGconn *
db_connect (const char *dsn, const char *role, const char *schema, const char *password, int64_t *ret_timeline,
    char error [512])
{
    char hosts [1024] = "", ports [256] = "", host [256], port [256];
    place_t place = { "", 0 };
    PGconn *best = NULL;
    db_dsn_get (dsn, "host", hosts, sizeof hosts);
    db_dsn_get (dsn, "port", ports, sizeof ports);
    if (!schema || !strchr (hosts, ','))
        best = s_connect (dsn, role, schema, password, NULL, NULL);
    if (best && !schema)
        return best;
    if (best) {
        PGconn *only = best;
        best = NULL;
        s_consider (only, *hosts ? hosts : "Postgres", &best, &place, error);
    } else
        for (int i = 0; s_entry (hosts, i, host); i++) {
            bool has_port = *ports && (s_entry (ports, i, port) || s_entry (ports, 0, port));
            s_consider (s_connect (dsn, role, schema, password, host, has_port ? port : NULL), host, &best, &place,
                error);
        }
    if (best && place.timeline)
        s_seen = place;
    *ret_timeline = place.timeline;
    return best;
}
