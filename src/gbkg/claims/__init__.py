"""Everything that curators type, read strictly: tables, vocabulary, curation, reviews."""
