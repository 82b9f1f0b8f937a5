/* decided - what a decision says of one engineer. */
#pragma once
#include "world.h"

UNUSED static const dispatch_candidate_t *
s_candidate (const dispatch_decided_t *document, const char *engineer_id)
{
    const dispatch_candidate_t *candidate = decision_candidate (document, engineer_id);
    assert_non_null (candidate);
    return candidate;
}

UNUSED static const failed_rule_t *
s_failed (const dispatch_candidate_t *candidate)
{
    assert_int_equal (candidate->n_failed_rules, 1);
    return candidate->failed_rules [0];
}
