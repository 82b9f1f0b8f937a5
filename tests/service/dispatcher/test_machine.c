/* The life of visits and work orders: what may follow what. */
#include "world.h"

typedef struct { const char *name; visit_state_t visits [2]; int count; work_order_state_t expected; } row_t;

/* "Scheduled, in progress, completed, partially completed, cancelled" of the public table, in our
 * states. */
#define SCHEDULED   VISIT_STATE_ACCEPTED
#define PROGRESS    VISIT_STATE_WORKING
#define COMPLETED   VISIT_STATE_REPORTED
#define PARTIAL     VISIT_STATE_PARTIAL
#define CANCELLED   VISIT_STATE_CANCELLED

static const row_t s_rows [] = {
    { "no booking",              { 0 }, 0,                      WORK_ORDER_STATE_UNSCHEDULED },
    { "scheduled",               { SCHEDULED }, 1,              WORK_ORDER_STATE_SCHEDULED },
    { "in progress",             { PROGRESS }, 1,               WORK_ORDER_STATE_IN_PROGRESS },
    { "completed",               { COMPLETED }, 1,              WORK_ORDER_STATE_COMPLETED },
    { "partially",               { PARTIAL }, 1,                WORK_ORDER_STATE_UNSCHEDULED },
    { "cancelled",               { CANCELLED }, 1,              WORK_ORDER_STATE_UNSCHEDULED },
    { "scheduled + scheduled",   { SCHEDULED, SCHEDULED }, 2,   WORK_ORDER_STATE_SCHEDULED },
    { "scheduled + in progress", { SCHEDULED, PROGRESS }, 2,    WORK_ORDER_STATE_IN_PROGRESS },
    { "scheduled + completed",   { SCHEDULED, COMPLETED }, 2,   WORK_ORDER_STATE_IN_PROGRESS },
    { "scheduled + partially",   { SCHEDULED, PARTIAL }, 2,     WORK_ORDER_STATE_SCHEDULED },
    { "completed + completed",   { COMPLETED, COMPLETED }, 2,   WORK_ORDER_STATE_COMPLETED },
    { "partially + partially",   { PARTIAL, PARTIAL }, 2,       WORK_ORDER_STATE_UNSCHEDULED },
    { "in progress + partially", { PROGRESS, PARTIAL }, 2,      WORK_ORDER_STATE_IN_PROGRESS },
    { "completed + partially",   { COMPLETED, PARTIAL }, 2,     WORK_ORDER_STATE_COMPLETED },
    { "cancelled + partially",   { CANCELLED, PARTIAL }, 2,     WORK_ORDER_STATE_UNSCHEDULED },
};

static void
test_x14_each_row_of_the_public_table_gives_its_work_order_state_in_either_order (void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof s_rows / sizeof *s_rows; i++) {
        const row_t *row = &s_rows [i];
        visit_state_t swapped [2] = { row->visits [1], row->visits [0] };
        if (machine_order_state (row->visits, row->count, false) != row->expected
            || (row->count == 2 && machine_order_state (swapped, 2, false) != row->expected))
            fail_msg ("%s: got %s", row->name,
                      enum_name (&work_order_state_descriptor,
                      (int) machine_order_state (row->visits, row->count, false)));
    }
}

static void
test_x14_with_work_remaining_completed_and_partially_is_unscheduled_again (void **state)
{
    (void) state;
    visit_state_t visits [] = { VISIT_STATE_REPORTED, VISIT_STATE_PARTIAL };
    assert_int_equal (machine_order_state (visits, 2, true), WORK_ORDER_STATE_UNSCHEDULED);
    assert_int_equal (machine_order_state (visits, 1, true), WORK_ORDER_STATE_COMPLETED);
}

static void
test_every_state_of_a_single_visit_has_its_order_state (void **state)
{
    (void) state;
    static const work_order_state_t expected [] = {
        [VISIT_STATE_PROPOSED] = WORK_ORDER_STATE_SCHEDULED,
            [VISIT_STATE_OFFERED] = WORK_ORDER_STATE_SCHEDULED,
        [VISIT_STATE_ACCEPTED] = WORK_ORDER_STATE_SCHEDULED,
        [VISIT_STATE_TRAVELLING] = WORK_ORDER_STATE_IN_PROGRESS,
        [VISIT_STATE_ON_SITE] = WORK_ORDER_STATE_IN_PROGRESS,
        [VISIT_STATE_WORKING] = WORK_ORDER_STATE_IN_PROGRESS,
        [VISIT_STATE_PAUSED] = WORK_ORDER_STATE_ON_HOLD,
        [VISIT_STATE_FINISHED] = WORK_ORDER_STATE_IN_PROGRESS,
        [VISIT_STATE_REPORTED] = WORK_ORDER_STATE_COMPLETED,
        [VISIT_STATE_PARTIAL] = WORK_ORDER_STATE_UNSCHEDULED,
        [VISIT_STATE_REJECTED] = WORK_ORDER_STATE_UNSCHEDULED,
        [VISIT_STATE_EXPIRED] = WORK_ORDER_STATE_UNSCHEDULED,
        [VISIT_STATE_CANCELLED] = WORK_ORDER_STATE_UNSCHEDULED,
        [VISIT_STATE_NO_ACCESS] = WORK_ORDER_STATE_UNSCHEDULED,
    };
    for (int visit = VISIT_STATE_PROPOSED; visit <= VISIT_STATE_NO_ACCESS; visit++) {
        visit_state_t one = (visit_state_t) visit;
        assert_int_equal (machine_order_state (&one, 1, false), expected [visit]);
    }
}

static void
test_h2_a_transition_that_the_table_does_not_list_is_illegal (void **state)
{
    (void) state;
    assert_int_equal (machine_next (visit_transitions, VISIT_STATE_OFFERED, "AcceptVisit"),
        VISIT_STATE_ACCEPTED);
    assert_int_equal (machine_next (visit_transitions, VISIT_STATE_PROPOSED, "AcceptVisit"), 0);
    assert_int_equal (machine_next (visit_transitions, VISIT_STATE_REPORTED, "IssueServiceReport"),
        0);
    assert_int_equal (machine_next (work_order_transitions, WORK_ORDER_STATE_POSTED,
        "CancelWorkOrder"), 0);
}

static void
test_h2_the_table_says_one_thing_for_each_state_and_message (void **state)
{
    (void) state;
    for (const transition_t *a = visit_transitions; a->message; a++)
        for (const transition_t *b = a + 1; b->message; b++)
            assert_false (a->from == b->from && strcmp (a->message, b->message) == 0);
}

static void
test_h2_every_visit_state_is_reached_and_every_ended_one_is_final (void **state)
{
    (void) state;
    for (int visit = VISIT_STATE_OFFERED; visit <= VISIT_STATE_NO_ACCESS; visit++) {
        bool is_reached = false;
        for (const transition_t *t = visit_transitions; t->message; t++)
            is_reached |= t->to == visit;
        assert_true (is_reached);
        assert_int_equal (machine_is_final (visit_transitions, visit),
            visit >= VISIT_STATE_REPORTED);
    }
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_x14_each_row_of_the_public_table_gives_its_work_order_state_in_either_order),
        cmocka_unit_test (test_x14_with_work_remaining_completed_and_partially_is_unscheduled_again),
        cmocka_unit_test (test_every_state_of_a_single_visit_has_its_order_state),
        cmocka_unit_test (test_h2_a_transition_that_the_table_does_not_list_is_illegal),
        cmocka_unit_test (test_h2_the_table_says_one_thing_for_each_state_and_message),
        cmocka_unit_test (test_h2_every_visit_state_is_reached_and_every_ended_one_is_final),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
