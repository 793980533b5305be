"""Questions and answers: names, saved queries, answers with citations, entity pages, disputes."""
