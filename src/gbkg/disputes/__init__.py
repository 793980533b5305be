"""What stands against what is printed: collected, worked out, and set side by side."""

from gbkg.disputes.collected import KINDS, PLURALS, USUAL, Dispute, Witness, kinds, misprints, pick, read

__all__ = ["KINDS", "PLURALS", "USUAL", "Dispute", "Witness", "kinds", "misprints", "pick", "read"]
