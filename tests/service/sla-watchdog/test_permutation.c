/* Whatever the order in which facts are told, the clocks end the same (N8; properties P3 and P5 of the SLA design). */
#include "history.h"

enum { HISTORIES = 250, ORDERS = 4 };

/* Tells the facts in their order. Live: each when it happens, timers firing in between. Breaches less retractions must
 * be what the clocks say in the end. */
static char *
s_play (history_of_t *self, bool is_live)
{
    tx_t *tx = company ();
    history_plans (tx);
    int standing_breaches = 0;
    tx_fake_now (tx, is_live ? self->start_at : self->end_at);
    for (int i = 0; i < self->count; i++) {
        if (is_live) {
            tx_fake_advance (tx, self->facts [i].at);
            standing_breaches += emitted_count (tx, sla_breached);
        }
        run_at (tx, self->facts [i].at, self->facts [i].message);
        assert_string_equal (tx_fake_dead_letter (tx), "");
        standing_breaches += emitted_count (tx, sla_breached) - emitted_count (tx, sla_breach_retracted);
    }
    tx_fake_advance (tx, self->end_at + 10000);
    standing_breaches += emitted_count (tx, sla_breached);
    assert_int_equal (tx_fake_advance (tx, self->end_at + 10000), 0);
    char *stand = history_stand (tx, self->arena);
    int said = 0;
    for (const char *at = stand; (at = strstr (at, " breached")); at++)
        said++;
    assert_int_equal (said, standing_breaches);
    tx_fake_destroy (&tx);
    return stand;
}

static void
test_n8_the_clocks_end_the_same_in_whatever_order_facts_are_told (void **state)
{
    (void) state;
    long histories = history_begin (HISTORIES);
    int different = 0, breached = 0;
    for (long i = 0; i < histories; i++) {
        arena_t *arena = arena_new ();
        history_of_t history = history_new (arena, "milan", HISTORY_START);
        history_sort (&history);
        char *live = s_play (&history, true);
        breached += strstr (live, "breached") != NULL;
        for (int order = 0; order < ORDERS; order++) {
            history_shuffle (&history);
            char *late = s_play (&history, false);
            if (strcmp (live, late) != 0)
                print_message ("history %ld, order %d:\n%s-- and late:\n%s", i, order, live, late);
            different += strcmp (live, late) != 0;
        }
        arena_destroy (&arena);
    }
    assert_int_equal (different, 0);
    assert_in_range (breached, histories / 10, histories);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_n8_the_clocks_end_the_same_in_whatever_order_facts_are_told),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
