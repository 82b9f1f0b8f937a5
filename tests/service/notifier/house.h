/* house.h - a small company that is told things: one customer with two people at a site in Hanoi,
 * one engineer, one manager. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "notifier.h"
#include "testing.h"

#define NOW INT64_C (1780905600000) /* 2026-06-08T08:00:00Z, 15:00 in Hanoi */
#define MINUTE INT64_C (60000)
#define HOUR (60 * MINUTE)

static inline void
house_template (tx_t *tx, const char *topic, const char *audience, language_t language,
    const char *subject, const char *body)
{
    run (tx,
        publish_template (.topic = (char *) topic, .audience = (char *) audience,
            .language = language, .subject = (char *) subject, .body = (char *) body));
    assert_accepted (tx);
}

static inline void
house_contact (tx_t *tx, const char *id, const char *site_id, language_t language,
    const char *email, const char *phone)
{
    contact_details_t details = { .base = contact_details_init,
        .customer_id = "c1",
        .site_id = (char *) site_id,
        .name = (char *) id,
        .phone = (char *) phone,
        .email = (char *) email,
        .language = language };
    run (tx, contact_published (.contact_id = (char *) id, .details = &details));
}

static inline void
house_masters (tx_t *tx)
{
    territory_details_t territory = { .base = territory_details_init,
        .name = "Hà Nội",
        .time_zone = "Asia/Ho_Chi_Minh",
        .language = LANGUAGE_VI,
        .manager_email = "manager@fettle.example" };
    run (tx, territory_published (.territory_id = "hanoi", .details = &territory));
    customer_details_t customer = { .base = customer_details_init,
        .name = "Acme Việt Nam",
        .email = "office@acme.example",
        .language = LANGUAGE_EN };
    run (tx, customer_registered (.customer_id = "c1", .details = &customer));
    site_details_t site = { .base = site_details_init,
        .customer_id = "c1",
        .name = "Plant 1",
        .address = "1 Tràng Tiền",
        .territory_id = "hanoi" };
    run (tx, site_published (.site_id = "s1", .details = &site, .time_zone = "Asia/Ho_Chi_Minh"));
    engineer_details_t engineer = { .base = engineer_details_init,
        .name = "Nguyễn Văn An",
        .territory_id = "hanoi",
        .email = "an@fettle.example",
        .phone = "+84901",
        .language = LANGUAGE_VI };
    run (tx, engineer_published (.engineer_id = "e1", .details = &engineer));
}

/* One of our own, who lives in Italy. */
static inline void
house_person (tx_t *tx, const char *id, const char *phone)
{
    person_details_t details = { .base = person_details_init,
        .name = (char *) id,
        .phone = (char *) phone,
        .language = LANGUAGE_EN,
        .time_zone = "Europe/Rome" };
    run (tx, person_published (.person_id = (char *) id, .details = &details));
}

static inline tx_t *
house_new (void)
{
    setenv ("FETTLE_SMTP_URL", "smtp://127.0.0.1:1", 1);
    setenv ("FETTLE_SMTP_FROM", "service@fettle.example", 1);
    setenv ("FETTLE_SMS_URL", "http://127.0.0.1:1/", 1);
    unsetenv ("FETTLE_ZALO_URL");
    unsetenv ("FETTLE_WECHAT_URL");
    tx_t *tx = tx_fake (&fettle_service);
    house_masters (tx);
    house_contact (tx, "lan", "s1", LANGUAGE_VI, "lan@acme.example", "+84902");
    house_template (tx, visit_accepted_descriptor.name, "customer", LANGUAGE_EN,
        "Visit {{workStartsAt}}",
        "Dear {{recipient.name}}, {{engineer.name}} comes to {{site.name}}, {{site.address}}, at "
        "{{workStartsAt}}.");
    house_template (tx, visit_accepted_descriptor.name, "customer", LANGUAGE_VI,
        "Lịch hẹn {{workStartsAt}}",
        "Kính gửi {{recipient.name}}, {{engineer.name}} sẽ đến {{site.name}} lúc "
        "{{workStartsAt}}.");
    return tx;
}

static inline void
house_request (tx_t *tx, int32_t fault_level)
{
    run (tx,
        service_request_accepted (.request_id = "r1", .customer_id = "c1", .site_id = "s1",
            .territory_id = "hanoi", .type = REQUEST_TYPE_REPAIR, .text = "Máy không chạy",
            .accepted_at = NOW));
    run (tx, service_request_triaged (.request_id = "r1", .fault_level = fault_level));
    run (tx,
        work_order_created (.work_order_id = "w1", .request_id = "r1", .customer_id = "c1",
            .site_id = "s1", .territory_id = "hanoi", .type = REQUEST_TYPE_REPAIR,
            .fault_level = fault_level, .description = "Thay cảm biến"));
}

/* The event that most tests are about: a visit at 09:00 in Hanoi the next day. */
static inline void
house_visit_accepted (tx_t *tx)
{
    run (tx,
        visit_accepted (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "e1",
            .starts_at = NOW + 17 * HOUR, .work_starts_at = NOW + 18 * HOUR,
            .ends_at = NOW + 20 * HOUR, .customer_id = "c1", .site_id = "s1", .request_id = "r1"));
}

static inline void
house_done (tx_t *tx, const char *attempt_id, delivery_outcome_t outcome)
{
    run (tx,
        delivery_done (.attempt_id = (char *) attempt_id, .outcome = outcome,
            .error = outcome == DELIVERY_OUTCOME_SENT ? "" : "test"));
}

/* Ids outlive the run that made them. */
typedef struct {
    char message [64], attempt [80];
} sent_t;

static inline sent_t
house_sent (tx_t *tx)
{
    sent_t sent = { "", "" };
    const perform_delivery_t *delivery = effect (tx, perform_delivery);
    assert_non_null (delivery);
    snprintf (sent.message, sizeof sent.message, "%s", delivery->message_id);
    snprintf (sent.attempt, sizeof sent.attempt, "%s", delivery->attempt_id);
    return sent;
}
