#include "report_text.h"
#include "calendar/zone.h"
#include "writer.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 256 * 1024 };

typedef enum {
    LABEL_REPORT, LABEL_VERSION, LABEL_ORDER, LABEL_VISIT, LABEL_CUSTOMER, LABEL_SITE, LABEL_ASSET,
        LABEL_ENGINEER,
    LABEL_ARRIVED, LABEL_FINISHED, LABEL_SYMPTOM, LABEL_CAUSE, LABEL_REMEDY, LABEL_FINDINGS,
    LABEL_CHECKLIST, LABEL_PARTS, LABEL_DISTANCE, LABEL_REMAINS, LABELS
} label_t;

static const char *const s_labels [] [LABELS] = {
    [LANGUAGE_EN] = { "Service report", "version", "Work order", "Visit", "Customer", "Site",
        "Asset", "Engineer", "Arrived",
        "Finished", "Symptom", "Cause", "Remedy", "Findings", "Checklist", "Parts used", "Distance",
        "Work remains: another visit follows." },
    [LANGUAGE_ZH] = { "服务报告", "版本", "工单", "上门", "客户", "地址", "设备", "工程师", "到场", "完工", "故障现象", "故障原因",
        "处理措施", "检查结果", "检查表", "使用备件", "里程", "尚有未完成的工作，将再次上门。" },
    [LANGUAGE_VI] = { "Biên bản dịch vụ", "phiên bản", "Lệnh công việc", "Lượt đến", "Khách hàng",
    "Địa điểm", "Thiết bị",
        "Kỹ sư", "Đến nơi", "Hoàn thành", "Hiện tượng", "Nguyên nhân", "Khắc phục",
        "Kết quả kiểm tra", "Danh mục kiểm tra",
        "Linh kiện đã dùng", "Quãng đường", "Còn việc chưa xong: sẽ có lượt đến tiếp theo." },
    [LANGUAGE_IT] = { "Rapporto di intervento", "versione", "Ordine di lavoro", "Visita", "Cliente",
    "Sede", "Apparecchio",
        "Tecnico", "Arrivo", "Fine lavori", "Sintomo", "Causa", "Rimedio", "Constatazioni",
        "Lista di controllo",
        "Materiale usato", "Distanza", "Resta del lavoro: seguirà un'altra visita." },
};

static const char *const s_types [] [REQUEST_TYPE_QUOTE + 1] = {
    [LANGUAGE_EN] = { "Service", "Consultation", "Installation", "Repair", "Maintenance",
        "Complaint", "Modification", "Training", "Survey for a quote" },
    [LANGUAGE_ZH] = { "服务", "咨询", "安装", "维修", "保养", "投诉", "改造", "培训", "报价勘察" },
    [LANGUAGE_VI] = { "Dịch vụ", "Tư vấn", "Lắp đặt", "Sửa chữa", "Bảo trì", "Khiếu nại", "Cải tạo",
    "Đào tạo", "Khảo sát báo giá" }, [LANGUAGE_IT] = { "Servizio", "Consulenza", "Installazione", "Riparazione",
    "Manutenzione", "Reclamo", "Modifica", "Formazione", "Sopralluogo per preventivo" },
};

static int
s_language (const report_facts_t *facts)
{
    return facts->language >= LANGUAGE_EN
        && facts->language <= LANGUAGE_IT ? (int) facts->language : LANGUAGE_EN;
}

static const char *
s_label (const report_facts_t *facts, label_t label)
{
    return s_labels [s_language (facts)] [label];
}

static void
s_line (writer_t *writer, const char *label, const char *value)
{
    if (!value || !*value)
        return;
    writer_add_text (writer, label);
    writer_add_text (writer, ": ");
    writer_add_text (writer, value);
    writer_add_character (writer, '\n');
}

/* Wall time of the site, with the zone that says so. */
static void
s_instant (writer_t *writer, const char *label, const report_facts_t *facts, int64_t at)
{
    if (!at)
        return;
    const zone_t *zone = facts->time_zone
        && *facts->time_zone ? zone_find (facts->time_zone, NULL) : NULL;
    int64_t wall_ms = zone ? zone_to_wall (zone, at) : at;
    char date [DATE_TEXT_SIZE];
    int minutes = (int) (wall_ms % DATE_DAY_MS / 60000);
    s_line (writer, label, arena_printf (writer->arena, "%s %02d:%02d (%s)",
        date_format ((int32_t) (wall_ms / DATE_DAY_MS), date), minutes / 60, minutes % 60,
        zone ? zone_name (zone) : "UTC"));
}

static void
s_head (writer_t *writer, const report_facts_t *facts)
{
    int type = facts->type >= 0 && facts->type <= REQUEST_TYPE_QUOTE ? (int) facts->type : 0;
    const char *title = facts->title
        && *facts->title ? facts->title : s_types [s_language (facts)] [type];
    s_line (writer, s_label (facts, LABEL_REPORT), title);
    s_line (writer, s_label (facts, LABEL_VERSION),
            arena_printf (writer->arena, "%s / %lld", facts->report_id,
            (long long) facts->version));
    s_line (writer, s_label (facts, LABEL_ORDER), facts->work_order_id);
    s_line (writer, s_label (facts, LABEL_VISIT), facts->visit_id);
    s_line (writer, s_label (facts, LABEL_CUSTOMER), facts->customer);
    s_line (writer, s_label (facts, LABEL_SITE), facts->address && *facts->address
        ? arena_printf (writer->arena, "%s, %s", facts->site, facts->address) : facts->site);
    s_line (writer, s_label (facts, LABEL_ASSET), facts->asset);
    s_line (writer, s_label (facts, LABEL_ENGINEER), facts->engineer);
    s_instant (writer, s_label (facts, LABEL_ARRIVED), facts, facts->arrived_at);
    s_instant (writer, s_label (facts, LABEL_FINISHED), facts, facts->finished_at);
}

static void
s_checklist (writer_t *writer, const report_facts_t *facts)
{
    const issue_service_report_t *said = facts->said;
    for (size_t i = 0; i < said->n_checklist; i++)
        s_line (writer, arena_printf (writer->arena, "%s - %s", s_label (facts, LABEL_CHECKLIST),
                                      said->checklist [i]->question), said->checklist [i]->answer);
}

static void
s_parts (writer_t *writer, const report_facts_t *facts)
{
    const issue_service_report_t *said = facts->said;
    for (size_t i = 0; i < said->n_parts_used; i++) {
        const part_quantity_t *part = said->parts_used [i];
        const char *serial = part->serial
            && *part->serial ? arena_printf (writer->arena, " (%s)", part->serial) : "";
        s_line (writer, s_label (facts, LABEL_PARTS),
                arena_printf (writer->arena, "%lld x %s%s", (long long) part->quantity,
                part->item_id, serial));
    }
}

char *
report_text (arena_t *arena, const report_facts_t *facts)
{
    writer_t writer = writer_new (arena, TEXT_MAX);
    s_head (&writer, facts);
    s_line (&writer, s_label (facts, LABEL_SYMPTOM), facts->said->symptom_code);
    s_line (&writer, s_label (facts, LABEL_CAUSE), facts->said->cause_code);
    s_line (&writer, s_label (facts, LABEL_REMEDY), facts->said->remedy_code);
    s_line (&writer, s_label (facts, LABEL_FINDINGS), facts->said->findings);
    s_checklist (&writer, facts);
    s_parts (&writer, facts);
    if (facts->said->distance_km > 0)
        s_line (&writer, s_label (facts, LABEL_DISTANCE),
            arena_printf (arena, "%.1f km", facts->said->distance_km));
    if (facts->work_remains) {
        writer_add_text (&writer, s_label (facts, LABEL_REMAINS));
        writer_add_character (&writer, '\n');
    }
    return writer_text (&writer);
}

char *
report_hash (arena_t *arena, const char *text)
{
    unsigned char digest [crypto_hash_sha256_BYTES];
    crypto_hash_sha256 (digest, (const unsigned char *) text, strlen (text));
    char *hex = arena_alloc (arena, 2 * sizeof digest + 1);
    return sodium_bin2hex (hex, 2 * sizeof digest + 1, digest, sizeof digest);
}
