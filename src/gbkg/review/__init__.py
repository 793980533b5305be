"""Deciding on proposals, in files and in a browser, and putting what was accepted into the tables of claims."""
