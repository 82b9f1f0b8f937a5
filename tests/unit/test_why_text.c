/* why_text: a decision in sentences, from the document alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "tools/fettle/why_text.h"

/* What it says of an engineer who works for so long at that efficiency, learned from so many visits. */
static const char *
s_said (arena_t *arena, int work_minutes, int percent, int visits)
{
    dispatch_candidate_t *candidate = arena_alloc (arena, sizeof *candidate);
    dispatch_candidate_t **candidates = arena_array (arena, 1, sizeof *candidates);
    *candidate = (dispatch_candidate_t) { .base = dispatch_candidate_init, .engineer_id = "ann", .provider_id = "",
        .work_minutes = work_minutes, .efficiency_percent = percent, .learned_visits = visits };
    candidates [0] = candidate;
    dispatch_decided_t document = { .base = dispatch_decided_init, .visit_id = "v1", .work_order_id = "w1",
        .winner_id = "ann", .runner_up_id = "", .override_reason = "", .policy_id = "p", .n_candidates = 1,
        .candidates = candidates };
    why_text_t text = why_text (arena, &document, NULL);
    assert_int_equal (text.count, 2);
    return text.lines [1];
}

static void
test_x9_an_efficiency_that_was_learned_says_from_how_many_visits (void **state)
{
    (void) state;
    arena_t *arena = arena_new ();
    assert_non_null (strstr (s_said (arena, 41, 149, 12),
        ", works 41 min at an efficiency of 149 % learned from 12 visits, ends "));
    assert_non_null (strstr (s_said (arena, 60, 100, 5),
        ", works 60 min at an efficiency of 100 % learned from 5 visits, ends "));
    arena_destroy (&arena);
}

static void
test_x9_an_efficiency_that_a_person_gave_is_said_and_an_ordinary_one_is_not (void **state)
{
    (void) state;
    arena_t *arena = arena_new ();
    assert_non_null (strstr (s_said (arena, 75, 80, 0), ", works 75 min at an efficiency of 80 %, ends "));
    assert_null (strstr (s_said (arena, 60, 100, 0), "efficiency"));
    assert_null (strstr (s_said (arena, 0, 0, 0), "efficiency"));       /* a document of before it was known */
    arena_destroy (&arena);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_x9_an_efficiency_that_was_learned_says_from_how_many_visits),
        cmocka_unit_test (test_x9_an_efficiency_that_a_person_gave_is_said_and_an_ordinary_one_is_not),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
