"""Text in any of the usual encodings comes back letter for letter, or not at all."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import RefusedError
from data.sources import encodings
from data.sources.encodings import Encoding, decoded, detect, text, undecodable

HEAD = "order_id,customer_id,ordered_at,amount,category\n"
CHINESE = HEAD + "".join(
    f"{number},客户{number},2025-01-02,10.5,护肤套装与面膜\n" for number in range(200)
)
RARE = HEAD + "1,𠮷野家,2025-01-02,1,㐀㐁𪚥\n"  # takes four bytes each in GB18030


def encoding_of(folder: Path, content: bytes, declared: str | None = None) -> str:
    path = folder / "orders.csv"
    path.write_bytes(content)
    return detect(path, path.name, declared).name


def text_of(path: Path) -> str:
    return b"".join(decoded(path, detect(path, path.name))).decode()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (CHINESE.encode(), "utf-8"),
        (CHINESE.encode("utf-8-sig"), "utf-8"),
        (CHINESE.encode("gb18030"), "gb18030"),
        (CHINESE.encode("gbk"), "gb18030"),
        (b"\xff\xfe" + CHINESE.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + CHINESE.encode("utf-16-be"), "utf-16-be"),
        (RARE.encode("gb18030"), "gb18030"),
    ],
)
def test_each_encoding_is_recognised_and_gives_the_same_text(
    tmp_path: Path, content: bytes, name: str
) -> None:
    """Reliability 3: names of four bytes in GB18030 are read exactly."""
    assert encoding_of(tmp_path, content) == name
    expected = RARE if content == RARE.encode("gb18030") else CHINESE
    assert text_of(tmp_path / "orders.csv") == expected


@pytest.mark.parametrize("block", range(1, 8))
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_letter_may_be_cut_in_two_by_the_end_of_a_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, encoding: str
) -> None:
    monkeypatch.setattr(encodings, "BLOCK", block)
    content = (HEAD + "1,é客𠮷,2025-01-02,1,护肤套装与面膜\n").encode(encoding)
    assert encoding_of(tmp_path, content) == encoding
    assert encoding_of(tmp_path, content + "面膜".encode(encoding)) == encoding


@settings(deadline=None)
@given(
    name=st.text(
        st.characters(codec="gb2312", min_codepoint=0x4E00), min_size=1, max_size=6
    ),
    encoding=st.sampled_from(["utf-8", "gb18030"]),
)
def test_one_chinese_name_in_a_file_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, name: str, encoding: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "one.csv"
    path.write_bytes(f"{HEAD}1,{name},2025-01-02,1,a\n".encode(encoding))
    if detect(path, "one.csv").name == encoding:
        assert name in text_of(path)
    else:  # its GB18030 bytes are also valid UTF-8: nobody could tell
        assert name.encode(encoding).decode("utf-8")


def test_one_bad_byte_leaves_a_file_utf8(tmp_path: Path) -> None:
    for bad in (b"\xff", b"\xe9x"):
        content = CHINESE.encode() + b"201,c" + bad + b",2025-01-02,1,a\n"
        assert encoding_of(tmp_path, content) == "utf-8"
        plain = (HEAD + "1,c,2025-01-02,1,a\n" * 99).encode() + bad + b",c,,1,a\n"
        assert encoding_of(tmp_path, plain) == "utf-8"


@pytest.mark.parametrize("encoding", ["big5", "latin-1", "shift-jis"])
def test_an_encoding_that_cannot_be_told_is_refused_with_its_line(
    tmp_path: Path, encoding: str
) -> None:
    """Reliability 3: Big5 and others are refused by name, or read when declared."""
    words = {
        "big5": "臺灣護膚組",
        "latin-1": "Crème brûlée",
        "shift-jis": "ｱｲｳｴｵ化粧品",
    }
    row = f"1,{words[encoding]},2025-01-02,1,a\n"
    content = (HEAD + row * 50).encode(encoding)
    with pytest.raises(RefusedError, match=r"orders.csv, line 2: .*encoding"):
        encoding_of(tmp_path, content)
    assert encoding_of(tmp_path, content, encoding) == encoding


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04zip",
        b"\x89PNG\r\n",
        b"\x7fELF",
        b"%PDF-1",
        b"\xd0\xcf\x11\xe0",
        b"PAR1",
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(RefusedError, match="not a text file"):
        encoding_of(tmp_path, content)


def test_utf16_without_a_mark_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="encoding"):
        encoding_of(tmp_path, CHINESE.encode("utf-16-le"))


def test_a_character_cut_by_a_block_is_whole_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.sources.encodings.BLOCK", 7)
    for name in ("utf-8", "gb18030", "utf-16-le"):
        path = tmp_path / "orders.csv"
        mark = b"\xff\xfe" if name == "utf-16-le" else b""
        path.write_bytes(mark + CHINESE.encode(name))
        assert b"".join(decoded(path, Encoding(name, len(mark)))).decode() == CHINESE


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_bad_byte_passes_as_itself_in_either_encoding(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(CHINESE.encode(encoding).replace(b"\n100,", b"\n100,\xff", 1))
    found = text(b"".join(decoded(path, detect(path, path.name))))
    assert found == CHINESE.replace("\n100,", "\n100,\udcff", 1)


def test_a_lone_surrogate_in_utf16_is_no_text(tmp_path: Path) -> None:
    """Reliability 26: half a character."""
    path = tmp_path / "orders.csv"
    path.write_bytes(b"\xff\xfea\x00\x00\xd8\n\x00")
    found = text(b"".join(decoded(path, detect(path, path.name))))
    assert found == "a\ud800\n"
    assert undecodable(found)
