from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.amount_words import amount_in_words

# Read by a different way than they are written: one pass over the characters.
DIGITS = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}
PARTS = {"角": Decimal("0.1"), "分": Decimal("0.01"), "厘": Decimal("0.001")}


def read_chinese(text):
    """Return the amount that Chinese financial capitals after 人民币 stand for."""
    sign = -1 if text.startswith("负") else 1
    text = text.removeprefix("负").removeprefix("人民币").removesuffix("整")
    total = Decimal(0)
    section = group = digit = 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in PLACES:
            group += digit * PLACES[char]
            digit = 0
        elif char == "万":
            section += (group + digit) * 10**4
            group = digit = 0
        elif char == "亿":
            total += (section + group + digit) * 10**8
            section = group = digit = 0
        elif char == "元":
            total += section + group + digit
            section = group = digit = 0
        else:
            total += digit * PARTS[char]
            digit = 0
    return sign * total


@tagged("post_install", "-at_install")
class TestAmountWords(BaseCase):
    def test_annex_examples(self):
        """The numbers printed in the annex of the People's Bank."""
        for amount, words in (
            ("1409.50", "壹仟肆佰零玖元伍角整"),
            ("6007.14", "陆仟零柒元壹角肆分"),
            ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
            ("107000.53", "壹拾万柒仟元零伍角叁分"),
            ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
            ("325.04", "叁佰贰拾伍元零肆分"),
        ):
            with self.subTest(amount=amount):
                self.assertEqual(
                    amount_in_words(amount, "CNY", "zh_CN"), f"人民币{words}"
                )

    def test_zeros_and_ends(self):
        for amount, words in (
            (0, "零元整"),
            (-0.001, "零元整"),
            (0.05, "伍分"),
            (0.5, "伍角整"),
            (10, "壹拾元整"),
            (20.05, "贰拾元零伍分"),
            (100005, "壹拾万零伍元整"),
            (105000, "壹拾万伍仟元整"),
            (10**8, "壹亿元整"),
            (10**8 + 1, "壹亿零壹元整"),
            (10**12, "壹万亿元整"),
            (1000200000000, "壹万零贰亿元整"),
        ):
            with self.subTest(amount=amount):
                self.assertEqual(
                    amount_in_words(amount, "CNY", "zh_CN"), f"人民币{words}"
                )

    def test_other_currencies_in_chinese(self):
        self.assertEqual(amount_in_words(1.5, "USD", "zh_CN"), "美元壹元伍角整")
        self.assertEqual(amount_in_words(1.5, "XYZ", "zh_CN"), "XYZ壹元伍角整")
        self.assertEqual(
            amount_in_words(1.005, "KWD", "zh_CN", decimals=3), "KWD壹元零伍厘"
        )
        self.assertEqual(amount_in_words(1.5, "JPY", "zh_CN", decimals=0), "日元贰元整")

    def test_other_languages(self):
        self.assertEqual(
            amount_in_words(1234.56, "CNY", "en_US", unit="Yuan", subunit="Fen"),
            "One thousand, two hundred and thirty-four Yuan, fifty-six Fen",
        )
        self.assertEqual(
            amount_in_words(-0.4, "EUR", "en_US", unit="Euros", subunit="Cents"),
            "Minus zero Euros, forty Cents",
        )
        self.assertEqual(amount_in_words(2, "EUR", "en_US"), "Two EUR")
        self.assertEqual(
            amount_in_words(80, "EUR", "fr_FR", unit="Euros"), "Quatre-vingts Euros"
        )
        # A language that num2words does not know is written in English.
        self.assertEqual(amount_in_words(2, "EUR", "ka_GE"), "Two EUR")

    def test_impossible_amounts_are_refused(self):
        for amount in (float("nan"), float("inf"), 10**16, -(10**16)):
            with self.subTest(amount=amount), self.assertRaises(ValueError):
                amount_in_words(amount, "CNY", "zh_CN")

    @settings(max_examples=500, deadline=None)
    @given(
        st.decimals(
            min_value=-(10**16) + 1,
            max_value=10**16 - 1,
            places=2,
            allow_nan=False,
            allow_infinity=False,
        )
    )
    def test_chinese_says_the_amount(self, amount):
        words = amount_in_words(amount, "CNY", "zh_CN")
        self.assertEqual(read_chinese(words), amount)
        self.assertNotIn("零零", words)
        self.assertNotIn("零元零", words)
        self.assertNotRegex(words, "零[万亿拾佰仟角分]")
        self.assertEqual(words.endswith("整"), amount * 10 % 1 == 0)

    @settings(max_examples=200, deadline=None)
    @given(st.integers(0, 10**16 - 1), st.integers(0, 10**16 - 1))
    def test_different_amounts_differ(self, one, other):
        """Two amounts never share their words, in fen and in both languages."""
        for lang in ("zh_CN", "en_US"):
            words = [
                amount_in_words(
                    Decimal(fen).scaleb(-2), "CNY", lang, unit="Yuan", subunit="Fen"
                )
                for fen in (one, other)
            ]
            self.assertEqual(words[0] == words[1], one == other)
