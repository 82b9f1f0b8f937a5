/* input_hash - a fingerprint of everything a decision was made from, so that a year later nobody
 * doubts it. */
#include "choose.h"
#include "unpacked.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>

typedef crypto_hash_sha256_state hash_t;

enum { TOGETHER = 8 };

/* Length first, so that no two lists of texts run together to the same bytes. */
static void
s_text (hash_t *hash, const char *name, const char *text)
{
    char head [96];
    int size = snprintf (head, sizeof head, "%s=%zu:", name, text ? strlen (text) : 0);
    crypto_hash_sha256_update (hash, (const unsigned char *) head, (unsigned long long) size);
    if (text)
        crypto_hash_sha256_update (hash, (const unsigned char *) text, strlen (text));
}

static void
s_number (hash_t *hash, const char *name, int64_t number)
{
    char text [96];
    int size = snprintf (text, sizeof text, "%s=%lld;", name, (long long) number);
    crypto_hash_sha256_update (hash, (const unsigned char *) text, (unsigned long long) size);
}

static void
s_message (arena_t *arena, hash_t *hash, const char *name, const ProtobufCMessage *message)
{
    size_t size = message ? protobuf_c_message_get_packed_size (message) : 0;
    uint8_t *bytes = arena_alloc (arena, size + 1);
    if (message)
        protobuf_c_message_pack (message, bytes);
    s_number (hash, name, message ? (int64_t) size : -1);
    crypto_hash_sha256_update (hash, bytes, size);
}

static void
s_order (arena_t *arena, hash_t *hash, const choose_order_t *order)
{
    s_text (hash, "order", order->id);
    s_text (hash, "customer", order->customer_id);
    s_text (hash, "territory", order->territory_id);
    s_text (hash, "device_type", order->device_type);
    s_number (hash, "offers_in_vain", order->offers_in_vain);
    s_number (hash, "priority", order->priority);
    s_number (hash, "work_ms", order->work_ms);
    s_number (hash, "not_before_at", order->not_before_at);
    s_number (hash, "not_after_at", order->not_after_at);
    s_number (hash, "promised_at", order->promised_at);
    s_number (hash, "ready", order->is_ready);
    s_number (hash, "crew_size", order->crew_size);
    s_number (hash, "access", order->access ? (int64_t) calendar_fingerprint (order->access) : 0);
    s_message (arena, hash, "site", order->site ? &order->site->base : NULL);
    s_message (arena, hash, "setbacks", order->setbacks ? &order->setbacks->base : NULL);
    for (int i = 0; i < order->layer_count; i++) {
        s_text (hash, "layer", order->layers [i].level);
        s_text (hash, "subject", order->layers [i].subject_id);
        for (size_t j = 0; j < order->layers [i].count; j++)
            s_message (arena, hash, "preference", &order->layers [i].list [j]->base);
    }
    for (size_t i = 0; i < order->skill_count; i++)
        s_message (arena, hash, "skill", &order->skills [i]->base);
}

/* Engineers are many and change little: what they are and have to do was digested when it was unpacked, and the rest
 * are a few numbers, which are not written out. */
typedef struct {
    uint64_t id_size, flags, shift;
    int32_t learned_percent, learned_visits;
    unsigned char details [32], entries [32];
} engineer_line_t;

typedef struct { double latitude, longitude; } spot_t;

static engineer_line_t
s_line (const choose_person_t *engineer)
{
    engineer_line_t line = {
        .id_size = strlen (engineer->id),
        .flags = engineer->is_on_duty | engineer->is_in_territory << 1 | (engineer->shift != NULL) << 2
            | (engineer->position != NULL) << 3,
        .shift = engineer->shift ? calendar_fingerprint (engineer->shift) : 0,
        .learned_percent = engineer->learned_percent, .learned_visits = engineer->learned_visits };
    if (engineer->details_digest)
        memcpy (line.details, engineer->details_digest, sizeof line.details);
    else
        unpacked_digest (&engineer->details->base, line.details);
    diary_entries_t entries = { .base = diary_entries_init, .n_entries = engineer->entry_count,
        .entries = (diary_entry_t **) engineer->entries };
    if (engineer->entries_digest)
        memcpy (line.entries, engineer->entries_digest, sizeof line.entries);
    else
        unpacked_digest (&entries.base, line.entries);
    return line;
}

static size_t
s_append (uint8_t *bytes, size_t size, const void *more, size_t more_size)
{
    memcpy (bytes + size, more, more_size);
    return size + more_size;
}

/* A few engineers at a time, so that a decision digests anew only those among whom somebody has changed. */
static void
s_engineers (arena_t *arena, hash_t *hash, const choose_person_t *engineers, int count)
{
    engineer_line_t lines [TOGETHER];
    size_t room = 1, size = 0;
    for (int i = 0; i < count; i++) {
        lines [i] = s_line (&engineers [i]);
        room += sizeof *lines + lines [i].id_size + sizeof (spot_t);
    }
    uint8_t *bytes = arena_alloc (arena, room);
    for (int i = 0; i < count; i++) {
        const geo_point_t *position = engineers [i].position;
        size = s_append (bytes, size, &lines [i], sizeof *lines);
        size = s_append (bytes, size, engineers [i].id, lines [i].id_size);
        if (position)
            size = s_append (bytes, size, &(spot_t) { position->latitude, position->longitude }, sizeof (spot_t));
    }
    crypto_hash_sha256_update (hash, unpacked_digest_of (engineers->id, (blob_t) { bytes, size }), 32);
}

static void
s_provider (arena_t *arena, hash_t *hash, const choose_provider_t *provider)
{
    s_text (hash, "provider", provider->id);
    s_number (hash, "territory", provider->is_in_territory);
    s_number (hash, "taken", provider->taken);
    s_message (arena, hash, "details", &provider->details->base);
}

char *
input_hash (arena_t *arena, const choose_input_t *input)
{
    hash_t hash;
    crypto_hash_sha256_init (&hash);
    s_number (&hash, "now", input->now);
    s_text (&hash, "policy", input->policy.id);
    s_number (&hash, "policy_version", input->policy.version);
    s_number (&hash, "policy_rule", input->policy.rule);
    s_number (&hash, "policy_rules_version", input->policy.rules_version);
    s_message (arena, &hash, "prices", &input->policy.details->base);
    s_text (&hash, "manual", input->manual_id);
    s_number (&hash, "manual_starts_at", input->manual_starts_at);
    s_order (arena, &hash, &input->order);
    s_number (&hash, "engineers", input->engineer_count);
    for (int i = 0, left; (left = input->engineer_count - i) > 0; i += TOGETHER)
        s_engineers (arena, &hash, &input->engineers [i], left < TOGETHER ? left : TOGETHER);
    for (int i = 0; i < input->provider_count; i++)
        s_provider (arena, &hash, &input->providers [i]);
    unsigned char digest [crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final (&hash, digest);
    char *text = arena_alloc (arena, 2 * sizeof digest + 1);
    return sodium_bin2hex (text, 2 * sizeof digest + 1, digest, sizeof digest);
}
