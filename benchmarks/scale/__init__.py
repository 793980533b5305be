"""Measurements of gbkg from ten thousand to ten million triples, all from one run of `bench_scale.py`.

process    a measurement in a process of its own: CPU seconds, elapsed time, memory
work       what the build, the store, the rules, the validation and publishing do in such a process
asking     queries in such a process: on the bare engine, plain, cited, in rdflib, over HTTP
plan       what is measured, at which sizes, how often
figures    ratios, slopes and sizes worked out from what was measured, and how they are written
page       the page of results and its pictures: `aims` and `tables` are its sections
"""
