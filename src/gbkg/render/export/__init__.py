"""The graph in the formats of other tools; the same graph always gives the same bytes. `formats` knows all of them."""
