"""Intake: new projects, and documents as they come: texts made of files, and their entries in the registry."""
