"""The words by which sites in thirty languages link to their contact, imprint and about pages.

In lower case, as they stand in a link's text or path; a path's `-` and `_` count as spaces. The words of
`..._ALONE` mean other things beside other words, and count only where a link says nothing else.
Not here: which links count (contact_links.py).
"""

from typing import Final

CONTACT: Final = (
    "contact", "get in touch", "reach us", "write to us", "kontakt", "kontaktieren", "kontakty",
    "kontakta", "contatt", "contato", "fale conosco", "contacto", "contáct", "contactez", "nous joindre",
    "iletişim", "iletisim", "bize ulaşın", "bize ulasin", "контакт", "обратная связь", "связаться",
    "напишите нам", "зв'язок", "επικοινων", "epikoinonia", "お問い合わせ", "お問合せ", "お問合わせ", "問合せ",
    "問い合わせ", "联系", "聯絡", "联络", "聯繫", "문의", "연락처", "고객센터", "오시는 길", "yhteys",
    "yhteystiedot", "ota yhteyttä", "kapcsolat", "elérhetőség", "تماس", "ارتباط با", "اتصل", "اتصال", "تواصل",
    "liên hệ", "lien he", "hubungi", "kontak", "ติดต่อ", "צור קשר", "संपर्क", "যোগাযোগ", "susisiekite",
    "kontaktai", "kontakti", "võta ühendust", "stik ", "hafa samband", "fale com", "skontaktuj",
    "napisz do nas", "napište nám", "scrivici", "écrivez nous", "écrivez-nous", "nous écrire",
    "schreiben sie uns", "schreib uns",
)  # fmt: skip
CONTACT_ALONE: Final = ("feedback", "write us", "escríbenos", "find us", "anfahrt", "связь")
IMPRINT: Final = (
    "impressum", "imprint", "anbieterkennzeichnung", "mentions légales", "mentions legales",
    "mentionslegales", "informations légales", "aviso legal", "avisolegal", "información legal",
    "informacion legal", "datos legales", "note legali", "informazioni legali", "dati societari", "colofon",
    "bedrijfsgegevens", "legal notice", "legal information", "impresszum", "impresum", "tiráž", "künye",
    "kunye", "stopka redakcyjna", "реквизит", "реквізит", "特定商取引", "特商法", "運営会社", "運営者情報",
    "사업자정보",
)  # fmt: skip
ABOUT: Final = (
    "about", "aboutus", "who we are", "our company", "our story", "über uns", "ueber uns", "uber uns",
    "ueberuns", "wir über uns", "das unternehmen", "over ons", "qui sommes", "à propos", "a propos",
    "quienes somos", "quiénes somos", "quienessomos", "sobre nosotros", "acerca de nosotros", "sobre nós",
    "sobre nos", "quem somos", "quemsomos", "chi siamo", "chisiamo", "azienda", "o nas", "o nás", "o firmie",
    "o společnosti", "o spoločnosti", "kdo jsme", "o podjetju", "om oss", "om os", "om företaget", "meistä",
    "yritys", "rólunk", "despre noi", "cine suntem", "за нас", "о нас", "о компании", "про нас",
    "про компанію", "σχετικά", "ποιοι είμαστε", "hakkımızda", "hakkimizda", "kurumsal", "会社概要",
    "会社案内", "会社情報", "企業情報", "关于", "關於", "公司简介", "公司介绍", "회사소개", "회사 소개",
    "درباره", "من نحن", "giới thiệu", "về chúng tôi", "tentang kami", "เกี่ยวกับ", "אודות", "हमारे बारे",
    "apie mus", "par mums", "meist", "o nama",
)  # fmt: skip
ABOUT_ALONE: Final = (
    "company", "the company", "unternehmen", "firma", "empresa", "la empresa", "a empresa", "nosotros",
    "conócenos", "notre entreprise", "компания", "despre", "η εταιρεία", "η εταιρία", "ettevõttest",
)  # fmt: skip
