"""Answers as texts: one module for each format, `gbkg.ask.formats.writing` to choose one."""
