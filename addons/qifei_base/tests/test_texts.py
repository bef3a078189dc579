import io

from PIL import Image

from odoo.tests import BaseCase

from ..tools.photos import PhotoError, read_photo
from ..tools.texts import (
    clean_line,
    clean_text,
    last_digits,
    parse_coordinate,
    parse_id,
    parse_token,
)
from .common import draw_picture


class TestTexts(BaseCase):
    def test_control_characters_are_removed_and_lines_kept(self):
        self.assertEqual(clean_text(" a\x00b\r\nc\x1b "), "ab\nc")
        self.assertEqual(clean_line("a\n b\t c", 100), "a b c")
        self.assertEqual(clean_line("abcdef", 3), "abc")

    def test_anything_but_text_is_empty(self):
        for value in (None, 5, [], {}, b"x", True):
            self.assertEqual(clean_text(value), "")

    def test_lone_surrogates_are_removed(self):
        self.assertEqual(clean_text("a\ud800b"), "ab")

    def test_ids(self):
        self.assertEqual(parse_id("17"), 17)
        self.assertEqual(parse_id(17), 17)
        for value in ("0", "-1", "1.5", "²", "١", "1e3", "", None, [], True, "9" * 30):
            self.assertIsNone(parse_id(value), value)
        self.assertIsNone(parse_id(2**31))
        self.assertEqual(parse_id(2**31 - 1), 2**31 - 1)

    def test_tokens(self):
        self.assertEqual(parse_token("abc-123_DEF"), "abc-123_DEF")
        for value in (
            "short",
            "ü" * 20,
            "a b c d e f",
            None,
            5,
            "x" * 200,
            "a\nbcdefgh",
        ):
            self.assertIsNone(parse_token(value), value)

    def test_coordinates(self):
        self.assertEqual(parse_coordinate("31.25", 90), 31.25)
        self.assertEqual(parse_coordinate("-90", 90), -90)
        for value in ("90.1", "nan", "inf", "", "a", None, [], True, "1" * 500):
            self.assertIsNone(parse_coordinate(value, 90), value)

    def test_last_digits(self):
        self.assertEqual(last_digits("+86 138-0013 8000"), "8000")
        self.assertEqual(last_digits("12"), "")
        self.assertEqual(last_digits(None), "")


class TestPhotos(BaseCase):
    def test_hidden_data_is_removed(self):
        exif = Image.Exif()
        exif[0x010F] = "Maker of the camera"
        content = draw_picture(form="JPEG", exif=exif)
        self.assertIn(b"Maker of the camera", content)
        photo = read_photo(io.BytesIO(content))
        self.assertNotIn(b"Maker of the camera", photo.content)
        self.assertEqual(photo.suffix, ".jpg")

    def test_large_photos_are_resized(self):
        photo = read_photo(io.BytesIO(draw_picture((4000, 1000))))
        with Image.open(io.BytesIO(photo.content)) as image:
            self.assertEqual(image.size, (1920, 480))

    def test_every_accepted_kind(self):
        for form in ("JPEG", "PNG"):
            self.assertTrue(read_photo(io.BytesIO(draw_picture(form=form))).content)

    def test_what_is_no_photo_is_refused(self):
        whole = draw_picture(form="JPEG")
        for content in (
            b"",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"%PDF-1.4",
            b"MZ\x90\x00",
            whole[: len(whole) // 2],
            draw_picture(form="BMP"),
            draw_picture(form="GIF"),
            b"GIF89a" + b"\xff" * 50,
        ):
            with self.assertRaises(PhotoError) as caught:
                read_photo(io.BytesIO(content))
            self.assertEqual(caught.exception.reason, "content")

    def test_too_large_photos_are_refused(self):
        with self.assertRaises(PhotoError) as caught:
            read_photo(io.BytesIO(b"\xff" * (8 * 1024 * 1024 + 1)))
        self.assertEqual(caught.exception.reason, "size")

    def test_a_bomb_of_pixels_is_refused(self):
        with self.assertRaises(PhotoError) as caught:
            read_photo(io.BytesIO(draw_picture((10000, 7000))))
        self.assertEqual(caught.exception.reason, "size")
