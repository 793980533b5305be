"""What stands against what is printed: collected, worked out, and set side by side."""

from gbkg.ask.disputes.collected import CLASSES, KINDS, PLURALS, USUAL, Dispute, Witness, kinds, misprints, pick, read

__all__ = ["CLASSES", "KINDS", "PLURALS", "USUAL", "Dispute", "Witness", "kinds", "misprints", "pick", "read"]
