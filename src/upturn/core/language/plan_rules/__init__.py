"""The rules about a whole plan, one file each, in the families of the text rules; their numbers begin at 101.

`PLA` is the plan itself: how many goals, whether there is help, whether it says what follows. To add a rule, add a file
like its neighbours: it is found by itself, and the tests run its examples.
"""
