"""The door for assistants: the Model Context Protocol by its own package, over standard input or HTTP. It only reads.

`mcp` is an extra of the installation and takes a second to load, so nothing else imports this.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import anyio
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from stamm.api.places import Place
from stamm.api.problems import Problem, fault, problem_of
from stamm.api.tools import INSTRUCTIONS, schema_of, telling, tools_for
from stamm.api.turns import Turns
from stamm.lang.errors import StammError
from stamm.lang.language import Language
from stamm.lang.version import __version__
from stamm.people import Scope

#: bytes of one request
MOST_BYTES = 256 * 1024
#: told of what was asked where it says who customers are
Disclosed = Callable[[Place, str], Awaitable[None]]
_READS = types.ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


def server_for(
    turns: Turns,
    scope: Scope,
    say: Language,
    *,
    disclosed: Disclosed | None = None,
    tell: Callable[..., None] | None = None,
) -> Server[Any]:
    """A server for whoever has that scope and reads that language; it offers nothing but the tools of the scope.

    `tell` writes a line of a server's log.
    """
    tools = {place.tool: place for place in tools_for(scope)}

    async def listed(_: ServerRequestContext[Any], __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(
            tools=[
                types.Tool(name=name, description=place.says, input_schema=schema_of(place), annotations=_READS)
                for name, place in tools.items()
            ]
        )

    async def called(_: ServerRequestContext[Any], asked: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            if asked.name not in tools:
                remedy = f"Possible are: {', '.join(tools)}."
                raise Problem("no_such_place", f"There is no tool {asked.name!r}.", remedy=remedy)
            place, arguments = tools[asked.name], asked.arguments or {}
            content = await turns.ask(telling(place, arguments, scope, say))
            key = str(arguments.get("key", ""))
            if disclosed is not None and scope is Scope.CUSTOMERS and place.tells_customers(key):
                await disclosed(place, key)
        except (Problem, StammError) as error:
            problem = error if isinstance(error, Problem) else problem_of(error)
            return _result(problem.told(say), failed=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody is told what stood in the data
            if tell is not None:
                tell("api_failed", place=asked.name, error=type(error).__name__)
            return _result(fault().told(say), failed=True)
        return _result(content, failed=False)

    return Server(
        "stamm",
        version=__version__,
        title="Stamm",
        instructions=INSTRUCTIONS,
        on_list_tools=listed,
        on_call_tool=called,
    )


def _result(content: dict[str, Any], *, failed: bool) -> types.CallToolResult:
    text = json.dumps(content, ensure_ascii=False)
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], structured_content=content, is_error=failed
    )


def over_standard_input(turns: Turns, scope: Scope, say: Language) -> None:
    """Serve one assistant on standard input and output until it leaves."""
    server = server_for(turns, scope, say)

    async def run() -> None:
        streams: AbstractAsyncContextManager[Any] = stdio_server()
        async with streams as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(run)


async def over_http(server: Server[Any], scope: AsgiScope, receive: Receive, send: Send) -> None:
    """Answer one request of an assistant who has been let in; nothing is kept between requests."""
    manager = StreamableHTTPSessionManager(server, stateless=True, json_response=True, max_request_body_size=MOST_BYTES)
    async with manager.run():
        await manager.handle_request(scope, receive, send)
