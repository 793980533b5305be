"""The command line: what it prints, where it prints it, and how it ends."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from gbkg import __version__, cli
from gbkg.claims import rows

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = sorted(cli.app.commands)
Run = Callable[..., CompletedProcess[str]]


# ---- Help


def test_every_command_is_known_here() -> None:
    assert {"build", "verify", "find-quote", "lock", "coverage", "show"} <= set(COMMANDS)


def test_help_lists_every_command(run_here: Run) -> None:
    ended = run_here("--help")
    assert ended.returncode == 0
    for command in COMMANDS:
        assert re.search(rf"^ +{command}  +[A-Z]", ended.stdout, re.M), command


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_says_what_it_does(command: str, run_here: Run) -> None:
    ended = run_here(command, "--help")
    assert ended.returncode == 0
    assert f"Usage: gbkg {command} " in ended.stdout
    assert re.search(r"^ +[A-Z][^.]+\.", ended.stdout, re.M)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_and_argument_has_help(command: str) -> None:
    parameters = cli.app.load(command).params
    assert [parameter.name for parameter in parameters if not parameter.help] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    assert any(f"gbkg {command}" in page.read_text(encoding="utf-8") for page in pages)


def test_version(run_here: Run) -> None:
    ended = run_here("--version")
    assert (ended.returncode, ended.stdout) == (0, f"gbkg {__version__}\n")


def test_without_a_command_there_is_help(run_here: Run) -> None:
    ended = run_here()
    assert ended.returncode == 2
    assert "Usage: gbkg" in ended.stdout + ended.stderr


def test_an_unknown_command_is_a_fault_of_use(run_here: Run) -> None:
    ended = run_here("shwo")
    assert ended.returncode == 2
    assert "shwo" in ended.stderr


# ---- show


@pytest.mark.parametrize(
    "name",
    [
        ("tea-harbour",),
        ("https://w3id.org/gbkg/id/tea-harbour",),
        ("<https://w3id.org/gbkg/id/tea-harbour>",),
        ("id:tea-harbour",),
        ("Tea Harbour",),
        ("Tea", "Harbour"),
        ("TEA HARBOUR",),
        ("Tea-Harbour",),
        ("叶港",),
    ],
    ids=" ".join,
)
def test_show_knows_an_entity_by(name: tuple[str, ...], built: Path, run_here: Run) -> None:
    ended = run_here("show", *name, cwd=built)
    alias = (
        "'叶港' is taken for Tea Harbour (id:tea-harbour, city): the alias '叶港', by the claim almanac.harbour-name\n"
    )
    assert (ended.returncode, ended.stderr) == (0, alias if name == ("叶港",) else "")
    assert ended.stdout.startswith("Tea Harbour  (city)  id:tea-harbour\nCity that both documents are about.\n")


def test_show_finds_an_alias_in_any_case(mini: Path, run_here: Run) -> None:
    assert run_here("show", "the leaf circle", cwd=mini).stdout.startswith("Harbour Tea Association  (association)")


def test_show_suggests_near_names(built: Path, run_here: Run) -> None:
    ended = run_here("show", "Tea Harbor", cwd=built)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(
        "gbkg: no entity is called 'Tea Harbor'; did you mean Tea Harbour (id:tea-harbour, city)"
    )
    assert ended.stderr.count("\n") == 1


def test_show_takes_a_part_of_a_name_that_only_one_has_and_says_so(mini: Path, run_here: Run) -> None:
    ended = run_here("show", "university", cwd=mini)
    assert ended.returncode == 0
    assert "Tea Harbour University" in ended.stderr


def test_show_of_nothing_like_it_suggests_nothing(built: Path, run_here: Run) -> None:
    ended = run_here("show", "zzzzzz", cwd=built)
    assert (ended.returncode, ended.stderr) == (
        2,
        "gbkg: no entity is called 'zzzzzz' (gbkg search WORDS looks for words in names)\n",
    )


def test_show_asks_when_two_entities_have_the_name(mini: Path, run_here: Run) -> None:
    change_row(mini, "quarter-in-harbour", "harbour-name", "lantern-quarter")
    ended = run_here("show", "叶港", cwd=mini)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "may be Lantern Quarter (id:lantern-quarter, district) or Tea Harbour (id:tea-harbour, city)" in ended.stderr


def change_row(project: Path, claim: str, like: str, subject: str) -> None:
    """Makes a claim of the almanac say of another subject what the claim `like` says."""
    table = project / "data" / "claims" / "almanac.tsv"
    lines = table.read_text(encoding="utf-8").split("\n")
    (cells,) = [line.split("\t") for line in lines if line.startswith(f"{like}\t")]
    changed = "\t".join([claim, subject, *cells[2:]])
    new = [changed if line.startswith(f"{claim}\t") else line for line in lines]
    table.write_text("\n".join(new), encoding="utf-8")


def test_show_has_relations_in_both_directions(mini: Path, run_here: Run) -> None:
    lines = sections(run_here("show", "lantern-yard", cwd=mini).stdout)
    assert any(line.startswith("located in Lantern Quarter") for line in lines["Relations"])
    assert any(line.startswith("operated by Kettle Works") for line in lines["Relations"])
    lines = sections(run_here("show", "kettle-works", cwd=mini).stdout)
    assert any(line.startswith("Lantern Yard – operated by → it") for line in lines["Relations to it"])


def test_show_has_the_quotation_with_source_and_offsets_for_every_line(mini: Path, run_here: Run) -> None:
    lines = sections(run_here("show", "lantern-yard", cwd=mini).stdout)
    quoted = "[1] gazette 1095–1150: “Lantern Yard, an industrial park in the Lantern Quarter”"
    assert any(line.startswith(quoted) for line in lines["Evidence"])
    numbers = {line[: line.index("]") + 1] for line in lines["Evidence"]}
    for group in ("Relations", "Statistics"):
        for line in lines[group]:
            marks = re.findall(r"\[\d+\]", line)
            assert marks
            assert set(marks) <= numbers


def test_show_names_the_claims_behind_a_quotation(mini: Path, run_here: Run) -> None:
    lines = sections(run_here("show", "lantern-yard", cwd=mini).stdout)
    assert any(line.endswith("yard-in-quarter") for line in lines["Evidence"])


def test_show_gives_statistics_with_precision_unit_and_date(mini: Path, run_here: Run) -> None:
    text = "\n".join(sections(run_here("show", "tea-harbour", cwd=mini).stdout)["Statistics"])
    assert "tea houses: 1,240 companies; 2018-10" in text
    assert "tea tasters: nearly 30,000 people; 2018" in text
    assert "tea tasters: at least 28,000 people; no date, 'Today'" in text
    assert "new tea masters: more than 450 people; 2015 to 2018" in text
    assert "tea trade volume: 15.8 million yuan; 2018" in text
    assert "growth of tea trade: 7.5%; 2018" in text
    assert "according to Harbour Office" in text


def test_show_tells_what_is_unreadable_implied_or_disputed(mini: Path, run_here: Run) -> None:
    yard = run_here("show", "lantern-yard", cwd=mini).stdout
    assert "floor area: printed '6,1307.3 square metres'" in yard
    assert "implied" in run_here("show", "lantern-quarter", cwd=mini).stdout
    assert re.search(r"launched by Kettle Works .*disputed", run_here("show", "leaf-ledger", cwd=mini).stdout)


def test_show_tells_what_the_curators_say(mini: Path, run_here: Run) -> None:
    lines = sections(run_here("show", "lantern-yard", cwd=mini).stdout)
    facts = "printed '6,1307.3 square metres', meant '61,307.3 square metres'"
    correction = f"correction ({facts}): A comma one digit too far left. [cur:correction-yard-floor-area]"
    more = "`gbkg disputes id:lantern-yard` sets the quotations side by side"
    assert lines["Curation"] == [correction, more]  # and not the check that passed


def test_show_gives_dates_as_far_as_they_are_known(mini: Path, run_here: Run) -> None:
    lines = sections(run_here("show", "first-flush-fair", cwd=mini).stdout)
    assert any(line.startswith("occurred on --04-30 (no year)") for line in lines["Dates"])


def sections(text: str) -> dict[str, list[str]]:
    """The lines of a card by their heading, without their indentation."""
    found: dict[str, list[str]] = {}
    for block in text.split("\n\n")[1:]:
        head, *lines = block.splitlines()
        found[head] = [line.strip() for line in lines]
    return found


# ---- Where things are printed


def test_results_go_to_stdout_and_remarks_to_stderr(mini: Path, run_here: Run) -> None:
    ended = run_here("build", "--sources", "documents", cwd=mini)
    assert re.search(r"^claims +35 ", ended.stdout, re.M)
    reasons = r"\(4 furniture, 3 headings, 1 caption, 1 opinion\)"
    cover = rf"\(13 of 22 sentences, 94% of their text quoted\), 40\.9% set aside {reasons}, 0\.0% not read yet$"
    assert re.search(rf"^coverage +59\.1% +of gazette behind claims {cover}", ended.stdout, re.M)
    assert "\x1b" not in ended.stdout
    columns = [re.match(r"([a-z]+ +[\d.,]+%?)  \S", line) for line in ended.stdout.splitlines()]
    assert len({match.end(1) for match in columns if match}) == 1
    assert all(columns)
    assert ended.stderr == "wrote gbkg.nq gbkg.trig gbkg.ttl gbkg.jsonld report.json report.md SHA256SUMS to build\n"


@pytest.mark.parametrize("env", [{}, {"FORCE_COLOR": "1"}], ids=["plain", "forced"])
def test_a_pipe_gets_no_escape_codes(env: dict[str, str], mini: Path, gbkg: Run) -> None:
    ended = gbkg("show", "tea-harbour", cwd=mini, env=env)
    assert "\x1b" not in ended.stdout + ended.stderr


def test_a_terminal_gets_bold_headings(mini: Path) -> None:
    assert "\x1b[1m" in on_a_terminal(mini, {"TERM": "xterm"})


def test_no_color_gives_no_escape_codes_on_a_terminal(mini: Path) -> None:
    assert "\x1b" not in on_a_terminal(mini, {"TERM": "xterm", "NO_COLOR": "1"})


def on_a_terminal(project: Path, env: dict[str, str]) -> str:
    """What `show` prints to a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gbkg", "show", "reedland"]
    subprocess.run(command, stdout=theirs, cwd=project, env={**os.environ, **env}, check=True)
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        printed = b""
        try:
            while piece := terminal.read(4096):
                printed += piece
        except OSError:  # how Linux says that the other end is closed
            pass
    return printed.decode()


def test_a_pipe_that_is_closed_early_gives_no_traceback(built: Path) -> None:
    command = f"{sys.executable} -m gbkg show tea-harbour | head -1"
    ended = subprocess.run(command, shell=True, capture_output=True, encoding="utf-8", cwd=built)
    assert ended.stdout == "Tea Harbour  (city)  id:tea-harbour\n"
    assert ended.stderr == ""


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", ["show tea-harbour", "coverage --sources documents", "export nquads"])
def test_a_reader_that_has_gone_gives_no_traceback(command: str, unbuffered: str, mini: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-m", "gbkg", *command.split()],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        cwd=mini,
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
    )
    os.close(writing)
    assert "Traceback" not in ended.stderr
    assert "Exception" not in ended.stderr
    assert ended.returncode == 141


def test_data_is_written_whole_where_python_holds_nothing_back(mini: Path) -> None:
    # A raw file takes a part of what it is given, as a pipe does that is read slowly.
    command = [sys.executable, "-m", "gbkg", "export", "nquads"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=mini, env=os.environ | {"PYTHONUNBUFFERED": "1"}) as one:
        assert one.stdout
        time.sleep(1)
        written = one.stdout.read()
    assert written == subprocess.run(command, capture_output=True, cwd=mini, check=True).stdout
    assert len(written) > 1 << 16


# ---- cite


def test_cite_finds_typographic_quotes_by_plain_ones(mini: Path, run_here: Run) -> None:
    ended = run_here("find-quote", "gazette", 'also called "the Leaf Circle"', "--sources", "documents", cwd=mini)
    start, end, quotation, around = ended.stdout.rstrip("\n").split("\t")
    text = (mini / "documents" / "the-leaf-comes-home.txt").read_text(encoding="utf-8")
    assert quotation == text[int(start) : int(end)] == "also called “the Leaf Circle”"
    assert around == "…The people The Harbour Tea Association, […], was founded on 12 March 2016 to look a…"
    assert (ended.returncode, ended.stderr) == (0, "1 place; columns: start, end, quotation, around it\n")


def test_cite_finds_a_no_break_space_by_a_plain_one(mini: Path, run_here: Run) -> None:
    ended = run_here("find-quote", "gazette", "15.8 million", "--sources", "documents", cwd=mini)
    assert "\t15.8\u00a0million\t" in ended.stdout


def test_cite_tells_every_place(mini: Path, run_here: Run) -> None:
    ended = run_here("find-quote", "gazette", "the Lantern Quarter", "--sources", "documents", cwd=mini)
    assert [line.split("\t")[0] for line in ended.stdout.splitlines()] == ["246", "396", "1131"]
    assert ended.stderr.startswith("3 places")


def test_cite_counts_code_points_of_any_script(mini: Path, run_here: Run) -> None:
    ended = run_here("find-quote", "almanac", "近3万人", "--sources", "documents", cwd=mini)
    assert ended.stdout.startswith("75\t79\t近3万人\t")


def test_cite_of_absent_words_says_where_they_leave_the_document(mini: Path, run_here: Run) -> None:
    ended = run_here("find-quote", "gazette", "the Lantern Kwarter", "--sources", "documents", cwd=mini)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "these words are not in the document" in ended.stderr
    assert "the quotation goes on 'Kwarter' (offset 258)" in ended.stderr


def test_cite_of_an_unknown_source_names_the_known_ones(mini: Path, run_here: Run) -> None:
    ended = run_here("find-quote", "gazete", "tea", "--sources", "documents", cwd=mini)
    assert ended.returncode == 2
    assert ended.stderr == "gbkg: no source is called 'gazete'; did you mean gazette?\n"
    ended = run_here("find-quote", "zzz", "tea", "--sources", "documents", cwd=mini)
    assert ended.stderr == "gbkg: no source is called 'zzz'; there are almanac, gazette\n"


# ---- Documents and projects


@pytest.mark.parametrize("command", ["verify", "find-quote gazette tea", "lock", "coverage"])
def test_commands_that_need_the_documents_say_so(command: str, mini: Path, run_here: Run) -> None:
    ended = run_here(*command.split(), cwd=mini)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "gbkg: this command needs the documents: give --sources DIR, or set GBKG_SOURCES\n"


def test_the_documents_may_be_named_by_the_environment(mini: Path, documents: Path, gbkg: Run) -> None:
    ended = gbkg("verify", cwd=mini, env={"GBKG_SOURCES": str(documents)})
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "gazette: 26 of 26 quotations of 25 claims are in the document" in ended.stdout
    assert "almanac: 55.6% behind claims (5 of 9 sentences, 88% of their text quoted), 44.4% set aside" in ended.stdout


def test_coverage_prints_every_sentence_with_what_stands_behind_it(mini: Path, run_here: Run) -> None:
    ended = run_here("coverage", "almanac", "--sources", "documents", cwd=mini)
    assert ended.returncode == 0
    assert "133-155\t叶子基金规模最高1.50亿元，用于茶叶贸易。\n\tfund-size, fund-topic\n" in ended.stdout
    assert "165-171\t茶香飘万里！\n\t(opinion)\n" in ended.stdout
    assert "gazette" not in ended.stdout


def test_what_is_unread_is_allowed_and_counted_apart(mini: Path, run_here: Run) -> None:
    text = (mini / "documents" / "the-leaf-comes-home.txt").read_text(encoding="utf-8")
    (mini / "data" / "claims" / "gazette.tsv").write_text("\t".join(rows.COLUMNS) + "\n", encoding="utf-8")
    row = f"unread\t0\t{len(text.rstrip())}\tHarbour news … 17\t"
    (mini / "data" / "readings" / "gazette.tsv").write_text(f"reason\tstart\tend\tquote\tnote\n{row}\n", "utf-8")
    (mini / "data" / "review.tsv").unlink()
    ended = run_here("verify", "--sources", "documents", cwd=mini)
    assert ended.returncode == 0, ended.stderr
    assert "gazette: 0.0% behind claims (0 of 22 sentences), 0.0% set aside, " in ended.stdout
    assert "100.0% not read yet" in ended.stdout


def test_coverage_prints_what_is_missing(mini: Path, run_here: Run) -> None:
    (mini / "data" / "readings" / "gazette.tsv").unlink()
    ended = run_here("coverage", "gazette", "--missing", "--sources", "documents", cwd=mini)
    assert ended.returncode == 1
    assert "1328-1374\tNothing warms a foggy morning like a full pot!\n\tNOTHING STANDS BEHIND THIS\n" in ended.stdout
    assert "yard-operator" not in ended.stdout


def test_the_current_folder_is_the_project(mini: Path, gbkg: Run) -> None:
    assert gbkg("show", "lantern-yard", cwd=mini).returncode == 0


def test_elsewhere_the_project_is_the_one_gbkg_came_with(tmp_path: Path, run_here: Run) -> None:
    assert run_here("show", "guangzhou", cwd=tmp_path).stdout.startswith("Guangzhou  (city)  id:guangzhou\n")
    assert run_here("show", "lantern-yard", cwd=tmp_path).returncode == 2


def test_a_named_project_wins_over_the_current_folder(mini: Path, tmp_path: Path, run_here: Run) -> None:
    other = shutil.copytree(mini, tmp_path / "other")
    table = other / "data" / "entities.tsv"
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("Park in the Lantern Quarter.", "Another park."), encoding="utf-8")
    assert "Another park." in run_here("--project", other, "show", "lantern-yard", cwd=mini).stdout


# ---- Where the graph is


@pytest.mark.parametrize("command", [["build"], ["coverage"], ["publish"]])
def test_a_place_before_a_command_that_asks_no_graph_is_refused(command: list[str], mini: Path, run_here: Run) -> None:
    ended = run_here("--project", mini, "--store", "shelf", *command)
    assert ended.returncode == 2
    assert ended.stderr == f"gbkg: --store before its name is not for {command[0]}, which asks no graph\n"


@pytest.mark.parametrize("options", [["--shacl", ""], ["--shacl", "pyshacl", "--unchecked"], ["--shacl", "nobody"]])
def test_an_engine_that_is_none_is_refused_before_anything_is_read(
    options: list[str], mini: Path, run_here: Run
) -> None:
    ended = run_here("build", *options, cwd=mini)
    assert ended.returncode == 2
    assert ended.stderr.startswith("gbkg: ") and ended.stderr.count("\n") == 1
    assert not (mini / "build").exists()


def test_a_build_without_the_gates_says_so_and_is_not_published(mini: Path, run_here: Run) -> None:
    ended = run_here("build", "--unchecked", cwd=mini)
    assert (ended.returncode, "unchecked: " in ended.stderr) == (0, True)
    ended = run_here("publish", "--endpoint", "http://127.0.0.1:1/query", cwd=mini)
    assert ended.returncode == 2
    assert "was built with --unchecked" in ended.stderr


def test_a_file_that_is_not_asked_for_any_more_is_not_left_behind(mini: Path, run_here: Run) -> None:
    for options in ([], ["--write", "ttl"]):
        assert run_here("build", *options, cwd=mini).returncode == 0
    assert {path.name for path in (mini / "build").glob("gbkg.*")} == {"gbkg.nq", "gbkg.ttl"}


def test_a_whole_store_is_verified(mini: Path, run_here: Run) -> None:
    assert run_here("build", "--store", "shelf", cwd=mini).returncode == 0
    ended = run_here("verify", "--store", "shelf", cwd=mini)
    assert ended.returncode == 0
    first, second, last = ended.stdout.splitlines()
    assert re.match(r"store: all files and all [\d,]+ quads are as they were published; digest [0-9a-f]{64}$", first)
    assert second.startswith("graph: all ") and second.endswith(
        " of shelf are those that the tables give, and no other"
    )
    assert last == "quotations: not proved, as the documents are not at hand (--sources DIR)"
    for table in (mini / "shelf").rglob("*.sst"):
        raw = bytearray(table.read_bytes())
        raw[len(raw) // 4] ^= 255
        table.write_bytes(raw)
    ended = run_here("verify", "--store", "shelf", cwd=mini)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
