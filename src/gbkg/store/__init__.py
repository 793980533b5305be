"""Stores that answer queries: in memory, on disk, on a server; outputs of builds, and publishing."""
