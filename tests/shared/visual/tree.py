"""Pages as trees, with the types that a path of ours gives."""

from __future__ import annotations

from typing import cast

from lxml import etree, html


def parsed(text: str) -> html.HtmlElement:
    """The page, or the part of one, as a tree."""
    return cast(html.HtmlElement, html.fromstring(text))


def nodes(tree: etree._Element, path: str) -> list[html.HtmlElement]:
    """The elements at a path that ends in elements."""
    return cast("list[html.HtmlElement]", tree.xpath(path))


def values(tree: etree._Element, path: str, **namespaces: str) -> list[str]:
    """The texts at a path that ends in attributes or texts."""
    return cast("list[str]", tree.xpath(path, namespaces=namespaces or None))
