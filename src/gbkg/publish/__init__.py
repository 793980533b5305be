"""Publishing: the named graphs of a build on a SPARQL server, in batches, repeatable, checked at the end."""

from gbkg.publish.run import Outcome, publish
from gbkg.publish.server import Endpoints, Server
from gbkg.publish.source import Source

__all__ = ["Endpoints", "Outcome", "Server", "Source", "publish"]
