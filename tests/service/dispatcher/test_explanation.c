/* Whatever is changed of what a decision was made from, the explanation tells of it. */
#include "choice.h"

/* ann is the nearest, bob the next; both may go. */
static void
s_two (case_t *self)
{
    s_skill (self, s_add (self, "ann", 2), "gas", 2, 0);
    s_skill (self, s_add (self, "bob", 4), "gas", 2, 0);
    s_need (self, "gas", 2);
}

static engineer_details_t *
s_ann (case_t *self)
{
    return (engineer_details_t *) self->people [0].details;
}

static void s_skill_expired (case_t *self) { s_ann (self)->skills [0]->valid_until_at = NOW; }
static void s_skill_level (case_t *self) { s_ann (self)->skills [0]->level = 1; }
static void s_overskill (case_t *self) { s_ann (self)->skills [0]->level = 9; }
static void s_retired (case_t *self) { s_ann (self)->retired = true; }
static void s_home (case_t *self) { s_ann (self)->home = s_point (self, 45.6642, 9.19); }
static void s_territory (case_t *self) { self->people [0].is_in_territory = false; }
static void s_off_duty (case_t *self) { self->people [0].is_on_duty = false; }
static void s_no_shift (case_t *self) { self->people [0].shift = NULL; }
static void s_promise (case_t *self) { self->input.order.promised_at = NOW + MINUTE; }
static void s_deadline (case_t *self) { self->input.order.not_after_at = NOW + MINUTE; }
static void s_longer (case_t *self) { self->input.order.work_ms = 101 * HOUR; }
static void s_priority (case_t *self) { self->input.order.priority = 1; }

static void
s_certificate (case_t *self)
{
    s_ann (self)->skills [0]->valid_until_at = NOW;
    s_ann (self)->skills [0]->is_certificate = true;
}

static void
s_position (case_t *self)
{
    self->people [0].position = s_point (self, 45.7642, 9.19);
}

static void
s_load (case_t *self)
{
    s_keep_busy (self, 0, s_busy_visit (self, NOW + DAY, NOW + DAY + 9 * HOUR, NULL));
}

static void
s_absence (case_t *self)
{
    s_load (self);
    self->people [0].entries [0]->kind = DIARY_KIND_ABSENCE;
    self->people [0].entries [0]->from_at = NOW;
    self->people [0].entries [0]->to_at = NOW + 15 * DAY;
}

static void
s_customer (case_t *self)
{
    char **ids = arena_array (self->arena, 1, sizeof *ids);
    ids [0] = arena_strdup (self->arena, self->input.order.customer_id);
    s_ann (self)->excluded_customer_ids = ids;
    s_ann (self)->n_excluded_customer_ids = 1;
}

static void
s_rejected (case_t *self)
{
    setbacks_t *setbacks = message_new (self->arena, setbacks);
    setbacks->exclusions = arena_array (self->arena, 1, sizeof *setbacks->exclusions);
    exclusion_t *exclusion = setbacks->exclusions [setbacks->n_exclusions++]
        = message_new (self->arena, exclusion);
    exclusion->engineer_id = "ann";
    exclusion->rule = "rejected";
    exclusion->detail = "rejected: a flat tyre";
    self->input.order.setbacks = setbacks;
}

static void
s_wish (case_t *self, const char *engineer_id, preference_kind_t kind)
{
    engineer_preference_t *wish = message_new (self->arena, engineer_preference);
    engineer_preference_t **list = arena_array (self->arena, 1, sizeof *list);
    preference_layer_t *layer = arena_alloc (self->arena, sizeof *layer);
    wish->engineer_id = (char *) engineer_id;
    wish->kind = kind;
    list [0] = wish;
    *layer = (preference_layer_t) { "site", "s1", list, 1 };
    self->input.order.layers = layer;
    self->input.order.layer_count = 1;
}

static void s_excluded (case_t *self) { s_wish (self, "ann", PREFERENCE_KIND_EXCLUDED); }
static void s_required (case_t *self) { s_wish (self, "bob", PREFERENCE_KIND_REQUIRED); }
static void s_preferred (case_t *self) { s_wish (self, "bob", PREFERENCE_KIND_PREFERRED); }

static void
s_price (case_t *self)
{
    dispatch_policy_details_t *policy = arena_alloc (self->arena, sizeof *policy);
    *policy = *self->input.policy.details;
    policy->travel_per_minute_minor = 7;
    self->input.policy.details = policy;
}

/* What is changed, and what the document then says of ann: a rule that refuses her, or a term that is
 * there or has another amount. */
static const struct {
    void (*change) (case_t *self);
    const char *rule, *term, *winner;
} s_changes [] = {
    { s_skill_expired, "skill", NULL, "bob" },    { s_skill_level, "skill", NULL, "bob" },
    { s_certificate, "certificate", NULL, "bob" }, { s_retired, "retired", NULL, "bob" },
    { s_territory, "territory", NULL, "bob" },    { s_off_duty, "duty", NULL, "bob" },
    { s_no_shift, "shift", NULL, "bob" },         { s_absence, "absence", NULL, "bob" },
    { s_customer, "customer", NULL, "bob" },      { s_rejected, "rejected", NULL, "bob" },
    { s_excluded, "excluded", NULL, "bob" },      { s_required, "required", NULL, "bob" },
    { s_longer, "shift", NULL, "" },
    { s_preferred, NULL, "preferred", "bob" },    { s_overskill, NULL, "overskill", "bob" },
    { s_home, NULL, "distance", "bob" },          { s_position, NULL, "travel", "bob" },
    { s_load, NULL, "load", "bob" },              { s_price, NULL, "travel", "ann" },
    { s_promise, NULL, "late", "ann" },           { s_deadline, NULL, "late", "ann" },
    { s_priority, NULL, "wait", "ann" },
};

static int64_t
s_amount (const dispatch_decided_t *document, const char *term)
{
    const cost_term_t *found = s_term (decision_candidate (document, "ann"), term);
    return found ? found->amount_minor : 0;
}

static bool
s_is_refused_by (const dispatch_decided_t *document, const char *rule)
{
    const dispatch_candidate_t *ann = decision_candidate (document, "ann");
    for (size_t i = 0; i < ann->n_failed_rules; i++)
        if (strcmp (ann->failed_rules [i]->rule, rule) == 0)
            return *ann->failed_rules [i]->needed && *ann->failed_rules [i]->had;
    return false;
}

static void
test_n5_each_kind_of_input_changes_the_explanation_accordingly (void **state)
{
    case_t *self = *state;
    for (size_t i = 0; i < sizeof s_changes / sizeof *s_changes; i++) {
        choose_input_t plain = self->input;
        s_two (self);
        dispatch_decided_t *before = s_kept (self);
        assert_string_equal (before->winner_id, "ann");
        s_changes [i].change (self);
        dispatch_decided_t *after = s_kept (self);
        print_message ("change %zu: %s\n", i, s_changes [i].rule ? s_changes [i].rule : s_changes [i].term);
        assert_string_not_equal (before->input_hash, after->input_hash);
        assert_true (decision_holds (after));
        assert_string_equal (decision_winner (after), s_changes [i].winner);
        assert_string_equal (after->winner_id, s_changes [i].winner);
        if (s_changes [i].rule)
            assert_true (!s_is_refused_by (before, s_changes [i].rule)
                && s_is_refused_by (after, s_changes [i].rule));
        else
            assert_int_not_equal (s_amount (before, s_changes [i].term),
                s_amount (after, s_changes [i].term));
        self->input = plain;
    }
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        PURE (test_n5_each_kind_of_input_changes_the_explanation_accordingly),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
