/* choice - the input of a choice, pure: an order for an hour at the site in Milan, and whom a test adds around
 * it. */
#pragma once
#include "world.h"
#include <stdlib.h>

typedef struct {
    arena_t *arena;
    calendar_t *shift;
    choose_input_t input;
    choose_person_t people [1000];
} case_t;

UNUSED static int
s_begin (void **state)
{
    case_t *self = calloc (1, sizeof *self);
    self->arena = arena_new ();
    self->shift = calendar_new ("Europe/Rome");
    for (int day = DATE_MONDAY; day <= DATE_FRIDAY; day++)
        calendar_weekly_add (self->shift, (date_weekday_t) day, DATE_HM (8, 0), DATE_HM (18, 0));
    assert_null (calendar_seal (self->shift));
    self->input = (choose_input_t) {
        .now = NOW, .engineers = self->people,
        .policy = { .id = "p", .version = 3, .details = &policy_defaults },
        .order = { .id = "w1", .customer_id = "c1", .territory_id = "milan", .priority = 50,
                   .work_ms = HOUR, .site = POINT (45.4642, 9.19), .is_ready = true } };
    self->input.order.site = memcpy (arena_alloc (self->arena, sizeof (geo_point_t)),
        self->input.order.site, sizeof (geo_point_t));
    *state = self;
    return 0;
}

UNUSED static int
s_end (void **state)
{
    case_t *self = *state;
    calendar_destroy (&self->shift);
    arena_destroy (&self->arena);
    free (self);
    return 0;
}

UNUSED static geo_point_t *
s_point (case_t *self, double latitude, double longitude)
{
    geo_point_t *point = message_new (self->arena, geo_point);
    point->latitude = latitude;
    point->longitude = longitude;
    return point;
}

UNUSED static engineer_details_t *
s_add (case_t *self, const char *id, double north)
{
    engineer_details_t *details = message_new (self->arena, engineer_details);
    details->home = s_point (self, 45.4642 + north / 100, 9.19);
    details->territory_id = "milan";
    self->people [self->input.engineer_count++] = (choose_person_t) {
        .id = id, .details = details, .is_on_duty = true, .is_in_territory = true,
            .shift = self->shift };
    return details;
}

UNUSED static void
s_skill (case_t *self, engineer_details_t *details, const char *skill, int level,
    int64_t valid_until_at)
{
    skill_level_t **skills = arena_array (self->arena, details->n_skills + 1, sizeof *skills);
    for (size_t i = 0; i < details->n_skills; i++)
        skills [i] = details->skills [i];
    skills [details->n_skills] = message_new (self->arena, skill_level);
    skills [details->n_skills]->skill = (char *) skill;
    skills [details->n_skills]->level = level;
    skills [details->n_skills++]->valid_until_at = valid_until_at;
    details->skills = skills;
}

UNUSED static void
s_need (case_t *self, const char *skill, int level)
{
    engineer_details_t *wish = message_new (self->arena, engineer_details);
    s_skill (self, wish, skill, level, 0);
    self->input.order.skills = wish->skills;
    self->input.order.skill_count = 1;
}

UNUSED static const cost_term_t *
s_term (const dispatch_candidate_t *candidate, const char *name)
{
    for (size_t i = 0; i < candidate->n_terms; i++)
        if (strcmp (candidate->terms [i]->term, name) == 0)
            return candidate->terms [i];
    return NULL;
}

UNUSED static diary_entry_t *
s_busy_visit (case_t *self, int64_t from_at, int64_t to_at, geo_point_t *point)
{
    diary_entry_t *entry = message_new (self->arena, diary_entry);
    entry->entry_id = "v0";
    entry->kind = DIARY_KIND_VISIT;
    entry->from_at = entry->work_from_at = from_at;
    entry->to_at = to_at;
    entry->point = point;
    return entry;
}

UNUSED static void
s_keep_busy (case_t *self, int person, diary_entry_t *entry)
{
    diary_entry_t **entries = arena_array (self->arena, 1, sizeof *entries);
    entries [0] = entry;
    self->people [person].entries = entries;
    self->people [person].entry_count = 1;
}

/* As whoever reads it years later: from bytes. */
UNUSED static dispatch_decided_t *
s_kept (case_t *self)
{
    dispatch_decided_t *document = choose (self->arena, &self->input);
    size_t size = protobuf_c_message_get_packed_size (&document->base);
    uint8_t *bytes = arena_alloc (self->arena, size);
    protobuf_c_message_pack (&document->base, bytes);
    ProtobufCAllocator allocator = arena_protobuf (self->arena);
    return (void *) protobuf_c_message_unpack (&dispatch_decided_descriptor, &allocator, size, bytes);
}

#define PURE(name) cmocka_unit_test_setup_teardown (name, s_begin, s_end)
