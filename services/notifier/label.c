/* label.c - words for values that programs name: enum values and metrics. */
#include "notifier.h"
#include <ctype.h>
#include <string.h>

typedef struct { const char *name, *words [5]; } label_t;      /* by language: -, en, zh, vi, it */

static const label_t s_labels [] = {
    { "REQUEST_TYPE_CONSULTATION", { 0, "consultation", "咨询", "tư vấn", "consulenza" } },
    { "REQUEST_TYPE_INSTALLATION", { 0, "installation", "安装", "lắp đặt", "installazione" } },
    { "REQUEST_TYPE_REPAIR", { 0, "repair", "维修", "sửa chữa", "riparazione" } },
    { "REQUEST_TYPE_MAINTENANCE", { 0, "maintenance", "保养", "bảo trì", "manutenzione" } },
    { "REQUEST_TYPE_COMPLAINT", { 0, "complaint", "投诉", "khiếu nại", "reclamo" } },
    { "REQUEST_TYPE_MODIFICATION", { 0, "modification", "改造", "cải tạo", "modifica" } },
    { "REQUEST_TYPE_TRAINING", { 0, "training", "培训", "đào tạo", "formazione" } },
    { "REQUEST_TYPE_QUOTE", { 0, "request for a quote", "询价", "yêu cầu báo giá", "richiesta di preventivo" } },
    { "SUPPORT_TIER_PHONE", { 0, "by telephone", "电话", "qua điện thoại", "telefonica" } },
    { "SUPPORT_TIER_REMOTE", { 0, "remote", "远程", "từ xa", "da remoto" } },
    { "SUPPORT_TIER_ONSITE", { 0, "on site", "上门", "tại chỗ", "sul posto" } },
    { "MILESTONE_ACKNOWLEDGE", { 0, "acknowledgement", "确认", "xác nhận", "presa in carico" } },
    { "MILESTONE_ACCEPT", { 0, "acceptance", "受理", "tiếp nhận", "accettazione" } },
    { "MILESTONE_SOLVE_REMOTE", { 0, "remote solution", "远程解决",
        "xử lý từ xa", "soluzione da remoto" } },
    { "MILESTONE_PROPOSE_SOLUTION", { 0, "proposed solution", "提出方案",
        "đề xuất giải pháp", "proposta di soluzione" } },
    { "MILESTONE_ARRIVE", { 0, "arrival on site", "到场", "có mặt tại chỗ", "arrivo sul posto" } },
    { "MILESTONE_COMPLETE", { 0, "completion", "完修", "hoàn thành", "completamento" } },
    { "MILESTONE_DEPOT_REPAIR", { 0, "repair in the workshop", "返厂维修",
        "sửa chữa tại xưởng", "riparazione in officina" } },
    { "MILESTONE_PROPOSAL", { 0, "proposal", "提案", "đề xuất", "proposta" } },
    { "MILESTONE_COMPLAINT_OUTCOME", { 0, "outcome of the complaint", "投诉处理结果",
        "kết quả khiếu nại", "esito del reclamo" } },
    { "offer.unanswered_ms", { 0, "offer without an answer", "派工未答复",
        "lời mời chưa được trả lời", "proposta senza risposta" } },
    { "request.unacknowledged_ms", { 0, "request not taken in hand", "请求未确认",
        "yêu cầu chưa được xác nhận", "richiesta non presa in carico" } },
    { "work_order.unscheduled_ms", { 0, "work order without a visit", "工单未排期",
        "lệnh công việc chưa được xếp lịch", "intervento non pianificato" } },
    { "request.waiting_ms", { 0, "request that waits", "请求等待中",
        "yêu cầu đang chờ", "richiesta in attesa" } },
    { "work_order.unready_ms", { 0, "work order that can not go", "工单未就绪",
        "lệnh công việc chưa sẵn sàng", "intervento non pronto" } },
    { "work_order.needs_person_ms", { 0, "work order for which a person must choose", "工单待人工派工",
        "lệnh công việc cần người chọn kỹ sư", "intervento per cui deve scegliere una persona" } },
    { "parts.short_ms", { 0, "work order short of parts", "工单缺件",
        "lệnh công việc thiếu linh kiện", "intervento con ricambi mancanti" } },
    { "visit.unstarted_ms", { 0, "visit not begun in time", "上门未按时开始",
        "lượt đến chưa bắt đầu đúng giờ", "visita non iniziata in tempo" } },
};

/* A value without a word of its own: "VISIT_STATE_NO_ACCESS" -> "visit state no access". */
static char *
s_plain (arena_t *arena, const char *name)
{
    char *text = arena_strdup (arena, name);
    for (char *at = text; *at; at++)
        *at = *at == '_' ? ' ' : (char) tolower ((unsigned char) *at);
    return text;
}

char *
label_text (arena_t *arena, int language, const char *name)
{
    if (language < LANGUAGE_EN || language > LANGUAGE_IT)
        language = LANGUAGE_EN;
    for (size_t i = 0; i < sizeof s_labels / sizeof *s_labels; i++)
        if (strcmp (s_labels [i].name, name) == 0)
            return arena_strdup (arena, s_labels [i].words [language]);
    return s_plain (arena, name);
}
