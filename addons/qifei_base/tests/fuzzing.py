"""What is sent to forms that were meant for something else."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

NASTY = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\u202e\ufeff\u200b",
    "\ud83d\ude00" * 20,
    "😀🔧" * 50,
    "' OR 1=1 --",
    "'; DROP TABLE qifei_ticket; --",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }}",
    "%s %(a)s %d {0}",
    "../../../../etc/passwd",
    "\r\nSet-Cookie: a=b",
    "-1",
    "0",
    "1.5",
    "1e309",
    "NaN",
    "inf",
    "²",
    "١٢٣",
    "2147483647",
    "2147483648",
    "9" * 400,
    "true",
    "null",
    "[]",
    '{"a": 1}',
    "20260101T0000",
    "99999999T9999",
    "+86 138 0013 8000",
    "13800138000",
    "anna@home.example",
    "x" * 5000,
)
LARGE = st.integers(0, 3).map(lambda number: "äb😀\n"[number] * (1024 * 1024 // 4))
TEXT = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=60),
    st.integers(-(10**12), 10**12).map(str),
)
FILES = st.sampled_from(
    (
        b"",
        b"\x00" * 100,
        b"%PDF-1.7",
        b"MZ" + b"\x90" * 60,
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        b"\xff\xd8\xff\xe0" + b"\x00" * 40,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a",
    )
)
FUZZ = settings(
    max_examples=40,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
