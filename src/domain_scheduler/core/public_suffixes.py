"""Where a name stops being somebody's own and starts being a public suffix.

The list is the copy inside the `publicsuffixlist` package and is never fetched, so that the same release
reads the same names alike everywhere. Two rules of ours on top of the list: a top-level domain that the
list does not hold is no suffix at all (so `localhost`, `.internal` and typing errors are told apart from
domains), and the name of a hosting service that is itself in the list's private section (`github.io`,
`uk.com`) is a domain under its registry's suffix, because it is registered and has a site like any other.
Not here: the spelling of names (names.py).
"""

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList


@cache
def _every_suffix() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


@cache
def _registry_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=True)


@lru_cache(maxsize=4096)  # one fetch asks for the same name four times
def public_suffix(name: str) -> str | None:
    """The public suffix of a name in lower-case A-labels; None when no rule of the list matches.

    Equal to `name` when the name is nothing but a suffix of a registry (`com`, `co.uk`).
    """
    suffix: str | None = _every_suffix().publicsuffix(name)
    if suffix == name:
        return _registry_suffixes().publicsuffix(name)
    return suffix


def registrable_domain(name: str) -> str:
    """What was registered of a name in lower-case A-labels; the name itself when it is no public name."""
    suffix = public_suffix(name)
    if suffix is None or suffix == name:
        return name
    return f"{name[: -len(suffix) - 1].rpartition('.')[2]}.{suffix}"
