"""The sections of the page of results but for the aims: a paragraph and a table each."""

from __future__ import annotations

from statistics import median

from scale import figures
from scale.figures import (
    BEFORE,
    GROWING,
    STAGES,
    cell,
    exponent,
    fixed,
    middle,
    points,
    samples,
    section,
    sizes,
    spread,
)
from scale.plan import LONGEST, WAYS, Results

_ASKED = (
    ("plain / bare", "plain", "bare", ""),
    ("cited cold / plain", "cited", "plain", ""),
    ("cited warm / plain", "again", "plain", ""),
    ("rdflib / plain", "rdflib", "plain", "rdflib"),
    ("HTTP / bare, elapsed", "http", "bare", "http"),
    ("cited over HTTP / cited in memory, elapsed", "http cited", "cited", "http"),
)
"""Title, dividend, divisor, and which measurement has them."""
_CLAIMS = (10_000, 100_000, 1_000_000, 3_000_000)
_KEPT = ("N-Quads", "store on disk", "cache of the last build")
"""Claims of projects that are worked out, and what of them lies on the disk."""
_SLOWEST = 5
_FILES = ("store on disk", "N-Quads", "gzip of N-Quads", "Turtle", "cache of the last build")


def loading(results: Results) -> str:
    rows = []
    for size in sizes(results):
        for where, aim in (("disk", "1.3"), ("memory", "")):
            ours, bare = (samples(results, f"{kind} {size}", "cpu") for kind in (where, f"bare {where}"))
            staged = not ours and where == "disk"
            ours = samples(results, f"build {size}", "stages", "load") if staged else ours
            found = [a / b for a, b in zip(ours, bare, strict=False)]
            shown = f"{where}, stage of a build" if staged else where
            if found:
                number = cell(figures.triples(results, size))
                rows.append([number, shown, spread(found), aim, spread(ours), spread(bare)])
    text = """gbkg writes a store on disk, proves its count and digest and publishes it, against a bare
        `pyoxigraph.Store.bulk_load` of the same file of N-Quads; and the same in memory, where gbkg proves
        nothing."""
    return section("Loading", text, ["triples", "store", "gbkg / bare", "aim", "gbkg, CPU s", "bare, CPU s"], rows)


def queries(results: Results) -> str:
    rows = []
    for graph in ("real", "large"):
        for title, above, below, where in _ASKED:
            key = f"queries {graph} {where}".strip()
            found = figures.of_queries(results, key, above, below, f"queries {graph}" if where == "rdflib" else "")
            if found:
                number = cell(results.runs[f"queries {graph}"][0]["triples"])
                total, _, lost = figures.asked(results, key, above)
                low, high = min(found, key=found.__getitem__), max(found, key=found.__getitem__)
                ends = [f"{found[name]:.2f} ({name})" for name in (low, high)]
                ended = f"{len(found)} of {len(found) if above == 'http cited' else total}"
                aim = figures.ASKING.get(title)
                bound = "" if aim is None else f"at most {aim:g}" if aim > 0 else f"at least {-aim:g}"
                rows.append([number, title, bound, f"**{median(found.values()):.2f}**", *ends, ended, ", ".join(lost)])
    text = """The saved queries that are SELECTs, their parameters at their defaults, in memory, on the project's own
        graph and on one of a million triples made of it (enlarge.py). Plain is gbkg without citations, cited with
        them: cold with nothing remembered but the table of the evidence, warm when the same was just asked. A ratio
        is that of one query, the median over its repetitions; in the table is the median over the queries, and the
        least and the greatest with the query's name. One that takes more than 5 seconds is stopped and left out.
        HTTP is gbkg asking an Oxigraph server on this machine. Cited over HTTP was asked of five queries."""
    columns = ["triples", "ratio", "aim", "median", "least", "greatest", "ended", "stopped"]
    return section("Queries", text, columns, rows)


def on_disk(results: Results) -> str:
    rows = []
    for size in sizes(results):
        for run in results.runs.get(f"on disk {size}", ()):
            for name, row in run["queries"].items():
                pairs = (("plain", "bare"), ("cited", "plain"))
                ratios = [f"{median(row[a]) / median(row[b]):.2f}" if {a, b} <= row.keys() else "" for a, b in pairs]
                times = [fixed(1000 * median(row[w])) if w in row else "stopped" for w in ("bare", "plain", "cited")]
                rows.append([cell(run["triples"]), name, *ratios, *times])
    text = """The same on a store on disk of generated documents, for a few queries; a cited query starts with nothing
        remembered. Milliseconds of CPU."""
    return section("", text, ["triples", "query", "plain / bare", "cited / plain", "bare", "plain", "cited"], rows)


def tenfold(results: Results) -> str:
    """The slowest of all saved queries on the largest graph."""
    runs = results.runs.get("queries tenfold", ())
    if not runs:
        return ""
    queries, number = runs[0]["queries"], cell(runs[0]["triples"])
    ended = {name: row for name, row in queries.items() if "cited" in row}
    lost = ", ".join(sorted(queries.keys() - ended.keys()))
    slowest = sorted(ended, key=lambda name: -median(ended[name]["cited"]))[:_SLOWEST]
    rows = [[name, fixed(median(ended[name]["cited"]))] for name in slowest]
    text = f"""All saved queries on a store on disk of {number} triples, made of the project's own graph: {len(ended)}
        of {len(queries)} ended within {LONGEST} s, cited{", all but " + lost if lost else ""}. These took longest. CPU
        seconds."""
    return section("", text, ["query", "cited"], rows)


def validation(results: Results) -> str:
    rows = []
    for size in sorted({int(key.split(" ")[2]) for key in results.runs if key.startswith("validation ")}):
        fast, slow = f"validation shacl {size}", f"validation pyshacl {size}"
        number = middle(results, fast, "triples") or middle(results, slow, "triples") or 0
        paths = [(key, path) for key in (fast, slow) for path in (("cpu",), ("process", "largest"))]
        cells = [spread(samples(results, key, *path)) for key, path in paths]
        rows.append([cell(number), spread(figures.ratios(results, slow, fast, "cpu")), *cells])
    text = """The engine of the extra `shacl` against pyshacl, the whole of what is stated at once, pyshacl only where
        it ends soon. Memory is that of the one process. The stage of a build is under Builds."""
    columns = ["triples", "pyshacl / shacl", "shacl, CPU s", "shacl, MB", "pyshacl, CPU s", "pyshacl, MB"]
    return section("Validation", text, columns, rows)


def inference(results: Results) -> str:
    rows = []
    for size in sizes(results):
        if found := samples(results, f"inference {size}", "cpu"):
            counts = [cell(middle(results, f"inference {size}", of) or 0) for of in ("basis", "inferred", "lines")]
            rows.append([cell(figures.triples(results, size)), *counts, spread(found)])
    text = """Run until nothing new comes, each use of a rule recorded, every line written. The stage of a build,
        which also sorts out what rules are to see, is under Builds."""
    return section("Rules", text, ["triples", "rules see", "inferred", "lines written", "CPU s"], rows)


def builds(results: Results) -> str:
    rows = []
    for size in sizes(results):
        stages = [spread(samples(results, f"build {size}", "stages", stage)) for stage in STAGES]
        cells = [spread(samples(results, f"build {size}", *path)) for path in (("cpu",), ("process", "wall"))]
        rows.append([cell(size), cell(figures.triples(results, size)), cells[0], *stages, cells[1]])
    text = """Full builds of generated documents with nothing known from before, CPU seconds: reading (tables,
        documents, quotations, coverage), rules, writing N-Quads, loading a store on disk with its proof, checks that
        ask the whole graph, validation with the engine `shacl` and whether facts and claims agree, comparison of the
        graph with its tables, read again."""
    return section("Builds", text, ["documents", "triples", "build", *STAGES, "elapsed s"], rows)


def memory(results: Results) -> str:
    rows = []
    for size in figures.unchecked(results):
        parts = (figures.BEFORE, ("checks",), ("validation",), ("comparison",), ("evidence",))
        peaks = [fixed(amount) if (amount := figures.peak(results, size, names)) else "" for names in parts]
        paths = (("process", "together"), ("process", "largest"), ("cpu",))
        unchecked = [spread(samples(results, f"unchecked {size}", *path)) for path in paths]
        largest = spread(samples(results, f"build {size}", "process", "largest"))
        numbers = [cell(figures.triples(results, size)), cell(figures.claims(results, size))]
        rows.append([*numbers, *peaks, largest, *unchecked])
    text = """Memory of the same builds in MB, and of builds with --unchecked that write N-Quads, most of them
        Turtle too, and no store, with their CPU seconds. Up to 200,000 triples checks ask a graph in memory, up
        to a million SHACL validates the whole; evidence is written beside a store of up to two million. A stage
        shorter than a quarter of a second may have been missed."""
    columns = ["triples", "claims", "up to loading", "checks", "validation", "comparison", "evidence"]
    columns.append("largest process")
    columns += ["--unchecked", "--unchecked, largest process", "--unchecked, CPU s"]
    return section("", text, columns, rows)


def again(results: Results) -> str:
    rows = []
    for engine in ("pyshacl", "shacl"):
        turns = [key.rsplit(" ", 1)[1] for key in results.runs if key.startswith(f"compare {engine} ")]
        ones, anew = (
            [one for turn in turns for one in samples(results, f"{what} {engine} {turn}", "cpu")]
            for what in ("one changed", "fresh")
        )
        same = [run["same"] for turn in turns for run in results.runs[f"compare {engine} {turn}"]]
        found = [a / b for a, b in zip(ones, anew, strict=False)]
        nothing = spread(samples(results, f"nothing changed {engine}", "cpu"))
        if found:
            equal = f"{sum(same)} of {len(same)}"
            rows.append([engine, spread(found), str(figures.CHANGED), spread(ones), spread(anew), nothing, equal])
    text = """1,000 documents, one of them changed, built over the last build in all formats; then everything anew in
        an empty folder, and all outputs compared byte by byte. CPU seconds."""
    columns = ["engine", "one changed / anew", "aim", "one changed", "anew", "nothing changed", "equal"]
    return section("Building again", text, columns, rows)


def starting(results: Results) -> str:
    rows = []
    floor = figures.started(results, "floor")
    for name in figures.STARTING:
        found = [seconds for run in results.runs.get("start", ()) for seconds in run.get(name, ())]
        if found and floor:
            rows.append([f"gbkg {name}", spread(found), fixed(figures.STARTING[name]), fixed(median(found) / floor)])
    if rows and floor:
        python = figures.started(results, "starting Python") or 0.0
        rows += [["pyoxigraph alone", fixed(floor), "", "1"], ["starting Python", fixed(python), "", ""]]
    text = """Whole processes beside the build of this project, CPU seconds. pyoxigraph alone loads the N-Quads and
        answers the same query."""
    return section("Starting", text, ["", "CPU s", "aim", "/ pyoxigraph alone"], rows)


def spreading(results: Results) -> str:
    rows = []
    size = next((key.split(",")[0].split()[1] for key in results.runs if key.startswith("spread ")), "0")
    alone = middle(results, f"spread {size}, {WAYS[0]}", "elapsed") or 0.0
    for way in WAYS:
        for run in results.runs.get(f"spread {size}, {way}", ()):
            parts = [fixed(run["stages"].get(stage, 0.0)) for stage in ("reading", "comparison")]
            times = [fixed(run["elapsed"]), *parts, fixed(run["cpu"])]
            rows.append([way, *times, fixed(alone / run["elapsed"])])
    text = f"""{cell(int(size))} documents built with all gates: by one process, by this machine's processors, and by
        workers of a Dask cluster on this machine (`--dask`). Reading and comparison are what is spread. The CPU time
        of workers has their start; elapsed time has not."""
    columns = ["", "elapsed s", "reading", "comparison", "CPU s", "one process / this, elapsed"]
    return section("Several processes", text, columns, rows)


def sizes_on_disk(results: Results) -> str:
    rows = []
    for size in sizes(results):
        found = figures.per_claim(results, size)
        units = (("claim", 1.0, 0), ("triple", found["triples"], 1), ("byte of N-Quads", found["N-Quads"], 2))
        for unit, by, digits in units:
            cells = [f"{found[name] / by:,.{digits}f}" if name in found else "" for name in _FILES]
            rows.append([cell(figures.triples(results, size)), unit, *cells])
    text = """Turtle has what is stated alone, without named graphs. The cache is what the next build need not make
        again."""
    return section("Bytes", text, ["triples", "bytes for each", *_FILES], rows)


def growth(results: Results) -> str:
    rows = []
    for name in GROWING:
        found = points(results, name)
        if len(found) > 1:
            slopes = [f"{exponent(some):.2f}" for some in (found, found[-2:])]
            aim = str(figures.STEEPEST) if name in ("build", "load", "rules") else ""
            rows.append([name, *slopes, aim, *[f"{seconds:.4g}" for _, seconds in found]])
    text = """CPU seconds at each size, and the exponent k of seconds = c · triples^k by least squares on the
        logarithms, over all sizes and over the last two. Where it is below 1 a fixed cost still weighs. The build and
        its stages are those under Builds. Look-up is all that is said of one organization, cited is one fact with its
        proof, both on disk."""
    columns = ["", "k, all sizes", "k, last two", "aim"]
    columns += [f"{figures.triples(results, size):,} triples" for size in sizes(results)]
    pictures = "".join(
        f"![{title}](results/{name}.png)\n\n"
        for title, name in (
            ("CPU seconds of build, load, rules and validation against triples", "growth"),
            ("CPU seconds of the stages and of two queries against triples", "stages"),
            ("Memory against triples", "memory"),
        )
    )
    return section("Growth", text, columns, rows) + (pictures if rows else "")


def publishing(results: Results) -> str:
    rows = []
    for size in sizes(results):
        for run in results.runs.get(f"publish {size}", ()):
            for turn, words in (("first", "everything"), ("again", "nothing new")):
                one = run[turn]
                seconds = [fixed(one[name]) for name in ("elapsed", "cpu", "server")]
                speed = cell(one["triples"] / one["elapsed"])
                rows.append([cell(one["triples"]), words, cell(one["sent"]), speed, *seconds])
    text = """To an empty Oxigraph server on this machine, everything read back and its digest compared; then once
        more. Triples a second are those of the graph by elapsed time."""
    columns = ["triples", "what", "sent", "triples a second", "elapsed s", "gbkg, CPU s", "server, CPU s"]
    return section("Publishing", text, columns, rows)


def gates(results: Results) -> str:
    rows = []
    for name in ("typed", "built"):
        for run in results.runs.get(f"gates {name}", ()):
            found = run["planted"] - run["missed"]
            rows.append([name, *map(cell, (run["kinds"], run["planted"], found, run["missed"], run["invented"]))])
    text = "Faults planted in generated documents: `typed` in the tables, `built` for all later gates."
    return section("Gates", text, ["round", "kinds", "planted", "found", "missed", "invented"], rows)


# ---- What a project will need


def sizing(results: Results) -> str:
    """A table for one claim and one for projects of several sizes."""
    known = sizes(results)
    if len(known) < 2:
        return ""
    size = known[-1]
    one = figures.per_claim(results, size)
    claims = figures.claims(results, size)
    rows = [[name, f"{one[name]:,.0f} bytes", f"{one[name] * 1e6 / 2**30:.2f} GB"] for name in _KEPT if name in one]
    rows += [
        [name, f"{1000 * one[name]:.3g} CPU ms", f"{one[name] * 1e6 / 60:.1f} CPU min"]
        for name in STAGES
        if name in one
    ]
    text = f"""For one claim, at {cell(claims)} claims in {cell(figures.triples(results, size))} triples, which makes
        {one["triples"]:.1f} triples a claim:"""
    return section("Sizing", text, ["", "a claim", "a million claims, in proportion"], rows) + _projects(
        results, one, claims
    )


def _projects(results: Results, one: dict[str, float], measured: int) -> str:
    rows = []
    for number in _CLAIMS:
        files = sum(one.get(name, 0.0) for name in _KEPT) * number / 2**30
        plain, checked = (_seconds(results, number, names) / 60 for names in (BEFORE, STAGES))
        amounts = [extrapolated(results, number, names) / 1024 for names in (BEFORE, STAGES)]
        how = "interpolated" if number <= measured else "extrapolated"
        cells = [
            f"{fixed(files)} GB",
            *(f"{fixed(minutes)} min" for minutes in (plain, checked)),
            *(f"{fixed(gb)} GB" for gb in amounts),
        ]
        rows.append([cell(number), cell(round(number * one["triples"])), *cells, how])
    columns = ["claims", "triples", "files on disk", "build without validation, CPU", "full build, CPU"]
    columns += ["memory without validation", "memory, full", "worked out"]
    text = f"""Projects of other sizes, with a store on disk. Everything above {cell(measured)} claims is
        **extrapolated**: files in proportion, seconds of each stage by the power law through the two largest sizes
        measured, memory by a straight line {_line(results)}. Elapsed time on two processors is between half of the
        CPU time and all of it: reading and validation use both, the rest one. A document had
        {_of_documents(results)} claims."""
    return section("", text, columns, rows)


def _seconds(results: Results, claims: int, stages: tuple[str, ...]) -> float:
    """CPU seconds of these stages, each by its own power law."""
    at = claims * figures.per_claim(results, sizes(results)[-1])["triples"]
    total = 0.0
    for stage in stages:
        last = points(results, stage)[-2:]
        slope = exponent(last)
        if slope is not None:
            total += last[-1][1] * (at / last[-1][0]) ** slope
    return total


def extrapolated(results: Results, claims: int, stages: tuple[str, ...]) -> float:
    """MB by a straight line through the two largest sizes, if there are two at which no graph is held in memory
    through those; without the evidence, which a larger graph has not."""
    pairs = figures.on_disk(results, stages)[-2:]
    if len(pairs) < 2:
        pairs = [
            (float(figures.claims(results, size)), figures.peak(results, size, stages) or 0.0)
            for size in sizes(results)[-2:]
        ]
    return straight(pairs, claims)


def _line(results: Results) -> str:
    """Through which sizes that line goes."""
    found = figures.on_disk(results, STAGES)[-2:]
    if len(found) < 2:
        return "through them, which is too much: above a million triples no stage holds the whole graph"
    few, many = (cell(claims) for claims, _ in found)
    return f"through {few} and {many} claims, where no stage holds the whole graph, without the evidence beside a store"


def straight(pairs: list[tuple[float, float]], claims: float) -> float:
    """What a straight line through two points has at so many claims; right of the first not less than there."""
    (few, low), (many, high) = pairs
    return max(high + (high - low) / (many - few) * (claims - many), low if claims >= few else 0.0)


def _of_documents(results: Results) -> str:
    size = sizes(results)[-1]
    return fixed(figures.claims(results, size) / size)
