"""XML as it comes, without anything that a document type could declare."""

from collections.abc import Callable, Iterator
from typing import IO, Any, Final
from xml.parsers import expat

from data.confined.refusal import Refusal

BLOCK: Final = 256 * 1024
LONGEST: Final = 1_000_000  # characters of one cell
Attributes = dict[str, str]


def parser() -> Any:
    """An expat parser that refuses document types, and with them all entities."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse
    return made


def feed(stream: IO[bytes], made: Any) -> Iterator[None]:
    """Parse block by block; what the handlers gathered is taken after each."""
    while block := stream.read(BLOCK):
        made.Parse(block, False)  # noqa: FBT003 - expat takes it by position
        yield
    made.Parse(b"", True)  # noqa: FBT003
    yield


def elements(stream: IO[bytes]) -> Iterator[tuple[str, Attributes]]:
    """The elements of a small part, in order, by their local names."""
    found: list[tuple[str, Attributes]] = []
    made = parser()
    made.StartElementHandler = _gather(found)
    for _ in feed(stream, made):
        yield from found
        found.clear()


def bounded(size: int) -> int:
    """The size of a cell's text, which has a bound."""
    if size > LONGEST:
        raise Refusal(f"holds a cell of more than {LONGEST:,} characters (rule limit)")
    return size


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def _gather(
    found: list[tuple[str, Attributes]],
) -> Callable[[str, Attributes], None]:
    def start(name: str, about: Attributes) -> None:
        found.append((local(name), {local(key): about[key] for key in about}))

    return start


def _refuse(*_: object) -> None:
    raise Refusal("declares a document type or entities, which no workbook does")
