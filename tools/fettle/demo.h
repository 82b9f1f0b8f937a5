/* demo - a company's morning, played with real commands and told from the events that come back.
 *
 * A scene sends commands, waits for events, and expects things of them; what it expects is computed
 * from data and events, never written down as a result. Everything lives in one arena until the
 * demo ends. */
#pragma once
#include "client.h"
#include "demo_watch.h"
#include <jansson.h>

enum { DEMO_ROOTS_MAX = 64, DEMO_WAIT_MS = 8000 };

typedef struct demo_t demo_t;

typedef struct {
    const char *name, *title, *zone;            /* zone: where it plays, for local times */
    void (*play) (demo_t *demo);
} scene_t;

struct demo_t {
    arena_t *arena;
    watch_t *watch;
    json_t *data;                               /* id -> the details it was loaded with */
    json_t *kinds;                              /* command -> how many of it the files hold */
    const scene_t *scene;
    const char *run;                            /* makes the ids of this run unlike any other's */
    const char *roots [DEMO_ROOTS_MAX];         /* the stories of this run: requests, occurrences */
    int root_count, scene_root, scene_event;    /* where the present scene's begin */
    size_t told;                                /* events looked at so far */
    json_t *steps;                              /* of the present scene: {"expected", "told"} */
    bool has_colours, has_pauses, is_silent;    /* silent: --json */
    int64_t speed;
};

extern const scene_t demo_scenes [];            /* in order; ends with { 0 } */

/* ---- speaking to the company. Everything returned lives until the demo ends. */

typedef struct {
    const char *actor, *id;                     /* NULL: the operator, a new id */
    int64_t time_at;                            /* when it happened, if earlier than now */
} demo_as_t;

/* The answer; never NULL: a service that does not answer gives RETRY with a sentence. */
const bus_reply_t *demo_send (demo_t *self, const demo_as_t *as, const ProtobufCMessage *command);
/* Sends what must be accepted; "%s" says it. The subject, or NULL after it was noted as a step
 * that went wrong. */
const char *demo_do (demo_t *self, const char *actor, const ProtobufCMessage *command,
    const char *format, ...)
    __attribute__ ((format (printf, 4, 5)));
/* The answer to a question; NULL: none. */
const ProtobufCMessage *demo_ask (demo_t *self, const ProtobufCMessage *question);

/* ---- waiting for what it says. Tells events of the scene's stories as they come. */

/* An event of this type with this text in this field, from the scene's start on; NULL after
 * DEMO_WAIT_MS, noted as a step that went wrong. */
#define AWAIT(demo, type, field, value) \
    AWAIT_AFTER (demo, (size_t) (demo)->scene_event, type, field, value)
/* The same, but not among the first so many events: demo_mark. */
#define AWAIT_AFTER(demo, mark, type, field, value) \
    ((const type##_t *) demo_await (demo, &type##_descriptor, #field, value, mark))
/* The first that came already, or NULL. */
#define SEEN(demo, type, field, value) \
    ((const type##_t *) watch_find ((demo)->watch, &type##_descriptor, #field, value, \
        (size_t) (demo)->scene_event))
const ProtobufCMessage *demo_await (demo_t *self, const ProtobufCMessageDescriptor *type,
    const char *field, const char *value, size_t from);
size_t demo_mark (demo_t *self);
/* Takes in what came, until nothing new came for a moment. */
void demo_settle (demo_t *self);
/* From now on the story of this root is told. */
void demo_follow (demo_t *self, const char *root_id);
bool demo_is_ours (const demo_t *self, const bus_event_t *event);

/* ---- telling */

bool demo_expect (demo_t *self, bool is_so, const char *format,
    ...) __attribute__ ((format (printf, 3, 4)));
void demo_note (demo_t *self, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
void demo_print (demo_t *self, const char *colour, const char *mark, const char *text);
void demo_pause (demo_t *self, int ms);
/* The sentence that tells an event, or NULL: not worth a line. */
const char *demo_tell (demo_t *self, const watched_t *event);

/* A text from the data files: "name", "phone" ...; the id itself when there is none. */
const char *demo_data (const demo_t *self, const char *id, const char *field);
#define NAME(demo, id) demo_data (demo, id, "name")
const char *demo_money (demo_t *self, int64_t amount_minor, const char *currency);
const char *demo_local (demo_t *self,
    int64_t at);              /* "Mon 23 Nov 08:30:05" where the scene plays */
const char *demo_short (demo_t *self, const ProtobufCEnumDescriptor *descriptor,
    int value);   /* CHANNEL_WECHAT -> "wechat" */

/* ---- the way of a job, as most scenes go it. False: it went wrong and the scene should end. */

typedef struct {
    const char *request_id, *work_order_id, *visit_id, *engineer_id, *van_id, *asset_id;
    const visit_offered_t *offer;
    const service_report_issued_t *report;
    const work_order_posted_t *posted;
} job_t;

bool job_submit (demo_t *demo, job_t *job, channel_t channel, const char *text);
bool job_on_site (demo_t *demo, job_t *job,
    const change_support_tier_t *needs);   /* until the order is there */
bool job_offer (demo_t *demo, job_t *job,
    size_t from);         /* until somebody is offered it; prints the decision */
bool job_accept (demo_t *demo, job_t *job);
bool job_issue_parts (demo_t *demo, job_t *job);
bool job_travel (demo_t *demo, job_t *job);
bool job_arrive (demo_t *demo, job_t *job, int64_t at,
    double north);   /* degrees from the site's point; at 0: now */
bool job_work (demo_t *demo, job_t *job);
bool job_report (demo_t *demo, job_t *job, const char *codes [3], const char *findings,
    size_t n_parts, part_quantity_t **parts,
                 double distance_km);
bool job_sign (demo_t *demo, job_t *job, const char *signer);
bool job_cost (demo_t *demo,
    job_t *job);                       /* until it is posted; prints the lines */
bool job_confirm (demo_t *demo, job_t *job);

/* The decision behind a visit: who was refused by which rule, what winner and runner-up cost. */
void demo_decision (demo_t *demo, const dispatch_decided_t *decided);
bool demo_was_refused (const dispatch_decided_t *decided, const char *engineer_id,
    const char *rule);

/* At least so many of an item in a warehouse: what earlier runs used is delivered again. */
void demo_stock (demo_t *demo, const char *warehouse_id, const char *item_id, int64_t at_least);
int64_t demo_available (demo_t *demo, const char *item_id, const char *location_id);
