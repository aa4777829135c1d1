"""What kind of file something is: told by what stands in it, never by its name."""

import codecs

# Media type -> ending. What a browser would run is not among them.
MEDIA_TYPES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "text/plain": "txt"}
BEGINNINGS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
PLAIN = {"\t", "\n", "\r"}


def media_type_of(start: bytes) -> str | None:
    """The type of a file that begins so, None where it is none of ours. Plain text is UTF-8 without control signs."""
    for beginning, media_type in BEGINNINGS.items():
        if start.startswith(beginning):
            return media_type
    try:
        # The last letter may be cut.
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(start)
    except UnicodeDecodeError:
        return None
    is_text = bool(text.strip()) and all(sign.isprintable() or sign in PLAIN for sign in text)
    return "text/plain" if is_text else None
