"""The words by which sites in thirty languages link to their contact, imprint and about pages.

In lower case, as they stand in a link's text or path; a path's `-` and `_` count as spaces.
Not here: which links count (contact_links.py).
"""

from typing import Final

CONTACT: Final = (
    "contact", "get in touch", "reach us", "write to us", "kontakt", "kontaktieren", "kontakty",
    "kontakta", "contatt", "contato", "fale conosco", "contacto", "contáct", "contactez", "nous joindre",
    "iletişim", "iletisim", "bize ulaşın", "контакт", "обратная связь", "зв'язок", "επικοινων",
    "epikoinonia", "お問い合わせ", "お問合せ", "問合せ", "联系", "聯絡", "联络", "聯繫", "문의", "연락처",
    "오시는 길", "yhteys", "yhteystiedot", "ota yhteyttä", "kapcsolat", "elérhetőség", "تماس",
    "ارتباط با", "اتصل", "تواصل", "liên hệ", "lien he", "hubungi", "kontak", "ติดต่อ", "צור קשר",
    "संपर्क", "যোগাযোগ", "susisiekite", "kontaktai", "kontakti", "kapcsolatfelvétel", "stik ",
    "hafa samband",
)  # fmt: skip
IMPRINT: Final = (
    "impressum", "imprint", "anbieterkennzeichnung", "mentions légales", "mentions legales",
    "aviso legal", "note legali", "colofon", "legal notice", "legal information", "informations légales",
    "特定商取引", "tiráž",
)  # fmt: skip
ABOUT: Final = (
    "about", "who we are", "our company", "our story", "über uns", "ueber uns", "uber uns",
    "wir über uns", "das unternehmen", "over ons", "qui sommes", "à propos", "a propos", "quienes somos",
    "quiénes somos", "sobre nosotros", "sobre nós", "sobre nos", "quem somos", "chi siamo", "azienda",
    "o nas", "o nás", "o firmie", "om oss", "om os", "om företaget", "meistä", "yritys", "rólunk",
    "despre noi", "за нас", "о нас", "о компании", "про нас", "σχετικά", "ποιοι είμαστε", "hakkımızda",
    "hakkimizda", "kurumsal", "会社概要", "会社案内", "企業情報", "关于", "關於", "公司简介", "회사소개",
    "درباره", "من نحن", "giới thiệu", "tentang kami", "เกี่ยวกับ", "אודות", "हमारे बारे", "apie mus",
    "par mums", "meist", "o nama",
)  # fmt: skip
