"""Where to go after signing in: only to a path of this application, never to another site."""

from urllib.parse import urlsplit

_LONGEST = 2000


def local_path(target: str | None) -> str | None:
    r"""`target` if it is a path here, else None.

    Browsers read `//host`, `/\host` and addresses with a tab or line end inside as other sites.
    """
    if not target or len(target) > _LONGEST or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(ord(char) <= 0x20 or ord(char) == 0x7F for char in target):  # noqa: PLR2004  (control characters)
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target
