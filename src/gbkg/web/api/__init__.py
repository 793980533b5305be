"""What programs ask for by address: operations, and their description in OpenAPI."""
