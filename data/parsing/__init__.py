"""Reading cells by contract: the same text means the same in every file.

Nothing is guessed from the rows around a cell. A cell either has exactly one meaning
or breaks a named rule.
"""
