/* priority - the order of work, from how bad it is and what was promised to whom. */
#include "intake.h"

#include <strings.h>

/* Each fault level owns 25 numbers, so that no contract and no grade ever lifts a lesser fault over
 * a worse one. Within its level a request moves by at most 21 up and 3 down: 22 - 21 = 1 is the
 * first of all, 97 + 3 = 100 the last. */
enum { LEVEL_SPAN = 25, LEVEL_BASE = 22, PLAIN_CONTRACT = -2 };

typedef struct {
    const char *name;
    int points;
} points_t;

static const points_t s_tiers [] = { { "platinum", -9 }, { "gold", -7 }, { "silver", -4 },
    { "bronze", -2 }, { NULL, 0 } };
static const points_t s_grades [] = { { "A", -6 }, { "B", -3 }, { "C", 0 }, { "D", 3 },
    { NULL, 0 } };

static int
s_points (const points_t *table, const char *name, int other)
{
    if (is_empty (name))
        return 0;
    for (; table->name; table++)
        if (!strcasecmp (table->name, name))
            return table->points;
    return other;
}

static int
s_term (tx_t *tx, trace_t *trace, const char *rule, const char *value, int points)
{
    trace_add (tx, trace, rule, points != 0, tx_printf (tx, "\"%s\" counts %+d", value, points));
    return points;
}

int
priority_of (tx_t *tx, int fault_level, const char *contract_tier, const char *customer_grade,
    int criticality, trace_t *trace)
{
    int base = LEVEL_BASE + LEVEL_SPAN * (fault_level - 1);
    trace_add (tx, trace, "priority:fault_level", true,
        tx_printf (tx, "fault level %d begins at %d", fault_level, base));
    return base
        + s_term (tx, trace, "priority:contract_tier", contract_tier,
            s_points (s_tiers, contract_tier, PLAIN_CONTRACT))
        + s_term (tx, trace, "priority:customer_grade", customer_grade,
            s_points (s_grades, customer_grade, 0))
        + s_term (tx, trace, "priority:asset_criticality", tx_printf (tx, "%d", criticality),
            -2 * criticality);
}
