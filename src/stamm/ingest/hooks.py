"""Messages of other systems' hooks: who sends is told by the signature, and they are kept byte for byte.

The secrets come from the environment: `STAMM_HOOK_SHOPIFY` is what Shopify signs with. The worker makes facts of what
is kept, as of an export.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from starlette.requests import Request

from stamm.ingest.door import Door
from stamm.ingest.refusals import BATCH_BYTES, Refusal
from stamm.sources.hooks import HOOKS
from stamm.sources.hooks import Refusal as Refused
from stamm.store.log import Entry, Outcome

#: before the name of a hook in the environment, and in the source of what it sent
ENVIRONMENT, SOURCE = "STAMM_HOOK_", "hooks/"
#: bytes of one message: an order may have hundreds of lines
HOOK_BYTES = 4 * BATCH_BYTES
_CODES = {"not_json": "no_json"}


def secrets_in(environment: Mapping[str, str]) -> dict[str, str]:
    """The secret of each hook that has one."""
    names = {f"{ENVIRONMENT}{hook.key.upper()}": hook.key for hook in HOOKS}
    return {key: environment[name] for name, key in names.items() if environment.get(name)}


def place_of(path: str, request: Request) -> str:
    """An address as the log names it: of a hook that we know with its name, never with a stranger's word."""
    name = request.path_params.get("hook")
    return path.replace("{hook}", name) if name in {hook.key for hook in HOOKS} else path


async def take_message(door: Door, request: Request, secrets: Mapping[str, str]) -> Counter[Outcome]:
    """What became of one message; raises Refusal for one that is not signed as it should be."""
    name = request.path_params["hook"]
    if name not in secrets:
        raise Refusal("no_hook")
    hook, now = HOOKS[name](), door.now()
    with door.bodies.receiving(of_stranger=True) as held:
        body = await held.read(request, HOOK_BYTES)
        if hook.tests_the_line(body):
            return Counter()
        message = hook.verified(dict(request.headers), body, secrets[name], now=now)
        if isinstance(message, Refused):
            raise Refusal(_CODES.get(message.code, message.code))
        return Counter(await door.keep([Entry(f"{SOURCE}{name}", message.message_id, body, now)]))
