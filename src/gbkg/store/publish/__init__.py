"""Publishing: the named graphs of a build on a SPARQL server, in batches, repeatable, checked at the end."""

from gbkg.store.publish.run import Outcome, publish
from gbkg.store.publish.server import Endpoints, Server
from gbkg.store.publish.source import Source

__all__ = ["Endpoints", "Outcome", "Server", "Source", "publish"]
