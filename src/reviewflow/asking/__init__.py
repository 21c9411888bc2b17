"""Questions answered as plain data, the same for every door: one prints it, one sends it, one makes a page of it.

A question is a function in the module named by its subject. It takes a `Question` and what was typed, and answers
with the very dict that `--json` prints there. It raises `Refused` and `BadInput`, and neither prints nor knows a door.
"""
