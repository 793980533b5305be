"""Measurements of gbkg from ten thousand to ten million triples, all from one run of `bench_scale.py`.

process    a measurement in a process of its own: CPU seconds, elapsed time, memory
work       what the build, the store, the rules and the validation do in such a process
asking     queries in such a process: on the bare engine, plain, cited, in rdflib, over HTTP
serving    publishing to a server in such a process
plan       what is measured, at which sizes, how often
figures    ratios, slopes and sizes worked out from what was measured
page       the page of results: `aims`, `tables` and `sizing` are its sections, `words` how it writes
plots      the pictures
"""
