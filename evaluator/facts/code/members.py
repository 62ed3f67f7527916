"""Attributes, elements and items of abstract values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluator.facts.code import knowledge
from evaluator.facts.code.marks import GROUPS, columns_of, marks_of, names_in, picked
from evaluator.facts.code.values import (
    NUMBERS,
    UNKNOWN,
    UNSEEN,
    Const,
    Function,
    Group,
    Instance,
    Klass,
    Module,
    Obj,
    Partial,
    Place,
    Ref,
    Unknown,
    Value,
    chosen,
    constants,
    either,
    options,
)

if TYPE_CHECKING:
    from evaluator.facts.code.project import Project

_GRIDS = {"sklearn.model_selection.ParameterGrid", "sklearn.model_selection.ParameterSampler"}
_STEPS = {"numpy.arange()", "numpy.linspace()", "numpy.logspace()", "numpy.geomspace()"}
_SAME_INSIDE = {knowledge.AXES, knowledge.STREAMLIT}


def member(project: Project, value: Value, name: str) -> Value:
    """The attribute ``name`` of ``value``."""
    match value:
        case Ref():
            return _of_reference(project, value, name)
        case Obj(type=kind):
            return Ref(knowledge.attribute(kind, name, owned=True), value)
        case Instance():
            return of_instance(value, name)
        case Klass():
            return _of_class(value, name)
        case Module(scope=scope):
            return scope.names.get(name) or project.submodule(scope.module, name) or UNKNOWN
        case Group():
            return Ref(f"builtins.group.{name}", value)
        case Const():
            return Ref(f"builtins.str.{name}", value)
    return Ref(f"{UNSEEN}.{name}", value)


def _of_reference(project: Project, value: Ref, name: str) -> Value:
    if value.owner is None and not knowledge.is_library(value.name):
        local = project.only_definition(name)
        if local is not None:
            return local
    full = knowledge.attribute(value.name, name, owned=value.owner is not None)
    return Ref(full, value.owner)


def _of_class(klass: Klass, name: str) -> Value:
    if name == "as_view":
        return Partial(klass, (), ())  # Django's way from a class to a view
    found = find_method(klass, name)
    if isinstance(found, Function) and found.kind == "class":
        return found.bound_to(klass)
    return found or UNKNOWN


def of_instance(instance: Instance, name: str) -> Value:
    """An attribute of an instance: its own, its class's, or one of a library's base class."""
    if name in instance.attributes:
        return instance.attributes[name]
    found = find_method(instance.klass, name)
    if found is not None:
        return _bound(found, instance)
    bases = library_bases(instance.klass)
    if bases:
        return Ref(f"{bases[0]}.{name}", instance)
    return Ref(f"{UNSEEN}.{name}", instance)


def find_method(klass: Klass, name: str, depth: int = 0) -> Value | None:
    """``name`` in the class or in its bases of the project."""
    if name in klass.body:
        return klass.body[name]
    for base in klass.bases:
        for option in options(base):
            if isinstance(option, Klass) and depth < 8:
                found = find_method(option, name, depth + 1)
                if found is not None:
                    return found
    return None


def library_bases(klass: Klass, depth: int = 0) -> list[str]:
    """Qualified names of the library classes that ``klass`` derives from."""
    names: list[str] = []
    for base in klass.bases:
        if isinstance(base, Ref):
            names.append(base.name)
        elif isinstance(base, Klass) and depth < 8:
            names.extend(library_bases(base, depth + 1))
    return names


def _bound(value: Value, owner: Value) -> Value:
    if isinstance(value, Function) and value.owner is None:
        return value.bound_to(owner)
    return value


def element(value: Value) -> Value:
    """What iterating over ``value`` gives."""
    return either(_element(option) for option in options(value))


def _element(value: Value) -> Value:
    match value:
        case Group(items=items, keys=None):
            return either(items)
        case Group(keys=keys):
            return either(Const(key) for key in keys or ())
        case Obj(type=kind) if kind in _SAME_INSIDE or kind == NUMBERS:
            return value
        case Obj(type=kind, place=place) if kind in _STEPS:
            return Obj(NUMBERS, place)
        case Obj(place=place) | Ref(owner=Obj(place=place)) if marks_of(value):
            return _row(value, place)
        case Ref(name=name, owner=Obj() as owner) if name.startswith(knowledge.AXES):
            return owner
        case Obj(type=kind, parts=parts) if kind in _GRIDS:
            return either(_combination(option) for part in parts[:1] for option in _grids(part))
    return Unknown(chosen(value))


def _row(value: Obj | Ref, place: Place) -> Value:
    """What a marked object gives in turn: of groups, their key and their rows."""
    if isinstance(value, Obj) and GROUPS in value.marks and value.type == knowledge.FRAME:
        return Group([Unknown(value.choice), Obj(knowledge.FRAME, value.place, columns=dict(value.columns))])
    return Obj(UNSEEN, place, choice=chosen(value), marks=marks_of(value))


def _grids(part: Value) -> list[Value]:
    """The dictionaries of a grid of parameters: one, or a list of them."""
    if isinstance(part, Group) and part.keys is None:
        return [option for item in part.items for option in options(item)]
    return [part]


def _combination(grid: Value) -> Value:
    """One combination of a grid: each name with any of its values."""
    if not isinstance(grid, Group) or grid.keys is None:
        return UNKNOWN
    values = {name: element(candidates) for name, candidates in grid.keys.items()}
    return Group(list(values.values()), dict(values))


def subscript(value: Value, index: Value) -> Value:
    """``value[index]``."""
    choice = chosen(value) or chosen(index)
    match value:
        case Group(keys=None):
            return _item(value, index)
        case Group(keys=dict(keys)):
            known = [keys[key] for key in constants(index) if key in keys]
            return either(known or value.items)
        case Obj(type=kind) if kind in _SAME_INSIDE:
            return value
        case Obj(type=knowledge.FRAME, place=place):
            return _part(value, index, place, choice)
        case Ref(name=name, owner=Obj(place=place)) if name.startswith(knowledge.FRAME + "."):
            return _part(value, index, place, choice)  # loc, iloc, str, a column by its name
        case Obj() | Ref():
            return value
    return Unknown(choice)


def _part(value: Value, index: Value, place: Place, choice: bool) -> Obj:
    """Rows or columns of a frame, which keep what is known of them."""
    names, columns = names_in(index), columns_of(value)
    kept = {name: marks for name, marks in columns.items() if not names or name in names}
    return Obj(knowledge.FRAME, place, choice=choice, marks=picked(value, index), columns=kept)


def _item(group: Group, index: Value) -> Value:
    known = [key for key in constants(index) if isinstance(key, int)]
    if known and all(-len(group.items) <= key < len(group.items) for key in known):
        return either(group.items[key] for key in known)
    return either(group.items)
