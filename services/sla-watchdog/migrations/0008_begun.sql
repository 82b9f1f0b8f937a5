-- A depot repair counts from the arrival of the unit, not from the acceptance of the request.

comment on table sla_fact is
    'What happened to a case. kind: 1 wait started, 2 wait ended, 3 milestone reached, 4 resolved, 5 reopened, 6 cancelled, 7 support tier, 8 instant promised, 9 milestone begun.';
