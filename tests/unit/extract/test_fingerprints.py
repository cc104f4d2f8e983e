"""A later scan can tell whether the page has changed, and how much."""

from domain_scheduler.scan.extract.fingerprints import simhash
from tests.unit.extract.reading import page_of

WORDS = " ".join(f"word{number} and" for number in range(300))


def _details(text: str) -> dict[str, str]:
    details = page_of(f"<p>{text}</p><script>{len(text)}</script>").details
    return {name: details[name] for name in ("content_hash", "simhash")}


def test_markup_and_white_space_do_not_change_the_hash() -> None:
    assert _details("one two") == _details("one   <b>two</b>")


def test_a_changed_word_changes_the_hash_and_little_of_the_simhash() -> None:
    before, after = _details(WORDS), _details(WORDS.replace("word7 ", "other "))
    assert before["content_hash"] != after["content_hash"]
    assert (int(before["simhash"], 16) ^ int(after["simhash"], 16)).bit_count() <= 8


def test_other_texts_are_far_apart() -> None:
    one, other = WORDS.encode().split(), [b"thing%d" % number for number in range(300)]
    assert (simhash(one) ^ simhash(other)).bit_count() >= 16


def test_a_page_without_text_has_no_fingerprint() -> None:
    assert page_of("<p></p>").details["content_hash"] is None


def test_a_text_has_the_same_simhash_in_every_process() -> None:
    words = WORDS.encode().split()[:20]
    assert f"{simhash(words):016x}" == "275b67ad3b0a69c5"
