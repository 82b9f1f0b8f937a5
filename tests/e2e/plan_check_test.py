"""`fettle plan check`: plans that are valid, and plans damaged in every way there is."""
import copy
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import tap                                         # noqa: E402
from lib.plans import (GOOD, NO, OK, SEED, USAGE, expect, fettle, line_problem, path, put, scratch, solomon,   # noqa: E402
                       solve)
from lib.tap import check                                   # noqa: E402


def test_a_plan_of_ours_and_one_of_lines_are_valid_and_cost_the_same():
    problem = path('line.json', line_problem())
    expect(OK, r'^valid: 2 vehicles, distance \d+, cost \d+, 0 unassigned$', 'check', problem, path('good.json', GOOD))
    text, _ = solomon(SEED)
    problem = path('s.txt', text)
    plan = solve(problem)
    lines = ''.join(f'Route #{i + 1}: {" ".join(r["visits"])}\n' for i, r in enumerate(plan['routes'])) + f'Cost {plan["distance"]}\n'
    with_json = expect(OK, '^valid: ', 'check', problem, path('s.json', plan))
    check(with_json == expect(OK, '^valid: ', 'check', problem, path('s.sol', lines)), with_json)


def test_an_appointment_at_a_place_of_its_own_is_kept_and_told_on_which_side_a_visit_is():
    problem = line_problem()
    put(problem, 'resources', 1, 'pauses', [{'from': 200, 'to': 230, 'place': 'p5'}])
    name = path('appointment.json', problem)
    plan = solve(name)
    check(not plan['unassigned'], plan['unassigned_why'])
    expect(OK, rf'cost {plan["cost"]},', 'check', name, path('appointment-plan.json', plan))
    put(problem, 'resources', 1, 'pauses', [{'from': 30, 'to': 40, 'place': 'p5'}])
    expect(NO, r'pause: must be there by 30, can not before', 'check', path('appointment.json', problem), path('good.json', GOOD))


def routes(plan, anna=None, bruno=None):
    plan['routes'][0]['visits'] = anna if anna is not None else plan['routes'][0]['visits']
    plan['routes'][1]['visits'] = bruno if bruno is not None else plan['routes'][1]['visits']


# what, the sentence, how the plan is damaged, how the problem is changed
DAMAGED_PLANS = [
    ('a visit twice in a route', r'stop 3 \(visit gas\): is there twice, at stop 1', lambda p: routes(p, ['gas', 'roof', 'gas']), None),
    ('a visit in two routes', r'visit early: is there twice: 2 come, 1 wanted', lambda p: routes(p, ['early', 'gas', 'pair']), None),
    ('a visit that must be done left out', r'visit gas: nobody does it', lambda p: routes(p, ['roof', 'fuse', 'pair']),
     lambda p: p['visits'][0].pop('unassigned_price')),
    ('a skill that he has not', r'\(visit gas\): skill: needs skill "gas" level 2, has none',
     lambda p: routes(p, ['pair'], ['started', 'early', 'fixed', 'gas', 'pair', 'second']), lambda p: p['visits'][0].pop('territory')),
    ('a skill that ends before the work', r'skill: needs skill "gas" until 30, has it until 29', lambda p: None,
     lambda p: put(p, 'resources', 0, 'skills', 0, 'until', 29)),
    ('a tool that he does not carry', r'\(visit roof\): tool: needs tool "ladder", does not carry it',
     lambda p: routes(p, ['gas', 'fuse', 'pair'], ['started', 'early', 'fixed', 'roof', 'pair', 'second']), None),
    ('a part that he has not', r'\(visit fuse\): part: needs 1 of part "fuse", has 0',
     lambda p: routes(p, ['gas', 'roof', 'pair'], ['started', 'early', 'fixed', 'fuse', 'pair', 'second']), None),
    ('a territory that is not his', r'\(visit early\): territory: "south" is not one of his',
     lambda p: routes(p, ['early', 'pair'], ['started', 'fixed', 'pair', 'second']), lambda p: put(p, 'visits', 3, 'territory', 'south')),
    ('a load too large', r'\(visit fuse\): capacity: 3 with this one, has 2', lambda p: None, lambda p: put(p, 'resources', 0, 'capacity', 2)),
    ('a visit too many', r'\(visit pair\): visits_max: 4 with this one, may do 3', lambda p: None,
     lambda p: put(p, 'resources', 0, 'visits_max', 3)),
    ('a window missed', r'\(visit early\): window: must begin by 60, is there at 130',
     lambda p: routes(p, bruno=['started', 'fixed', 'early', 'pair', 'second']), None),
    ('a shift that is too short', r'the way back: shift: must be there by 140, is there at', lambda p: None,
     lambda p: put(p, 'resources', 1, 'shifts', 0, {'from': 0, 'to': 140, 'start': 'p0', 'end': 'p0'}) or p['resources'][1].pop('pauses')),
    ('a lock in time broken', r'\(visit fixed\): lock: must begin at 100, can not before 120',
     lambda p: routes(p, bruno=['started', 'early', 'pair', 'fixed', 'second']), None),
    ('a lock to a resource broken', r'visit fixed: lock: resource "bruno" must do it, does not',
     lambda p: routes(p, ['gas', 'fixed', 'pair'], ['started', 'early', 'pair', 'second']), None),
    ('a crew that is not complete', r'visit pair: crew: needs 2, 1 come', lambda p: routes(p, ['gas', 'roof', 'fuse']), None),
    ('a visit before the one it follows', r'visits of several routes wait|window: must begin by 60',
     lambda p: routes(p, bruno=['started', 'second', 'early', 'fixed', 'pair']), None),
    ('a sequence without its first', r'visit second: order: comes after visit "early", which nobody does',
     lambda p: routes(p, bruno=['started', 'fixed', 'pair', 'second']), None),
    ('what is under way given to another', r'visit started: frozen: resource "bruno" was told to do it and does not',
     lambda p: routes(p, ['started', 'gas', 'pair'], ['early', 'fixed', 'pair', 'second']), None),
    ('what is under way put behind', r'\(visit started\): frozen: another visit was put before it',
     lambda p: routes(p, bruno=['early', 'started', 'fixed', 'pair', 'second']), None),
    ('one who is not required', r'\(visit early\): required: only others may do it', lambda p: None,
     lambda p: put(p, 'visits', 3, 'required', ['anna'])),
    ('one who is excluded', r'\(visit early\): excluded: he must not do it', lambda p: None, lambda p: put(p, 'visits', 3, 'excluded', ['bruno'])),
    ('the supply place twice', r'\(supply\): passes the supply place twice', lambda p: routes(p, ['gas', None, 'roof', None, 'pair']), None),
    ('two routes for one shift', r'two routes for shift 0 of resource anna',
     lambda p: p['routes'].append({'resource': 'anna', 'visits': []}), None),
]


def test_damaged_plans_are_refused_each_for_its_reason():
    for what, sentence, damage, change in DAMAGED_PLANS:
        problem, plan = line_problem(), copy.deepcopy(GOOD)
        damage(plan)
        if change:
            change(problem)
        code, out, err = fettle('check', path('damaged-problem.json', problem), path('damaged.json', plan))
        check(code == NO and re.search(f'^violation: .*({sentence})', out, re.M) and not err, f'{what}: {code}\n{out}{err}')
    return f'{len(DAMAGED_PLANS)} kinds'


def test_every_route_that_is_wrong_is_told():
    problem = line_problem()
    put(problem, 'resources', 0, 'visits_max', 3)
    put(problem, 'visits', 3, 'excluded', ['bruno'])
    out = expect(NO, '', 'check', path('two.json', problem), path('good.json', GOOD))
    check(len(out.splitlines()) == 2 and 'visits_max' in out and 'excluded' in out, out)


def test_customers_left_out_and_loads_and_windows_of_solomons_are_violations():
    text, _ = solomon(SEED)
    problem = path('s.txt', text)
    whole = solve(problem)
    for damage, sentence in (
            (lambda p: p['routes'][0]['visits'].pop(), r'visit \d+: nobody does it'),
            (lambda p: p['routes'][0]['visits'].append(p['routes'][1]['visits'].pop()), r'window|capacity|shift'),
            (lambda p: p['routes'][0]['visits'].reverse(), r'window'),
            (lambda p: p['routes'][0].update(visits=sum((r['visits'] for r in p['routes']), [])) or p.update(routes=p['routes'][:1]), r'capacity'),
            (lambda p: p['routes'][0].update(resource='2'), r'two routes for shift 0 of resource 2')):
        plan = copy.deepcopy(whole)
        damage(plan)
        expect(NO, rf'^violation: .*({sentence})', 'check', problem, path('d.json', plan))


def test_a_plan_that_can_not_be_read_says_where():
    problem, text = path('line.json', line_problem()), path('s.txt', solomon(SEED)[0])
    for content, sentence in (
            ('{"routes": [', 'line 1, column'), ({}, 'routes is missing'), ({'routes': {}}, 'routes: not a list'), ({'rutes': []}, 'unknown key "rutes"'),
            ({'routes': [{'visits': []}]}, r'routes\[0\]: resource is missing'),
            ({'routes': [{'resource': 'carl', 'visits': []}]}, 'there is no resource "carl"'),
            ({'routes': [{'resource': 'anna', 'visits': ['golf']}]}, r'routes\[0\].visits\[0\]: there is no visit "golf"'),
            ({'routes': [{'resource': 'anna', 'shift': 1, 'visits': []}]}, 'shift is not one of the 1')):
        expect(USAGE, sentence, 'check', problem, path('unread.json', content))
    for content, sentence in (('', 'there is no route'), ('Route #1: 1 99\n', 'line 1: there is no visit "99"'), ('Route #10: 1\n', 'up to #9'),
                              ('Tour 1: 2\n', 'line 1: "Tour 1: 2"'), ('Route #1 1 2\n', 'line 1: '), ('Route #1: ' + '1' * 70, 'too long')):
        expect(USAGE, sentence, 'check', text, path('unread.sol', content))
    expect(USAGE, 'can not be read', 'check', text, os.path.join(scratch, 'nowhere.sol'))


if __name__ == '__main__':
    tap.main([value for name, value in list(globals().items()) if name.startswith('test_')])
