/* compliance - how the promises of a contract did in a calendar month: met, or missed (J7).
 *
 * A clock is counted once, in the month in which its verdict fell: met when its milestone was reached in time, missed
 * when its time ran out, whether it has stopped since or not. Cancelled clocks are counted nowhere. Months are those of
 * the contract's zone, else of its site's territory, else UTC. */
#pragma once
#include "promise.h"

/* A month is closed this long after its end: devices that were offline have told by then. */
#define COMPLIANCE_GRACE_MS INT64_C (259200000)

/* The first instant after a month such as "2026-06" in that zone; 0: it is no month. */
int64_t compliance_month_ends_at (const char *month, const char *time_zone);
/* The month of an instant, as text of the turn. */
char *compliance_month_of (tx_t *tx, int64_t at, const char *time_zone);
/* What is counted, as SlaComplianceClosed of the version that the row has. */
sla_compliance_closed_t *compliance_sum (tx_t *tx, const compliance_month_t *self);
