/* recreate - puts removed visits back, greedily, in one of several orders. */
#include "search.h"
#include <stdlib.h>

typedef enum {
    ORDER_RANDOM, ORDER_WORK, ORDER_FAR, ORDER_CLOSE, ORDER_WINDOW, ORDER_OPENS, ORDER_CLOSES, ORDER_PRICE, ORDERS
} order_t;

static const uint8_t s_weights [ORDERS] = { 4, 4, 2, 1, 2, 2, 2, 3 };

static order_t
s_pick_order (search_t *self)
{
    uint32_t total = 0;
    for (int i = 0; i < ORDERS - !self->prices_differ; i++)
        total += s_weights [i];
    uint32_t pick = random_below (&self->random, total);
    int order = 0;
    while (pick >= s_weights [order])
        pick -= s_weights [order++];
    return (order_t) order;
}

static int64_t
s_key (const search_t *self, order_t order, int index)
{
    const node_t *node = &self->nodes [index];
    switch (order) {
    case ORDER_WORK:
        return -(int64_t) (node->load ? node->load : node->work);
    case ORDER_FAR:
        return -self->model->remote [index];
    case ORDER_CLOSE:
        return self->model->remote [index];
    case ORDER_WINDOW:
        return node->closes - node->opens;
    case ORDER_OPENS:
        return node->opens;
    case ORDER_CLOSES:
        return -node->closes;
    case ORDER_PRICE:
        return -node->unassigned;
    default:
        return 0;
    }
}

static void
s_shuffle (search_t *self)
{
    for (int i = self->removed_count - 1; i > 0; i--) {
        int k = (int) random_below (&self->random, (uint32_t) i + 1), node = self->removed [i];
        self->removed [i] = self->removed [k];
        self->removed [k] = node;
    }
}

/* By insertion: lists are short, and equal ones stay shuffled. */
static void
s_sort (search_t *self, order_t order)
{
    for (int i = 0; i < self->removed_count; i++)
        self->key [self->removed [i]] = s_key (self, order, self->removed [i]);
    for (int i = 1; i < self->removed_count; i++) {
        int node = self->removed [i], k = i - 1;
        int64_t key = self->key [node];
        for (; k >= 0 && self->key [self->removed [k]] > key; k--)
            self->removed [k + 1] = self->removed [k];
        self->removed [k + 1] = node;
    }
}

bool
recreate (search_t *self, money_t limit)
{
    s_shuffle (self);
    order_t order = s_pick_order (self);
    if (order != ORDER_RANDOM)
        s_sort (self, order);
    money_t lost = 0;                       /* by those that stay unassigned; at least this is paid */
    for (int i = 0; i < self->removed_count; i++) {
        int node = self->removed [i];
        if (self->bank_index [node] == PLAN_NONE)
            continue;                       /* its group has taken it along */
        money_t price = self->nodes [node].unassigned, left = limit - (self->cost - self->bank_price) - lost;
        if (self->nodes [node].is_bound) {
            if (!group_insert (self, node))
                lost += price;
            continue;
        }
        spot_t spot = insert_best (self, node, price < left ? price : left);
        if (spot.shift != PLAN_NONE) {
            insert_at (self, node, &spot);
            continue;
        }
        if (price >= left)
            return false;
        lost += price;
    }
    return self->broken_count == 0 && self->cost < limit;
}

/* ---- building from nothing */

typedef struct { money_t price; int64_t window; int32_t node; } important_t;

static int
s_by_importance (const void *left, const void *right)
{
    const important_t *a = left, *b = right;
    if (a->price != b->price)
        return a->price > b->price ? -1 : 1;
    return a->window != b->window ? (a->window > b->window) - (a->window < b->window) : a->node - b->node;
}

void
search_build (search_t *self)
{
    int count = self->bank_count;
    important_t *list = memory_array ((size_t) count, sizeof *list);
    for (int i = 0; i < count; i++) {
        const node_t *node = &self->nodes [self->bank [i]];
        list [i] = (important_t) { node->unassigned, (int64_t) node->closes - node->opens, self->bank [i] };
    }
    qsort (list, (size_t) count, sizeof *list, s_by_importance);
    for (int i = 0; i < count; i++) {
        int node = list [i].node;
        if (self->bank_index [node] == PLAN_NONE)
            continue;
        search_begin (self);
        if (self->nodes [node].is_bound) {
            if (!group_insert (self, node) || self->broken_count)
                search_rollback (self);
            continue;
        }
        spot_t spot = insert_exact (self, node, self->nodes [node].unassigned);
        if (spot.shift != PLAN_NONE)
            insert_at (self, node, &spot);
    }
    free (list);
    search_begin (self);
}
