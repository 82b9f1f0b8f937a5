#!/bin/bash
# `fettle audit` on a stack of its own: clean after real traffic, then each damage done by hand is named by its invariant, and when
# it is undone all is well again. Prints TAP lines.
cd "$(dirname "$0")" || exit 1
exec /usr/bin/python3 audit_damage.py
