"""From what is typed to named graphs, source by source, and what rules conclude."""
