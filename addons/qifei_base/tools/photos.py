"""Checks and cleans uploaded pictures by their content."""

import io
from typing import NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

PHOTO_COUNT = 6
PHOTO_BYTES = 8 * 1024 * 1024
PHOTO_PIXELS = 60_000_000
PHOTO_SIDE = 1920
PHOTO_FORMATS = {"JPEG": ".jpg", "PNG": ".png"}


class Photo(NamedTuple):
    """A picture as it is kept: turned upright, resized, without hidden data."""

    content: bytes
    suffix: str


class PhotoError(Exception):
    """The upload is no acceptable picture; ``reason`` is ``size`` or ``content``."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def read_photo(stream):
    """Read one upload.

    What the browser says about name and type is not looked at. The picture is written
    anew, so neither a position in its metadata nor a foreign payload is kept.

    :param stream: readable binary stream
    :raise PhotoError: too big, or no picture of a known kind
    """
    content = stream.read(PHOTO_BYTES + 1)
    if len(content) > PHOTO_BYTES:
        raise PhotoError("size")
    try:
        with Image.open(io.BytesIO(content)) as image:
            kind = image.format
            if kind not in PHOTO_FORMATS:
                raise PhotoError("content")
            if image.width * image.height > PHOTO_PIXELS:
                raise PhotoError("size")
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
            if kind == "JPEG" and upright.mode not in ("RGB", "L"):
                upright = upright.convert("RGB")
            # Position, comments and previews are in here.
            upright.info.clear()
            output = io.BytesIO()
            upright.save(output, kind)
    except PhotoError:
        raise
    except Image.DecompressionBombError as error:
        raise PhotoError("size") from error
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        IndexError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        MemoryError,
    ) as error:
        # The decoders of Pillow answer broken files with any of these.
        raise PhotoError("content") from error
    return Photo(output.getvalue(), PHOTO_FORMATS[kind])
