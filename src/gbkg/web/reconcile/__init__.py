"""The Reconciliation Service API 0.2 (https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/):
names in somebody's table become entities of the graph, as OpenRefine asks for it."""
