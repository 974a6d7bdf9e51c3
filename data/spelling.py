"""Telling a reader which name was probably meant."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel


def nearest(name: str, known: Iterable[str]) -> str:
    """Words that name the known names nearest to a wrong one, or all of them."""
    names = list(known)
    close = get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]}?"
    return f"known are {', '.join(names)}"


def unknown_key(model: type[BaseModel], location: Sequence[int | str]) -> str:
    """Words for a key that a settings model does not have, at any depth."""
    *parents, wrong = location
    for part in parents:
        model = _inner(model, part)
    key = ".".join(str(part) for part in location)
    return f"unknown key {key}; {nearest(str(wrong), model.model_fields)}"


def _inner(model: type[BaseModel], part: int | str) -> type[BaseModel]:
    """The model under a key; an index or a free name stays within the same model."""
    field = model.model_fields.get(str(part))
    return _model_in(field.annotation) or model if field else model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(argument) for argument in get_args(annotation))
    return next((model for model in found if model), None)
