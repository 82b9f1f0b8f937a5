/* company_country - three countries: where they are, when they work, what their money is. */
#include "company.h"
#include <string.h>

country_t company_countries [COUNTRIES] = {
    { "bj", "beijing", "cn", "Asia/Shanghai", "CN", "CNY", "office-cn", LANGUAGE_ZH,
      { CHANNEL_WECHAT, CHANNEL_PHONE, CHANNEL_WEB }, 39.92, 116.44, 780, "CN", NULL },
    { "hcm", "ho-chi-minh", "vn", "Asia/Ho_Chi_Minh", "VN", "VND", "office-vn", LANGUAGE_VI,
      { CHANNEL_ZALO, CHANNEL_PHONE, CHANNEL_WEB }, 10.78, 106.70, 28500, "VN", NULL },
    { "mi", "milan", "it", "Europe/Rome", "IT", "EUR", "office-milan", LANGUAGE_IT,
      { CHANNEL_EMAIL, CHANNEL_PHONE, CHANNEL_WEB }, 45.46, 9.19, 100, "IT", NULL } };

const char *const company_items [ITEMS] = { "seal", "belt", "filter", "bearing", "contactor", "sensor", "fan", "valve",
                                            "board", "pump" };
const char *const company_skills [4] = { "refrigeration", "power", "lifts", "hydraulics" };

char *
company_name (sim_t *sim, int country, char letter, int number)
{
    return company_text (sim, "%s-%c%02d", company_countries [country].code, letter, number);
}

int
company_country_of (const char *name)
{
    for (int i = 0; i < COUNTRIES; i++) {
        const char *code = company_countries [i].code;
        if ((strncmp (name, code, strlen (code)) == 0 && name [strlen (code)] == '-')
            || strcmp (name, company_countries [i].territory) == 0 || strcmp (name, company_countries [i].parent) == 0)
            return i;
    }
    return -1;
}

geo_point_t *
company_point (sim_t *sim, int country, int site)
{
    geo_point_t *point = arena_alloc (sim_arena (sim), sizeof *point);
    *point = (geo_point_t) { .base = geo_point_init };
    point->latitude = company_countries [country].latitude + (site * 7 % 13 - 6) * 0.011;
    point->longitude = company_countries [country].longitude + (site * 5 % 11 - 5) * 0.014;
    return point;
}

/* Roughly: Monday to Friday from half past eight; whoever works at the desk knows holidays from the calendar on the
 * wall, and comes then too when it burns. */
int64_t
company_office (sim_t *sim, int country, int64_t at)
{
    const zone_t *zone = company_countries [country].zone;
    int64_t time_ms;
    int32_t date = zone_date (zone, at, &time_ms);
    if (date_weekday (date) < DATE_SATURDAY && time_ms >= DATE_HM (8, 30) && time_ms < DATE_HM (17, 0))
        return at;
    if (time_ms >= DATE_HM (8, 30))
        date++;
    while (date_weekday (date) >= DATE_SATURDAY)
        date++;
    return zone_at (zone, date, DATE_HM (8, 30)) + sim_between (sim, 0, MINUTES (90));
}
