"""What each address answers: one module for each kind of page, each with its `ROUTES`."""
