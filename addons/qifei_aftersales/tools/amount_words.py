"""Amounts of money in words, without Odoo.

num2words 0.5 knows no Chinese and no currency CNY, so Chinese amounts are written here
and the other languages take only the number from it.
"""

from decimal import ROUND_HALF_UP, Decimal

from num2words import num2words

ZH_DIGITS = "零壹贰叁肆伍陆柒捌玖"
ZH_PLACES = ("", "拾", "佰", "仟")
ZH_SUBUNITS = "角分厘"
ZH_CURRENCIES = {
    "AUD": "澳元",
    "CAD": "加元",
    "CHF": "瑞士法郎",
    "CNY": "人民币",
    "EUR": "欧元",
    "GBP": "英镑",
    "HKD": "港币",
    "JPY": "日元",
    "KRW": "韩元",
    "MOP": "澳门元",
    "SGD": "新加坡元",
    "TWD": "新台币",
    "USD": "美元",
}
# Sixteen digits are what a binary float of an amount can hold, and two times 亿.
LARGEST = Decimal(10) ** 16 - 1


def amount_in_words(
    amount, currency_name, lang, *, unit=None, subunit=None, decimals=2
):
    """Return an amount in the words of a language, as printed on documents.

    Chinese uses the financial capitals (财务大写) of the annex
    正确填写票据和结算凭证的基本规定 to 支付结算办法 (People's Bank of China,
    银发〔1997〕393号), rules one and two: the name of the currency comes first without
    a space; zeros inside the number are one 零, also across 万 and 亿; a zero place of
    角 before 分 is 零. Where the annex leaves a choice (rule two, case three: zero
    places of 万 or 元) its first spelling is taken, and 整 closes 角 as it closes 元,
    so that nothing can be added:

    >>> amount_in_words(1234.56, "CNY", "zh_CN")
    '人民币壹仟贰佰叁拾肆元伍角陆分'
    >>> amount_in_words(107000.53, "CNY", "zh_CN")
    '人民币壹拾万柒仟元零伍角叁分'
    >>> amount_in_words(16409.02, "CNY", "zh_CN")
    '人民币壹万陆仟肆佰零玖元零贰分'
    >>> amount_in_words(-100, "CNY", "zh_CN")
    '负人民币壹佰元整'

    10 ** 12 is written 万亿, since 兆 is not among the characters of the annex. Other
    languages say the number, the unit and, when there is one, the part below it:

    >>> amount_in_words(1234.5, "CNY", "en_US", unit="Yuan", subunit="Fen")
    'One thousand, two hundred and thirty-four Yuan, fifty Fen'

    :param amount: in units of the currency (yuan, not fen), any sign; it is rounded
        half away from zero to ``decimals`` places
    :param str currency_name: ISO 4217 code, such as ``CNY``
    :param str lang: language code, such as ``zh_CN`` or ``en_US``; a language that
        num2words does not know is written in English
    :param str unit: name of the unit; the ISO code when it is not given. Not used in
        Chinese, where it is always 元
    :param str subunit: name of one part of the unit, 10 ** -decimals of it
    :param int decimals: decimal places of the currency; in Chinese at most 3 (厘)
    :raise ValueError: the amount is no finite number or has more than 16 digits
        before the point
    """
    is_chinese = lang.startswith("zh")
    places = min(decimals, len(ZH_SUBUNITS)) if is_chinese else decimals
    value = _round(amount, places)
    if is_chinese:
        return _write_chinese(value, currency_name, places)
    return _write_alphabetic(
        value, lang, unit or currency_name, subunit or "", decimals=decimals
    )


def _round(amount, places):
    value = Decimal(str(amount))
    if not value.is_finite():
        raise ValueError(f"{amount} is no amount of money.")
    if abs(value) > LARGEST:
        raise ValueError(f"{amount} is too large to be written in words.")
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _write_chinese(value, currency_name, places):
    scaled = int(abs(value).scaleb(places))
    whole, fraction = divmod(scaled, 10**places)
    text = _write_fraction(whole, fraction, places)
    if whole or not fraction:
        text = f"{_read_chinese(whole)}元{text}"
    if not fraction or text[-1] == "角":
        text += "整"
    sign = "负" if scaled and value < 0 else ""
    return f"{sign}{ZH_CURRENCIES.get(currency_name, currency_name)}{text}"


def _write_fraction(whole, fraction, places):
    """Write the part below 元, with the 零 that joins it to the part before."""
    if not fraction:
        return ""
    text = ""
    # A zero place of 元 right before 角 is said, but not when nothing comes before it.
    is_zero_due = bool(whole) and whole % 10 == 0
    for digit, name in zip(f"{fraction:0{places}d}", ZH_SUBUNITS, strict=False):
        if digit == "0":
            is_zero_due = bool(whole or text)
            continue
        text += ("零" if is_zero_due else "") + ZH_DIGITS[int(digit)] + name
        is_zero_due = False
    return text


def _read_chinese(number):
    """Read a whole number below 10 ** 16."""
    for size, name in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            high, low = divmod(number, size)
            text = _read_chinese(high) + name
            if low:
                text += ("零" if low < size // 10 else "") + _read_chinese(low)
            return text
    if not number:
        return ZH_DIGITS[0]
    text = ""
    is_zero_due = False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if is_zero_due else "") + ZH_DIGITS[digit] + ZH_PLACES[place]
        is_zero_due = bool(text) and not digit
    return text


def _write_alphabetic(value, lang, unit, subunit, *, decimals):
    scaled = int(abs(value).scaleb(decimals))
    whole, fraction = divmod(scaled, 10**decimals)
    text = f"{_read_alphabetic(whole, lang)} {unit}"
    if fraction:
        text += f", {_read_alphabetic(fraction, lang)} {subunit}".rstrip()
    if scaled and value < 0:
        text = f"minus {text}"
    return text[:1].upper() + text[1:]


def _read_alphabetic(number, lang):
    try:
        return num2words(number, lang=lang)
    except NotImplementedError:
        return num2words(number, lang="en")
