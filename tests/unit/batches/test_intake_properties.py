"""Whatever a program writes as a list of domains is read back as that list."""

import csv
import gzip
import io
import json

from hypothesis import given
from hypothesis import strategies as st

from domain_scheduler.batches.intake.reading import read_entries
from domain_scheduler.errors import InputError

labels = st.from_regex(r"\A[a-z][a-z0-9]{0,9}\Z")
domains = st.builds("{}.{}".format, labels, st.sampled_from(["com", "de", "co.uk", "org"]))
notes = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff"), max_size=30
)
encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"])


def texts(data: bytes) -> list[str]:
    return [entry.text for entry in read_entries(io.BytesIO(data))]


@given(
    rows=st.lists(st.tuples(notes, domains, notes), min_size=1, max_size=30),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=encodings,
    packed=st.booleans(),
)
def test_a_table_that_a_program_wrote_is_read_back(
    rows: list[tuple[str, str, str]], delimiter: str, end: str, encoding: str, packed: bool
) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["Note", "Domain", "Other note"])
    writer.writerows(rows)
    data = file.getvalue().encode(encoding)
    assert texts(gzip.compress(data) if packed else data) == [domain for _, domain, _ in rows]


@given(names=st.lists(domains, min_size=1, max_size=50), encoding=encodings, end=st.sampled_from("\r\n"))
def test_a_plain_list_is_read_back(names: list[str], encoding: str, end: str) -> None:
    assert texts(end.join(names).encode(encoding)) == names


@given(names=st.lists(st.one_of(domains, notes), min_size=1, max_size=50), indent=st.sampled_from([None, 2]))
def test_a_json_list_is_read_back(names: list[str], indent: int | None) -> None:
    assert texts(json.dumps(names, indent=indent, ensure_ascii=False).encode()) == names


@given(names=st.lists(domains, min_size=1, max_size=50))
def test_json_lines_are_read_back(names: list[str]) -> None:
    lines = [json.dumps({"title": "x", "domain": name}) for name in names]
    assert texts("\n".join(lines).encode()) == names


@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "ignore")))
)
def test_no_file_does_anything_but_give_entries_or_a_reason(data: bytes) -> None:
    try:
        lines = [entry.line for entry in read_entries(io.BytesIO(data))]
    except InputError:
        return
    assert lines == sorted(lines)
