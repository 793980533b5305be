"""Whole gbkg projects of any number of documents, generated from a seed, with faults if wanted.

from corpus import generate, change, add, remove

generate(folder, 100)                        # folder/project and folder/documents, without a fault
change(folder, 17, seed=1)                   # document 17 in other words and with other numbers
generate(other, 60, faults="built", each=2)  # two faults of each kind; what is returned tells where
"""

from corpus.articles import page
from corpus.draft import Fault
from corpus.faults import ROUNDS, kinds, listed, plant, score
from corpus.project import Planted, Sizes, add, change, generate, remove

__all__ = [
    "ROUNDS",
    "Fault",
    "Planted",
    "Sizes",
    "add",
    "change",
    "generate",
    "kinds",
    "listed",
    "page",
    "plant",
    "remove",
    "score",
]
