/* valid - does this value make sense? */
#include <math.h>
#include <string.h>

#include "calendar/date.h"
#include "calendar/zone.h"
#include "money/money.h"
#include "valid.h"

enum {
    ID_MAX = 64,
    EMAIL_MAX = 254,
    EMAIL_LOCAL_MAX = 64,
    SHOWN_MAX = 80,
    AHEAD_MAX_MS = 5 * 60 * 1000
};

#define YEAR_2000_AT INT64_C (946684800000)
#define YEAR_2200_AT INT64_C (7258118400000)

/* The start of a value, so that an answer never carries a megabyte back; cut between characters. */
static const char *
s_shown (tx_t *tx, const char *value)
{
    size_t length = strlen (value);
    if (length <= SHOWN_MAX)
        return value;
    length = SHOWN_MAX;
    while (length > 0 && (value [length] & 0xC0) == 0x80)
        length--;
    return tx_printf (tx, "%.*s...", (int) length, value);
}

static bool
s_missing (tx_t *tx, const char *field, const char *what_to_do)
{
    tx_reject (tx, tx_printf (tx, "%s.missing", field), "%s is empty: %s", field, what_to_do);
    return false;
}

static bool
s_invalid (tx_t *tx, const char *field, const char *value, const char *what_to_do)
{
    tx_reject (tx, tx_printf (tx, "%s.invalid", field), "%s \"%s\" %s", field, s_shown (tx, value),
        what_to_do);
    return false;
}

static bool
s_invalid_int (tx_t *tx, const char *field, int64_t value, const char *what_to_do)
{
    tx_reject (tx, tx_printf (tx, "%s.invalid", field), "%s %lld %s", field, (long long) value,
        what_to_do);
    return false;
}

/* ASCII only, whatever the locale of the process. */
static bool
s_is_word (char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool
s_is_id (const char *value)
{
    size_t length = 0;
    for (; value [length]; length++)
        if (length == ID_MAX || (!s_is_word (value [length]) && !strchr ("._:-", value [length])))
            return false;
    return length > 0;
}

bool
valid_id (tx_t *tx, const char *field, const char *value)
{
    if (is_empty (value))
        return s_missing (tx, field, "give the id");
    return valid_optional_id (tx, field, value);
}

bool
valid_optional_id (tx_t *tx, const char *field, const char *value)
{
    return is_empty (value) || s_is_id (value)
        || s_invalid (tx, field, value, "is no id: use 1 to 64 characters of A-Z a-z 0-9 . _ : -");
}

/* Tab and line ends are text; other control characters break terminals, messages and printed
 * reports. */
static bool
s_has_control (const char *value)
{
    for (; *value; value++)
        if (((unsigned char) *value < 0x20 && !strchr ("\t\n\r", *value)) || *value == 0x7F)
            return true;
    return false;
}

bool
valid_ids (tx_t *tx, const char *field, char **values, size_t count, size_t max)
{
    if (!valid_int (tx, field, (int64_t) count, 0, (int64_t) max))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!valid_id (tx, field, values [i]))
            return false;
    return true;
}

bool
valid_text (tx_t *tx, const char *field, const char *value, size_t min_bytes, size_t max_bytes)
{
    size_t length = value ? strlen (value) : 0;
    if (length == 0 && min_bytes > 0)
        return s_missing (tx, field, "give a text");
    if (length < min_bytes)
        return s_invalid (tx, field, value,
            tx_printf (tx, "is %zu bytes long: give at least %zu", length, min_bytes));
    if (length > max_bytes)
        return s_invalid (tx, field, value,
            tx_printf (tx, "is %zu bytes long: give at most %zu", length, max_bytes));
    if (length > 0 && s_has_control (value))
        return s_invalid (tx, field, "", "contains control characters: send plain text");
    return true;
}

bool
valid_int (tx_t *tx, const char *field, int64_t value, int64_t min, int64_t max)
{
    return (value >= min && value <= max)
        || s_invalid_int (tx, field, value,
            tx_printf (tx, "is out of range: give %lld to %lld", (long long) min, (long long) max));
}

bool
valid_real (tx_t *tx, const char *field, double value, double min, double max)
{
    return (value >= min && value <= max)
        || s_invalid (tx, field, tx_printf (tx, "%g", value),
            tx_printf (tx, "is out of range: give %g to %g", min, max));
}

bool
valid_order (tx_t *tx, const char *field, int64_t from_at, int64_t to_at)
{
    if (from_at == 0 || to_at == 0)
        return s_missing (tx, field, "give both the start and the end");
    return from_at < to_at
        || s_invalid_int (tx, field, to_at,
            tx_printf (tx, "is the end, but the start is %lld: the end must be later",
                (long long) from_at));
}

bool
valid_instant (tx_t *tx, const char *field, int64_t at)
{
    return at == 0 || (at >= YEAR_2000_AT && at < YEAR_2200_AT)
        || s_invalid_int (tx, field, at,
            "is not in the years 2000 to 2199: give milliseconds since 1970 in UTC");
}

bool
valid_past (tx_t *tx, const char *field, int64_t at)
{
    if (at == 0)
        return s_missing (tx, field, "say when it happened");
    if (!valid_instant (tx, field, at))
        return false;
    return at <= tx_now (tx) + AHEAD_MAX_MS
        || s_invalid_int (tx, field, at,
            tx_printf (tx, "is %lld ms ahead of now: set the sender's clock",
                (long long) (at - tx_now (tx))));
}

bool
valid_point (tx_t *tx, const char *field, const geo_point_t *point)
{
    if (!point)
        return true;
    if (isfinite (point->latitude) && isfinite (point->longitude) && fabs (point->latitude) <= 90
        && fabs (point->longitude) <= 180)
        return true;
    return s_invalid (tx, field, tx_printf (tx, "%g,%g", point->latitude, point->longitude),
        "is no place: latitude is -90 to 90 and longitude -180 to 180 degrees");
}

bool
valid_zone (tx_t *tx, const char *field, const char *iana_name)
{
    if (is_empty (iana_name))
        return s_missing (tx, field, "give an IANA zone such as Europe/Rome");
    char error [ZONE_ERROR_SIZE] = "";
    return zone_find (iana_name, error)
        || s_invalid (tx, field, iana_name, tx_printf (tx, "can not be used: %s", error));
}

bool
valid_currency (tx_t *tx, const char *field, const char *code)
{
    if (is_empty (code))
        return s_missing (tx, field, "give an ISO 4217 code such as EUR");
    return money_digits (code) >= 0
        || s_invalid (tx, field, code, "is no currency: give an ISO 4217 code such as EUR");
}

bool
valid_date (tx_t *tx, const char *field, const char *date_on)
{
    if (is_empty (date_on))
        return s_missing (tx, field, "give a date as YYYY-MM-DD");
    return date_parse (date_on) != DATE_NONE
        || s_invalid (tx, field, date_on, "is no date: give one that exists as YYYY-MM-DD");
}

bool
valid_clock (tx_t *tx, const char *field, const char *hh_mm)
{
    if (is_empty (hh_mm))
        return s_missing (tx, field, "give a time as HH:MM");
    return (strlen (hh_mm) == 5 && date_parse_time (hh_mm) >= 0)
        || s_invalid (tx, field, hh_mm, "is no time of day: give HH:MM, 00:00 to 24:00");
}

/* Local part and domain of RFC 5321 without quoting; bytes above ASCII are fine (RFC 6531). */
static bool
s_is_email (const char *address)
{
    const char *at = strchr (address, '@');
    size_t local = at ? (size_t) (at - address) : 0;
    if (local == 0 || local > EMAIL_LOCAL_MAX || strlen (address) > EMAIL_MAX
        || strchr (at + 1, '@'))
        return false;
    for (const char *c = address; *c; c++)
        if ((unsigned char) *c <= ' ' || *c == 0x7F || strchr ("\"(),:;<>[\\]", *c))
            return false;
    const char *domain = at + 1;
    return *domain && *domain != '.' && !strstr (domain, "..")
        && domain [strlen (domain) - 1] != '.';
}

bool
valid_email (tx_t *tx, const char *field, const char *address)
{
    return is_empty (address) || s_is_email (address)
        || s_invalid (tx, field, address, "is no mail address: give one such as name@example.com");
}

bool
valid_enum (tx_t *tx, const char *field, const ProtobufCEnumDescriptor *type, int value)
{
    if (value == 0)
        return s_missing (tx, field, tx_printf (tx, "give one of %s", type->name));
    return protobuf_c_enum_descriptor_get_value (type, value)
        || s_invalid_int (tx, field, value,
            tx_printf (tx, "is not known: give one of %s", type->name));
}
