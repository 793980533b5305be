"""Documents and what can be said of their words alone: passages, sentences, numbers, dates, coverage."""
