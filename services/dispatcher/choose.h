/* choose - from candidates to a decision: who goes, when, and for everybody else why not.
 *
 * Pure: no tx, no clock, no chance; the same input gives the same document, byte for byte. Hard
 * rules refuse with the two values compared, soft terms are money and add up. Least cost wins,
 * equal cost by engineer id. A planner can take its place: what it must give is the document. */
#pragma once
#include "arena.h"
#include "place.h"

typedef struct {
    const char *id;
    const engineer_details_t *details;
    bool is_on_duty, is_in_territory;
    const geo_point_t *position;            /* a fresh one, or NULL: he is taken to be at home */
    calendar_t *shift;                      /* NULL: he has none */
    diary_entry_t *const *entries;          /* his open visits and absences, in order of from_at */
    size_t entry_count;
    /* SHA-256 of details and of entries, packed; NULL: is taken when it is needed */
    const unsigned char *details_digest, *entries_digest;
    int learned_percent, learned_visits;    /* his efficiency as his visits tell; 0: too few do */
} choose_person_t;

/* A company that may be asked; its people and their hours are its own business. */
typedef struct {
    const char *id;
    const provider_details_t *details;
    bool is_in_territory;
    int taken;                              /* visits that it has on the day of the order */
} choose_provider_t;

/* What one order, asset, site, project, contract or customer says about engineers. */
typedef struct {
    const char *level, *subject_id;
    engineer_preference_t *const *list;
    size_t count;
} preference_layer_t;

enum { PREFERENCE_LAYERS_MAX = 6 };

typedef struct {
    const char *id, *customer_id, *territory_id, *device_type;
    skill_level_t *const *skills;
    size_t skill_count;
    int priority;                           /* 1 first .. 100 last */
    int64_t work_ms, not_before_at, not_after_at;
    int64_t promised_at;                    /* arrival that the SLA promises; 0: none is known */
    const geo_point_t *site;                /* NULL: unknown */
    calendar_t *access;                     /* when one may come in; NULL: always */
    int crew_size;                          /* engineers who begin together; 0 and 1: one */
    const setbacks_t *setbacks;             /* NULL: none */
    const preference_layer_t *layers;       /* most specific first */
    int layer_count;
    int offers_in_vain;                     /* 0, or more than the policy allows: no own engineer is asked again */
    bool is_ready;                          /* only asked when a person chooses */
} choose_order_t;

/* rule: which line of the policy rules chose it, from 1; 0: none did. */
typedef struct {
    const char *id;
    int64_t version, rules_version;
    int rule;
    const dispatch_policy_details_t *details;
} policy_choice_t;

typedef struct {
    int64_t now;
    policy_choice_t policy;
    choose_order_t order;
    const choose_person_t *engineers;     /* in order of id, each once */
    int engineer_count;
    const choose_provider_t *providers;   /* in order of id, each once */
    int provider_count;
    /* the engineer or provider a person chose; NULL or "": nobody did */
    const char *manual_id;
    int64_t manual_starts_at;               /* 0: his earliest place */
} choose_input_t;

/* The document, in the arena: candidates in order of id, winner_id "" when nobody may go. A
 * person's choice wins whatever it breaks; the caller looks at its failed rules. work_order_id is
 * set, visit_id, attempt, override_reason are the caller's. */
dispatch_decided_t *choose (arena_t *arena, const choose_input_t *input);

/* When a provider would begin: as soon as the order may. */
int64_t choose_provider_at (const choose_input_t *input);
/* The candidates of the providers, ranked, behind those of our own engineers. */
void choose_providers (arena_t *arena, const choose_input_t *input, dispatch_decided_t *document);

/* Where one engineer could do the order: for place_best. */
place_question_t choose_question (arena_t *arena, const choose_input_t *input,
    const choose_person_t *engineer);

/* The first moment at which as many of the candidates who may go as the order needs can begin together;
 * 0: there is none. */
int64_t crew_begins_at (arena_t *arena, const choose_input_t *input,
    const dispatch_decided_t *document);
/* Refuses the candidates who can not begin then, and everybody when there is no such moment or too few
 * can. */
void crew_rules (arena_t *arena, const choose_input_t *input, dispatch_decided_t *document,
    int64_t begins_at);
/* Names those who go with the winner. */
void crew_name (arena_t *arena, const choose_input_t *input, dispatch_decided_t *document);

/* Whether an engineer passes the rules of RULES below for that place; they are appended to the
 * candidate. */
void rules_of_person (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    dispatch_candidate_t *candidate);
void rules_of_skills (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    int64_t at, dispatch_candidate_t *candidate);
/* The last moment at which all skills that the order needs are held; 0: he holds them for ever, or not at all. */
int64_t rules_skills_until (const choose_input_t *input, const choose_person_t *engineer);
/* What the most specific layer that names him says of him, and which one that is; NULL: nobody names
 * him, *ret_layer is layer_count. */
const engineer_preference_t *rules_preference (const choose_order_t *order,
    const char *engineer_id, int *ret_layer);
void rules_fail (arena_t *arena, dispatch_candidate_t *candidate, const char *rule,
    const char *needed, const char *had);
/* no failed rule is one that the law makes */
bool rules_waivable (const dispatch_candidate_t *candidate);
/* "duty, skill" */
const char *rules_names (arena_t *arena, const dispatch_candidate_t *candidate);

/* Fills terms and cost_minor of a candidate whose place is set. Being late and waiting are priced
 * by urgency: the policy's price times 1 + (100 - priority) / 11 in whole numbers, 10 for priority
 * 1 down to 1 for 90 to 100; the price in the term is the product. Late is the arrival after the
 * order's not_after_at, else after promised_at; where there is either, the term is there even when
 * nobody is late, with that instant in it. Source of the method: lateness priced by the promise and
 * the priority, as in soft time windows (Solomon and Desrosiers, Transportation Science 1988). */
void price_candidate (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    dispatch_candidate_t *candidate);

int64_t price_weight (int priority);
/* One term: what a provider takes for a visit. */
void price_provider (arena_t *arena, const provider_details_t *details,
    dispatch_candidate_t *candidate);

/* SHA-256, hex, of everything in the input, each value with its name; messages of engineers by their own SHA-256. */
char *input_hash (arena_t *arena, const choose_input_t *input);
