"""Answers as texts: one module for each format, `gbkg.formats.writing` to choose one."""
