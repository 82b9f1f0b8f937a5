/* delivery_config.c - which channels there are, from the environment. */
#include "delivery_config.h"
#include "config.h"
#include "messages.h"
#include <pthread.h>

/* A longer attempt would outlive the time after which it counts as lost (attempt.c). */
enum { TIMEOUT_MIN_MS = 100, MAIL_TIMEOUT_MS = 30 * 1000, HTTP_TIMEOUT_MS = 15 * 1000 };

static delivery_config_t s_config;

static long
s_timeout_ms (long usual_ms)
{
    return (long) config_int (
        "FETTLE_DELIVERY_TIMEOUT_MS", usual_ms, TIMEOUT_MIN_MS, MAIL_TIMEOUT_MS);
}

static void
s_load (void)
{
    s_config = (delivery_config_t) {
        .smtp_url = config_text ("FETTLE_SMTP_URL", ""),
        .smtp_from = config_text ("FETTLE_SMTP_FROM", ""),
        .smtp_user = config_text ("FETTLE_SMTP_USER", ""),
        .smtp_password = config_text ("FETTLE_SMTP_PASSWORD", ""),
        .sms = { config_text ("FETTLE_SMS_URL", ""), config_text ("FETTLE_SMS_TOKEN", "") },
        .wechat = { config_text ("FETTLE_WECHAT_URL", ""), config_text ("FETTLE_WECHAT_TOKEN", "") },
        .zalo = { config_text ("FETTLE_ZALO_URL", ""), config_text ("FETTLE_ZALO_TOKEN", "") },
        .mail_timeout_ms = s_timeout_ms (MAIL_TIMEOUT_MS),
        .http_timeout_ms = s_timeout_ms (HTTP_TIMEOUT_MS),
        .webhook_allow_private = config_is_on ("FETTLE_WEBHOOK_ALLOW_PRIVATE"),
    };
}

const delivery_config_t *
delivery_config (void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once (&once, s_load);
    return &s_config;
}

const gateway_t *
delivery_config_gateway (int channel)
{
    const delivery_config_t *config = delivery_config ();
    const gateway_t *gateway = channel == CHANNEL_SMS ? &config->sms
        : channel == CHANNEL_WECHAT                   ? &config->wechat
        : channel == CHANNEL_ZALO                     ? &config->zalo
                                                      : NULL;
    return gateway && *gateway->url ? gateway : NULL;
}

bool
delivery_config_has (int channel)
{
    if (channel == CHANNEL_EMAIL)
        return *delivery_config ()->smtp_url && *delivery_config ()->smtp_from;
    return channel == CHANNEL_WEBHOOK || delivery_config_gateway (channel);
}
