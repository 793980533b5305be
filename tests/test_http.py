"""Requests to servers: whose credentials go where, what is followed, what an error says."""

from __future__ import annotations

from pathlib import Path

import pytest
from proxies import Reply, Request, basic, digest, proxy

from gbkg.core.errors import ServerError, without_secrets
from gbkg.store.http import Client, Credentials, credentials

SECRET = "oolong-secret"
ALL = {"GBKG_ENDPOINT_USER": "planter", "GBKG_ENDPOINT_PASSWORD": SECRET, "NETRC": "/dev/null"}


def fine(_: Request) -> Reply:
    return 200, {"Content-Type": "text/plain"}, b"tea"


def guarded(rule: object) -> object:
    return lambda request: rule(request) or fine(request)  # type: ignore[operator]


@pytest.mark.parametrize("url", ["https://tea.example/query", "http://127.0.0.1:7878/query", "http://[::1]/query"])
def test_credentials_come_from_the_environment(url: str) -> None:
    assert credentials(url, ALL) == Credentials("planter", SECRET)
    assert credentials(url, ALL | {"GBKG_ENDPOINT_TOKEN": "t"}) == Credentials(token="t")
    assert credentials(url, {"NETRC": "/dev/null"}) is None
    assert SECRET not in repr(credentials(url, ALL))


def test_credentials_come_from_netrc(tmp_path: Path) -> None:
    path = tmp_path / "netrc"
    path.write_text(f"machine tea.example login planter password {SECRET}\ndefault login other password {SECRET}\n")
    path.chmod(0o600)
    assert credentials("https://tea.example/query", {"NETRC": str(path)}) == Credentials("planter", SECRET)
    assert credentials("https://coffee.example/query", {"NETRC": str(path)}) is None
    path.write_text(f"machine tea.example {SECRET}")
    with pytest.raises(ServerError, match="netrc, line 1: cannot be read as netrc") as error:
        credentials("https://tea.example/query", {"NETRC": str(path)})
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("url", ["http://tea.example/query", "http://127.0.0.1.tea.example/query", "http://10.0.0.1/"])
def test_credentials_are_not_sent_in_the_clear(url: str) -> None:
    with pytest.raises(ServerError, match="not sent over plain http"):
        credentials(url, ALL)
    assert credentials(url, {"NETRC": "/dev/null"}) is None


@pytest.mark.parametrize("url", ["tea", "ftp://tea.example/", "file:///etc/passwd", "http://:80/", "http://h:99999/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ServerError, match="not an address of a server"):
        credentials(url, {})


def test_a_password_in_an_address_is_refused_and_not_shown() -> None:
    url = f"https://planter:{SECRET}@tea.example/query?key={SECRET}"
    with pytest.raises(ServerError, match="do not belong into an address") as error:
        credentials(url, {})
    assert SECRET not in str(error.value)
    assert without_secrets(url) == "https://tea.example/query"


@pytest.mark.parametrize("rule", [basic, digest])
def test_a_challenge_is_answered_once(rule: type) -> None:
    with proxy(rule=guarded(rule("planter", SECRET))) as server:  # type: ignore[arg-type]
        client = Client(server.base, Credentials("planter", SECRET))
        for path in ("/a", "/b?graph=urn%3Ax", "/c"):
            with client.send("POST", server.base + path, b"body") as answer:
                assert answer.read() == b"tea"
        assert [request.path for request in server.requests] == ["/a", "/a", "/b?graph=urn%3Ax", "/c"]
        wrong = Client(server.base, Credentials("planter", "wrong"))
        with pytest.raises(ServerError, match="the server refuses the credentials"):
            wrong.send("GET", server.base)
        assert len(server.requests) == 6


def test_a_token_is_sent_at_once() -> None:
    with proxy(rule=fine) as server:
        Client(server.base, Credentials(token=SECRET)).send("GET", server.base).close()
        assert server.requests[0].headers["Authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("login", [Credentials("planter", SECRET), Credentials(token=SECRET)])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(login: Credentials, method: str, status: int) -> None:
    with proxy(rule=fine) as other:

        def away(request: Request) -> Reply | None:
            return (None if login.token else basic("planter", SECRET)(request)) or (
                *(status, {"Location": f"{other.base}/?key={SECRET}"}, b""),
            )

        with proxy(rule=away) as server:
            hint = (
                f"is not the address of the endpoint .it sends us to {other.base}/: give that address, if you trust it"
            )
            with pytest.raises(ServerError, match=hint) as error:
                Client(server.base, login).send(method, server.base, b"body" if method == "POST" else None)
        assert other.requests == []
        assert SECRET not in str(error.value)


def test_a_proxy_does_not_see_what_is_for_the_own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy(rule=fine) as server, proxy(rule=fine) as between:
        monkeypatch.setenv("http_proxy", between.base)
        monkeypatch.delenv("no_proxy", raising=False)
        Client(server.base).send("GET", server.base).close()
        assert (len(server.requests), len(between.requests)) == (1, 0)


def test_a_server_that_says_nothing_in_time() -> None:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/query"
        with pytest.raises(ServerError, match="does not answer in time"):
            Client(url, timeout=0.2).send("GET", url)
