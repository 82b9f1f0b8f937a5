/* delivery_config - which channels there are and how to reach them, from the environment.
 *
 *   FETTLE_SMTP_URL, FETTLE_SMTP_FROM     smtp://host:25 or smtps://host:465; the sender
 *   FETTLE_SMTP_USER, FETTLE_SMTP_PASSWORD (or _FILE)      only sent over TLS
 *   FETTLE_SMS_URL, FETTLE_WECHAT_URL, FETTLE_ZALO_URL     gateways that take JSON by POST
 *   FETTLE_SMS_TOKEN ... (or _FILE)       bearer token of that gateway
 *   FETTLE_DELIVERY_TIMEOUT_MS            how long one attempt may last, 100 to 30000;
 *                                         unset: mail 30000, HTTP 15000
 *   FETTLE_WEBHOOK_ALLOW_PRIVATE=1        webhooks may go to this network: for trying out only */
#pragma once
#include <stdbool.h>

typedef struct { const char *url, *token; } gateway_t;

typedef struct {
    const char *smtp_url, *smtp_from, *smtp_user, *smtp_password; /* "" not set */
    gateway_t sms, wechat, zalo;
    long mail_timeout_ms, http_timeout_ms;
    bool webhook_allow_private;
} delivery_config_t;

/* Never NULL; safe from any thread. */
const delivery_config_t *delivery_config (void);
/* Whether messages can be sent by a channel of fettle.type.v1. */
bool delivery_config_has (int channel);
/* The gateway of a channel, NULL when it has none or it is not set. */
const gateway_t *delivery_config_gateway (int channel);
