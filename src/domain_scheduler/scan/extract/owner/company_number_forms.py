"""Loads what numbers of companies look like and how they are announced (company_numbers.toml).

Not here: finding them in a page (company_numbers.py).
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

_FILE: Final = "company_numbers.toml"
_SIGNS: Final = {"#": r"\d", "@": "[A-Za-z]", "?": "[A-Za-z0-9]"}
_BETWEEN: Final = r"[ \u00a0.\-/]{0,2}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way in which a number is written, and the sum that its digits must make."""

    kind: str
    country: str
    pattern: re.Pattern[str]
    check: str | tuple[int, ...] | None
    modulus: int
    remainders: frozenset[int]

    def is_sound(self, number: str) -> bool:
        """Whether the digits of a number fit together; true where nothing is known of them."""
        digits = [int(sign) for sign in number if sign.isdecimal()]
        if isinstance(self.check, tuple):
            total = sum(digit * weight for digit, weight in zip(digits, self.check, strict=False))
            return total % self.modulus in self.remainders
        return _CHECKS[self.check](digits) if self.check else True


@cache
def forms_by_label() -> dict[str, list[Form]]:
    """The forms that each label announces."""
    found: dict[str, list[Form]] = {}
    for row in tomllib.loads((files(__package__) / _FILE).read_text("utf-8"))["number"]:
        for label in row["labels"]:
            found.setdefault(label, []).extend(_forms(row))
    return found


def _forms(row: Mapping[str, Any]) -> list[Form]:
    written = row.get("forms", [{"country": row.get("country")}])
    return [_form(row, form) for form in written]


def _form(row: Mapping[str, Any], form: Mapping[str, Any]) -> Form:
    pattern = row.get("pattern") or _BETWEEN.join(
        _SIGNS.get(sign, sign) for sign in form["form"] if sign != "-"
    )
    check = form.get("check")
    return Form(
        kind=row["kind"],
        country=form["country"],
        pattern=re.compile(rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9]|[.,-]\d)", re.IGNORECASE),
        check=tuple(check) if isinstance(check, list) else check,
        modulus=form.get("modulus", 0),
        remainders=frozenset(form.get("remainders", [0])),
    )


def _luhn(digits: list[int]) -> bool:
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _mod11_10(digits: list[int]) -> bool:
    product = 10
    for digit in digits[:-1]:
        product = 2 * ((product + digit) % 10 or 10) % 11
    return (product + digits[-1]) % 10 == 1


def _mod97(digits: list[int]) -> bool:
    number = int("".join(map(str, digits)))
    return 97 - number // 100 % 97 == number % 100


_CHECKS: Final = {"luhn": _luhn, "mod11_10": _mod11_10, "mod97": _mod97}
