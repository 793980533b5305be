"""The engines that answer queries, behind one small interface."""

from gbkg.store.memory import Store, load, quads

__all__ = ["Store", "load", "quads"]
