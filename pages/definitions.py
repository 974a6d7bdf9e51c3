"""Definitions: what does each number mean, and from which data does it come?"""

from dashboard import definitions, filters

view = filters.current()

search = definitions.search(view)
definitions.shelves(view, search)
