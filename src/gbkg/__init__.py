"""gbkg: a knowledge graph in which every fact can be followed back to the sentence that states it."""

__version__ = "0.1.0"

__all__ = ["__version__"]
