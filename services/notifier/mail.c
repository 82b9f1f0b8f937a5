/* mail.c - the letter: head and body as RFC 5322 wants them, whatever language they are in. */
#include "performer.h"
#include "base64.h"
#include "utf8.h"
#include "calendar/date.h"
#include <string.h>

enum {
    ADDRESS_MAX = 254,
    WORD_BYTES = 39,
    LINE_LETTERS = 76
}; /* "Subject: " and 39 bytes in base64 are under 76 */

static bool
s_is_plain (const char *text)
{
    for (const char *at = text; *at; at++)
        if ((unsigned char) *at < ' ' || (unsigned char) *at > 126)
            return false;
    return !strstr (text, "=?");
}

/* At most so many bytes, and no character cut in two: each encoded word must stand alone (RFC 2047,
 * section 5). */
static size_t
s_word_size (const char *text)
{
    size_t size = strlen (text);
    if (size <= WORD_BYTES)
        return size;
    for (size = WORD_BYTES; size > 1 && (text [size] & 0xC0) == 0x80; size--)
        ;
    return size;
}

static char *
s_words (arena_t *arena, const char *text)
{
    if (s_is_plain (text) && strlen (text) < 60)
        return arena_strdup (arena, text);
    char *words = arena_strdup (arena, "");
    while (*text) {
        size_t size = s_word_size (text);
        words = arena_printf (arena, "%s%s=?UTF-8?B?%s?=", words, *words ? "\r\n " : "",
            base64_encode (arena, text, size));
        text += size;
    }
    return words;
}

/* Base64, as relays may not break what they cannot read: long lines, bare dots, characters beyond
 * ASCII. */
static char *
s_body (arena_t *arena, const char *text)
{
    char *letters = base64_encode (arena, text, strlen (text));
    size_t size = strlen (letters), lines = size / LINE_LETTERS + 1;
    char *body = arena_alloc (arena, size + 2 * lines + 1), *end = body;
    for (size_t from = 0; from < size; from += LINE_LETTERS) {
        size_t count = size - from < LINE_LETTERS ? size - from : LINE_LETTERS;
        memcpy (end, letters + from, count);
        memcpy (end + count, "\r\n", 2);
        end += count + 2;
    }
    return body;
}

static char *
s_date (arena_t *arena, int64_t at)
{
    static const char *const days [] = { "", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    static const char *const months [] = { "", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
        "Aug", "Sep", "Oct", "Nov", "Dec" };
    int32_t date = (int32_t) (at / DATE_DAY_MS);
    int seconds = (int) (at % DATE_DAY_MS / 1000), year, month, day;
    date_to_ymd (date, &year, &month, &day);
    return arena_printf (arena, "%s, %d %s %d %02d:%02d:%02d +0000", days [date_weekday (date)],
        day, months [month], year, seconds / 3600, seconds / 60 % 60, seconds % 60);
}

static const char *
s_language (int language)
{
    return language == LANGUAGE_ZH ? "zh"
        : language == LANGUAGE_VI  ? "vi"
        : language == LANGUAGE_IT  ? "it"
                                   : "en";
}

char *
mail_address (arena_t *arena, const char *text)
{
    const char *from = strchr (text, '<');
    const char *to = from ? strchr (from, '>') : NULL;
    char *address =
        to ? arena_copy (arena, from + 1, (size_t) (to - from - 1)) : arena_strdup (arena, text);
    const char *at = strrchr (address, '@');
    if (!at || at == address || !at [1] || strlen (address) > ADDRESS_MAX || !s_is_plain (address)
        || strpbrk (address, " <>,;:\"()[]\\"))
        return NULL;
    return address;
}

char *
mail_letter (arena_t *arena, const perform_delivery_t *delivery, const char *from)
{
    const char *domain = strrchr (from, '@');
    return arena_printf (arena,
        "Date: %s\r\nFrom: %s\r\nTo: %s\r\nMessage-ID: <%s%s>\r\nSubject: %s\r\nMIME-Version: "
        "1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
        "base64\r\nContent-Language: %s\r\n"
        "Auto-Submitted: auto-generated\r\nX-Fettle-Topic: %s\r\n\r\n%s",
        s_date (arena, delivery->queued_at), from, delivery->address, delivery->message_id,
        domain ? domain : "@localhost", s_words (arena, delivery->subject),
        s_language ((int) delivery->language), delivery->topic, s_body (arena, delivery->body));
}
