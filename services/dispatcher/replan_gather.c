/* replan_gather - from rows to what a day is planned with: the engineers of a territory, of those below
 * it and above it, what may move of what they have to do, and the orders that wait there. */
#include "dispatcher.h"
#include "calendars.h"
#include "replan.h"
#include <stdlib.h>
#include <string.h>

enum { TERRITORIES_MAX = 1000 };
#define MINUTE_MS INT64_C (60000)

typedef struct {
    tx_t *tx;
    replan_input_t *input;
    replan_person_t *people;
    replan_visit_t *visits;
    int64_t frozen_until;
    const char *error;
} gather_t;

/* ---- who */

enum { ROOM = 16 };

/* For one more. Most days are small, and room for the most that may be would cost more than the rest of it. */
static void *
s_room (gather_t *self, void *array, int count, size_t size)
{
    if (count < ROOM || (count & (count - 1)))
        return array;
    void *bigger = arena_array (tx_arena (self->tx), (size_t) count * 2, size);
    return memcpy (bigger, array, (size_t) count * size);
}

static int
s_territories (tx_t *tx, const char *whole_id, const char *ret_ids [TERRITORIES_MAX])
{
    const char *path [TERRITORY_DEPTH_MAX];
    int count = 0, depth = territory_path (tx, whole_id, path);
    EACH (territory, territory, tx_all (tx, territory))
        if (count < TERRITORIES_MAX - TERRITORY_DEPTH_MAX && territory_is_below (tx, territory, whole_id))
            ret_ids [count++] = territory->id;
    for (int i = 1; i < depth; i++)
        ret_ids [count++] = path [i];
    return count;
}

static int
s_by_id (const void *left, const void *right)
{
    return strcmp (((const replan_person_t *) left)->who.id, ((const replan_person_t *) right)->who.id);
}

static void
s_people (gather_t *self, const char *const *territories, int territory_count)
{
    tx_t *tx = self->tx;
    tx_all (tx, shift_calendar);
    for (int i = 0; i < territory_count; i++) {
        tx_find (tx, diary, territory_id, territories [i]);
        EACH (engineer, engineer, tx_find (tx, engineer, territory_id, territories [i])) {
            if (self->input->person_count == REPLAN_PEOPLE_MAX) {
                self->error = "more than 300 engineers: plan a smaller territory";
                return;
            }
            self->people = s_room (self, self->people, self->input->person_count, sizeof *self->people);
            self->people [self->input->person_count++].who = gather_person (tx, engineer, true,
                self->input->policy->position_fresh_ms);
        }
    }
    qsort (self->people, (size_t) self->input->person_count, sizeof *self->people, s_by_id);
}

static bool
s_is_of_day (const gather_t *self, const diary_entry_t *entry)
{
    return entry->from_at < self->input->to_at && entry->to_at > self->input->from_at
        && entry->to_at > self->input->now;
}

/* Everything that the visits of the day will be asked for, a kind at a time. */
static void
s_expect_orders (gather_t *self, const list_t *waiting, int waiting_count)
{
    tx_t *tx = self->tx;
    work_order_t **orders = arena_array (tx_arena (tx), REPLAN_VISITS_MAX + 1, sizeof *orders);
    int count = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < self->input->person_count; i++)
            for (size_t j = 0; j < self->people [i].who.entry_count; j++) {
                const diary_entry_t *entry = self->people [i].who.entries [j];
                if (entry->kind != DIARY_KIND_VISIT || !s_is_of_day (self, entry))
                    continue;
                const visit_t *visit = pass ? tx_get (tx, visit, entry->entry_id) : NULL;
                if (!pass)
                    tx_expect (tx, visit, entry->entry_id);
                else if (visit)
                    tx_expect (tx, work_order, visit->work_order_id);
                work_order_t *order = visit && count < REPLAN_VISITS_MAX ? tx_get (tx, work_order, visit->work_order_id)
                    : NULL;
                if (order)
                    orders [count++] = order;
            }
    for (int i = 0; i < waiting_count; i++)
        EACH (work_order, order, waiting [i])
            if (count < REPLAN_VISITS_MAX)
                orders [count++] = order;
    for (int i = 0; i < count; i++) {
        tx_expect (tx, site, orders [i]->site_id);
        tx_expect (tx, asset, orders [i]->asset_id);
        tx_expect (tx, customer, orders [i]->customer_id);
        tx_expect (tx, promise, orders [i]->request_id);
        tx_expect (tx, entitlement, orders [i]->request_id);
        tx_expect_find (tx, visit, work_order_id, orders [i]->id);
    }
    for (int i = 0; i < count; i++)
        preference_expect (tx, orders [i]);
}

/* ---- what */

static bool
s_is_away (const choose_person_t *who, const visit_t *visit)
{
    for (size_t i = 0; i < who->entry_count; i++)
        if (who->entries [i]->kind == DIARY_KIND_ABSENCE && who->entries [i]->from_at < visit->ends_at
            && who->entries [i]->to_at > visit->starts_at)
            return true;
    return false;
}

static bool
s_is_under_way (const visit_t *visit)
{
    return visit->state == VISIT_STATE_TRAVELLING || visit->state == VISIT_STATE_ON_SITE
        || visit->state == VISIT_STATE_WORKING || visit->state == VISIT_STATE_PAUSED;
}

/* One engineer of ours alone is asked or goes, on that day; nobody has fixed it; and there is time to tell
 * people. What can not stay moves all the same, but not from whom it is locked to. */
static bool
s_may_move (gather_t *self, const visit_t *visit, const work_order_t *order, bool must)
{
    const replan_input_t *input = self->input;
    bool is_asked = visit->state == VISIT_STATE_OFFERED || visit->state == VISIT_STATE_ACCEPTED
        || !is_empty (visit->planned_territory_id);
    visit_t **others;
    if (!is_asked || !is_empty (visit->provider_id) || visit->crew.size || visit->starts_at < input->from_at
        || visit->ends_at > input->to_at)
        return false;
    if (visit_others (self->tx, order, visit, &others) && !(must && visit->state == VISIT_STATE_ACCEPTED))
        return false;                               /* several are asked, or it is being moved */
    return must ? !lock_holds_engineer (visit)
        : !visit->lock && visit->work_starts_at >= self->frozen_until;
}

static void
s_add_visit (gather_t *self, const work_order_t *order, const visit_t *visit, bool must)
{
    if (self->input->visit_count == REPLAN_VISITS_MAX) {
        self->error = "more than 2,000 visits: plan a smaller territory";
        return;
    }
    const char **path = arena_array (tx_arena (self->tx), TERRITORY_DEPTH_MAX, sizeof *path);
    self->visits = s_room (self, self->visits, self->input->visit_count, sizeof *self->visits);
    replan_visit_t *added = &self->visits [self->input->visit_count++];
    *added = (replan_visit_t) { .order = gather_order (self->tx, order), .visit_id = visit ? visit->id : "" };
    added->territory_count = territory_path (self->tx, order->territory_id, path);
    added->territories = path;
    if (!visit)
        return;
    added->engineer_id = visit->engineer_id;
    added->work_starts_at = visit->work_starts_at;
    added->lock = visit->lock;
    added->lock_from_at = visit->lock_from_at;
    added->lock_to_at = visit->lock_to_at;
    added->is_told = is_empty (visit->planned_territory_id);
    added->must = must;
}

static void
s_entry (gather_t *self, replan_person_t *person, replan_fixed_t *fixed, const diary_entry_t *entry)
{
    tx_t *tx = self->tx;
    const visit_t *visit = entry->kind == DIARY_KIND_VISIT ? tx_get (tx, visit, entry->entry_id) : NULL;
    const work_order_t *order = visit ? tx_get (tx, work_order, visit->work_order_id) : NULL;
    bool must = visit && s_is_away (&person->who, visit);
    bool is_his = visit && strcmp (visit->engineer_id, person->who.id) == 0;
    if (visit && s_is_under_way (visit) && is_his) {
        int64_t free_at = entry->to_at > self->input->now ? entry->to_at : self->input->now;
        if (free_at > person->free_at) {
            person->free_at = free_at;
            person->free_point = entry->point;
        }
    } else if (visit && is_his && s_may_move (self, visit, order, must))
        s_add_visit (self, order, visit, must);
    else {
        bool is_absence = entry->kind == DIARY_KIND_ABSENCE;
        fixed [person->fixed_count++] = (replan_fixed_t) {
            .from_at = is_absence ? entry->from_at : entry->work_from_at, .to_at = entry->to_at,
            .point = entry->point, .is_place = !is_absence };
    }
}

static void
s_diaries (gather_t *self)
{
    for (int i = 0; i < self->input->person_count && !self->error; i++) {
        replan_person_t *person = &self->people [i];
        replan_fixed_t *fixed = arena_array (tx_arena (self->tx), person->who.entry_count + 1, sizeof *fixed);
        for (size_t j = 0; j < person->who.entry_count && !self->error; j++)
            if (s_is_of_day (self, person->who.entries [j]))
                s_entry (self, person, fixed, person->who.entries [j]);
        person->fixed = fixed;
    }
}

static void
s_waiting (gather_t *self, const list_t *waiting, int waiting_count)
{
    for (int i = 0; i < waiting_count && !self->error; i++)
        EACH (work_order, order, waiting [i]) {
            const work_order_created_t *facts = tx_unpack (self->tx, work_order_created, order->facts);
            if (order->is_ready && !order->needs_person && is_empty (order->open_visit_id) && facts->crew_size < 2
                && order->not_before_at < self->input->to_at
                && (!order->not_after_at || order->not_after_at >= self->input->from_at))
                s_add_visit (self, order, NULL, false);
        }
}

static int
s_by_order (const void *left, const void *right)
{
    return strcmp (((const replan_visit_t *) left)->order.id, ((const replan_visit_t *) right)->order.id);
}

const char *
replan_gather (tx_t *tx, const replan_t *row, policy_choice_t policy, replan_input_t *ret_input)
{
    const territory_t *territory = tx_get (tx, territory, row->territory_id);
    const zone_t *zone = zone_find (is_empty (territory->time_zone) ? "UTC" : territory->time_zone, NULL);
    const char **ids = arena_array (tx_arena (tx), TERRITORIES_MAX, sizeof *ids);
    int32_t day = date_parse (row->day_on);
    int id_count = s_territories (tx, row->territory_id, ids);
    *ret_input = (replan_input_t) { .now = tx_now (tx), .from_at = zone_at (zone, day, 0),
        .to_at = zone_at (zone, day + 1, 0), .policy = policy.details, .effort_ms = (int) row->effort_ms };
    gather_t self = { .tx = tx, .input = ret_input,
        .people = arena_array (tx_arena (tx), ROOM, sizeof *self.people),
        .visits = arena_array (tx_arena (tx), ROOM, sizeof *self.visits),
        .frozen_until = tx_now (tx) + policy.details->replan_frozen_minutes * MINUTE_MS };
    list_t *waiting = arena_array (tx_arena (tx), (size_t) id_count + 1, sizeof *waiting);
    for (int i = 0; i < id_count; i++)
        tx_expect_find (tx, work_order, waiting_territory_id, ids [i]);
    for (int i = 0; i < id_count; i++)
        waiting [i] = tx_find (tx, work_order, waiting_territory_id, ids [i]);
    s_people (&self, ids, id_count);
    s_expect_orders (&self, waiting, id_count);
    s_diaries (&self);
    s_waiting (&self, waiting, id_count);
    qsort (self.visits, (size_t) ret_input->visit_count, sizeof *self.visits, s_by_order);
    ret_input->people = self.people;
    ret_input->visits = self.visits;
    return self.error;
}
