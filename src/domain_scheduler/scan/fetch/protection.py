"""Recognises the pages that a bot protection puts in the site's place.

Such a page is an answer of the vendor, not of the site, so it must not be read as content. Each vendor has
marks in headers or in the beginning of the body that its own sites' real pages do not have; a mark that real
pages carry too counts only together with a status that real pages do not have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

LOOKED_AT: Final = 32 * 1024
"""Bytes of a body that are searched."""
_REFUSALS: Final = frozenset({202, 401, 403, 405, 406, 415, 418, 428, 429, 503})
"""Statuses of challenges and refusals; what Cloudflare says of a broken origin (52x) is neither."""
_PAGE_ALONE: Final = 20_000
"""Bytes; a challenge that comes with any status is a page of its own, and shorter than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """A vendor's sign.

    Every header must be there and contain its text, and the body one of its texts; all in lower case.
    """

    vendor: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: tuple[bytes, ...] = ()
    refusals_only: bool = True
    """Whether it counts only with a status that real pages do not have."""
    longest: int = LOOKED_AT
    """Bytes; a longer body is a real page that the vendor's script is part of."""

    def fits(self, headers: Mapping[str, str], beginning: bytes) -> bool:
        for name, text in self.headers.items():
            if name not in headers or text not in headers[name].lower():
                return False
        return not self.body or (
            len(beginning) <= self.longest and any(text in beginning for text in self.body)
        )


def _header(vendor: str, name: str, text: str = "") -> _Mark:
    """A header that comes with nothing but challenges and refusals."""
    return _Mark(vendor=vendor, headers={name: text}, refusals_only=False)


def _refusal(vendor: str, *body: bytes, longest: int = LOOKED_AT, **headers: str) -> _Mark:
    """Texts, or headers, or one with the other, that mean it only with a refusing status."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return _Mark(vendor=vendor, headers=named, body=body, longest=longest)


def _page(vendor: str, *body: bytes, longest: int = _PAGE_ALONE, **headers: str) -> _Mark:
    """Texts of a page that may come with any status, 200 too."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return _Mark(vendor=vendor, headers=named, body=body, longest=longest, refusals_only=False)


_MARKS: Final = (
    _header("Cloudflare", "cf-mitigated", "challenge"),
    _refusal("Cloudflare", b"_cf_chl_opt", b"cf-browser-verification", b"cf_captcha_kind"),
    _refusal(
        "Cloudflare",
        b"<title>just a moment",
        b"<title>attention required",
        b"cf-error-details",
        b"error code: 10",
        server="cloudflare",
    ),
    _header("Vercel", "x-vercel-mitigated"),
    _header("AWS WAF", "x-amzn-waf-action"),
    _refusal("AWS WAF", b"awswafintegration", b"gokuprops"),
    _refusal("CloudFront", b"request blocked.", server="cloudfront"),
    _refusal("CloudFront", b"request blocked.", x_cache="error from cloudfront"),
    _refusal("Azure WAF", b"the request is blocked", b"<title>azure waf", x_azure_ref=""),
    _refusal("Google", b"our systems have detected unusual traffic"),
    _refusal("DataDome", x_datadome=""),
    _refusal("DataDome", x_dd_b=""),
    _refusal("DataDome", b"captcha-delivery.com"),
    _refusal("HUMAN", b"px-captcha", b"_pxappid", b"px-cdn.net/", b"px-cloud.net/"),
    _refusal("Kasada", x_kpsdk_ct=""),
    _refusal("Kasada", b"window.kpsdk"),
    _refusal("Imperva", b"_incapsula_resource", b"incapsula incident id"),
    _page("Imperva", b"_incapsula_resource", longest=2_000, x_iinfo=""),
    _page("Imperva", b"<title>pardon our interruption"),
    _refusal("Akamai", b"access denied", b"reference&#32;&#35;", server="akamaighost"),
    _refusal("Akamai", b"sec-if-cpt-container", b"/_sec/cp_challenge/", b"errors.edgesuite.net"),
    _page("Akamai", b"bm-verify=", longest=5_000),
    _page("Fastly", b'="/_fs-ch-'),
    _header("Sucuri", "x-sucuri-block"),
    _refusal("Sucuri", b"sucuri website firewall - access denied", b"access denied - sucuri"),
    _page("Sucuri", b"sucuri_cloudproxy_js"),
    _refusal("GoDaddy", b"access denied - godaddy website firewall"),
    _refusal("DDoS-Guard", b"ddos-guard", server="ddos-guard"),
    _refusal("DDoS-Guard", b"/.well-known/ddos-guard/"),
    _refusal("Qrator", server="qrator"),
    _refusal("Qrator", b"/__qrator/"),
    _refusal("Variti", x_variti_ccr=""),
    _page("ServicePipe", b"servicepipe.ru/static/"),
    _page("F5", b"the requested url was rejected. please consult with your administrator", longest=3_000),
    _refusal("Fortinet", b"fgd_icon", b"fortiweb", b"fortigate application control"),
    _refusal("Citrix", b"<title>application firewall block page"),
    _refusal("Radware", b"validate.perfdrive.com", b"shieldsquare", b"<title>unauthorized request blocked"),
    _page("Radware", b"<title>radware captcha page", b"<title>radware bot manager"),
    _page("Reblaze", b"window.rbzns"),
    _refusal("StackPath", b"sec_inc", b"captcha", x_sp_crid=""),
    _page("bunny.net", b"/.bunny-shield/", b"<title>establishing a secure connection"),
    _page("SafeLine", b"/.safeline/", b'id="slg-box"'),
    _refusal("Alibaba", b"errors.aliyun.com"),
    _page("Alibaba", b"acw_sc__v2", b"/_____tmd_____/punish"),
    _refusal("Baidu", server="yunjiasu"),
    _header("SiteGround", "sg-captcha"),
    _refusal("SiteGround", b"/.well-known/captcha/", b"/.well-known/sgcaptcha/"),
    _header("Imunify360", "server", "imunify360"),
    _page("Imunify360", b"?wsidchk=", b'id="wsidchk-form"', b"imunify360 bot-protection"),
    _page("LiteSpeed", b'action="/.lsrecap/recaptcha'),
    _page(
        "Anubis",
        b'<script id="anubis_challenge"',
        b"<script id='anubis_challenge'",
        b'src="/.within.website/x/cmd/anubis/',
    ),
    _refusal("BitNinja", b"bitninja", server="bitninja"),
    _refusal("BunkerWeb", b"bunkerweb"),
    _refusal("CrowdSec", b"crowdsec"),
    _refusal("Wordfence", b"generated by wordfence"),
    _refusal("NinjaFirewall", b"ninjafirewall"),
    _refusal("ModSecurity", b"this error was generated by mod_security"),
)


VENDORS: Final = frozenset(mark.vendor for mark in _MARKS)
_MARKS_OF_ANY_STATUS: Final = tuple(mark for mark in _MARKS if not mark.refusals_only)


def protection_vendor(status: int, headers: Mapping[str, str], lowered: bytes) -> str | None:
    """Whose challenge or refusal page this answer is; None for a site's own answer.

    `headers` have lower-case names; `lowered` is the body, or its beginning, in lower case.
    """
    beginning = lowered[:LOOKED_AT]
    marks = _MARKS if status in _REFUSALS else _MARKS_OF_ANY_STATUS
    return next((mark.vendor for mark in marks if mark.fits(headers, beginning)), None)
