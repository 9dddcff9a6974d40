"""The control API of what surrounds the engine: settings, and the providers of the services that flows speak to."""

import dataclasses
import typing
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

from localstack.connect.control_agents import Route
from localstack.connect.control_requests import BadRequest, field
from localstack.connect.directory import Directory, Instance
from localstack.connect.engine import providers, times
from localstack.connect.engine.providers.messages import Outbox
from localstack.connect.engine.settings import FIXED, Settings
from localstack.connect.engine.world import World

Do = Callable[[Callable[[World], Any]], Awaitable[Any]]
Body = Mapping[str, Any]
Parts = Mapping[str, str]


class ServiceRoutes:
    """Routes of settings and providers."""

    def __init__(self, directory: Directory, do: Do) -> None:
        self._directory = directory
        self._do = do

    def routes(self) -> list[tuple[str, str, Route]]:
        """(method, path, route)."""
        return [
            ("GET", "/connect/settings", self._settings),
            ("POST", "/connect/settings", self._set),
            ("POST", "/connect/providers", self._tell_providers),
            ("GET", "/connect/messages", self._messages),
        ]

    async def _settings(self, _parts: Parts, _body: Body) -> Any:
        return await self._do(lambda world: described(world.settings))

    async def _set(self, _parts: Parts, body: Body) -> Any:
        def configure(world: World) -> dict[str, Any]:
            world.configure(changed(world.settings, body))
            return described(world.settings)

        return await self._do(configure)

    async def _tell_providers(self, _parts: Parts, body: Body) -> Any:
        instance = self._instance(field(body, "instance", str, default=""))
        try:
            told = providers.read({name: value for name, value in body.items() if name != "instance"})
        except providers.BadProviders as error:
            raise BadRequest(str(error)) from error

        def tell(world: World) -> dict[str, Any]:
            known = world.providers(instance)
            for name, provider in told.items():
                setattr(known, name, provider)
            return {"instance": instance.id, "told": sorted(told)}

        return await self._do(tell)

    async def _messages(self, parts: Parts, _body: Body) -> Any:
        instance = self._instance(parts.get("instance", ""))

        def sent(world: World) -> list[dict[str, Any]]:
            messages = world.providers(instance).messages
            kept = messages.sent if isinstance(messages, Outbox) else []
            return [{**dataclasses.asdict(one), "at": times.micros(one.at)} for one in kept]

        return await self._do(sent)

    def _instance(self, named: str) -> Instance:
        """The instance that is named, or the only one. Raises LookupError or BadRequest."""
        if named:
            found = self._directory.instance(named)
            if found is None:
                msg = f"there is no instance {named}"
                raise LookupError(msg)
            return found
        every = self._directory.instances()
        if len(every) != 1:
            msg = f"instance is missing: there are {len(every)}"
            raise BadRequest(msg)
        return every[0]


def described(settings: Settings) -> dict[str, Any]:
    """Every setting with its value; those of open questions with the section of the reference, and what they may be."""
    return {one.name: _described(settings, one) for one in dataclasses.fields(settings) if one.name not in FIXED}


def _described(settings: Settings, one: "dataclasses.Field[Any]") -> dict[str, Any]:
    value = getattr(settings, one.name)
    section = one.metadata.get("section")
    allowed = typing.get_args(_kind(one.name))
    return {
        "value": dict(value) if isinstance(value, Mapping) else value,
        **({"section": section} if section else {}),
        **({"allowed": list(allowed)} if typing.get_origin(_kind(one.name)) is Literal else {}),
    }


def changed(settings: Settings, wanted: Body) -> Settings:
    """The settings with other values. Raises BadRequest for a name that does not exist or a value of another kind."""
    known = {one.name for one in dataclasses.fields(settings)} - FIXED
    unknown = sorted(set(wanted) - known)
    if unknown:
        msg = f"there is no setting {', '.join(unknown)}, only {', '.join(sorted(known))}"
        raise BadRequest(msg)
    return dataclasses.replace(settings, **{name: _checked(name, value) for name, value in wanted.items()})


def _kind(name: str) -> Any:
    return typing.get_type_hints(Settings)[name]


def _checked(name: str, value: Any) -> Any:
    kind = _kind(name)
    if typing.get_origin(kind) is Literal:
        fits, expected = value in typing.get_args(kind), f"one of {', '.join(typing.get_args(kind))}"
    elif kind is bool or kind is str:
        fits, expected = isinstance(value, kind), "true or false" if kind is bool else "a text"
    elif kind in (int, float):
        fits, expected = _is_number(value) and (kind is float or value == int(value)), "a number of at least 0"
    else:
        fits = isinstance(value, Mapping) and all(_is_number(one) for one in value.values())
        expected = "an object of numbers"
    if not fits:
        msg = f"{name} is {value!r}, expected {expected}"
        raise BadRequest(msg)
    return kind(value) if kind in (int, float) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
