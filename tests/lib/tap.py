"""Test results as TAP: functions named test_... are run in the order they are written, their names are the sentences."""
import sys
import time
import traceback


def run(tests, *arguments):
    """Runs each and exits 0 when all have passed. A test that returns a text adds it to its line."""
    failed = 0
    for test in tests:
        sentence = test.__name__.removeprefix('test_').replace('_', ' ')
        began = time.monotonic()
        try:
            remark = test(*arguments)
        except Exception as error:                      # a failed test is told, the others go on
            failed += 1
            print(f'not ok - {sentence}')
            text = ''.join(traceback.format_exception(error)) if not isinstance(error, AssertionError) else str(error)
            print(''.join(f'# {line}\n' for line in text.splitlines()[:200]), end='')
        else:
            print(f'ok - {sentence}{": " + remark if remark else ""} ({time.monotonic() - began:.1f} s)')
        sys.stdout.flush()
    return failed


def main(tests, *arguments):
    failed = run(tests, *arguments)
    print(f'1..{len(tests)}')
    sys.exit(1 if failed else 0)


def check(is_true, text):
    """Fails with a sentence that says what was found."""
    if not is_true:
        raise AssertionError(text)
