"""Risky files parsed in a process of their own, with bounded memory and time.

Nothing here imports the rest of the product, so that the process starts at once; it is
asked on its standard input and answers on its standard output, a line of JSON each.
"""
