/* phrase.c - instants, dates, durations and amounts as people of a language write them.
 * Source of the forms: Unicode CLDR 44, full and short patterns of en-GB, zh-Hans, vi and it. */
#include "notifier.h"
#include "calendar/zone.h"
#include "money/money.h"
#include <inttypes.h>
#include <stdio.h>

static const char *const s_days [][8] = {
    [LANGUAGE_EN] = { "", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
        "Sunday" },
    [LANGUAGE_ZH] = { "", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日" },
    [LANGUAGE_VI] = { "", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy",
        "Chủ Nhật" },
    [LANGUAGE_IT] = { "", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato",
        "domenica" },
};

static const char *const s_months_en [] = { "", "January", "February", "March", "April", "May",
    "June", "July", "August", "September", "October", "November", "December" };
static const char *const s_months_it [] = { "", "gennaio", "febbraio", "marzo", "aprile", "maggio",
    "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre" };

static int
s_known (int language)
{
    return language >= LANGUAGE_EN && language <= LANGUAGE_IT ? language : LANGUAGE_EN;
}

static char *
s_date (arena_t *arena, int language, int32_t date)
{
    int year, month, day;
    date_to_ymd (date, &year, &month, &day);
    const char *weekday = s_days [language][date_weekday (date)];
    switch (language) {
        case LANGUAGE_ZH:
            return arena_printf (arena, "%d年%d月%d日%s", year, month, day, weekday);
        case LANGUAGE_VI:
            return arena_printf (arena, "%s, %02d/%02d/%d", weekday, day, month, year);
        case LANGUAGE_IT:
            return arena_printf (arena, "%s %d %s %d", weekday, day, s_months_it [month], year);
        default:
            return arena_printf (arena, "%s, %d %s %d", weekday, day, s_months_en [month], year);
    }
}

char *
phrase_date (arena_t *arena, int language, const char *date_on)
{
    int32_t date = date_parse (date_on);
    return date == DATE_NONE ? arena_strdup (arena, date_on)
                             : s_date (arena, s_known (language), date);
}

char *
phrase_instant (arena_t *arena, int language, const char *time_zone, int64_t at)
{
    const zone_t *zone = zone_find (time_zone, NULL);
    if (!zone)
        zone = zone_find ("UTC", NULL);
    if (!zone || at == 0)
        return arena_strdup (arena, "");
    language = s_known (language);
    int64_t time_ms;
    char *date = s_date (arena, language, zone_date (zone, at, &time_ms));
    int hour = (int) (time_ms / 3600000), minute = (int) (time_ms / 60000 % 60);
    const char *form = language == LANGUAGE_ZH ? "%s %02d:%02d"
        : language == LANGUAGE_IT              ? "%s, ore %02d:%02d"
                                               : "%s, %02d:%02d";
    if (language == LANGUAGE_VI)
        return arena_printf (arena, "%02d:%02d %s", hour, minute, date);
    return arena_printf (arena, form, date, hour, minute);
}

char *
phrase_duration (arena_t *arena, int language, int64_t duration_ms)
{
    language = s_known (language);
    int64_t minutes = duration_ms / 60000;
    const char *hour = language == LANGUAGE_ZH ? "小时" : language == LANGUAGE_VI ? " giờ" : " h";
    const char *minute = language == LANGUAGE_ZH ? "分钟"
        : language == LANGUAGE_VI                ? " phút"
                                                 : " min";
    const char *space = language == LANGUAGE_ZH ? "" : " ";
    if (minutes < 60)
        return arena_printf (arena, "%" PRId64 "%s", minutes, minute);
    if (minutes % 60 == 0)
        return arena_printf (arena, "%" PRId64 "%s", minutes / 60, hour);
    return arena_printf (
        arena, "%" PRId64 "%s%s%" PRId64 "%s", minutes / 60, hour, space, minutes % 60, minute);
}

char *
phrase_money (arena_t *arena, int language, int64_t amount_minor, const char *currency)
{
    language = s_known (language);
    bool is_comma = language == LANGUAGE_IT || language == LANGUAGE_VI;
    money_style_t style = is_comma ? (money_style_t) { ",", "." } : (money_style_t) { ".", "," };
    money_t money;
    char text [MONEY_TEXT_SIZE];
    if (money_make (amount_minor, currency, &money) != MONEY_OK)
        return arena_printf (arena, "%" PRId64 " %s", amount_minor, currency);
    money_format (money, style, text);
    return is_comma ? arena_printf (arena, "%s %s", text, currency)
                    : arena_printf (arena, "%s %s", currency, text);
}
