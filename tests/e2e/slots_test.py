"""A slot from the question to the visit, over the bus, and 64 callers at once who want the same one (X6)."""
import concurrent.futures
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import company                                     # noqa: E402
from lib.bus import ACCEPTED, REJECTED, body                # noqa: E402
from lib.company import DISPATCHER, SCHEDULER               # noqa: E402
from lib.stack import Stack, wait_for                       # noqa: E402
from lib.tap import check, main                             # noqa: E402

CALLERS = 64
DAY_MS = 24 * 3600 * 1000


def said(bus, service, name):
    return [body(event) for event in bus.replay(service) if event.type.endswith('.' + name)]


def first_slot(bus, **question):
    slots = bus.query(DISPATCHER + 'RecommendSlots', {'count': 1, **question}).slots
    check(len(slots) == 1, f'{len(slots)} slots for {question}')
    return slots[0]


def hold_of(slot, slot_id, **more):
    return {'slot_id': slot_id, 'engineer_id': slot.engineer_id, 'starts_at': slot.starts_at, 'work_starts_at': slot.work_starts_at,
            'ends_at': slot.ends_at, 'window_from_at': slot.window_from_at, 'window_to_at': slot.window_to_at, **more}


def test_x6_of_64_callers_who_hold_the_same_slot_at_once_exactly_one_gets_it(stack):
    bus = stack.bus()
    slot = first_slot(bus, site_id='s1', work_minutes=60, from_at=int(time.time() * 1000) + DAY_MS)

    def hold(number):
        caller = stack.bus()
        try:
            return caller.command(SCHEDULER + 'HoldSlot', hold_of(slot, f'race-{number}'), timeout_s=60)
        finally:
            caller.close()

    with concurrent.futures.ThreadPoolExecutor(CALLERS) as callers:
        replies = list(callers.map(hold, range(CALLERS)))
    won = [reply for reply in replies if (reply.first_status or reply.status) == ACCEPTED]
    lost = [reply for reply in replies if reply.status == REJECTED]
    check(len(won) == 1 and len(lost) == CALLERS - 1, f'{len(won)} won, {len(lost)} lost')
    check({reply.code for reply in lost} == {'slot.overlap'}, str({reply.code for reply in lost}))
    stack.wait_quiet()
    again = first_slot(bus, site_id='s1', work_minutes=60, from_at=int(time.time() * 1000) + DAY_MS)
    check((again.engineer_id, again.starts_at) != (slot.engineer_id, slot.starts_at), 'the slot that is held was recommended again')
    bus.do(SCHEDULER + 'ReleaseSlot', {'slot_id': won[0].subject, 'reason': 'the race is over'})


def test_x6_a_hold_that_nobody_confirms_runs_out_and_says_so(stack):
    bus = stack.bus()
    slot = first_slot(bus, site_id='s1', work_minutes=60, from_at=int(time.time() * 1000) + DAY_MS)
    bus.do(SCHEDULER + 'HoldSlot', hold_of(slot, 'short', hold_ms=200))
    wait_for(lambda: any(event.slot_id == 'short' for event in said(bus, 'scheduler', 'SlotExpired')), 'the hold runs out')
    bus.do(SCHEDULER + 'HoldSlot', hold_of(slot, 'after', hold_ms=60000))
    bus.do(SCHEDULER + 'ReleaseSlot', {'slot_id': 'after', 'reason': 'only tried'})


def test_x6_the_order_is_done_in_the_window_that_the_customer_chose(stack):
    bus = stack.bus()
    order = bus.do(DISPATCHER + 'CreateWorkOrder', {
        'type': 'REQUEST_TYPE_REPAIR', 'site_id': 's1', 'asset_id': 'a1', 'skills': [{'skill': 'pump', 'level': 1}],
        'work_minutes': 60, 'not_before_at': int(time.time() * 1000) + 2 * DAY_MS}).subject
    slot = first_slot(bus, work_order_id=order, from_at=int(time.time() * 1000) + 3 * DAY_MS)
    stack.wait_quiet()
    bus.do(SCHEDULER + 'HoldSlot', hold_of(slot, 'chosen', work_order_id=order))
    bus.do(SCHEDULER + 'ConfirmAppointment', {'slot_id': 'chosen', 'work_order_id': order})
    offered = wait_for(lambda: [event for event in said(bus, 'dispatcher', 'VisitOffered') if event.work_order_id == order
                                and slot.window_from_at <= event.work_starts_at <= slot.window_to_at], 'a visit in the window is offered')
    check(offered[-1].work_starts_at >= slot.window_from_at, 'the visit begins before the window')
    wait_for(lambda: any(event.slot_id == 'chosen' for event in said(bus, 'scheduler', 'SlotReleased')), 'the visit has the time')


if __name__ == '__main__':
    with Stack() as running:
        running.start()
        company.settle(running, running.bus())
        main([test_x6_of_64_callers_who_hold_the_same_slot_at_once_exactly_one_gets_it,
              test_x6_a_hold_that_nobody_confirms_runs_out_and_says_so,
              test_x6_the_order_is_done_in_the_window_that_the_customer_chose], running)
