/* client - one end of a conversation with a service, for the commands of the tool.
 *
 * Where services are is in FETTLE_BUS (main sets its default from FETTLE_HOME before a command runs). What is returned
 * lives in the arena given. Sentences in error say what was wrong and what to do; print them as they are. */
#pragma once
#include "arena.h"
#include "db.h"
#include "messages.h"

enum { CLIENT_TIMEOUT_MS = 5000 };

typedef struct client_t client_t;

/* NULL with a sentence. Opening does not wait: whether the service is there shows when it is asked. */
client_t *client_open (const char *service, char error [512]);
void client_close (client_t **self);

/* Many questions under way at once: send them, then receive as many answers, in order of the service's commits.
 * client_receive returns NULL when none came in time or when it can not be read. */
bool client_send (client_t *self, arena_t *arena, const bus_request_t *request);
const bus_response_t *client_receive (client_t *self, arena_t *arena, int timeout_ms);

/* One question, its answer; NULL with a sentence. */
const bus_response_t *client_ask (client_t *self, arena_t *arena, const bus_request_t *request, int timeout_ms,
                                  char error [512]);
/* The same with a connection of its own, for a single question. */
const bus_response_t *client_ask_service (const char *service, arena_t *arena, const bus_request_t *request,
                                          int timeout_ms, char error [512]);

/* ---- commands */

typedef struct {
    const char *id;             /* NULL: a new one */
    const char *type;           /* full or short name: "SubmitServiceRequest" */
    const char *json;           /* the message as ProtoJSON; NULL: {} */
    const char *actor;          /* NULL: "operator:" and the name of the user */
    const char *traceparent;    /* NULL: none */
    int64_t time_at, deadline_at;   /* ms UTC; 0: none */
} client_command_t;

/* The packed command; NULL with a sentence when the type is unknown or the JSON does not fit it. */
const bus_command_t *client_command_new (arena_t *arena, const client_command_t *command, char error [512]);
/* Sends it to the service of its type's package and waits; NULL with a sentence when no answer came: the
 * outcome is then unknown, sending the same id again is safe. */
const bus_reply_t *client_command (arena_t *arena, const client_command_t *command, int timeout_ms, char error [512]);
const char *client_actor (void);
void client_id (char ret_id [37]);      /* a new UUIDv7 */

/* ---- names */

/* The message of a full name, or of its last part when only one message ends so ("SubmitServiceRequest",
 * "intake.v1.Territory"). NULL with a sentence that lists what it could be. */
const ProtobufCMessageDescriptor *client_type (const char *name, char error [512]);
/* The service a type belongs to: "fettle.sla_watchdog.v1.X" -> "sla-watchdog". False: no service's. */
bool client_service_of (const char *type, char ret_service [64]);
/* Is there a service of this name? Writes a sentence with all names when not. */
bool client_is_service (const char *name, char error [512]);
/* The schema of a service: "sla-watchdog" -> "sla_watchdog". */
void client_schema (const char *service, char ret_schema [64]);

/* ---- Postgres, as administrator (FETTLE_ADMIN_DSN, FETTLE_ADMIN_PASSWORD); NULL with a sentence. Name tables
 * with their schema. */
db_t *client_database (char error [512]);
