/* demo_scenes_visit - jobs that somebody drives to, and who pays for them. */
#include "demo_scenes.h"
#include "moment.h"
#include <stdio.h>
#include <string.h>

#define PART(id, count) \
    (&(part_quantity_t) { .base = part_quantity_init, .item_id = (id), .quantity = (count) })
#define SKILL(name, needed) \
    (&(skill_level_t) { .base = skill_level_init, .skill = (name), .level = (needed) })
#define NEEDS(...) (&(change_support_tier_t) { .base = change_support_tier_init, __VA_ARGS__ })

static bool
s_covered (const work_order_cost_t *cost, coverage_t coverage, cost_kind_t but_kind)
{
    for (size_t i = 0; i < cost->n_lines; i++)
        if (cost->lines [i]->kind != but_kind && (cost->lines [i]->coverage != coverage
            || cost->lines [i]->charge_minor != 0))
            return false;
    return true;
}

static const work_order_cost_t *
s_cost (demo_t *demo, const job_t *job)
{
    return (const work_order_cost_t *) demo_ask (demo,
        get_cost (.work_order_id = (char *) job->work_order_id));
}

/* ---- visit: everything that can happen to an order on its way */

static bool
s_reject_first (demo_t *demo, job_t *job)
{
    const char *first = job->engineer_id;
    size_t mark = demo_mark (demo);
    if (!demo_do (demo, arena_printf (demo->arena, "engineer:%s", first),
        reject_visit (.visit_id = (char *) job->visit_id,
        .engineer_id = (char *) first, .reason = "正在另一现场"),
        "%s can not: he is at another site", NAME (demo, first))
        || !job_offer (demo, job, mark))
        return false;
    const dispatch_decided_t *decided = SEEN (demo, dispatch_decided, visit_id, job->visit_id);
    return demo_expect (demo, strcmp (first, job->engineer_id) != 0 && decided
        && demo_was_refused (decided, first, "rejected"),
        "the next best is asked, and the decision says that %s has rejected", NAME (demo, first));
}

static bool
s_settle_parts (demo_t *demo, job_t *job)
{
    part_quantity_t *back [] = { PART ("expansion-valve", 1) };
    if (!demo_do (demo, "operator:warehouse",
        return_parts (.document_id = arena_printf (demo->arena, "demo-%s-back", demo->run),
        .work_order_id = (char *) job->work_order_id, .to_location_id = "wh-bj-depot", .n_parts = 1,
        .parts = back),
        "one valve was not needed and goes back"))
        return false;
    const parts_settled_t *settled = AWAIT (demo, parts_settled, work_order_id, job->work_order_id);
    return demo_expect (demo, settled && settled->n_consumed == 2 && settled->n_returned == 1,
        "issued is used and returned: nothing is lost");
}

static bool
s_do_visit (demo_t *demo, job_t *job, const char *codes [3], const char *findings, size_t n_parts,
    part_quantity_t **parts, double km,
            const char *signer)
{
    return job_travel (demo, job) && job_arrive (demo, job, 0, 0.001) && job_work (demo, job)
        && job_report (demo, job, codes, findings, n_parts, parts, km)
            && job_sign (demo, job, signer)
        && AWAIT (demo, work_order_completed, work_order_id, job->work_order_id);
}

void
scene_visit (demo_t *demo)
{
    job_t job = { .asset_id = "bj-chiller" };
    skill_level_t *skills [] = { SKILL ("refrigeration", 3) };
    part_quantity_t *parts [] = { PART ("expansion-valve", 2), PART ("pressure-sensor", 1) };
    part_quantity_t *used [] = { PART ("expansion-valve", 1), PART ("pressure-sensor", 1) };
    const char *codes [] = { "NOISE", "VALVE_WORN", "REPLACED" };
    demo_stock (demo, "wh-bj-depot", "expansion-valve", 10);
    demo_stock (demo, "wh-bj-depot", "pressure-sensor", 10);
    if (!job_submit (demo, &job, CHANNEL_WECHAT, "冷水机组异响，制冷不足"))
        return;
    const entitlement_resolved_t *terms = SEEN (demo, entitlement_resolved, request_id,
        job.request_id);
    demo_expect (demo, terms && terms->coverage == COVERAGE_CONTRACT
        && strcmp (terms->contract_tier, "gold") == 0, "the gold contract covers it");
    scene_attempt (demo, job.request_id, SUPPORT_TIER_REMOTE, false,
        "readings taken from afar: the expansion valve hunts");
    if (!job_on_site (demo, &job, NEEDS (.reason = "the valve must be changed",
        .diagnosis = "膨胀阀故障", .n_skills = 1,
        .skills = skills, .n_parts = 2, .parts = parts, .work_minutes = 90))
        || !job_offer (demo, &job, (size_t) demo->scene_event))
        return;
    const dispatch_decided_t *decided = SEEN (demo, dispatch_decided, visit_id, job.visit_id);
    demo_expect (demo, decided && demo_was_refused (decided, "bj-e03", "certificate"),
        "%s's certificate has run out: refused by law",
        NAME (demo, "bj-e03"));
    demo_expect (demo, decided && demo_was_refused (decided, "bj-e07", "customer"),
        "%s is not welcome at this customer",
        NAME (demo, "bj-e07"));
    if (!s_reject_first (demo, &job) || !job_accept (demo, &job) || !job_issue_parts (demo, &job)
        || !s_do_visit (demo, &job, codes, "更换膨胀阀与压力传感器，运行正常", 2,
            used, 14.2, "王建国") || !s_settle_parts (demo, &job)
        || !job_cost (demo, &job))
        return;
    const work_order_cost_t *cost = s_cost (demo, &job);
    const invoice_issued_t *invoice = AWAIT (demo, invoice_issued, work_order_id,
        job.work_order_id);
    demo_expect (demo, cost && s_covered (cost, COVERAGE_CONTRACT, COST_KIND_PART),
        "call-out, travel and labour are the contract's");
    demo_expect (demo, invoice && invoice->total_minor == job.posted->charge_minor,
        "the parts are not, and are charged: %s",
        demo_money (demo, invoice ? invoice->total_minor : 0, "CNY"));
    demo_expect (demo, scene_met (demo, job.request_id, MILESTONE_ARRIVE)
        && scene_met (demo, job.request_id, MILESTONE_COMPLETE),
        "arrived and done within the promised times");
    job_confirm (demo, &job);
}

/* ---- invoice */

/* The telephone had no net in the basement: he tells afterwards how long it really was. The span
 * before it must be free of his
 * other visits, so earlier ones are tried until it is. */
static bool
s_correct_time (demo_t *demo, job_t *job, int minutes)
{
    const time_entry_recorded_t *entry = NULL;
    for (size_t i = (size_t) demo->scene_event; i < watch_count (demo->watch); i++) {
        const time_entry_recorded_t *found = (const time_entry_recorded_t *) watch_at (demo->watch,
            i)->message;
        if (found->base.descriptor == &time_entry_recorded_descriptor
            && strcmp (found->visit_id, job->visit_id) == 0
            && found->kind == TIME_KIND_WORK)
            entry = found;
    }
    if (!demo_expect (demo, entry, "his working time follows from what he pressed") || !entry)
        return false;
    demo_print (demo, "1", ">",
        arena_printf (demo->arena, "no net in the basement: %s corrects his working time to %d min",
        NAME (demo, job->engineer_id), minutes));
    const bus_reply_t *reply = NULL;
    for (int64_t back_ms = 0,
        step_ms = (int64_t) minutes * 60000; back_ms < 100 * step_ms; back_ms += step_ms) {
        reply = demo_send (demo, NULL, correct_time_entry (.time_entry_id = entry->time_entry_id,
            .to_at = entry->from_at - back_ms,
            .from_at = entry->from_at - back_ms - step_ms,
            .reason = "the telephone was offline in the basement"));
        if (strcmp (reply->code, "time_entry.overlap") != 0)
            break;
    }
    return demo_expect (demo, reply->status == STATUS_ACCEPTED,
        "the correction is kept with its reason (%s)",
        reply->status == STATUS_ACCEPTED ? "version 2" : reply->message);
}

static int64_t
s_minutes (const work_order_cost_t *cost, cost_kind_t kind)
{
    int64_t minutes = 0;
    for (size_t i = 0; cost && i < cost->n_lines; i++)
        if (cost->lines [i]->kind == kind)
            minutes += cost->lines [i]->quantity;
    return minutes;
}

void
scene_invoice (demo_t *demo)
{
    job_t job = { .asset_id = "mi-pump" };
    skill_level_t *skills [] = { SKILL ("hydraulics", 2) };
    part_quantity_t *parts [] = { PART ("mechanical-seal", 1) };
    const char *codes [] = { "LEAK", "SEAL_WORN", "REPLACED" };
    demo_stock (demo, "wh-mi-depot", "mechanical-seal", 10);
    if (!job_submit (demo, &job, CHANNEL_EMAIL, "C'è una perdita d'acqua dalla pompa in cantina")
        || !job_on_site (demo, &job,
            NEEDS (.reason = "it leaks",
            .waive_remote_reason = "a leak can not be mended by telephone",
        .n_skills = 1, .skills = skills, .n_parts = 1, .parts = parts, .work_minutes = 60))
        || !job_offer (demo, &job, (size_t) demo->scene_event) || !job_accept (demo, &job)
            || !job_issue_parts (demo, &job)
        || !job_travel (demo, &job) || !job_arrive (demo, &job, 0, 0.0005)
            || !job_work (demo, &job))
        return;
    demo_settle (demo);
    if (!s_correct_time (demo, &job, 70)
        || !job_report (demo, &job, codes,
            "Tenuta meccanica sostituita, prova a pressione superata", 1, parts, 11.6)
        || !job_sign (demo, &job, "Marco Ferrari") || !job_cost (demo, &job))
        return;
    const work_order_cost_t *cost = s_cost (demo, &job);
    const invoice_issued_t *invoice = AWAIT (demo, invoice_issued, work_order_id,
        job.work_order_id);
    demo_expect (demo, s_minutes (cost, COST_KIND_LABOUR) == 75,
        "70 minutes are five started quarters of an hour: 75 are charged");
    demo_expect (demo, invoice && strcmp (invoice->currency, "EUR") == 0
        && invoice->total_minor == job.posted->charge_minor
        && invoice->total_minor > 0 && strcmp (invoice->number, cost ? cost->invoice_number
        : "") == 0,
        "one numbered invoice over all of it: %s, %s", invoice ? invoice->number : "none",
        demo_money (demo, invoice ? invoice->total_minor : 0, "EUR"));
    job_confirm (demo, &job);
}

/* ---- warranty */

void
scene_warranty (demo_t *demo)
{
    job_t job = { .asset_id = "hcm-ct" };
    skill_level_t *skills [] = { SKILL ("imaging", 3) };
    part_quantity_t *parts [] = { PART ("ct-cooling-filter", 1) };
    const char *codes [] = { "OVERHEAT", "FILTER_BLOCKED", "REPLACED" };
    demo_stock (demo, "wh-hcm-depot", "ct-cooling-filter", 10);
    if (!job_submit (demo, &job, CHANNEL_ZALO, "Máy CT báo quá nhiệt ống phát tia")
        || !job_on_site (demo, &job, NEEDS (.reason = "the filter is blocked",
        .waive_remote_reason = "the scanner is switched off", .n_skills = 1, .skills = skills,
        .n_parts = 1, .parts = parts,
        .work_minutes = 60)) || !job_offer (demo, &job, (size_t) demo->scene_event)
        || !job_accept (demo, &job)
        || !job_issue_parts (demo, &job)
        || !s_do_visit (demo, &job, codes, "Đã thay bộ lọc làm mát, chạy thử đạt", 1,
            parts, 8.3, "Nguyễn Thị Lan") || !job_cost (demo, &job))
        return;
    const work_order_cost_t *cost = s_cost (demo, &job);
    demo_settle (demo);
    demo_expect (demo, cost && s_covered (cost, COVERAGE_WARRANTY, COST_KIND_UNSPECIFIED)
        && job.posted->list_minor > 0
        && job.posted->charge_minor == 0, "every line is the warranty's: worth %s, charged nothing",
        demo_money (demo, job.posted->list_minor, job.posted->currency));
    demo_expect (demo, !SEEN (demo, invoice_issued, work_order_id, job.work_order_id),
        "and there is no invoice");
    job_confirm (demo, &job);
}
