"""Commands as functions: a parameter of a function is one of the command line, as its annotation says.

    @command("show", asks_graph=True)
    def show(entity: Annotated[list[str], Argument("IRI, id, label or alias.")], layout: Layout = "text") -> None:

click reads the command line, prints help and completes names for shells. A command is made when it is asked for: help
comes at once, and none waits for what another one imports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import click

from gbkg.core.errors import NotFoundError

_FUNCTIONS: dict[str, Callable[..., None]] = {}
"""The functions of commands whose module has been imported, by the command's name."""
ASKING: set[str] = set()
"""Those of them that ask a graph."""


class Argument:
    """A positional argument; one with a default may be left out."""

    def __init__(self, help: str, metavar: str | None = None) -> None:
        self.help, self.metavar = help, metavar

    def parameter(self, name: str, kind: Any, several: bool, default: Any) -> click.Parameter:
        """The parameter of click; `default` is `...` where the function has none."""
        own: dict[str, Any] = {} if default is ... else {"default": default}
        nargs = {"nargs": -1, "required": default is ...} if several else {}
        return click.Argument([name], type=_type(kind), help=self.help, metavar=self.metavar, **own | nargs)


class Option:
    """An option. `names` are without its value, one of each kind (`-o`, `--out`); `min` and `max` bound a number;
    `choices` are the only values; `envvar` gives the value where the command line does not; `at_once` is called with a
    value before any other option is looked at."""

    def __init__(
        self, *names: str, help: str, metavar: str | None = None, envvar: str | None = None,
        choices: Sequence[str] = (), min: float | None = None, max: float | None = None,
        at_once: Callable[[Any], None] | None = None,
    ) -> None:  # fmt: skip
        self.names, self.help, self.metavar, self.envvar = names, help, metavar, envvar
        self.min, self.max, self.at_once, self.choices = min, max, at_once, choices

    def parameter(self, name: str, kind: Any, several: bool, default: Any) -> click.Parameter:
        """As for an argument."""
        type = _Choice(self.choices) if self.choices else _type(kind, self.min, self.max)
        own: dict[str, Any] = {"is_flag": True} if kind is bool else {"type": type}
        own |= {"required": True} if default is ... else {"default": default}
        if at_once := self.at_once:
            own |= {"callback": lambda *given: at_once(given[-1]), "is_eager": True}
        metavar = self.metavar or ("N" if kind in (int, float) else "TEXT" if self.choices else None)
        shown = kind is not bool and default is not ... and default not in (None, "")
        return click.Option(
            [name, *(self.names or [f"--{name.replace('_', '-')}"])], multiple=several, metavar=metavar,
            help=self.help, envvar=self.envvar, show_envvar=bool(self.envvar), show_default=shown, **own,
        )  # fmt: skip


class _Choice(click.Choice[str]):
    """One of a few words, which shells complete."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002
        if value not in self.choices:
            name = param.opts[0].removeprefix("--") if param else ""
            raise NotFoundError(name, value, known=self.choices)
        return value


def _type(kind: Any, least: Any = None, most: Any = None) -> click.ParamType[Any]:
    if kind is Path:
        return click.Path(path_type=Path)
    if kind in (int, float):
        if least is None and most is None:
            return click.INT if kind is int else click.FLOAT
        return (click.IntRange if kind is int else click.FloatRange)(least, most)
    return click.STRING


def command(name: str, *, asks_graph: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A function as the command of this name (`draw network` is `network` of `draw`), which `COMMANDS` of
    `gbkg.cli.command` has, too. One that asks a graph gets the options that say where it is."""

    def declared(function: Callable[..., None]) -> Callable[..., None]:
        _FUNCTIONS[name] = function
        if asks_graph:
            ASKING.add(name)
        return function

    return declared


def parameters(function: Callable[..., Any]) -> list[click.Parameter]:
    """The parameters of a function as click has them."""
    defaults = function.__defaults__ or ()
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    given = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
    hints = get_type_hints(function, include_extras=True)
    return [declared(name, hints[name], given.get(name, ...)) for name in names]


def declared(name: str, annotation: Any, default: Any = None) -> click.Parameter:
    """The parameter that an annotation `Annotated[type, Argument or Option]` describes."""
    kind, given = get_args(annotation)
    if isinstance(kind, UnionType):
        (kind,) = (one for one in get_args(kind) if one is not NoneType)
    several = get_origin(kind) is list
    made: click.Parameter = given.parameter(name, get_args(kind)[0] if several else kind, several, default)
    return made


class Lazy(click.Command):
    """A command of which only name and summary are known until it is asked for."""

    def __init__(self, name: str, summary: str, make: Callable[[], click.Command]) -> None:
        super().__init__(name, help=summary)
        self._make = make

    @cached_property
    def real(self) -> click.Command:
        """The command itself."""
        return self._make()

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        return self.real.make_context(*args, **extra)


Note = Callable[..., None]
"""Takes the values of the options that say where the graph is, by name."""


def commands(
    modules: Mapping[str, Mapping[str, str]], places: Mapping[str, Any], note: Note
) -> dict[str, click.Command]:
    """The commands with these summaries by module of `gbkg.cli` and name; `places` are the annotations of the options
    that say where a graph is, whose values `note` takes. What follows a blank in a name is a command of a group."""
    found: dict[str, click.Command] = {}
    every = [(module, name, summary) for module, known in modules.items() for name, summary in known.items()]
    for module, name, summary in every:
        if " " not in name:
            below = [(other, text) for _, other, text in every if other.startswith(f"{name} ")]
            found[name] = Lazy(name, summary, partial(_real, module, name, summary, below, places, note))
    return found


def _real(
    module: str, name: str, summary: str, below: Iterable[tuple[str, str]], places: Mapping[str, Any], note: Note
) -> click.Command:
    import_module(f"gbkg.cli.{module}")
    if not below:
        return _command(name, places, note)
    members = {other.partition(" ")[2]: (other, text) for other, text in below}
    return click.Group(
        name,
        {short: Lazy(short, text, partial(_command, other, places, note)) for short, (other, text) in members.items()},
        help=summary,
        no_args_is_help=True,
    )


def _command(name: str, places: Mapping[str, Any], note: Note) -> click.Command:
    function, asks = _FUNCTIONS[name], name in ASKING
    every = parameters(function) + [declared(place, places[place]) for place in places if asks]
    optional = {one.name for one in every if one.default is None}

    def run(**given: Any) -> None:
        if asks:
            note(**{place: given.pop(place) for place in places})
        function(**{key: _plain(value, key in optional) for key, value in given.items()})

    return click.Command(name.rpartition(" ")[2], params=every, callback=run, help=function.__doc__)


def _plain(value: Any, optional: bool) -> Any:
    """Several values as a list; None for none of an option that has no default."""
    if not isinstance(value, tuple):
        return value
    return None if optional and not value else list(value)
