/* valid - does this value make sense? The checks that every command handler begins with.
 *
 * Each returns true when the value is fine; otherwise it rejects the command at hand with the code "<field>.invalid"
 * (or "<field>.missing") and a sentence with the value, and returns false:
 *
 *     if (!valid_id (tx, "site_id", command->site_id) || !valid_text (tx, "address", details->address, 0, 500))
 *         return;
 */
#pragma once
#include "turn.h"

bool valid_id (tx_t *tx, const char *field, const char *value);             /* 1-64 of A-Z a-z 0-9 . _ : - */
bool valid_optional_id (tx_t *tx, const char *field, const char *value);    /* or "" */
bool valid_ids (tx_t *tx, const char *field, char **values, size_t count, size_t max);  /* so many at most, all ids */
bool valid_text (tx_t *tx, const char *field, const char *value, size_t min_bytes, size_t max_bytes);
bool valid_int (tx_t *tx, const char *field, int64_t value, int64_t min, int64_t max);
bool valid_real (tx_t *tx, const char *field, double value, double min, double max);    /* NaN is never fine */
bool valid_order (tx_t *tx, const char *field, int64_t from_at, int64_t to_at);     /* from < to, both set */
bool valid_instant (tx_t *tx, const char *field, int64_t at);               /* 2000 .. 2200, or 0 */
/* set, and at most 5 minutes ahead of tx_now */
bool valid_past (tx_t *tx, const char *field, int64_t at);
bool valid_point (tx_t *tx, const char *field, const geo_point_t *point);   /* NULL is fine: unknown */
bool valid_zone (tx_t *tx, const char *field, const char *iana_name);
bool valid_currency (tx_t *tx, const char *field, const char *code);        /* ISO 4217 that money/ knows */
bool valid_date (tx_t *tx, const char *field, const char *date_on);         /* YYYY-MM-DD that exists */
bool valid_clock (tx_t *tx, const char *field, const char *hh_mm);          /* 00:00 .. 24:00 */
bool valid_email (tx_t *tx, const char *field, const char *address);        /* or "" */
/* known and not UNSPECIFIED */
bool valid_enum (tx_t *tx, const char *field, const ProtobufCEnumDescriptor *type, int value);
