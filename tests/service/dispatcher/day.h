/* day - a day that is planned again: who is there, what was agreed, and the worker that searches. */
#pragma once
#include "world.h"

/* What a person or a disturbance does is asked of the worker; its answer is a message. */
UNUSED static const replan_proposed_t *
s_search (tx_t *tx)
{
    const search_day_t *asked = effect (tx, search_day);
    assert_non_null (asked);
    arena_t *arena = arena_new ();                          /* the worker has a copy: the turn's memory ends */
    size_t size = protobuf_c_message_get_packed_size (&asked->base);
    uint8_t *bytes = arena_alloc (arena, size + 1);
    protobuf_c_message_pack (&asked->base, bytes);
    ProtobufCAllocator allocator = arena_protobuf (arena);
    asked = (const search_day_t *) protobuf_c_message_unpack (asked->base.descriptor, &allocator, size, bytes);
    run (tx, replan_perform (arena, asked));
    arena_destroy (&arena);
    assert_string_equal (tx_fake_dead_letter (tx), "");
    return emitted (tx, replan_proposed);
}

UNUSED static const replan_proposed_t *
s_replan (tx_t *tx, const char *id, bool dry_run)
{
    run (tx, replan_day (.replan_id = (char *) id, .territory_id = "milan", .day_on = "2026-06-08",
        .dry_run = dry_run));
    assert_accepted (tx);
    return s_search (tx);
}

UNUSED static void
s_policy (tx_t *tx, int max_moved, int64_t moved_visit_minor, bool automatic)
{
    dispatch_policy_details_t details = policy_defaults;
    details.replan_max_moved = max_moved;
    details.moved_visit_minor = moved_visit_minor;
    details.moved_per_hour_minor = moved_visit_minor;
    details.replan_automatic = automatic;
    details.replan_effort_ms = 50;
    run (tx, publish_dispatch_policy (.policy_id = "p1", .details = &details));
    assert_accepted (tx);
}

/* An accepted visit of that engineer whose work begins so many hours from now. */
UNUSED static void
s_accepted (tx_t *tx, const char *request, const char *engineer, int hours, char ret_order [64], char ret_visit [64])
{
    order_is (tx, request, ret_order);
    run (tx, choose_engineer (.work_order_id = ret_order, .engineer_id = (char *) engineer,
        .starts_at = NOW + hours * HOUR, .override_reason = "as agreed"));
    assert_accepted (tx);
    run (tx, readiness_changed (.work_order_id = ret_order, .ready = true));
    booking_is_held (tx, visit_of (tx, ret_order, ret_visit));
    run (tx, accept_visit (.visit_id = ret_visit, .engineer_id = (char *) engineer));
    assert_accepted (tx);
}

UNUSED static void
s_away (tx_t *tx, const char *engineer)
{
    run (tx, absence_recorded (.absence_id = "flu", .engineer_id = (char *) engineer, .from_at = NOW,
        .to_at = NOW + DAY, .unplanned = true));
}

/* ann has two visits, bob one; both can do all. */
typedef struct { char orders [3] [64], visits [3] [64]; } day_t;

UNUSED static day_t
s_day (tx_t *tx)
{
    day_t day;
    engineer_is (tx, "ann", 1, "gas", 2);
    engineer_is (tx, "bob", 3, "gas", 2);
    s_accepted (tx, "r1", "ann", 2, day.orders [0], day.visits [0]);
    s_accepted (tx, "r2", "ann", 4, day.orders [1], day.visits [1]);
    s_accepted (tx, "r3", "bob", 6, day.orders [2], day.visits [2]);
    return day;
}
