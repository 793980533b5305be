"""The tools, resources and prompts as a server of the official SDK, reached by standard input and output of a process
or by streamable HTTP; all work with the graph is done by the workers that the pages have, too."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from socket import socket
from typing import Any

import mcp
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gbkg.core import __version__
from gbkg.core.errors import GbkgError, QueryLimitError
from gbkg.mcp import catalogue, examples
from gbkg.mcp.catalogue import INSTRUCTIONS, PROMPTS, TOOLS
from gbkg.mcp.outcome import REFUSED, ToolOutcome
from gbkg.web.app import Guard, Listening, application, bound, is_loopback, opened, run
from gbkg.web.messages import LARGEST
from gbkg.web.pool import Edition, Editions, Task
from gbkg.web.site import ServerSettings

KNOWN = {"search": ("id", "title", "url"), "fetch": ("id", "title", "text", "url", "metadata")}
"""Members of the two tools that chat clients know, which read them from the first text of an answer."""
MODULES = ("gbkg.web.site", "gbkg.mcp.examples", "gbkg.mcp.catalogue")
"""What workers run functions of."""
NOTHING = -32002
"""The code of the protocol for a resource that is not there."""
_Context = ServerRequestContext[Any, Any]
_DESCRIBING = Task(examples.described, "queries", 60.0)
_LISTING = Task(catalogue.listed)
_READING = Task(catalogue.read)
_COMPLETING = Task(catalogue.completed)


class Handlers:
    """The handlers of the protocol. `base` gives the address of the pages for a request, "" where there are none."""

    def __init__(self, editions: Editions, base: Callable[[_Context], str]) -> None:
        self._editions, self._base = editions, base
        self._described: dict[str, asyncio.Future[dict[str, str]]] = {}

    def server(self) -> Server[Any]:
        """The server, for any transport."""
        return Server(
            "gbkg",
            version=__version__,
            title="gbkg: what the sources say, with their sentences",
            instructions=INSTRUCTIONS,
            get_tool_input_schema=lambda name: TOOLS[name].input if name in TOOLS else None,
            on_list_tools=self.list_tools,
            on_call_tool=self.call_tool,
            on_list_resources=self.list_resources,
            on_list_resource_templates=self.list_templates,
            on_read_resource=self.read_resource,
            on_list_prompts=self.list_prompts,
            on_get_prompt=self.get_prompt,
            on_completion=self.complete,
        )

    # ---- Tools

    async def list_tools(self, _: _Context, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        described = await self._descriptions(self._editions.current())
        return types.ListToolsResult(tools=[_tool(name, described.get(name, "")) for name in TOOLS])

    async def _descriptions(self, edition: Edition) -> dict[str, str]:
        """The descriptions with examples of this version of the graph; without, if making them took too long."""
        if edition.version not in self._described:
            self._described.clear()
            self._described[edition.version] = asyncio.ensure_future(edition.run(_DESCRIBING))
        with contextlib.suppress(GbkgError):
            return await asyncio.shield(self._described[edition.version])
        return {}

    async def call_tool(self, context: _Context, asked: types.CallToolRequestParams) -> types.CallToolResult:
        tool = TOOLS.get(asked.name)
        if tool is None:
            raise mcp.MCPError(types.INVALID_PARAMS, f"there is no tool {asked.name!r}; there are {', '.join(TOOLS)}")
        edition, arguments = self._editions.current(), asked.arguments or {}
        task = Task(catalogue.call, tool.pool, tool.seconds)
        try:
            outcome: ToolOutcome = await edition.run(task, tool.name, arguments, self._base(context))
        except GbkgError as error:
            outcome = _late(error, edition.version)
        return _result(tool.name, outcome)

    # ---- Resources

    async def list_resources(
        self, _: _Context, asked: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        cursor = (asked.cursor if asked else None) or "0"
        if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 9):
            raise mcp.MCPError(types.INVALID_PARAMS, "the cursor is not one of ours")
        found, more = await self._run(_LISTING, int(cursor))
        listed = [
            types.Resource(
                uri=one.uri, name=one.name, title=one.title, description=one.description, mime_type="text/plain"
            )
            for one in found
        ]
        return types.ListResourcesResult(resources=listed, next_cursor=str(int(cursor) + len(found)) if more else None)

    async def list_templates(
        self, _: _Context, __: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        made = [
            types.ResourceTemplate(
                uri_template=f"gbkg://{kind}/{{name}}{{?cursor}}", name=kind, title=title, description=description,
                mime_type="text/plain",
            )
            for kind, title, description in catalogue.TEMPLATES
        ]  # fmt: skip
        return types.ListResourceTemplatesResult(resource_templates=made)

    async def read_resource(
        self, context: _Context, asked: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        outcome: ToolOutcome | None = await self._run(_READING, asked.uri, self._base(context))
        if outcome is None or outcome.values["outcome"] != "found":
            said = outcome.values["message"] if outcome else f"there is no resource {asked.uri!r}"
            raise mcp.MCPError(NOTHING, said, {"uri": asked.uri})
        contents = types.TextResourceContents(uri=asked.uri, mime_type="text/plain", text=outcome.text)
        return types.ReadResourceResult(contents=[contents])

    async def _run(self, task: Task, *arguments: Any) -> Any:
        try:
            return await self._editions.current().run(task, *arguments)
        except GbkgError as error:
            raise mcp.MCPError(types.INTERNAL_ERROR, str(error)) from error

    # ---- Prompts

    async def list_prompts(self, _: _Context, __: types.PaginatedRequestParams | None) -> types.ListPromptsResult:
        made = [
            types.Prompt(
                name=one.name, title=one.title, description=one.description,
                arguments=[types.PromptArgument(name=one.argument, description=one.about, required=True)],
            )
            for one in PROMPTS.values()
        ]  # fmt: skip
        return types.ListPromptsResult(prompts=made)

    async def get_prompt(self, _: _Context, asked: types.GetPromptRequestParams) -> types.GetPromptResult:
        prompt, given = PROMPTS.get(asked.name), asked.arguments or {}
        if prompt is None:
            raise mcp.MCPError(
                types.INVALID_PARAMS, f"there is no prompt {asked.name!r}; there are {', '.join(PROMPTS)}"
            )
        if not given.get(prompt.argument, "").strip():
            raise mcp.MCPError(types.INVALID_PARAMS, f"{prompt.name} needs {prompt.argument}: {prompt.about}")
        message = types.PromptMessage(role="user", content=types.TextContent(text=prompt.filled(given)))
        return types.GetPromptResult(description=prompt.description, messages=[message])

    async def complete(self, _: _Context, asked: types.CompleteRequestParams) -> types.CompleteResult:
        kind = "name"
        if isinstance(asked.ref, types.ResourceTemplateReference):
            kind = asked.ref.uri.removeprefix("gbkg://").partition("/")[0]
        found: list[str] = await self._run(_COMPLETING, kind, asked.argument.value)
        return types.CompleteResult(completion=types.Completion(values=found, total=len(found), has_more=False))


def _tool(name: str, description: str) -> types.Tool:
    one = TOOLS[name]
    hints = types.ToolAnnotations(
        title=one.title, read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    return types.Tool(
        name=name,
        title=one.title,
        description=description or one.description,
        input_schema=one.input,
        output_schema=one.output,
        annotations=hints,
    )


def _result(name: str, outcome: ToolOutcome) -> types.CallToolResult:
    content: list[types.ContentBlock] = [types.TextContent(text=outcome.text)]
    if name in KNOWN and not outcome.failed:
        content.insert(0, types.TextContent(text=_known(name, outcome)))
    return types.CallToolResult(content=content, structured_content=dict(outcome.values), is_error=outcome.failed)


def _known(name: str, outcome: ToolOutcome) -> str:
    """The answer in the shape that chat clients know, as JSON; what is not found is an empty list, or an empty text."""
    values = outcome.values
    if name == "search":
        some = [{key: one[key] for key in KNOWN[name]} for one in values.get("results", ())]
        return json.dumps({"results": some}, ensure_ascii=False)
    return json.dumps(
        {key: values.get(key, "" if key != "metadata" else {}) for key in KNOWN[name]}, ensure_ascii=False
    )


def _late(error: GbkgError, version: str) -> ToolOutcome:
    """What is said when a worker did not answer: time or memory was up, or all were at work."""
    hint = "name fewer things, or set a limit" if isinstance(error, QueryLimitError) else error.hint
    message = f"{error.message} ({hint})"
    values: dict[str, Any] = {
        "version": version, "outcome": REFUSED, "message": message, "near": [], "remarks": [], "citations": [],
        "counterEvidence": [], "truncated": False, "cursor": "",
    }  # fmt: skip
    return ToolOutcome(f"{message}\nVersion of the graph: {version}\n", values, failed=True)


logging.getLogger("mcp").setLevel(logging.CRITICAL)  # of a refused request its answer says enough
PATH = "/mcp"
SHORTEST = 16
"""Characters of a token at least."""
Remark = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Http:
    """Where streamable HTTP listens: `host`, `port` (None: any that is free), further names of hosts, the `token` that
    every request must have ("" for none), and the address of the pages to which links lead, if they are elsewhere."""

    host: str = "127.0.0.1"
    port: int | None = None
    allowed: Sequence[str] = ()
    token: str = ""
    pages: str = ""


def serve_stdio(settings: ServerSettings, pages: str, remark: Remark) -> None:
    """Serves one client on standard input and output, until it goes. Raises `GbkgError` when the graph cannot be
    opened."""
    streams = sys.stdin, sys.stdout
    sys.stdin, sys.stdout = (
        sys.__stdin__,
        sys.__stdout__,
    )  # the protocol's own, whatever the command line prints through
    try:
        asyncio.run(_stdio(replace(settings, modules=MODULES), pages, remark))
    finally:
        sys.stdin, sys.stdout = streams


async def _stdio(settings: ServerSettings, pages: str, remark: Remark) -> None:
    editions = Editions(settings, remark)
    await editions.start()
    server = Handlers(editions, lambda _: pages).server()
    try:
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())
    finally:
        await editions.stop()


def serve_http(settings: ServerSettings, http: Http, at: Remark, remark: Remark) -> None:
    """Serves until SIGINT or SIGTERM. On this machine alone and without a token, the pages of `gbkg serve` are
    there, too, so that the links of an answer lead somewhere; with a token only the tools.

    Raises `GbkgError` when others could reach it without a token, the graph cannot be opened or the address is taken.
    """
    if not is_loopback(http.host) and not http.token:
        raise GbkgError(f"{http.host} can be reached by others", hint="set a token with --token-file")
    if http.token and len(http.token) < SHORTEST:
        raise GbkgError(f"the token has fewer than {SHORTEST} characters", hint="make it of random letters and digits")
    with bound(http.host, http.port) as listener:
        asyncio.run(_http(replace(settings, modules=MODULES), http, listener, at, remark))


async def _http(settings: ServerSettings, http: Http, listener: socket, at: Remark, remark: Remark) -> None:
    async with opened(settings, listener, http.host, http.allowed, remark) as (editions, listening, server):
        manager = streamable(Handlers(editions, lambda context: _base(context, http)).server(), listening)
        endpoint = Route(PATH, StreamableHTTPASGIApp(manager))
        if http.token:
            guards = [Middleware(Guard, listening=listening), Middleware(TokenGuard, token=http.token)]
            app = Starlette(routes=[endpoint], middleware=guards)
        else:
            app = application(settings, listening, editions, (endpoint,))
        async with manager.run():
            at(server + PATH)
            await run(app, listener)


def streamable(server: Server[Any], listening: Listening) -> StreamableHTTPSessionManager:
    """The server over streamable HTTP, without sessions: no tool asks back. Hosts and origins are those it listens
    on."""
    origins = [f"{scheme}://{host}" for scheme in ("http", "https") for host in sorted(listening.hosts)]
    security = TransportSecuritySettings(allowed_hosts=sorted(listening.hosts), allowed_origins=origins)
    return StreamableHTTPSessionManager(
        server, json_response=True, stateless=True, security_settings=security, max_request_body_size=LARGEST
    )


def _base(context: Any, http: Http) -> str:
    """The address of the pages: as it was said, else that of this server, which has them if it needs no token."""
    if http.pages or http.token or context.request is None:
        return http.pages
    return f"{context.request.url.scheme}://{context.request.headers.get('host', '')}"


class TokenGuard:
    """Lets in who has the token, as a bearer token (RFC 6750); pure ASGI."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app, self._token = app, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._known(Headers(scope=scope).get("authorization", "")):
            refused = Response("a token is needed\n", 401, {"WWW-Authenticate": 'Bearer realm="gbkg"'}, "text/plain")
            await refused(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _known(self, header: str) -> bool:
        scheme, _, given = header.partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self._token)
