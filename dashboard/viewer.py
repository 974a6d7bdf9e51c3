"""Who looks, and what of the data that one may see."""

from dataclasses import dataclass

from dashboard.question import Condition


@dataclass(frozen=True)
class Rights:
    """What a role may see. Applied to every query before a frame exists.

    `pages` None is every page; `rows` restricts the customers, all conditions at once;
    `operate` is choosing which snapshot serves; `write` is writing in the book.
    """

    pages: frozenset[str] | None = None
    personal: bool = False
    export: bool = False
    operate: bool = False
    write: bool = False
    rows: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Viewer:
    """One person, or the local user where no login is configured."""

    name: str
    role: str
    rights: Rights

    @property
    def may_see_personal(self) -> bool:
        """Whether names, phones, comments and the like may be shown."""
        return self.rights.personal


LOCAL = Viewer(
    "local", "local", Rights(personal=True, export=True, operate=True, write=True)
)
