/* crew - several engineers for one visit: who can begin together, and when. */
#include "choose.h"
#include "decision.h"
#include "message_new.h"
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS INT64_C (60000)
#define NEVER INT64_MAX
enum { TRIES_MAX = 500 };

/* One who may go, and when he could begin at the earliest. */
typedef struct {
    place_question_t question;
    int64_t begins_at;
} member_t;

/* All of them, from then on. */
static void
s_ask (arena_t *arena, member_t *members, int count, int64_t not_before_at)
{
    place_question_t *questions = arena_array (arena, (size_t) count + 1, sizeof *questions);
    place_t *places = arena_array (arena, (size_t) count + 1, sizeof *places);
    int *of = arena_array (arena, (size_t) count + 1, sizeof *of), asked = 0;
    for (int i = 0; i < count; i++) {
        if (members [i].begins_at >= not_before_at)
            continue;
        members [i].question.not_before_at = not_before_at;
        questions [asked] = members [i].question;
        of [asked++] = i;
    }
    place_best (arena, questions, asked, places);
    for (int i = 0; i < asked; i++)
        members [of [i]].begins_at = places [i].is_found ? places [i].work_starts_at : NEVER;
}

static int
s_compare (const void *left, const void *right)
{
    int64_t a = *(const int64_t *) left, b = *(const int64_t *) right;
    return (a > b) - (a < b);
}

/* When as many as are needed have begun, each as early as he can. */
static int64_t
s_nth (arena_t *arena, const member_t *members, int count, int size)
{
    int64_t *times = arena_array (arena, (size_t) count + 1, sizeof *times);
    for (int i = 0; i < count; i++)
        times [i] = members [i].begins_at;
    qsort (times, (size_t) count, sizeof *times, s_compare);
    return times [size - 1];
}

static int
s_count_at (const member_t *members, int count, int64_t at)
{
    int found = 0;
    for (int i = 0; i < count; i++)
        found += members [i].begins_at == at;
    return found;
}

/* Nobody can begin together before the last of those who are needed could begin alone: he sets the
 * time, the others are asked again from then on, until enough say the same. */
static int64_t
s_search (arena_t *arena, member_t *members, int count, int size)
{
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        int64_t at = s_nth (arena, members, count, size);
        if (at == NEVER)
            return 0;
        if (s_count_at (members, count, at) >= size)
            return at;
        s_ask (arena, members, count, at);
    }
    return 0;
}

int64_t
crew_begins_at (arena_t *arena, const choose_input_t *input, const dispatch_decided_t *document)
{
    member_t *members = arena_array (arena, (size_t) input->engineer_count + 1, sizeof *members);
    int count = 0;
    for (int i = 0; i < input->engineer_count; i++)
        if (!document->candidates [i]->n_failed_rules)
            members [count++] = (member_t) { choose_question (arena, input, &input->engineers [i]), -1 };
    s_ask (arena, members, count, input->order.not_before_at);
    return count < input->order.crew_size ? 0
        : s_search (arena, members, count, input->order.crew_size);
}

static int64_t
s_begins_at (const dispatch_candidate_t *candidate)
{
    return candidate->starts_at + candidate->travel_minutes * MINUTE_MS;
}

static bool
s_is_chosen (const dispatch_decided_t *document, const dispatch_candidate_t *candidate)
{
    return document->manual && strcmp (candidate->engineer_id, document->winner_id) == 0;
}

/* Whom a person chose goes whatever he breaks. */
static int
s_count_together (const dispatch_decided_t *document, int64_t begins_at)
{
    int count = 0;
    for (size_t i = 0; i < document->n_candidates; i++) {
        const dispatch_candidate_t *candidate = document->candidates [i];
        count += s_is_chosen (document, candidate) || (!candidate->n_failed_rules
            && (!begins_at || s_begins_at (candidate) == begins_at));
    }
    return count;
}

void
crew_rules (arena_t *arena, const choose_input_t *input, dispatch_decided_t *document,
    int64_t begins_at)
{
    int count = s_count_together (document, begins_at), size = input->order.crew_size;
    for (size_t i = 0; i < document->n_candidates; i++) {
        dispatch_candidate_t *candidate = document->candidates [i];
        if (candidate->n_failed_rules && !s_is_chosen (document, candidate))
            continue;
        int64_t later = (s_begins_at (candidate) - begins_at) / MINUTE_MS;
        if (!begins_at || count < size)
            rules_fail (arena, candidate, "crew",
                arena_printf (arena, "%d who can begin together", size),
                arena_printf (arena, "%d who may go", count));
        else if (later)
            rules_fail (arena, candidate, "crew",
                arena_printf (arena, "to begin together with %d others", size - 1),
                arena_printf (arena, "he can %lld min later", (long long) later));
    }
}

static bool
s_is_named (const dispatch_decided_t *document, const char *engineer_id)
{
    for (size_t i = 0; i < document->n_crew_ids; i++)
        if (strcmp (document->crew_ids [i], engineer_id) == 0)
            return true;
    return strcmp (document->winner_id, engineer_id) == 0;
}

static const dispatch_candidate_t *
s_next (const dispatch_decided_t *document)
{
    const dispatch_candidate_t *best = NULL;
    for (size_t i = 0; i < document->n_candidates; i++) {
        const dispatch_candidate_t *candidate = document->candidates [i];
        if (!candidate->n_failed_rules && !*candidate->provider_id && !s_is_named (document, candidate->engineer_id)
            && (!best || candidate->cost_minor < best->cost_minor))
            best = candidate;
    }
    return best;
}

void
crew_name (arena_t *arena, const choose_input_t *input, dispatch_decided_t *document)
{
    const dispatch_candidate_t *winner = decision_candidate (document, document->winner_id);
    if (input->order.crew_size < 2 || !winner || *winner->provider_id)
        return;                                     /* a provider brings its own people */
    document->crew_ids = arena_array (arena, (size_t) input->order.crew_size,
        sizeof *document->crew_ids);
    for (int i = 1; i < input->order.crew_size; i++) {
        const dispatch_candidate_t *next = s_next (document);
        if (!next)
            return;
        document->crew_ids [document->n_crew_ids++] = next->engineer_id;
    }
}
