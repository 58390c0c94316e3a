from __future__ import annotations

from pathlib import Path

from pipeline.ingest.journal import Journal


def reopened(path: Path) -> Journal:
    journal = Journal(path)
    journal.close()
    return journal


def test_what_was_begun_and_ended_is_known_again(tmp_path):
    path = tmp_path / "work" / "journal.jsonl"
    journal = Journal(path)
    journal.begin("a")
    journal.end("a", 0.25, "failed", "E105", "program")
    journal.begin("a")
    journal.begin("b")
    journal.close()

    again = reopened(path)

    assert (again.of("a").attempts, again.of("a").seconds, again.of("a").status) == (2, 0.25, "failed")
    assert (again.of("a").code, again.of("a").program) == ("E105", "program")
    assert (again.of("b").attempts, again.of("b").status) == (1, "")
    assert again.of("never").attempts == 0


def test_only_ends_while_alone_are_held_against_a_content(tmp_path):
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    for alone in (False, True, True):
        journal.begin("a", alone)
    assert journal.of("a").unfinished_alone == 2
    journal.end("a", 1.0, "clean", "", "program")
    journal.close()
    assert reopened(path).of("a").unfinished_alone == 0


def test_a_torn_line_is_passed_over_and_spoils_no_other(tmp_path):
    path = tmp_path / "journal.jsonl"
    path.write_text('{"begin": "a", "alone": false}\n{"begin": "b", "al', encoding="utf-8")

    journal = Journal(path)
    journal.begin("c")
    journal.close()

    again = reopened(path)
    assert {sha: known.attempts for sha, known in again.known.items()} == {"a": 1, "c": 1}


def test_lines_of_something_else_are_passed_over(tmp_path):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'\xff\xfe\n[1]\nnull\n{"end": "a"}\n{"other": 1}\n{"begin": "b", "alone": true}\n')
    assert [sha for sha, known in reopened(path).known.items() if known.attempts] == ["b"]
