"""What the reader chose: one copy in the session, mirrored in the address.

The address holds codes that no language changes, so a mailed view opens with the same
filters in the recipient's own language. Widgets take a key per language, because a
keyed select box goes on showing the label of the language it was chosen in.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Choice = str | tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One choice: its name in the address, its default, what the address may say."""

    name: str
    default: Choice
    load: Callable[[list[str]], Choice]


def one(name: str, allowed: Iterable[str], default: str) -> Field:
    """A field with one value of a list; anything else falls back to the default."""
    known = frozenset(allowed)

    def load(given: list[str]) -> str:
        return given[-1] if given and given[-1] in known else default

    return Field(name, default, load)


def text(name: str, longest: int = 200) -> Field:
    """A field with any text that is not too long, such as an id."""

    def load(given: list[str]) -> str:
        return given[-1] if given and len(given[-1]) <= longest else ""

    return Field(name, "", load)


def several(name: str, allowed: Iterable[str]) -> Field:
    """A field with any values of a list; unknown ones are dropped."""
    known = frozenset(allowed)

    def load(given: list[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value for value in given if value in known))

    return Field(name, (), load)


def restore(fields: Sequence[Field]) -> None:
    """First run, Back and Forward read the address; other runs keep the session."""
    from_address = _is_history_navigation()
    for field in fields:
        if from_address or field.name not in st.session_state:
            st.session_state[field.name] = field.load(
                st.query_params.get_all(field.name)
            )
        else:
            st.session_state[field.name] = field.load(_listed(field.name))


def publish(fields: Sequence[Field]) -> None:
    """Write the choices that differ from their defaults to the address."""
    wanted = {
        field.name: list(_listed(field.name))
        for field in fields
        if chosen(field.name) != field.default
    }
    shown = {name: st.query_params.get_all(name) for name in st.query_params}
    if wanted != shown:
        st.query_params.from_dict(wanted)


def chosen(name: str, default: Choice = "") -> Choice:
    """The canonical choice; the default where a page runs without the shell."""
    found: Choice = st.session_state.get(name, default)
    return found


def choose(name: str, choice: Choice) -> None:
    """Set the canonical choice, from a callback."""
    st.session_state[name] = choice


def widget(make: Callable[..., Any], label: str, name: str, **options: Any) -> None:
    """A widget that shows the canonical choice and writes back to it."""
    key = f"w_{name}_{st.session_state.get('lang', '')}"
    held = chosen(name)
    st.session_state[key] = list(held) if isinstance(held, tuple) else held
    make(label, key=key, on_change=_copy, args=(key, name), **options)


def _copy(key: str, name: str) -> None:
    given = st.session_state[key]
    choose(name, tuple(given) if isinstance(given, list) else (given or ""))


def _listed(name: str) -> list[str]:
    held = chosen(name)
    return list(held) if isinstance(held, tuple) else [held]


def _is_history_navigation() -> bool:
    """Whether Back or Forward caused this run; Streamlit has no public name for it."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))
