/* preference - who is wanted for an order and who is not: said of the order itself, of its asset,
 * site, project, contract or customer. */
#include "dispatcher.h"
#include <string.h>

ENTITY_TABLE (preference, PREFERENCE_FIELDS, NULL);

enum { PREFERENCES_MAX = 100 };

static const char *const s_level_names [] = {
    [PREFERENCE_LEVEL_ORDER] = "order", [PREFERENCE_LEVEL_ASSET] = "asset",
    [PREFERENCE_LEVEL_SITE] = "site", [PREFERENCE_LEVEL_PROJECT] = "project",
    [PREFERENCE_LEVEL_CONTRACT] = "contract", [PREFERENCE_LEVEL_CUSTOMER] = "customer",
};

static const char *
s_key (tx_t *tx, preference_level_t level, const char *subject_id)
{
    return is_empty (subject_id) ? "" : tx_printf (tx, "%s:%s", s_level_names [level], subject_id);
}

static bool
s_valid_one (tx_t *tx, engineer_preference_t *const *list, size_t index)
{
    const engineer_preference_t *wish = list [index];
    if (!valid_id (tx, "engineer_id", wish->engineer_id)
        || !valid_enum (tx, "kind", &preference_kind_descriptor, (int) wish->kind)
        || !valid_text (tx, "reason", wish->reason, 0, 500))
        return false;
    for (size_t i = 0; i < index; i++)
        if (strcmp (list [i]->engineer_id, wish->engineer_id) == 0)
            return tx_reject (tx, "engineer_id.twice", "engineer %s is named twice: say one thing "
                "of him", wish->engineer_id), false;
    if (!tx_get (tx, engineer, wish->engineer_id) && !tx_get (tx, provider, wish->engineer_id))
        return tx_reject (tx, "engineer.unknown", "no engineer or provider %s: register him first",
            wish->engineer_id), false;
    return true;
}

bool
preference_valid (tx_t *tx, engineer_preference_t *const *list, size_t count)
{
    if (!valid_int (tx, "preferences", (int64_t) count, 0, PREFERENCES_MAX))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!s_valid_one (tx, list, i))
            return false;
    return true;
}

void
preference_write (tx_t *tx, const char *subject_id, preference_level_t level,
    engineer_preference_t *const *list, size_t count)
{
    preference_t *preference = tx_need (tx, preference, s_key (tx, level, subject_id));
    engineer_preferences_t *whole = message_new (tx_arena (tx), engineer_preferences);
    whole->preferences = (engineer_preference_t **) list;
    whole->n_preferences = count;
    blob_t packed = tx_pack (tx, &whole->base);
    if (packed.size == preference->list.size
        && (!packed.size || memcmp (packed.data, preference->list.data, packed.size) == 0))
        return;
    preference->subject_id = (char *) subject_id;
    preference->level = (int) level;
    preference->version++;
    preference->list = packed;
    tx_emit (tx, engineer_preferences_changed (
        .subject_id = (char *) subject_id, .level = level, .n_preferences = count,
        .preferences = whole->preferences, .version = preference->version));
}

/* What belongs to intake or billing may be heard of later; an order is ours. */
void
on_set_engineer_preferences (tx_t *tx, const set_engineer_preferences_t *command)
{
    if (!valid_id (tx, "subject_id", command->subject_id)
        || !valid_enum (tx, "level", &preference_level_descriptor, (int) command->level)
        || !preference_valid (tx, command->preferences, command->n_preferences))
        return;
    work_order_t *order = command->level == PREFERENCE_LEVEL_ORDER
        ? tx_get (tx, work_order, command->subject_id) : NULL;
    if (command->level == PREFERENCE_LEVEL_ORDER && !order)
        return tx_reject (tx, "work_order.unknown", "no work order %s: look the id up again",
            command->subject_id);
    tx_accept (tx, command->subject_id);
    preference_write (tx, command->subject_id, command->level, command->preferences,
        command->n_preferences);
    if (order)
        dispatch_wake (tx, order->territory_id);
}

typedef struct { preference_level_t level; const char *id; } subject_t;

/* most specific first */
static void
s_subjects (tx_t *tx, const work_order_t *order, const work_order_created_t *facts,
    subject_t ret_subjects [PREFERENCE_LAYERS_MAX])
{
    const entitlement_t *entitlement = tx_get (tx, entitlement, order->request_id);
    const customer_t *customer = tx_get (tx, customer, order->customer_id);
    const subject_t subjects [PREFERENCE_LAYERS_MAX] = {
        { PREFERENCE_LEVEL_ORDER, order->id }, { PREFERENCE_LEVEL_ASSET, order->asset_id },
        { PREFERENCE_LEVEL_SITE, order->site_id }, { PREFERENCE_LEVEL_PROJECT, facts->project_id },
        { PREFERENCE_LEVEL_CONTRACT, entitlement ? entitlement->contract_id : "" },
        { PREFERENCE_LEVEL_CUSTOMER, customer && !is_empty (customer->survivor_id)
          ? customer->survivor_id : order->customer_id },
    };
    memcpy (ret_subjects, subjects, sizeof subjects);
}

void
preference_expect_named (tx_t *tx, const work_order_t *order)
{
    const struct { preference_level_t level; const char *id; } named [] = {
        { PREFERENCE_LEVEL_ORDER, order->id }, { PREFERENCE_LEVEL_ASSET, order->asset_id },
        { PREFERENCE_LEVEL_SITE, order->site_id }, { PREFERENCE_LEVEL_CUSTOMER, order->customer_id } };
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (!is_empty (named [i].id))
            tx_expect (tx, preference, s_key (tx, named [i].level, named [i].id));
}

void
preference_expect (tx_t *tx, const work_order_t *order)
{
    subject_t subjects [PREFERENCE_LAYERS_MAX];
    s_subjects (tx, order, tx_unpack (tx, work_order_created, order->facts), subjects);
    for (int i = 0; i < PREFERENCE_LAYERS_MAX; i++)
        tx_expect (tx, preference, s_key (tx, subjects [i].level, subjects [i].id));
}

int
preference_layers (tx_t *tx, const work_order_t *order, const work_order_created_t *facts,
    preference_layer_t ret_layers [PREFERENCE_LAYERS_MAX])
{
    subject_t subjects [PREFERENCE_LAYERS_MAX];
    int subject_count = PREFERENCE_LAYERS_MAX, count = 0;
    preference_expect (tx, order);
    s_subjects (tx, order, facts, subjects);
    for (int i = 0; i < subject_count; i++) {
        const preference_t *row = tx_get (tx, preference,
            s_key (tx, subjects [i].level, subjects [i].id));
        const engineer_preferences_t *whole = row ? tx_unpack (tx, engineer_preferences, row->list)
            : NULL;
        if (whole && whole->n_preferences)
            ret_layers [count++] = (preference_layer_t) { s_level_names [subjects [i].level],
                row->subject_id, whole->preferences, whole->n_preferences };
    }
    return count;
}
