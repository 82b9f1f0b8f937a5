/* delivery_config.c - which channels there are, from the environment. */
#include "delivery_config.h"
#include "messages.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECRET_MAX = 4096, MAIL_TIMEOUT_MS = 30 * 1000, HTTP_TIMEOUT_MS = 15 * 1000, TIMEOUT_MIN_MS = 100 };

static delivery_config_t s_config;

static char *
s_copy (const char *text)
{
    char *copy = strdup (text);
    if (!copy)
        abort ();
    return copy;
}

static char *
s_setting (const char *name)
{
    const char *value = getenv (name);
    return s_copy (value ? value : "");
}

/* The first line of a file: secrets of containers are mounted so. */
static char *
s_first_line (const char *path)
{
    char line [SECRET_MAX] = "";
    FILE *file = fopen (path, "re");
    if (!file || !fgets (line, sizeof line, file))
        fprintf (stderr, "notifier: cannot read the secret in %s: check that the file is there and readable\n", path);
    if (file)
        fclose (file);
    line [strcspn (line, "\r\n")] = '\0';
    return s_copy (line);
}

static char *
s_secret (const char *name)
{
    char with_file [64];
    snprintf (with_file, sizeof with_file, "%s_FILE", name);
    const char *path = getenv (with_file);
    return path && *path ? s_first_line (path) : s_setting (name);
}

/* Longer than MAIL_TIMEOUT_MS would outlive the time after which an attempt counts as lost. */
static long
s_timeout_ms (long usual_ms)
{
    const char *text = getenv ("FETTLE_DELIVERY_TIMEOUT_MS");
    char *end = NULL;
    long timeout_ms = text && *text ? strtol (text, &end, 10) : usual_ms;
    if ((end && *end) || timeout_ms < TIMEOUT_MIN_MS || timeout_ms > MAIL_TIMEOUT_MS) {
        fprintf (stderr, "notifier: FETTLE_DELIVERY_TIMEOUT_MS is \"%s\": give %d to %d; %ld is used\n", text, TIMEOUT_MIN_MS,
            MAIL_TIMEOUT_MS, usual_ms);
        return usual_ms;
    }
    return timeout_ms;
}

static void
s_load (void)
{
    const char *allow = getenv ("FETTLE_WEBHOOK_ALLOW_PRIVATE");
    s_config = (delivery_config_t) {
        .smtp_url = s_setting ("FETTLE_SMTP_URL"), .smtp_from = s_setting ("FETTLE_SMTP_FROM"),
        .smtp_user = s_setting ("FETTLE_SMTP_USER"), .smtp_password = s_secret ("FETTLE_SMTP_PASSWORD"),
        .sms = { s_setting ("FETTLE_SMS_URL"), s_secret ("FETTLE_SMS_TOKEN") },
        .wechat = { s_setting ("FETTLE_WECHAT_URL"), s_secret ("FETTLE_WECHAT_TOKEN") },
        .zalo = { s_setting ("FETTLE_ZALO_URL"), s_secret ("FETTLE_ZALO_TOKEN") },
        .mail_timeout_ms = s_timeout_ms (MAIL_TIMEOUT_MS), .http_timeout_ms = s_timeout_ms (HTTP_TIMEOUT_MS),
        .webhook_allow_private = allow && strcmp (allow, "1") == 0,
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
        : channel == CHANNEL_WECHAT ? &config->wechat
        : channel == CHANNEL_ZALO ? &config->zalo : NULL;
    return gateway && *gateway->url ? gateway : NULL;
}

bool
delivery_config_has (int channel)
{
    if (channel == CHANNEL_EMAIL)
        return *delivery_config ()->smtp_url && *delivery_config ()->smtp_from;
    return channel == CHANNEL_WEBHOOK || delivery_config_gateway (channel);
}
