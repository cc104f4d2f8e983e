"""How much a request may send: counted while it arrives, whatever its headers say."""

from starlette.requests import Request
from starlette.types import Message, Receive

from domain_scheduler.errors import TooLargeError


def bounded(request: Request, limit: int) -> Request:
    """The same request, whose body raises TooLargeError once it is longer than `limit` bytes.

    A Content-Length beyond the limit is refused at once.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:20]) > limit:
        raise _too_large(limit)
    return Request(request.scope, _counting(request.receive, limit))


def _counting(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def receive_counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _too_large(limit)
        return message

    return receive_counted


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(f"the request is larger than {limit:,} bytes")
