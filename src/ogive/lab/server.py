"""The lab in a browser: one page, its files, one WebSocket, for this machine and this reader alone.

Who may come in: the address that is printed holds a random token; the page that it opens gets a cookie, and takes the token out of
the address, so that a view can be shared without it. Everything else asks for the cookie. A foreign ``Host`` (another name that
leads to this machine) or ``Origin`` (another site in the same browser) is refused, and the page may load nothing from elsewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
import socket
import threading
import webbrowser
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from ogive.lab.messages import LONGEST
from ogive.lab.session import Session

__all__ = ["application", "serve"]

STATIC = Path(__file__).parent / "static"
LANGUAGES = ("en", "ko")
UNSENT = 256  # messages that may wait for a reader who does not read

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Door:
    """Let in who has the token and comes from here; everyone else gets 403, and every answer the same strict headers.

    Parameters
    ----------
    app : callable
        The application behind the door.
    port : int
        Where it listens.
    token : str
        The secret of this run.
    """

    def __init__(self, app: App, port: int, token: str) -> None:
        self.app, self.token = app, token
        self.cookie = f"ogive-lab-{port}"  # cookies do not distinguish ports
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; "
            f"connect-src 'self' ws://127.0.0.1:{port} ws://localhost:{port}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        self.headers = [
            (b"content-security-policy", policy.encode()),
            (b"cache-control", b"no-cache"),
            (b"referrer-policy", b"no-referrer"),
            (b"x-content-type-options", b"nosniff"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self.refusal(scope, headers)
        if scope["type"] == "websocket":
            if refusal:
                return await send({"type": "websocket.close", "code": 1008, "reason": "refused"})  # before it is accepted: 403
            return await self.app(scope, receive, send)

        async def strict(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.headers]
            await send(message)

        if refusal:
            answer = PlainTextResponse(refusal + "\n", HTTPStatus.FORBIDDEN)
            return await answer(scope, receive, strict)
        return await self.app(scope, receive, strict)

    def refusal(self, scope: Scope, headers: dict[str, str]) -> str:
        """Say why this request is not let in; nothing if it is."""
        host, origin = headers.get("host", ""), headers.get("origin")
        if host not in self.hosts:
            return f"ogive lab is at {' and '.join(sorted(self.hosts))}; the host {host!r} is refused."
        if origin != f"http://{host}" and (origin is not None or scope["type"] == "websocket"):
            return f"The origin {origin!r} is refused."
        given = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        if given is not None and self.fits(given.value):
            return ""
        if scope["path"] == "/" and self.fits(Request(scope).query_params.get("token", "")):
            return ""
        return "Open the address that ogive lab has printed: it lets this browser in. 터미널에 나온 주소를 여십시오."

    def fits(self, token: str) -> bool:
        """Compare a token in constant time."""
        return hmac.compare_digest(token.encode(), self.token.encode())


class Socket:
    """The transport of a session over a WebSocket: messages wait in a queue, which any thread may fill.

    Parameters
    ----------
    socket : WebSocket
        An accepted one.
    """

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[tuple[str, bytes | None]] = asyncio.Queue(UNSENT)
        self._writer = asyncio.ensure_future(self._write())

    def send(self, text: str, arrays: bytes | None) -> None:
        """Put a message, and the frame that follows it, at the end of the queue."""
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody listens
            self._loop.call_soon_threadsafe(self._put, text, arrays)

    def _put(self, text: str, arrays: bytes | None) -> None:
        try:
            self._queue.put_nowait((text, arrays))
        except asyncio.QueueFull:
            self._writer.cancel()  # the reader does not read

    async def _write(self) -> None:
        while True:
            text, arrays = await self._queue.get()
            await self._socket.send_text(text)
            if arrays is not None:
                await self._socket.send_bytes(arrays)

    async def read(self, receive: Callable[[str], None]) -> None:
        """Hand on what is said, until the reader leaves, or reads no longer what is sent."""

        async def listen() -> None:
            while True:
                receive(await self._socket.receive_text())

        listener = asyncio.ensure_future(listen())
        try:
            await asyncio.wait((listener, self._writer), return_when=asyncio.FIRST_COMPLETED)
        finally:
            listener.cancel()
            self._writer.cancel()
            await asyncio.gather(listener, self._writer, return_exceptions=True)  # it has gone, or sent what is no text


async def talk(socket: WebSocket) -> None:
    """Hold a conversation over a WebSocket; each tab has its own."""
    await socket.accept()
    transport = Socket(socket)
    session = Session(transport)
    try:
        await transport.read(session.receive)
    finally:
        await asyncio.to_thread(session.close)
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # it is closed already
        await socket.close()


def application(port: int, token: str, language: str | None = None) -> App:
    """Make the application.

    Parameters
    ----------
    port : int
        Where it will listen; requests for another host are refused.
    token : str
        The secret that lets a browser in.
    language : {"en", "ko"}, optional
        What the page speaks at first; by default the language of the browser.

    Returns
    -------
    callable
        An ASGI application.
    """
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    if language is not None:
        page = page.replace('<html lang="en"', f'<html lang="{language}" data-language="{language}"')

    async def index(request: Request) -> Response:
        answer = HTMLResponse(page)
        answer.set_cookie(door.cookie, token, httponly=True, samesite="lax", path="/")
        return answer

    files = StaticFiles(directory=STATIC)
    door = Door(Starlette(routes=[Route("/", index), WebSocketRoute("/ws", talk), Mount("/", files)]), port, token)
    return door


def serve(port: int | None = None, *, browser: bool = True, language: str | None = None, say: Callable[[str], None] = print) -> None:
    """Serve the lab on this machine until Ctrl-C.

    Parameters
    ----------
    port : int, optional
        Where to listen; by default a free port.
    browser : bool
        Whether to open the page in a browser.
    language : {"en", "ko"}, optional
        What the page speaks at first; by default the language of the browser.
    say : callable
        Is told the address, once it can be opened.

    Raises
    ------
    ValueError
        If the port is taken or not allowed, or the language unknown.
    """
    if language is not None and language not in LANGUAGES:
        raise ValueError(f"the lab does not speak {language!r}; choose {' or '.join(LANGUAGES)}")
    # named as TCP, or asyncio would leave Nagle's algorithm on, and a message's arrays would wait 40 ms behind it
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # or a restart would have to wait for old connections
    try:
        listening.bind(("127.0.0.1", port or 0))
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or "there is no such port"
        raise ValueError(f"port {port} cannot be had: {reason.lower()}; choose another, or none for a free one") from None
    listening.listen(128)
    port = listening.getsockname()[1]
    token = secrets.token_urlsafe(24)
    config = uvicorn.Config(
        application(port, token, language),
        http="h11",
        ws="websockets-sansio",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_max_size=4 * LONGEST,  # a character has up to four bytes
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=2,
    )
    address = f"http://127.0.0.1:{port}/?token={token}"
    with listening, contextlib.suppress(KeyboardInterrupt):
        say(address)
        if browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        uvicorn.Server(config).run(sockets=[listening])
