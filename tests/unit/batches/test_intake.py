"""Reading lists: whatever people have, in whatever encoding, every entry with its line or a reason."""

import gzip
import io
import json

import pytest

from domain_scheduler.batches.intake.byte_source import Readable
from domain_scheduler.batches.intake.entry import Entry
from domain_scheduler.batches.intake.lines import MAX_LINE
from domain_scheduler.batches.intake.reading import read_entries
from domain_scheduler.errors import NoDomainColumnError, TooLargeError, UnreadableFileError


class Trickle:
    """A source that gives a few bytes at a time, like a slow pipe."""

    def __init__(self, data: bytes, step: int) -> None:
        self._stream, self._step = io.BytesIO(data), step
        self.largest = 0

    def read(self, size: int, /) -> bytes:
        self.largest = max(self.largest, size)
        return self._stream.read(min(size, self._step))


def read(data: bytes | str, **options: int) -> list[Entry]:
    raw = data.encode() if isinstance(data, str) else data
    return list(read_entries(io.BytesIO(raw), **options))


def found(data: bytes | str) -> list[tuple[int, str]]:
    return [(entry.line, entry.text) for entry in read(data) if entry.reason is None]


def test_a_plain_list_has_one_entry_a_line_and_comments() -> None:
    text = "# my list\n\n a.com \r\nb.com # the shop\nhttps://c.com/#top\n#d.com\n"
    assert found(text) == [(3, "a.com"), (4, "b.com"), (5, "https://c.com/#top")]


def test_quotes_and_commas_of_a_list_cut_out_of_a_program_are_dropped() -> None:
    assert found('"a.com",\n"b.com",\n') == [(1, "a.com"), (2, "b.com")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_counts_as_one(end: str) -> None:
    assert found(end.join(["a.com", "", "b.com"])) == [(1, "a.com"), (3, "b.com")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["Domain", "Website URL", "web-site", "URL", "host_name", "Homepage"])
def test_a_named_column_is_found_under_any_delimiter(delimiter: str, name: str) -> None:
    rows = [["id", name, "note"], ["1", "a.com", "x"], ["2", "localhost", "info@mail.com"]]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert found(text) == [(2, "a.com"), (3, "localhost")]


def test_domain_wins_over_url_but_not_with_a_column_of_other_things() -> None:
    assert found("url,domain\nhttps://a.com/x,a.com\n") == [(2, "a.com")]
    assert found("site,url\nBerlin,https://a.com/x\n") == [(2, "https://a.com/x")]


def test_a_column_without_a_name_is_found_by_its_values() -> None:
    assert found("1,google.com\n2,b.com\n3,c.com\n") == [(1, "google.com"), (2, "b.com"), (3, "c.com")]


def test_a_website_is_taken_before_an_address_of_a_mailbox() -> None:
    assert found("Ann;ann@mail.com;a.com\nBob;bob@mail.com;b.com\n") == [(1, "a.com"), (2, "b.com")]


def test_several_columns_of_domains_without_names_are_all_taken() -> None:
    assert [text for _, text in found("a.com,b.com\nc.com,d.com\n")] == ["a.com", "b.com", "c.com", "d.com"]


def test_a_web_address_with_a_comma_stays_one_entry_of_a_plain_list() -> None:
    assert found("https://a.com/x,y\nb.com\n") == [(1, "https://a.com/x,y"), (2, "b.com")]


def test_a_first_row_of_unknown_words_is_an_entry_like_any_other() -> None:
    assert found("Kunde,Adresse\nx,a.com\ny,b.com\n")[0] == (1, "Adresse")


def test_a_column_of_row_numbers_named_with_a_sign_is_no_comment() -> None:
    assert found("#,Domain\n1,a.com\n") == [(2, "a.com")]


def test_rows_over_several_lines_are_read_as_one() -> None:
    assert found('name,domain\n"Two\nlines",a.com\nx,b.com\n') == [(2, "a.com"), (4, "b.com")]


def test_a_quote_that_is_never_closed_costs_its_own_line_at_most() -> None:
    rows = "".join(f"x,site{n}.com\n" for n in range(500))
    entries = found(f'name,domain\nx,a.com\n"open,b.com\n{rows}"again,z.com\n')
    assert [text for _, text in entries] == ["a.com", "b.com", *(f"site{n}.com" for n in range(500)), "z.com"]


def test_a_short_row_and_an_empty_cell_are_told_with_their_line() -> None:
    entries = read("id,domain\n1\n2,\n3,a.com\n")
    assert entries[0].line == 2 and entries[0].reason == "the row ends before column 2"
    assert entries[1:] == [Entry(3, ""), Entry(4, "a.com")]


def test_a_delimiter_in_a_few_lines_makes_no_table_of_a_list() -> None:
    lines = ["a.com", "M\u00fcnchen.de", "no name", "also none", "-x.com", "=cmd()|b.com"]
    assert found("\n".join(lines)) == list(enumerate(lines, 1))


def test_a_line_with_several_domains_gives_all_and_refuses_no_other_line() -> None:
    assert found("a.com\nb.com\nc.com, d.com\ne.com\n") == [
        (1, "a.com"),
        (2, "b.com"),
        (3, "c.com"),
        (3, "d.com"),
        (4, "e.com"),
    ]


def test_a_priority_column_is_read_or_refused() -> None:
    entries = read("domain,priority\na.com,5\nb.com,\nc.com,high\nd.com,11\n")
    assert [(entry.text, entry.priority) for entry in entries[:2]] == [("a.com", 5), ("b.com", 0)]
    assert [entry.line for entry in entries if entry.reason] == [4, 5]


def test_a_table_without_domains_is_refused_and_its_columns_named() -> None:
    with pytest.raises(NoDomainColumnError, match="'name', 'city'"):
        read("name,city\nAnn,Berlin\nBob,Paris\n")


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", b"\xff\xfe\x00\x00"),
        ("latin-1", b""),
    ],
)
def test_a_table_in_any_encoding_is_read(encoding: str, mark: bytes) -> None:
    text = "Domain;Stadt\nbücher.de;Köln\na.com;x\n"
    assert found(mark + text.encode(encoding)) == [(2, "bücher.de"), (3, "a.com")]


def test_a_list_of_mixed_encodings_is_read_as_both() -> None:
    data = "bücher.de\n".encode() + "bücher.de\n".encode("latin-1")
    assert found(data) == [(1, "bücher.de"), (2, "bücher.de")]


def test_a_json_list_of_texts_and_objects_is_read_by_position() -> None:
    value = ["a.com", {"Domain": "b.com", "priority": 3}, {"x": 1}, 7, None]
    entries = read(json.dumps(value, indent=2))
    assert entries[:2] == [Entry(1, "a.com"), Entry(2, "b.com", 3)]
    assert [(entry.line, bool(entry.reason)) for entry in entries[2:]] == [(3, True), (4, True), (5, True)]


def test_a_json_list_may_stand_in_an_object_as_in_a_request() -> None:
    text = '{\n "domains": ["a.com", {"domain": "b.com", "priority": 3}],\n "name": "x"}'
    assert [(entry.text, entry.priority) for entry in read(text)] == [("a.com", 0), ("b.com", 3)]


def test_a_json_list_longer_than_a_block_is_read_whole() -> None:
    names = [f"site-{n}.com" for n in range(20_000)]
    assert [text for _, text in found(json.dumps(names))] == names


@pytest.mark.parametrize("text", ['["a.com", ', '["a.com", "b', '["a.com", nonsense]', '["a", ' + "[" * 9999])
def test_a_json_list_that_breaks_off_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFileError, match="after its element 1"):
        read(text)


def test_json_lines_are_read_line_by_line() -> None:
    entries = read('{"domain": "a.com", "title": "x"}\n\n{"url": "https://b.com/"}\n{broken\n"c.com"\n')
    assert [entry.text for entry in entries if not entry.reason] == ["a.com", "https://b.com/", "c.com"]
    assert [entry.line for entry in entries if entry.reason] == [4]


def test_a_json_object_over_several_lines_is_refused_with_a_hint() -> None:
    with pytest.raises(UnreadableFileError, match="JSON list"):
        read('{\n "names": ["a.com"]\n}\n')


def test_gzip_is_unpacked_also_of_several_members() -> None:
    assert found(gzip.compress(b"a.com\n") + gzip.compress(b"b.com\n")) == [(1, "a.com"), (2, "b.com")]


@pytest.mark.parametrize("cut", [12, 30, -4])
def test_gzip_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(UnreadableFileError, match="cut off or damaged"):
        read(gzip.compress(bytes(range(97, 123)) * 9 + b".com\n")[:cut])


def test_a_gzip_bomb_stops_at_the_bound() -> None:
    bomb = gzip.compress(b"a.com\n" * 2_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(TooLargeError):
        for _ in read_entries(io.BytesIO(bomb), max_bytes=1_000_000):
            pass


def test_a_list_beyond_the_bound_is_refused() -> None:
    with pytest.raises(TooLargeError, match="10 bytes"):
        read("a.com\nb.com\n", max_bytes=10)


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"PK\x03\x04rest", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"a.com\n\0\0\0junk", "no text"),
        (bytes(range(1, 32)) * 20, "no text"),
    ],
)
def test_binary_files_are_refused_with_a_hint(data: bytes, hint: str) -> None:
    with pytest.raises(UnreadableFileError, match=hint):
        read(data)


def test_a_line_of_megabytes_is_told_with_its_number_and_never_held() -> None:
    entries = read(b"a.com\n" + b"x" * 10_000_000 + b"\nb.com\n")
    assert [(entry.line, entry.text[:3], bool(entry.reason)) for entry in entries] == [
        (1, "a.c", False),
        (2, "xxx", True),
        (3, "b.c", False),
    ]
    assert max(len(entry.text) for entry in entries) <= 200


def test_a_row_of_megabytes_in_a_table_is_told_too() -> None:
    long = '"' + "x" * (MAX_LINE + 5)
    entries = read(f"name,domain\nn,a.com\n{long},b.com\nn,c.com\n")
    assert [(entry.line, bool(entry.reason)) for entry in entries] == [(2, False), (3, True), (4, False)]


@pytest.mark.parametrize("step", [1, 7])
def test_a_slow_source_is_read_like_any_other(step: int) -> None:
    source: Readable = Trickle("Domain;x\nbücher.de;1\nb.com;2\n".encode("utf-16"), step)
    assert [entry.text for entry in read_entries(source)] == ["bücher.de", "b.com"]


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"# nothing\n", b"[]", b"\xef\xbb\xbf", b"domain\n", gzip.compress(b"", mtime=0)]
)
def test_an_empty_list_has_no_entries(data: bytes) -> None:
    assert read(data) == []
