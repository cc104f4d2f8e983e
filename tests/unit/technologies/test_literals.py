"""Every match of an expression holds one of its literals, every element of a selector one of its texts."""

import pytest

from domain_scheduler.scan.technologies.literals import required_literals
from domain_scheduler.scan.technologies.selectors import required_texts


@pytest.mark.parametrize(
    ("expression", "literals"),
    [
        (r"<title>\s*Airflow\s*<", {"airflow"}),
        (r"<link[^>]+href=[\"'][^\"]+/wp-(?:content|includes)/", {"/wp-content/", "/wp-includes/"}),
        (r"youtube(?:-nocookie)?\.com/embed", {"youtube.com/embed", "youtube-nocookie.com/embed"}),
        (r"(?:Shopware|Magento) \d", {"shopware ", "magento "}),
        (r"shop[\d.]+-forum", {"-forum"}),
        (r"(?:\d+|shop)", set()),
        (r"ab", set()),
    ],
)
def test_every_match_holds_one_of_the_rarest_literals(expression: str, literals: set[str]) -> None:
    assert required_literals(expression) == literals


@pytest.mark.parametrize(
    ("selector", "texts"),
    [
        ("link[href*='/plugins/shop/'], #shop-root", ["/plugins/shop/", "shop-root"]),
        ("[aria-label='Pay with it']", ["pay with it"]),
        ("[data-server-rendered='true']", ["data-server-rendered"]),
        ("[class*='el-']", ["el-"]),
        ("div:not(.shop)", []),
        ("p", []),
    ],
)
def test_a_selector_needs_the_rarest_of_its_texts(selector: str, texts: list[str]) -> None:
    assert required_texts(selector) == texts
