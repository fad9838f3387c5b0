"""Reads the platform's XML into plain elements. Hostile and broken documents end as ProtocolError and nothing else."""

import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException, DTDForbidden

from bot.wechat.envelope import ProtocolError

_MAX_ELEMENTS = 400
_MAX_DEPTH = 8
# Not allowed in XML 1.0, yet people paste them; the raw document keeps them as evidence.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Value = str | dict[str, "Value"] | list["Value"]


def read_elements(document: bytes) -> dict[str, Value]:
    """The elements below the root; a repeated one becomes a list.

    Raises ProtocolError for what is not UTF-8, not well-formed, has a DTD, or is larger than any message.
    """
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProtocolError("encoding") from error
    try:
        # Only a real declaration is refused: somebody's text may well quote one.
        root = ElementTree.fromstring(_FORBIDDEN.sub("", text), forbid_dtd=True)
    except DTDForbidden as error:
        raise ProtocolError("dtd") from error
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ProtocolError("xml") from error
    if root.tag != "xml" or sum(1 for _ in root.iter()) > _MAX_ELEMENTS:
        raise ProtocolError("shape")
    return _children(root, 0)


def _children(element: Element, depth: int) -> dict[str, Value]:
    if depth > _MAX_DEPTH:
        raise ProtocolError("depth")
    found: dict[str, Value] = {}
    for child in element:
        # Bare text between elements happens (messages from the web client) and means nothing.
        value: Value = _children(child, depth + 1) if len(child) else (child.text or "")
        if child.tag in found:
            earlier = found[child.tag]
            found[child.tag] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            found[child.tag] = value
    return found
