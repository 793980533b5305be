"""Tools for language models over `KnowledgeGraph`, whose answers carry their sentences, as a server of
the Model Context Protocol (https://modelcontextprotocol.io/specification/2025-11-25) and as functions of Python.

`gbkg.mcp.catalogue` has the tools; they need no library of the protocol. `gbkg.mcp.server` gives them to the official
SDK, and is imported by `gbkg mcp` alone.
"""
